"""What is known about an area: all its figures, the course of its main indicators, which areas there are to choose from."""

from __future__ import annotations

import pandas as pd

from dashboard import views
from geodata import area as find
from geodata import areas, members
from indicators import get
from indicators.ledger import observations
from indicators.measures import series
from indicators.reports.reviewed import cached

#: Indicators that stand first wherever an area is described, where it has them.
LEADING = ("gdp", "resident_population", "pm25", "rail_km")


@cached(maxsize=1)
def areas_in_order() -> list[str]:
    """Areas that have a page: the region, provinces, prefectures, cooperation areas, then all others with figures."""
    have = set(observations()["area"]) | set(observations()["counterpart_area"])
    first = ["jjj", *[a.code for a in areas("province")], *[a.code for a in areas("prefecture")], *[a.code for a in areas("composite")]]
    rest = [a.code for a in areas() if a.code in have]
    return list(dict.fromkeys([*first, *rest]))


@cached(maxsize=256)
def lead_view(code: str, lang: str):
    """Trends of the leading indicators of an area, two in a row; None where it has none."""
    have = tuple(i for i in LEADING if len(series(i, areas=[code])) > 1)
    if not have:
        return None
    view = views.trend_view(have, (code,), "level", lang, bounds=True)
    for part in view.figures:
        part.figure.update_layout(height=330)
    return view


@cached(maxsize=256)
def figures_of(code: str) -> pd.DataFrame:
    """All series rows about an area, as origin and as destination, in the order of the catalogue's pages.

    Returns
    -------
    pandas.DataFrame
        Rows of :func:`indicators.series` of every kind of period, the measure ``level``;
        without columns where there are none.
    """
    parts = []
    for indicator in _may_have(code):
        for kind in views.kinds_of((indicator,)):
            frame = series(indicator, period_kind=kind)
            own = frame[(frame["area"] == code) | (frame["counterpart_area"] == code)]
            if len(own):
                parts.append(own)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _may_have(code: str) -> list[str]:
    """Indicators with an observation of the area, or of all members that add up to it; the others need not be computed."""
    rows = observations()
    observed = set(rows.loc[(rows["area"] == code) | (rows["counterpart_area"] == code), "indicator"])
    if find(code).level == "composite":
        parts = set(members(code))
        of_parts = rows[rows["area"].isin(parts)].groupby("indicator")["area"].nunique()
        observed |= {i for i, n in of_parts.items() if n == len(parts) and get(i).aggregation != "none"}
    return [i for i in views.with_figures() if i in observed]
