"""A figure read from a report as a row of the ledger, and what the ledger knows beside it.

Everything here is careful: a row is proposed only where indicator, area, period and unit
follow from the figure without a guess, and where the ledger's own reading of the printed
number agrees with the reader's. Otherwise the reviewer completes it and is told what is missing.
"""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from collections.abc import Mapping

import pandas as pd

from indicators.model import PERIOD_KINDS, Indicator, period_bounds, period_end, read_printed, unit_scale
from indicators.names import TEXT
from indicators.reports.reviewed import cached, storable

#: Other names of the catalogue's units.
_SAME_UNIT = {
    **dict.fromkeys(("微克/立方米", "微克每立方米", "µg/m3", "μg/m³", "μg/m3", "ug/m3"), "µg/m³"),
    **dict.fromkeys(("千米", "km"), "公里"), **dict.fromkeys(("square kilometres", "square kilometers", "km²"), "平方公里"),
    **dict.fromkeys(("percent", "％"), "%"), **dict.fromkeys(("名", "people", "persons"), "人"), "yuan": "元",
    **dict.fromkeys(("个小时", "hours"), "小时"), "minutes": "分钟",
}
#: Classifiers that count things; which one is printed does not change what is counted.
_CLASSIFIERS = frozenset("家个户项所件条处座宗只种台套份张场次对类批队支列门部")
_TIMES = {("小时", "分钟"): 60.0}
_GROWTH = ("growth_pct", "yoy_pct", "avg_annual_growth_pct")
_OF_KIND = {"level": None, "share_pct": "%", "rank": "位", **dict.fromkeys(_GROWTH, "%")}
_BEFORE = re.compile(r"(?:将近|接近|不足|不到|低于|少于|近|超过|突破|高于|不少于|多于|至少|超|逾|过|大约|大概|约)\s*$")
_AFTER = re.compile(r"\s*(?:以上|以下|以内|左右|余|多)")
_TARGET = re.compile(r"力争|目标[是为值]|将(?:达|增|超|建成|实现|突破)|有望|拟建|计划到|规划到|\b(?:target|aims? to|will reach|is to reach)", re.I)
_PRELIMINARY = re.compile(r"初步|预计|快报|\b(?:preliminary|expected|estimated)\b", re.I)
_CLAUSE = re.compile(r"[。！？!?；;]|\n\s*\n|\.\s")
_TOGETHER = re.compile(r"(?:三|两|四)(?:省市|地|省|市)$|地区$|区域$")


# --- what is missing, in words ---------------------------------------------------------


@functools.lru_cache(maxsize=2)
def _words(lang: str) -> dict[str, str]:
    return tomllib.loads((TEXT / f"reports.{lang}.toml").read_text("utf8"))["propose"]


def say(key: str, **values: str) -> str:
    """What keeps a figure from being a row, in English; that is how it is stored."""
    return _words("en")[key].format(**values)


# --- where a figure stands -------------------------------------------------------------


@functools.lru_cache(maxsize=8)
def text_hash(text: str) -> str:
    """SHA-256 of a text as it is stored, in hexadecimal."""
    return hashlib.sha256(storable(text).encode("utf8")).hexdigest()


def source_of(text: str) -> str:
    """Source id of a report: that of the ledger where it has the same text, else made from its hash.

    The id is the same in every database, so rows may be exported from several into one ledger.
    """
    from indicators.ledger import sources

    sha256, table = text_hash(text), sources()
    same = table.index[table["text_sha256"] == sha256]
    return same[0] if len(same) else f"r{sha256[:12]}"


def place_of(start: int, end: int, source: str, sha256: str) -> dict[str, str]:
    """The columns that say where a figure stands: source, locator and vintage."""
    return {"source": source, "locator": f"chars={start}-{end}; text={sha256[:16]}", "vintage": "report"}


# --- a row -----------------------------------------------------------------------------


def propose(figure, document) -> tuple[dict | None, list[str]]:
    """A figure as an observation row.

    Parameters
    ----------
    figure : Figure
        As read; areas by name, values in the base unit.
    document : object
        With ``text`` and, where known, ``date``.

    Returns
    -------
    (dict or None, list of str)
        The row with all columns of the ledger and an empty list, or None and what is missing.
    """
    row, missing = draft(figure, document)
    return (None if missing else row), missing


def draft(figure, document) -> tuple[dict, list[str]]:
    """As :func:`propose`, with the row as far as it goes: what a form starts from."""
    indicator, missing = _indicator(figure)
    area, counterpart, said = _places(figure, indicator)
    missing += said
    period_kind, said = _period_kind(figure, indicator)
    missing += said
    numbers, notes = {"value": None, "lower": None, "upper": None, "value_text": printed_form(figure, document.text)}, []
    if indicator and not missing_kind(figure, indicator):
        numbers, notes, said = _numbers(figure, indicator, numbers["value_text"])
        missing += said
    row = {
        "indicator": figure.indicator or "", "area": area, "counterpart_area": counterpart,
        "period": figure.period or "", "period_kind": period_kind, "unit": indicator.unit if indicator else "",
        **numbers, "obs_status": obs_status(figure, document), "note": "; ".join(notes),
        **place_of(figure.start, figure.end, source_of(document.text), text_hash(document.text)),
    }
    return row, missing


def _indicator(figure) -> tuple[Indicator | None, list[str]]:
    from indicators import get

    if not figure.indicator:
        return None, [say("unknown_indicator", text=figure.indicator_text) if figure.indicator_text else say("no_indicator")]
    try:
        indicator = get(figure.indicator)
    except ValueError as error:
        return None, [str(error)]
    return indicator, missing_kind(figure, indicator)


def missing_kind(figure, indicator: Indicator) -> list[str]:
    """Why a figure is not a value of the indicator itself, if it is not: a growth of it, a multiple."""
    wanted = _OF_KIND.get(figure.kind, "")
    measures_growth = "growth" in indicator.id.split("_")
    if wanted == "" or (wanted and wanted != indicator.unit) or (figure.kind in _GROWTH and not measures_growth) \
            or (figure.kind == "level" and measures_growth and figure.unit != "%"):
        return [say("other_kind", kind=figure.kind, indicator=indicator.id, unit=indicator.unit)]
    return []


# --- areas -----------------------------------------------------------------------------


@functools.lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """Codes by name: in full and short, with and without the name of the area around it."""
    from geodata import HOME, areas

    table = {area.code: area for area in areas(scope=HOME)}
    codes: dict[str, dict] = {}

    def keep(name, code):
        codes.setdefault(_plain_name(name), {})[code] = None

    for area in table.values():
        for name in (area.code, area.name_zh, area.short_zh, area.name_en, area.short_en):
            keep(name, area.code)
        for around in _around(area, table):
            for outer in (around.name_zh, around.short_zh):
                for name in (area.name_zh, area.short_zh):
                    if not name.startswith(outer):
                        keep(outer + name, area.code)
                    elif len(name) >= len(outer) + 4:  # what is left of a shorter name, 港口, says nothing alone
                        keep(name.removeprefix(outer), area.code)
    return {name: tuple(found) for name, found in codes.items()}


def _around(area, table) -> list:
    """The areas that an area lies in, nearest first."""
    found = []
    while area.parent:
        area = table[area.parent]
        found.append(area)
    return found


def _plain_name(name: str) -> str:
    return re.sub(r"[-—–－·]+", "-", re.sub(r"\s+", " ", name).strip()).casefold()


@functools.lru_cache(maxsize=1)
def _composites() -> dict[frozenset, str]:
    from geodata import areas

    return {frozenset(area.members): area.code for area in areas("composite")}


def area_code(names) -> str:
    """The code of one place, or of the composite that several places make.

    Parameters
    ----------
    names : sequence of str
        As a text prints them, in full or short.

    Raises
    ------
    ValueError
        If a name is not known or stands for several places, or no composite has exactly these members.
    """
    codes = list(dict.fromkeys(_code(name) for name in names))
    if not codes:
        raise ValueError(say("no_area"))
    if len(codes) == 1:
        return codes[0]
    from geodata import area

    members = [member for code in codes for member in (area(code).members or (code,))]
    found = _composites().get(frozenset(members))
    if not found:
        raise ValueError(say("no_composite", names="、".join(names)))
    return found


def _code(name: str) -> str:
    found = _names().get(_plain_name(name)) or _names().get(_TOGETHER.sub("", _plain_name(name))) or ()
    if len(found) != 1:
        raise ValueError(say("several_areas", name=name, codes=", ".join(found)) if found else say("unknown_area", name=name))
    return found[0]


def _places(figure, indicator) -> tuple[str, str, list[str]]:
    """Codes of area and counterpart area, and what keeps them from being known."""
    flow = bool(figure.from_areas and figure.to_areas)
    if indicator and flow and not (indicator.flow or _may_be_flow(indicator)):
        return "", "", [say("no_flow", indicator=indicator.id)]
    found, missing = [], []
    for names in (figure.from_areas, figure.to_areas) if flow else (figure.areas or figure.to_areas or figure.from_areas, None):
        try:
            found.append("" if names is None else area_code(names))
        except ValueError as error:
            found.append("")
            missing.append(str(error))
    if indicator and indicator.flow and not flow and not _may_be_flow(indicator):
        missing.append(say("needs_both_ends", indicator=indicator.id))
    return *found, missing


def _may_be_flow(indicator) -> bool:
    from indicators.ledger import _OPTIONAL_FLOW

    return indicator.id in _OPTIONAL_FLOW


# --- periods and status ----------------------------------------------------------------


def _period_kind(figure, indicator) -> tuple[str, list[str]]:
    if not figure.period:
        return figure.period_kind or "", [say("no_period")]
    try:
        period_end(figure.period)
    except ValueError as error:
        return figure.period_kind or "", [str(error)]
    if figure.period_kind in PERIOD_KINDS:
        return figure.period_kind, []
    if indicator and "/" not in figure.period and (indicator.period_kind == "end" or (indicator.period_kind == "year" and len(figure.period) == 4)):
        return indicator.period_kind, []
    return "", [say("no_period_kind")]


def obs_status(figure, document) -> str:
    """A; P where the clause says 初步 or 预计; F for a target or a period after the report's date."""
    text = document.text
    before = _CLAUSE.split(text[max(0, figure.start - 80):figure.start])[-1]
    if _TARGET.search(before) or _to_come(figure.period, getattr(document, "date", None)):
        return "F"
    return "P" if _PRELIMINARY.search(before) else "A"


def _to_come(period: str | None, reported) -> bool:
    """Whether a range ends, or a single period begins, after the month of the report."""
    try:
        first, last = period_bounds(period)
        return (last if "/" in period else first) > period_bounds(str(reported)[:10])[1]
    except (TypeError, ValueError):  # one of the two is not known
        return False


# --- numbers ---------------------------------------------------------------------------


def printed_form(figure, text: str) -> str:
    """The figure as printed on one line, with the 近 or 以上 beside it that the reader took into account."""
    form = figure.value_text
    if figure.qualifier != "exact" and text[figure.start:figure.end] == form:
        before, after = _BEFORE.search(text[max(0, figure.start - 4):figure.start]), _AFTER.match(text[figure.end:figure.end + 6])
        form = (before[0] if before else "") + form + (after[0] if after and not before else "")
    return re.sub(r"\s+", "" if re.search(r"[一-鿿]", form) else " ", form).strip()


def _factor(figure_unit: str, wanted: str) -> tuple[float | None, list[str]]:
    """What a value in the figure's base unit is multiplied with, and notes."""
    scale, base = unit_scale(wanted)
    given = _SAME_UNIT.get(figure_unit, figure_unit)
    base = _SAME_UNIT.get(base, base)
    if given == base:
        return 1 / float(scale), []
    if (given, base) in _TIMES:
        return _TIMES[given, base] / float(scale), []
    if given in _CLASSIFIERS and base in _CLASSIFIERS:
        return 1 / float(scale), [f"counted in {given}"]
    scale_given, base_given = unit_scale(given)  # a reader that keeps 万吨标准煤/万元 whole
    return (float(scale_given / scale), []) if base_given == base else (None, [])


def _numbers(figure, indicator, value_text) -> tuple[dict, list[str], list[str]]:
    """Value and bounds in the indicator's unit, notes, and what is wrong.

    The ledger keeps one convention for what a printing allows, so bounds are its own; that its
    reading gives the same value is a second opinion on the reader's.
    """
    row = {"value": None, "lower": None, "upper": None, "value_text": value_text}
    factor, notes = _factor(figure.unit, indicator.unit)
    if factor is None:
        return row, [], [say("other_unit", unit=figure.unit or "–", wanted=indicator.unit)]
    value = float(figure.value) * factor
    try:
        printed = read_printed(value_text, indicator.unit)
    except ValueError as error:
        return {**row, "value": value}, notes, [str(error)]
    row.update(value=printed.value, lower=printed.lower, upper=printed.upper)
    ends = (printed.value, printed.lower, printed.upper) if printed.qualifier == "range" else (printed.value,)
    if not any(abs(value - end) <= 1e-6 * max(1.0, abs(value)) for end in ends):
        return {**row, "value": value}, notes, [say("read_otherwise", printed=value_text, value=f"{value:g}", unit=indicator.unit, other=f"{printed.value:g}")]
    return row, notes, []


# --- beside the ledger -----------------------------------------------------------------


def known(row: Mapping) -> pd.DataFrame:
    """What the ledger has for the same indicator, area, counterpart and period.

    Parameters
    ----------
    row : mapping
        An observation row, for example of a proposal.

    Returns
    -------
    pandas.DataFrame
        Observations of the ledger, the row itself left out where it is among them, with a
        column ``relation``: ``agrees`` where the intervals overlap, else ``differs``. Empty
        where the figure is new.
    """
    rows, places = _by_thing()
    same = rows.iloc[places.get((row["indicator"], row["area"], row["counterpart_area"]), [])]
    when = _moment(row["period"], row["period_kind"])
    beside = [_moment(r.period, r.period_kind) == when and (r.source, r.locator) != (row["source"], row["locator"]) for r in same.itertuples()]
    same = same[pd.Series(beside, index=same.index, dtype=bool)]
    overlap = (same["lower"] <= row["upper"]) & (same["upper"] >= row["lower"])
    return same.assign(relation=overlap.map({True: "agrees", False: "differs"}).astype("str")).reset_index(drop=True)


@cached(maxsize=1)
def _by_thing():
    """The ledger's observations, and the positions of those of each indicator, area and counterpart."""
    from indicators.ledger import observations

    rows = observations()
    return rows, rows.groupby(["indicator", "area", "counterpart_area"], sort=False).indices


def relation(row: Mapping) -> str:
    """``new``, ``agrees`` with a figure that is known, or ``differs`` from all of them."""
    found = set(known(row)["relation"])
    return "agrees" if "agrees" in found else "differs" if found else "new"


def _moment(period: str, kind: str):
    """What makes two periods one: a stock's end, anything else's beginning and end."""
    try:
        first, last = period_bounds(period)
    except ValueError:
        return period
    return last if kind == "end" else (first, last)
