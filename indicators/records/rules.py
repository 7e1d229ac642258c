"""Rules of numbers: rounding by GB/T 8170 and the validity of means of air quality.

What was read and what was not: the numbers of hours and days below are those of the table on
validity in GB 3095-2012 as scientists who apply it repeat them; the text of GB 3095-2012, of
HJ 663-2013 and of GB/T 8170-2008 itself could not be consulted here, so no clause is cited. The rule of
rounding, and that a value is rounded once and never step by step, are those of GB/T 8170-2008 as a
handbook of measurement repeats them with worked examples, which the tests compute. That PM2.5
is given in whole µg/m³ under HJ 663-2013 is taken from programs that implement it. HJ 663-2026,
which replaces it, was not at hand; programs say that it keeps one digit after the point.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

#: Hourly means that a valid daily mean needs.
HOURS_OF_A_DAY = 20
#: Daily means that a valid month needs, February apart.
DAYS_OF_A_MONTH = 27
DAYS_OF_FEBRUARY = 25
#: Daily means that a valid year needs, every month of it valid.
DAYS_OF_A_YEAR = 324


def days_needed(month: int) -> int:
    """Valid days that a month (1 to 12) needs for a valid mean."""
    return DAYS_OF_FEBRUARY if month == 2 else DAYS_OF_A_MONTH


def round_half_even(value: Fraction, digits: int) -> Decimal:
    """Round to `digits` after the point; a half goes to the even neighbour (GB/T 8170: 四舍六入五成双).

    The value is exact, so a half is a half: nothing is decided by the last bit of a float.

    >>> [str(round_half_even(Fraction(n, 2), 0)) for n in (1, 3, 5, -1, -3)]
    ['0', '2', '2', '0', '-2']
    >>> str(round_half_even(Fraction(1, 3), 2))
    '0.33'
    """
    # round() of a Fraction rounds half to even
    return Decimal(round(value * 10**digits)).scaleb(-digits)
