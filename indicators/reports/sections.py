"""The parts of a report: its articles, what each speaks of, and the period that headings give."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from indicators.reports.areas import Ground
from indicators.reports.figure import Figure
from indicators.reports.layout import Block
from indicators.reports.places import Place, places
from indicators.reports.times import Clock, Time, times

_BYLINE = re.compile(r"^(?:文/|本报记者|本刊记者|新华社|\(?作者|[一-龥]{2,4}\()|(?:记者|通讯员)[一-龥]{2,4}")
_OFFICIAL = re.compile(r"\((?:作者系|作者为)?([一-龥、,\d]{2,60}?(?:主任|局长|书记|区长|县长|市长|省长|厅长|委员|部长|主席|院长|负责人))\)")
_ARTICLE_END = "■✎"


@dataclass
class State:
    """What a report has said so far."""

    clock: Clock
    ground: Ground
    home: tuple[str, ...]
    region: str
    default: Time | None = None
    aliases: tuple[tuple[str, str], ...] = ()
    year: int | None = None
    carried: Time | None = None
    claim: int = 0
    statistical: bool = False
    indicator: str | None = None
    indicator_text: str = ""
    found: list[Figure] = field(default_factory=list)


_SHORTENED = re.compile(r"([一-龥·—+\-]{3,24})\((?:以下|下文|下)?(?:统)?简称:?“([^”]{2,12})”\)")


def aliases_of(text: str) -> tuple[tuple[str, str], ...]:
    """Short names that a report introduces for a place: X(以下简称“Y”)."""
    found = []
    for m in _SHORTENED.finditer(text):
        ends = [p for p in places(m[1]) if p.end == len(m[1]) and p.level in ("zone", "composite", "county", "prefecture") and p.names]
        if ends and len(m[2]) < len(m[1]) and m[2] not in ends[0].names[0]:
            found.append((m[2], ends[0].names[0]))
    return tuple(dict.fromkeys(found))


def names_in(found: list[Place]) -> Counter:
    """How often each place is named, words such as 全省 or 全国 apart."""
    return Counter(name for place in found if place.level not in ("group", "own", "again", "nation") and not place.weak for name in place.names)


def home_of(title: str, found: Counter, region: str) -> tuple[str, ...]:
    """The place that a text speaks of: that of its title, else the one that it names most."""
    in_title = [p for p in places(title) if p.level not in ("group", "own", "again", "nation")]
    if in_title:
        return in_title[0].names
    if not found:
        return ()
    if region and found[region] * 3 >= found.most_common(1)[0][1]:
        return (region,)
    return (found.most_common(1)[0][0],)


def articles(found: list[Block]) -> list[int]:
    """Where articles begin: at the headings above a by-line, and after the mark that ends one."""
    starts = {0}
    for i, block in enumerate(found):
        if block.text.endswith(tuple(_ARTICLE_END)):
            after = found[i + 1].text if i + 1 < len(found) else ""
            starts.add(i + 2 if after.startswith("(") else i + 1)
        elif block.heading and _BYLINE.search(block.text):
            first = i
            while first > 0 and found[first - 1].heading and i - first < 3:
                first -= 1
            starts.add(first)
    return sorted(start for start in starts if start < len(found))


def begin(state: State, article: list[Block]) -> None:
    """Forget what the article before spoke of; find what this one speaks of."""
    state.ground = Ground(home=state.home, region=state.region)
    state.carried, state.year, state.indicator, state.indicator_text = None, None, None, ""
    if len(article) < 4:
        return
    body = "\n".join(block.text for block in article)
    official = _OFFICIAL.search(body)
    writer = [p for p in places(official[1]) if p.level in ("province", "prefecture", "county", "zone")] if official else []
    if writer:
        state.ground.home = writer[0].names
        return
    titles = " ".join(block.text for block in article[:4] if block.heading)
    names = names_in(places(body[:30000]))
    state.ground.home = home_of(titles, names, state.region) or state.home


_PERIODIC = re.compile(r"公报|经济运行|运行情况|经济形势|统计|工作报告|执行情况|主要数据|经济数据|发展情况")
_SECTION = re.compile(r"回顾|目标|主要工作|执行情况|运行情况|主要任务|重点任务|工作安排|预期目标|总体要求")


def period_of_report(heading: str, clock: Clock) -> Time | None:
    """The period that all of a bulletin or work report is about, from its title."""
    if not _PERIODIC.search(heading):
        return None
    named = [t for t in times(heading, clock) if t.period and not t.base]
    if named and "工作报告" not in heading:
        return Time(-1, -1, named[0].period, named[0].kind)
    return Time(-1, -1, str(clock.reference), "year")


def dated_section(state: State, block: Block) -> None:
    """A heading such as 2023年工作回顾 dates what stands below it."""
    if not (block.heading and _SECTION.search(block.text)):
        return
    named = [t for t in times(block.text, state.clock) if t.period and not t.base]
    if named:
        state.default = Time(-1, -1, named[0].period, named[0].kind)
