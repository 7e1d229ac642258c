"""Figures of simple English reports: yuan, trillion, percent, "up 5.4 percent year on year"."""

from __future__ import annotations

import functools
import re

from indicators.reports.figure import Figure
from indicators.reports.layout import Block
from indicators.reports.times import Clock

_SCALES = {"trillion": 1e12, "billion": 1e9, "million": 1e6, "thousand": 1e3, "hundred million": 1e8}
_UNITS = {"yuan": "元", "rmb": "元", "us dollars": "美元", "dollars": "美元", "u.s. dollars": "美元", "percent": "%", "per cent": "%", "%": "%", "percentage points": "个百分点",
          "percentage point": "个百分点", "kilometers": "公里", "kilometres": "公里", "km": "公里", "square kilometers": "平方公里", "square kilometres": "平方公里", "people": "人", "residents": "人",
          "persons": "人", "tonnes": "吨", "tons": "吨", "hectares": "公顷", "hours": "小时", "minutes": "分钟", "times": "倍", "micrograms per cubic meter": "微克/立方米",
          "micrograms per cubic metre": "微克/立方米", "µg/m3": "微克/立方米", "µg/m³": "微克/立方米", "enterprises": "家", "companies": "家", "firms": "家", "projects": "个",
          "services": "项", "items": "项", "days": "天", "contracts": "项", "teu": "标准箱", "trips": "人次", "visits": "人次", "hospitals": "家", "schools": "所",
          "universities": "所", "institutions": "家", "kilowatt-hours": "千瓦时", "vehicles": "辆", "mu": "亩", "patents": "件"}
_UNIT = "|".join(sorted((re.escape(u) for u in _UNITS), key=len, reverse=True))
_NUMBER = re.compile(
    rf"(?P<q>nearly|almost|about|around|approximately|some|over|more than|exceeding|exceeded|at least|less than|below|under|up to)?\s*(?P<cur>RMB|CNY|US\$|\$|¥)?\s?(?<![\w.,-])"
    rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d{{1,12}}(?:\.\d{{1,6}})?)\s?(?P<s>trillion|billion|million|thousand)?[\s-]?(?:(?P<adj>[a-z]+ (?:[a-z-]+ )?)??(?P<u>{_UNIT})\b|(?P<pct>%))?", re.I)
_WORDS = {"nearly": "nearly", "almost": "nearly", "about": "about", "around": "about", "approximately": "about", "some": "about", "over": "over", "more than": "over",
          "exceeding": "over", "exceeded": "over", "at least": "over", "less than": "under", "below": "under", "under": "under", "up to": "under"}
_UP = re.compile(r"\b(?:up|rose|rise|rising|grew|growth|grow|growing|increas\w+|gain\w*|climb\w*|expand\w*|jump\w*|surg\w+|down|fell|fall\w*|drop\w*|declin\w+|decreas\w+|shrank|reduc\w+|cut|lower\w*|higher)\b[^.;]{0,30}$", re.I)
_TO = re.compile(r"\b(?:to|at|reached|was|is|stood at)\s*$", re.I)
_YOY = re.compile(r"year[- ]on[- ]year|from a year earlier|year over year|from the previous year|over the previous year|compared with the previous year|than the previous year|yoy", re.I)
_NUMBER_UNIT = re.compile(r"\d[\d.,]*\s?(?:trillion|billion|million|percent)", re.I)
_DATELINE = re.compile(r"^[A-Z][A-Za-z ,]{2,30},? (?:\([A-Za-z]+\) )?(?:Jan|Feb|March|Mar|April|Apr|May|June|July|Aug|Sept|Oct|Nov|Dec)[a-z]*\.? \d{1,2}(?:, \d{4})?\s*(?:\([A-Za-z]+\)\s*)?--?")
_FROM_YEAR = re.compile(r"\b(?:from|since|than in|compared with|over|that of|those of|level of|in the period since)\s+(?:the )?((?:19|20)\d\d)(?: level)?", re.I)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_YEAR = re.compile(rf"\b(?:in|of|for|by|during|end of|throughout)\s+(?:the end of\s+)?(?:(?P<m>{_MONTH})\s+)?(?P<y>(?:19|20)\d\d)\b|\b(?P<y2>(?:19|20)\d\d)\b", re.I)
_PART = re.compile(r"first (?P<n>two|three|four|five|six|seven|eight|nine|ten|eleven) months|(?P<q>first|second|third|fourth) quarter|(?P<h>first|second) half|first three quarters", re.I)
_ROUTE = re.compile(r"\bfrom ([A-Z][^.;,]{2,30}?) to ([A-Z][^.;]{2,60})")
_COUNT = {w: i for i, w in enumerate("zero one two three four five six seven eight nine ten eleven".split())}
_SENTENCE = re.compile(r"(?<=[.!?;])\s+(?=[A-Z])|\n")
_INDICATORS = (("gdp per capita|per capita gdp", "gdp_per_capita"), ("gross domestic product|gdp|economic output|gross regional product", "gdp"), (r"pm ?2\.5", "pm25"),
               ("high-speed rail", "hsr_km"), ("rail(?:way)?s?", "rail_km"), ("technology contract|technical contract", "tech_contract_value"), ("permanent resident|resident population|population", "resident_population"),
               ("general manufacturing", "enterprises_withdrawn"), ("cross-province|cross-provincial", "cross_province_services"), ("expressway", "expressway_km"))


@functools.lru_cache(maxsize=1)
def _places() -> tuple[re.Pattern, dict[str, str]]:
    from geodata import HOME, areas

    names = {"Beijing-Tianjin-Hebei": "京津冀", "Xiong'an": "雄安新区", "Xiongan": "雄安新区", "Yangtze River Delta": "长三角", "Shanghai": "上海", "Chongqing": "重庆",
             "Guangdong": "广东", "Jiangsu": "江苏", "Zhejiang": "浙江", "Sichuan": "四川", "Shandong": "山东", "Henan": "河南", "Hubei": "湖北", "China": "全国"}
    for row in areas(scope=HOME):
        if row.level in ("province", "prefecture"):
            names[row.short_en] = row.short_zh
    return re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, names), key=len, reverse=True)) + r")\b"), names


def _period(sentence: str, at: int, clock: Clock) -> tuple[str | None, str | None]:
    bases = [m.start(1) for m in _FROM_YEAR.finditer(sentence)]
    years = [m for m in _YEAR.finditer(sentence) if not any(m.start() <= b < m.end() for b in bases)]
    near = [m for m in years if 0 <= m.start() - at < 60 and not _NUMBER_UNIT.search(sentence[at + 14:m.start()])]
    before = [m for m in years if m.start() < at]
    year = None
    if near or before or years:
        m = near[0] if near else before[-1] if before else years[0]
        year = m["y"] or m["y2"]
        if m["m"]:
            return f"{year}-{_MONTH.split('|').index(m['m'].capitalize()) + 1:02d}", "end"
    if re.search(r"\blast year\b", sentence, re.I):
        year = str(clock.year - 1)
    part = _PART.search(sentence)
    if part and (year or clock.year):
        year = year or str(clock.year)
        n = _COUNT.get((part["n"] or "").lower())
        if n:
            return f"{year}-01/{year}-{n:02d}", "ytd"
        if part["q"]:
            k = ("first", "second", "third", "fourth").index(part["q"].lower())
            return f"{year}-{3 * k + 1:02d}/{year}-{3 * k + 3:02d}", "ytd"
        if part["h"]:
            return (f"{year}-01/{year}-06", "ytd") if part["h"].lower() == "first" else (f"{year}-07/{year}-12", "cumulative")
        return f"{year}-01/{year}-09", "ytd"
    return year, "year" if year else None


def _kind(unit: str, before: str, after: str) -> str:
    if unit == "个百分点":
        return "change_abs"
    grew = _UP.search(before) or re.match(r"\s*(?:growth|increase|rise|decline|drop|higher|lower)", after)
    if unit == "倍":
        return "times_increase" if grew and not _TO.search(before) else "multiple"
    if unit != "%":
        return "level"
    if re.search(r"average annual|annual average|annually on average", before[-60:] + after[:60], re.I):
        return "avg_annual_growth_pct"
    if re.search(r"contribut", before[-30:], re.I):
        return "contribution_pct"
    if re.match(r"\s*of\b", after) or re.search(r"account\w*|share|proportion|percentage|rate", before[-40:], re.I) and not grew:
        return "share_pct"
    if grew:
        return "growth_pct" if _FROM_YEAR.search(after[:60]) else "yoy_pct"
    return "share_pct"


def _sentences(text: str):
    at = 0
    for m in _SENTENCE.finditer(text):
        yield at, text[at:m.start()]
        at = m.end()
    yield at, text[at:]


def read_english(block: Block, text: str, clock: Clock, home: tuple[str, ...]) -> list[Figure]:
    """Figures of an English paragraph.

    Parameters
    ----------
    block : Block
        The paragraph, with its spaces.
    text : str
        Text of the report.
    clock : Clock
        The report's date.
    home : tuple of str
        Place of the report.
    """
    pattern, names = _places()
    found: list[Figure] = []
    subject, indicator = list(home), None
    for at, sentence in _sentences(block.text):
        if dateline := _DATELINE.match(sentence):
            sentence = " " * dateline.end() + sentence[dateline.end():]
        mentioned = [(m.start(), names[m[0]]) for m in pattern.finditer(sentence)]
        for m in _NUMBER.finditer(sentence):
            unit = _UNITS.get((m["u"] or m["pct"] or "").lower()) or ("元" if (m["cur"] or "").upper() in ("RMB", "CNY", "¥") else "美元" if m["cur"] else "")
            if not unit or m["adj"] and m["adj"].split()[0].lower() in ("and", "to", "from", "in", "of", "the", "with", "by", "for"):
                continue
            digits = m["n"].replace(",", "")
            scale = _SCALES.get((m["s"] or "").lower(), 1.0)
            value = float(digits) * scale
            step = scale * 10 ** -(len(digits.partition(".")[2]))
            word = _WORDS.get((m["q"] or "").lower(), "exact")
            lower, upper = {"nearly": (value - step, value), "under": (value - step, value), "over": (value, value + step)}.get(word, (value - step / 2, value + step / 2))
            before, after = sentence[:m.start()], sentence[m.end():]
            kind = _kind(unit, before[-80:], after[:80])
            near = [n for p, n in mentioned if p < m.start()] or [n for _, n in mentioned]
            subject = list(dict.fromkeys(near[-1:])) or subject
            route = _ROUTE.search(sentence[:m.start()])
            sides = [[names[p[0]] for p in pattern.finditer(part)] for part in route.groups()] if route else [[], []]
            named = [(k.end(), key) for words, key in _INDICATORS for k in re.finditer(words, before.lower())]
            indicator = max(named)[1] if named else indicator if kind != "level" else None
            period, period_kind = _period(sentence, m.start(), clock)
            base = _FROM_YEAR.search(after[:60])
            first = at + m.start("q" if m["q"] else "cur" if m["cur"] else "n")
            last = at + m.end()
            while block.text[last - 1] == " ":
                last -= 1
            start, end = block.span(first, last)
            phrase = re.split(r"[,;:]", before)[-1].strip()[-60:]
            flow = all(sides) and kind != "rank"
            found.append(Figure(start, end, text[start:end], value, unit, lower, upper, word, kind, indicator, phrase, [] if flow else subject,
                                sides[0] if flow else [], sides[1] if flow else [], period=period,
                                period_kind=period_kind, base_period=base[1] if base else None, confidence=0.5 if indicator else 0.4, why=["english", kind]))
    return found
