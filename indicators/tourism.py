"""Tourism: routes, flows of visitors and circles of travel.

Shares and indices are those of the study that printed them; nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("tourist_internal_circulation_share", "tourism", "%", period_kind="year", decimals=2),
    Indicator("living_circle_time", "tourism", "分钟", better="lower"),
    Indicator("leisure_circle_time", "tourism", "分钟", better="lower"),
    Indicator("holiday_circle_time", "tourism", "分钟", better="lower"),
    Indicator("tourism_governance_index", "tourism", "指数", period_kind="year", decimals=2),
    Indicator("canal_navigation_km", "tourism", "公里"),
    Indicator("culture_tourism_firms_on_platform", "tourism", "家"),
    Indicator("tourism_meetings", "tourism", "次", period_kind="cumulative"),
    Indicator("tourism_routes", "tourism", "条"),
    Indicator("tourist_internal_circulation_rank", "tourism", "位", period_kind="year"),
]
