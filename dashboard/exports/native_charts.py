"""Charts whose figures can be edited in PowerPoint and WPS, made from the program's Plotly figures.

python-pptx writes the chart and its workbook; what it has no words for is put in as XML:
East Asian typefaces, labels at the ends of lines, open markers, bounds, the place of the plot.
"""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

import xlsxwriter
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt
from xlsxwriter.utility import xl_rowcol_to_cell

from dashboard.charts.choropleth import ink_on
from dashboard.charts.scatter import apart
from dashboard.charts.style import ACCENT
from dashboard.exports.drawing import Look, _list, plain, text_width
from dashboard.format import NBSP
from dashboard.i18n import t

#: Typefaces that Windows, macOS and WPS have; where one is missing, the next best Chinese face is taken.
LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
TAGS = {"zh": ("zh-CN", "en-US"), "en": ("en-US", "zh-CN")}

# Characters that XML 1.0 has no way to write, and halves of surrogate pairs.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Points below which a number in a bar is left to the table of figures.
_LEAST = 8
_POSITIONS = {"top": "t", "bottom": "b", "middle": "ctr"}


@dataclass(frozen=True)
class Box:
    """A place on a slide, in points."""

    left: float
    top: float
    width: float
    height: float

    def emu(self) -> tuple[Emu, Emu, Emu, Emu]:
        """Left, top, width and height in the unit of the format."""
        return tuple(Emu(round(v * 12700)) for v in (self.left, self.top, self.width, self.height))


@dataclass(frozen=True)
class Setting:
    """What all charts of a slide share: colours of the theme, size of type in points, language, number format."""

    look: Look
    size: float
    lang: str
    decimals: int | None = None


def clean(text: str) -> str:
    """A text without the characters that XML cannot hold; hard spaces, which some programs draw as wide as a character, become plain ones."""
    return _UNWRITABLE.sub("", str(text)).replace(NBSP, " ")


def typeface(properties, lang: str) -> None:
    """Latin and East Asian typeface and the language of a run's properties; python-pptx sets the Latin one alone."""
    latin = properties.get_or_add_latin()
    latin.set("typeface", LATIN)
    for tag, face in (("a:cs", LATIN), ("a:ea", EAST_ASIAN)):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
        latin.addnext(parse_xml(f'<{tag} {nsdecls("a")} typeface="{face}"/>'))
    if properties.tag == qn("a:rPr"):
        properties.set("lang", TAGS[lang][0])
        properties.set("altLang", TAGS[lang][1])


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another one in it."""
    parts = ([int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in (colour, other))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*parts))


def visible(colour: str, look: Look) -> str:
    """A colour of the light theme, lighter on a dark ground."""
    return mixed(colour, "#ffffff", 0.38) if look.ground != "#ffffff" else colour


def form(spec: dict) -> str:
    """What a figure becomes: ``lines``, ``points``, ``bars``, ``stack``; ``picture`` where it has polygons; empty where nothing is drawn.

    Parameters
    ----------
    spec : dict
        See :func:`dashboard.exports.drawing.at_frame`.
    """
    traces = spec["data"]
    if any(trace.get("fill") == "toself" or (trace.get("meta") or {}).get("area") for trace in traces):
        return "picture"
    if any(trace["type"] == "bar" and _list(trace.get("y")) for trace in traces):
        return "stack" if spec["layout"].get("barmode") == "stack" else "bars"
    modes = [trace.get("mode") or "" for trace in traces if any(v is not None for v in _list(trace.get("y"))) and "error_y" not in trace]
    return next((found for mode, found in (("lines", "lines"), ("markers", "points")) if any(mode in each for each in modes)), "")


def add_chart(shapes, spec: dict, box: Box, setting: Setting, *, name: str, alt: str, title: str = "", names=None):
    """Put a figure on a slide as a chart with its data.

    Parameters
    ----------
    shapes : pptx.shapes.shapetree.SlideShapes
    spec : dict
        Of a :func:`form` that is a chart.
    box : Box
    setting : Setting
    name, alt : str
        Name and description of the shape.
    title : str
        Above the plot, where several charts share a slide.
    names : callable, optional
        Code of an area, as the points carry it, to its name.

    Returns
    -------
    pptx.chart.chart.Chart
    """
    make = {"lines": _lines, "points": _points, "bars": _bars, "stack": _bars}[form(spec)]
    head = 2.3 * setting.size if title else 0.4 * setting.size
    frame = make(shapes, spec, box, setting, head, names or str)
    frame.name = clean(name)[:200]
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt)[:2000])
    chart = frame.chart
    chart.has_title = bool(title)
    if title:
        _write(chart.chart_title.text_frame, title, setting.size * 1.1, setting)
        chart.chart_title.include_in_layout = False
    return chart


def _write(text_frame, text, size, setting: Setting, bold=True) -> None:
    run = text_frame.paragraphs[0].add_run()
    run.text = clean(text)
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = _rgb(setting.look.ink)
    typeface(run._r.get_or_add_rPr(), setting.lang)


def _rgb(colour: str):
    from pptx.dml.color import RGBColor

    return RGBColor.from_string(colour[1:].upper())


# --- lines -----------------------------------------------------------------------------


@dataclass
class _Segment:
    """An unbroken run of a line: points as (x, y, symbol)."""

    name: str
    label: str
    colour: str
    points: list
    last: bool = False


def _segments(spec: dict, setting: Setting, yearly: bool) -> tuple[list[_Segment], dict]:
    """The runs of all lines, and the bounds of their points: (run, x) -> (below, above).

    On an axis of years a missing year is an empty cell; a line that breaks between two
    years next to each other goes on as a series of its own, named by the year.
    """
    found, bounds, waiting = [], {}, {}
    for trace in spec["data"]:
        x, y = _list(trace.get("x")), _list(trace.get("y"))
        if "error_y" in trace:
            error = trace["error_y"]
            waiting = {at: pair for at, *pair in zip(x, _list(error["arrayminus"]), _list(error["array"]))}
            continue
        if "lines" not in (trace.get("mode") or "") or not any(v is not None for v in y):
            continue
        label, colour = plain(trace.get("name") or ""), (trace.get("line") or {}).get("color") or ACCENT
        symbols = (trace.get("marker") or {}).get("symbol", "circle")
        symbols = list(symbols) if isinstance(symbols, (list, tuple)) else [symbols] * len(x)
        own: list[_Segment] = []
        broken = False
        for at, value, symbol in zip(x, y, symbols):
            if at is None or value is None:
                broken = True
                continue
            if not own:
                own.append(_Segment(label, label, colour, []))
            elif broken and not yearly or at <= own[-1].points[-1][0] + broken * yearly:  # two figures of one time are two points
                own.append(_Segment(t(setting.lang, "export.slides.since", name=label, year=f"{at:.4g}"), label, colour, []))
            own[-1].points.append((at, value, symbol))
            broken = False
        max(own, key=lambda run: run.points[-1][0]).last = True
        bounds |= {(len(found) + i, p[0]): waiting[p[0]] for i, run in enumerate(own) for p in run.points if p[0] in waiting}
        found += own
        waiting = {}
    return found, bounds


def _limits(spec: dict) -> list[tuple[float, str, str]]:
    """Reference values that are drawn across the figure: value, name, colour."""
    layout = spec["layout"]
    words = [n for n in layout.get("annotations") or () if n.get("xref") == "paper" and n.get("name") is None]
    return [(s["y0"], plain(words[0]["text"]) if words else "", (s.get("line") or {}).get("color", ACCENT))
            for s in layout.get("shapes") or () if s.get("xref") == "paper" and s.get("y0") == s.get("y1")]


def _lines(shapes, spec, box: Box, setting: Setting, head: float, _names):
    layout, look, size = spec["layout"], setting.look, setting.size
    xs = [v for trace in spec["data"] for v in _list(trace.get("x")) if v is not None and "lines" in (trace.get("mode") or "")]
    yearly = all(v == int(v) for v in xs)
    segments, bounds = _segments(spec, setting, yearly)
    years = list(range(int(min(xs)), int(max(xs)) + 1)) if yearly else []
    limits = _limits(spec)
    log = layout["yaxis"].get("type") == "log"
    own = layout["yaxis"].get("range")
    axis = _log_axis(own) if log else _axis(*(own or _around([y for run in segments for _, y, _ in run.points])))
    code = _code(axis, setting)
    marks = [n for n in layout.get("annotations") or () if n.get("name") == "mark"] if yearly else []
    labels = [run for run in segments if run.last]
    margin = {"left": text_width(_shown(axis[1], axis[2]), size) + 1.2 * size, "right": max(text_width(run.label, size) for run in labels) + 1.4 * size,
              "top": head + (2.4 * size if marks else 0.5 * size), "bottom": 2.2 * size}
    times = years or sorted(set(xs))
    columns = [(run.name, [at.get(x) for x in times]) for run in segments for at in [dict(p[:2] for p in run.points)]]
    columns += [(name, [value] * len(times)) for value, name, _ in limits]
    # categories can be named one by one only: where there is no room for that, the years stand on an axis of numbers
    slot = (box.width - margin["left"] - margin["right"]) / max(len(times), 1)
    if yearly and 0.84 * slot >= 0.9 * text_width("0000", size):
        data = CategoryChartData(number_format=_data_code(setting))
        data.categories = years
        for name, values in columns:
            data.add_series(clean(name), values)
        frame = shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *box.emu(), data)
    else:
        frame = _xy_chart(shapes, XL_CHART_TYPE.XY_SCATTER_LINES, box, (), times, columns, "", setting)
        slot = 0.0
    chart = frame.chart
    plot = _plot(chart, box, margin)
    _value_axis(chart, axis, code, setting, log)
    _time_axis(chart, xs, bool(slot), plot, setting, slot)
    shifts = _spread(labels, axis, plot, size, log)
    slots = len(years) if slot else math.ceil(max(xs)) - math.floor(min(xs)) or 1
    for i, (series, run) in enumerate(zip(chart._chartSpace.iter(qn("c:ser")), segments)):
        colour = visible(run.colour, look)
        where = {x: times.index(x) for x, _, _ in run.points}
        symbols = [symbol for _, _, symbol in run.points]
        usual = max(dict.fromkeys(symbols), key=symbols.count)
        parts = [_line_xml(colour, 2.25), _marker_xml(usual, colour, look, size)]
        parts += [_point_xml(where[x], symbol, colour, look, size) for x, _, symbol in run.points if symbol != usual]
        if run.last:
            end = run.points[-1][0]  # the name stands where the axis ends, also of a line that ends before
            parts.append(_labels_xml([(where[end], run.label, colour, "r", (max(xs) - end) / slots * plot.width / box.width, shifts[id(run)] / box.height)], setting))
        own = {where[x]: bounds[i, x] for x, _, _ in run.points if (i, x) in bounds}
        if own:
            parts.append(_bounds_xml(own, len(times), colour))
        _dress(series, parts)
    for series, (_, name, colour) in zip(list(chart._chartSpace.iter(qn("c:ser")))[len(segments):], limits):
        tint = visible(colour, look)
        first = min(len(times) - 1, math.ceil(text_width(name, size) / 2 / (plot.width / len(times))))
        _dress(series, [_line_xml(tint, 1.25, "dash"), f'<c:marker {nsdecls("c")}><c:symbol val="none"/></c:marker>',
                        _labels_xml([(first, name, tint, "t", 0, 0)], setting)])
    chart.has_legend = False
    _finish(chart, setting)
    if marks and slot:
        _policy(shapes, marks, years, plot, setting, head + box.top)
    return frame


def _spread(runs: list[_Segment], axis, plot: Box, size: float, log: bool) -> dict:
    """How far each name moves down from its line's end, in points, so that none covers another."""
    scale = math.log10 if log else float
    low, high = scale(axis[0]), scale(axis[1])
    ends = sorted(((scale(run.points[-1][1]) - low) / (high - low) * plot.height, i) for i, run in enumerate(runs))
    step, places = 1.25 * size, []
    for height, _ in ends:
        places.append(max(height, places[-1] + step if places else 0))
    for i in reversed(range(len(places))):
        places[i] = min(places[i], plot.height if i == len(places) - 1 else places[i + 1] - step)
    return {id(runs[i]): height - place for (height, i), place in zip(ends, places)}


def _policy(shapes, marks, years, plot: Box, setting: Setting, top: float) -> None:
    """Dates of policy over the plot, as lines with their names; they are shapes, for the axis of years has no place between years."""
    size, colour = 0.75 * setting.size, mixed(setting.look.ink, setting.look.ground, 0.4)
    group = shapes.add_group_shape()
    group.name = t(setting.lang, "export.slides.policy")
    group._element.nvGrpSpPr.cNvPr.set("descr", clean("; ".join(plain(n.get("hovertext") or n["text"]) for n in marks)))
    for i, mark in enumerate(marks):
        x = plot.left + (mark["x"] - years[0] + 0.5) / len(years) * plot.width
        line = group.shapes.add_connector(1, *(Emu(round(v * 12700)) for v in (x, top + size * (1.3 * (i % 2) + 1.3), x, plot.top + plot.height)))
        line.line.color.rgb, line.line.width, line.line.dash_style = _rgb(colour), Pt(0.75), MSO_LINE.ROUND_DOT
        words = plain(mark["text"])
        width = text_width(words, size) + 0.6 * size
        shape = group.shapes.add_textbox(*Box(min(x - 1, plot.left + plot.width + 3 * setting.size - width), top + size * 1.3 * (i % 2), width, 1.35 * size).emu())
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.word_wrap = False
        run = frame.paragraphs[0].add_run()
        run.text, run.font.size = clean(words), Pt(size)
        run.font.color.rgb = _rgb(mixed(setting.look.ink, setting.look.ground, 0.25))
        typeface(run._r.get_or_add_rPr(), setting.lang)


# --- bars ------------------------------------------------------------------------------


def _bars(shapes, spec, box: Box, setting: Setting, head: float, names):
    """Bars beside or on each other; lying ones stand in the order of the figure, the first on top."""
    layout, look, size = spec["layout"], setting.look, setting.size
    traces = [trace for trace in spec["data"] if trace["type"] == "bar" and _list(trace.get("y"))]
    lying, stacked = traces[0].get("orientation") == "h", form(spec) == "stack"
    places, values = ("y", "x") if lying else ("x", "y")
    ticks = layout[f"{places}axis"].get("ticktext")
    categories = [str(c) for c in ticks] if ticks else [names(c) for c in _list(traces[0].get("customdata"))] or [str(p) for p in _list(traces[0][places])]
    data = CategoryChartData(number_format=_data_code(setting))
    data.categories = [clean(c) for c in categories]
    for trace in traces:
        data.add_series(clean(plain(trace.get("name") or (layout.get("title") or {}).get("text") or "")), _list(trace[values]))
    kinds = {(True, True): XL_CHART_TYPE.BAR_STACKED, (True, False): XL_CHART_TYPE.BAR_CLUSTERED,
             (False, True): XL_CHART_TYPE.COLUMN_STACKED, (False, False): XL_CHART_TYPE.COLUMN_CLUSTERED}
    frame = shapes.add_chart(kinds[lying, stacked], *box.emu(), data)
    chart = frame.chart
    room = box.height - head
    small = min(size, 0.68 * room / len(categories)) if lying else min(size, 0.4 * (box.width - 14 * size) / len(categories))
    numbers = [v for trace in traces for v in _list(trace[values]) if v is not None]
    code = _data_code(setting)
    widest_number = text_width(_shown(max(numbers, key=abs), 10.0 ** -(setting.decimals if setting.decimals is not None else 1)), 1)
    if lying:
        widest = max(text_width(c, small) for c in categories)
        margin = {"left": widest + 1.2 * small, "right": widest_number * small + 1.5 * small,
                  "top": head, "bottom": 0.2 * size}
    else:
        labels = [plain(trace.get("name") or "") for trace in traces]
        margin = {"left": text_width("00,000", size) + size, "right": (max(text_width(n, size) for n in labels) + 2.6 * size) if len(labels) > 1 else size,
                  "top": head + 0.6 * size, "bottom": 2.2 * size}
    plot = _plot(chart, box, margin)
    axis = _axis(*layout[f"{values}axis"]["range"]) if not lying else (min(0.0, *numbers), max(*numbers, 0.0), None)
    _value_axis(chart, axis, _code(axis, setting) if not lying else code, setting, False)
    on = chart.category_axis
    on.reverse_order = lying
    on.tick_label_position, on.major_tick_mark = XL_TICK_LABEL_POSITION.LOW, XL_TICK_MARK.NONE
    on.format.line.color.rgb = _rgb(mixed(look.ink, look.ground, 0.4))
    if lying:
        chart.value_axis.visible = chart.value_axis.has_major_gridlines = False
    element = chart.plots[0]
    element.gap_width = 45 if lying else 40
    element.overlap = 100 if stacked else 0
    on.tick_labels.font.size = Pt(small)
    typeface(on.tick_labels.font._rPr, setting.lang)
    number_size = small if lying else min(small, 12, 0.95 * plot.width / len(categories) / 1.4 / widest_number)
    for series, trace in zip(chart._chartSpace.iter(qn("c:ser")), traces):
        tint = (trace.get("marker") or {}).get("color") or ACCENT
        tints = [visible(c, look) for c in tint] if isinstance(tint, (list, tuple)) else [visible(tint, look)]
        own = max(set(tints), key=tints.count)
        parts = [_fill_xml(own), f'<c:invertIfNegative {nsdecls("c")} val="0"/>']
        parts += [f'<c:dPt {nsdecls("c", "a")}><c:idx val="{i}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{_fill_xml(c)}</c:dPt>'
                  for i, c in enumerate(tints) if c != own]
        colour = ink_on(own) if stacked else look.ink
        heights = _list(trace[values])
        tall = plot.height / (axis[1] - axis[0]) if stacked else 1
        empty = [i for i, v in enumerate(heights) if stacked and (v is None or v * tall < 1.05 * number_size)]
        if number_size >= _LEAST:
            parts.append(_values_xml("ctr" if stacked else "outEnd", code, number_size, colour, setting, empty))
        _dress(series, parts)
    chart.has_legend = len(traces) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.RIGHT, False
        typeface(chart.legend.font._rPr, setting.lang)
    _finish(chart, setting)
    return frame


# --- points ----------------------------------------------------------------------------


def _points(shapes, spec, box: Box, setting: Setting, head: float, names):
    """Two values of each area; the axes fit the points that are shown."""
    layout, look, size = spec["layout"], setting.look, setting.size
    traces = [trace for trace in spec["data"] if "markers" in (trace.get("mode") or "") and _list(trace.get("x"))]
    points, columns = [], []
    for trace in traces:
        called = [names(c) for c in _list(trace.get("customdata"))] or [plain(w) for w in _list(trace.get("text"))]
        points += zip(_list(trace["x"]), _list(trace["y"]), called)
    for trace in traces:
        before = sum(len(column) - column.count(None) for _, column in columns)
        own = _list(trace["y"])
        columns.append((plain(trace.get("name") or ""), [None] * before + own + [None] * (len(points) - before - len(own))))
    titles = [clean(plain((layout[f"{a}axis"].get("title") or {}).get("text") or "")) for a in "xy"]
    frame = _xy_chart(shapes, XL_CHART_TYPE.XY_SCATTER, box, [p[2] for p in points], [p[0] for p in points], columns, titles[0], setting)
    chart = frame.chart
    axes = [_axis(*_around([p[k] for p in points])) for k in (0, 1)]
    legend = 1.7 * size if len(traces) > 1 else 0
    plot = _plot(chart, box, {"left": text_width(_shown(axes[1][1], axes[1][2]), size) + 3 * size, "right": 2 * size,
                              "top": head + legend, "bottom": 4 * size})
    _value_axis(chart, axes[1], _code(axes[1], setting), setting, False)
    across = chart.category_axis
    across.minimum_scale, across.maximum_scale, across.major_unit = axes[0]
    across.has_major_gridlines = False
    across.tick_labels.number_format, across.tick_labels.number_format_is_linked = _code(axes[0], setting), False
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.format.line.color.rgb = _rgb(mixed(look.ink, look.ground, 0.4))
    for on, title in zip((across, chart.value_axis), titles):
        on.has_title = bool(title)
        if title:
            _write(on.axis_title.text_frame, title, size, setting, bold=False)
    where = apart([p[:2] for p in points], [p[2] for p in points], axes[0][:2], axes[1][:2], (plot.width, plot.height), 0.9 * size)
    done = 0
    for series, trace in zip(chart._chartSpace.iter(qn("c:ser")), traces):
        colour = visible((trace.get("marker") or {}).get("color") or ACCENT, look)
        n = len(_list(trace["x"]))
        labels = [(i, points[i][2], look.ink, _position(where[i]), 0, 0) for i in range(done, done + n) if where[i]]
        _dress(series, [f'<c:spPr {nsdecls("c", "a")}><a:ln w="19050"><a:noFill/></a:ln></c:spPr>', _marker_xml("circle", colour, look, 1.3 * size),
                        _labels_xml(labels, setting, 0.9)])
        done += n
    chart.has_legend = len(traces) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        typeface(chart.legend.font._rPr, setting.lang)
    _finish(chart, setting)
    return frame


def _position(place: str) -> str:
    """Where a label stands; a chart of PowerPoint has four places, the corners go to the sides."""
    vertical, horizontal = place.split()
    return {"left": "l", "right": "r"}.get(horizontal) or _POSITIONS[vertical]


def _around(values: list[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = 0.1 * (high - low or abs(high) or 1)
    return (0.0 if 0 <= low < 0.2 * high else low - room), high + room


def _xy_chart(shapes, kind, box: Box, names, xs, columns, x_title: str, setting: Setting):
    """A chart of points whose sheet has their names, if any, x, and a column for each series, as one would type it.

    python-pptx puts the series below each other, and LibreOffice draws no series of one point.
    """
    data = XyChartData(number_format=_data_code(setting))
    for name, _ in columns:
        data.add_series(clean(name))
    frame = shapes.add_chart(kind, *box.emu(), data)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.set_column(0, len(columns) + 1, 16)
        start = 1 if names else 0
        for i, cells in enumerate(zip([x_title, *xs], *([clean(name), *values] for name, values in columns))):
            for column, cell in enumerate(cells, start):
                if cell is not None:
                    (sheet.write_string if isinstance(cell, str) else sheet.write_number)(i, column, cell)
        for i, name in enumerate(names, 1):
            sheet.write_string(i, 0, clean(name))
    frame.chart.part.chart_workbook.update_from_xlsx_blob(file.getvalue())
    last = len(xs) + 1
    for k, (series, (_, values)) in enumerate(zip(frame.chart._chartSpace.iter(qn("c:ser")), columns), start + 1):
        series.find(qn("c:tx")).find(f".//{qn('c:f')}").text = f"Sheet1!{xl_rowcol_to_cell(0, k, True, True)}"
        for tag, column, numbers in (("xVal", start, xs), ("yVal", k, values)):
            cells = f"Sheet1!{xl_rowcol_to_cell(1, column, True, True)}:{xl_rowcol_to_cell(last - 1, column, True, True)}"
            points = "".join(f'<c:pt idx="{i}"><c:v>{v!r}</c:v></c:pt>' for i, v in enumerate(numbers) if v is not None)
            old = series.find(qn(f"c:{tag}"))
            old.addprevious(parse_xml(f'<c:{tag} {nsdecls("c")}><c:numRef><c:f>{cells}</c:f><c:numCache><c:formatCode>General</c:formatCode>'
                                      f'<c:ptCount val="{len(xs)}"/>{points}</c:numCache></c:numRef></c:{tag}>'))
            series.remove(old)
    return frame


# --- axes ------------------------------------------------------------------------------


def _axis(low: float, high: float, steps: int = 5) -> tuple[float, float, float]:
    """Ends of an axis and the distance of its lines, round numbers all of them."""
    rough = (high - low) / steps
    power = 10 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def _log_axis(exponents) -> tuple[float, float, float]:
    low, high = (math.floor(exponents[0]), math.ceil(exponents[1]))
    return 10.0**low, 10.0**high, 10.0


def _digits(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9)) + (1 if step < 10 and f"{step:e}".startswith("2.5") else 0) if step else 0


def _shown(value: float, step: float) -> str:
    return f"{value:,.{_digits(step)}f}"


def _code(axis, setting: Setting) -> str:
    """Number format of an axis: Chinese writes numbers below ten thousand without separators."""
    low, high, step = axis
    whole = "0" if setting.lang == "zh" and max(abs(low), abs(high)) < 10_000 else "#,##0"
    return whole + ("." + "0" * _digits(step) if _digits(step) else "")


def _data_code(setting: Setting) -> str:
    """Number format of the figures themselves."""
    small = "0" if setting.lang == "zh" else "#,##0"
    if setting.decimals is None:
        return "[>=10000]#,##0;[>=100]0;General" if setting.lang == "zh" else "[>=100]#,##0;General"
    digits = "." + "0" * setting.decimals if setting.decimals else ""
    return f"[>=10000]#,##0{digits};{small}{digits}" if setting.lang == "zh" else f"#,##0{digits}"


def _value_axis(chart, axis, code: str, setting: Setting, log: bool) -> None:
    on, look = chart.value_axis, setting.look
    on.minimum_scale, on.maximum_scale = axis[0], axis[1]
    if axis[2] and not log:
        on.major_unit = axis[2]
    if log:
        scaling = on._element.find(qn("c:scaling"))
        scaling.insert(0, parse_xml(f'<c:logBase {nsdecls("c")} val="10"/>'))
    on.has_major_gridlines = True
    on.major_gridlines.format.line.color.rgb, on.major_gridlines.format.line.width = _rgb(look.line), Pt(0.75)
    on.format.line.fill.background()
    on.major_tick_mark = XL_TICK_MARK.NONE
    on.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    on.tick_labels.number_format, on.tick_labels.number_format_is_linked = code, False


def _time_axis(chart, xs, named: bool, plot: Box, setting: Setting, slot: float) -> None:
    """The axis of years: of categories `slot` points wide, or of numbers."""
    on, size = chart.category_axis, setting.size
    on.tick_label_position, on.major_tick_mark = XL_TICK_LABEL_POSITION.LOW, XL_TICK_MARK.OUTSIDE
    on.has_major_gridlines = False
    on.format.line.color.rgb = _rgb(mixed(setting.look.ink, setting.look.ground, 0.4))
    on.tick_labels.number_format, on.tick_labels.number_format_is_linked = "0", False
    if named:
        on.tick_labels.font.size = Pt(round(min(size, 0.84 * slot / text_width("0000", 1)), 1))
        typeface(on.tick_labels.font._rPr, setting.lang)
        on._element.find(f"{qn('c:txPr')}/{qn('a:bodyPr')}").set("rot", "0")
        return
    first, last = math.floor(min(xs)), max(math.ceil(max(xs)), math.floor(min(xs)) + 1)
    on.minimum_scale, on.maximum_scale = first, last
    on.major_unit = max(1, math.ceil((last - first) / max(plot.width / (1.5 * text_width("0000", size)), 1)))


def _plot(chart, box: Box, margin: dict) -> Box:
    """Fix where the plot stands, so that labels beside it have room; its place on the slide."""
    width, height = box.width - margin["left"] - margin["right"], box.height - margin["top"] - margin["bottom"]
    parts = {"x": margin["left"] / box.width, "y": margin["top"] / box.height, "w": width / box.width, "h": height / box.height}
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    numbers = "".join(f'<c:{k} val="{v:.5f}"/>' for k, v in parts.items())
    area.insert(0, parse_xml(f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>'
                             f"{numbers}</c:manualLayout></c:layout>"))
    return Box(box.left + margin["left"], box.top + margin["top"], width, height)


def _finish(chart, setting: Setting) -> None:
    """Type of all texts, gaps as gaps, square corners, and no title of its own."""
    chart.font.size = Pt(setting.size)
    chart.font.color.rgb = _rgb(setting.look.ink)
    typeface(chart.font._rPr, setting.lang)
    space = chart._chartSpace
    blanks = space.chart.find(qn("c:dispBlanksAs"))
    if blanks is not None:
        blanks.set("val", "gap")
    for old in space.findall(qn("c:roundedCorners")):
        space.remove(old)
    after = space.find(qn("c:date1904"))
    corners = parse_xml(f'<c:roundedCorners {nsdecls("c")} val="0"/>')
    space.insert(0, corners) if after is None else after.addnext(corners)


# --- pieces of XML ---------------------------------------------------------------------


def _dress(series, parts: list[str]) -> None:
    """Put the looks of a series between its name and its figures, in the order of the schema."""
    data = {qn(tag) for tag in ("c:cat", "c:val", "c:xVal", "c:yVal", "c:smooth")}
    name = series.find(qn("c:tx"))
    for old in [e for e in name.itersiblings() if e.tag not in data]:
        series.remove(old)
    for part in reversed(parts):
        name.addnext(parse_xml(part))
    for smooth in series.findall(qn("c:smooth")):
        smooth.set("val", "0")


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}"/></a:solidFill>'


def _fill_xml(colour: str) -> str:
    return f'<c:spPr {nsdecls("c", "a")}>{_solid(colour)}<a:ln><a:noFill/></a:ln></c:spPr>'


def _line_xml(colour: str, width: float, dash: str = "solid") -> str:
    return (f'<c:spPr {nsdecls("c", "a")}><a:ln w="{round(width * 12700)}" cap="rnd">{_solid(colour)}<a:prstDash val="{dash}"/><a:round/></a:ln></c:spPr>')


def _marker_xml(symbol: str, colour: str, look: Look, size: float) -> str:
    """A marker; an open one has the ground's colour inside."""
    inside = look.ground if symbol.endswith("-open") else colour
    shape = symbol.removesuffix("-open")
    return (f'<c:marker {nsdecls("c", "a")}><c:symbol val="{shape}"/><c:size val="{round(max(5, 0.5 * size)) + (shape == "diamond") * 2}"/>'
            f'<c:spPr>{_solid(inside)}<a:ln w="15875">{_solid(colour)}</a:ln></c:spPr></c:marker>')


def _point_xml(index: int, symbol: str, colour: str, look: Look, size: float) -> str:
    """A point with a marker of its own; its piece of line has to be said again."""
    return (f'<c:dPt {nsdecls("c", "a")}><c:idx val="{index}"/>{_marker_xml(symbol, colour, look, size)}<c:bubble3D val="0"/>'
            f"{_line_xml(colour, 2.25)}</c:dPt>")


# Office and LibreOffice draw a line from a label that was moved to its point unless told not to.
_NO_LEADERS = ('<c:extLst><c:ext uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}" xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart">'
               '<c15:showLeaderLines val="0"/></c:ext></c:extLst>')
_NOTHING = "".join(f'<c:{tag} val="0"/>' for tag in ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize"))


def _run_properties(tag: str, size: float, colour: str, lang: str) -> str:
    said = f' lang="{TAGS[lang][0]}" altLang="{TAGS[lang][1]}"' if tag == "a:rPr" else ""
    return (f'<{tag}{said} sz="{round(size * 100)}" b="0">{_solid(colour)}<a:latin typeface="{LATIN}"/>'
            f'<a:ea typeface="{EAST_ASIAN}"/><a:cs typeface="{LATIN}"/></{tag}>')


def _labels_xml(labels, setting: Setting, share: float = 1.0) -> str:
    """Words at points: index, text, colour, position, and how far to move right and down as shares of the chart's size."""
    made = []
    for index, text, colour, position, right, down in sorted(labels, key=lambda label: label[0]):
        moved = f'<c:layout><c:manualLayout><c:x val="{right:.5f}"/><c:y val="{down:.5f}"/></c:manualLayout></c:layout>' if abs(down) + right > 1e-4 else ""
        properties = _run_properties("a:rPr", share * setting.size, colour, setting.lang)
        made.append(
            f'<c:dLbl><c:idx val="{index}"/>{moved}<c:tx><c:rich><a:bodyPr wrap="none"/><a:p><a:r>{properties}<a:t>{escape(clean(text))}</a:t></a:r></a:p></c:rich></c:tx>'
            f'<c:dLblPos val="{position}"/><c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/><c:showSerName val="1"/>'
            '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbl>')
    return f'<c:dLbls {nsdecls("c", "a")}>{"".join(made)}{_NOTHING}{_NO_LEADERS}</c:dLbls>'


def _values_xml(position: str, code: str, size: float, colour: str, setting: Setting, empty=()) -> str:
    """The value at every point, but for those without room."""
    without = "".join(f'<c:dLbl><c:idx val="{i}"/><c:delete val="1"/></c:dLbl>' for i in empty)
    properties = _run_properties("a:defRPr", size, colour, setting.lang)
    return (f'<c:dLbls {nsdecls("c", "a")}>{without}<c:numFmt formatCode="{escape(code, {chr(34): "&quot;"})}" sourceLinked="0"/>'
            f"<c:txPr><a:bodyPr wrap=\"none\"/><a:p><a:pPr>{properties}</a:pPr></a:p></c:txPr>"
            f'<c:dLblPos val="{position}"/>{_NOTHING.replace(chr(60) + "c:showVal val=" + chr(34) + "0", chr(60) + "c:showVal val=" + chr(34) + "1")}</c:dLbls>')


def _bounds_xml(bounds: dict, n: int, colour: str) -> str:
    """What the printing of rounded figures allows: index -> (below, above)."""
    def numbers(k):
        return "".join(f'<c:pt idx="{i}"><c:v>{max(pair[k] or 0, 0):.10g}</c:v></c:pt>' for i, pair in sorted(bounds.items()) if math.isfinite(pair[k] or 0))

    sides = "".join(f'<c:{side}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{n}"/>{numbers(k)}</c:numLit></c:{side}>'
                    for side, k in (("plus", 1), ("minus", 0)))
    return (f'<c:errBars {nsdecls("c", "a")}><c:errDir val="y"/><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>{sides}'
            f'<c:spPr><a:ln w="12700">{_solid(colour)}</a:ln></c:spPr></c:errBars>')
