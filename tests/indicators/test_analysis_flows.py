"""Totals, balances and shares of flows: nothing is split, nothing counted twice, bounds hold what the figures may be."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators import series
from indicators.analysis.flows import addable, balance, measured, one_a_year, population, shares, sums_to_unions, totals

BJ, TJ, HB = "110000", "120000", "130000"


def rows(*given, period="2020", basis="b", kind="year"):
    return pd.DataFrame([{
        "area": a, "counterpart_area": c, "year": int(period[:4]), "t": float(period[:4]), "period": period, "period_kind": kind, "basis": basis, "value": float(v),
        "lower": v - half, "upper": v + half, "source": "s", "locator": "l", "obs_status": "A"} for a, c, v, half in given])


def test_totals_against_plain_sums():
    flows = rows((BJ, TJ, 30, 0.5), (BJ, HB, 50, 5), (TJ, BJ, 12, 0.5), (HB, BJ, 8, 1))
    got = totals(flows).set_index("area")
    out = np.array([[30, 29.5, 30.5], [50, 45, 55]]).sum(axis=0)
    into = np.array([[12, 11.5, 12.5], [8, 7, 9]]).sum(axis=0)
    beijing = got.loc[BJ]
    assert [beijing[f"outflow{e}"] for e in ("", "_lower", "_upper")] == list(out)
    assert [beijing[f"inflow{e}"] for e in ("", "_lower", "_upper")] == list(into)
    assert (beijing["net"], beijing["net_lower"], beijing["net_upper"]) == (-60, 18.5 - 85.5, 21.5 - 74.5)
    assert beijing["gross"] == 100 and beijing["balance"] == pytest.approx(-60)
    assert beijing["balance_lower"] == pytest.approx(100 * (18.5 - 85.5) / (18.5 + 85.5))
    assert got["net"].sum() == pytest.approx(0)  # what leaves one place reaches another


def test_a_total_to_a_union_stays_with_the_union():
    got = totals(rows((BJ, "jin_ji", 100, 1))).set_index("area")
    assert set(got.index) == {BJ, "jin_ji"} and got.loc["jin_ji", "inflow"] == 100
    assert math.isnan(got.loc["jin_ji", "outflow"]) and math.isnan(got.loc[BJ, "net"])


def test_parts_and_their_total_are_never_both_counted():
    flows = rows((BJ, "jin_ji", 80, 1), (BJ, TJ, 30, 1), (BJ, HB, 50, 1))
    flows = one_a_year(flows)
    assert dict(zip(flows["counterpart_area"], flows["role"])) == {"jin_ji": "total", TJ: "drawn", HB: "drawn"}
    assert totals(flows[flows["role"] == "drawn"]).set_index("area").loc[BJ, "outflow"] == 80
    assert not addable(flows)  # all three together would count everything twice
    assert math.isnan(totals(flows).set_index("area").loc[BJ, "outflow"])


@pytest.mark.parametrize("other", [{"period": "2020-01/2020-06"}, {"basis": "other"}])
def test_nothing_is_added_across_periods_and_bases(other):
    flows = pd.concat([rows((BJ, TJ, 30, 1)), rows((BJ, HB, 50, 1), **other)], ignore_index=True)
    assert math.isnan(totals(flows).set_index("area").loc[BJ, "outflow"])
    assert shares(flows)["share"].isna().all()


def test_net_needs_the_same_partners_on_both_sides():
    flows = rows((BJ, "jin_ji", 80, 1), (TJ, BJ, 5, 1))
    assert math.isnan(totals(flows).set_index("area").loc[BJ, "net"])
    flows = rows((BJ, "jin_ji", 80, 1), (TJ, BJ, 5, 1), (HB, BJ, 15, 1))
    assert totals(flows).set_index("area").loc[BJ, "balance"] == pytest.approx(-60)


def test_amounts_a_head_are_those_of_the_population_of_the_year():
    people = pd.DataFrame([{"area": BJ, "year": 2020, "kind": "year", "value": 2000.0, "lower": 1999.0, "upper": 2001.0, "source": "p", "locator": ""}])
    got = totals(rows((BJ, TJ, 30, 1)), people, 10_000).set_index("area")
    assert got.loc[BJ, "outflow_per_head"] == 150 and got.loc[BJ, "outflow_per_head_upper"] == pytest.approx(10_000 * 31 / 1999)
    assert math.isnan(got.loc[TJ, "inflow_per_head"])  # no population of Tianjin: a gap
    assert got.loc[BJ, "source"] == "s|p"
    since = rows((BJ, TJ, 30, 1), period="2014/2020", kind="cumulative")
    assert totals(since.assign(year=2020), people).set_index("area")["outflow_per_head"].isna().all()


def test_population_of_a_year_is_the_mean_of_both_ends():
    ends = series("resident_population", areas=[BJ], period_kind="end").set_index("year")
    mean = population().query("area == @BJ and kind == 'year' and year == 2023").iloc[0]
    assert mean["value"] == pytest.approx((ends.loc[2022, "value"] + ends.loc[2023, "value"]) / 2)


def test_parts_without_a_printed_total_are_added_to_their_union():
    year = series("investment_flow", period_kind="year")
    own = year[(year["area"] == BJ) & (year["year"] == 2016)]
    made = sums_to_unions(own, BJ)
    assert made[["area", "counterpart_area"]].to_numpy().tolist() == [[BJ, "jin_ji"]] and made["computed"].all()
    assert made["value"].iloc[0] == pytest.approx(own["value"].sum()) and set(made["source"].iloc[0].split("|")) == set(own["source"])
    branches = series("zgc_branches", period_kind="end")
    assert sums_to_unions(branches, BJ).empty  # where the total is printed, it is that


amount = st.floats(0, 1e6, allow_nan=False)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(amount, st.floats(0, 10), st.floats(0, 10)), min_size=4, max_size=4))
def test_bounds_widen_with_coarser_printing_and_hold_the_value(figures):
    pairs = [(BJ, TJ), (BJ, HB), (TJ, BJ), (HB, BJ)]
    fine, coarse = (rows(*((a, c, v, h + k * more) for (a, c), (v, h, more) in zip(pairs, figures))) for k in (0, 1))
    fine, coarse = (f.assign(lower=f["lower"].clip(lower=0)) for f in (fine, coarse))
    for a, b in ((totals(fine), totals(coarse)), (shares(fine), shares(coarse))):
        names = [c for c in a.columns if f"{c}_lower" in a.columns]
        for name in names:
            low, value, high = (a[f"{name}{e}"].to_numpy(float) for e in ("_lower", "", "_upper"))
            known = ~np.isnan(value)
            assert (low[known] <= value[known] + 1e-6).all() and (value[known] <= high[known] + 1e-6).all()
            wide = ~np.isnan(b[f"{name}_lower"].to_numpy(float)) & ~np.isnan(low)
            assert (b[f"{name}_lower"].to_numpy(float)[wide] <= low[wide] + 1e-6).all()
            assert (b[f"{name}_upper"].to_numpy(float)[wide] >= high[wide] - 1e-6).all()


@settings(max_examples=25, deadline=None)
@given(amount, amount, st.floats(0, 1), st.floats(0, 1), st.floats(0, 50))
def test_the_balance_of_any_figures_within_the_intervals_lies_in_its_bounds(i, o, x, y, half):
    inflow, outflow = ((v, max(0, v - half), v + half) for v in (i, o))
    i, o = (low + w * (high - low) for (_, low, high), w in ((inflow, x), (outflow, y)))
    if i + o > 1e-3:
        _, low, high = balance(inflow, outflow)
        assert low - 1e-6 <= 100 * (i - o) / (i + o) <= high + 1e-6


def test_shares_add_up_and_one_flow_is_everything():
    got = shares(rows((BJ, TJ, 30, 1), (BJ, HB, 50, 1), (HB, TJ, 7, 3)))
    assert got["share"].tolist() == pytest.approx([37.5, 62.5, 100]) and got.loc[2, "share_lower"] == 100
    assert got.loc[0, "share_lower"] == pytest.approx(100 * 29 / (29 + 51)) and got.loc[0, "share_upper"] == pytest.approx(100 * 31 / (31 + 49))


def test_measured_rows_have_the_partners_and_all_sources_of_what_they_are_made_of():
    given = rows((BJ, TJ, 30, 1), (BJ, HB, 10, 1), (TJ, BJ, 5, 1))
    given = given.assign(source=["a", "b", "c"], unit="u", conflict=False, obs_status=["A", "E", "A"], computed=False, value_text="", rule="only", others=0, measure="level")
    found = measured(given)

    def of(quantity, key="area", rows_=found):
        return rows_[rows_["measure"] == quantity].set_index(key)

    out = of("outflow")
    assert out.loc[BJ, ["value", "partners", "computed", "source", "obs_status", "unit"]].tolist() == [40, f"{TJ}|{HB}", True, "a|b", "E", "u"]
    assert out.loc[TJ, ["value", "partners", "computed", "source"]].tolist() == [5, BJ, False, "c"]  # the printed figure itself
    net = of("net")
    assert set(net.index) == {TJ} and net.loc[TJ, ["value", "lower", "upper"]].tolist() == [25, 23, 27]  # Beijing's partners differ by direction
    assert of("balance").loc[TJ, ["value", "unit"]].tolist() == [pytest.approx(100 * 25 / 35), "%"]
    assert of("share", "counterpart_area")["value"].to_dict() == {TJ: 75, HB: 25}
    people = pd.DataFrame([{"area": BJ, "year": 2020, "kind": "year", "value": 2000.0, "lower": 2000.0, "upper": 2000.0, "source": "p", "locator": ""}])
    head = of("outflow_per_head", rows_=measured(given, people, 10_000, "元/人"))
    assert head.loc[BJ, ["value", "unit", "source"]].tolist() == [200, "元/人", "a|b|p"] and TJ not in head.index
    assert measured(given.iloc[:0]).empty
