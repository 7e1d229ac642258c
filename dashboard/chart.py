"""The chart component: places figures on a page and hands back what the reader picked."""

from __future__ import annotations

import functools
import os
from html import escape

import orjson
import streamlit as st

from dashboard.headlines import headline, told
from dashboard.i18n import t, text
from dashboard.kinds import address
from dashboard.static_files import asset_url

# The script itself comes by a URL that the browser may keep; this only fetches it.
_LOADER = """
export default function (component) {
  let stop, gone = false
  import(new URL(component.data.script, document.baseURI).href).then(m => { if (!gone) stop = m.draw(component) })
  return () => { gone = true; stop && stop() }
}
"""


@functools.lru_cache(maxsize=4)
def component(name: str):
    """The component whose script is the asset ``{name}.js``; its data name the address as ``script``."""
    return st.components.v2.component(name, html=f'<div class="jjj-{name}"></div>', js=_LOADER, isolate_styles=False)


def chart(view, *, key: str, lang: str, frame: str | None = None, frame_parameter: str | None = None, table: bool = True):
    """Draw a view.

    Parameters
    ----------
    view : dashboard.views.View
        Figures with their texts and table.
    key : str
        Identity of the place on the page; a view that replaces another in the same place
        is drawn into the living chart.
    lang : {"zh", "en"}
    frame : str, optional
        Name of the frame shown first; the last when omitted.
    frame_parameter : str, optional
        Parameter of the address that follows the frame.
    table : bool
        Offer the numbers as a table.

    Returns
    -------
    dict or None
        ``area``, ``frame``, ``x``, ``figure`` of the point that was just clicked.
    """
    result = component("chart")(
        key=key, data=orjson.loads(payload(view, lang, frame, frame_parameter, table)), on_picked_change=lambda: None)
    return result.picked


def sentence(view, frame: str | None = None) -> None:
    """Say in one sentence what a view shows; :func:`chart` of the same view keeps it to the frame that is on screen.

    Parameters
    ----------
    view : dashboard.views.View
        With its kind, query and language.
    frame : str, optional
        Name of the frame shown first.
    """
    said = told(view)[frame] if frame else headline(view)
    st.html(f'<p class="lead" role="status" aria-live="polite"><b data-said="{escape(view.id)}">{escape(said)}</b></p>')


def _sentences(view) -> dict:
    """The sentences of the frames, each without what all begin and end with: the figure's page carries them at every visit."""
    each = list(told(view).values())
    before = os.path.commonprefix(each) if len(each) > 1 else ""
    rest = [said[len(before):] for said in each]
    after = os.path.commonprefix([said[::-1] for said in rest])[::-1] if len(each) > 1 else ""
    return {"before": before, "after": after, "each": [said[:len(said) - len(after)] for said in rest]}


def payload(view, lang: str, frame: str | None = None, frame_parameter: str | None = None, table: bool = True) -> bytes:
    """What the browser gets, as JSON."""
    figures = [{**_plain(f.figure), "geometry": {x: asset_url(f"geometry-{x}.json") for x in f.layers}, "share": f.share, "alt": f.alt} for f in view.figures]
    return orjson.dumps({
        "script": asset_url("chart.js"), "figures": figures, "frame": frame, "frameParameter": frame_parameter,
        "address": address(view) if view.kind else None, "title": view.title, "panel": panel(lang),
        **({"told": _sentences(view)} if frame_parameter else {}),
        "alt": view.alt, "table": view.table if table else None, "words": text(lang)["chart"], "view": view.id, "file": view.id,
    }, option=orjson.OPT_SERIALIZE_NUMPY)


def panel(lang: str) -> dict:
    """The words on the buttons of the export panel and the basket, and where the panel is."""
    return {"script": asset_url("panel.js"), "words": asset_url(f"panel-{lang}.json"), "lang": lang,
            **{key: t(lang, f"panel.{key}") for key in ("open", "add", "added", "full", "refused", "failed")}}


def export_button(view) -> None:
    """A button that opens the export panel of a view that is no chart."""
    values = {"address": address(view), "title": view.title, **{k: v for k, v in panel(view.lang).items() if k in ("script", "words", "lang", "failed")}}
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in values.items())
    st.html(f'<button type="button" class="jjj-button" aria-haspopup="dialog" {data}>{escape(t(view.lang, "panel.open"))}</button>')


def _plain(figure) -> dict:
    spec = figure.to_plotly_json()
    return {"data": spec["data"], "layout": spec["layout"], "frames": [
        dict(f.to_plotly_json().items()) for f in figure.frames]}
