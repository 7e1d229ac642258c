"""Views that set figures beside each other: parts of a whole, and two indicators of the same areas."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.scatter import scatter
from dashboard.charts.stack import stack
from dashboard.charts.style import CATEGORICAL, colour
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import area, areas
from indicators import catalogue, get
from indicators.measures import REGION, main_period_kind, series, unit_of
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
        remarks.append(t(lang, "compare.left_out", years=_ranges(missing, lang)))
    bases = drawn.drop_duplicates("year").set_index("year")["basis"]
    for before, year in pairwise(bases.index):
        if bases[before] != bases[year]:
            remarks.append(t(lang, "compare.other_basis", year=year))
    sums = drawn.groupby("year")["value"].sum()
    off = [f"{year} {fmt.number(value, lang, 1)}%" for year, value in sums.items() if shares and abs(value - 100) >= 0.05]
    if off:
        remarks.append(t(lang, "compare.sums", sums=t(lang, "compare.list").join(off)))
    return remarks


def _ranges(years: list[int], lang: str) -> str:
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return t(lang, "compare.list").join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


@cached(maxsize=1)
def comparable() -> tuple[str, ...]:
    """Ids of the indicators that an area has at most one figure a year of, and that a map can show."""
    flows = {i.id for i in catalogue() if i.flow}
    return tuple(i for i in views.mappable() if i not in flows)


@cached(maxsize=128)
def scatter_view(x: str, y: str, level: str, lang: str, x_measure: str = "level", y_measure: str = "level") -> View | None:
    """Two indicators of the areas of a level, a frame a year.

    Parameters
    ----------
    x, y : str
        Indicators, of :func:`comparable`.
    level : str
        One of :data:`dashboard.views.MAP_LEVELS`.
    lang : {"zh", "en"}
    x_measure, y_measure : str
        Measures of them.

    Returns
    -------
    dashboard.views.View or None
        Only areas and years that have both figures; its frame has a row for each of the two,
        the first indicator's before the second's. None where no area has both.
    """
    chosen = ((x, x_measure), (y, y_measure))
    codes = {a.code for a in areas(level)}
    frames = [views.map_frame(i, m) for i, m in chosen]
    frames = [f[f["place"].isin(codes) & (f["t"] % 1 == 0)].sort_values(["year", "place"]) for f in frames]
    both = pd.merge(*(f[["place", "year"]] for f in frames))
    if both.empty:
        return None
    frames = [f.merge(both, on=["place", "year"]).assign(axis=axis) for f, axis in zip(frames, "xy")]
    hovers = [[views.hover(r, r.indicator, lang) for r in f.itertuples()] for f in frames]
    titles = [views.chart_title(i, m, lang) for i, m in chosen]
    units = [fmt.unit_label(unit_of(i, m), lang) for i, m in chosen]
    names = {c: views.area_name(c, lang, True) for c in sorted(codes)}
    home = {c: _province(c) for c in names}
    points = pd.DataFrame({
        "area": frames[0]["place"], "group": [home[c] for c in frames[0]["place"]], "year": frames[0]["year"],
        "x": frames[0]["value"].to_numpy(), "y": frames[1]["value"].to_numpy(),
        "hover": [f"{titles[0]}<br>{a}<br>{titles[1]}<br>{b}" for a, b in zip(*hovers)]})
    groups = {a.code: views.area_name(a.code, lang, True) for a in areas("province") if a.code in set(points["group"])}
    groups |= {g: t(lang, f"level.{level}") for g in points["group"] if g not in groups}
    frame = pd.concat(frames, ignore_index=True)
    year = views.best_year(frame)
    title = t(lang, "compare.scatter", x=titles[0], y=titles[1])
    kinds = [main_period_kind(i) for i, _ in chosen]
    subtitle = t(lang, "compare.scatter_subtitle", level=t(lang, f"level.{level}"))
    axes = [t(lang, "compare.axis", title=a, unit=u) for a, u in zip(titles, units)]
    figure = scatter(points, title=title, subtitle=subtitle, source=views.source_line(frame, lang), names=names, groups=groups,
                     colours={g: colour(g, n) for n, g in enumerate(groups)}, x_title=axes[0], y_title=axes[1], shown=year)

    def show(value, i):
        return fmt.number(value, lang, views.decimals_of(*chosen[i]))

    table = {"columns": [t(lang, "chart.year"), t(lang, "chart.area"), *axes],
             "rows": [[fmt.period(str(r.year), kinds[0], lang), views.area_name(r.area, lang), show(r.x, 0), show(r.y, 1)]
                      for r in points.sort_values(["year", "area"], ascending=[False, True]).itertuples()]}
    now = points[points["year"] == year]
    ends = [(now.loc[now[a].idxmax()], now.loc[now[a].idxmin()]) for a in "xy"]
    alt = t(lang, "compare.scatter_alt", title=title, year=year, n=len(now), **{
        key: value for (high, low), i, a in zip(ends, (0, 1), "xy") for key, value in (
            (f"{a}_title", axes[i]), (f"{a}_top", names[high["area"]]), (f"{a}_high", show(high[a], i)),
            (f"{a}_bottom", names[low["area"]]), (f"{a}_low", show(low[a], i)))})
    return View(f"scatter-{x}-{x_measure}-{y}-{y_measure}-{level}", title, alt, (Part(figure, alt),), table, frame, str(year))


def _province(code: str) -> str:
    """The province that an area lies in, empty for a composite of several."""
    found = area(code)
    while found.level != "province" and found.parent:
        found = area(found.parent)
    return found.code if found.level == "province" else ""
