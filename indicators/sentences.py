"""Sentences of the program in the reader's language.

Code says what is wrong in English, for that is what commands print and what is stored. Those that a
reader of a page may see stand a second time in ``text/reports.zh.toml``, with the same blanks.
"""

from __future__ import annotations

import functools
import re
import tomllib

from indicators.names import TEXT

#: What stands between several sentences, and within some.
_BETWEEN = "; "
#: Blanks that are filled with sentences.
_NESTED = "said"


@functools.lru_cache(maxsize=1)
def _patterns() -> list[tuple[re.Pattern, str]]:
    """Expressions that find what the blanks of English sentences were filled with, and the Chinese ones."""
    english, chinese = (tomllib.loads((TEXT / f"reports.{lang}.toml").read_text("utf8")) for lang in ("en", "zh"))
    pairs = {**{words: chinese["propose"][key] for key, words in english["propose"].items()}, **chinese["sentences"]}
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(words)), re.DOTALL), said) for words, said in pairs.items()]


def in_language(sentence: str, lang: str) -> str:
    """A sentence, or several with semicolons between them, in a language; what has no translation stays as it is.

    >>> in_language("there is no decision to take back; the area “上海” is not known", "zh")
    '没有可撤销的决定；“上海”不是已知的区域'
    >>> in_language("the disk sings", "zh")
    'the disk sings'
    """
    if lang == "en":
        return sentence
    parts, told = sentence.split(_BETWEEN), []
    while parts:
        # the shortest that is a sentence, for what fills a blank at the end may be anything
        for taken in range(1, len(parts) + 1):
            if said := _translated(_BETWEEN.join(parts[:taken]), lang):
                break
        else:
            taken, said = 1, parts[0]
        told.append(said)
        del parts[:taken]
    return "；".join(told)


def _translated(sentence: str, lang: str) -> str:
    for pattern, said in _patterns():
        if found := pattern.fullmatch(sentence):
            return said.format(**{name: in_language(text, lang) if name == _NESTED else text for name, text in found.groupdict().items()})
    return ""
