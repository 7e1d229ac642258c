"""Text of a PDF, by PDFium.

Of pypdf, pdfminer.six and PDFium, PDFium alone gives Chinese without stray spaces and with 人 where
the font says U+2F08; it is also the fastest on embedded fonts.
"""

from __future__ import annotations

import re

from indicators.reports.extract.document import ExtractError, Limits

_PASSWORD, _SECURITY = 4, 5  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_BROKEN_WORD = re.compile("(?<=[a-z])[\x02\ufffe]\n?(?=[a-z])")  # PDFium's mark of a hyphen at a line's end
_RAISED = re.compile(r"[A-Za-z\d]\n\d")
_HYPHEN = re.compile("[\x02\ufffe]")
_NO_CHARACTER = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ufeff\uffff]")
_UNREADABLE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_NO_TITLE = re.compile(r"(?i)^(untitled|无标题|microsoft (word|powerpoint|excel)|\W*$)|\.(docx?|wps|indd|pdf|pptx?|xlsx?|cdr)$|^[\w.:/\\-]+$", re.A)


def read(data: bytes, limits: Limits) -> dict:
    """Text, title and pages of a PDF."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        document = pdfium.PdfDocument(data)
        count = len(document)
    except pdfium.PdfiumError as error:
        code = raw.FPDF_GetLastError()
        protected = code in (_PASSWORD, _SECURITY) or "assword" in str(error) or "ecurity" in str(error)
        raise ExtractError("encrypted" if protected else "damaged") from None
    if count > limits.pages:
        raise ExtractError("too_many_pages", count=count, limit=limits.pages)
    texts, pictures, length = [], 0, 0
    for number in range(count):
        page = document[number]
        texts.append(_tidy(_text(page.get_textpage(), raw)))
        length += len(texts[-1])
        if length > limits.characters:
            raise ExtractError("too_long", limit=limits.characters)
        pictures += bool(not texts[-1].strip() and _has_picture(page, raw))
        page.close()
    return {**joined(texts, pictures), "title": _title(document)}


def joined(texts: list[str], pictures: int) -> dict:
    """Pages parted by form feeds, and where each begins.

    Raises
    ------
    ExtractError
        If there is no text, or nothing that can be read.
    """
    text = "\f".join(texts)
    seen = len(re.sub(r"\s", "", text))
    if pictures and seen < 10 * len(texts):
        raise ExtractError("scanned")
    if not seen:
        raise ExtractError("empty")
    if len(_UNREADABLE.findall(text)) > 0.3 * seen:
        raise ExtractError("no_characters")
    starts = [0]
    for page in texts[:-1]:
        starts.append(starts[-1] + len(page) + 1)
    return {"text": text, "pages": starts}


def _text(textpage, raw) -> str:
    """Text of a page; a raised or lowered digit that PDFium took for a line of its own ("km" and "2") is put back."""
    text = textpage.get_text_bounded().replace("\r\n", "\n")
    if not _RAISED.search(text):
        return text
    breaks = [i for i in range(textpage.count_chars()) if raw.FPDFText_GetUnicode(textpage, i) == 10]
    lines = text.split("\n")
    if len(breaks) != len(lines) - 1:
        return text
    kept = lines[0]
    for at, above, line in zip(breaks, lines, lines[1:]):
        joined = _RAISED.match(above[-1:] + "\n" + line[:1]) and _same_line(textpage, at)
        kept += line if joined else "\n" + line
    return kept


def _same_line(textpage, at: int) -> bool:
    """Whether the characters around a line break stand beside each other."""
    before = at - 1
    while before > 0 and textpage.get_text_range(before, 1) in ("\r", ""):
        before -= 1
    _, bottom, right, top = textpage.get_charbox(before, loose=True)
    left, lower, _, upper = textpage.get_charbox(at + 1, loose=True)
    height = min(top - bottom, upper - lower)
    return min(top, upper) - max(bottom, lower) > 0.3 * height and abs(left - right) < height


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _HYPHEN.sub("-", _BROKEN_WORD.sub("", text))
    return "\n".join(line.strip(" \t") for line in _NO_CHARACTER.sub("", text).split("\n"))


def _has_picture(page, raw) -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _title(document) -> str | None:
    title = (document.get_metadata_value("Title") or "").strip()
    return title if 4 <= len(title) <= 120 and not _NO_TITLE.search(title) else None
