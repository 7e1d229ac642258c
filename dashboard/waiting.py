"""Waits on a page for a run: at once where it is quick, else with its progress and a button that stops it."""

from __future__ import annotations

from html import escape
from uuid import uuid4

import streamlit as st

from dashboard import runs
from dashboard.i18n import t

#: Seconds for which a page just waits, and seconds between two looks at a run that takes longer.
PATIENCE, PAUSE = 0.5, 0.5


def ended(place: str, key: tuple, function, lang: str) -> runs.Run | None:
    """The run of `key` once it has ended; until then what a reader sees of it is drawn here.

    Parameters
    ----------
    place : str
        Where on the page. A run that the same reader began here for something else is given up.
    key, function
        See :func:`dashboard.runs.start`.
    lang : {"zh", "en"}

    Returns
    -------
    dashboard.runs.Run or None
        None while it is under way, and where the reader has stopped it.
    """
    reader = st.session_state.setdefault("reader", uuid4().hex)
    begun, stopped = f"{place}_run", f"{place}_stopped"
    held = st.session_state.get(begun)
    if held and held[0] != key:
        held[1].cancel((reader, place))
        del st.session_state[begun]
    if st.session_state.get(stopped) == key:
        _told(t(lang, "index.stopped"))
        st.button(t(lang, "index.again"), key=f"{place}_again", on_click=st.session_state.pop, args=(stopped, None))
        return None
    if begun not in st.session_state:
        try:
            st.session_state[begun] = key, runs.start(key, function, (reader, place))
        except runs.Busy:
            _told(t(lang, "api.computing"))
            return None
    run = st.session_state[begun][1]
    if run.wait(PATIENCE):
        return run
    st.fragment(_progress, run_every=PAUSE)(place, key, run, (reader, place), lang)
    return None


def _progress(place, key, run, reader, lang) -> None:
    if run.ended or st.session_state.get(f"{place}_stopped") == key:
        st.rerun()
    st.progress(run.share, text=t(lang, "index.running", share=int(100 * run.share)))
    st.button(t(lang, "index.cancel"), key=f"{place}_cancel", on_click=_stop, args=(place, key, run, reader))


def _stop(place, key, run, reader) -> None:
    run.cancel(reader)
    st.session_state[f"{place}_stopped"] = key
    st.session_state.pop(f"{place}_run", None)


def _told(text: str) -> None:
    st.html(f'<p class="note" role="status">{escape(text)}</p>')
