"""Small pictures of the overview, as SVG: a line, a map. Drawn by the server, no script."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

import numpy as np
import pandas as pd

from dashboard.charts.style import ACCENT, NO_DATA


def sparkline(frame: pd.DataFrame, alt: str, colour: str = ACCENT, width: int = 220, height: int = 56) -> str:
    """A small line of (t, value), broken between bases, its ends marked.

    Returns
    -------
    str
        An ``<img>``; empty where there are fewer than two points.
    """
    frame = frame.sort_values("t")
    if len(frame) < 2:
        return ""
    t, v = frame["t"].to_numpy(float), frame["value"].to_numpy(float)
    x = 6 + (t - t.min()) / (t.max() - t.min() or 1) * (width - 12)
    span = v.max() - v.min() or 1
    y = height - 7 - (v - v.min()) / span * (height - 14)
    parts, before = [], None
    for xi, yi, basis in zip(x, y, frame["basis"]):
        parts.append(f"{'L' if basis == before else 'M'}{xi:.1f} {yi:.1f}")
        before = basis
    dots = "".join(f'<circle cx="{x[i]:.1f}" cy="{y[i]:.1f}" r="{r}" fill="{colour}"/>' for i, r in [(0, 2.2), (-1, 3.6)])
    return _image("spark", width, height, f'<path d="{"".join(parts)}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}', alt)


def mini_map(values: dict[str, float], shapes: dict, bins: list[float], palette: list[str], alt: str, size: int = 120) -> str:
    """A small map of prefectures; areas without a value are hatched.

    Parameters
    ----------
    values : dict
        Code -> value.
    shapes : dict
        Web geometry of a level (see geodata).
    bins, palette
        Classes and their colours.
    """
    from dashboard.charts.choropleth import class_of

    x0, y0, x1, y1 = shapes["bbox"]
    scale = size / max(x1 - x0, y1 - y0)
    paths = []
    for code, shape in shapes["areas"].items():
        fill = palette[class_of(values[code], bins)] if code in values and np.isfinite(values[code]) else "url(#gap)"
        paths.append(f'<path d="{_path(shape, x0, y1, scale)}" fill="{fill}"/>')
    width, height = round((x1 - x0) * scale), round((y1 - y0) * scale)
    return _image("minimap", width, height, (
            '<defs><pattern id="gap" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            f'<rect width="5" height="5" fill="{NO_DATA}"/><path d="M0 0V5" stroke="#b9b5aa" stroke-width="1.4"/></pattern></defs>'
            f'<g stroke="#fbfaf7" stroke-width=".6" fill-rule="evenodd">{"".join(paths)}</g>'), alt)


def _image(kind: str, width: int, height: int, drawing: str, alt: str) -> str:
    """An image element with the drawing inside its address: pages let no bare SVG through."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{drawing}</svg>'
    return f'<img class="{kind}" width="{width}" height="{height}" alt="{escape(alt)}" src="data:image/svg+xml,{quote(svg)}">'


def _path(shape, x0, y1, scale) -> str:
    out, start, last = [], True, None
    for x, y in zip(shape["x"], shape["y"]):
        if x is None:
            out.append("Z")
            start = True
            continue
        point = (round((x - x0) * scale), round((y1 - y) * scale))
        if point == last and not start:
            continue  # at this size most vertices fall together
        out.append(f"{'M' if start else 'L'}{point[0]} {point[1]}")
        start, last = False, point
    return "".join(out) + "Z"
