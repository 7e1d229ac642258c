"""Numbers, periods and units as the reader's language writes them."""

from __future__ import annotations

import math

from indicators.model import unit_scale
from indicators.names import name

NBSP = "\u00a0"

# Chinese groups by four digits, English by three.
_ZH_STEPS = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
_EN_STEPS = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_EN_SCALED = {"元": "yuan", "人": "people", "人次": "visits", "件": "cases", "吨": "tonnes", "标准箱": "TEU", "户": "households",
              "亩": "mu", "平方米": "m²", "个": "", "家": "", "项": "", "台": ""}


def number(value: float, lang: str, decimals: int | None = None) -> str:
    """A number with the separators of the language; ``–`` for a gap.

    Parameters
    ----------
    value : float
        The number.
    lang : {"zh", "en"}
    decimals : int, optional
        Digits after the point; as many as make three significant digits when omitted.
    """
    if value is None or not math.isfinite(value):
        return "–"
    if decimals is None:
        size = abs(value)
        decimals = 0 if size >= 100 or value == int(value) else 1 if size >= 10 else 2
    if lang == "zh" and abs(value) < 10_000:
        text = f"{value:.{decimals}f}"
    else:
        text = f"{value:,.{decimals}f}"
    return text.replace("-", "−")


def quantity(value: float, unit: str, lang: str, decimals: int | None = None) -> str:
    """A number with its unit, in the magnitude that the language speaks in.

    1,043,000 亿元 is 104.3万亿元 in Chinese and 104.3 trillion yuan in English.
    """
    if value is None or not math.isfinite(value):
        return "–"
    if unit == "%":
        return f"{number(value, lang, decimals)}%"
    scale, base = unit_scale(unit)
    if lang == "zh":
        if scale == 1 and abs(value) < 100_000:
            return f"{number(value, lang, decimals)}{NBSP}{unit}"
        whole = float(scale) * value
        for step, word in _ZH_STEPS:
            if abs(whole) >= step and (step > float(scale) or scale == 1):
                shown = whole / step
                return f"{number(shown, lang, _digits(shown))}{NBSP}{word}{base}"
        return f"{number(value, lang, decimals)}{NBSP}{unit}"
    word = _EN_SCALED.get(base)
    whole = float(scale) * value
    if word is not None and abs(whole) >= 1e6:
        for step, magnitude in _EN_STEPS:
            if abs(whole) >= step:
                shown = whole / step
                return f"{number(shown, lang, _digits(shown))}{NBSP}{magnitude} {word}".rstrip()
    if word is not None and scale != 1:
        return f"{number(whole, lang, 0)}{NBSP}{word}".rstrip()
    shown = name("unit", unit, lang)
    return f"{number(value, lang, decimals)}{NBSP}{shown}".rstrip()


def _digits(value: float) -> int:
    size = abs(value)
    return 0 if size >= 1000 else 1 if size >= 100 else 2 if size < 10 else 1


def period(text: str, kind: str, lang: str) -> str:
    """A period in words: 2023 年, 2023 年末, 2014–2022 年累计, 2023 年 1–11 月."""
    start, _, end = text.partition("/")
    if lang == "zh":
        if kind == "cumulative":
            return f"{_zh(start)}至{_zh(end)}累计" if end else f"{_zh(start)}累计"
        if kind == "ytd" and end:
            (y1, m1), (_, m2) = start.split("-")[:2], end.split("-")[:2]
            return f"{y1}年{int(m1)}–{int(m2)}月"
        if end:
            return f"{_zh(start)}至{_zh(end)}"
        return f"{_zh(start)}末" if kind == "end" else _zh(start)
    if kind == "cumulative":
        return f"{_en(start)} to {_en(end)}, cumulative" if end else f"{_en(start)}, cumulative"
    if kind == "ytd" and end:
        return f"{_MONTHS[int(start[5:7])]}–{_MONTHS[int(end[5:7])]} {end[:4]}"
    if end:
        return f"{_en(start)} to {_en(end)}"
    return f"end of {_en(start)}" if kind == "end" else _en(start)


_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _zh(part: str) -> str:
    year, *rest = part.split("-")
    return f"{year}年" + "".join(f"{int(p)}{'月日'[i]}" for i, p in enumerate(rest))


def _en(part: str) -> str:
    year, *rest = part.split("-")
    return f"{_MONTHS[int(rest[0])]} {year}" if rest else year


def unit_label(unit: str, lang: str) -> str:
    """A unit as an axis names it."""
    return name("unit", unit, lang)
