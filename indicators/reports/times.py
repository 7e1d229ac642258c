"""Times of a report: which words name a period, and which period that is on the report's date."""

from __future__ import annotations

import re
from dataclasses import dataclass

_N = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12,
      "十三": 13, "十四": 14, "十五": 15, "十六": 16, "十七": 17, "十八": 18, "十九": 19, "二十": 20, "三十": 30, "四十": 40}
_CONGRESS = {16: (2002, 11), 17: (2007, 10), 18: (2012, 11), 19: (2017, 10), 20: (2022, 10)}
_QUARTER = {"一": (1, 3), "1": (1, 3), "二": (4, 6), "2": (4, 6), "三": (7, 9), "3": (7, 9), "四": (10, 12), "4": (10, 12)}

_YEAR = r"(?:19[4-9]|20[0-4])\d"
_Y = rf"(?:(?P<y>{_YEAR})年|(?P<rel>去年|上年|前年|今年|本年|明年|同年|当年|上一年|前一年)(?:度)?)"
_MON = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_JOIN = r"(?:—{1,2}|-|~|至|到)"
_PART = (rf"(?:第?(?P<q>[一二三四1-4])季度|前(?P<fq>[一二三123])(?:个)?季度|(?P<half>上半年|下半年)|前(?P<fm>{_MON})个?月|"
         rf"(?P<m1>{_MON})月?份?{_JOIN}(?P<m2>{_MON})月份?|(?P<m>{_MON})月(?:(?P<d>\d{{1,2}}|[一二三]?十[一二三四五六七八九]?)日)?份?)")
_END = r"(?P<end>(?:年)?(?:末|底)|中旬|下旬|上旬|初)?"

_RANGE = re.compile(rf"(?:自|从|在)?(?P<y1>{_YEAR})年?(?:(?P<a>{_MON})月)?(?:\d{{1,2}}日)?(?:初|起|末|底|年底|年末|年初)?{_JOIN}"
                    rf"(?P<y2>{_YEAR})年?(?:度)?(?:(?P<b>{_MON})月)?(?:\d{{1,2}}日)?(?:年?末|年?底)?(?:期间|间|之间)?(?!\d)")
_POINT = re.compile(rf"(?=[\d去上前今本明同当第一二三四五六七八九十下])(?:{_Y})?(?:{_PART})?{_END}(?P<since>以来|起|至今|迄今|到现在|到目前)?")
_YEAR_ONLY = re.compile(rf"(?<![\d.,:-])(?P<y>{_YEAR})(?=(?:[,、]|和|与)?(?:{_YEAR}年))")
_ISO = re.compile(rf"(?<!\d)(?P<y>{_YEAR})[-/.](?P<m>1[0-2]|0?[1-9])(?:[-/.](?P<d>3[01]|[12]\d|0?[1-9]))?(?![\d.%])"
                  # 1999.5亿元 is an amount
                  r"(?!\s?(?:[万亿千百元人吨家个件台‰倍亩米]|公里|公顷|平方|立方|微克|毫克|美元|户|次))"
                  r"(?:\s?\d{1,2}:\d\d(?::\d\d)?)?")
_CLOCK = re.compile(r"(?<![\d:.])\d{1,2}:\d\d(?::\d\d)?(?![\d:.])")
_NOW = re.compile(r"截至目前|截止目前|到目前为止|目前(?!的)|(?<!年)迄今|(?<![年月])至今(?!年)|现已|如今|当前|眼下|截至发稿")
_SPAN = re.compile(r"(?P<pre>过去|近|最近|这|前|未来|今后)?(?:的)?(?P<n>\d{1,2}|[一二三四五六七八九十]{1,3})(?P<more>[多余])?(?P<unit>年)(?P<post>来|间|以来|多来|里|期间|内)?")
_PLAN = re.compile(r"[“\"'‘]?(?P<n>十[一二三四五六]|九|八|七)五[”\"'’]?(?P<what>规划)?(?P<when>末|期末|期间|时期|以来|初|开局之年|收官之年)?")
_SINCE_EVENT = re.compile(r"党的(?P<c>十[六七八九]|二十)大以来|改革开放(?:(?P<n>\d\d|[一二三四五]十)多?年)?以来")
_WHOLE = re.compile(r"过去一年|一年来|全年|年末|年底|本年度|年内|截至年末")
_BASE_BEFORE = re.compile(r"(?:相较于?|较之|比之|比|较|相比于?|超过|高于|低于|相当于|是|为|达到?|与|同|和)(?:全国|全市|全省|历史)?$")
_BASE_AFTER = re.compile(r"(?:同期|末|底|年末|年底)?(?:的|相比|比|增|提|上升|下|减|翻|扩|降|多|少|高|低|末|水平)")
_SAME = re.compile(r"(?:上年|去年|前年|上一年|(?P<y>" + _YEAR + r")年)(?:同期|同月|同季)|上年(?:末|底)?|去年(?:末|底|年末|年底)?|上月(?:末)?|上季度(?:末)?|年初")
_HOLDS_IN_NAME = re.compile(r"[“《\(][^”》\)]{0,40}$")


@dataclass
class Time:
    """A period named in the text, in compact offsets.

    Attributes
    ----------
    start, end : int
    period : str
        ISO 8601.
    kind : str
        year, end, cumulative, ytd or point (a day or month in which something happened).
    base : bool
        Named only to compare with.
    local : bool
        Belongs to the one figure that follows (2013年的71.2亿元).
    spoken : bool
        Relative to the report (目前, 十年来): inferred, not printed.
    """

    start: int
    end: int
    period: str
    kind: str = "year"
    base: bool = False
    local: bool = False
    spoken: bool = False


@dataclass(frozen=True)
class Clock:
    """The report's date, and the latest period that it looks back on.

    Attributes
    ----------
    year, month : int
        Of the report.
    now : str
        What 目前 stands for: a report of the first quarter looks back on the year before.
    reference : int
        Year that 全年, 年末 and 上年 refer to.
    month_known : bool
    """

    year: int
    month: int
    now: str
    reference: int
    month_known: bool = True


def _int(s: str | None) -> int | None:
    if not s:
        return None
    return int(s) if s.isdigit() else _N.get(s)


def _ym(year: int, month: int) -> str:
    return f"{year}-{month:02d}"


def _relative_year(word: str, clock: Clock, context: int | None, before: int | None) -> int:
    if word in ("同年", "当年"):
        return context or before or clock.year
    if word in ("上年", "上一年", "前一年"):
        return (clock.reference if context is None else context) - 1
    return clock.year + {"去年": -1, "前年": -2, "今年": 0, "本年": 0, "明年": 1}.get(word, 0)


def _months(m: re.Match) -> tuple[int, int] | None:
    """First and last month of the part of a year that a match names."""
    g = m.groupdict()
    if g.get("q"):
        return _QUARTER[g["q"]]
    if g.get("fq"):
        return 1, 3 * _int(g["fq"])
    if g.get("half"):
        return (1, 6) if g["half"] == "上半年" else (7, 12)
    if g.get("fm"):
        return 1, _int(g["fm"])
    if g.get("m1"):
        return _int(g["m1"]), _int(g["m2"])
    if g.get("m"):
        return _int(g["m"]), _int(g["m"])
    return None


def _guess_year(months: tuple[int, int], clock: Clock, context: int | None) -> int:
    """Year of a month without one: that of the sentence, else the latest that is over."""
    if context is not None:
        return context
    return clock.year if months[1] <= clock.month else clock.year - 1


def _of_point(m: re.Match, text: str, clock: Clock, context: int | None, before: int | None) -> Time | None:
    months = _months(m)
    if not (months or m["y"] or m["rel"]):
        return None
    if m["y"]:
        year = int(m["y"])
    elif m["rel"]:
        year = _relative_year(m["rel"], clock, context, before)
    else:
        if not months or m["m"] and not (m["d"] or m["end"] or m["since"] or re.match(r"份|,|、|以来|中|起", text[m.end():m.end() + 2]) or text[:m.start()].endswith(("截至", "截止", "截止到", "截至到"))):
            return None
        if m["m"] and text[m.start() - 1:m.start()] in tuple("个第十"):
            return None
        year = _guess_year(months, clock, context)
    if months and None in months:
        return None
    as_of = bool(re.search(r"(?:截至到?|截止到?)$", text[max(0, m.start() - 3):m.start()])) or m["end"] in ("末", "底", "年末", "年底")
    since = m["since"]
    if since:
        first = _ym(year, months[0]) if months else str(year)
        last = clock.now if clock.now > first else str(clock.year)
        return Time(m.start(), m.end(), f"{first}/{last}", "cumulative", spoken=True)
    if not months:
        return Time(m.start(), m.end(), str(year), "end" if as_of else "year", spoken=not m["y"])
    if months[0] == months[1]:
        return Time(m.start(), m.end(), _ym(year, months[0]), "end" if as_of else "point", spoken=not m["y"])
    return Time(m.start(), m.end(), f"{_ym(year, months[0])}/{_ym(year, months[1])}", "ytd" if months[0] == 1 else "cumulative", spoken=not m["y"])


def _of_span(m: re.Match, text: str, clock: Clock) -> Time | None:
    """十年来, 过去五年: the full years up to the one looked back on."""
    n = _int(m["n"])
    back = m["post"] in ("来", "以来", "多来", "间", "里") or m["pre"] in ("过去", "近", "最近", "这")
    if not n or n < 2 or not back or m["pre"] in ("未来", "今后") or m["pre"] == "前":
        return Time(m.start(), m.end(), "", "none")
    if m["more"]:
        return Time(m.start(), m.end(), "", "none")
    last = int(clock.now[:4])
    last = last - 1 if int(clock.now[5:7] or 12) <= 3 else last
    return Time(m.start(), m.end(), f"{max(last - n + 1, 1949)}/{last}", "cumulative", spoken=True)


def _fixed(text: str, clock: Clock) -> list[Time]:
    found = []
    for m in _RANGE.finditer(text):
        a, b = _int(m["a"]), _int(m["b"])
        if int(m["y2"]) < int(m["y1"]) or int(m["y2"]) - int(m["y1"]) > 60:
            continue
        first = _ym(int(m["y1"]), a) if a else m["y1"]
        last = _ym(int(m["y2"]), b) if b else m["y2"]
        found.append(Time(m.start(), m.end(), f"{first}/{last}" if first != last else first, "cumulative"))
    for m in _ISO.finditer(text):
        found.append(Time(m.start(), m.end(), _ym(int(m["y"]), int(m["m"])), "point"))
    for m in _SINCE_EVENT.finditer(text):
        y, month = _CONGRESS.get(_N.get(m["c"] or "", 0), (1978, 12))
        found.append(Time(m.start(), m.end(), f"{_ym(y, month)}/{clock.now}", "cumulative", spoken=True))
    for m in _PLAN.finditer(text):
        if m["what"] or not (m["when"] or m[0][0] in "“\"'‘"):
            continue
        first = 2016 + 5 * (_N.get(m["n"], 13) - 13)
        when = m["when"] or ""
        if when in ("末", "期末", "收官之年"):
            found.append(Time(m.start(), m.end(), str(first + 4), "end"))
        elif when in ("初", "开局之年"):
            found.append(Time(m.start(), m.end(), str(first), "year"))
        elif when == "以来":
            found.append(Time(m.start(), m.end(), f"{first}/{clock.now}", "cumulative", spoken=True))
        elif when:
            found.append(Time(m.start(), m.end(), f"{first}/{first + 4}", "cumulative"))
    for m in _NOW.finditer(text):
        found.append(Time(m.start(), m.end(), clock.now, "end", spoken=True))
    return found


def times(text: str, clock: Clock, context: int | None = None) -> list[Time]:
    """Periods that a compact text names, in order, not overlapping.

    Parameters
    ----------
    text : str
        Compact text of a paragraph.
    clock : Clock
        When the report was written.
    context : int, optional
        Year that the paragraphs before spoke of, for 同年.

    Returns
    -------
    list of Time
        One whose `kind` is ``none`` is a length of time: no figure, no period.
    """
    if not any(c in text for c in "年月季今前十九八五1234567890"):
        return []
    found = _fixed(text, clock)
    taken = bytearray(len(text) + 1)
    kept: list[Time] = []

    def keep(time: Time | None) -> None:
        if time and not any(taken[time.start:time.end]):
            taken[time.start:time.end] = b"\1" * (time.end - time.start)
            _mark(time, text)
            kept.append(time)
    for time in sorted(found, key=lambda t: (t.start - t.end)):
        keep(time)
    year = None
    for m in _POINT.finditer(text):
        time = _of_point(m, text, clock, year, context)
        keep(time)
        if time and m["y"] and not _BASE_BEFORE.search(text[max(0, m.start() - 6):m.start()]):
            year = int(m["y"])
    for m in _YEAR_ONLY.finditer(text):
        keep(Time(m.start(), m.end(), m["y"]))
    for m in _WHOLE.finditer(text):
        y = next((int(t.period[:4]) for t in sorted(kept, key=lambda t: -t.start)[:6] if t.end <= m.start() and not t.base and m.start() - t.end < 40 and t.kind == "year"), clock.reference)
        if m[0] == "全年" and text.startswith(("天数", "有效", "目标", "任务"), m.end()):
            continue
        keep(Time(m.start(), m.end(), str(y), "year" if m[0] in ("全年", "本年度", "年内", "过去一年", "一年来") else "end", spoken=True))
    for m in _SPAN.finditer(text):
        keep(_of_span(m, text, clock))
    for m in _CLOCK.finditer(text):
        keep(Time(m.start(), m.end(), "", "none"))
    return sorted(kept, key=lambda t: t.start)


def _mark(time: Time, text: str) -> None:
    """Tell times of comparison and times of one figure from those of a sentence."""
    before, after = text[max(0, time.start - 8):time.start], text[time.end:time.end + 6]
    word = text[time.start:time.end]
    compared = re.search(r"(?:比|较|相较于?|相比于?|比照|高于|低于|超过)(?:全国|历史)?$", before)
    is_of = re.search(r"(?:是|为|相当于|达到?|约为|与|同|和)$", before)
    if compared or (is_of and re.match(r"(?:同期|末|底|年末)?(?:的[\d近约超]|的?水平|相比|比)", after) and not _figure_follows(after, before)):
        time.base = True
    elif is_of and re.match(r"(?:同期)?的", after) and re.search(r"(?:是|为|相当于|达到?)$", before):
        time.base = True
    if word.startswith(("上年", "上一年", "前一年")) and re.match(r"同期|末|增长|下降|提高|同", after):
        time.base = True
    if re.match(r"的[近约超]?[\d一二两三四五六七八九十百千]", after):
        time.local = True
    if re.match(r"(?:同期|年?末|年?底)的?[\d近约超]", after):
        time.local = True


def _figure_follows(after: str, before: str) -> bool:
    return bool(re.match(r"的\d", after)) and before.endswith(("和", "同"))
