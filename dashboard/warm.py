"""Computes, at start and in the background, what pages show first."""

from __future__ import annotations

import gc

from dashboard import api, dossier, glance, index_scores, views
from dashboard.i18n import LANGUAGES
from dashboard.profile import body, lead_view
from indicators import catalogue
from indicators.reports.reviewed import one_revision


def warm() -> None:
    """Fill the caches: the overview, the first map and trend in both languages, then all series."""
    with one_revision():
        _compute()
    gc.collect()
    gc.freeze()


def _compute() -> None:
    for lang in LANGUAGES:
        views.map_view("gdp", "level", "prefecture", lang)
        glance.families(lang)
        glance.themes(lang)
        views.trend_view(("gdp",), ("110000", "120000", "130000"), "level", lang)
        dossier.lead_view("gdp", lang)
        lead_view("jjj", lang)
        body("jjj", lang)
    for indicator in catalogue():
        views.levels_of(indicator.id)
    api.catalogue_content()
    index_scores.scores(index_scores.STANDARD)
