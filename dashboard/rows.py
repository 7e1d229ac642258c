"""Rows as they leave the program: the columns' names in the API, and how cells are written in JSON and CSV."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pandas as pd

#: Media types.
JSON, CSV, GEOJSON = "application/json", "text/csv", "application/geo+json"

#: Name in the API, column of the frame, JSON type.
SERIES_COLUMNS = (
    ("INDICATOR", "indicator", "string"), ("REF_AREA", "area", "string"),
    ("COUNTERPART_AREA", "counterpart_area", "string"), ("TIME_PERIOD", "period", "string"),
    ("PERIOD_KIND", "period_kind", "string"), ("MEASURE", "measure", "string"),
    ("OBS_VALUE", "value", "number"), ("OBS_LOWER", "lower", "number"), ("OBS_UPPER", "upper", "number"),
    ("UNIT_MEASURE", "unit", "string"), ("OBS_STATUS", "obs_status", "string"),
    ("VALUE_TEXT", "value_text", "string"), ("VINTAGE", "vintage", "string"), ("SOURCE", "source", "string"),
    ("LOCATOR", "locator", "string"), ("COMPUTED", "computed", "boolean"), ("CONFLICT", "conflict", "boolean"),
    ("COMMENT_OBS", "note", "string"),
)
OBSERVATION_COLUMNS = (*SERIES_COLUMNS, ("SHOWN", "shown", "boolean"), ("RULE", "rule", "string"),
                       ("OTHERS", "others", "integer"))


def _number(value) -> float | None:
    return float(value) if math.isfinite(value) else None


_CONVERT = {"number": _number, "integer": int, "boolean": bool, "string": str}


def records(frame: pd.DataFrame, columns: tuple) -> list[dict]:
    """Rows under the names of the API, in types that JSON has; NaN and infinity become None."""
    cells = [[_CONVERT[kind](v) for v in frame[column]] for _, column, kind in columns]
    names = [column[0] for column in columns]
    return [dict(zip(names, row)) for row in zip(*cells)]


#: Also in the full width of Chinese and Japanese input, which some spreadsheets read alike.
_FORMULA_SIGNS = (*"=+-@\t\r\n", *map(chr, (0xFF1D, 0xFF0B, 0xFF0D, 0xFF20)))


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe.

    >>> guarded("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return np.format_float_positional(value, trim="-")
    # a lone carriage return would not be quoted, and begin a row of its own in a spreadsheet
    return guarded(value.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(value, str) else str(value)


def csv_bytes(rows: list[dict], columns: tuple) -> bytes:
    """Rows as CSV: UTF-8 with BOM, numbers in full with a point and nothing between their digits.

    Parameters
    ----------
    rows : list of dict
        See :func:`records`.
    columns : tuple
        Their columns; the header has all of them even where there is no row.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([column[0] for column in columns])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return file.getvalue().encode("utf-8-sig")
