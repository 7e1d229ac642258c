"""Research, technology-based firms and shared platforms.

R&D expenditure and counts of firms by seat add up over areas; R&D intensity is a mean weighted by GDP.
Everything else stands for itself.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator(
        "rd_expenditure", "innovation", "亿元", aggregation="sum", period_kind="year", better="higher",
        decimals=1,
    ),
    Indicator(
        "rd_intensity", "innovation", "%", aggregation="mean", weight="gdp", period_kind="year",
        better="higher", decimals=2,
    ),
    Indicator(
        "rd_expenditure_industrial", "innovation", "亿元", aggregation="sum", period_kind="year",
        better="higher", decimals=1,
    ),
    Indicator("patents_granted", "innovation", "件", aggregation="sum", period_kind="year", better="higher"),
    Indicator("joint_ip_output", "innovation", "件", period_kind="year", better="higher"),
    Indicator("hightech_enterprises", "innovation", "家", aggregation="sum", better="higher"),
    Indicator("tech_smes", "innovation", "家", better="higher"),
    Indicator("eaglet_enterprises", "innovation", "家", better="higher"),
    Indicator("gazelle_enterprises", "innovation", "家", better="higher"),
    Indicator("hardtech_firms", "innovation", "家", better="higher"),
    Indicator("center_projects", "innovation", "项"),
    Indicator("center_projects_world_leading_share", "innovation", "%"),
    Indicator("platform_experts", "innovation", "人", better="higher"),
    Indicator("platform_instruments", "innovation", "台", better="higher"),
    Indicator("platform_results", "innovation", "项", better="higher"),
    Indicator("platform_firms_served", "innovation", "家", better="higher"),
    Indicator("platform_users", "innovation", "家", flow=True),
    Indicator("platform_results_published", "innovation", "项", flow=True),
    Indicator("platform_experts_collected", "innovation", "人", flow=True),
    Indicator("basic_research_projects", "innovation", "项", period_kind="cumulative"),
    Indicator("joint_rd_funding", "innovation", "亿元", period_kind="cumulative", decimals=1),
    Indicator("joint_rd_platforms", "innovation", "家", better="higher"),
    Indicator("national_institutes_introduced", "innovation", "家", better="higher"),
    Indicator("innovation_voucher_providers", "innovation", "家", better="higher"),
    Indicator("spark_events", "innovation", "场", period_kind="year"),
    Indicator("results_promoted", "innovation", "项", period_kind="year"),
    Indicator("research_results_transferred", "innovation", "项", period_kind="cumulative"),
    Indicator("robot_platforms", "innovation", "个"),
    Indicator("scenario_rd_funding", "innovation", "万元", period_kind="cumulative"),
    Indicator("scenario_social_funding", "innovation", "万元", period_kind="cumulative"),
    Indicator("integrated_service_agencies", "innovation", "家"),
    Indicator("firms_from_beijing_served", "innovation", "家", period_kind="cumulative", flow=True),
    Indicator("open_licence_patents", "innovation", "项", better="higher"),
    Indicator("olympic_ip_cases", "innovation", "件", period_kind="year"),
    Indicator("counterfeit_criminal_cases", "innovation", "件", period_kind="year"),
    Indicator("overseas_ip_records", "innovation", "万件"),
    Indicator("ip_search_savings", "innovation", "亿元", period_kind="year"),
    Indicator("high_end_talent", "innovation", "万人", better="higher", decimals=1),
    Indicator("leading_talent_introduced", "innovation", "人", period_kind="cumulative"),
    Indicator("key_field_talent_introduced", "innovation", "人", period_kind="cumulative"),
    Indicator("new_innovation_talent", "innovation", "万人", period_kind="cumulative", decimals=2),
    Indicator("postdoc_positions", "innovation", "个", period_kind="cumulative"),
]
