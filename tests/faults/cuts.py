"""Moments at which a job is cut off, spread over its course, and what must hold afterwards."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import signal
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import sqlalchemy as sa

from indicators.reports import database, reviewed, schema, store
from tests.faults.nursery import Ended

#: Cuts made in this process, by what was cut.
MADE: Counter = Counter()
#: Times as many cuts as usual, for long runs.
MORE = int(os.environ.get("FAULT_TIMES", "1"))
SEED = int(os.environ.get("FAULT_SEED", "4711"))
_GOLDEN = 0.6180339887498949  # multiples of it, modulo 1, leave no large gap


def cuts(what: str, n: int, run: Callable[[int, float | tuple], Ended], seconds: float, touches: int = 0) -> Iterator[tuple[str, Ended]]:
    """Cut a job off until `n` children were killed in the middle of it.

    Parameters
    ----------
    what : str
        For the count and for messages.
    n : int
        Cuts, of a usual run.
    run : callable
        ``run(i, after)`` lets a child begin and kills it after so many seconds.
    seconds : float
        How long the job takes; corrected on the way, as the machine is busy or not.
    touches : int
        How many files it opens, renames or removes. Every other cut is then where one of them is being written,
        which moments spread over all of its course would hardly meet.

    Yields
    ------
    (str, Ended)
        Where and with which seed the cut was, for the message of an assertion, and how the child ended.
    """
    chance, killed, tried = random.Random(f"{SEED} {what}"), 0, 0
    start = chance.random()
    while killed < n * MORE:
        tried += 1
        assert tried < 5 * n * MORE + 20, f"{what} can hardly be cut: {killed} of {tried} times"
        share = (start + tried * _GOLDEN) % 1
        after = (1 + int(chance.random() * touches), 10 ** chance.uniform(-5, -3)) if touches and tried % 2 else share * seconds
        ended = run(tried, after)
        where = f"{what}, cut {tried} of seed {SEED}, after {after} s: {ended}"
        if ended.killed:
            killed += 1
            MADE[what] += 1
            seconds *= 1.05 if share > 0.9 and isinstance(after, float) else 1
        else:
            assert ended.code == 0, where
            seconds = 0.9 * min(seconds, ended.seconds) if isinstance(after, float) else seconds
        yield where, ended


@contextlib.contextmanager
def configured(url: str):
    """The database of reviews at `url`, for this process."""
    before = os.environ.get("DATABASE_URL")
    os.environ["DATABASE_URL"] = url
    _forget()
    try:
        yield
    finally:
        _forget()
        os.environ.pop("DATABASE_URL") if before is None else os.environ.update(DATABASE_URL=before)


def _forget() -> None:
    reviewed.forget()
    reviewed._seen.clear()
    reviewed._last.clear()


def check_database(where: str) -> None:
    """What must hold of the configured database at any time: logs, proposals and the audit trail tell the same story."""
    with store.engine().connect() as connection:
        tables = schema.metadata.tables
        rows = {name: connection.execute(sa.select(tables[name]).order_by(tables[name].c.id)).mappings().all() for name in schema.HOLDING}
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok", where
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == [], where
    log: dict[int, list] = {p["id"]: [] for p in rows["proposals"]}
    for decision in rows["decisions"]:
        log[decision["proposal_id"]].append(decision)
    for proposal in rows["proposals"]:
        entries = log[proposal["id"]]
        assert proposal["version"] == len(entries), (where, proposal["id"])
        assert proposal["state"] == _state(entries), (where, proposal["id"])
    told = [entry for entry in rows["audit"] if entry["action"] in schema.ACTIONS]
    assert [e["detail"]["decision"] for e in told] == [d["id"] for d in rows["decisions"]], where
    held = Counter(p["report_id"] for p in rows["proposals"])
    assert {e["subject"]: e["detail"]["proposals"] for e in rows["audit"] if e["action"] == "add report"} \
        == {f"report {r['id']}": held[r["id"]] for r in rows["reports"]}, where
    observed = Counter(o["record_set_id"] for o in rows["record_observations"])
    assert {e["subject"]: e["detail"]["observations"] for e in rows["audit"] if e["action"] == "add record set"} \
        == {f"record set {r['id']}": observed[r["id"]] for r in rows["record_sets"]}, where


def _state(entries) -> str:
    """State after a log, by the meaning of its actions."""
    held = ["proposed"]
    for entry in entries:
        if entry["action"] == "undo":
            held.pop()
        else:
            held.append({"accept": "accepted", "correct": "corrected", "reject": "rejected"}[entry["action"]])
    return held[-1]


def check_promises(said: list[str], where: str) -> None:
    """Every decision that a reviewer was told of is in the log, in its place; at most one more is there."""
    promised = [line.split() for line in said]
    more = 0
    for number in {int(p[0]) for p in promised}:
        mine = [action for n, _, action in promised if int(n) == number]
        log = [entry["action"] for entry in store.history(number)]
        assert log[:len(mine)] == mine, (where, number, log, mine)
        more += len(log) - len(mine)
    assert more <= 1, (where, more)


def parts(folder: Path) -> list[Path]:
    """Files and folders that are not finished."""
    return [p for p in folder.rglob("*") if p.name.startswith(".")]


def contents(folder: Path) -> dict[str, str]:
    """Hash of every finished file below a folder."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*"))
            if p.is_file() and not any(part.startswith(".") for part in p.relative_to(folder).parts)}


def check_backup(path: Path, where: str) -> dict:
    """The manifest of a backup that is whole in every byte."""
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, where
        assert archive.comment.decode() == hashlib.sha256(data[:-64]).hexdigest(), where
        manifest = json.loads(archive.read("manifest.json"))
        for table, about in manifest["tables"].items():
            assert archive.read(f"{table}.jsonl").count(b"\n") == about["rows"], (where, table)
    return manifest


def rows_of_all() -> dict[str, list]:
    """Every row of every table but the audit trail."""
    with database.unprepared() as made, made.connect() as connection:
        return {name: [tuple(row) for row in connection.execute(sa.select(schema.metadata.tables[name]).order_by(sa.text("id")))]
                for name in schema.HOLDING if name != "audit"}


def kill_server(server) -> None:
    """End a PostgreSQL server as the kernel does when memory is short: every process at once, with SIGKILL."""
    first = psutil.Process(int((server.home / "data" / "postmaster.pid").read_text().split()[0]))
    all_of_it = [first, *first.children(recursive=True)]
    for process in all_of_it:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGKILL)
    psutil.wait_procs(all_of_it, 30)
