"""What can be set beside each other, and what the views of it share.
"""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.style import AREA_COLOURS, CATEGORICAL, colour
from dashboard.i18n import t
from geodata import area, areas
from indicators import catalogue
from indicators.ledger import observations
from indicators.reports.reviewed import cached


@cached(maxsize=1)
def comparable() -> tuple[str, ...]:
    """Ids of the indicators that an area has at most one figure a year of, and that a map can show."""
    flows = {i.id for i in catalogue() if i.flow}
    return tuple(i for i in views.mappable() if i not in flows)


@cached(maxsize=1)
def ledger_years() -> tuple[str, ...]:
    """Years of which there is any whole year's figure, so that an address can ask for them."""
    periods = observations()["period"]
    return tuple(sorted({p for p in periods if len(p) == 4}))


@cached(maxsize=256)
def usual_areas(indicator: str, measure: str = "level") -> tuple[str, ...]:
    """Areas with most figures of an indicator, at most six: what is set beside each other where nothing is chosen."""
    frame = views.map_frame(indicator, measure)
    order = {a.code: i for i, a in enumerate(areas())}
    counts = frame[frame["t"] % 1 == 0].groupby("place").size()
    best = sorted(counts.index, key=lambda c: (area(c).level != "province", area(c).level == "composite", -counts[c], order[c]))
    return tuple(best[:6])


def province_of(code: str) -> str:
    """The province that an area lies in, empty for a composite of several."""
    found = area(code)
    while found.level != "province" and found.parent:
        found = area(found.parent)
    return found.code if found.level == "province" else ""


def wide_range(values) -> bool:
    """Whether figures span more than one order of magnitude, so that a linear axis would bunch most of them."""
    low, high = float(values.min()), float(values.max())
    return low > 0 and high > 10 * low


def rows_of(indicator: str, measure: str, level: str) -> pd.DataFrame:
    """Figures of whole years of the areas of a level, with how often each series has broken before (`turn`)."""
    codes = {a.code for a in areas(level)}
    frame = views.map_frame(indicator, measure)
    frame = frame[frame["place"].isin(codes) & (frame["t"] % 1 == 0)].sort_values(["place", "year"])
    return frame.assign(turn=(frame["obs_status"] == "B").groupby(frame["place"]).cumsum(), key=frame["place"]).reset_index(drop=True)


def with_hover(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Rows with the text of their point, and whether they are printed roughly."""
    return frame.assign(hover=[views.hover(r, r.indicator, lang) for r in frame.itertuples()], rounded=[views.rounded(r) for r in frame.itertuples()])


def looks(codes, lang: str) -> tuple[dict[str, str], dict[str, str]]:
    """Names and colours of areas; the three and their own keep theirs."""
    spare = [c for c in CATEGORICAL if c not in {colour(code, 0) for code in codes if code in AREA_COLOURS}]
    others = iter(range(len(codes)))
    return ({c: views.area_name(c, lang, True) for c in codes},
            {c: AREA_COLOURS.get(c) or spare[next(others) % len(spare)] for c in codes})


def shower(indicator: str, measure: str, lang: str):
    """How a number of a measure is written."""
    decimals = views.decimals_of(indicator, measure)
    return lambda value: fmt.number(value, lang, decimals)


def wide_table(frame: pd.DataFrame, years, show, lang: str, column: str = "value") -> dict:
    """Areas by years, as texts."""
    wide = frame.pivot(index="place", columns="year", values=column)
    return {"columns": [t(lang, "chart.area"), *map(str, years)],
            "rows": [[views.area_name(c, lang), *(show(wide.loc[c, y]) if y in wide and pd.notna(wide.loc[c, y]) else "–" for y in years)]
                     for c in dict.fromkeys(frame["place"])]}


def ranges(years: list[int], lang: str) -> str:
    """Years in words, consecutive ones as from and to."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return t(lang, "compare.list").join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
