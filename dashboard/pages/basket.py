"""Basket: views that the reader has gathered, to be taken along or presented as a whole."""

from dashboard.basket import basket
from dashboard.chrome import title
from dashboard.i18n import t
from dashboard.state import language

lang = language()
title(lang, t(lang, "page.basket"), t(lang, "basket.lead"))
basket(lang)
