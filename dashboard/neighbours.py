"""Whether neighbours are alike: Moran's I, its scatter and the map of clusters.
"""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard import gaps, views
from dashboard.charts import dispersion as charts
from dashboard.charts.style import ACCENT, colour
from dashboard.comparisons import province_of
from dashboard.i18n import t
from dashboard.parameters import Refusal
from dashboard.views import Part, View
from geodata import CREDIT, web_geometry
from indicators.analysis import convergence, inequality, spatial
from indicators.measures import unit_of
from indicators.reports.reviewed import cached

WEIGHTS = spatial.WEIGHTS
#: How p-values are drawn, for the text of the method.
DRAWN = {"drawn": spatial.PERMUTATIONS, "seed": convergence.SEED}


@cached(maxsize=256)
def moran_years(indicator_id: str, measure: str) -> tuple[str, ...]:
    """Years in which at least 8 prefectures stand on one basis."""
    frame = gaps.figures(indicator_id, measure, "prefecture")
    most = frame.groupby(["year", "basis"])["area"].nunique().groupby("year").max()
    return tuple(str(y) for y in sorted(most[most >= convergence.LEAST_AREAS].index))


@cached(maxsize=256)
def moran_best(indicator_id: str, measure: str) -> str:
    """The newest year of most prefectures on one basis; empty where none has enough."""
    frame = gaps.figures(indicator_id, measure, "prefecture")
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
    frame = gaps.figures(indicator_id, measure, level)
    now = frame[frame["year"] == int(year)]
    basis = now["basis"].value_counts().index
    now = now[now["basis"] == basis[0]].sort_values("area").reset_index(drop=True) if len(basis) else now
    if len(now) < convergence.LEAST_AREAS:
        raise Refusal(404, "gaps.few_neighbours", year=year, n=len(now), least=convergence.LEAST_AREAS)
    own = list(now["area"])
    found = spatial.moran(now["value"], spatial.weights(own, kind), (now["lower"], now["upper"]))
    subject = gaps.subject_of(indicator_id, measure, lang)
    names = {c: views.area_name(c, lang, True) for c in own}
    cluster = ["" if p >= 0.05 else q for q, p in zip(found.quadrant, found.local_p)]
    hovers = [f"<b>{views.area_name(c, lang)}</b>  {year}<br>{fmt.quantity(v, unit_of(indicator_id, measure), lang)}<br>" + t(
        lang, "gaps.moran.point", quadrant=t(lang, f"gaps.cluster.{q}"), local=fmt.number(i, lang, 2), p=gaps.probability(p, lang))
        for c, v, q, i, p in zip(own, now["value"], found.quadrant, found.local, found.local_p)]
    points = pd.DataFrame({"area": own, "group": [province_of(c) for c in own], "x": found.z, "y": found.lag, "hover": hovers})
    groups = {c: views.area_name(c, lang, True) for c in gaps.codes("province") if c in set(points["group"])}
    title = t(lang, "gaps.moran.title", subject=subject, year=year)
    result = t(lang, "gaps.moran.result", value=gaps.between(found.value, found.lower, found.upper, lang), expected=fmt.number(found.expected, lang, 3), p=gaps.probability(found.p, lang), n=found.n,
               n_drawn=fmt.number(spatial.PERMUTATIONS, lang))
    without = [c for c in gaps.codes(level) if c not in own]
    notes = [result] + ([t(lang, "gaps.moran.few")] if found.n < spatial.FEW else []) + (
        [t(lang, "gaps.left", areas=gaps.names_of(without, lang))] if without else [])
    ends = [float(found.z.min()), float(found.z.max())]
    source = views.source_line(now, lang)
    scattered = charts.points(points, title=title, subtitle=t(lang, f"gaps.weights.{kind}"), source=source, names=names, groups=groups, colours={g: colour(g, i) for i, g in enumerate(groups)},
                              x_title=t(lang, "gaps.moran.x"), y_title=t(lang, "gaps.moran.y"), middle=(0, 0))
    scattered.add_shape(type="line", x0=ends[0], x1=ends[1], y0=found.value * ends[0], y1=found.value * ends[1], line={"color": ACCENT, "width": 2, "dash": "dash"})
    shapes = web_geometry(level)
    layer = [{"code": c, "name": views.area_name(c, lang, True), "label": shapes["areas"][c]["label"], "cluster": cluster[own.index(c)] if c in own else None,
              "hover": hovers[own.index(c)] if c in own else f"<b>{views.area_name(c, lang)}</b><br>{t(lang, 'chart.no_data')}"} for c in gaps.codes(level)]
    map_title = t(lang, "gaps.moran.map", subject=subject, year=year)
    mapped = charts.clusters(layer, level=level, bbox=web_geometry("province")["bbox"], title=map_title, subtitle=t(lang, "gaps.join").join([*notes, t(lang, "gaps.moran.map_subtitle", n=found.n)]),
                             source=f"{source}<br>{CREDIT[lang]}", words={"km": t(lang, "chart.km"), "": t(lang, "gaps.cluster.none"), **{
                                 q: t(lang, f"gaps.cluster.{q}") for q in spatial.QUADRANTS}}, outline=gaps.codes("province"))
    alt = t(lang, "gaps.moran.alt", title=title, result=result)
    said = [f"{names[c]} ({t(lang, f'gaps.cluster.{q}')})" for c, q in zip(own, cluster) if q]
    map_alt = t(lang, "gaps.moran.map_alt", title=map_title, areas=gaps.listed(lang, said) or t(lang, "gaps.cluster.none"))
    made = [gaps.derived(now, measure="moran", value=found.value, lower=found.lower, upper=found.upper, unit=inequality.INDEX, note=result, p=found.p, n=found.n)]
    made += [gaps.derived(now, area=c, measure="local_moran", value=float(i), lower=float("nan"), upper=float("nan"), unit=inequality.INDEX,
                      note=t(lang, "gaps.moran.point", quadrant=t(lang, f"gaps.cluster.{q}"), local=fmt.number(i, lang, 2), p=gaps.probability(p, lang)))
             for c, i, q, p in zip(own, found.local, found.quadrant, found.local_p)]
    table = {"columns": [t(lang, "chart.area"), subject, t(lang, "gaps.moran.local"), "p", t(lang, "gaps.moran.quadrant")],
             "rows": [[views.area_name(c, lang), fmt.quantity(v, unit_of(indicator_id, measure), lang), fmt.number(i, lang, 3), fmt.number(p, lang, 3), t(lang, f"gaps.cluster.{q}")]
                      for c, v, i, p, q in zip(own, now["value"], found.local, found.local_p, found.quadrant)]}
    rows = pd.concat([now, pd.DataFrame(made)], ignore_index=True)
    return View(f"moran-{indicator_id}-{measure}-{year}-{kind}", map_title, f"{map_alt} {alt}", (Part(mapped, map_alt, (level, "province"), 1.2), Part(scattered, alt)), table, rows)


def neighbouring(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator, measure = gaps.ratio_of(values)
    years = moran_years(indicator, measure)
    if not years:
        raise Refusal(404, "nothing_to_draw")
    year = gaps.choose(values, "year", years, moran_best(indicator, measure))
    gaps.in_order(values, "indicator", "measure", "year", "weights")
    return moran_view(indicator, measure, lang, year, values.get("weights", "queen"))


def said(view: View) -> str:
    """What a view of this module says in one sentence, computed from its rows: a likeness that may be chance is called so."""
    given, lang = dict(view.query), view.lang
    found = view.frame[view.frame["measure"] == "moran"].iloc[0]
    verdict = "chance" if found["p"] >= 0.05 else "alike" if found["value"] > 0 else "unlike"
    return t(lang, f"gaps.said.{verdict}", subject=gaps.subject_of(given["indicator"], given["measure"], lang), year=given["year"], n=int(found["n"]),
             value=fmt.number(found["value"], lang, 2), p=gaps.probability(found["p"], lang))
