"""Flows: who sends what to whom, as a diagram, on a map, as a matrix and over time."""

from html import escape

import streamlit as st

from dashboard import flow_balance, flows, panels, views
from dashboard import format as fmt
from dashboard.chart import chart, sentence
from dashboard.charts.flow_map import MOST
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.kinds import named
from dashboard.state import choose, language, link, read
from indicators.measures import main_period_kind, period_kinds

FORMS = {"flow": flows.flow_view, "flow_map": flows.map_view, "flow_matrix": flows.matrix_view, "flow_balance": flow_balance.balance_view, "flow_course": None}
METHOD = ("total", "sum", "net", "share", "head", "quantities", "bounds", "map", "course")

lang = language()
title(lang, t(lang, "page.flows"), t(lang, "flows.lead"))


@st.fragment
def view():
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        indicator = choose(st.selectbox, "indicator", flows.with_flows(), "tech_contract_value", lang, t(lang, "control.indicator"),
                           lambda i: views.indicator_name(i, lang))
        form = choose(st.selectbox, "form", list(FORMS), "flow", lang, t(lang, "flows.form"), lambda f: t(lang, f"flows.form_{f}"))
        kinds, kind = period_kinds(indicator), main_period_kind(indicator)
        if len(kinds) > 1:
            kind = choose(st.selectbox, "kind", kinds, kind, lang, t(lang, "control.kind"), lambda k: views.name("period_kind", k, lang))
        if form == "flow_course":
            places = flows.places(indicator)
            area = choose(st.selectbox, "area", places, places[0], lang, t(lang, "control.area"), lambda c: views.area_name(c, lang))
        elif form == "flow_balance":
            known = flow_balance.quantities_of(indicator, kind)
            quantity = choose(st.selectbox, "quantity", known, flow_balance.usual(indicator, kind), lang, t(lang, "flows.quantity"),
                              lambda q: t(lang, f"flows.quantity_{q}")) if known else ""
    year, more = None, {}
    if form == "flow_course":
        shown, more = flows.course_view(indicator, area, lang, kind), {"area": area}
    else:
        more = {"quantity": quantity} if form == "flow_balance" else {}
        shown = FORMS[form](indicator, lang, kind, *more.values())
        year = read("year", shown.names(), shown.names()[-1], lang) if shown else None
    if shown is None:
        st.html(f'<p class="empty">{escape(t(lang, "flows.empty"))}</p>')
        return
    shown = named(shown, form, lang, indicator=indicator, kind=kind, **more, **({"year": year} if year else {}))
    sentence(shown, year)
    chart(shown, key=f"flows-{form}", lang=lang, frame=year, frame_parameter="year" if year else None)
    if year and form != "flow_balance":  # which has a table of all years itself
        table = flow_balance.table_of(indicator, kind, int(year), lang)
        target = escape(link("flows", lang, form="flow_balance", indicator=indicator, kind=kind, year=year))
        st.html(panels.table(table["columns"], [[escape(cell) for cell in row] for row in table["rows"]], t(lang, "flows.totals_title", year=year),
                             tuple(range(1, len(table["columns"])))) + f'<p><a href="{target}">{escape(t(lang, "flows.totals_link"))}</a></p>'
                if table else f'<p class="empty">{escape(t(lang, "flows.totals_none"))}</p>')
    said = "".join(f"<p>{escape(t(lang, f'flows.method_{key}', most=MOST))}</p>" for key in METHOD)
    st.html(f'<details><summary>{escape(t(lang, "flows.method_title"))}</summary>{said}</details>')


view()
newest = [[f'<a href="{escape(link("flows", lang, indicator=r.indicator))}">{escape(views.indicator_name(r.indicator, lang))}</a>',
           escape(views.place(r.area, r.counterpart_area, lang)), escape(fmt.period(r.period, r.period_kind, lang)), escape(r.label),
           panels.status_mark(r, lang), panels.source_link(r.source, lang, r.locator)] for r in flows.latest(lang).itertuples()]
columns = [t(lang, "column.indicator"), t(lang, "flows.list_flow"), *(t(lang, f"column.{c}") for c in ("period", "value", "obs_status", "source"))]
st.html(f'<details><summary><h2 style="display:inline">{escape(t(lang, "flows.list_title"))} ({len(newest)})</h2></summary>'
        + panels.table(columns, newest, "", (3,)) + "</details>")
