"""Moran's I by hand, weights from the polygons, p-values by all permutations."""

import itertools
import warnings

import numpy as np
import pytest

from geodata import areas, distance_km
from indicators.analysis import spatial
from indicators.analysis.convergence import TooFew

CODES = sorted(a.code for a in areas("prefecture"))


def test_prefectures_that_touch_beijing_are_its_neighbours_and_touching_is_mutual():
    assert set(spatial.contiguity()["110000"]) == {"120000", "131000", "130600", "130700", "130800"}
    near = spatial.contiguity()
    assert all(a in near[b] for a in near for b in near[a]) and set(near) == set(CODES)


@pytest.mark.parametrize("kind", spatial.WEIGHTS)
def test_morans_i_is_that_of_a_hand_computation(kind):
    values = np.array([float(len(c) + i * i % 7) for i, c in enumerate(CODES)])
    weights = np.zeros((13, 13))
    for i, a in enumerate(CODES):
        for j, b in enumerate(CODES):
            if a != b and (kind == "distance" or b in spatial.contiguity()[a]):
                weights[i, j] = 1 / distance_km(a, b) if kind == "distance" else 1
    weights /= weights.sum(axis=1, keepdims=True)
    z = values - values.mean()
    found = spatial.moran(values, spatial.weights(CODES, kind))
    assert found.value == pytest.approx(z @ weights @ z / (z @ z)) and found.expected == pytest.approx(-1 / 12) and found.n == 13
    assert found.lag == pytest.approx(weights @ z / values.std())
    high = {True: "H", False: "L"}
    assert list(found.quadrant) == [high[bool(a > 0)] + high[bool(b > 0)] for a, b in zip(z, weights @ z)]
    assert found.local.sum() / 13 == pytest.approx(found.value, rel=0.1)  # esda divides by n - 1


def test_a_seed_repeats_p_values_and_leaves_the_callers_generator_alone():
    values = np.arange(13.0)
    np.random.seed(5)
    expected = np.random.random()
    np.random.seed(5)
    one, two = (spatial.moran(values, spatial.weights(CODES), (values - 0.4, values + 0.4)) for _ in range(2))
    assert np.random.random() == expected
    assert (one.p, one.lower, one.upper) == (two.p, two.lower, two.upper) and (one.local_p == two.local_p).all()
    assert one.lower < one.value < one.upper


def ring(n):
    """Each of n areas in a circle touches two."""
    made = np.zeros((n, n))
    for i in range(n):
        made[i, (i + 1) % n] = made[i, i - 1] = 0.5
    return made


def exact(z, dense):
    """Two-sided p of all permutations, for I and for each local I with its own value held."""
    def doubled(found, all_):
        return min(1, 2 * min(np.mean(all_ >= found - 1e-9), np.mean(all_ <= found + 1e-9)))

    every = np.array(list(itertools.permutations(z)))
    local = []
    for i in range(len(z)):
        rest = np.array(list(itertools.permutations(np.delete(z, i))))
        local.append(doubled(z[i] * (dense[i] @ z), z[i] * (rest @ np.delete(dense[i], i))))
    return doubled(z @ dense @ z, np.einsum("ki,ij,kj->k", every, dense, every)), np.array(local)


@pytest.mark.parametrize("values", [[1, 0, 1, 0, 1, 0], [1, 2, 3, 6, 3, 2], [5, 1, 4, 2, 9, 3]], ids=["chequerboard", "gradient", "neither"])
def test_p_values_are_those_of_all_permutations(values):
    z = np.array(values, dtype=float) - np.mean(values)
    p, local = spatial.permuted(z, ring(6))
    whole, each = exact(z, ring(6))
    assert np.abs(np.r_[p - whole, local - each]).max() < 4 * 2 * np.sqrt(0.25 / spatial.PERMUTATIONS) + 2 / spatial.PERMUTATIONS
    assert (p, *local) == (lambda again: (again[0], *again[1]))(spatial.permuted(z, ring(6)))


def test_high_and_low_side_by_side_are_as_significant_as_neighbours_alike():
    """Of a circle of twelve, only two of 924 orders of six high and six low alternate, and twelve have them side by side."""
    z = np.array([1.0, -1] * 6)
    apart, together = spatial.permuted(z, ring(12))[0], spatial.permuted(np.sort(z), ring(12))[0]
    assert apart == pytest.approx(2 * 2 / 924, abs=0.003) and together == pytest.approx(2 * 12 / 924, abs=0.007)


def test_p_values_of_esda_in_each_tail_are_half_of_these():
    from esda import Moran

    values = np.array([distance_km(c, "110000") for c in CODES])
    made = spatial.weights(CODES)
    np.random.seed(3)
    theirs = Moran(values, made, permutations=4999).p_sim
    assert spatial.moran(values, made).p == pytest.approx(2 * theirs, abs=0.01)


def test_nothing_is_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        spatial.moran(np.arange(13.0), spatial.weights(CODES), (np.arange(13.0) - 1, np.arange(13.0) + 1))


def test_neighbours_alike_are_found_and_few_or_equal_values_refused():
    north = np.array([distance_km(c, "130400") for c in CODES])
    assert spatial.moran(north, spatial.weights(CODES)).p < 0.01
    with pytest.raises(TooFew, match="there are 5"):
        spatial.moran(np.arange(5.0), spatial.weights(CODES[:5], "distance"))
    with pytest.raises(ValueError, match="differ"):
        spatial.moran(np.ones(13), spatial.weights(CODES))
    with pytest.raises(ValueError, match="touches none"):
        spatial.weights(["110000", "130400"])
    with pytest.raises(ValueError, match="no weights"):
        spatial.weights(CODES, "rook")
