"""Flows as a matrix: a row an origin, a column a destination, their totals at the edges, a frame a year."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.choropleth import class_of, classify, ink_on
from dashboard.charts.style import NO_DATA, furnish, sequential, wrapped

#: Width and height of a cell, what parts totals from the rest, and room for the names of rows and columns, in cells.
_WIDE, _HIGH, _APART, _NAMES, _HEAD = 0.95, 0.9, 0.12, 1.15, 0.8
_TOTAL = "#e4dfd3"
#: Chinese characters of a name that stand in one line.
_LINE = 6


def matrix(frame: pd.DataFrame, edges: dict, *, origins, destinations, names, words, title, subtitle, source, shown=None) -> go.Figure:
    """A cell a pair, with the figure in it.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, counterpart_area, year, value, label (value with its unit), hover, counted (False for what is not in the totals); one row a pair and year.
    edges : dict
        (side, code, year) -> (label, hover): totals of a place, side ``outflow`` or ``inflow``; code empty for the sum of all.
    origins, destinations : sequence of str
        Codes, in order.
    words : dict
        ``total``, ``gap`` (hover of a pair without a figure), ``corner`` (what rows and columns are).
    names, title, subtitle, source, shown
        As of :func:`dashboard.charts.flows.flows`.

    Returns
    -------
    plotly.graph_objects.Figure
        Filled ground, one bar trace with all cells, one trace of their texts, names, year. The colours mean the same in all years.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    shown = shown or years[-1]
    bins, _ = classify(frame.loc[frame["counted"], "value"], 5)
    palette = sequential(max(len(bins), 2))
    across, down = len(destinations), len(origins)
    column = {code: i for i, code in enumerate(destinations)}
    row = {code: down - 1 - i for i, code in enumerate(origins)}
    sums_right, sums_below = across > 1, down > 1
    right, below = across + _APART, -1 - _APART

    def cells(year):
        """Centre, fill, text and hover of each cell of a year."""
        now = {(r.area, r.counterpart_area): r for r in frame[frame["year"] == year].itertuples()}
        for o in origins:
            for d in destinations:
                found = now.get((o, d))
                if found and not found.counted:
                    yield column[d], row[o], NO_DATA, found.label, found.hover
                elif found:
                    yield column[d], row[o], palette[class_of(found.value, bins)], found.label, found.hover
                elif o != d:
                    yield column[d], row[o], NO_DATA, "–", words["gap"]
            if sums_right:
                yield right, row[o], _TOTAL, *edges.get(("outflow", o, year), ("–", words["gap"]))
        if sums_below:
            for d in destinations:
                yield column[d], below, _TOTAL, *edges.get(("inflow", d, year), ("–", words["gap"]))
        if sums_right and sums_below:
            yield right, below, _TOTAL, *edges.get(("", "", year), ("–", words["gap"]))

    def traces(year):
        drawn = list(cells(year))
        x, y, fills, labels, hovers = (list(v) for v in zip(*drawn))
        return [{"marker": {"color": fills, "line": {"width": 0}}, "hovertext": hovers},
                {"text": labels, "textfont": {"size": 14, "color": [ink_on(f) for f in fills]}}, {"text": [str(year)]}], x, y

    drawn, x, y = traces(shown)
    east, south = (right if sums_right else across - 1) + 0.5, (below if sums_below else 0) - 0.5
    figure = go.Figure()
    # a faint ground; that it is an outline also makes slides take the whole as a picture with its table, not as bars
    figure.add_scatter(x=[-0.5, east, east, -0.5, -0.5], y=[south, south, down - 0.5, down - 0.5, south], mode="lines", fill="toself",
                       fillcolor="rgba(128,128,128,0.07)", line={"width": 0}, hoverinfo="skip")
    figure.add_bar(x=x, base=[v - _HIGH / 2 for v in y], y=[_HIGH] * len(y), width=[_WIDE] * len(x), hoverinfo="text", textposition="none", **drawn[0])
    figure.add_scatter(x=x, y=y, mode="text", hoverinfo="skip", **drawn[1])
    heads = [(column[d], down - 0.42, f"<b>{wrapped(names[d], _LINE)}</b>", "top center") for d in destinations]
    heads += [(-0.58, row[o], f"<b>{wrapped(names[o], _LINE)}</b>", "middle left") for o in origins]
    heads += [(right, down - 0.42, words["total"], "top center")] * sums_right + [(-0.58, below, words["total"], "middle left")] * sums_below
    heads += [(-0.58, down - 0.42, words["corner"], "top left")]
    hx, hy, texts, places = (list(v) for v in zip(*heads))
    figure.add_scatter(x=hx, y=hy, text=texts, textposition=places, mode="text", hoverinfo="skip", cliponaxis=False,
                       textfont={"size": 13 if across < 3 else 11})
    figure.add_scatter(x=[east], y=[south - 0.06], mode="text", textposition="bottom left", hoverinfo="skip", cliponaxis=False, textfont={"size": 30},
                       opacity=0.75, **drawn[2])
    furnish(figure, title, subtitle, source, topSpace=6)
    figure.update_layout(
        height=150 + 66 * (down + sums_below + 1), bargap=0,
        xaxis={"visible": False, "fixedrange": True, "range": [-0.5 - _NAMES * max(1.0, 0.3 * (across + sums_right)), east + 0.05]},
        yaxis={"visible": False, "fixedrange": True, "range": [south - 0.75, down - 0.5 + _HEAD]})
    figure.frames = [go.Frame(name=str(year), traces=[1, 2, 4], data=[
        go.Bar(**now[0]), go.Scatter(**now[1]), go.Scatter(**now[2])]) for year in years for now in [traces(year)[0]]]
    return figure
