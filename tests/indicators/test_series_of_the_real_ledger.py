"""Series of this checkout's ledger against plain numpy on its rows, and against figures known from elsewhere."""

import csv
from collections import defaultdict

import numpy as np
import pytest

from geodata import area_km2, members
from indicators import catalogue, get, series
from indicators.ledger import DATA, observations, reconciled
from indicators.measures import period_kinds
from indicators.model import MEASURES, read_printed
from tests.indicators.small import BEIJING, HEBEI, PROVINCES, TIANJIN

REGIONS = ("jjj", "jin_ji", "jing_jin", "jing_ji")


def shown(indicator, kind):
    """(area, counterpart, year) -> (value, basis) of the figures shown of single years."""
    rows = reconciled(indicator)
    rows = rows[rows["shown"] & (rows["period_kind"] == kind) & (rows["obs_status"] != "F")]
    return {(r.area, r.counterpart_area, int(r.period)): (r.value, get(indicator).basis(r.vintage)) for r in rows.itertuples() if len(r.period) == 4}


def unbroken(indicator):
    """Whether an area's figures of two years stand on one side of every break that its rows mark."""
    rows = reconciled(indicator)
    rows = rows[rows["shown"] & (rows["obs_status"] == "B")]
    years = [(r.area, int(r.period)) for r in rows.itertuples()]
    assert years
    return lambda area, first, last: not any(a == area and first < y <= last for a, y in years)


def with_regions(figures):
    """The figures, and sums over the provinces where all members stand on one basis."""
    own = {(area, year): figure for (area, _, year), figure in figures.items()}
    for region in REGIONS:
        for year in {year for _, year in own}:
            parts = [own.get((code, year)) for code in members(region)]
            if None not in parts and len({basis for _, basis in parts}) == 1:
                own[region, year] = (float(np.sum([value for value, _ in parts])), parts[0][1])
    return own


@pytest.fixture(scope="module")
def gdp():
    return with_regions(shown("gdp", "year"))


@pytest.fixture(scope="module")
def people():
    return with_regions(shown("resident_population", "end"))


def numbers(indicator, **asked):
    frame = series(indicator, **asked)
    frame = frame[frame["period"].str.len() == 4]
    assert len(frame)
    return {(r.area, r.year): r.value for r in frame.itertuples()}


def same(found, expected, areas=None):
    expected = {k: v for k, v in expected.items() if areas is None or k[0] in areas}
    assert len(expected) > 10
    assert {k: v for k, v in found.items() if areas is None or k[0] in areas} == {
        k: pytest.approx(v, rel=1e-9, abs=1e-9) for k, v in expected.items()}


WITH_ALL = (*PROVINCES, *REGIONS, *(f"13{n:02}00" for n in range(1, 12)))


def test_gdp_is_that_of_the_rows_and_adds_up(gdp):
    same(numbers("gdp"), {k: v for k, (v, _) in gdp.items()}, WITH_ALL)


def test_gdp_shares_are_of_the_region(gdp):
    expected = {(a, y): 100 * v / gdp["jjj", y][0] for (a, y), (v, b) in gdp.items() if a != "jjj" and gdp.get(("jjj", y), (0, 0))[1] == b}
    same(numbers("gdp", measure="share"), expected, WITH_ALL)


def test_gdp_growth_is_on_the_year_before_on_one_basis(gdp):
    whole = unbroken("gdp")
    expected = {(a, y): 100 * (v / gdp[a, y - 1][0] - 1) for (a, y), (v, b) in gdp.items() if gdp.get((a, y - 1), (0, 0))[1] == b and whole(a, y - 1, y)}
    same(numbers("gdp", measure="growth"), expected, WITH_ALL)
    assert expected.keys() < gdp.keys() - {(a, y) for a, y in gdp if (a, y - 1) not in gdp}  # a basis changes somewhere


@pytest.mark.parametrize("base", [2014, 2018])
def test_gdp_index_and_average_growth_count_from_the_base_year_on_one_basis(gdp, base):
    whole = unbroken("gdp")
    ratio = {(a, y): v / gdp[a, base][0] for (a, y), (v, b) in gdp.items() if y >= base and gdp.get((a, base), (0, 0))[1] == b and whole(a, base, y)}
    same(numbers("gdp", measure="index", base=base), {k: 100 * r for k, r in ratio.items()}, WITH_ALL)
    same(numbers("gdp", measure="growth", base=base), {k: 100 * r - 100 for k, r in ratio.items()}, WITH_ALL)
    average = {(a, y): 100 * (np.power(r, 1 / (y - base)) - 1) for (a, y), r in ratio.items() if y > base}
    same(numbers("gdp", measure="cagr", base=base), average, WITH_ALL)


def test_gdp_per_head_is_by_the_mean_population_of_the_year(gdp, people):
    expected, whole = {}, unbroken("resident_population")
    for (area, year), (value, _) in gdp.items():
        ends = [people.get((area, y)) for y in (year - 1, year)]
        if None not in ends and ends[0][1] == ends[1][1] and whole(area, year - 1, year):
            expected[area, year] = value * 1e8 / (np.mean([ends[0][0], ends[1][0]]) * 1e4)
    same(numbers("gdp", measure="per_capita"), expected, WITH_ALL)


def test_density_is_by_the_area_of_the_polygon(gdp, people):
    for indicator, figures in (("gdp", gdp), ("resident_population", people)):
        expected = {(a, y): v / area_km2(a) * 1e4 for (a, y), (v, _) in figures.items() if a in WITH_ALL}
        same(numbers(indicator, measure="density"), expected, WITH_ALL)


def test_population_per_head_of_itself_is_one():
    found = numbers("resident_population", measure="per_capita")
    assert len(found) > 100 and set(found.values()) == {1.0}


def test_pm25_is_read_against_the_national_limit_and_its_base_year():
    own = {(a, y): figure for (a, _, y), figure in shown("pm25", "year").items()}
    same(numbers("pm25"), {k: v for k, (v, _) in own.items()})
    same(numbers("pm25", measure="over_limit"), {k: v / 35 for k, (v, _) in own.items()})
    whole = unbroken("pm25")
    index = {(a, y): 100 * v / own[a, 2013][0] for (a, y), (v, b) in own.items()
             if y >= 2013 and own.get((a, 2013), (0, 0))[1] == b and whole(a, 2013, y)}
    same(numbers("pm25", measure="index", base="2013"), index)
    growth = {(a, y): 100 * (v / own[a, y - 1][0] - 1) for (a, y), (v, b) in own.items()
              if own.get((a, y - 1), (0, 0))[1] == b and whole(a, y - 1, y)}
    same(numbers("pm25", measure="growth"), growth)


def test_pm25_is_never_averaged_over_areas():
    printed = {(r.area, r.period) for r in observations().itertuples() if r.indicator == "pm25"}
    frame = series("pm25")
    assert set(zip(frame["area"], frame["period"])) <= printed


def test_the_share_of_contracts_is_of_what_the_origin_sold_in_all():
    flow = {(a, c, y): v for (a, c, y), (v, _) in shown("tech_contract_value", "year").items()}
    sold = with_regions(shown("tech_contract_total", "year"))
    expected = {(a, c, y): pytest.approx(100 * v / sold[a, y][0], rel=1e-12) for (a, c, y), v in flow.items() if (a, y) in sold}
    frame = series("tech_contract_value", measure="share_of_output")
    assert {(r.area, r.counterpart_area, r.year): r.value for r in frame.itertuples()} == expected
    assert len(expected) > 3


def test_the_series_of_contracts_is_that_of_the_rows():
    expected = {k: v for k, (v, _) in shown("tech_contract_value", "year").items()}
    frame = series("tech_contract_value")
    assert {(r.area, r.counterpart_area, r.year): r.value for r in frame.itertuples()} == expected


def test_figures_published_elsewhere_come_out():
    gdp = numbers("gdp")
    assert [gdp[c, 2023] for c in PROVINCES] == [43760.7, 16737.3, 43944.1]
    assert gdp["jjj", 2023] == pytest.approx(104442.1)
    printed = read_printed("10.4万亿元", "亿元")  # as the three bureaus announced it
    assert printed.lower <= gdp["jjj", 2023] < printed.upper
    assert numbers("gdp", measure="share")[BEIJING, 2023] == pytest.approx(41.9, abs=0.05)
    assert numbers("pm25")[BEIJING, 2013] == 89.5
    assert numbers("pm25", measure="growth", base=2013)[BEIJING, 2023] == pytest.approx(-64.2, abs=0.05)  # the city's own statement
    frame = series("tech_contract_value", areas=BEIJING, counterparts=["jin_ji"])
    assert frame.set_index("year")["value"][2023] == 748.7
    people = numbers("resident_population")
    assert people["jjj", 2020] == pytest.approx(11039.6, rel=5e-3)  # 110.4 million were counted in November 2020


def test_no_line_runs_and_nothing_is_computed_across_two_bases():
    compared = 0
    vintages = observations().groupby("indicator")["vintage"].nunique()
    for indicator in catalogue():
        if vintages[indicator.id] < 2:
            continue
        levels = series(indicator.id)
        basis = defaultdict(set)
        for r in levels.itertuples():
            basis[r.area, r.counterpart_area, r.t].add(r.basis)
        for measure in {"growth", "cagr", "index"} & set(indicator.all_measures):
            for r in series(indicator.id, measure=measure, base=2014).itertuples():
                where = (r.area, r.counterpart_area)
                assert {r.basis} == basis[*where, r.t] & basis[*where, 2014.0], (indicator.id, measure, r.area, r.period)
                compared += 1
    assert compared > 100


def test_every_measure_of_every_indicator_can_be_computed_and_lies_in_its_bounds():
    seen = defaultdict(int)
    for indicator in catalogue():
        levels = series(indicator.id, targets=True)
        for measure in indicator.all_measures if levels["year"].nunique() > 2 else ("level",):
            frame = levels if measure == "level" else series(indicator.id, measure=measure, targets=True)
            assert np.isfinite(frame["value"]).all(), (indicator.id, measure)
            slack = 1e-9 * frame["value"].abs().clip(lower=1)
            assert (frame["lower"] <= frame["value"] + slack).all(), (indicator.id, measure)
            assert (frame["upper"] >= frame["value"] - slack).all(), (indicator.id, measure)
            assert not frame.duplicated(["area", "counterpart_area", "period"]).any(), (indicator.id, measure)
            seen[measure] += len(frame)
    assert set(seen) == set(MEASURES) and min(seen.values()) > 0


def test_every_figure_shown_reaches_a_series():
    rows = observations()
    for indicator in catalogue():
        areas = set(rows.loc[rows["indicator"] == indicator.id, "area"])
        found = set()
        for kind in period_kinds(indicator.id) or (None,):
            found |= set(series(indicator.id, period_kind=kind, targets=True)["area"])
        targets_only = set(rows.loc[rows["indicator"].eq(indicator.id) & rows["obs_status"].eq("F"), "area"])
        assert areas - targets_only <= found, indicator.id


def test_the_rows_that_the_series_were_checked_against_are_those_of_the_file():
    with open(DATA / "observations.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    frame = observations()
    assert [float(r["value"]) for r in rows] == frame["value"].tolist()
    assert [r["indicator"] for r in rows] == frame["indicator"].tolist()
    assert {TIANJIN, HEBEI} <= set(frame["area"])
