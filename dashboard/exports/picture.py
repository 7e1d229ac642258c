"""PNG, SVG and PDF of a view, drawn without a browser."""

from __future__ import annotations

from dashboard.exports import STANDARD, Options
from dashboard.views import View


def picture(view: View, kind: str = "png", options: Options = STANDARD, *, measures: tuple[float, float] | None = None,
            parts: tuple[int, ...] | None = None, source: bool = True) -> bytes:
    """A view as a picture.

    Parameters
    ----------
    view : dashboard.views.View
    kind : {"png", "svg", "pdf"}
        Glyphs are outlined in SVG and embedded in PDF.
    options : Options
    measures : (float, float), optional
        Width and height in millimetres instead of those of the size.
    parts : tuple of int, optional
        Only these figures of the view.
    source : bool
        Source line below the picture.
    """
    raise RuntimeError("not drawn yet")
