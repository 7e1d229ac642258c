"""Claims of so much per head, household, area or thing."""

from __future__ import annotations

import re

from indicators.reports import arithmetic as am
from indicators.reports.arithmetic import Span
from indicators.reports.audit_rules import Slot
from indicators.reports.audit_verdict import Claim, Reading, cannot, claim_of, judge, part, repair

_MASS, _LAND = {"吨": 1000.0, "公斤": 1.0}, {"平方公里": 1e6, "公顷": 1e4, "亩": 1e4 / 15, "平方米": 1.0}
_HEADS = ("人", "人次", "people", "person")
_EACH = (
    # words or unit of the claim, units of the numerator, of the denominator, factor on num / den
    (re.compile(r"人均(?!公园|住房|绿地|预期)|per capita"), ("元",), ("人", "人次"), "head"),
    (re.compile(r"人均(?=[^,;§]{0,4}(?:绿地|耕地|住房|水域|道路))|人均[^,;§]*面积"), tuple(_LAND), ("人",), "land"),
    (re.compile(r"户均|平均每(?:家|户|个)|平均每[家户个]企业"), ("元", "人", "吨"), ("家", "户", "个"), ""),
    (re.compile(r"平均每[名位]"), ("人次", "人", "件", "元"), ("名", "位", "人"), ""),
    (re.compile(r"单产|亩产|每亩"), tuple(_MASS), tuple(_LAND), "yield"),
    (re.compile(r"密度|每平方公里|per square|density"), ("人", "公里", "元", "people", "个", "家"), tuple(_LAND), "density"),
    (re.compile(r"每[千万百]人"), ("张", "人", "个", "家", "辆", "件", "所"), ("人",), "thousand"),
    (re.compile(r"利用小时"), ("千瓦时",), ("千瓦",), ""),
)
_REGISTERED = re.compile(r"户籍|缴费|参保|就业")
_SCALE = {"千": 1e3, "万": 1e4, "百": 1e2}


def per_unit(slot: Slot) -> Claim | None:
    """人均, 密度, 单产, 每千人…: the two levels whose units it divides, if just these stand before it."""
    words = slot.pre if not slot.sentence.english else slot.pre + slot.post[:40]
    for pattern, tops, bottoms, how in _EACH:
        m = list(pattern.finditer(words.split(",")[-1] if not slot.sentence.english else words))
        compound = "/" in slot.figure.unit and how in ("yield", "density")
        if (m or compound and pattern.search(slot.lead)) and not re.search(r"[比较由从]", slot.lead):
            return _divided(slot, tops, bottoms, how, words)
    return None


def _divided(slot: Slot, tops, bottoms, how: str, words: str) -> Claim | None:
    levels = [s for s in slot.sentence.levels() if s.pos < slot.pos and s.figure.unit != "%"]
    levels = levels[-2:] if len(levels) > 2 and slot.k == levels[-1].k + 1 else levels
    own = slot.figure.unit.split("/")[0]
    top = [s for s in levels if s.figure.unit in tops and (s.figure.unit == own or how in ("yield", "land") or own in ("小时", "") or {s.figure.unit, own} <= set(_HEADS))]
    bottom = [s for s in levels if s.figure.unit in bottoms and s not in top[:1]]
    bottom = [s for s in bottom if not top or s is not top[0]]
    if len(levels) != 2 or len(top) != 1 or len(bottom) != 1:
        return None
    top, bottom = top[0], bottom[0]
    factor = _factor(slot, top, bottom, how, words)
    if factor is None:
        return None
    claim = claim_of(slot, "per_unit")
    claim.inputs = [part("numerator", top), part("denominator", bottom)]
    result = lambda a, b: am.ratio(am.given(a), am.given(b), factor)  # noqa: E731
    labels = am.as_printed(top.figure), am.as_printed(bottom.figure)
    judge(claim, slot, [Reading(result(top.figure, bottom.figure), f"{labels[0]} / {labels[1]}", slot.figure.unit)])
    if claim.verdict == "does_not_follow" and how in ("head", "land"):
        return _per_head(claim, slot, bottom, result(top.figure, bottom.figure))
    repair(claim, slot, result, [("numerator", top.figure), ("denominator", bottom.figure)], [])
    return claim


def _factor(slot: Slot, top: Slot, bottom: Slot, how: str, words: str) -> float | None:
    """What num / den is multiplied by to be in the claim's unit."""
    unit = slot.figure.unit
    if how == "yield":
        area = "亩" if "亩" in words or "亩" in unit else "公顷" if "公顷" in unit else None
        own = unit.split("/")[0]
        return _MASS[top.figure.unit] / _MASS[own] * _LAND[area] / _LAND[bottom.figure.unit] if area and own in _MASS else None
    if how == "land":
        return _LAND[top.figure.unit] / _LAND[slot.figure.unit] if slot.figure.unit in _LAND else None
    if how == "density":
        hundred = 100 if "百平方公里" in unit + slot.post + words or "每百平方公里" in words else 1
        return _LAND["平方公里"] / _LAND.get(bottom.figure.unit, 1e6) * hundred
    if how == "thousand":
        return _SCALE[re.search(r"每([千万百])人", words)[1]]
    return 1.0


def _per_head(claim: Claim, slot: Slot, heads: Slot, result: Span) -> Claim:
    """Output per head counts the mean population of the year, which a figure of its end only approaches."""
    if _REGISTERED.search(heads.pre) and re.search(r"生产总值|gdp|可支配收入", slot.pre):
        return cannot(claim, "other_scope")
    wide = Span(result.value, result.lower * 0.95, result.upper * 1.05)
    if heads.figure.unit == "人" and wide.meets(Span(claim.stated, claim.stated_lower, claim.stated_upper)):
        return cannot(claim, "mean_population")
    return claim
