"""The basket's page: what its script needs to know of views and of this deployment."""

from __future__ import annotations

from dashboard.chart import component
from dashboard.i18n import t, text
from dashboard.kinds import KINDS
from dashboard.state import link
from dashboard.static_files import asset_url

#: Characters of a link that browsers, mail programs and messengers carry whole.
LONGEST = 4000


def payload(lang: str) -> dict:
    """What the browser gets: words, pages of the kinds of views, addresses of the scripts."""
    return {
        "script": asset_url("basket.js"), "panel": asset_url("panel.js"), "panelWords": asset_url(f"panel-{lang}.json"), "lang": lang,
        "words": text(lang)["basket"], "pages": {kind.id: kind.page for kind in KINDS.values()}, "longest": LONGEST,
        "start": {link(page, lang): t(lang, f"page.{page}") for page in ("map", "trends", "region", "indicator")},
    }


def basket(lang: str) -> None:
    """Draw the list; it is kept in the reader's browser alone."""
    component("basket")(key="basket", data=payload(lang))
