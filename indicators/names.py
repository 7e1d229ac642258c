"""Names, definitions and words of the catalogue in the reader's language.

They stand in ``indicators/text/zh.toml`` and ``en.toml``; a name that is missing falls
back to the other language, then to the id, so that a new indicator is never blank.
"""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path

TEXT = Path(__file__).parent / "text"
LANGUAGES = ("zh", "en")


@functools.lru_cache(maxsize=4)
def words(lang: str, folder: Path = TEXT) -> dict:
    """The whole text file of a language.

    Raises
    ------
    ValueError
        If there is none; accepted are ``zh`` and ``en``.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"there is no language {lang!r}; there are {', '.join(LANGUAGES)}")
    return tomllib.loads((folder / f"{lang}.toml").read_text("utf8"))


def name(kind: str, key: str, lang: str = "zh") -> str:
    """Name of a theme, unit, measure, obs_status, vintage, rule or period_kind.

    Parameters
    ----------
    kind : str
        Table of the text file.
    key : str
        Its key.
    lang : {"zh", "en"}
    """
    for language in (lang, *(other for other in LANGUAGES if other != lang)):
        found = words(language).get(kind, {}).get(key)
        if found is not None:
            return found if isinstance(found, str) else found["name"]
    return key


def indicator_text(indicator_id: str, lang: str = "zh") -> dict:
    """Texts of an indicator: name, and where written short, definition, method, synonyms.

    Returns
    -------
    dict
        ``name`` is always there.
    """
    own = words(lang).get("indicator", {}).get(indicator_id, {})
    other = words("en" if lang == "zh" else "zh").get("indicator", {}).get(indicator_id, {})
    return {"name": other.get("name", indicator_id), **own}
