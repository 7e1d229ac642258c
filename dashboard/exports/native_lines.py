"""Lines over time as charts of slides: breaks as gaps, names at the ends, bounds, dates of policy."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.dml import MSO_LINE
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt

from dashboard.charts.style import ACCENT
from dashboard.exports.drawing import _list, plain, text_width
from dashboard.exports.native_parts import around, axis_of, code_of, data_code, finish, log_axis, place_plot, shown, time_axis, value_axis, xy_chart
from dashboard.exports.native_xml import Box, Setting, bounds_xml, clean, dress, labels_xml, line_xml, marker_xml, mixed, point_xml, rgb, typeface, visible
from dashboard.i18n import t


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


def lines(shapes, spec, box: Box, setting: Setting, head: float, _names):
    """A native chart of the lines of a figure; a run that a gap or a break ends is a series of its own."""
    layout, look, size = spec["layout"], setting.look, setting.size
    xs = [v for trace in spec["data"] for v in _list(trace.get("x")) if v is not None and "lines" in (trace.get("mode") or "")]
    yearly = all(v == int(v) for v in xs)
    segments, bounds = _segments(spec, setting, yearly)
    years = list(range(int(min(xs)), int(max(xs)) + 1)) if yearly else []
    limits = _limits(spec)
    log = layout["yaxis"].get("type") == "log"
    own = layout["yaxis"].get("range")
    axis = log_axis(own) if log else axis_of(*(own or around([y for run in segments for _, y, _ in run.points])))
    code = code_of(axis, setting)
    marks = [n for n in layout.get("annotations") or () if n.get("name") == "mark"] if yearly else []
    labels = [run for run in segments if run.last]
    margin = {"left": text_width(shown(axis[1], axis[2]), size) + 1.2 * size, "right": max(text_width(run.label, size) for run in labels) + 1.4 * size,
              "top": head + (2.4 * size if marks else 0.5 * size), "bottom": 2.2 * size}
    times = years or sorted(set(xs))
    columns = [(run.name, [at.get(x) for x in times]) for run in segments for at in [dict(p[:2] for p in run.points)]]
    columns += [(name, [value] * len(times)) for value, name, _ in limits]
    # categories can be named one by one only: where there is no room for that, the years stand on an axis of numbers
    slot = (box.width - margin["left"] - margin["right"]) / max(len(times), 1)
    if yearly and 0.84 * slot >= 0.9 * text_width("0000", size):
        data = CategoryChartData(number_format=data_code(setting))
        data.categories = years
        for name, values in columns:
            data.add_series(clean(name), values)
        frame = shapes.add_chart(XL_CHART_TYPE.LINE_MARKERS, *box.emu(), data)
    else:
        frame = xy_chart(shapes, XL_CHART_TYPE.XY_SCATTER_LINES, box, (), times, columns, "", setting)
        slot = 0.0
    chart = frame.chart
    plot = place_plot(chart, box, margin)
    value_axis(chart, axis, code, setting, log)
    time_axis(chart, xs, bool(slot), plot, setting, slot)
    shifts = _spread(labels, axis, plot, size, log)
    slots = len(years) if slot else math.ceil(max(xs)) - math.floor(min(xs)) or 1
    for i, (series, run) in enumerate(zip(chart._chartSpace.iter(qn("c:ser")), segments)):
        colour = visible(run.colour, look)
        where = {x: times.index(x) for x, _, _ in run.points}
        symbols = [symbol for _, _, symbol in run.points]
        usual = max(dict.fromkeys(symbols), key=symbols.count)
        parts = [line_xml(colour, 2.25), marker_xml(usual, colour, look, size)]
        parts += [point_xml(where[x], symbol, colour, look, size) for x, _, symbol in run.points if symbol != usual]
        if run.last:
            end = run.points[-1][0]  # the name stands where the axis ends, also of a line that ends before
            parts.append(labels_xml([(where[end], run.label, colour, "r", (max(xs) - end) / slots * plot.width / box.width, shifts[id(run)] / box.height)], setting))
        own = {where[x]: bounds[i, x] for x, _, _ in run.points if (i, x) in bounds}
        if own:
            parts.append(bounds_xml(own, len(times), colour))
        dress(series, parts)
    for series, (_, name, colour) in zip(list(chart._chartSpace.iter(qn("c:ser")))[len(segments):], limits):
        tint = visible(colour, look)
        first = min(len(times) - 1, math.ceil(text_width(name, size) / 2 / (plot.width / len(times))))
        dress(series, [line_xml(tint, 1.25, "dash"), f'<c:marker {nsdecls("c")}><c:symbol val="none"/></c:marker>',
                        labels_xml([(first, name, tint, "t", 0, 0)], setting)])
    chart.has_legend = False
    finish(chart, setting)
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
        line.line.color.rgb, line.line.width, line.line.dash_style = rgb(colour), Pt(0.75), MSO_LINE.ROUND_DOT
        words = plain(mark["text"])
        width = text_width(words, size) + 0.6 * size
        shape = group.shapes.add_textbox(*Box(min(x - 1, plot.left + plot.width + 3 * setting.size - width), top + size * 1.3 * (i % 2), width, 1.35 * size).emu())
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.word_wrap = False
        run = frame.paragraphs[0].add_run()
        run.text, run.font.size = clean(words), Pt(size)
        run.font.color.rgb = rgb(mixed(setting.look.ink, setting.look.ground, 0.25))
        typeface(run._r.get_or_add_rPr(), setting.lang)
