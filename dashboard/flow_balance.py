"""What flows add up to, as a view: out of a place and into it, net, gross, balance, shares and amounts a head, with their bounds.

A place's totals count only the partners that the sources name, and say which they are.
"""

from __future__ import annotations

import pandas as pd

from dashboard import format as fmt
from dashboard import views
from dashboard.charts.ranking import ranking
from dashboard.flows import in_order, rows_of, without_unit
from dashboard.i18n import t
from dashboard.views import Part, View
from indicators import get
from indicators.analysis import flows as analysis
from indicators.measures import main_period_kind, per_capita_scale, series, unit_of
from indicators.names import name
from indicators.reports.reviewed import cached

#: Of places, then of single flows: their share of what leaves the origin, and of the origin's whole output.
QUANTITIES = (*analysis.QUANTITIES, "share", "share_of_output")
#: So many places are told in the sentence.
_TOLD = 4


@cached(maxsize=1)
def _people() -> pd.DataFrame:
    return analysis.population()


@cached(maxsize=256)
def _measured(indicator_id: str, kind: str) -> pd.DataFrame:
    rows = rows_of(indicator_id, kind)
    scale, per_head = per_capita_scale(unit_of(indicator_id, "level"))
    return analysis.measured(rows[rows["role"] == "drawn"], _people(), scale, per_head)


def figures(indicator_id: str, kind: str, quantity: str) -> pd.DataFrame:
    """A quantity of every place or flow and year, as rows of a series; see :func:`indicators.analysis.flows.measured`."""
    if quantity != "share_of_output":
        found = _measured(indicator_id, kind)
        return found[found["measure"] == quantity].reset_index(drop=True)
    if quantity not in get(indicator_id).all_measures:
        return pd.DataFrame(columns=["year"])
    found = analysis.one_a_year(series(indicator_id, measure=quantity, period_kind=kind))
    found = found[found["role"] == "drawn"]
    return found.assign(partners=found["counterpart_area"])


@cached(maxsize=256)
def quantities_of(indicator_id: str, kind: str) -> tuple[str, ...]:
    """Which of :data:`QUANTITIES` have a value in some year."""
    return tuple(q for q in QUANTITIES if len(figures(indicator_id, kind, q)))


def usual(indicator_id: str, kind: str) -> str:
    """The quantity shown first: net where both directions are known, else what leaves; empty where there is none."""
    found = quantities_of(indicator_id, kind)
    return next((q for q in ("net", "outflow", "inflow") if q in found), "")


def _digits(row) -> int | None:
    return views.decimals_of(row.indicator, "level") if row.measure in ("outflow", "inflow", "net", "gross") else 1


def _text(row, lang: str) -> str:
    if row.value_text:  # 近, 超 of a printed figure stay with it
        return views.value_text(row._replace(measure="level"), row.indicator, lang)
    return fmt.quantity(row.value, row.unit, lang, _digits(row))


def _range(row, lang: str) -> str:
    """Both bounds; empty where they are the same as written."""
    low, high = (fmt.quantity(v, row.unit, lang, _digits(row)) for v in (row.lower, row.upper))
    return "" if low == high else t(lang, "flows.between", low=low, high=high)


def _bounded(row, lang: str) -> str:
    """A value, with its bounds where the printing leaves it so open that they are worth saying."""
    said = _range(row, lang) if views.rounded(row) else ""
    return t(lang, "flows.bounded", value=_text(row, lang), range=said) if said else _text(row, lang)


def _partners(row, lang: str) -> str:
    return t(lang, "flows.comma").join(views.area_name(c, lang, True) for c in row.partners.split("|"))


def _note(row, lang: str) -> str:
    """Which partners a figure counts."""
    return "" if row.measure.startswith("share") else t(lang, "flows.with_partners", partners=_partners(row, lang))


def _hover(row, lang: str) -> str:
    first = row.source.split("|")
    lines = [f"<b>{views.place(row.area, row.counterpart_area, lang)}</b>  {fmt.period(row.period, row.period_kind, lang)}", f"<b>{_text(row, lang)}</b>",
             _range(row, lang), _note(row, lang), name("obs_status", row.obs_status, lang),
             views.source_name(first[0], lang) + (t(lang, "chart.and_more", n=len(first) - 1) if len(first) > 1 else "")]
    return "<br>".join(line for line in lines if line)


@cached(maxsize=256)
def balance_view(indicator_id: str, lang: str, kind: str | None = None, quantity: str = "") -> View | None:
    """One quantity of all places, or of all flows for shares, as bars with whiskers, all years; None where there is none.

    Parameters
    ----------
    indicator_id, lang, kind
        As of :func:`dashboard.flows.flow_view`.
    quantity : str
        Of :func:`quantities_of`; :func:`usual` when empty.
    """
    kind = kind or main_period_kind(indicator_id)
    quantity = quantity or usual(indicator_id, kind)
    frame = figures(indicator_id, kind, quantity) if quantity else pd.DataFrame()
    if frame.empty:
        return None
    frame = frame.assign(key=[f"{r.area}>{r.counterpart_area}" if r.counterpart_area else r.area for r in frame.itertuples()],
                         note=[_note(r, lang) for r in frame.itertuples()])
    order = {code: i for i, code in enumerate(in_order({*frame["area"], *frame["counterpart_area"]} - {""}))}
    frame = frame.sort_values(["year", "area", "counterpart_area"], key=lambda c: c.map(order).fillna(-1) if c.name != "year" else c).reset_index(drop=True)
    rows = list(frame.itertuples())
    frame = frame.assign(place=frame["area"], label=[_text(r, lang) for r in rows], hover=[_hover(r, lang) for r in rows],
                         short=[without_unit(r, _text(r, lang), lang, _digits(r)) for r in rows])
    label = t(lang, f"flows.quantity_{quantity}")
    title = t(lang, "flows.balance_title", indicator=views.indicator_name(indicator_id, lang), quantity=label)
    subtitle = t(lang, "flows.balance_subtitle", unit=fmt.unit_label(frame["unit"].iloc[0], lang), kind=name("period_kind", kind, lang))
    names = {r.key: views.place(r.area, r.counterpart_area, lang) for r in rows}
    figure = ranking(frame.assign(area=frame["key"]), title=title, subtitle=subtitle, source=views.source_line(frame, lang), names=names, bounds=True, value_text=str)
    figure.update_layout(uirevision=f"flow_balance-{indicator_id}-{quantity}")
    table = {"columns": [t(lang, "column.area"), t(lang, "column.period"), label, t(lang, "flows.bounds"), t(lang, "flows.partners"), t(lang, "column.source")],
             "rows": [[names[r.key], fmt.period(r.period, r.period_kind, lang), _text(r, lang), _range(r, lang) or "–", _partners(r, lang),
                       views.source_name(r.source.split("|")[0], lang)] for r in rows]}
    view = View(f"flow_balance-{indicator_id}-{quantity}", title, "", (), table, frame, str(frame["year"].max()), lang=lang)
    alt = sentence(view)
    return View(view.id, title, alt, (Part(figure, alt),), table, frame)


def sentence(view: View) -> str:
    """The quantity of each place in the year that a view shows, the largest first, with its bounds where they are wide."""
    lang = view.lang
    now = view.frame[view.frame["year"] == int(view.shown or view.frame["year"].max())]
    rows = list(now.reindex(now["value"].abs().sort_values(ascending=False, kind="stable").index).itertuples())
    if not rows:
        return ""
    one = len({r.period for r in rows}) == 1
    said = [t(lang, "flows.balance_one" if one else "flows.balance_when", place=views.place(r.area, r.counterpart_area, lang), value=_bounded(r, lang),
              when=fmt.period(r.period, r.period_kind, lang)) for r in rows[:_TOLD]]
    head = t(lang, "flows.balance_title", indicator=views.indicator_name(rows[0].indicator, lang), quantity=t(lang, f"flows.quantity_{rows[0].measure}"))
    when = t(lang, "flows.balance_in", when=fmt.period(rows[0].period, rows[0].period_kind, lang)) if one else ""
    return t(lang, "flows.balance_says", head=head, when=when, parts=t(lang, "flows.semicolon").join(said))


def table_of(indicator_id: str, kind: str, year: int, lang: str) -> dict | None:
    """All quantities of places in one year, with what the printing allows.

    Returns
    -------
    dict or None
        ``columns`` and ``rows`` of texts; a column stands only where a place has a value in it.
    """
    cells = {}
    for quantity in analysis.QUANTITIES:
        frame = figures(indicator_id, kind, quantity)
        for row in frame[frame["year"] == year].itertuples():
            cells[row.area, quantity] = _bounded(row, lang)
    used = [q for q in analysis.QUANTITIES if any(key[1] == q for key in cells)]
    if not used:
        return None
    return {"columns": [t(lang, "chart.area"), *(t(lang, f"flows.quantity_{q}") for q in used)],
            "rows": [[views.area_name(c, lang), *(cells.get((c, q), "–") for q in used)] for c in in_order({c for c, _ in cells})]}
