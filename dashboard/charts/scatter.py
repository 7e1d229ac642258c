"""Two indicators against each other, a point an area, a frame a year."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import furnish

#: Where the name of a point may stand, the best first; the direction in which it lies from it.
PLACES = {"top center": (0, 1), "middle right": (1, 0), "middle left": (-1, 0), "bottom center": (0, -1),
          "top right": (1, 1), "top left": (-1, 1), "bottom right": (1, -1), "bottom left": (-1, -1)}

# Of a plot of average size, in pixels: what decides whether two names cover each other.
_WIDTH, _HEIGHT, _TYPE = 640, 300, 12.0


def scatter(frame: pd.DataFrame, *, title, subtitle, source, names, groups, colours, x_title, y_title, shown=None) -> go.Figure:
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

    Returns
    -------
    plotly.graph_objects.Figure
        One trace a group, then one with the year; axes are the same in all frames.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    shown = shown or years[-1]
    ranges = {axis: _range(frame[axis]) for axis in ("x", "y")}

    def points(year):
        now = frame[frame["year"] == year]
        at = dict(zip(now["area"], apart(list(zip(now["x"], now["y"])), [names[a] for a in now["area"]], *ranges.values())))
        for group in groups:
            own = now[now["group"] == group]
            yield {"x": own["x"].tolist(), "y": own["y"].tolist(), "text": [names[a] if at[a] else "" for a in own["area"]],
                   "textposition": [at[a] or "top center" for a in own["area"]] or "top center",
                   "hovertext": own["hover"].tolist(), "customdata": own["area"].tolist()}

    figure = go.Figure()
    for group, now in zip(groups, points(shown)):
        figure.add_scatter(mode="markers+text", name=groups[group], marker={"size": 11, "color": colours[group], "line": {"width": 0}},
                           textfont={"size": _TYPE}, hoverinfo="text", meta={"key": group}, cliponaxis=False, showlegend=True, **now)
    figure.add_scatter(x=[ranges["x"][1]], y=[ranges["y"][1]], mode="text", text=[str(shown)], textposition="bottom left", hoverinfo="skip",
                       textfont={"size": 30}, opacity=0.7, showlegend=False)
    furnish(figure, title, subtitle, source, axisSpace=52, topSpace=34, narrow={"margin": {"l": 58, "r": 12}})
    axis = {"fixedrange": True, "nticks": 6, "tickformat": ",", "automargin": False, "zeroline": False}
    figure.update_layout(
        height=500, margin={"l": 72, "r": 24}, showlegend=len(groups) > 1,
        legend={"orientation": "h", "x": 0, "xanchor": "left", "y": 1.01, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
        xaxis={**axis, "title": {"text": x_title, "standoff": 8}, "range": ranges["x"], "showline": True, "linewidth": 1},
        yaxis={**axis, "title": {"text": y_title, "standoff": 8}, "range": ranges["y"]})
    figure.frames = [go.Frame(name=str(y), traces=list(range(len(groups) + 1)),
                              data=[*(go.Scatter(**now) for now in points(y)), go.Scatter(text=[str(y)])]) for y in years]
    return figure


def _range(values) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = 0.08 * (high - low or abs(high) or 1)
    return [0.0 if 0 <= low < 0.25 * high else low - room, high + 1.5 * room]


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
