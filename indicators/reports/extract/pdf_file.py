"""Text of a PDF, by PDFium.

Of pypdf, pdfminer.six and PDFium, PDFium alone gives Chinese without stray spaces and with 人 where
the font says U+2F08; it is also the fastest on embedded fonts.
"""

from __future__ import annotations

import re

from indicators.reports.extract.document import ExtractError, Limits

_PASSWORD, _SECURITY = 4, 5  # FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY
_BROKEN_WORD = re.compile("(?<=[a-z])[\x02\ufffe]\n?(?=[a-z])")  # PDFium's mark of a hyphen at a line's end
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
        texts.append(_tidy(page.get_textpage().get_text_bounded()))
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


def _tidy(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _HYPHEN.sub("-", _BROKEN_WORD.sub("", text))
    return "\n".join(line.strip(" \t") for line in _NO_CHARACTER.sub("", text).split("\n"))


def _has_picture(page, raw) -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _title(document) -> str | None:
    title = (document.get_metadata_value("Title") or "").strip()
    return title if 4 <= len(title) <= 120 and not _NO_TITLE.search(title) else None
