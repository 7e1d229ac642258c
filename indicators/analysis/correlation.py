"""How closely two figures of the same areas go together, and places in a ranking, with what the printing leaves open.

A correlation says that two figures rise and fall together; it says nothing of causes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Fewest areas of which a correlation is told; below four Fisher's interval does not exist.
LEAST = 4


@dataclass(frozen=True)
class Coefficient:
    """A coefficient with two ranges.

    Attributes
    ----------
    value : float
    interval : (float, float)
        95 % confidence interval, for areas taken as a sample.
    bounds : (float, float)
        All values that the printed figures allow.
    """

    value: float
    interval: tuple[float, float]
    bounds: tuple[float, float]


@dataclass(frozen=True)
class Correlation:
    """Both coefficients of `n` areas."""

    n: int
    pearson: Coefficient
    spearman: Coefficient


def correlation(x, y, x_lower=None, x_upper=None, y_lower=None, y_upper=None, confidence: float = 0.95) -> Correlation | None:
    r"""Pearson's r and Spearman's rho of two figures of the same areas.

    Parameters
    ----------
    x, y : array_like, shape (n,)
    x_lower, x_upper, y_lower, y_upper : array_like, shape (n,), optional
        What the printing of the figures allows; exactly the figures when omitted.
    confidence : float
        Of the intervals.

    Returns
    -------
    Correlation or None
        None for fewer than :data:`LEAST` areas and where one of the two does not vary.

    Raises
    ------
    ValueError
        If the lengths differ.

    Notes
    -----
    The interval of r is :math:`\tanh(\operatorname{artanh} r \pm z / \sqrt{n - 3})` (R. A. Fisher, "On the
    'probable error' of a coefficient of correlation deduced from a small sample", Metron 1, 1921); that of rho has
    :math:`\sqrt{(1 + \rho^2 / 2) / (n - 3)}` for the standard error (D. G. Bonett and T. A. Wright, "Sample size
    requirements for estimating Pearson, Kendall and Spearman correlations", Psychometrika 65, 2000).

    Bounds are an outer enclosure, so no reading of the printed figures lies outside of them; see :func:`enclosure`.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if x.shape != y.shape or x.ndim != 1:
        raise ValueError(f"a correlation needs two figures of each area; given are {x.size} and {y.size}")
    if len(x) < LEAST or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    from scipy import stats

    xs, ys = ((v if low is None else np.asarray(low, dtype=float), v if high is None else np.asarray(high, dtype=float))
              for v, low, high in ((x, x_lower, x_upper), (y, y_lower, y_upper)))
    pearson = stats.pearsonr(x, y)
    between = pearson.confidence_interval(confidence)
    ranks = [stats.rankdata(-v) for v in (x, y)]
    reached = [rank_range(v, low, high) for v, (low, high) in ((x, xs), (y, ys))]
    rho = float(stats.spearmanr(x, y).statistic)
    step = stats.norm.ppf(0.5 + confidence / 2) * np.sqrt((1 + rho**2 / 2) / (len(x) - 3))
    with np.errstate(divide="ignore"):
        ends = np.tanh(np.arctanh(rho) + np.array([-step, step]))
    return Correlation(
        len(x),
        Coefficient(float(pearson.statistic), (float(between.low), float(between.high)), enclosure(x, y, *xs, *ys)),
        Coefficient(rho, (float(ends[0]), float(ends[1])), enclosure(*ranks, *reached[0][1:], *reached[1][1:])))


def enclosure(x, y, x_lower, x_upper, y_lower, y_upper) -> tuple[float, float]:
    r"""A range that holds Pearson's r of all figures within their bounds.

    Returns
    -------
    (float, float)
        Wider, never narrower, the wider any of the bounds is.

    Notes
    -----
    r is the cosine of the angle between the figures less their means (J. L. Rodgers and W. A. Nicewander, "Thirteen
    ways to look at the correlation coefficient", The American Statistician 42, 1988). Figures that move by no more
    than :math:`\delta_i` move this vector by no more than :math:`\lVert\delta\rVert`, because taking off the mean
    is a projection, and so turn it by no more than :math:`\arcsin(\lVert\delta\rVert / \lVert x - \bar x\rVert)`;
    angles obey the triangle inequality.
    """
    turns, centred = 0.0, []
    for value, low, high in ((x, x_lower, x_upper), (y, y_lower, y_upper)):
        value = np.asarray(value, dtype=float)
        centre = value - value.mean()
        reach = float(np.linalg.norm(np.maximum(np.asarray(high, dtype=float) - value, value - np.asarray(low, dtype=float))))
        if not reach < np.linalg.norm(centre):
            return -1.0, 1.0
        turns += float(np.arcsin(reach / np.linalg.norm(centre)))
        centred.append(centre / np.linalg.norm(centre))
    angle = float(np.arccos(np.clip(centred[0] @ centred[1], -1, 1)))
    return float(np.cos(min(np.pi, angle + turns))), float(np.cos(max(0.0, angle - turns)))


def rank_range(value, lower, upper) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places from the largest down, and the best and worst that the printing allows.

    Parameters
    ----------
    value, lower, upper : array_like, shape (n,)

    Returns
    -------
    (numpy.ndarray, numpy.ndarray, numpy.ndarray)
        Places, best and worst places. Equal figures share the better place, as in competitions (1, 2, 2, 4).

    Examples
    --------
    >>> [list(map(int, r)) for r in rank_range([9, 5, 5, 1], [9, 4, 4, 1], [9, 6, 6, 1])]
    [[1, 2, 2, 4], [1, 2, 2, 4], [1, 3, 3, 4]]
    """
    value, lower, upper = (np.asarray(v, dtype=float) for v in (value, lower, upper))
    above = value[None, :] > value[:, None]
    surely = above & (lower[None, :] >= upper[:, None])  # row: below; column: above
    return 1 + above.sum(axis=1), 1 + surely.sum(axis=1), len(value) - surely.sum(axis=0)
