"""Flows between areas as a view: which of a year's figures are drawn, and what is said of the others.

Sources give a flow once to each of its destinations and once to all of them together. A total is
drawn to the union of its destinations and never split; where its parts are known and make up
the whole of it, they are drawn and the total is mentioned.
"""

from __future__ import annotations

import itertools

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.flows import flows
from dashboard.i18n import t
from dashboard.views import Part, View
from geodata import area as find
from indicators import catalogue
from indicators.ledger import observations
from indicators.measures import main_period_kind, series, unit_of
from indicators.names import name
from indicators.reports.reviewed import cached


@cached(maxsize=1)
def with_flows() -> tuple[str, ...]:
    """Ids of the indicators that count what goes from an origin to a destination, the flagships first; a share is no amount."""
    rows = observations()
    have = set(rows[(rows["counterpart_area"] != "") & (rows["obs_status"] != "F")]["indicator"])
    return tuple(i.id for i in sorted((i for i in catalogue() if i.flow and i.id in have and i.unit != "%"), key=lambda i: not i.flagship))


def leaves(code: str) -> frozenset[str]:
    """Areas that an area is made of: its members', or itself."""
    inside = find(code).members
    return frozenset().union(*map(leaves, inside)) if inside else frozenset([code])


def _inside(code: str, whole: str) -> bool:
    """Whether an area lies in another, or in one of its members."""
    if leaves(code) <= leaves(whole):
        return True
    chain = []
    while code:
        chain.append(code)
        code = find(code).parent
    return bool(set(chain) & leaves(whole))


def _pairs(row) -> frozenset[tuple[str, str]]:
    return frozenset(itertools.product(leaves(row.area), leaves(row.counterpart_area)))


def _part_of(row, whole) -> bool:
    return row.Index != whole.Index and _inside(row.area, whole.area) and _inside(row.counterpart_area, whole.counterpart_area)


def arrange(rows) -> tuple[list, list, list, bool]:
    """Which flows of one year can stand side by side.

    Parameters
    ----------
    rows : sequence of namedtuple
        Rows of a series with area and counterpart_area, one a pair.

    Returns
    -------
    (list, list, list, bool)
        Rows to draw; totals left out because their parts are all drawn; parts left out because
        their total is drawn; whether drawn flows overlap all the same, so that they must not be added.
    """
    drawn, totals, parts = list(rows), [], []
    for whole in sorted(rows, key=lambda r: -len(_pairs(r))):
        inside = [r for r in drawn if _part_of(r, whole)]
        if whole not in drawn or not inside:
            continue
        if _pairs(whole) <= frozenset().union(*map(_pairs, inside)):
            drawn.remove(whole), totals.append(whole)
        else:
            parts += inside
            drawn = [r for r in drawn if r not in inside]
    overlap = any(_pairs(a) & _pairs(b) or _part_of(a, b) or _part_of(b, a) for a, b in itertools.combinations(drawn, 2))
    return drawn, totals, parts, overlap


@cached(maxsize=128)
def flow_view(indicator_id: str, lang: str, kind: str | None = None) -> View | None:
    """Flows of one indicator, all years; None where there is none.

    Parameters
    ----------
    indicator_id : str
    lang : {"zh", "en"}
    kind : str, optional
        Kind of period; the indicator's main one when omitted. Of several periods that end in a
        year the one that ends last is taken, of those the longest.
    """
    kind = kind or main_period_kind(indicator_id)
    frame = series(indicator_id, period_kind=kind)
    frame = frame[frame["counterpart_area"] != ""]
    if frame.empty:
        return None
    start = frame["period"].str.split("/").str[0]
    frame = frame.assign(start=start).sort_values(["t", "start"], ascending=[True, False], kind="stable")
    frame = frame.drop_duplicates(["area", "counterpart_area", "year"], keep="last").drop(columns="start").reset_index(drop=True)
    keep, notes = [], {}
    for year, now in frame.groupby("year"):
        drawn, totals, parts, overlap = arrange(list(now.itertuples()))
        keep += [r.Index for r in drawn]
        said = [t(lang, f"flow.{key}", flow=views.place(r.area, r.counterpart_area, lang), value=views.value_text(r, indicator_id, lang))
                for key, group in (("total", totals), ("part", parts)) for r in group]
        notes[int(year)] = "<br>".join([*said, *([t(lang, "flow.overlap")] if overlap else [])])
    frame = frame.loc[sorted(keep)].sort_values(["year", "area", "counterpart_area"]).reset_index(drop=True)
    frame = frame.assign(place=frame["counterpart_area"], label=[views.value_text(r, indicator_id, lang) for r in frame.itertuples()],
                         hover=[views.hover(r, indicator_id, lang) for r in frame.itertuples()])
    title = views.indicator_name(indicator_id, lang)
    subtitle = t(lang, "flow.subtitle", unit=fmt.unit_label(unit_of(indicator_id, "level"), lang), kind=name("period_kind", kind, lang))
    codes = dict.fromkeys([*frame["area"], *frame["counterpart_area"]])
    figure = flows(frame, title=title, subtitle=subtitle, source=views.source_line(frame, lang), notes=notes,
                   names={c: views.area_name(c, lang, True) for c in codes})
    figure.update_layout(uirevision=f"flow-{indicator_id}")
    last = frame[frame["year"] == frame["year"].max()]
    alt = t(lang, "flow.alt", title=title, year=int(last["year"].iloc[0]), flows=t(lang, "flow.join").join(
        t(lang, "flow.one", flow=views.place(r.area, r.counterpart_area, lang), value=r.label) for r in last.itertuples()))
    table = {"columns": [t(lang, f"column.{c}") for c in ("area", "period", "value", "value_text", "obs_status", "source")], "rows": [
        [views.place(r.area, r.counterpart_area, lang), fmt.period(r.period, r.period_kind, lang), r.label, r.value_text, name("obs_status", r.obs_status, lang),
         views.source_name(r.source.split("|")[0], lang)] for r in frame.itertuples()]}
    return View(f"flow-{indicator_id}", title, alt, (Part(figure, alt),), table, frame)
