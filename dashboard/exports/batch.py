"""All views as files in a folder, resumed where it was cut off."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from dashboard import views
from dashboard.build import write_whole
from dashboard.exports.render import File, formats_of, render
from dashboard.parameters import Refusal
from indicators import get

#: What a folder's finished files were made from; a run goes on where this stands.
LOG = "export.log"
#: How often drawing processes may be killed before an export gives up.
_MOST_DEATHS = 4


def all_addresses() -> list[str]:
    """A trend of every indicator, and a map of every measure and level that one can be drawn of."""
    found = []
    for indicator in views.with_figures():
        found.append(f"indicator?indicator={indicator}")
        for measure in get(indicator).all_measures if indicator in views.mappable() else ():
            found += [f"map?indicator={indicator}&measure={measure}&level={level}" for level in views.levels_of(indicator, measure)]
    return found


def orders(addresses: Iterable[str], name: str, lang: str, options: dict) -> list[dict]:
    """Orders of :func:`dashboard.exports.render.render`, those left out whose kind has no such format.

    Raises
    ------
    Refusal
        For an address that names no view or has parameters that are not accepted.
    """
    from dashboard.kinds import check, parse

    out = []
    for address in addresses:
        kind, query = parse(address)
        check(kind, query)
        if name in formats_of(kind):
            out.append({"what": "view", "kind": kind, "query": query, "lang": lang, "format": name, "options": options})
    return out


def _key(order: dict) -> str:
    return hashlib.sha256(json.dumps(order, sort_keys=True).encode()).hexdigest()[:16]


def _make(order: dict) -> tuple[dict, File | str]:
    try:
        return order, render(order)
    except Refusal as refusal:
        return order, refusal.sentence(order["lang"])


def export_all(todo: list[dict], folder: Path, processes: int | None = None, say=sys.stderr) -> tuple[int, int, list[str]]:
    """Write the files of many orders.

    Parameters
    ----------
    todo : list of dict
        From :func:`orders`.
    folder : pathlib.Path
        Made where it is missing. Files are written under another name and renamed, so that
        each is there whole or not at all; what its log lists is not made again.
    processes : int, optional
        All processors when omitted. One draws in this process.
    say : file, optional
        Where the progress bar goes.

    Returns
    -------
    (int, int, list of str)
        Files written, files that were there, and why each of the rest was not written.

    Raises
    ------
    OSError
        If a file cannot be written, or drawing processes were ended again and again. What is there stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / LOG
    listed = log.read_text("utf8", "replace") if log.exists() else ""
    done = dict(line.split(" ", 1) for line in listed.splitlines() if " " in line)
    taken = {name: key for key, name in done.items()}
    left = [o for o in {_key(o): o for o in todo}.values() if not (_key(o) in done and (folder / done[_key(o)]).is_file())]
    written, refused = 0, []
    with log.open("a", encoding="utf8") as record:
        if listed and not listed.endswith("\n"):
            record.write("\n")  # a full disk cut the last line
        for n, (order, result) in enumerate(_made(left, processes or os.cpu_count()), 1):
            if isinstance(result, File):
                name = _free(result.name, _key(order), taken)
                write_whole(folder / name, result.content)
                record.write(f"{_key(order)} {name}\n")
                record.flush()
                written += 1
            else:
                refused.append(result)
            _bar(n, len(left), say)
    return written, len(todo) - len(left), refused


def _made(left: list[dict], processes: int) -> Iterator[tuple[dict, File | str]]:
    """Orders with their results, in whichever order they are finished. A drawing process that is killed is replaced."""
    if processes == 1:
        yield from map(_make, left)
        return
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["dashboard.exports.picture", "dashboard.kinds"])
    left, deaths = {_key(order): order for order in left}, 0
    while left:
        with ProcessPoolExecutor(processes, context, _begin) as pool:
            try:
                for future in as_completed([pool.submit(_make, order) for order in left.values()]):
                    order, result = future.result()
                    del left[_key(order)]
                    yield order, result
            except BrokenProcessPool:
                deaths += 1
                if deaths == _MOST_DEATHS:
                    raise ChildProcessError(f"processes that draw were ended {deaths} times, for want of memory perhaps; "
                                            "the same command again, with fewer --processes, goes on from here") from None
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def _begin() -> None:
    """What a drawing process does first: stand back behind whoever looks at pages, and end when its parent does."""
    os.nice(10)

    def watch():
        multiprocessing.parent_process().join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _free(name: str, key: str, taken: dict[str, str]) -> str:
    """The name, or one with the order's key where another order's file has it."""
    if taken.setdefault(name, key) == key:
        return name
    stem, _, ending = name.partition(".")
    return f"{stem}-{key[:6]}.{ending}"


def _bar(n: int, total: int, say) -> None:
    if say is None:
        return
    full = 30 * n // total
    say.write(f"\r[{'█' * full}{'·' * (30 - full)}] {n}/{total}" + ("\n" if n == total else ""))
    say.flush()
