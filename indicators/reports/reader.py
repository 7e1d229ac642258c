"""Reads the figures out of the text of a report, by rules and word lists, without any service.

``python -m indicators.reports.reader FILE [--date 2024-02-15]`` prints a JSON object a line.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from indicators.reports import kinds, subjects
from indicators.reports.areas import Ground, Setting, note, region_of, relocated
from indicators.reports.dates import clock as clock_of
from indicators.reports.figure import Figure
from indicators.reports.layout import Block, blocks
from indicators.reports.lexicon import INDUSTRY_SHARES, ORIGIN_OF_RELOCATION
from indicators.reports.lists import spread
from indicators.reports.numbers import Quantity, quantities
from indicators.reports.periods import Dated, before_year, date_of, role_of
from indicators.reports.places import places
from indicators.reports.sections import State, aliases_of, articles, begin, dated_section, home_of, names_in, period_of_report
from indicators.reports.times import Clock, Time, times

_CLAUSE_END = re.compile(r"[,;。!?\t]")
_SENTENCE_END = re.compile(r"[。!?\t]")
#: Words further back than this do not speak of a figure.
FAR = 400
_AGREE = ("growth_pct", "yoy_pct", "times_increase", "multiple", "change_abs", "avg_annual_growth_pct")


@dataclass
class _Read:
    """A figure while it is read, in compact offsets."""

    quantity: Quantity
    kind: str
    figure: Figure
    clause: int
    clause_end: int
    sentence: int
    role: str
    dated: Dated

    @property
    def flowing(self) -> bool:
        """Whether it is told of a flow."""
        return bool(self.figure.from_areas or self.figure.to_areas)


def _blanked(text: str, found: list[Time]) -> str:
    """The text with its times blanked out, as long as before."""
    parts, at = [], 0
    for time in found:
        parts += [text[at:time.start], "\x01" * (time.end - time.start)]
        at = time.end
    return "".join(parts) + text[at:]


_EMPTY = re.compile(r"其中|包括|分别|达到|已达|已经|累计|[为是有约达和与及、,:“”(]")
_GENERIC = re.compile(r"(?:政务)?(?:服务|审批)?事项|项目|企业|单位|机构|等")
def _bounds(text: str, pattern: re.Pattern) -> list[int]:
    ends = [m.end() for m in pattern.finditer(text)]
    return [0, *ends, len(text) + 1]


def _within(bounds: list[int], at: int) -> tuple[int, int]:
    low, high = 0, len(bounds) - 1
    while high - low > 1:
        mid = (low + high) // 2
        if bounds[mid] <= at:
            low = mid
        else:
            high = mid
    return bounds[low], bounds[high]


def _kind(text: str, q: Quantity, segment: int, clause: int, clause_end: int, last: _Read | None) -> tuple[str, str]:
    left = text[max(segment, clause):q.start]
    listed = None
    if last is not None and segment == last.quantity.end and re.fullmatch(r"[、和与及,]|以及", text[segment:q.start] or " ") and last.quantity.unit == q.unit and last.quantity.form == q.form:
        listed = last.kind
    if len(left) < 2 and not listed and clause and last is None:
        left = text[max(0, clause - 20):q.start]
    return kinds.kind_of(q.form, q.unit, left, text[q.end:clause_end], text[max(clause, q.start - 60):q.start], listed)


def _growth(kind: str, dated: Dated, clock: Clock, changed: bool) -> tuple[str, str | None]:
    """Growth on the year before, or on a year that is named."""
    base = dated.base
    if kind == "growth":
        if changed or base and not _is_year_before(base, dated.period or str(clock.reference)):
            kind = "growth_pct"
        elif dated.period and re.fullmatch(r"\d{4}/\d{4}", dated.period):
            kind, base = "growth_pct", base or dated.period.split("/")[0]
        else:
            kind = "yoy_pct"
    if kind == "yoy_pct" and base and dated.period and len(base) == 4 and not _is_year_before(base, dated.period):
        kind = "growth_pct"
    if kind == "yoy_pct" and dated.period and not base:
        base = before_year(dated.period)
    return kind, base


def _is_year_before(base: str, period: str) -> bool:
    return base == before_year(period) or base[:4].isdigit() and period[:4].isdigit() and len(base) == 4 and int(base) == int(period[:4]) - 1


class _Paragraph:
    """One paragraph: everything that is looked up once for all its figures."""

    def __init__(self, block: Block, state: State):
        self.block, self.text, self.state = block, block.text, state
        state.carried = None
        state.ground.subject = ()
        self.times = times(self.text, state.clock, state.year)
        self.figures = quantities(_blanked(self.text, self.times))
        self.places = places(self.text, state.aliases)
        self.setting = Setting(self.text, self.places, state.ground)
        self.named = subjects.named(self.text) if self.figures else []
        self.clauses = _bounds(self.text, _CLAUSE_END)
        self.sentences = _bounds(self.text, _SENTENCE_END)
        self.items = sorted([*self.times, *self.places], key=lambda item: item.start)
        self.items_at = [item.start for item in self.items]
        self.noted, self.passed = 0, 0
        self.dated = [t for t in self.times if t.period]
        self.dated_at = [t.start for t in self.dated]
        self.named.sort(key=lambda n: n.start)
        self.named_at = [n.start for n in self.named]

    def read(self) -> list[_Read]:
        """Figures of the paragraph."""
        out: list[_Read] = []
        state, text = self.state, self.text
        sentence, pair, older = -1, (None, None, 0), (None, None)
        for q in self.figures:
            clause, clause_end = _within(self.clauses, q.start)
            start, end = _within(self.sentences, q.start)
            if start != sentence:
                self._pass_sentences(start)
                sentence, pair, older = start, (None, None, 0), (None, None)
                state.ground.flow = None
            last = out[-1] if out and out[-1].sentence == sentence else None
            if last and ";" in text[last.quantity.end:q.start]:
                pair, older = (None, None, 0), (None, None)
                state.ground.flow = None
            segment = last.quantity.end if last else clause
            one = self._one(q, segment, clause, min(clause_end, len(text)), sentence, last, pair, older)
            if one.role == "from":
                older = pair[:2] if pair[0] and pair[1] else older
                pair = (one.dated.period, None, q.end)
            elif one.role == "to":
                pair = (pair[0], one.dated.period, q.end)
            out.append(one)
        self._pass_sentences(len(text) + 1)
        spread(self.text, out, self.places, self.setting, self.dated)
        return out

    def _pass_sentences(self, until: int) -> None:
        """Take note of places and times of the sentences before the next figure's."""
        while self.passed + 1 < len(self.sentences) and self.sentences[self.passed] < until and self.sentences[self.passed + 1] <= until:
            self._pass_sentence(self.sentences[self.passed], self.sentences[self.passed + 1])
            self.passed += 1

    def _pass_sentence(self, a: int, b: int) -> None:
        state = self.state
        for group in self.setting.starting(a, b):
            note(group, state.ground)
        state.ground.subject = self.setting.sentence_subject(a, b) or state.ground.subject
        main = [t for t in self._times(a, b) if not t.base and not t.local]
        if main:
            goes_on = self.text.startswith(("其中", "分"), b) or state.statistical
            state.carried = main[-1] if main[-1].kind in ("year", "end") or goes_on and main[-1].kind in ("ytd", "point") else None
            state.year = int(main[-1].period[:4]) if not main[-1].spoken else state.year

    def _times(self, a: int, b: int) -> list[Time]:
        return self.dated[bisect_left(self.dated_at, a):bisect_left(self.dated_at, b)]

    def _one(self, q: Quantity, segment: int, clause: int, clause_end: int, sentence: int, last: _Read | None, pair, older) -> _Read:
        text, state = self.text, self.state
        for group in self.setting.starting(max(self.noted, sentence), q.start):
            note(group, state.ground)
        self.noted = q.start
        kind, why_kind = _kind(text, q, segment, clause, clause_end, last)
        role = role_of(text, q.start, clause, last.quantity.end if last else clause)
        carried = state.carried or state.default
        dated = date_of(text, self._times(max(sentence, q.start - FAR), clause_end), q.start, clause, clause_end, sentence, kind, carried, pair, role, older)
        if last is not None and last.role == "to" and text[last.quantity.end:q.start] in ("、", "和") and kind == last.kind:
            role, dated = "to", last.dated
        kind, base = _growth(kind, dated, state.clock, pair[0] is not None and pair[1] is not None)
        area, why_area = self.setting.area(q.start, q.end, segment, clause, clause_end, sentence, last)
        flow = self.setting.flow(q.start, clause, clause_end, sentence, segment, area)
        blank = [(item.start, item.end) for item in self._items(max(clause, segment), q.start)]
        words = subjects.phrase(text, q.start, q.end, max(clause, segment), q.counted, blank)
        found = self._indicator(q, kind, words, segment, clause, clause_end, sentence, last, role)
        why = [why_kind, why_area, dated.why, *q.why]
        if len(words) < 2 or kinds.is_change(words) or role == "to":
            words = last.figure.indicator_text if last is not None else state.indicator_text
        figure = Figure(0, 0, "", q.value, q.unit, q.lower, q.upper, q.qualifier, kind, found, words, list(area),
                        period=dated.period, period_kind=dated.kind, base_period=base, why=[w for w in why if w])
        if kind == "share_pct":
            figure.share_of = _share_of(text, q, clause)
        self._flow(figure, flow, text[clause:clause_end], last)
        return _Read(q, kind, figure, clause, clause_end, sentence, role, dated)

    def _items(self, a: int, b: int) -> list:
        """Times and places within a span, in order."""
        return [i for i in self.items[bisect_left(self.items_at, a):bisect_left(self.items_at, b)] if i.end <= b]

    def _names(self, a: int, b: int) -> list[subjects.Named]:
        """Indicators named in or at the edge of a span."""
        return self.named[bisect_left(self.named_at, a - 30):bisect_left(self.named_at, b)]

    def _core(self, start: int, q: Quantity) -> str:
        """What is left of the words before a figure without times, places and words of no content."""
        left = self.text[start:q.start]
        for item in reversed(self._items(start, q.start)):
            left = left[:item.start - start] + left[item.end - start:]
        left = _EMPTY.sub("", left)
        return left if left or not q.counted else self.text[q.end:q.end + 1].strip(",。;、)(")

    def _indicator(self, q: Quantity, kind: str, words: str, segment: int, clause: int, clause_end: int, sentence: int, last: _Read | None, role: str) -> str | None:
        """The catalogue's indicator: named with the figure, or that of the figure it goes on from."""
        bare = len(words) < 2 or kinds.is_change(words) or not self._core(max(clause, segment), q)
        if last is not None and (role == "to" or bare and (kind in _AGREE or q.unit == last.quantity.unit and last.figure.kind == kind)):
            return last.figure.indicator
        found, _ = subjects.choose(self._names(max(clause, segment - 1), clause_end), q.start, q.end, max(clause, segment - 1), clause_end, q.unit, kind)
        if found is None:
            found = subjects.alike(self.text[max(clause, segment):min(clause_end, q.end + 24)], q.unit, kind)
        if found is None and clause > sentence and segment <= clause:
            found = subjects.alike(self.text[max(sentence, segment, clause - 24):min(clause_end, q.end + 24)], q.unit, kind)
        if found is None and (bare or _GENERIC.fullmatch(words)):
            found, _ = subjects.choose(self._names(max(sentence, q.start - FAR), q.start), q.start, q.end, sentence, q.start, q.unit, kind)
        return found

    def _flow(self, figure: Figure, flow, words: str, last: _Read | None) -> None:
        goes_on = last is not None and last.flowing and words.startswith(("总投资", "投资")) and last.clause_end == last.clause_end
        if flow is None and self.state.region == "京津冀" and figure.areas and figure.unit != "%" and (relocated(words, figure.areas) or goes_on):
            flow = (ORIGIN_OF_RELOCATION,), tuple(figure.areas)
        if flow:
            figure.from_areas, figure.to_areas = map(list, flow)
            figure.areas = []
            figure.why.append("flow")


_SHARE_OF = re.compile(r"占(?:到了?|了)?(?P<of>[^,。;占]{2,24}?)(?:的?(?:比重|比例|份额))?(?:达到?|为|约|近|超过?|的|由|从|[\d.%]|上升|提高)")


def _share_of(text: str, q: Quantity, clause: int) -> str | None:
    found = list(_SHARE_OF.finditer(text, max(clause, q.start - 40), q.start + 1))
    return found[-1]["of"] if found else None


def _parts(read: list[_Read]) -> None:
    """Parts of a ratio of three are the three sectors."""
    run: list[_Read] = []
    for one in [*read, None]:
        if one is not None and one.quantity.form == "ratio" and (not run or one.quantity.start == run[-1].quantity.end + 1):
            run.append(one)
            continue
        if len(run) == 3:
            for part, indicator in zip(run, INDUSTRY_SHARES):
                part.figure.indicator, part.figure.share_of = indicator, "地区生产总值"
                part.figure.period, part.figure.period_kind = run[0].figure.period, run[0].figure.period_kind
        run = [one] if one is not None and one.quantity.form == "ratio" else []


def _claims(read: list[_Read], state: State) -> None:
    """Tie a level to the growth, multiple, share or earlier level that is told with it."""
    open_: list[_Read] = []

    def close():
        if len(open_) > 1:
            state.claim += 1
            for one in open_:
                one.figure.claim = f"c{state.claim}"
        open_.clear()
    for one in read:
        if open_ and (open_[-1].sentence != one.sentence or not _told_together(open_[-1], one)):
            close()
        open_.append(one)
    close()


def _told_together(last: _Read, one: _Read) -> bool:
    if last.role == "from" or one.role == "to":
        return True
    if one.kind in _AGREE or one.figure.kind in _AGREE:
        return one.figure.indicator == last.figure.indicator or one.figure.indicator_text == last.figure.indicator_text
    return one.quantity.form == "ratio" and last.quantity.form == "ratio" or (one.figure.unit == last.figure.unit and one.figure.indicator is not None and
                                                                               one.figure.indicator == last.figure.indicator)


def _confidence(figure: Figure) -> float:
    """Share of such figures that were right, roughly, by the rules that found place, time and name."""
    score = 0.55
    score += {"place before the figure": 0.15, "place after the figure": 0.12, "place in the clause": 0.12, "place in a clause before": 0.08,
              "place of the report": -0.08, "organisation's place": -0.1}.get(figure.why[1] if len(figure.why) > 1 else "", 0)
    score += 0.12 if "time before the figure" in figure.why else 0.1 if "time in the sentence" in figure.why else -0.1 if figure.period is None else 0
    score += 0.12 if figure.indicator else -0.05
    score -= 0.1 if figure.unit == "" else 0
    return round(min(max(score, 0.05), 0.97), 2)


def _finish(block: Block, text: str, read: list[_Read], state: State) -> None:
    _parts(read)
    _claims(read, state)
    for one in read:
        figure = one.figure
        figure.start, figure.end = block.span(one.quantity.start, one.quantity.end)
        figure.value_text = text[figure.start:figure.end]
        figure.confidence = _confidence(figure)
        state.indicator, state.indicator_text = figure.indicator, figure.indicator_text
        state.found.append(figure)


def read_text(text: str, date: str | None = None, title: str | None = None) -> list[Figure]:
    """Figures of a report, in order, not overlapping.

    Parameters
    ----------
    text : str
        Text of the report; offsets count in it.
    date : str, optional
        The report's date, ISO 8601; else it is taken from the text.
    title : str, optional
        Title, where the text does not begin with it.

    Returns
    -------
    list of Figure
    """
    from indicators.reports.english import read_english

    found = blocks(text)
    if not found:
        return []
    clock = clock_of(text, date, title)
    heading = title or next((b.text for b in found[:6] if len(b.text) < 60 and not b.english), "")
    sample = "".join(b.text + "\n" for b in found[:400])[:60000]
    names = names_in(places(sample))
    region = region_of(names)
    home = home_of(heading, names, region)
    state = State(clock, Ground(home=home, region=region), home, region, default=period_of_report(heading, clock))
    state.statistical = state.default is not None
    state.aliases = aliases_of("\n".join(b.text for b in found if "简称" in b.text))
    starts = articles(found)
    for start, end in zip(starts, [*starts[1:], len(found)]):
        if len(starts) > 1:
            begin(state, found[start:end])
        for block in found[start:end]:
            if block.english:
                state.found += read_english(block, text, clock, home)
            else:
                dated_section(state, block)
                _finish(block, text, _Paragraph(block, state).read(), state)
    return sorted(state.found, key=lambda f: f.start)


def main(arguments: list[str] | None = None) -> int:
    """Print the figures of a text file, a JSON object a line."""
    parser = argparse.ArgumentParser(prog="python -m indicators.reports.reader", description="Figures of a text, a JSON object a line.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--date", help="the report's date, such as 2024-02-15")
    parser.add_argument("--title")
    given = parser.parse_args(arguments)
    try:
        text = given.file.read_text("utf8")
    except (OSError, UnicodeDecodeError) as error:
        print(f"{given.file} cannot be read as UTF-8 text: {error}", file=sys.stderr)
        return 2
    for figure in read_text(text, given.date, given.title):
        print(json.dumps(figure.as_dict(), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
