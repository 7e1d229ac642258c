"""Layers as the browser gets them: plane coordinates for a plotly chart, and GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .credit import CREDIT

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from shapely.geometry.base import BaseGeometry

PROPERTIES = ("name_zh", "name_en", "level", "parent", "area_km2")
DEGREE_DECIMALS = 4


def plane_geometry(
    level: str, polygons: gpd.GeoSeries, points: gpd.GeoSeries, grid_km: float
) -> dict:
    """Polygons as coordinate lists for ``Scatter(x, y, mode="lines", fill="toself")``.

    Every vertex is moved to the nearest point of one grid, so polygons that share a border in the
    layer share it here too. Rings are closed and separated by None. plotly fills the rings of a
    trace as one SVG path under the nonzero rule, so outer rings run counterclockwise and holes
    clockwise: that leaves holes empty under this rule and under evenodd alike.

    Parameters
    ----------
    level : str
        Copied into the result.
    polygons : GeoSeries
        In an equal-area projection, metres, indexed by code.
    points : GeoSeries
        Where a label goes, same projection and index.
    grid_km : float
        Spacing of the grid: a power of ten.

    Returns
    -------
    dict
        ``level``, ``crs``, ``unit`` (``"km"``), ``grid`` (km), ``credit`` (zh, en),
        ``bbox`` (xmin, ymin, xmax, ymax) and ``areas``: by code ``x``, ``y`` and ``label`` ([x, y]),
        all in kilometres.
    """
    areas = {}
    for code, polygon in polygons.items():
        x, y = _joined(_rings(polygon, grid_km))
        point = points[code]
        areas[code] = {"x": x, "y": y, "label": _on_grid([point.x, point.y], grid_km).tolist()}
    return {
        "level": level,
        "unit": "km",
        "grid": grid_km,
        "credit": CREDIT,
        "bbox": _bbox(areas),
        "areas": areas,
    }


def _on_grid(metres, grid_km: float) -> np.ndarray:
    import numpy as np

    # Adding 0.0 turns -0.0 into 0.0, which is two characters shorter and equal.
    return np.round(np.round(np.asarray(metres) / (1000 * grid_km)) * grid_km, 6) + 0.0


def _rings(polygon: BaseGeometry, grid_km: float) -> list[np.ndarray]:
    """Rings on the grid without repeated points; those smaller than the grid are left out."""
    import numpy as np
    import shapely

    rings = []
    for part in shapely.get_parts(shapely.orient_polygons(polygon)):
        for ring in (part.exterior, *part.interiors):
            points = _on_grid(shapely.get_coordinates(ring), grid_km)
            moved = np.any(points[1:] != points[:-1], axis=1)
            points = points[np.concatenate(([True], moved))]
            if len(points) > 3:
                rings.append(points)
    return rings


def _joined(rings: list[np.ndarray]) -> tuple[list, list]:
    x: list[float | None] = []
    y: list[float | None] = []
    for ring in rings:
        if x:
            x.append(None)
            y.append(None)
        x += ring[:, 0].tolist()
        y += ring[:, 1].tolist()
    return x, y


def _bbox(areas: dict) -> list[float]:
    x = [value for shape in areas.values() for value in shape["x"] if value is not None]
    y = [value for shape in areas.values() for value in shape["y"] if value is not None]
    return [min(x), min(y), max(x), max(y)]


def feature_collection(layer: gpd.GeoDataFrame) -> dict:
    """A layer as a GeoJSON FeatureCollection after RFC 7946.

    Outer rings run counterclockwise, longitudes and latitudes have 4 decimals. RFC 7946 asks for
    WGS 84; the polygons are in CGCS2000, which agrees with it to well below a metre.

    Parameters
    ----------
    layer : GeoDataFrame
        As ``geodata.load`` returns it.

    Returns
    -------
    dict
        Each feature has its code as ``id`` and the properties ``code``, ``name_zh``, ``name_en``,
        ``level``, ``parent`` and ``area_km2`` (2 decimals); the collection has an ``attribution``.
    """
    import shapely

    features = []
    for code, polygon in zip(layer.index, shapely.orient_polygons(layer.geometry.values), strict=True):
        values = {name: layer.at[code, name] or None for name in PROPERTIES}
        values["area_km2"] = round(float(values["area_km2"]), 2)
        features.append(
            {
                "type": "Feature",
                "id": code,
                "properties": {"code": code, **values},
                "geometry": _rounded(shapely.geometry.mapping(polygon)),
            }
        )
    return {
        "type": "FeatureCollection",
        "attribution": f"{CREDIT['zh']} / {CREDIT['en']}",
        "features": features,
    }


def _rounded(geometry: dict) -> dict:
    def walk(node):
        if isinstance(node, float):
            return round(node, DEGREE_DECIMALS)
        return [walk(child) for child in node]

    return {"type": geometry["type"], "coordinates": walk(geometry["coordinates"])}


def to_bytes(content: dict) -> bytes:
    """Compact UTF-8 JSON; raises ValueError for NaN, which JSON does not have."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
