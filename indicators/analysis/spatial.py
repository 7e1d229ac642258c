"""Whether neighbours resemble each other: Moran's I for the whole and for each area."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass

import numpy as np

from indicators.analysis.convergence import LEAST_AREAS, SEED, TooFew

WEIGHTS = ("queen", "distance")
#: Below so many areas a permutation test seldom finds anything.
FEW = 30
PERMUTATIONS = 999
#: esda draws from numpy's own generator, which all threads share.
_DRAWING = threading.Lock()
#: Quadrants of the Moran scatter: the area and its neighbours above or below the mean.
QUADRANTS = ("HH", "LH", "LL", "HL")


@functools.lru_cache(maxsize=1)
def contiguity() -> dict[str, tuple[str, ...]]:
    """Prefectures that share a border or a corner with each prefecture: queen contiguity of libpysal on the polygons."""
    from libpysal.weights import Queen

    from geodata import load

    layer = load("prefecture")
    found = Queen.from_dataframe(layer, ids=list(layer.index), silence_warnings=True)
    return {str(code): tuple(sorted(map(str, near))) for code, near in found.neighbors.items()}


def weights(codes, kind: str = "queen"):
    """Spatial weights of prefectures, each row adding up to 1.

    Parameters
    ----------
    codes : sequence of str
    kind : {"queen", "distance"}
        1 for areas that touch; or 1 / distance in km between representative points.

    Returns
    -------
    libpysal.weights.W

    Raises
    ------
    ValueError
        For an unknown kind, and where an area touches none of the others.
    """
    from libpysal.weights import W

    from geodata import distance_km

    codes = list(codes)
    if kind == "queen":
        near = {c: [n for n in contiguity()[c] if n in codes] for c in codes}
        if alone := [c for c in codes if not near[c]]:
            raise ValueError(f"{', '.join(alone)} touches none of the other areas")
        made = W(near, id_order=codes, silence_warnings=True)
    elif kind == "distance":
        near = {c: [n for n in codes if n != c] for c in codes}
        made = W(near, {c: [1 / distance_km(c, n) for n in near[c]] for c in codes}, id_order=codes, silence_warnings=True)
    else:
        raise ValueError(f"there are no weights {kind!r}; there are {', '.join(WEIGHTS)}")
    made.transform = "r"
    return made


@dataclass(frozen=True)
class Moran:
    """See :func:`moran`; arrays are in the order of the values."""

    value: float
    lower: float
    upper: float
    expected: float
    p: float
    n: int
    z: np.ndarray
    lag: np.ndarray
    local: np.ndarray
    local_p: np.ndarray
    quadrant: tuple[str, ...]


def moran(values, made, value_bounds=None, permutations: int = PERMUTATIONS, draws: int = 1000) -> Moran:
    """Moran's I, ``I = (n / S0) sum_ij w_ij z_i z_j / sum_i z_i^2``, and the local I of each area.

    Moran (1950), Notes on continuous stochastic phenomena, Biometrika 37; Anselin (1995), Local indicators
    of spatial association, Geographical Analysis 27(2). esda computes both; p is the share of random
    permutations of the values, with one seed, that give as much, as one tail.

    Parameters
    ----------
    values : array_like, shape (n,)
    made : libpysal.weights.W
        From :func:`weights`.
    value_bounds : (array_like, array_like), optional
        Lower and upper bounds; I is computed for `draws` values drawn evenly from between them, with one seed.
    permutations, draws : int

    Raises
    ------
    TooFew
        For fewer than :data:`indicators.analysis.convergence.LEAST_AREAS` areas.
    ValueError
        Where all values are equal.
    """
    import esda

    values = np.asarray(values, dtype=float)
    if len(values) < LEAST_AREAS:
        raise TooFew(f"Moran's I needs {LEAST_AREAS} areas, there are {len(values)}", len(values), 1)
    if np.ptp(values) == 0:
        raise ValueError("Moran's I needs values that differ")
    with _DRAWING:
        state = np.random.get_state()
        np.random.seed(SEED)
        try:
            whole = esda.Moran(values, made, permutations=permutations, two_tailed=False)
            local = esda.Moran_Local(values, made, permutations=permutations, seed=SEED, keep_simulations=False)
        finally:
            np.random.set_state(state)
    z = (values - values.mean()) / values.std()
    dense = made.full()[0]
    low = high = whole.I
    if value_bounds is not None:
        lower, upper = (np.asarray(b, dtype=float) for b in value_bounds)
        drawn = lower + np.random.default_rng(SEED).uniform(size=(draws, len(values))) * (upper - lower)
        drawn = drawn - drawn.mean(axis=1, keepdims=True)
        simulated = np.einsum("ki,ij,kj->k", drawn, dense, drawn) / (drawn**2).sum(axis=1) * len(values) / dense.sum()
        low, high = min(low, simulated.min()), max(high, simulated.max())
    return Moran(float(whole.I), float(low), float(high), float(whole.EI), float(whole.p_sim), len(values), z, dense @ z,
                 np.asarray(local.Is, dtype=float), np.asarray(local.p_sim, dtype=float), tuple(QUADRANTS[q - 1] for q in local.q))
