"""Areas: codes, names, levels, parents, members of composites.

``areas.csv`` lists those of Beijing, Tianjin and Hebei; those of other provinces come from the polygon
files when ``BOUNDARY_SCOPE`` takes them in.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .scope import HOME, current_scope, normal_scope, within

TABLE = Path(__file__).with_name("areas.csv")
COLUMNS = (
    "code", "name_zh", "name_en", "short_zh", "short_en", "level",
    "parent", "members", "valid_from", "valid_to", "note",
)
LEVELS = ("province", "prefecture", "county", "composite", "zone")
# What follows the name of a province in its full one.
_PROVINCE_WORDS = re.compile("(?:省|市|(?:壮族|回族|维吾尔)?自治区|特别行政区)$")
# Beijing and Tianjin have no prefectures: on a prefecture map they stand for themselves.
MUNICIPALITIES = ("110000", "120000")


@dataclass(frozen=True)
class Area:
    """One row of ``areas.csv``.

    Attributes
    ----------
    code : str
        GB/T 2260 code (``"110000"``) or the id of a composite or zone (``"jjj"``).
    name_zh, name_en, short_zh, short_en : str
        Full names and the shorter ones that fit on a map.
    level : str
        One of ``LEVELS``. A composite is the union of its members; a zone has no polygon.
    parent : str
        Code of the area it lies in; empty for provinces and for composites that lie in no single
        area. A zone is placed at its parent on maps.
    members : tuple of str
        Provinces, prefectures or counties that a composite is made of; empty otherwise. They may
        overlap (Baoding and Xiong'an): a composite is their union.
    valid_from, valid_to : str
        ISO 8601 dates (year or day) between which the code had this name and extent, as far as
        a change since 2010 matters; empty where none does.
    note : str
        Why the row needs care, as ``"Chinese / English"``.
    """

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    level: str
    parent: str
    members: tuple[str, ...]
    valid_from: str
    valid_to: str
    note: str


def read_areas(path: Path) -> dict[str, Area]:
    """Read and check a table of areas.

    Parameters
    ----------
    path : Path
        UTF-8 CSV file with the columns ``COLUMNS``.

    Returns
    -------
    dict of str to Area
        By code, in the order of the file.

    Raises
    ------
    ValueError
        For missing columns, empty names, unknown levels, codes that occur twice, parents or members
        that are not in the table, members on anything but a composite, members that are not
        provinces, prefectures or counties, and zones placed at zones.
    """
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path.name}: the columns must be {','.join(COLUMNS)}.")
        table: dict[str, Area] = {}
        for row in reader:
            area = _area_of_row(row, f"{path.name} line {reader.line_num}")
            if area.code in table:
                raise ValueError(f"{path.name} line {reader.line_num}: code {area.code} occurs twice.")
            table[area.code] = area
    for area in table.values():
        _check_references(area, table, path.name)
    return table


def _area_of_row(row: dict, where: str) -> Area:
    if None in row or None in row.values():
        raise ValueError(f"{where}: expected {len(COLUMNS)} fields.")
    for column in ("code", "name_zh", "name_en", "short_zh", "short_en"):
        if not row[column].strip():
            raise ValueError(f"{where}: {column} is empty.")
    if row["level"] not in LEVELS:
        raise ValueError(f"{where}: level {row['level']!r} is not one of {', '.join(LEVELS)}.")
    members = tuple(row["members"].split())
    if bool(members) != (row["level"] == "composite"):
        raise ValueError(f"{where}: a composite needs members and nothing else may have them.")
    if row["level"] == "zone" and not row["parent"]:
        raise ValueError(f"{where}: a zone needs a parent, at which it is placed.")
    return Area(**{**row, "members": members})


def _check_references(area: Area, table: dict[str, Area], where: str) -> None:
    for code in filter(None, (area.parent, *area.members)):
        if code not in table:
            raise ValueError(f"{where}: {area.code} refers to {code}, which is not in the table.")
    for code in area.members:
        if table[code].level in ("composite", "zone"):
            raise ValueError(f"{where}: {area.code} has the member {code}, which is a {table[code].level}.")
    if area.level == "zone" and table[area.parent].level == "zone":
        raise ValueError(f"{where}: {area.code} is placed at {area.parent}, which is a zone itself.")


@lru_cache(maxsize=1)
def _table() -> dict[str, Area]:
    return read_areas(TABLE)


def table() -> dict[str, Area]:
    """The areas of ``areas.csv`` by code, in its order, whatever the scope."""
    return _table()


def _outside(scope: tuple[str, ...] | str) -> dict:
    """Areas of a scope beyond ``areas.csv`` by code, and those of its levels; nothing to read where the table has all."""
    if scope != "china" and set(scope) <= set(HOME):
        return {"areas": {}, "levels": {}}
    return _outside_of(scope, os.environ.get("GEODATA_CACHE"))


@lru_cache(maxsize=4)
def _outside_of(scope: tuple[str, ...] | str, _cache: str | None) -> dict:
    from .boundaries import build

    content = json.loads((build(scope) / "areas.json").read_bytes())
    areas = {code: _plain_area(code, *row) for code, row in content["areas"].items()}
    known = {**_table(), **areas}
    return {"areas": areas, "levels": {level: tuple(known[code] for code in codes) for level, codes in content["levels"].items()}}


def _plain_area(code: str, name: str, level: str, parent: str) -> Area:
    """An area of which only the polygon files tell: they have no English names, so the Chinese one stands for them."""
    short = _PROVINCE_WORDS.sub("", name) if level == "province" else name
    return Area(code, name, name, short, short, level, parent, (), "", "", "")


def area(code: str) -> Area:
    """The row of one code: of ``areas.csv``, or of the scope that ``BOUNDARY_SCOPE`` chooses.

    Raises
    ------
    ValueError
        If neither has the code.
    """
    try:
        found = _table().get(code) or _outside(current_scope())["areas"].get(code)
    except TypeError:
        found = None
    if found is None:
        raise ValueError(f"Unknown area code {code!r}: it is not in areas.csv.")
    return found


def areas(level: str | None = None, scope: Iterable[str] | str | None = None) -> tuple[Area, ...]:
    """All areas that are known, or those of one level within a scope.

    Parameters
    ----------
    level : str, optional
        One of ``LEVELS``. Provinces, prefectures and counties are those within the scope, composites
        and zones all there are. ``"prefecture"`` gives the units of a prefecture map: at home the
        13 that are Hebei's 11 prefectures and the municipalities Beijing and Tianjin.
    scope : "china" or iterable of str, optional
        Province codes; what ``BOUNDARY_SCOPE`` chooses by default. ``geodata.HOME`` for the three.

    Returns
    -------
    tuple of Area
        In the order of ``areas.csv``; after its rows those of other provinces, by code.

    Raises
    ------
    ValueError
        For an unknown level or scope.
    """
    if level is not None and level not in LEVELS:
        raise ValueError(f"Unknown level {level!r}: use one of {', '.join(LEVELS)}.")
    scope = normal_scope(scope)
    listed, more = _table().values(), _outside(scope)
    if level is None:
        return (*listed, *more["areas"].values())
    if level in more["levels"]:
        return more["levels"][level]
    rows = (row for row in listed if row.level == level or level == "prefecture" and row.code in MUNICIPALITIES)
    return tuple(row for row in rows if level in ("composite", "zone") or within(row.code, scope))


def prefecture_units() -> tuple[str, ...]:
    """Codes of the units of a prefecture map, Beijing and Tianjin first where the scope has them."""
    return tuple(row.code for row in areas("prefecture"))


def members(code: str) -> tuple[str, ...]:
    """Codes whose union is the area: a composite's members, otherwise the code itself."""
    row = area(code)
    return row.members or (row.code,)


def parent(code: str) -> str | None:
    """Code of the area that this one lies in, or None for the top."""
    return area(code).parent or None


def children(code: str, scope: Iterable[str] | str | None = None) -> tuple[str, ...]:
    """Codes of the prefectures or counties that a province or prefecture is divided into."""
    area(code)
    return tuple(
        row.code for row in areas(None, scope) if row.parent == code and row.level in ("prefecture", "county")
    )


def counties(code: str, scope: Iterable[str] | str | None = None) -> tuple[str, ...]:
    """Codes of all counties that an area consists of; a city without counties is its own.

    Raises
    ------
    ValueError
        For unknown codes and for zones, which are not made of counties.
    """
    row = area(code)
    if row.level == "zone":
        raise ValueError(f"{code} is a zone without a polygon of its own; it lies in {row.parent}.")
    if row.level == "county":
        return (code,)
    parts = row.members or children(code, scope)
    return tuple(dict.fromkeys(county for part in parts for county in counties(part, scope))) or (code,)
