"""Areas of Beijing, Tianjin and Hebei: codes, names, polygons, sizes, and joins to them.

Importing this package is cheap: geopandas is loaded by the functions that need it, when called.
"""

from .areas import (
    Area,
    area,
    areas,
    children,
    counties,
    members,
    parent,
    prefecture_units,
)
from .boundaries import (
    CRS,
    HOME,
    LEVELS,
    REGION_CRS,
    build,
    check,
    composite,
    geojson,
    geojson_file,
    load,
    web_file,
    web_geometry,
)
from .credit import CREDIT
from .join import join
from .measures import area_km2, centroid, distance_km, representative_point
from .scope import area_crs, current_scope

__all__ = [
    "CREDIT", "CRS", "HOME", "LEVELS", "REGION_CRS", "Area",
    "area", "area_crs", "area_km2", "areas", "build", "centroid", "check", "children", "composite", "counties",
    "current_scope", "distance_km", "geojson", "geojson_file", "join", "load", "members", "parent", "prefecture_units",
    "representative_point", "web_file", "web_geometry",
]
