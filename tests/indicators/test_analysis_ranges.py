"""Bounds of statistics: no reading of the figures lies outside, and coarser rounding never narrows them."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata import areas
from indicators.analysis import contribution, convergence, inequality, ranges, spatial
from indicators.analysis.correlation import enclosure

CODES = sorted(a.code for a in areas("prefecture"))
YEARS = 8


def slope(start, end):
    x, y = np.log(start), np.log(end / start) / YEARS
    return np.polyfit(x, y, 1)[0]


def beta(box):
    start, end = (tuple(b[:8] for b in box), tuple(b[8:16] for b in box))
    found = convergence.beta_convergence(*((a + b) / 2 for a, b in (start, end)), YEARS, start, end)
    return [(found.lower, found.upper)]


def moran(kind):
    made = spatial.weights(CODES, kind)
    dense = made.full()[0]

    def bounds(box):
        middle = (box[0] + box[1]) / 2
        found = spatial.moran(middle, made, box, permutations=1) if np.ptp(middle) else None
        return [(found.lower, found.upper)] if found else [spatial._range(dense, *box)]

    def plain(y):
        z = y - y.mean()
        return [z @ dense @ z / (z @ z) * len(z) / dense.sum()]

    return bounds, plain


def correlation_bounds(box):
    return [enclosure(*(b[:6] for b in box), *(b[6:12] for b in box))]


def weighted(box):
    x, w = (tuple(b[part] for b in box) for part in (slice(6), slice(6, 12)))
    return [(found.lower, found.upper) for found in inequality.statistics(sum(x) / 2, *x, list("aabbcc"), [sum(w) / 2, *w]).values()]


def plain_weighted(y):
    x, w, n = y[:6], y[6:], 6
    mean, s = w @ x / w.sum(), x / x.sum()
    theil = (s * np.log(n * s)).sum()
    parts = s.reshape(3, 2).sum(axis=1)
    between = (parts * np.log(n * parts / 2)).sum()
    gini = np.abs(x[:, None] - x).sum() / (2 * n * x.sum())
    return [x.std() / x.mean(), np.sqrt(w @ (x - mean) ** 2 / w.sum()) / mean, gini, theil, between, theil - between, x.max() / x.min()]


def contributions(box):
    start, end = (tuple(b[part] for b in box) for part in (slice(5), slice(5, 10)))
    middle = [sum(pair) / 2 for pair in (start, end)]
    found = [contribution.growth_contributions(*middle, start, end), contribution.theil_changes(*middle, start, end)]
    share = contribution.shares(*start, middle[0], [True, True, False, False, False])
    return [pair for _, low, high in found for pair in zip(low, high)] + [share[1:]]


def plain_contributions(y):
    start, end = y[:5], y[5:]
    terms = [s * np.log(5 * s) for s in (start / start.sum(), end / end.sum())]
    return [*(100 * (end - start) / start.sum()), *(terms[1] - terms[0]), 100 * start[:2].sum() / start.sum()]


QUEEN, PLAIN_QUEEN = moran("queen")
DISTANCE, PLAIN_DISTANCE = moran("distance")
STATISTICS = {
    "beta": (16, beta, lambda y: [slope(y[:8], y[8:])]), "moran": (13, QUEEN, PLAIN_QUEEN), "moran by distance": (13, DISTANCE, PLAIN_DISTANCE),
    "correlation": (12, correlation_bounds, lambda y: [np.corrcoef(y[:6], y[6:])[0, 1]]), "inequality": (12, weighted, plain_weighted),
    "contributions": (10, contributions, plain_contributions)}


@settings(max_examples=8, deadline=None)
@pytest.mark.parametrize("name", STATISTICS)
@given(seed=st.integers(0, 2**20), fine=st.floats(0.001, 8), coarse=st.floats(0, 12), step=st.sampled_from([0.1, 1, 10]))
def test_bounds_hold_every_reading_and_coarser_rounding_widens_them(name, seed, fine, coarse, step):
    n, bounds, plain = STATISTICS[name]
    rng = np.random.default_rng(seed)
    value = np.round(rng.uniform(40, 160, n) / step) * step
    lower, upper = value - fine * rng.uniform(0.2, 1, n), value + fine * rng.uniform(0.2, 1, n)
    wide = lower - coarse * rng.uniform(0, 1, n), upper + coarse * rng.uniform(0, 1, n)  # its middle is another figure
    inner, outer = bounds((lower, upper)), bounds(wide)
    for (low, high), (lower_still, higher) in zip(inner, outer, strict=True):
        assert lower_still <= low + 1e-7 and high <= higher + 1e-7
    ends = [np.where(rng.random(n) < 0.5, lower, upper) for _ in range(40)]
    for y in [lower, upper, *ends, *(rng.uniform(lower, upper) for _ in range(20))]:
        for found, (low, high) in zip(plain(y), inner, strict=True):
            assert low - 1e-7 <= found <= high + 1e-7


def test_bounds_are_near_the_extremes_where_figures_are_printed_as_finely_as_they_are():
    """Of all ends of eight figures, the least and the largest."""
    value = np.array([20, 22, 25, 30, 34, 41, 52, 60.0])
    end = value * np.array([2, 2.2, 1.8, 1.9, 1.7, 1.8, 1.6, 1.7])
    found = convergence.beta_convergence(value, end, YEARS, (value - 0.05, value + 0.05), (end, end))
    reached = [slope(value + 0.05 * np.array(signs), end) for signs in itertools.product((-1, 1), repeat=8)]
    assert found.lower == pytest.approx(min(reached), abs=1e-6) and found.upper == pytest.approx(max(reached), abs=1e-6)
    assert found.upper - found.lower > 1e-4


def test_figures_without_rounding_have_bounds_without_width():
    x = np.array([3.0, 5, 8, 9, 1, 4, 7, 2, 6, 11, 10, 13, 12])
    dense = spatial.weights(CODES).full()[0]
    z = x - x.mean()
    assert spatial._range(dense, x, x) == pytest.approx([z @ dense @ z / (z @ z)] * 2)
    assert enclosure(x, x, x[::-1], x[::-1]) == pytest.approx([np.corrcoef(x, x[::-1])[0, 1]] * 2)


def test_where_all_may_be_equal_nothing_is_known():
    x, ones = np.arange(1.0, 9), np.ones(8)
    assert enclosure(0 * ones, 9 * ones, x, x) == (-1, 1)
    found = convergence.beta_convergence(x, x + 1, YEARS, (ones, 9 * ones), (x, x))
    assert (found.lower, found.upper) == (-np.inf, np.inf)
    dense = spatial.weights(CODES).full()[0]
    low, high = spatial._range(dense, np.zeros(13), np.ones(13))
    assert -1.2 < low < 0 < high < 1.2
    rng = np.random.default_rng(0)
    reached = [PLAIN_QUEEN(rng.normal(size=13))[0] for _ in range(500)]
    assert low <= min(reached) and max(reached) <= high


def test_a_parabola_in_a_box_is_bounded_by_its_top():
    value, at = ranges.highest(lambda y: (-(y @ y) + y[0], -2 * y + np.array([1.0, 0])), np.zeros(2), [-1, 0.5], [1, 2])
    assert value == pytest.approx(0.0) and at == pytest.approx([0.5, 0.5])
    assert ranges.ratio_range(np.diag([1.0, 4]), np.eye(2), [1, 1], [2, 2]) == pytest.approx((1 + 3 / 5, 1 + 3 * 4 / 5), abs=0.5)
