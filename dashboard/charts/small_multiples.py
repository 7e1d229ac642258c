"""Small pictures of one kind beside each other: maps of several years, lines of several areas."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.choropleth import class_of, classify, classify_signed
from dashboard.charts.lines import _value_range
from dashboard.charts.style import HATCH, NO_DATA, furnish, sequential

#: Grid cells across a small map: finer outlines could not be seen in it.
_GRID = 400


def small_maps(frame: pd.DataFrame, layer: list[dict], shapes: dict, outline: dict, *, years, bbox, title, subtitle, source, words, method="natural",
               signed=False) -> go.Figure:
    """A map a year, all in the same classes.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, value, hover.
    layer : list of dict
        Polygons: code, applicable, no_data (hover text of a gap).
    shapes, outline : dict
        Code -> ``{"x", "y"}`` in km of the polygons, and of the provinces that are drawn on top.
    years : sequence of int
    bbox : sequence of float
        x0, y0, x1, y1 of a map.
    title, subtitle, source : str
        Texts in the picture.
    words : dict
        ``no_data`` and ``format`` (a function of a value).
    method : str
        Of :func:`dashboard.charts.choropleth.classify`.
    signed : bool
        Diverging colours around zero.

    Returns
    -------
    plotly.graph_objects.Figure
        One figure, in km: a trace for each polygon of each year, shifted to its place.
    """
    if signed:
        bins, lows, palette = classify_signed(frame["value"], 6, method)
    else:
        bins, lows = classify(frame["value"], 6, method)
        palette = sequential(len(bins))
    wide, tall = bbox[2] - bbox[0], bbox[3] - bbox[1]
    cells = len(years) + 1  # the last has the key, which so finds room on every screen and in every export
    columns = cells if cells < 4 else 2 if cells == 4 else 3
    across, down, head = 1.06 * wide, 1.16 * tall, 0.1 * tall
    rows = math.ceil(cells / columns)
    width = columns * across - 0.06 * wide
    figure = go.Figure()
    values = {(r.area, r.year): r for r in frame.itertuples()}
    grid = wide / _GRID
    thin = {code: _thinned(shapes[code], bbox, grid) for code in (a["code"] for a in layer)}
    edges = [_thinned(shape, bbox, grid) for shape in outline.values()]
    at = [((i % columns) * across, -(i // columns) * down) for i in range(len(years))]
    for year, (x, y) in zip(years, at):
        for area in layer:
            row = values.get((area["code"], year))
            look = {"fillcolor": palette[class_of(row.value, bins)], "text": row.hover} if row is not None else {
                "fillcolor": NO_DATA, "text": area["no_data"],
                "fillpattern": {"shape": HATCH if area.get("applicable", True) else ".", "size": 5, "solidity": 0.25}}
            figure.add_scatter(**_moved(thin[area["code"]], x, y), mode="lines", fill="toself", hoveron="fills", hoverinfo="text", showlegend=False,
                               line={"width": 0.6, "color": "#ffffff", "simplify": False}, meta={"ground": True, "key": area["code"]}, **look)
        if edges:
            rims = [_moved(edge, x, y) for edge in edges]
            figure.add_scatter(x=_strung([r["x"] for r in rims]), y=_strung([r["y"] for r in rims]), mode="lines", hoverinfo="skip", opacity=0.6,
                               showlegend=False, line={"width": 1, "color": "#39444d", "simplify": False}, meta={"ink": True})
    figure.add_scatter(x=[x for x, _ in at], y=[y + 0.02 * tall for _, y in at], mode="text", text=[f"<b>{year}</b>" for year in years],
                       textposition="middle right", textfont={"size": 15}, hoverinfo="skip", showlegend=False, cliponaxis=False)
    keys = [(fill, words["format"](high) if low == high else f"{words['format'](low)} – {words['format'](high)}") for low, high, fill in zip(lows, bins, palette)]
    keys.append((NO_DATA, words["no_data"]))
    x, y = (len(years) % columns) * across, -(len(years) // columns) * down
    places = [(x + 0.1 * wide, y - (0.12 + 0.13 * i) * tall) for i in range(len(keys))]
    figure.add_scatter(x=[p[0] for p in places], y=[p[1] for p in places], mode="markers", hoverinfo="skip", showlegend=False, cliponaxis=False,
                       marker={"symbol": "square", "size": 12, "color": [k[0] for k in keys], "line": {"width": 1, "color": "#8a8f94"}})
    figure.add_scatter(x=[p[0] + 0.09 * wide for p in places], y=[p[1] for p in places], mode="text", text=[k[1] for k in keys], hoverinfo="skip",
                       textposition="middle right", textfont={"size": 11}, showlegend=False, cliponaxis=False)
    box = [-0.01 * width, -(rows - 1) * down - tall, width, head]
    furnish(figure, title, subtitle, source, aspect=(box[2] - box[0]) / (box[3] - box[1]), tallest=820, bbox=box)
    figure.update_layout(xaxis={"visible": False, "fixedrange": True, "constrain": "domain", "constraintoward": "left"},
                         yaxis={"visible": False, "fixedrange": True, "scaleanchor": "x"})
    return figure


def _thinned(shape: dict, bbox, grid: float) -> list[list[tuple[float, float]]]:
    """Rings of a shape on a grid, from the upper left corner; neighbours stay neighbours, for a vertex falls on the same place for both."""
    rings: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(shape["x"], shape["y"]):
        if x is None:
            rings.append([])
            continue
        point = (round(round((x - bbox[0]) / grid) * grid, 2), round(round((y - bbox[3]) / grid) * grid, 2))
        if not rings[-1] or point != rings[-1][-1]:
            rings[-1].append(point)
    return [ring for ring in rings if len(ring) > 3]


def _moved(rings, x: float, y: float) -> dict:
    return {"x": _strung([[round(p[0] + x, 1) for p in ring] for ring in rings]), "y": _strung([[round(p[1] + y, 1) for p in ring] for ring in rings])}


def _strung(parts: list[list]) -> list:
    """Lists in a row, None between them."""
    out: list = []
    for part in parts:
        out += [*([None] if out else []), *part]
    return out


def small_lines(frame: pd.DataFrame, *, title, subtitle, source, names, colours, value_text) -> go.Figure:
    """A panel an area, all on one time axis and one value axis.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns key (of the area), t, value, lower, upper, basis, obs_status, hover, rounded.
    title, subtitle, source : str
        Texts in the picture.
    names, colours : dict
        Key -> name, colour.
    value_text : callable
        Value -> text.

    Returns
    -------
    plotly.graph_objects.Figure
        Panels stand on a grid of units: x and y of a trace are shares of its panel, moved to its place. A line
        stops where a year is missing, the basis changes or a break is marked.
    """
    keys = list(names)
    columns = min(len(keys), 2)  # on a phone three names with their figures do not fit beside each other
    rows = math.ceil(len(keys) / columns)
    first, last = float(frame["t"].min()), float(frame["t"].max())
    low, high = _value_range(float(frame["value"].min()), float(frame["value"].max()), False, None)
    ticks = round_numbers(low, high)
    wide, tall = 1.1, 1.62
    figure = go.Figure()
    grounds, words, years = ([], []), ([], [], []), ([], [], [])
    for i, key in enumerate(keys):
        x0, y0 = (i % columns) * wide, (rows - 1 - i // columns) * tall
        grounds[0].extend([*([None] if grounds[0] else []), x0, x0 + 1, x0 + 1, x0, x0])
        grounds[1].extend([*([None] if grounds[1] else []), y0, y0, y0 + 1, y0 + 1, y0])
        for tick in ticks:
            at = y0 + (tick - low) / (high - low)
            figure.add_shape(type="line", x0=x0, x1=x0 + 1, y0=at, y1=at, layer="below", line={"color": "#8a8f94", "width": 0.5, "dash": "dot"})
        own = frame[frame["key"] == key].sort_values("t")
        words[0].append(x0), words[1].append(y0 + 1.2)
        words[2].append(f"<b>{names[key]}</b>  {value_text(own.iloc[-1]['value'])}" if len(own) else names[key])
        years[0].extend([x0, x0 + 1]), years[1].extend([y0 - 0.14] * 2), years[2].extend([f"{first:.0f}", f"{last:.0f}" if last > first else ""])
        xs, ys, hovers, before = [], [], [], None
        for row in own.itertuples():
            if before is not None and (row.t - before.t > 1.01 or row.basis != before.basis or row.obs_status == "B"):
                xs.append(None), ys.append(None), hovers.append("")
            xs.append(x0 + 0.03 + 0.94 * (row.t - first) / (last - first or 1)), ys.append(y0 + (row.value - low) / (high - low)), hovers.append(row.hover)
            before = row
        figure.add_scatter(x=xs, y=ys, mode="lines+markers", hovertext=hovers, hoverinfo="text", name=names[key], customdata=[key] * len(xs),
                           meta={"key": key}, connectgaps=False, line={"color": colours[key], "width": 2},
                           marker={"size": 5, "color": colours[key], "line": {"width": 0}}, showlegend=False)
        open_ = own[own["rounded"] & np.isfinite(own["lower"]) & np.isfinite(own["upper"])]
        if len(open_):
            figure.add_scatter(x=[x0 + 0.03 + 0.94 * (t - first) / (last - first or 1) for t in open_["t"]],
                               y=[y0 + (v - low) / (high - low) for v in open_["value"]], mode="markers", hoverinfo="skip", opacity=0.5, showlegend=False,
                               marker={"size": 1, "color": colours[key]},
                               error_y={"type": "data", "symmetric": False, "color": colours[key], "thickness": 1, "width": 3,
                                        "array": ((open_["upper"] - open_["value"]) / (high - low)).tolist(),
                                        "arrayminus": ((open_["value"] - open_["lower"]) / (high - low)).tolist()})
    figure.add_scatter(x=grounds[0], y=grounds[1], mode="lines", fill="toself", fillcolor="rgba(138,143,148,0.08)", line={"width": 0, "color": "#8a8f94"},
                       hoverinfo="skip", showlegend=False)
    figure.add_scatter(x=words[0], y=words[1], text=words[2], mode="text", textposition="middle right", textfont={"size": 12.5}, hoverinfo="skip",
                       showlegend=False, cliponaxis=False)
    figure.add_scatter(x=years[0], y=years[1], text=years[2], mode="text", textposition=["middle right", "middle left"] * len(keys), textfont={"size": 10.5},
                       hoverinfo="skip", showlegend=False, cliponaxis=False)
    furnish(figure, title, subtitle, source, topSpace=2, narrow={"margin": {"l": 50, "r": 6}})
    figure.update_layout(
        height=rows * 150 + 90, margin={"l": 62, "r": 10},
        xaxis={"visible": False, "range": [-0.01, columns * wide - 0.09], "fixedrange": True},
        yaxis={"range": [-0.22, rows * tall - 0.26], "fixedrange": True, "showgrid": False, "zeroline": False, "showline": False, "ticks": "", "tickfont": {"size": 10.5}, "automargin": False,
               "tickvals": [row * tall + (tick - low) / (high - low) for row in range(rows) for tick in ticks], "ticktext": [f"{tick:,.10g}" for _ in range(rows) for tick in ticks]})
    return figure


def round_numbers(low: float, high: float) -> list[float]:
    """Three to six round numbers between the ends of an axis.

    >>> round_numbers(0, 52)
    [0.0, 20.0, 40.0]
    """
    power = 10.0 ** math.ceil(math.log10(high - low))
    for step in (power * m for m in (1, 0.5, 0.2, 0.1, 0.05)):
        found = range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)
        if len(found) > 2:
            break
    return [round(k * step, 10) for k in found]
