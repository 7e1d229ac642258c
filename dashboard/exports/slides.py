"""Slides of views for PowerPoint and WPS: native charts and tables, sources in the notes."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt

from dashboard import format as fmt
from dashboard import headlines, views
from dashboard.charts.style import ACCENT
from dashboard.exports import STANDARD, Options
from dashboard.exports.about import About, about
from dashboard.exports.drawing import THEMES, Look, at_frame, text_width, wrap
from dashboard.exports.native_charts import add_chart, form
from dashboard.exports.native_master import EDGE, HEIGHT, WIDTH, empty_presentation
from dashboard.exports.native_xml import TAGS, Box, Setting, clean, mixed, rgb, typeface, visible
from dashboard.exports.picture import picture
from dashboard.i18n import t
from dashboard.parameters import Refusal
from dashboard.views import View
from indicators.names import name
from indicators.reports.passages import passage

#: Most items of a deck, charts of a slide, rows of a table, passages in the notes of a slide.
MOST_ITEMS, MOST_CHARTS, MOST_ROWS, MOST_PASSAGES = 60, 4, 13, 8

_TYPE = {"small": 0.86, "normal": 1.0, "large": 1.18}
_CONTENTS = 24
_LONGEST = 300


class _Deck:
    """A presentation being written: its colours, type and language."""

    def __init__(self, options: Options, lang: str, title: str):
        self.options, self.lang, self.scale = options, lang, _TYPE[options.font]
        self.look = Look(px=self.scale, **THEMES[options.theme])
        self.dark = options.theme == "dark"
        self.accent = visible(ACCENT, self.look)
        self.faint = mixed(self.look.ink, self.look.ground, 0.3)
        self.file = empty_presentation(self.look, self.dark)
        properties = self.file.core_properties
        properties.title, properties.author, properties.language = clean(title)[:255], t(lang, "app.title"), TAGS[lang][0]
        properties.last_modified_by = t(lang, "app.title")

    def slide(self, title: str, size: float = 27):
        """A new slide with its title and page number."""
        slide = self.file.slides.add_slide(self.file.slide_layouts[0])
        size *= min(self.scale, 1.1)
        shown, fitted = _fitted(title, WIDTH - 2 * EDGE, size, 1, True, least=0.85)
        if shown.endswith("…"):
            shown, fitted = _fitted(title, WIDTH - 2 * EDGE, 0.85 * size, 2, True, least=0.85)
        size = fitted
        frame = slide.shapes.title.text_frame
        self.write(frame.paragraphs[0], shown, size, self.look.ink, True)
        number = copy.deepcopy(next(s for s in self.file.slide_layouts[0].placeholders if s.placeholder_format.type == 13)._element)
        number.nvSpPr.cNvPr.set("id", str(max(int(i) for i in slide.shapes._spTree.xpath("//@id") if i.isdigit()) + 1))
        slide.shapes._spTree.append(number)
        return slide

    def write(self, paragraph, text: str, size: float, colour: str, bold: bool = False):
        """A run of text with both typefaces and its language."""
        run = paragraph.add_run()
        run.text = clean(text)
        run.font.size, run.font.bold = Pt(round(size, 1)), bold
        run.font.color.rgb = rgb(colour)
        typeface(run._r.get_or_add_rPr(), self.lang)
        return run

    def box(self, slide, box: Box, lines, anchor=MSO_ANCHOR.TOP, align=PP_ALIGN.LEFT, called: str = ""):
        """A text box; `lines` are (text, size, colour, bold), one a paragraph."""
        shape = slide.shapes.add_textbox(*box.emu())
        frame = shape.text_frame
        frame.word_wrap, frame.auto_size, frame.vertical_anchor = True, MSO_AUTO_SIZE.NONE, anchor
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for i, (text, size, colour, bold) in enumerate(lines):
            paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
            paragraph.alignment = align
            self.write(paragraph, text, size, colour, bold)
        if called:
            shape.name = called
        return shape

    def bytes(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.file.save(out)
        return out.getvalue()


def slides(view: View, options: Options = STANDARD) -> bytes:
    """One view as a presentation of one slide.

    Parameters
    ----------
    view : dashboard.views.View
        From :func:`dashboard.kinds.open_view`.
    options : Options
        Theme, size of type and origin are used; a slide always has its title.

    Returns
    -------
    bytes
        A .pptx file.
    """
    made = _Deck(options, view.lang, about(view, options.origin).title)
    _view_slide(made, view, "")
    return made.bytes()


def deck(items: Sequence[tuple[View, str]], options: Options = STANDARD, title: str = "", lang: str = "zh") -> bytes:
    """Views as a presentation: title, contents with links, a slide a view, sources.

    Parameters
    ----------
    items : sequence of (View, str)
        Views in order, each with a title that takes the place of its own, or an empty one.
    options : Options
    title : str
        Of the whole; a general one when empty.
    lang : {"zh", "en"}
        Of what does not come from a view.

    Returns
    -------
    bytes
        A .pptx file.

    Raises
    ------
    Refusal
        400 for more than :data:`MOST_ITEMS` items, 404 for none.
    """
    if not items:
        raise Refusal(404, "nothing_to_draw")
    if len(items) > MOST_ITEMS:
        raise Refusal(400, "too_many", parameter="items", n=len(items), limit=MOST_ITEMS)
    title = clean(title).strip() or t(lang, "export.slides.title")
    made = _Deck(options, lang, title)
    _cover(made, title, len(items))
    pages = [made.slide(_part(lang, "contents", k, len(items), _CONTENTS)) for k in range(0, len(items), _CONTENTS)]
    said = [_view_slide(made, view, own) for view, own in items]
    for k, page in zip(range(0, len(items), _CONTENTS), pages):
        _contents(made, page, said[k:k + _CONTENTS], k)
    _sources(made, [of for _, _, of in said])
    return made.bytes()


def _part(lang: str, key: str, at: int, n: int, most: int) -> str:
    parts = -(-n // most)
    return t(lang, f"export.slides.{key}") if parts <= 1 else t(lang, f"export.slides.{key}_part", part=at // most + 1, parts=parts)


def _fitted(text: str, width: float, size: float, lines: int, bold: bool = False, least: float = 0.72) -> tuple[str, float]:
    """A text that fits into so many lines: in smaller type, at last cut, with the size it fits in."""
    text = re.sub(r"\s+", " ", clean(text)).strip()
    text = text if len(text) <= _LONGEST else text[:_LONGEST - 1] + "…"
    for share in (1, 0.92, 0.85, 0.78, 0.72):
        if share >= least and len(_wrapped(text, width, size * share, bold)) <= lines:
            return text, size * share
    text = text[:int(len(text) * lines * width / text_width(text, size * least, bold)) + 2].rstrip("…") + "…"
    while len(_wrapped(text, width, size * least, bold)) > lines:
        text = text[:-max(2, len(text) // 30)].rstrip("…") + "…"
    return text, size * least


def _wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Lines of a text; a word that is wider than a line takes as many as it needs."""
    found = []
    for line in wrap(text, 0.92 * width, size, bold):  # programs set Chinese and Latin a little apart
        found += [line] * max(1, -(-int(text_width(line, size, bold)) // max(int(width), 1)))
    return found


# --- a view ----------------------------------------------------------------------------


def _view_slide(made: _Deck, view: View, own: str):
    """A slide of a view; the slide, its title and what is said of its figures."""
    of = about(view, made.options.origin)
    year = f" · {of.year}" if of.year else ""
    title = clean(own).strip() or (views.indicator_name(view.frame.iloc[-1]["indicator"], view.lang) if view.kind == "number" else of.title if len(view.figures) == 1 or view.shown else view.title) + year
    slide = made.slide(title)
    top = _head(made, slide, view, of)
    bottom = _foot(made, slide, of)
    room = Box(EDGE, top, WIDTH - 2 * EDGE, bottom - top - 8)
    specs = [(part, spec) for part in view.figures for spec in [at_frame(part.figure, view.shown)] if form(spec)]
    if view.kind == "number":
        _number(made, slide, view, [pair for pair in specs if len(view.frame) > 1], room)
    elif specs and form(specs[0][1]) == "picture":
        _picture_with_table(made, slide, view, of, room)
    elif specs:
        _charts(made, slide, view, specs[:MOST_CHARTS], room)
    else:
        _observations(made, slide, view, room)
    _notes(made, slide, view, of)
    return slide, title, of


def _head(made: _Deck, slide, view: View, of: About) -> float:
    """What the figures say, and their unit; where the content begins."""
    s, width = made.scale, WIDTH - 2 * EDGE
    top = 98.0
    said = headlines.headline(view) if len(view.frame) and view.kind != "number" else ""
    if said and said != view.alt.split("\n")[0]:
        text, size = _fitted(said, width, 16 * s, 2)
        made.box(slide, Box(EDGE, top, width, 44 if len(_wrapped(text, width, size)) > 1 else 22), [(text, size, made.accent, False)])
        top += 1.32 * size * len(_wrapped(text, width, size)) + 3
    subtitle = view.figures[0].figure.layout.title.subtitle.text if len(view.figures) == 1 or view.shown else of.unit
    text, size = _fitted(subtitle or of.unit, width, 12.5 * s, 1)
    made.box(slide, Box(EDGE, top, width, 1.35 * size), [(text, size, made.faint, False)])
    return top + 1.35 * size + 8


def _foot(made: _Deck, slide, of: About) -> float:
    """Source, boundary credit, notes, program and date; where they begin."""
    s, width = made.scale, WIDTH - 2 * EDGE
    size = 10.5 * min(s, 1.1)
    lines = [of.source_line, of.credit, t(made.lang, "export.note", notes=t(made.lang, "export.semicolon").join(of.notes)) if of.notes else ""]
    fitted = [_fitted(line, width, size, 2, least=0.85) for line in lines if line]  # all of it stands in the notes
    heights = [1.3 * at * len(_wrapped(text, width, at)) for text, at in fitted]
    top = HEIGHT - 34 - sum(heights)
    made.box(slide, Box(EDGE, top, width, sum(heights)), [(text, at, made.faint, False) for text, at in fitted], MSO_ANCHOR.BOTTOM)
    _program(made, slide, of.date)
    return top


def _program(made: _Deck, slide, date: str) -> None:
    made.box(slide, Box(EDGE, HEIGHT - 30, WIDTH - 2 * EDGE - 70, 14),
             [(t(made.lang, "export.made", program=t(made.lang, "app.title"), date=date), 10 * min(made.scale, 1.1), made.faint, False)])


def _setting(made: _Deck, frame, lang: str, size: float) -> Setting:
    kinds = set(zip(frame["indicator"], frame["measure"]))
    return Setting(made.look, size * made.scale, lang, views.decimals_of(*kinds.pop()) if len(kinds) == 1 else None)


def _charts(made: _Deck, slide, view: View, specs, room: Box) -> None:
    """Charts in one to four fields."""
    n = len(specs)
    columns, rows = (2, 2) if n > 2 else (n, 1)
    gap, size = 18, {1: 14, 2: 12}.get(n, 10.5)
    width, height = (room.width - gap * (columns - 1)) / columns, (room.height - gap * (rows - 1)) / rows
    for i, (part, spec) in enumerate(specs):
        layout = spec["layout"]
        if n > 1:  # dates of policy have no room
            layout = {**layout, "annotations": [a for a in layout.get("annotations") or () if a.get("name") != "mark"]}
        own = layout.get("title") or {}
        unit = ((own.get("subtitle") or {}).get("text") or "").split(" · ")[0]
        heading = t(view.lang, "compare.axis", title=own.get("text") or "", unit=unit) if n > 1 else ""
        rows = view.frame[view.frame["indicator"] == part.figure.layout.uirevision]  # a figure of a trend bears the name of its indicator
        setting = _setting(made, rows if len(rows) else view.frame, view.lang, size)
        box = Box(room.left + (i % columns) * (width + gap), room.top + (i // columns) * (height + gap), width, height)
        add_chart(slide.shapes, {**spec, "layout": layout}, box, setting, name=own.get("text") or view.title, alt=part.alt, title=heading,
                  names=lambda code: views.area_name(code, view.lang, True))


def _number(made: _Deck, slide, view: View, charts, room: Box) -> None:
    """The last figure, large, with its change; its course as a chart where there is one."""
    last = list(view.frame.itertuples())[-1]
    value = views.value_text(last, last.indicator, view.lang)
    left = room.width * 0.42 if charts else room.width
    where = f"{views.place(last.area, last.counterpart_area, view.lang)} · {fmt.period(last.period, last.period_kind, view.lang)}"
    size = next(s for s in range(66, 7, -3) if s == 9 or len(_wrapped(value, left, s, True)) == 1)  # never cut
    text = value
    lines = [(*_fitted(where, left, 18 * made.scale, 2), made.look.ink, False), (text, size, made.accent, True)]
    change = headlines.number_change(view)
    if change:
        lines.append((*_fitted(change, left, 18 * made.scale, 3), made.look.ink, False))
    made.box(slide, Box(room.left, room.top, left, room.height), lines, MSO_ANCHOR.MIDDLE)
    if charts:
        _charts(made, slide, view, charts[:1], Box(room.left + left + 20, room.top, room.width - left - 20, room.height))


def _picture_with_table(made: _Deck, slide, view: View, of: About, room: Box) -> None:
    """What has polygons: a picture, and its figures beside it as a table."""
    rows = _rows(view)
    wide = 0.53 * room.width
    part = view.figures[0]
    # in type that suits a map of half a slide, however large the rest is; English names are longer
    options = replace(made.options, size="square" if view.lang == "zh" else "a4", font="normal", title=False, dpi=max(made.options.dpi, 220))
    image = picture(view, "png", options, measures=(wide / 72 * 25.4, room.height / 72 * 25.4), parts=(0,), source=False)
    shape = slide.shapes.add_picture(io.BytesIO(image), *Box(room.left, room.top, wide, room.height).emu())
    shape.name = clean(of.title)[:200]
    shape._element.nvPicPr.cNvPr.set("descr", clean(part.alt)[:2000])
    columns = [t(view.lang, "export.slides.rank"), t(view.lang, "chart.area")] if view.kind != "flow" else \
        [t(view.lang, "export.slides.origin"), t(view.lang, "export.slides.destination"), t(view.lang, "column.period")]
    columns += [t(view.lang, "column.value"), t(view.lang, "export.slides.status")]
    _table(made, slide, columns, rows, Box(room.left + wide + 16, room.top, room.width - wide - 16, room.height), numeric=len(columns) - 2)


def _rows(view: View) -> list[list[str]]:
    """The figures of the year that is shown, largest first, as texts."""
    now = view.frame[view.frame["year"].astype(str) == view.shown] if view.shown else view.frame
    now = now.sort_values("value", ascending=False, kind="stable")
    short = [name("obs_status", r.obs_status, view.lang) for r in now.itertuples()]
    if view.kind == "flow":
        return [[views.area_name(r.area, view.lang, True), views.area_name(r.counterpart_area, view.lang, True),
                 fmt.period(r.period, r.period_kind, view.lang), views.value_text(r, r.indicator, view.lang), status]
                for r, status in zip(now.itertuples(), short)]
    places = now["place"] if "place" in now.columns else now["area"]
    ranks = now["rank_text"] if "rank_text" in now else now["value"].rank(ascending=False, method="min").astype(int)  # some ranks cannot be told apart
    return [[str(rank), views.area_name(place, view.lang, True), views.value_text(r, r.indicator, view.lang), status]
            for r, place, rank, status in zip(now.itertuples(), places, ranks, short)]


def _observations(made: _Deck, slide, view: View, room: Box) -> None:
    """Figures without a chart: the first rows as a table."""
    heads = ("indicator", "area", "period", "value", "obs_status", "source")
    rows = [[views.indicator_name(r.indicator, view.lang), views.place(r.area, r.counterpart_area, view.lang), fmt.period(r.period, r.period_kind, view.lang),
             views.value_text(r, r.indicator, view.lang), name("obs_status", r.obs_status, view.lang), views.source_name(r.source.split("|")[0], view.lang)]
            for r in view.frame.head(MOST_ROWS + 1).itertuples()]
    _table(made, slide, [t(view.lang, f"column.{c}") for c in heads], rows, room, numeric=3, total=len(view.frame))


def _table(made: _Deck, slide, columns, rows, box: Box, numeric: int, total: int = 0) -> None:
    """A native table of the first rows, with what was left out said below."""
    total = total or len(rows)
    kept = rows[:MOST_ROWS]
    note = 18 if total > len(kept) else 0
    size = min(12.5 * made.scale, 15)
    height = min((box.height - note) / (len(kept) + 1), 1.95 * size)
    size = min(size, height / 1.72)
    natural = [max(text_width(str(r[i]), size, True) for r in [columns, *kept]) + 12 for i in range(len(columns))]
    widest = natural.index(max(natural))
    widths = [w - max(0, sum(natural) - box.width) * (i == widest) for i, w in enumerate(natural)]  # the longest texts are cut, no others
    widths = [w * box.width / sum(widths) for w in widths]
    frame = slide.shapes.add_table(len(kept) + 1, len(columns), *Box(box.left, box.top, box.width, height * (len(kept) + 1)).emu())
    frame.name = t(made.lang, "chart.table")
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(" ".join(columns)))
    table = frame.table
    properties = table._tbl.tblPr
    properties.set("bandRow", "0")
    for style in properties.findall(qn("a:tableStyleId")):
        style.text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # no style, no grid
    for i, width in enumerate(widths):
        table.columns[i].width = Emu(round(width * 12700))
    for i, row in enumerate([columns, *kept]):
        table.rows[i].height = Emu(round(height * 12700))
        for k, text in enumerate(row):
            cell = table.cell(i, k)
            cell.margin_left = cell.margin_right = Pt(4)
            cell.margin_top = cell.margin_bottom = 0
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.text_frame.word_wrap = False
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.RIGHT if k == numeric else PP_ALIGN.LEFT
            words, at = _fitted(str(text), (widths[k] - 8) / 0.92, size, 1, i == 0, least=1)
            made.write(paragraph, words, at, made.accent if i == 0 else made.look.ink, i == 0)
            _rule(cell, made.accent if i == 0 else made.look.line)
    if note:
        made.box(slide, Box(box.left, box.top + height * (len(kept) + 1) + 4, box.width, 14),
                 [(t(made.lang, "export.slides.more_rows", n=total, shown=len(kept)), 10.5, made.faint, False)])


def _rule(cell, colour: str) -> None:
    """A line below a cell and no other."""
    properties = cell._tc.get_or_add_tcPr()
    for side in ("lnB", "lnT", "lnR", "lnL"):
        inside = f'<a:solidFill><a:srgbClr val="{colour[1:].upper()}"/></a:solidFill>' if side == "lnB" else "<a:noFill/>"
        properties.insert(0, parse_xml(f'<a:{side} {nsdecls("a")} w="9525">{inside}</a:{side}>'))


# --- notes -----------------------------------------------------------------------------


def _notes(made: _Deck, slide, view: View, of: About) -> None:
    """Speaker's notes: what the charts say, sources, notes, link, passages."""
    lang = view.lang
    alts = dict.fromkeys([view.alt] if view.kind in ("map", "flow", "number") else [part.alt for part in view.figures] or [view.alt])
    lines = [t(lang, "export.slides.said", text=" ".join(alts)), t(lang, "export.slides.cited"),
             *(t(lang, "export.slides.cited_by", n=i + 1, citation=s.citation, figures=s.figures) for i, s in enumerate(of.sources))]
    if of.notes:
        lines.append(t(lang, "export.slides.notes", text=t(lang, "export.semicolon").join(of.notes)))
    lines += [of.credit] if of.credit else []
    lines.append(t(lang, "export.slides.link", link=of.link))
    found = _passages(view)
    if found:
        lines += [t(lang, "export.slides.passages"), *(t(lang, "export.slides.passage", source=views.source_name(source, lang), before=p.before.strip(),
                                                         figure=p.figure, after=p.after.strip()) for source, p in found)]
    frame = slide.notes_slide.notes_text_frame
    for i, line in enumerate(lines):
        made.write(frame.paragraphs[0] if i == 0 else frame.add_paragraph(), line, 11, "#000000")


def _passages(view: View) -> list:
    """The passages that printed the drawn figures, newest first, as far as the deployment holds the texts."""
    frame = view.frame
    if view.shown and "year" in frame.columns:
        frame = frame[frame["year"].astype(str) == view.shown]
    elif "t" in frame.columns:
        frame = frame.sort_values("t", ascending=False, kind="stable")
    found: dict = {}
    for source, locator in zip(frame["source"], frame["locator"]):
        origins, places = str(source).split("|"), str(locator).split("|")
        if len(origins) == 1:
            origins = origins * len(places)
        if len(origins) != len(places):  # which place is in which source is no longer known
            continue
        for pair in zip(origins, places):
            if pair in found or "chars=" not in pair[1]:
                continue
            try:
                printed = passage(*pair)
            except LookupError:  # the text is of another version
                continue
            if printed is not None:
                found[pair] = printed
            if len(found) == MOST_PASSAGES:
                return [(origin, p) for (origin, _), p in found.items()]
    return [(origin, p) for (origin, _), p in found.items()]


# --- cover, contents, sources ----------------------------------------------------------


def _cover(made: _Deck, title: str, n: int) -> None:
    slide = made.slide(title, 40)
    holder = slide.shapes.title
    holder.left, holder.top, holder.width, holder.height = Box(EDGE + 24, 150, WIDTH - 2 * EDGE - 24, 130).emu()
    bar = slide.shapes.add_shape(1, *Box(EDGE, 160, 7, 190).emu())
    bar.fill.solid()
    bar.fill.fore_color.rgb = rgb(made.accent)
    bar.line.fill.background()
    bar._element.remove(bar._element.find(qn("p:style")))  # it would bring a shadow
    bar.name = "bar"
    tagline, size = _fitted(t(made.lang, "app.tagline"), WIDTH - 2 * EDGE - 24, 18 * made.scale, 2)
    today = pd.Timestamp.now().date().isoformat()
    shape = made.box(slide, Box(EDGE + 24, 292, WIDTH - 2 * EDGE - 24, 120), [
        (t(made.lang, "app.title"), 20 * made.scale, made.accent, True), (tagline, size, made.look.ink, False),
        (t(made.lang, "export.slides.count", n=n, date=today), 14 * made.scale, made.faint, False)])
    for paragraph in shape.text_frame.paragraphs:
        paragraph.space_after = Pt(8)


def _contents(made: _Deck, page, said, before: int) -> None:
    """Titles of the slides in two columns, each a link to its slide."""
    half = -(-len(said) // 2) if len(said) > 12 else len(said)
    columns = 2 if len(said) > 12 else 1
    width = (WIDTH - 2 * EDGE - 30 * (columns - 1)) / columns
    numbers = {slide.slide_id: i + 1 for i, slide in enumerate(made.file.slides)}
    step = min(31.0, 380 / max(half, 1))
    least = min((_fitted(title, width - 70, min(15 * made.scale, step / 1.7), 1, least=0.78)[1] for _, title, _ in said), default=0)
    for i, (slide, title, _) in enumerate(said):
        left, top = EDGE + (i // half) * (width + 30), 112 + (i % half) * step
        text, size = _fitted(title, width - 70, least, 1, least=1)
        entry = made.box(page, Box(left, top, width - 40, step * 0.9), [(f"{before + i + 1}  {text}", size, made.look.ink, False)], MSO_ANCHOR.MIDDLE)
        entry.click_action.target_slide = slide
        made.box(page, Box(left + width - 40, top, 40, step * 0.9), [(str(numbers[slide.slide_id]), size, made.faint, False)], MSO_ANCHOR.MIDDLE, PP_ALIGN.RIGHT)
    _program(made, page, pd.Timestamp.now().date().isoformat())


def _sources(made: _Deck, all_of: Sequence[About]) -> None:
    """All sources with how many figures they gave, boundary credits last, on as many slides as they need."""
    citations: dict[str, str] = {}
    counts: dict[str, int] = {}
    for of in all_of:
        for source in of.sources:
            citations[source.id] = source.citation
            counts[source.id] = counts.get(source.id, 0) + source.figures
    order = sorted(citations, key=lambda s: -counts[s])
    lines = [t(made.lang, "export.slides.cited_by", n=i + 1, citation=citations[s], figures=counts[s]) for i, s in enumerate(order)]
    lines += list(dict.fromkeys(of.credit for of in all_of if of.credit))
    size, width, most = 12 * min(made.scale, 1.1), WIDTH - 2 * EDGE, 370.0
    pages: list[list[tuple[str, float]]] = [[]]
    used = 0.0
    for line in lines:
        text, at = _fitted(line, width, size, 3)
        height = 1.3 * at * len(_wrapped(text, width, at)) + 3
        if used + height > most and pages[-1]:
            pages.append([])
            used = 0.0
        pages[-1].append((text, at))
        used += height
    for k, page in enumerate(pages):
        slide = made.slide(_part(made.lang, "sources", k, len(pages), 1))
        shape = made.box(slide, Box(EDGE, 106, width, most + 10), [(text, at, made.look.ink, False) for text, at in page] or [("–", size, made.faint, False)])
        for paragraph in shape.text_frame.paragraphs:
            paragraph.space_after = Pt(3)
        _program(made, slide, pd.Timestamp.now().date().isoformat())
