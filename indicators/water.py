"""Rivers, water quality and water works.

Counts as stated at a date; nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("rivers_reconnected", "water", "条", better="higher"),
    Indicator("sections_water_quality", "water", "个", better="higher"),
    Indicator("small_watershed_area", "water", "平方公里"),
    Indicator("water_saving_irrigation_works", "water", "处"),
    Indicator("water_source_works", "water", "处"),
]
