"""Observations computed from records, each with the record set that is its source."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from indicators.model import OBSERVATION_COLUMNS
from indicators.reports import reviewed, trail
from indicators.reports.database import transaction
from indicators.reports.reviewed import SOURCE_COLUMNS, storable
from indicators.reports.schema import record_observations as _rows
from indicators.reports.schema import record_sets as _sets

_TEXTS = ("indicator", "name", "sha256", "query", "engine")
_EXAMPLES = 100


def source_of(indicator: str, sha256: str, query: str) -> str:
    """Source id of a record set: the same records and the same query have the same one."""
    return "records_" + hashlib.sha256("\n".join((indicator, sha256, query_hash(query))).encode()).hexdigest()[:12]


def query_hash(query: str) -> str:
    """SHA-256 of the text of a query."""
    return hashlib.sha256(query.encode()).hexdigest()


def add_record_set(about: Mapping, rows: list[dict], by: str) -> int:
    """Keep a record set and the observations that were computed from it, all or nothing.

    Parameters
    ----------
    about : mapping
        ``indicator``, ``name`` (of the set), ``sha256`` (of the records), ``records`` (read),
        ``used``, ``left_out`` (reason to count), ``query``, ``engine`` (such as
        ``duckdb 2.0.0``) and, where wanted, ``examples`` (records left out; the first 100 are
        kept), ``query_hash``, ``source`` (:func:`source_of` when omitted) and ``about``:
        columns of the table of sources.
    rows : list of dict
        Observations with all columns of the ledger. Their source is that of the set; one that
        gives none gets it.
    by : str
        Who computed them.

    Returns
    -------
    int
        Id of the set. The same records and query again give the set that is there, unchanged.

    Raises
    ------
    ValueError
        If something is missing, or a row breaks a rule of the ledger.
    StoreError
        If the database cannot be used.
    """
    kept = {**_checked(about), "computed_by": trail.person(by)}
    rows = [_row(row, kept["source"]) for row in rows]
    _check_rows(rows, kept["indicator"])
    found = _like(kept)
    if found is not None:
        return found
    try:
        with transaction(write=True) as connection:
            number = connection.execute(_sets.insert().values(**kept, computed_at=trail.now())).inserted_primary_key[0]
            if rows:
                connection.execute(_rows.insert(), [{"record_set_id": number, "row": row} for row in rows])
            trail.note(connection, "add record set", f"record set {number}", by, indicator=kept["indicator"], name=kept["name"],
                       source=kept["source"], records=kept["records"], used=kept["used"], observations=len(rows))
    except IntegrityError:
        found = _like(kept)  # somebody else added the same set at this moment
        if found is None:
            raise ValueError(f"there is another record set with the source {kept['source']!r}") from None
        return found
    reviewed.forget()
    return number


def record_sets() -> list[dict]:
    """All record sets, the newest first, each with the number of its ``observations``."""
    counted = sa.select(sa.func.count()).where(_rows.c.record_set_id == _sets.c.id).correlate(_sets).scalar_subquery()
    with transaction() as connection:
        return [dict(row) for row in connection.execute(sa.select(_sets, counted.label("observations")).order_by(_sets.c.id.desc())).mappings()]


def record_rows() -> list[dict]:
    """The observations of all record sets in the order in which they were added."""
    with transaction() as connection:
        return list(connection.execute(sa.select(_rows.c.row).order_by(_rows.c.id)).scalars())


def record_sources() -> list[dict]:
    """The record sets that gave an observation, with the columns of ``sources.csv``."""
    used = sa.select(_rows.c.record_set_id)
    wanted = sa.select(_sets.c.source, _sets.c.name, _sets.c.about, _sets.c.computed_at, _sets.c.sha256).where(_sets.c.id.in_(used)).order_by(_sets.c.id)
    with transaction() as connection:
        found = connection.execute(wanted).mappings().all()
    return [{**dict.fromkeys(SOURCE_COLUMNS, ""), "title": r["name"], "date": r["computed_at"][:10], "kind": "report", "reliability": "medium",
             "repository_or_file": r["name"], **r["about"], "source": r["source"]} for r in found]


def _like(kept: dict) -> int | None:
    same = [_sets.c[name] == kept[name] for name in ("indicator", "sha256", "query_hash")]
    with transaction(keeping=True) as connection:
        return connection.execute(sa.select(_sets.c.id).where(*same)).scalar()


def _checked(about: Mapping) -> dict:
    """What is kept of a record set, or a sentence on what is wrong with it."""
    from indicators import get
    from indicators.ledger import PRODUCER_RANK

    unknown = set(about) - {*_TEXTS, "records", "used", "left_out", "examples", "query_hash", "source", "about"}
    if unknown:
        raise ValueError(f"a record set has no {', '.join(sorted(unknown))}")
    for name in _TEXTS:
        if not isinstance(about.get(name), str) or not about[name].strip():
            raise ValueError(f"a record set needs its {name}")
    get(about["indicator"])
    for name in ("records", "used"):
        if not isinstance(about.get(name), int) or about[name] < 0:
            raise ValueError(f"a record set needs the number {name}")
    left_out = dict(about.get("left_out") or {})
    if about["used"] + sum(left_out.values()) != about["records"]:
        raise ValueError(f"{about['records']} records were read, {about['used']} used and {sum(left_out.values())} left out: these numbers do not agree")
    source_columns = {**(about.get("about") or {})}
    if set(source_columns) - set(SOURCE_COLUMNS) or not all(isinstance(v, str) for v in source_columns.values()):
        raise ValueError(f"about holds texts of the columns {', '.join(SOURCE_COLUMNS)} only")
    if source_columns.get("kind", "report") not in PRODUCER_RANK:
        raise ValueError(f"the kind of source {source_columns['kind']!r} is none of {', '.join(PRODUCER_RANK)}")
    return storable({**{name: about[name] for name in _TEXTS}, "records": about["records"], "used": about["used"], "left_out": left_out,
                     "examples": list(about.get("examples") or [])[:_EXAMPLES], "query_hash": about.get("query_hash") or query_hash(about["query"]),
                     "source": about.get("source") or source_of(about["indicator"], about["sha256"], about["query"]),
                     "about": {k: trail.plain(v) for k, v in source_columns.items()}})


def _row(row: Mapping, source: str) -> dict:
    if row.get("source", source) not in (source, ""):
        raise ValueError(f"an observation has the source {row['source']!r}, its record set {source!r}")
    unknown = set(row) - set(OBSERVATION_COLUMNS)
    if unknown:
        raise ValueError(f"an observation has no column {', '.join(sorted(map(str, unknown)))}")
    return storable({**dict.fromkeys(OBSERVATION_COLUMNS, ""), **row, "source": source})


def _check_rows(rows: list[dict], indicator: str) -> None:
    from indicators.reports.store import problems

    if other := {row["indicator"] for row in rows} - {indicator}:
        raise ValueError(f"an observation of {', '.join(sorted(map(str, other)))} is none of {indicator}")
    if said := problems(rows):
        more = f" and {len(said) - 5} more" if len(said) > 5 else ""
        raise ValueError("; ".join(said[:5]) + more)
