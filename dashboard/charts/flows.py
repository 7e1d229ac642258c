"""Flows from origins to destinations, as wide as they are large, a frame a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import AREA_COLOURS, CATEGORICAL, furnish

#: Points along each edge of a band.
_STEPS = 24
#: Share of the height that is left between two neighbouring places, and that all bands of the largest year take.
_GAP, _FILLED = 0.07, 0.8
_NODE = 0.012


def flows(frame: pd.DataFrame, *, title: str, subtitle: str, source: str, names: dict[str, str], notes: dict[int, str], shown: int | None = None) -> go.Figure:
    """Origins on the left, destinations on the right, bands between them.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, counterpart_area, year, value (>= 0), label (value with its unit), hover;
        at most one row a pair and year.
    title, subtitle, source : str
        Texts in the picture.
    names : dict
        Code -> name.
    notes : dict
        Year -> sentence below the bands, lines separated by ``<br>``.
    shown : int, optional
        Year drawn at first; the last when omitted.

    Returns
    -------
    plotly.graph_objects.Figure
        One filled trace a pair, one bar a place, then the texts. One unit has the same width in
        all years, so that a band which grows from frame to frame has grown.
    """
    pairs = list(dict.fromkeys(zip(frame["area"], frame["counterpart_area"])))
    places = list(dict.fromkeys([(0, a) for a, _ in pairs] + [(1, c) for _, c in pairs]))
    years = sorted(int(y) for y in frame["year"].unique())
    tints = {}
    for origin, _ in pairs:
        tints.setdefault(origin, AREA_COLOURS.get(origin) or CATEGORICAL[len(tints) % len(CATEGORICAL)])
    largest = max((frame[frame["year"] == y]["value"].sum() for y in years), default=0) or 1
    scale = _FILLED / largest
    # the more places a side has, the further the gaps between them reach beyond the bands of the largest year
    most = max((frame[frame["year"] == y][c].nunique() for y in years for c in ("area", "counterpart_area")), default=1)
    reach = 0.5 * _GAP * (most - 1)

    def traces(year):
        """All traces of a year; a pair or place without a figure has no outline."""
        now = frame[frame["year"] == year].sort_values("value", ascending=False, kind="stable")
        left, right = _stack(now, "area", scale), _stack(now, "counterpart_area", scale)
        bands, bars, words, at, numbers = {}, {}, ([], [], []), [], []
        for row in now.itertuples():
            y0, y1, width = left[1][row.Index], right[1][row.Index], row.value * scale
            x, top = _curve(y0, y1)
            bands[row.area, row.counterpart_area] = {
                "x": [*x, *x[::-1], x[0]], "y": [*top, *(top - width)[::-1], top[0]], "text": row.hover}
            at.append((y0 + y1 - width) / 2), numbers.append(row.label)
        for side, (spans, _) in enumerate((left, right)):
            x0, x1 = (0, _NODE) if side == 0 else (1 - _NODE, 1)
            for code, (top, bottom) in spans.items():
                bars[side, code] = {"x": [x0, x1, x1, x0, x0], "y": [top, top, bottom, bottom, top]}
                words[0].append(x0 + 0.025 if side == 0 else x1 - 0.025), words[1].append((top + bottom) / 2)
                words[2].append(f"<b>{names[code]}</b>")
        texts = {"x": words[0], "y": words[1], "text": words[2], "textposition": ["middle right" if x < 0.5 else "middle left" for x in words[0]]}
        values = {"x": [0.5] * len(at), "y": _spread(at), "text": numbers}
        return [*(bands.get(p, {"x": [], "y": [], "text": ""}) for p in pairs), *(bars.get(p, {"x": [], "y": []}) for p in places), texts, values,
                {"text": [notes.get(year, "")]}, {"text": [str(year)]}]

    shown = shown or (years[-1] if years else None)
    drawn = traces(shown)
    figure = go.Figure()
    for (origin, _), look in zip(pairs, drawn):
        figure.add_scatter(mode="lines", fill="toself", hoveron="fills", hoverinfo="text", fillcolor=_clear(tints[origin]), customdata=[origin],
                           line={"width": 0, "color": tints[origin], "simplify": False}, **look)
    for (side, code), look in zip(places, drawn[len(pairs):]):
        tint = tints[code] if side == 0 else AREA_COLOURS.get(code, "#4f5d66")
        figure.add_scatter(mode="lines", fill="toself", hoverinfo="skip", fillcolor=tint, line={"width": 0, "color": tint, "simplify": False}, **look)
    texts, values, note, year = drawn[-4:]
    figure.add_scatter(mode="text", hoverinfo="skip", cliponaxis=False, textfont={"size": 13.5}, **texts)
    figure.add_scatter(mode="text", hoverinfo="skip", cliponaxis=False, textfont={"size": 13.5}, **values)
    figure.add_scatter(mode="text", hoverinfo="skip", cliponaxis=False, x=[0], y=[-0.05 - reach], textposition="bottom right", textfont={"size": 12}, **note)
    figure.add_scatter(mode="text", hoverinfo="skip", cliponaxis=False, x=[0], y=[1.11 + max(0, reach - 0.1)], textposition="bottom right", textfont={"size": 34}, opacity=0.8, **year)
    furnish(figure, title, subtitle, source, topSpace=10)
    figure.update_layout(height=440, xaxis={"visible": False, "range": [-0.005, 1.005], "fixedrange": True},
                         yaxis={"visible": False, "range": [-0.17 - reach, 1.12 + max(0, reach - 0.1)], "fixedrange": True})
    figure.frames = [go.Frame(name=str(y), traces=list(range(len(drawn))), data=[go.Scatter(**look) for look in traces(y)]) for y in years]
    return figure


def _stack(now, column, scale):
    """Span of each place on one side, and the upper edge of each row's band there, from the top of the picture downwards."""
    totals = now.groupby(column)["value"].sum().sort_values(ascending=False, kind="stable")
    height = totals.sum() * scale + _GAP * (len(totals) - 1)
    spans, edges, y = {}, {}, 0.5 * (_FILLED + height)
    for code, total in totals.items():
        spans[code] = (y, y - total * scale)
        at = y
        for row in now[now[column] == code].itertuples():
            edges[row.Index] = at
            at -= row.value * scale
        y -= total * scale + _GAP
    return spans, edges


def _curve(start: float, end: float):
    """Upper edge of a band: level at both ends, steepest in the middle."""
    x = np.linspace(0, 1, _STEPS)
    return _NODE + x * (1 - 2 * _NODE), start + (end - start) * (3 * x**2 - 2 * x**3)


def _spread(heights: list[float], step: float = 0.06) -> list[float]:
    """Heights of texts, moved apart so that none covers another."""
    order = sorted(range(len(heights)), key=lambda i: -heights[i])
    out = list(heights)
    for before, i in zip(order, order[1:]):
        out[i] = min(out[i], out[before] - step)
    return out


def _clear(colour: str, opacity: float = 0.34) -> str:
    red, green, blue = (int(colour[i:i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
