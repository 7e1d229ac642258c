"""Parts of a whole over years: one bar a year, the parts on top of each other."""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.choropleth import ink_on
from dashboard.charts.style import furnish


def stack(frame: pd.DataFrame, *, title, subtitle, source, labels, colours, value_text, top: float | None = None) -> go.Figure:
    """One bar a year, made of its parts as they are: nothing is scaled to a sum.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns key (of the part), year, value, hover. Every year has all parts; a year that
        is left out stands nowhere, so that the axis has only the years that are drawn.
    title, subtitle, source : str
        Texts in the picture.
    labels : dict
        key -> name of the part, from the lowest of the bar to the highest.
    colours : dict
        key -> colour.
    value_text : callable
        Value -> text in its part of the bar.
    top : float, optional
        End of the value axis, such as 100 of shares; above the highest bar when omitted.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar trace a part, at places 0, 1, ... that the axis names by their years.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    high = float(frame.groupby("year")["value"].sum().max())
    top = top if top and high < top + 0.05 else high * 1.04
    texts = {key: [value_text(v) if v >= 0.045 * top else "" for v in frame.loc[frame["key"] == key].sort_values("year")["value"]] for key in labels}
    if max(len(text) for own in texts.values() for text in own) * len(years) > 80:  # narrow bars have no room for long numbers
        texts = {key: [""] * len(years) for key in labels}
    figure = go.Figure()
    base = 0.0
    called = {key: _folded(label) for key, label in labels.items()}
    room = 16 + max(_width(line) for text in called.values() for line in text.split("<br>"))
    for key, label in labels.items():
        own = frame[frame["key"] == key].sort_values("year")
        values = own["value"].tolist()
        figure.add_bar(
            x=list(range(len(years))), y=values, name=label, meta={"key": key}, marker={"color": colours[key]}, width=0.62,
            text=texts[key], textposition="inside", insidetextanchor="middle", textangle=0, constraintext="inside",
            textfont={"size": 12, "color": ink_on(colours[key])}, hovertext=own["hover"].tolist(), hoverinfo="text",
            customdata=own["area"].tolist(), cliponaxis=False)
        low = not base and values[-1] < 0.12 * top  # in the middle of so flat a part, a name of two lines would run over the axis
        figure.add_annotation(x=len(years) - 0.62, y=0 if low else base + values[-1] / 2, xanchor="left", yanchor="bottom" if low else "middle",
                              text=called[key], align="left", showarrow=False, font={"size": 12.5, "color": colours[key]}, name="label")
        base += values[-1]
    few = list(range(len(years)))[::-1][::math.ceil(len(years) / 6)][::-1]  # years that a phone has room for, the last among them
    furnish(figure, title, subtitle, source, axisSpace=30, narrow={
        "margin": {"r": round(0.82 * room), "l": 52}, "xaxis": {"tickvals": few, "ticktext": [str(years[i]) for i in few]}})
    figure.update_layout(
        barmode="stack", height=440, margin={"l": 58, "r": round(room)},
        uniformtext={"mode": "hide", "minsize": 10},  # numbers that would have to be smaller are left to the table
        xaxis={"tickvals": list(range(len(years))), "ticktext": [str(y) for y in years], "range": [-0.5, len(years) - 0.5], "fixedrange": True,
               "showgrid": False, "showline": True, "linewidth": 1},
        yaxis={"range": [0, top], "fixedrange": True, "nticks": 6, "tickformat": ",", "automargin": False})
    return figure


def _folded(label: str, most: int = 18) -> str:
    """A name in lines of about so many characters, broken at spaces; a margin has no room for a long one."""
    lines = [""]
    for word in label.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > most:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return "<br>".join(lines)


def _width(line: str) -> float:
    """About how many pixels a line of a label takes."""
    return sum(12.5 if ord(c) > 0x2e80 else 7.2 for c in line)
