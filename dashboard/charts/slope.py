"""Two years beside each other: a line an area, from what it was to what it became."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import furnish


def slope(frame: pd.DataFrame, *, title, subtitle, source, names, colours, years, value_text, log=False) -> go.Figure:
    """A line an area between two years, with its name and its two figures.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, value, lower, upper, hover, joined (bool: both figures may be compared); areas that
        lack one of the years have one row.
    title, subtitle, source : str
        Texts in the picture.
    names, colours : dict
        Area -> name, colour.
    years : (int, int)
    value_text : callable
        Value -> text.
    log : bool
        Logarithmic axis, on which equal slopes are equal rates.

    Returns
    -------
    plotly.graph_objects.Figure
        For each area a band of what the printing of its figures allows, and a line; two points without a line
        where they may not be compared.
    """
    first, last = years
    figure = go.Figure()
    ends: dict[int, list] = {first: [], last: []}
    positive = (lambda v: max(v, 1e-9)) if log else float
    for area in names:
        own = frame[frame["area"] == area].sort_values("year")
        joined = len(own) == 2 and bool(own["joined"].all())
        low, high = own["lower"].map(positive).tolist(), own["upper"].map(positive).tolist()
        if joined and all(map(math.isfinite, low + high)):
            figure.add_scatter(x=[first, last, last, first, first], y=[*low, *high[::-1], low[0]], mode="lines", fill="toself", hoverinfo="skip",
                               line={"width": 0, "color": colours[area]}, fillcolor=colours[area], opacity=0.18, showlegend=False)
        figure.add_scatter(x=own["year"].tolist() if joined or len(own) < 2 else [first, None, last],
                           y=own["value"].tolist() if joined or len(own) < 2 else [own["value"].iloc[0], None, own["value"].iloc[1]],
                           mode="lines+markers", name=names[area], customdata=[area] * 3, hoverinfo="text", meta={"key": area}, connectgaps=False, cliponaxis=False,
                           hovertext=own["hover"].tolist() if joined or len(own) < 2 else [own["hover"].iloc[0], "", own["hover"].iloc[1]],
                           line={"color": colours[area], "width": 2}, marker={"size": 8, "color": colours[area], "line": {"width": 0}})
        for row in own.itertuples():
            ends[row.year].append((row.year, row.value, f"{names[area]}  <b>{value_text(row.value)}</b>", colours[area]))
    bottom, top = float(frame["value"].min()), float(frame["value"].max())
    wide = max(_width(end[2]) for own in ends.values() for end in own)
    if wide > 105:  # on a phone long names have room on one side only; the figure leads along its line to the name
        ends[first] = [(year, y, text[text.index("<b>"):], tint) for year, y, text, tint in ends[first]]
    left = max(_width(end[2]) for end in ends[first])
    furnish(figure, title, subtitle, source, axisSpace=28, topSpace=14, narrow={"margin": {"l": round(left) + 18, "r": round(wide) + 18}})
    room = [math.log10(bottom) - 0.06, math.log10(top) + 0.06] if log else [bottom - 0.06 * (top - bottom or 1), top + 0.06 * (top - bottom or 1)]
    for year, anchor, shift in ((first, "right", -10), (last, "left", 10)):
        own = sorted(ends[year], key=lambda end: end[1])
        heights = beside([math.log10(end[1]) if log else end[1] for end in own], *room, min(0.05, 1 / len(own)) * (room[1] - room[0]) if own else 0)
        for (_, _, text, tint), y in zip(own, heights):
            # not called "label": an export moves those of one end only
            figure.add_annotation(x=year, y=y, xanchor=anchor, yanchor="middle", xshift=shift, text=text, showarrow=False,
                                  font={"size": 12, "color": tint})
    figure.update_layout(
        height=max(420, 30 * len(names) + 90), margin={"l": max(120, round(left) + 24), "r": max(150, round(wide) + 24)},
        xaxis={"range": [first - 0.02 * (last - first), last + 0.02 * (last - first)], "tickvals": [first, last], "ticktext": [str(first), str(last)],
               "fixedrange": True, "showgrid": True, "tickfont": {"size": 15}, "zeroline": False},
        yaxis={"type": "log" if log else "linear", "range": room, "visible": False, "fixedrange": True})
    return figure


def _width(text: str) -> float:
    """About how many pixels a label takes."""
    return sum(12 if ord(c) > 0x2e80 else 6.7 for c in text.replace("<b>", "").replace("</b>", ""))


def beside(heights: list[float], low: float, high: float, step: float) -> list[float]:
    """Places of names as near to their points as distances of `step` allow (least squares, by pooling neighbours).

    >>> beside([1.0, 1.0, 5.0], 0.0, 6.0, 1.0)
    [0.5, 1.5, 5.0]
    """
    pools: list[list[float]] = []  # sum and number of what is left of each height when its distance to the first is taken off
    for i, height in enumerate(heights):
        pools.append([height - i * step, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, n = pools.pop()
            pools[-1] = [pools[-1][0] + total, pools[-1][1] + n]
    flat = [total / n for total, n in pools for _ in range(int(n))]
    last = (len(flat) - 1) * step
    return [min(max(place, low), max(high - last, low)) + i * step for i, place in enumerate(flat)]
