"""The presentation before its first slide: size, layout, colours and typefaces."""

from __future__ import annotations

import re

from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu

from dashboard.charts.style import ACCENT, CATEGORICAL
from dashboard.exports.drawing import Look
from dashboard.exports.native_xml import EAST_ASIAN, LATIN, Box, visible

# In points: 13.33 x 7.5 inches, the size that PowerPoint and WPS start with.
WIDTH, HEIGHT, EDGE = 960, 540, 44


def empty_presentation(look: Look, dark: bool):
    """python-pptx's presentation, widened, with one layout, the program's colours and both typefaces.

    Parameters
    ----------
    look : dashboard.exports.drawing.Look
        Colours of ground and type.
    dark : bool
        Whether text is lighter than its ground.

    Returns
    -------
    pptx.presentation.Presentation
    """
    file = Presentation()
    file.slide_width, file.slide_height = Emu(WIDTH * 12700), Emu(HEIGHT * 12700)
    keep = next(layout for layout in file.slide_layouts if layout.name == "Title Only")
    for layout in list(file.slide_layouts):
        if layout is not keep:
            file.slide_layouts.remove(layout)
    master = file.slide_master
    places = {1: Box(EDGE, 34, WIDTH - 2 * EDGE, 60), 2: Box(EDGE, 110, WIDTH - 2 * EDGE, 360),
              16: Box(EDGE, HEIGHT - 32, 200, 18), 15: Box(260, HEIGHT - 32, 400, 18), 13: Box(WIDTH - EDGE - 60, HEIGHT - 32, 60, 18)}
    for holder in master.placeholders:
        holder.left, holder.top, holder.width, holder.height = places[int(holder.placeholder_format.type)].emu()
        body = holder._element.txBody.bodyPr
        for side in ("lIns", "rIns", "tIns", "bIns"):
            body.set(side, "0")
        if int(holder.placeholder_format.type) == 1:
            body.set("anchor", "b")
            for fit in list(body):  # the size of the type is worked out here
                body.remove(fit)
    for holder in list(keep.placeholders):
        if int(holder.placeholder_format.type) in (15, 16):
            holder._element.getparent().remove(holder._element)
    style = master._element.find(f'{qn("p:txStyles")}/{qn("p:titleStyle")}/{qn("a:lvl1pPr")}')
    style.set("algn", "l")
    style.find(qn("a:defRPr")).set("sz", "2700")
    style.find(qn("a:defRPr")).set("b", "1")
    for properties in master._element.iter(qn("a:defRPr")):  # page numbers as faint as the line they stand in
        for tint in properties.iter(qn("a:tint")):
            tint.getparent().remove(tint)
    _rule_on(master, look)
    if dark:
        colours = master._element.find(qn("p:clrMap"))
        for key, value in (("bg1", "dk1"), ("tx1", "lt1"), ("bg2", "dk2"), ("tx2", "lt2")):
            colours.set(key, value)
    theme = next(rel.target_part for rel in master.part.rels.values() if rel.reltype == RELATIONSHIP_TYPE.THEME)
    theme._blob = _theme(theme.blob.decode("utf8"), look, dark).encode("utf8")
    return file


def _rule_on(master, look: Look) -> None:
    """The short line over every title, on the master."""
    colour = visible(ACCENT, look)[1:].upper()
    x, y, width, height = Box(EDGE, 24, 42, 4).emu()
    master.shapes._spTree.insert(2, parse_xml(
        f'<p:sp {nsdecls("p", "a")}><p:nvSpPr><p:cNvPr id="20" name="rule"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill><a:ln><a:noFill/></a:ln></p:spPr></p:sp>'))


def _theme(xml: str, look: Look, dark: bool) -> str:
    """The theme with the program's colours, and typefaces for Latin and Chinese."""
    ink, ground = (look.ground, look.ink) if dark else (look.ink, look.ground)
    colours = {"dk1": ink, "lt1": ground, "dk2": ACCENT, "lt2": look.soft if not dark else "#f3f1ec", "hlink": visible(ACCENT, look), "folHlink": visible(CATEGORICAL[3], look),
               **{f"accent{i + 1}": visible(c, look) for i, c in enumerate(CATEGORICAL[:6])}}
    for key, colour in colours.items():
        xml = re.sub(rf"(<a:{key}>).*?(</a:{key}>)", rf'\1<a:srgbClr val="{colour[1:].upper()}"/>\2', xml, flags=re.S)
    for which in ("major", "minor"):
        xml = re.sub(rf'(<a:{which}Font>\s*)<a:latin [^>]*/>(\s*)<a:ea [^>]*/>', rf'\1<a:latin typeface="{LATIN}"/>\2<a:ea typeface="{EAST_ASIAN}"/>', xml, flags=re.S)
    xml = re.sub(r'(<a:font script="Hans" typeface=")[^"]*', rf"\g<1>{EAST_ASIAN}", xml)
    return re.sub(r'(<a:theme [^>]*name=")[^"]*', r"\g<1>Jing-Jin-Ji", xml, count=1)
