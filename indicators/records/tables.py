"""Tables of records: their columns, and how text, dates and numbers in them are read.

Records come with typed columns (Parquet, a database) or as text (CSV); both are read by the same
expressions. A cell that cannot be read becomes null and the record has a ``problem``; nothing is
guessed. Decimal fractions become whole numbers of their smallest unit, held in doubles: sums of
whole numbers below 2**53 are exact in any order on any engine.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

#: Column of a table -> what it may be called in the records.
TABLES = {
    "station_hours": {"station": ("station", "station_code", "监测点编码", "站点"), "time": ("time", "datetime", "时间"), "pm25": ("pm25", "pm2_5", "pm2.5")},
    "contracts": {"id": ("id", "contract", "合同登记编号"), "date": ("date", "登记日期"), "seller_area": ("seller_area", "卖方所在地"),
                  "buyer_area": ("buyer_area", "买方所在地"), "amount_yuan": ("amount_yuan", "成交额")},
    "registration_changes": {"firm": ("firm", "统一社会信用代码"), "date": ("date", "变更日期"), "county_before": ("county_before", "变更前区县"),
                             "county_after": ("county_after", "变更后区县")},
    "cases": {"id": ("id", "办件编号"), "date": ("date", "日期"), "service": ("service", "事项"), "area_from": ("area_from", "转出地"), "area_to": ("area_to", "转入地")},
}
#: Types of columns as the engines describe them, in words of Ibis.
TYPES = ("string", "int64", "float32", "float64", "decimal", "timestamp", "date")

# One expression says whether there is such a day: engines differ in what their casts accept, and some would check it again and again.
_LEAP = "((19|20)(0[48]|[2468][048]|[13579][26])|2000)"
_DAY = ("((19|20)[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|"
        f"{_LEAP}-02-29)")
_DATE = f"^{_DAY}$"
_TIME = f"^{_DAY}[ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"
_NUMBER = "^[+-]?[0-9]{1,15}([.][0-9]{1,9})?$"
#: A double of this size has no bits for a fraction: what is added to it is rounded to a whole number, on every engine alike.
_NO_FRACTION = 2.0**52
EARLIEST = datetime.date(1949, 10, 1)


def beside(raw, **columns):
    """What was read from a table, beside its cells as they came (``raw_<column>``), for those who look at bad records."""
    return raw.select(**{f"raw_{name}": raw[name] for name in raw.columns}, **columns)


def raw_columns(table) -> list[str]:
    """Names of the cells as they came."""
    return [name for name in table.columns if name.startswith("raw_")]


def columns_of(kind: str, have: list[str], where: str) -> dict[str, str]:
    """Which column of the records is which.

    Raises
    ------
    ValueError
        If one is missing; the sentence names it and what there is.
    """
    lower = {name.strip().lower(): name for name in have}
    found = {wanted: next((lower[name] for name in names if name in lower), None) for wanted, names in TABLES[kind].items()}
    missing = [wanted for wanted, name in found.items() if name is None]
    if missing:
        raise ValueError(f"{where} lacks the column{'s' * (len(missing) > 1)} {', '.join(missing)}; it has {', '.join(have) or 'none'}, "
                         f"wanted are {', '.join(TABLES[kind])}")
    return found


@dataclass(frozen=True)
class Read:
    """Expressions read from a cell: what it says and what is wrong with it (conditions with reasons)."""

    value: object
    problems: tuple
    given: object = None  # the cell, null where it is empty
    inside: object = None  # of a number: whether it is plausible
    whole: object = None  # of a number: the same as value, not asked whether it is plausible
    hour: object = None


def text(column) -> Read:
    """A code or name: without blanks around it, null where empty."""
    if not column.type().is_string():
        column = column.cast("int64").cast("string") if column.type().is_integer() else column.cast("string")
    value = column.strip().nullif("")
    return Read(value, ())


def number(column, name: str, units: int, most: float) -> Read:
    """A number that is not negative, in whole `units`-ths of its unit, as a double.

    Parameters
    ----------
    units : int
        1000 reads thousandths; what is finer is rounded.
    most : float
        What is above it is not plausible and left out.
    """
    import ibis

    kind = column.type()
    given = plain = column
    problems = [(given.isnull(), f"no {name}")]
    if kind.is_string():
        given = column.strip().nullif("")
        fits = given.re_search(_NUMBER)
        plain = ibis.ifelse(fits, given, None)
        problems = [(given.isnull(), f"no {name}"), (~fits, f"{name} is not a number")]
    elif not kind.is_numeric() or kind.is_boolean():
        raise ValueError(f"the column {name} holds {kind}, wanted are numbers")
    if not kind.is_float64():
        plain = plain.cast("float64")
    problems += [(plain < 0, f"{name} is negative"), (~(plain <= most), f"{name} is not plausible")]
    inside = (plain >= 0) & (plain <= most)
    whole = plain * units if kind.is_integer() else (plain * units + _NO_FRACTION) - _NO_FRACTION
    return Read(ibis.ifelse(inside, whole, None), tuple(problems), given, inside, whole)


def day(column, today) -> Read:
    """A date: ISO 8601 where it is text."""
    import ibis

    kind = column.type()
    if kind.is_string():
        given = column.strip().nullif("")
        value = ibis.ifelse(given.re_search(_DATE), given, None).cast("date")
    elif kind.is_timestamp() or kind.is_date():
        given, value = column, column.date() if kind.is_timestamp() else column
    else:
        raise ValueError(f"a column of dates holds {kind}, wanted are dates or text such as 2023-01-31")
    return Read(value, ((given.isnull(), "no date"), *_possible(value, today)), given)


def hour(column, today) -> Read:
    """The hour that a time falls in: ``value`` is its day, ``hour`` 0 to 23; text is such as 2023-01-31 05:00."""
    import ibis

    kind = column.type()
    if kind.is_string():
        given = column.strip().nullif("")
        fits = given.re_search(_TIME)
        part = lambda start, length: ibis.ifelse(fits, given.substr(start, length), None)
        value, of_day = part(0, 10).cast("date"), part(11, 2).cast("int64")
    elif kind.is_timestamp():
        # EXTRACT gives numeric on PostgreSQL; the way over int64 makes the cast stand in the SQL
        given, value, of_day = column, column.date(), column.hour().cast("int64")
    else:
        raise ValueError(f"a column of times holds {kind}, wanted are timestamps or text such as 2023-01-31 05:00")
    return Read(value, ((given.isnull(), "no time"), *_possible(value, today)), given, hour=of_day)


def possible(day, today):
    """Whether a day can be one of the records: since 1949-10-01 and not in the future."""
    import ibis

    return (day >= ibis.literal(EARLIEST)) & (day <= today)


def _possible(value, today) -> tuple:
    return () if today is None else ((value.isnull() | ~possible(value, today), "impossible date"),)


def first_problem(*cells: Read, more=()):
    """The reason of the first thing that is wrong with a record; null where nothing is."""
    import ibis

    conditions = [problem for cell in cells for problem in cell.problems] + list(more)
    return ibis.cases(*conditions, else_=None)
