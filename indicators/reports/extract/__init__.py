"""Text of a report out of a file: .txt .md .html .docx .pdf .xlsx .csv .tsv.

Plain text is read here, and Markdown and separated values up to 100 kB. All else is parsed in a process of their own, which is
stopped when its time is over and may only take so much memory; the file goes to it through a
pipe. Nothing is written anywhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from pathlib import Path

from indicators.reports.extract.document import ACCEPTED, LIMITS, Document, ExtractError, Limits

__all__ = ["ACCEPTED", "LIMITS", "Document", "ExtractError", "Limits", "extract", "extract_bytes"]

_HERE = {"md", "csv", "tsv"}
_SMALL = 100_000  # bytes: the worst of them takes less than a second
_NOT_A_TITLE = re.compile(r"[。；;，,：:！!]\s*$|。|\t|^[\d\W]+$")


def extract(path, *, limits: Limits = LIMITS) -> Document:
    """The text of a file.

    Parameters
    ----------
    path : str or os.PathLike
        The name's ending says the format, and the content must agree.
    limits : Limits
        What the file may cost.

    Returns
    -------
    Document
        Of .txt the text is exactly what the file's bytes decode to (UTF-8 with or without mark, UTF-16 with mark,
        GB18030). Tables become a sentence a cell, see :mod:`indicators.reports.extract.tables`. Pages of a PDF are
        parted by a form feed; running headers and footers stay in.

    Raises
    ------
    ExtractError
        If there is no such file, or it is not read; `message(lang)` says why.
    """
    path = Path(path)
    return extract_bytes(path.name, _read(path, limits), limits=limits)


def extract_bytes(name: str, data: bytes, *, limits: Limits = LIMITS) -> Document:
    """The same as :func:`extract` for a file that is already in memory (an upload).

    Parameters
    ----------
    name : str
        File name; its ending says the format.
    data : bytes
        Content.
    limits : Limits
        What the file may cost.
    """
    from indicators.reports.extract.sniff import format_of

    started = time.monotonic()
    try:
        _check_size(len(data), limits)
        kind = format_of(name, data)
        found = _found(kind, data, limits, started + limits.seconds)
    except ExtractError as error:
        error.values.setdefault("name", name)
        raise
    text = found["text"]
    return Document(text, found.get("title") or _headline(text), found.get("date"), kind, hashlib.sha256(data).hexdigest(),
                    tuple(found.get("pages", ())))


def _read(path: Path, limits: Limits) -> bytes:
    try:
        about = os.stat(path)
        if stat.S_ISDIR(about.st_mode):
            raise ExtractError("directory", name=path.name or str(path))
        if not stat.S_ISREG(about.st_mode):
            raise ExtractError("not_a_file", name=path.name)
        _check_size(about.st_size, limits, path.name)
        with open(path, "rb") as file:
            return file.read(limits.file_bytes + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ExtractError("missing", name=path.name) from error
    except ExtractError:
        raise
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise ExtractError("unreadable", name=path.name) from error


def _check_size(size: int, limits: Limits, name: str | None = None) -> None:
    name = {"name": name} if name else {}
    if size > limits.file_bytes:
        raise ExtractError("too_large", size=f"{size / 2**20:.1f}", limit=f"{limits.file_bytes / 2**20:g}", **name)
    if size == 0:
        raise ExtractError("empty", **name)


def _found(kind: str, data: bytes, limits: Limits, until: float) -> dict:
    if kind == "txt" or (kind in _HERE and len(data) <= _SMALL):
        from indicators.reports.extract.formats import parse

        return parse(kind, data, limits)
    from indicators.reports.extract.child import run

    return run(kind, data, limits, until)


def _headline(text: str) -> str | None:
    """The first line with something on it, if it is short and no sentence."""
    first = next((line.strip("\ufeff \t\u3000#*") for line in text[:2000].splitlines() if line.strip("\ufeff \t\u3000#*")), "")
    return first if 4 <= len(first) <= 60 and not _NOT_A_TITLE.search(first) else None
