r"""What a statistic can be when each figure lies somewhere between its printed bounds.

The bounds of figures are a box. A statistic that rises or falls with a figure throughout has its extremes at the ends;
one that does not, such as a slope or Moran's I, has them where no formula tells, and drawing figures at random finds
less than all of it. So its largest value is bounded from outside: over the box the statistic plus
:math:`\tfrac12 \sum_i c_i (y_i - l_i)(u_i - y_i)`, which is nowhere below it, is concave where no curvature of
the statistic is above `c`; its one maximum is found, and what the search may have missed of it is added. The term vanishes
with the square of the widths.

The result depends on the box alone, a larger box has a larger term and more points, and `c` only grows: so bounds
hold every reading of the figures, and coarser rounding widens them (inclusion isotonicity: R. E. Moore, R. B. Kearfott and
M. J. Cloud, Introduction to Interval Analysis, SIAM 2009, chapter 5; the term: C. S. Adjiman, S. Dallwig, C. A. Floudas and
A. Neumaier, A global optimization method, alphaBB, for general twice-differentiable constrained NLPs, Computers &
Chemical Engineering 22(9), 1998).
"""

from __future__ import annotations

import numpy as np

#: By so much a bound may be wider than said, so that the search for it never makes it narrower.
TOLERANCE = 1e-9


def highest(function, curvature, lower, upper) -> tuple[float, np.ndarray]:
    """A number that a function exceeds nowhere in a box, and where it is nearly reached.

    Parameters
    ----------
    function : callable
        From an array (n,) to the value and its gradient (n,).
    curvature : array_like, shape (n,)
        Such that the Hessian is at most ``diag(curvature)`` everywhere in the box, as quadratic forms.
    lower, upper : array_like, shape (n,)
        The box, finite.

    Returns
    -------
    (float, numpy.ndarray)
        The second of shape (n,).
    """
    from scipy.optimize import minimize

    lower, width = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float) - np.asarray(lower, dtype=float)
    term = 0.5 * np.asarray(curvature, dtype=float) * width**2

    def negative(place):
        value, slope = function(lower + place * width)
        return -(value + term @ (place * (1 - place))), -(slope * width + term * (1 - 2 * place))

    start = np.full(len(lower), 0.5)
    start = np.where(negative(start)[1] < 0, 1.0, 0.0)
    found = minimize(negative, start, jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * len(lower), options={"ftol": 1e-15, "gtol": 1e-11, "maxiter": 500})
    value, slope = negative(found.x)
    # a concave function lies below its tangent plane
    missed = np.maximum(-slope * (1 - found.x), slope * found.x).sum()
    return float(-value + missed), lower + found.x * width


def ratio_range(above, below, lower, upper) -> tuple[float, float]:
    r"""Bounds of a ratio of quadratic forms, ``y'Ay / y'By``, over a box.

    The ratio is nowhere above t where :math:`y'(A - tB)y` is nowhere above zero; that has the curvature of the largest
    eigenvalue of :math:`A - tB`. The least such t is found by Newton's method.

    Parameters
    ----------
    above, below : array_like, shape (n, n)
        A and B, symmetric; B without negative eigenvalues and ``y'By`` above zero in the box.
    lower, upper : array_like, shape (n,)

    Returns
    -------
    (float, float)
    """
    above, below, lower, upper = (np.asarray(x, dtype=float) for x in (above, below, lower, upper))
    middle = (lower + upper) / 2
    scale = np.sqrt(middle @ below @ middle)
    lower, upper, middle = lower / scale, upper / scale, middle / scale
    low, high = (sign * _most(sign * above, below, lower, upper, middle) for sign in (-1, 1))
    return low, high


def _most(above, below, lower, upper, middle) -> float:
    def over(t):
        """How far ``y'(A - tB)y`` may be above zero, and its slope by t."""
        form = above - t * below
        curves, directions = np.linalg.eigh(form)
        most = max(0.0, curves[-1])
        value, y = highest(lambda y: (y @ form @ y, 2 * form @ y), np.full(len(lower), 2 * most), lower, upper)
        falls = directions[:, -1] @ below @ directions[:, -1] if most else 0.0
        return value, y @ below @ y + falls * ((y - lower) * (upper - y)).sum()

    t = float(middle @ above @ middle)
    for _ in range(100):  # from below, each step less than the last
        value, slope = over(t)
        if value <= TOLERANCE * slope:
            break
        t += value / slope
    step = TOLERANCE
    while over(t)[0] > 0:
        t, step = t + step, 2 * step
    return t


def least_scatter(lower, upper) -> float:
    """Least sum of squared deviations from the mean of values within bounds: all as near to one level as they can be.

    >>> least_scatter([0, 0, 4], [1, 3, 5])
    4.5
    """
    lower, upper = np.asarray(lower, dtype=float), np.asarray(upper, dtype=float)
    cuts = np.unique(np.r_[lower, upper])

    def off(level):
        return np.maximum(level - upper, 0) - np.maximum(lower - level, 0)

    level = np.interp(0.0, [off(c).sum() for c in cuts], cuts)  # the slope is a line between two cuts
    return float((off(level) ** 2).sum())
