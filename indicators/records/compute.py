"""From records to observations: check, compute on an engine, round, and keep with the record set as source."""

from __future__ import annotations

import datetime
import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from indicators.records import checking, files, rules, tables, written
from indicators.records.engines import Engine, connect
from indicators.records.places import stations as read_stations
from indicators.records.places import units
from indicators.records.statistic import Figure, Statistic, statistic_of
from indicators.whole import scratch

#: Bad records kept beside a record set.
_EXAMPLES = 100
VINTAGE = "records"


@dataclass(frozen=True)
class Computed:
    """What a run gave.

    Attributes
    ----------
    about : dict
        The record set, as :func:`indicators.reports.record_sets.add_record_set` takes it.
    rows : list of dict
        Its observations, with the columns of the ledger.
    notes : list of str
        What the reader should know besides: files read in another encoding.
    """

    about: dict
    rows: list[dict]
    notes: list[str]


@dataclass
class _Answer:
    """What the engine said: the rows of the statistic and what became of the records."""

    rows: list[dict]
    records: int
    used: int
    left_out: dict[str, int]
    examples: list[dict]
    query: str
    canonical: str


def compute(indicator: str, records: str, engine: str = "duckdb", *, name: str = "", stations: str | Path | None = None, level: str | None = None,
            kind: str | None = None, period: str | None = None, today: datetime.date | None = None, keep_bad: Callable | None = None) -> Computed:
    """Compute an indicator from records; nothing is kept.

    Parameters
    ----------
    indicator : str
        One of :func:`indicators.records.statistic.statistics`.
    records : str
        A path, pattern or ``file:///`` URL of Parquet or CSV files, or ``table:NAME`` for a table of the engine.
    engine : str
        As :func:`indicators.records.engines.connect` takes it.
    name : str
        Name of the record set; that of its files when empty.
    stations : path, optional
        CSV file that says which city a station stands for; station hours need it.
    level : {"province", "prefecture", "county"}, optional
        To which the areas of records are brought; the statistic's usual one when omitted.
    kind : str, optional
        Kind of period; the statistic's usual one when omitted.
    period : str, optional
        Keep only figures of this year (``2023``) or of these (``2020/2023``).
    today : date, optional
        Later dates are impossible; the day of the run when omitted.
    keep_bad : callable, optional
        Called with every record left out, a dict with ``reason`` and ``record``.

    Raises
    ------
    ValueError
        In one sentence, for whatever keeps it from being computed.
    """
    statistic = statistic_of(indicator)
    level, kind = _one_of(statistic.levels, level, "level", indicator), _one_of(statistic.kinds, kind, "kind of period", indicator)
    wanted = _years(period)
    today = today or datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    places = _places(statistic, stations, level)
    with scratch("records") as folder:
        source = _from_table if records.startswith("table:") else _from_files
        with connect(engine) as opened:
            opened.small("places", ("code", "unit"), places)
            opened.small("today", ("day",), [(today.isoformat(),)])
            prepared, titles = source(opened, records, statistic, folder, keep_bad)
            answer = _ask(opened, statistic, today, keep_bad)
            engine_name = opened.name
    figures = [f for f in statistic.figures(answer.rows, kind) if wanted[0] <= int(f.period[:4]) <= wanted[1]]
    for reason, n in prepared.left_out.items():
        answer.left_out[reason] = answer.left_out.get(reason, 0) + n
    about = _about(statistic, answer, prepared, name or titles, engine_name, places, (kind, level, period or ""))
    return Computed(about, [_observation(f, statistic, about) for f in _in_order(figures)], prepared.notes)


def keep(computed: Computed, by: str) -> int:
    """Keep a record set with its observations in one transaction; its id. The same records and query again change nothing."""
    from indicators.reports.record_sets import add_record_set

    if not computed.rows:
        raise ValueError(f"nothing follows from these records: {summary(computed.about)}")
    return add_record_set(computed.about, computed.rows, by)


def summary(about: dict) -> str:
    """Counts of a record set in a line."""
    left = "; ".join(f"{reason}: {n}" for reason, n in sorted(about["left_out"].items()))
    return f"{about['records']} records, {about['used']} used, {sum(about['left_out'].values())} left out{f' ({left})' if left else ''}"


# --- opening ---------------------------------------------------------------------------


def _one_of(known: tuple[str, ...], given: str | None, what: str, indicator: str) -> str:
    if given is None or given in known:
        return given or known[0]
    raise ValueError(f"{indicator} is not computed for the {what} {given!r}; accepted are {', '.join(known)}")


def _years(period: str | None) -> tuple[int, int]:
    if period is None:
        return 0, 9999
    first, _, last = period.partition("/")
    if not (len(first) == 4 and first.isdigit() and len(last or first) == 4 and (last or first).isdigit()) or int(last or first) < int(first):
        raise ValueError(f"{period!r} is no year and no span of years; accepted are for example 2023 and 2020/2023")
    return int(first), int(last or first)


def _places(statistic: Statistic, stations, level: str) -> list[tuple[str, str]]:
    if statistic.table != "station_hours":
        if stations:
            raise ValueError(f"{statistic.indicator} is not computed from stations; leave the file of stations out")
        return units(level)
    if not stations:
        raise ValueError(f"{statistic.indicator} needs a file that says which city each station stands for (columns station and city)")
    return read_stations(stations)


def _from_files(engine: Engine, uri: str, statistic: Statistic, folder: Path, keep_bad):
    prepared = files.prepare(uri, folder, checking.LISTED, keep_bad, engine.reader)
    engine.files("records", prepared.kind, prepared.paths)
    return prepared, prepared.names[0] if len(prepared.names) == 1 else f"{prepared.names[0]} and {len(prepared.names) - 1} more"


def _from_table(engine: Engine, uri: str, statistic: Statistic, folder: Path, keep_bad):
    table = uri.removeprefix("table:")
    engine.existing("records", table)
    return files.Files("table", [], [table], _table_hash(engine)), table


def _table_hash(engine: Engine) -> str:
    """Hash of a table's rows, whatever their order: the sum of their SHA-256, and their number.

    Every row passes through here; two tables with the same rows have the same hash on any
    engine whose types are the same.
    """
    raw = engine.table("records")
    total = count = 0
    for row in engine.stream(raw):
        cells = "\x1f".join(f"{k}={_cell(v)}" for k, v in sorted(row.items()))
        total, count = (total + int.from_bytes(hashlib.sha256(cells.encode()).digest())) % 2**256, count + 1
    return hashlib.sha256(f"{count}:{total:064x}".encode()).hexdigest()


def _cell(value) -> str:
    if value is None:
        return "\0"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value.normalize()) if hasattr(value, "normalize") else str(value)


# --- asking ----------------------------------------------------------------------------


def _ask(engine: Engine, statistic: Statistic, today: datetime.date, keep_bad) -> _Answer:
    types = engine.described("records")
    columns = tables.columns_of(statistic.table, list(types), "the record table")
    if statistic.quick:
        survey, quick, canonical = written.quick(engine, statistic, columns, types)
        counted, rows = engine.rows(survey)[0], engine.rows(quick)
        account = statistic.account(counted, rows, today)
        if account.complete:
            if keep_bad:  # who wants a list of gaps gets one; the answer is the same
                _look_closely(engine, statistic, _checked(engine, statistic, columns)[1], keep_bad)
            return _Answer(rows, account.records, account.used, account.left_out, [], quick.sql, canonical)
    checked, settled = _checked(engine, statistic, columns)
    whole = _closely(statistic, checked)[1]
    return _Answer(*_look_closely(engine, statistic, settled, keep_bad), *written.in_both(engine, whole))


def _checked(engine: Engine, statistic: Statistic, columns: dict[str, str]) -> tuple:
    """Expressions of the records with what is wrong with each: as they came, and from a table where the engine made one."""
    import ibis

    places = ibis.table(written.PLACES, name="places")
    # the day of the run stands in a table, so that the query is the same on another day
    read = statistic.read(written.raw(engine, columns), ibis.table({"day": "string"}, name="today").day.cast("date").as_scalar())
    return statistic.problem(read, places), statistic.problem(engine.settled(read, "settled"), places)


def _look_closely(engine: Engine, statistic: Statistic, checked, keep_bad) -> tuple:
    """Every record by itself, then those that share a key: rows of the answer, counts and examples."""
    grouped, expression = _closely(statistic, checked)
    counts = {row["problem"]: int(row["records"]) for row in engine.rows(checking.reasons(checked))}
    rows, several = engine.rows(expression), engine.rows(checking.copies(grouped))[0]
    copies = {checking.AGAIN: int(several["again"] or 0), checking.CONTRADICTORY: int(several["different"] or 0)}
    left_out = {reason: n for reason, n in counts.items() if reason is not None} | {reason: n for reason, n in copies.items() if n}
    examples = _examples(engine, checked, grouped, statistic, left_out, keep_bad)
    records = sum(counts.values())
    return rows, records, records - sum(left_out.values()), left_out, examples


def _closely(statistic: Statistic, checked):
    """Expressions of the good records by their key, and of the answer from those that are known once."""
    good = checked.filter(checked.problem.isnull())
    rest, compared = statistic.twice(good) if statistic.twice else (None, good)
    grouped = checking.keyed(compared, statistic.key, statistic.content)
    columns = [*statistic.key, *statistic.content]
    once = grouped.filter(grouped.same).select(*columns)
    return grouped, statistic.result(once if rest is None else rest.select(*columns).union(once))


def _examples(engine, checked, grouped, statistic, left_out, keep_bad) -> list[dict]:
    copies = {checking.AGAIN, checking.CONTRADICTORY}
    found, parts = [], []
    if left_out.keys() - copies:
        found += checking.listed(engine.rows(checking.first_bad_records(checked)))
        parts.append((checking.listed, checking.bad_records(checked)))
    if left_out.keys() & copies:
        repeated = checking.repeated(grouped, statistic.key)
        found += checking.listed_copies(engine.rows(repeated.limit(checking.LISTED)))
        parts.append((checking.listed_copies, repeated))
    for listed, expression in parts if keep_bad else ():
        for bad in listed(engine.stream(expression)):
            keep_bad(bad)
    return found


# --- observations ----------------------------------------------------------------------


def _about(statistic, answer: _Answer, prepared: files.Files, name, engine, places, options) -> dict:
    # what the figures depend on besides the records: the query, the places and the options of the run
    known = _sha256(*itertools.chain.from_iterable(places))
    query = f"{answer.query}\n-- places {known[:16]}; {'; '.join(filter(None, options))}"
    canonical = f"{answer.canonical}\n{known}\n{options}\n{statistic.rule}"
    lines = sum(prepared.left_out.values())
    about = {"indicator": statistic.indicator, "name": name, "sha256": prepared.sha256, "records": answer.records + lines, "used": answer.used,
             "left_out": answer.left_out, "examples": (prepared.examples + answer.examples)[:_EXAMPLES], "query": query, "query_hash": _sha256(canonical),
             "engine": engine, "source": f"records_{_sha256(statistic.indicator, prepared.sha256, canonical)[:12]}"}
    note = f"computed from records: {statistic.rule}. {summary(about)}"
    about["about"] = {"title": name, "kind": "secondary", "repository_or_file": ", ".join(prepared.names[:3]) + (" ..." if len(prepared.names) > 3 else ""),
                      "reliability": "medium", "note": note}
    return about


def _sha256(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _in_order(figures: list[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda f: (f.area, f.counterpart_area, f.period))


def _observation(figure: Figure, statistic: Statistic, about: dict) -> dict:
    from indicators import get
    from indicators.model import read_printed

    unit = get(statistic.indicator).unit
    printed = f"{rules.round_half_even(figure.value, statistic.digits):f}"
    read = read_printed(printed, unit)
    return {"indicator": statistic.indicator, "area": figure.area, "counterpart_area": figure.counterpart_area, "period": figure.period,
            "period_kind": figure.period_kind, "value": read.value, "unit": unit, "lower": read.lower, "upper": read.upper, "value_text": printed,
            "obs_status": "A", "vintage": VINTAGE, "source": about["source"],
            "locator": f"records={about['sha256'][:16]}; query={about['query_hash'][:16]}; engine={about['engine']}", "note": figure.note}
