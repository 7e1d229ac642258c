"""The state of a view is its address: parameters are read from and written to the URL.

The address holds codes, not labels, so that one link opens in both languages. What does
not exist is replaced by the nearest that does, and the page says so.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import streamlit as st

from dashboard.i18n import t

LANGUAGE_LABELS = {"zh": "中文", "en": "EN"}


def language() -> str:
    """The reader's language, from the switch in the header (``?lang=EN``)."""
    chosen = st.session_state.get("lang") or LANGUAGE_LABELS["zh"]
    return "en" if chosen == LANGUAGE_LABELS["en"] else "zh"


def language_switch() -> str:
    """Draw the switch and return the language."""
    raw = st.query_params.get("lang", "")
    if "lang" not in st.session_state and raw.lower() == "en":
        st.session_state["lang"] = LANGUAGE_LABELS["en"]
    st.segmented_control("语言 / Language", list(LANGUAGE_LABELS.values()), default=LANGUAGE_LABELS["zh"], key="lang",
                         bind="query-params", label_visibility="collapsed", required=True)
    return language()


def _note(lang: str, key: str, raw: str, shown: str) -> None:
    st.session_state.setdefault("notes", []).append(t(lang, "state.replaced", parameter=key, value=raw[:40], shown=shown))


def show_notes() -> None:
    """Say what a damaged link asked for and what is shown instead."""
    for note in st.session_state.pop("notes", []):
        st.html(f'<p class="note" role="status">{_escape(note)}</p>')


def _escape(text: str) -> str:
    from html import escape

    return escape(text)


def _nearest(raw: str, options: Sequence[str], default: str) -> str:
    near = difflib.get_close_matches(raw, [str(o) for o in options], n=1, cutoff=0.5)
    return near[0] if near else default


def read(key: str, options: Sequence[str], default: str, lang: str, name=str) -> str:
    """A parameter of the address that must be one of `options`; else the nearest, and a note."""
    raw = st.query_params.get(key)
    if raw is None:
        return default
    if raw in options:
        return raw
    chosen = _nearest(raw, options, default)
    _note(lang, key, raw, name(chosen))
    return chosen


def read_many(key: str, options: Sequence[str], default: Sequence[str], lang: str, most: int = 8) -> list[str]:
    """A parameter that lists several of `options`, separated by commas."""
    raw = st.query_params.get(key)
    if raw is None:
        return list(default)
    wanted = [w for w in raw.split(",") if w]
    known = [w for w in dict.fromkeys(wanted) if w in options][:most]
    lost = ", ".join(w for w in dict.fromkeys(wanted) if w not in known)
    if lost:
        known = known or list(default)
        _note(lang, key, lost, ", ".join(known))
    return known or list(default)


def _write(key: str, widget: str, default) -> None:
    value = st.session_state[widget]
    value = ",".join(value) if isinstance(value, (list, tuple)) else value
    default = ",".join(default) if isinstance(default, (list, tuple)) else default
    if value in (None, "", default):
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = str(value)


def choose(draw, key: str, options: Sequence[str], default, lang: str, label: str, name, many: bool = False, **more):
    """A widget whose value is the parameter `key` of the address.

    Parameters
    ----------
    draw : callable
        ``st.selectbox``, ``st.segmented_control``, ``st.multiselect`` ...
    key : str
        Name of the parameter.
    options : sequence of str
        What may stand there.
    default
        What holds where the address says nothing.
    name : callable
        Option -> label in the reader's language.
    many : bool
        Whether it is a list.

    Returns
    -------
    str or list of str
    """
    value = read_many(key, options, default, lang) if many else read(key, options, default, lang, name)
    widget = f"w_{key}_{lang}"  # the browser answers with labels, which belong to a language
    if st.session_state.get(widget) != value:
        st.session_state[widget] = value
    draw(label, options, key=widget, format_func=name, on_change=_write, args=(key, widget, default), **more)
    return value


def link(page: str, lang: str, **parameters) -> str:
    """Address of a view, relative to any page."""
    from urllib.parse import urlencode

    given = {k: v for k, v in parameters.items() if v not in (None, "")}
    if lang == "en":
        given["lang"] = LANGUAGE_LABELS["en"]
    return f"./{page}" + (f"?{urlencode(given)}" if given else "")
