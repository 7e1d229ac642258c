"""A series as SDMX-CSV 2.0 (SDMX 3.0): https://github.com/sdmx-twg/sdmx-csv."""

from __future__ import annotations

import datetime
import re

import pandas as pd

from dashboard.exports import STANDARD, Options
from dashboard.exports.tables import adopted
from dashboard.rows import csv_bytes, records
from dashboard.views import View
from indicators.model import period_bounds

#: Agency, id and version of the dataflow.
STRUCTURE_ID = "JJJ:INTEGRATION(1.0.0)"

#: Code of SDMX for a dimension that does not apply, such as the counterpart of what is no flow.
NOT_APPLICABLE = "_Z"

DIMENSIONS = (("INDICATOR", "indicator", "string"), ("REF_AREA", "area", "string"), ("COUNTERPART_AREA", "counterpart_area", "string"),
              ("MEASURE", "measure", "string"), ("PERIOD_KIND", "period_kind", "string"), ("VINTAGE", "vintage", "string"),
              ("TIME_PERIOD", "period", "string"))
MEASURES = (("OBS_VALUE", "value", "number"),)
ATTRIBUTES = (("OBS_STATUS", "obs_status", "string"), ("UNIT_MEASURE", "unit", "string"), ("OBS_LOWER", "lower", "number"),
              ("OBS_UPPER", "upper", "number"), ("VALUE_TEXT", "value_text", "string"), ("SOURCE", "source", "string"),
              ("LOCATOR", "locator", "string"), ("COMPUTED", "computed", "boolean"), ("CONFLICT", "conflict", "boolean"),
              ("COMMENT_OBS", "note", "string"))


def time_period(period: str) -> str:
    """A period of the ledger as SDMX writes it: a range as its first day and its length.

    Parameters
    ----------
    period : str
        See :func:`indicators.model.period_end`; a year, month or day stays as it is.

    Returns
    -------
    str
        An ``ObservationalTimePeriod`` of SDMX: Gregorian, or a time range ``day/duration``.

    Raises
    ------
    ValueError
        If it is no period.

    Examples
    --------
    >>> time_period("2014/2022"), time_period("2023-01/2023-11"), time_period("2023")
    ('2014-01-01/P9Y', '2023-01-01/P11M', '2023')
    """
    (year, month), (last_year, last_month) = period_bounds(period)
    start, slash, end = period.partition("/")
    if not slash:
        return period
    first, last = (int(day[1]) if (day := re.fullmatch(r"\d{4}-\d\d-(\d\d)", part)) else 0 for part in (start, end))
    begin = datetime.date(year, month, first or 1)
    if last or first > 1:
        until = datetime.date(last_year, last_month, last) if last else _next_month(last_year, last_month) - datetime.timedelta(1)
        return f"{begin}/P{(until - begin).days + 1}D"
    years, months = divmod(12 * (last_year - year) + last_month - month + 1, 12)
    return f"{begin}/P{f'{years}Y' if years else ''}{f'{months}M' if months else ''}"


def _next_month(year: int, month: int) -> datetime.date:
    return datetime.date(year + month // 12, month % 12 + 1, 1)


def csv(view: View, options: Options = STANDARD) -> bytes:
    """SDMX-CSV of the figures of a view.

    The basis (``VINTAGE``) is a dimension, for figures on two bases make two series. Of
    several figures of one thing on one basis the one stands that a series would show, so
    that no key stands twice; ``CONFLICT`` says where another source disagrees.

    Returns
    -------
    bytes
        UTF-8 without BOM, which the format's readers do not expect. Texts are guarded
        against spreadsheets as the API's are, and stand on one line.
    """
    frame = view.frame
    frame = pd.concat([adopted(own) for _, own in frame.groupby("vintage", sort=False)])
    frame = frame.assign(period=[time_period(p) for p in frame["period"]],
                         counterpart_area=frame["counterpart_area"].replace("", NOT_APPLICABLE),
                         vintage=frame["vintage"].replace("", NOT_APPLICABLE))
    columns = (*DIMENSIONS, *MEASURES, *ATTRIBUTES)
    head = {"STRUCTURE": "dataflow", "STRUCTURE_ID": STRUCTURE_ID, "ACTION": "I"}
    rows = [head | {k: " ".join(v.splitlines()) if isinstance(v, str) else v for k, v in row.items()} for row in records(frame, columns)]
    return csv_bytes(rows, (*((name,) for name in head), *columns)).removeprefix(b"\xef\xbb\xbf")
