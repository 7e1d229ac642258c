"""The running text of a report: characters made uniform, broken lines joined, paragraphs told apart.

Rules count in a *compact* text: full-width forms are half-width, white space inside Chinese is
gone. Every compact character remembers where it stood, so that offsets can be given in the
text that came in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SAME_LENGTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    0x3000: " ", 0x00A0: " ", ord("–"): "—", ord("―"): "—", ord("−"): "-", ord("‐"): "-", ord("‑"): "-", ord("─"): "—",
    ord("～"): "~", ord("∼"): "~", ord("〜"): "~", ord("∶"): ":", ord("﹕"): ":", ord("︰"): ":", ord("﹪"): "%",
    ord("•"): "·", ord("・"): "·", ord("‧"): "·", ord("μ"): "µ", ord("〇"): "零", ord("＊"): " ", ord("*"): " ",
    ord("｡"): "。", ord("⼀"): "一", ord("⽉"): "月", ord("⽇"): "日", ord("⼈"): "人", ord("\u200b"): " ",
    ord("\ufeff"): " ", ord("\r"): " ", ord("\x0b"): " ", ord("\x0c"): "\n", ord("\x00"): " ",
}
_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,300}>")
_BREAKING_TAG = re.compile(r"</?(?:p|div|br|tr|li|ul|ol|table|h\d|title|section|article)\b", re.I)
_LINE = re.compile(r"[^\n]*\n?")
_ENDED = tuple("。！？!?；;:：”」』》】■✎|")
_HEADING = re.compile(r"\s*(?:#{1,6}\s|■|●|◆|▲|【|[-—]{2,}|[一二三四五六七八九十]{1,3}、|\((?:[一二三四五六七八九十]{1,3}|\d{1,2})\)|第[一二三四五六七八九十]{1,3}[章节部编]|"
                      r"文\s*/|核心阅读|编者按|本报记者|\d{1,2}[.、]\s*[^\d\s])")
LONGEST = 4000
_ASCII_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass
class Block:
    """A paragraph.

    Attributes
    ----------
    text : str
        Compact text.
    at : list of int
        For every compact character its offset in the report.
    heading : bool
        A short line that does not end a sentence.
    english : bool
        Written in Latin letters; its spaces are kept.
    """

    text: str
    at: list[int] = field(repr=False)
    heading: bool = False
    english: bool = False

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the report of a compact span."""
        return self.at[start], self.at[end - 1] + 1


def uniform(text: str) -> str:
    """The text with uniform characters and without tags, as long as before."""
    text = text.translate(_SAME_LENGTH)
    if "<" in text:
        text = _TAG.sub(lambda m: ("\n" if _BREAKING_TAG.match(m[0]) else " ") * len(m[0]), text)
    return text


def _goes_on(line: str, following: str, blank: bool) -> bool:
    """Whether a line's sentence runs on in the next line."""
    line, following = line.rstrip(), following.strip()
    if not line or not following or line.endswith(_ENDED) or _HEADING.match(following) or _HEADING.match(line) and len(line) < 30:
        return False
    if "|" in line or "\t" in line:
        return False
    if line.endswith((",", "、", "(", "“", "，", "《")):
        return len(line) >= 8
    width = len(line.strip())
    if width < min(30, 0.75 * len(following)):
        return False
    return width >= (24 if blank else 12) and not (len(following) < 12 and blank and not re.match(r"[\d一-龥]{1,8}[。,;]", following))


def _is_english(line: str) -> bool:
    letters = sum(len(word) for word in _ASCII_WORD.findall(line[:400]))
    return letters > 20 and letters > 0.5 * len(line[:400].replace(" ", ""))


def _compact(text: str, start: int, end: int, english: bool) -> tuple[str, list[int]]:
    """Characters of a span with their offsets; white space is kept only where it parts two words."""
    out, at = [], []
    i = start
    while i < end:
        ch = text[i]
        if not ch.isspace():
            out.append(ch), at.append(i)
            i += 1
            continue
        j = i
        while j < end and text[j].isspace():
            j += 1
        before, after = (out[-1] if out else ""), (text[j] if j < end else "")
        gap = text[i:j]
        keep = "\t" in gap or (english and before and after) or (before.isascii() and before.isalnum() and after.isascii() and after.isalnum())
        if keep and before.isdigit() and after.isdigit() and not english and "\t" not in gap:
            run = 0
            while run < len(out) and out[-1 - run].isdigit():
                run += 1
            grouped = run <= 3 and text[j:j + 3].isdigit() and not text[j + 3:j + 4].isdigit() and len(gap) == 1 and gap != "\n"
            keep = not (grouped or "\n" in gap)
        if keep:
            out.append("\t" if "\t" in gap else " "), at.append(i)
        i = j
    return "".join(out), at


def blocks(text: str) -> list[Block]:
    """Paragraphs of a report, with broken lines joined.

    Parameters
    ----------
    text : str
        As extracted.
    """
    even = uniform(text)
    lines = [(m.start(), m.end()) for m in _LINE.finditer(even) if m.end() > m.start()]
    lines = [(a, b, even[a:b]) for a, b in lines]
    found: list[Block] = []
    i = 0
    while i < len(lines):
        start, end, line = lines[i]
        i += 1
        if not line.strip():
            continue
        while True:
            j = i
            while j < len(lines) and j - i < 5 and not lines[j][2].strip():
                j += 1
            if j >= len(lines) or not _goes_on(line, lines[j][2], j > i) or lines[j][1] - start > 20000:
                break
            end, line, i = lines[j][1], lines[j][2], j + 1
        english = _is_english(even[start:end])
        compact, at = _compact(even, start, end, english)
        for first, last in _pieces(compact):
            piece = compact[first:last]
            heading = len(piece) < 45 and not piece.endswith(("。", "!", "?", ";", ",", "”")) and "。" not in piece
            found.append(Block(piece, at[first:last], heading, english))
    return found


def _pieces(compact: str) -> list[tuple[int, int]]:
    """Spans of at most LONGEST characters, cut after sentences where there are any, so that time stays linear."""
    spans, start = [], 0
    while len(compact) - start > LONGEST:
        window = compact[start:start + LONGEST]
        cut = max(window.rfind(c) for c in "。!?;") + 1 or max(window.rfind(c) for c in ",、 ") + 1 or LONGEST
        spans.append((start, start + cut))
        start += cut
    return [*spans, (start, len(compact))] if compact[start:] else spans
