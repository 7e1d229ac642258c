"""Indices of inequality against known values, an enumeration of all ends, and coarser rounding."""

import csv
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.analysis import inequality

# Documentation of pysal's inequality.theil: per-capita GDP of the Mexican states, 1940 to 2000.
MEXICO = [0.20894344, 0.15222451, 0.10472941, 0.10194725, 0.09560113, 0.10511256, 0.10660832]
MEXICO_BETWEEN = [0.0345889, 0.02816853, 0.05260921, 0.05931219, 0.03205257, 0.02963731, 0.03635872]


def test_theil_of_two_halves_is_ln_2_and_wholly_between_them():
    total, between, within = inequality.theil_parts([0, 0, 0, 10, 10, 10], list("aaabbb"))
    assert (total, between, within) == pytest.approx((math.log(2), math.log(2), 0), abs=1e-12)


def test_theil_of_mexican_states_is_what_the_library_prints():
    from libpysal import examples

    with open(examples.get_path("mexico.csv"), encoding="utf8") as file:
        rows = list(csv.DictReader(file))
    groups = [r["hanson98"] for r in rows]
    for year, total, between in zip(range(1940, 2010, 10), MEXICO, MEXICO_BETWEEN):
        values = np.array([float(r[f"pcgdp{year}"]) for r in rows])
        assert inequality.theil(values) == pytest.approx(total, abs=1e-8)
        assert inequality.theil_parts(values, groups) == pytest.approx((total, between, total - between), abs=2e-8)


def test_statistics_are_those_of_plain_numpy():
    x, w, groups = np.array([2.0, 3.0, 7.0, 8.0, 20.0]), np.array([5.0, 1.0, 2.0, 4.0, 3.0]), np.array(list("aabbc"))
    found = inequality.statistics(x, x, x, groups, [w, w, w])
    mean = (w * x).sum() / w.sum()
    share = x / x.sum()
    sums = np.array([x[groups == g].sum() for g in "abc"]) / x.sum()
    expected = {
        "cv": x.std() / x.mean(), "cv_weighted": math.sqrt((w * (x - mean) ** 2).sum() / w.sum()) / mean,
        "gini": np.abs(x[:, None] - x).sum() / (2 * len(x) ** 2 * x.mean()), "theil": (share * np.log(5 * share)).sum(),
        "theil_between": (sums * np.log(5 * sums / np.array([2, 2, 1]))).sum(), "max_min": 10.0}
    expected["theil_within"] = expected["theil"] - expected["theil_between"]
    assert tuple(found) == inequality.STATISTICS
    for key, value in expected.items():
        s = found[key]
        assert s.value == pytest.approx(value) and s.lower == pytest.approx(value, abs=1e-6) and s.upper == pytest.approx(value, abs=1e-6), key


@pytest.mark.parametrize("index", [inequality.coefficient_of_variation, inequality.gini, inequality.theil])
def test_bounds_are_the_extremes_over_the_intervals(index):
    draw = np.random.default_rng(7)
    for _ in range(6):
        lower = draw.uniform(1, 10, 6)
        upper = lower + draw.uniform(0, 5, 6)
        low, high = inequality.bounds(index, lower, upper)
        corners = np.array(list(itertools.product(*zip(lower, upper)))).T
        assert high == pytest.approx(np.max(index(corners)))
        inside = index((lower + draw.uniform(size=(400, 6)) * (upper - lower)).T)
        assert low <= inside.min() + 1e-12 and high >= inside.max()
        if low > 0:  # reached: all moved to one level
            level = np.linspace(upper.min(), lower.max(), 4001)
            assert low == pytest.approx(min(index(np.clip(v, lower, upper)) for v in level[::20]), abs=1e-4)


def test_areas_whose_intervals_overlap_may_be_equal():
    assert inequality.bounds(inequality.theil, [1, 1.5, 1.9], [2, 2.5, 3])[0] == 0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 100), st.floats(0, 0.4), st.floats(0, 0.4)), min_size=3, max_size=6), st.floats(1, 2))
def test_coarser_rounding_widens_every_interval(rows, factor):
    value, down, up = np.array(rows).T
    groups = [i % 2 for i in range(len(value))]
    fine = inequality.statistics(value, value - down, value + up, groups, [value, value - down, value + up])
    coarse = inequality.statistics(value, value - factor * down, value + factor * up, groups, [value, value - factor * down, value + factor * up])
    for key, s in fine.items():
        assert coarse[key].lower <= s.lower + 1e-7 and coarse[key].upper >= s.upper - 1e-7, key
        assert s.lower - 1e-7 <= s.value <= s.upper + 1e-7, key


@pytest.mark.parametrize("values", [[1.0], [0.0, 1.0], [-1.0, 2.0]])
def test_values_that_have_no_inequality_are_refused(values):
    with pytest.raises(ValueError, match="above zero"):
        inequality.statistics(values, values, values)
