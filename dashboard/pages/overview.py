"""Overview: the five families at a glance, and where to go from them."""

import streamlit as st

from dashboard import glance
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.state import language

lang = language()
title(lang, t(lang, "app.title"), t(lang, "overview.lead"))
st.html(glance.families(lang))
st.html(glance.themes(lang))
