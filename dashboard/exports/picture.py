"""PNG, SVG and PDF of a view, drawn without a browser.

The renderer was chosen by measurement, the same map at 1920 x 1080 on one core of a small
server, the second picture of a process:

============================  ======  ======  ======  ======================================
renderer                      PNG     SVG     PDF     memory it adds
============================  ======  ======  ======  ======================================
matplotlib (this module)      0.23 s  0.10 s  0.42 s  40 MB, no part of the system
kaleido, Chromium kept open   0.35 s  0.36 s  0.56 s  500 MB, a Chromium, 3 s for the first
============================  ======  ======  ======  ======================================

Both draw the same traces with the same colours, type and places; differences are those of
hatching and of the legend, which here stands beside a map that has no room for it. Kaleido
gives Plotly's own lettering, whose titles do not wrap, and an SVG that asks the reader's
machine for the Chinese font; here glyphs are outlines. Kept: matplotlib.
"""

from __future__ import annotations

import io
import math

from matplotlib.figure import Figure

from dashboard.exports import SIZES, STANDARD, Options
from dashboard.exports.about import about
from dashboard.exports.drawing import THEMES, Look, at_frame, draw, font, missing, plain, wrap
from dashboard.i18n import t
from dashboard.parameters import Refusal
from dashboard.views import View

_SCALE = {"small": 0.85, "normal": 1.0, "large": 1.25}
_MM = 72 / 25.4
#: Sizes whose height is not the text's matter: a slide stays one slide.
_FIXED = ("slide", "square")
_EDGE, _GAP, _SMALL = 14, 26, 9.5


def picture(view: View, kind: str = "png", options: Options = STANDARD, *, measures: tuple[float, float] | None = None,
            parts: tuple[int, ...] | None = None, source: bool = True) -> bytes:
    """A view as a picture.

    Parameters
    ----------
    view : dashboard.views.View
    kind : {"png", "svg", "pdf"}
        Glyphs are outlined in SVG and embedded in PDF.
    options : Options
    measures : (float, float), optional
        Width and height in millimetres instead of those of the size.
    parts : tuple of int, optional
        Only these figures of the view.
    source : bool
        Source line below the picture.

    Returns
    -------
    bytes

    Raises
    ------
    Refusal
        404 where the view has no figure, 503 where the fonts are missing.
    """
    shown = [view.figures[i] for i in parts] if parts is not None else list(view.figures)
    if not shown:
        raise Refusal(404, "nothing_to_draw")
    if missing():
        raise Refusal(503, "no_fonts")
    size = SIZES[options.size]
    px = size.type * _SCALE[options.font] / 12.5 * (0.82 if len(shown) > 2 else 1)
    look = Look(px, **THEMES[options.theme])
    width, height = (v * _MM / px for v in measures or (size.width, size.height))  # in pixels from here on
    inner = width - 2 * _EDGE
    columns, rows = _grid(shown, inner, height)
    said = about(view, drawn=True)
    head = _head(view, shown, said, inner) if options.title else []
    foot = _foot(view, shown, said, inner) if source else []
    if measures is None and options.size not in _FIXED:
        height = height * rows + max(0, len(foot) - 2) * _SMALL * 1.32
    figure = Figure(figsize=(width * px / 72, height * px / 72), facecolor=look.ground)
    top = height - _EDGE * 0.7
    for text, letters, bold, faint in head:
        top -= letters * 1.28
        _line(figure, text, _EDGE, top, letters, bold, faint, look, width, height)
    bottom = _EDGE * 0.6 + len(foot) * _SMALL * 1.32
    for i, text in enumerate(foot, 1):
        _line(figure, text, _EDGE, bottom - i * _SMALL * 1.32, _SMALL, False, True, look, width, height)
    _panels(figure, view, shown, columns, rows, (_EDGE, bottom + (6 if foot else 0), inner, top - 8 - bottom - (6 if foot else 0)), look, width, height)
    return _saved(figure, kind, options.dpi or size.dpi, said)


def _grid(shown, inner: float, height: float) -> tuple[int, int]:
    """Columns and rows of the figures: a map and its ranking stand side by side wherever both have room."""
    columns = min(len(shown), max(1, math.floor(inner / (250 if any(p.layers for p in shown) else 300))))
    if len(shown) == 4:
        columns = min(columns, 2)
    return columns, math.ceil(len(shown) / columns)


def _head(view: View, shown, said, inner: float) -> list[tuple[str, float, bool, bool]]:
    """Lines of title and subtitle: text, size, bold, faint."""
    layout = shown[0].figure.layout
    large = 19 if inner > 420 else 15
    if len(shown) > 1 and view.kind == "trends":
        return []  # each figure has a title of its own
    title = said.title + (f" · {said.year}" if said.year and not any(p.layers for p in shown) else "")
    lines = [(text, large, True, False) for text in wrap(title, inner, large, True)]
    subtitle = plain(layout.title.subtitle.text or "") if len(shown) == 1 or any(p.layers for p in shown) else ""
    return lines + [(text, 12.5, False, True) for text in (wrap(subtitle, inner, 12.5) if subtitle else [])]


def _foot(view: View, shown, said, inner: float) -> list[str]:
    """Source, boundaries, notes on the figures, and when and by what the picture was made."""
    lines = [said.source_line, said.credit if any(p.layers for p in shown) else "",
             t(view.lang, "export.note", notes=t(view.lang, "export.semicolon").join(said.notes)) if said.notes else "",
             t(view.lang, "export.made", program=t(view.lang, "app.title"), date=said.date)]
    return wrap("\n".join(filter(None, lines)), inner, _SMALL)


def _line(figure, text, x, y, size, bold, faint, look, width, height) -> None:
    figure.text(x / width, y / height, plain(text), fontproperties=font(bold), fontsize=size * look.px, color=look.ink, alpha=0.78 if faint else 1,
                ha="left", va="baseline", parse_math=False)


def _panels(figure, view: View, shown, columns: int, rows: int, box, look: Look, width: float, height: float) -> None:
    x0, y0, across, up = box
    for row in range(rows):
        own = shown[row * columns:(row + 1) * columns]
        shares = [p.share for p in own] if any(p.layers for p in own) else [1.0] * columns
        room = across - _GAP * (len(shares) - 1)
        tall = (up - _GAP * (rows - 1)) / rows
        left, bottom = x0, y0 + up - (row + 1) * tall - row * _GAP
        for part, share in zip(own, shares):
            wide = room * share / sum(shares)
            _panel(figure, part, view, (left, bottom, wide, tall), len(shown) > 1 and not part.layers, look, width, height)
            left += wide + _GAP


def _panel(figure, part, view: View, box, titled: bool, look: Look, width: float, height: float) -> None:
    """One figure in its box, with a title of its own where it stands beside others."""
    left, bottom, wide, tall = box
    spec = at_frame(part.figure, view.shown)
    layout = spec["layout"]
    meta, margin = layout.get("meta") or {}, dict(layout.get("margin") or {})
    if wide < 520:
        margin |= ((meta.get("narrow") or {}).get("margin") or {})
    top = bottom + tall
    if titled:
        title = layout.get("title") or {}
        for text, size, bold in ((title.get("text"), 14, True), ((title.get("subtitle") or {}).get("text"), 11.5, False)):
            for line in wrap(plain(text or ""), wide, size, bold) if text else ():
                top -= size * 1.3
                _line(figure, line, left, top + size * 0.25, size, bold, not bold, look, width, height)
    if top - bottom < 210:  # dates of policy ask for two rows of words, which a low panel has not
        layout = {**layout, "annotations": [n for n in layout.get("annotations") or () if n.get("name") != "mark"]}
        meta = {**meta, "topSpace": 8}
        spec = {**spec, "layout": layout}
    top -= meta.get("topSpace", 6) if not meta.get("bbox") else 0
    low = bottom + meta.get("axisSpace", 0)
    if meta.get("bbox") or meta.get("rows"):
        margin = {"l": 0, "r": 0}
    start, end = left + margin.get("l", 8), left + wide - margin.get("r", 8)
    axes = figure.add_axes((start / width, low / height, max(end - start, 40) / width, max(top - low, 40) / height))
    if meta.get("rows"):
        spec = _smaller(spec, (top - low) / (meta["rows"] * 27))
    if meta.get("bbox"):
        tall = min(top - low, wide / meta["aspect"])
        spec = _smaller(spec, tall / 430, 24)
    draw(axes, spec, look, (left + wide) / width)


def _smaller(spec: dict, share: float, least: float = 0) -> dict:
    """The figure with its texts, those from `least` pixels on, smaller where there is less room than on a page."""
    if share >= 1:
        return spec

    def fit(trace):
        size = (trace.get("textfont") or {}).get("size")
        return {**trace, "textfont": {**trace["textfont"], "size": max(size * share, 7)}} if isinstance(size, (int, float)) and size >= least else trace

    return {**spec, "data": [fit(trace) for trace in spec["data"]]}


def _saved(figure: Figure, kind: str, dpi: int, said) -> bytes:
    file = io.BytesIO()
    names = {"png": {"Title": said.title, "Source": said.source_line, "Software": None}, "svg": {"Title": said.title, "Source": said.source_line, "Date": said.date},
             "pdf": {"Title": said.title, "Subject": said.source_line, "CreationDate": None, "Creator": None, "Producer": None}}[kind]
    fast = {"pil_kwargs": {"compress_level": 3}} if kind == "png" else {}  # level 6 costs as much as drawing and saves a tenth
    figure.savefig(file, format=kind, dpi=dpi, facecolor=figure.get_facecolor(), metadata=names, **fast)
    return file.getvalue()
