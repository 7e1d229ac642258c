"""Investment promotion and trade that belong to no other family.

Single statements of reports; nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("consecutive_years_investment", "economy", "年"),
    Indicator("consecutive_years_promotion", "economy", "年"),
    Indicator("coop_project_memoranda", "economy", "个", period_kind="year"),
    Indicator("fixed_asset_investment", "economy", "亿元", period_kind="year", decimals=2),
    Indicator("joint_promotion_events", "economy", "场", period_kind="cumulative"),
    Indicator("key_business_districts", "economy", "个"),
    Indicator("promotion_event_firms", "economy", "家", period_kind="cumulative"),
    Indicator("urban_consumption_centers", "economy", "个"),
]
