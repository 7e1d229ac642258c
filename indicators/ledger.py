"""The ledger: every observation, where it was printed, and which one is shown.

Observations that disagree are all kept. :func:`reconcile` chooses the one that is shown,
by a decision on record or by rank of its producer, and says which rule chose; the others
stay beside it. Nothing is averaged and nothing is voted on.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import numpy as np
import pandas as pd

from indicators.model import OBS_STATUS, OBSERVATION_COLUMNS, PERIOD_KINDS, period_end, read_printed
from indicators.reports.reviewed import cached, with_accepted_observations, with_accepted_sources

DATA = Path(__file__).parent / "data"

#: What a kind of source is worth when figures of one thing disagree: the producer itself
#: before those who reprint it, and both before those who compile.
PRODUCER_RANK = {"official": 0, "official_reprint": 1, "yearbook": 1, "report": 2, "secondary": 3}

_STATUS_RANK = {"A": 0, "B": 0, "D": 1, "P": 1, "E": 2, "V": 3, "U": 4, "F": 5}
KEY = ["indicator", "area", "counterpart_area", "period", "period_kind"]
IDENTITY = [*KEY, "vintage", "source", "locator"]


_COLUMNS = {
    "observations.csv": OBSERVATION_COLUMNS,
    "sources.csv": ("source", "title", "publisher", "date", "kind", "original_publisher", "repository_or_file",
                    "reliability", "text_file", "text_sha256", "note"),
    "decisions.csv": ("indicator", "area", "prefer", "reason_zh", "reason_en"),
    "sum_tolerances.csv": ("indicator", "area", "vintage", "whole_vintage", "sources", "first", "last", "ratio_min", "ratio_max"),
}


def _read(name: str, folder: Path) -> pd.DataFrame:
    path = folder / name
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise ValueError(f"the ledger has no {name} in {folder}") from None
    missing = set(_COLUMNS[name]) - set(frame.columns)
    if missing:
        raise ValueError(f"{name} lacks the columns {', '.join(sorted(missing))}")
    return frame


@cached(maxsize=4)
def observations(folder: Path = DATA) -> pd.DataFrame:
    """All observations of the ledger, those that reviewers have accepted among them.

    Returns
    -------
    pandas.DataFrame
        Columns :data:`~indicators.model.OBSERVATION_COLUMNS`; ``value``, ``lower`` and
        ``upper`` are floats in the indicator's unit, everything else is text. The frame is
        shared: copy it before changing it.
    """
    frame = _read("observations.csv", folder)
    for column in ("value", "lower", "upper"):
        number = pd.to_numeric(frame[column], errors="coerce")
        bad = frame.loc[number.isna() & (frame[column] != ""), column]
        if len(bad):
            raise ValueError(f"observations.csv, row {bad.index[0] + 2}: {column} {bad.iloc[0]!r} is no number")
        frame[column] = number
    frame = frame[list(OBSERVATION_COLUMNS)]
    return with_accepted_observations(frame) if folder == DATA else frame


@cached(maxsize=4)
def sources(folder: Path = DATA) -> pd.DataFrame:
    """All sources, indexed by their id.

    Returns
    -------
    pandas.DataFrame
        Columns title, publisher, date, kind, original_publisher, repository_or_file,
        reliability, text_file, text_sha256, note.
    """
    table = _read("sources.csv", folder)
    return (with_accepted_sources(table) if folder == DATA else table).set_index("source", drop=False)


@functools.lru_cache(maxsize=4)
def decisions(folder: Path = DATA) -> pd.DataFrame:
    """Which basis is shown where several exist: columns indicator, area, prefer, reason_zh, reason_en."""
    return _read("decisions.csv", folder)


def clear_cache() -> None:
    """Forget what was read, so that the next call reads the files again."""
    for each in (observations, sources, decisions, _decided, _reconciled):
        each.cache_clear()


def _preference(indicator: str, area: str, folder: Path) -> tuple[list[str], pd.Series | None]:
    """The list of preferred bases for an area: its own row before that of its level before ``*``."""
    from geodata import area as find_area

    table = _decided(folder)

    try:
        level = find_area(area).level
    except ValueError:
        level = ""
    for wanted in (area, f"level:{level}", "*"):
        if (indicator, wanted) in table:
            row = table[indicator, wanted]
            return row["prefer"].split("|"), row
    return [], None


@functools.lru_cache(maxsize=4)
def _decided(folder: Path) -> dict[tuple[str, str], pd.Series]:
    """Rows of decisions.csv by indicator and area."""
    return {(row["indicator"], row["area"]): row for _, row in decisions(folder)[::-1].iterrows()}


def _preferred_rank(row, preferred: list[str]) -> int:
    """Place of a row in a list of bases: ``vintage``, ``source`` or ``vintage@source``, with ``[2017-2018]`` for those years only."""
    for rank, item in enumerate(preferred):
        basis, _, years = item.rstrip("]").partition("[")
        if basis in (row.vintage, row.source, f"{row.vintage}@{row.source}"):
            first, _, last = years.partition("-")
            if not years or int(first) <= period_end(row.period)[0] <= int(last or first):
                return rank
    return len(preferred)


def reconcile(rows: pd.DataFrame, folder: Path = DATA) -> pd.DataFrame:
    """Mark, of all observations of the same thing, the one that is shown.

    The rules, in their order: a decision on record for the area, its level or the whole
    indicator; the producer itself before a reprint, before a report, before a compilation;
    a better status; the narrower printing; the later source.

    Parameters
    ----------
    rows : pandas.DataFrame
        Observations of one or more indicators.

    Returns
    -------
    pandas.DataFrame
        The same rows with ``shown`` (bool), ``rule`` (``only``, ``decision``, ``producer``,
        ``status``, ``precision``, ``later``, ``first``), ``others`` (how many further
        figures exist) and ``conflict`` (bool: a further figure on the same basis has an
        interval that does not overlap that of the shown one; figures of two bases differ
        in scope or vintage, which is no contradiction).
    """
    from indicators import get

    rows = rows.reset_index(drop=True)
    kinds = sources(folder)
    own = {key: _preference(*key, folder)[0] for key in set(zip(rows["indicator"], rows["area"]))}
    dates = {source: -_date_number(date) for source, date in kinds["date"].items()}
    ranks = pd.DataFrame({
        "group": rows.groupby(KEY, sort=False).ngroup(),
        "decision": [_preferred_rank(r, own[r.indicator, r.area]) for r in rows.itertuples()],
        "producer": rows["source"].map(kinds["kind"]).map(PRODUCER_RANK).fillna(9),
        "status": rows["obs_status"].map(_STATUS_RANK).fillna(9),
        "precision": (rows["upper"] - rows["lower"]).round(9),
        "later": rows["source"].map(dates).fillna(0),
    })
    rules = [c for c in ranks.columns if c != "group"]
    order = ranks.sort_values(["group", *rules], kind="stable")
    first = ~order["group"].duplicated()
    count = order.groupby("group")["group"].transform("size")
    following = order.shift(-1)
    rule = pd.Series("first", index=order.index)
    for name in reversed(rules):
        rule = rule.mask(order[name] != following[name], name)
    rule = rule.mask(count == 1, "only").where(first, "")

    # beside every row the one of its group that is shown
    beside = rows.loc[order.index]
    best = rows.loc[order.index.to_series().where(first).ffill().astype(int)]
    basis = {i: get(i).basis for i in rows["indicator"].unique()}

    def bases(frame):
        return np.array([basis[i](v) for i, v in zip(frame["indicator"], frame["vintage"])])

    # a report does not say which basis it uses, so it may contradict any
    comparable = ((bases(beside) == bases(best)) | (beside["vintage"] == "report").to_numpy()
                  | (best["vintage"] == "report").to_numpy())
    apart = ((beside["lower"].to_numpy() > best["upper"].to_numpy())
             | (beside["upper"].to_numpy() < best["lower"].to_numpy())) & comparable
    conflict = pd.Series(apart, index=order.index).groupby(order["group"]).transform("any")
    return rows.assign(shown=first, rule=rule, others=count - 1, conflict=conflict)


@cached(maxsize=2)
def _reconciled(folder: Path) -> dict[str, pd.DataFrame]:
    rows = reconcile(observations(folder), folder)
    return {indicator: own.reset_index(drop=True) for indicator, own in rows.groupby("indicator", sort=False)}


def reconciled(indicator: str, folder: Path = DATA) -> pd.DataFrame:
    """:func:`reconcile` for all observations of one indicator, computed once."""
    found = _reconciled(folder).get(indicator)
    return found if found is not None else reconcile(observations(folder).head(0), folder)


def decision_for(indicator: str, area: str, folder: Path = DATA) -> pd.Series | None:
    """The row of decisions.csv that holds for an indicator in an area, or None."""
    return _preference(indicator, area, folder)[1]


def _date_number(date: str) -> int:
    digits = re.sub(r"\D", "", date)[:8]
    return int(digits.ljust(8, "0")) if digits else 0


# --- checking --------------------------------------------------------------------------


def check(folder: Path = DATA, previous: pd.DataFrame | None = None) -> list[str]:
    """Everything that is wrong with the ledger, one sentence each.

    Checked are: unique rows; units, statuses and kinds of period; codes of areas; that
    every row has a source that exists; that value and bounds follow from the printed
    form; that prefectures add up to their province within the tolerance written down in
    ``sum_tolerances.csv``; and, given a previous version, that nothing shrank.

    Parameters
    ----------
    folder : Path
        Where the tables are.
    previous : pandas.DataFrame, optional
        Observations of the version before.

    Returns
    -------
    list of str
        Empty when all is well.
    """
    rows, known = observations(folder), sources(folder)
    problems = []

    def say(row, text):
        problems.append(f"{row.indicator} {row.area}{'>' + row.counterpart_area if row.counterpart_area else ''} "
                        f"{row.period} ({row.source}): {text}")

    for row in rows[rows.duplicated(IDENTITY, keep="first")].itertuples():
        say(row, "the same figure stands twice")
    sources_known = set(known.index)
    for row in rows.itertuples():
        for text in row_problems(row, sources_known):
            say(row, text)
    problems += [f"the source {s} stands twice in sources.csv" for s in known.index[known.index.duplicated()].unique()]
    unused = set(known.index) - set(rows["source"])
    problems += [f"the source {s} has no observation" for s in sorted(unused)]
    problems += _check_sums(folder, rows)
    if previous is not None:
        gone = set(map(tuple, previous[KEY + ["source"]].to_numpy())) - set(map(tuple, rows[KEY + ["source"]].to_numpy()))
        problems += [f"{' '.join(filter(None, key))}: was in the version before and is gone" for key in sorted(gone)]
    return problems


def row_problems(row, known_sources) -> list[str]:
    """What is wrong with one row by itself, one sentence each.

    Parameters
    ----------
    row : object
        With the observation columns as attributes, numbers as floats.
    known_sources : collection of str
        Ids of the sources that it may come from.
    """
    from geodata import area as find_area
    from indicators import get

    try:
        indicator = get(row.indicator)
    except ValueError:
        return ["no such indicator in the catalogue"]
    problems = []
    if row.unit != indicator.unit:
        problems.append(f"unit {row.unit}, the indicator's is {indicator.unit}")
    if row.obs_status not in OBS_STATUS:
        problems.append(f"status {row.obs_status!r} is none of {', '.join(OBS_STATUS)}")
    if row.period_kind not in PERIOD_KINDS:
        problems.append(f"kind of period {row.period_kind!r} is none of {', '.join(PERIOD_KINDS)}")
    counterparts = [(find_area, row.counterpart_area)] if row.counterpart_area else []
    for find, value in [(period_end, row.period), (find_area, row.area), *counterparts]:
        try:
            find(value)
        except ValueError as error:
            problems.append(str(error))
    if bool(row.counterpart_area) != indicator.flow and indicator.id not in _OPTIONAL_FLOW:
        problems.append("a flow needs a counterpart area, and only a flow has one")
    if row.source not in known_sources:
        problems.append("the source is not in sources.csv")
    if not row.locator:
        problems.append("no place in the source is given")
    if pd.isna(row.value) or not row.lower <= row.value <= row.upper:
        problems.append(f"value {row.value} does not lie in [{row.lower}, {row.upper}]")
    try:
        printed = read_printed(row.value_text, row.unit)
    except ValueError as error:
        return [*problems, str(error)]
    if not all(_close(getattr(printed, name), getattr(row, name)) for name in ("value", "lower", "upper")):
        problems.append(f"{row.value_text!r} reads as {printed.value:g} [{printed.lower:g}, {printed.upper:g}], "
                        f"the row says {row.value:g} [{row.lower:g}, {row.upper:g}]")
    return problems


#: Indicators that reports give both for a pair of places and for one place alone.
_OPTIONAL_FLOW = {"travel_time"}


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def _check_sums(folder: Path, rows: pd.DataFrame) -> list[str]:
    """Hebei's prefectures against the province, by indicator and vintage."""
    from geodata import children

    problems = []
    for rule in _read("sum_tolerances.csv", folder).itertuples():
        parts = rows[(rows["indicator"] == rule.indicator) & rows["area"].isin(children(rule.area))]
        whole = rows[(rows["indicator"] == rule.indicator) & (rows["area"] == rule.area)]
        parts = parts[(parts["vintage"] == rule.vintage) & parts["source"].str.fullmatch(rule.sources or ".*")]
        whole = whole[(whole["vintage"] == rule.whole_vintage)]
        for period, of_period in parts.groupby("period"):
            if not rule.first <= period <= rule.last:
                continue
            total = whole[whole["period"] == period]["value"]
            values = of_period.groupby("area")["value"].first()
            if len(values) < len(children(rule.area)) or not len(total):
                continue
            ratio = values.sum() / total.iloc[0]
            if not float(rule.ratio_min) <= ratio <= float(rule.ratio_max):
                problems.append(f"{rule.indicator} {rule.area} {period} ({rule.vintage}): the prefectures add up to "
                                f"{ratio:.3f} of the province, allowed is {rule.ratio_min} to {rule.ratio_max}")
    return problems


def previous_observations(folder: Path = DATA) -> pd.DataFrame | None:
    """The observations of the last commit, so that a check can tell whether anything is gone.

    Returns
    -------
    pandas.DataFrame or None
        None outside a git checkout, or where the last commit had no ledger.
    """
    import io
    import subprocess

    try:
        done = subprocess.run(["git", "show", "HEAD:./observations.csv"], cwd=folder, capture_output=True, text=True, encoding="utf8")
    except OSError:
        return None
    return pd.read_csv(io.StringIO(done.stdout), dtype=str, keep_default_na=False) if done.returncode == 0 else None
