"""Places that records name: stations and the cities they stand for, codes of areas and the units they lie in."""

from __future__ import annotations

import csv
from pathlib import Path

LEVELS = ("province", "prefecture", "county")
_STATION = ("station", "station_code", "code", "监测点编码")
_CITY = ("city", "city_code", "area", "城市")


def units(level: str) -> list[tuple[str, str]]:
    """(code, unit) of all provinces, prefectures and counties; the unit is empty where the code is coarser than `level`.

    Beijing and Tianjin are their own prefectures.

    Raises
    ------
    ValueError
        For a level other than province, prefecture and county.
    """
    from geodata.areas import MUNICIPALITIES, areas

    if level not in LEVELS:
        raise ValueError(f"there is no level {level!r}; accepted are {', '.join(LEVELS)}")
    known = {a.code: a for a in areas() if a.level in LEVELS}
    found = []
    for area in known.values():
        line = [area]
        while line[-1].parent in known:
            line.append(known[line[-1].parent])
        unit = next((a.code for a in line if a.level == level or (level == "prefecture" and a.code in MUNICIPALITIES)), "")
        found.append((area.code, unit))
    return found


def stations(path: str | Path) -> list[tuple[str, str]]:
    """(station, city) out of a CSV file with a column of each; a city is its code or its Chinese name.

    Where there is no column of cities, longitude and latitude (columns ``lon`` and ``lat``) say it.

    Raises
    ------
    ValueError
        If the file cannot be read, lacks a column, names a station twice or a city that is not known.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ValueError(f"the stations cannot be read: {path.name}: {error.strerror}") from None
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            content = raw.decode("gb18030")
        except UnicodeDecodeError:
            raise ValueError(f"the stations in {path.name} are neither UTF-8 nor GB18030") from None
    reader = csv.DictReader(content.splitlines())
    have = {name.strip().lower(): name for name in reader.fieldnames or ()}
    station, city = (next((have[n] for n in names if n in have), None) for names in (_STATION, _CITY))
    if station is None or (city is None and not {"lon", "lat"} <= have.keys()):
        raise ValueError(f"{path.name} lacks a column; wanted are station and city (or lon and lat), it has {', '.join(have) or 'none'}")
    rows = [{k: (v or "").strip() for k, v in row.items() if k is not None} for row in reader]
    if not rows:
        raise ValueError(f"{path.name} names no station")
    cities = _located(rows, have, station, path.name) if city is None else _cities([row[city] for row in rows], path.name)
    found: dict[str, str] = {}
    for row, unit in zip(rows, cities):
        if found.setdefault(row[station], unit) != unit or not row[station]:
            raise ValueError(f"{path.name} gives the station {row[station]!r} two cities" if row[station] else f"{path.name} has a station without a code")
    return sorted(found.items())


def _cities(texts: list[str], where: str) -> list[str]:
    """Codes of cities; empty for one outside of the region, whose stations are known and do not count."""
    from geodata.areas import areas

    known = {key: a.code for a in areas("prefecture") for key in (a.code, a.name_zh, a.short_zh)}
    found = [known.get(text, "" if len(text) == 6 and text.isdigit() and text[:2] not in ("11", "12", "13") else None) for text in texts]
    if None in found:
        raise ValueError(f"{where} names the city {texts[found.index(None)]!r}, which is not known; accepted are codes and Chinese names of the 13 cities, "
                         "and codes of cities elsewhere")
    return found


def _located(rows: list[dict], have: dict[str, str], station: str, where: str) -> list[str]:
    """City of each station by its longitude and latitude; empty outside of the region."""
    import pandas as pd

    from geodata.points import assign

    points = pd.DataFrame({c: pd.to_numeric([row[have[c]] for row in rows], errors="coerce") for c in ("lon", "lat")})
    found = assign(points, "prefecture")
    for row, problem in zip(rows, found["problem"]):
        if problem:
            raise ValueError(f"{where}: the position of the station {row[station]!r}: {problem}")
    return list(found["code"])
