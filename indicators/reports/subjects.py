"""What a figure is about: the indicator of the catalogue, or else the noun phrase of the text."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass

from indicators.reports import lexicon as lx

_TRIM_LEFT = re.compile(r"^(?:其中|并|且|而|也|还|已|共同|共|累计|先后|此外|同时|目前|另外|实现|完成|达到?|到|的|了|在(?![校建册岗线营])|有(?![效关色限机])|约|近|超|成立|组建|建成|推出|开通|签署|签订|引进|吸引|落地|淘汰|新增|全年|全市|全省|全区|分别|和|与|及|、|\)|”|,|:|由|从|是|为|占|据统计|数据显示)+")
_TRIM_RIGHT = re.compile(r"(?:(?:分别|累计|已经?|共|总计|合计|平均|均|同比|实现|达到?了?|为|是|有|约|近|超|超过|突破|增长|增加|下降|减少|上升|上涨|提高|增至|增长到|增长至|降至|下降到|下降至|上升至|上升到|提升至|由|从|比|较|至|到|仅|高达|实际|比上年|较上年|比去年|末|升至|了|的|:|则|高出|低于|高于|相较于?|相比|翻|在|也|完成|不变价|按可比价格?计算|按不变价格?计算|年均|当年|其中|各|再|又|,|、))+$")
_FILLER = re.compile(r"[、和与及,:(]|其中|其中,|截至|截至到|到|自|从|在|据统计,?|数据显示,?|此外,?|同时,?|初步核算,?|经初步核算,?|分别")
_NOUN = re.compile(r"^(?:的)?[“\"]?([一-龥A-Za-z0-9+·—“”\"()]{1,24})")
_VERB = re.compile(r"(?<=[一-龥”]{2})(?:实现|完成|落地|开通|开展|纳入|列入|投入|入驻|通过|参与|上线|挂牌|获|建设|建成|正在|陆续|达到|成为|分布|覆盖|分别|相继|先后|整治|选址|在|与|被|已|均|为|占|并|将|向|对)")
_STEM = re.compile(r"(?:数量|总数|总量|人数|个数|条数|家数|项数|份数|场数|次数|种数|户数|台数|数|量)$")
_COUNTABLE = {"个", "家", "所", "户", "项", "条", "种", "处", "座", "件", "只", "名", "位", "人", "份", "台", "场", "次", "套", "张", "列", "支", "对", "宗", "辆"}
_SAME_UNIT = {"µg/m³": "微克/立方米", "名": "人", "位": "人"}


@dataclass(frozen=True)
class Named:
    """An indicator that the text names, in compact offsets."""

    start: int
    end: int
    id: str


@functools.lru_cache(maxsize=1)
def _catalogue() -> dict[str, tuple[str, bool, str]]:
    """Indicator -> base unit, whether it flows, kind of period."""
    from indicators import catalogue

    found = {}
    for indicator in catalogue():
        unit = indicator.unit
        if unit[:1] in "万亿" and len(unit) > 1 and "/" not in unit:
            unit = unit[1:]
        found[indicator.id] = (_SAME_UNIT.get(unit, unit), indicator.flow, indicator.period_kind)
    return found


def flows(indicator: str | None) -> bool:
    """Whether an indicator runs from an area to another."""
    return bool(indicator) and _catalogue().get(indicator, ("", False, ""))[1]


@functools.lru_cache(maxsize=1)
def _names() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    from indicators.names import TEXT

    texts = tomllib.loads((TEXT / "zh.toml").read_text("utf8"))["indicator"]
    ids: dict[str, list[str]] = {}
    for key, text in texts.items():
        names = {text["name"], *text.get("synonyms", ())}
        for name in list(names):
            names |= {_STEM.sub("", name), re.sub(r"\(.*?\)|（.*?）", "", name)}
        for name in names:
            if len(name) >= 3:
                ids.setdefault(name.replace("“", "").replace("”", ""), []).append(key)
    index: dict[str, list[str]] = {}
    for name in ids:
        index.setdefault(name[:2], []).append(name)
    for found in index.values():
        found.sort(key=len, reverse=True)
    return ids, index


_PATTERNS = [(re.compile(pattern), key) for pattern, key in lx.NAMINGS]


def named(text: str) -> list[Named]:
    """Indicators that a compact text names; several may stand at one place."""
    ids, index = _names()
    found: list[Named] = []
    i, n, get = 0, len(text) - 1, index.get
    while i < n:
        for name in get(text[i:i + 2], ()):
            if text.startswith(name, i):
                found += [Named(i, i + len(name), key) for key in ids[name]]
                break
        i += 1
    for pattern, key in _PATTERNS:
        found += [Named(m.start(), m.end(), key) for m in pattern.finditer(text)]
    return found


def _fits(key: str, unit: str, kind: str) -> bool:
    base = _catalogue().get(key, ("", False, ""))[0]
    if kind in ("growth_pct", "yoy_pct", "avg_annual_growth_pct", "multiple", "times_increase", "contribution_pct"):
        return base != "%" or kind in ("multiple",)
    if kind in ("rank",):
        return True
    if kind == "change_abs":
        return unit == base or unit == "个百分点" and base == "%"
    unit = _SAME_UNIT.get(unit, unit)
    return unit == base or base.startswith(unit + "/") or unit in _COUNTABLE and base in _COUNTABLE or (base in ("分钟", "小时") and unit in ("分钟", "小时"))


def choose(found: list[Named], start: int, end: int, clause_start: int, clause_end: int, unit: str, kind: str) -> tuple[str | None, int]:
    """The indicator that fits a figure's unit and kind, named nearest; longer names first.

    Returns
    -------
    (str or None, int)
        Its id and where it is named.
    """
    best, rank = None, None
    for name in found:
        if name.end <= clause_start or name.start >= clause_end or not _fits(name.id, unit, kind):
            continue
        before = name.end <= start + 1
        distance = start - name.end if before else name.start - end
        score = (name.end - name.start) * 3 - max(distance, 0) * (0.5 if before else 0.8) + (4 if before else 0)
        if name.start <= start < name.end or name.start < start and name.end > end:
            score += 6
        if rank is None or score > rank:
            best, rank = name, score
    return (best.id if best.id in _catalogue() else None, best.start) if best else (None, -1)


_PAIR_STOP = {"企业", "数量", "全国", "比重", "占全", "国比", "项目", "累计", "建设", "合作", "京津", "津冀", "总额", "机构", "发展", "工程", "地区"}


@functools.lru_cache(maxsize=1)
def _pairs() -> tuple[dict[str, list[str]], dict[str, int]]:
    """Pairs of characters in the catalogue's names -> indicators, and how many pairs each has."""
    from indicators.names import TEXT

    texts = tomllib.loads((TEXT / "zh.toml").read_text("utf8"))["indicator"]
    index: dict[str, list[str]] = {}
    sizes: dict[str, int] = {}
    for key, text in texts.items():
        name = _STEM.sub("", re.sub(r"[“”（）()、]|（.*?）", "", text["name"]))
        pairs = {name[i:i + 2] for i in range(len(name) - 1)}
        sizes[key] = len(pairs)
        for pair in pairs:
            index.setdefault(pair, []).append(key)
    return index, sizes


def alike(words: str, unit: str, kind: str) -> str | None:
    """The indicator whose name shares most of its pairs of characters with some words, if it is nearly all of them."""
    index, sizes = _pairs()
    shared: dict[str, int] = {}
    weight: dict[str, int] = {}
    for pair in {words[i:i + 2] for i in range(len(words) - 1)}:
        for key in index.get(pair, ()):
            shared[key] = shared.get(key, 0) + 1
            weight[key] = weight.get(key, 0) + (pair not in _PAIR_STOP)
    best, top = None, 0.0
    for key, n in shared.items():
        score = n / sizes[key]
        if sizes[key] >= 3 and weight[key] >= 2 and score >= 0.8 and score + n / 100 > top and _fits(key, unit, kind):
            best, top = key, score + n / 100
    return best


def phrase(text: str, start: int, end: int, clause_start: int, counted: bool, blank: list[tuple[int, int]]) -> str:
    """The noun phrase that a figure measures, as the text words it.

    Parameters
    ----------
    text : str
        Compact text.
    start, end : int
        The figure.
    clause_start : int
        Where the words that belong to it begin.
    counted : bool
        Whether the noun may follow the measure word.
    blank : list of (int, int)
        Times and places, which are no part of the phrase.
    """
    at = clause_start
    for a, b in sorted(blank):
        if at <= a and b <= start and (a - at < 2 or _FILLER.fullmatch(text[at:a])):
            at = b
    left = text[at:start]
    left = _TRIM_LEFT.sub("", _TRIM_RIGHT.sub("", left))
    if counted:
        m = _NOUN.match(text[end:end + 26])
        if m:
            noun = m[1]
            verb = _VERB.search(noun)
            noun = noun[:verb.start()] if verb else noun
            if len(noun) >= 2:
                return noun.strip("“”\"")
    return left[-24:].strip("“”\"(),、")
