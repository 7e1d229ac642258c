"""Two indicators against each other, a point an area, a frame a year."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import furnish, wrapped

#: Where the name of a point may stand, the best first; the direction in which it lies from it.
PLACES = {"top center": (0, 1), "middle right": (1, 0), "middle left": (-1, 0), "bottom center": (0, -1),
          "top right": (1, 1), "top left": (-1, 1), "bottom right": (1, -1), "bottom left": (-1, -1)}

#: Plots on a phone, on a page and on a wide screen, in pixels, and the size of type: what decides whether two names cover each other.
_PLOTS, _TYPE = ((258, 190), (640, 300), (1180, 250)), 12.0


def scatter(frame: pd.DataFrame, *, title, subtitle, source, names, groups, colours, x_title, y_title, shown=None,
            log=(False, False), trails=None, notes=None) -> go.Figure:
    """A point an area, coloured by group, named beside it where the name covers no other.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, group, year, x, y, hover; one row an area and year that has both.
    title, subtitle, source : str
        Texts in the picture.
    names : dict
        Area -> name.
    groups : dict
        Group -> its name in the legend.
    colours : dict
        Group -> colour.
    x_title, y_title : str
        Of the axes, with their units.
    shown : int, optional
        Year drawn at first; the last when omitted.
    log : (bool, bool)
        Logarithmic axes.
    trails : dict, optional
        (area, year) -> lists of x and y of the earlier years that lead to it.
    notes : dict, optional
        Year -> lines above the upper right corner.

    Returns
    -------
    plotly.graph_objects.Figure
        One trace a group, then one with the year and one with its note, then one a trail; axes are the same in all frames.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    shown = shown or years[-1]
    scales = [math.log10 if each else float for each in log]
    ranges = {axis: _range(frame[axis].map(scale), each) for axis, scale, each in zip("xy", scales, log)}
    trails = trails or {}
    followed = list(dict.fromkeys(area for area, _ in trails))
    tints = {r.area: colours[r.group] for r in frame.itertuples()}

    def points(year):
        now = frame[frame["year"] == year]
        at = dict(zip(now["area"], apart(list(zip(now["x"].map(scales[0]), now["y"].map(scales[1]))), [names[a] for a in now["area"]], *ranges.values())))
        for group in groups:
            own = now[now["group"] == group]
            yield {"x": own["x"].tolist(), "y": own["y"].tolist(), "text": [names[a] if at[a] else "" for a in own["area"]],
                   "textposition": [at[a] or "top center" for a in own["area"]] or "top center",
                   "hovertext": own["hover"].tolist(), "customdata": own["area"].tolist()}

    def noted(year):
        return f"{notes[year]}<br> <br> " if notes.get(year) else ""  # the lines below it are the legend's

    figure = go.Figure()
    for group, now in zip(groups, points(shown)):
        figure.add_scatter(mode="markers+text", name=groups[group], marker={"size": 11, "color": colours[group], "line": {"width": 0}},
                           textfont={"size": _TYPE}, hoverinfo="text", meta={"key": group}, cliponaxis=False, showlegend=True, **now)
    corner = [10 ** ranges[axis][1] if each else ranges[axis][1] for axis, each in zip("xy", log)]
    figure.add_scatter(x=corner[:1], y=corner[1:], mode="text", text=[str(shown)], textposition="bottom left", hoverinfo="skip",
                       textfont={"size": 30}, opacity=0.7, showlegend=False)
    if notes:
        figure.add_scatter(x=corner[:1], y=corner[1:], mode="text", text=[noted(shown)], textposition="top left", hoverinfo="skip",
                           textfont={"size": 11.5}, opacity=0.85, showlegend=False, cliponaxis=False)

    def trail(area, year):
        x, y = trails.get((area, year), ([], []))
        # bars without length: by them an export knows the line for an addition to the points, which stay a chart of points
        return {"x": x, "y": y, "error_y": {"type": "data", "array": [0] * len(x), "arrayminus": [0] * len(x), "symmetric": False, "thickness": 0, "width": 0}}

    for area in followed:
        figure.add_scatter(mode="lines", hoverinfo="skip", opacity=0.38, showlegend=False, line={"color": tints[area], "width": 1.4}, **trail(area, shown))
    furnish(figure, title, subtitle, source, axisSpace=52, topSpace=72 if notes else 34, narrow={
        "margin": {"l": 58, "r": 12}, "xaxis": {"title": {"text": wrapped(x_title, 20), "standoff": 8, "font": {"size": 11}}}})
    axis = {"fixedrange": True, "tickformat": ",", "automargin": False, "zeroline": False}
    ticks = [3 if each else 6 for each in log]  # of a logarithmic axis Plotly would write 20,000, 30,000, 40,000 and so on
    figure.update_layout(
        height=500, margin={"l": 72, "r": 24}, showlegend=len(groups) > 1,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
        xaxis={**axis, "nticks": ticks[0], "title": {"text": x_title, "standoff": 8}, "range": ranges["x"], "showline": True, "linewidth": 1, "type": "log" if log[0] else "linear"},
        yaxis={**axis, "nticks": ticks[1], "title": {"text": y_title, "standoff": 8}, "range": ranges["y"], "type": "log" if log[1] else "linear"})
    figure.frames = [go.Frame(name=str(y), traces=list(range(len(figure.data))), data=[
        *(go.Scatter(**now) for now in points(y)), go.Scatter(text=[str(y)]), *([go.Scatter(text=[noted(y)])] if notes else []),
        *(go.Scatter(**trail(area, y)) for area in followed)]) for y in years]
    return figure


def _range(values, log: bool = False) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = 0.08 * (high - low or abs(high) or 1)
    return [0.0 if not log and 0 <= low < 0.25 * high else low - room, high + 1.5 * room]


def apart(points, names, x_range, y_range, sizes=_PLOTS, type_size=_TYPE) -> list[str]:
    """Where the name of each point stands so that it covers no other name, and no point if that is possible.

    Short names first, each takes the best of the places that are free, at all sizes of the plot; so
    the same figure can be drawn on a phone and on a wall, and the same names stand in both.

    Parameters
    ----------
    points : sequence of (float, float)
    names : sequence of str
    x_range, y_range : (float, float)
        Of the axes.
    sizes : sequence of (float, float)
        Of the plots that it is drawn in, in the unit of `type_size`.
    type_size : float

    Returns
    -------
    list of str
        Keys of :data:`PLACES`; empty for a name that finds no place.
    """
    plots = [(size, [tuple((v - low) / (high - low) * room for v, (low, high), room in zip(point, (x_range, y_range), size)) for point in points]) for size in sizes]
    widths = [sum(type_size if ord(c) > 0x2e80 else 0.58 * type_size for c in name) for name in names]
    taken: list[list[tuple[float, float, float, float]]] = [[] for _ in sizes]
    chosen = [""] * len(names)
    for i in sorted(range(len(names)), key=lambda i: (widths[i], i)):
        best, least, held = "", math.inf, []
        for at, (right, up) in PLACES.items():
            boxes = [_box(dots[i], right, up, widths[i], type_size) for _, dots in plots]
            if any(_over(box, other) for box, before in zip(boxes, taken) for other in before):
                continue
            cost = max(_cost(box, dots, i, size) for box, (size, dots) in zip(boxes, plots))
            if cost < least:
                best, least, held = at, cost, boxes
        chosen[i] = best
        for box, before in zip(held, taken):
            before.append(box)
    return chosen


def _box(dot, right, up, width, type_size) -> tuple[float, float, float, float]:
    """Left, lower, right and upper edge of a name that lies in a direction from its point."""
    left = dot[0] + right * (width / 2 + 0.75 * type_size) - width / 2
    low = dot[1] + up * (1.1 if right == 0 else 0.7) * type_size - type_size / 2
    return left, low, left + width, low + type_size


def _cost(box, dots, own: int, size) -> float:
    """How bad a place is: 1 for what runs out of the plot, and the share of the points that it covers."""
    left, low, right, high = box
    covered = sum(left - 6 < a < right + 6 and low - 6 < b < high + 6 for k, (a, b) in enumerate(dots) if k != own)
    return (left < 0 or right > size[0] or low < 0 or high > size[1]) + covered / len(dots)


def _over(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
