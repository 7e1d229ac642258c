"""Intervals bracket what the printing allows; no text or figure makes the audit fail."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.reports import arithmetic as am
from indicators.reports.arithmetic import Span
from indicators.reports.audit import VERDICTS, audit
from indicators.reports.figure import KINDS, QUALIFIERS, Figure
from indicators.reports.reader import read_text

positive = st.floats(0.01, 1e12)


def span(value: float, width: float) -> Span:
    return Span(value, value * (1 - width), value * (1 + width))


def draw(s: Span, chance: random.Random) -> float:
    return s.lower + (s.upper - s.lower) * chance.random()


@given(positive, positive, st.floats(0, 0.3), st.floats(0, 0.3), st.integers(1, 30), st.randoms(use_true_random=False))
def test_intervals_bracket_a_sampling_of_the_parts(a, b, wa, wb, years, chance):
    now, base = span(a, wa), span(b, wb)
    formulas = [
        (am.ratio(now, base), lambda x, y: x / y), (am.growth(now, base), lambda x, y: 100 * (x - y) / y),
        (am.fall(now, base), lambda x, y: 100 * (y - x) / y), (am.difference(now, base), lambda x, y: x - y),
        (am.annual(now, base, years), lambda x, y: 100 * ((x / y) ** (1 / years) - 1)), (am.total([now, base]), lambda x, y: x + y),
    ]
    for _ in range(25):
        x, y = draw(now, chance), draw(base, chance)
        for found, formula in formulas:
            slack = 1e-6 * max(1.0, abs(found.lower), abs(found.upper))
            assert found.lower - slack <= formula(x, y) <= found.upper + slack


@given(st.floats(allow_nan=False), st.floats(allow_nan=False), st.floats(-1e9, 1e9), st.floats(0, 1e9))
def test_a_quotient_is_defined_or_none(a, b, c, width):
    bottom = Span(c, c - width, c + width)
    found = am.ratio(Span(a, min(a, b), max(a, b)), bottom)
    assert found is None or not bottom.lower <= 0 <= bottom.upper


def figure(text: str, value: float, lower: float, upper: float, unit: str = "%", qualifier: str = "exact") -> Figure:
    return Figure(0, len(text), text, value, unit, lower, upper, qualifier)


@pytest.mark.parametrize(("text", "qualifier", "inside", "outside"), [
    ("65.1%", "exact", (65.05, 65.149), (65.04, 65.2)), ("超60%", "over", (60, 99), (59,)), ("近60%", "nearly", (55, 60), (61, 40)),
    ("约60%", "about", (57, 63), (50, 70)), ("不足60%", "under", (50, 60), (62,)),
])
def test_what_a_stated_figure_stands_for(text, qualifier, inside, outside):
    digits = "".join(c for c in text if c.isdigit() or c == ".")
    half = 0.05 if "." in digits else 0.5
    stated = am.claimed(figure(text, float(digits), float(digits) - half, float(digits) + half, qualifier=qualifier), qualifier)
    assert all(stated.lower <= x <= stated.upper for x in inside)
    assert not any(stated.lower <= x <= stated.upper for x in outside)


def test_round_numbers_stand_for_a_little_more_than_their_last_digit():
    assert am.given(figure("5000家", 5000, 4999.5, 5000.5, "家")) == Span(5000, 4950, 5050)
    assert am.given(figure("5012家", 5012, 5011.5, 5012.5, "家")) == Span(5012, 5011.5, 5012.5)


def test_exchanged_digits():
    assert [f.value for f in am.swapped(figure("536万辆", 5.36e6, 5.355e6, 5.365e6, "辆"))] == pytest.approx([3.56e6, 5.63e6])


words = st.lists(st.sampled_from(
    ["2013年", "2023年", "全市", "地区生产总值", "由", "增长到", "下降", "比上年", "占", "其中", "出口", "进口", "为", "，", "；", "。", "\n", "约", "近", "（", "）", "、", "分别为",
     "是", "的", "年均增长", "个百分点", "107微克/立方米", "37微克/立方米", "65.1%", "12亿元", "3.5万亿元", "2.1倍", "三分之一", "翻了一番", "0.2:14.9:84.8", "一半", "人均", "0家", "-3.2%",
     "提高5.1个百分点", "from ", "to ", "3 million ", "up ", "percent ", "times the ", "accounting for ", "平均每户", "前者是后者的"]), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.one_of(words, st.text(max_size=200)))
def test_no_text_makes_it_fail(text):
    for claim in audit(text, read_text(text)):
        assert claim.verdict in VERDICTS
        assert 0 <= claim.start < claim.end <= len(text)
        assert claim.recomputed_lower is None or claim.recomputed_lower <= claim.recomputed_upper


figures = st.lists(st.builds(
    Figure, start=st.integers(0, 80), end=st.integers(0, 90), value_text=st.text("0123456789.,万亿%倍成近番 abc", max_size=8),
    value=st.floats(-1e15, 1e15), unit=st.sampled_from(["%", "倍", "元", "", "个百分点", "微克/立方米", "人", "人次"]), lower=st.floats(-1e15, 1e15), upper=st.floats(-1e15, 1e15),
    qualifier=st.sampled_from(QUALIFIERS), kind=st.sampled_from(KINDS), period=st.sampled_from([None, "2013", "2023-01/2023-11", "nonsense"]),
    areas=st.sampled_from([[], ["北京"]]), indicator=st.sampled_from([None, "gdp", "nonsense"])), max_size=12)


@settings(max_examples=200, deadline=None)
@given(words, figures, st.booleans())
def test_no_figures_make_it_fail(text, found, ledger):
    assert all(claim.verdict in VERDICTS for claim in audit(text, found, ledger))
