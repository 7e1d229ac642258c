"""The official index of coordinated development of Beijing, Tianjin and Hebei.

Published by the National Bureau of Statistics and the Beijing bureau. Every release revises the years
before, so each release is a vintage of its own and releases are never joined or differenced. Indicator
list and weights are not published; the index is not recomputed here.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("jjj_index_total", "economy", "指数", period_kind="year", better="higher", decimals=1),
    Indicator("jjj_index_innovation", "economy", "指数", period_kind="year", better="higher", decimals=1),
    Indicator("jjj_index_coordination", "economy", "指数", period_kind="year", better="higher", decimals=1),
    Indicator("jjj_index_green", "economy", "指数", period_kind="year", better="higher", decimals=1),
    Indicator("jjj_index_openness", "economy", "指数", period_kind="year", better="higher", decimals=1),
    Indicator("jjj_index_sharing", "economy", "指数", period_kind="year", better="higher", decimals=1),
]
