"""A briefing as one file that runs from a disk or a stick, without server and without internet."""

from __future__ import annotations

import base64
import datetime
import errno
import os
from pathlib import Path

import orjson

from dashboard import briefing
from dashboard.build import write_whole
from dashboard.i18n import LANGUAGES, t
from dashboard.paths import CACHE


def frozen(source: str | bytes, lang: str, origin: str | None = None) -> bytes:
    """The HTML file of a playlist, in both languages.

    Parameters
    ----------
    source : str or bytes
        Name of a playlist, or its TOML; see :func:`dashboard.briefing.read_playlist`.
    lang : {"zh", "en"}
        Language that it begins in.
    origin : str, optional
        Address of the deployment, for links to views and sources; none when omitted.

    Returns
    -------
    bytes
        UTF-8. Scripts, styles, the figures of every slide and each layer of boundaries once.

    Raises
    ------
    dashboard.briefing.Faulty
        For a playlist that cannot be played, and where ``python -m dashboard build`` has not run.
    """
    origin = origin.rstrip("/") if origin else None
    lists, slides, layers = {}, {}, set()
    for x in LANGUAGES:
        playlist = briefing.read_playlist(source, x)
        lists[x] = briefing.list_content(playlist, x)
        slides[x] = []
        for view in briefing.open_all(playlist, x):
            slides[x].append(briefing.slide_content(view, origin))
            layers |= {layer for part in view.figures for layer in part.layers}
    content = {"mode": "frozen", "lang": lang, "words": briefing.words(), "app": {x: t(x, "app.title") for x in LANGUAGES}, "lists": lists, "views": slides,
               "geometry": {layer: orjson.loads(_asset(f"geometry-{layer}.json")) for layer in sorted(layers)},
               "date": datetime.date.today().isoformat()}
    chart = "data:text/javascript;base64," + base64.b64encode(_asset("chart.js")).decode()
    head = (f'<style>{_asset("player.css").decode()}</style><script>window.JJJ={orjson.dumps({"chart": chart}).decode()}</script>'
            f'<script>{_inside(_asset("plotly-basic.min.js"))}</script>')
    script = f'<script type="module">{_inside(_asset("player.js"))}</script>'
    return briefing.page(content, title=lists[lang]["title"] or t(lang, "briefing.title"), head=head, script=script, classes="run").encode()


def _asset(name: str) -> bytes:
    path = CACHE / "assets" / name
    if not path.is_file():
        raise briefing.Faulty(500, "built", name=name)
    return path.read_bytes()


def _inside(script: bytes) -> str:
    """A script that can stand inside its element: nothing in it ends the element or opens a comment there."""
    return script.decode().replace("</script", "<\\/script").replace("<!--", "<\\!--")


def freeze(source: str, lang: str, output: Path, origin: str | None = None) -> tuple[int, int]:
    """Write the file of a playlist, whole or not at all.

    Returns
    -------
    (int, int)
        Slides and bytes.

    Raises
    ------
    dashboard.briefing.Faulty
        For a bad playlist, and for a place that cannot be written to; nothing is written then.
    """
    output = output.absolute()
    wrong = errno.EISDIR if output.is_dir() else 0 if output.parent.is_dir() else errno.ENOENT
    try:
        if wrong:
            raise OSError(wrong, os.strerror(wrong))
        data = frozen(source, lang, origin)
        write_whole(output, data)
    except OSError as error:
        raise briefing.Faulty(400, "unwritable", path=str(output), reason=error.strerror or str(error)) from None
    return len(briefing.read_playlist(source, lang).slides), len(data)
