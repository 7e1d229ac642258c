"""Whether areas that start lower grow faster (beta-convergence).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import gaps, views
from dashboard.charts import dispersion as charts
from dashboard.charts.style import colour
from dashboard.comparisons import province_of
from dashboard.i18n import t
from dashboard.parameters import Refusal
from dashboard.views import Part, View
from indicators.analysis import convergence, inequality
from indicators.measures import unit_of
from indicators.reports.reviewed import cached


@cached(maxsize=256)
def convergence_view(indicator_id: str, measure: str, level: str, lang: str, first: str, last: str) -> View:
    """Growth of areas on their initial level, with the fitted line.

    Raises
    ------
    Refusal
        Where fewer than 8 areas or 3 years are on one basis.
    """
    frame = gaps.figures(indicator_id, measure, level)
    panel = gaps.panel_of(frame, first, last)
    years = int(last) - int(first)
    if len(panel.areas) < convergence.LEAST_AREAS or years < convergence.LEAST_YEARS:
        raise Refusal(404, "gaps.few", first=first, last=last, n=len(panel.areas), years=years, areas=convergence.LEAST_AREAS, least=convergence.LEAST_YEARS)
    start, end = gaps.at_ends(frame, panel)
    if not ((start["value"] > 0).all() and (end["value"] > 0).all()):
        raise Refusal(404, "gaps.positive")
    fit = convergence.beta_convergence(start["value"], end["value"], years, (start["lower"], start["upper"]), (end["lower"], end["upper"]))
    subject = gaps.subject_of(indicator_id, measure, lang)
    growth = 100 * np.log(end["value"].to_numpy() / start["value"].to_numpy()) / years
    shown = [fmt.quantity(v, unit_of(indicator_id, measure), lang) for v in start["value"]]
    points = pd.DataFrame({"area": panel.areas, "group": [province_of(c) for c in panel.areas], "x": np.log(start["value"].to_numpy()), "y": growth, "hover": [
        f"<b>{views.area_name(c, lang)}</b><br>" + t(lang, "gaps.convergence.point", first=first, level=value, growth=fmt.number(g, lang, 2))
        for c, value, g in zip(panel.areas, shown, growth)]})
    at = np.linspace(points["x"].min(), points["x"].max(), 25)
    mean, half = fit.mean(at)
    band = [(float(x), float(100 * (m - h)), float(100 * (m + h))) for x, m, h in zip(at, mean, half)]
    ticks = _nice(float(start["value"].min()), float(start["value"].max()))
    title = t(lang, "gaps.convergence.title", subject=subject)
    equation = t(lang, "gaps.convergence.equation", first=first, last=last, a=fmt.number(fit.constant, lang, 4), b=fmt.number(abs(fit.beta), lang, 4),
                 sign=t(lang, "gaps.minus" if fit.beta < 0 else "gaps.plus"), error=fmt.number(fit.error, lang, 4), p=gaps.probability(fit.p, lang), n=fit.n)
    reading = _reading(fit, lang)
    without = [c for c in gaps.codes(level) if c not in panel.areas]
    subtitle = t(lang, "gaps.join").join([equation, reading] + ([t(lang, "gaps.left", areas=gaps.names_of(without, lang))] if without else []))
    groups = {c: views.area_name(c, lang, True) for c in gaps.codes("province") if c in set(points["group"])}
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
    made = [gaps.derived(both, measure=key, value=float(v), lower=float(low), upper=float(high), unit=inequality.INDEX, period=f"{first}/{last}", year=int(last),
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
             years=fmt.number(fit.half_life, lang, 0), low=gaps.number(fit.lower, lang, 4), high=gaps.number(fit.upper, lang, 4))


def _nice(low: float, high: float) -> list[float]:
    """Round numbers for a logarithmic axis."""
    steps = [m * 10.0**e for e in range(-6, 13) for m in (1, 1.5, 2, 3, 4, 5, 6, 8)]
    inside = [s for s in steps if low * 0.97 <= s <= high * 1.03]
    return inside if len(inside) <= 7 else inside[::2]


def converging(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator, measure = gaps.ratio_of(values)
    level = gaps.choose(values, "level", gaps.levels_of(indicator), gaps.levels_of(indicator)[0])
    first, last = gaps.years_between(values, indicator, measure, level)
    gaps.in_order(values, "indicator", "measure", "level", "from", "to")
    return convergence_view(indicator, measure, level, lang, first, last)


def said(view: View) -> str:
    """What a view of this module says in one sentence, computed from its rows: a slope that may be chance is called so."""
    given, lang = dict(view.query), view.lang
    beta = view.frame[view.frame["measure"] == "beta"].iloc[0]
    p = float(beta["p"])
    verdict = "none" if p >= 0.05 else "apart" if beta["value"] > 0 else "closer"
    return t(lang, f"gaps.said.{verdict}", subject=gaps.subject_of(given["indicator"], given["measure"], lang), first=given["from"], last=given["to"], n=int(beta["n"]),
             level=t(lang, f"gaps.level.{given['level']}"), p=gaps.probability(p, lang))
