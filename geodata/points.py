"""Points to the areas that cover them: stations, firms, sensors.

One tree of polygons answers for all points at once (``assign``). Where points come in parts that no
machine should hold together, the parts are a dask-geopandas frame and each is answered by the same
function (``assign_partitioned``), so that both give the same codes.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from .boundaries import load
from .scope import CRS, normal_scope

if TYPE_CHECKING:
    import dask.dataframe as dd
    import geopandas as gpd
    import numpy as np
    import pandas as pd

LONGITUDE, LATITUDE = "lon", "lat"
#: What can be wrong with a point, and ``""`` for a good one.
PROBLEMS = ("missing", "out of range", "longitude and latitude swapped")
#: Degrees east and north that China reaches with its sea; a point is taken as swapped only where it lies here when turned round.
_CHINA = (73.0, 3.0, 136.0, 54.0)
#: Points that the tree is asked for at once, which bounds what the pairs of points and polygons take.
_AT_ONCE = 250_000


def assign(points: pd.DataFrame, level: str = "county", scope: Iterable[str] | str | None = None) -> pd.DataFrame:
    """The area that covers each point.

    A point on a border belongs to the area with the lowest code of those that share it: a rule
    without meaning on the ground, but the same wherever and in whatever order it is asked. Polygons
    are those of ``geodata.load``, with 4 decimals of a degree, so that a point within some 10 m of a
    border may be on either side.

    Parameters
    ----------
    points : DataFrame or GeoDataFrame
        One row a point, with the columns ``lon`` and ``lat`` in degrees (EPSG:4490 or WGS 84,
        which agree to well below a metre), or with point geometries; geometries in another system
        are converted, those without one are taken as degrees.
    level : str
        ``"province"``, ``"prefecture"`` or ``"county"``; composites overlap and have no single answer.
    scope : "china" or iterable of str, optional
        As in ``geodata.load``.

    Returns
    -------
    DataFrame
        Index of ``points``; ``code`` (str, empty where no area covers the point) and ``problem``: empty,
        or the first of ``PROBLEMS`` that the point has. Such points get no code: a swapped point is
        named, not turned round. :func:`counted` sums up.

    Raises
    ------
    ValueError
        For points without coordinates or with geometries that are not points, and for an unknown
        level or scope.
    """
    import numpy as np
    import pandas as pd

    codes, tree = _tree(level, normal_scope(scope))
    lon, lat = _coordinates(points)
    problem = _problems(lon, lat)
    found = np.full(len(lon), len(codes))
    good = np.flatnonzero(problem == "")
    for start in range(0, len(good), _AT_ONCE):
        at = good[start:start + _AT_ONCE]
        found[at] = _lowest(tree, lon[at], lat[at], len(codes))
    named = np.array([*codes, ""], dtype=object)
    index = points.index
    return pd.DataFrame({"code": pd.Series(named[found], index, dtype="str"), "problem": pd.Series(problem, index, dtype="str")})


def assign_partitioned(points: dd.DataFrame, level: str = "county", scope: Iterable[str] | str | None = None) -> dd.DataFrame:
    """The same for the partitions of a dask or dask-geopandas frame, each by :func:`assign`.

    Needs what ``requirements-cluster.txt`` lists. Workers build the tree of polygons once each, from
    the layers in their own cache folder.

    Parameters
    ----------
    points : dask.dataframe.DataFrame or dask_geopandas.GeoDataFrame
    level, scope
        As for :func:`assign`.

    Returns
    -------
    dask.dataframe.DataFrame
        Lazy, of the partitions of ``points``, with the columns of :func:`assign`.

    Raises
    ------
    ValueError
        As :func:`assign`, before anything is computed.
    """
    scope = normal_scope(scope)
    empty = assign(points._meta, level, scope)
    return points.map_partitions(assign, level, scope, meta=empty)


def counted(assigned: pd.DataFrame) -> dict[str, int]:
    """How many points were assigned, lie outside, and have each problem.

    Parameters
    ----------
    assigned : DataFrame
        From :func:`assign`, or computed from :func:`assign_partitioned`.

    Returns
    -------
    dict of str to int
        ``assigned``, ``outside``, then each of ``PROBLEMS``.
    """
    fine = assigned["problem"] == ""
    inside = int((assigned["code"] != "").sum())
    return {"assigned": inside, "outside": int(fine.sum()) - inside, **{name: int((assigned["problem"] == name).sum()) for name in PROBLEMS}}


@lru_cache(maxsize=4)
def _tree(level: str, scope: tuple[str, ...] | str):
    """Codes in rising order and the tree of their polygons, so that the lowest position is the lowest code."""
    import shapely

    if level == "composite":
        raise ValueError("Composites overlap: assign points to counties and join those to their composites.")
    layer = load(level, scope).sort_index()
    shapely.prepare(layer.geometry.values)
    return tuple(layer.index), shapely.STRtree(layer.geometry.values)


def _lowest(tree, lon: np.ndarray, lat: np.ndarray, none: int) -> np.ndarray:
    """Lowest position of the polygons that cover each point, borders included; ``none`` without any."""
    import numpy as np
    import shapely

    found = np.full(len(lon), none)
    point, polygon = tree.query(shapely.points(lon, lat))
    # polygons whose box has the point; they are prepared and the points are not, so they are asked this way round
    inside = shapely.intersects_xy(tree.geometries[polygon], lon[point], lat[point])
    np.minimum.at(found, point[inside], polygon[inside])
    return found


def _coordinates(points: pd.DataFrame | gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Longitudes and latitudes, NaN where there are none."""
    import numpy as np
    import pandas as pd

    if hasattr(points, "geometry") and not {LONGITUDE, LATITUDE} <= set(points.columns):
        geometry = points.geometry
        if geometry.crs is not None and geometry.crs != CRS:
            geometry = geometry.to_crs(CRS)
        wrong = geometry.geom_type[~geometry.isna() & (geometry.geom_type != "Point")]
        if len(wrong):
            raise ValueError(f"Row {wrong.index[0]!r} is a {wrong.iloc[0]}, not a point.")
        return geometry.x.to_numpy(float), geometry.y.to_numpy(float)
    missing = [name for name in (LONGITUDE, LATITUDE) if name not in points.columns]
    if missing:
        raise ValueError(f"The points need the columns {LONGITUDE} and {LATITUDE}, in degrees; {' and '.join(missing)} is missing.")
    return tuple(np.asarray(pd.to_numeric(points[name], errors="coerce"), dtype=float) for name in (LONGITUDE, LATITUDE))


def _problems(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """The first of ``PROBLEMS`` of each point, empty for a good one."""
    import numpy as np

    x0, y0, x1, y1 = _CHINA
    missing = ~(np.isfinite(lon) & np.isfinite(lat))
    swapped = (x0 <= lat) & (lat <= x1) & (y0 <= lon) & (lon <= y1)
    far = (np.abs(lon) > 180) | (np.abs(lat) > 90)
    # a latitude beyond 90 that is a longitude of China is said as what it is
    return np.select([missing, swapped, far], [PROBLEMS[0], PROBLEMS[2], PROBLEMS[1]], "").astype(object)
