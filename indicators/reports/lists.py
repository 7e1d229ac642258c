"""Lists told with 分别: x, y and z belong to A, B and C in this order."""

from __future__ import annotations

import re

from indicators.reports import subjects
from indicators.reports.areas import names_of
from indicators.reports.periods import before_year

_JOIN = re.compile(r"[、和与及,]|以及|,?和")
_SPLIT = re.compile(r"[、和与及]|以及")


def _runs(text: str, read: list) -> list[list]:
    """Figures of one unit that follow each other with nothing but 、 or 和 between them, after 分别."""
    runs: list[list] = []
    for one in read:
        if runs and runs[-1][-1].quantity.unit == one.quantity.unit and _JOIN.fullmatch(text[runs[-1][-1].quantity.end:one.quantity.start]):
            runs[-1].append(one)
        else:
            runs.append([one])
    return [run for run in runs if len(run) > 1 and "分别" in text[max(run[0].sentence, run[0].quantity.start - 24):run[0].quantity.start]]


def spread(text: str, read: list, places: list, setting, times: list) -> None:
    """Give each figure of a list its own place, time or noun.

    Parameters
    ----------
    text : str
        Compact text.
    read : list
        Figures of a paragraph as the reader holds them; changed in place.
    places, times : list
        Places and times of the paragraph.
    setting : Setting
        Groups of its places.
    """
    for run in _runs(text, read):
        first = run[0]
        word = text.rfind("分别", first.sentence, first.quantity.start)
        years = [t for t in times if first.sentence <= t.start < word and not t.base]
        if len(years) >= len(run) and all(b.start - a.end <= 1 for a, b in zip(years[-len(run):], years[-len(run) + 1:])):
            for one, time in zip(run, years[-len(run):]):
                one.figure.period, one.figure.period_kind = time.period, time.kind
                if one.figure.kind == "yoy_pct":
                    one.figure.base_period = before_year(time.period)
            continue
        if _by_place(run, first, word, setting) or _by_noun(text, run, first, word):
            continue


def _by_place(run: list, first, word: int, setting) -> bool:
    groups = [g for g in setting.starting(max(first.sentence, word - 200), word) if g[-1].end <= word]
    for group in reversed(groups):
        names = [n for place in group for n in place.names]
        if len(group) == len(run):
            for one, place in zip(run, group):
                one.figure.areas, one.figure.from_areas, one.figure.to_areas = list(names_of([place], setting.ground)), [], []
                one.figure.why.append("list of places")
            return True
        if len(names) == len(run) and len(group) == 1:
            for one, name in zip(run, names):
                one.figure.areas, one.figure.from_areas, one.figure.to_areas = [name], [], []
                one.figure.why.append("list of places")
            return True
    return False


def _by_noun(text: str, run: list, first, word: int) -> bool:
    start = max(text.rfind(c, first.sentence, word) for c in ",;。") + 1 or first.sentence
    nouns = _SPLIT.split(re.sub(r"(?:的)?(?:年均增长率|同比|增速|占比|比重|比上年|均)+$", "", text[max(start, first.sentence):word]))
    if len(nouns) != len(run):
        return False
    tail = re.search(r"(?:增加值|产值|收入|产量|投资额?|总额|人次|销售额|成交额|占比)$", nouns[-1])
    for one, noun in zip(run, nouns):
        noun = re.sub(r"^(?:其中|\d{4}年|全年|京津冀|三地|国内)+", "", noun) if len(noun) > 4 else noun
        if tail and not noun.endswith(tail[0]):
            noun += tail[0]
        one.figure.indicator_text = noun
        found = subjects.named(noun)
        one.figure.indicator = subjects.choose(found, len(noun), len(noun), 0, len(noun) + 1, one.figure.unit, one.figure.kind)[0]
        one.figure.why.append("list of nouns")
    return True
