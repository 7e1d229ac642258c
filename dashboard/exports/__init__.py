"""Views as files: pure functions from a view to bytes, one file a format.

Every file carries title, unit, source, date and the notes on its figures; they come from
:mod:`dashboard.exports.about`, the figures from the view that stood on the page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """A picture's measures: millimetres, type in points, dots an inch of a PNG."""

    width: float
    height: float
    type: float
    dpi: int


#: Sizes by purpose. A journal's columns are 85 and 180 mm wide; a slide is 13.33 x 7.5 inches.
SIZES = {
    "slide": Size(338.7, 190.5, 16, 144),
    "a4": Size(170, 115, 9, 300),
    "a4half": Size(82, 80, 7.5, 300),
    "column": Size(85, 75, 7, 600),
    "double": Size(180, 110, 8, 600),
    "square": Size(160, 160, 12, 200),
}
DPI = ("144", "300", "600")
FONTS = ("small", "normal", "large")
THEMES = ("light", "dark")


@dataclass(frozen=True)
class Options:
    """How an export is to look.

    Attributes
    ----------
    size : str
        Key of :data:`SIZES`.
    dpi : int
        Dots an inch of a PNG; 0 for what the size is for.
    font : str
        One of :data:`FONTS`.
    theme : str
        One of :data:`THEMES`.
    title : bool
        Title and unit in the picture; without them a caption has to name what it shows.
    origin : str
        Address of the deployment, for links back; empty where it is not known.
    """

    size: str = "slide"
    dpi: int = 0
    font: str = "normal"
    theme: str = "light"
    title: bool = True
    origin: str = ""


#: What an export is where nothing is asked for.
STANDARD = Options()
