"""Pictures of views: what is drawn is what the view holds, at the size asked for, with all its glyphs."""

import io
import math
import warnings
from dataclasses import replace

import pytest
from fontTools.ttLib import TTFont
from lxml import etree
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image
from pypdf import PdfReader

from dashboard.exports import SIZES, Options, drawing
from dashboard.exports.about import about
from dashboard.exports.drawing import Look, at_frame, draw, wrap
from dashboard.exports.picture import picture
from dashboard.i18n import LANGUAGES, t
from dashboard.kinds import KINDS, open_view, parse
from dashboard.parameters import Refusal

pytestmark = pytest.mark.usefixtures("built")
MAP = "map?indicator=pm25&level=prefecture&year=2016"
LINES = "trends?indicators=gdp&areas=110000,130000"


def opened(address, lang="zh"):
    return open_view(*parse(address), lang)


def drawn(address, part=0, lang="zh"):
    """Axes with one figure of a view."""
    view = opened(address, lang)
    axes = Figure(figsize=(8, 5)).add_axes((0.1, 0.1, 0.8, 0.8))
    spec = at_frame(view.figures[part].figure, view.shown)
    draw(axes, spec, Look(1.0))
    return view, axes, spec


@pytest.mark.parametrize(("kind", "lang"), [(kind, LANGUAGES[i % 2]) for i, kind in enumerate(KINDS)])
def test_every_kind_of_view_is_drawn_without_a_missing_glyph(kind, lang):
    view = opened(kind, lang)
    if not view.figures:
        with pytest.raises(Refusal):
            picture(view)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # matplotlib warns of glyphs that a font has not
        image = Image.open(io.BytesIO(picture(view, "png", Options(dpi=72))))
    assert len(set(image.convert("RGB").resize((60, 40)).getcolors(9999))) > 20


def test_the_font_has_every_character_that_the_program_writes():
    from dashboard.paths import TEXT
    from geodata import areas

    words = "".join(path.read_text("utf8") for path in [*TEXT.glob("*.toml"), *(TEXT.parents[1] / "indicators" / "text").glob("*.toml")])
    words += "".join(a.name_zh + a.name_en for a in areas())
    for bold in (False, True):
        known = TTFont(drawing.font(bold).get_file(), lazy=True).getBestCmap()
        assert {c for c in words if ord(c) not in known and not c.isspace()} <= set("▶❚") | {chr(c) for c in drawing._LOWERED}


@pytest.mark.parametrize("size", SIZES)
def test_png_has_the_measures_of_its_purpose(size):
    image = Image.open(io.BytesIO(picture(opened(LINES), "png", Options(size=size, dpi=144))))
    wide, high = (v / 25.4 * 144 for v in (SIZES[size].width, SIZES[size].height))
    assert image.width == pytest.approx(wide, abs=1.5)
    assert image.height == pytest.approx(high, abs=1.5) if size in ("slide", "square") else image.height >= high - 1.5
    assert image.info["Title"] == opened(LINES).title


@pytest.mark.parametrize("dpi", [300, 600])
def test_a_journal_column_is_85_mm_at_the_dots_asked_for(dpi):
    image = Image.open(io.BytesIO(picture(opened(LINES), "png", Options(size="column", dpi=dpi))))
    assert image.width / dpi * 25.4 == pytest.approx(85, abs=0.2)
    assert image.info["dpi"][0] == pytest.approx(dpi, abs=0.5)


@pytest.mark.parametrize("address", [MAP, LINES])
def test_svg_is_whole_and_its_glyphs_are_outlines(address):
    root = etree.fromstring(picture(opened(address), "svg"))
    names = {etree.QName(e).localname for e in root.iter() if isinstance(e.tag, str)}
    assert root.tag.endswith("svg") and {"path", "use"} <= names
    assert not names & {"text", "image", "script", "foreignObject", "style"} - {"style"}
    hrefs = [v for e in root.iter() for k, v in e.attrib.items() if k.endswith("href")]
    assert hrefs and all(h.startswith("#") for h in hrefs)
    assert root.get("width").endswith("pt") and float(root.get("width")[:-2]) == pytest.approx(SIZES["slide"].width / 25.4 * 72, abs=0.5)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pdf_embeds_its_type_and_says_title_unit_source_notes_and_date(lang):
    view = opened(MAP, lang)
    page = PdfReader(io.BytesIO(picture(view, "pdf"))).pages[0]
    words = "".join(page.extract_text().split())
    said = about(view, drawn=True)
    for expected in (said.title, said.unit, said.source_line, said.credit, *said.notes, said.date, "2016"):
        assert "".join(expected.split()) in words, expected
    fonts = [f.get_object() for f in page["/Resources"]["/Font"].values()]
    assert fonts and all("/CharProcs" in f or "/FontDescriptor" in f for f in fonts)


def test_each_polygon_has_the_colour_that_the_page_gives_it():
    view, axes, spec = drawn(MAP)
    expected = {t["meta"]["area"]: t["fillcolor"] for t in spec["data"] if t.get("fill") == "toself"}
    assert len(expected) == 13
    fills = [to_hex(p.get_facecolor()) for p in axes.get_children() if type(p).__name__ == "PathPatch" and p.get_fill()]
    assert sorted(fills) == sorted(expected.values())
    assert all(type(p).__name__ != "PathPatch" or p.get_path() in [drawing._area("prefecture", c) for c in expected] or not p.get_fill()
               for p in axes.get_children())


def test_a_gap_is_hatched():
    view = opened("map?indicator=gdp&level=prefecture")
    have = view.frame.groupby("year")["place"].nunique()
    year = int(have[have < 13].index[0])
    _, axes, _ = drawn(f"map?indicator=gdp&level=prefecture&year={year}")
    hatched = [p for p in axes.get_children() if type(p).__name__ == "PathPatch" and p.get_fill() and p.get_hatch()]
    assert len(hatched) == 13 - have[year]


def test_lines_run_through_the_figures_of_the_view_and_stop_at_gaps():
    view, axes, _ = drawn(LINES)
    points = {(round(x, 3), round(y, 6)) for line in axes.lines for x, y in zip(*line.get_data()) if not math.isnan(y)}
    for row in view.frame.itertuples():
        assert (round(row.t, 3), round(row.value, 6)) in points
    assert any(math.isnan(y) for line in axes.lines for y in line.get_data()[1])  # the basis changes with the fifth census


def test_ranking_says_the_values_of_its_year():
    view, axes, spec = drawn(MAP, part=1)
    words = "".join(a.get_text() for a in axes.texts)
    now = view.frame[view.frame["year"] == 2016]
    assert len(axes.patches) == len(now) == 13
    widths = sorted(p.get_width() for p in axes.patches)
    assert widths == pytest.approx(sorted(now["value"]))
    assert "邯郸" in words and "2016" not in words


def test_year_of_the_address_is_the_one_drawn():
    words = {year: PdfReader(io.BytesIO(picture(opened(MAP.replace("2016", year)), "pdf"))).pages[0].extract_text() for year in ("2015", "2018")}
    assert all(year in text.split() for year, text in words.items())


def test_dark_pictures_have_a_dark_ground_and_no_title_means_no_title():
    view = opened(LINES)
    dark = Image.open(io.BytesIO(picture(view, "png", Options(theme="dark", dpi=72)))).convert("RGB")
    assert to_hex([c / 255 for c in dark.getpixel((2, 2))]) == drawing.THEMES["dark"]["ground"]
    bare = PdfReader(io.BytesIO(picture(view, "pdf", Options(title=False)))).pages[0].extract_text()
    assert view.title not in bare and about(view).source_line.split("；")[0][:8] in bare.replace("\n", "")


def test_larger_type_is_larger():
    def height(font):
        root = etree.fromstring(picture(opened(LINES), "svg", Options(font=font)))
        return max(float(e.get("transform").split("scale(")[1].split()[0].rstrip(")")) for e in root.iter() if "scale(" in (e.get("transform") or ""))
    assert height("small") < height("normal") < height("large")


def test_hostile_titles_stay_text():
    view = opened(LINES)
    figure = view.figures[0].figure
    hostile = "$x^2$ <b>A & B</b> \\frac{} " + "很长的标题" * 60
    changed = type(figure)(figure).update_layout(title={"text": hostile})
    text = PdfReader(io.BytesIO(picture(replace(view, figures=(replace(view.figures[0], figure=changed),)), "pdf"))).pages[0].extract_text()
    assert "$x^2$" in text and "A & B" in text and "\\frac" in text


def test_missing_fonts_are_said_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(drawing, "FONT_FOLDER", tmp_path)
    with pytest.raises(Refusal) as refused:
        picture(opened(LINES))
    assert refused.value.status == 503 and "make build" in refused.value.sentence("zh")


def test_text_breaks_between_chinese_characters_and_at_spaces():
    lines = wrap("京津冀协同发展，主要指标 of the region", 60, 12)
    assert "".join(lines).replace(" ", "") == "京津冀协同发展，主要指标oftheregion"
    assert all(drawing.text_width(line, 12) <= 60 for line in lines) and not any(line.startswith("，") for line in lines)


def test_words_of_the_foot_stand_in_the_text_files():
    assert "{date}" in t("zh", "export.made") and "{date}" in t("en", "export.made")
