"""Areas in the order of their values, a frame a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import ACCENT, AREA_COLOURS, furnish


def ranking(frame: pd.DataFrame, *, title, subtitle, source, names, value_text, rows: int | None = None) -> go.Figure:
    """Horizontal bars, the largest on top, labelled with name and value.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, value, lower, upper, hover; gaps are rows that are not there.
    title, subtitle, source : str
        Texts in the picture.
    names : dict
        Code -> name.
    value_text : callable
        Value -> text at the bar's end.
    rows : int, optional
        How many bars there is room for; the most that any year has when omitted.

    Returns
    -------
    plotly.graph_objects.Figure
        A single bar trace; frames carry the bars of their year.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    rows = rows or max((frame["year"] == y).sum() for y in years)
    largest = float(np.nanmax(np.abs(frame["value"]))) if len(frame) else 1.0
    lowest = min(0.0, float(np.nanmin(frame["value"]))) if len(frame) else 0.0

    def bars(year):
        now = frame[frame["year"] == year].sort_values("value", ascending=False).head(rows)
        return {
            "x": now["value"].tolist(), "y": list(range(len(now))),
            "text": [f"{names[a]}  <b>{value_text(v)}</b>" for a, v in zip(now["area"], now["value"])],
            "hovertext": now["hover"].tolist(), "customdata": now["area"].tolist(),
            "marker": {"color": [AREA_COLOURS.get(a, ACCENT) for a in now["area"]]},
        }

    shown = bars(years[-1]) if years else {}
    figure = go.Figure(go.Bar(orientation="h", width=0.26, offset=0.2, textposition="none", hoverinfo="text", cliponaxis=False, **shown))
    # names and values stand over their bars, so that no axis has to fit the longest name
    figure.add_scatter(mode="text", x=[lowest] * len(shown.get("y", [])), y=[y - 0.1 for y in shown.get("y", [])], text=shown.get("text", []),
                       textposition="middle right", textfont={"size": 12.5}, hoverinfo="skip", cliponaxis=False)
    furnish(figure, title, subtitle, source, rows=rows, rowHeight=38)
    figure.update_layout(
        xaxis={"visible": False, "range": [lowest * 1.05, largest * 1.02], "fixedrange": True},
        yaxis={"visible": False, "range": [rows - 0.35, -0.6], "fixedrange": True},
        barmode="overlay", bargap=0.3,
    )
    figure.frames = [
        go.Frame(name=str(y), traces=[0, 1], data=[
            go.Bar(**{k: v for k, v in now.items() if k != "text"}),
            go.Scatter(x=[lowest] * len(now["y"]), y=[y - 0.1 for y in now["y"]], text=now["text"])])
        for y in years for now in [bars(y)]
    ]
    return figure
