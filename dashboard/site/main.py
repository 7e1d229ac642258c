"""The script that Streamlit runs: header, language, pages.

It stands apart from ``pages/``, beside which Streamlit would take the pages for scripts of their own.
"""

import streamlit as st

from dashboard.chrome import footer, header
from dashboard.i18n import t
from dashboard.paths import HERE
from dashboard.state import language, show_notes

PAGES = ("overview", "map", "trends", "region", "compare", "flows", "rails", "gaps", "index", "indicator", "data", "sources", "claims", "review",
         "basket")

lang = language()
st.set_page_config(page_title=t(lang, "app.title"), layout="wide", initial_sidebar_state="collapsed")
pages = {name: st.Page(HERE / "pages" / f"{name}.py", title=t(lang, f"page.{name}"), url_path=name, default=name == "overview")
         for name in PAGES}
chosen = st.navigation(list(pages.values()), position="hidden")
header(pages, chosen)
chosen.run()
show_notes()
footer()
