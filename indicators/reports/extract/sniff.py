"""Which format a file has, by its name's ending and by its first bytes, which must agree."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePath

from indicators.reports.extract.document import ACCEPTED, ExtractError

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OTHERS = ((b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"II*\0", "TIFF"), (b"MM\0*", "TIFF"), (b"Rar!", "RAR"),
           (b"7z\xbc\xaf\x27\x1c", "7z"), (b"\x1f\x8b", "gzip"), (b"BZh", "bzip2"), (b"\x7fELF", "ELF"), (b"MZ", "EXE"), (b"{\\rtf", "RTF"),
           (b"%!PS", "PostScript"), (b"SQLite format 3", "SQLite"))
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx", "content.xml": "OpenDocument"}
_PAGE = re.compile(rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype\s+html|html[\s>])", re.I | re.S)


def format_of(name: str, data: bytes) -> str:
    """The format of a file: txt, md, html, docx, pdf, xlsx, csv or tsv.

    Raises
    ------
    ExtractError
        If the ending is none of the accepted, the content is of another kind, or it is encrypted.
    """
    suffix = PurePath(name.replace("\0", "")).suffix.lower()
    if suffix not in ACCEPTED:
        raise ExtractError("unsupported", suffix=suffix or name[-20:])
    wanted = "html" if suffix == ".htm" else suffix[1:]
    found = content_of(data)
    if found == "encrypted":
        raise ExtractError("encrypted")
    if found == "OLE":
        raise ExtractError("old_office", suffix=suffix)
    if found in ("zip", "broken zip") and wanted in ("docx", "xlsx"):
        raise ExtractError("damaged" if found == "broken zip" else "mismatch", suffix=suffix, found="ZIP")
    if found is None and wanted in ("pdf", "docx", "xlsx"):
        raise ExtractError("mismatch", suffix=suffix, found="?")
    if found not in (None, wanted) and not (found == "html" and wanted == "md"):
        raise ExtractError("mismatch", suffix=suffix, found=found.removeprefix("broken ").upper())
    return wanted


def content_of(data: bytes) -> str | None:
    """What the bytes are; None for what may be plain text."""
    if data.startswith(_OLE):
        return "encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "OLE"
    if data.startswith((b"PK\3\4", b"PK\5\6")):
        return _container(data)
    if re.match(rb"(\xef\xbb\xbf)?\s*%PDF-", data[:1024]):
        return "pdf"
    for magic, found in _OTHERS:
        if data.startswith(magic) and (magic not in (b"MZ", b"BZh") or b"\0" in data[:256]):
            return found
    return "html" if _PAGE.match(data[:4096].removeprefix(b"\xef\xbb\xbf")) else None


def _container(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except Exception:  # a hostile directory makes zipfile raise nearly anything
        return "broken zip"
    if any(part.flag_bits & 1 for part in parts):
        return "encrypted"
    return next((_PARTS[part.filename] for part in parts if part.filename in _PARTS), "zip")
