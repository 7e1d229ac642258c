"""Numbers with their units, as reports print them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from indicators.reports import lexicon as lx

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d{1,8})?(?![\d,])|\d{1,15}(?:\.\d{1,8})?"
_CN = r"[一二两三四五六七八九十百千万亿零半]{1,12}"
_MAG = "|".join(lx.MAGNITUDES)
_ALL_UNITS = sorted({*lx.MEASURED, *lx.COUNTED, "成", "番"}, key=len, reverse=True)
_UNIT = "|".join(re.escape(u) for u in _ALL_UNITS)
_PER = "|".join(sorted(map(re.escape, lx.PER), key=len, reverse=True))
_QUAL = "|".join(sorted((*lx.NEARLY, *lx.OVER, *lx.ABOUT), key=len, reverse=True))
_POST = "|".join((*lx.AFTER_OVER, *lx.AFTER_UNDER, *lx.AFTER_ABOUT))
_EACH = re.compile(r"每(平方公里|平方米|立方米|公顷|亩|吨|公里)$")
_DASH = r"—{1,2}|-|~|至|到"

_WITH_UNIT = re.compile(
    rf"(?P<qual>{_QUAL})?(?:(?P<n0>{_DIGITS}|[一二两三四五六七八九十半]{{1,3}})(?P<mag0>{_MAG})?(?P<u0>{_UNIT})?(?:{_DASH}))?"
    rf"(?P<num>{_DIGITS}|{_CN})(?P<m1>[余多几])?(?P<mag>{_MAG})??(?P<m2>[余多几])?(?:个?(?P<half>[多半余])?(?=小时))?"
    rf"(?P<ge>个(?=小时|工作日|百分点))?(?P<unit>{_UNIT})(?P<per>(?:/|每)(?:{_PER}))?(?P<m3>[余多](?![种样元年月]))?(?P<post>{_POST})?")
_UNIT_NEXT = re.compile(_UNIT)
_BARE = re.compile(rf"(?P<qual>{_QUAL})?(?P<num>{_DIGITS})(?P<m1>[余多])?(?P<mag>万亿|千万|百万|亿|万)(?P<m2>[余多])?(?P<post>{_POST})?")
_SPEED = re.compile(r"(?<![A-Za-z\d.])(?P<num>\d{1,5}(?:\.\d)?)(?P<unit>[MG])(?![A-Za-z])")
_RATIO = re.compile(r"(?<![\d:.])\d{1,3}(?:\.\d{1,3})?(?::\d{1,3}(?:\.\d{1,3})?){2,5}(?![\d:])")
_FRACTION = re.compile(rf"(?P<qual>{_QUAL})?(?:百分之(?P<pct>[零一二两三四五六七八九十百点]{{1,8}})|(?P<den>[一二三四五六七八九十两]{{1,2}})分之(?P<nom>[一二三四五六七八九十]{{1,2}}))(?P<post>{_POST})?")
_DOUBLE = re.compile(r"翻(?:了)?(?P<n>[一二两三四五])?番|翻(?:了)?(?P<bei>一)倍")
_HALF = re.compile(rf"(?P<qual>{_QUAL}|占|达|过)(?P<num>一半|半数|半)(?P<post>以上)?(?=[,。;、)的]|$)")
_RANK = re.compile(r"(?P<num>首位|第一位|榜首|第(?P<n>[一二三四五六七八九十]{1,3}|\d{1,3})(?P<u>位|名)?|(?P<back>前|后|倒数)(?P<k>[一二三四五六七八九十]{1,2}|\d{1,3})(?P<v>位|名|强))")
_RANK_CUE = re.compile(r"(?:居于?|位居|位列|列|排名?|排在|位次|稳居|跃居|跃升至|升至|保持|名列|跻身|进入|退出|上升到|全国|全球|世界|全省|全市|均为|为)[^,。;\d]{0,30}$")
_INDEX = re.compile(rf"(?:{'|'.join(lx.INDEX_WORDS)})(?:\([^()]{{1,12}}\))?[^,。;\d]{{0,8}}?(?:为|达到?|是|至|到|升至|降至|上升到|提高到|上升至)(?P<num>\d{{1,5}}(?:\.\d{{1,3}})?)(?![\d年月日个项%:.])")
_VALUES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_POWERS = {"十": 10, "百": 100, "千": 1000}


@dataclass
class Quantity:
    """A number that the text states, in compact offsets.

    Attributes
    ----------
    start, end : int
        From its qualifier to its unit.
    value, lower, upper : float
        In the base unit.
    unit : str
        As given out.
    qualifier : str
        exact about nearly over under
    form : str
        level share_part ratio fraction doubling rank index: how it was printed.
    counted : bool
        Whether the unit is a measure word, whose noun may follow.
    """

    start: int
    end: int
    value: float
    lower: float
    upper: float
    unit: str
    qualifier: str = "exact"
    form: str = "level"
    counted: bool = False
    why: list[str] = field(default_factory=list)


def chinese(numeral: str) -> Decimal | None:
    """Value of a Chinese numeral: 两千亿 -> 2e11, 半 -> 0.5; None if it is none.

    >>> chinese("一百二十三万")
    Decimal('1230000')
    """
    if numeral == "半":
        return Decimal("0.5")
    if "半" in numeral:
        return None
    if len(numeral) > 1 and all(c in _VALUES for c in numeral):
        return Decimal("".join(str(_VALUES[c]) for c in numeral)) if len(numeral) <= 4 else None
    total, section, digit = 0, 0, None
    for c in numeral:
        if c in _VALUES:
            if digit is not None and digit != 0:
                return None
            digit = _VALUES[c]
        elif c in _POWERS:
            section += (1 if digit is None else digit) * _POWERS[c]
            digit = None
        else:
            section += digit or 0
            if c == "万":
                total += (section or (1 if not total else 0)) * 10**4
            else:
                total = (total + section or 1) * 10**8
            section, digit = 0, None
    return Decimal(total + section + (digit or 0))


def _number(printed: str) -> tuple[Decimal, Decimal, Decimal] | None:
    """Value, unit of its last digit, unit of its last significant digit."""
    if printed[0].isdigit():
        number = Decimal(printed.replace(",", ""))
        exact = Decimal(1).scaleb(number.as_tuple().exponent)
    else:
        found = chinese(printed)
        if found is None:
            return None
        number = found
        exact = Decimal(1)
    rough = Decimal(1).scaleb(number.normalize().as_tuple().exponent) if number else exact
    return number, exact, max(rough, exact) if printed[0].isdigit() else rough


def interval(printed: str, factor: Decimal, qualifier: str) -> tuple[float, float, float] | None:
    """Value and bounds of a printed number times a factor.

    The rules are those of :func:`indicators.model.read_printed`: a plain number stands for
    all that round to it, 近 for what lies below it by up to one unit of its last significant
    digit, 超 above it, 约 half of that unit to both sides.
    """
    read = _number(printed)
    if read is None:
        return None
    number, exact, rough = (part * factor for part in read)
    if qualifier in ("nearly", "under"):
        return float(number), float(number - rough), float(number)
    if qualifier == "over":
        return float(number), float(number), float(number + rough)
    half = (rough if qualifier == "about" else exact) / 2
    return float(number), float(number - half), float(number + half)


def qualifier_of(before: str, more: str, after: str) -> str:
    """The qualifier that the words around a number make."""
    if before in lx.NEARLY:
        return "nearly" if before in ("将近", "接近", "近") else "under"
    if after in lx.AFTER_UNDER:
        return "under"
    if before in lx.OVER or more or after in lx.AFTER_OVER:
        return "over"
    return "about" if before in lx.ABOUT or after in lx.AFTER_ABOUT else "exact"


def _ordering(text: str, m: re.Match) -> bool:
    """6个方面, 23个指标: things counted out; many of them, or about so many, are a figure."""
    unit, after = m["unit"], text[m.end("unit"):m.end("unit") + 6]
    if m["mag"] or m["m1"] or m["m2"] or m["num"].isdigit() and int(m["num"]) >= 30:
        return False
    return unit in ("个", "项", "大", "种", "类", "条") and after.startswith(lx.ORDERING_NOUNS)


def _threshold(text: str, m: re.Match) -> bool:
    """A limit that describes things (2000万元以上企业, 60岁及以上), not their number."""
    after = text[m.end():m.end() + 2]
    if m["post"] in ("以上", "以下", "以内") and m["unit"] not in ("%", "成", "倍", "个百分点"):
        return bool(after) and ("一" <= after[0] <= "龥") and after[0] not in "的"  or after.startswith("的") and m["unit"] in ("元", "岁", "吨", "千瓦")
    return text.startswith(("及以上", "及以下", "或以上", "级"), m.end("per") if m["per"] else m.end("unit"))


_CIRCLE = ("小时", "分钟")


def _plausible_chinese(text: str, m: re.Match, value: Decimal | None) -> bool:
    """Whether a Chinese numeral counts something, rather than being part of a word."""
    numeral, unit, before = m["num"], m["unit"], text[:m.start("num")][-1:]
    more = m["m1"] or m["m2"]
    if value is None or before in tuple("第数几每唯同单统某这那任另逐进万亿百千十一首之") and not (before in "首" and more):
        return False
    if unit == "番":
        return False
    if unit == "成":
        return value < 10 and numeral not in ("一",) and not text.startswith(("立", "为", "员", "果", "功", "本", "就", "长", "型", "熟", "分"), m.end("unit")) and (value >= 2) and before not in "完形构组达建促生合落现"
    if unit in ("个百分点", "百分点", "倍"):
        return True
    if numeral.lstrip("百千万亿十") == "" and numeral != "十" and not more:  # 千亿元: a magnitude alone
        return bool(m["qual"]) and (m["qual"] != "近" or numeral != "万") or text[:m.start("num")].endswith(("达到", "高达"))
    if unit in _CIRCLE:
        return not text[:m.start("num")].endswith(("最后", "每"))
    if unit == "天" or unit in ("人", "次", "位", "名", "门", "口", "对", "条", "单", "部", "类", "项", "个", "大", "种") and value <= 10 and not more:
        return False
    if more:
        return True
    if value >= 100 and unit in lx.MEASURED and unit not in ("米", "克", "升"):
        return True
    if value > 10 and unit in lx.COUNTED:
        return True
    return value >= 2 and unit in ("家", "所", "座") and value <= 10


def _rejected(text: str, m: re.Match) -> bool:
    start, unit = m.start("num"), m["unit"]
    before = text[max(0, (m.start("n0") if m["n0"] else start) - 3):(m.start("n0") if m["n0"] else start)]
    last = before[-1:]
    if last == "第" or last in "+×./_{" and last or (last.isascii() and last.isalpha()):
        return True
    if last == "-" and len(before) > 1 and (before[-2].isdigit() or before[-2].isalpha() and before[-2].isascii()):
        return True
    after = text[m.end():m.end() + 3]
    if _ordering(text, m) or _threshold(text, m):
        return True
    if unit == "人" and after[:1] in "大民口才工员士类" and not after.startswith("口"):
        return after[:1] != "口"
    if unit == "天" and (after[:1] in "津开然空" or before.endswith(("每周", "第"))):
        return True
    if unit == "小时" and m["num"] in ("24", "48") and (after.startswith(("内", "服务", "自助", "不", "在线", "值", "预", "全", "营", "开")) or before.endswith(("天", "时"))):
        return True
    if unit == "次" and (before.endswith("届") or after.startswith(("全会", "全体", "会议"))) or unit in ("位", "次") and after[:1] in tuple("于数"):
        return True
    if unit in ("米", "克", "升", "P", "担") and not m["num"][0].isdigit():
        return True
    if unit == "岁" and not re.search(r"寿命|平均年龄|年龄中位数", text[max(0, start - 16):start]):
        return True
    if unit == "P" and (after[:1].isascii() and after[:1].isalnum()):
        return True
    if unit == "元" and (before.endswith(("定价", "价:", "票价")) or after.startswith(("化", "素", "件", "旦", "宵", "月")) and not m["mag"]):
        return True
    if unit == "部" and after[:1] in "委门长":
        return True
    if unit == "成" and m["num"][0].isdigit() and after[:1] in "为果立功员":
        return True
    if unit == "口" and after[:1] in "岸径":
        return True
    return unit in ("类", "起", "对", "单", "口", "组", "站", "门", "班", "片", "支", "起", "次", "轮") and m["num"] == "1"


def _one(text: str, m: re.Match) -> Quantity | None:
    printed, unit = m["num"], m["unit"]
    is_digit = printed[0].isdigit()
    value = None if is_digit else chinese(printed)
    if _rejected(text, m) or not is_digit and not m["n0"] and not _plausible_chinese(text, m, value):
        return None
    if not is_digit and m["n0"] and value is None:
        return None
    qual = m["qual"] or ""
    start = m.start()
    if qual == "近" and text[start - 1:start] in tuple("附最邻临靠相就毗远"):
        qual, start = "", start + 1
    more = (m["m1"] or "") + (m["m2"] or "") + (m["m3"] or "") + (m["half"] or "").replace("半", "")
    qualifier = qualifier_of(qual, more, m["post"] or "")
    factor = Decimal(lx.MAGNITUDES.get(m["mag"] or "", 1))
    base = unit
    if unit == "成":
        base, factor = "%", Decimal(10)
    else:
        base = lx.MEASURED.get(unit, unit)
    if m["per"]:
        base = lx.MEASURED.get(base + m["per"].replace("每", "/"), base + m["per"].replace("每", "/"))
    else:
        each = _EACH.search(text[max(0, start - 8):start])
        base = f"{base}/{lx.MEASURED.get(each[1], each[1])}" if each and base in ("人", "元", "公里", "吨") else base
    read = interval(printed, factor, qualifier)
    if read is None:
        return None
    value, lower, upper = read
    if m["half"] == "半":
        value, lower, upper = value + 0.5, lower + 0.5, upper + 0.5
    found = Quantity(start, m.end(), value, lower, upper, base, qualifier, counted=unit in lx.COUNTED)
    if m["n0"]:
        return _ranged(text, m, found, factor)
    if text[m.start() - 1:m.start()] == "-" and is_digit and not text[max(0, m.start() - 2):m.start() - 1].isdigit() and unit in ("%", "‰", "℃", "个百分点", "百分点"):
        found.start, found.value, found.lower, found.upper = m.start() - 1, -value, -upper, -lower
    return found


def _ranged(text: str, m: re.Match, found: Quantity, factor: Decimal) -> Quantity | None:
    """A range; its value is the upper end. 由A至B is no range but two figures."""
    if text[max(0, m.start() - 1):m.start()] in ("由", "从", "自"):
        return None
    first = _number(m["n0"])
    if first is None:
        return None
    own = Decimal(lx.MAGNITUDES[m["mag0"]]) if m["mag0"] else (Decimal(1) if m["u0"] and m["u0"] != "成" else factor)
    low = float(first[0] * (Decimal(10) if m["unit"] == "成" else own))
    if low >= found.value:
        return None
    found.lower, found.upper, found.qualifier = low, found.value, "exact"
    found.why.append("range")
    return found


def _with_units(text: str) -> list[Quantity]:
    found, pos = [], 0
    while m := _WITH_UNIT.search(text, pos):
        one = _one(text, m)
        if one is None and m["n0"]:  # not a range: its first number may stand alone
            m2 = _WITH_UNIT.match(text, m.start(), m.end("u0")) if m["u0"] else None
            if m2 and not m2["n0"]:
                one = _one(text, m2)
                m = m2
            else:
                pos = m.start("num")
                continue
        if one is not None:
            found.append(one)
            pos = m.end()
        else:
            pos = m.end("num") if m["num"][0].isdigit() else m.start("num") + 1
    return found


def _others(text: str) -> list[Quantity]:
    """Figures without a unit of their own: ratios, fractions, doublings, ranks, index numbers."""
    found = []
    for m in _RATIO.finditer(text):
        parts = [Decimal(p) for p in m[0].split(":")]
        if not 98 <= sum(parts) <= 102:
            continue
        pos = m.start()
        for printed in m[0].split(":"):
            value, low, high = interval(printed, Decimal(1), "exact")
            found.append(Quantity(pos, pos + len(printed), value, low, high, "%", form="ratio"))
            pos += len(printed) + 1
    for m in _FRACTION.finditer(text):
        qualifier = qualifier_of(m["qual"] or "", "", m["post"] or "")
        if m["pct"]:
            whole, _, rest = m["pct"].partition("点")
            number = chinese(whole)
            if number is None:
                continue
            number = Decimal(f"{number}.{''.join(str(_VALUES.get(c, 0)) for c in rest) or 0}")
        else:
            top, bottom = chinese(m["nom"]), chinese(m["den"])
            if not top or not bottom or top >= bottom:
                continue
            number = top / bottom * 100
        value = float(round(number, 4))
        found.append(Quantity(m.start(), m.end(), value, value - 0.5, value + 0.5, "%", qualifier, form="fraction"))
    for m in _DOUBLE.finditer(text):
        times = 2.0 ** {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}.get(m["n"] or "一", 1)
        found.append(Quantity(m.start(), m.end(), times, times * 0.95, times * 1.05, "倍", form="doubling"))
    for m in _HALF.finditer(text):
        start = m.start() if m["qual"] in lx.NEARLY + lx.OVER + lx.ABOUT else m.start("num")
        qualifier = qualifier_of(m["qual"], "", m["post"] or "") if m["qual"] != "过" else "over"
        found.append(Quantity(start, m.end(), 50.0, 50.0 if qualifier == "over" else 45.0, 50.0 if qualifier == "nearly" else 55.0, "%", qualifier, form="fraction"))
    for m in _RANK.finditer(text):
        if m["num"] not in ("首位", "榜首") and not (m["u"] or m["v"] or m["num"] == "第一位") and text[m.end():m.end() + 1] not in ("", ",", "。", ";", "、", ")", "”"):
            continue
        cue = _RANK_CUE.search(text[max(0, m.start() - 30):m.start()])
        if not cue or m["back"] and not m["v"] or text[m.start() - 1:m.start()] in "“《" and m.start():
            continue
        if text[m.end():m.end() + 1] in ("产", "次", "季", "个", "届", "度", "责", "是", ":") or m["v"] == "强" and "企业" in text[m.end():m.end() + 4]:
            continue
        n = m["n"] or m["k"]
        value = 1.0 if not n else float(n) if n.isdigit() else float(chinese(n) or 1)
        found.append(Quantity(m.start(), m.end(), value, value, value, "位", form="rank"))
    for m in _INDEX.finditer(text):
        value, low, high = interval(m["num"], Decimal(1), "exact")
        found.append(Quantity(m.start("num"), m.end("num"), value, low, high, "指数", form="index"))
    for m in _SPEED.finditer(text):
        if any(w in text[max(0, m.start() - 24):m.end() + 6] for w in ("速率", "宽带", "带宽", "网速")):
            value, low, high = interval(m["num"], Decimal(1 if m["unit"] == "M" else 1000), "exact")
            found.append(Quantity(m.start(), m.end(), value, low, high, "Mbps"))
    for m in _BARE.finditer(text):
        before = text[max(0, m.start() - 1):m.start()]
        if before == "第" or before.isascii() and before.isalnum() or text[m.end():m.end() + 1] == "级" or _UNIT_NEXT.match(text, m.end()):
            continue
        qualifier = qualifier_of(m["qual"] or "", (m["m1"] or "") + (m["m2"] or ""), m["post"] or "")
        value, low, high = interval(m["num"], Decimal(lx.MAGNITUDES[m["mag"]]), qualifier)
        people = "人口" in text[max(0, m.start() - 14):m.end() + 8] or text.startswith(("的市民", "的居民", "的群众"), m.end())
        found.append(Quantity(m.start(), m.end(), value, low, high, "人" if people else "", qualifier, form="bare"))
    return found


def quantities(text: str) -> list[Quantity]:
    """Numbers that a compact text states, in order, not overlapping.

    Parameters
    ----------
    text : str
        Compact text of a paragraph in which dates are blanked out.
    """
    found = _with_units(text) + _others(text)
    rank = {"ratio": 0, "doubling": 0, "fraction": 0, "rank": 1, "level": 2, "index": 3, "bare": 4}
    found.sort(key=lambda q: (rank.get(q.form, 2), q.start))
    taken = bytearray(len(text) + 1)
    kept = []
    for q in found:
        if not any(taken[q.start:q.end]):
            taken[q.start:q.end] = b"\1" * (q.end - q.start)
            kept.append(q)
    kept.sort(key=lambda q: q.start)
    for one, other in zip(kept, kept[1:]):
        if one.unit == "个" and other.unit == "个百分点" and text[one.end:other.start] in ("、", "和"):
            one.unit, one.counted = other.unit, False
    return kept
