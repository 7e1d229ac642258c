"""Charts whose figures can be edited in PowerPoint and WPS, made from the program's Plotly figures.

python-pptx writes the chart and its workbook; a form of chart stands in a file of its own.
"""

from __future__ import annotations

from dashboard.exports.drawing import _list
from dashboard.exports.native_bars import bars
from dashboard.exports.native_lines import lines
from dashboard.exports.native_parts import write
from dashboard.exports.native_points import points
from dashboard.exports.native_xml import Box, Setting, clean


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
    make = {"lines": lines, "points": points, "bars": bars, "stack": bars}[form(spec)]
    head = 2.3 * setting.size if title else 0.4 * setting.size
    frame = make(shapes, spec, box, setting, head, names or str)
    frame.name = clean(name)[:200]
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(alt)[:2000])
    chart = frame.chart
    chart.has_title = bool(title)
    if title:
        write(chart.chart_title.text_frame, title, setting.size * 1.1, setting)
        chart.chart_title.include_in_layout = False
    return chart
