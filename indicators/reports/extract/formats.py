"""Which module reads which format. Each is imported when its format is asked for."""

from __future__ import annotations

import importlib

from indicators.reports.extract.document import ExtractError, Limits

_MODULES = {"html": "html_file", "docx": "word", "pdf": "pdf_file", "xlsx": "workbook"}


def parse(kind: str, data: bytes, limits: Limits) -> dict:
    """Text of a file's bytes, and where its format has them title, date and pages.

    Raises
    ------
    ExtractError
        If the text is too long or there is none; and what the format's module raises.
    """
    name = _MODULES.get(kind, "plain")
    module = importlib.import_module(f"{__package__}.{name}")
    found = module.read(kind, data, limits) if name == "plain" else module.read(data, limits)
    if len(found["text"]) > limits.characters:
        raise ExtractError("too_long", limit=limits.characters)
    if not found["text"].strip("\ufeff\0 \t\r\n\f\v\u3000\xa0"):
        raise ExtractError("empty")
    return found
