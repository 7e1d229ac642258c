"""What reviewers have accepted, as the ledger takes it in.

This module is imported with the ledger, so it stays light: the database and its driver are
loaded when there is a database, not before.
"""

from __future__ import annotations

import functools
import logging
import math
import numbers
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from indicators.model import OBSERVATION_COLUMNS

ROOT = Path(__file__).resolve().parents[2]
SOURCE_COLUMNS = ("source", "title", "publisher", "date", "kind", "original_publisher", "repository_or_file",
                  "reliability", "text_file", "text_sha256", "note")

#: Seconds for which the count of decisions is believed; a decision of this process shows at once.
BELIEVED = 1.0
#: Seconds for which a database that did not answer is left alone.
AWAY = 30.0

_KEY = ["indicator", "area", "counterpart_area", "period", "period_kind", "source"]
_seen: dict[str, tuple[float, tuple]] = {}
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
    """Something that changes with every decision, asked of the database at most once a second.

    Returns
    -------
    tuple
        Empty where there is no database. Where it cannot be reached, what was known last.
    """
    place = url()
    asked, known = _seen.get(place, (float("-inf"), ()))
    if time.monotonic() - asked < BELIEVED:
        return known
    pause = 0.0
    if exists():
        from indicators.reports import store

        try:
            known = (place, store.decision_count())
        except StoreError as error:
            _log.warning("%s", error)
            pause = AWAY
    _seen[place] = (time.monotonic() + pause, known)
    return known


def forget() -> None:
    """Make the next :func:`revision` ask the database."""
    _seen.clear()


def cached(maxsize: int):
    """Decorator: an LRU cache whose entries hold for one :func:`revision` only.

    The revision is part of the key, so nothing has to be cleared and a result that was
    being computed while somebody decided is not found by later calls.
    """
    def decorate(function):
        @functools.lru_cache(maxsize=maxsize)
        def kept(_revision, *args, **kwargs):
            return function(*args, **kwargs)

        @functools.wraps(function)
        def call(*args, **kwargs):
            return kept(revision(), *args, **kwargs)

        call.cache_clear, call.cache_info = kept.cache_clear, kept.cache_info
        return call
    return decorate


_last: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}


def _accepted() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Accepted observations and their sources; the last ones known while the database is away."""
    from indicators.reports import store

    place = url()
    if exists():
        try:
            _last[place] = store.accepted_observations(), store.accepted_sources()
        except StoreError as error:
            _log.warning("%s", error)
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
