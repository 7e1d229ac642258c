"""What each area adds to the growth of all and to the change of inequality.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import gaps, views
from dashboard.charts import dispersion as charts
from dashboard.i18n import t
from dashboard.parameters import Refusal
from dashboard.views import Part, View
from indicators.analysis import contribution as parts
from indicators.analysis import inequality
from indicators.reports.reviewed import cached


@cached(maxsize=128)
def contributions_view(indicator_id: str, level: str, lang: str, first: str, last: str) -> View | None:
    """What each area adds to the growth of all and, where a ratio of them is on one basis in both years, to the change of Theil's index."""
    frame = gaps.figures(indicator_id, "level", level)
    panel = gaps.panel_of(frame, first, last)
    if len(panel.areas) < 2:
        raise Refusal(404, "gaps.no_pair", first=first, last=last)
    start, end = gaps.at_ends(frame, panel)
    ends = [(rows["lower"], rows["upper"]) for rows in (start, end)]
    value, low, high = parts.growth_contributions(start["value"], end["value"], *ends)
    total = 100 * (end["value"].sum() / start["value"].sum() - 1)
    total_ends = [100 * (end[b].sum() / start[a].sum() - 1) if start[a].sum() > 0 else np.inf for a, b in (("upper", "lower"), ("lower", "upper"))]
    label = views.indicator_name(indicator_id, lang)
    without = [c for c in gaps.codes(level) if c not in panel.areas]
    names = {c: views.area_name(c, lang, True) for c in panel.areas}
    title = t(lang, "gaps.contributions.title", subject=label)
    subtitle = t(lang, "gaps.contributions.total", first=first, last=last, n=len(panel.areas), total=gaps.between(total, *total_ends, lang, 1)) + (
        t(lang, "gaps.join") + t(lang, "gaps.left", areas=gaps.names_of(without, lang)) if without else "")
    made = [gaps.derived(pd.concat([start.loc[[c]].reset_index(), end.loc[[c]].reset_index()]), area=c, measure="growth_contribution", value=float(v), lower=float(a), upper=float(b),
                     unit="%", period=f"{first}/{last}", year=int(last)) for c, v, a, b in zip(panel.areas, value, low, high)]
    for row in made:
        row["hover"] = gaps.hover(views.area_name(row["area"], lang), t(lang, "gaps.points", value=gaps.between(row["value"], row["lower"], row["upper"], lang, 2)), row, lang)
    drawn = pd.DataFrame(made)
    figure = charts.contributions(drawn, title=title, subtitle=subtitle, source=views.source_line(drawn, lang), names=names,
                                  value_text=lambda v: gaps.number(v, lang, 2))
    order = drawn.sort_values("value", ascending=False)
    alt = t(lang, "gaps.contributions.alt", title=title, total=fmt.number(total, lang, 1), parts=gaps.listed(
        lang, (f"{names[r.area]} {fmt.number(r.value, lang, 1)}" for r in order.itertuples())))
    whole = gaps.derived(drawn, measure="growth", value=float(total), lower=float(total_ends[0]), upper=float(total_ends[1]), unit="%", period=f"{first}/{last}", year=int(last),
                     note=subtitle)
    table = {"columns": [t(lang, "chart.area"), t(lang, "gaps.contributions.points"), t(lang, "gaps.contributions.share")],
             "rows": [[views.area_name(r.area, lang), gaps.between(r.value, r.lower, r.upper, lang, 2), f"{fmt.number(100 * r.value / total, lang, 1)}%" if total else "–"]
                      for r in order.itertuples()]}
    frames, drawings = [drawn, pd.DataFrame([whole])], [Part(figure, alt)]
    inequality_part = _theil_part(indicator_id, level, lang, first, last)
    if inequality_part:
        drawings.append(inequality_part[0])
        frames.append(inequality_part[1])
    return View(f"contributions-{indicator_id}-{level}-{first}-{last}", title, " ".join(p.alt for p in drawings), tuple(drawings), table, pd.concat(frames, ignore_index=True))


def _theil_part(indicator_id, level, lang, first, last):
    """Figure and rows of the contributions to the change of Theil's index; None where no ratio is on one basis in both years."""
    for measure in gaps.measures_of(indicator_id):
        frame = gaps.figures(indicator_id, measure, level)
        panel = gaps.panel_of(frame, first, last)
        if len(panel.areas) >= 3:
            break
    else:
        return None
    start, end = gaps.at_ends(frame, panel)
    if not ((start["value"] > 0).all() and (end["value"] > 0).all()):
        return None
    value, low, high = parts.theil_changes(start["value"], end["value"], *((rows["lower"], rows["upper"]) for rows in (start, end)))
    made = [gaps.derived(pd.concat([start.loc[[c]].reset_index(), end.loc[[c]].reset_index()]), area=c, measure="theil_contribution", value=float(v), lower=float(a), upper=float(b),
                     unit=inequality.INDEX, period=f"{first}/{last}", year=int(last)) for c, v, a, b in zip(panel.areas, value, low, high)]
    for row in made:
        row["hover"] = gaps.hover(views.area_name(row["area"], lang), gaps.between(row["value"], row["lower"], row["upper"], lang, 4), row, lang)
    drawn = pd.DataFrame(made)
    title = t(lang, "gaps.contributions.theil", subject=gaps.subject_of(indicator_id, measure, lang))
    before, after = (float(inequality.theil(rows["value"].to_numpy())) for rows in (start, end))
    subtitle = t(lang, "gaps.contributions.change", first=first, last=last, a=fmt.number(before, lang, 4), b=fmt.number(after, lang, 4), change=fmt.number(after - before, lang, 4), n=len(panel.areas))
    names = {c: views.area_name(c, lang, True) for c in panel.areas}
    figure = charts.contributions(drawn, title=title, subtitle=subtitle, source=views.source_line(drawn, lang), names=names, value_text=lambda v: gaps.number(v, lang, 4))
    alt = t(lang, "gaps.contributions.theil_alt", title=title, subtitle=subtitle, parts=gaps.listed(
        lang, (f"{names[r.area]} {gaps.number(r.value, lang, 4)}" for r in drawn.sort_values("value", ascending=False).itertuples())))
    return Part(figure, alt), drawn


def contributing(values: dict, lang: str) -> View | None:
    """For :data:`dashboard.kinds.KINDS`."""
    indicator = values.setdefault("indicator", "gdp")
    level = gaps.choose(values, "level", gaps.levels_of(indicator), gaps.levels_of(indicator)[0])
    first, last = gaps.years_between(values, indicator, "level", level, True)
    gaps.in_order(values, "indicator", "level", "from", "to")
    return contributions_view(indicator, level, lang, first, last)


def said(view: View) -> str:
    """What a view of this module says in one sentence, computed from its rows: the growth of all and the three who add most."""
    given, lang, rows = dict(view.query), view.lang, view.frame
    own = rows[rows["measure"] == "growth_contribution"].sort_values("value", ascending=False)
    whole = rows[rows["measure"] == "growth"].iloc[0]
    return t(lang, "gaps.said.contributions", subject=gaps.subject_of(given["indicator"], "level", lang), first=given["from"], last=given["to"], n=len(own),
             level=t(lang, f"gaps.level.{given['level']}"), total=fmt.number(whole["value"], lang, 1),
             parts=gaps.listed(lang, (t(lang, "gaps.said.part", area=views.area_name(r.area, lang, True), value=fmt.number(r.value, lang, 1)) for r in own.head(3).itertuples())))
