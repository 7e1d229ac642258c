"""A map of areas coloured by classes, all its years as frames.

Polygons are drawn as filled lines in an equal-area projection in kilometres: no request
for base maps, an exact scale bar, and the same picture in a browser and in an export.
"""

from __future__ import annotations

import warnings

import mapclassify
import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts import mosaic
from dashboard.charts.style import HATCH, NO_DATA, diverging, furnish, sequential

# Fewer classes where there are fewer values is what is wanted, and a map has too few of them for a compiler to matter.
warnings.filterwarnings("ignore", "Not enough unique values in array to form", UserWarning)
warnings.filterwarnings("ignore", "Numba not installed", UserWarning)

METHODS = {"quantiles": mapclassify.Quantiles, "natural": mapclassify.FisherJenks, "equal": mapclassify.EqualInterval}


def classify(values, k: int = 6, method: str = "quantiles") -> tuple[list[float], np.ndarray]:
    """Break values into classes by a named method of mapclassify.

    Parameters
    ----------
    values : array_like, shape (n,)
        All values that the map will ever show, so that one colour means one thing in all
        years. Gaps are left out.
    k : int
        Number of classes wanted; fewer where there are fewer distinct values.
    method : {"quantiles", "natural", "equal"}

    Returns
    -------
    (list of float, numpy.ndarray)
        Upper bounds of the classes, the last of which is the maximum; and the lower bound
        of each.
    """
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    distinct = np.unique(values)
    if len(distinct) <= 1:
        return list(distinct), distinct
    bins = METHODS[method](values, k=min(k, len(distinct))).bins
    bins = list(dict.fromkeys(float(b) for b in bins))
    return bins, np.array([distinct[0], *bins[:-1]])


def class_of(value: float, bins: list[float]) -> int:
    """Index of the class that a value falls in."""
    return int(min(np.searchsorted(bins, value, side="left"), len(bins) - 1))


def ink_on(fill: str) -> str:
    """White or ink, whichever stands out more from a fill (contrast ratio of WCAG 2)."""
    def luminance(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def contrast(one, other):
        light, dark = sorted((luminance(one), luminance(other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    return max(("#ffffff", "#1c2630"), key=lambda ink: contrast(ink, fill))


def classify_signed(values, k: int = 6, method: str = "quantiles"):
    """Classes for values on both sides of zero: no class spans it, and the colours change side there.

    Returns
    -------
    (list of float, numpy.ndarray, list of str)
        Upper and lower bounds of the classes, and their diverging colours.
    """
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values)]
    below, above = values[values < 0], values[values >= 0]
    falls, fall_lows = classify(below, k // 2, method) if len(below) else ([], np.array([]))
    rises, rise_lows = classify(above, k // 2, method) if len(above) else ([], np.array([]))
    warm = diverging(7)[:3][-len(falls):] if falls else []
    cool = diverging(7)[4:][: len(rises)] if rises else []
    return [*falls, *rises], np.concatenate([fall_lows, rise_lows]), [*warm, *cool]


def choropleth(frame: pd.DataFrame, layer: list[dict], *, level, bbox, title, subtitle, source, words, method="quantiles", k=6,
               labels=True, signed=False, outline=(), shown=None, sea=None) -> go.Figure:
    """The map of one measure, a frame a year.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, value, hover (text of the point).
    layer : list of dict
        Polygons of the level: code, name, label (x, y), applicable (False where the measure
        does not apply), no_data (hover text of a gap).
    level : str
        Name of the layer, under which whoever draws the figure finds the outlines.
    bbox : sequence of float
        x0, y0, x1, y1 of the layer in km.
    title, subtitle, source : str
        Texts in the picture.
    words : dict
        ``no_data``, ``not_applicable``, ``km`` and ``format`` (a function of a value).
    method, k
        Of :func:`classify`.
    labels : bool
        Names in the polygons.
    signed : bool
        Diverging colours around zero.
    outline : sequence of str
        Codes of provinces whose borders are drawn heavier on top.
    shown : int, optional
        Year drawn at first; the last when omitted.
    sea : dict, optional
        ``lines`` and ``islands`` with x and y in km, of a map that reaches the sea (:func:`geodata.web_geometry` of provinces),
        and ``names``: x, y, text, textposition.

    Returns
    -------
    plotly.graph_objects.Figure
        One trace a polygon with ``meta.area`` and ``meta.layer``, whose outline whoever draws it puts in; of more
        than :data:`dashboard.charts.mosaic.MANY` polygons one trace a class with ``meta.areas``.
    """
    if signed:
        bins, lows, palette = classify_signed(frame["value"], k, method)
    else:
        bins, lows = classify(frame["value"], k, method)
        palette = sequential(len(bins))
    years = sorted(int(y) for y in frame["year"].unique())
    values = {(r.area, r.year): r for r in frame.itertuples()}
    shown = shown or (years[-1] if years else None)

    def look(area, year):
        row = values.get((area["code"], year))
        if row is not None and np.isfinite(row.value):
            return {"fillcolor": palette[class_of(row.value, bins)], "text": row.hover,
                    "fillpattern": {"shape": "", "solidity": 0}}
        return {"fillcolor": NO_DATA, "text": area["no_data"],
                "fillpattern": {"shape": HATCH if area.get("applicable", True) else ".", "size": 6, "solidity": 0.25}}

    many = len(layer) > mosaic.MANY
    figure = go.Figure()
    if many:
        grounds = mosaic.ground(layer, level)
        for trace in [*grounds, *mosaic.classes(frame, layer, level, bins, palette, shown), *([mosaic.outline(list(outline))] if outline else [])]:
            figure.add_scatter(**trace)
    for area in () if many else layer:
        figure.add_scatter(
            mode="lines", fill="toself", hoveron="fills", hoverinfo="text", name=area["name"],
            line={"width": 0.8, "color": "#ffffff", "simplify": False}, meta={"area": area["code"], "layer": level, "ground": True}, showlegend=False,
            **look(area, shown))
    for code in () if many else outline:
        figure.add_scatter(mode="lines", line={"width": 1.5, "color": "#39444d", "simplify": False}, hoverinfo="skip", opacity=0.7,
                           meta={"area": code, "ink": True, "layer": "province"}, showlegend=False)
    if sea:
        _seaward(figure, sea)

    def label_look(year):
        """Names in the colour that stands out from their polygon, with a rim in the polygon's own."""
        if sea:  # on a map of the country names reach beyond their polygons
            return {"size": 11, "color": "#1c2630", "shadow": ["1px 1px 0 #ffffff, -1px -1px 0 #ffffff, 1px -1px 0 #ffffff, -1px 1px 0 #ffffff"] * len(layer)}
        fills = [look(area, year)["fillcolor"] for area in layer]
        return {"size": 12, "color": [ink_on(f) for f in fills],
                "shadow": [f"1px 1px 0 {f}, -1px -1px 0 {f}, 1px -1px 0 {f}, -1px 1px 0 {f}" for f in fills]}

    if labels:
        figure.add_scatter(
            mode="text", x=[a["label"][0] for a in layer], y=[a["label"][1] for a in layer],
            text=[a["name"] for a in layer], hoverinfo="skip", showlegend=False, textfont=label_look(shown),
            **({"textposition": _apart([a["label"] for a in layer])} if sea else {}))
    label_trace = [len(figure.data) - 1] if labels else []
    for low, high, fill in zip(lows, bins, palette):
        text = words["format"](high) if low == high else f"{words['format'](low)} – {words['format'](high)}"
        figure.add_scatter(x=[None], y=[None], mode="markers", marker={"symbol": "square", "size": 13, "color": fill},
                           name=text, showlegend=True, hoverinfo="skip")
    figure.add_bar(x=[None], y=[None], name=words["no_data"], showlegend=True, hoverinfo="skip",
                   marker={"color": NO_DATA, "line": {"color": "#8a8f94", "width": 1},
                           "pattern": {"shape": HATCH, "fgcolor": "#8a8f94", "size": 6, "solidity": 0.25}})
    at = bbox[0], bbox[3]
    figure.add_scatter(x=[at[0]], y=[at[1]], mode="text", text=[str(shown)], textposition="bottom right", hoverinfo="skip",
                       textfont={"size": 34}, opacity=0.8, showlegend=False)
    year_trace = len(figure.data) - 1
    _scale_bar(figure, bbox, words)
    furnish(figure, title, subtitle, source, aspect=(bbox[2] - bbox[0]) / (bbox[3] - bbox[1]), tallest=860 if sea else 640, bbox=list(bbox))
    # the south-east corner of a map with the sea is not free
    corner = {"x": 0, "xanchor": "left"} if sea else {"x": 1, "xanchor": "right"}
    figure.update_layout(
        showlegend=True, hovermode="closest",
        legend={**corner, "y": 0.02, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)",
                "title": {"text": words["legend"]}, "itemclick": False, "itemdoubleclick": False,
                "font": {"size": 12}, "traceorder": "normal"},
        xaxis={"visible": False, "fixedrange": True, "constrain": "domain"},
        yaxis={"visible": False, "fixedrange": True, "scaleanchor": "x"},
    )
    year_and_labels = [year_trace, *label_trace]
    moving = [*range(len(grounds), len(grounds) + len(palette))] if many else [*range(len(layer))]

    def painted(year):
        """What the areas look like in a year, trace by trace."""
        if not many:
            return [go.Scatter(**look(area, year)) for area in layer]
        return [go.Scatter(meta=trace["meta"]) for trace in mosaic.classes(frame, layer, level, bins, palette, year)]

    figure.frames = [
        go.Frame(name=str(year), traces=[*moving, *year_and_labels],
                 data=[*painted(year), go.Scatter(text=[str(year)]), *(go.Scatter(textfont=label_look(year)) for _ in label_trace)])
        for year in years
    ]
    return figure


def _apart(places: list) -> list[str]:
    """Sides on which names of a map of the country stand, so that neighbours near each other do not stand on each other."""
    at = np.array(places, dtype=float)
    sides = []
    for i, (x, y) in enumerate(at):
        near = [j for j in range(len(at)) if j != i and abs(at[j][0] - x) < 260 and abs(at[j][1] - y) < 110]
        east = sum(at[j][0] < x for j in near)
        sides.append("middle center" if not near else "middle right" if east >= len(near) / 2 and x > at[near[0]][0] else "middle left")
    return sides


def _seaward(figure: go.Figure, sea: dict) -> None:
    """Boundary lines in the sea and far islands, which are too small to be seen as polygons."""
    figure.add_scatter(**sea["lines"], mode="lines", line={"width": 1.2, "color": "#39444d", "simplify": False}, meta={"ink": True}, hoverinfo="skip", opacity=0.7,
                       showlegend=False)
    figure.add_scatter(**sea["islands"], mode="markers", marker={"size": 1.8, "color": "#7b858c"}, hoverinfo="skip", showlegend=False)
    figure.add_scatter(**sea["names"], mode="text", textfont={"size": 10}, hoverinfo="skip", opacity=0.8, showlegend=False)


def _scale_bar(figure: go.Figure, bbox, words) -> None:
    """A bar of 100 km at the lower edge, exact, as the projection is in kilometres; of 500 km on a map of the country."""
    wide, tall = bbox[2] - bbox[0], bbox[3] - bbox[1]
    length = 100 if max(wide, tall) < 2000 else 500
    tick = length / 20
    x, y = bbox[0] + 0.42 * wide, bbox[1] + 0.02 * tall
    figure.add_scatter(x=[x, x, x, x + length, x + length, x + length], y=[y + tick, y - tick, y, y, y + tick, y - tick], mode="lines", meta={"ink": True},
                       line={"width": 1.5, "color": "#39444d"}, hoverinfo="skip", showlegend=False)
    figure.add_scatter(x=[x + length / 2], y=[y + 1.6 * tick], mode="text", text=[f"{length} {words['km']}"], textposition="top center",
                       textfont={"size": 11}, hoverinfo="skip", showlegend=False)
