"""Map: one measure, one level, all years, and what an area's number is made of."""

import streamlit as st

from dashboard import panels, views
from dashboard.chart import chart, sentence
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.kinds import named
from dashboard.state import choose, language, read
from indicators import get

lang = language()
title(lang, t(lang, "page.map"), t(lang, "map.lead"))


@st.fragment
def view():
    with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
        indicator = choose(st.selectbox, "indicator", views.mappable(), "gdp", lang, t(lang, "control.indicator"),
                           lambda i: views.indicator_name(i, lang))
        measures = [m for m in get(indicator).all_measures if views.levels_of(indicator, m)]
        measure = choose(st.selectbox, "measure", measures, "level", lang, t(lang, "control.measure"),
                         lambda m: views.measure_name(m, lang))
        levels = views.levels_of(indicator, measure)
        level = choose(st.selectbox, "level", levels, levels[0], lang, t(lang, "control.level"), lambda x: t(lang, f"level.{x}"))
        method = choose(st.selectbox, "classes", ["quantiles", "natural", "equal"], "quantiles", lang, t(lang, "control.method"),
                        lambda m: t(lang, f"method.{m}"))
    shown = views.map_view(indicator, measure, level, lang, method)
    years = [f.name for f in shown.figures[0].figure.frames]
    year = read("year", years, str(views.best_year(shown.frame)), lang)
    shown = named(shown, "map", lang, indicator=indicator, measure=measure, level=level, classes=method, year=year)
    sentence(shown, year)
    picked = chart(shown, key="map", lang=lang, frame=year, frame_parameter="year")
    codes = sorted(set(shown.frame["place"]) | {a.code for a in views.areas(level)})
    if picked and picked["area"] in codes:
        st.query_params.update(area=picked["area"], **({"year": picked["frame"]} if picked["frame"] in years else {}))
    area = read("area", codes, "", lang, lambda c: views.area_name(c, lang) if c else "–")
    if area:
        panels.area_panel(indicator, measure, area, lang)


view()
