"""Dispersion between areas, year by year, and whether it falls (sigma-convergence).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import gaps, views
from dashboard.charts.lines import lines
from dashboard.charts.style import CATEGORICAL
from dashboard.comparisons import province_of
from dashboard.headlines import START
from dashboard.i18n import t
from dashboard.views import Part, View
from indicators.analysis import convergence, inequality
from indicators.reports.reviewed import cached

#: A relative change of the coefficient of variation below this is none to speak of.
SLIGHT = 0.01


@dataclass(frozen=True)
class Stretch:
    """A panel and its statistics: year -> name -> :class:`indicators.analysis.inequality.Bounded`."""

    panel: convergence.Panel
    years: dict
    trend: convergence.Trend | None


def _people(level: str) -> pd.DataFrame:
    rows = gaps.figures("resident_population", "level", level)
    return rows.set_index(["area", "year"])[["value", "lower", "upper"]]


@cached(maxsize=256)
def stretches(indicator_id: str, measure: str, level: str) -> tuple[Stretch, ...]:
    """Dispersion between areas, for each stretch of years on one basis; years with a figure that is not above zero are left out."""
    frame = gaps.figures(indicator_id, measure, level)
    people = _people(level)
    found = []
    for panel in convergence.panels(frame, gaps.least_of(level)):
        groups = [province_of(c) for c in panel.areas]
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
def dispersion_view(indicator_id: str, measure: str, level: str, lang: str, chosen: tuple[str, ...] = gaps.STATISTICS) -> View | None:
    """Statistics of dispersion, year by year.

    Parameters
    ----------
    indicator_id, measure : str
        Of :func:`dashboard.gaps.comparable` and :func:`dashboard.gaps.measures_of`.
    level : str
        Of :data:`dashboard.gaps.LEVELS`.
    lang : {"zh", "en"}
    chosen : tuple of str
        Of :data:`indicators.analysis.inequality.STATISTICS`.

    Returns
    -------
    dashboard.views.View or None
        Its rows are the results, computed, with the sources of the figures; `measure` names the statistic.
    """
    frame, rows = gaps.figures(indicator_id, measure, level), []
    own = stretches(indicator_id, measure, level)
    names = {s: t(lang, f"gaps.statistic.{s}") for s in chosen}
    for place, stretch in enumerate(own):
        for year, found in stretch.years.items():
            inputs = frame[(frame["year"] == year) & frame["area"].isin(stretch.panel.areas)]
            for key in chosen:
                if key in found:
                    s = found[key]
                    row = gaps.derived(inputs, measure=key, value=s.value, lower=s.lower, upper=s.upper,
                                   unit=inequality.TIMES if key == "max_min" else inequality.INDEX, basis=f"{stretch.panel.basis} {place + 1}",
                                   note=gaps.stretch(stretch.panel, level, lang), key=key, stretch=place)
                    row["hover"] = gaps.hover(names[key], gaps.between(s.value, s.lower, s.upper, lang), row, lang) + f"<br>{row['note']}"
                    rows.append(row)
    if not rows:
        return None
    made = pd.DataFrame(rows)
    made["rounded"] = [bool(r.value) and np.isfinite(r.upper) and (r.upper - r.lower) / r.value > 0.0075 for r in made.itertuples()]
    title = t(lang, "gaps.dispersion.title", subject=gaps.subject_of(indicator_id, measure, lang), level=t(lang, f"level.{level}"))
    notes = t(lang, "gaps.join").join([gaps.stretch(s.panel, level, lang) for s in own] + ([t(lang, "gaps.apart")] if len(own) > 1 else []))
    figures_ = []
    for keys, head in (([k for k in chosen if k != "max_min"], title), ([k for k in chosen if k == "max_min"], t(lang, "gaps.dispersion.ratio", subject=gaps.subject_of(indicator_id, measure, lang)))):
        drawn = made[made["key"].isin(keys)]
        if len(drawn):
            labels = {k: t(lang, f"gaps.short.{k}") for k in keys if k in set(drawn["key"])}
            figure = lines(drawn, title=head, subtitle="" if figures_ else notes, source=views.source_line(drawn, lang), labels=labels, unit="",
                           colours={k: CATEGORICAL[i % len(CATEGORICAL)] for i, k in enumerate(labels)})
            figures_.append(Part(figure, _dispersion_alt(drawn, head, names, lang)))
    have = [k for k in chosen if k in set(made["key"])]
    wide = {(r.year, r.key): r for r in made.itertuples()}
    table = {"columns": [t(lang, "chart.year"), t(lang, "gaps.n"), *(names[k] for k in have)], "rows": [
        [str(y), str(len(s.panel.areas)), *(gaps.between(r.value, r.lower, r.upper, lang) if (r := wide.get((y, k))) is not None else "–" for k in have)]
        for s in own for y in s.years]}
    alt = " ".join(p.alt for p in figures_)
    return View(f"dispersion-{indicator_id}-{measure}-{level}", title, alt, tuple(figures_), table, made)


def _dispersion_alt(drawn, title, names, lang) -> str:
    said = []
    for (_, key), own in drawn.groupby(["stretch", "key"], sort=False):
        a, b = own.iloc[0], own.iloc[-1]
        if a["year"] == b["year"]:
            continue
        said.append(t(lang, "gaps.dispersion.alt", name=names[key], first=a["year"], last=b["year"], a=gaps.number(a["value"], lang), b=gaps.number(b["value"], lang)))
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
        return t(lang, "gaps.once", subject=gaps.subject_of(indicator_id, measure, lang), year=year, n=len(single[-1].panel.areas), level=t(lang, f"gaps.level.{level}"),
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
                         verdict=t(lang, f"gaps.{verdict}", a=gaps.number(low.value, lang), b=gaps.number(high.value, lang))))
    return t(lang, "gaps.sentence", subject=gaps.subject_of(indicator_id, measure, lang), clauses=t(lang, "gaps.semicolon").join(clauses))


def between_times(found, lang: str) -> str:
    """Largest against smallest, both bounds where they differ at one digit."""
    return gaps.between(found.value, found.lower, found.upper, lang, 1)


def trends(indicator_id: str, measure: str, level: str, lang: str) -> list[str]:
    """Sigma-convergence of each stretch in words."""
    said = []
    for stretch in stretches(indicator_id, measure, level):
        if stretch.trend:
            g = stretch.trend
            said.append(t(lang, "gaps.trend", years=gaps.span(stretch.panel.years, lang), slope=fmt.number(100 * g.slope, lang, 2), error=fmt.number(100 * g.error, lang, 2),
                          low=fmt.number(100 * g.lower, lang, 2), high=fmt.number(100 * g.upper, lang, 2), p=gaps.probability(g.p, lang), n=g.n))
    return said


def dispersion(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator, measure = gaps.ratio_of(values)
    level = gaps.choose(values, "level", gaps.levels_of(indicator), gaps.levels_of(indicator)[0])
    chosen = tuple(s for s in gaps.STATISTICS if s in values.get("statistics", gaps.STATISTICS))
    gaps.in_order(values, "indicator", "measure", "level", "statistics")
    return dispersion_view(indicator, measure, level, lang, chosen)


def said(view: View) -> str:
    """What a view of this module says in one sentence; see :func:`sentence`."""
    given = dict(view.query)
    return sentence(given["indicator"], given["measure"], given["level"], view.lang)
