"""An area against a reference: how many times as much, and how much more or less.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.lines import lines
from dashboard.charts.small_multiples import round_numbers
from dashboard.charts.style import colour
from dashboard.comparisons import shower
from dashboard.i18n import t
from dashboard.views import Part, View
from indicators.measures import divide, unit_of
from indicators.names import name
from indicators.reports.reviewed import cached


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
    show, by = shower(indicator, measure, lang), {one["measure"].iloc[0]: one for one in rows}
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


def said(view: View) -> str:
    """The sentence over the view: how far the last figure stands from what it is held against, and whether it moved away."""
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
