"""How far a figure is on its way to a target, and whether its pace is enough."""

from __future__ import annotations

from dataclasses import dataclass

VERDICTS = ("reached", "on_pace", "behind", "unclear")


@dataclass(frozen=True)
class Point:
    """A figure at a time, with what its printing allows."""

    t: float
    value: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Progress:
    """Where a series stands on the way to a target.

    Attributes
    ----------
    share : (float, float, float)
        Part of the way from the first figure to the target, per cent: value, least, greatest.
    needed : (float, float, float) or None
        Change a year from the last figure to the target; None where no time is left or none is set.
    seen : (float, float, float)
        Change a year from the first to the last figure.
    verdict : str
        One of :data:`VERDICTS`.
    """

    share: tuple[float, float, float]
    needed: tuple[float, float, float] | None
    seen: tuple[float, float, float]
    verdict: str


def progress(first: Point, last: Point, target: Point) -> Progress:
    """Progress from a first figure to a target, by straight lines and interval arithmetic.

    ``share = (last - first) / (target - first)``, ``seen = (last - first) / years``,
    ``needed = (target - last) / years left``: the linear pace of UN ESCAP, Asia and the Pacific
    SDG Progress Report, technical note. A verdict holds whatever the printing hides: on pace where
    the least pace seen is not below the greatest needed, behind where the greatest seen is below
    the least needed; otherwise unclear.

    Parameters
    ----------
    first, last, target : Point
        On one basis, without a break between the first two; a target whose ``t`` is infinite has no date.

    Raises
    ------
    ValueError
        Where the last figure is not later than the first, or the target equals the first figure.
    """
    if last.t <= first.t:
        raise ValueError("a pace needs two figures of different times")
    way = target.value - first.value
    if way == 0:
        raise ValueError("the target equals the first figure; there is no way to measure")
    sign = 1 if way > 0 else -1
    years, left = last.t - first.t, target.t - last.t
    seen = _divided(_difference(last, first), years)
    needed = _divided(_difference(target, last), left) if 0 < left < float("inf") else None
    ends = [_share(f, x, g) for f in (first.lower, first.upper) for x in (last.lower, last.upper) for g in (target.lower, target.upper)]
    share = (100 * (last.value - first.value) / way, min(ends), max(ends))
    if min(sign * last.lower, sign * last.upper) >= max(sign * target.value, sign * target.lower if sign > 0 else sign * target.upper):
        verdict = "reached"
    elif needed is None:
        verdict = "unclear"
    else:
        low, high = sorted((sign * seen[1], sign * seen[2]))
        least, most = sorted((sign * needed[1], sign * needed[2]))
        verdict = "on_pace" if low >= most else "behind" if high < least else "unclear"
    return Progress(share, needed, seen, verdict)


def _share(first, last, target):
    """Per cent of the way; beyond all bounds where the printing leaves open whether there is a way."""
    return 100 * (last - first) / (target - first) if target != first else float("inf")


def _difference(later: Point, earlier: Point):
    return later.value - earlier.value, later.lower - earlier.upper, later.upper - earlier.lower


def _divided(numbers, years):
    return tuple(x / years for x in numbers)
