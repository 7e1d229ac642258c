"""Trends: areas and indicators side by side."""

import streamlit as st

from dashboard import panels, views
from dashboard.chart import chart
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.kinds import named
from dashboard.state import choose, language
from geodata import areas
from indicators import get

lang = language()
title(lang, t(lang, "page.trends"), t(lang, "trends.lead"))


@st.fragment
def view():
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        chosen = choose(st.multiselect, "indicators", views.with_figures(), ["gdp"], lang, t(lang, "control.indicators"),
                        lambda i: views.indicator_name(i, lang), many=True, max_selections=4, placeholder=t(lang, "control.choose"))
        known = views.areas_with_figures(tuple(chosen))
        default = [c for c in ("110000", "120000", "130000") if c in known] or list(known[:4])
        places = choose(st.multiselect, "areas", [a.code for a in areas()], default, lang, t(lang, "control.areas"),
                        lambda c: views.area_choice(c, lang), many=True, max_selections=8, placeholder=t(lang, "control.choose"))
        measures = list(dict.fromkeys(m for i in chosen for m in get(i).all_measures))
        measure = choose(st.selectbox, "measure", measures, "level", lang, t(lang, "control.measure"), lambda m: views.measure_name(m, lang))
        base = None
        if measure in views.BASED:
            base = choose(st.selectbox, "base", [str(y) for y in range(2010, 2025)], "2014", lang, t(lang, "control.base"), str)
        kinds = views.kinds_of(tuple(chosen))
        kind = kinds[0] if kinds else None
        if len(kinds) > 1:
            kind = choose(st.selectbox, "kind", list(kinds), kinds[0], lang, t(lang, "control.kind"), lambda k: views.name("period_kind", k, lang))
        scale = choose(st.selectbox, "scale", ["linear", "log"], "linear", lang, t(lang, "control.scale"), lambda s: t(lang, f"control.{s}"))
        shows = choose(st.multiselect, "show", ["marks", "bounds"], ["marks", "bounds"], lang, t(lang, "control.show"),
                       lambda s: t(lang, f"control.{s}"), many=True, placeholder=t(lang, "control.choose"))
    base = base if measure != "growth" or "base" in st.query_params else None
    shown = views.trend_view(tuple(chosen), tuple(places), measure, lang, base,
                             scale == "log", "marks" in shows, "bounds" in shows, kind)
    if shown.frame.empty:
        st.html(f'<p class="empty">{t(lang, "trends.empty")}</p>')
        return
    shown = named(shown, "trends", lang, indicators=chosen, areas=places, measure=measure, base=base, kind=kind, scale=scale, show=shows)
    picked = chart(shown, key="trends", lang=lang)
    if picked:
        indicator = chosen[min(picked["figure"], len(chosen) - 1)]
        own = shown.frame[(shown.frame["key"] == picked["area"]) & (shown.frame["indicator"] == indicator)]
        point = own.iloc[(own["t"] - float(picked["x"])).abs().argsort()[:1]]
        if len(point):
            with st.container(key="panel"):
                st.html(f"<h2>{t(lang, 'trends.picked')}</h2>" + panels.observation_table(point, indicator, lang, "", with_area=True)
                        + panels.passages(point.iloc[0], lang))


view()
