"""Intervals of scores and ranks, and sensitivity indices against a function whose indices are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.analysis import composite as c
from indicators.analysis import uncertainty as u
from tests.indicators.test_analysis_composite import section


def test_sensitivity_indices_of_the_ishigami_function():
    def ishigami(x):
        return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    found = u.sobol(ishigami, ["x1", "x2", "x3"], [(-np.pi, np.pi)] * 3, n=4096)
    assert found["first"].tolist() == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert found["total"].tolist() == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_a_model_that_does_not_vary_has_no_sensitivity():
    assert u.sobol(lambda x: np.ones(len(x)), ["a", "b"], [(0, 1)] * 2, n=64)[["first", "total"]].to_numpy().tolist() == [[0, 0], [0, 0]]


def test_an_area_best_in_everything_is_first_whatever_is_chosen():
    one = section([[9, 90], [5, 60], [4, 70], [1, 10]])
    found = u.spread(one)
    assert (found.best[0], found.worst[0]) == (1, 1) and (found.best[3], found.worst[3]) == (4, 4)
    assert (found.lower <= found.score).all() and (found.score <= found.upper).all()
    assert found.score == pytest.approx(c.composite(one))
    shares = u.sensitivity(one, n=64)
    assert shares["factor"].tolist() == list(u.FACTORS) and shares["total"].between(-0.2, 1.5).all()


def test_draws_are_the_same_for_the_same_seed_and_differ_for_another():
    one = section(np.random.default_rng(1).random((6, 4)) + 1)
    a, b, other = u.spread(one), u.spread(one), u.spread(one, seed=7)
    assert a.lower.tolist() == b.lower.tolist() and a.lower.tolist() != other.lower.tolist()


def test_the_interval_is_that_of_drawing_one_by_one():
    one = section(np.random.default_rng(3).random((5, 3)) * 9 + 1, half=0.05)
    found = u.spread(one, draws=400, seed=5)
    rng = np.random.default_rng(5)
    kinds, means = rng.integers(4, size=400), rng.integers(2, size=400)
    weights = rng.dirichlet(np.full(3, 10.0), size=400)
    low, high, best = [], [], []
    for k, m, w in zip(kinds, means, weights):
        a, b = c.normalised_bounds(one.lower, one.upper, one.higher, c.NORMALISATIONS[k], one.goalposts)
        ends = [np.exp(np.log(x) @ w) if m else x @ w for x in (a, b)]
        low.append(ends[0]), high.append(ends[1])
        best.append([1 + sum(x > ends[1][i] for x in ends[0]) for i in range(5)])
    assert found.lower == pytest.approx(np.minimum(found.score, np.quantile(low, 0.05, axis=0)), rel=1e-4)
    assert found.upper == pytest.approx(np.maximum(found.score, np.quantile(high, 0.95, axis=0)), rel=1e-4)
    assert (found.best <= np.quantile(best, 0.05, axis=0, method="lower")).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 2), st.floats(0.05, 3))
def test_intervals_widen_when_figures_are_rounded_more_coarsely(seed, half, more):
    value = np.random.default_rng(seed).integers(10, 99, (5, 3)).astype(float)
    fine, coarse = (u.spread(section(value, half=h), draws=60) for h in (half, half + more))
    assert (coarse.lower <= fine.lower + 1e-4).all() and (coarse.upper >= fine.upper - 1e-4).all()
    assert (coarse.best <= fine.best).all() and (coarse.worst >= fine.worst).all()


def test_many_areas_are_ranked_as_few_are():
    rng = np.random.default_rng(0)
    low = rng.random((3, 80))
    high = low + rng.random((3, 80)) / 10
    best, worst = u.rank_bounds(low, high)
    for d in range(3):
        assert best[d].tolist() == [1 + int((low[d] > high[d, i]).sum()) for i in range(80)]
        assert worst[d].tolist() == [80 - int((high[d] < low[d, i]).sum()) for i in range(80)]


@pytest.mark.parametrize("run", [u.spread, lambda *args, **more: u.sensitivity(*args, n=64, **more)])
def test_a_run_tells_its_progress_and_can_be_stopped(run):
    one, seen, asked = section(np.random.default_rng(1).random((4, 3)) + 1), [], []
    run(one, progress=seen.append)
    assert seen == sorted(seen) and seen[-1] == 1 and len(seen) >= 8
    with pytest.raises(u.Cancelled):
        run(one, progress=asked.append, cancelled=lambda: len(asked) > 2)
    assert len(asked) == 3


def test_a_dimension_without_weight_hardly_moves_the_scores():
    parts = (("innovation", "p", "level"), ("green", "q", "level"))
    one = section([[1, 9], [5, 5], [9, 1], [3, 2]], parts=parts)
    found = u.spread(one, weights=(1, 0, 0, 0, 0), draws=200)
    assert found.score == pytest.approx(c.normalise(one.value, one.higher, "minmax")[:, 0])
    assert found.best[2] == found.worst[2] == 1 and u.sensitivity(one, weights=(1, 0, 0, 0, 0), n=64)["shift"][0] < 0.5


def test_no_single_rank_is_shown_where_scores_or_ranks_overlap():
    found = u.Spread(score=np.array([90.0, 50, 20, 5]), lower=np.array([70.0, 15, 10, 1]), upper=np.array([95.0, 60, 40, 9]),
                     best=np.array([1, 2, 3, 4]), worst=np.array([1, 2, 3, 4]))
    assert u.shown_ranks(found) == [(1, 1), (2, 3), (2, 3), (4, 4)]  # every draw agrees, the bars of the second and third do not
    apart = u.Spread(score=np.array([90.0, 50]), lower=np.array([70.0, 45]), upper=np.array([95.0, 60]), best=np.array([1, 1]), worst=np.array([2, 2]))
    assert u.shown_ranks(apart) == [(1, 2), (1, 2)]
