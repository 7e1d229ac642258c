"""Sizes, places and distances of areas."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

from .areas import area, table
from .boundaries import build
from .scope import HOME


@lru_cache(maxsize=4)
def _metrics(folder: Path) -> dict[str, dict]:
    return json.loads((folder / "metrics.json").read_bytes())


def _measure(code: str, name: str):
    row = area(code)
    if row.level == "zone":
        raise ValueError(f"{code} is a zone without a polygon of its own; it lies in {row.parent}.")
    # The table's areas are measured at home, so that a figure does not change with the scope.
    return _metrics(build(HOME if code in table() else None))[code][name]


def area_km2(code: str) -> float:
    """Area in km², measured in an equal-area projection.

    The polygons are generalised, so it differs from the official figure by up to about 1 %.

    Raises
    ------
    ValueError
        For unknown codes and for zones.
    """
    return _measure(code, "area_km2")


def centroid(code: str) -> tuple[float, float]:
    """Centre of mass as (longitude, latitude) in degrees; it may lie outside the area.

    Raises
    ------
    ValueError
        For unknown codes and for zones.
    """
    return tuple(_measure(code, "centroid"))


def representative_point(code: str) -> tuple[float, float]:
    """A point well inside the area as (longitude, latitude) in degrees.

    It is the centre of the largest circle in the area's largest part. A zone has no polygon and is
    placed at its parent's point: good for drawing, not for measuring.

    Raises
    ------
    ValueError
        For unknown codes.
    """
    row = area(code)
    return tuple(_measure(row.parent if row.level == "zone" else code, "point"))


def distance_km(a: str, b: str) -> float:
    """Geodesic distance in km between the representative points of two areas.

    On the GRS 80 ellipsoid after Karney (2013), Algorithms for geodesics, J. Geodesy 87, 43-55,
    as implemented by pyproj.

    Raises
    ------
    ValueError
        For unknown codes and for zones.
    """
    from pyproj import Geod

    (lon_a, lat_a), (lon_b, lat_b) = _measure(a, "point"), _measure(b, "point")
    return Geod(ellps="GRS80").inv(lon_a, lat_a, lon_b, lat_b)[2] / 1000
