"""Text of a .docx: paragraphs, tables and text boxes in the order of the document, then its notes.

Read from the XML itself: python-docx leaves out what stands in insertions, smart tags, content
controls and text boxes, and Word puts exactly dates and numbers into smart tags.
"""

from __future__ import annotations

from indicators.reports.extract import tables
from indicators.reports.extract.container import core_title, local, opened, xml
from indicators.reports.extract.document import ExtractError, Limits

_GONE = {"del", "moveFrom", "Fallback", "pPr", "rPr", "instrText", "delText", "sectPr", "tblPr", "tcPr", "sdtPr", "drawing", "pict"}
_UP = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_BLOCK_HOLDERS = {"sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice", "footnote", "endnote"}


def read(data: bytes, limits: Limits) -> dict:
    """Text and title of a document."""
    archive = opened(data, limits)
    root = xml(archive, _main(archive))
    body = next((element for element in root.iter() if local(element) == "body"), None)
    if body is None:
        raise ExtractError("damaged")
    walk = _Walk(limits)
    lines = walk.blocks(body)
    for part in ("word/footnotes.xml", "word/endnotes.xml"):
        notes = xml(archive, part)
        lines += walk.blocks(notes) if notes is not None else []
    return {"text": "\n".join(lines).strip("\n"), "title": walk.title or core_title(archive)}


def _main(archive) -> str:
    """Name of the part with the text; almost always word/document.xml."""
    links = xml(archive, "_rels/.rels")
    for link in links if links is not None else ():
        if (link.get("Type") or "").endswith("/officeDocument") and (link.get("Target") or "").lstrip("/") in archive.namelist():
            return link.get("Target").lstrip("/")
    return "word/document.xml"


class _Walk:
    """Goes through blocks and keeps count of cells and the title."""

    def __init__(self, limits: Limits):
        self.limits, self.cells, self.title, self.length = limits, 0, None, 0

    def blocks(self, holder) -> list[str]:
        """Lines of the paragraphs and tables of an element."""
        lines = []
        for element in holder:
            kind = local(element)
            if kind == "p":
                lines += self._paragraph(element)
            elif kind == "tbl":
                lines += ["", *tables.lines(self._rows(element), most=self.limits.characters), ""]
            elif kind in _BLOCK_HOLDERS and element.get(_attribute(element, "type")) not in ("separator", "continuationSeparator"):
                lines += self.blocks(element)
        return lines

    def _paragraph(self, paragraph) -> list[str]:
        boxes: list = []
        text = "".join(_pieces(paragraph, boxes))
        self.length += len(text)
        if self.length > self.limits.characters:
            raise ExtractError("too_long", limit=self.limits.characters)
        if self.title is None and text.strip() and _style(paragraph).lower() in ("title", "标题", "heading1", "1"):
            self.title = text.strip()[:200]
        return [text, *(line for box in boxes for line in self.blocks(box))]

    def _rows(self, table) -> list[list[str]]:
        rows: list[list[str]] = []
        for row in _children(table, "tr"):
            rows.append(self._row(row, rows[-1] if rows else []))
        return rows

    def _row(self, row, above: list[str]) -> list[str]:
        cells: list[str] = []
        for cell in _children(row, "tc"):
            text = "\n".join(line for line in self.blocks(cell) if line)
            spans = {local(e): e.get(_attribute(e, "val")) for p in cell if local(p) == "tcPr" for e in p}
            if "vMerge" in spans and spans["vMerge"] != "restart" and len(cells) < len(above):
                text = above[len(cells)]
            width = spans.get("gridSpan") or "1"
            cells += [text] * (min(100, int(width)) if width.isascii() and width.isdigit() else 1)
        self.cells += len(cells)
        if self.cells > self.limits.cells:
            raise ExtractError("too_many_cells", limit=self.limits.cells)
        return cells


def _children(element, kind: str):
    """Rows of a table or cells of a row, also those inside content controls."""
    for child in element:
        if local(child) == kind:
            yield child
        elif local(child) in _BLOCK_HOLDERS:
            yield from _children(child, kind)


def _pieces(element, boxes: list):
    """Text of a paragraph's runs; boxes found on the way are kept for later."""
    for child in element:
        kind = local(child)
        if kind in ("drawing", "pict"):
            boxes += [box for box in child.iter() if local(box) == "txbxContent"]
        elif kind in _GONE or (kind == "r" and _run_property(child, "vanish") not in (None, "0", "false")):
            continue
        elif kind == "r" and _run_property(child, "vertAlign") == "superscript":
            text = "".join(_pieces(child, boxes))
            yield text.translate(_UP) if text.strip("-+").isdigit() and len(text) < 3 else text
        elif kind == "t":
            yield child.text or ""
        elif kind in _SIGNS:
            yield _SIGNS[kind]
        else:
            yield from _pieces(child, boxes)


def _run_property(run, name: str) -> str | None:
    return next((e.get(_attribute(e, "val")) or "1" for p in run if local(p) == "rPr" for e in p if local(e) == name), None)


def _style(paragraph) -> str:
    return next((e.get(_attribute(e, "val")) or "" for p in paragraph if local(p) == "pPr" for e in p if local(e) == "pStyle"), "")


def _attribute(element, name: str) -> str:
    """Full name of an attribute in the namespace of its element."""
    space = element.tag.rpartition("}")[0] if isinstance(element.tag, str) else ""
    return f"{space}}}{name}" if space else name
