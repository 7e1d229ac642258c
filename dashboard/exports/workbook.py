"""A view as a workbook: a table of areas and periods, every figure with its source, and the method.

Written by XlsxWriter row by row, so that memory does not grow with the rows. Texts are
written as texts and never read for formulas; there is no formula in the file.
"""

from __future__ import annotations

import datetime
import functools
import io
import itertools
import math
import re
import unicodedata
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator
from xml.sax.saxutils import escape

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from dashboard import format as fmt
from dashboard import views
from dashboard.exports import STANDARD, Options
from dashboard.exports.about import About, about
from dashboard.exports.tables import adopted
from dashboard.i18n import t
from dashboard.views import View
from geodata import areas
from indicators.ledger import sources
from indicators.model import period_end
from indicators.names import name
from indicators.whole import scratch

#: Type that Excel and WPS have on Windows and Mac; others take their own for it.
_TYPE = {"zh": "Microsoft YaHei", "en": "Arial"}
_INK, _RULE, _FILL, _GREY = "#1f2933", "#9aa5b1", "#eef2f6", "#52606d"

#: Longest text that a cell takes.
MOST = 32_767
_A4, _A3 = 9, 8
_LETTERS = tuple(map(xl_col_to_name, range(100)))


def xlsx(view: View, options: Options = STANDARD) -> bytes:
    """The figures of a view as an XLSX workbook.

    Parameters
    ----------
    view : dashboard.views.View
    options : dashboard.exports.Options
        Its ``origin`` is for the link back.

    Returns
    -------
    bytes
        Three sheets in the language of the view: a table of areas and periods for each
        indicator, measure and kind of period; a row for every figure; the method, the
        marks and the sources. The same view on the same day gives the same bytes.
    """
    said, lang = about(view, options.origin), view.lang
    file = io.BytesIO()
    # its sheets lie in files meanwhile, which it would leave there where it fails
    with scratch("workbook") as folder, xlsxwriter.Workbook(file, {
            "constant_memory": True, "tmpdir": str(folder), "strings_to_urls": False,
            "default_format_properties": {"font_name": _TYPE[lang], "font_size": 10, "font_color": _INK}}) as book:
        book.set_properties({"title": said.title, "author": t(lang, "app.title"), "comments": said.link,
                             "created": datetime.datetime.fromisoformat(said.date)})
        style = _Styles(book)
        _data_sheet(_Sheet(book, t(lang, "export.workbook.data"), said.title, lang), view, said, style)
        used = _observation_sheet(_Sheet(book, t(lang, "export.workbook.observations"), said.title, lang), view.frame, lang, style)
        _notes_sheet(_Sheet(book, t(lang, "export.workbook.notes"), said.title, lang), said, used, lang, style)
    return file.getvalue()


class _Styles:
    """Cell formats of a workbook by their properties, each made once."""

    def __init__(self, book):
        self._book, self._made = book, {}

    def __call__(self, **properties):
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"valign": "vcenter", **properties})
        return self._made[key]

    @property
    def head(self):
        return self(bold=True, bg_color=_FILL, bottom=1, top=2, border_color=_RULE, text_wrap=True)

    @property
    def head_number(self):
        return self(bold=True, bg_color=_FILL, bottom=1, top=2, border_color=_RULE, text_wrap=True, align="right")

    @property
    def title(self):
        return self(bold=True, font_size=14)

    @property
    def heading(self):
        return self(bold=True, font_size=12)

    @property
    def quiet(self):
        return self(font_color=_GREY, font_size=9)


class _Worksheet(Worksheet):
    """A worksheet that takes many rows at once, and writes numbers in full.

    XlsxWriter's own way costs 6 µs a cell, 12 s for 100,000 figures. Most texts of a
    table of observations come again and again, so their markup is kept. It also writes
    16 digits, where a computed number may need 17 to be the one that the API gives.
    """

    def _xml_number_element(self, number, attributes=None) -> None:
        marks = "".join(f' {key}="{value}"' for key, value in attributes or ())
        self.fh.write(f"<c{marks}><v>{float(number)!r}</v></c>")

    def write_rows(self, first: int, rows: Iterable[tuple], plain, indented, format_of: Callable[[int], object]) -> None:
        """Rows below all that was written.

        Parameters
        ----------
        first : int
            The first row, from 0.
        rows : iterable of tuple
            Cells: texts, of which empty ones are left out, pairs of a number and its
            decimals, or None.
        plain, indented : xlsxwriter.format.Format
            Of a text, and of a text that stands right of a number.
        format_of : callable
            From decimals to the format of a number's cell.
        """
        self._write_single_row(first)  # what XlsxWriter holds back
        formats = functools.cache(lambda decimals: format_of(decimals)._get_xf_index())
        plain, indented = plain._get_xf_index(), indented._get_xf_index()
        for number, cells in enumerate(rows, first + 1):
            line, before = [f'<row r="{number}">'], ""
            for letter, cell in zip(_LETTERS, cells):
                if isinstance(cell, str):
                    if cell:
                        text = _markup(cell) if len(cell) < 300 else _markup.__wrapped__(cell)  # long ones would fill the memory
                        own = plain if isinstance(before, str) else indented
                        line.append(f'<c r="{letter}{number}" s="{own}" t="inlineStr"><is>{text}</is></c>')
                elif cell is not None:
                    line.append(f'<c r="{letter}{number}" s="{formats(cell[1])}"><v>{cell[0]!r}</v></c>')
                before = cell
            line.append("</row>")
            self.fh.write("".join(line))
            self.dim_rowmax, self.dim_colmax = number - 1, max(self.dim_colmax or 0, len(cells) - 1)
            self.previous_row = number


@functools.lru_cache(maxsize=20_000)
def _markup(text: str) -> str:
    """A text as the element ``t`` of an inline string; control characters as the format writes them."""
    text = _CONTROL.sub(lambda m: f"_x{ord(m[0]):04X}_", _ESCAPED.sub(r"_x005F\1", plain_text(text)))
    keep = ' xml:space="preserve"' if text != text.strip() or "\n" in text else ""
    return f"<t{keep}>{escape(text)}</t>"


_ESCAPED = re.compile(r"_(x[0-9a-fA-F]{4}_)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")


class _Sheet:
    """A sheet that is written from the top down, with the print setup that all share."""

    def __init__(self, book, label: str, title: str, lang: str):
        self.page = book.add_worksheet(label, worksheet_class=_Worksheet)
        self.row = 0
        page = self.page
        page.set_landscape()
        page.set_paper(_A4)
        page.set_margins(left=0.5, right=0.5, top=0.75, bottom=0.6)
        page.fit_to_pages(1, 0)
        page.set_header(f"&L{_in_header(title)}&R{_in_header(label)}")
        page.set_footer(f"&L{_in_header(t(lang, 'app.title'))}&R{t(lang, 'export.workbook.page')}")
        page.hide_gridlines(1)
        page.set_default_row(17)
        page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # codes of areas are texts

    def write(self, *cells, style=None, heights: float = 0) -> None:
        """A row of texts, each a text or a pair of text and format; empty ones are left out."""
        if heights:
            self.page.set_row(self.row, heights)
        for column, cell in enumerate(cells):
            value, own = cell if isinstance(cell, tuple) else (cell, style)
            if value or own is not style:
                self.text(column, value, own)
        self.row += 1

    def text(self, column: int, value: str, style=None) -> None:
        """A text in the current row."""
        self.page.write_string(self.row, column, plain_text(value), style)


def _in_header(text: str) -> str:
    """A text for a page header, where ``&`` begins a command and 255 characters is all there is."""
    return text[:80].replace("&", "&&")


def plain_text(text: str) -> str:
    """A text as a cell takes it: at most :data:`MOST` UTF-16 units, and nothing that XlsxWriter reads as markup."""
    if len(text) > MOST // 2:
        text = text.encode("utf-16-le")[: 2 * (MOST - 2)].decode("utf-16-le", "ignore")
    return f"{text} " if text.startswith("<r>") and text.endswith("</r>") else text


# --- marks -----------------------------------------------------------------------------


def marks(row) -> str:
    """What a reader is told beside a figure: the letter of its status, ``*`` computed, ``≈`` rounded, ``≠`` disputed."""
    return ((row.obs_status if row.obs_status != "A" else "") + ("*" if row.computed else "")
            + ("≈" if views.rounded(row) else "") + ("≠" if row.conflict else ""))


def _marks_explained(used: set[str], lang: str) -> list[tuple[str, str]]:
    signs = (("*", "mark_computed"), ("≈", "mark_rounded"), ("≠", "mark_conflict"))
    letters = sorted({m for mark in used for m in mark if m.isalpha()})
    return [*((s, name("obs_status", s, lang)) for s in letters),
            *((s, t(lang, f"export.workbook.{key}")) for s, key in signs if any(s in mark for mark in used))]


def number_format(decimals: int, mark: str = "") -> str:
    """Number format of Excel with so many decimals; a mark stands before the number, so that digits align."""
    return (f'"{mark} "' if mark else "") + "#,##0" + (f".{'0' * decimals}" if decimals else "")


def _decimals(indicator: str, measure: str, values: pd.Series) -> int:
    """Digits after the point of a block: the indicator's, or three significant ones of its middling value."""
    fixed = views.decimals_of(indicator, measure)
    if fixed is not None:
        return fixed
    middle = values.abs().median()
    return 0 if not middle < 100 else 1 if middle >= 10 else 2


# --- areas and periods -----------------------------------------------------------------


def _data_sheet(sheet: _Sheet, view: View, said: About, style: _Styles) -> None:
    lang, page = view.lang, sheet.page
    chosen = adopted(view.frame)
    blocks = [(key, own) for key, own in chosen.groupby(["indicator", "measure", "period_kind"], sort=False)]
    ends = set(zip(chosen["area"], chosen["counterpart_area"]))
    page.set_column(0, 0, _fitting((_ends(*e) for e in ends), 8))
    page.set_column(1, 1, _fitting((views.place(*e, lang, False) for e in ends), 14, 40))
    longest = max((_width(fmt.number(v, lang, 2)) for v in (chosen["value"].min(), chosen["value"].max())), default=8)
    wide = max(10, longest + 4)
    page.set_column(2, max([2, *(own["period"].nunique() + 1 for _, own in blocks)]), wide)
    sheet.write(said.title, style=style.title, heights=24)
    sheet.write(_joined(lang, t(lang, "export.workbook.unit", unit=said.unit) if len(blocks) == 1 else "", said.source_line), style=style.quiet)
    used = set()
    for i, ((indicator, measure, kind), own) in enumerate(blocks):
        sheet.row += 1
        if len(blocks) > 1:
            sheet.write(_block_title(indicator, measure, lang), style=style.heading)
            sheet.write(_joined(lang, t(lang, "export.workbook.unit", unit=fmt.unit_label(own["unit"].iloc[0], lang)),
                                name("period_kind", kind, lang)), style=style.quiet)
        if i == 0:
            page.freeze_panes(sheet.row + 1 if len(blocks) == 1 else 2, 2)
            page.repeat_rows(0, sheet.row if len(blocks) == 1 else 1)
        used |= _block(sheet, own, wide, lang, style)
    sheet.row += 1
    sheet.write(_joined(lang, *(f"{s} {meaning}" for s, meaning in _marks_explained(used, lang))), style=style.quiet)
    sheet.write(t(lang, "export.workbook.gap"), style=style.quiet)


def _block(sheet: _Sheet, own: pd.DataFrame, wide: int, lang: str, style: _Styles) -> set[str]:
    """One table of areas and periods, its columns so many characters wide; the marks that it used."""
    indicator, measure, kind = own[["indicator", "measure", "period_kind"]].iloc[0]
    periods = sorted(set(own["period"]), key=lambda p: (period_end(p), p))
    labels = [fmt.period(p, kind, lang) for p in periods]
    decimals = _decimals(indicator, measure, own["value"])
    sheet.write(t(lang, "export.workbook.code"), t(lang, "column.area"), *((label, style.head_number) for label in labels), style=style.head,
                heights=max(_height(label, wide - 1) for label in labels))
    column = {p: i + 2 for i, p in enumerate(periods)}
    order, used = _order(), set()
    groups = own.groupby(["area", "counterpart_area"], sort=False)
    for left, ((area, counterpart), rows) in zip(range(len(groups) - 1, -1, -1), sorted(groups, key=lambda g: tuple(order.get(c, 0) for c in g[0]))):
        line = {} if left else {"bottom": 2, "border_color": _RULE}
        sheet.text(0, _ends(area, counterpart), style(**line))
        sheet.text(1, views.place(area, counterpart, lang, False), style(**line))
        cells = {column[row.period]: (row.value, marks(row)) for row in _rows(rows) if math.isfinite(row.value)}
        for i in sorted(column.values()):
            if i in cells:
                value, mark = cells[i]
                used.add(mark)
                sheet.page.write_number(sheet.row, i, value, style(num_format=number_format(decimals, mark), **line))
            elif line:
                sheet.page.write_blank(sheet.row, i, None, style(**line))
        sheet.row += 1
    return used


def _block_title(indicator: str, measure: str, lang: str) -> str:
    label = views.indicator_name(indicator, lang)
    return label if measure == "level" else t(lang, "chart.title_measure", indicator=label, measure=views.measure_name(measure, lang))


@functools.cache
def _order() -> dict[str, int]:
    return {a.code: i for i, a in enumerate(areas(), 1)}


def _ends(area: str, counterpart: str) -> str:
    return f"{area} → {counterpart}" if counterpart else area


def _joined(lang: str, *parts: str) -> str:
    return t(lang, "export.semicolon").join(p for p in parts if p)


def _fitting(texts: Iterable[str], least: int, most: int = 30) -> int:
    """Width of a column that shows all texts, within bounds."""
    return min(most, max([least, *(_width(text) + 1 for text in texts)]))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


# --- one row a figure ------------------------------------------------------------------

#: Column, its width, whether it holds numbers. The codes by which the API names a figure stand last.
_OBSERVED = (("indicator", 14, False), ("area", 10, False), ("counterpart_area", 11, False), ("period", 12, False), ("period_kind", 9, False),
             ("measure", 8, False), ("value", 11, True), ("lower", 11, True), ("upper", 11, True), ("unit", 9, False), ("mark", 6, False),
             ("obs_status", 11, False), ("value_text", 13, False), ("vintage", 12, False), ("source", 52, False), ("locator", 26, False),
             ("note", 26, False), ("key", 26, False))


def _observation_sheet(sheet: _Sheet, frame: pd.DataFrame, lang: str, style: _Styles) -> set[str]:
    """One row a figure; the marks that it used."""
    page, used = sheet.page, set()
    words = {"indicator": views.indicator_name, "area": views.area_name, "unit": fmt.unit_label, "vintage": functools.partial(name, "vintage", lang=lang)}
    for i, (column, width, _number) in enumerate(_OBSERVED):
        label = words.get(column)
        page.set_column(i, i, _fitting((label(key, lang=lang) for key in frame[column].unique()), width) if label else width)
    page.set_paper(_A3)
    page.freeze_panes(1, 2)
    page.repeat_rows(0)
    page.autofilter(0, 0, max(1, len(frame)), len(_OBSERVED) - 1)
    sheet.write(*((_heading(column, lang), style.head_number if number else style.head) for column, _, number in _OBSERVED))
    at = [column for column, *_ in _OBSERVED].index("mark")
    rows = (used.add(cells[at]) or cells for cells in observation_rows(frame, lang))
    page.write_rows(sheet.row, rows, style(), style(indent=1), lambda decimals: style(num_format=number_format(decimals)))
    return used


def _heading(column: str, lang: str) -> str:
    own = {"period_kind": "control.kind", "measure": "control.measure"}
    return t(lang, own.get(column) or f"{'export.workbook' if column in ('mark', 'lower', 'upper', 'key', 'counterpart_area') else 'column'}.{column}")


def observation_rows(frame: pd.DataFrame, lang: str) -> Iterator[tuple]:
    """Cells of each figure in words, in the order of the sheet's columns.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of a view.
    lang : {"zh", "en"}

    Yields
    ------
    tuple
        Texts; numbers as pairs of value and decimals; None for a gap and an infinite bound.
    """
    once = functools.partial(functools.lru_cache, maxsize=100_000)
    place, unit = once()(lambda code: views.area_name(code, lang) if code else ""), once()(lambda u: fmt.unit_label(u, lang))
    label, measure = once()(lambda i: views.indicator_name(i, lang)), once()(lambda m: views.measure_name(m, lang))
    period, named = once()(lambda p, k: fmt.period(p, k, lang)), once()(lambda kind, key: name(kind, key, lang) if key else "")
    cited, where = once()(lambda joined: cited_sources(joined, lang)), once()(lambda joined: _places(joined, lang))
    decimals = {key: _decimals(*key, own) for key, own in frame.groupby(["indicator", "measure"])["value"]}
    for row in _rows(frame):
        digits = decimals[row.indicator, row.measure]
        value = (row.value, digits) if math.isfinite(row.value) else None
        bounds = [(bound, _needed(bound, digits)) if math.isfinite(bound) else None for bound in (row.lower, row.upper)]
        yield (label(row.indicator), place(row.area), place(row.counterpart_area), period(row.period, row.period_kind),
               named("period_kind", row.period_kind), measure(row.measure), value, *bounds, unit(row.unit), marks(row),
               f"{row.obs_status} {named('obs_status', row.obs_status)}", row.value_text, named("vintage", row.vintage), cited(row.source),
               where(row.locator), row.note, f"{row.indicator} {_ends(row.area, row.counterpart_area)} {row.period}")


def _rows(frame: pd.DataFrame, most: int = 5000) -> Iterator:
    """Rows of a frame as named tuples; in chunks, as lists of Python values, which is three times faster than the whole."""
    for start in range(0, len(frame), most):
        chunk = frame.iloc[start:start + most]
        yield from itertools.starmap(_row_type(tuple(frame.columns)), zip(*(chunk[c].tolist() for c in frame.columns)))


@functools.lru_cache(maxsize=8)
def _row_type(columns: tuple[str, ...]) -> type:
    return namedtuple("Row", columns, rename=True)


def _needed(value: float, least: int) -> int:
    """Decimals that show a bound whole, at most two more than the values have: 36.5 beside 37."""
    return next((d for d in (least, least + 1) if round(value, d) == value), least + 2)


def cited_sources(joined: str, lang: str) -> str:
    """Citations of sources joined by ``|``."""
    known = sources().index
    return _joined(lang, *(views.citation(s, lang) if s in known else s for s in dict.fromkeys(joined.split("|"))))


def _places(joined: str, lang: str) -> str:
    return _joined(lang, *dict.fromkeys(views.place_in(x, lang) for x in joined.split("|")))


# --- method ----------------------------------------------------------------------------


def _notes_sheet(sheet: _Sheet, said: About, used: set[str], lang: str, style: _Styles) -> None:
    wrap, strong = style(text_wrap=True, valign="top"), style(bold=True, text_wrap=True, valign="top")
    for i, width in enumerate((26, 80, 44, 14)):
        sheet.page.set_column(i, i, width)

    def fact(label: str, value: str) -> None:
        if value:
            sheet.write((label, strong), (value, wrap), heights=max(_height(value, 80), _height(label, 26)))

    sheet.write(said.title, style=style.title, heights=24)
    for key, value in (("unit_label", said.unit), ("year", said.year), ("source_line", said.source_line), ("link", said.link),
                       ("date", said.date), ("credit", said.credit.replace("\n", " ")), ("program", t(lang, "app.title"))):
        fact(t(lang, f"export.workbook.{key}"), value)
    sheet.row += 1
    sheet.write(t(lang, "export.workbook.definitions"), style=style.heading)
    for label, definition, method in said.definitions:
        fact(label, definition or t(lang, "indicator.no_definition"))
        if method:
            sheet.write("", (method, wrap), heights=_height(method, 80))
    sheet.row += 1
    sheet.write(t(lang, "export.workbook.reading"), style=style.heading)
    for note in (*said.notes, t(lang, "export.workbook.gap")):
        sheet.write("", (note, wrap), heights=_height(note, 80))
    for sign, meaning in _marks_explained(used, lang):
        sheet.write((sign, strong), (meaning, wrap))
    sheet.row += 1
    sheet.write(t(lang, "export.workbook.sources", n=len(said.sources)), style=style.heading)
    sheet.write((t(lang, "column.source"), style.head), (t(lang, "sources.citation"), style.head),
                (t(lang, "column.locator"), style.head), (t(lang, "export.workbook.taken"), style.head_number))
    table = sources()
    for source in said.sources:
        place = table.loc[source.id, "repository_or_file"] if source.id in table.index else ""
        sheet.page.set_row(sheet.row, max(_height(source.citation, 80), _height(place, 44)))
        for column, text in enumerate((source.id, source.citation, place)):
            if text:
                sheet.text(column, text, wrap)
        sheet.page.write_number(sheet.row, 3, source.figures, style(num_format="#,##0", valign="top"))
        sheet.row += 1


def _height(text: str, width: int) -> float:
    """Height in points of a row whose text is wrapped at so many characters."""
    narrow = sum(unicodedata.east_asian_width(c) not in "WF" for c in text) * 0.15  # proportional type
    return 3.0 + 14.0 * max(1, math.ceil((_width(text) - narrow) / width))
