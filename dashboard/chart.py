"""The chart component: places figures on a page and hands back what the reader picked."""

from __future__ import annotations

import orjson
import streamlit as st

from dashboard.i18n import text
from dashboard.static_files import asset_url

# The script itself comes by a URL that the browser may keep; this only fetches it.
_LOADER = """
export default function (component) {
  let stop, gone = false
  import(new URL(component.data.script, document.baseURI).href).then(m => { if (!gone) stop = m.draw(component) })
  return () => { gone = true; stop && stop() }
}
"""
_component = None


def _mounted():
    global _component
    if _component is None:
        _component = st.components.v2.component("chart", html='<div class="jjj-chart"></div>', js=_LOADER, isolate_styles=False)
    return _component


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
    result = _mounted()(
        key=key, data=orjson.loads(payload(view, lang, frame, frame_parameter, table)), on_picked_change=lambda: None)
    return result.picked


def payload(view, lang: str, frame: str | None = None, frame_parameter: str | None = None, table: bool = True) -> bytes:
    """What the browser gets, as JSON."""
    figures = [{**_plain(f.figure), "geometry": {x: asset_url(f"geometry-{x}.json") for x in f.layers}, "share": f.share, "alt": f.alt} for f in view.figures]
    return orjson.dumps({
        "script": asset_url("chart.js"), "figures": figures, "frame": frame, "frameParameter": frame_parameter,
        "alt": view.alt, "table": view.table if table else None, "words": text(lang)["chart"], "view": view.id, "file": view.id,
    }, option=orjson.OPT_SERIALIZE_NUMPY)


def _plain(figure) -> dict:
    spec = figure.to_plotly_json()
    return {"data": spec["data"], "layout": spec["layout"], "frames": [
        dict(f.to_plotly_json().items()) for f in figure.frames]}
