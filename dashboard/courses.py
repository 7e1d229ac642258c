"""One indicator of several areas in several years: maps and lines beside each other, two years, places in the ranking.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.bump import bump
from dashboard.charts.slope import slope
from dashboard.charts.small_multiples import small_lines, small_maps
from dashboard.comparisons import looks, ranges, rows_of, shower, wide_range, wide_table, with_hover
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import CREDIT, areas, web_geometry
from indicators import get
from indicators.analysis.correlation import rank_range
from indicators.reports.reviewed import cached


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
    frame = rows_of(indicator, measure, level)
    if frame.empty:
        return None
    counts = frame.groupby("year")["place"].nunique()
    years = spread([int(y) for y in counts.index[counts == counts.max()]], 5)
    frame = with_hover(frame[frame["year"].isin(years)].sort_values(["place", "year"]), lang).reset_index(drop=True)
    shapes, scope = web_geometry(level), get(indicator).scope
    layer = [{"code": a.code, "applicable": not scope or a.code in scope, "no_data": f"<b>{views.area_name(a.code, lang)}</b><br>" + t(
        lang, "chart.no_data" if not scope or a.code in scope else "chart.not_applicable")}
        for a in areas(level) if a.code in shapes["areas"] and (level != "composite" or a.code in set(frame["place"]))]
    show, unit = shower(indicator, measure, lang), frame["unit"].iloc[0]
    title = t(lang, "compare.maps", title=views.chart_title(indicator, measure, lang))
    subtitle = t(lang, "compare.maps_subtitle", unit=fmt.unit_label(unit, lang), level=t(lang, f"level.{level}"), n=int(counts.max()))
    figure = small_maps(
        frame.assign(area=frame["place"]), layer, shapes["areas"], {} if level == "province" else web_geometry("province")["areas"], years=years,
        bbox=web_geometry("province")["bbox"], title=title, subtitle=subtitle, source=f"{views.source_line(frame, lang)}<br>{CREDIT[lang]}",
        words={"no_data": t(lang, "chart.no_data"), "format": show}, signed=measure in ("growth", "cagr") and bool((frame["value"] < 0).any()))
    alt = t(lang, "compare.maps_alt", title=title, years=t(lang, "compare.list").join(map(str, years)), n=int(counts.max()))
    return View(f"maps-{indicator}-{measure}-{level}", title, alt, (Part(figure, alt, tuple({level, "province"})),), wide_table(frame, years, show, lang), frame)


def say_maps(view: View) -> str:
    """The sentence over small maps: who leads and who closes in the first and the last year."""
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
    frame = with_hover(frame.assign(key=frame["place"]), lang)
    frame = frame.sort_values("t", kind="stable").sort_values("key", key=lambda k: k.map(codes.index), kind="stable").reset_index(drop=True)
    names, colours = looks(codes, lang)
    title = t(lang, "compare.multiples", title=views.chart_title(indicator, "level", lang))
    show = shower(indicator, "level", lang)
    subtitle = t(lang, "compare.join").join([t(lang, "compare.multiples_subtitle", unit=fmt.unit_label(frame["unit"].iloc[0], lang)),
                                             *([t(lang, "compare.broken")] if _broken(frame) else [])])
    figure = small_lines(frame, title=title, subtitle=subtitle, source=views.source_line(frame, lang), names=names, colours=colours, value_text=show)
    alt = views.trend_alt(frame, title, names, lang)
    years = sorted(frame["year"].unique())
    return View(f"multiples-{indicator}-{'-'.join(codes)}"[:80], title, alt, (Part(figure, alt),), wide_table(frame, years, show, lang), frame)


def _broken(frame: pd.DataFrame) -> bool:
    return any(own["basis"].nunique() > 1 or (own["obs_status"] == "B").any() for _, own in frame.groupby("key"))


def say_multiples(view: View) -> str:
    """The sentence over small charts: how the areas went."""
    from dashboard.headlines import _course

    return _course(view)


def _joined(frame: pd.DataFrame, first: int, last: int) -> dict[str, bool]:
    """Areas that have figures in both years -> whether these may be compared: one basis, no break between them."""
    ends = {y: frame[frame["year"] == y].set_index("place") for y in (first, last)}
    return {c: bool(ends[first].loc[c, "basis"] == ends[last].loc[c, "basis"] and ends[first].loc[c, "turn"] == ends[last].loc[c, "turn"])
            for c in ends[first].index if c in ends[last].index}


@cached(maxsize=256)
def slope_years(indicator: str, measure: str, level: str) -> tuple[tuple[int, ...], int, int] | None:
    """Years that a slope chart can begin and end with, and the pair over which most areas may be compared, the longest of these."""
    frame = rows_of(indicator, measure, level)
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
    frame = rows_of(indicator, measure, level)
    joined = _joined(frame, first, last)
    if not joined or first >= last:
        return None
    frame = with_hover(frame[frame["year"].isin((first, last)) & frame["place"].isin(joined)], lang)
    frame = frame.assign(joined=frame["place"].map(joined)).reset_index(drop=True)
    order = list(frame[frame["year"] == last].sort_values("value", ascending=False, kind="stable")["place"])
    names, colours = looks(order, lang)
    show, unit = shower(indicator, measure, lang), frame["unit"].iloc[0]
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
    return View(f"slope-{indicator}-{measure}-{level}-{first}-{last}", title, alt, (Part(figure, alt),), wide_table(frame, (first, last), show, lang), frame)


def say_slope(view: View) -> str:
    """The sentence over a slope chart: how many rose and fell beyond the bounds of their figures, and the largest change."""
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
    whole = rows_of(indicator, measure, level)
    frame = ranked(whole)
    if frame.empty:
        return None
    frame = frame.assign(hover=[f"{views.hover(r, indicator, lang)}<br>{t(lang, 'compare.place', place=_place_text(r), n=frame['place'].nunique())}"
                                for r in frame.itertuples()])
    years = sorted(int(y) for y in frame["year"].unique())
    order = list(frame[frame["year"] == years[-1]].sort_values("value", ascending=False, kind="stable")["place"])
    names, colours = looks(order, lang)
    missing = [y for y in range(int(whole["year"].min()), int(whole["year"].max()) + 1) if y not in years]
    left = [c for c in dict.fromkeys(whole["place"]) if c not in order]
    title = t(lang, "compare.bump", title=views.chart_title(indicator, measure, lang))
    subtitle = t(lang, "compare.join").join([
        t(lang, "compare.bump_subtitle", n=len(order), level=t(lang, f"level.{level}")),
        *([t(lang, "compare.left_out", years=ranges(missing, lang))] if missing else []),
        *([t(lang, "compare.areas_out", areas=t(lang, "compare.list").join(views.area_name(c, lang, True) for c in left[:6]) + ("…" if len(left) > 6 else ""))]
          if left else [])])
    figure = bump(frame.assign(area=frame["place"]), title=title, subtitle=subtitle, source=views.source_line(frame, lang), names=names, colours=colours)
    alt = t(lang, "compare.bump_alt", title=title, first=years[0], last=years[-1], areas=t(lang, "compare.list").join(
        t(lang, "compare.from_to", area=names[c], first=own.iloc[0]["rank"], last=own.iloc[-1]["rank"]) for c in order for own in [frame[frame["place"] == c]]))
    table = wide_table(frame.assign(text=[_place_text(r) for r in frame.itertuples()]), years, str, lang, "text")
    return View(f"bump-{indicator}-{measure}-{level}", title, alt, (Part(figure, alt),), table, frame)


def _place_text(row) -> str:
    place, best, worst = (row[c] if isinstance(row, pd.Series) else getattr(row, c) for c in ("rank", "best", "worst"))
    return str(place) if best == worst else f"{place} ({best}–{worst})"


def say_bump(view: View) -> str:
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
