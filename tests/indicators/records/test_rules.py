"""Rounding by GB/T 8170 and the days that a mean needs."""

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.records import rules
from tests.indicators.small import quick


@pytest.mark.parametrize(("value", "digits", "text"), [
    ("34.5", 0, "34"), ("35.5", 0, "36"), ("34.500001", 0, "35"), ("34.499999", 0, "34"), ("0.5", 0, "0"), ("-1.5", 0, "-2"), ("2.25", 1, "2.2"),
    ("2.35", 1, "2.4"), ("1.00005", 4, "1.0000"), ("1.00015", 4, "1.0002"), ("7", 4, "7.0000"), ("0", 0, "0"),
])
def test_a_half_goes_to_the_even_neighbour_and_the_digits_stay(value, digits, text):
    assert f"{rules.round_half_even(Fraction(value), digits):f}" == text


# worked examples that a handbook of measurement gives for GB/T 8170-2008 (its section 4.5.1)
@pytest.mark.parametrize(("value", "digits", "rounded"), [
    ("12.1498", 0, "12"), ("12.1498", 1, "12.1"), ("1268", -2, "1300"), ("10.5002", 0, "11"), ("1.050", 1, "1.0"), ("0.35", 1, "0.4"), ("2500", -3, "2000"),
    ("3500", -3, "4000"), ("-0.0365", 3, "-0.036"), ("8.53459", 2, "8.53"),
])
def test_published_examples_of_the_standard(value, digits, rounded):
    assert rules.round_half_even(Fraction(value), digits) == Decimal(rounded)


@given(st.decimals(-10**6, 10**6, places=7), st.integers(0, 5))
@quick(300)
def test_decimal_numbers_are_rounded_as_the_decimal_module_rounds_them(value, digits):
    assert rules.round_half_even(Fraction(value), digits) == value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


@given(st.fractions(0, 10**6), st.integers(0, 4))
@quick(300)
def test_no_number_is_moved_by_more_than_half_a_unit(value, digits):
    assert abs(Fraction(rules.round_half_even(value, digits)) - value) <= Fraction(1, 2 * 10**digits)


def test_february_needs_25_days_and_every_other_month_27():
    assert [rules.days_needed(month) for month in range(1, 13)] == [27, 25, *[27] * 10]
