"""The building-up of Xiong'an New Area, as far as it fits no other theme.

Stocks as stated at a date; nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("residents_resettled", "xiongan", "万人", period_kind="cumulative"),
    Indicator("xiongan_construction_workers", "xiongan", "万人"),
    Indicator("xiongan_projects_under_construction", "xiongan", "个"),
]
