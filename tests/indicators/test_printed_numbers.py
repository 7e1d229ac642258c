"""Printed figures: their value and the interval that the printing allows."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indicators.model import read_printed, unit_scale
from tests.indicators.small import quick


def near(value):
    return pytest.approx(value, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("text", "unit", "value", "lower", "upper", "qualifier"), [
    # all numbers that would have been printed so
    ("37", "µg/m³", 37, 36.5, 37.5, "exact"),
    ("37.0", "µg/m³", 37, 36.95, 37.05, "exact"),
    ("93微克/立方米", "µg/m³", 93, 92.5, 93.5, "exact"),
    ("0", "家", 0, -0.5, 0.5, "exact"),
    ("73.2%", "%", 73.2, 73.15, 73.25, "exact"),
    ("1,234家", "家", 1234, 1233.5, 1234.5, "exact"),
    ("1,234,567.8元", "元", 1234567.8, 1234567.75, 1234567.85, "exact"),
    ("3000家", "家", 3000, 2999.5, 3000.5, "exact"),
    ("１２家", "家", 12, 11.5, 12.5, "exact"),
    # powers of ten
    ("10.4万亿元", "亿元", 104000, 103500, 104500, "exact"),
    ("10万亿元", "亿元", 100000, 95000, 105000, "exact"),
    ("1229亿元", "亿元", 1229, 1228.5, 1229.5, "exact"),
    ("6500人次", "万人次", 0.65, 0.64995, 0.65005, "exact"),
    ("1.16亿人", "万人", 11600, 11550, 11650, "exact"),
    ("12万", "万人", 12, 11.5, 12.5, "exact"),
    ("5.42万元", "元", 54200, 54150, 54250, "exact"),
    ("2.40万人/平方公里", "人/平方公里", 24000, 23950, 24050, "exact"),
    ("3千家", "家", 3000, 2500, 3500, "exact"),
    ("3百万元", "万元", 300, 250, 350, "exact"),
    ("3千万元", "亿元", 0.3, 0.25, 0.35, "exact"),
    ("2.4亿平方米", "平方米", 2.4e8, 2.35e8, 2.45e8, "exact"),
    # a number alone is in the table's unit
    ("43760.7", "亿元", 43760.7, 43760.65, 43760.75, "exact"),
    ("309.81", "万人", 309.81, 309.805, 309.815, "exact"),
    ("约2185", "万人", 2185, 2184.5, 2185.5, "about"),
    ("近100", "亿元", 100, 0, 100, "nearly"),
    ("超100", "亿元", 100, 100, 200, "over"),
    # but not one with a unit or a power of ten
    ("近100元", "元", 100, 0, 100, "nearly"),
    ("20000元", "亿元", 0.0002, 0.000199995, 0.000200005, "exact"),
    ("两千亿", "亿元", 2000, 1500, 2500, "exact"),
    # below
    ("近3000家", "家", 3000, 2000, 3000, "nearly"),
    ("近2200万", "万人", 2200, 2100, 2200, "nearly"),
    ("将近4万家", "家", 40000, 30000, 40000, "nearly"),
    ("接近30%", "%", 30, 20, 30, "nearly"),
    ("不足5%", "%", 5, 4, 5, "nearly"),
    ("不到1.5小时", "分钟", 90, 84, 90, "nearly"),
    ("40分钟以内", "分钟", 40, 30, 40, "nearly"),
    ("1小时内", "分钟", 60, 0, 60, "nearly"),
    ("近万只", "只", 10000, 0, 10000, "nearly"),
    ("不超过50家", "家", 50, 40, 50, "nearly"),
    ("少于50家", "家", 50, 40, 50, "nearly"),
    ("近38.56万个", "个", 385600, 385500, 385600, "nearly"),
    # above
    ("超1万", "家", 10000, 10000, 20000, "over"),
    ("超过1.1万公里", "公里", 11000, 11000, 12000, "over"),
    ("超过了1000万人次", "万人次", 1000, 1000, 2000, "over"),
    ("突破两千亿元", "亿元", 2000, 2000, 3000, "over"),
    ("超千亿元", "亿元", 1000, 1000, 2000, "over"),
    ("逾5000个", "个", 5000, 5000, 6000, "over"),
    ("20%以上", "%", 20, 20, 30, "over"),
    ("不少于100家", "家", 100, 100, 200, "over"),
    ("不低于30%", "%", 30, 30, 40, "over"),
    ("2.5万余件", "件", 25000, 25000, 26000, "over"),
    ("2.5万余件", "万件", 2.5, 2.5, 2.6, "over"),
    ("34万余人", "万人", 34, 34, 35, "over"),
    ("6200余万亩", "万亩", 6200, 6200, 6300, "over"),
    ("200多所", "所", 200, 200, 300, "over"),
    ("1亿多", "万人", 10000, 10000, 20000, "over"),
    ("百余场", "场", 100, 100, 200, "over"),
    ("万余人", "万人", 1, 1, 2, "over"),
    ("2年多", "月", 24, 24, 36, "over"),
    ("十几个", "个", 10, 10, 20, "over"),
    # to both sides
    ("约20%", "%", 20, 15, 25, "about"),
    ("约1000个", "个", 1000, 500, 1500, "about"),
    ("约117公里", "公里", 117, 116.5, 117.5, "about"),
    ("3000家左右", "家", 3000, 2500, 3500, "about"),
    ("大约1.2万人", "人", 12000, 11500, 12500, "about"),
    # a range stands for itself, its value is the upper end
    ("1—1.5小时", "小时", 1.5, 1, 1.5, "range"),
    ("1—1.5小时", "分钟", 90, 60, 90, "range"),
    ("1至1.5小时", "分钟", 90, 60, 90, "range"),
    ("1小时至1.5小时", "分钟", 90, 60, 90, "range"),
    ("3～5个", "个", 5, 3, 5, "range"),
    ("3-5万人", "人", 50000, 30000, 50000, "range"),
    ("3万-5万人", "万人", 5, 3, 5, "range"),
    ("8000到1.2万人", "人", 12000, 8000, 12000, "range"),
    # in words
    ("三", "个", 3, 2.5, 3.5, "exact"),
    ("三所", "所", 3, 2.5, 3.5, "exact"),
    ("五大", "个", 5, 4.5, 5.5, "exact"),
    ("十家", "家", 10, 9.5, 10.5, "exact"),
    ("百名", "人", 100, 50, 150, "exact"),
    ("千名", "人", 1000, 500, 1500, "exact"),
    ("两小时", "分钟", 120, 90, 150, "exact"),
    ("半小时", "分钟", 30, 27, 33, "exact"),
    ("2个小时", "分钟", 120, 90, 150, "exact"),
    ("九成", "%", 90, 85, 95, "exact"),
    ("九成以上", "%", 90, 90, 100, "over"),
    ("首位", "位", 1, 0.5, 1.5, "exact"),
    ("第一", "位", 1, 0.5, 1.5, "exact"),
    # broken lines of the print
    ("近3 000\n家", "家", 3000, 2000, 3000, "nearly"),
    (" 三 ", "个", 3, 2.5, 3.5, "exact"),
])
def test_a_printed_figure_stands_for_all_numbers_that_are_printed_so(text, unit, value, lower, upper, qualifier):
    read = read_printed(text, unit)
    assert (read.value, read.lower, read.upper) == (near(value), near(lower), near(upper))
    assert read.qualifier == qualifier


@pytest.mark.parametrize("text", ["", " ", "无", "近", "约", "若干家", "—", "%", "几"])
def test_a_form_without_a_number_is_refused_and_quoted(text):
    with pytest.raises(ValueError, match="no number in") as refusal:
        read_printed(text, "家")
    assert repr(text) in str(refusal.value)


@pytest.mark.parametrize(("text", "unit", "true"), [
    ("二十个", "个", 20),
    ("十二条", "条", 12),
    ("三十余家", "家", 31),
    ("一百二十家", "家", 120),
    ("1亿2千万元", "亿元", 1.2),
    ("1个半小时", "分钟", 90),
    ("三分之一", "%", 33.3),
    ("3/4", "%", 75),
    ("1e5人", "人", 100000),
    ("数千家", "家", 5000),
    ("几千家", "家", 5000),
    ("-3.2%", "%", -3.2),
    ("−3.2", "%", -3.2),
    ("3000千米", "公里", 3000),
    ("30分钟", "小时", 0.5),
])
def test_a_form_beyond_the_grammar_is_refused_rather_than_read_in_part(text, unit, true):
    try:
        read = read_printed(text, unit)
    except ValueError:
        return
    assert read.lower <= true <= read.upper
    assert read.value == pytest.approx(true, rel=0.05) or read.qualifier == "range"


@pytest.mark.parametrize("text", ["10-8个", "3万-5个", "2000至1000家"])
def test_a_range_that_runs_backwards_is_refused(text):
    with pytest.raises(ValueError, match=text):
        read_printed(text, "个")


@pytest.mark.parametrize(("text", "unit"), [
    ("32个国内城市", "个"), ("8家内资企业", "家"), ("12个多功能厅", "个"), ("签约5家", "家"),
    ("过去5年", "年"), ("近年来新建5座", "座"), ("通过5项", "项"), ("附近5家", "家"),
])
def test_a_qualifier_inside_another_word_qualifies_nothing(text, unit):
    read = read_printed(text, unit)
    assert read.qualifier == "exact"
    assert read.upper - read.lower == near(1)


@pytest.mark.parametrize(("unit", "factor", "base"), [
    ("亿元", 10**8, "元"), ("万亿元", 10**12, "元"), ("万人次", 10**4, "人次"), ("百万吨", 10**6, "吨"),
    ("千万元", 10**7, "元"), ("家", 1, "家"), ("%", 1, "%"), ("万", 1, "万"), ("", 1, ""),
])
def test_a_unit_splits_into_its_power_of_ten_and_its_base(unit, factor, base):
    assert unit_scale(unit) == (factor, base)


decimals = st.integers(0, 3).flatmap(
    lambda places: st.decimals(min_value=0, max_value=10**7, places=places, allow_nan=False, allow_infinity=False))
positive = decimals.filter(lambda d: d > 0)


def decimal(number):
    return Decimal(repr(number))  # up to 15 digits a float prints as the decimal that was meant


def last_digit(number):
    return Decimal(1).scaleb(number.as_tuple().exponent)


def last_significant_digit(number):
    whole, _, decimals_ = f"{number:f}".partition(".")
    if decimals_.strip("0"):
        return Decimal(1).scaleb(-len(decimals_.rstrip("0")))
    return Decimal(10) ** (len(whole) - len(whole.rstrip("0")))


@quick(100)
@given(decimals)
def test_the_interval_is_one_unit_of_the_last_digit_wide_around_the_value(number):
    read = read_printed(f"{number:f}家", "家")
    assert read.value == float(number)
    assert decimal(read.upper) - decimal(read.lower) == last_digit(number)
    assert decimal(read.value) - decimal(read.lower) == decimal(read.upper) - decimal(read.value)


@quick(100)
@given(decimals, st.integers(0, 2))
def test_coarser_rounding_gives_a_wider_interval_that_contains_the_finer_one(number, places):
    assume(places < -number.as_tuple().exponent)
    coarse = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    fine, wide = read_printed(f"{number:f}家", "家"), read_printed(f"{coarse:f}家", "家")
    assert wide.upper - wide.lower > fine.upper - fine.lower
    assert wide.lower <= fine.value <= wide.upper
    if abs(number - coarse) * 2 != last_digit(coarse):  # a tie stands on the border of two coarse intervals
        slack = 1e-9 * max(1, fine.value)
        assert wide.lower <= fine.lower + slack
        assert fine.upper <= wide.upper + slack


@quick(100)
@given(positive, st.sampled_from([("", 1), ("千", 10**3), ("万", 10**4), ("百万", 10**6), ("亿", 10**8), ("万亿", 10**12)]))
def test_a_power_of_ten_scales_value_and_interval_alike(number, magnitude):
    word, factor = magnitude
    plain, scaled = read_printed(f"{number:f}家", "家"), read_printed(f"{number:f}{word}家", "家")
    for name in ("value", "lower", "upper"):
        assert getattr(scaled, name) == pytest.approx(getattr(plain, name) * factor, rel=1e-12)


@quick(100)
@given(positive)
def test_nearly_and_over_lie_on_either_side_one_unit_of_the_last_significant_digit_wide(number):
    below, above = read_printed(f"近{number:f}家", "家"), read_printed(f"超{number:f}家", "家")
    about = read_printed(f"约{number:f}家", "家")
    step = last_significant_digit(number)
    assert below.upper == above.lower == below.value == above.value == about.value == float(number)
    for read in (below, above, about):
        assert decimal(read.upper) - decimal(read.lower) == step
    assert decimal(about.lower) == number - step / 2


@quick(100)
@given(positive, positive)
def test_a_range_keeps_both_of_its_ends(first, second):
    first, second = sorted((first, second))
    read = read_printed(f"{first:f}至{second:f}家", "家")
    assert (read.lower, read.value, read.upper) == (float(first), float(second), float(second))
