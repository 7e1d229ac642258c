"""Points of two values as charts of slides."""

from __future__ import annotations

from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.oxml.ns import nsdecls, qn

from dashboard.charts.scatter import apart
from dashboard.charts.style import ACCENT
from dashboard.exports.drawing import _list, plain, text_width
from dashboard.exports.native_parts import around, axis_of, code_of, finish, legend, place_plot, shown, value_axis, write, xy_chart
from dashboard.exports.native_xml import Box, Setting, clean, dress, labels_xml, marker_xml, mixed, rgb, visible

_POSITIONS = {"top": "t", "bottom": "b", "middle": "ctr"}


def points(shapes, spec, box: Box, setting: Setting, head: float, names):
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
    frame = xy_chart(shapes, XL_CHART_TYPE.XY_SCATTER, box, [p[2] for p in points], [p[0] for p in points], columns, titles[0], setting)
    chart = frame.chart
    axes = [axis_of(*around([p[k] for p in points])) for k in (0, 1)]
    names_room = 1.7 * size if len(traces) > 1 else 0
    plot = place_plot(chart, box, {"left": text_width(shown(axes[1][1], axes[1][2]), size) + 3 * size, "right": 2 * size,
                              "top": head + names_room, "bottom": 4 * size})
    value_axis(chart, axes[1], code_of(axes[1], setting), setting, False)
    across = chart.category_axis
    across.minimum_scale, across.maximum_scale, across.major_unit = axes[0]
    across.has_major_gridlines = False
    across.tick_labels.number_format, across.tick_labels.number_format_is_linked = code_of(axes[0], setting), False
    across.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    across.format.line.color.rgb = rgb(mixed(look.ink, look.ground, 0.4))
    for on, title in zip((across, chart.value_axis), titles):
        on.has_title = bool(title)
        if title:
            write(on.axis_title.text_frame, title, size, setting, bold=False)
    where = apart([p[:2] for p in points], [p[2] for p in points], axes[0][:2], axes[1][:2], ((plot.width, plot.height),), 0.9 * size)
    done = 0
    for series, trace in zip(chart._chartSpace.iter(qn("c:ser")), traces):
        colour = visible((trace.get("marker") or {}).get("color") or ACCENT, look)
        n = len(_list(trace["x"]))
        labels = [(i, points[i][2], look.ink, _position(where[i]), 0, 0) for i in range(done, done + n) if where[i]]
        dress(series, [f'<c:spPr {nsdecls("c", "a")}><a:ln w="19050"><a:noFill/></a:ln></c:spPr>', marker_xml("circle", colour, look, 1.3 * size),
                        labels_xml(labels, setting, 0.9)])
        done += n
    legend(chart, len(traces) > 1, XL_LEGEND_POSITION.TOP, setting)
    finish(chart, setting)
    return frame


def _position(place: str) -> str:
    """Where a label stands; a chart of PowerPoint has four places, the corners go to the sides."""
    vertical, horizontal = place.split()
    return {"left": "l", "right": "r"}.get(horizontal) or _POSITIONS[vertical]
