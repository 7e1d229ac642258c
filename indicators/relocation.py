"""What left Beijing and what Tianjin and Hebei took over: firms, units, projects, capital.

Mostly counts since the start of the strategy, as authorities and parks state them; their scopes differ,
so they are neither added over areas nor differenced over time. Flows run from origin to destination.

From records of changed registrations (:data:`RECORDS`) a firm that moved its registered address out of
Beijing counts once a year for each destination, however often it moved.
"""

from __future__ import annotations

from fractions import Fraction

from indicators.model import Indicator
from indicators.records import flows, tables
from indicators.records.statistic import Figure, Statistic

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


# --- from records of changed registrations ---------------------------------------------


def _read(raw, today):
    firm, date, before, after = tables.text(raw.firm), tables.day(raw.date, today), tables.text(raw.county_before), tables.text(raw.county_after)
    problem = tables.first_problem(date, more=[(firm.value.isnull(), "no firm")])
    return tables.beside(raw, firm=firm.value, day=date.value, county_before=before.value, county_after=after.value, problem=problem)


def _problem(changes, places):
    placed = flows.located(changes, places, "county_before", "county_after")
    misplaced = flows.misplaced(placed, "county_before", "county_after")
    return flows.with_problem(placed, [*misplaced, (~placed.county_before.startswith("11"), "not out of Beijing"), flows.apart(placed, "county_before", "county_after")])


def _moves(good):
    moves = flows.yearly(good, "county_before", "county_after")
    return moves.group_by("area", "counterpart", "year").aggregate(firms=moves.firm.nunique())


def _firms(rows, kind) -> list[Figure]:
    return [Figure(row["area"], row["counterpart"], f"{int(row['year']):04d}", kind, Fraction(int(row["firms"]))) for row in rows]


RECORDS = [Statistic(
    "enterprises_moved_out", table="registration_changes", kinds=("year",), digits=0, read=_read, problem=_problem,
    key=("firm", "day", "county_before", "county_after"), content=("county_before_unit", "county_after_unit"), result=_moves, figures=_firms,
    rule="different firms whose registered address moved from Beijing to another place in the year, by the counties before and after",
)]
