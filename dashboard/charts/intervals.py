"""Scores with their intervals: a dot on a bar an area, a frame a year."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import ACCENT, AREA_COLOURS, furnish


def intervals(frame: pd.DataFrame, *, title, subtitle, source, labels, top: float = 100.0, shown=None) -> go.Figure:
    """A bar from the lower to the upper bound and a dot at the value, the highest value on top.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, value, lower, upper, label (what stands behind the name), hover.
    title, subtitle, source : str
        Texts in the picture.
    labels : dict
        Area -> name.
    top : float
        End of the value axis.
    shown : int, optional
        Year drawn at first; the last when omitted.

    Returns
    -------
    plotly.graph_objects.Figure
        Bars as one polygon trace, then dots, then names over them.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    shown = shown or years[-1]
    rows = max(int((frame["year"] == y).sum()) for y in years)

    def traces(year):
        now = frame[frame["year"] == year].sort_values("value", ascending=False, kind="stable")
        x, y = [], []
        for i, r in enumerate(now.itertuples()):
            x += [r.lower, r.upper, r.upper, r.lower, r.lower, None]
            y += [i + 0.2, i + 0.2, i + 0.4, i + 0.4, i + 0.2, None]
        places = list(range(len(now)))
        return (
            {"x": x, "y": y},
            {"x": now["value"].tolist(), "y": [i + 0.3 for i in places], "hovertext": now["hover"].tolist(), "customdata": now["area"].tolist(),
             "marker": {"size": 10, "color": [AREA_COLOURS.get(a, ACCENT) for a in now["area"]], "line": {"width": 0}}},
            {"x": [0.0] * len(now), "y": [i - 0.18 for i in places], "text": [f"{labels[r.area]}  <b>{r.label}</b>" for r in now.itertuples()]})

    bars, dots, names = traces(shown)
    figure = go.Figure()
    figure.add_scatter(mode="lines", fill="toself", fillcolor="#9fc4c8", line={"width": 0, "color": "#9fc4c8"}, hoverinfo="skip", **bars)
    figure.add_scatter(mode="markers", hoverinfo="text", cliponaxis=False, **dots)
    figure.add_scatter(mode="text", textposition="middle right", textfont={"size": 12.5}, hoverinfo="skip", cliponaxis=False, **names)
    furnish(figure, title, subtitle, source, rows=rows + 0.6, rowHeight=44, axisSpace=22)
    figure.update_layout(
        xaxis={"range": [0, top * 1.02], "tickvals": [0, top / 4, top / 2, top * 3 / 4, top], "fixedrange": True, "showgrid": True, "zeroline": False,
               "tickformat": ",.0f"},
        yaxis={"visible": False, "range": [rows - 0.3, -0.6], "fixedrange": True})
    figure.frames = [go.Frame(name=str(y), traces=[0, 1, 2], data=[go.Scatter(**part) for part in traces(y)]) for y in years]
    return figure
