"""Parts of a way that are done: a bar a row, its words over it, the end of the way as a mark."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import furnish


def progress(frame: pd.DataFrame, *, title, subtitle, source, end: float | None = 100.0) -> go.Figure:
    """Lying bars from zero, in the order of the rows.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns name (of the row, one line), value (length of the bar), lines (tuple of str, what stands
        over the bar; ``<b>`` only at the end of a line), hover, area (empty where the row is none), colour.
    title, subtitle, source : str
        Texts in the picture.
    end : float, optional
        Where the line of the whole way stands; none when omitted.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    rows, count = len(frame), max(map(len, frame["lines"]))
    most = max(float(frame["value"].max()), end or 0.0, 1e-9)
    height = 30 + 16 * count  # of a row, in pixels: lines of 16, a bar of 12, air
    start = -(16 * count + 16) / 2
    figure = go.Figure(go.Bar(
        orientation="h", x=frame["value"].tolist(), y=list(range(rows)), width=12 / height, offset=(start + 16 * count + 4) / height, textposition="none",
        hoverinfo="text", cliponaxis=False, hovertext=frame["hover"].tolist(), customdata=frame["area"].tolist(),
        marker={"color": frame["colour"].tolist()}))
    for k in range(count):
        figure.add_scatter(mode="text", x=[0.0] * rows, y=[i + (start + 8 + 16 * k) / height for i in range(rows)], textposition="middle right",
                           text=[own[k] if k < len(own) else "" for own in frame["lines"]], textfont={"size": 12.5 if k == 0 else 11.5},
                           hoverinfo="skip", cliponaxis=False)
    if end is not None:
        for i in range(rows):
            figure.add_shape(type="line", x0=end, x1=end, y0=i + (start + 16 * count) / height, y1=i + (start + 16 * count + 20) / height,
                             line={"color": "#8a4b0f", "width": 2})
    furnish(figure, title, subtitle, source, rows=rows * height / 27, rowHeight=27)
    figure.update_layout(
        xaxis={"visible": False, "range": [0, most * 1.06], "fixedrange": True},
        yaxis={"visible": False, "range": [rows - 0.45, -0.55], "fixedrange": True, "tickvals": list(range(rows)), "ticktext": frame["name"].tolist()},
        barmode="overlay", bargap=0.3)
    return figure
