"""How unequal areas are: coefficient of variation, Gini, Theil, largest against smallest, each with its bounds.

Bounds are exact where nothing else is said. Every index here is quasi-convex in the values (a
convex function over their positive sum), so its largest value over the printed intervals lies
where each value is at one end, and its smallest where all values are as equal as the intervals
let them be: each moved to one common level, or to the end of its interval that is nearest.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

#: Units of the results, as the catalogue writes them.
INDEX, TIMES = "指数", "倍"

#: Statistics of :func:`statistics`, in the order of the pages.
STATISTICS = ("cv", "cv_weighted", "gini", "theil", "theil_between", "theil_within", "max_min")


@dataclass(frozen=True)
class Bounded:
    """A result with what the printed figures allow."""

    value: float
    lower: float
    upper: float


def coefficient_of_variation(values, weights=None):
    """Standard deviation over mean, of areas or, weighted, of the people who live in them.

    ``cv = sqrt(sum(p_i (x_i - m)^2)) / m``, ``m = sum(p_i x_i)``, with ``p_i = w_i / sum(w)`` or ``1 / n``;
    Williamson (1965), Regional inequality and the process of national development, EDCC 13(4), V_w and V_uw.

    Parameters
    ----------
    values : array_like, shape (n,) or (n, k)
        Of n areas, k times.
    weights : array_like, shape (n,), optional

    Returns
    -------
    float or numpy.ndarray, shape (k,)
    """
    values = np.asarray(values, dtype=float)
    mean = np.average(values, axis=0, weights=weights)
    return np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weights)) / mean


def gini(values):
    """Gini coefficient, ``sum_i (2 i - n - 1) x_(i) / (n sum(x))`` with x sorted; pysal's ``inequality.gini``.

    Parameters
    ----------
    values : array_like, shape (n,) or (n, k)
    """
    from inequality.gini import Gini

    values = np.asarray(values, dtype=float)
    return Gini(values).g if values.ndim == 1 else np.array([Gini(column).g for column in values.T])


def theil(values):
    """Theil's T, ``sum(s_i ln(n s_i))`` with ``s_i = x_i / sum(x)``; pysal's ``inequality.theil``.

    Theil (1967), Economics and Information Theory, chapter 4.

    Parameters
    ----------
    values : array_like, shape (n,) or (n, k)
    """
    from inequality.theil import Theil

    return Theil(np.asarray(values, dtype=float)).T


def theil_parts(values, groups) -> tuple[float, float, float]:
    """Theil's T with its parts between and within groups, ``T = B + W``; pysal's ``TheilD``.

    ``B = sum_g S_g ln(n S_g / n_g)`` with ``S_g`` the share of group g; ``W = sum_g S_g T_g``.

    Parameters
    ----------
    values : array_like, shape (n,)
    groups : sequence of length n

    Returns
    -------
    (float, float, float)
        T, B and W.
    """
    from inequality.theil import TheilD

    found = TheilD(np.asarray(values, dtype=float)[:, None], np.asarray(groups))
    return tuple(max(0.0, float(np.ravel(part)[0])) for part in (found.T, found.bg, found.wg))


def corners(lower, upper) -> np.ndarray:
    """Ends of intervals among which the largest value of an index lies.

    The slope of these indices by a value rises with the value, so there is a level above which
    every value stands at its upper end and below which at its lower; only intervals that hold the
    level are tried at both.

    Parameters
    ----------
    lower, upper : array_like, shape (n,)

    Returns
    -------
    numpy.ndarray, shape (n, k)
    """
    lower, upper = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    cuts = np.unique(np.r_[lower, upper])
    levels = np.r_[cuts[0] - 1, (cuts[1:] + cuts[:-1]) / 2, cuts[-1] + 1]
    found = set()
    for level in levels:
        open_ = [i for i in range(len(lower)) if lower[i] < level < upper[i]]
        above = lower >= level
        for ends in itertools.product((False, True), repeat=len(open_)):
            chosen = above.copy()
            chosen[open_] = ends
            found.add(tuple(chosen))
    return np.where(np.array(sorted(found)), upper, lower).T


def bounds(index, lower, upper, spread=lambda x: x) -> tuple[float, float]:
    """Least and greatest value of an index of inequality over intervals.

    Parameters
    ----------
    index : callable
        From an array (n,) or (n, k) to a number or k of them, such as :func:`theil`.
    lower, upper : array_like, shape (m,)
        Of the values, not negative.
    spread : callable
        From m values to the n that the index is of; itself when omitted.

    Returns
    -------
    (float, float)
    """
    from scipy.optimize import minimize_scalar

    lower, upper = np.maximum(np.asarray(lower, dtype=float), 0), np.asarray(upper, dtype=float)
    high = float(np.max(index(spread(corners(lower, upper)))))
    start, end = upper.min(), lower.max()
    if start >= end:
        return 0.0, high

    def at(level):
        return float(index(spread(np.clip(level, lower, upper))))

    # along the level the index falls, then rises, and stands still where no interval holds the level
    cuts = np.unique(np.clip(np.r_[lower, upper], start, end))
    found = index(spread(np.clip(cuts, lower[:, None], upper[:, None])))
    lowest = np.flatnonzero(found <= found.min() * (1 + 1e-12))
    best = [found.min()]
    for a, b in {(max(lowest[0] - 1, 0), lowest[0]), (lowest[-1], min(lowest[-1] + 1, len(cuts) - 1))}:
        if a < b:
            best.append(minimize_scalar(at, bounds=(cuts[a], cuts[b]), method="bounded", options={"xatol": 1e-9 * end}).fun)
    return max(0.0, float(min(best))), max(0.0, high)


def statistics(values, lower, upper, groups=None, weights=None) -> dict[str, Bounded]:
    """Every statistic of one year's values, with bounds.

    Parameters
    ----------
    values, lower, upper : array_like, shape (n,)
        Positive values and what their printing allows.
    groups : sequence of length n, optional
        For the parts of Theil's index.
    weights : array_like, shape (3, n), optional
        Values, lower and upper bounds of the weights.

    Returns
    -------
    dict of str to Bounded
        By :data:`STATISTICS`; without what lacks groups or weights. The bounds of `cv_weighted` and
        `theil_within` may be wider than the figures allow, never narrower: the first are those by the
        values, with the weights' upper bounds, times ``k ** 1.5``, k the product of all weights' upper over their lower
        bounds, which is above any change of a share; the second are sums of the bounds of each group's share times
        those of its own index.

    Raises
    ------
    ValueError
        For values that are not above zero, or fewer than two.
    """
    values, lower, upper = (np.asarray(x, dtype=float) for x in (values, lower, upper))
    if len(values) < 2 or not (values > 0).all():
        raise ValueError("inequality needs at least two values, all above zero")
    found = {"cv": Bounded(float(coefficient_of_variation(values)), *bounds(coefficient_of_variation, lower, upper))}
    if weights is not None:
        weight, light, heavy = (np.asarray(w, dtype=float) for w in weights)
        low, high = bounds(lambda x: coefficient_of_variation(x, heavy), lower, upper)
        wider = (heavy / light).prod() ** 1.5 if (light > 0).all() else np.inf
        found["cv_weighted"] = Bounded(float(coefficient_of_variation(values, weight)), low / wider, high * wider)
    found["gini"] = Bounded(float(gini(values)), *bounds(gini, lower, upper))
    found["theil"] = Bounded(float(theil(values)), *bounds(theil, lower, upper))
    if groups is not None:
        groups = np.asarray(groups)
        names, inside = np.unique(groups, return_inverse=True)
        _, between, within = theil_parts(values, groups)
        low, high = ([x[inside == g] for g in range(len(names))] for x in (np.maximum(lower, 0), upper))
        ends = ([part.mean() for part in own] for own in (low, high))
        found["theil_between"] = Bounded(between, *bounds(theil, *ends, spread=lambda means: np.asarray(means)[inside]))
        own = [bounds(theil, a, b) if len(a) > 1 else (0.0, 0.0) for a, b in zip(low, high)]
        least, most = (np.array([part.sum() for part in x]) for x in (low, high))
        shares = least / (least + most.sum() - most), most / (most + least.sum() - least)
        found["theil_within"] = Bounded(within, *(float(share @ [pair[i] for pair in own]) for i, share in enumerate(shares)))
    least = max(lower.min(), 0.0)
    found["max_min"] = Bounded(float(values.max() / values.min()), max(1.0, float(lower.max() / upper.min())),
                               float(upper.max() / least) if least > 0 else float("inf"))
    return found
