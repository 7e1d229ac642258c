"""Moran's I by hand, weights from the polygons, seeds."""

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
