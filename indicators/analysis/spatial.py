"""Whether neighbours resemble each other: Moran's I for the whole and for each area."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from indicators.analysis.convergence import LEAST_AREAS, SEED, TooFew

WEIGHTS = ("queen", "distance")
#: Below so many areas a permutation test seldom finds anything.
FEW = 30
PERMUTATIONS = 9999
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


def moran(values, made, value_bounds=None, permutations: int = PERMUTATIONS) -> Moran:
    """Moran's I, ``I = (n / S0) sum_ij w_ij z_i z_j / sum_i z_i^2``, and the local I of each area.

    Moran (1950), Notes on continuous stochastic phenomena, Biometrika 37; Anselin (1995), Local indicators
    of spatial association, Geographical Analysis 27(2). esda computes both; for p see :func:`permuted`.

    Parameters
    ----------
    values : array_like, shape (n,)
    made : libpysal.weights.W
        From :func:`weights`.
    value_bounds : (array_like, array_like), optional
        Lower and upper bounds. Those of I hold it for all values between them, see
        :func:`indicators.analysis.ranges.ratio_range`; where all may be equal, they are the least and the largest I that
        the weights allow.
    permutations : int

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
    whole, local = esda.Moran(values, made, permutations=0), esda.Moran_Local(values, made, permutations=0)
    z = (values - values.mean()) / values.std()
    dense = made.full()[0]
    low = high = whole.I
    if value_bounds is not None:
        low, high = _range(dense, *(np.asarray(b, dtype=float) for b in value_bounds))
    p, local_p = permuted(z, dense, permutations)
    return Moran(float(whole.I), float(low), float(high), float(whole.EI), p, len(values), z, dense @ z,
                 np.asarray(local.Is, dtype=float), local_p, tuple(QUADRANTS[q - 1] for q in local.q))


def permuted(z, dense, permutations: int = PERMUTATIONS) -> tuple[float, np.ndarray]:
    """Two-sided p-values of Moran's I and of each local I, by random permutations with one seed.

    For I all values change places, for a local I those of the other areas. With R permutations of which M reach the
    tail that I lies in, I itself included, p is ``2 (M + 1) / (R + 1)`` and at most 1: Davison and Hinkley (1997), Bootstrap
    Methods and their Application, section 4.2. esda's own p-values are those of one tail, picked after the fact.

    Parameters
    ----------
    z : array_like, shape (n,)
        Values less their mean.
    dense : array_like, shape (n, n)
        Weights, none of an area with itself.
    permutations : int

    Returns
    -------
    (float, numpy.ndarray)
        The second of shape (n,).
    """
    z, dense = np.asarray(z, dtype=float), np.asarray(dense, dtype=float)
    draw, n = np.random.default_rng(SEED), len(z)

    def two_sided(found, drawn):
        hair = 1e-9 * np.abs(drawn).max()  # what is equal but for the last digit counts as equal
        tails = (drawn >= found - hair).sum(), (drawn <= found + hair).sum()
        return min(1.0, 2 * (min(tails) + 1) / (permutations + 1))

    all_ = draw.permuted(np.tile(z, (permutations, 1)), axis=1)
    others = draw.permuted(np.tile(np.arange(n - 1), (permutations, 1)), axis=1)
    without = [np.delete(np.arange(n), i) for i in range(n)]
    return (two_sided(z @ dense @ z, ((all_ @ dense) * all_).sum(axis=1)),
            np.array([two_sided(z[i] * (dense[i] @ z), z[i] * (z[own][others] @ dense[i, own])) for i, own in enumerate(without)]))


def _range(dense, lower, upper) -> tuple[float, float]:
    """Bounds of I by those of the values, within what the weights allow (de Jong, Sprenger and van Veen 1984, Geographical Analysis 16(1))."""
    from indicators.analysis.ranges import ratio_range

    n = len(lower)
    centre = np.eye(n) - 1 / n
    form = centre @ (dense + dense.T) @ centre * n / dense.sum() / 2
    possible = np.linalg.eigvalsh(form + 1e3 / n)[:-1]  # without the mean, which centring leaves at zero
    if not np.isfinite(lower).all() or not np.isfinite(upper).all() or lower.max() <= upper.min():
        return float(possible[0]), float(possible[-1])
    zero = (lower + upper).mean() / 2
    low, high = ratio_range(form, centre, lower - zero, upper - zero)
    return max(low, float(possible[0])), min(high, float(possible[-1]))
