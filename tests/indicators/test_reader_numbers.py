"""Numbers as they are printed, and the interval that the printing allows."""

import pytest

from indicators.model import read_printed
from indicators.reports.numbers import chinese, quantities


@pytest.mark.parametrize(("text", "value", "unit", "qualifier"), [
    ("近3000家", 3000, "家", "nearly"), ("超1万家", 10000, "家", "over"), ("10.4万亿元", 10.4e12, "元", "exact"), ("约1.2万名", 12000, "名", "about"),
    ("2.5万余件", 25000, "件", "over"), ("7900多万重量箱", 7.9e7, "重量箱", "over"), ("40分钟以内", 40, "分钟", "under"), ("20%以上", 20, "%", "over"),
    ("37微克/立方米", 37, "微克/立方米", "exact"), ("2.40万人/平方公里", 24000, "人/平方公里", "exact"), ("0.31万吨标准煤", 3100, "吨标准煤", "exact"),
    ("1.71个百分点", 1.71, "个百分点", "exact"), ("3个小时", 3, "小时", "exact"), ("两千亿元", 2e11, "元", "exact"), ("半小时", 0.5, "小时", "exact"),
    ("超六成", 60, "%", "over"), ("四成以上", 40, "%", "over"), ("三十多家", 30, "家", "over"), ("十余个", 10, "个", "over"), ("超千亿元", 1e11, "元", "over"),
    ("1,234.5亿元", 1.2345e11, "元", "exact"), ("5千克", 5, "公斤", "exact"), ("100万千瓦", 1e6, "千瓦", "exact"), ("一百二十三家", 123, "家", "exact"),
])
def test_printed_numbers(text, value, unit, qualifier):
    (found,) = quantities(f"共有{text}。")
    assert (found.value, found.unit, found.qualifier) == (pytest.approx(value), unit, qualifier)
    assert found.lower <= found.value <= found.upper


@pytest.mark.parametrize("text", ["近3000家", "超1万家", "10.4万家", "37家", "60余家", "约117公里", "6200余万亩", "9.7万件", "40分钟以内"])
def test_intervals_agree_with_the_ledger(text):
    (found,) = quantities(text)
    printed = read_printed(text, found.unit)
    assert (found.value, found.lower, found.upper) == pytest.approx((printed.value, printed.lower, printed.upper))


@pytest.mark.parametrize("text", ["1—1.5小时", "1-1.5小时", "1小时至1.5小时", "1~1.5小时"])
def test_range_stands_for_itself(text):
    (found,) = quantities(text)
    assert (found.lower, found.value, found.upper) == (1.0, 1.5, 1.5)


def test_two_ends_of_a_change_are_no_range():
    assert [q.value for q in quantities("由3个小时到2个小时")] == [3, 2]


def test_ratio_of_sectors():
    assert [q.value for q in quantities("占比为6.2:35.7:58.1。")] == [6.2, 35.7, 58.1]
    assert quantities("比分1:2:3") == []


def test_ellipsis_of_points():
    assert [q.unit for q in quantities("分别快于全国7个、0.6个百分点")] == ["个百分点", "个百分点"]


@pytest.mark.parametrize(("numeral", "value"), [("两", 2), ("十", 10), ("二十五", 25), ("一百零三", 103), ("三千万", 3e7), ("两万亿", 2e12), ("半", 0.5), ("二零二三", 2023)])
def test_chinese_numerals(numeral, value):
    assert chinese(numeral) == value


def test_no_chinese_numeral():
    assert chinese("一二三四五六") is None
    assert chinese("半一") is None
