"""Contributions add up, shares are bounded exactly, circles come from the polygons."""

import itertools

import numpy as np
import pytest

from geodata import areas, distance_km
from indicators.analysis import contribution, inequality

START, END = np.array([100.0, 50.0, 30.0, 20.0]), np.array([150.0, 45.0, 45.0, 30.0])


def around(values, half):
    return values - half, values + half


def test_contributions_to_growth_add_up_to_it():
    value, low, high = contribution.growth_contributions(START, END, around(START, 1), around(END, 1))
    assert value == pytest.approx([25, -2.5, 7.5, 5]) and value.sum() == pytest.approx(35)
    corners = np.array(list(itertools.product((-1, 1), repeat=4)))
    ends = [100 * (END + b - START - a) / (START + a).sum() for a in corners for b in corners]
    assert low == pytest.approx(np.min(ends, axis=0)) and high == pytest.approx(np.max(ends, axis=0))


def test_terms_of_theils_index_add_up_to_it_and_their_changes_to_its_change():
    assert contribution.theil_contributions(START).sum() == pytest.approx(inequality.theil(START))
    value, low, high = contribution.theil_changes(START, END, around(START, 1), around(END, 1))
    assert value.sum() == pytest.approx(inequality.theil(END) - inequality.theil(START))
    draw = np.random.default_rng(3)
    for _ in range(300):
        a, b = START + draw.uniform(-1, 1, 4), END + draw.uniform(-1, 1, 4)
        change = contribution.theil_contributions(b) - contribution.theil_contributions(a)
        assert (low <= change + 1e-12).all() and (change <= high + 1e-12).all()


def test_coarser_figures_widen_every_contribution():
    for compute in (contribution.growth_contributions, contribution.theil_changes):
        (_, low, high), (_, wide_low, wide_high) = (compute(START, END, around(START, h), around(END, h)) for h in (0.5, 5))
        assert (wide_low < low).all() and (wide_high > high).all()


def test_a_share_is_bounded_by_the_ends_of_what_is_inside_and_outside():
    value, low, high = contribution.shares(START - 1, START + 1, START, np.array([True, True, False, False]))
    assert (value, low, high) == pytest.approx((75, 100 * 148 / 200, 100 * 152 / 200))


def test_circles_are_beijing_its_neighbours_and_the_rest():
    every = tuple(a.code for a in areas("prefecture"))
    found = contribution.circles(every)
    assert tuple(found) == contribution.CIRCLES and sorted(c for own in found.values() for c in own) == sorted(every)
    assert found["centre"] == ("110000",) and set(found["ring"]) == {"120000", "131000", "130600", "130700", "130800"}


def test_what_falls_with_the_distance_to_beijing_has_a_rank_correlation_of_minus_one():
    every = [a.code for a in areas("prefecture")]
    rho, p, n = contribution.distance_correlation(every, [-distance_km(c, "110000") for c in every])
    assert (rho, n) == (pytest.approx(-1), 12) and p < 1e-6
