"""Periods, and what an indicator's definition allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.model import MEASURES, Indicator, Limit, period_bounds, period_end, period_position
from tests.indicators.small import quick


@pytest.mark.parametrize(("period", "first", "last"), [
    ("2023", (2023, 1), (2023, 12)),
    ("2023-11", (2023, 1), (2023, 11)),
    ("2023-11-30", (2023, 1), (2023, 11)),
    ("2014/2022", (2014, 1), (2022, 12)),
    ("2023-01/2023-11", (2023, 1), (2023, 11)),
    ("2014-02/2024-02", (2014, 2), (2024, 2)),
    ("2014-02-26/2024-02-26", (2014, 2), (2024, 2)),
    ("2014/2023-06", (2014, 1), (2023, 6)),
])
def test_a_period_runs_from_its_first_to_its_last_month(period, first, last):
    assert period_bounds(period)[1] == last
    assert period_end(period) == last
    if "/" in period or len(period) == 4:
        assert period_bounds(period)[0] == first


@pytest.mark.parametrize("period", [
    "", None, "23", "2023年", "2023-1", "2023/", "/2023", "2014-2022", "2014//2022", " 2023", "2023-Q1", "2023-11/",
    "2014/2016/2018",
])
def test_what_is_no_period_is_refused_with_the_accepted_forms(period):
    with pytest.raises(ValueError, match="is no period; accepted are 2023, 2023-11, 2014/2022 and 2023-01/2023-11"):
        period_bounds(period)


@pytest.mark.parametrize("period", ["2023-00", "2023-13", "2023-01/2023-13", "2023-00/2023-11"])
def test_a_month_that_does_not_exist_is_refused(period):
    with pytest.raises(ValueError, match=f"{period}.* month that does not exist"):
        period_end(period)


@pytest.mark.parametrize("period", ["2023-11-31", "2023-02-30", "2023-11-00", "2023-11-01/2023-11-99"])
def test_a_day_that_does_not_exist_is_refused(period):
    with pytest.raises(ValueError, match=period):
        period_end(period)


@pytest.mark.parametrize("period", ["2023/2022", "2023-11/2023-10", "2024-01/2023", "2023-11-05/2023-11-04"])
def test_a_period_that_ends_before_it_starts_is_refused(period):
    with pytest.raises(ValueError, match="ends before it starts"):
        period_end(period)


@pytest.mark.parametrize(("period", "place"), [
    ("2023", 2023.0), ("2023-12", 2023.0), ("2014/2023", 2023.0), ("2023-06", 2022.5), ("2023-01/2023-09", 2022.75),
])
def test_a_period_stands_on_the_time_axis_where_it_ends(period, place):
    assert period_position(period) == place


@quick(100)
@given(st.integers(1900, 2100), st.integers(1, 12))
def test_a_month_later_is_a_twelfth_of_a_year_later(year, month):
    following = f"{year + month // 12}-{month % 12 + 1:02}"
    assert period_position(following) - period_position(f"{year}-{month:02}") == pytest.approx(1 / 12)


def definition(**more):
    return Indicator(**{"id": "trial", "theme": "economy", "unit": "亿元", "period_kind": "year", **more})


@pytest.mark.parametrize(("given_", "sentence"), [
    ({"aggregation": "median"}, "trial: aggregation 'median' is none of .*sum.*mean.*none"),
    ({"aggregation": "mean"}, "trial: a mean needs the indicator that weights it"),
    ({"period_kind": "week"}, "trial: period kind 'week' is none of .*year.*end.*cumulative.*ytd"),
    ({"measures": ("level", "rank")}, r"trial: measures \['rank'\] are none of .*level.*share_of_output"),
])
def test_a_definition_that_cannot_be_computed_is_refused(given_, sentence):
    with pytest.raises(ValueError, match=sentence):
        definition(**given_)


@pytest.mark.parametrize(("given_", "measures"), [
    ({"period_kind": "cumulative"}, ("level",)),
    ({"period_kind": "ytd"}, ("level",)),
    ({"period_kind": "year"}, ("level", "growth", "cagr", "index")),
    ({"period_kind": "end"}, ("level", "growth", "cagr", "index")),
    ({"unit": "%"}, ("level",)),
    ({"unit": "位"}, ("level",)),
    ({"unit": "指数"}, ("level",)),
    ({"aggregation": "sum"}, ("level", "share", "growth", "cagr", "index", "per_capita", "density")),
    ({"aggregation": "sum", "period_kind": "cumulative"}, ("level", "share", "per_capita", "density")),
    ({"aggregation": "sum", "flow": True}, ("level", "growth", "cagr", "index", "per_capita", "density")),
    ({"aggregation": "mean", "weight": "gdp"}, ("level", "growth", "cagr", "index")),
    ({"unit": "%", "limits": (Limit(1, "l", "s"),)}, ("level", "over_limit")),
    ({"unit": "%", "measures": ("share_of_output", "growth")}, ("level", "growth", "share_of_output")),
])
def test_measures_follow_from_unit_kind_and_aggregation(given_, measures):
    assert definition(**given_).all_measures == measures


def test_measures_stand_in_the_order_of_the_pages():
    everything = definition(aggregation="sum", measures=tuple(reversed(MEASURES)), limits=(Limit(1, "l", "s"),))
    assert everything.all_measures == MEASURES


def test_a_basis_is_named_after_the_first_vintage_of_its_group_and_otherwise_after_itself():
    indicator = definition(bases=(("official", "derived"), ("paper", "thesis")))
    assert [indicator.basis(v) for v in ("official", "derived", "thesis", "yearbook")] == [
        "official", "official", "paper", "yearbook"]
    assert definition().basis("derived") == "derived"


def test_a_definition_cannot_be_changed():
    with pytest.raises(AttributeError):
        definition().unit = "元"
