"""What a statistic of records is, and the figures that it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Figure:
    """One figure computed from records, exact, before it is rounded.

    Attributes
    ----------
    area, counterpart_area, period, period_kind : str
        As in an observation.
    value : Fraction
        In the indicator's unit.
    note : str
        What it rests on: days, points, records.
    """

    area: str
    counterpart_area: str
    period: str
    period_kind: str
    value: Fraction
    note: str = ""


@dataclass(frozen=True)
class Account:
    """What a result says of the records that it was made from.

    Attributes
    ----------
    records, used : int
        Rows read and rows that count in the statistic.
    left_out : dict of str to int
        Reason -> rows, as far as the result knows them.
    complete : bool
        Whether that is all there is to say; if not, the records are looked at one by one.
    """

    records: int
    used: int
    left_out: dict[str, int]
    complete: bool


@dataclass(frozen=True)
class Statistic:
    """How an indicator follows from records.

    Attributes
    ----------
    indicator : str
        Id of the indicator.
    table : str
        Kind of record table, a key of :data:`indicators.records.tables.TABLES`.
    kinds : tuple of str
        Kinds of period that it can be computed for, the usual one first.
    digits : int
        Digits after the point that the rule keeps.
    read : callable
        ``read(raw, today)``: the table as it came -> columns of known types, one of them ``problem``
        (text; null where the record is good by itself). ``today`` is an expression.
    problem : callable
        ``problem(read, places)``: the same with the places that the records name looked up; a text
        in ``problem`` where something is wrong.
    key : tuple of str
        Columns by which a good record is known; two records with one key are one too many.
    content : tuple of str
        Columns that must agree in records of one key; where they do not, all are left out.
    result : callable
        ``result(good)``: the expression of the answer, a small table.
    figures : callable
        ``figures(rows, kind)``: rows of the answer as mappings -> list of :class:`Figure`.
    rule : str
        The rule in one sentence, for the note of the source.
    quick : callable, optional
        ``quick(raw, places)``: two expressions, a survey of the records (one row) and the
        answer in one pass over records that need no second look.
    account : callable, optional
        ``account(survey, rows, today)``: the :class:`Account` of that answer.
    twice : callable, optional
        ``twice(good)``: good records in two parts, those surely known once and those to compare by
        their key; all are compared when omitted.
    levels : tuple of str
        Levels of areas that it can be computed for, the usual one first.
    """

    indicator: str
    table: str
    kinds: tuple[str, ...]
    digits: int
    read: Callable
    problem: Callable
    key: tuple[str, ...]
    content: tuple[str, ...]
    result: Callable
    figures: Callable
    rule: str
    quick: Callable | None = None
    account: Callable | None = None
    twice: Callable | None = None
    levels: tuple[str, ...] = ("province", "prefecture", "county")


def statistics() -> dict[str, Statistic]:
    """All statistics of records by indicator: those that any module of the package lists in ``RECORDS``."""
    import sys

    import indicators

    indicators.catalogue()  # imports the modules that define indicators, and no other
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("indicators.") and name.count(".") == 1]
    return {each.indicator: each for module in modules for each in getattr(module, "RECORDS", ())}


def statistic_of(indicator: str) -> Statistic:
    """The statistic of an indicator.

    Raises
    ------
    ValueError
        If the indicator does not exist, or is not computed from records.
    """
    import indicators

    indicators.get(indicator)
    found = statistics()
    if indicator not in found:
        raise ValueError(f"{indicator} is not computed from records; these are: {', '.join(sorted(found))}")
    return found[indicator]
