"""Flows on a map: arrows from origins to destinations, as wide as they are large, a frame a year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.choropleth import _scale_bar
from dashboard.charts.style import AREA_COLOURS, CATEGORICAL, furnish

#: So many flows of a year are drawn, the largest.
MOST = 12
#: Kilometres: width of the largest flow of all years, the least that can be seen, how far arrows stay from the points.
_WIDEST, _LEAST, _CLEAR = 34.0, 1.2, 9.0
#: How far a band bends, as a share of its length, and points along it.
_BEND, _STEPS = 0.16, 20
#: Kilometres that a letter and a line of text take on a page, how far texts stay from their points, and where they may stand, the best first.
_LETTER, _LINE, _AWAY = 21.0, 25.0, 12.0
_SIDES = (("middle right", 1, 0), ("middle left", -1, 0), ("top center", 0, 1), ("bottom center", 0, -1), ("top right", 1, 1), ("top left", -1, 1),
          ("bottom right", 1, -1), ("bottom left", -1, -1))


def flow_map(frame: pd.DataFrame, *, points, ground, outlines, unions, names, sums, bbox, words, notes, title, subtitle, source, shown=None) -> go.Figure:
    """Bands with a head at the destination over thin outlines.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns area, counterpart_area, year, value (>= 0), label, hover; one row a pair and year.
    points : dict
        Code -> (x, y) in km, where a place's arrows begin and end.
    ground, outlines : sequence of str
        Codes of the prefectures drawn as the ground, and of the provinces whose borders lie over it.
    unions : dict
        Code of a union -> (layer, codes) of its members, which are tinted in the years in which it has a flow.
    sums : dict
        (code, year) -> lines under the name of a place: what goes out of it and comes in.
    bbox : sequence of float
        x0, y0, x1, y1 of the ground in km.
    words : dict
        ``km``.
    notes : dict
        Year -> lines at the lower right, separated by ``<br>``.
    names, title, subtitle, source, shown
        As of :func:`dashboard.charts.flows.flows`.

    Returns
    -------
    plotly.graph_objects.Figure
        Ground and outlines by ``meta.area``, members of unions, then one trace a band, the largest on top, points and texts.
        One unit has the same width in all years.
    """
    years = sorted(int(y) for y in frame["year"].unique())
    shown = shown or years[-1]
    scale = _WIDEST / (float(frame["value"].max()) or 1.0)
    tints: dict[str, str] = {}
    for origin in frame["area"]:
        tints.setdefault(origin, AREA_COLOURS.get(origin) or CATEGORICAL[len(tints) % len(CATEGORICAL)])
    slots = min(MOST, max(frame.groupby("year").size()))
    members = list(dict.fromkeys((layer, code) for layer, codes in unions.values() for code in codes))
    x0, y0, x1, y1 = bbox

    def traces(year):
        now = frame[frame["year"] == year].sort_values("value", ascending=False, kind="stable").head(MOST).iloc[::-1]
        bands = [{"x": [], "y": [], "text": "", "customdata": [""], "fillcolor": "rgba(0,0,0,0)"}] * (slots - len(now))
        for row in now.itertuples():
            x, y = band(points[row.area], points[row.counterpart_area], max(row.value * scale, _LEAST))
            bands.append({"x": x, "y": y, "text": row.hover, "customdata": [row.area], "fillcolor": _clear(tints[row.area], 0.82)})
        here = list(dict.fromkeys([*now["area"], *now["counterpart_area"]]))
        held = {m for c in here if c in unions for m in ((unions[c][0], code) for code in unions[c][1])}
        tinted = [{"opacity": 1.0 if m in held else 0.0} for m in members]
        lines = {c: [names[c], *sums.get((c, year), ())] for c in here}
        places = _apart(lines, points, bands, bbox)
        label = {"x": [p[0] for p in places], "y": [p[1] for p in places], "text": ["<br>".join(lines[c]) for c in here], "textposition": [p[2] for p in places]}
        dots = {"x": [points[c][0] for c in here], "y": [points[c][1] for c in here], "customdata": here}
        return [*tinted, *bands, dots, label, {"text": [str(year)]}, {"text": [notes.get(year, "")]}]

    figure = go.Figure()
    for code in ground:
        figure.add_scatter(mode="lines", fill="toself", hoverinfo="skip", fillcolor="rgba(128,128,128,0.10)", meta={"area": code, "layer": "prefecture", "ground": True},
                           line={"width": 0.8, "color": "#ffffff", "simplify": False}, showlegend=False)
    drawn = traces(shown)
    for (layer, code), look in zip(members, drawn):
        tint = "#2f8f83"
        figure.add_scatter(mode="lines", fill="toself", hoverinfo="skip", fillcolor=_clear(tint, 0.14), line={"width": 1.2, "color": tint, "simplify": False},
                           meta={"area": code, "layer": layer}, showlegend=False, **look)
    for code in outlines:
        figure.add_scatter(mode="lines", hoverinfo="skip", opacity=0.3, line={"width": 1, "color": "#39444d", "simplify": False},
                           meta={"area": code, "layer": "province", "ink": True}, showlegend=False)
    begin = len(figure.data)
    for look in drawn[len(members):len(members) + slots]:
        figure.add_scatter(mode="lines", fill="toself", hoveron="fills", hoverinfo="text", line={"width": 0.6, "color": "#ffffff", "simplify": False},
                           meta={"ground": True}, showlegend=False, **look)
    dots, label, year, note = drawn[-4:]
    figure.add_scatter(mode="markers", hoverinfo="skip", showlegend=False, marker={"size": 9, "color": "#1c2630", "line": {"width": 1.5, "color": "#ffffff"}}, **dots)
    figure.add_scatter(mode="text", hoverinfo="skip", showlegend=False, textfont={"size": 13.5}, cliponaxis=False, **label)
    figure.add_scatter(x=[x0], y=[y1], mode="text", textposition="bottom right", hoverinfo="skip", showlegend=False, textfont={"size": 34}, opacity=0.8, **year)
    figure.add_scatter(x=[x1], y=[y0], mode="text", textposition="top left", hoverinfo="skip", showlegend=False, textfont={"size": 12}, **note)
    moving = [*range(len(ground), len(ground) + len(members)), *range(begin, len(figure.data))]
    _scale_bar(figure, bbox, words)
    furnish(figure, title, subtitle, source, aspect=(x1 - x0) / (y1 - y0), tallest=640)
    pad = 0.01 * (x1 - x0)
    figure.update_layout(xaxis={"visible": False, "fixedrange": True, "constrain": "domain", "range": [x0 - pad, x1 + pad]},
                         yaxis={"visible": False, "fixedrange": True, "scaleanchor": "x", "range": [y0 - pad, y1 + pad]})
    # The browser takes a figure with a box for a map whose frames only change colours; a picture needs
    # the box for its projection. So it stands in the frames, where only pictures read it.
    boxed = {"meta": {**figure.layout.meta, "bbox": list(bbox)}}
    figure.frames = [go.Frame(name=str(y), traces=moving, data=[go.Scatter(**look) for look in traces(y)], layout=boxed) for y in years]
    return figure


def band(start, end, width: float) -> tuple[list[float], list[float]]:
    """Outline of an arrow of constant width that bends to its right.

    Parameters
    ----------
    start, end : (float, float)
        In km. The arrow keeps clear of both points.
    width : float
        In km, across its course.

    Returns
    -------
    (list of float, list of float)
        A closed ring.
    """
    a, b = np.array(start, float), np.array(end, float)
    away = float(np.hypot(*(b - a)))
    if away < 1e-6:  # within one place: a short arrow to the north
        b, away = a + [0, 60.0], 60.0
    along = (b - a) / away
    across = np.array([along[1], -along[0]])
    middle = (a + b) / 2 + across * _BEND * away
    s = np.linspace(0, 1, 200)[:, None]
    line = (1 - s) ** 2 * a + 2 * s * (1 - s) * middle + s**2 * b
    length = np.r_[0, np.cumsum(np.hypot(*np.diff(line, axis=0).T))]
    clear = min(_CLEAR, 0.15 * length[-1])
    head = min(max(0.9 * width, 9.0), 0.45 * (length[-1] - 2 * clear))
    stops = np.linspace(clear, length[-1] - clear - head, _STEPS)
    course = np.column_stack([np.interp(stops, length, line[:, k]) for k in (0, 1)])
    tip = np.array([np.interp(length[-1] - clear, length, line[:, k]) for k in (0, 1)])
    slope = np.gradient(course, axis=0)
    normal = np.column_stack([-slope[:, 1], slope[:, 0]]) / np.hypot(*slope.T)[:, None]
    left, right = course + normal * width / 2, course - normal * width / 2
    wing = normal[-1] * (width / 2 + max(0.35 * width, 3.5))
    ring = np.vstack([left, course[-1] + wing, tip, course[-1] - wing, right[::-1], left[:1]])
    return ring[:, 0].round(2).tolist(), ring[:, 1].round(2).tolist()


def _apart(lines: dict, points: dict, bands: list[dict], bbox) -> list[tuple[float, float, str]]:
    """Where the texts of places stand: on that side of the point on which they cover least of the arrows, points and other texts."""
    inked = np.array([(x, y) for one in bands for x, y in zip(one["x"], one["y"])] + [points[c] for c in lines])
    taken: list[tuple[float, float, float, float]] = []
    out = []
    for code, own in lines.items():
        (x, y), wide, high = points[code], max(map(_width, own)) * _LETTER, len(own) * _LINE
        tried = []
        for rank, (position, dx, dy) in enumerate(_SIDES):
            cx, cy = x + dx * _AWAY, y + dy * _AWAY
            box = (cx + (dx - 1) * wide / 2, cy + (dy - 1) * high / 2, cx + (dx + 1) * wide / 2, cy + (dy + 1) * high / 2)
            hits = ((inked[:, 0] > box[0]) & (inked[:, 0] < box[2]) & (inked[:, 1] > box[1]) & (inked[:, 1] < box[3])).sum() if len(inked) else 0
            covers = sum(max(0, min(box[2], o[2]) - max(box[0], o[0])) * max(0, min(box[3], o[3]) - max(box[1], o[1])) for o in taken)
            outside = max(0, bbox[0] - box[0]) + max(0, box[2] - bbox[2])
            tried.append((hits * 60 + 3 * covers + 40 * outside + 20 * rank, (cx, cy, position), box))
        _, place, box = min(tried)
        taken.append(box)
        out.append(place)
    return out


def _width(text: str) -> float:
    """Width of a text in widths of a Chinese character."""
    return sum(1.0 if ord(c) > 0x2E80 else 0.55 for c in text)


def _clear(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[i:i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
