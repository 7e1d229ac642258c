"""Two indicators against each other, a point an area, a frame a year."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import furnish

#: Where the name of a point may stand, the best first; the direction in which it lies from it.
PLACES = {"top center": (0, 1), "middle right": (1, 0), "middle left": (-1, 0), "bottom center": (0, -1),
          "top right": (1, 1), "top left": (-1, 1), "bottom right": (1, -1), "bottom left": (-1, -1)}

# Of a plot of average size, in pixels: what decides whether two names cover each other.
_WIDTH, _HEIGHT, _TYPE = 640, 300, 12.0


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
    furnish(figure, title, subtitle, source, axisSpace=52, topSpace=72 if notes else 34, narrow={"margin": {"l": 58, "r": 12}})
    axis = {"fixedrange": True, "nticks": 6, "tickformat": ",", "automargin": False, "zeroline": False}
    figure.update_layout(
        height=500, margin={"l": 72, "r": 24}, showlegend=len(groups) > 1,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
        xaxis={**axis, "title": {"text": x_title, "standoff": 8}, "range": ranges["x"], "showline": True, "linewidth": 1, "type": "log" if log[0] else "linear"},
        yaxis={**axis, "title": {"text": y_title, "standoff": 8}, "range": ranges["y"], "type": "log" if log[1] else "linear"})
    figure.frames = [go.Frame(name=str(y), traces=list(range(len(figure.data))), data=[
        *(go.Scatter(**now) for now in points(y)), go.Scatter(text=[str(y)]), *([go.Scatter(text=[noted(y)])] if notes else []),
        *(go.Scatter(**trail(area, y)) for area in followed)]) for y in years]
    return figure


def _range(values, log: bool = False) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = 0.08 * (high - low or abs(high) or 1)
    return [0.0 if not log and 0 <= low < 0.25 * high else low - room, high + 1.5 * room]


def apart(points, names, x_range, y_range, size=(_WIDTH, _HEIGHT), type_size=_TYPE) -> list[str]:
    """Where the name of each point stands so that it covers no other name, and no point if that is possible.

    Parameters
    ----------
    points : sequence of (float, float)
    names : sequence of str
    x_range, y_range : (float, float)
        Of the axes.
    size : (float, float)
        Of the plot, in the unit of `type_size`.
    type_size : float

    Returns
    -------
    list of str
        Keys of :data:`PLACES`; empty for a name that finds no place.
    """
    dots = [tuple((v - low) / (high - low) * room for v, (low, high), room in zip(point, (x_range, y_range), size)) for point in points]
    taken: list[tuple[float, float, float, float]] = []
    chosen = []
    for name, (x, y) in zip(names, dots):
        width = sum(type_size if ord(c) > 0x2e80 else 0.58 * type_size for c in name)
        best, least = "", 3.0
        for at, (right, up) in PLACES.items():
            left = x + right * (width / 2 + 0.75 * type_size) - width / 2
            low = y + up * (1.1 if right == 0 else 0.7) * type_size - type_size / 2
            box = (left, low, left + width, low + type_size)
            cost = (3 * any(_over(box, other) for other in taken) + (left < 0 or left + width > size[0] or low < 0 or low + type_size > size[1])
                    + sum(left - 6 < a < left + width + 6 and low - 6 < b < low + type_size + 6 for a, b in dots if (a, b) != (x, y)) / len(dots))
            if cost < least:
                best, least, at_best = at, cost, box
        if best:
            taken.append(at_best)
        chosen.append(best)
    return chosen


def _over(one, other) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
