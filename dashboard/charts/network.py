"""Lines between places over the outlines of areas, a frame a year.

A frame of a map changes fills and colours only, so that its years play without drawing
anew. A line that opens is therefore a narrow strip over a dashed line, filled from the year of
its opening on and clear before.
"""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.charts.choropleth import _scale_bar
from dashboard.charts.style import furnish

CLEAR = "rgba(0,0,0,0)"
#: Not yet open: the dashes below a strip, and a station.
AHEAD = "#a3a8ab"
#: Ground of areas without and with a line, a station in use.
GROUND = ("#f3f1ec", "#dfeae6")
DOT = "#1c2630"
#: Solid where the place of a station is known, open where only its county is.
GLYPHS = {True: "●", False: "○"}
#: Type of lines of which those without dates in the years shown are ground.
OTHER = "other"


def network(lines, stations, layer, *, level, bbox, years, title, subtitle, source, words, styles, shown=None) -> go.Figure:
    """Lines that open year by year.

    Parameters
    ----------
    lines : list of dict
        key, pieces (lists of points in km), type (key of `styles`), year (None where not open),
        hover (text), thin (part of the ground: one line without hover, drawn open in all years).
    stations : list of dict
        key, at (x, y), year (None where not open), hover, exact.
    layer : list of dict
        Areas: code, name, year from which it is reached (None for never), hover (function of a year).
    level : str
        Layer of their outlines.
    bbox : sequence of float
        x0, y0, x1, y1 in km.
    years : sequence of int
    title, subtitle, source : str
        Texts in the picture.
    words : dict
        ``km``, ``legend``, ``ahead``, ``credit`` (stands in the picture itself).
    styles : dict
        Type -> (name in the legend, colour, width in km).
    shown : int, optional
        Year drawn at first; the last when omitted.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces of areas, of the ground, of dashes, of strips (``meta.key`` the line), of names, of stations, of legend and year.
    """
    shown = shown or years[-1]
    figure = go.Figure()
    changing: list[int] = []
    looks = []  # one function of a year for each trace that changes

    def add(look, **trace):
        changing.append(len(figure.data))
        looks.append(look)
        figure.add_scatter(**trace, **look(shown))

    for place in layer:
        add(lambda year, own=place: {"fillcolor": GROUND[own["year"] is not None and own["year"] <= year], "text": own["hover"](year)},
            mode="lines", fill="toself", hoveron="fills", hoverinfo="text", name=place["name"], showlegend=False,
            line={"width": 1, "color": "#ffffff", "simplify": False}, meta={"area": place["code"], "layer": level, "ground": True})
    thin = [own for own in lines if own["thin"]]
    x, y = _joined([piece for own in thin for piece in own["pieces"]])
    figure.add_scatter(x=x, y=y, mode="lines", line={"width": 1, "color": styles[OTHER][1], "simplify": False}, hoverinfo="skip", showlegend=False)
    moving = [own for own in lines if not own["thin"]]
    for own in moving:
        x, y = _joined(own["pieces"])
        figure.add_scatter(x=x, y=y, mode="lines", line={"width": 1.5, "color": AHEAD, "dash": "dash", "simplify": False}, hoverinfo="skip", showlegend=False)
    for own in moving:
        _, tint, width = styles[own["type"]]
        x, y = _strip(own["pieces"], width)
        add(lambda year, own=own, tint=tint: {"fillcolor": tint if own["year"] is not None and own["year"] <= year else CLEAR},
            text=own["hover"], x=x, y=y, mode="lines", fill="toself", hoveron="fills", hoverinfo="text", name=own["key"], showlegend=False,
            line={"width": 0, "color": tint, "simplify": False}, customdata=[own["key"]], meta={"key": own["key"]})
    figure.add_scatter(mode="text", x=[own["label"][0] for own in layer], y=[own["label"][1] for own in layer], text=[own["name"] for own in layer],
                       textfont={"size": 12, "color": "#6b7378"}, hoverinfo="skip", showlegend=False)

    def dots(year):
        return {"textfont": {"size": 6, "color": [DOT if own["year"] is not None and own["year"] <= year else AHEAD for own in stations]}}

    add(dots, mode="text", x=[own["at"][0] for own in stations], y=[own["at"][1] for own in stations], text=[GLYPHS[own["exact"]] for own in stations],
        hovertext=[own["hover"] for own in stations], hoverinfo="text", customdata=[own["key"] for own in stations], meta={"key": "stations"}, showlegend=False)
    for kind, (name, tint, _) in styles.items():
        if any(own["type"] == kind for own in lines):
            figure.add_scatter(x=[None], y=[None], mode="lines", line={"color": tint, "width": 1.5 if kind == OTHER else 3}, name=name, showlegend=True, hoverinfo="skip")
    figure.add_scatter(x=[None], y=[None], mode="lines", line={"color": AHEAD, "width": 1.5, "dash": "dash"}, name=words["ahead"], showlegend=True, hoverinfo="skip")
    add(lambda year: {"text": [str(year)]}, x=[bbox[0]], y=[bbox[3]], mode="text", textposition="bottom right", hoverinfo="skip", textfont={"size": 34},
        opacity=0.8, showlegend=False)
    figure.add_scatter(x=[bbox[2]], y=[bbox[3]], mode="text", text=[words["credit"]], textposition="bottom left", hoverinfo="skip", textfont={"size": 9}, opacity=0.8,
                       showlegend=False)
    _scale_bar(figure, bbox, words)
    furnish(figure, title, subtitle, source, aspect=(bbox[2] - bbox[0]) / (bbox[3] - bbox[1]), tallest=640, bbox=list(bbox))
    figure.update_layout(
        showlegend=True, hoverdistance=7, xaxis={"visible": False, "fixedrange": True, "constrain": "domain"}, yaxis={"visible": False, "fixedrange": True, "scaleanchor": "x"},
        legend={"x": 1, "xanchor": "right", "y": 0.02, "yanchor": "bottom", "bgcolor": CLEAR, "title": {"text": words["legend"]}, "itemclick": False,
                "itemdoubleclick": False, "font": {"size": 12}})
    figure.frames = [go.Frame(name=str(year), traces=changing, data=[go.Scatter(**look(year)) for look in looks]) for year in years]
    return figure


def _joined(pieces) -> tuple[list, list]:
    """Points of all pieces, apart by None."""
    x: list = []
    y: list = []
    for piece in pieces:
        if x:
            x.append(None), y.append(None)
        x += [round(p[0], 1) for p in piece]
        y += [round(p[1], 1) for p in piece]
    return x, y


def _strip(pieces, width: float) -> tuple[list, list]:
    """Outlines of the strip of a width around lines."""
    import shapely

    around = shapely.buffer(shapely.MultiLineString(pieces), width / 2, quad_segs=2, join_style="mitre", mitre_limit=2)
    rings = [ring for part in shapely.get_parts(shapely.orient_polygons(around)) for ring in (part.exterior, *part.interiors)]
    return _joined([list(ring.coords) for ring in rings])
