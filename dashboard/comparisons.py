"""Views that set figures beside each other: parts of a whole, two indicators, two years, places, areas and a reference."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.bump import bump
from dashboard.charts.lines import lines
from dashboard.charts.scatter import scatter
from dashboard.charts.slope import slope
from dashboard.charts.small_multiples import round_numbers, small_lines, small_maps
from dashboard.charts.stack import stack
from dashboard.charts.style import AREA_COLOURS, CATEGORICAL, colour
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import CREDIT, area, areas, web_geometry
from indicators import catalogue, get
from indicators.analysis.correlation import correlation, rank_range
from indicators.ledger import observations
from indicators.measures import REGION, divide, main_period_kind, series, unit_of
from indicators.names import name
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


@cached(maxsize=128)
def scatter_view(x: str, y: str, level: str, lang: str, x_measure: str = "level", y_measure: str = "level",
                 scale: str = "linear", trails: bool = False) -> View | None:
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
    scale : {"linear", "log"}
        "log" for a logarithmic axis where figures span more than one order of magnitude.
    trails : bool
        Draw the years that lead to each point.

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
    logs = tuple(scale == "log" and wide_range(points[a]) for a in "xy")
    told = {int(y): correlation_of(frame, int(y)) for y in sorted(points["year"].unique())}
    title = t(lang, "compare.scatter", x=titles[0], y=titles[1])
    kinds = [main_period_kind(i) for i, _ in chosen]
    subtitle = t(lang, "compare.join").join([
        t(lang, "compare.scatter_subtitle", level=t(lang, f"level.{level}")), *([t(lang, "compare.no_cause")] if any(c for c, _ in told.values()) else []),
        *([t(lang, "compare.trails")] if trails else []), *([t(lang, "compare.log_axes")] if any(logs) else [])])
    axes = [t(lang, "compare.axis", title=a, unit=u) for a, u in zip(titles, units)]
    figure = scatter(points, title=title, subtitle=subtitle, source=views.source_line(frame, lang), names=names, groups=groups,
                     colours={g: colour(g, n) for n, g in enumerate(groups)}, x_title=axes[0], y_title=axes[1], shown=year, log=logs,
                     trails=_trails(frame) if trails else None, notes={y: _note(c, lang) for y, (c, _) in told.items()})

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


def wide_range(values) -> bool:
    """Whether figures span more than one order of magnitude, so that a linear axis would bunch most of them."""
    low, high = float(values.min()), float(values.max())
    return low > 0 and high > 10 * low


def correlation_of(frame: pd.DataFrame, year: int):
    """How closely the two figures of a scatter go together in a year.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of :func:`scatter_view`.
    year : int

    Returns
    -------
    (indicators.analysis.correlation.Correlation or None, int)
        Of the areas that lie on the most frequent pair of bases, and how many others are left out:
        figures on different bases are not compared.
    """
    now = [frame[(frame["year"] == year) & (frame["axis"] == axis)].set_index("place") for axis in "xy"]
    bases = pd.Series(list(zip(now[0]["basis"], now[1].loc[now[0].index, "basis"])), index=now[0].index, dtype=object)
    if bases.empty:
        return None, 0
    usual = bases.map(bases.value_counts(sort=True)).idxmax()
    same = bases.index[[b == bases[usual] for b in bases]]
    x, y = (part.loc[same] for part in now)
    return correlation(x["value"], y["value"], x["lower"], x["upper"], y["lower"], y["upper"]), len(bases) - len(same)


def _note(found, lang: str) -> str:
    if found is None:
        return ""
    return "<br>".join(t(lang, f"compare.{key}", n=found.n, value=fmt.number(c.value, lang, 2), **_range_text(c.interval, lang))
                       for key, c in (("pearson", found.pearson), ("spearman", found.spearman)))


def _trails(frame: pd.DataFrame) -> dict[tuple[str, int], tuple[list[float], list[float]]]:
    """(area, year) -> the points that lead to it, as far back as no year is missing, both bases stay and no break is marked."""
    sides = [frame[frame["axis"] == axis].set_index(["place", "year"]).sort_index() for axis in "xy"]
    found, run, before = {}, [], None
    for key in sides[0].index:
        x, y = (side.loc[key] for side in sides)
        now = (key[0], key[1] - 1, x["basis"], y["basis"])
        if before != now or "B" in (x["obs_status"], y["obs_status"]):
            run = []
        run = [*run, (float(x["value"]), float(y["value"]))]
        before = (key[0], key[1], x["basis"], y["basis"])
        if len(run) > 1:
            found[key] = ([p[0] for p in run], [p[1] for p in run])
    return found


# --- one indicator, several areas and years ------------------------------------------------


def _rows(indicator: str, measure: str, level: str) -> pd.DataFrame:
    """Figures of whole years of the areas of a level, with how often each series has broken before (`turn`)."""
    codes = {a.code for a in areas(level)}
    frame = views.map_frame(indicator, measure)
    frame = frame[frame["place"].isin(codes) & (frame["t"] % 1 == 0)].sort_values(["place", "year"])
    return frame.assign(turn=(frame["obs_status"] == "B").groupby(frame["place"]).cumsum(), key=frame["place"]).reset_index(drop=True)


def _hover(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    return frame.assign(hover=[views.hover(r, r.indicator, lang) for r in frame.itertuples()], rounded=[views.rounded(r) for r in frame.itertuples()])


def _looks(codes, lang: str) -> tuple[dict[str, str], dict[str, str]]:
    """Names and colours of areas; the three and their own keep theirs."""
    spare = [c for c in CATEGORICAL if c not in {colour(code, 0) for code in codes if code in AREA_COLOURS}]
    others = iter(range(len(codes)))
    return ({c: views.area_name(c, lang, True) for c in codes},
            {c: AREA_COLOURS.get(c) or spare[next(others) % len(spare)] for c in codes})


def _show(indicator: str, measure: str, lang: str):
    decimals = views.decimals_of(indicator, measure)
    return lambda value: fmt.number(value, lang, decimals)


def _wide_table(frame: pd.DataFrame, years, show, lang: str, column: str = "value") -> dict:
    wide = frame.pivot(index="place", columns="year", values=column)
    return {"columns": [t(lang, "chart.area"), *map(str, years)],
            "rows": [[views.area_name(c, lang), *(show(wide.loc[c, y]) if y in wide and pd.notna(wide.loc[c, y]) else "–" for y in years)]
                     for c in dict.fromkeys(frame["place"])]}


def spread(years: list[int], most: int) -> list[int]:
    """At most so many of the years, evenly from the first to the last.

    >>> spread([2010, 2011, 2012, 2013, 2014], 3)
    [2010, 2012, 2014]
    """
    if len(years) <= most:
        return list(years)
    return [years[i] for i in dict.fromkeys(np.linspace(0, len(years) - 1, most).round().astype(int))]


@cached(maxsize=64)
def maps_view(indicator: str, measure: str, level: str, lang: str) -> View | None:
    """Maps of up to five years beside each other, in common classes.

    Parameters
    ----------
    indicator : str
        Of :func:`comparable`.
    measure, level, lang : str

    Returns
    -------
    dashboard.views.View or None
        Of the years in which most areas have a figure, evenly from the first to the last; None without figures.
    """
    frame = _rows(indicator, measure, level)
    if frame.empty:
        return None
    counts = frame.groupby("year")["place"].nunique()
    years = spread([int(y) for y in counts.index[counts == counts.max()]], 5)
    frame = _hover(frame[frame["year"].isin(years)].sort_values(["place", "year"]), lang).reset_index(drop=True)
    shapes, scope = web_geometry(level), get(indicator).scope
    layer = [{"code": a.code, "applicable": not scope or a.code in scope, "no_data": f"<b>{views.area_name(a.code, lang)}</b><br>" + t(
        lang, "chart.no_data" if not scope or a.code in scope else "chart.not_applicable")}
        for a in areas(level) if a.code in shapes["areas"] and (level != "composite" or a.code in set(frame["place"]))]
    show, unit = _show(indicator, measure, lang), frame["unit"].iloc[0]
    title = t(lang, "compare.maps", title=views.chart_title(indicator, measure, lang))
    subtitle = t(lang, "compare.maps_subtitle", unit=fmt.unit_label(unit, lang), level=t(lang, f"level.{level}"), n=int(counts.max()))
    figure = small_maps(
        frame.assign(area=frame["place"]), layer, shapes["areas"], {} if level == "province" else web_geometry("province")["areas"], years=years,
        bbox=web_geometry("province")["bbox"], title=title, subtitle=subtitle, source=f"{views.source_line(frame, lang)}<br>{CREDIT[lang]}",
        words={"no_data": t(lang, "chart.no_data"), "format": show}, signed=measure in ("growth", "cagr") and bool((frame["value"] < 0).any()))
    alt = t(lang, "compare.maps_alt", title=title, years=t(lang, "compare.list").join(map(str, years)), n=int(counts.max()))
    return View(f"maps-{indicator}-{measure}-{level}", title, alt, (Part(figure, alt, tuple({level, "province"})),), _wide_table(frame, years, show, lang), frame)


@cached(maxsize=64)
def multiples_view(indicator: str, codes: tuple[str, ...], lang: str) -> View | None:
    """Lines of one indicator, a panel an area, on common axes.

    Parameters
    ----------
    indicator : str
        Of :func:`comparable`.
    codes : tuple of str
        Areas, in their order; those without figures have no panel.
    lang : str
    """
    frame = views.map_frame(indicator, "level")
    frame = frame[frame["place"].isin(codes)]
    codes = [c for c in codes if c in set(frame["place"])]
    if not codes:
        return None
    frame = _hover(frame.assign(key=frame["place"]), lang)
    frame = frame.sort_values("t", kind="stable").sort_values("key", key=lambda k: k.map(codes.index), kind="stable").reset_index(drop=True)
    names, colours = _looks(codes, lang)
    title = t(lang, "compare.multiples", title=views.chart_title(indicator, "level", lang))
    show = _show(indicator, "level", lang)
    subtitle = t(lang, "compare.join").join([t(lang, "compare.multiples_subtitle", unit=fmt.unit_label(frame["unit"].iloc[0], lang)),
                                             *([t(lang, "compare.broken")] if _broken(frame) else [])])
    figure = small_lines(frame, title=title, subtitle=subtitle, source=views.source_line(frame, lang), names=names, colours=colours, value_text=show)
    alt = views.trend_alt(frame, title, names, lang)
    years = sorted(frame["year"].unique())
    return View(f"multiples-{indicator}-{'-'.join(codes)}"[:80], title, alt, (Part(figure, alt),), _wide_table(frame, years, show, lang), frame)


def _broken(frame: pd.DataFrame) -> bool:
    return any(own["basis"].nunique() > 1 or (own["obs_status"] == "B").any() for _, own in frame.groupby("key"))


def _joined(frame: pd.DataFrame, first: int, last: int) -> dict[str, bool]:
    """Areas that have figures in both years -> whether these may be compared: one basis, no break between them."""
    ends = {y: frame[frame["year"] == y].set_index("place") for y in (first, last)}
    return {c: bool(ends[first].loc[c, "basis"] == ends[last].loc[c, "basis"] and ends[first].loc[c, "turn"] == ends[last].loc[c, "turn"])
            for c in ends[first].index if c in ends[last].index}


@cached(maxsize=256)
def slope_years(indicator: str, measure: str, level: str) -> tuple[tuple[int, ...], int, int] | None:
    """Years that a slope chart can begin and end with, and the pair over which most areas may be compared, the longest of these."""
    frame = _rows(indicator, measure, level)
    years = sorted(int(y) for y in frame["year"].unique())
    pairs = [(sum(_joined(frame, a, b).values()), b - a, b, a) for i, a in enumerate(years) for b in years[i + 1:]]
    if not pairs or not max(pairs)[0]:
        return None
    _, _, last, first = max(pairs)
    return tuple(years), first, last


@cached(maxsize=128)
def slope_view(indicator: str, measure: str, level: str, first: int, last: int, lang: str) -> View | None:
    """Figures of two years and the change between them.

    Parameters
    ----------
    indicator : str
        Of :func:`comparable`.
    measure, level : str
    first, last : int
        Years.
    lang : str

    Returns
    -------
    dashboard.views.View or None
        Only areas that have both figures; `joined` in its frame says whether the two may be compared. None where there is no such area.
    """
    frame = _rows(indicator, measure, level)
    joined = _joined(frame, first, last)
    if not joined or first >= last:
        return None
    frame = _hover(frame[frame["year"].isin((first, last)) & frame["place"].isin(joined)], lang)
    frame = frame.assign(joined=frame["place"].map(joined)).reset_index(drop=True)
    order = list(frame[frame["year"] == last].sort_values("value", ascending=False, kind="stable")["place"])
    names, colours = _looks(order, lang)
    show, unit = _show(indicator, measure, lang), frame["unit"].iloc[0]
    title = t(lang, "compare.slope", title=views.chart_title(indicator, measure, lang), first=first, last=last)
    apart = [c for c in order if not joined[c]]
    log = wide_range(frame["value"])
    subtitle = t(lang, "compare.join").join([
        t(lang, "compare.slope_subtitle", unit=fmt.unit_label(unit, lang), n=len(order)), *([t(lang, "compare.log_axes")] if log else []),
        *([t(lang, "compare.unjoined", areas=t(lang, "compare.list").join(names[c] for c in apart))] if apart else [])])
    figure = slope(frame.assign(area=frame["place"]), title=title, subtitle=subtitle, source=views.source_line(frame, lang), names=names, colours=colours,
                   years=(first, last), value_text=show, log=log)
    alt = t(lang, "compare.slope_alt", title=title, areas=t(lang, "compare.list").join(
        t(lang, "compare.from_to", area=names[c], first=show(a), last=show(b)) for c in order
        for a, b in [frame[frame["place"] == c].sort_values("year")["value"]]))
    return View(f"slope-{indicator}-{measure}-{level}-{first}-{last}", title, alt, (Part(figure, alt),), _wide_table(frame, (first, last), show, lang), frame)


def ranked(frame: pd.DataFrame) -> pd.DataFrame:
    """Places of the same areas in the years that allow a ranking.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns place, year, value, lower, upper, basis.

    Returns
    -------
    pandas.DataFrame
        Rows of the years in which the same areas have figures on one basis: of all such groups of areas the largest
        that has three years, else two; with columns rank, best and worst. Empty where there is none.
    """
    groups = {}
    for year, own in frame.groupby("year"):
        bases = own["basis"].value_counts(sort=True)
        groups[year] = frozenset(own.loc[own["basis"] == bases.index[0], "place"])
    counts = {chosen: [y for y, group in groups.items() if chosen <= group] for chosen in set(groups.values()) if len(chosen) > 1}
    usable = {chosen: years for chosen, years in counts.items() if len(years) > 1}
    if not usable:
        return frame.iloc[:0]
    chosen = max(usable, key=lambda c: (len(usable[c]) > 2, len(c), len(usable[c]), sorted(c)))
    out = frame[frame["place"].isin(chosen) & frame["year"].isin(usable[chosen])]
    places = [own.assign(**dict(zip(("rank", "best", "worst"), rank_range(own["value"], own["lower"], own["upper"])))) for _, own in out.groupby("year")]
    return pd.concat(places).sort_values(["place", "year"]).reset_index(drop=True)


@cached(maxsize=128)
def bump_view(indicator: str, measure: str, level: str, lang: str) -> View | None:
    """Places in the ranking of the areas of a level, year by year; see :func:`ranked`."""
    whole = _rows(indicator, measure, level)
    frame = ranked(whole)
    if frame.empty:
        return None
    frame = frame.assign(hover=[f"{views.hover(r, indicator, lang)}<br>{t(lang, 'compare.place', place=_place_text(r), n=frame['place'].nunique())}"
                                for r in frame.itertuples()])
    years = sorted(int(y) for y in frame["year"].unique())
    order = list(frame[frame["year"] == years[-1]].sort_values("value", ascending=False, kind="stable")["place"])
    names, colours = _looks(order, lang)
    missing = [y for y in range(int(whole["year"].min()), int(whole["year"].max()) + 1) if y not in years]
    left = [c for c in dict.fromkeys(whole["place"]) if c not in order]
    title = t(lang, "compare.bump", title=views.chart_title(indicator, measure, lang))
    subtitle = t(lang, "compare.join").join([
        t(lang, "compare.bump_subtitle", n=len(order), level=t(lang, f"level.{level}")),
        *([t(lang, "compare.left_out", years=_ranges(missing, lang))] if missing else []),
        *([t(lang, "compare.areas_out", areas=t(lang, "compare.list").join(views.area_name(c, lang, True) for c in left[:6]) + ("…" if len(left) > 6 else ""))]
          if left else [])])
    figure = bump(frame.assign(area=frame["place"]), title=title, subtitle=subtitle, source=views.source_line(frame, lang), names=names, colours=colours)
    alt = t(lang, "compare.bump_alt", title=title, first=years[0], last=years[-1], areas=t(lang, "compare.list").join(
        t(lang, "compare.from_to", area=names[c], first=own.iloc[0]["rank"], last=own.iloc[-1]["rank"]) for c in order for own in [frame[frame["place"] == c]]))
    table = _wide_table(frame.assign(text=[_place_text(r) for r in frame.itertuples()]), years, str, lang, "text")
    return View(f"bump-{indicator}-{measure}-{level}", title, alt, (Part(figure, alt),), table, frame)


def _place_text(row) -> str:
    place, best, worst = (row[c] if isinstance(row, pd.Series) else getattr(row, c) for c in ("rank", "best", "worst"))
    return str(place) if best == worst else f"{place} ({best}–{worst})"


@cached(maxsize=128)
def against_view(indicator: str, measure: str, code: str, reference: str, lang: str) -> View | None:
    """An area against a reference: how many times as much, and how much more or less.

    Parameters
    ----------
    indicator : str
        Of :func:`comparable`.
    measure : str
    code, reference : str
        Areas.
    lang : str

    Returns
    -------
    dashboard.views.View or None
        Years in which both have a figure on one basis. Its frame has the figures of both and, as measures ``ratio``
        and ``difference``, what is computed of them, with bounds by interval arithmetic: ``[a/B, A/b]`` and
        ``[a - B, A - b]`` of ``[a, A]`` and ``[b, B]`` (R. E. Moore, "Interval Analysis", 1966). None where there is no such year.
    """
    if code == reference:
        return None
    frame = views.map_frame(indicator, measure)
    frame = frame[frame["t"] % 1 == 0]
    own, other = (frame[frame["place"] == c].set_index("year", drop=False) for c in (code, reference))
    years = [y for y in own.index.intersection(other.index) if own.loc[y, "basis"] == other.loc[y, "basis"]]
    if not years:
        return None
    own, other = own.loc[years].sort_values("t"), other.loc[years].sort_values("t")
    status = ["B" if "B" in pair else "E" if "E" in pair else pair[0] for pair in zip(own["obs_status"], other["obs_status"])]
    both = own.assign(
        counterpart_area=reference, computed=True, value_text="", rule="computed", others=0, conflict=False, obs_status=status,
        source=["|".join(dict.fromkeys(f"{a}|{b}".split("|"))) for a, b in zip(own["source"], other["source"])],
        locator=["|".join(dict.fromkeys(f"{a}|{b}".split("|"))) for a, b in zip(own["locator"], other["locator"])])
    difference = both.assign(measure="difference", value=own["value"] - other["value"], lower=own["lower"] - other["upper"], upper=own["upper"] - other["lower"])
    made = [difference]
    if (own["lower"] >= 0).all() and (other["value"] > 0).all() and (other["lower"] >= 0).all():  # a ratio says nothing of growth rates and other signed figures
        low, high = divide(own["lower"], own["upper"], other["lower"], other["upper"])
        made.insert(0, both.assign(measure="ratio", unit=ratio_unit(), value=own["value"] / other["value"], lower=low, upper=high))
    names = {c: views.area_name(c, lang, True) for c in (code, reference)}
    label = views.chart_title(indicator, measure, lang)
    parts, rows = [], []
    for one in made:
        kind, unit = one["measure"].iloc[0], one["unit"].iloc[0]
        one = one.assign(key=code, hover=[_against_hover(r, a, b, names, indicator, lang) for r, a, b in zip(one.itertuples(), own.itertuples(), other.itertuples())],
                         rounded=[views.rounded(r) and np.isfinite(r.upper) for r in one.itertuples()])
        title = t(lang, f"compare.{kind}", area=names[code], reference=names[reference], title=label)
        figure = lines(one, title=title, subtitle=t(lang, "compare.join").join([fmt.unit_label(unit, lang), t(lang, "compare.one_basis")]),
                       source=views.source_line(pd.concat([own, other]), lang), labels={code: names[code]}, unit=unit,
                       colours={code: colour(code, 0)}, base_line=(1.0 if kind == "ratio" else 0.0, t(lang, "compare.equal", reference=names[reference])))
        ticks = round_numbers(*figure.layout.yaxis.range)
        figure.update_layout(height=330, uirevision=f"against-{kind}", yaxis={"tickvals": ticks, "ticktext": [f"{v:,.10g}".replace("-", "−") for v in ticks]})
        parts.append(Part(figure, views.trend_alt(one, title, {code: names[code]}, lang)))
        rows.append(one)
    figures = [own.assign(key=code, rounded=False, hover=""), other.assign(key=reference, rounded=False, hover="")]
    frame = pd.concat([*rows, *figures], ignore_index=True)
    title = t(lang, "compare.against", area=names[code], reference=names[reference], title=label)
    show, by = _show(indicator, measure, lang), {one["measure"].iloc[0]: one for one in rows}
    columns = ["ratio", "difference"] if "ratio" in by else ["difference"]
    table = {"columns": [t(lang, "chart.year"), names[code], names[reference], *(t(lang, f"compare.{c}_column") for c in columns)],
             "rows": [[str(y), show(own.loc[y, "value"]), show(other.loc[y, "value"]),
                       *(_bounded(by[c].loc[y], lang, views.decimals_of(indicator, measure) if c == "difference" else None) for c in columns)] for y in own.index]}
    return View(f"against-{indicator}-{measure}-{code}-{reference}", title, " ".join(p.alt for p in parts), tuple(parts), table, frame)


def ratio_unit() -> str:
    """Unit of how many times as much: that of multiples of a limit."""
    return unit_of("pm25", "over_limit")


def _bounded(row, lang: str, decimals: int | None) -> str:
    """A computed number with its bounds where the printing leaves them open."""
    return "".join(_value_and_bounds(row, lang, decimals))


def _value_and_bounds(row, lang: str, decimals: int | None) -> tuple[str, str]:
    if row["unit"] == ratio_unit():
        decimals = 2 if row["value"] >= 1 else 3
    text, *ends = (fmt.number(row[c], lang, decimals) for c in ("value", "lower", "upper"))
    return text, "" if ends == [text, text] else t(lang, "compare.bounded", low=ends[0], high=ends[1])


def _against_hover(row, own, other, names, indicator: str, lang: str) -> str:
    decimals = views.decimals_of(indicator, own.measure) if row.measure == "difference" else None
    return "<br>".join([f"<b>{fmt.period(row.period, row.period_kind, lang)}</b>",
                        f"<b>{_bounded({c: getattr(row, c) for c in ('value', 'lower', 'upper', 'unit')}, lang, decimals)}</b> {fmt.unit_label(row.unit, lang)}",
                        *(t(lang, "compare.of", area=name_, value=views.value_text(r, indicator, lang)) for name_, r in zip(names.values(), (own, other))),
                        name("obs_status", row.obs_status, lang)])


# --- what the views say --------------------------------------------------------------------


def sentence(view: View) -> str:
    """One sentence on what a view of this module shows, computed from its figures; empty for kinds that have none.

    Parameters
    ----------
    view : dashboard.views.View
        With its kind and language set.
    """
    compose = {"scatter": _say_scatter, "slope": _say_slope, "bump": _say_bump, "maps": _say_maps, "multiples": _say_multiples, "against": _say_against}
    return compose[view.kind](view) if view.kind in compose and len(view.frame) else ""


def _range_text(ends, lang: str) -> dict[str, str]:
    return {"low": fmt.number(ends[0], lang, 2), "high": fmt.number(ends[1], lang, 2)}


def _say_scatter(view: View) -> str:
    lang, year = view.lang, int(view.shown)
    found, left = correlation_of(view.frame, year)
    now = view.frame[view.frame["year"] == year]
    if found is None:
        return t(lang, "compare.say_few", year=year, n=now["place"].nunique())
    axes = [views.chart_title(own["indicator"].iloc[0], own["measure"].iloc[0], lang) for _, own in now.groupby("axis", sort=True)]
    r, low, high = found.pearson.value, *found.pearson.interval
    way = "unclear" if low <= 0 <= high else "same" if r > 0 else "opposite"
    text = t(lang, f"compare.say_{way}", year=year, n=found.n, x=axes[0], y=axes[1], r=fmt.number(r, lang, 2), rho=fmt.number(found.spearman.value, lang, 2),
             **_range_text(found.pearson.interval, lang))
    bounds = [fmt.number(v, lang, 2) for v in found.pearson.bounds]
    text += t(lang, "compare.say_bounds", low=bounds[0], high=bounds[1]) if bounds[0] != bounds[1] else ""
    return text + (t(lang, "compare.say_left", n=left) if left else "")


def _say_slope(view: View) -> str:
    lang = view.lang
    pairs = [tuple(own.sort_values("year").itertuples()) for _, own in view.frame[view.frame["joined"]].groupby("place", sort=False)]
    first, last = int(view.frame["year"].min()), int(view.frame["year"].max())
    if not pairs:
        return t(lang, "compare.say_none_joined", first=first, last=last)
    up = [p for p in pairs if p[1].lower >= p[0].upper and p[1].value > p[0].value]
    down = [p for p in pairs if p[1].upper <= p[0].lower and p[1].value < p[0].value]
    rates = all(r.value > 0 for p in pairs for r in p) and pairs[0][0].unit != "%"
    size = (lambda p: p[1].value / p[0].value) if rates else (lambda p: p[1].value - p[0].value)
    said = t(lang, "compare.say_slope", first=first, last=last, n=len(pairs), up=len(up), down=len(down), open=len(pairs) - len(up) - len(down))
    for key, group, pick in (("say_most_up", up, max), ("say_most_down", down, min)):
        if group:
            a, b = found = pick(group, key=size)
            if not all(_surely(found, p, rates, key == "say_most_up") for p in group if p is not found):
                continue
            said += t(lang, f"compare.{key}", area=views.area_name(a.place, lang, True), start=views.value_text(a, a.indicator, lang),
                      end=views.value_text(b, b.indicator, lang))
    return said + t(lang, "compare.stop")


def _surely(one, other, rates: bool, more: bool) -> bool:
    """Whether one change is the larger (or smaller) however the printed figures are read."""
    large, small = (one, other) if more else (other, one)
    if rates:
        return large[1].lower * small[0].lower > small[1].upper * large[0].upper
    return large[1].lower - large[0].upper > small[1].upper - small[0].lower


def _say_bump(view: View) -> str:
    """Over the longest run of years on one basis: places on different bases are not set against each other."""
    lang, frame = view.lang, view.frame
    bases = {int(y): (own["basis"].iloc[0] if own["basis"].nunique() == 1 else "", bool((own["obs_status"] == "B").any())) for y, own in frame.groupby("year")}
    runs: list[list[int]] = []
    for year, (basis, breaks) in bases.items():
        before = runs[-1][-1] if runs else None
        if before is None or breaks or basis != bases[before][0]:
            runs.append([])
        runs[-1].append(year)
    run = max(runs, key=lambda years: (len(years), years[-1]))
    n = frame["place"].nunique()
    if len(run) < 2:
        return t(lang, "compare.say_no_run", n=n)
    first, last = (frame[frame["year"] == y].set_index("place") for y in (run[0], run[-1]))
    surely = [(int(first.loc[c, "rank"] - last.loc[c, "rank"]), c) for c in first.index
              if first.loc[c, "best"] > last.loc[c, "worst"] or first.loc[c, "worst"] < last.loc[c, "best"]]
    said = t(lang, "compare.say_bump" if surely else "compare.say_bump_still", first=run[0], last=run[-1], n=n, moved=len(surely))
    for key, (steps, code) in (("say_climbed", max(surely, default=(0, ""))), ("say_fell", min(surely, default=(0, "")))):
        if steps * (1 if key == "say_climbed" else -1) > 0:
            tied = [c for s, c in surely if s == steps]
            said += t(lang, f"compare.{key}", areas=t(lang, "compare.list").join(views.area_name(c, lang, True) for c in tied), n=abs(steps),
                      start=_place_text(first.loc[code]), end=_place_text(last.loc[code])) if len(tied) == 1 else t(
                          lang, f"compare.{key}_several", areas=t(lang, "compare.list").join(views.area_name(c, lang, True) for c in tied), n=abs(steps))
    return said + t(lang, "compare.stop")


def _say_maps(view: View) -> str:
    from dashboard.headlines import _ranked  # which imports views of its own

    lang, frame = view.lang, view.frame
    codes = {a.code for a in areas(dict(view.query).get("level", "prefecture"))}
    years = sorted(frame["year"].unique())
    said = []
    for year in dict.fromkeys((years[0], years[-1])):
        rows = list(frame[frame["year"] == year].sort_values("value", ascending=False, kind="stable").itertuples())
        said.append(_ranked(rows, int(year), bool(codes - {r.place for r in rows}), lang))
    title = views.chart_title(frame["indicator"].iloc[0], frame["measure"].iloc[0], lang)
    return t(lang, "headline.of", indicator=title, sentence=t(lang, "export.semicolon").join(said)) + t(lang, "compare.stop")


def _say_multiples(view: View) -> str:
    from dashboard.headlines import _course

    return _course(view)


def _say_against(view: View) -> str:
    lang, frame = view.lang, view.frame
    kind = "ratio" if (frame["measure"] == "ratio").any() else "difference"
    made = frame[frame["measure"] == kind].sort_values("t")
    last = made.iloc[-1]
    turn = (made["obs_status"] == "B").cumsum()
    run = made[(made["basis"] == last["basis"]) & (turn == turn.iloc[-1])]
    first = run.iloc[0]
    code, reference = last["place"], last["counterpart_area"]
    indicator = last["indicator"]
    level = frame[(frame["place"] == code) & ~frame["measure"].isin(("ratio", "difference"))]["measure"].iloc[0]
    decimals = views.decimals_of(indicator, level) if kind == "difference" else None
    names = {"area": views.area_name(code, lang, True), "reference": views.area_name(reference, lang, True), "title": views.chart_title(indicator, level, lang)}
    value, between = _value_and_bounds(last, lang, decimals)
    said = t(lang, f"compare.say_{kind}", year=int(last["year"]), value=value, between=between, unit=fmt.unit_label(last["unit"], lang), **names)
    if len(run) > 1:
        key = "wider" if last["lower"] > first["upper"] else "narrower" if last["upper"] < first["lower"] else "level"
        said += t(lang, f"compare.say_{key}", year=int(first["year"]), value=_bounded(first, lang, decimals))
    return said + t(lang, "compare.stop")
