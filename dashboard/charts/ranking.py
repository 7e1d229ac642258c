"""Areas in the order of their values, a frame a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import ACCENT, AREA_COLOURS, furnish

#: Where the middle of a bar lies in its row, and half of the height of a whisker's cap.
_MIDDLE, _CAP = 0.33, 0.09


def ranking(frame: pd.DataFrame, *, title, subtitle, source, names, value_text, rows: int | None = None,
            bounds: bool = False) -> go.Figure:
    """Horizontal bars, the largest on top, labelled with name and value.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, value, lower, upper, hover, and ``short``, a text at the bar's end, where
        the value alone does not make it; gaps are rows that are not there.
    title, subtitle, source : str
        Texts in the picture.
    names : dict
        Code -> name.
    value_text : callable
        Value -> text at the bar's end.
    rows : int, optional
        How many bars there is room for; the most that any year has when omitted.
    bounds : bool
        Draw lower and upper of each bar as a whisker.

    Returns
    -------
    plotly.graph_objects.Figure
        A single bar trace with its names, and one of whiskers; frames carry those of their year.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    rows = rows or max((frame["year"] == y).sum() for y in years)
    largest = float(np.nanmax(np.abs(frame["value"]))) if len(frame) else 1.0
    lowest = min(0.0, float(np.nanmin(frame["value"]))) if len(frame) else 0.0
    if bounds and len(frame):
        ends = frame[["lower", "upper", "value"]].replace([np.inf, -np.inf], np.nan)
        lowest, largest = min(0.0, float(ends.min().min())), max(0.0, float(ends.max().max())) or 1.0

    def bars(year):
        now = frame[frame["year"] == year].sort_values("value", ascending=False).head(rows)
        return {
            "x": now["value"].tolist(), "y": list(range(len(now))),
            "text": [f"{names[a]}  <b>{s}</b>" for a, s in zip(now["area"], now["short"] if "short" in now else now["value"].map(value_text))],
            "hovertext": now["hover"].tolist(), "customdata": now["area"].tolist(),
            "marker": {"color": [AREA_COLOURS.get(a, ACCENT) for a in now["area"]]},
        }

    def whiskers(year):
        """One stroke with a cap at each end a bar: seven points, the last of them the gap to the next."""
        now = frame[frame["year"] == year].sort_values("value", ascending=False).head(rows)
        x, y = [], []
        for at, row in enumerate(now.itertuples()):
            if bounds and np.isfinite(row.lower) and np.isfinite(row.upper) and row.upper > row.lower:
                x += [row.lower] * 3 + [row.upper] * 3 + [None]
                y += [at + _MIDDLE + v for v in (-_CAP, _CAP, 0, 0, _CAP, -_CAP)] + [None]
        return {"x": x, "y": y}

    shown = bars(years[-1]) if years else {}
    figure = go.Figure(go.Bar(orientation="h", width=0.26, offset=0.2, textposition="none", hoverinfo="text", cliponaxis=False, **shown))
    # names and values stand over their bars, so that no axis has to fit the longest name
    figure.add_scatter(mode="text", x=[lowest] * len(shown.get("y", [])), y=[y - 0.1 for y in shown.get("y", [])], text=shown.get("text", []),
                       textposition="middle right", textfont={"size": 12.5}, hoverinfo="skip", cliponaxis=False)
    if bounds:
        figure.add_scatter(mode="lines", hoverinfo="skip", cliponaxis=False, meta={"bounds": True, "ink": True}, line={"width": 1.3, "color": "#1c2630"},
                           **(whiskers(years[-1]) if years else {}))
        figure.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", layer="below", line={"color": "#8a8f94", "width": 1})
    furnish(figure, title, subtitle, source, rows=rows, rowHeight=38)
    figure.update_layout(
        xaxis={"visible": False, "range": [lowest * 1.05, largest * 1.02], "fixedrange": True},
        yaxis={"visible": False, "range": [rows - 0.35, -0.6], "fixedrange": True},
        barmode="overlay", bargap=0.3,
    )
    figure.frames = [
        go.Frame(name=str(y), traces=[0, 1, 2] if bounds else [0, 1], data=[
            go.Bar(**{k: v for k, v in now.items() if k != "text"}),
            go.Scatter(x=[lowest] * len(now["y"]), y=[y - 0.1 for y in now["y"]], text=now["text"]),
            *([go.Scatter(**whiskers(y))] if bounds else [])])
        for y in years for now in [bars(y)]
    ]
    return figure
