"""What a whole is made of: parts that stand on each other, year by year.
"""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.stack import stack
from dashboard.charts.style import CATEGORICAL, colour
from dashboard.comparisons import ranges
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import area
from indicators import get
from indicators.measures import REGION, series
from indicators.reports.reviewed import cached

#: The three sectors of GDP, which stand on each other where no indicator is named.
SECTORS = ("share_primary", "share_secondary", "share_tertiary")
#: Measures by which the parts of a whole can stand on each other.
STACKED = ("share", "level")


@cached(maxsize=1)
def summable() -> tuple[str, ...]:
    """Ids of the indicators whose areas add up to a whole."""
    return tuple(i for i in views.with_figures() if get(i).aggregation == "sum" and not get(i).flow)


@cached(maxsize=128)
def structure_view(code: str, lang: str, indicator_id: str = "", measure: str = "share") -> View | None:
    """What a whole is made of, year by year.

    Parameters
    ----------
    code : str
        An area: its GDP by sector, or a composite: an indicator by the areas it is made of.
    lang : {"zh", "en"}
    indicator_id : str
        Of :func:`summable`; empty for the three sectors of GDP.
    measure : {"share", "level"}
        Of the parts that are areas; shares exist of 京津冀.

    Returns
    -------
    dashboard.views.View or None
        Only years in which every part has a figure on the same basis; the subtitle names
        those that are left out. None where there is no such year.
    """
    if indicator_id:
        parts = area(code).members
        if len(parts) < 2 or measure == "share" and code != REGION:
            return None
        frame = series(indicator_id, areas=parts, measure=measure)
        labels = {part: views.area_name(part, lang, True) for part in parts}
        frame = frame.assign(key=frame["area"])
        colours = {part: colour(part, i) for i, part in enumerate(parts)}
        title = t(lang, "compare.parts", whole=views.area_name(code, lang), indicator=views.indicator_name(indicator_id, lang))
    else:
        measure = "level"
        labels = {i: views.indicator_name(i, lang) for i in SECTORS}
        frame = pd.concat([series(i, areas=[code]) for i in SECTORS], ignore_index=True)
        frame = frame.assign(key=frame["indicator"])
        colours = dict(zip(SECTORS, CATEGORICAL))
        title = t(lang, "compare.sectors", area=views.area_name(code, lang))
    frame = frame[frame["t"] % 1 == 0]
    if frame.empty:
        return None
    complete = [y for y, own in frame.groupby("year") if set(own["key"]) == set(labels) and len(own) == len(labels) and own["basis"].nunique() == 1]
    if not complete:
        return None
    missing = [y for y in range(int(frame["year"].min()), int(frame["year"].max()) + 1) if y not in complete]
    drawn = frame[frame["year"].isin(complete)].sort_values(["year", "key"]).reset_index(drop=True)
    drawn = drawn.assign(hover=[views.hover(r, r.indicator, lang) for r in drawn.itertuples()])
    unit = drawn["unit"].iloc[0]
    shares = unit == "%"
    subtitle = t(lang, "compare.join").join([fmt.unit_label(unit, lang), *_remarks(drawn, missing, shares, lang)])
    decimals = views.decimals_of(drawn["indicator"].iloc[0], measure)

    def show(value):
        return fmt.number(value, lang, decimals)

    figure = stack(drawn, title=title, subtitle=subtitle, source=views.source_line(drawn, lang), labels=labels, colours=colours,
                   value_text=show, top=100 if shares else None)
    wide = drawn.pivot(index="key", columns="year", values="value")
    table = {"columns": [t(lang, "compare.part"), *map(str, complete)],
             "rows": [[label, *(show(wide.loc[key, y]) for y in complete)] for key, label in labels.items()]}
    last = drawn[drawn["year"] == complete[-1]].set_index("key")
    alt = t(lang, "compare.structure_alt", title=title, first=complete[0], last=complete[-1],
            parts=t(lang, "compare.list").join(f"{labels[k]} {fmt.quantity(last.loc[k, 'value'], unit, lang, decimals)}" for k in labels))
    return View(f"structure-{code}-{indicator_id or 'sectors'}-{measure}", title, alt, (Part(figure, alt),), table, drawn)


def _remarks(drawn, missing, shares, lang) -> list[str]:
    """What a reader of the bars has to know: years left out, sums that are not 100, a change of basis."""
    remarks = []
    if missing:
        remarks.append(t(lang, "compare.left_out", years=ranges(missing, lang)))
    bases = drawn.drop_duplicates("year").set_index("year")["basis"]
    for before, year in pairwise(bases.index):
        if bases[before] != bases[year]:
            remarks.append(t(lang, "compare.other_basis", year=year))
    sums = drawn.groupby("year")["value"].sum()
    off = [f"{year} {fmt.number(value, lang, 1)}%" for year, value in sums.items() if shares and abs(value - 100) >= 0.05]
    if off:
        remarks.append(t(lang, "compare.sums", sums=t(lang, "compare.list").join(off)))
    return remarks
