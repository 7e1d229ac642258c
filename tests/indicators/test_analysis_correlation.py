"""Correlation and places: known results, plain numpy beside them, and what coarse printing does to them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from indicators.analysis.correlation import LEAST, correlation, enclosure, rank_range

FIGURES = st.lists(st.tuples(*[st.integers(-1000, 1000)] * 2), min_size=LEAST, max_size=9)


def plain_r(x, y):
    a, b = np.subtract(x, np.mean(x)), np.subtract(y, np.mean(y))
    return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())


def plain_ranks(v):
    """Mean place among equals, counted one by one."""
    return [sum(o < x for o in v) + (sum(o == x for o in v) + 1) / 2 for x in v]


def test_coefficients_are_those_of_scipy_and_of_plain_numpy():
    rng = np.random.default_rng(7)
    x = rng.normal(size=13)
    y = 0.6 * x + rng.normal(size=13)
    y[3] = y[4]
    found = correlation(x, y)
    assert found.n == 13
    assert found.pearson.value == pytest.approx(stats.pearsonr(x, y).statistic) == pytest.approx(plain_r(x, y))
    assert found.spearman.value == pytest.approx(stats.spearmanr(x, y).statistic) == pytest.approx(plain_r(plain_ranks(x), plain_ranks(y)))


def test_interval_is_fishers():
    """Worked by hand: r = 0.5 of 28 areas, artanh r = 0.5493, z / sqrt(25) = 0.392, so 0.156 to 0.736."""
    rng = np.random.default_rng(1)
    a, b = (v - v.mean() for v in rng.normal(size=(2, 28)))
    b -= a * (a @ b) / (a @ a)
    x, y = a / np.linalg.norm(a), b / np.linalg.norm(b)
    found = correlation(x, 0.5 * x + np.sqrt(0.75) * y)
    assert found.pearson.value == pytest.approx(0.5)
    assert found.pearson.interval == pytest.approx((0.156, 0.736), abs=5e-4)
    rho = found.spearman.value
    step = 1.959964 * np.sqrt((1 + rho**2 / 2) / 25)
    assert found.spearman.interval == pytest.approx(np.tanh(np.arctanh(rho) + np.array([-step, step])))


def test_too_few_areas_and_figures_that_do_not_vary_have_no_correlation():
    assert correlation([1, 2, 3], [1, 2, 4]) is None
    assert correlation([1, 1, 1, 1], [1, 2, 3, 4]) is None
    with pytest.raises(ValueError, match="two figures of each area; given are 4 and 3"):
        correlation([1, 2, 3, 4], [1, 2, 3])


def test_a_perfect_correlation_has_no_width():
    found = correlation([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
    assert found.pearson.value == pytest.approx(1) and found.pearson.interval[1] == pytest.approx(1)
    assert found.pearson.bounds == pytest.approx((1, 1)) and found.spearman.interval == pytest.approx((1, 1))


@settings(max_examples=15, deadline=None)
@given(FIGURES, st.floats(0, 30), st.floats(1, 4), st.integers(0, 2**16))
def test_bounds_hold_every_reading_and_widen_with_coarser_printing(pairs, half, coarser, seed):
    x, y = np.array(pairs, dtype=float).T
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return
    fine, coarse = ([x - h, x + h, y - h, y + h] for h in (half, half * coarser))
    low, high = enclosure(*fine)
    wide_low, wide_high = enclosure(*coarse)
    assert wide_low <= low + 1e-9 and high <= wide_high + 1e-9
    rng = np.random.default_rng(seed)
    both = correlation(x, y, *fine).spearman.bounds
    for _ in range(20):
        a, b = (rng.uniform(v - half, v + half) for v in (x, y))
        if np.ptp(a) and np.ptp(b):
            assert low - 1e-6 <= plain_r(a, b) <= high + 1e-6
            assert both[0] - 1e-6 <= plain_r(plain_ranks(a), plain_ranks(b)) <= both[1] + 1e-6


def test_a_bound_that_is_open_leaves_everything_open():
    assert enclosure([1, 2, 3, 4], [1, 2, 3, np.inf], [1, 2, 3, 5], [1, 2, 3, 5]) == (-1, 1)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-20, 20), min_size=1, max_size=8), st.integers(0, 6), st.integers(0, 2**16))
def test_places_are_counted_and_hold_every_reading(values, half, seed):
    v = np.array(values, dtype=float)
    place, best, worst = rank_range(v, v - half, v + half)
    assert list(place) == [1 + sum(o > x for o in values) for x in values]
    assert (best <= place).all() and (place <= worst).all()
    wider = rank_range(v, v - half - 1, v + half + 1)
    assert (wider[1] <= best).all() and (wider[2] >= worst).all()
    read = v + np.random.default_rng(seed).uniform(-half, half, len(v)) * 0.999
    now = rank_range(read, read, read)[0]
    assert (best <= now).all() and (now <= worst).all()
