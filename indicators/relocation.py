"""What left Beijing and what Tianjin and Hebei took over: firms, units, projects, capital.

Mostly counts since the start of the strategy, as authorities and parks state them; their scopes differ,
so they are neither added over areas nor differenced over time. Flows run from origin to destination.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator(
        "enterprises_withdrawn", "relocation", "家", period_kind="year", scope=("110000",),
        bases=(("published", "derived"),), flagship=True,
    ),
    Indicator("enterprises_moved_out", "relocation", "家", period_kind="cumulative", flow=True),
    Indicator("units_received", "relocation", "家", period_kind="cumulative", flow=True),
    Indicator("units_received_legal", "relocation", "家", period_kind="year", flow=True),
    Indicator("projects_received", "relocation", "个", period_kind="cumulative", flow=True),
    Indicator(
        "relocated_projects_investment", "relocation", "亿元", period_kind="cumulative", flow=True,
        decimals=1,
    ),
    Indicator(
        "investment_flow", "relocation", "亿元", period_kind="year", flow=True, better="higher", decimals=1,
    ),
    Indicator("new_registrations_flow", "relocation", "家", period_kind="cumulative", flow=True),
    Indicator("registered_capital_flow", "relocation", "亿元", period_kind="cumulative", flow=True),
    Indicator(
        "zgc_branches", "relocation", "家", flow=True, better="higher", bases=(("published", "report"),),
    ),
    Indicator("markets_logistics_relocated", "relocation", "个", period_kind="cumulative", scope=("110000",)),
    Indicator("cross_region_establishments", "relocation", "个"),
    Indicator("cross_region_establishments_flow", "relocation", "个", flow=True),
    Indicator("park_enterprises_settled", "relocation", "家"),
    Indicator("park_enterprises_from", "relocation", "家", flow=True),
    Indicator("park_investment", "relocation", "亿元"),
    Indicator("park_investment_from", "relocation", "亿元", flow=True),
    Indicator("event_enterprises_settled", "relocation", "家", period_kind="cumulative"),
    Indicator("park_visiting_enterprises", "relocation", "家", period_kind="cumulative"),
    Indicator("park_occupancy", "relocation", "%", better="higher"),
    Indicator("registered_enterprises", "relocation", "家"),
    Indicator("new_registered_enterprises", "relocation", "家", period_kind="year"),
    Indicator("registered_capital", "relocation", "亿元"),
    Indicator("signed_projects", "relocation", "个", period_kind="year"),
    Indicator("intended_investment", "relocation", "亿元", period_kind="year", decimals=2),
    Indicator("units_relocated", "relocation", "家", period_kind="cumulative", flow=True),
    Indicator("departments_relocated", "relocation", "个", period_kind="cumulative", flow=True),
    Indicator("civil_servants_relocated", "relocation", "人", period_kind="cumulative", flow=True),
    Indicator("universities_relocating_xiongan", "relocation", "所", flow=True),
    Indicator("hospitals_relocating_xiongan", "relocation", "家", period_kind="cumulative", flow=True),
    Indicator("universities_new_campus", "relocation", "所", period_kind="cumulative"),
    Indicator("hospitals_new_campus", "relocation", "家", period_kind="cumulative"),
    Indicator("universities_relocated_out", "relocation", "所", period_kind="cumulative"),
    Indicator("students_relocated", "relocation", "万人", period_kind="cumulative", decimals=1),
    Indicator("soe_headquarters", "relocation", "家"),
    Indicator("soe_institutions", "relocation", "家", period_kind="cumulative"),
    Indicator("soe_subsidiaries", "relocation", "家", period_kind="year"),
    Indicator("new_institutions", "relocation", "家", period_kind="year", flow=True),
    Indicator("coordinated_projects", "relocation", "个", period_kind="year"),
    Indicator("coordinated_projects_investment", "relocation", "亿元", period_kind="year", decimals=1),
    Indicator("project_investment", "relocation", "亿元", period_kind="cumulative"),
    Indicator("firms_from_beijing", "relocation", "家", period_kind="cumulative", flow=True),
    Indicator("paired_district_projects", "relocation", "个", period_kind="year", flow=True),
    Indicator("registrations_rejected", "relocation", "件", period_kind="cumulative"),
    Indicator("municipal_schools_hospitals_moved", "relocation", "所", period_kind="cumulative"),
    Indicator("illegal_construction_removed", "relocation", "平方米", period_kind="cumulative"),
    Indicator("construction_land_reduction", "relocation", "平方公里", period_kind="cumulative"),
    Indicator("districts_no_illegal_construction", "relocation", "个"),
    Indicator("phase1_area", "relocation", "平方公里", decimals=1),
    Indicator("design_tech_enterprises_settled", "relocation", "家"),
]
