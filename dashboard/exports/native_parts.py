"""What all forms of charts of slides share: the sheet of points, axes, the place of the plot, type."""

from __future__ import annotations

import io
import math

import xlsxwriter
from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt
from xlsxwriter.utility import xl_rowcol_to_cell

from dashboard.exports.drawing import text_width
from dashboard.exports.native_xml import Box, Setting, clean, mixed, rgb, typeface


def write(text_frame, text, size, setting: Setting, bold=True) -> None:
    """A run of text in a frame's first paragraph, in the colour of type."""
    run = text_frame.paragraphs[0].add_run()
    run.text = clean(text)
    run.font.size, run.font.bold = Pt(size), bold
    run.font.color.rgb = rgb(setting.look.ink)
    typeface(run._r.get_or_add_rPr(), setting.lang)


def xy_chart(shapes, kind, box: Box, names, xs, columns, x_title: str, setting: Setting):
    """A chart of points whose sheet has their names, if any, x, and a column for each series, as one would type it.

    python-pptx puts the series below each other, and LibreOffice draws no series of one point.
    """
    data = XyChartData(number_format=data_code(setting))
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


def axis_of(low: float, high: float, steps: int = 5) -> tuple[float, float, float]:
    """Ends of an axis and the distance of its lines, round numbers all of them."""
    rough = (high - low) / steps
    power = 10 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step, step


def log_axis(exponents) -> tuple[float, float, float]:
    """Ends and factor of a logarithmic axis that holds these powers of ten."""
    low, high = (math.floor(exponents[0]), math.ceil(exponents[1]))
    return 10.0**low, 10.0**high, 10.0


def _digits(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 1e-9)) + (1 if step < 10 and f"{step:e}".startswith("2.5") else 0) if step else 0


def shown(value: float, step: float) -> str:
    """A value with as many digits as the steps of its axis have."""
    return f"{value:,.{_digits(step)}f}"


def code_of(axis, setting: Setting) -> str:
    """Number format of an axis: Chinese writes numbers below ten thousand without separators."""
    low, high, step = axis
    whole = "0" if setting.lang == "zh" and max(abs(low), abs(high)) < 10_000 else "#,##0"
    return whole + ("." + "0" * _digits(step) if _digits(step) else "")


def data_code(setting: Setting) -> str:
    """Number format of the figures themselves."""
    small = "0" if setting.lang == "zh" else "#,##0"
    if setting.decimals is None:
        return "[>=10000]#,##0;[>=100]0;General" if setting.lang == "zh" else "[>=100]#,##0;General"
    digits = "." + "0" * setting.decimals if setting.decimals else ""
    return f"[>=10000]#,##0{digits};{small}{digits}" if setting.lang == "zh" else f"#,##0{digits}"


def value_axis(chart, axis, code: str, setting: Setting, log: bool) -> None:
    """Set the value axis: ends and step, number format, grid and type."""
    on, look = chart.value_axis, setting.look
    on.minimum_scale, on.maximum_scale = axis[0], axis[1]
    if axis[2] and not log:
        on.major_unit = axis[2]
    if log:
        scaling = on._element.find(qn("c:scaling"))
        scaling.insert(0, parse_xml(f'<c:logBase {nsdecls("c")} val="10"/>'))
    on.has_major_gridlines = True
    on.major_gridlines.format.line.color.rgb, on.major_gridlines.format.line.width = rgb(look.line), Pt(0.75)
    on.format.line.fill.background()
    on.major_tick_mark = XL_TICK_MARK.NONE
    on.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    on.tick_labels.number_format, on.tick_labels.number_format_is_linked = code, False


def time_axis(chart, xs, named: bool, plot: Box, setting: Setting, slot: float) -> None:
    """The axis of years: of categories `slot` points wide, or of numbers."""
    on, size = chart.category_axis, setting.size
    on.tick_label_position, on.major_tick_mark = XL_TICK_LABEL_POSITION.LOW, XL_TICK_MARK.OUTSIDE
    on.has_major_gridlines = False
    on.format.line.color.rgb = rgb(mixed(setting.look.ink, setting.look.ground, 0.4))
    on.tick_labels.number_format, on.tick_labels.number_format_is_linked = "0", False
    if named:
        on.tick_labels.font.size = Pt(round(min(size, 0.84 * slot / text_width("0000", 1)), 1))
        typeface(on.tick_labels.font._rPr, setting.lang)
        on._element.find(f"{qn('c:txPr')}/{qn('a:bodyPr')}").set("rot", "0")
        return
    first, last = math.floor(min(xs)), max(math.ceil(max(xs)), math.floor(min(xs)) + 1)
    on.minimum_scale, on.maximum_scale = first, last
    on.major_unit = max(1, math.ceil((last - first) / max(plot.width / (1.5 * text_width("0000", size)), 1)))


def place_plot(chart, box: Box, margin: dict) -> Box:
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


def legend(chart, shown: bool, position, setting: Setting) -> None:
    """The names of the series beside or over the plot, where there are several."""
    chart.has_legend = shown
    if shown:
        chart.legend.position, chart.legend.include_in_layout = position, False
        typeface(chart.legend.font._rPr, setting.lang)


def finish(chart, setting: Setting) -> None:
    """Type of all texts, gaps as gaps, square corners, and no title of its own."""
    chart.font.size = Pt(setting.size)
    chart.font.color.rgb = rgb(setting.look.ink)
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


def around(values: list[float]) -> tuple[float, float]:
    """Ends with a tenth of room around values; from 0 where they begin near it."""
    low, high = min(values), max(values)
    room = 0.1 * (high - low or abs(high) or 1)
    return (0.0 if 0 <= low < 0.2 * high else low - room), high + room
