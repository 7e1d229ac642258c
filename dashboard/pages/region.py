"""Region: everything known about one area."""

import streamlit as st

from dashboard import profile, views
from dashboard.chart import chart
from dashboard.i18n import t
from dashboard.state import choose, language

lang = language()
options = profile.areas_in_order()
with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
    area = choose(st.selectbox, "area", options, "jjj", lang, t(lang, "control.area"),
                  lambda c: views.area_choice(c, lang))
st.html(profile.head(area, lang))
lead = profile.lead_view(area, lang)
if lead is not None:
    chart(lead, key="region", lang=lang)
st.html(profile.body(area, lang))
