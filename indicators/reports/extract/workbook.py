"""Text of an .xlsx: the visible sheets in order, each as the sentences of its table."""

from __future__ import annotations

import datetime
import functools
import io
import re
from decimal import Decimal

from indicators.reports.extract import tables
from indicators.reports.extract.container import core_title, opened
from indicators.reports.extract.document import ExtractError, Limits

_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表)\s?\d*", re.I)
_LITERAL = re.compile(r'"([^"]*)"')
_FIXED = re.compile(r"[0#]\.(0+)")


def read(data: bytes, limits: Limits) -> dict:
    """Text, title and the beginnings of the sheets of a workbook.

    Of formulas the value is read that the program stored; a formula without one is an empty cell.
    """
    archive = opened(data, limits)
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    texts, starts, at, left = [], [], 0, limits.cells
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        rows, left = _rows(sheet, left, limits)
        name = "" if _DEFAULT_NAME.fullmatch(sheet.title) else sheet.title
        found = tables.lines(rows, name, limits.characters)
        if not found:
            continue
        text = "\n".join([name, *found] if name else found)
        starts.append(at)
        texts.append(text)
        at += len(text) + 2
    return {"text": "\n\n".join(texts), "title": core_title(archive), "pages": starts}


def _rows(sheet, left: int, limits: Limits) -> tuple[list[list[str]], int]:
    """Cells of a sheet as printed, and how many more there may be."""
    sheet.reset_dimensions()  # what the file says of its size may be false
    rows = []
    for row in sheet.iter_rows():
        cells = [shown(cell.value, cell.number_format) if cell.value is not None else "" for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        left -= max(1, sum(map(bool, cells)))
        if left < 0:
            raise ExtractError("too_many_cells", limit=limits.cells)
        if cells:
            rows.append(cells)
    return rows, left


def shown(value, number_format: str = "General") -> str:
    """A cell as the program shows it: percent signs, fixed decimals and words of the format.

    >>> shown(0.0523, "0.0%"), shown(43760.7, '#,##0.0"亿元"'), shown(2023, "General")
    ('5.2%', '43760.7亿元', '2023')
    """
    if isinstance(value, bool):
        return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return _day(value, number_format)
    if not isinstance(value, int | float):
        return str(value).strip()
    if value != value or abs(value) > 1e300:
        return ""
    before, decimals, percent, behind = _form(number_format or "General")
    number = Decimal(repr(value)) * (100 if percent else 1)
    return before + (_general(value) if decimals is None else f"{number:.{decimals}f}") + ("%" if percent else "") + behind


@functools.lru_cache(maxsize=256)
def _form(number_format: str) -> tuple[str, int | None, bool, str]:
    """Words before, decimals (None: as many as there are), whether in percent, words behind."""
    form = re.sub(r"\[[^\]]*\]|\\.|_.|\*.", "", number_format.split(";")[0])
    digits = re.search("[0#]", _LITERAL.sub(lambda words: "x" * len(words.group()), form))
    at = digits.start() if digits else 0
    before, behind = ("".join(_LITERAL.findall(part)).strip() for part in (form[:at], form[at:]))
    bare = _LITERAL.sub("", form)
    percent, fixed = "%" in bare, _FIXED.search(bare)
    if not digits or "E" in bare.upper():
        return before, None, False, behind
    return before, len(fixed.group(1)) if fixed else 0, percent, behind


def _general(value) -> str:
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _day(value, number_format: str) -> str:
    form = (number_format or "").lower()
    if "d" not in form and "y" in form:
        return f"{value.year}年{value.month}月" if "m" in form else f"{value.year}年"
    return f"{value.year}年{value.month}月{value.day}日"
