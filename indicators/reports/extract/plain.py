"""Formats of plain text: .txt as it is, .md without its marks, .csv and .tsv as sentences."""

from __future__ import annotations

import codecs
import csv
import html
import io
import re
from collections import Counter

from indicators.reports.extract import tables
from indicators.reports.extract.dates import iso_day
from indicators.reports.extract.document import ExtractError, Limits

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f]")
_SAMPLE = 200_000


def decode(data: bytes) -> str:
    """The text of bytes: by its mark, else UTF-8, else GB18030.

    Raises
    ------
    ExtractError
        `binary` if it holds zero bytes or many control characters, `encoding` if it is neither of the two, or
        decodes to GB18030 only by chance: less than 80 % of its characters outside ASCII are in everyday use (GB 2312).
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _no_binary(_decoded(data[len(mark):], encoding))
    if b"\0" in data:
        raise ExtractError("binary")
    text = _no_binary(_decoded(data, "utf-8", "gb18030"))
    if not _is_utf8(data) and not _in_use(text):
        raise ExtractError("encoding")
    return text


def _decoded(data: bytes, *encodings: str) -> str:
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ExtractError("binary" if len(_CONTROL.findall(data[:_SAMPLE].decode("latin-1"))) > len(data[:_SAMPLE]) / 50 else "encoding")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _no_binary(text: str) -> str:
    sample = text[:_SAMPLE]
    if "\0" in text or len(_CONTROL.findall(sample)) > len(sample) / 100:
        raise ExtractError("binary")
    return text


def _in_use(text: str) -> bool:
    others = re.sub("[\0-\x7f]", "", text[:_SAMPLE])
    return len(others.encode("gb2312", "ignore")) >= 2 * 0.8 * len(others)


def read(kind: str, data: bytes, limits: Limits) -> dict:
    """Text, and for Markdown title and date, of a txt, md, csv or tsv."""
    text = decode(data)
    if len(text) > limits.characters:
        raise ExtractError("too_long", limit=limits.characters)
    if kind == "txt":
        return {"text": text}
    return markdown(text, limits) if kind == "md" else separated(text, kind, limits)


_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.S)
_LINE_MARKS = re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+|^[ \t]{0,3}#{1,6}[ \t]+|^[ \t]*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?", re.M)
_DROPPED_LINE = re.compile(r"[ \t]{0,3}(?:(?:`{3,}|~{3,})[^`]*|(?:[-*_][ \t]*){3,}|=+|\[\^?[^\]\[]+\]:[ \t]*\S+.*)[ \t]*")
_IN_LINE = (
    (re.compile(r"<br[ \t]*/?>", re.I), "\n"),
    (re.compile(r"</?[A-Za-z][^<>\n]*>"), ""),
    (re.compile(r"!?\[([^\[\]\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:[ \t]+[\"'(][^\n\"']*[\"')])?\)"), r"\1"),
    (re.compile(r"\[\^[^\[\]\s]+\]"), ""),
    (re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]"), r"\1"),
    (re.compile(r"(?<!\\)(?<!\d(?=\*\d))(\*{1,3})(?=[^\s*])([^*\n]*[^\s*\\])\1"), r"\2"),
    (re.compile(r"(?<![\\\w])(_{1,3})(?=[^\s_])([^_\n]*[^\s_\\])\1(?!\w)"), r"\2"),
    (re.compile(r"~~(?=\S)([^~\n]+)~~"), r"\1"),
    (re.compile(r"(`+)([^`\n]+)\1"), r"\2"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])"), r"\1"),
)
_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-*:?[ \t]*)*")


def markdown(text: str, limits: Limits) -> dict:
    """Markdown as its reader sees it: no marks of emphasis, links, headings, lists, quotes; tables as sentences.

    The front matter (``---``) may give `title` and `date`; the first heading is the title otherwise.
    """
    front = _FRONT.match(text)
    about = _front_matter(front.group(1)) if front else {}
    body = _without_comments((text[front.end():] if front else text).replace("\r\n", "\n"))
    heading = re.search(r"^ {0,3}#{1,6}[ \t]+([^\n]+)", body, re.M)
    lines = _markdown_lines(body.split("\n"), limits)
    title = about.get("title") or (_unmarked(heading.group(1)).strip(" #") if heading else None)
    return {"text": "\n".join(lines), "title": title or None, "date": iso_day(about.get("date", ""))}


def _front_matter(text: str) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in text.split("\n") if ":" in line)
    return {key.strip().lower(): value.strip().strip("\"'") for key, value in pairs}


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join(kept) + text[at:]


def _markdown_lines(lines: list[str], limits: Limits) -> list[str]:
    out, at, cells = [], 0, 0
    while at < len(lines):
        if "|" in lines[at] and at + 1 < len(lines) and "|" in lines[at + 1] and "-" in lines[at + 1] and _RULE.fullmatch(lines[at + 1]):
            end = next((i for i in range(at + 2, len(lines)) if "|" not in lines[i]), len(lines))
            rows = [_cells(line) for line in [lines[at], *lines[at + 2:end]]]
            cells += sum(map(len, rows))
            _check_cells(cells, limits)
            out += tables.lines(rows, most=limits.characters)
            at = end
            continue
        if not _DROPPED_LINE.fullmatch(lines[at]):
            out.append(_unmarked(lines[at]))
        at += 1
    return out


def _cells(line: str) -> list[str]:
    line = line.strip().removeprefix("|")
    if line.endswith("|") and not line.endswith("\\|"):
        line = line[:-1]
    return [_unmarked(cell).strip() for cell in re.split(r"(?<!\\)\|", line)]


def _unmarked(line: str) -> str:
    line = re.sub(r"[ \t]+#+[ \t]*$", "", line) if re.match(r" {0,3}#", line) else line
    line = _LINE_MARKS.sub("", line)
    for pattern, kept in _IN_LINE:
        line = pattern.sub(kept, line)
    return html.unescape(line.rstrip(" \t"))


def separated(text: str, kind: str, limits: Limits) -> dict:
    """Separated values as sentences; a file whose lines do not agree on their number is read as plain lines."""
    text = text.removeprefix("\ufeff")
    rows = _rows(text, "\t" if kind == "tsv" else _separator(text), limits)
    widths = Counter(len(row) for row in rows if any(row))
    if len(widths) > 1 and max(widths.values()) < 0.7 * sum(widths.values()) and not _ragged_table(rows):
        return {"text": text}
    return {"text": "\n".join(tables.lines(rows, most=limits.characters))}


def _ragged_table(rows: list[list[str]]) -> bool:
    """A table all the same: no cell is prose, as when a sentence was cut at its commas."""
    return not any("。" in cell for row in rows for cell in row)


def _rows(text: str, separator: str, limits: Limits) -> list[list[str]]:
    rows, cells = [], 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            rows.append([cell.strip() for cell in row])
            cells += max(1, sum(map(bool, row)))
            _check_cells(cells, limits)
    except csv.Error as error:
        raise ExtractError("damaged") from error
    return rows


def _check_cells(cells: int, limits: Limits) -> None:
    if cells > limits.cells:
        raise ExtractError("too_many_cells", limit=limits.cells)


def _separator(text: str) -> str:
    """The sign that cuts most of the first lines into the same number of cells."""
    lines = [re.sub(r'"[^"]*"', "", line) for line in text[:50_000].splitlines()[:50] if line.strip()]

    def agreement(sign: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := line.count(sign)))
        return max(counts.values(), default=0), -",\t;|".index(sign)

    return max(",\t;|", key=agreement)
