"""The layers of a scope: polygons read, rounded, checked, named and joined to composites."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from . import checks, web
from .areas import counties, table
from .scope import CRS, HOME, REGION_CRS, area_crs
from .source import SOURCE_FILES, read_source

if TYPE_CHECKING:
    import geopandas as gpd


def checked_layers(scope: tuple[str, ...] | str, source: Path) -> tuple[dict[str, gpd.GeoDataFrame], dict]:
    """Read, round and check the layers of a scope.

    Returns
    -------
    layers : dict of str to GeoDataFrame
        By level, composites included, in the form that ``geodata.load`` returns.
    report : dict
        See ``geodata.check``.

    Raises
    ------
    ValueError
        If a check fails.
    """
    crs = area_crs(scope)
    at_home = crs == REGION_CRS
    tolerance = checks.TOLERANCES["home" if at_home else "elsewhere"]
    neighbours = None
    if not at_home and scope != "china":
        everywhere = read_source("province", "china", source)
        neighbours = everywhere[~everywhere["code"].isin(scope)].to_crs(crs).geometry
    layers, flat = {}, {}
    report = {"scope": scope, "counts": {}, "repaired": {}, "coverage": {}, "nesting": {}}
    for level in SOURCE_FILES:
        rows = read_source(level, scope, source)
        checks.check_codes(level, list(zip(rows["code"], rows["name_zh"], strict=True)), scope)
        layer, report["repaired"][level] = _rounded(level, rows.set_index("code"))
        layers[level] = layer
        flat[level] = layer.geometry.to_crs(crs)
        report["counts"][level] = len(layer)
        report["coverage"][level] = checks.check_coverage(level, flat[level], checks.scaled(tolerance, flat[level], at_home), neighbours)
    for inner, outer in (("county", "prefecture"), ("prefecture", "province")):
        owner = owners(flat[inner].index, flat[outer].index)
        report["nesting"][inner] = checks.check_nesting(
            inner, flat[inner], flat[outer], owner, tolerance["nesting"]
        )
    layers = {level: _described(level, layer, layers, flat[level]) for level, layer in layers.items()}
    layers["composite"] = composites(layers["county"], crs)
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


def owners(inner: Iterable[str], outer: Iterable[str]) -> dict[str, str]:
    """Codes of the level above: the area itself, its prefecture or its province, what there is."""
    known = set(outer)
    found = {}
    for code in inner:
        candidates = (code, f"{code[:4]}00", f"{code[:2]}0000")
        found[code] = next((c for c in candidates if c in known), "")
    return found


def _described(
    level: str, layer: gpd.GeoDataFrame, layers: dict[str, gpd.GeoDataFrame], flat: gpd.GeoSeries
) -> gpd.GeoDataFrame:
    """Add names, level, parent and area; areas outside ``areas.csv`` get no English name."""
    listed = table()
    prefectures = owners(layer.index, layers["prefecture"].index)

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


def composites(county_layer: gpd.GeoDataFrame, crs: str) -> gpd.GeoDataFrame:
    """All composites whose counties are in the layer.

    Members are taken apart into counties, so that members of different levels share their vertices
    and land that two members have in common counts once.
    """
    import geopandas as gpd
    import pandas as pd
    import shapely

    present = set(county_layer.index)
    listed = [row for row in table().values() if row.level == "composite"]
    made_of = {row.code: list(counties(row.code, HOME)) for row in listed}
    rows = [row for row in listed if present.issuperset(made_of[row.code])]
    polygons = [shapely.coverage_union_all(county_layer.geometry[made_of[row.code]].values) for row in rows]
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


def outside(layers: dict[str, gpd.GeoDataFrame]) -> dict:
    """What the table of areas does not know: codes, names, levels and parents, and which codes each level is drawn from.

    Returns
    -------
    dict
        ``areas``: code -> [Chinese name, level, parent] of areas that are not in ``areas.csv``;
        ``levels``: level -> codes of its polygons, those of the table first, in its order. The level of
        an area follows from its code; a city without counties is drawn at both levels, a county
        directly under its province too.
    """
    listed = {code: at for at, code in enumerate(table())}
    found: dict[str, list[str]] = {}
    for level in ("province", "prefecture", "county"):
        layer = layers[level]
        for code in layer.index:
            if code not in listed and code not in found:
                own = "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"
                found[code] = [layer.at[code, "name_zh"], own, layer.at[code, "parent"]]
    return {
        "areas": found,
        "levels": {level: sorted(layers[level].index, key=lambda code: (listed.get(code, len(listed)), code)) for level in SOURCE_FILES},
    }
