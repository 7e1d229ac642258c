"""Zip containers of office programs: bounds before anything is unpacked, and parts as safe XML."""

from __future__ import annotations

import io
import re
import zipfile

from indicators.reports.extract.document import ExtractError, Limits

_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)


def opened(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """A container whose parts together stay within the limits and declare no entities.

    `zipfile` never unpacks more of a part than its entry says, so that the entries can be trusted as an upper bound.

    Raises
    ------
    ExtractError
        `zip_bomb`, `entities`, `encrypted` or `damaged`.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception as error:
        raise ExtractError("damaged") from error
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.unpacked_bytes or unpacked > limits.ratio * len(data) or len(parts) > 10_000:
        raise ExtractError("zip_bomb", limit=limits.unpacked_bytes // 2**20, ratio=limits.ratio)
    for part in parts:
        if part.flag_bits & 1:
            raise ExtractError("encrypted")
        if part.filename.lower().endswith((".xml", ".rels", ".vml")):
            _no_declarations(archive, part)
    return archive


def _no_declarations(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part of an office file has a document type; one that has wants to blow up entities or to fetch files."""
    end = b""
    with archive.open(part) as file:
        while piece := file.read(1 << 20):
            piece = (end + piece).replace(b"\0", b"")  # UTF-16 has the same signs with zeros between
            if _DECLARATION.search(piece):
                raise ExtractError("entities")
            end = piece[-32:]


def xml(archive: zipfile.ZipFile, name: str):
    """Root element of a part, None if there is no such part."""
    from lxml import etree

    if name not in archive.namelist():
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    return etree.fromstring(archive.read(name), parser)


def local(element) -> str:
    """Name of an element without its namespace (the strict and the usual form of the format differ in it)."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def core_title(archive: zipfile.ZipFile) -> str | None:
    """Title in the properties of the file, unless it is a program's default."""
    root = xml(archive, "docProps/core.xml")
    title = next(((e.text or "").strip() for e in root.iter() if local(e) == "title"), "") if root is not None else ""
    return title if 4 <= len(title) <= 120 and title not in ("Word Document", "PowerPoint Presentation") else None
