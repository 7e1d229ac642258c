"""Railway lines and stations of the region: when each line opened, and where its stations lie.

The tables in ``geodata/rail`` hold facts with their sources. Coordinates are only those that an
open licence allows to publish (OpenStreetMap, Wikidata); of the other stations the county is
known, and they are drawn at the middle of its polygon. Lines run straight from station to station.
"""

from __future__ import annotations

import csv
import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .areas import area, areas
from .boundaries import load
from .scope import HOME, area_crs

FOLDER = Path(__file__).with_suffix("")

#: Types of lines that count as high-speed rail here, and all types from the fastest on.
FAST = ("high-speed", "intercity")
TYPES = (*FAST, "conventional", "suburban")
STATUSES = ("open", "building", "planned")
PRECISIONS = ("day", "month", "year", "inferred")

#: Asked for by the licence of OpenStreetMap on every map that is drawn from it.
CREDIT = "© OpenStreetMap contributors"


@dataclass(frozen=True)
class Line:
    """A line, or the part of one that opened on one day.

    Attributes
    ----------
    code : str
    name_zh, name_en, section : str
    type : str
        One of :data:`TYPES`.
    status : str
        One of :data:`STATUSES`.
    opened : str
        ISO 8601 day, month or year; empty where it is not open.
    precision : str
        One of :data:`PRECISIONS`: what of the date is known.
    works_since : str
        When building began, of lines that are not open.
    km, km_section : float or None
        Of the whole line, also outside the region, and of this section.
    design_kmh : int or None
    sources : tuple of str
        Ids of :func:`sources`.
    note : str
    """

    code: str
    name_zh: str
    name_en: str
    type: str
    section: str
    status: str
    opened: str
    precision: str
    works_since: str
    km: float | None
    km_section: float | None
    design_kmh: int | None
    sources: tuple[str, ...]
    note: str

    @property
    def year(self) -> int | None:
        """Year of opening."""
        return int(self.opened[:4]) if self.opened else None

    @property
    def fast(self) -> bool:
        """Whether it is a high-speed or intercity line."""
        return self.type in FAST


@dataclass(frozen=True)
class Station:
    """A station; `prefecture` and `county` are empty outside the region, `lon` and `lat` None where only the county is known."""

    name_zh: str
    name_en: str
    prefecture: str
    county: str
    lon: float | None
    lat: float | None
    source: str
    source_ref: str
    note: str


@dataclass(frozen=True)
class Segment:
    """Stations of a line in their order, and the one beyond the border that it runs to; `complete` where all are known."""

    line: str
    stations: tuple[str, ...]
    exit: str
    complete: bool


def _rows(name: str, folder: Path) -> list[dict[str, str]]:
    with open(folder / f"{name}.csv", encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float | None:
    return float(text) if text else None


@lru_cache(maxsize=2)
def lines(folder: Path = FOLDER) -> dict[str, Line]:
    """Lines by code, in the order of the table."""
    return {r["line"]: Line(
        r["line"], r["name_zh"], r["name_en"], r["type"], r["section"], r["status"], r["opened"], r["precision"], r["works_since"], _number(r["km"]),
        _number(r["km_section"]), int(r["design_kmh"]) if r["design_kmh"] else None, tuple(r["sources"].split("|")), r["note"]) for r in _rows("lines", folder)}


@lru_cache(maxsize=2)
def stations(folder: Path = FOLDER) -> dict[str, Station]:
    """Stations by name."""
    return {r["station"]: Station(r["station"], r["name_en"], r["prefecture"], r["county"], _number(r["lon"]), _number(r["lat"]), r["source"], r["source_ref"],
                                  r["note"]) for r in _rows("stations", folder)}


@lru_cache(maxsize=2)
def segments(folder: Path = FOLDER) -> dict[str, Segment]:
    """Courses of lines by the code of the line; a line without known stations has none."""
    return {r["line"]: Segment(r["line"], tuple(r["stations"].split("|")), r["exit"], r["complete"] == "yes") for r in _rows("segments", folder)}


@lru_cache(maxsize=2)
def sources(folder: Path = FOLDER) -> dict[str, dict[str, str]]:
    """Sources by id: title, publisher, date, kind, licence, address."""
    return {r["source"]: r for r in _rows("sources", folder)}


def _is_date(text: str, precision: str) -> bool:
    pattern = {"day": r"\d{4}-\d\d-\d\d", "inferred": r"\d{4}-\d\d-\d\d", "month": r"\d{4}-\d\d", "year": r"\d{4}"}.get(precision)
    if not pattern or not re.fullmatch(pattern, text):
        return False
    try:
        datetime.date.fromisoformat((text + "-01-01")[:10])
    except ValueError:
        return False
    return True


def check(folder: Path = FOLDER) -> None:
    """Check the tables against each other and against the polygons.

    Raises
    ------
    ValueError
        With one sentence for each fault: a code that does not exist or stands twice, a date that is none,
        a station that is missing or lies outside the prefecture stated for it.
    """
    import shapely

    wrong = []
    for name, key in (("lines", "line"), ("stations", "station"), ("segments", "line"), ("sources", "source")):
        ids = [r[key] for r in _rows(name, folder)]
        wrong += [f"{name}.csv: {i!r} stands more than once." for i in dict.fromkeys(ids) if ids.count(i) > 1]
    known, all_lines, places = sources(folder), lines(folder), stations(folder)
    for line in all_lines.values():
        if line.type not in TYPES or line.status not in STATUSES:
            wrong.append(f"lines.csv: {line.code} has the type {line.type!r} and the status {line.status!r}; accepted are {', '.join(TYPES)} and {', '.join(STATUSES)}.")
        if (line.status == "open") != bool(line.opened) or line.opened and not _is_date(line.opened, line.precision):
            wrong.append(f"lines.csv: {line.code} is {line.status} and opened on {line.opened!r} ({line.precision or 'no precision'}), which does not go together.")
        wrong += [f"lines.csv: {line.code} names the source {s!r}, which sources.csv has not." for s in line.sources if s not in known]
    layer = load("prefecture", HOME)
    for place in places.values():
        if place.source not in known:
            wrong.append(f"stations.csv: {place.name_zh} names the source {place.source!r}, which sources.csv has not.")
        if (place.lon is None) != (place.lat is None) or place.lon is None and not place.county:
            wrong.append(f"stations.csv: {place.name_zh} has no place.")
        if not place.prefecture:
            continue
        if place.prefecture not in layer.index or place.county and not _inside(place.county, place.prefecture):
            wrong.append(f"stations.csv: {place.name_zh} is said to lie in {place.county} of {place.prefecture}, which the table of areas has not.")
        elif place.lon is not None and not layer.geometry[place.prefecture].contains(shapely.Point(place.lon, place.lat)):
            wrong.append(f"stations.csv: {place.name_zh} at {place.lon}, {place.lat} does not lie in {place.prefecture}.")
    for segment in segments(folder).values():
        if segment.line not in all_lines:
            wrong.append(f"segments.csv: there is no line {segment.line!r}.")
        wrong += [f"segments.csv: {segment.line} names the station {s!r}, which stations.csv has not."
                  for s in (*segment.stations, segment.exit) if s and s not in places]
    if wrong:
        raise ValueError("\n".join(wrong))


def _inside(county: str, prefecture: str) -> bool:
    codes = {a.code for a in areas("county", HOME)}
    return county in codes and prefecture in (county, area(county).parent) or county == prefecture


@lru_cache(maxsize=1)
def points() -> dict[str, tuple[float, float]]:
    """Where each station is drawn: kilometres in the projection of :func:`geodata.web_geometry`."""
    from pyproj import Transformer

    from .measures import representative_point

    move = Transformer.from_crs("EPSG:4326", area_crs(), always_xy=True).transform
    found = {}
    for place in stations().values():
        lon, lat = (place.lon, place.lat) if place.lon is not None else representative_point(place.county)
        x, y = move(lon, lat)
        found[place.name_zh] = (x / 1000, y / 1000)
    return found


@lru_cache(maxsize=1)
def courses() -> dict[str, list[list[tuple[float, float]]]]:
    """Line -> pieces of its course within the region, each a list of points in kilometres.

    The middle of a county stands for a station whose point is not known. Of several in one county
    the first is taken, and one at which the line would turn back by more than a right angle is passed by.
    Lines of which there is only one point are left out.
    """
    import shapely

    region = load("province", HOME).to_crs(area_crs()).union_all()
    at, places, found = points(), stations(), {}
    for segment in segments().values():
        course, counties = [], set()
        for name in (*segment.stations, *([segment.exit] if segment.exit else [])):
            place = places[name]
            if place.lon is None:
                if place.county in counties:
                    continue
                counties.add(place.county)
            course.append((at[name], place.lon is not None))
        course = _smoothed(course)
        if len(course) < 2:
            continue
        whole = shapely.LineString(course)
        inside = shapely.intersection(whole, shapely.transform(region, lambda xy: xy / 1000)) if segment.exit else whole
        pieces = [list(piece.coords) for piece in shapely.get_parts(inside) if piece.length > 0]
        if pieces:
            found[segment.line] = pieces
    return found


def _smoothed(course: list[tuple[tuple[float, float], bool]]) -> list[tuple[float, float]]:
    """Points of a course without inexact ones at which it turns back."""
    kept = list(course)
    i = 1
    while i < len(kept) - 1:
        (x0, y0), (x1, y1), (x2, y2) = (point for point, _ in kept[i - 1:i + 2])
        if not kept[i][1] and (x1 - x0) * (x2 - x1) + (y1 - y0) * (y2 - y1) < 0:
            del kept[i]
            i = max(i - 1, 1)
        else:
            i += 1
    return [point for point, _ in kept]


@lru_cache(maxsize=1)
def openings() -> dict[str, int]:
    """Station of the region on a high-speed or intercity line -> year in which the first such line through it opened."""
    first: dict[str, int] = {}
    for segment in segments().values():
        line = lines()[segment.line]
        if not line.fast or line.year is None:
            continue
        for name in segment.stations:
            if stations()[name].prefecture:
                first[name] = min(first.get(name, line.year), line.year)
    return first


def reached(year: int) -> dict[str, tuple[str, ...]]:
    """Prefectures with a station on a high-speed or intercity line that had opened by the end of a year.

    Parameters
    ----------
    year : int

    Returns
    -------
    dict
        Code of the prefecture -> names of these stations, as far as the table knows them.
    """
    found: dict[str, list[str]] = {}
    for name, opened in openings().items():
        if opened <= year:
            found.setdefault(stations()[name].prefecture, []).append(name)
    return {code: tuple(names) for code, names in sorted(found.items())}
