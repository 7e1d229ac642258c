"""Panels on one basis, and regressions that recover a known rate."""

import math

import numpy as np
import pandas as pd
import pytest

from indicators.analysis import convergence


def rows(*spells):
    """(area, first, last, basis[, divisor[, year of a break]]) as a series."""
    return pd.DataFrame([{"area": a, "year": y, "basis": b, "divisor": more[0] if more else "", "obs_status": "B" if len(more) > 1 and y == more[1] else "A"}
                         for a, first, last, b, *more in spells for y in range(first, last + 1)])


def test_a_panel_keeps_its_areas_and_stops_where_the_basis_changes():
    frame = rows(("a", 2010, 2015, "old"), ("b", 2010, 2015, "old"), ("c", 2010, 2015, "old"), ("a", 2016, 2020, "new"), ("b", 2016, 2020, "new"),
                 ("c", 2016, 2020, "new"), ("d", 2018, 2020, "new"))
    assert convergence.panels(frame) == [
        convergence.Panel("old", tuple(range(2010, 2016)), ("a", "b", "c")), convergence.Panel("new", (2016, 2017), ("a", "b", "c")),
        convergence.Panel("new", (2018, 2019, 2020), ("a", "b", "c", "d"))]


def test_areas_on_different_bases_are_not_in_one_panel():
    frame = rows(("a", 2010, 2012, "x"), ("b", 2010, 2012, "x"), ("c", 2010, 2012, "y"))
    assert convergence.panels(frame) == []
    assert convergence.pairs(frame, 2010, 2012).areas == ("a", "b")


def test_a_break_or_another_divisor_within_an_area_ends_a_panel():
    whole = [("a", 2010, 2013, "x", "p"), ("b", 2010, 2013, "x", "q")]
    assert [p.years for p in convergence.panels(rows(*whole, ("c", 2010, 2013, "x", "p")))] == [(2010, 2011, 2012, 2013)]
    for third in ([("c", 2010, 2013, "x", "p", 2012)], [("c", 2010, 2011, "x", "p"), ("c", 2012, 2013, "x", "q")]):
        frame = rows(*whole, *third)
        assert [p.years for p in convergence.panels(frame)] == [(2010, 2011), (2012, 2013)]
        assert convergence.pairs(frame, 2010, 2013).areas == ("a", "b") and convergence.pairs(frame, 2012, 2013).areas == ("a", "b", "c")


def test_sigma_convergence_finds_the_rate_at_which_dispersion_falls():
    years = np.arange(2010, 2020)
    values = 0.6 * np.exp(-0.02 * (years - 2010))
    found = convergence.sigma_convergence(years, values, values * 0.99, values * 1.01)
    assert found.slope == pytest.approx(-0.02) and found.n == 10 and found.p < 1e-10
    centred = years - years.mean()
    half = np.abs(centred).sum() / (centred**2).sum() * math.log(1.01 / 0.99) / 2
    assert (found.upper - found.lower) / 2 == pytest.approx(half)
    with pytest.raises(convergence.TooFew):
        convergence.sigma_convergence([2010, 2011], [1, 2], [1, 2], [1, 2])


def test_beta_convergence_recovers_a_known_speed_within_its_error():
    draw, speed, years = np.random.default_rng(1), 0.03, 10
    start = np.exp(draw.normal(10, 0.5, 40))
    slope = -(1 - math.exp(-speed * years)) / years
    end = start * np.exp(years * (0.4 + slope * np.log(start) + draw.normal(0, 0.002, 40)))
    found = convergence.beta_convergence(start, end, years, (start * 0.999, start * 1.001), (end * 0.999, end * 1.001))
    assert abs(found.beta - slope) < 2 * found.error and abs(found.speed - speed) < 2 * found.speed_error
    assert found.half_life == pytest.approx(math.log(2) / found.speed) and found.n == 40
    assert found.lower < found.beta < found.upper
    x, y = np.log(start), np.log(end / start) / years
    assert (found.beta, found.constant) == pytest.approx(tuple(np.polyfit(x, y, 1)))
    residuals = y - found.constant - found.beta * x
    assert found.error == pytest.approx(math.sqrt((residuals**2).sum() / 38 / ((x - x.mean()) ** 2).sum()))
    assert found.mean(x)[0] == pytest.approx(found.constant + found.beta * x)


def test_coarser_figures_widen_the_bounds_of_beta_and_a_second_run_repeats_them():
    start = np.array([20, 22, 25, 30, 34, 41, 52, 60.0])
    end = start * np.array([2, 2.2, 1.8, 1.9, 1.7, 1.8, 1.6, 1.7])

    def width(half):
        found = convergence.beta_convergence(start, end, 8, (start - half, start + half), (end - half, end + half))
        return found.upper - found.lower

    widths = [width(h) for h in (0, 0.05, 0.5, 2)]
    assert widths == sorted(widths) and widths[0] < 1e-8 < widths[1] and len(set(widths)) == 4 and width(0.5) == widths[2]


@pytest.mark.parametrize(("n", "years"), [(7, 10), (10, 2)])
def test_too_few_areas_or_years_are_refused_with_their_number(n, years):
    with pytest.raises(convergence.TooFew, match=f"there are {n} and {years}") as refused:
        convergence.beta_convergence(np.arange(1, n + 1), np.arange(2, n + 2), years)
    assert (refused.value.areas, refused.value.years) == (n, years)
