"""Pollution control, climate and green space, PM2.5 apart.

Capacity cuts and households switched are totals since the start of the strategy; shares are states at
a date. Nothing is added up over areas.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("good_air_days", "environment", "天", period_kind="year", better="higher"),
    Indicator("good_air_days_share", "environment", "%", period_kind="year", better="higher", decimals=1),
    Indicator("coal_to_clean_households", "environment", "户", period_kind="cumulative", better="higher"),
    Indicator("polluting_firms_rectified", "environment", "家", period_kind="cumulative"),
    Indicator("steel_capacity_cut", "environment", "万吨", period_kind="cumulative"),
    Indicator("cement_capacity_cut", "environment", "万吨", period_kind="cumulative"),
    Indicator("flat_glass_capacity_cut", "environment", "万重量箱", period_kind="cumulative"),
    Indicator("forest_coverage", "environment", "%", better="higher", decimals=1),
    Indicator("steel_ulow_emission_capacity", "environment", "万吨", better="higher"),
    Indicator("swift_population", "environment", "只", better="higher"),
    Indicator("wild_bird_species", "environment", "种", better="higher"),
    Indicator("a_grade_steel_firms", "environment", "家", better="higher"),
    Indicator("abandoned_mines_restored", "environment", "宗", period_kind="cumulative"),
    Indicator("afforestation_area", "environment", "万亩", period_kind="cumulative", better="higher"),
    Indicator("blue_green_space_share", "environment", "%", better="higher"),
    Indicator("carbon_product_certified", "environment", "万吨", period_kind="cumulative"),
    Indicator("carbon_product_methodologies", "environment", "个", period_kind="cumulative"),
    Indicator("carbon_product_projects", "environment", "个", period_kind="cumulative"),
    Indicator("clean_port_machinery_share", "environment", "%", better="higher"),
    Indicator("eco_joint_enforcement", "environment", "轮次", period_kind="year"),
    Indicator("eco_problems_corrected", "environment", "个", period_kind="year"),
    Indicator("eco_standards", "environment", "项", period_kind="cumulative"),
    Indicator("eco_zone_exceed_rate", "environment", "%", decimals=1),
    Indicator("eco_zone_indicators", "environment", "项"),
    Indicator("eco_zone_target_rate", "environment", "%"),
    Indicator("ets_compliance_rate", "environment", "%", period_kind="year"),
    Indicator("ets_firms", "environment", "家", period_kind="year"),
    Indicator("green_barrier_length", "environment", "公里"),
    Indicator("green_barrier_width", "environment", "公里"),
    Indicator("green_building_area", "environment", "万平方米"),
    Indicator("green_factories", "environment", "家", better="higher"),
    Indicator("green_factories_share", "environment", "%", decimals=1),
    Indicator("green_industrial_parks", "environment", "家", better="higher"),
    Indicator("greening_vacated_land", "environment", "公顷", period_kind="cumulative"),
    Indicator("sandstorm_project_investment", "environment", "万元", decimals=2),
    Indicator("small_boilers_eliminated", "environment", "台", period_kind="cumulative"),
    Indicator("steel_ulow_emission_firms", "environment", "家"),
]
