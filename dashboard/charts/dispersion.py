"""Charts of gaps between areas: growth against the initial level, what each area adds, clusters of neighbours."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.choropleth import _scale_bar, ink_on
from dashboard.charts.scatter import apart
from dashboard.charts.style import ACCENT, AREA_COLOURS, NO_DATA, furnish, wrapped

#: Colours of local Moran's I: high among high, low among low, and areas unlike their neighbours.
CLUSTERS = {"HH": "#8a4b0f", "LL": "#287183", "HL": "#ecd3a4", "LH": "#b0d3d1", "": NO_DATA}


def points(frame: pd.DataFrame, *, title, subtitle, source, names, groups, colours, x_title, y_title, line=(), band=(), middle=None,
           x_ticks=None) -> go.Figure:
    """A point an area, coloured by group, with a fitted line.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, group, x, y, hover.
    title, subtitle, source : str
    names, groups, colours : dict
        Area -> name; group -> name in the legend; group -> colour.
    x_title, y_title : str
    line : sequence of (float, float)
        Its ends.
    band : sequence of (float, float, float)
        x, lower and upper edge of the line's confidence band.
    middle : (float, float), optional
        Where lines cross that part the four quadrants.
    x_ticks : (sequence of float, sequence of str), optional

    Returns
    -------
    plotly.graph_objects.Figure
    """
    spread = pd.concat([frame[["x", "y"]], pd.DataFrame([*line, *((x, y) for x, *both in band for y in both)], columns=["x", "y"])])
    x_range, y_range = ([float(v.min()) - 0.07 * float(v.max() - v.min() or 1), float(v.max()) + 0.1 * float(v.max() - v.min() or 1)]
                        for v in (spread["x"], spread["y"]))
    figure = go.Figure()
    if band:
        figure.add_scatter(x=[b[0] for b in band] + [b[0] for b in band[::-1]] + [band[0][0]],
                           y=[b[1] for b in band] + [b[2] for b in band[::-1]] + [band[0][1]], mode="lines", fill="toself",
                           fillcolor="rgba(11,92,115,0.12)", line={"width": 0, "color": ACCENT}, hoverinfo="skip", showlegend=False)
    if line:
        figure.add_scatter(x=[p[0] for p in line], y=[p[1] for p in line], mode="lines", line={"width": 2, "color": ACCENT, "dash": "dash"},
                           hoverinfo="skip", showlegend=False)
    at = dict(zip(frame["area"], apart(list(zip(frame["x"], frame["y"])), [names[a] for a in frame["area"]], x_range, y_range)))
    for group, label in groups.items():
        own = frame[frame["group"] == group]
        figure.add_scatter(
            x=own["x"].tolist(), y=own["y"].tolist(), mode="markers+text", name=label, marker={"size": 11, "color": colours[group], "line": {"width": 0}},
            text=[names[a] if at[a] else "" for a in own["area"]], textposition=[at[a] or "top center" for a in own["area"]] or "top center",
            textfont={"size": 12}, hovertext=own["hover"].tolist(), hoverinfo="text", customdata=own["area"].tolist(), meta={"key": group},
            cliponaxis=False, showlegend=True)
    if middle:
        for which, other, value in (("x", "y", middle[0]), ("y", "x", middle[1])):
            figure.add_shape(type="line", **{f"{which}0": value, f"{which}1": value, f"{other}0": 0, f"{other}1": 1, f"{other}ref": "paper"},
                             layer="below", line={"color": "#8a8f94", "width": 1, "dash": "dot"})
    width = x_range[1] - x_range[0]
    small = {axis: {"title": {"text": wrapped(text, 22), "standoff": 6, "font": {"size": 11}}, "tickfont": {"size": 10}} for axis, text in (("xaxis", x_title), ("yaxis", y_title))}
    small["xaxis"] |= {"tickangle": 0, "range": [x_range[0] - 0.28 * width, x_range[1] + 0.04 * width]}  # room for names beside the outermost points
    if x_ticks:
        kept: list[int] = []
        for i, value in enumerate(x_ticks[0]):
            if not kept or value - x_ticks[0][kept[-1]] >= 0.2 * width:
                kept.append(i)
        small["xaxis"] |= {"tickvals": [x_ticks[0][i] for i in kept], "ticktext": [x_ticks[1][i] for i in kept]}
    furnish(figure, title, subtitle, source, axisSpace=56, topSpace=34, narrow={"margin": {"l": 64, "r": 12}, **small})
    axis = {"fixedrange": True, "nticks": 6, "tickformat": ",", "automargin": False, "zeroline": False}
    ticks = {"tickvals": list(x_ticks[0]), "ticktext": list(x_ticks[1])} if x_ticks else {}
    figure.update_layout(
        height=480, margin={"l": 72, "r": 24}, showlegend=len(groups) > 1,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
        xaxis={**axis, **ticks, "title": {"text": x_title, "standoff": 8}, "range": x_range, "showline": True, "linewidth": 1},
        yaxis={**axis, "title": {"text": y_title, "standoff": 8}, "range": y_range})
    return figure


def contributions(frame: pd.DataFrame, *, title, subtitle, source, names, value_text) -> go.Figure:
    """Lying bars on both sides of zero, the largest on top, named over the bar.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, value, hover.
    title, subtitle, source : str
    names : dict
        Area -> name.
    value_text : callable
    """
    now = frame.sort_values("value", ascending=False)
    low, high = min(0.0, float(now["value"].min())), max(0.0, float(now["value"].max()))
    rows = list(range(len(now)))
    figure = go.Figure(go.Bar(
        orientation="h", width=0.26, offset=0.2, textposition="none", hoverinfo="text", cliponaxis=False, x=now["value"].tolist(), y=rows,
        text=[f"{names[a]}  <b>{value_text(v)}</b>" for a, v in zip(now["area"], now["value"])], hovertext=now["hover"].tolist(),
        customdata=now["area"].tolist(), marker={"color": [AREA_COLOURS.get(a, ACCENT) for a in now["area"]]}))
    figure.add_scatter(mode="text", x=[low] * len(rows), y=[y - 0.1 for y in rows], textposition="middle right", textfont={"size": 12.5},
                       text=list(figure.data[0].text), hoverinfo="skip", cliponaxis=False)
    if low < 0:
        figure.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", layer="below", line={"color": "#8a8f94", "width": 1})
    furnish(figure, title, subtitle, source, rows=len(rows), rowHeight=38)
    figure.update_layout(xaxis={"visible": False, "range": [low * 1.05, high * 1.02 or 1], "fixedrange": True},
                         yaxis={"visible": False, "range": [len(rows) - 0.35, -0.6], "fixedrange": True}, barmode="overlay", bargap=0.3)
    return figure


def clusters(layer: list[dict], *, level, bbox, title, subtitle, source, words, outline=()) -> go.Figure:
    """A map of clusters by local Moran's I.

    Parameters
    ----------
    layer : list of dict
        Polygons: code, name, label (x, y), cluster (key of :data:`CLUSTERS`, None for no figure), hover.
    level : str
    bbox : sequence of float
    title, subtitle, source : str
    words : dict
        Keys of :data:`CLUSTERS` -> name in the legend; ``km``.
    outline : sequence of str
        Provinces whose borders are drawn heavier.
    """
    figure = go.Figure()
    fills = [CLUSTERS[area["cluster"] or ""] for area in layer]
    for area, fill in zip(layer, fills):
        figure.add_scatter(
            mode="lines", fill="toself", hoveron="fills", hoverinfo="text", name=area["name"], text=area["hover"], fillcolor=fill, showlegend=False,
            fillpattern={"shape": "/" if area["cluster"] is None else "", "size": 6, "solidity": 0.25 if area["cluster"] is None else 0},
            line={"width": 0.8, "color": "#ffffff", "simplify": False}, meta={"area": area["code"], "layer": level, "ground": True})
    for code in outline:
        figure.add_scatter(mode="lines", line={"width": 1.5, "color": "#39444d", "simplify": False}, hoverinfo="skip", opacity=0.7,
                           meta={"area": code, "ink": True, "layer": "province"}, showlegend=False)
    figure.add_scatter(
        mode="text", x=[a["label"][0] for a in layer], y=[a["label"][1] for a in layer], text=[a["name"] for a in layer], hoverinfo="skip",
        showlegend=False, textfont={"size": 12, "color": [ink_on(f) for f in fills],
                                    "shadow": [f"1px 1px 0 {f}, -1px -1px 0 {f}, 1px -1px 0 {f}, -1px 1px 0 {f}" for f in fills]})
    for key, fill in CLUSTERS.items():
        figure.add_scatter(x=[None], y=[None], mode="markers", name=words[key], showlegend=True, hoverinfo="skip",
                           marker={"symbol": "square", "size": 13, "color": fill, "line": {"width": 0 if key else 1, "color": "#8a8f94"}})
    _scale_bar(figure, bbox, words)
    furnish(figure, title, subtitle, source, aspect=(bbox[2] - bbox[0]) / (bbox[3] - bbox[1]), tallest=560, bbox=list(bbox))
    figure.update_layout(
        showlegend=True, xaxis={"visible": False, "fixedrange": True, "constrain": "domain"},
        yaxis={"visible": False, "fixedrange": True, "scaleanchor": "x"},
        legend={"x": 1, "xanchor": "right", "y": 0.02, "yanchor": "bottom", "bgcolor": "rgba(0,0,0,0)", "itemclick": False,
                "itemdoubleclick": False, "font": {"size": 12}, "traceorder": "normal"})
    return figure
