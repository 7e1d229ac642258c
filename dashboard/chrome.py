"""What frames every page: header with the language switch, footer with credits."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.i18n import t
from dashboard.state import language_switch, link
from geodata import CREDIT


def header(pages, chosen) -> None:
    """Name of the program, pages, language."""
    with st.container(key="masthead", horizontal=True, vertical_alignment="center"):
        lang = language_switch()
        current = chosen.url_path or "overview"
        items = "".join(
            f'<a href="{link("" if name == "overview" else name, lang)}"'
            f'{" aria-current=page" if name == current or (name == "overview" and not chosen.url_path) else ""}>{escape(t(lang, f"page.{name}"))}</a>'
            for name in pages)
        st.html(f'<header class="masthead"><a class="brand" href="{link("", lang)}"><i aria-hidden="true"></i>'
                f'<b>{escape(t(lang, "app.title"))}</b></a><nav aria-label="{escape(t(lang, "app.pages"))}">{items}</nav></header>'
                f'<span class="langtag" data-lang="{t(lang, "lang_tag")}" hidden></span>')


def footer() -> None:
    """Credits and what the figures are."""
    from dashboard.state import language

    lang = language()
    st.html(f'<footer class="colophon"><p>{escape(t(lang, "footer.figures"))}</p><p>{escape(CREDIT[lang])}</p>'
            f'<p><a href="./api/catalogue.json">API</a> · <a href="./api/openapi.json">OpenAPI</a> · '
            f'<a href="{link("briefing", lang)}" target="_blank">{escape(t(lang, "briefing.open"))}</a></p></footer>')


def title(lang: str, text: str, lead: str = "") -> None:
    """Heading of a page."""
    st.html(f"<h1>{escape(text)}</h1>" + (f'<p class="lead">{escape(lead)}</p>' if lead else ""))
