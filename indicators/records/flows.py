"""What statistics of flows share: two places of a record, brought to the level that is asked for."""

from __future__ import annotations

#: What a code outside of Beijing, Tianjin and Hebei looks like.
_ELSEWHERE = "^(1[4-9]|[2-9][0-9])[0-9]{4}$"


def located(table, places, *columns):
    """The table with ``<column>_unit`` for every column of codes; null where the code is not known, empty where it is coarser than the level."""
    for column in columns:
        there = places.select(**{f"{column}_code": places.code, f"{column}_unit": places.unit})
        table = table.left_join(there, table[column] == there[f"{column}_code"]).drop(f"{column}_code")
    return table


def misplaced(table, *columns) -> list:
    """Conditions with reasons: codes that are missing, unknown, outside of the three places or coarser than the level."""
    conditions = []
    for column in columns:
        code, unit = table[column], table[f"{column}_unit"]
        conditions += [(code.isnull(), f"no {column}"), (unit.isnull() & code.re_search(_ELSEWHERE), f"{column} is outside Beijing, Tianjin and Hebei"),
                       (unit.isnull(), f"unknown {column}"), (unit == "", f"{column} is coarser than the level")]
    return conditions


def apart(table, one: str, other: str) -> tuple:
    """The condition that both places are one, where nothing flows."""
    return table[f"{one}_unit"] == table[f"{other}_unit"], f"{one} and {other} are one place"


def with_problem(table, conditions):
    """The table whose ``problem`` is its own or else the first of these."""
    import ibis

    return table.mutate(problem=ibis.coalesce(table.problem, ibis.cases(*conditions, else_=None)))


def yearly(table, origin: str, destination: str | None = None):
    """Columns ``area``, ``counterpart`` and ``year`` of good records; with them once more as Tianjin and Hebei together what leaves Beijing.

    天津 and 河北 together are ``jin_ji``, to which most published figures of Beijing run.
    """
    import ibis

    year = table.day.year().cast("int64")
    if destination is None:
        return table.mutate(area=table[f"{origin}_unit"], counterpart=ibis.literal(""), year=year)
    flows = table.mutate(area=table[f"{origin}_unit"], counterpart=table[f"{destination}_unit"], year=year)
    both = flows.filter((flows.area == "110000") & flows.counterpart.isin(["120000", "130000"])).mutate(counterpart=ibis.literal("jin_ji"))
    return flows.union(both)
