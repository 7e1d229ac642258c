"""Layers as the browser gets them: plane coordinates for a plotly chart, and GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .credit import CREDIT, GENERALISED

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy as np
    from shapely.geometry.base import BaseGeometry

PROPERTIES = ("name_zh", "name_en", "level", "parent", "area_km2")
DEGREE_DECIMALS = 4


# A grid of 1 km for what is wider than this; 100 m, as the polygons come, for what is not.
WIDE_KM = 2000
# Borders on the coarse grid are simplified to this many times its spacing.
SIMPLIFIED = 3
# Islands smaller than this, km², and this far, km, from anything larger than LAND are drawn as dots too.
SPECK, ALONE, LAND = 25.0, 60.0, 100.0
# One dot stands for what lies this near to it, km.
DOT_KM = 30.0
# A name stands where a dot lies this near.
NAMED_KM = 250.0
# Room for a name beside the easternmost island, km.
NAME_KM = 420


# Names that stand beside islands no polygon of which is seen: longitude, latitude, side of that point.
ISLANDS = (
    (113.6, 13.0, "middle center", "南海诸岛", "South China Sea Islands"),
    (123.47, 25.75, "bottom right", "钓鱼岛", "Diaoyu Dao"),
    (124.56, 25.92, "top right", "赤尾屿", "Chiwei Yu"),
)


def grid_of(polygons: gpd.GeoSeries) -> float:
    """Spacing in km of the grid on which polygons in metres are drawn: 0.1, or 1 where they reach further than ``WIDE_KM``."""
    x0, y0, x1, y1 = polygons.total_bounds
    return 1.0 if max(x1 - x0, y1 - y0) > 1000 * WIDE_KM else 0.1


def generalised(flat: dict[str, gpd.GeoSeries], grid_km: float) -> dict[str, gpd.GeoSeries]:
    """Polygons as they are drawn: on a coarse grid simplified as a coverage, else as they are.

    Counties are simplified together after Visvalingam and Whyatt (1993), Line generalisation by
    repeated elimination of points, The Cartographic Journal 30, 46-51, as ``shapely.coverage_simplify``
    does, so that neighbours keep their common border; the other levels are unions of the simplified counties.

    Parameters
    ----------
    flat : dict of str to GeoSeries
        Levels of a scope in an equal-area projection, metres, indexed by code.
    grid_km : float

    Returns
    -------
    dict of str to GeoSeries
        The same levels and codes.
    """
    import geopandas as gpd
    import shapely

    from .areas import counties
    from .layers import owners
    from .scope import HOME

    if grid_km < 1:
        return flat
    county = flat["county"]
    # a few places of the source are no coverage; simplifying leaves those as they are
    drawn = {"county": gpd.GeoSeries(shapely.coverage_simplify(county.values, 1000 * grid_km * SIMPLIFIED), county.index, crs=county.crs)}
    for level in ("prefecture", "province"):
        own = owners(county.index, flat[level].index)
        drawn[level] = drawn["county"].to_frame("geometry").dissolve(by=county.index.map(own)).geometry.loc[flat[level].index]
    if "composite" in flat:
        drawn["composite"] = gpd.GeoSeries([drawn["county"][list(counties(code, HOME))].union_all() for code in flat["composite"].index],
                                           flat["composite"].index, crs=county.crs)
    return drawn


def seaward(provinces: gpd.GeoSeries, lines: gpd.GeoSeries, grid_km: float) -> dict:
    """What a map of the coast shows beside areas: boundary lines, and far islands too small to be seen.

    Parameters
    ----------
    provinces, lines : GeoSeries
        In an equal-area projection, metres.
    grid_km : float

    Returns
    -------
    dict
        ``lines`` and ``islands`` with ``x`` and ``y`` in km: lines apart by None, and a dot for the
        islands within ``DOT_KM`` of each other; ``names`` with ``x``, ``y``, ``side``, ``zh`` and ``en`` of
        ``ISLANDS`` that lie by a dot. Empty at home, where there are none.
    """
    import numpy as np
    import shapely

    parts = shapely.get_parts(provinces.values)
    size = shapely.area(parts) / 1e6
    land, specks = parts[size > LAND], parts[size <= SPECK]
    near = np.unique(shapely.STRtree(land).query(specks, predicate="dwithin", distance=1000 * ALONE)[0])
    alone = shapely.get_coordinates(shapely.centroid(np.delete(specks, near)))
    _, first = np.unique(np.round(alone / (1000 * DOT_KM)), axis=0, return_index=True)
    dots = _on_grid(alone[np.sort(first)], grid_km)
    simplified = shapely.simplify(lines.values, 1000 * grid_km)
    x, y = _joined([_on_grid(shapely.get_coordinates(line), grid_km) for line in simplified if not line.is_empty])
    return {"lines": {"x": x, "y": y}, "islands": {"x": dots[:, 0].tolist(), "y": dots[:, 1].tolist()}, "names": _island_names(dots, provinces.crs, grid_km)}


def _island_names(dots: np.ndarray, crs, grid_km: float) -> dict:
    import numpy as np
    from pyproj import Transformer

    lon, lat, *names = zip(*ISLANDS, strict=True)
    at = _on_grid(np.column_stack(Transformer.from_crs("EPSG:4490", crs, always_xy=True).transform(lon, lat)), grid_km)
    near = [len(dots) > 0 and np.hypot(*(dots - place).T).min() < NAMED_KM for place in at]
    x, y, side, zh, en = ([value for value, kept in zip(values, near, strict=True) if kept] for values in (*at.T.tolist(), *names))
    return {"x": x, "y": y, "side": side, "zh": zh, "en": en}


def with_seaward(plane: dict, sea: dict) -> dict:
    """A layer of :func:`plane_geometry` with :func:`seaward` of its scope, and the ``bbox`` of both; as it is without any."""
    if not sea["lines"]["x"] and not sea["islands"]["x"]:
        return plane
    x0, y0, x1, y1 = _bbox({**plane["areas"], "lines": sea["lines"]})
    names = [x + NAME_KM for x, side in zip(sea["names"]["x"], sea["names"]["side"], strict=True) if side.endswith("right")]
    return {**plane, **sea, "bbox": [x0, y0, max([x1, *names]), y1]}


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
        # what the grid swallows whole is drawn on finer ones, so that no area is missing
        rings = next(filter(None, (_rings(polygon, grid_km / finer) for finer in (1, 10, 1000))), [])
        x, y = _joined(rings)
        point = points[code]
        areas[code] = {"x": x, "y": y, "label": _on_grid([point.x, point.y], grid_km).tolist()}
    return {
        "level": level,
        "unit": "km",
        "grid": grid_km,
        "credit": GENERALISED if grid_km >= 1 else CREDIT,
        "bbox": _bbox(areas),
        "areas": areas,
    }


def _on_grid(metres, grid_km: float) -> np.ndarray:
    import numpy as np

    if grid_km == 1:
        return np.round(np.asarray(metres) / 1000).astype(int)  # "12" is two characters shorter than "12.0"
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
