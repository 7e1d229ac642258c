"""Axes reach as far as what is drawn, and names of points cover no other name on a phone or a wall."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from dashboard.charts.lines import lines
from dashboard.charts.scatter import _PLOTS, PLACES, apart
from dashboard.charts.stack import stack
from dashboard.charts.style import wrapped


def drawn(*points, **more):
    """A line through (t, value, lower, upper)."""
    frame = pd.DataFrame([{"key": "a", "t": float(t), "value": v, "lower": low, "upper": high, "basis": "x", "obs_status": "A", "hover": "", "rounded": high > low}
                          for t, v, low, high in points])
    return lines(frame, title="t", subtitle="s", source="q", labels={"a": "A"}, unit="u", **more)


@pytest.mark.parametrize("log", [False, True])
def test_whiskers_lie_within_the_value_axis(log):
    figure = drawn((2020, 100.0, 60.0, 180.0), (2021, 110.0, 110.0, 110.0), log=log)
    low, high = figure.layout.yaxis.range
    scale = math.log10 if log else float
    assert low <= scale(60) and scale(180) <= high


def test_bounds_that_are_not_drawn_stretch_no_axis():
    exact = drawn((2020, 100.0, 100.0, 100.0), (2021, 110.0, 110.0, 110.0))
    for other in (drawn((2020, 100.0, 60.0, 180.0), (2021, 110.0, 110.0, 110.0), bounds=False), drawn((2020, 100.0, -np.inf, np.inf), (2021, 110.0, 110.0, 110.0))):
        assert other.layout.yaxis.range[1] == exact.layout.yaxis.range[1]


def test_a_bound_below_zero_does_not_push_the_axis_of_what_is_not_negative_below_zero():
    assert drawn((2020, 0.2, -0.5, 0.5), (2021, 3.0, 3.0, 3.0)).layout.yaxis.range[0] == 0
    assert drawn((2020, -0.2, -0.5, 0.5), (2021, 3.0, 3.0, 3.0)).layout.yaxis.range[0] < -0.5


def boxes(points, names, places, size):
    """Edges of the names that stand, by their own arithmetic: a name hangs on the side of its point."""
    for (x, y), name, place in zip(points, names, places):
        if place:
            wide, (right, up) = 12 * 0.58 * len(name), PLACES[place]
            middle = (x * size[0] + right * (wide / 2 + 9), y * size[1] + up * (13.2 if right == 0 else 8.4))
            yield middle[0] - wide / 2, middle[1] - 6, middle[0] + wide / 2, middle[1] + 6


@pytest.mark.parametrize("seed", range(6))
def test_names_of_points_cover_no_other_name_at_any_width(seed):
    points = np.random.default_rng(seed).uniform(0.2, 0.5, (14, 2))
    names = ["abcdefghijkl"[:3 + i % 9] for i in range(14)]
    places = apart(points, names, (0, 1), (0, 1))
    assert places == apart(points, names, (0, 1), (0, 1)) and any(places)
    for size in _PLOTS:
        for a, b in itertools.combinations(boxes(points, names, places, size), 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (size, a, b)


def test_a_name_that_has_room_everywhere_stands():
    assert all(apart([(0.1, 0.1), (0.5, 0.9), (0.9, 0.1)], ["one", "two", "three"], (0, 1), (0, 1)))


@pytest.mark.parametrize("years", [4, 15])
def test_a_phone_names_the_years_that_it_has_room_for_the_last_among_them(years):
    frame = pd.DataFrame([{"key": "k", "year": 2010 + i, "value": 1.0, "hover": "", "area": "a"} for i in range(years)])
    figure = stack(frame, title="t", subtitle="s", source="q", labels={"k": "K"}, colours={"k": "#0b5c73"}, value_text=str)
    narrow = figure.layout.meta["narrow"]["xaxis"]
    assert len(figure.layout.xaxis.tickvals) == years and len(narrow["tickvals"]) <= 6
    assert narrow["ticktext"][-1] == str(2009 + years) and [2010 + v for v in narrow["tickvals"]] == [int(w) for w in narrow["ticktext"]]


def test_long_titles_are_wrapped_at_spaces():
    assert wrapped("Gross domestic product: Per person (yuan per person)", 20) == "Gross domestic product: Per person (yuan<br>per person)"
