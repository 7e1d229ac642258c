"""What a composite indicator is worth: how scores and ranks move with the choices made and the figures' bounds.

After Saisana, Saltelli and Tarantola (2005), Uncertainty and sensitivity analysis techniques as
tools for the quality assessment of composite indicators, JRSS A 168, 307-323.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from indicators.analysis.composite import AGGREGATIONS, NORMALISATIONS, aggregate, composite, normalise, normalised_bounds, weights_of
from indicators.analysis.sections import Section

DRAWS, SEED, LEVEL = 1000, 2024, 0.90

#: Of the Dirichlet distribution around equal weights, per indicator: a weight varies by about a third of itself.
CONCENTRATION = 10.0

#: The choices and, last, the figures, whose share in the uncertainty is told apart.
FACTORS = ("normalise", "weights", "aggregate", "figures")


class Cancelled(Exception):
    """A run that was stopped."""


@dataclass(frozen=True)
class Spread:
    """Intervals of a year's scores and ranks, in the order of the areas.

    Attributes
    ----------
    score : numpy.ndarray
        By the choices that were made.
    lower, upper : numpy.ndarray
        Interval of :data:`LEVEL` over all choices, widened by the figures' bounds; it holds `score`.
    best, worst : numpy.ndarray of int
        Interval of the rank, 1 the best.
    """

    score: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    best: np.ndarray
    worst: np.ndarray


def spread(section: Section, normalisation="minmax", weights="dimensions", aggregation="arithmetic", *, draws=DRAWS, seed=SEED,
           progress: Callable[[float], None] | None = None, cancelled: Callable[[], bool] | None = None) -> Spread:
    """Scores of a year with intervals of score and rank.

    The choices are drawn (seeded Monte Carlo): each normalisation and each aggregation equally
    often, weights from a Dirichlet distribution around those chosen. Within a draw the figures'
    bounds are carried by interval arithmetic, never drawn: a score's least and greatest value,
    and the best and worst rank that overlapping scores leave open. The interval runs from the 5 %
    quantile of the least to the 95 % quantile of the greatest values, so a coarser figure never
    narrows it.

    Parameters
    ----------
    section : indicators.analysis.sections.Section
    normalisation, weights, aggregation
        Choices whose score stands in the interval, see :func:`indicators.analysis.composite.composite`.
    draws, seed : int
    progress : callable, optional
        Called with the share that is done.
    cancelled : callable, optional
        Asked between parts of the run.

    Returns
    -------
    Spread

    Raises
    ------
    Cancelled
        Where `cancelled` said so; nothing is changed.
    """
    base = weights_of(section, weights)
    score = composite(section, normalisation, weights, aggregation)
    bounds = [normalised_bounds(section.lower, section.upper, section.higher, how, section.goalposts) for how in NORMALISATIONS]
    rng = np.random.default_rng(seed)
    kinds = rng.integers(len(NORMALISATIONS), size=draws)
    means = rng.integers(len(AGGREGATIONS), size=draws)
    drawn = rng.dirichlet(np.maximum(CONCENTRATION * len(base) * base, 1e-3), size=draws)
    n = len(score)
    low, high = np.empty((draws, n), np.float32), np.empty((draws, n), np.float32)
    best, worst = np.empty((draws, n), np.int32), np.empty((draws, n), np.int32)
    done = 0
    for k, pair in enumerate(bounds):
        for m, how in enumerate(AGGREGATIONS):
            rows = np.flatnonzero((kinds == k) & (means == m))
            for part in np.array_split(rows, max(1, len(rows) * n // 200_000)):
                if cancelled and cancelled():
                    raise Cancelled
                for out, x in zip((low, high), pair):
                    out[part] = drawn[part] @ x.T if how == "arithmetic" else np.exp(drawn[part] @ np.log(x.T))
                best[part], worst[part] = rank_bounds(low[part], high[part])
                done += len(part)
                if progress:
                    progress(done / draws)
    tail = (1 - LEVEL) / 2
    own = rank_bounds(score[None], score[None])
    return Spread(score, np.minimum(score, np.quantile(low, tail, axis=0)), np.maximum(score, np.quantile(high, 1 - tail, axis=0)),
                  np.minimum(own[0][0], np.quantile(best, tail, axis=0, method="lower")).astype(int),
                  np.maximum(own[1][0], np.quantile(worst, 1 - tail, axis=0, method="higher")).astype(int))


def rank_bounds(low, high):
    """Best and worst rank of each area that intervals of the scores leave open, 1 the highest score.

    Parameters
    ----------
    low, high : numpy.ndarray
        Draws x areas.

    Returns
    -------
    (numpy.ndarray, numpy.ndarray)

    Examples
    --------
    >>> [x.tolist() for x in rank_bounds(np.array([[5., 3, 1]]), np.array([[6., 5.5, 2]]))]
    [[[1, 1, 3]], [[2, 2, 3]]]
    """
    n = low.shape[1]
    if n <= 64:
        above = (low[:, None, :] > high[:, :, None]).sum(axis=2)
        below = (high[:, None, :] < low[:, :, None]).sum(axis=2)
        return above + 1, n - below
    lows, highs = np.sort(low, axis=1), np.sort(high, axis=1)
    best = np.stack([1 + n - np.searchsorted(a, b, "right") for a, b in zip(lows, high)])
    worst = np.stack([n - np.searchsorted(b, a, "left") for b, a in zip(highs, low)])
    return best, worst


def shown_ranks(found: Spread) -> list[tuple[int, int]]:
    """Best and worst rank of each area as they are shown: neither its ranks nor its scores may overlap with another's for a single one.

    Draws may agree on an order although the intervals of two scores overlap, because a choice moves
    both; a reader of the chart sees the overlap, so the rank stays open there too.
    """
    best, worst = rank_bounds(found.lower[None], found.upper[None])
    return grouped_ranks(np.minimum(found.best, best[0]), np.maximum(found.worst, worst[0]))


def grouped_ranks(best, worst) -> list[tuple[int, int]]:
    """Ranks as they are shown: a single one only where no other area's interval holds it, else the range of all that do.

    >>> grouped_ranks([1, 1, 3], [1, 2, 3])
    [(1, 2), (1, 2), (3, 3)]
    """
    shown = []
    for low, high in zip(best, worst):
        near = [(a, b) for a, b in zip(best, worst) if low == high and a <= low <= b]
        shown.append((int(min([low, *(a for a, _ in near)])), int(max([high, *(b for _, b in near)]))))
    return shown


# --- sensitivity ---------------------------------------------------------------------------


def sobol(model, names, bounds, n=1024, seed=SEED, groups=None) -> pd.DataFrame:
    """First-order and total sensitivity indices of a model: SALib's Sobol' analysis.

    ``S1 = V(E(Y|X_i)) / V(Y)``, ``ST = 1 - V(E(Y|X_~i)) / V(Y)``; Saltelli et al. (2010),
    Computer Physics Communications 181, 259-270.

    Parameters
    ----------
    model : callable
        From an array samples x inputs to one number a sample.
    names : sequence of str
        Of the inputs.
    bounds : sequence of (float, float)
    n : int
        Base sample, a power of two.
    groups : sequence of str, optional
        Group of each input; indices are then of the groups.

    Returns
    -------
    pandas.DataFrame
        factor, first, first_conf, total, total_conf: indices and the half-width of their 95 %
        interval by bootstrap; zeros where the model does not vary.
    """
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    problem = {"num_vars": len(names), "names": list(names), "bounds": [list(b) for b in bounds], **({"groups": list(groups)} if groups else {})}
    y = np.asarray(model(sample.sample(problem, n, calc_second_order=False, seed=seed)), dtype=float)
    factors = list(dict.fromkeys(groups or names))
    if np.ptp(y) == 0:
        return pd.DataFrame({"factor": factors, "first": 0.0, "first_conf": 0.0, "total": 0.0, "total_conf": 0.0})
    found = analyse.analyze(problem, y, calc_second_order=False, seed=seed)
    return pd.DataFrame({"factor": factors, "first": found["S1"], "first_conf": found["S1_conf"], "total": found["ST"], "total_conf": found["ST_conf"]})


def sensitivity(section: Section, normalisation="minmax", weights="dimensions", aggregation="arithmetic", n=256, seed=SEED, *,
                progress: Callable[[float], None] | None = None, cancelled: Callable[[], bool] | None = None) -> pd.DataFrame:
    """Which choice moves the ranks: Sobol' indices of the mean shift of ranks against the choices made.

    The output is ``sum(|rank - rank of the choices made|) / areas`` (Saisana et al. 2005,
    equation 3). Here figures are drawn evenly within their bounds.

    Returns
    -------
    pandas.DataFrame
        See :func:`sobol`; factors are :data:`FACTORS`, and ``shift`` is the mean of the output.

    Raises
    ------
    Cancelled
        See :func:`spread`, also for `progress` and `cancelled`.
    """
    from scipy.special import gammaincinv

    base = weights_of(section, weights)
    reference = _ranks(composite(section, normalisation, weights, aggregation)[None])[0]
    areas, parts = section.value.shape
    names = ["normalise", "aggregate", *(f"w{i}" for i in range(parts)), *(f"x{i}" for i in range(areas * parts))]
    groups = ["normalise", "aggregate", *["weights"] * parts, *["figures"] * (areas * parts)]
    seen = []

    def model(u):
        kinds = np.minimum((u[:, 0] * len(NORMALISATIONS)).astype(int), len(NORMALISATIONS) - 1)
        means = np.minimum((u[:, 1] * len(AGGREGATIONS)).astype(int), len(AGGREGATIONS) - 1)
        gamma = gammaincinv(np.maximum(CONCENTRATION * parts * base, 1e-3), np.clip(u[:, 2:2 + parts], 1e-9, 1 - 1e-9))
        drawn = gamma / gamma.sum(axis=1, keepdims=True)
        values = section.lower + u[:, 2 + parts:].reshape(-1, areas, parts) * (section.upper - section.lower)
        scores, done = np.empty((len(u), areas)), 0
        for k, kind in enumerate(NORMALISATIONS):
            for m, how in enumerate(AGGREGATIONS):
                rows = np.flatnonzero((kinds == k) & (means == m))
                for part in np.array_split(rows, max(1, rows.size * areas * parts // 200_000)):
                    if cancelled and cancelled():
                        raise Cancelled
                    scores[part] = aggregate(normalise(values[part], section.higher, kind, section.goalposts), drawn[part], how)
                    done += part.size
                    if progress:
                        progress(done / len(u))
        shift = np.abs(_ranks(scores) - reference).mean(axis=1)
        seen.append(shift.mean())
        return shift

    found = sobol(model, names, [(0, 1)] * len(names), n, seed, groups).assign(shift=0.0)
    return found.assign(shift=seen[0]).set_index("factor").loc[list(FACTORS)].reset_index()


def _ranks(scores):
    """Ranks along the areas, equal scores sharing the mean of their places."""
    from scipy.stats import rankdata

    return rankdata(-np.round(scores, 9), axis=-1)
