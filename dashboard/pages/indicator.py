"""Indicator: what it is, where it has figures, all of them, and where sources disagree."""

import streamlit as st

from dashboard import dossier, views
from dashboard.chart import chart
from dashboard.i18n import t
from dashboard.kinds import open_view
from dashboard.state import choose, language
from indicators import catalogue
from indicators.names import name

lang = language()
themes = list(dict.fromkeys(i.theme for i in catalogue()))
with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
    theme = st.query_params.get("theme")
    ids = [i.id for i in catalogue() if theme in (None, "all", i.theme)] or [i.id for i in catalogue()]
    indicator = choose(st.selectbox, "indicator", ids, ids[0] if theme in themes else "gdp", lang, t(lang, "control.indicator"),
                       lambda i: views.indicator_name(i, lang))
    choose(st.selectbox, "theme", ["all", *themes], "all", lang, t(lang, "control.theme"),
           lambda x: t(lang, "control.all_themes") if x == "all" else name("theme", x, lang))
st.html(dossier.definition(indicator, lang))
if dossier.lead_view(indicator, lang) is not None:
    chart(open_view("indicator", [("indicator", indicator)], lang), key="indicator", lang=lang, table=False)
st.html(dossier.coverage(indicator, lang))
st.html(dossier.disagreements(indicator, lang))
st.html(dossier.observations(indicator, lang))
