"""Records made up for the tests, and what follows from them, computed plainly.

Nothing here is a measurement: values, contracts, firms and cases come from a random generator
with a seed. The plain computations use fractions and decimals and nothing of the program.
"""

from __future__ import annotations

import csv
import datetime
import random
from collections import defaultdict
from fractions import Fraction

CITIES = {"b1": "110000", "b2": "110000", "b3": "110000", "s1": "130100", "s2": "130100", "z1": "130600"}
COLUMNS = {"station_hours": ("station", "time", "pm25"), "contracts": ("id", "date", "seller_area", "buyer_area", "amount_yuan"),
           "registration_changes": ("firm", "date", "county_before", "county_after"), "cases": ("id", "date", "service", "area_from", "area_to")}
#: Counties, cities and provinces of codes that the records use, written down by hand.
PREFECTURE = {"110101": "110000", "110105": "110000", "110108": "110000", "120101": "120000", "120116": "120000", "130102": "130100", "131082": "131000",
              "130629": "130600", "110000": "110000", "120000": "120000", "130100": "130100"}


def every_hour(year: int, skip=lambda day, hour: False):
    """All full hours of a year but those to skip."""
    day = datetime.date(year, 1, 1)
    while day.year == year:
        yield from (datetime.datetime(day.year, day.month, day.day, hour) for hour in range(24) if not skip(day, hour))
        day += datetime.timedelta(1)


def station_hours(seed: int, stations=CITIES, years=(2022, 2023)) -> list[tuple]:
    """Hours with one digit after the point, with gaps: single hours, days of few hours, weeks without a station."""
    random_ = random.Random(seed)
    rows = []
    for station in stations:
        level, gaps = random_.uniform(20, 80), random_.choice((0.01, 0.03, 0.08))
        away = {datetime.date(year, 1, 1) + datetime.timedelta(random_.randrange(350) + i) for year in years for i in range(4)}
        for year in years:
            rows += [(station, time, round(max(0.0, random_.gauss(level, 15)), 1))
                     for time in every_hour(year, lambda day, hour, away=away, gaps=gaps: day in away or random_.random() < gaps)]
    random_.shuffle(rows)
    return rows


def means(rows, cities=CITIES, kind="year") -> dict[tuple[str, str], int]:
    """(city, period) -> mean in whole µg/m³ by the rules: of hours, of stations, of days; rounded once, half to even."""
    hours = defaultdict(list)
    for station, time, value in rows:
        if value is not None:
            hours[station, time.date()].append(Fraction(str(value)))
    days = defaultdict(list)
    for (station, day), values in hours.items():
        if len(values) >= 20:
            days[cities[station], day].append(sum(values) / len(values))
    months = defaultdict(list)
    for (city, day), values in days.items():
        months[city, day.year, day.month].append(sum(values) / len(values))
    enough = {key: len(values) >= (25 if key[2] == 2 else 27) for key, values in months.items()}
    if kind == "month":
        return {(c, f"{y}-{m:02d}"): round(sum(v) / len(v)) for (c, y, m), v in months.items() if enough[c, y, m]}
    found = {}
    for city, year in {key[:2] for key in months}:
        own = [v for m in range(1, 13) for v in months.get((city, year, m), [])]
        if len(own) >= 324 and all(enough.get((city, year, m)) for m in range(1, 13)):
            found[city, str(year)] = round(sum(own) / len(own))
    return found


def contracts(seed: int, number: int = 2000) -> list[tuple]:
    """Contracts between counties, cities and provinces and elsewhere."""
    random_ = random.Random(seed)
    places = [*PREFECTURE, "310000", "440300"]
    return [(f"c{i}", _day(random_), random_.choice(places), random_.choice(places), f"{random_.randrange(10**4, 10**10) / 100:.2f}") for i in range(number)]


def changes(seed: int, number: int = 1500) -> list[tuple]:
    """Firms that changed their registered address, some several times."""
    random_ = random.Random(seed)
    counties = [code for code in PREFECTURE if not code.endswith("00")]
    made = {(f"f{random_.randrange(number // 2)}", _day(random_), *random_.sample(counties, 2)) for _ in range(number)}
    return sorted(made)


def cases(seed: int, number: int = 1000) -> list[tuple]:
    """Cases of two services between the three provinces."""
    random_ = random.Random(seed)
    return [(f"k{i}", _day(random_), random_.choice(("12345热线", "12345", "政务")), *random_.sample(("110000", "120000", "130000"), 2)) for i in range(number)]


def _day(random_) -> datetime.date:
    return datetime.date(2021, 1, 1) + datetime.timedelta(random_.randrange(3 * 365))


def province(code: str) -> str:
    return code[:2] + "0000"


# --- writing ---------------------------------------------------------------------------


def write_csv(path, table, rows, encoding="utf8", header=None):
    """A CSV file of records; times to the minute."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header or COLUMNS[table])
        writer.writerows([[_text(cell) for cell in row] for row in rows])
    return path


def _text(cell):
    if isinstance(cell, datetime.datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "" if cell is None else cell


def write_parquet(path, table, rows, **types):
    """A Parquet file of records; types of columns as pyarrow names them where they are not to follow from the values."""
    import pyarrow as pa
    from pyarrow import parquet

    columns = {name: pa.array(list(values)) for name, values in zip(COLUMNS[table], zip(*rows))}
    for name, kind in types.items():
        columns[name] = columns[name].cast(kind) if not pa.types.is_decimal(kind) else columns[name].cast("string").cast(kind)
    parquet.write_table(pa.table(columns), path)
    return path


def write_stations(path, cities=CITIES):
    """The file that says which city a station stands for."""
    path.write_text("station,city\n" + "".join(f"{s},{c}\n" for s, c in cities.items()), "utf8")
    return path
