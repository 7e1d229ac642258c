"""The day that a file's own words about itself name."""

from __future__ import annotations

import datetime
import re

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)|(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")


def iso_day(text: str) -> str | None:
    """The first day in a text as ISO 8601, None if there is none.

    >>> iso_day("2024年2月15日 08:30")
    '2024-02-15'
    """
    for found in _DAY.finditer(text[:200]):
        year, month, day = (int(part) for part in found.groups() if part)
        try:
            return datetime.date(year, month, day).isoformat()
        except ValueError:
            continue
    return None
