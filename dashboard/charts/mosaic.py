"""Many areas in few traces: one trace a class, whose outline joins those of its areas.

A trace a polygon is what a browser hovers and colours best, up to some hundred of them. Two
thousand would take it seconds, so the areas of one class share a trace here. A frame says which
areas a class has in its year, by code; whoever draws joins their outlines.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from dashboard.charts.style import HATCH, NO_DATA

#: More areas than this are drawn by class.
MANY = 250


def ground(layer: list[dict], level: str) -> list[dict]:
    """Traces that hold all areas, drawn as gaps: what no class covers is seen, and everything is hovered here.

    Parameters
    ----------
    layer : list of dict
        Of :func:`dashboard.charts.choropleth.choropleth`.
    level : str

    Returns
    -------
    list of dict
        Scatter traces with ``meta.areas``, and ``meta.hover`` with the text of each as a gap; one of the
        areas that the measure applies to, and one of the others where there are any.
    """
    traces = []
    for applicable, shape in ((True, HATCH), (False, ".")):
        own = [area for area in layer if area.get("applicable", True) == applicable]
        if own:
            meta = {"areas": [area["code"] for area in own], "hover": [area["no_data"] for area in own], "layer": level, "ground": True}
            traces.append({**_trace(NO_DATA, meta), "hoveron": "fills", "hoverinfo": "text", "text": "",
                           "fillpattern": {"shape": shape, "size": 6, "solidity": 0.25}})
    return traces


def classes(frame: pd.DataFrame, layer: list[dict], level: str, bins: list[float], palette: list[str], year: int) -> list[dict]:
    """Traces of a year, one a class, empty ones among them.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, value, hover.
    layer, level
        Of :func:`ground`.
    bins, palette : list
        Upper bounds of the classes and their colours.
    year : int

    Returns
    -------
    list of dict
        Scatter traces with ``meta.areas`` and ``meta.hover``, the texts of the areas in that year.
    """
    drawn = {area["code"] for area in layer}
    now = frame[(frame["year"] == year) & frame["area"].isin(drawn) & np.isfinite(frame["value"])]
    position = np.minimum(np.searchsorted(bins, now["value"].to_numpy(), side="left"), len(bins) - 1)
    traces = []
    for k, fill in enumerate(palette):
        own = now[position == k]
        meta = {"areas": own["area"].tolist(), "hover": own["hover"].tolist(), "layer": level, "ground": True}
        traces.append({**_trace(fill, meta), "hoverinfo": "skip"})
    return traces


def outline(codes: list[str]) -> dict:
    """One trace of the borders of provinces."""
    line = {"width": 0.7, "color": "#39444d", "simplify": False}
    return {"mode": "lines", "line": line, "hoverinfo": "skip", "opacity": 0.7, "showlegend": False, "meta": {"areas": codes, "ink": True, "layer": "province"}}


def _trace(fill: str, meta: dict) -> dict:
    # without lines, of which Plotly would make an element a ring: whoever draws puts thin borders on the fill
    return {"mode": "none", "fill": "toself", "fillcolor": fill, "line": {"simplify": False}, "meta": meta, "showlegend": False}
