"""Gaps between areas and how they change, as views: dispersion, convergence, contributions, circles around Beijing, neighbours.

Areas are compared on one basis only, the same areas in every year of a stretch; where that cannot be, the
lines break and the subtitle says which areas each stretch has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts import dispersion as charts
from dashboard.charts.lines import lines
from dashboard.charts.stack import stack
from dashboard.charts.style import ACCENT, CATEGORICAL, colour
from dashboard.comparisons import _province
from dashboard.headlines import START
from dashboard.i18n import t
from dashboard.parameters import Refusal
from dashboard.views import Part, View
from geodata import CREDIT, areas, web_geometry
from indicators import catalogue, get
from indicators.analysis import contribution as parts
from indicators.analysis import convergence, inequality, spatial
from indicators.ledger import observations
from indicators.measures import REGION, _join, _worst, series, unit_of
from indicators.reports.reviewed import cached

LEVELS = ("prefecture", "province")
#: Measures that make areas of different size comparable.
RATIOS = ("per_capita", "density", "share_of_output")
STATISTICS, WEIGHTS = inequality.STATISTICS, spatial.WEIGHTS
#: Years that may be compared.
YEARS = tuple(str(y) for y in range(2000, 2036))
#: A relative change of the coefficient of variation below this is none to speak of.
SLIGHT = 0.01
CIRCLE_COLOURS = dict(zip(parts.CIRCLES, ("#b5482f", "#b08a1e", "#4f5d66")))


# --- what can be compared ----------------------------------------------------------------


def codes(level: str) -> tuple[str, ...]:
    """Codes of the areas of a level."""
    return tuple(a.code for a in areas(level))


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
def circled() -> tuple[str, ...]:
    """Ids of those that add up and that all prefectures have figures of in one year."""
    every = len(codes("prefecture"))
    return tuple(i for i in addable() if any(len(p.areas) == every for p in convergence.panels(figures(i, "level", "prefecture"), every)))


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


def _people(level: str) -> pd.DataFrame:
    rows = figures("resident_population", "level", level)
    return rows.set_index(["area", "year"])[["value", "lower", "upper"]]


# --- texts ---------------------------------------------------------------------------------


def _list(lang: str, names) -> str:
    return t(lang, "gaps.list").join(names)


def _names(found, lang: str) -> str:
    return _list(lang, (views.area_name(c, lang, True) for c in found))


def span(years, lang: str) -> str:
    """Years of a stretch: 2013–2019."""
    return t(lang, "gaps.single", year=years[0]) if len(years) == 1 else t(lang, "gaps.span", first=years[0], last=years[-1])


def _stretch(panel, level: str, lang: str) -> str:
    """Which areas a stretch has."""
    without = [c for c in codes(level) if c not in panel.areas]
    text = t(lang, "gaps.stretch", years=span(panel.years, lang), n=len(panel.areas))
    return text + (t(lang, "gaps.without", areas=_names(without, lang)) if without else "")


def _subject(indicator_id: str, measure: str, lang: str) -> str:
    label = views.indicator_name(indicator_id, lang)
    return label if measure == "level" else t(lang, f"gaps.ratio.{measure}", indicator=label)


def number(value: float, lang: str, decimals: int = 3) -> str:
    """A result; an open bound as a sign."""
    return "∞" if np.isposinf(value) else fmt.number(round(value, decimals) + 0.0, lang, decimals)  # no minus before a zero


def between(value, lower, upper, lang: str, decimals: int = 3) -> str:
    """A result with its bounds, which stand only where they differ as it is printed."""
    low, high = (number(x, lang, decimals) for x in (lower, upper))
    shown = number(value, lang, decimals)
    return shown if low == high else t(lang, "gaps.bounded", value=shown, low=low, high=high)


def probability(p: float, lang: str) -> str:
    """A p-value: below 0.001 that is all that is said."""
    return t(lang, "gaps.p_small") if p < 0.001 else t(lang, "gaps.p", p=fmt.number(p, lang, 3))


def _derived(rows: pd.DataFrame, **values) -> dict:
    """A row of a result, with the sources of the figures that it is computed from."""
    first = rows.iloc[0]
    status = _worst(rows["obs_status"])
    return {**first.to_dict(), "area": REGION, "counterpart_area": "", "value_text": "", "computed": True, "rule": "computed", "others": 0,
            "conflict": bool(rows["conflict"].any()), "note": "", "obs_status": "A" if status == "B" else status,
            "source": _join(rows["source"]), "locator": _join(rows["locator"]), **values}


def _hover(title: str, text: str, row, lang: str) -> str:
    first = str(row["source"]).split("|")
    more = t(lang, "chart.and_more", n=len(first) - 1) if len(first) > 1 else ""
    return f"<b>{title}</b>  {row['year']}<br><b>{text}</b><br>{views.source_name(first[0], lang)}{more}"


# --- dispersion ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Stretch:
    """A panel and its statistics: year -> name -> :class:`indicators.analysis.inequality.Bounded`."""

    panel: convergence.Panel
    years: dict
    trend: convergence.Trend | None


@cached(maxsize=256)
def stretches(indicator_id: str, measure: str, level: str) -> tuple[Stretch, ...]:
    """Dispersion between areas, for each stretch of years on one basis; years with a figure that is not above zero are left out."""
    frame = figures(indicator_id, measure, level)
    people = _people(level)
    found = []
    for panel in convergence.panels(frame, least_of(level)):
        groups = [_province(c) for c in panel.areas]
        own = {}
        for year in panel.years:
            rows = frame[frame["year"] == year].set_index("area").loc[list(panel.areas)]
            if not (rows["value"] > 0).all():
                continue
            keys = [(c, year) for c in panel.areas]
            weights = people.loc[keys].to_numpy().T if set(keys) <= set(people.index) else None
            own[year] = inequality.statistics(rows["value"], rows["lower"], rows["upper"], groups if 1 < len(set(groups)) < len(groups) else None, weights)
        if not own:
            continue
        trend = None
        cv = [(y, s["cv"]) for y, s in own.items() if s["cv"].value > 0]
        if len(cv) >= convergence.LEAST_YEARS:
            trend = convergence.sigma_convergence([y for y, _ in cv], *([getattr(s, k) for _, s in cv] for k in ("value", "lower", "upper")))
        found.append(Stretch(panel, own, trend))
    return tuple(found)


@cached(maxsize=256)
def dispersion_view(indicator_id: str, measure: str, level: str, lang: str, chosen: tuple[str, ...] = STATISTICS) -> View | None:
    """Statistics of dispersion, year by year.

    Parameters
    ----------
    indicator_id, measure : str
        Of :func:`comparable` and :func:`measures_of`.
    level : str
        Of :data:`LEVELS`.
    lang : {"zh", "en"}
    chosen : tuple of str
        Of :data:`indicators.analysis.inequality.STATISTICS`.

    Returns
    -------
    dashboard.views.View or None
        Its rows are the results, computed, with the sources of the figures; `measure` names the statistic.
    """
    frame, rows = figures(indicator_id, measure, level), []
    own = stretches(indicator_id, measure, level)
    names = {s: t(lang, f"gaps.statistic.{s}") for s in chosen}
    for place, stretch in enumerate(own):
        for year, found in stretch.years.items():
            inputs = frame[(frame["year"] == year) & frame["area"].isin(stretch.panel.areas)]
            for key in chosen:
                if key in found:
                    s = found[key]
                    row = _derived(inputs, measure=key, value=s.value, lower=s.lower, upper=s.upper,
                                   unit=inequality.TIMES if key == "max_min" else inequality.INDEX, basis=f"{stretch.panel.basis} {place + 1}",
                                   note=_stretch(stretch.panel, level, lang), key=key, stretch=place)
                    row["hover"] = _hover(names[key], between(s.value, s.lower, s.upper, lang), row, lang) + f"<br>{row['note']}"
                    rows.append(row)
    if not rows:
        return None
    made = pd.DataFrame(rows)
    made["rounded"] = [bool(r.value) and np.isfinite(r.upper) and (r.upper - r.lower) / r.value > 0.0075 for r in made.itertuples()]
    title = t(lang, "gaps.dispersion.title", subject=_subject(indicator_id, measure, lang), level=t(lang, f"level.{level}"))
    notes = t(lang, "gaps.join").join([_stretch(s.panel, level, lang) for s in own] + ([t(lang, "gaps.apart")] if len(own) > 1 else []))
    figures_ = []
    for keys, head in (([k for k in chosen if k != "max_min"], title), ([k for k in chosen if k == "max_min"], t(lang, "gaps.dispersion.ratio", subject=_subject(indicator_id, measure, lang)))):
        drawn = made[made["key"].isin(keys)]
        if len(drawn):
            labels = {k: t(lang, f"gaps.short.{k}") for k in keys if k in set(drawn["key"])}
            figure = lines(drawn, title=head, subtitle="" if figures_ else notes, source=views.source_line(drawn, lang), labels=labels, unit="",
                           colours={k: CATEGORICAL[i % len(CATEGORICAL)] for i, k in enumerate(labels)})
            figures_.append(Part(figure, _dispersion_alt(drawn, head, names, lang)))
    have = [k for k in chosen if k in set(made["key"])]
    wide = {(r.year, r.key): r for r in made.itertuples()}
    table = {"columns": [t(lang, "chart.year"), t(lang, "gaps.n"), *(names[k] for k in have)], "rows": [
        [str(y), str(len(s.panel.areas)), *(between(r.value, r.lower, r.upper, lang) if (r := wide.get((y, k))) is not None else "–" for k in have)]
        for s in own for y in s.years]}
    alt = " ".join(p.alt for p in figures_)
    return View(f"dispersion-{indicator_id}-{measure}-{level}", title, alt, tuple(figures_), table, made)


def _dispersion_alt(drawn, title, names, lang) -> str:
    said = []
    for (_, key), own in drawn.groupby(["stretch", "key"], sort=False):
        a, b = own.iloc[0], own.iloc[-1]
        if a["year"] == b["year"]:
            continue
        said.append(t(lang, "gaps.dispersion.alt", name=names[key], first=a["year"], last=b["year"], a=number(a["value"], lang), b=number(b["value"], lang)))
    return f"{title}. " + " ".join(said)


def sentence(indicator_id: str, measure: str, level: str, lang: str) -> str:
    """How many times the lowest area the highest is, at both ends of the longest stretch and of the newest, and whether the gap has narrowed.

    Nothing is compared between two stretches; a change that the printing of the figures leaves open is called so.
    """
    own = [s for s in stretches(indicator_id, measure, level) if len(s.years) > 1]
    if not own:
        single = stretches(indicator_id, measure, level)
        if not single:
            return t(lang, "gaps.nothing")
        year, found = list(single[-1].years.items())[-1]
        return t(lang, "gaps.once", subject=_subject(indicator_id, measure, lang), year=year, n=len(single[-1].panel.areas), level=t(lang, f"gaps.level.{level}"),
                 x=between_times(found["max_min"], lang))
    best = max(own, key=lambda s: len(s.panel.areas) ** 2 * len(s.years))
    told = list(dict.fromkeys([id(best), id(own[-1])]))
    clauses = []
    for stretch in sorted((s for s in own if id(s) in told), key=lambda s: s.panel.years):
        years = [y for y in stretch.years if y >= START] if START in stretch.years and max(stretch.years) > START else list(stretch.years)
        a, b = (stretch.years[y] for y in (years[0], years[-1]))
        low, high = a["cv"], b["cv"]
        verdict = "narrower" if high.upper < low.lower else "wider" if high.lower > low.upper else "open"
        if verdict != "open" and abs(high.value / low.value - 1) < SLIGHT:
            verdict = "steady"
        clauses.append(t(lang, "gaps.clause", first=years[0], last=years[-1], n=len(stretch.panel.areas), level=t(lang, f"gaps.level.{level}"),
                         a=between_times(a["max_min"], lang), b=between_times(b["max_min"], lang),
                         verdict=t(lang, f"gaps.{verdict}", a=number(low.value, lang), b=number(high.value, lang))))
    return t(lang, "gaps.sentence", subject=_subject(indicator_id, measure, lang), clauses=t(lang, "gaps.semicolon").join(clauses))


def between_times(found, lang: str) -> str:
    """Largest against smallest, both bounds where they differ at one digit."""
    return between(found.value, found.lower, found.upper, lang, 1)


def trends(indicator_id: str, measure: str, level: str, lang: str) -> list[str]:
    """Sigma-convergence of each stretch in words."""
    said = []
    for stretch in stretches(indicator_id, measure, level):
        if stretch.trend:
            g = stretch.trend
            said.append(t(lang, "gaps.trend", years=span(stretch.panel.years, lang), slope=fmt.number(100 * g.slope, lang, 2), error=fmt.number(100 * g.error, lang, 2),
                          low=fmt.number(100 * g.lower, lang, 2), high=fmt.number(100 * g.upper, lang, 2), p=probability(g.p, lang), n=g.n))
    return said


# --- beta-convergence ------------------------------------------------------------------------


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


def _at_ends(frame, panel):
    return [frame[frame["year"] == y].set_index("area").loc[list(panel.areas)] for y in panel.years]


def _panel(frame, first: str, last: str):
    if int(first) >= int(last):
        raise Refusal(400, "gaps.order", first=first, last=last)
    return convergence.pairs(frame, int(first), int(last))


@cached(maxsize=256)
def convergence_view(indicator_id: str, measure: str, level: str, lang: str, first: str, last: str) -> View:
    """Growth of areas on their initial level, with the fitted line.

    Raises
    ------
    Refusal
        Where fewer than 8 areas or 3 years are on one basis.
    """
    frame = figures(indicator_id, measure, level)
    panel = _panel(frame, first, last)
    years = int(last) - int(first)
    if len(panel.areas) < convergence.LEAST_AREAS or years < convergence.LEAST_YEARS:
        raise Refusal(404, "gaps.few", first=first, last=last, n=len(panel.areas), years=years, areas=convergence.LEAST_AREAS, least=convergence.LEAST_YEARS)
    start, end = _at_ends(frame, panel)
    if not ((start["value"] > 0).all() and (end["value"] > 0).all()):
        raise Refusal(404, "gaps.positive")
    fit = convergence.beta_convergence(start["value"], end["value"], years, (start["lower"], start["upper"]), (end["lower"], end["upper"]))
    subject = _subject(indicator_id, measure, lang)
    growth = 100 * np.log(end["value"].to_numpy() / start["value"].to_numpy()) / years
    shown = [fmt.quantity(v, unit_of(indicator_id, measure), lang) for v in start["value"]]
    points = pd.DataFrame({"area": panel.areas, "group": [_province(c) for c in panel.areas], "x": np.log(start["value"].to_numpy()), "y": growth, "hover": [
        f"<b>{views.area_name(c, lang)}</b><br>" + t(lang, "gaps.convergence.point", first=first, level=value, growth=fmt.number(g, lang, 2))
        for c, value, g in zip(panel.areas, shown, growth)]})
    at = np.linspace(points["x"].min(), points["x"].max(), 25)
    mean, half = fit.mean(at)
    band = [(float(x), float(100 * (m - h)), float(100 * (m + h))) for x, m, h in zip(at, mean, half)]
    ticks = _nice(float(start["value"].min()), float(start["value"].max()))
    title = t(lang, "gaps.convergence.title", subject=subject)
    equation = t(lang, "gaps.convergence.equation", first=first, last=last, a=fmt.number(fit.constant, lang, 4), b=fmt.number(abs(fit.beta), lang, 4),
                 sign=t(lang, "gaps.minus" if fit.beta < 0 else "gaps.plus"), error=fmt.number(fit.error, lang, 4), p=probability(fit.p, lang), n=fit.n)
    reading = _reading(fit, lang)
    without = [c for c in codes(level) if c not in panel.areas]
    subtitle = t(lang, "gaps.join").join([equation, reading] + ([t(lang, "gaps.left", areas=_names(without, lang))] if without else []))
    groups = {c: views.area_name(c, lang, True) for c in codes("province") if c in set(points["group"])}
    both = pd.concat([start.reset_index(), end.reset_index()], ignore_index=True)
    figure = charts.points(
        points, title=title, subtitle=subtitle, source=views.source_line(both, lang), names={c: views.area_name(c, lang, True) for c in panel.areas},
        groups=groups, colours={g: colour(g, i) for i, g in enumerate(groups)}, line=[(band[0][0], float(100 * mean[0])), (band[-1][0], float(100 * mean[-1]))], band=band,
        x_title=t(lang, "gaps.convergence.x", subject=subject, year=first, unit=fmt.unit_label(unit_of(indicator_id, measure), lang)),
        y_title=t(lang, "gaps.convergence.y", first=first, last=last), x_ticks=([float(np.log(v)) for v in ticks], [fmt.number(v, lang) for v in ticks]))
    results = [("beta", fit.beta, fit.lower, fit.upper)]
    if fit.speed is not None:
        ends = [-np.log(1 + b * years) / years if 1 + b * years > 0 else np.inf for b in (fit.upper, fit.lower)]
        results.append(("speed", fit.speed, *ends))
    made = [_derived(both, measure=key, value=float(v), lower=float(low), upper=float(high), unit=inequality.INDEX, period=f"{first}/{last}", year=int(last),
                     note=equation, p=fit.p, n=fit.n) for key, v, low, high in results]
    alt = t(lang, "gaps.convergence.alt", title=title, equation=equation, reading=reading)
    table = {"columns": [t(lang, "chart.area"), t(lang, "gaps.convergence.level", year=first), t(lang, "gaps.convergence.level", year=last), t(lang, "gaps.convergence.growth")],
             "rows": [[views.area_name(r.area, lang), a, fmt.quantity(b, unit_of(indicator_id, measure), lang), fmt.number(r.y, lang, 2)]
                      for r, a, b in zip(points.itertuples(), shown, end["value"])]}
    rows = pd.concat([both, pd.DataFrame(made)], ignore_index=True)
    return View(f"convergence-{indicator_id}-{measure}-{level}-{first}-{last}", title, alt, (Part(figure, alt),), table, rows)


def _reading(fit, lang: str) -> str:
    """What the slope says, with the speed where it is a convergence."""
    if fit.p >= 0.05:
        return t(lang, "gaps.convergence.none")
    if fit.beta > 0 or fit.speed is None:
        return t(lang, "gaps.convergence.apart")
    return t(lang, "gaps.convergence.speed", speed=fmt.number(100 * fit.speed, lang, 1), error=fmt.number(100 * fit.speed_error, lang, 1),
             years=fmt.number(fit.half_life, lang, 0), low=fmt.number(fit.lower, lang, 4), high=fmt.number(fit.upper, lang, 4))


def _nice(low: float, high: float) -> list[float]:
    """Round numbers for a logarithmic axis."""
    steps = [m * 10.0**e for e in range(-6, 13) for m in (1, 1.5, 2, 3, 4, 5, 6, 8)]
    inside = [s for s in steps if low * 0.97 <= s <= high * 1.03]
    return inside if len(inside) <= 7 else inside[::2]


# --- contributions ----------------------------------------------------------------------------


@cached(maxsize=128)
def contributions_view(indicator_id: str, level: str, lang: str, first: str, last: str) -> View | None:
    """What each area adds to the growth of all and, where a ratio of them is on one basis in both years, to the change of Theil's index."""
    frame = figures(indicator_id, "level", level)
    panel = _panel(frame, first, last)
    if len(panel.areas) < 2:
        raise Refusal(404, "gaps.no_pair", first=first, last=last)
    start, end = _at_ends(frame, panel)
    ends = [(rows["lower"], rows["upper"]) for rows in (start, end)]
    value, low, high = parts.growth_contributions(start["value"], end["value"], *ends)
    total = 100 * (end["value"].sum() / start["value"].sum() - 1)
    total_ends = [100 * (end[b].sum() / start[a].sum() - 1) if start[a].sum() > 0 else np.inf for a, b in (("upper", "lower"), ("lower", "upper"))]
    label = views.indicator_name(indicator_id, lang)
    without = [c for c in codes(level) if c not in panel.areas]
    names = {c: views.area_name(c, lang, True) for c in panel.areas}
    title = t(lang, "gaps.contributions.title", subject=label)
    subtitle = t(lang, "gaps.contributions.total", first=first, last=last, n=len(panel.areas), total=between(total, *total_ends, lang, 1)) + (
        t(lang, "gaps.join") + t(lang, "gaps.left", areas=_names(without, lang)) if without else "")
    made = [_derived(pd.concat([start.loc[[c]].reset_index(), end.loc[[c]].reset_index()]), area=c, measure="growth_contribution", value=float(v), lower=float(a), upper=float(b),
                     unit="%", period=f"{first}/{last}", year=int(last)) for c, v, a, b in zip(panel.areas, value, low, high)]
    for row in made:
        row["hover"] = _hover(views.area_name(row["area"], lang), t(lang, "gaps.points", value=between(row["value"], row["lower"], row["upper"], lang, 2)), row, lang)
    drawn = pd.DataFrame(made)
    figure = charts.contributions(drawn, title=title, subtitle=subtitle, source=views.source_line(drawn, lang), names=names,
                                  value_text=lambda v: number(v, lang, 2))
    order = drawn.sort_values("value", ascending=False)
    alt = t(lang, "gaps.contributions.alt", title=title, total=fmt.number(total, lang, 1), parts=_list(
        lang, (f"{names[r.area]} {fmt.number(r.value, lang, 1)}" for r in order.itertuples())))
    whole = _derived(drawn, measure="growth", value=float(total), lower=float(total_ends[0]), upper=float(total_ends[1]), unit="%", period=f"{first}/{last}", year=int(last),
                     note=subtitle)
    table = {"columns": [t(lang, "chart.area"), t(lang, "gaps.contributions.points"), t(lang, "gaps.contributions.share")],
             "rows": [[views.area_name(r.area, lang), between(r.value, r.lower, r.upper, lang, 2), f"{fmt.number(100 * r.value / total, lang, 1)}%" if total else "–"]
                      for r in order.itertuples()]}
    frames, drawings = [drawn, pd.DataFrame([whole])], [Part(figure, alt)]
    inequality_part = _theil_part(indicator_id, level, lang, first, last)
    if inequality_part:
        drawings.append(inequality_part[0])
        frames.append(inequality_part[1])
    return View(f"contributions-{indicator_id}-{level}-{first}-{last}", title, " ".join(p.alt for p in drawings), tuple(drawings), table, pd.concat(frames, ignore_index=True))


def _theil_part(indicator_id, level, lang, first, last):
    """Figure and rows of the contributions to the change of Theil's index; None where no ratio is on one basis in both years."""
    for measure in measures_of(indicator_id):
        frame = figures(indicator_id, measure, level)
        panel = _panel(frame, first, last)
        if len(panel.areas) >= 3:
            break
    else:
        return None
    start, end = _at_ends(frame, panel)
    if not ((start["value"] > 0).all() and (end["value"] > 0).all()):
        return None
    value, low, high = parts.theil_changes(start["value"], end["value"], *((rows["lower"], rows["upper"]) for rows in (start, end)))
    made = [_derived(pd.concat([start.loc[[c]].reset_index(), end.loc[[c]].reset_index()]), area=c, measure="theil_contribution", value=float(v), lower=float(a), upper=float(b),
                     unit=inequality.INDEX, period=f"{first}/{last}", year=int(last)) for c, v, a, b in zip(panel.areas, value, low, high)]
    for row in made:
        row["hover"] = _hover(views.area_name(row["area"], lang), between(row["value"], row["lower"], row["upper"], lang, 4), row, lang)
    drawn = pd.DataFrame(made)
    title = t(lang, "gaps.contributions.theil", subject=_subject(indicator_id, measure, lang))
    before, after = (float(inequality.theil(rows["value"].to_numpy())) for rows in (start, end))
    subtitle = t(lang, "gaps.contributions.change", first=first, last=last, a=fmt.number(before, lang, 4), b=fmt.number(after, lang, 4), change=fmt.number(after - before, lang, 4), n=len(panel.areas))
    names = {c: views.area_name(c, lang, True) for c in panel.areas}
    figure = charts.contributions(drawn, title=title, subtitle=subtitle, source=views.source_line(drawn, lang), names=names, value_text=lambda v: number(v, lang, 4))
    alt = t(lang, "gaps.contributions.theil_alt", title=title, subtitle=subtitle, parts=_list(
        lang, (f"{names[r.area]} {number(r.value, lang, 4)}" for r in drawn.sort_values("value", ascending=False).itertuples())))
    return Part(figure, alt), drawn


# --- circles ----------------------------------------------------------------------------------


@cached(maxsize=64)
def circles_view(indicator_id: str, lang: str) -> View | None:
    """Shares of Beijing, of the prefectures that touch it and of the rest, in years in which all prefectures stand on one basis."""
    level = "prefecture"
    frame = figures(indicator_id, "level", level)
    every = codes(level)
    whole = [p for p in convergence.panels(frame, len(every)) if len(p.areas) == len(every)]
    if not whole:
        return None
    groups = parts.circles(every)
    home = {c: key for key, own in groups.items() for c in own}
    names = {"centre": views.area_name(parts.CENTRE, lang, True), "ring": t(lang, "gaps.circles.ring"), "rest": t(lang, "gaps.circles.rest")}
    rows, bars = [], []
    for panel in whole:
        for year in panel.years:
            now = frame[frame["year"] == year].set_index("area").loc[list(every)].reset_index()
            numbers = (now["lower"], now["upper"], now["value"])
            for i, code in enumerate(every):
                share, low, high = parts.shares(*numbers, [c == code for c in every])
                rows.append(_derived(now.iloc[[i]], area=code, measure="share", value=share, lower=low, upper=high, unit="%", key=home[code], basis=panel.basis, place=panel.years[0],
                                     source=_join(now["source"]), locator=_join(now["locator"])))
            for key, own in groups.items():
                share, low, high = parts.shares(*numbers, [c in own for c in every])
                row = _derived(now, value=share, lower=low, upper=high, unit="%", key=key, area=parts.CENTRE if key == "centre" else REGION)
                row["value"] = np.floor(share * 1e9) / 1e9  # bars that add up to a hair over 100 would run out of the axis
                bars.append({**row, "hover": _hover(names[key], f"{between(share, low, high, lang, 2)}%", row, lang) + f"<br>{_names(own, lang)}"})
    drawn, made = pd.DataFrame(bars), pd.DataFrame(rows)
    label = views.indicator_name(indicator_id, lang)
    title = t(lang, "gaps.circles.title", subject=label)
    notes = [t(lang, "gaps.circles.ring_is", areas=_names(groups["ring"], lang))] + [t(lang, "gaps.circles.broken", year=p.years[0]) for p in whole[1:]]
    correlation = distance_sentence(indicator_id, lang)
    subtitle = t(lang, "gaps.join").join([*notes, *([correlation] if correlation else [])])

    def show(value):
        return fmt.number(value, lang, 1)

    figure = stack(drawn, title=title, subtitle=subtitle, source=views.source_line(made, lang), labels=names, colours=CIRCLE_COLOURS, value_text=show, top=100)
    years = sorted(set(drawn["year"]))
    wide = {(r.key, r.year): r for r in drawn.itertuples()}
    table = {"columns": [t(lang, "gaps.circles.circle"), *map(str, years)],
             "rows": [[names[k], *(between(r.value, r.lower, r.upper, lang, 2) for y in years for r in [wide[k, y]])] for k in parts.CIRCLES]}
    ends = [t(lang, "gaps.circles.alt", name=names[k], first=years[0], a=show(wide[k, years[0]].value), last=years[-1], b=show(wide[k, years[-1]].value)) for k in parts.CIRCLES]
    alt = f"{title}. " + " ".join(ends)
    return View(f"circles-{indicator_id}", title, alt, (Part(figure, alt),), table, made)


def distance_sentence(indicator_id: str, lang: str) -> str:
    """Rank correlation of the distance to Beijing with the first ratio of an indicator, in the newest year of most prefectures on one basis."""
    for measure in measures_of(indicator_id):
        frame = figures(indicator_id, measure, "prefecture")
        found = convergence.panels(frame, convergence.LEAST_AREAS)
        if not found:
            continue
        panel = max(found, key=lambda p: (len(p.areas), p.years[-1]))
        rows = frame[frame["year"] == panel.years[-1]].set_index("area").loc[list(panel.areas)]
        rho, p, n = parts.distance_correlation(panel.areas, rows["value"])
        return t(lang, "gaps.circles.distance", subject=_subject(indicator_id, measure, lang), year=panel.years[-1], rho=fmt.number(rho, lang, 2), p=probability(p, lang), n=n)
    return ""


# --- neighbours ----------------------------------------------------------------------------------


@cached(maxsize=256)
def moran_years(indicator_id: str, measure: str) -> tuple[str, ...]:
    """Years in which at least 8 prefectures stand on one basis."""
    frame = figures(indicator_id, measure, "prefecture")
    most = frame.groupby(["year", "basis"])["area"].nunique().groupby("year").max()
    return tuple(str(y) for y in sorted(most[most >= convergence.LEAST_AREAS].index))


@cached(maxsize=256)
def moran_best(indicator_id: str, measure: str) -> str:
    """The newest year of most prefectures on one basis; empty where none has enough."""
    frame = figures(indicator_id, measure, "prefecture")
    years = moran_years(indicator_id, measure)
    return max(years, key=lambda y: (frame[frame["year"] == int(y)]["basis"].value_counts().iloc[0], y), default="")


@cached(maxsize=256)
def moran_view(indicator_id: str, measure: str, lang: str, year: str, kind: str = "queen") -> View:
    """Moran's scatter and the map of clusters of one year.

    Raises
    ------
    Refusal
        Where fewer than 8 prefectures stand on one basis in the year.
    """
    level = "prefecture"
    frame = figures(indicator_id, measure, level)
    now = frame[frame["year"] == int(year)]
    basis = now["basis"].value_counts().index
    now = now[now["basis"] == basis[0]].sort_values("area").reset_index(drop=True) if len(basis) else now
    if len(now) < convergence.LEAST_AREAS:
        raise Refusal(404, "gaps.few_neighbours", year=year, n=len(now), least=convergence.LEAST_AREAS)
    own = list(now["area"])
    found = spatial.moran(now["value"], spatial.weights(own, kind), (now["lower"], now["upper"]))
    subject = _subject(indicator_id, measure, lang)
    names = {c: views.area_name(c, lang, True) for c in own}
    cluster = ["" if p >= 0.05 else q for q, p in zip(found.quadrant, found.local_p)]
    hovers = [f"<b>{views.area_name(c, lang)}</b>  {year}<br>{fmt.quantity(v, unit_of(indicator_id, measure), lang)}<br>" + t(
        lang, "gaps.moran.point", quadrant=t(lang, f"gaps.cluster.{q}"), local=fmt.number(i, lang, 2), p=probability(p, lang))
        for c, v, q, i, p in zip(own, now["value"], found.quadrant, found.local, found.local_p)]
    points = pd.DataFrame({"area": own, "group": [_province(c) for c in own], "x": found.z, "y": found.lag, "hover": hovers})
    groups = {c: views.area_name(c, lang, True) for c in codes("province") if c in set(points["group"])}
    title = t(lang, "gaps.moran.title", subject=subject, year=year)
    result = t(lang, "gaps.moran.result", value=between(found.value, found.lower, found.upper, lang), expected=fmt.number(found.expected, lang, 3), p=probability(found.p, lang), n=found.n)
    without = [c for c in codes(level) if c not in own]
    notes = [result] + ([t(lang, "gaps.moran.few")] if found.n < spatial.FEW else []) + (
        [t(lang, "gaps.left", areas=_names(without, lang))] if without else [])
    ends = [float(found.z.min()), float(found.z.max())]
    source = views.source_line(now, lang)
    scattered = charts.points(points, title=title, subtitle=t(lang, f"gaps.weights.{kind}"), source=source, names=names, groups=groups, colours={g: colour(g, i) for i, g in enumerate(groups)},
                              x_title=t(lang, "gaps.moran.x"), y_title=t(lang, "gaps.moran.y"), middle=(0, 0))
    scattered.add_shape(type="line", x0=ends[0], x1=ends[1], y0=found.value * ends[0], y1=found.value * ends[1], line={"color": ACCENT, "width": 2, "dash": "dash"})
    shapes = web_geometry(level)
    layer = [{"code": c, "name": views.area_name(c, lang, True), "label": shapes["areas"][c]["label"], "cluster": cluster[own.index(c)] if c in own else None,
              "hover": hovers[own.index(c)] if c in own else f"<b>{views.area_name(c, lang)}</b><br>{t(lang, 'chart.no_data')}"} for c in codes(level)]
    map_title = t(lang, "gaps.moran.map", subject=subject, year=year)
    mapped = charts.clusters(layer, level=level, bbox=web_geometry("province")["bbox"], title=map_title, subtitle=t(lang, "gaps.join").join([*notes, t(lang, "gaps.moran.map_subtitle", n=found.n)]),
                             source=f"{source}<br>{CREDIT[lang]}", words={"km": t(lang, "chart.km"), "": t(lang, "gaps.cluster.none"), **{
                                 q: t(lang, f"gaps.cluster.{q}") for q in spatial.QUADRANTS}}, outline=codes("province"))
    alt = t(lang, "gaps.moran.alt", title=title, result=result)
    said = [f"{names[c]} ({t(lang, f'gaps.cluster.{q}')})" for c, q in zip(own, cluster) if q]
    map_alt = t(lang, "gaps.moran.map_alt", title=map_title, areas=_list(lang, said) or t(lang, "gaps.cluster.none"))
    made = [_derived(now, measure="moran", value=found.value, lower=found.lower, upper=found.upper, unit=inequality.INDEX, note=result, p=found.p, n=found.n)]
    made += [_derived(now, area=c, measure="local_moran", value=float(i), lower=float("nan"), upper=float("nan"), unit=inequality.INDEX,
                      note=t(lang, "gaps.moran.point", quadrant=t(lang, f"gaps.cluster.{q}"), local=fmt.number(i, lang, 2), p=probability(p, lang)))
             for c, i, q, p in zip(own, found.local, found.quadrant, found.local_p)]
    table = {"columns": [t(lang, "chart.area"), subject, t(lang, "gaps.moran.local"), "p", t(lang, "gaps.moran.quadrant")],
             "rows": [[views.area_name(c, lang), fmt.quantity(v, unit_of(indicator_id, measure), lang), fmt.number(i, lang, 3), fmt.number(p, lang, 3), t(lang, f"gaps.cluster.{q}")]
                      for c, v, i, p, q in zip(own, now["value"], found.local, found.local_p, found.quadrant)]}
    rows = pd.concat([now, pd.DataFrame(made)], ignore_index=True)
    return View(f"moran-{indicator_id}-{measure}-{year}-{kind}", map_title, f"{map_alt} {alt}", (Part(mapped, map_alt, (level, "province"), 1.2), Part(scattered, alt)), table, rows)


# --- sentences ---


def said(view: View) -> str:
    """What a view of this module says in one sentence, computed from its rows.

    Parameters
    ----------
    view : dashboard.views.View
        With its kind, query and language.
    """
    given, lang, rows = dict(view.query), view.lang, view.frame
    indicator = given["indicator"]
    subject = _subject(indicator, given.get("measure", "level"), lang)
    if view.kind == "dispersion":
        return sentence(indicator, given["measure"], given["level"], lang)
    level = t(lang, f"gaps.level.{given.get('level', 'prefecture')}")
    if view.kind == "convergence":
        beta = rows[rows["measure"] == "beta"].iloc[0]
        p = float(beta["p"])
        verdict = "none" if p >= 0.05 else "apart" if beta["value"] > 0 else "closer"
        return t(lang, f"gaps.said.{verdict}", subject=subject, first=given["from"], last=given["to"], n=int(beta["n"]), level=level, p=probability(p, lang))
    if view.kind == "contributions":
        own = rows[rows["measure"] == "growth_contribution"].sort_values("value", ascending=False)
        whole = rows[rows["measure"] == "growth"].iloc[0]
        return t(lang, "gaps.said.contributions", subject=subject, first=given["from"], last=given["to"], n=len(own), level=level, total=fmt.number(whole["value"], lang, 1),
                 parts=_list(lang, (t(lang, "gaps.said.part", area=views.area_name(r.area, lang, True), value=fmt.number(r.value, lang, 1)) for r in own.head(3).itertuples())))
    if view.kind == "circles":
        sums = rows.groupby(["key", "year"])["value"].sum()
        bases = rows.drop_duplicates("year").set_index("year")[["basis", "place"]].apply(tuple, axis=1)
        years = [y for y in bases.index if bases[y] == bases[bases.index[-1]]]
        if len(years) < 2:
            years = [y for y in bases.index if bases[y] == bases[bases.index[0]]]
        return t(lang, "gaps.said.circles", subject=subject, first=years[0], last=years[-1], **{
            f"{key}{i}": fmt.number(sums[key, y], lang, 1) for key in parts.CIRCLES for i, y in enumerate((years[0], years[-1]))})
    found = rows[rows["measure"] == "moran"].iloc[0]
    verdict = "chance" if found["p"] >= 0.05 else "alike" if found["value"] > 0 else "unlike"
    return t(lang, f"gaps.said.{verdict}", subject=subject, year=given["year"], n=int(found["n"]), value=fmt.number(found["value"], lang, 2), p=probability(found["p"], lang))


# --- by address ----------------------------------------------------------------------------------


def _choose(values: dict, name: str, options: tuple[str, ...], default: str) -> str:
    from dashboard.parameters import Accepted

    chosen = values.setdefault(name, default)
    if chosen not in options:
        raise Refusal(400, "not_accepted", parameter=name, value=chosen, accepted=Accepted(options))
    return chosen


def _ratio(values: dict) -> tuple[str, str]:
    indicator = values.setdefault("indicator", "gdp")
    options = measures_of(indicator)
    return indicator, _choose(values, "measure", options, options[0])


def _between(values: dict, indicator: str, measure: str, level: str, complete: bool = False) -> tuple[str, str]:
    first, last = longest(indicator, measure, level, complete)
    if not first:
        raise Refusal(404, "nothing_to_draw")
    years = spans(indicator, measure, level)
    return _choose(values, "from", years, first), _choose(values, "to", years, last)


def _ordered(values: dict, *names: str) -> None:
    values.update({n: values.pop(n) for n in names if n in values})


def dispersion(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator, measure = _ratio(values)
    level = _choose(values, "level", levels_of(indicator), levels_of(indicator)[0])
    chosen = tuple(s for s in STATISTICS if s in values.get("statistics", STATISTICS))
    _ordered(values, "indicator", "measure", "level", "statistics")
    return dispersion_view(indicator, measure, level, lang, chosen)


def converging(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator, measure = _ratio(values)
    level = _choose(values, "level", levels_of(indicator), levels_of(indicator)[0])
    first, last = _between(values, indicator, measure, level)
    _ordered(values, "indicator", "measure", "level", "from", "to")
    return convergence_view(indicator, measure, level, lang, first, last)


def contributing(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator = values.setdefault("indicator", "gdp")
    level = _choose(values, "level", levels_of(indicator), levels_of(indicator)[0])
    first, last = _between(values, indicator, "level", level, True)
    _ordered(values, "indicator", "level", "from", "to")
    return contributions_view(indicator, level, lang, first, last)


def circling(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    return circles_view(values.setdefault("indicator", "gdp"), lang)


def neighbouring(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator, measure = _ratio(values)
    years = moran_years(indicator, measure)
    if not years:
        raise Refusal(404, "nothing_to_draw")
    year = _choose(values, "year", years, moran_best(indicator, measure))
    _ordered(values, "indicator", "measure", "year", "weights")
    return moran_view(indicator, measure, lang, year, values.get("weights", "queen"))

