"""What reviewers have accepted, as the ledger takes it in.

This module is imported with the ledger, so it stays light: the database and its driver are
loaded when there is a database, not before.
"""

from __future__ import annotations

import functools
import getpass
import logging
import math
import numbers
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from indicators.model import OBSERVATION_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
SOURCE_COLUMNS = ("source", "title", "publisher", "date", "kind", "original_publisher", "repository_or_file",
                  "reliability", "text_file", "text_sha256", "note")

#: Seconds for which the count of decisions is believed; a decision of this process shows at once.
BELIEVED = 1.0
#: Seconds for which a database that did not answer is left alone. One caller then asks again, the others go on meanwhile.
AWAY = 5.0

_KEY = ["indicator", "area", "counterpart_area", "period", "period_kind", "source"]
_seen: dict[str, tuple[float, tuple]] = {}
_away: set[str] = set()
_missed: Counter = Counter()  # how often the figures could not be read, see _accepted
_asking = threading.Lock()
_forgotten = 0
_steady = threading.local()
_held: Counter = Counter()  # revisions that threads go by
_log = logging.getLogger(__name__)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class StoreError(RuntimeError):
    """The database of reviews cannot be used; one sentence says which and why."""


def storable(value):
    """A value that both databases take, texts in it as long as they were.

    A NUL and half a surrogate pair, which damaged files hold, become U+FFFD one for one, so
    that offsets keep; a number without bound becomes None.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {storable(k): storable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [storable(v) for v in value]
    if isinstance(value, numbers.Integral):
        return value if isinstance(value, bool) else int(value)
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    return value


def url() -> str:
    """Where the database is: ``DATABASE_URL`` (a URL or the path of an SQLite file), else ``.review/review.sqlite``."""
    given = os.environ.get("DATABASE_URL", "").strip() or str(ROOT / ".review" / "review.sqlite")
    if "://" not in given:
        return f"sqlite:///{given}"
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", given)


def local_user() -> str:
    """Name of the user that runs this program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may give a number without a name
        return f"user {os.getuid()}"


def exists() -> bool:
    """Whether a deployment has a database of reviews at all."""
    place = url()
    if not place.startswith("sqlite:///"):
        return True
    try:
        os.stat(place.removeprefix("sqlite:///").partition("?")[0])
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass  # it may be there and is out of reach, which the store can say better
    return True


def revision() -> tuple:
    """Something that changes with every decision and record set, asked of the database at most once a second.

    Returns
    -------
    tuple
        Empty where there is no database. Where it cannot be reached, what was known last. Within
        :func:`one_revision`, that of its beginning.
    """
    if (steady := getattr(_steady, "revision", None)) is not None:
        return steady
    place = url()
    with _asking:
        asked, known = _seen.get(place, (float("-inf"), ()))
        if time.monotonic() - asked < BELIEVED:
            return known
        if place in _away:  # an attempt may take seconds
            _seen[place] = (time.monotonic() + AWAY - BELIEVED, known)
        before = _forgotten
    pause, away = 0.0, False
    if exists():
        from indicators.reports import store

        try:
            known = (place, *store.changes(), _missed[place])
        except StoreError as error:
            if place not in _away:  # said once, not at every attempt
                _log.warning("%s; what was known last is shown", error)
            pause, away = AWAY - BELIEVED, True
    with _asking:
        if place in _away and not away:
            _log.warning("the database of reviews answers again")
        (_away.add if away else _away.discard)(place)
        if before == _forgotten:  # else a decision came meanwhile, which this answer may not hold
            _seen[place] = (time.monotonic() + pause, known)
    return known


@contextmanager
def one_revision():
    """Let this thread go by the revision of this moment, so that long work comes to an end however fast others decide.

    What it puts into caches holds for that revision: if somebody decided meanwhile, nobody gets it.
    """
    before, now = getattr(_steady, "revision", None), revision()
    _steady.revision = now
    with _asking:
        _held[now] += 1
    try:
        yield
    finally:
        _steady.revision = before
        with _asking:
            _held[now] -= 1
            if not _held[now]:
                del _held[now]


def known_revision() -> tuple | None:
    """The :func:`revision` where it was asked for so lately that it is believed, else None; the database is not asked."""
    asked, known = _seen.get(url(), (float("-inf"), ()))
    return known if time.monotonic() - asked < BELIEVED else None


def forget() -> None:
    """Make the next :func:`revision` ask the database."""
    global _forgotten
    with _asking:
        _forgotten += 1
        _away.clear()
        for place, (_, known) in _seen.items():
            _seen[place] = (float("-inf"), known)


def cached(maxsize: int):
    """Decorator: an LRU cache whose entries hold for one :func:`revision` only.

    The revision is part of the key, so a result that was being computed while somebody decided
    is not found by later calls. Entries of an earlier revision are let go at the next call, unless
    a thread still goes by it (:func:`one_revision`): a server on which much is decided would
    otherwise fill its memory with what nobody asks for again.
    """
    def decorate(function):
        kept: dict[tuple, Callable] = {}  # revision -> the results that hold for it

        def new():
            return functools.lru_cache(maxsize=maxsize)(function)

        @functools.wraps(function)
        def call(*args, **kwargs):
            now = revision()
            if (own := kept.get(now)) is None:
                for gone in [r for r in list(kept) if r not in _held]:
                    kept.pop(gone, None)
                own = kept.setdefault(now, new())
            return own(*args, **kwargs)

        def cache_info():
            return (list(kept.values()) or [new()])[-1].cache_info()

        call.cache_clear, call.cache_info = kept.clear, cache_info
        return call
    return decorate


_last: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}


def _accepted() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Observations that reviewers accepted or records gave, and their sources; the last ones known while the database is away."""
    from indicators.reports import store

    place = url()
    if exists():
        try:
            _last[place] = (pd.concat([store.accepted_observations(), store.record_observations()], ignore_index=True),
                            pd.concat([store.accepted_sources(), store.record_set_sources()], ignore_index=True))
        except StoreError as error:
            _log.warning("%s", error)
            _missed[place] += 1  # what is computed of the older figures now does not count once the database is back
    return _last.get(place, (pd.DataFrame(columns=OBSERVATION_COLUMNS), pd.DataFrame(columns=SOURCE_COLUMNS)))


def with_accepted_observations(rows: pd.DataFrame) -> pd.DataFrame:
    """The ledger's own rows and, after them, the accepted ones that it does not hold already."""
    if not exists():
        return rows
    accepted = _usable(_accepted()[0])
    accepted = accepted[~held(accepted, rows)]
    return pd.concat([rows, accepted], ignore_index=True) if len(accepted) else rows


def with_accepted_sources(table: pd.DataFrame) -> pd.DataFrame:
    """The ledger's own sources and, after them, the reports that gave an accepted row."""
    if not exists():
        return table
    accepted = _accepted()[1]
    accepted = accepted[~accepted["source"].isin(table["source"])]
    return pd.concat([table, accepted], ignore_index=True) if len(accepted) else table


def stored_text(sha256: str) -> str | None:
    """The text of a reviewed report by its hash, for its passages; None where it is not at hand."""
    if not sha256 or not exists():
        return None
    try:
        return _stored_text(url(), sha256)
    except (LookupError, StoreError):
        return None


@functools.lru_cache(maxsize=16)
def _stored_text(_place: str, sha256: str) -> str:
    from indicators.reports import store

    text = store.text_with_hash(sha256)
    if text is None:  # an error is not kept, and the report may come later
        raise LookupError(sha256)
    return text


def _usable(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows whose indicator and areas this version knows, so that an old row cannot stop every page."""
    from geodata import areas
    from indicators import catalogue

    codes, ids = {a.code for a in areas()}, {i.id for i in catalogue()}
    good = rows["indicator"].isin(ids) & rows["area"].isin(codes) & rows["counterpart_area"].isin(codes | {""})
    for row in rows[~good].itertuples():
        _log.warning("the accepted row %s %s %s is left out: indicator or area is not known", row.indicator, row.area, row.period)
    return rows[good]


def held(rows: pd.DataFrame, ledger: pd.DataFrame) -> pd.Series:
    """Which of `rows` stand in `ledger` already: same key, source and value, overlapping place in the text."""
    beside = rows[_KEY + ["value", "locator"]].reset_index().merge(ledger[_KEY + ["value", "locator"]], on=_KEY, suffixes=("", "_there"))
    same = [abs(r.value - r.value_there) <= 1e-9 * abs(r.value) and _overlap(r.locator, r.locator_there) for r in beside.itertuples()]
    return pd.Series(rows.index.isin(beside["index"][same]), index=rows.index, dtype=bool)


def _overlap(one: str, other: str) -> bool:
    spans = [re.search(r"chars=(\d+)-(\d+)", locator) for locator in (one, other)]
    if not all(spans):
        return one == other
    (a, b), (c, d) = ([int(n) for n in span.groups()] for span in spans)
    return a < d and c < b
