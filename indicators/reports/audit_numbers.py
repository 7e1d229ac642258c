"""Numbers that a comparison may rest on though they are no figures of their own: bare counts, 翻近一番, 减少一半.

The reader gives figures that say what they are of. A check of arithmetic needs less: that a number is
printed, and which unit, if any, stands behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from indicators.model import _MAGNITUDE as MAGNITUDES
from indicators.reports.figure import Figure
from indicators.reports.layout import Block

_DOUBLED = re.compile(r"翻(?:了)?(?P<about>近|将近|约|超过?|逾)?(?P<n>[一二两三四])番")
_HALVED = re.compile(r"(?:减少|缩短|下降|降低|压减|压缩|减半|增长|增加)(?:了)?(?P<half>(?:近|约|超过?|逾|过)?一半)(?=[,。;!、]|$)")
_LARGE = re.compile(r"(?<![\d.A-Za-z第])(?P<n>\d[\d,]*(?:\.\d+)?)(?P<m>万亿|亿|万)(?P<u>元|美元|吨|斤|人次|人|户|家|件|个|项|辆|亩|千瓦时|千瓦|平方米|公里)?")
_COUNT = re.compile(r"(?<![\w.,$-])(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?:\s+(?P<m>thousand|million|billion|trillion))?(?![\w%-]|[.,]\d)(?!\s*(?:percent|per\s?cent|percentage))"
                    r"(?:\s+(?P<u>cubic met(?:er|re)s|micrograms per cubic met(?:er|re)|(?:metric )?ton(?:ne)?s|square met(?:er|re)s|hectares|units|vehicles|people|passengers|visitors))?", re.I)
_ENGLISH = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_POWERS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_MONTH = re.compile(r"(?:January|February|March|April|May|June|July|August|September|October|November|December|No\.|Article|Chapter|Phase|Grade|Class)\.?\s*$", re.I)


def uncovered(block: Block, figures: list[Figure], starts: list[int]) -> list[Figure]:
    """Numbers of a paragraph that no figure covers.

    Parameters
    ----------
    block : Block
    figures : list of Figure
        In order, not overlapping.
    starts : list of int
        Their starts.
    """
    found = _english(block) if block.english else _chinese(block)
    return [f for f in found if not _covered(f, figures, starts)]


def _covered(one: Figure, figures: list[Figure], starts: list[int]) -> bool:
    at = bisect_left(starts, one.end)
    return any(f.end > one.start for f in figures[max(0, at - 2):at])


def _figure(block: Block, start: int, end: int, value: float, half: float, unit: str, qualifier: str = "exact", kind: str = "level") -> Figure:
    first, last = block.span(start, end)
    return Figure(first, last, block.text[start:end], value, unit, value - half, value + half, qualifier, kind)


def _chinese(block: Block) -> list[Figure]:
    found = []
    for m in _DOUBLED.finditer(block.text):
        times = 2.0 ** _POWERS[m["n"]]
        found.append(_figure(block, m.start(), m.end(), times, 0.05 * times, "倍", _qualifier(m["about"]), "multiple"))
    for m in _HALVED.finditer(block.text):
        found.append(_figure(block, *m.span("half"), 50.0, 5.0, "%", _qualifier(m["half"].removesuffix("一半")), "growth_pct"))
    for m in _LARGE.finditer(block.text):
        scale = float(MAGNITUDES[m["m"]])
        found.append(_figure(block, m.start(), m.end(), float(m["n"].replace(",", "")) * scale, _half(m["n"]) * scale, m["u"] or ""))
    return found


def _qualifier(word: str | None) -> str:
    return "exact" if not word else "nearly" if "近" in word else "about" if word == "约" else "over"


def _half(digits: str) -> float:
    return 0.5 * 10.0 ** -len(digits.partition(".")[2])


def _english(block: Block) -> list[Figure]:
    found = []
    for m in _COUNT.finditer(block.text):
        digits = m["n"].replace(",", "")
        year = len(digits) == 4 and digits[:2] in ("19", "20") and "," not in m["n"] and not m["m"] and not m["u"]
        if year or len(digits) > 15 or _MONTH.search(block.text[max(0, m.start() - 12):m.start()]):
            continue
        scale = _ENGLISH.get((m["m"] or "").lower(), 1.0)
        found.append(_figure(block, m.start(), m.end(), float(digits) * scale, _half(m["n"]) * scale, (m["u"] or "").lower()))
    return found
