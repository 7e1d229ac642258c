"""What an extraction gives, what bounds it, and how it refuses. Standard library only: the worker imports it too."""

from __future__ import annotations

import functools
import hashlib
import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

TEXT = Path(__file__).resolve().parents[2] / "text"
_NOT_SHOWN = re.compile("[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
ACCEPTED = (".txt", ".md", ".html", ".htm", ".docx", ".pdf", ".xlsx", ".csv", ".tsv")


@dataclass(frozen=True)
class Limits:
    """What a file may cost.

    Attributes
    ----------
    file_bytes : int
        Size of the file.
    unpacked_bytes, ratio : int
        Of a zip container (.docx, .xlsx): size of its parts together, and that over the file's size.
    pages : int
        Of a PDF.
    characters : int
        Of the extracted text.
    seconds : float
        Of the whole extraction, by the clock.
    cells : int
        Filled cells of tables, and rows of a sheet.
    memory_bytes : int
        Address space of the process that parses .pdf, .docx, .xlsx and .html, where the system can limit it.
    """

    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 100 * 1024 * 1024
    ratio: int = 200
    pages: int = 500
    characters: int = 2_000_000
    seconds: float = 20.0
    cells: int = 200_000
    memory_bytes: int = 1024 * 1024 * 1024


LIMITS = Limits()


@dataclass(frozen=True)
class Document:
    """The text of a report.

    Attributes
    ----------
    text : str
        What all offsets count in.
    title : str or None
        As the file says it, else its first line where that looks like a headline.
    date : str or None
        Day of publication (ISO 8601) where an HTML page or the front matter of Markdown says it. The dates that
        office programs and PDF writers note are of the file, not of the report, and often wrong: they are not used.
    format : str
        txt, md, html, docx, pdf, xlsx, csv or tsv.
    sha256 : str
        Of the file's bytes.
    pages : tuple of int
        Where each page of a PDF, or each sheet of a workbook, begins in the text; empty for the other formats.
    """

    text: str
    title: str | None
    date: str | None
    format: str
    sha256: str
    pages: tuple[int, ...] = ()

    @property
    def text_sha256(self) -> str:
        """Hash of the text in UTF-8: the version that offsets count in."""
        return hashlib.sha256(self.text.encode("utf8")).hexdigest()

    def page_of(self, offset: int) -> int | None:
        """Number of the page (from 1) that an offset lies on; None where there are no pages."""
        return max(1, bisect_right(self.pages, offset)) if self.pages else None


class ExtractError(ValueError):
    """A file that is not read, with one sentence that says why.

    Parameters
    ----------
    key : str
        Key in the table ``[extract]`` of ``indicators/text/reports.zh.toml`` and ``reports.en.toml``.
    **values
        What stands in the sentence's braces.
    """

    def __init__(self, key: str, **values):
        super().__init__(key)
        self.key, self.values = key, values

    def message(self, lang: str = "zh") -> str:
        """The sentence in the reader's language (zh, en)."""
        return _sentences(lang)[self.key].format_map({"name": "?", "accepted": " ".join(ACCEPTED), **{k: _shown(v) for k, v in self.values.items()}})

    def __str__(self) -> str:
        return self.message("en")

    def __reduce__(self):
        return _error, (self.key, self.values)


def _shown(value) -> str:
    """A value on one line: names of files may hold line breaks, signs that turn the writing, and bytes that are no text."""
    return _NOT_SHOWN.sub("", str(value)).encode("utf8", "replace").decode("utf8")[:120]


def _error(key: str, values: dict) -> ExtractError:
    return ExtractError(key, **values)


@functools.lru_cache(maxsize=4)
def _sentences(lang: str) -> dict[str, str]:
    if lang not in ("zh", "en"):
        raise ValueError(f"there is no language {lang!r}; there are zh, en")
    return tomllib.loads((TEXT / f"reports.{lang}.toml").read_text("utf8"))["extract"]
