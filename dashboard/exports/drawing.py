"""Draws the program's Plotly figures with matplotlib, without a browser.

Only what the chart forms of :mod:`dashboard.charts` use is drawn: scatter traces with
lines, markers, texts and filled outlines, bars, annotations, shapes, two axes. Lengths of
a figure are pixels; an export gives a pixel its size in points, so that type, lines and
margins grow together.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib import ticker
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from PIL import ImageFont

from dashboard.paths import CACHE
from geodata import web_geometry

matplotlib.rcParams.update({
    "svg.fonttype": "path", "svg.hashsalt": "view", "pdf.fonttype": 3, "hatch.linewidth": 0.5, "path.simplify": False,
    "axes.unicode_minus": True})

FONT_FOLDER = CACHE / "fonts"
_FILES = {False: "NotoSansSC_400Regular.ttf", True: "NotoSansSC_700Bold.ttf"}
_MARKERS = {"circle": "o", "circle-open": "o", "diamond": "D", "square": "s", "triangle-up": "^", "x": "X"}
_DASHES = {"dot": (0, (1, 2)), "dash": (0, (5, 3)), "dashdot": (0, (5, 2, 1, 2))}


@dataclass(frozen=True)
class Look:
    """Points a pixel, and the colours of a theme."""

    px: float
    ink: str = "#1c2630"
    ground: str = "#ffffff"
    line: str = "#dcd8cf"
    soft: str = "#f3f1ec"


#: Theme -> colours of :class:`Look`; white ground, for paper and slides.
THEMES = {
    "light": {},
    "dark": {"ink": "#e8e6e0", "ground": "#12181d", "line": "#33414b", "soft": "#1c252c"},
}


def missing() -> bool:
    """Whether the fonts that drawing needs are not there."""
    return not all((FONT_FOLDER / name).is_file() for name in _FILES.values())


@functools.lru_cache(maxsize=2)
def font(bold: bool = False) -> FontProperties:
    """Chinese type, regular or bold."""
    return FontProperties(fname=FONT_FOLDER / _FILES[bold])


@functools.lru_cache(maxsize=2)
def _measure(bold: bool):
    return ImageFont.truetype(str(FONT_FOLDER / _FILES[bold]), 100)


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of a line of text in the unit of `size`."""
    return _measure(bold).getlength(text) * size / 100


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width`: between Chinese characters, elsewhere at spaces."""
    import re

    lines = []
    for paragraph in re.split(r"<br>|\n", text or ""):
        line = ""
        for piece in re.findall(r"[\u2e80-\u9fff\uff00-\uffef][\uff0c\u3002\uff1b\uff1a\u3001\uff09\u300b\u201d]*|[^\s\u2e80-\u9fff\uff00-\uffef]+\s*|\s+", paragraph):
            if line and text_width((line + piece).rstrip(), size, bold) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
        lines.append(line.rstrip())
    return lines


#: The font has no small signs below the line.
_LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉₍₎ᵢⱼ", "0123456789()ij")


def plain(text) -> str:
    """A text of a figure as it is drawn: without markup and entities."""
    import html
    import re

    return html.unescape(re.sub(r"</?[a-z][^>]*>", "", str(text))).translate(_LOWERED)


def at_frame(figure, name: str) -> dict:
    """A figure as plain dictionaries, with what its frame `name` changes put in.

    Returns
    -------
    dict
        ``data`` and ``layout``, as :meth:`plotly.graph_objects.Figure.to_plotly_json` gives them.
    """
    spec = figure.to_plotly_json()
    data, layout = [dict(trace) for trace in spec["data"]], spec["layout"]
    frame = next((f.to_plotly_json() for f in figure.frames or () if f.name == name), None)
    if frame:
        for k, change in enumerate(frame.get("data", ())):
            at = frame["traces"][k] if frame.get("traces") is not None else k
            data[at] = {**data[at], **{key: value for key, value in change.items() if key != "type"}}
        layout = {**layout, **(frame.get("layout") or {})}
    return {"data": data, "layout": layout}


# --- traces ----------------------------------------------------------------------------


def _list(values) -> list:
    """A list from what Plotly keeps arrays in, None for a gap."""
    if values is None:
        return []
    if isinstance(values, dict):  # typed array as base64
        import base64

        values = np.frombuffer(base64.b64decode(values["bdata"]), dtype=values["dtype"])
    return [None if v is None or isinstance(v, float) and math.isnan(v) else v for v in (values.tolist() if hasattr(values, "tolist") else values)]


def _outlines(x: list, y: list) -> Outline | None:
    """One path of all rings, which are apart by None."""
    points, codes, start = [], [], True
    for a, b in zip(x, y):
        if a is None:
            if codes:
                codes[-1] = Outline.CLOSEPOLY
            start = True
            continue
        points.append((a, b))
        codes.append(Outline.MOVETO if start else Outline.LINETO)
        start = False
    if not points:
        return None
    codes[-1] = Outline.CLOSEPOLY
    return Outline(points, codes)


def _each(value, n: int) -> list:
    return list(value) if isinstance(value, (list, tuple, np.ndarray)) else [value] * n


@functools.lru_cache(maxsize=512)
def _area(layer: str, code: str) -> Outline | None:
    shape = _layer(layer).get(code)
    return _outlines(shape["x"], shape["y"]) if shape else None


@functools.lru_cache(maxsize=4)
def _layer(layer: str) -> dict:
    return web_geometry(layer)["areas"]


def _areas(layer: str, codes) -> Outline | None:
    """One path of several areas, for a trace that joins them."""
    paths = [_outlines(shape["x"], shape["y"]) for shape in map(_layer(layer).get, codes) if shape]
    return Outline.make_compound_path(*paths) if paths else None


def _line_colour(trace: dict, look: Look) -> str:
    meta = trace.get("meta") or {}
    colour = (trace.get("line") or {}).get("color")
    return look.ground if meta.get("ground") else look.ink if meta.get("ink") or not colour else _colour(colour)


def _colour(text: str):
    """A colour of Plotly for matplotlib: ``rgba(0,0,0,0.5)`` becomes a tuple."""
    if isinstance(text, str) and text.startswith("rgb"):
        parts = [float(p) for p in text[text.index("(") + 1:-1].split(",")]
        return (*(p / 255 for p in parts[:3]), *parts[3:])
    return text


def _pattern(trace_pattern: dict, look: Look) -> dict:
    """How a gap looks: hatched, or dotted where a measure does not apply."""
    return {"facecolor": look.soft, "hatch": "////" if trace_pattern["shape"] != "." else "....", "edgecolor": look.line}


def _filled(axes, path: Outline, trace: dict, look: Look, order: float) -> None:
    """An outline with its fill, a gap's pattern and its border."""
    line, pattern, opacity = trace.get("line") or {}, trace.get("fillpattern") or {}, trace.get("opacity", 1)
    face = _pattern(pattern, look) if pattern.get("shape") else {"facecolor": _colour(trace.get("fillcolor")), "edgecolor": "none"}
    rim = {"fill": False, "lw": line.get("width", 1) * look.px, "edgecolor": _line_colour(trace, look), "joinstyle": "round"}
    looks = [{"lw": 0, **face}] if trace.get("fill") == "toself" else []
    looks += [rim] if "lines" in (trace.get("mode") or "lines") and line.get("width", 1) else []
    for i, one in enumerate(looks):  # as plain artists: a patch would work out its limits curve by curve
        axes.add_artist(PathPatch(path, zorder=order + i / 100, alpha=opacity if opacity < 1 else None, **one))
    axes.update_datalim([path.vertices.min(axis=0), path.vertices.max(axis=0)])


def _scatter(axes, trace: dict, look: Look, order: float) -> None:
    meta = trace.get("meta") or {}
    if meta.get("area"):
        path = _area(meta["layer"], meta["area"])
        return path and _filled(axes, path, trace, look, order)
    if meta.get("areas") is not None:
        path = _areas(meta["layer"], meta["areas"])
        return path and _filled(axes, path, trace, look, order)
    x, y = _list(trace.get("x")), _list(trace.get("y"))
    if not [v for v in x if v is not None]:
        return
    mode, px, opacity = trace.get("mode") or "lines", look.px, trace.get("opacity", 1)
    line = trace.get("line") or {}
    colour = _line_colour(trace, look)
    if trace.get("fill") == "toself":
        _filled(axes, _outlines(x, y), trace, look, order)
    elif "lines" in mode:
        numbers = ([math.nan if v is None else v for v in values] for values in (x, y))
        axes.plot(*numbers, color=colour, lw=line.get("width", 2) * px, ls=_DASHES.get(line.get("dash"), "-"), alpha=opacity,
                  solid_capstyle="round", solid_joinstyle="round", zorder=order, drawstyle="steps-post" if line.get("shape") == "hv" else "default")
    if "error_y" in trace:
        error = trace["error_y"]
        down, up = ([abs(v or 0) for v in _list(error.get(key, error.get("array")))] for key in ("arrayminus", "array"))
        axes.errorbar(x, y, yerr=[down, up], fmt="none", ecolor=error.get("color", colour), elinewidth=error.get("thickness", 1) * px,
                      capsize=error.get("width", 4) * px / 2, capthick=error.get("thickness", 1) * px, alpha=opacity, zorder=order)
    if "markers" in mode:
        _markers(axes, trace, x, y, look, order + 0.02)
    if "text" in mode:
        _texts(axes, trace, x, y, look, order + 0.03)


def _markers(axes, trace: dict, x, y, look: Look, order: float) -> None:
    marker, n = trace.get("marker") or {}, len(x)
    sizes, symbols, colours = (_each(marker.get(key, default), n) for key, default in (("size", 6), ("symbol", "circle"), ("color", look.ink)))
    rim = (marker.get("line") or {}).get("width", 0) * look.px
    for kind in dict.fromkeys(zip(symbols, map(str, colours), map(str, sizes))):
        at = [i for i in range(n) if x[i] is not None and (symbols[i], str(colours[i]), str(sizes[i])) == kind]
        if not at:
            continue
        symbol, colour, size = symbols[at[0]], _colour(colours[at[0]]), sizes[at[0]]
        rim_colour = _colour((marker.get("line") or {}).get("color") or colour)
        axes.scatter([x[i] for i in at], [y[i] for i in at], s=(size * look.px) ** 2, marker=_MARKERS.get(symbol, "o"),
                     facecolors=look.ground if symbol.endswith("-open") else colour, edgecolors=rim_colour if not isinstance(rim_colour, list) else colour,
                     linewidths=rim, alpha=trace.get("opacity", 1) * marker.get("opacity", 1), zorder=order, clip_on=False)


def _texts(axes, trace: dict, x, y, look: Look, order: float) -> None:
    type_ = trace.get("textfont") or {}
    colours, sizes, rims = (_each(type_.get(key), len(x)) for key in ("color", "size", "shadow"))
    positions = _each(trace.get("textposition", "middle center"), len(x))
    words = _each(trace.get("text"), len(x))
    for i, (a, b) in enumerate(zip(x, y)):
        if a is None or not words[i]:
            continue
        vertical, horizontal = positions[i].split()
        ha = {"left": "right", "right": "left", "center": "center"}[horizontal]  # Plotly says where the text stands, not where it ends
        va = {"top": "bottom", "bottom": "top", "middle": "center"}[vertical]
        shift = {"right": 3, "left": -3}.get(horizontal, 0) * look.px if "markers" in (trace.get("mode") or "") else 0
        halo = [withStroke(linewidth=2 * look.px, foreground=rims[i].split()[3].rstrip(","))] if rims[i] else None
        _write(axes, words[i], (a, b), (shift, 0), sizes[i] or 12, colours[i] or look.ink, ha, va, look, trace.get("opacity", 1), order, halo)


def _write(axes, text, at, shift, size, colour, ha, va, look: Look, opacity=1.0, order=5.0, halo=None, coordinates="data") -> None:
    """A text; what stands between ``<b>`` and ``</b>`` at its end or as a whole is bold."""
    text = str(text).replace("<br>", "\n")
    regular, _, rest = text.partition("<b>")
    strong, _, after = rest.partition("</b>")
    pieces = [(plain(regular), False), (plain(strong), True), (plain(after), False)] if strong else [(plain(text), False)]
    pieces = [(words, bold) for words, bold in pieces if words]
    widths = [max(text_width(line, size * look.px, bold) for line in words.split("\n")) for words, bold in pieces]
    start = 0.0 if ha == "left" else -sum(widths) if ha == "right" else -sum(widths) / 2
    for (words, bold), width in zip(pieces, widths):
        place = start if len(pieces) > 1 else 0
        axes.annotate(words, at, (shift[0] + place, shift[1]), xycoords=coordinates, textcoords="offset points", ha="left" if len(pieces) > 1 else ha, va=va,
                      color=_colour(colour), alpha=opacity, zorder=order, path_effects=halo, annotation_clip=False, parse_math=False,
                      fontproperties=font(bold), fontsize=size * look.px, linespacing=1.2)
        start += width


def _bars(axes, traces: list[dict], layout: dict, look: Look, order: float) -> None:
    below: dict = {}
    stacked = layout.get("barmode") in ("stack", "relative")
    for trace in traces:
        x, y = _list(trace.get("x")), _list(trace.get("y"))
        if not [v for v in x if v is not None]:
            continue
        lying = trace.get("orientation") == "h"
        places, values = (y, x) if lying else (x, y)
        colours = _each((trace.get("marker") or {}).get("color", look.ink), len(x))
        width = trace.get("width") or 1 - layout.get("bargap", 0.2)
        widths, offsets = _each(width, len(x)), _each(trace.get("offset"), len(x))
        bases = _list(trace.get("base")) if trace.get("base") is not None and not np.isscalar(trace.get("base")) else [trace.get("base") or 0] * len(x)
        for i, (place, value) in enumerate(zip(places, values)):
            if place is None or value is None:
                continue
            base = bases[i]
            if stacked:
                base = below.get((place, value >= 0), 0.0)
                below[(place, value >= 0)] = base + value
            low = place + (offsets[i] if offsets[i] is not None else -widths[i] / 2)
            corner, size = ((base, low), (value, widths[i])) if lying else ((low, base), (widths[i], value))
            axes.add_patch(Rectangle(corner, *size, facecolor=_colour(colours[i]), lw=0, zorder=order, alpha=trace.get("opacity", 1)))
        if "text" in trace and trace.get("textposition") not in (None, "none"):
            for i, words in enumerate(_each(trace["text"], len(x))):
                if values[i] is not None and words:
                    top = bases[i] + values[i] if not stacked else below[(places[i], values[i] >= 0)]
                    middle = top - values[i] / 2 if trace["textposition"] == "inside" else top
                    type_ = trace.get("insidetextfont") or trace.get("textfont") or {}
                    _write(axes, words, (middle, places[i]) if lying else (places[i], middle), (0, 0), type_.get("size", 11), type_.get("color") or look.ink,
                           "center", "center" if trace["textposition"] == "inside" else "bottom", look, order=order + 0.03)


# --- axes, shapes, legend --------------------------------------------------------------


def _axis(axes, which: str, axis: dict, look: Look) -> None:
    on = axes.xaxis if which == "x" else axes.yaxis
    limits = axes.set_xlim if which == "x" else axes.set_ylim
    log = axis.get("type") == "log"
    if log:
        (axes.set_xscale if which == "x" else axes.set_yscale)("log")
    if axis.get("range") is not None:
        low, high = axis["range"]
        limits(*((10 ** low, 10 ** high) if log else (low, high)))
    if axis.get("visible") is False:
        on.set_visible(False)
        return
    size = (axis.get("tickfont") or {}).get("size", 12)
    if axis.get("tickvals") is not None:
        words = _list(axis.get("ticktext")) or _list(axis["tickvals"])
        on.set_major_locator(ticker.FixedLocator(_list(axis["tickvals"])))
        on.set_major_formatter(ticker.FixedFormatter([plain(w) for w in words]))
    elif log:
        on.set_major_locator(ticker.LogLocator(subs=(1, 2, 5), numticks=12))
        on.set_major_formatter(ticker.FuncFormatter(lambda v, _: _tick(v, axis)))
        on.set_minor_locator(ticker.NullLocator())
    else:
        if axis.get("dtick") and axis.get("tickmode") != "auto":
            low, high = sorted(axes.get_xlim() if which == "x" else axes.get_ylim())
            first = axis.get("tick0") or 0
            start = first + math.ceil((low - first) / axis["dtick"]) * axis["dtick"]
            on.set_major_locator(ticker.FixedLocator(np.arange(start, high + 1e-9, axis["dtick"])))
        else:
            extent = axes.get_window_extent()
            room = (extent.width / 60 if which == "x" else extent.height / 26) / look.px * 72 / axes.figure.dpi
            on.set_major_locator(ticker.MaxNLocator(max(2, min(axis.get("nticks") or 7, int(room))), steps=(1, 2, 5, 10), integer=axis.get("tickformat") == "d"))
        on.set_major_formatter(ticker.FuncFormatter(lambda v, _: _tick(v, axis)))
    for label in on.get_ticklabels():
        label.set_fontproperties(font())
        label.set_fontsize(size * look.px)
        label.set_color(look.ink)
    axes.tick_params(which, length=axis.get("ticklen", 4) * look.px if axis.get("ticks") == "outside" else 0, width=look.px, color=look.ink, pad=4 * look.px)
    if axis.get("showgrid") is not False:
        on.grid(True, color=look.line, lw=look.px, zorder=0)
    axes.spines["bottom" if which == "x" else "left"].set(visible=bool(axis.get("showline")), color=look.ink, linewidth=look.px)
    title = (axis.get("title") or {}).get("text")
    if title:
        (axes.set_xlabel if which == "x" else axes.set_ylabel)(plain(title), fontproperties=font(), fontsize=12 * look.px, color=look.ink, labelpad=4 * look.px)


def _tick(value: float, axis: dict) -> str:
    style, suffix = axis.get("tickformat") or "", axis.get("ticksuffix") or ""
    digits = max(2, 1 - math.floor(math.log10(abs(value)))) if 0 < abs(value) < 1 else 0 if float(value).is_integer() else 2
    text = f"{value:.{digits}f}" if style == "d" else f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") + suffix if "." in text else text + suffix


def _shapes(axes, layout: dict, look: Look) -> None:
    for shape in layout.get("shapes") or ():
        line = shape.get("line") or {}
        style = {"color": _colour(line.get("color", look.ink)), "lw": line.get("width", 1) * look.px, "ls": _DASHES.get(line.get("dash"), "-"),
                 "zorder": 0.5 if shape.get("layer") == "below" else 6, "alpha": shape.get("opacity", 1)}
        if shape.get("type", "line") != "line":
            continue
        if shape.get("yref") == "paper":
            axes.axvline(shape["x0"], shape.get("y0", 0), shape.get("y1", 1), **style)
        elif shape.get("xref") == "paper":
            axes.axhline(shape["y0"], shape.get("x0", 0), shape.get("x1", 1), **style)
        else:
            axes.add_line(Line2D([shape["x0"], shape["x1"]], [shape["y0"], shape["y1"]], **style))


def _apart(axes, notes: list[dict], log: bool, look: Look) -> list[dict]:
    """Labels at the ends of lines, moved so far that none covers another at this size."""
    labels = sorted((n for n in notes if n.get("name") == "label"), key=lambda n: n["y"])
    if len(labels) < 2:
        return notes
    low, high = np.log10(axes.get_ylim()) if log else axes.get_ylim()
    tall = axes.get_window_extent().height / axes.figure.dpi * 72
    step = (labels[0].get("font") or {}).get("size", 12) * 1.12 * look.px / tall * (high - low)
    places = []
    for note in labels:
        places.append(max(note["y"], places[-1] + step) if places else note["y"])
    for i in reversed(range(len(places))):
        places[i] = min(places[i], high if i == len(places) - 1 else places[i + 1] - step)
    moved = {id(note): place for note, place in zip(labels, places)}
    return [{**n, "y": moved[id(n)]} if id(n) in moved else n for n in notes]


def _annotations(axes, layout: dict, look: Look) -> None:
    log = {which: (layout.get(f"{which}axis") or {}).get("type") == "log" for which in "xy"}
    for note in _apart(axes, list(layout.get("annotations") or ()), log["y"], look):
        type_, where, coordinates = note.get("font") or {}, [], []
        for which in "xy":
            paper = note.get(f"{which}ref") == "paper"
            value = note.get(which, 0)
            where.append(10 ** value if log[which] and not paper else value)
            coordinates.append("axes fraction" if paper else "data")
        ha = {"auto": "center", "middle": "center"}.get(note.get("xanchor", "center"), note.get("xanchor", "center"))
        va = {"auto": "center", "middle": "center"}.get(note.get("yanchor", "center"), note.get("yanchor", "center"))
        _write(axes, note.get("text", ""), tuple(where), (note.get("xshift", 0) * look.px, note.get("yshift", 0) * look.px), type_.get("size", 12),
               type_.get("color") or look.ink, ha, va, look, note.get("opacity", 1), 7, None, tuple(coordinates))


def _legend(axes, data: list[dict], layout: dict, look: Look, edge: float | None) -> None:
    if not layout.get("showlegend"):
        return
    handles = []
    for trace in data:
        if trace.get("showlegend") is False or not trace.get("name"):
            continue
        marker = trace.get("marker") or {}
        if (marker.get("pattern") or {}).get("shape"):
            handles.append(Patch(label=trace["name"], **_pattern(marker["pattern"], look)))
        elif trace.get("type") == "bar" or "markers" in (trace.get("mode") or "") and not _list(trace.get("x"))[:1] != [None]:
            handles.append(Patch(facecolor=_colour(_each(marker.get("color"), 1)[0]), label=trace["name"]))
        elif "lines" in (trace.get("mode") or "lines"):
            handles.append(Line2D([], [], color=_line_colour(trace, look), lw=2.4 * look.px, label=trace["name"]))
        else:
            handles.append(Line2D([], [], ls="", marker="o", color=_colour(_each(marker.get("color", look.ink), 1)[0]), ms=7 * look.px, label=trace["name"]))
    if not handles:
        return
    legend = layout.get("legend") or {}
    size = (legend.get("font") or {}).get("size", 12) * look.px
    type_ = font().copy()
    type_.set_size(size)
    across = legend.get("orientation") == "h"
    place = {"loc": "lower left" if across else "lower right", "bbox_to_anchor": (0, 1) if across else (1.0, 0.0)}
    if edge is not None:  # beside a map, as far as its panel reaches
        axes.apply_aspect()
        box = axes.get_position()
        reach = 78 * look.px / 72 / axes.figure.get_figwidth()
        place = {"loc": "lower right", "bbox_to_anchor": (min(edge, box.x1 + reach), box.y0), "bbox_transform": axes.figure.transFigure}
    drawn = axes.legend(handles=handles, prop=type_, frameon=False, labelcolor=look.ink, handlelength=1.1, handleheight=1.0,
                        labelspacing=0.35, borderaxespad=0, borderpad=0, ncols=len(handles) if across else 1, columnspacing=1.2,
                        title=plain((legend.get("title") or {}).get("text") or "") or None, title_fontproperties=type_, alignment="left", **place)
    drawn.get_title().set_color(look.ink)
    drawn.set_zorder(8)


def draw(axes, spec: dict, look: Look, edge: float | None = None) -> None:
    """Draw one figure into axes that have their place.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    spec : dict
        From :func:`at_frame`.
    look : Look
    edge : float, optional
        How far right the legend of a map may reach, as a share of the picture's width.
    """
    data, layout = spec["data"], spec["layout"]
    axes.set_facecolor("none")
    for spine in axes.spines.values():
        spine.set_visible(False)
    box = (layout.get("meta") or {}).get("bbox")
    if box:
        pad = 0.01 * (box[2] - box[0])
        layout = {**layout, "xaxis": {**layout.get("xaxis", {}), "range": (box[0] - pad, box[2] + pad)},
                  "yaxis": {**layout.get("yaxis", {}), "range": (box[1] - pad, box[3] + pad)}}
        axes.set_aspect("equal", adjustable="box", anchor="W")
    for which in "xy":
        _axis(axes, which, layout.get(f"{which}axis") or {}, look)
    axes.set_axisbelow(True)
    _shapes(axes, layout, look)
    _bars(axes, [trace for trace in data if trace.get("type") == "bar"], layout, look, 1.5)
    for i, trace in enumerate(data):
        if trace.get("type", "scatter") == "scatter":
            _scatter(axes, trace, look, 2 + i / 1000)
    _annotations(axes, layout, look)
    _legend(axes, data, layout, look, edge if box else None)
    if (layout.get("yaxis") or {}).get("range") is None or (layout.get("xaxis") or {}).get("range") is None:
        axes.autoscale_view(scalex=(layout.get("xaxis") or {}).get("range") is None, scaley=(layout.get("yaxis") or {}).get("range") is None)
