"""Supply of farm products to Beijing and projects of farming.

Flows run from the place of production to the market. Nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("agri_innovation_platforms", "agriculture", "个"),
    Indicator("agri_projects_investment", "agriculture", "亿元", period_kind="year", flow=True, decimals=1),
    Indicator("agri_projects_received", "agriculture", "个", period_kind="year", flow=True),
    Indicator("clean_vegetable_events", "agriculture", "场", period_kind="year", flow=True),
    Indicator("clean_vegetable_share_to_beijing", "agriculture", "%", flow=True),
    Indicator("clean_vegetable_signed_investment", "agriculture", "亿元", period_kind="year"),
    Indicator("vegetable_bases", "agriculture", "家"),
    Indicator("vegetable_supply_centres", "agriculture", "个"),
]
