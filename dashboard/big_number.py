"""One figure, large, with the course of its series below."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.lines import lines
from dashboard.charts.style import ACCENT, AREA_COLOURS
from dashboard.i18n import t
from dashboard.views import Part, View
from indicators.measures import main_period_kind, series
from indicators.names import name
from indicators.reports.reviewed import cached


@dataclass(frozen=True)
class Number:
    """The newest figure of a series: `value` with its unit, and of where and when it is."""

    value: str
    where: str
    when: str


def rows_of(indicator_id: str, area: str, counterpart: str, kind: str | None) -> pd.DataFrame:
    """The series behind the number, in order of time.

    Of totals since a start only those are kept that begin where the newest begins: totals since
    different years do not form one course.
    """
    frame = series(indicator_id, areas=[area], period_kind=kind or main_period_kind(indicator_id))
    frame = frame[frame["counterpart_area"] == counterpart].sort_values(["t", "period"], kind="stable")
    if len(frame) and frame.iloc[-1]["period_kind"] == "cumulative":
        start = frame["period"].str.split("/").str[0]
        frame = frame[start == start.iloc[-1]]
    return frame.reset_index(drop=True)


def number_of(view: View) -> Number:
    """The number of a view of this kind."""
    last = view.frame.iloc[-1]
    return Number(views.value_text(last, last["indicator"], view.lang), views.place(last["area"], last["counterpart_area"], view.lang),
                  fmt.period(last["period"], last["period_kind"], view.lang))


@cached(maxsize=128)
def number_view(indicator_id: str, area: str, counterpart: str, lang: str, kind: str | None = None) -> View | None:
    """The newest figure of a series, and its course; None where there is no figure.

    Parameters
    ----------
    indicator_id, area : str
    counterpart : str
        Destination of a flow, else empty.
    lang : {"zh", "en"}
    kind : str, optional
        Kind of period; the indicator's main one when omitted.
    """
    frame = rows_of(indicator_id, area, counterpart, kind)
    if frame.empty:
        return None
    key = f"{area}>{counterpart}" if counterpart else area
    frame = frame.assign(key=key, hover=[views.hover(r, indicator_id, lang) for r in frame.itertuples()],
                         rounded=[views.rounded(r) for r in frame.itertuples()])
    last = frame.iloc[-1]
    value, when = views.value_text(last, indicator_id, lang), fmt.period(last["period"], last["period_kind"], lang)
    where = views.place(area, counterpart, lang)
    title = t(lang, "number.title", indicator=views.indicator_name(indicator_id, lang), value=value)
    figure = lines(frame, title=title, subtitle=t(lang, "number.subtitle", where=where, when=when, unit=fmt.unit_label(last["unit"], lang)),
                   source=views.source_line(frame, lang), labels={key: where}, unit=fmt.unit_label(last["unit"], lang),
                   colours={key: AREA_COLOURS.get(area, ACCENT)})
    figure.update_layout(height=330, uirevision=f"number-{indicator_id}")
    alt = t(lang, "number.alt", title=title, where=where, when=when)
    table = {"columns": [t(lang, f"column.{c}") for c in ("period", "value", "value_text", "obs_status", "source")], "rows": [
        [fmt.period(r.period, r.period_kind, lang), views.value_text(r, indicator_id, lang), r.value_text, name("obs_status", r.obs_status, lang),
         views.source_name(r.source.split("|")[0], lang)] for r in frame.itertuples()]}
    return View(f"number-{indicator_id}-{area}", title, alt, (Part(figure, alt),), table, frame, lang=lang)
