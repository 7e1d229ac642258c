"""Two indicators against each other: the scatter of a year and how closely they go together.
"""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.scatter import scatter
from dashboard.charts.style import colour
from dashboard.comparisons import province_of, wide_range
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import areas
from indicators.analysis.correlation import correlation
from indicators.measures import main_period_kind, unit_of
from indicators.reports.reviewed import cached


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
    home = {c: province_of(c) for c in names}
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
    return "<br>".join(t(lang, f"compare.{key}", n=found.n, value=fmt.number(c.value, lang, 2), **range_text(c.interval, lang))
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


def range_text(ends, lang: str) -> dict[str, str]:
    """Both ends of an interval, as sentences take them."""
    return {"low": fmt.number(ends[0], lang, 2), "high": fmt.number(ends[1], lang, 2)}


def said(view: View) -> str:
    """The sentence over a scatter: which way two measures go together, how surely, and who was left out."""
    lang, year = view.lang, int(view.shown)
    found, left = correlation_of(view.frame, year)
    now = view.frame[view.frame["year"] == year]
    if found is None:
        return t(lang, "compare.say_few", year=year, n=now["place"].nunique())
    axes = [views.chart_title(own["indicator"].iloc[0], own["measure"].iloc[0], lang) for _, own in now.groupby("axis", sort=True)]
    r, low, high = found.pearson.value, *found.pearson.interval
    way = "unclear" if low <= 0 <= high else "same" if r > 0 else "opposite"
    text = t(lang, f"compare.say_{way}", year=year, n=found.n, x=axes[0], y=axes[1], r=fmt.number(r, lang, 2), rho=fmt.number(found.spearman.value, lang, 2),
             **range_text(found.pearson.interval, lang))
    bounds = [fmt.number(v, lang, 2) for v in found.pearson.bounds]
    text += t(lang, "compare.say_bounds", low=bounds[0], high=bounds[1]) if bounds[0] != bounds[1] else ""
    return text + (t(lang, "compare.say_left", n=left) if left else "")
