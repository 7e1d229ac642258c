"""Series over time: lines that break where figures are missing or change their basis."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import colour, furnish


def lines(frame: pd.DataFrame, *, title, subtitle, source, labels, unit, colours=None, marks=(), log=False, bounds=True,
          base_line=None) -> go.Figure:
    """One line a series, labelled at its end.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns key (of the series), t (place on the time axis in years), value, lower,
        upper, basis, obs_status, hover, rounded (bool: draw its bounds). A line runs through
        the figures of one basis and stops where a year is missing or a break is marked.
    title, subtitle, source : str
        Texts in the picture.
    labels : dict
        key -> name at the line's end.
    unit : str
        Name of the value axis.
    colours : dict, optional
        key -> colour.
    marks : sequence of (float, str, str)
        Policy dates: place on the axis, short label, hover text.
    log : bool
        Logarithmic value axis.
    bounds : bool
        Draw what the printing of rounded figures allows.
    base_line : (float, str), optional
        A reference value with its name, such as a limit.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    figure = go.Figure()
    keys = list(labels)
    colours = colours or {k: colour(k, i) for i, k in enumerate(keys)}
    ends = []
    for key in keys:
        own = frame[frame["key"] == key].sort_values("t")
        if own.empty:
            continue
        tint = colours[key]
        xs, ys, hovers, custom, symbols = [], [], [], [], []
        for place, (_, on_basis) in enumerate(own.groupby("basis", sort=False)):
            before = None
            for row in on_basis.itertuples():
                broken = row.obs_status == "B"
                if before is not None and (broken or row.t - before.t > 1.01) or before is None and xs:
                    xs.append(None), ys.append(None), hovers.append(None), custom.append(None), symbols.append("circle")
                xs.append(row.t), ys.append(row.value), hovers.append(row.hover), custom.append(row.key)
                changed = broken or before is None and place > 0
                symbols.append("diamond" if changed else "circle-open" if row.obs_status in "PEUVF" else "circle")
                before = row
        if bounds:
            rounded = own[own["rounded"]]
            figure.add_scatter(
                x=rounded["t"], y=rounded["value"], mode="markers", marker={"size": 1, "color": tint}, hoverinfo="skip",
                error_y={"type": "data", "symmetric": False, "array": (rounded["upper"] - rounded["value"]).tolist(),
                         "arrayminus": (rounded["value"] - rounded["lower"]).tolist(), "color": tint, "thickness": 1.2, "width": 5},
                opacity=0.55)
        figure.add_scatter(
            x=xs, y=ys, mode="lines+markers", name=labels[key], hovertext=hovers, hoverinfo="text", customdata=custom,
            connectgaps=False, line={"color": tint, "width": 2.4}, meta={"key": key},
            marker={"size": 7, "symbol": symbols, "color": tint, "line": {"width": 1.5, "color": tint}})
        ends.append((own.iloc[-1]["t"], own.iloc[-1]["value"], labels[key], tint))
    furnish(figure, title, subtitle, source, axisSpace=30, topSpace=34 if marks else 8,
            narrow={"margin": {"r": 76, "l": 52}})
    first, last = (frame["t"].min(), frame["t"].max()) if len(frame) else (2014, 2024)
    value_range = _value_range(*_ends(frame, bounds, log), log, base_line)
    for t, y, label, tint in _apart(ends, value_range, log):
        figure.add_annotation(x=t, y=y, xanchor="left", yanchor="middle", xshift=9, text=label, showarrow=False,
                              font={"size": 12.5, "color": tint}, name="label")
    for i, (at, label, hover) in enumerate(m for m in marks if first - 0.5 <= m[0] <= last + 0.5):
        figure.add_shape(type="line", x0=at, x1=at, y0=0, y1=1, yref="paper", layer="below",
                         line={"color": "#8a8f94", "width": 1, "dash": "dot"})
        figure.add_annotation(x=at, y=1, yref="paper", yanchor="bottom", xanchor="left", text=label, showarrow=False, yshift=14 * (i % 2),
                              hovertext=hover, font={"size": 11}, opacity=0.75, xshift=-2, name="mark")
    if base_line:
        value, label = base_line
        figure.add_shape(type="line", x0=0, x1=1, xref="paper", y0=value, y1=value, layer="below",
                         line={"color": "#8a4b0f", "width": 1.4, "dash": "dash"})
        figure.add_annotation(x=0, xref="paper", xanchor="left", y=_log(value, log), yanchor="bottom", text=label, showarrow=False,
                              font={"size": 11, "color": "#8a4b0f"})
    figure.update_layout(
        height=470, hovermode="closest", margin={"l": 58, "r": 108},
        xaxis={"showgrid": False, "fixedrange": True, "tickmode": "linear" if last - first < 14 else "auto", "dtick": 1 if last - first <= 8 else 2,
               "tick0": round(first), "tickformat": "d", "range": [first - 0.4, last + 0.4], "ticks": "outside", "ticklen": 4,
               "linewidth": 1, "showline": True},
        yaxis={"type": "log" if log else "linear", "title": {"text": ""}, "range": value_range, "fixedrange": True,
               "showline": False, "nticks": 6, "tickformat": ",", "automargin": False},
    )
    return figure


def _ends(frame, bounds, log) -> tuple[float, float]:
    """Least and greatest of what is drawn: the figures, and the bounds of the rounded ones where they are drawn.

    A bound below zero of figures that are not, and one that is open, stand nowhere and stretch no axis.
    """
    if frame.empty:
        return 0.0, 1.0
    own = frame[frame["rounded"]] if bounds else frame.iloc[:0]
    low, high = own["lower"], own["upper"]
    low, high = (v[np.isfinite(v)] for v in (low, high))
    if log or frame["value"].min() >= 0:
        low = low[low > 0] if log else low.clip(lower=0)
    drawn = np.concatenate([frame["value"], low, high]).astype(float)
    return float(drawn.min()), float(drawn.max())


def _value_range(bottom, top, log, base_line):
    """Of the value axis: from zero where that does not flatten the lines."""
    import math

    if base_line:
        bottom, top = min(bottom, base_line[0]), max(top, base_line[0])
    if log:
        return [math.log10(bottom) - 0.06, math.log10(top) + 0.06]
    span = (top - bottom) or abs(top) or 1
    low = 0 if bottom >= 0 and bottom < 0.6 * top else bottom - 0.1 * span
    return [low, top + 0.08 * (top - low or 1)]


def _log(value, log):
    import math

    return math.log10(value) if log else value


def _apart(ends, value_range, log, share=0.062):
    """Move labels at the lines' ends apart, so that they do not cover each other."""
    import math

    scale = (lambda v: math.log10(v) if v > 0 else 0) if log else float
    low, high = value_range
    step = share * (high - low)
    room = high - step / 2
    ends = sorted(ends, key=lambda e: e[1])
    heights = []
    for _, value, _, _ in ends:  # up from below, then down again from the upper edge
        heights.append(max(scale(value), heights[-1] + step if heights else low))
    for i in reversed(range(len(heights))):
        heights[i] = min(heights[i], room if i == len(heights) - 1 else heights[i + 1] - step)
    return [(t, y, label, tint) for (t, _, label, tint), y in zip(ends, heights)]
