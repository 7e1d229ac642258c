"""Why a mismatch with the printed levels may be none: comparable prices, another scope, a revised base."""

from __future__ import annotations

import re

from indicators.reports import arithmetic as am
from indicators.reports.audit_pairs import Bound, year_of, years_of
from indicators.reports.audit_rules import Slot, name, residue
from indicators.reports.audit_verdict import Claim, cannot

REAL = re.compile(r"可比价|不变价|实际增|实际收入|实际下降|扣除价格|剔除价格|扣除物价|at comparable prices|at constant prices|in real terms|\breal (?:growth|terms|gdp)\b|inflation-adjusted")
_SCOPE = re.compile(r"同口径|可比口径|同比口径|扣除[^,;。§]{0,14}因素|剔除[^,;。§]{0,14}因素|like-for-like")
_OUTPUT = re.compile(r"生产总值|gdp|增加值|经济总量|农业总产值|gross domestic product|value added|value-added")
_RESCOPED = re.compile(r"固定资产投资|(?:规模以上|规上).*(?:利润|营业收入|主营业务收入|总产值)")
_REVISED = re.compile(r"社会消费品零售|零售总额|研发经费|研究与试验发展|常住人口|企业.*(?:利润|营业收入)")
_UNITED = re.compile(r"(?:[万亿百]元|单位)[^,;§]{0,12}(?:能耗|水耗|用水量|电耗|排放|死亡)")


def said(slot: Slot, pattern: re.Pattern) -> bool:
    """Whether the sentence says so in the claim's own part (between semicolons)."""
    text = slot.sentence.masked
    end = text.find(";", slot.pos)
    return pattern.search(text[len(text[:slot.pos]) - len(slot.before):end if end >= 0 else len(text)]) is not None


def excuse(claim: Claim, slot: Slot, bound: Bound) -> None:
    """Turn a mismatch into 'cannot be checked' where the report means more than the printed levels."""
    if slot.role == "points":
        return
    what = residue(name(bound.now)) + "|" + name(bound.now) + "|" + (bound.now.figure.indicator_text or "")
    if said(slot, REAL) and not re.search("名义", slot.lead):
        cannot(claim, "comparable_prices")
    elif said(slot, _SCOPE):
        cannot(claim, "other_scope")
    elif slot.role in ("growth", "annual") and _OUTPUT.search(what) and not _UNITED.search(what):
        if _price_change_possible(slot, claim, bound):
            cannot(claim, "comparable_prices")
    elif slot.role == "growth" and _RESCOPED.search(what):
        cannot(claim, "other_scope")
    elif bound.link == "elsewhere" and slot.role == "growth" and _REVISED.search(what):
        cannot(claim, "revised_base")


def _price_change_possible(slot: Slot, claim: Claim, bound: Bound) -> bool:
    """Whether a change of prices of up to 20 % in one year, 8 % a year over several, would explain a growth."""
    factor = am.ratio(am.given(bound.now.figure), am.given(bound.base.figure))
    years = (years_of(slot, bound) or [None])[0] or ((year_of(bound.now) or 0) - (year_of(bound.base) or 0)) or 1
    years = years if 0 < years < 80 else 1
    stated = 1 + slot.sign * claim.stated / 100
    if factor is None or factor.value <= 0 or stated <= 0:
        return True
    real = stated if slot.role == "growth" else stated**years
    prices = (factor.value / real) ** (1 / years)
    return (0.88 <= prices <= 1.20) if years == 1 else (0.95 <= prices <= 1.08)
