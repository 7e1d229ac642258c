"""The passage of a report that printed a figure, where the deployment holds the report's text.

Texts are no part of the program. A deployment keeps them in the folder that the
environment variable ``REPORTS_DIR`` names, by default ``reports/`` beside the packages.
A locator counts in one version of the text, so a passage is only shown when the text's
hash is that of the version that the figures were taken from.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from indicators.ledger import sources
from indicators.reports.reviewed import stored_text

_SENTENCE_END = "。！？!?\n"


@dataclass(frozen=True)
class Passage:
    """The sentences around a figure, split so that the figure can be marked."""

    before: str
    figure: str
    after: str


def reports_dir() -> Path:
    """The folder of texts; it need not exist."""
    return Path(os.environ.get("REPORTS_DIR") or Path(__file__).resolve().parents[2] / "reports")


def parse_locator(locator: str) -> dict[str, str]:
    """Parts of a locator: page, article, chars, text, as far as it has them."""
    return dict(part.split("=", 1) for part in re.split(r";\s*", locator) if "=" in part)


@functools.lru_cache(maxsize=16)
def _text(path: Path, sha256: str, _changed: float) -> str | None:
    data = path.read_bytes()
    return data.decode("utf8") if hashlib.sha256(data).hexdigest() == sha256 else None


def text_of(source: str) -> str | None:
    """The text of a report, if the deployment has it in the version that was read.

    Raises
    ------
    LookupError
        If there is a text, but of another version.
    """
    table = sources()
    if source not in table.index:
        return None
    if not table.loc[source, "text_file"]:
        return stored_text(table.loc[source, "text_sha256"])
    path = reports_dir() / table.loc[source, "text_file"]
    if not path.is_file():
        return None
    text = _text(path, table.loc[source, "text_sha256"], path.stat().st_mtime)
    if text is None:
        raise LookupError(source)
    return text


def passage(source: str, locator: str, most: int = 220) -> Passage | None:
    """The sentence that printed a figure, with the one before and after as far as room is.

    Parameters
    ----------
    source, locator : str
        As in the ledger.
    most : int
        Characters to either side.

    Returns
    -------
    Passage or None
        None where the deployment has no text, or the locator no characters.

    Raises
    ------
    LookupError
        If the text is of another version.
    """
    chars = parse_locator(locator).get("chars")
    text = text_of(source) if chars else None
    if text is None:
        return None
    start, end = (int(n) for n in chars.split("-"))
    left, right = max(0, start - most), min(len(text), end + most)
    before, after = text[left:start], text[end:right]
    cut = max(before.rfind("\n\n"), -1)
    before = before[cut + 1:]
    if left > 0 and cut < 0:  # begin after a sentence's end
        ends = [i for i, c in enumerate(before) if c in _SENTENCE_END]
        before = before[ends[0] + 1:] if ends and ends[0] < len(before) - 1 else before
    stop = after.find("\n\n")
    after = after[:stop] if stop >= 0 else after
    if right < len(text) and stop < 0:
        ends = [i for i, c in enumerate(after) if c in _SENTENCE_END]
        after = after[: ends[-1] + 1] if ends else after
    tidy = lambda s: re.sub(r"\s*\n\s*", "", s)  # noqa: E731  broken lines of the print
    return Passage(tidy(before), tidy(text[start:end]), tidy(after))
