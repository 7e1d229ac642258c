"""Fine particles (PM2.5) in the air: annual means, and days with good levels.

The main series is the mean of the urban monitoring stations over a calendar year. A mean over several
cities depends on how they are weighted and the published regional means are plain means of cities, so
nothing is aggregated here. Reanalysis means and station subsets are indicators of their own.

From station hours (:data:`RECORDS`): the mean of a station's day over its hours, of a city's day over its
stations, of a month or year over the city's days, all without rounding in between; the result is rounded once.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import lcm

from indicators.model import Indicator, Limit
from indicators.records import rules, tables
from indicators.records.statistic import Account, Figure, Statistic

LIMITS = (
    Limit(35, "gb3095_grade2", "GB 3095-2012"),
    Limit(5, "who2021_aqg", "WHO global air quality guidelines 2021"),
    Limit(35, "who2021_it1", "WHO global air quality guidelines 2021"),
)

INDICATORS = [
    Indicator(
        "pm25", "environment", "µg/m³", period_kind="year", better="lower", decimals=1, limits=LIMITS,
        bases=(("official", "derived", "report"),), flagship=True,
    ),
    Indicator("pm25_area_mean", "environment", "µg/m³", period_kind="year", better="lower", decimals=1),
    Indicator("pm25_station_subset", "environment", "µg/m³", period_kind="year", better="lower", decimals=1),
    Indicator("pm25_good_days", "environment", "天", period_kind="year", better="higher"),
    Indicator("pm25_good_days_share", "environment", "%", period_kind="year", better="higher", decimals=1),
    Indicator("longest_pm25_good_run", "environment", "天", period_kind="year", better="higher"),
]


# --- from station hours ----------------------------------------------------------------

#: Hourly values are read in thousandths of a µg/m³.
_UNITS = 1000
_MOST = 10_000
_ELSEWHERE = "station outside Beijing, Tianjin and Hebei"
_HOURS = range(rules.HOURS_OF_A_DAY, 25)
#: A station's daily mean is a whole number of such parts, however many valid hours the day has.
_PARTS = lcm(*_HOURS)


def read_hours(raw, today):
    """Station hours as they came -> station, day, hour (0 to 23), value (thousandths of a µg/m³) and what is wrong.

    A time stamp stands for the hour that it falls in, and that for the hour's start; two stamps in one
    hour are two records of it.
    """
    station, time, value = tables.text(raw.station), tables.hour(raw.time, today), tables.number(raw.pm25, "pm25", _UNITS, _MOST)
    return tables.beside(raw, station=station.value, day=time.value, hour=time.hour, value=value.value, given=value.given,
                         problem=tables.first_problem(value, time))


def place_hours(hours, places):
    """The hours with the ``unit`` (city) of their station, and what is wrong with that."""
    import ibis

    there = places.select(there=places.code, unit=places.unit)
    placed = hours.left_join(there, hours.station == there.there).drop("there")
    problem = ibis.cases((placed.given.isnull(), placed.problem), (placed.station.isnull(), "no station"), (placed.unit.isnull(), "unknown station"),
                         (placed.unit == "", _ELSEWHERE), else_=placed.problem)
    return placed.mutate(problem=problem)


#: A day's hours and their total stand in one double: a bit for each hour above the bits that a total can take.
_ABOVE = 2 ** (24 * _MOST * _UNITS).bit_length()


def station_days(hours, keys: dict, value, hour):
    """By `keys` (station and day): number of ``hours``, their ``total``, and whether each stands ``once``.

    As many ones in the sum of the hours' bits as there are hours: none was added twice. What is known once is
    below 2**52 and therefore exact; what is not may be anything and is not asked for its total.
    (Counting distinct hours takes eight times as long.)
    """
    import ibis

    bit = (ibis.literal(_ABOVE, "int64") << hour).cast("float64")
    days = hours.group_by(**keys).aggregate(hours=hours.count(), packed=(value + bit).sum())
    days = days.mutate(marks=(days.packed / _ABOVE).floor())
    bits = days.marks
    bits = bits - ((bits >> 1) & 0x55555555)
    bits = (bits & 0x33333333) + ((bits >> 2) & 0x33333333)
    ones = ((bits + (bits >> 4)) & 0x0F0F0F0F) % 255
    # most days are whole, which is seen without counting ones
    once = ibis.cases((days.hours == 24, days.marks == 2**24 - 1), else_=(days.marks < 2**24) & (ones == days.hours))
    return days.mutate(once=once, total=days.packed - days.marks.cast("float64") * _ABOVE)


def city_months(days, *more):
    """By city, year, month and number of valid stations of a day: ``days``, and the ``total`` of their stations' daily means.

    Days whose number of stations is the same share a denominator, so that whole numbers are
    enough to be exact: a station's daily mean is total / hours = total * (parts / hours) / parts.
    """
    import ibis

    valid = (days.hours >= rules.HOURS_OF_A_DAY) & days.once & days.day.notnull()
    counted = days.mutate(valid=ibis.ifelse(valid, 1, 0), parts=ibis.ifelse(valid, days.total.cast("int64") * (_PARTS // days.hours), 0))
    cities = counted.group_by("unit", "day").aggregate(stations=counted.valid.sum(), parts=counted.parts.sum(), **{name: counted[name].sum() for name in more})
    cities = cities.mutate(year=cities.day.year().cast("int64"), month=cities.day.month().cast("int64"))
    return cities.group_by("unit", "year", "month", "stations").aggregate(
        days=cities.count(), total=cities.parts.sum(), earliest=cities.day.min(), latest=cities.day.max(), **{name: cities[name].sum() for name in more})


def _good_days(good, *keys):
    return station_days(good, {key: good[key] for key in keys}, good.value, good.hour)


def _result(good):
    return city_months(_good_days(good, "unit", "station", "day"))


def _quick(raw, places):
    """A survey of the records and the answer in one pass, with counts that tell whether records need a second look."""
    import ibis

    number = lambda table: tables.number(table.pm25, "pm25", _UNITS, _MOST)
    survey = raw.aggregate(records=raw.count(), given=number(raw).given.count())
    hours = raw.filter(number(raw).inside)
    time, value = tables.hour(hours.time, None), number(hours)
    days = station_days(hours, {"raw_station": hours.station.cast("string"), "day": time.value}, value.whole, time.hour)
    there = places.select(there=places.code, unit=places.unit)
    placed = days.left_join(there, days.raw_station == there.there)
    strange = placed.raw_station.isnull() | (placed.raw_station != placed.raw_station.strip())
    odd = ibis.cases((placed.unit.isnull(), strange), else_=placed.packed.isnull() | ~placed.once | placed.day.isnull())
    return survey, city_months(placed.mutate(used=placed.hours, odd=ibis.ifelse(odd, 1, 0)), "used", "odd")


def _account(survey, rows, today) -> Account:
    """What the quick answer says of its records: gaps and stations that are not of the region need no second look."""
    left_out = {"no pm25": int(survey["records"]) - int(survey["given"]), "unknown station": 0, _ELSEWHERE: 0}
    used = odd = 0
    for row in rows:
        odd += int(row["odd"])
        if row["unit"]:
            used += int(row["used"])
            odd += not row["latest"] or not tables.EARLIEST <= row["earliest"] <= row["latest"] <= today
        else:
            left_out["unknown station" if row["unit"] is None else _ELSEWHERE] += int(row["used"])
    complete = not odd and int(survey["records"]) == used + sum(left_out.values())
    return Account(int(survey["records"]), used, {reason: n for reason, n in left_out.items() if n}, complete)


def _twice(good):
    """Good hours in two parts: those of station days that have every hour once, and the others."""
    keys = ["station", "day"]
    days = _good_days(good, *keys)
    touched = days.filter(~days.once).select(*keys)
    return good.anti_join(touched, keys), good.semi_join(touched, keys)


def _figures(rows, kind) -> list[Figure]:
    """Means of cities: months of 27 valid days (February 25), years of 324 days whose months are all valid."""
    months = defaultdict(list)
    for row in rows:
        if row["unit"] and row["stations"]:
            months[row["unit"], int(row["year"]), int(row["month"])].append((int(row["stations"]), int(row["days"]), int(row["total"])))
    found = []
    if kind == "month":
        for (city, year, month), parts in sorted(months.items()):
            if _days(parts) >= rules.days_needed(month):
                found.append(_mean(city, f"{year:04d}-{month:02d}", kind, parts))
        return found
    for city, year in sorted({key[:2] for key in months}):
        own = [months.get((city, year, month), []) for month in range(1, 13)]
        whole = [part for parts in own for part in parts]
        if _days(whole) >= rules.DAYS_OF_A_YEAR and all(_days(parts) >= rules.days_needed(month) for month, parts in enumerate(own, 1)):
            found.append(_mean(city, f"{year:04d}", kind, whole))
    return found


def _days(parts) -> int:
    return sum(days for _, days, _ in parts)


def _mean(city, period, kind, parts) -> Figure:
    value = sum(Fraction(total, stations) for stations, _, total in parts) / (_PARTS * _UNITS * _days(parts))
    fewest, most = min(s for s, _, _ in parts), max(s for s, _, _ in parts)
    return Figure(city, "", period, kind, value, f"{_days(parts)} valid days, {fewest} to {most} stations a day")


RECORDS = [Statistic(
    indicator="pm25", table="station_hours", kinds=("year", "month"), digits=0, levels=("prefecture",), read=read_hours, problem=place_hours,
    key=("unit", "station", "day", "hour"), content=("value",), result=_result, figures=_figures, quick=_quick, account=_account, twice=_twice,
    rule="mean of valid days of the city's stations: 20 hours a day, 27 days a month (February 25), 324 days a year; rounded half to even to whole µg/m³",
)]
