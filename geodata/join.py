"""Joins figures to polygons, by code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .boundaries import load

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def join(frame: pd.DataFrame, level: str, scope: Iterable[str] | str | None = None) -> gpd.GeoDataFrame:
    """Join a tidy frame to the polygons of a level.

    Parameters
    ----------
    frame : DataFrame
        One row an observation, with the code of its area in the column ``area`` (str).
    level : str
        ``"province"``, ``"prefecture"``, ``"county"`` or ``"composite"``.
    scope : "china" or iterable of str, optional
        As in ``geodata.load``.

    Returns
    -------
    GeoDataFrame
        ``area``, the columns of ``frame``, then those of the layer. Polygons in the layer's order,
        the rows of each in the frame's order; a polygon without rows stands once with missing values.

    Raises
    ------
    ValueError
        If there is no column ``area``, if it holds codes that are not of the level (they are named),
        or if the frame has a column that the layer has too.
    """
    layer = load(level, scope)
    if "area" not in frame.columns:
        raise ValueError("The frame needs a column 'area' with the codes of the areas.")
    taken = [column for column in frame.columns if column in layer.columns]
    if taken:
        raise ValueError(f"The frame must not have the column {', '.join(taken)}: the layer brings it.")
    wrong = [code for code in dict.fromkeys(frame["area"].tolist()) if code not in layer.index]
    if wrong:
        raise ValueError(f"Not an area of level {level}: {', '.join(map(repr, wrong))}.")
    joined = layer.rename_axis("area").reset_index().merge(frame, on="area", how="left")
    columns = ["area", *(c for c in frame.columns if c != "area"), *layer.columns]
    return joined[columns]
