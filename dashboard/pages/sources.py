"""Sources: every report and statistic with what was taken from it, and a figure's passage."""

import streamlit as st

from dashboard import library
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.state import choose, language

lang = language()
title(lang, t(lang, "page.sources"), t(lang, "sources.lead"))
ids = library.sources_in_order()
with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
    source = choose(st.selectbox, "source", ["", *ids], "", lang, t(lang, "sources.pick"), lambda s: library.label(s, lang))
if source:
    st.html(library.one(source, st.query_params.get("at"), lang))
st.html(library.all_sources(lang))
