"""Bars as charts of slides, lying or upright, beside or on each other."""

from __future__ import annotations

import math

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from dashboard.charts.choropleth import ink_on
from dashboard.charts.style import ACCENT
from dashboard.exports.drawing import _list, plain, text_width
from dashboard.exports.native_parts import axis_of, code_of, data_code, finish, legend, place_plot, shown, value_axis
from dashboard.exports.native_xml import Box, Setting, bounds_xml, clean, dress, fill_xml, mixed, rgb, typeface, values_xml, visible

#: Points below which a number in a bar is left to the table of figures.
_LEAST = 8


def bars(shapes, spec, box: Box, setting: Setting, head: float, names):
    """Bars beside or on each other; lying ones stand in the order of the figure, the first on top."""
    layout, look, size = spec["layout"], setting.look, setting.size
    traces = [trace for trace in spec["data"] if trace["type"] == "bar" and _list(trace.get("y"))]
    lying, stacked = traces[0].get("orientation") == "h", layout.get("barmode") == "stack"
    places, values = ("y", "x") if lying else ("x", "y")
    ticks = layout[f"{places}axis"].get("ticktext")
    own = _list(traces[0][values])
    bounds = _bounds(spec, own) if lying else {}
    written = next((_list(trace["text"]) for trace in spec["data"] if trace.get("mode") == "text"), None) if bounds else None
    if ticks or written:  # a number at the end of a bar would stand on its whisker, so it stays with the name
        categories = [plain(c) for c in ticks or written]
    else:
        categories = [_called(c, names) for c in _list(traces[0].get("customdata"))] or [str(p) for p in _list(traces[0][places])]
    data = CategoryChartData(number_format=data_code(setting))
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
    reach = numbers + [end for at, (below, above) in bounds.items() for end in (own[at] - below, own[at] + above)]
    code = data_code(setting)
    widest_number = text_width(shown(max(numbers, key=abs), 10.0 ** -(setting.decimals if setting.decimals is not None else 1)), 1)
    if lying:
        widest = max(text_width(c, small) for c in categories)
        margin = {"left": widest + 1.2 * small, "right": widest_number * small + 1.5 * small,
                  "top": head, "bottom": 0.2 * size}
    else:
        labels = [plain(trace.get("name") or "") for trace in traces]
        margin = {"left": text_width("00,000", size) + size, "right": (max(text_width(n, size) for n in labels) + 2.6 * size) if len(labels) > 1 else size,
                  "top": head + 0.6 * size, "bottom": 2.2 * size}
    plot = place_plot(chart, box, margin)
    axis = axis_of(*layout[f"{values}axis"]["range"]) if not lying else (min(0.0, *reach), max(*reach, 0.0), None)
    value_axis(chart, axis, code_of(axis, setting) if not lying else code, setting, False)
    on = chart.category_axis
    on.reverse_order = lying
    on.tick_label_position, on.major_tick_mark = XL_TICK_LABEL_POSITION.LOW, XL_TICK_MARK.NONE
    on.format.line.color.rgb = rgb(mixed(look.ink, look.ground, 0.4))
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
        parts = [fill_xml(own), f'<c:invertIfNegative {nsdecls("c")} val="0"/>']
        parts += [f'<c:dPt {nsdecls("c", "a")}><c:idx val="{i}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>{fill_xml(c)}</c:dPt>'
                  for i, c in enumerate(tints) if c != own]
        colour = ink_on(own) if stacked else look.ink
        heights = _list(trace[values])
        tall = plot.height / (axis[1] - axis[0]) if stacked else 1
        empty = [i for i, v in enumerate(heights) if stacked and (v is None or v * tall < 1.05 * number_size)]
        if bounds:
            parts.append(bounds_xml(bounds, len(heights), look.ink, ""))
        elif number_size >= _LEAST:
            parts.append(values_xml("ctr" if stacked else "outEnd", code, number_size, colour, setting, empty))
        dress(series, parts)
    legend(chart, len(traces) > 1, XL_LEGEND_POSITION.RIGHT, setting)
    finish(chart, setting)
    return frame


def _called(code: str, names) -> str:
    """Name of an area, or of the flow between two of them."""
    return " → ".join(names(end) for end in code.split(">"))


def _bounds(spec, numbers) -> dict[int, tuple[float, float]]:
    """Whiskers of lying bars, as :func:`dashboard.charts.ranking.ranking` draws them: place of the bar -> (below, above)."""
    strokes = next((trace for trace in spec["data"] if (trace.get("meta") or {}).get("bounds")), None)
    if not strokes:
        return {}
    ends: dict[int, list[float]] = {}
    for x, y in zip(_list(strokes.get("x")), _list(strokes.get("y"))):
        if x is not None:
            ends.setdefault(math.floor(y), []).append(x)
    return {at: (numbers[at] - min(own), max(own) - numbers[at]) for at, own in ends.items()}
