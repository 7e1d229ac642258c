"""Sums, means and measures against plain arithmetic, on ledgers small enough to compute by hand."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import area_km2
from indicators import series
from indicators.measures import (
    SERIES_COLUMNS,
    clear_cache,
    divide,
    main_period_kind,
    per_capita_scale,
    period_kinds,
    unit_of,
)
from indicators.model import MEASURES
from tests.indicators.small import BEIJING, HEBEI, PROVINCES, TIANJIN, quick, row, write

pytestmark = pytest.mark.usefixtures("trial")


def provinces(indicator, period, values, **more):
    return [row(indicator, code, period, value, **more) for code, value in zip(PROVINCES, values)]


def years(indicator, area, values, **more):
    return [row(indicator, area, str(year), value, **more) for year, value in values.items()]


def values(frame):
    """(area, period) -> value."""
    return {(r.area, r.period): r.value for r in frame.itertuples()}


def exactly(expected):
    return {key: pytest.approx(value, rel=1e-12) for key, value in expected.items()}


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


# --- sums and means of members ---------------------------------------------------------


def test_a_composite_is_the_sum_of_its_members(ledger):
    folder = ledger(provinces("t_sum", "2020", (10, 20, 40)))
    frame = series("t_sum", folder=folder)
    assert values(frame) == {(BEIJING, "2020"): 10, (TIANJIN, "2020"): 20, (HEBEI, "2020"): 40, ("jjj", "2020"): 70,
                             ("jin_ji", "2020"): 60, ("jing_jin", "2020"): 30, ("jing_ji", "2020"): 50}
    region = only(frame[frame["area"] == "jjj"])
    assert (region["lower"], region["upper"]) == (68.5, 71.5)
    assert (region["rule"], region["computed"], region["value_text"], region["others"]) == ("computed", True, "", 0)
    assert not frame.loc[frame["area"].isin(PROVINCES), "computed"].any()


def test_a_composite_is_added_from_its_own_members_only(ledger):
    counties = ("131082", "131028", "131024")
    folder = ledger([row("t_stock", c, "2020", v) for c, v in zip(counties, (1, 2, 4))])
    assert values(series("t_stock", folder=folder))["beisanxian", "2020"] == 7
    assert set(series("t_stock", folder=folder)["area"]) == {*counties, "beisanxian"}


def test_there_is_no_sum_where_a_member_is_missing(ledger):
    folder = ledger(provinces("t_sum", "2020", (10, 20)) + provinces("t_sum", "2021", (10, 20, 40)))
    frame = series("t_sum", areas=["jjj", "jing_jin"], folder=folder)
    assert values(frame) == {("jing_jin", "2020"): 30, ("jing_jin", "2021"): 30, ("jjj", "2021"): 70}


def test_there_is_no_sum_over_two_bases(ledger):
    rows = provinces("t_sum", "2020", (10, 20)) + [row("t_sum", HEBEI, "2020", 40, vintage="x")]
    assert set(series("t_sum", folder=ledger(rows))["area"]) == {*PROVINCES, "jing_jin"}


def test_vintages_of_one_basis_add_up(ledger):
    rows = provinces("t_sum", "2020", (10, 20)) + [row("t_sum", HEBEI, "2020", 40, vintage="w")]
    region = only(series("t_sum", areas="jjj", folder=ledger(rows)))
    assert (region["value"], region["basis"]) == (70, "v")


def test_a_sum_has_the_sources_of_its_members_and_the_worst_of_their_statuses(ledger):
    rows = [row("t_sum", BEIJING, "2020", 1, source="a", locator="page=1", obs_status="A"),
            row("t_sum", TIANJIN, "2020", 1, source="b", locator="page=2", obs_status="E"),
            row("t_sum", HEBEI, "2020", 1, source="a", locator="page=3", obs_status="P")]
    region = only(series("t_sum", areas="jjj", folder=ledger(rows)))
    assert (region["source"], region["locator"], region["obs_status"]) == ("a|b", "page=1|page=2|page=3", "E")


def test_a_printed_figure_of_a_composite_stands_where_there_is_no_sum_and_beside_the_sum_where_there_is(ledger):
    rows = [*provinces("t_sum", "2020", (10, 20, 40)), row("t_sum", "jjj", "2020", 70, source="s2"),
            row("t_sum", "jjj", "2020", 70, source="s3"), row("t_sum", "jjj", "2021", 80)]
    frame = series("t_sum", areas="jjj", folder=ledger(rows)).set_index("period")
    assert frame["rule"].to_dict() == {"2020": "computed", "2021": "only"}
    assert frame["others"].to_dict() == {"2020": 2, "2021": 0}
    assert frame["value"].to_dict() == {"2020": 70, "2021": 80}


@pytest.mark.parametrize(("printed", "conflict"), [(70, False), (71.9, False), (72.2, True), (67.9, True)])
def test_a_sum_conflicts_with_a_printed_figure_whose_interval_it_does_not_meet(ledger, printed, conflict):
    rows = [*provinces("t_sum", "2020", (10, 20, 40)), row("t_sum", "jjj", "2020", printed)]
    assert only(series("t_sum", areas="jjj", folder=ledger(rows)))["conflict"] == conflict


@pytest.mark.parametrize(("vintage", "conflict"), [("v", True), ("w", True), ("report", True), ("x", False)])
def test_a_sum_conflicts_with_a_printed_figure_of_its_own_basis_only(ledger, vintage, conflict):
    rows = [*provinces("t_sum", "2020", (10, 20, 40)), row("t_sum", "jjj", "2020", 99, vintage=vintage)]
    assert only(series("t_sum", areas="jjj", folder=ledger(rows)))["conflict"] == conflict


def test_what_does_not_add_up_is_not_added(ledger):
    folder = ledger(provinces("t_none", "2020", (30, 40, 50)) + [row("t_none", "jjj", "2019", 45)])
    assert values(series("t_none", folder=folder)) == {
        (BEIJING, "2020"): 30, (TIANJIN, "2020"): 40, (HEBEI, "2020"): 50, ("jjj", "2019"): 45}
    for measure in ("share", "per_capita", "density"):
        with pytest.raises(ValueError, match=f"{measure} is not defined for t_none"):
            series("t_none", measure=measure, folder=folder)


def test_flows_are_not_added(ledger):
    rows = [row("t_flow", code, "2020", 5, counterpart_area="jin_ji") for code in PROVINCES]
    assert set(series("t_flow", folder=ledger(rows))["area"]) == set(PROVINCES)


PER_HEAD = (200, 120, 59)
HEADS = (2185.8, 1364, 7393)


def weighted(ledger, heads=HEADS, **more):
    people = [row("resident_population", code, "2020", h, source="people", locator="page=9", **more) for code, h in zip(PROVINCES, heads)]
    return ledger([*provinces("t_mean", "2020", PER_HEAD, source="money"), *people])


def test_a_mean_of_members_is_weighted(ledger):
    frame = series("t_mean", folder=weighted(ledger))
    assert values(frame)["jjj", "2020"] == pytest.approx(np.average(PER_HEAD, weights=HEADS), rel=1e-12)
    assert values(frame)["jin_ji", "2020"] == pytest.approx(np.average(PER_HEAD[1:], weights=HEADS[1:]), rel=1e-12)


def test_there_is_no_mean_where_a_weight_is_missing(ledger):
    assert set(series("t_mean", folder=weighted(ledger, HEADS[:2]))["area"]) == {*PROVINCES, "jing_jin"}


def test_a_mean_has_the_sources_of_its_weights_too(ledger):
    region = only(series("t_mean", areas="jjj", folder=weighted(ledger)))
    assert (region["source"], region["locator"]) == ("money|people", "page=1|page=9")


@pytest.mark.parametrize("low_weight", [(True, False, False), (False, True, False), (False, False, True), (True, False, True)])
def test_the_bounds_of_a_mean_allow_for_the_rounding_of_its_weights(ledger, low_weight):
    heads = np.array([20.0, 10.0, 70.0])
    folder = ledger([*provinces("t_mean", "2020", PER_HEAD),
                     *[row("resident_population", c, "2020", h, lower=h * 0.8, upper=h * 1.2) for c, h in zip(PROVINCES, heads)]])
    region = only(series("t_mean", areas="jjj", folder=folder))
    weights = np.where(low_weight, heads * 0.8, heads * 1.2)
    for shift in (-0.5, 0.5):
        assert region["lower"] - 1e-9 <= np.average(np.array(PER_HEAD) + shift, weights=weights) <= region["upper"] + 1e-9


# --- measures --------------------------------------------------------------------------

GROWING = {2014: 100, 2015: 110, 2016: 99, 2018: 130}


def test_share_is_of_the_region_in_percent(ledger):
    frame = series("t_sum", measure="share", folder=ledger(provinces("t_sum", "2020", (10, 20, 40)) + [row("t_sum", "130100", "2020", 7)]))
    assert values(frame) == exactly({
        (BEIJING, "2020"): 100 * 10 / 70, (TIANJIN, "2020"): 100 * 20 / 70, (HEBEI, "2020"): 100 * 40 / 70,
        ("130100", "2020"): 100 * 7 / 70, ("jin_ji", "2020"): 100 * 60 / 70, ("jing_jin", "2020"): 100 * 30 / 70,
        ("jing_ji", "2020"): 100 * 50 / 70})
    assert set(frame["unit"]) == {"%"} and frame["computed"].all()


def test_there_is_no_share_where_the_region_has_no_value_on_the_same_basis(ledger):
    rows = provinces("t_sum", "2020", (10, 20, 40)) + [row("t_sum", "130100", "2020", 7, vintage="x"), row("t_sum", BEIJING, "2021", 11)]
    frame = series("t_sum", measure="share", folder=ledger(rows))
    assert "130100" not in set(frame["area"])
    assert set(frame["period"]) == {"2020"}


def test_growth_is_on_the_year_before_where_there_is_one(ledger):
    frame = series("t_sum", measure="growth", folder=ledger(years("t_sum", BEIJING, GROWING)))
    assert values(frame) == exactly({(BEIJING, "2015"): 10, (BEIJING, "2016"): -10})


def test_growth_on_a_base_year_counts_from_there(ledger):
    frame = series("t_sum", measure="growth", base=2015, folder=ledger(years("t_sum", BEIJING, GROWING)))
    assert values(frame) == exactly({(BEIJING, "2015"): 0, (BEIJING, "2016"): 100 * (99 / 110 - 1), (BEIJING, "2018"): 100 * (130 / 110 - 1)})


def test_growth_within_a_year_is_on_the_same_month_of_the_year_before(ledger):
    rows = [row("t_stock", BEIJING, p, v) for p, v in (("2019-06", 80), ("2019-12", 90), ("2020-06", 100), ("2020-11", 5))]
    assert values(series("t_stock", measure="growth", folder=ledger(rows))) == exactly({(BEIJING, "2020-06"): 25})


def test_average_growth_is_the_geometric_mean_since_the_base_year(ledger):
    frame = series("t_sum", measure="cagr", base=2014, folder=ledger(years("t_sum", BEIJING, GROWING)))
    assert values(frame) == exactly({(BEIJING, "2015"): 10, (BEIJING, "2016"): 100 * ((99 / 100) ** (1 / 2) - 1),
                                     (BEIJING, "2018"): 100 * ((130 / 100) ** (1 / 4) - 1)})


@pytest.mark.parametrize(("measure", "base"), [("index", "2014"), ("cagr", 2014)])
def test_the_base_of_index_and_average_growth_is_2014_unless_given(ledger, measure, base):
    folder = ledger(years("t_sum", BEIJING, {2013: 70, **GROWING}))
    assert values(series("t_sum", measure=measure, folder=folder)) == values(series("t_sum", measure=measure, base=base, folder=folder))
    assert values(series("t_sum", measure=measure, folder=folder)) != values(series("t_sum", measure=measure, base=2013, folder=folder))


def test_an_index_is_100_times_the_ratio_and_in_its_base_year_exactly_100(ledger):
    frame = series("t_sum", measure="index", base=2015, folder=ledger(years("t_sum", BEIJING, GROWING)))
    assert values(frame) == exactly({(BEIJING, "2015"): 100, (BEIJING, "2016"): 90, (BEIJING, "2018"): 100 * 130 / 110})
    base = frame[frame["year"] == 2015].iloc[0]
    assert (base["value"], base["lower"], base["upper"]) == (100, 100, 100)
    assert set(frame["unit"]) == {"指数"}


@pytest.mark.parametrize("measure", ["growth", "cagr", "index"])
def test_nothing_grows_across_two_bases(ledger, measure):
    rows = years("t_sum", BEIJING, {2014: 100, 2015: 110}) + years("t_sum", BEIJING, {2016: 200, 2017: 220}, vintage="x")
    rows += years("t_sum", BEIJING, {2018: 121}, vintage="w")
    folder = ledger(rows)
    found = {base: set(series("t_sum", measure=measure, base=base, folder=folder)["period"]) for base in (2014, 2016)}
    own = {"growth": {"2014"}, "cagr": set(), "index": {"2014"}}[measure]
    assert found[2014] == own | {"2015", "2018"}
    assert found[2016] == {"2017"} | ({"2016"} if own else set())
    if measure == "growth":
        assert values(series("t_sum", measure="growth", folder=folder)) == exactly({(BEIJING, "2015"): 10, (BEIJING, "2017"): 10})


def test_without_a_figure_in_the_base_year_nothing_is_computed(ledger):
    assert series("t_sum", measure="index", base=2000, folder=ledger(years("t_sum", BEIJING, GROWING))).empty


@pytest.mark.parametrize("measure", ["growth", "cagr", "index"])
def test_flows_grow_by_origin_and_destination(ledger, measure):
    rows = [row("t_flow", BEIJING, str(y), v, counterpart_area=to) for to, v0 in ((TIANJIN, 10), (HEBEI, 30)) for y, v in ((2014, v0), (2015, 2 * v0))]
    frame = series("t_flow", measure=measure, folder=ledger(rows))
    last = frame[frame["period"] == "2015"]
    assert last["counterpart_area"].tolist() == [TIANJIN, HEBEI]
    assert last["value"].tolist() == [pytest.approx(200 if measure == "index" else 100)] * 2


@pytest.mark.parametrize("measure", ["growth", "cagr", "index"])
def test_totals_since_a_start_have_no_growth(ledger, measure):
    rows = [row("t_sum", BEIJING, p, v, period_kind="cumulative") for p, v in (("2013/2014", 20), ("2013/2015", 90), ("2015/2016", 70))]
    folder = ledger(rows + years("t_sum", BEIJING, GROWING))
    try:
        frame = series("t_sum", measure=measure, period_kind="cumulative", folder=folder)
    except ValueError:
        return
    assert frame.empty


def test_a_flow_of_a_year_is_divided_by_the_mean_of_the_populations_at_both_its_ends(ledger):
    rows = years("t_sum", BEIJING, {2014: 1000, 2015: 1100, 2016: 1200})
    rows += years("resident_population", BEIJING, {2013: 100, 2014: 110, 2015: 130}, unit="万人")
    frame = series("t_sum", measure="per_capita", folder=ledger(rows))
    assert values(frame) == exactly({(BEIJING, "2014"): 1000e8 / 105e4, (BEIJING, "2015"): 1100e8 / 120e4})
    assert set(frame["unit"]) == {"元/人"}


def test_a_stock_is_divided_by_the_population_at_its_end(ledger):
    rows = years("t_stock", BEIJING, {2014: 1000, 2015: 1100}) + years("resident_population", BEIJING, {2013: 100, 2014: 110})
    frame = series("t_stock", measure="per_capita", folder=ledger(rows))
    assert values(frame) == exactly({(BEIJING, "2014"): 1000 / 110})
    assert set(frame["unit"]) == {"公里/万人"}


def test_a_population_is_not_averaged_across_two_bases(ledger):
    rows = years("t_sum", BEIJING, {2014: 1000, 2015: 1000})
    rows += years("resident_population", BEIJING, {2013: 100, 2014: 110}) + years("resident_population", BEIJING, {2015: 130}, vintage="x")
    assert set(series("t_sum", measure="per_capita", folder=ledger(rows))["period"]) == {"2014"}


def test_a_composite_is_divided_by_the_population_of_its_members(ledger):
    rows = provinces("t_stock", "2020", (10, 20, 40)) + provinces("resident_population", "2020", (1, 2, 7))
    assert values(series("t_stock", areas="jjj", measure="per_capita", folder=ledger(rows))) == exactly({("jjj", "2020"): 7})


def test_density_is_per_ten_thousand_square_kilometres_of_the_polygon(ledger):
    rows = provinces("t_stock", "2020", (100, 200, 400))
    frame = series("t_stock", areas=[*PROVINCES, "jjj"], measure="density", folder=ledger(rows))
    size = {code: area_km2(code) for code in (*PROVINCES, "jjj")}
    assert size["jjj"] == pytest.approx(sum(size[c] for c in PROVINCES), rel=1e-3)
    assert values(frame) == exactly({(c, "2020"): v / (size[c] / 1e4) for c, v in zip((*PROVINCES, "jjj"), (100, 200, 400, 700))})
    assert set(frame["unit"]) == {"公里/万平方公里"}


def test_a_zone_without_a_polygon_has_no_density(ledger):
    rows = [row("t_total", "bhzgc", "2014/2020", 50), row("t_total", BEIJING, "2014/2020", 60)]
    assert set(series("t_total", measure="density", folder=ledger(rows))["area"]) == {BEIJING}


def test_over_limit_is_a_multiple_of_the_first_limit(ledger):
    folder = ledger([row("t_none", BEIJING, "2020", 50, lower=49, upper=52)])
    found = only(series("t_none", measure="over_limit", folder=folder))
    assert (found["value"], found["lower"], found["upper"], found["unit"]) == (50 / 40, 49 / 40, 52 / 40, "倍")


def test_share_of_output_is_of_the_total_of_the_origin(ledger):
    rows = [row("t_flow", BEIJING, "2020", 30, counterpart_area="jin_ji", source="flow"),
            row("t_flow", BEIJING, "2021", 30, counterpart_area="jin_ji"),
            row("t_flow", "jing_jin", "2020", 60, counterpart_area=HEBEI),
            *provinces("t_sum", "2020", (200, 400), source="total", vintage="x")]
    frame = series("t_flow", measure="share_of_output", folder=ledger(rows))
    assert values(frame) == exactly({(BEIJING, "2020"): 15, ("jing_jin", "2020"): 10})
    assert frame.set_index("area").loc[BEIJING, "source"] == "flow|total"
    assert set(frame["unit"]) == {"%"}


def test_what_is_computed_has_the_sources_and_the_worst_status_of_its_inputs_and_no_printed_form(ledger):
    rows = [row("t_sum", BEIJING, "2014", 100, source="a", obs_status="P"), row("t_sum", BEIJING, "2015", 110, source="b")]
    found = only(series("t_sum", measure="growth", folder=ledger(rows)))
    assert (found["source"], found["obs_status"], found["value_text"], found["computed"]) == ("b|a", "P", "", True)


def test_an_estimate_counts_as_computed(ledger):
    rows = [row("t_sum", BEIJING, "2014", 100, obs_status="E"), row("t_sum", BEIJING, "2015", 100)]
    assert series("t_sum", folder=ledger(rows))["computed"].tolist() == [True, False]


# --- bounds ----------------------------------------------------------------------------

positive = st.floats(0.01, 1e6)


@quick(100)
@given(positive, positive, positive, positive, st.floats(0, 1), st.floats(0, 1))
def test_a_ratio_lies_in_its_bounds_and_the_bounds_are_reached(a, a_width, b, b_width, i, j):
    low, high = divide(a, a + a_width, b, b + b_width)
    assert low * (1 - 1e-12) <= (a + i * a_width) / (b + j * b_width) <= high * (1 + 1e-12)
    assert low == a / (b + b_width) and high == (a + a_width) / b


@quick(100)
@given(positive, positive, positive, positive, st.tuples(*[st.floats(0, 100)] * 4))
def test_a_wider_input_never_gives_a_narrower_ratio(a, a_width, b, b_width, more):
    low, high = divide(a, a + a_width, b, b + b_width)
    wide = divide(max(0, a - more[0]), a + a_width + more[1], max(0, b - more[2]), b + b_width + more[3])
    assert wide[0] <= low and wide[1] >= high


def test_a_ratio_to_what_may_be_zero_has_no_upper_bound_and_makes_no_noise():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = divide([1, 1, 0], [2, 2, 0], [0, -0.5, 0], [4, 4, 4])
    assert low.tolist() == [0.25, 0.25, 0] and high.tolist() == [np.inf] * 3


def test_a_fall_to_zero_has_bounds_around_it(ledger):
    rows = [row("t_sum", BEIJING, "2014", 10), row("t_sum", BEIJING, "2016", 0)]
    folder = ledger(rows)
    for measure, value in (("cagr", -100), ("index", 0)):
        found = only(series("t_sum", measure=measure, folder=folder).query("period == '2016'"))
        assert found["value"] == value
        assert found["lower"] <= value < found["upper"] < np.inf


INPUTS = [("t_sum", c, y) for c in PROVINCES for y in ("2014", "2015", "2016")] \
    + [("resident_population", c, y) for c in PROVINCES for y in ("2013", "2014", "2015", "2016")] \
    + [("t_flow", BEIJING, "2015"), ("t_none", BEIJING, "2014"), ("t_none", BEIJING, "2015"), ("t_stock", HEBEI, "2015")]
ASKED = [("t_sum", m, None) for m in ("level", "share", "growth", "cagr", "index", "per_capita", "density")] \
    + [("t_sum", "growth", 2014), ("t_flow", "share_of_output", None), ("t_none", "over_limit", None),
       ("t_none", "growth", None), ("t_stock", "per_capita", None)]
intervals = st.lists(st.tuples(st.floats(1, 1000), st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0, 1)),
                     min_size=len(INPUTS), max_size=len(INPUTS))


def all_numbers(folder, inputs):
    """Every measure of a ledger of (value, lower, upper): (indicator, measure, base, area, period) -> the same."""
    rows = [row(i, area, year, value, lower=lower, upper=upper, counterpart_area="jin_ji" if i == "t_flow" else "")
            for (i, area, year), (value, lower, upper) in zip(INPUTS, inputs)]
    write(folder, rows)
    found = {}
    for indicator, measure, base in ASKED:
        for r in series(indicator, measure=measure, base=base, folder=folder).itertuples():
            found[indicator, measure, base, r.area, r.period] = (r.value, r.lower, r.upper)
    return found


@quick(3)
@given(intervals)
def test_every_measure_brackets_what_it_would_be_anywhere_in_its_inputs_and_widens_with_them(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("bounds")
    inputs = [(v, v * (1 - below), v * (1 + above)) for v, below, above, _ in drawn]
    elsewhere = [(x, x, x) for (_, lower, upper), (*_, place) in zip(inputs, drawn) for x in [lower + place * (upper - lower)]]
    wider = [(v, lower * 0.9, upper * 1.1) for v, lower, upper in inputs]
    found, moved, wide = (all_numbers(folder / name, x) for name, x in (("a", inputs), ("b", elsewhere), ("c", wider)))
    assert found.keys() == moved.keys() == wide.keys()
    assert {key[:2] for key in found} == {key[:2] for key in ASKED}
    for key, (value, lower, upper) in found.items():
        slack = 1e-9 * max(1, abs(value))
        assert lower - slack <= value <= upper + slack, key
        assert lower - slack <= moved[key][0] <= upper + slack, key
        assert wide[key][1] <= lower + slack and wide[key][2] >= upper - slack, key


# --- what may be asked -----------------------------------------------------------------


@pytest.fixture
def mixed(ledger):
    """A ledger with two kinds of period, two vintages, two destinations and a target."""
    return ledger([
        *years("t_sum", BEIJING, GROWING), *years("t_sum", BEIJING, {2014: 95}, vintage="x", source="s2"),
        row("t_sum", BEIJING, "2020-01/2020-06", 50, period_kind="ytd"), row("t_sum", BEIJING, "2035", 999, obs_status="F"),
        row("t_flow", BEIJING, "2020", 1, counterpart_area=TIANJIN), row("t_flow", BEIJING, "2020", 2, counterpart_area=HEBEI),
        row("t_none", BEIJING, "2035", 1, obs_status="F"), row("t_mean", BEIJING, "2020-12", 3, period_kind="end"),
    ])


def test_a_series_has_its_columns_and_stands_in_the_order_of_area_and_time(ledger):
    folder = ledger(years("t_sum", TIANJIN, {2020: 1, 2019: 2}) + years("t_sum", BEIJING, {2020: 3, 2019: 4}))
    frame = series("t_sum", areas=PROVINCES, folder=folder)
    assert tuple(frame.columns) == SERIES_COLUMNS
    assert frame["value"].tolist() == [4, 3, 2, 1]
    assert frame.index.tolist() == [0, 1, 2, 3]
    assert frame["year"].tolist() == [2019, 2020] * 2 and set(frame["measure"]) == {"level"} and set(frame["unit"]) == {"亿元"}


def test_only_the_areas_asked_for_come_back(ledger):
    folder = ledger(provinces("t_sum", "2020", (10, 20, 40)))
    assert series("t_sum", areas=BEIJING, folder=folder)["area"].tolist() == [BEIJING]
    assert series("t_sum", areas=(HEBEI, "jjj"), folder=folder)["area"].tolist() == [HEBEI, "jjj"]
    assert series("t_sum", areas=[], folder=folder).empty
    assert series("t_sum", areas=["130100"], folder=folder).empty


def test_targets_are_left_out_unless_asked_for(mixed):
    assert 2035 not in set(series("t_sum", folder=mixed)["year"])
    assert series("t_sum", targets=True, folder=mixed)["value"].tolist()[-1] == 999
    assert series("t_none", folder=mixed).empty
    assert series("t_none", targets=True, folder=mixed)["value"].tolist() == [1]


def test_a_kind_of_period_is_the_main_one_unless_asked_for(mixed):
    assert period_kinds("t_sum", mixed) == ("year", "ytd")
    assert set(series("t_sum", folder=mixed)["period_kind"]) == {"year"}
    assert series("t_sum", period_kind="ytd", folder=mixed)["value"].tolist() == [50]


def test_the_main_kind_of_period_is_that_of_most_figures_where_the_own_one_has_none(mixed):
    assert main_period_kind("t_sum", mixed) == "year"
    assert main_period_kind("t_mean", mixed) == "end"
    assert main_period_kind("t_none", mixed) == "year"
    assert series("t_mean", folder=mixed)["value"].tolist() == [3]


def test_a_vintage_may_be_asked_for_in_place_of_the_figures_shown(mixed):
    assert series("t_sum", vintage="x", folder=mixed)["value"].tolist() == [95]
    assert series("t_sum", folder=mixed)["value"].tolist() == [100, 110, 99, 130]
    assert series("t_sum", vintage="no such", folder=mixed).empty


def test_destinations_may_be_picked(mixed):
    assert series("t_flow", counterparts=[HEBEI], folder=mixed)["value"].tolist() == [2]
    assert series("t_flow", counterparts=HEBEI, folder=mixed)["value"].tolist() == [2]


@pytest.mark.parametrize(("asked", "sentence"), [
    ({"indicator_id": "t_smu"}, "there is no indicator 't_smu'; near are .*t_sum"),
    ({"indicator_id": "§§§"}, "^there is no indicator '§§§'$"),
    ({"measure": "median"}, "there is no measure 'median'; there are " + ", ".join(MEASURES)),
    ({"measure": "over_limit"}, "over_limit is not defined for t_sum; defined are level, share, growth, cagr, index, per_capita, density"),
    ({"period_kind": "cumulative"}, "t_sum has no figures of the kind 'cumulative'; it has year, ytd"),
    ({"indicator_id": "t_none", "period_kind": "year"}, "t_none has no figures of the kind 'year'; it has none"),
    ({"areas": ["990000"]}, "Unknown area code '990000': it is not in areas.csv"),
    ({"areas": "mars"}, "Unknown area code 'mars': it is not in areas.csv"),
    ({"indicator_id": "t_flow", "counterparts": ["mars"]}, "Unknown area code 'mars': it is not in areas.csv"),
    ({"measure": "index", "base": "last year"}, "the base 'last year' is no year; accepted is for example 2014"),
    ({"measure": "growth", "base": 2014.5}, "the base 2014.5 is no year; accepted is for example 2014"),
])
def test_what_does_not_exist_is_refused_with_what_is_accepted(mixed, asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        series(**{"indicator_id": "t_sum", "folder": mixed, **asked})


def test_a_returned_frame_may_be_changed_without_changing_the_next(mixed):
    first = series("t_sum", folder=mixed)
    kept = first.copy(deep=True)
    first.loc[0, "value"] = -1.0
    first["unit"] = "nothing"
    del first["source"]
    again = series("t_sum", folder=mixed)
    assert again.equals(kept) and not again.equals(first)


def test_what_was_computed_is_kept_until_the_cache_is_cleared(ledger):
    from indicators import ledger as reader

    folder = ledger(years("t_sum", BEIJING, {2020: 1}))
    assert only(series("t_sum", folder=folder))["value"] == 1
    write(folder, years("t_sum", BEIJING, {2020: 2}))
    reader.clear_cache()
    assert only(series("t_sum", folder=folder))["value"] == 1
    clear_cache()
    assert only(series("t_sum", folder=folder))["value"] == 2


@pytest.mark.parametrize(("indicator", "measure", "unit"), [
    ("t_sum", "level", "亿元"), ("t_sum", "growth", "%"), ("t_sum", "cagr", "%"), ("t_sum", "share", "%"), ("t_sum", "index", "指数"),
    ("t_sum", "per_capita", "元/人"), ("t_stock", "per_capita", "公里/万人"), ("t_sum", "density", "亿元/万平方公里"),
    ("t_none", "over_limit", "倍"), ("t_flow", "share_of_output", "%"),
])
def test_a_measure_has_its_unit(indicator, measure, unit):
    assert unit_of(indicator, measure) == unit


def test_money_is_divided_by_persons_and_everything_else_by_ten_thousand():
    assert per_capita_scale("亿元") == (10**8 / 10**4, "元/人")
    assert per_capita_scale("家") == (1, "家/万人")
