"""Interval arithmetic on printed numbers: what a printing stands for, and what follows from it.

A printed number is a span: its value and the least and greatest number that would have been
printed so. :func:`indicators.measures.divide` does the same for columns of a series; here single
numbers of any sign are combined, and a quotient that is not defined is None.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from indicators.reports.figure import Figure

_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_SHOWN = re.compile(r"-?\d[\d,]*(?:\.\d+)?\s*(?:(?:万亿|千亿|百亿|十亿|千万|百万|十万|万|亿|千|百)|(?:thousand|million|billion|trillion)\b)?|[一二三四五六七八九十百千万亿两零半]+(?:成|分之[一二三四五六七八九十]+)?")
_TINY = 1e-9


@dataclass(frozen=True)
class Span:
    """A number with the bounds that its printing allows."""

    value: float
    lower: float
    upper: float

    def __post_init__(self):
        if not self.lower <= self.upper:
            raise ValueError(f"the span [{self.lower}, {self.upper}] is empty")

    def meets(self, other: Span) -> bool:
        """Whether some number lies in both."""
        slack = _TINY * max(1.0, abs(self.value), abs(other.value))
        return self.lower <= other.upper + slack and other.lower <= self.upper + slack

    def map(self, function) -> Span:
        """The span of a monotonic function."""
        low, high = function(self.lower), function(self.upper)
        return Span(function(self.value), min(low, high), max(low, high))


# --- formulas --------------------------------------------------------------------------


def ratio(a: Span, b: Span, factor: float = 1.0) -> Span | None:
    """``factor * a / b``; None where b may be zero.

    >>> ratio(Span(1, 1, 1), Span(4, 4, 4), 100).value
    25.0
    """
    if b.lower <= 0 <= b.upper or not b.value or not math.isfinite(b.upper - b.lower):
        return None
    try:
        corners = [factor * x / y for x in (a.lower, a.upper) for y in (b.lower, b.upper)]
        return Span(factor * a.value / b.value, min(corners), max(corners))
    except (OverflowError, ZeroDivisionError, ValueError):
        return None


def growth(now: Span, base: Span) -> Span | None:
    """Growth in percent, ``100 * (now - base) / base``."""
    found = ratio(now, base, 100.0)
    return found and found.map(lambda x: x - 100.0)


def fall(now: Span, base: Span) -> Span | None:
    """Fall in percent as a positive number, ``100 * (base - now) / base``."""
    found = growth(now, base)
    return found and found.map(lambda x: -x)


def annual(now: Span, base: Span, years: float) -> Span | None:
    """Average annual growth in percent, ``100 * ((now / base) ** (1 / years) - 1)``."""
    found = ratio(now, base)
    if not found or found.lower < 0 or years <= 0:
        return None
    return found.map(lambda x: 100.0 * (x ** (1.0 / years) - 1.0))


def difference(a: Span, b: Span) -> Span:
    """``a - b``."""
    return Span(a.value - b.value, a.lower - b.upper, a.upper - b.lower)


def total(parts: list[Span]) -> Span:
    """Sum of the parts."""
    return Span(sum(p.value for p in parts), sum(p.lower for p in parts), sum(p.upper for p in parts))


# --- what a printing stands for ---------------------------------------------------------


def _printed_digits(figure: Figure) -> str:
    found = _DIGITS.findall(figure.value_text)
    return found[-1].replace(",", "") if found else ""


def step(figure: Figure, significant: bool = False) -> float:
    """Size of one unit of the last printed (or last significant) digit, in the figure's unit."""
    digits = _printed_digits(figure)
    number = float(digits) if digits else 0.0
    if not number or not figure.value:
        width = figure.upper - figure.lower
        return width if math.isfinite(width) else 0.0
    scale = abs(figure.value) / number
    if "." in digits:
        return 10.0 ** -len(digits.split(".")[1]) * scale
    zeros = len(digits) - len(digits.rstrip("0")) if significant else 0
    return 10.0**zeros * scale


def given(figure: Figure) -> Span:
    """What a figure that is computed with stands for.

    A whole number that ends in two or more zeros may have been rounded to one digit more than
    its last other one: 5000 stands for [4950, 5050].
    """
    lower, upper = min(figure.lower, figure.value), max(figure.upper, figure.value)
    digits = _printed_digits(figure)
    if figure.qualifier == "exact" and figure.unit not in ("%", "倍") and digits.isdigit() and digits.endswith("00"):
        half = step(figure, significant=True) / 20
        lower, upper = min(lower, figure.value - half), max(upper, figure.value + half)
    if figure.qualifier == "about":  # 1000左右 is no figure between 500 and 1500
        lower, upper = max(lower, figure.value - 0.2 * abs(figure.value)), min(upper, figure.value + 0.2 * abs(figure.value))
    return Span(figure.value, lower, upper)


def claimed(figure: Figure, qualifier: str) -> Span:
    """What a figure that a report states as a result stands for.

    Words leave one side open: 超 has no upper bound, 近 a lower one at nine tenths; 约 is at least a
    twentieth to both sides.
    """
    value, coarse = abs(figure.value), step(figure, significant=True)
    text = figure.value_text
    fraction = "分之" in text and "百分之" not in text or "半" in text
    around = 0.06 * value if fraction else 0.1 * value if "番" in text else 0.0
    if qualifier == "over":
        if re.search(r"\d[万亿]*[余多]|[倍成][余多]", text):  # 28倍多 stays below 29
            return Span(value, value, value + 2 * coarse)
        return Span(value, value - (around if "番" in text or fraction else 0.0) / 2, math.inf)
    if qualifier == "nearly":
        return Span(value, value - max(coarse if not fraction else 0.0, 0.1 * value), value)
    if qualifier == "under":
        return Span(value, value - max(coarse if not fraction else 0.0, 0.4 * value), value)
    if qualifier == "about":
        around = max(around, 0.05 * value, coarse / 2 if not fraction else 0.0)
        return Span(value, value - around, value + around)
    low, high = sorted((abs(figure.lower), abs(figure.upper)))
    return Span(value, min(low, value - around), max(high, value + around))


def cut_off(stated: Figure, recomputed: Span) -> bool:
    """Whether the stated figure is the recomputed one with its further digits cut off: no rounding, but no other figure either."""
    return abs(stated.value) <= recomputed.value < abs(stated.value) + step(stated)


# --- writing it down --------------------------------------------------------------------


def number(x: float) -> str:
    """A number for a line of arithmetic: four significant digits, or one decimal.

    >>> number(-65.42056), number(12238.9), number(0.0123456)
    ('−65.4', '12238.9', '0.01235')
    """
    if not math.isfinite(x):
        return ("−" if x < 0 else "") + "∞"
    shown = f"{x:.1f}" if abs(x) >= 10 else f"{x:.2f}" if abs(x) >= 1 else f"{x:.4g}"
    if abs(x) >= 1e9:
        shown = f"{x:.5g}"
    return shown.replace("-", "−")


def as_printed(figure: Figure) -> str:
    """Number and magnitude of a figure, without qualifier and unit."""
    found = _SHOWN.findall(figure.value_text)
    return max((re.sub(r"\s+", "", f) for f in found), key=len, default="") or number(figure.value)


def line(left: str, result: Span, unit: str = "") -> str:
    """One line: the computation, its result and bounds."""
    unit = unit and f" {unit}"
    return f"{left} = {number(result.value)}{unit} [{number(result.lower)}{unit}, {number(result.upper)}{unit}]"


# --- what would make it right -----------------------------------------------------------


def swapped(figure: Figure) -> list[Figure]:
    """The figure with two neighbouring digits exchanged, every way."""
    from dataclasses import replace

    digits = _printed_digits(figure)
    if not digits or not float(digits):
        return []
    scale, found = figure.value / float(digits), []
    places = [i for i, c in enumerate(digits) if c != "."]
    for i, j in zip(places, places[1:]):
        if digits[i] != digits[j] and not (digits[j] == "0" and i == 0):
            other = digits[:i] + digits[j] + digits[i + 1:j] + digits[i] + digits[j + 1:]
            shift = float(other) * scale - figure.value
            found.append(replace(figure, value=figure.value + shift, lower=figure.lower + shift, upper=figure.upper + shift,
                                 value_text=figure.value_text.replace(digits, other)))
    return found
