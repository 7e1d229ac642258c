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
    reached = [rank_range(v, low, high) for v, (low, high) in ((x, xs), (y, ys))]
    rho = float(stats.spearmanr(x, y).statistic)
    step = stats.norm.ppf(0.5 + confidence / 2) * np.sqrt((1 + rho**2 / 2) / (len(x) - 3))
    with np.errstate(divide="ignore"):
        ends = np.tanh(np.arctanh(rho) + np.array([-step, step]))
    return Correlation(
        len(x),
        Coefficient(float(pearson.statistic), (float(between.low), float(between.high)), enclosure(*xs, *ys)),
        Coefficient(rho, (float(ends[0]), float(ends[1])), enclosure(*reached[0][1:], *reached[1][1:])))


def enclosure(x_lower, x_upper, y_lower, y_upper) -> tuple[float, float]:
    r"""A range that holds Pearson's r of all figures within their bounds.

    Parameters
    ----------
    x_lower, x_upper, y_lower, y_upper : array_like, shape (n,)

    Returns
    -------
    (float, float)
        Wider, never narrower, the wider any of the bounds is; from -1 to 1 where one of the two figures may be equal in all areas.

    Notes
    -----
    See :mod:`indicators.analysis.ranges`. With a and b for the unit vectors of both figures less their means and s the sine
    between them, the second derivatives of :math:`r = a \cdot b` by x, times :math:`\lVert x - \bar x \rVert^2`, are
    :math:`-ab' - ba' + 3raa' - rI`, with no eigenvalue above :math:`(\sqrt{r^2 + 4 s^2} - r) / 2 \le 2 / \sqrt 3`; the mixed ones, times both
    lengths, are :math:`(I - aa')(I - bb')`, of norm 1. So no curvature is above :math:`(1 + 2 / \sqrt 3)` over the least
    squared length that the bounds allow.
    """
    from indicators.analysis.ranges import highest, least_scatter

    sides = [tuple(np.asarray(b, dtype=float) for b in pair) for pair in ((x_lower, x_upper), (y_lower, y_upper))]
    n = len(sides[0][0])
    boxes, curvature = [], []
    for low, high in sides:
        least = least_scatter(low, high) if np.isfinite(low).all() and np.isfinite(high).all() else 0.0
        if not least > 0:
            return -1.0, 1.0
        size, zero = np.sqrt(least), (low + high).mean() / 2
        boxes.append(((low - zero) / size, (high - zero) / size))  # r is that of figures in any unit
        curvature += [1 + 2 / np.sqrt(3)] * n

    def with_sign(sign):
        def r(both):
            a, b = both[:n] - both[:n].mean(), both[n:] - both[n:].mean()
            lengths = np.linalg.norm(a), np.linalg.norm(b)
            a, b = a / lengths[0], b / lengths[1]
            value = a @ b
            return sign * value, sign * np.r_[(b - value * a) / lengths[0], (a - value * b) / lengths[1]]

        return sign * highest(r, curvature, *(np.r_[tuple(box[i] for box in boxes)] for i in (0, 1)))[0]

    return max(-1.0, with_sign(-1)), min(1.0, with_sign(1))


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
