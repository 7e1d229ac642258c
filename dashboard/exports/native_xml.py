"""Boxes, type and the pieces of XML that charts of slides need and python-pptx has no words for.

East Asian typefaces, labels at the ends of lines, open markers, bounds.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pptx.dml.color import RGBColor
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu

from dashboard.exports.drawing import Look
from dashboard.format import NBSP

#: Typefaces that Windows, macOS and WPS have; where one is missing, the next best Chinese face is taken.
LATIN, EAST_ASIAN = "Arial", "Microsoft YaHei"
TAGS = {"zh": ("zh-CN", "en-US"), "en": ("en-US", "zh-CN")}

# Characters that XML 1.0 has no way to write, and halves of surrogate pairs.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Box:
    """A place on a slide, in points."""

    left: float
    top: float
    width: float
    height: float

    def emu(self) -> tuple[Emu, Emu, Emu, Emu]:
        """Left, top, width and height in the unit of the format."""
        return tuple(Emu(round(v * 12700)) for v in (self.left, self.top, self.width, self.height))


@dataclass(frozen=True)
class Setting:
    """What all charts of a slide share: colours of the theme, size of type in points, language, number format."""

    look: Look
    size: float
    lang: str
    decimals: int | None = None


def clean(text: str) -> str:
    """A text without the characters that XML cannot hold; hard spaces, which some programs draw as wide as a character, become plain ones."""
    return _UNWRITABLE.sub("", str(text)).replace(NBSP, " ")


def typeface(properties, lang: str) -> None:
    """Latin and East Asian typeface and the language of a run's properties; python-pptx sets the Latin one alone."""
    latin = properties.get_or_add_latin()
    latin.set("typeface", LATIN)
    for tag, face in (("a:cs", LATIN), ("a:ea", EAST_ASIAN)):
        for old in properties.findall(qn(tag)):
            properties.remove(old)
        latin.addnext(parse_xml(f'<{tag} {nsdecls("a")} typeface="{face}"/>'))
    if properties.tag == qn("a:rPr"):
        properties.set("lang", TAGS[lang][0])
        properties.set("altLang", TAGS[lang][1])


def mixed(colour: str, other: str, share: float) -> str:
    """A colour with a share of another one in it."""
    parts = ([int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in (colour, other))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(*parts))


def visible(colour: str, look: Look) -> str:
    """A colour of the light theme, lighter on a dark ground."""
    return mixed(colour, "#ffffff", 0.38) if look.ground != "#ffffff" else colour


def rgb(colour: str):
    """A colour of ours, ``#rrggbb``, as python-pptx has it."""
    return RGBColor.from_string(colour[1:].upper())


# --- looks of a series ---------------------------------------------------------------


def dress(series, parts: list[str]) -> None:
    """Put the looks of a series between its name and its figures, in the order of the schema."""
    data = {qn(tag) for tag in ("c:cat", "c:val", "c:xVal", "c:yVal", "c:smooth")}
    name = series.find(qn("c:tx"))
    for old in [e for e in name.itersiblings() if e.tag not in data]:
        series.remove(old)
    for part in reversed(parts):
        name.addnext(parse_xml(part))
    for smooth in series.findall(qn("c:smooth")):
        smooth.set("val", "0")


def _solid(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}"/></a:solidFill>'


def fill_xml(colour: str) -> str:
    """A filled shape without a line."""
    return f'<c:spPr {nsdecls("c", "a")}>{_solid(colour)}<a:ln><a:noFill/></a:ln></c:spPr>'


def line_xml(colour: str, width: float, dash: str = "solid") -> str:
    """A line; its width in points."""
    return (f'<c:spPr {nsdecls("c", "a")}><a:ln w="{round(width * 12700)}" cap="rnd">{_solid(colour)}<a:prstDash val="{dash}"/><a:round/></a:ln></c:spPr>')


def marker_xml(symbol: str, colour: str, look: Look, size: float) -> str:
    """A marker; an open one has the ground's colour inside."""
    inside = look.ground if symbol.endswith("-open") else colour
    shape = symbol.removesuffix("-open")
    return (f'<c:marker {nsdecls("c", "a")}><c:symbol val="{shape}"/><c:size val="{round(max(5, 0.5 * size)) + (shape == "diamond") * 2}"/>'
            f'<c:spPr>{_solid(inside)}<a:ln w="15875">{_solid(colour)}</a:ln></c:spPr></c:marker>')


def point_xml(index: int, symbol: str, colour: str, look: Look, size: float) -> str:
    """A point with a marker of its own; its piece of line has to be said again."""
    return (f'<c:dPt {nsdecls("c", "a")}><c:idx val="{index}"/>{marker_xml(symbol, colour, look, size)}<c:bubble3D val="0"/>'
            f"{line_xml(colour, 2.25)}</c:dPt>")


# Office and LibreOffice draw a line from a label that was moved to its point unless told not to.
_NO_LEADERS = ('<c:extLst><c:ext uri="{CE6537A1-D6FC-4f65-9D91-7224C49458BB}" xmlns:c15="http://schemas.microsoft.com/office/drawing/2012/chart">'
               '<c15:showLeaderLines val="0"/></c:ext></c:extLst>')
_NOTHING = "".join(f'<c:{tag} val="0"/>' for tag in ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize"))


def _run_properties(tag: str, size: float, colour: str, lang: str) -> str:
    said = f' lang="{TAGS[lang][0]}" altLang="{TAGS[lang][1]}"' if tag == "a:rPr" else ""
    return (f'<{tag}{said} sz="{round(size * 100)}" b="0">{_solid(colour)}<a:latin typeface="{LATIN}"/>'
            f'<a:ea typeface="{EAST_ASIAN}"/><a:cs typeface="{LATIN}"/></{tag}>')


def labels_xml(labels, setting: Setting, share: float = 1.0) -> str:
    """Words at points: index, text, colour, position, and how far to move right and down as shares of the chart's size."""
    made = []
    for index, text, colour, position, right, down in sorted(labels, key=lambda label: label[0]):
        moved = f'<c:layout><c:manualLayout><c:x val="{right:.5f}"/><c:y val="{down:.5f}"/></c:manualLayout></c:layout>' if abs(down) + right > 1e-4 else ""
        properties = _run_properties("a:rPr", share * setting.size, colour, setting.lang)
        made.append(
            f'<c:dLbl><c:idx val="{index}"/>{moved}<c:tx><c:rich><a:bodyPr wrap="none"/><a:p><a:r>{properties}<a:t>{escape(clean(text))}</a:t></a:r></a:p></c:rich></c:tx>'
            f'<c:dLblPos val="{position}"/><c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/><c:showSerName val="1"/>'
            '<c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbl>')
    return f'<c:dLbls {nsdecls("c", "a")}>{"".join(made)}{_NOTHING}{_NO_LEADERS}</c:dLbls>'


def values_xml(position: str, code: str, size: float, colour: str, setting: Setting, empty=()) -> str:
    """The value at every point, but for those without room."""
    without = "".join(f'<c:dLbl><c:idx val="{i}"/><c:delete val="1"/></c:dLbl>' for i in empty)
    properties = _run_properties("a:defRPr", size, colour, setting.lang)
    return (f'<c:dLbls {nsdecls("c", "a")}>{without}<c:numFmt formatCode="{escape(code, {chr(34): "&quot;"})}" sourceLinked="0"/>'
            f"<c:txPr><a:bodyPr wrap=\"none\"/><a:p><a:pPr>{properties}</a:pPr></a:p></c:txPr>"
            f'<c:dLblPos val="{position}"/>{_NOTHING.replace(chr(60) + "c:showVal val=" + chr(34) + "0", chr(60) + "c:showVal val=" + chr(34) + "1")}</c:dLbls>')


def bounds_xml(bounds: dict, n: int, colour: str, direction: str = "y") -> str:
    """What the printing of rounded figures allows: index -> (below, above); bars say no direction, it is that of their values."""
    said = f'<c:errDir val="{direction}"/>' if direction else ""
    def numbers(k):
        return "".join(f'<c:pt idx="{i}"><c:v>{max(pair[k] or 0, 0):.10g}</c:v></c:pt>' for i, pair in sorted(bounds.items()) if math.isfinite(pair[k] or 0))

    sides = "".join(f'<c:{side}><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="{n}"/>{numbers(k)}</c:numLit></c:{side}>'
                    for side, k in (("plus", 1), ("minus", 0)))
    return (f'<c:errBars {nsdecls("c", "a")}>{said}<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>{sides}'
            f'<c:spPr><a:ln w="12700">{_solid(colour)}</a:ln></c:spPr></c:errBars>')
