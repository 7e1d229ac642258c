"""Gaps between areas: what can be compared, and the words and rows that all views of them share.

Areas are compared on one basis only, the same areas in every year of a stretch; where that cannot be, the
lines break and the subtitle says which areas each stretch has.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.i18n import t
from dashboard.parameters import Refusal
from geodata import HOME, areas
from indicators import catalogue, get
from indicators.analysis import convergence, inequality
from indicators.ledger import observations
from indicators.measures import REGION, _join, _worst, series
from indicators.reports.reviewed import cached

LEVELS = ("prefecture", "province")
#: Measures that make areas of different size comparable.
RATIOS = ("per_capita", "density", "share_of_output")
STATISTICS = inequality.STATISTICS
#: Years that may be compared.
YEARS = tuple(str(y) for y in range(2000, 2036))


def codes(level: str) -> tuple[str, ...]:
    """Codes of the areas of a level."""
    return tuple(a.code for a in areas(level, HOME))


def least_of(level: str) -> int:
    """Fewest areas of a stretch: half of the level, so that a few do not stand for all, and three."""
    return max(3, (len(codes(level)) + 1) // 2)


@cached(maxsize=1)
def _levels() -> dict[str, tuple[str, ...]]:
    """Indicator -> levels of which enough areas have a figure in one year."""
    rows = observations()
    rows = rows[(rows["obs_status"] != "F") & (rows["counterpart_area"] == "") & rows["period_kind"].isin(["year", "end"])]
    rows = rows.assign(year=rows["period"].str.slice(-4))
    found: dict[str, list[str]] = {}
    for level in LEVELS:
        own = rows[rows["area"].isin(codes(level))].groupby(["indicator", "year"])["area"].nunique().groupby("indicator").max()
        for indicator in own[own >= least_of(level)].index:
            found.setdefault(indicator, []).append(level)
    return {i: tuple(found_at) for i, found_at in found.items()}


def measures_of(indicator_id: str) -> tuple[str, ...]:
    """Measures by which areas of different size can be compared: what is a sum is divided, what is a ratio stands as it is."""
    indicator = get(indicator_id)
    if indicator.aggregation == "sum":
        own = tuple(m for m in RATIOS if m in indicator.all_measures)
        return tuple(m for m in own if m != "per_capita") if indicator_id == "resident_population" else own
    ratio = "growth" in indicator.all_measures or indicator.unit == "%" and "growth" not in indicator_id
    return tuple(m for m in ("level", "share_of_output") if m in indicator.all_measures and (ratio or m != "level"))


@cached(maxsize=1)
def comparable() -> tuple[str, ...]:
    """Ids of the indicators of which areas can be compared, those of prefectures and the flagships first."""
    found = [i for i in catalogue() if not i.flow and i.id in _levels() and measures_of(i.id)]
    return tuple(i.id for i in sorted(found, key=lambda i: ("prefecture" not in _levels()[i.id], not i.flagship)))


@cached(maxsize=1)
def addable() -> tuple[str, ...]:
    """Ids of those whose areas add up."""
    return tuple(i for i in comparable() if get(i).aggregation == "sum")


@cached(maxsize=1)
def prefectural() -> tuple[str, ...]:
    """Ids of those that prefectures have figures of."""
    return tuple(i for i in comparable() if "prefecture" in _levels()[i])


def levels_of(indicator_id: str) -> tuple[str, ...]:
    """Levels at which areas can be compared."""
    return _levels().get(indicator_id, ())


@cached(maxsize=256)
def figures(indicator_id: str, measure: str, level: str) -> pd.DataFrame:
    """The series of the areas of a level, whole years, one row an area and year, with the basis of what it is divided by."""
    frame = series(indicator_id, measure=measure)
    frame = frame[frame["area"].isin(codes(level)) & (frame["counterpart_area"] == "") & (frame["t"] % 1 == 0) & frame["period_kind"].isin(["year", "end"])]
    frame = frame.drop_duplicates(["area", "year"], keep="last").reset_index(drop=True)
    by = {"per_capita": "resident_population", "share_of_output": get(indicator_id).denominator}.get(measure)
    if not by:
        return frame.assign(divisor="")
    divisor = series(by).drop_duplicates(["area", "year"], keep="last").set_index(["area", "year"])["basis"]
    return frame.assign(divisor=[divisor.get((a, y), "") for a, y in zip(frame["area"], frame["year"])])


def listed(lang: str, names) -> str:
    """Words one after another."""
    return t(lang, "gaps.list").join(names)


def names_of(found, lang: str) -> str:
    """Short names of areas, one after another."""
    return listed(lang, (views.area_name(c, lang, True) for c in found))


def span(years, lang: str) -> str:
    """Years of a stretch: 2013–2019."""
    return t(lang, "gaps.single", year=years[0]) if len(years) == 1 else t(lang, "gaps.span", first=years[0], last=years[-1])


def stretch(panel, level: str, lang: str) -> str:
    """Which areas a stretch has."""
    without = [c for c in codes(level) if c not in panel.areas]
    text = t(lang, "gaps.stretch", years=span(panel.years, lang), n=len(panel.areas))
    return text + (t(lang, "gaps.without", areas=names_of(without, lang)) if without else "")


def subject_of(indicator_id: str, measure: str, lang: str) -> str:
    """What is compared: the indicator, or its ratio by people or area."""
    label = views.indicator_name(indicator_id, lang)
    return label if measure == "level" else t(lang, f"gaps.ratio.{measure}", indicator=label)


def number(value: float, lang: str, decimals: int = 3) -> str:
    """A result; an open bound as a sign."""
    if np.isinf(value):
        return "∞" if value > 0 else "−∞"
    return fmt.number(round(value, decimals) + 0.0, lang, decimals)  # no minus before a zero


def between(value, lower, upper, lang: str, decimals: int = 3) -> str:
    """A result with its bounds, which stand only where they differ as it is printed."""
    low, high = (number(x, lang, decimals) for x in (lower, upper))
    shown = number(value, lang, decimals)
    return shown if low == high else t(lang, "gaps.bounded", value=shown, low=low, high=high)


def probability(p: float, lang: str) -> str:
    """A p-value: below 0.001 that is all that is said."""
    return t(lang, "gaps.p_small") if p < 0.001 else t(lang, "gaps.p", p=fmt.number(p, lang, 3))


def derived(rows: pd.DataFrame, **values) -> dict:
    """A row of a result, with the sources of the figures that it is computed from."""
    first = rows.iloc[0]
    status = _worst(rows["obs_status"])
    return {**first.to_dict(), "area": REGION, "counterpart_area": "", "value_text": "", "computed": True, "rule": "computed", "others": 0,
            "conflict": bool(rows["conflict"].any()), "note": "", "obs_status": "A" if status == "B" else status,
            "source": _join(rows["source"]), "locator": _join(rows["locator"]), **values}


def hover(title: str, text: str, row, lang: str) -> str:
    """Text of a point of a result: what, when, how much, and the first source."""
    first = str(row["source"]).split("|")
    more = t(lang, "chart.and_more", n=len(first) - 1) if len(first) > 1 else ""
    return f"<b>{title}</b>  {row['year']}<br><b>{text}</b><br>{views.source_name(first[0], lang)}{more}"


def spans(indicator_id: str, measure: str, level: str) -> tuple[str, ...]:
    """Years of which areas have figures, as texts."""
    return tuple(str(y) for y in sorted(set(figures(indicator_id, measure, level)["year"])))


@cached(maxsize=256)
def longest(indicator_id: str, measure: str, level: str, complete: bool = False) -> tuple[str, str]:
    """First and last year of the stretch that has most: of areas, squared, times years; `complete`: of all areas where there is one."""
    frame = figures(indicator_id, measure, level)
    found = [p for p in convergence.panels(frame, len(codes(level))) if len(p.years) > 1] if complete else []
    found = found or [p for p in convergence.panels(frame, least_of(level)) if len(p.years) > 1]
    if not found:
        return "", ""
    best = max(found, key=lambda p: (len(p.areas) >= convergence.LEAST_AREAS and len(p.years) > convergence.LEAST_YEARS, len(p.areas) ** 2 * len(p.years)))
    return str(best.years[0]), str(best.years[-1])


def at_ends(frame, panel):
    """Rows of a panel's areas, a frame a year."""
    return [frame[frame["year"] == y].set_index("area").loc[list(panel.areas)] for y in panel.years]


def panel_of(frame, first: str, last: str):
    """Areas that may be compared between two years; refused where the first is not before the last."""
    if int(first) >= int(last):
        raise Refusal(400, "gaps.order", first=first, last=last)
    return convergence.pairs(frame, int(first), int(last))


def choose(values: dict, name: str, options: tuple[str, ...], default: str) -> str:
    """A value of the query, the default where there is none; refused where it is not one of the options."""
    from dashboard.parameters import Accepted

    chosen = values.setdefault(name, default)
    if chosen not in options:
        raise Refusal(400, "not_accepted", parameter=name, value=chosen, accepted=Accepted(options))
    return chosen


def ratio_of(values: dict) -> tuple[str, str]:
    """Indicator and measure of the query."""
    indicator = values.setdefault("indicator", "gdp")
    options = measures_of(indicator)
    return indicator, choose(values, "measure", options, options[0])


def years_between(values: dict, indicator: str, measure: str, level: str, complete: bool = False) -> tuple[str, str]:
    """First and last year of the query; the longest stretch where there are none."""
    first, last = longest(indicator, measure, level, complete)
    if not first:
        raise Refusal(404, "nothing_to_draw")
    years = spans(indicator, measure, level)
    return choose(values, "from", years, first), choose(values, "to", years, last)


def in_order(values: dict, *names: str) -> None:
    """Put values of the query into the order in which an address has them."""
    values.update({n: values.pop(n) for n in names if n in values})
