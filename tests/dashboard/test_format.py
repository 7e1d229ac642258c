"""Numbers, quantities and periods as each language writes them."""

import math

import pytest

from dashboard.format import NBSP, number, period, quantity


@pytest.mark.parametrize(("value", "decimals", "zh", "en"), [
    (0, None, "0", "0"),
    (7, None, "7", "7"),
    (1.234, None, "1.23", "1.23"),
    (12.34, None, "12.3", "12.3"),
    (123.4, None, "123", "123"),
    (9133.25, 1, "9133.2", "9,133.2"),
    (43760.7, 1, "43,760.7", "43,760.7"),
    (1234567, 0, "1,234,567", "1,234,567"),
    (-3.5, 1, "−3.5", "−3.5"),
    (2.5, 2, "2.50", "2.50"),
])
def test_number(value, decimals, zh, en):
    assert number(value, "zh", decimals) == zh
    assert number(value, "en", decimals) == en


@pytest.mark.parametrize("gap", [None, math.nan, math.inf, -math.inf])
def test_a_gap_is_a_dash(gap):
    for lang in ("zh", "en"):
        assert number(gap, lang) == "–"
        assert quantity(gap, "亿元", lang) == "–"


@pytest.mark.parametrize(("value", "unit", "zh", "en"), [
    (1_043_000, "亿元", "104.3 万亿元", "104.3 trillion yuan"),
    (43_760.7, "亿元", "4.38 万亿元", "4.38 trillion yuan"),
    (500, "亿元", "500 亿元", "50.0 billion yuan"),
    (3000, "家", "3000 家", "3,000 units"),
    (2_185, "万人", "2185 万人", "21.9 million people"),
    (12.5, "%", "12.5%", "12.5%"),
    (-12.5, "%", "−12.5%", "−12.5%"),
    (10_848.5, "公里", "10,848 公里", "10,848 km"),
    (-500, "亿元", "−500 亿元", "−50.0 billion yuan"),
])
def test_quantity_speaks_in_the_magnitudes_of_the_language(value, unit, zh, en):
    assert quantity(value, unit, "zh").replace(NBSP, " ") == zh
    assert quantity(value, unit, "en").replace(NBSP, " ") == en


def test_a_quantity_does_not_break_between_number_and_unit():
    assert NBSP in quantity(500, "亿元", "zh") and " " not in quantity(500, "亿元", "zh")


@pytest.mark.parametrize("value", [0.5, 3, 99, 123.4, 9_999, 12_345, 999_999, 1_234_567, 98_765_432])
@pytest.mark.parametrize(("unit", "ones"), [("亿元", 1e8), ("万元", 1e4), ("元", 1), ("万人次", 1e4)])
def test_a_quantity_reads_back_to_its_value(value, unit, ones):
    words = {"万亿": 1e12, "亿": 1e8, "万": 1e4, "trillion": 1e12, "billion": 1e9, "million": 1e6}
    for lang in ("zh", "en"):
        amount, rest = quantity(value, unit, lang).split(NBSP, 1)
        digits = float(amount.replace(",", "").replace("−", "-"))
        factor = next((f for word, f in words.items() if rest.startswith(word)), 1)
        assert digits * factor == pytest.approx(value * ones, rel=0.05), (quantity(value, unit, lang), lang)


@pytest.mark.parametrize(("text", "kind", "zh", "en"), [
    ("2023", "year", "2023年", "2023"),
    ("2023", "end", "2023年末", "end of 2023"),
    ("2023-06", "end", "2023年6月末", "end of Jun 2023"),
    ("2014/2022", "cumulative", "2014年至2022年累计", "2014 to 2022, cumulative"),
    ("2014-02/2023-11", "cumulative", "2014年2月至2023年11月累计", "Feb 2014 to Nov 2023, cumulative"),
    ("2023-11", "cumulative", "2023年11月累计", "Nov 2023, cumulative"),
    ("2023-01/2023-11", "ytd", "2023年1–11月", "Jan–Nov 2023"),
    ("2014/2022", "year", "2014年至2022年", "2014 to 2022"),
])
def test_period(text, kind, zh, en):
    assert period(text, kind, "zh") == zh
    assert period(text, kind, "en") == en


def test_every_period_of_the_ledger_can_be_written():
    from indicators.ledger import observations

    for text, kind in observations()[["period", "period_kind"]].drop_duplicates().itertuples(index=False):
        for lang in ("zh", "en"):
            written = period(text, kind, lang)
            assert text[:4] in written and "None" not in written
