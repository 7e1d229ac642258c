"""Public services across the borders of the three places: items, cards, hotlines, agreements.

Stocks as stated at a date. The lists behind the counts grow and are recut, and lists of different
places overlap, so nothing is added up.

From case records (:data:`RECORDS`) the requests that the 12345 hotlines of the three places passed to
each other are counted by calendar year.
"""

from __future__ import annotations

from fractions import Fraction

from indicators.model import Indicator
from indicators.records import flows, tables
from indicators.records.statistic import Figure, Statistic

INDICATORS = [
    Indicator("cross_province_services", "services", "项", better="higher"),
    Indicator("cross_province_services_flow", "services", "项", flow=True, better="higher"),
    Indicator("cross_province_zone_items", "services", "项", better="higher"),
    Indicator("same_standard_services", "services", "项", better="higher"),
    Indicator("mobile_services", "services", "项", better="higher"),
    Indicator("self_service_items", "services", "项", better="higher"),
    Indicator("tianjin_districts_signed", "services", "个", better="higher"),
    Indicator("service_beneficiaries", "services", "万人"),
    Indicator("service_distance_saved", "services", "公里", period_kind="year", flow=True, better="higher"),
    Indicator("service_time_saved", "services", "小时", period_kind="year", flow=True, better="higher"),
    Indicator("e_licences_shared", "services", "项", better="higher"),
    Indicator("qualifications_recognised", "services", "项", better="higher"),
    Indicator("qualification_categories", "services", "个", better="higher"),
    Indicator("hotline_transfers", "services", "万件", period_kind="cumulative", decimals=1),
    Indicator("hotline_cities", "services", "个", better="higher"),
    Indicator("hotline_requests_accepted", "services", "万件", period_kind="cumulative"),
    Indicator("social_card_holders", "services", "万人", better="higher"),
    Indicator("social_card_scenarios", "services", "个", better="higher"),
    Indicator("pension_transfers", "services", "万人", period_kind="cumulative", flow=True, decimals=1),
    Indicator("hr_agreements", "services", "项", period_kind="cumulative", flow=True),
    Indicator("hr_agencies_grade_a", "services", "家", better="higher"),
    Indicator("collective_contract_firms", "services", "家"),
    Indicator("collective_contract_workers", "services", "万人", decimals=1),
    Indicator("business_env_documents", "services", "项", period_kind="cumulative"),
    Indicator("tax_migration_time", "services", "分钟", better="lower"),
    Indicator("first_violation_exemptions", "services", "万户次", period_kind="cumulative", decimals=1),
    Indicator("unified_penalty_items", "services", "项", better="higher"),
    Indicator("drug_joint_inspections", "services", "次", period_kind="cumulative"),
    Indicator("powers_delegated", "services", "项"),
    Indicator("reform_measures", "services", "项"),
    Indicator("permits_on_site", "services", "项", better="higher"),
    Indicator("cooperation_agreements", "services", "个", period_kind="cumulative"),
    Indicator("cooperation_mechanisms", "services", "个", period_kind="cumulative"),
    Indicator("joint_meetings", "services", "次", period_kind="cumulative"),
]


# --- from case records -----------------------------------------------------------------


def _read(raw, today):
    number, date, service = tables.text(raw.id), tables.day(raw.date, today), tables.text(raw.service)
    problem = tables.first_problem(date, more=[(number.value.isnull(), "no id"), (service.value.isnull(), "no service"),
                                               (~service.value.startswith("12345"), "another service")])
    return tables.beside(raw, id=number.value, day=date.value, area_from=tables.text(raw.area_from).value, area_to=tables.text(raw.area_to).value, problem=problem)


def _problem(cases, places):
    placed = flows.located(cases, places, "area_from", "area_to")
    return flows.with_problem(placed, [*flows.misplaced(placed, "area_from", "area_to"), flows.apart(placed, "area_from", "area_to")])


def _transfers(good):
    return good.group_by(year=good.day.year().cast("int64")).aggregate(cases=good.count())


def _ten_thousands(rows, kind) -> list[Figure]:
    return [Figure("jjj", "", f"{int(row['year']):04d}", kind, Fraction(int(row["cases"]), 10**4)) for row in rows]


RECORDS = [Statistic(
    "hotline_transfers", table="cases", kinds=("year",), digits=4, levels=("province",), read=_read, problem=_problem, key=("id",),
    content=("day", "area_from_unit", "area_to_unit"), result=_transfers, figures=_ten_thousands,
    rule="cases of the service 12345 passed from one of Beijing, Tianjin and Hebei to another, by year of the record's date",
)]
