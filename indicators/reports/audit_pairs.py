"""Which two figures a claim compares: pairs in the text, and the pair that a claim is tied to."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass

from indicators.reports.audit_rules import FROM, NUMERALS, TO, Pair, Sentence, Slot, When, base_said, name, residue, same_subject, time_of, when

THAN_WORD = re.compile(r"(?P<word>相比于?|相较于?|比起|较之|比|较|与|同|跟|低于|高于|高出|超过|compared (?:with|to)|\bfrom\b|\bthan\b|\bagainst\b|\bversus\b)(?P<what>[^§,;]{0,28})$")
_CHANGED_TO = re.compile(r"(?:增|降|升|减|涨|扩|提|缩|压|变|跃|发展|调整|下滑|攀)[^§,;]{0,6}?(?:到|至|为|成)[^§,;]{0,14}$|\bto\b[^§,;]{0,12}$")
_RATE, _VERB = re.compile(r"增速|增幅|增长率|涨幅|降幅|增加值|增长速度"), re.compile(r"[增减多少高低快慢降升涨]|\b(?:up|down|more|less)\b")
_OF = re.compile(r"(?:是|为|相当于|等于|约为|达到?)[^§,;]{0,16}$")
_OLD_STATE = re.compile(r"原来|原先|最初|当初|起初|初期|此前|过去|开通")
_THAT = re.compile(r"[该这](?:一|个|项|类)?|上述")
_AHEAD = re.compile(r"将|预计|力争|目标|计划|到20\d\d|有望")
_WITH_OTHERS = re.compile(r"(?:高于|低于|高出|比|较|快于|慢于|好于|超过?)[^,§]*(?:全国|全省|全球|世界|平均|同类|其他)")
_FORMER = re.compile(r"前者|分别")


def compatible(a: Slot, b: Slot) -> bool:
    """Whether two figures are in one unit."""
    if a.figure.unit == b.figure.unit:
        return True
    return a.sentence.english and "" in (a.figure.unit, b.figure.unit) and "%" not in (a.figure.unit, b.figure.unit)


def _unit_left_out(i: Slot, j: Slot) -> bool:
    """由4.92亿增长到11.6亿人次, 由每亩2100元提高到8600元: both are in the unit that one of them has."""
    one, two = i.figure.unit, j.figure.unit
    alike = one == "" or one.startswith(two + "/") or two.startswith(one + "/")
    return i.sentence is j.sentence and alike and FROM.search(i.lead) is not None and j.k == i.k + 1 and _CHANGED_TO.search(j.pre) is not None


def _apart_by_semicolon(a: Slot, b: Slot) -> bool:
    return a.sentence is b.sentence and ";" in a.sentence.masked[a.pos:b.pos]


def link(i: Slot, j: Slot) -> Pair | None:
    """The comparison that two neighbouring levels make, if they make one.

    由 i 增长到 j; i, 比 … j; i, 是 … j 的 N 倍; or the same thing at two times.
    """
    if i.sentence.block != j.sentence.block or not (compatible(i, j) or _unit_left_out(i, j)):
        return None
    if i.sentence is j.sentence and not _apart_by_semicolon(i, j):
        return _linked_by_words(i, j) or _linked_by_times(i, j)
    return _linked_by_times(i, j) if j.sentence.index - i.sentence.index <= 1 else None


def _linked_by_words(i: Slot, j: Slot) -> Pair | None:
    text = j.pre.rstrip("( ")
    if THAN_WORD.search(i.pre.rstrip("( ")) and re.match(r"\)?相比", i.post) and not residue(i.pre[:THAN_WORD.search(i.pre.rstrip("( ")).start()]):
        return Pair(i, j, "than")
    free = not residue(text) or same_subject(residue(text), i)
    to = _CHANGED_TO.search(j.pre)
    reached = free or to and not residue(j.pre[:to.start()])  # what stands after 到 describes the state reached
    if FROM.search(i.lead) and TO.search(j.lead) and reached:
        return Pair(i, j, "from_to")
    if to and reached and not when(j.lead).back:
        return Pair(i, j, "from_to")
    if j.k and j.sentence.slots[j.k - 1].role in ("multiple", "times") and re.fullmatch(r"\s*(?:the|that of|those of)\s*(?:the\s*)?", j.pre):
        return Pair(j, i, "than")
    than = THAN_WORD.search(text)
    if than and not _FORMER.search(text) and not _VERB.search(_RATE.sub("", than["what"])):
        own = text[:than.start("word")].rsplit(";", 1)[-1]
        if not residue(own) or same_subject(residue(own.rsplit(",", 1)[-1]), i):
            return Pair(j, i, "than")
    following = j.sentence.slots[j.k + 1] if j.k + 1 < len(j.sentence.slots) else None
    if following and following.role in ("multiple", "times") and re.match(r"\)?的|\s*times", following.pre) and _OF.search(text) and not residue(text[:_OF.search(text).start()]):
        return Pair(j, i, "than")
    return None


def _linked_by_times(i: Slot, j: Slot) -> Pair | None:
    first, second = time_of(i), time_of(j)
    text = j.pre if i.sentence is j.sentence else j.before
    if not second.said and not first.said:
        if not re.search(r"原来|当初", i.lead):
            return None
    if residue(text) and not _same_name(i, j):
        return None
    if "分别" in text:
        return None
    order = _older(first, second, i, j)
    return None if order == 0 else Pair(i, j, "times") if order < 0 else Pair(j, i, "times")


def _same_name(i: Slot, j: Slot) -> bool:
    one, two = residue(name(i)), residue(name(j))
    return bool(one) and (one == two or len(two) > 1 and _THAT.search(j.pre) is not None and one.endswith(two))


def _older(first: When, second: When, i: Slot, j: Slot) -> int:
    """-1 if the first time is the earlier, 1 if the second is, 0 if that is not known."""
    if first.year and second.year:
        return (first.year > second.year) - (first.year < second.year)
    if first.back is not None and second.back is not None:
        return (first.back > second.back) - (first.back < second.back)
    a, b = year_of(i), year_of(j)
    if not first.said and second.year and (a is None or a >= second.year) and not _AHEAD.search(j.pre) \
            and (re.match(r"[,;(]?而?(?:19|20)\d\d年", j.pre) and not residue(j.pre) and not _VERB.search(j.pre) or _THAT.search(j.pre)):
        return 1
    if first.back is None and second.back is None:
        if first.year and b:
            return (first.year > b) - (first.year < b)
        if second.year and not first.year and _OLD_STATE.search(i.lead):
            return -1
        if second.year and not first.year and a:
            return (a > second.year) - (a < second.year)
        return 0
    if second.back is not None and not first.said:
        return 1
    if first.back is not None and not second.said:
        return -1
    if a and b:
        return (a > b) - (a < b)
    return 0 if first.back == -1 and second.year or second.back == -1 and not first.year else (1 if second.back is not None else -1)


def year_of(slot: Slot) -> int | None:
    """Year of a slot's figure: the one in its words, else the one that the reader gave."""
    said = time_of(slot)
    if said.year:
        return said.year
    period = slot.figure.period or ""
    tail = period.split("/")[-1][:4]
    return int(tail) if tail.isdigit() and slot.figure.period_kind != "cumulative" else None


@dataclass
class Bound:
    """The figures that a claim is tied to; `base` is missing where only the later one is known."""

    now: Slot | None = None
    base: Slot | None = None
    link: str = ""
    reason: str = ""


def years_of(slot: Slot, bound: Bound) -> list[int]:
    """Numbers of years of an average: from the two years, else from the words, then also one fewer."""
    first, last = time_of(bound.base).year, year_of(bound.now)
    if first and last and last > first:
        return [last - first]
    words = slot.sentence.masked[:slot.pos]
    m = re.search(r"(?<!\d)((?:19|20)\d\d)年?(?:底|末)?\s*(?:至|到|—|-|~|to)+\s*((?:19|20)\d\d)", words)
    if m and int(m[2]) > int(m[1]):
        count = int(m[2]) - int(m[1])
        return [count] if bound.link == "from_to" else [count, count + 1]
    if re.search(r"十[一二三四]五[^,;§]{0,2}(?:期间|时期)", words):
        return [5, 4]
    back = time_of(bound.base).back
    if back is not None and back < -1:
        return [-back]
    m = re.search(r"十[一二三四]五\W?前([二两三四])年", words)
    if m:
        return [NUMERALS[m[1]]]
    m = re.search(r"([一二三四五六七八九十]|\d{1,2})年(?:间|来|里|内|以来)", words) or re.search(r"\b(two|three|four|five|six|ten) years", words)
    if m:
        n = int(m[1]) if m[1].isdigit() else NUMERALS[m[1]]
        return [n, n - 1] if n > 2 else [n]
    return []


class Paragraphs:
    """Levels of every paragraph in order, with the links between neighbours."""

    def __init__(self, found: list[Sentence], points: bool = False):
        self.levels: dict[int, list[Slot]] = defaultdict(list)
        for sentence in found:
            self.levels[sentence.block] += sentence.levels(points)
        self.starts = {block: [s.figure.start for s in levels] for block, levels in self.levels.items()}
        self.links = {block: [link(a, b) for a, b in zip(levels, levels[1:])] for block, levels in self.levels.items()}

    def bind(self, claim: Slot) -> Bound:
        """The pair that a claim of change is tied to."""
        block = claim.sentence.block
        levels, links = self.levels[block], self.links[block]
        at = bisect_left(self.starts[block], claim.figure.start)
        after = at + 1 if at < len(levels) and levels[at] is claim else at  # a growth that is a level of points itself
        last = levels[at - 1] if at else None
        following = levels[after] if after < len(levels) else None
        if following is not None and following.sentence is claim.sentence and re.match(r",\s*(?:由|从|from)", claim.post):
            ahead = self._ahead(claim, following, links[after] if after < len(links) else None, None)
            if ahead.base is not None:
                return ahead
        if claim.role == "points" and _WITH_OTHERS.search(claim.pre):
            return Bound()  # what it is compared with is not printed
        if last is not None and (_tied(claim, last) or last.sentence is claim.sentence and re.match(r"的基础上", claim.pre)):
            before = links[at - 2] if at >= 2 else None
            if before is not None:
                bound = _checked(claim, before)
                return bound if bound.base is not None else _goes_on(claim, last, following) or bound
            listed = self._of_its_place(last, levels[:at - 1])
            if listed is not None:
                return _checked(claim, listed)
            reached = _reached(last, following) if following is not None and (not residue(claim.pre) or claim.pre.startswith("的基础上")) else None
            if reached is not None:
                return _checked(claim, reached)
            around = links[at - 1] if following is not None and after == at and following.sentence is claim.sentence else None
            if around is not None and not residue(claim.pre):
                return _checked(claim, around)
            return Bound(now=last) if last.sentence is claim.sentence else Bound()
        if following is not None and following.sentence.index == claim.sentence.index + 1 and len(claim.sentence.slots) == 1 and not residue(claim.sentence.masked):
            pair = links[after] if after < len(links) else None
            return _checked(claim, pair) if pair is not None and pair.link in ("from_to", "than") and pair.last.sentence is following.sentence else Bound()
        if following is not None and following.sentence is claim.sentence and not _apart_by_semicolon(claim, following):
            return self._ahead(claim, following, links[after] if after < len(links) else None, last)
        return Bound()

    @staticmethod
    def _of_its_place(base: Slot, earlier: list[Slot]) -> Pair | None:
        """北京、天津、河北分别为 …, 其中天津比 … : the one of the list that is of the same place."""
        than = THAN_WORD.search(base.pre.rstrip("( "))
        if not than or not re.match(r",?其中", base.pre) or not base.figure.areas:
            return None
        hits = [s for s in earlier if s.sentence is base.sentence and compatible(s, base) and s.figure.areas == base.figure.areas
                and base.figure.areas[0][:2] in base.pre]
        return Pair(base, hits[0], "than") if len(hits) == 1 else None

    def _ahead(self, claim: Slot, following: Slot, pair: Pair | None, last: Slot | None) -> Bound:
        words = following.pre
        if residue(claim.pre) and last is not None and last.sentence is claim.sentence:
            return Bound()
        if pair is not None and pair.last.sentence is claim.sentence and (pair.link in ("from_to", "than") or pair.base.pre.startswith("(")) and not residue(words):
            return _checked(claim, pair)
        if re.match(r",?(?:达到?|增至|升至|降至|减至|总量达|to |reaching )", words) and not residue(words):
            return Bound(now=following)
        return Bound()


def _reached(last: Slot, following: Slot) -> Pair | None:
    """比2018年的A增长C, 达到B; 在A的基础上增长C, 达到B."""
    if last.sentence is not following.sentence or not compatible(last, following) or not re.match(r",?(?:达到?|增至|升至|降至|减至|为)", following.pre) or residue(following.pre):
        return None
    based = THAN_WORD.search(last.pre.rstrip("( ")) or FROM.search(last.lead) or re.match(r"的基础上", last.post)
    return Pair(last, following, "than") if based else None


def _goes_on(claim: Slot, last: Slot, following: Slot | None) -> Bound | None:
    """由A增至B, 2023年增长近1.1倍, 达到C: the growth is from B to C."""
    if following is None or following.sentence is not claim.sentence or not compatible(last, following):
        return None
    said, before = when(claim.lead), year_of(last)
    if re.match(r",?(?:达到?|增至|升至|降至|至)", following.pre) and not residue(following.pre) and said.year and before and said.year == before + 1:
        return Bound(following, last, "from_to")
    return None


def _tied(claim: Slot, last: Slot) -> bool:
    """Whether nothing between a level and a claim after it names another thing."""
    if claim.sentence is not last.sentence:
        if claim.sentence.block != last.sentence.block or claim.sentence.index - last.sentence.index > 1:
            return False
        words = residue(claim.before)
        return not words or same_subject(words, last)
    if _apart_by_semicolon(last, claim) or _FORMER.search(claim.pre):
        return False
    words = claim.sentence.masked[last.pos + 1:claim.pos]
    if claim.role == "points" or claim.role == "multiple":
        words = re.sub(r"^\s*(?:个)?(?:km|units)?\b", "", words)
    clauses = [residue(c) for c in words.split(",")]
    if claim.sentence.english:
        clauses = clauses[1:]  # the noun that was counted
    return all(not c or same_subject(c, last) for c in clauses)


def _checked(claim: Slot, pair: Pair) -> Bound:
    """The pair, unless the claim names another base or another time."""
    said, base, now = base_said(claim), time_of(pair.base), time_of(pair.now)
    bound = Bound(pair.now, pair.base, pair.link)
    other = Bound(reason="other_base", now=pair.now)
    if pair.link == "than" and pair.base.pos < claim.pos and pair.base.k == claim.k - 1:
        return bound
    if said.year:
        first = base.year or (year_of(pair.base) if not base.said else None)
        if not base.said and re.search(rf"{said.year}年?\s*(?:至|到|—|-|~)", claim.sentence.masked):
            return bound  # 2018至2023年, 由A增加到B
        return bound if first == said.year or not base.said and first is None else other
    if said.back == -1:
        if base.back == -1 or not base.said and not now.said:
            return bound
        later = year_of(pair.now)
        if pair.link == "times" and later in (None, base.year) and not now.said and pair.base.pos > pair.now.pos:
            return bound  # 全年完成A, 2022年为B, 同比: the year before is the one that is named
        return bound if base.year and later and later - base.year == 1 else other
    if said.back is not None:
        if base.back == said.back or not base.said:
            return bound
        later = year_of(pair.now)
        return bound if base.year and later and base.year - later == said.back else other
    own = when(claim.lead)
    if own.year and pair.base.pos < claim.pos and own.year != base.year:
        return other
    if re.search(r"当年|今年|同比|其中", claim.lead):
        return other
    return bound


# --- elsewhere in the report ---------------------------------------------------------------


class Elsewhere:
    """Levels of the whole report by what they are of."""

    def __init__(self, found: list[Sentence]):
        self.by: dict[tuple, list[Slot]] = defaultdict(list)
        self.of_unit: dict[str, list[Slot]] = defaultdict(list)
        for sentence in found:
            for slot in sentence.levels():
                self.of_unit[slot.figure.unit].append(slot)
                for key in self.keys(slot):
                    self.by[key].append(slot)

    @staticmethod
    def keys(slot: Slot) -> list[tuple]:
        """Names under which a slot is found: its own words, and what the reader says it is of."""
        figure, own = slot.figure, residue(name(slot))
        keys = [("words", figure.unit, own)] if len(own) > 1 else []
        what = figure.indicator or figure.indicator_text
        if what and figure.areas and not figure.from_areas:
            keys.append(("read", figure.unit, what, tuple(sorted(figure.areas))))
        return keys

    def near(self, slot: Slot, most: int) -> list[Slot]:
        """Levels in a slot's unit: at most `most` before and after it."""
        same = self.of_unit[slot.figure.unit]
        at = bisect_left(same, slot.figure.start, key=lambda s: s.figure.start)
        return same[max(0, at - most):at + most]

    def base(self, now: Slot, year: int) -> tuple[Slot | None, str]:
        """The figure of the same thing in another year, or why there is none."""
        hits = {}
        for key in self.keys(now):
            same = self.by.get(key, [])
            at = bisect_left(same, now.figure.start, key=lambda s: s.figure.start)
            for slot in same[max(0, at - 60):at + 60]:
                if slot is not now and year_of(slot) == year and _same_months(slot, now):
                    hits[id(slot)] = slot
        return nearest(list(hits.values()), now)


def nearest(hits: list[Slot], to: Slot) -> tuple[Slot | None, str]:
    """The nearest of some figures of one thing; none if they contradict each other."""
    if not hits:
        return None, "part_missing"
    hits.sort(key=lambda s: abs(s.figure.start - to.figure.start))
    chosen = hits[0].figure
    if any(s.figure.lower > chosen.upper or s.figure.upper < chosen.lower for s in hits):
        return None, "ambiguous"
    return hits[0], ""


def _same_months(a: Slot, b: Slot) -> bool:
    shape = lambda s: [p[5:] for p in (s.figure.period or "").split("/")]  # noqa: E731
    one, two = shape(a), shape(b)
    return one == two or not a.figure.period or not b.figure.period
