"""Contracts, moved firms and hotline cases from records, against plain sums."""

import datetime
from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from indicators.records.compute import compute
from tests.indicators.records import made

TODAY = datetime.date(2024, 6, 1)


def figures(indicator, path, **options):
    computed = compute(indicator, str(path), today=TODAY, **options)
    return computed, {(r["area"], r["counterpart_area"], r["period"]): r["value_text"] for r in computed.rows}


def in_region(code):
    return code[:2] in ("11", "12", "13")


def flows(rows, place, value):
    """(origin, destination, year) -> sum, what leaves Beijing for the two others together once more."""
    found = defaultdict(Decimal)
    for _, day, seller, buyer, amount in rows:
        if in_region(seller) and in_region(buyer) and place(seller) != place(buyer):
            found[place(seller), place(buyer), str(day.year)] += value(amount)
            if place(seller) == "110000" and place(buyer) in ("120000", "130000"):
                found["110000", "jin_ji", str(day.year)] += value(amount)
    return found


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_amounts_of_contracts_are_added_to_the_cent(tmp_path, form):
    rows = made.contracts(1)
    if form == "csv":
        path = made.write_csv(tmp_path / "c.csv", "contracts", rows)
    else:
        path = made.write_parquet(tmp_path / "c.parquet", "contracts", [(*r[:4], float(r[4])) for r in rows])
    computed, found = figures("tech_contract_value", path)
    expected = flows(rows, made.province, Decimal)
    assert ("110000", "jin_ji", "2022") in expected and len(expected) == 21
    assert found == {k: str((v / 10**8).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)) for k, v in expected.items()}
    left = Counter()
    for _, _, seller, buyer, _ in rows:
        if not in_region(seller):
            left["seller_area is outside Beijing, Tianjin and Hebei"] += 1
        elif not in_region(buyer):
            left["buyer_area is outside Beijing, Tianjin and Hebei"] += 1
        elif made.province(seller) == made.province(buyer):
            left["seller_area and buyer_area are one place"] += 1
    assert computed.about["left_out"] == left


def test_contracts_are_counted(tmp_path):
    rows = made.contracts(2)
    _, found = figures("tech_contract_count", made.write_csv(tmp_path / "c.csv", "contracts", rows))
    assert found == {k: str(v) for k, v in flows(rows, made.province, lambda _: Decimal(1)).items()}


def test_flows_between_cities_take_counties_to_their_city(tmp_path):
    rows = made.contracts(3)
    _, found = figures("tech_contract_count", made.write_csv(tmp_path / "c.csv", "contracts", rows), level="prefecture")
    expected = flows(rows, lambda code: made.PREFECTURE[code], lambda _: Decimal(1))
    assert found == {k: str(v) for k, v in expected.items()}
    assert {"130100", "131000", "130600"} <= {k[1] for k in found}


def test_what_an_area_sells_in_all_holds_buyers_elsewhere(tmp_path):
    rows = made.contracts(4)
    _, found = figures("tech_contract_total", made.write_csv(tmp_path / "c.csv", "contracts", rows))
    expected = defaultdict(Decimal)
    for _, day, seller, _, amount in rows:
        if in_region(seller):
            expected[made.province(seller), "", str(day.year)] += Decimal(amount)
    assert found == {k: str((v / 10**8).quantize(Decimal("0.0001"), ROUND_HALF_EVEN)) for k, v in expected.items()}


def moved(rows, place):
    firms = defaultdict(set)
    for firm, day, before, after in rows:
        if before[:2] == "11" and place(before) != place(after):
            firms[place(before), place(after), str(day.year)].add(firm)
            if place(before) == "110000" and place(after) in ("120000", "130000"):
                firms["110000", "jin_ji", str(day.year)].add(firm)
    return {key: str(len(names)) for key, names in firms.items()}


@pytest.mark.parametrize(("level", "place"), [("province", made.province), ("prefecture", made.PREFECTURE.get), ("county", str)])
def test_firms_that_left_beijing_count_once_a_year_and_destination(tmp_path, level, place):
    rows = made.changes(5)
    _, found = figures("enterprises_moved_out", made.write_csv(tmp_path / "m.csv", "registration_changes", rows), level=level)
    assert found == moved(rows, place)
    if level == "province":  # some firms went to both, so that the sum would be too many
        assert int(found["110000", "jin_ji", "2022"]) < int(found["110000", "120000", "2022"]) + int(found["110000", "130000", "2022"])


def test_a_code_that_is_coarser_than_the_level_is_left_out(tmp_path):
    rows = [("f1", datetime.date(2023, 1, 5), "110105", "130000"), ("f2", datetime.date(2023, 1, 6), "110105", "130102")]
    computed, found = figures("enterprises_moved_out", made.write_csv(tmp_path / "m.csv", "registration_changes", rows), level="prefecture")
    assert found == {("110000", "130100", "2023"): "1"}
    assert computed.about["left_out"] == {"county_after is coarser than the level": 1}


def test_requests_that_the_hotlines_passed_on_are_counted_by_year(tmp_path):
    rows = made.cases(6)
    computed, found = figures("hotline_transfers", made.write_csv(tmp_path / "k.csv", "cases", rows))
    expected = Counter(day.year for _, day, service, *_ in rows if service.startswith("12345"))
    assert found == {("jjj", "", str(year)): f"{Decimal(n) / 10**4:.4f}" for year, n in expected.items()}
    assert computed.about["left_out"] == {"another service": sum(service == "政务" for _, _, service, *_ in rows)}
