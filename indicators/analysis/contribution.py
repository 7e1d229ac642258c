"""What each area adds: to the growth of the whole, to its inequality, and the circles around Beijing."""

from __future__ import annotations

import functools
import itertools

import numpy as np

CENTRE = "110000"
CIRCLES = ("centre", "ring", "rest")


def growth_contributions(start, end, start_bounds, end_bounds) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Percentage points that each area adds to the growth of the whole: ``100 (y_i1 - y_i0) / sum(y_0)``.

    They add up to the growth of the whole. INSEE, definition c1207, Contribution to GDP growth (national accounts):
    growth of the part times its share of the whole in the first period.

    Parameters
    ----------
    start, end : array_like, shape (n,)
    start_bounds, end_bounds : (array_like, array_like)
        Lower and upper bounds of both.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray, numpy.ndarray)
        Values, lower and upper bounds; the latter by interval arithmetic, the area's own initial figure
        being the same above and below the line.
    """
    start, end, a, b, c, d = (np.asarray(x, dtype=float) for x in (start, end, *start_bounds, *end_bounds))
    value = 100 * (end - start) / start.sum()
    rest = (a.sum() - a, b.sum() - b)
    at = np.array([100 * (later - own) / (own + others) for own, others, later in itertools.product((a, b), rest, (c, d))])
    return value, at.min(axis=0), at.max(axis=0)


def theil_contributions(values) -> np.ndarray:
    """Terms of Theil's index, ``s_i ln(n s_i)``, which add up to it; below zero for areas under the mean.

    Theil (1967), Economics and Information Theory, chapter 4.

    Parameters
    ----------
    values : array_like, shape (n,)
    """
    values = np.asarray(values, dtype=float)
    share = values / values.sum()
    return share * np.log(len(values) * share)


def theil_changes(start, end, start_bounds, end_bounds) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What each area adds to the change of Theil's index between two years; they add up to the change.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray, numpy.ndarray)
        Values, lower and upper bounds, by interval arithmetic from those of each term.
    """
    before, after = _terms(*start_bounds), _terms(*end_bounds)
    return theil_contributions(end) - theil_contributions(start), after[0] - before[1], after[1] - before[0]


def _terms(lower, upper):
    """Least and greatest ``s ln(n s)`` of each area; it falls up to s = 1 / (n e) and rises from there."""
    lower, upper = (np.asarray(x, dtype=float) for x in (lower, upper))
    n, least = len(lower), np.exp(-1) / len(lower)
    low, high = lower / (lower + upper.sum() - upper), upper / (upper + lower.sum() - lower)
    ends = [s * np.log(n * np.maximum(s, np.finfo(float).tiny)) for s in (low, high)]
    return np.where((low < least) & (least < high), -least, np.minimum(*ends)), np.maximum(*ends)


@functools.lru_cache(maxsize=8)
def circles(codes: tuple[str, ...], centre: str = CENTRE) -> dict[str, tuple[str, ...]]:
    """Beijing, the prefectures that touch it, and the rest, from the polygons.

    Parameters
    ----------
    codes : tuple of str
        Of prefectures, the centre among them.

    Returns
    -------
    dict of str to tuple of str
        By :data:`CIRCLES`.
    """
    from indicators.analysis.spatial import contiguity

    touching = contiguity()[centre]
    return {"centre": (centre,), "ring": tuple(c for c in codes if c in touching),
            "rest": tuple(c for c in codes if c != centre and c not in touching)}


def shares(lower, upper, values, inside) -> tuple[float, float, float]:
    """Share of the whole that lies in some of the areas, %, and its exact bounds.

    Parameters
    ----------
    lower, upper, values : array_like, shape (n,)
    inside : array_like of bool, shape (n,)
    """
    lower, upper, values, inside = np.maximum(np.asarray(lower, dtype=float), 0), np.asarray(upper, dtype=float), np.asarray(values, dtype=float), np.asarray(inside)
    low, high = lower[inside].sum(), upper[inside].sum()
    return (float(100 * values[inside].sum() / values.sum()), float(100 * low / (low + upper[~inside].sum())),
            float(100 * high / (high + lower[~inside].sum())))


def distance_correlation(codes, values, centre: str = CENTRE) -> tuple[float, float, int]:
    """Spearman's rank correlation of the distance to the centre with a value: rho, p and number of areas.

    Distances are geodesic between representative points (:func:`geodata.distance_km`); the centre itself is left out.
    """
    from scipy.stats import spearmanr

    from geodata import distance_km

    outside = [(distance_km(c, centre), v) for c, v in zip(codes, values) if c != centre]
    found = spearmanr(*zip(*outside))
    return float(found.statistic), float(found.pvalue), len(outside)
