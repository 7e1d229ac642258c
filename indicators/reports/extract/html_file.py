"""Visible text of an HTML page, a line a block."""

from __future__ import annotations

import codecs
import re

from indicators.reports.extract import tables
from indicators.reports.extract.dates import iso_day
from indicators.reports.extract.document import ExtractError, Limits
from indicators.reports.extract.plain import decode

_UNSEEN = {"script", "style", "noscript", "template", "head", "svg", "math", "iframe", "object", "embed", "select", "textarea", "button", "rt", "rp",
           "canvas", "audio", "video", "map", "dialog"}
_BLOCKS = {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset", "figcaption", "figure",
           "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
           "tbody", "td", "tfoot", "th", "thead", "title", "tr", "ul"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "table", "blockquote", "pre", "ul", "ol", "article", "section", "header", "footer"}
_DATES = ("article:published_time", "pubdate", "publishdate", "publish-date", "publish_date", "publishedtime", "firstpublishedtime", "og:release_date",
          "datepublished", "dc.date.issued", "dc.date", "dcterms.issued", "og:published_time", "weibo: article:create_at", "createdate", "date")
_TITLES = ("articletitle", "og:title", "dc.title")
_UP = str.maketrans("0123456789-+", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺")
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’"
_SOFT_BREAK = re.compile(f"(?<=[{_CJK}])[ \t\r\f]*\n[ \t\r\n\f]*(?=[{_CJK}])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_CHARSET = re.compile(rb"<meta[^>]{0,300}charset\s*=\s*[\"']?\s*([\w-]+)", re.I)


def read(data: bytes, limits: Limits) -> dict:
    """Text, title and date of a page. What scripts or hidden blocks hold is not text."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(_utf8(data), parser=parser)
    except etree.ParserError:  # nothing in it but a declaration
        raise ExtractError("empty") from None
    meta = _meta(root)
    body = root.find("body")
    text = _Text(limits).of(root if body is None else body)
    title = next((meta[key] for key in _TITLES if meta.get(key)), None) or _first(root, "h1") or _first(root, "title")
    date = next((day for key in _DATES if (day := iso_day(meta.get(key, "")))), None)
    return {"text": text, "title": title, "date": date or _time(root)}


def _utf8(data: bytes) -> bytes:
    """The page in UTF-8: by its mark, else by the charset that it names, else as plain text is decoded."""
    named = None if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _CHARSET.search(data[:4096])
    text = None
    if named and b"\0" not in data:
        name = named.group(1).decode("ascii").lower()
        try:
            text = data.decode("gb18030" if name in ("gb2312", "gbk", "x-gbk") else name)
        except (LookupError, UnicodeDecodeError, UnicodeError):
            text = None
    text = decode(data) if not isinstance(text, str) else text
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode("utf8", "replace") or b" "


def _meta(root) -> dict[str, str]:
    found = {}
    for element in root.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or ""
        found.setdefault(key.strip().lower(), (element.get("content") or "").strip())
    return found


def _first(root, tag: str) -> str | None:
    element = next(root.iter(tag), None)
    text = re.sub(r"\s+", " ", "".join(element.itertext())).strip() if element is not None else ""
    return text[:200] or None


def _time(root) -> str | None:
    return next((day for element in root.iter("time") if (day := iso_day(element.get("datetime") or ""))), None)


class _Text:
    """Collects the text of a tree without recursion; blocks part lines, paragraphs an empty line."""

    def __init__(self, limits: Limits):
        self.limits, self.parts, self.cells, self.breaks = limits, [], 0, 0

    def of(self, root) -> str:
        """Text of an element and all below it."""
        self._walk(root)
        return re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self.parts)).strip()

    def _walk(self, root) -> None:
        stack = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            if leaving:
                self._break(element.tag)
                self._tail(element, root)
                continue
            if not isinstance(element.tag, str) or element.tag in _UNSEEN or _hidden(element):
                self._tail(element, root)
            elif element.tag == "br":
                self.breaks += 1
                self._tail(element, root)
            elif element.tag == "table" and (rows := self._rows(element)):
                self.breaks = 2
                self._put("\n".join(tables.lines(rows, most=self.limits.characters)))
                self.breaks = 2
                self._tail(element, root)
            else:
                self._break(element.tag)
                self._add(element.text, element)
                stack.append((element, True))
                stack.extend((child, False) for child in reversed(element))

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.breaks = max(self.breaks, 2 if tag in _PARAGRAPHS else 1)

    def _tail(self, element, root) -> None:
        if element is not root:
            self._add(element.tail, element.getparent())

    def _add(self, text: str | None, element) -> None:
        if not text:
            return
        if element.tag == "sup" and re.fullmatch(r"\s*[-+]?\d{1,2}\s*", text):
            text = text.strip().translate(_UP)
        if element.tag == "pre":
            self._put(text)
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", _SOFT_BREAK.sub("", text))
        at_start = self.breaks or not self.parts or self.parts[-1].endswith((" ", "\n"))
        self._put(text.lstrip(" ") if at_start else text)

    def _put(self, text: str) -> None:
        """Adds text behind the line breaks that are due."""
        if text:
            self.parts.append("\n" * min(2, self.breaks) * bool(self.parts) + text)
            self.breaks = 0

    def _rows(self, table) -> list[list[str]] | None:
        """The grid of a table of data; None if it only lays out a page."""
        if next(table.iterdescendants("table"), None) is not None or (next(table.iterdescendants("p", "div", "ul"), None) is not None and _long(table)):
            return None
        grid, hanging = [], {}
        for tr in table.iterdescendants("tr"):
            grid.append(self._row(tr, hanging))
        caption = next(table.iterdescendants("caption"), None)
        above = [[self._cell(caption)]] if caption is not None else []
        return above + grid if max(map(len, grid), default=0) > 1 else None

    def _row(self, tr, hanging: dict) -> list[str]:
        row: list[str] = []
        for cell in tr.iterchildren("td", "th"):
            self._hang(row, hanging)
            text = self._cell(cell)
            across, down = _span(cell, "colspan"), _span(cell, "rowspan")
            for _ in range(across):
                if down > 1:
                    hanging[len(row)] = (text, down - 1)
                row.append(text)
        self._hang(row, hanging)
        self.cells += len(row)
        if self.cells > self.limits.cells:
            raise ExtractError("too_many_cells", limit=self.limits.cells)
        return row

    def _hang(self, row: list[str], hanging: dict) -> None:
        """Cells that hang down from the rows above."""
        while len(row) in hanging:
            text, left = hanging.pop(len(row))
            if left > 1:
                hanging[len(row)] = (text, left - 1)
            row.append(text)

    def _cell(self, element) -> str:
        inner = _Text(self.limits)
        return re.sub(r"\n+", "\n", inner.of(element))


def _span(cell, name: str) -> int:
    text = (cell.get(name) or "").strip()
    return max(1, min(100, int(text))) if text.isascii() and text.isdigit() and len(text) < 5 else 1


def _hidden(element) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style") or ""))


def _long(table) -> bool:
    return any(len("".join(cell.itertext())) > 200 for cell in table.iterdescendants("td"))
