"""Region: everything known about one area."""

import streamlit as st

from dashboard import profile, views
from dashboard.chart import chart
from dashboard.i18n import t
from dashboard.kinds import open_view
from dashboard.state import choose, language

lang = language()
options = profile.areas_in_order()
with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
    area = choose(st.selectbox, "area", options, "jjj", lang, t(lang, "control.area"),
                  lambda c: views.area_choice(c, lang))
st.html(profile.head(area, lang))
if profile.lead_view(area, lang) is not None:
    chart(open_view("region", [("area", area)], lang), key="region", lang=lang)
st.html(profile.body(area, lang))
