"""Places in a ranking over the years: a line an area, the first on top."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import furnish


def bump(frame: pd.DataFrame, *, title, subtitle, source, names, colours) -> go.Figure:
    """A line an area through its places, with a band where the printing leaves them open.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, year, rank, best, worst, basis, obs_status, hover; the same areas in every year.
    title, subtitle, source : str
        Texts in the picture.
    names, colours : dict
        Area -> name, colour.

    Returns
    -------
    plotly.graph_objects.Figure
        A line stops where a year is missing, the basis changes or a break is marked.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    n = frame["area"].nunique()
    figure = go.Figure()
    for area in names:
        own = frame[frame["area"] == area].sort_values("year")
        runs: list[list] = []
        for row in own.itertuples():
            before = runs[-1][-1] if runs else None
            if before is None or row.year != before.year + 1 or row.basis != before.basis or row.obs_status == "B":
                runs.append([])
            runs[-1].append(row)
        band_x, band_y, xs, ys, hovers = [], [], [], [], []
        for run in runs:
            across = [x + d for row in run for x, d in ((row.year, -0.12), (row.year, 0.12))]
            over = [row.best - 0.22 for row in run for _ in "12"]
            under = [row.worst + 0.22 for row in run for _ in "12"]
            gap = [None] if xs else []
            band_x += [*gap, *across, *across[::-1], across[0]]
            band_y += [*gap, *over, *under[::-1], over[0]]
            xs += [*gap, *(row.year for row in run)]
            ys += [*gap, *(row.rank for row in run)]
            hovers += [*([""] if gap else []), *(row.hover for row in run)]
        figure.add_scatter(x=band_x, y=band_y, mode="lines", fill="toself", hoverinfo="skip", fillcolor=colours[area], opacity=0.13,
                           line={"width": 0, "color": colours[area]}, showlegend=False)
        figure.add_scatter(x=xs, y=ys, mode="lines+markers", name=names[area], hovertext=hovers, hoverinfo="text", customdata=[area] * len(xs),
                           connectgaps=False, meta={"key": area}, line={"color": colours[area], "width": 2.6},
                           marker={"size": 9, "color": colours[area], "line": {"width": 0}})
    for year, anchor, shift in ((years[0], "right", -12), (years[-1], "left", 12)):
        now = frame[frame["year"] == year].sort_values("value", ascending=False, kind="stable")
        for rank, tied in now.groupby("rank"):
            for i, row in enumerate(tied.itertuples()):  # equal figures share a place; their names stand below each other
                figure.add_annotation(x=year, y=rank + 0.42 * i, xanchor=anchor, yanchor="middle", xshift=shift, showarrow=False,
                                      text=f"<b>{row.rank}</b>  {names[row.area]}" if anchor == "left" else f"{names[row.area]}  <b>{row.rank}</b>",
                                      font={"size": 12, "color": colours[row.area]})
    furnish(figure, title, subtitle, source, axisSpace=30, topSpace=10, narrow={"margin": {"l": 92, "r": 92}})
    span = years[-1] - years[0] or 1
    step = max(1, round(span / 8))
    figure.update_layout(
        height=max(360, 34 * n + 90), margin={"l": 130, "r": 130},
        xaxis={"range": [years[0] - 0.3, years[-1] + 0.3], "tickvals": [y for y in years if (years[-1] - y) % step == 0],
               "ticktext": [str(y) for y in years if (years[-1] - y) % step == 0], "fixedrange": True, "showgrid": True, "zeroline": False},
        yaxis={"range": [n + 0.6, 0.4], "visible": False, "fixedrange": True})
    return figure
