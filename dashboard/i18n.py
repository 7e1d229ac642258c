"""The pages' words. All of them stand in ``dashboard/text/zh.toml`` and ``en.toml``."""

from __future__ import annotations

import functools
import tomllib

from dashboard.paths import TEXT

LANGUAGES = ("zh", "en")


@functools.lru_cache(maxsize=2)
def text(lang: str) -> dict:
    """The text file of a language, as nested dictionaries."""
    return tomllib.loads((TEXT / f"{lang}.toml").read_text("utf8"))


def t(lang: str, key: str, **values) -> str:
    """One sentence, by its dotted key, with its blanks filled.

    Raises
    ------
    KeyError
        If the file has no such sentence; a test holds that both files have the same keys.
    """
    found = text(lang)
    for part in key.split("."):
        found = found[part]
    return found.format(**values) if values else found
