"""Whether areas grow alike: panels on one basis, sigma- and beta-convergence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: Of every number that is drawn at random in the analysis.
SEED = 20140226
#: A regression of growth on the initial level needs so many areas and years.
LEAST_AREAS, LEAST_YEARS = 8, 3


class TooFew(ValueError):
    """Too few areas or years for a statistic; ``areas`` and ``years`` say how many there are."""

    def __init__(self, sentence: str, areas: int, years: int):
        super().__init__(sentence)
        self.areas, self.years = areas, years


@dataclass(frozen=True)
class Panel:
    """The same areas on one basis in every year from the first to the last."""

    basis: str
    years: tuple[int, ...]
    areas: tuple[str, ...]


def panels(frame: pd.DataFrame, least: int = 3) -> list[Panel]:
    """Balanced panels of a series, none across two bases or a break.

    Of all spans of consecutive years the one is taken whose areas, squared, times years are most;
    then the next among the years that are left.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, basis, obs_status and, where the values are divided by others,
        divisor (basis of those): one row an area and year. Areas of a panel share the basis; the
        divisor's may differ between areas, not between the years of one.
    least : int
        Fewest areas of a panel.

    Returns
    -------
    list of Panel
        In order of time, no year in two.
    """
    rows = {(r.area, int(r.year)): (r.basis, getattr(r, "divisor", ""), r.obs_status == "B") for r in frame.itertuples()}
    areas, years = sorted({a for a, _ in rows}), sorted({y for _, y in rows})
    spans = []
    for basis in sorted({r[0] for r in rows.values()}):
        for first in years:
            own = {a: rows[a, first][1] for a in areas if (a, first) in rows and rows[a, first][0] == basis}
            last = first
            while len(own) >= least:
                spans.append((len(own) ** 2 * (last - first + 1), last, Panel(basis, tuple(range(first, last + 1)), tuple(own))))
                last += 1
                own = {a: d for a, d in own.items() if rows.get((a, last)) == (basis, d, False)}
    chosen: list[Panel] = []
    for _, _, panel in sorted(spans, key=lambda s: (-s[0], -s[1], s[2].basis)):
        if not {y for c in chosen for y in c.years} & set(panel.years):
            chosen.append(panel)
    return sorted(chosen, key=lambda p: p.years)


def pairs(frame: pd.DataFrame, first: int, last: int) -> Panel:
    """Areas that have figures in two years on one basis, that of most areas, and no break between them.

    Parameters
    ----------
    frame : pandas.DataFrame
        As of :func:`panels`.
    first, last : int

    Returns
    -------
    Panel
        With two years; without areas where there are none.
    """
    by_area: dict[str, list[str]] = {}
    divisor = frame["divisor"] if "divisor" in frame else pd.Series("", index=frame.index)
    for code, own in frame.assign(divisor=divisor).groupby("area"):
        ends = [own[own["year"] == y] for y in (first, last)]
        if any(end.empty for end in ends):
            continue
        a, b = (end.iloc[0] for end in ends)
        between = own[(own["year"] > first) & (own["year"] <= last) & (own["basis"] == a["basis"])]
        if a["basis"] == b["basis"] and a["divisor"] == b["divisor"] and not (between["obs_status"] == "B").any():
            by_area.setdefault(a["basis"], []).append(code)
    basis = max(sorted(by_area), key=lambda b: len(by_area[b]), default="")
    return Panel(basis, (first, last), tuple(by_area.get(basis, ())))


@dataclass(frozen=True)
class Trend:
    """Slope of ln(dispersion) by year: share by which it falls or rises each year."""

    slope: float
    lower: float
    upper: float
    error: float
    p: float
    n: int


def sigma_convergence(years, values, lower, upper) -> Trend:
    """Trend of the dispersion between areas, ``ln d_t = a + g t``; areas converge where g is below zero.

    Barro and Sala-i-Martin (1992), Convergence, JPE 100(2); the regression is OLS of statsmodels. The
    bounds are those of interval arithmetic: g is a weighted sum of the logarithms.

    Parameters
    ----------
    years : array_like, shape (n,)
    values, lower, upper : array_like, shape (n,)
        Dispersion of each year with its bounds.

    Raises
    ------
    TooFew
        For fewer than three years.
    """
    import statsmodels.api as sm

    years, values, lower, upper = (np.asarray(x, dtype=float) for x in (years, values, lower, upper))
    if len(years) < LEAST_YEARS:
        raise TooFew(f"a trend needs {LEAST_YEARS} years, there are {len(years)}", 0, len(years))
    centred = years - years.mean()
    fit = sm.OLS(np.log(values), sm.add_constant(centred)).fit()
    k = centred / (centred @ centred)
    with np.errstate(divide="ignore"):
        low, high = np.log(lower), np.log(upper)
    ends = (np.where(k == 0, 0.0, k * a) for a in (np.where(k > 0, low, high), np.where(k > 0, high, low)))
    return Trend(float(fit.params[1]), *(float(e.sum()) for e in ends), float(fit.bse[1]), float(fit.pvalues[1]), len(years))


@dataclass(frozen=True)
class Beta:
    """Absolute beta-convergence over `years` years; see :func:`beta_convergence`.

    ``speed`` and ``half_life`` are None where they are not defined; ``lower`` and ``upper`` are bounds of
    `beta` by the printed figures, ``band`` the standard error of the fitted mean at each area.
    """

    constant: float
    beta: float
    lower: float
    upper: float
    error: float
    p: float
    r_squared: float
    speed: float | None
    speed_error: float | None
    half_life: float | None
    n: int
    years: int
    t_critical: float
    covariance: np.ndarray

    def mean(self, x):
        """Fitted growth at ln(level) `x`, and half the width of its 95 % band."""
        design = np.stack([np.ones_like(np.asarray(x, dtype=float)), np.asarray(x, dtype=float)], axis=-1)
        return design @ [self.constant, self.beta], self.t_critical * np.sqrt(np.einsum("ij,jk,ik->i", design, self.covariance, design))


def beta_convergence(start, end, years: int, start_bounds=None, end_bounds=None) -> Beta:
    """Whether what was lower at first has grown faster: ``ln(y_T / y_0) / T = a + b ln(y_0)``.

    Barro and Sala-i-Martin (1992), Convergence, JPE 100(2): ``b = -(1 - exp(-lambda T)) / T``, so the speed of
    convergence is ``lambda = -ln(1 + b T) / T`` and half of a gap is closed in ``ln 2 / lambda`` years; its standard
    error is that of b times ``1 / (1 + b T)`` (delta method). OLS of statsmodels.

    Parameters
    ----------
    start, end : array_like, shape (n,)
        Positive levels at both ends.
    years : int
        Years between them, T.
    start_bounds, end_bounds : (array_like, array_like), optional
        Lower and upper bounds. Those of b hold it for all levels between them, see
        :func:`indicators.analysis.ranges.ratio_range`: ``1 + b T`` is the slope of ln(end) by ln(start), a ratio of
        quadratic forms of the logarithms. Infinite where a level may be zero or all areas may have started equal.

    Raises
    ------
    TooFew
        For fewer than :data:`LEAST_AREAS` areas or :data:`LEAST_YEARS` years.
    ValueError
        For levels that are not above zero.
    """
    import statsmodels.api as sm
    from scipy.stats import t as student

    start, end = (np.asarray(x, dtype=float) for x in (start, end))
    if len(start) < LEAST_AREAS or years < LEAST_YEARS:
        raise TooFew(f"beta-convergence needs {LEAST_AREAS} areas and {LEAST_YEARS} years, there are {len(start)} and {years}", len(start), years)
    if not ((start > 0).all() and (end > 0).all()):
        raise ValueError("beta-convergence needs levels above zero")
    x, growth = np.log(start), np.log(end / start) / years
    fit = sm.OLS(growth, sm.add_constant(x)).fit()
    constant, beta = (float(v) for v in fit.params)
    low = high = beta
    if start_bounds is not None and end_bounds is not None:
        low, high = _slope_range(start_bounds, end_bounds, years)
    rest = 1 + beta * years
    speed = -np.log(rest) / years if rest > 0 else None
    error = float(fit.bse[1])
    return Beta(constant, beta, low, high, error, float(fit.pvalues[1]), float(fit.rsquared),
                None if speed is None else float(speed), None if speed is None else error / rest,
                float(np.log(2) / speed) if speed is not None and speed > 0 else None, len(start), int(years),
                float(student.ppf(0.975, len(start) - 2)), np.asarray(fit.cov_params()))


def _slope_range(start, end, years: int) -> tuple[float, float]:
    """Bounds of b by those of the levels at both ends."""
    from indicators.analysis.ranges import ratio_range

    lower, upper = (np.r_[tuple(np.asarray(bound, dtype=float) for bound in pair)] for pair in zip(start, end))
    n = len(lower) // 2
    if not ((lower > 0).all() and np.isfinite(upper).all()) or lower[:n].max() <= upper[:n].min():
        return -np.inf, np.inf
    lower, upper = np.log(lower), np.log(upper)
    for part in (slice(n), slice(n, None)):  # deviations from the mean are the same wherever zero is
        zero = (lower[part] + upper[part]).mean() / 2
        lower[part], upper[part] = lower[part] - zero, upper[part] - zero
    centre, none = np.eye(n) - 1 / n, np.zeros((n, n))
    low, high = ratio_range(np.block([[none, centre / 2], [centre / 2, none]]), np.block([[centre, none], [none, none]]), lower, upper)
    return (low - 1) / years, (high - 1) / years
