"""A composite indicator of areas: normalised, weighted, added up, with the bounds of the printed figures.

The steps are those of OECD and JRC (2008), Handbook on Constructing Composite Indicators,
ISBN 978-92-64-04345-9, called the Handbook here. Every year is a cross-section of its own:
figures of one indicator enter a year only from one basis, and no step joins two years except
goalposts and what is carried forward, both of one basis and one side of a break.
"""

from __future__ import annotations

import numpy as np

from indicators.analysis.sections import DIMENSIONS, Section

NORMALISATIONS = ("minmax", "zscore", "reference", "goalposts")
WEIGHTS = ("dimensions", "indicators", "pca")
AGGREGATIONS = ("arithmetic", "geometric")

#: Scores run from 1, not 0: a geometric mean with a zero in it is zero whatever the rest.
FLOOR, TOP = 1.0, 100.0


# --- normalisation -----------------------------------------------------------------------


def min_max(values, low, high):
    """``(x - low) / (high - low)``, held in 0 to 1; Handbook, step 5.3. Goalposts are a `low` and `high` that are set.

    A column without any difference says nothing: 0.5.

    Examples
    --------
    >>> min_max([7.1, 10, 12], 7.1, 12).round(2).tolist()
    [0.0, 0.59, 1.0]
    """
    values, low, high = (np.asarray(x, dtype=float) for x in (values, low, high))
    span = high - low
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(span > 0, np.clip((values - low) / span, 0, 1), 0.5)


def z_scores(values, axis=-2):
    """``(x - mean) / sd`` over the areas, sd with n - 1 as divisor; Handbook, step 5.2 and table 15. Zeros where nothing differs."""
    values = np.asarray(values, dtype=float)
    centred = values - values.mean(axis=axis, keepdims=True)
    spread = values.std(axis=axis, keepdims=True, ddof=1)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)


def normalise(value, higher, how, goalposts=None):
    """Figures of several indicators on one scale, 1 (worst) to 100 (best).

    ``minmax`` between the worst and the best of the areas; ``goalposts`` between set values;
    ``zscore`` as 50 + 25 z, not below 1; ``reference`` in per cent of the best area (of a
    figure that should be low: the best in per cent of the area's). Handbook, steps 5.2 to 5.4.

    Parameters
    ----------
    value : array_like
        ... x areas x indicators.
    higher : array_like of bool
        Of each indicator, whether more is better.
    how : str
        One of :data:`NORMALISATIONS`.
    goalposts : array_like, optional
        2 x indicators, least and greatest.

    Returns
    -------
    numpy.ndarray
        Of the same shape.

    Raises
    ------
    ValueError
        For a method that does not exist, or goalposts that are not given.
    """
    y, posts = _turned(value, higher, how), None
    if how == "minmax":
        posts = y.min(axis=-2, keepdims=True), y.max(axis=-2, keepdims=True)
    elif how == "goalposts":
        posts = _posts(goalposts, higher)
    if posts is not None:
        return FLOOR + (TOP - FLOOR) * min_max(y, *posts)
    if how == "zscore":
        return np.maximum(FLOOR, 50 + 25 * z_scores(y))
    return np.maximum(FLOOR, TOP * y / y.max(axis=-2, keepdims=True))


def _posts(goalposts, higher):
    if goalposts is None:
        raise ValueError("goalposts need a least and a greatest value of each indicator")
    low, high = np.asarray(goalposts, dtype=float)
    return np.where(higher, low, -high), np.where(higher, high, -low)


def _turned(value, higher, how):
    """Figures so that more is better."""
    if how not in NORMALISATIONS:
        raise ValueError(f"there is no normalisation {how!r}; there are {', '.join(NORMALISATIONS)}")
    value = np.asarray(value, dtype=float)
    if how != "reference":
        return np.where(higher, value, -value)
    with np.errstate(divide="ignore"):
        return np.where(higher, np.maximum(value, 0), 1 / np.maximum(value, 1e-12))


def normalised_bounds(lower, upper, higher, how, goalposts=None):
    """What the printing of all figures allows for each normalised one, by interval arithmetic.

    Min-max, goalposts and reference rise with the area's own figure and fall with the others',
    so both ends are reached at ends of the intervals. A z-score is enclosed: the mean as above,
    the standard deviation within ``sum(half widths) / sqrt(n - 1)`` of that of the midpoints (the
    triangle inequality), the score within ``(n - 1) / sqrt(n)``, which no z-score exceeds. Wider
    intervals never give narrower bounds.

    Parameters
    ----------
    lower, upper : array_like
        Areas x indicators.
    higher, how, goalposts
        See :func:`normalise`.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
    """
    a, b = (_turned(x, higher, how) for x in (lower, upper))
    low, high = np.minimum(a, b), np.maximum(a, b)
    n = low.shape[0]
    if how == "goalposts":
        posts = _posts(goalposts, higher)
        return tuple(FLOOR + (TOP - FLOOR) * min_max(x, *posts) for x in (low, high))
    ends = []
    for own, others, empty in ((low, high, 0.0), (high, low, 1.0)):
        if how == "zscore":
            d = own - (others.sum(axis=0) - others + own) / n
            middle, spare = (low + high) / 2, (high - low).sum(axis=0) / 2 / np.sqrt(n - 1)
            spread = middle.std(axis=0, ddof=1)
            most = (n - 1) / np.sqrt(n)
            divisor = np.where((d >= 0) == (own is low), spread + spare, spread - spare)
            with np.errstate(divide="ignore", invalid="ignore"):
                z = np.where(divisor > 0, d / divisor, np.where(d == 0, 0, np.sign(d) * most))
            ends.append(np.maximum(FLOOR, 50 + 25 * np.clip(z, -most, most)))
            continue
        least, most = (f(own, _without_self(others, f)) for f in (np.minimum, np.maximum))
        if how == "reference":
            ends.append(np.maximum(FLOOR, TOP * own / most))
        else:
            scaled = np.where(most > least, min_max(own, least, most), empty)
            ends.append(FLOOR + (TOP - FLOOR) * scaled)
    return ends[0], ends[1]


def _without_self(x, extreme):
    """Of each area, the least or greatest of all others."""
    order = np.sort(x, axis=0)
    first, second = (order[0], order[1]) if extreme is np.minimum else (order[-1], order[-2])
    return np.where(x == first, np.where((x == first).sum(axis=0) > 1, first, second), first)


# --- weights and aggregation ---------------------------------------------------------------


def equal_weights(groups) -> np.ndarray:
    """Every group (dimension) weighs the same, and every indicator the same within its group.

    >>> equal_weights(["a", "a", "b"]).tolist()
    [0.25, 0.25, 0.5]
    """
    groups = list(groups)
    return np.array([1 / len(set(groups)) / groups.count(g) for g in groups])


def principal_factors(values):
    """Factors that the Handbook, step 6.1, keeps: eigenvalue of the correlations near or above one, over 10 % of the variance each, until 60 % and more are told.

    Parameters
    ----------
    values : array_like
        Areas x indicators.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)
        All eigenvalues, falling; loadings of the kept factors, varimax-rotated (statsmodels).

    Raises
    ------
    ValueError
        Where there are not more areas than indicators, or an indicator does not differ.
    """
    values = np.asarray(values, dtype=float)
    areas, parts = values.shape
    if areas <= parts:
        raise ValueError(f"principal components need more areas than indicators; here are {areas} areas and {parts} indicators")
    if (values.std(axis=0) == 0).any():
        raise ValueError("principal components need indicators that differ between the areas")
    eigenvalues, vectors = np.linalg.eigh(np.corrcoef(values, rowvar=False))
    eigenvalues, vectors = eigenvalues[::-1], vectors[:, ::-1]
    keep = max(1, int(((eigenvalues >= 0.85) & (eigenvalues / parts > 0.1)).sum()))
    loadings = vectors[:, :keep] * np.sqrt(eigenvalues[:keep])
    if keep > 1:
        from statsmodels.multivariate.factor_rotation import rotate_factors

        with np.errstate(divide="ignore"):  # it logs the size of a gradient that may be zero
            loadings = rotate_factors(loadings, "varimax")[0]
    return eigenvalues, loadings


def pca_weights(values) -> np.ndarray:
    """Weights from the loadings of principal factors: Handbook, step 6.1 and tables 17 and 22 (Nicoletti et al. 2000).

    Each indicator belongs to the factor on which its squared loading is largest; it weighs that
    squared loading, as a share of the factor's, times the factor's share of what all explain.
    """
    _, loadings = principal_factors(values)
    squares = loadings**2
    explained = squares.sum(axis=0)
    shares = squares / explained
    own = shares.argmax(axis=1)
    raw = shares[np.arange(len(own)), own] * (explained / explained.sum())[own]
    return raw / raw.sum()


def given_weights(weights) -> np.ndarray:
    """Weights that somebody has chosen, made to add up to one.

    Raises
    ------
    ValueError
        If one is negative or none is positive.
    """
    weights = np.asarray(weights, dtype=float)
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
        raise ValueError("weights must be numbers from 0 on, at least one above 0")
    return weights / weights.sum()


def dimension_weights(section: Section, given) -> np.ndarray:
    """Weights that somebody has given to :data:`DIMENSIONS`, split evenly within each.

    A dimension of which the year has no indicator drops out, and the others keep their proportion.

    Raises
    ------
    ValueError
        See :func:`given_weights`; also where no dimension with a weight has an indicator.
    """
    of = dict(zip(DIMENSIONS, given_weights(given), strict=True))
    own = [p[0] for p in section.parts]
    return given_weights([of[d] / own.count(d) for d in own])


def weights_of(section: Section, how) -> np.ndarray:
    """Weights of a year's indicators; `how` is one of :data:`WEIGHTS`, or numbers for :func:`dimension_weights`."""
    if not isinstance(how, str):
        return dimension_weights(section, how)
    if how == "pca":
        return pca_weights(np.where(section.higher, section.value, -section.value))
    if how not in WEIGHTS:
        raise ValueError(f"there are no weights {how!r}; there are {', '.join(WEIGHTS)}")
    return equal_weights([p[0 if how == "dimensions" else 1] for p in section.parts])


def aggregate(scores, weights, how: str = "arithmetic"):
    """One score of several: ``sum(w x)``, or ``prod(x ** w)``; Handbook, steps 6.10 and 6.12.

    In the arithmetic mean a point lost in one indicator is made good by a point gained in
    another of the same weight; in the geometric mean a low score costs more the lower it is.

    Parameters
    ----------
    scores : array_like
        ... x areas x indicators, positive for the geometric mean.
    weights : array_like
        ... x indicators, adding up to one.

    Returns
    -------
    numpy.ndarray
        ... x areas.
    """
    scores, weights = np.asarray(scores, dtype=float), np.asarray(weights, dtype=float)
    if how == "arithmetic":
        return (scores @ weights[..., None])[..., 0]
    if how != "geometric":
        raise ValueError(f"there is no aggregation {how!r}; there are {', '.join(AGGREGATIONS)}")
    if (scores <= 0).any():
        raise ValueError("a geometric mean needs scores above 0")
    return np.exp((np.log(scores) @ weights[..., None])[..., 0])


def composite(section: Section, normalisation="minmax", weights="dimensions", aggregation="arithmetic") -> np.ndarray:
    """Scores of the areas of a year, 1 to about 100."""
    return aggregate(normalise(section.value, section.higher, normalisation, section.goalposts), weights_of(section, weights), aggregation)
