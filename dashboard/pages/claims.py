"""What the reports claim: every comparison found in them, recomputed."""

import streamlit as st

from dashboard import claims, views
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.state import choose, language
from indicators.reports.claims import shipped

lang = language()
title(lang, t(lang, "page.claims"), t(lang, "claims.lead"))
ids = list(dict.fromkeys(shipped()["source"]))
with st.container(key="controls", horizontal=True, vertical_alignment="bottom"):
    source = choose(st.selectbox, "source", ["", *ids], "", lang, t(lang, "control.source"),
                    lambda s: views.source_name(s, lang) if s else t(lang, "claims.all"))
    verdict = choose(st.selectbox, "verdict", ["", *claims.VERDICTS], "", lang, t(lang, "claims.verdict"),
                     lambda v: t(lang, f"claims.{v}") if v else t(lang, "claims.all"))
if st.query_params.get("at"):
    st.html(claims.passage(st.query_params.get("of", ""), st.query_params["at"], lang))
st.html(claims.table(verdict or None, source or None, lang))
