"""Care for older people across the borders of the three places.

Residents of Beijing and Tianjin who live elsewhere are flows from the place of registration to the
place of care. Nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("elderly_in_institutions", "eldercare", "人", flow=True),
    Indicator("elderly_in_community", "eldercare", "人", flow=True),
    Indicator("elderly_around_beijing", "eldercare", "人", period_kind="cumulative", flow=True),
    Indicator("eldercare_agreement_cities", "eldercare", "个"),
    Indicator("eldercare_agreements", "eldercare", "个", period_kind="year", flow=True),
    Indicator("eldercare_complexes_promoted", "eldercare", "个", period_kind="year"),
    Indicator("eldercare_matching_trips", "eldercare", "万人次", period_kind="year", flow=True, decimals=2),
    Indicator("eldercare_matching_units", "eldercare", "家", period_kind="year", flow=True),
    Indicator("eldercare_operating_subsidies", "eldercare", "万元", period_kind="cumulative", flow=True),
    Indicator("eldercare_portal_homes", "eldercare", "家", flow=True),
    Indicator("eldercare_portal_projects", "eldercare", "个", flow=True),
    Indicator("eldercare_portal_visits", "eldercare", "万次", period_kind="cumulative"),
    Indicator(
        "eldercare_project_funds_realised", "eldercare", "亿元", period_kind="year", flow=True, decimals=1,
    ),
    Indicator("eldercare_project_investment", "eldercare", "亿元", period_kind="year", flow=True),
    Indicator("eldercare_remote_homes_listed", "eldercare", "家"),
    Indicator("eldercare_staff_trained", "eldercare", "人", period_kind="year"),
    Indicator("elderly_sojourn_visits", "eldercare", "万人次", flow=True),
]
