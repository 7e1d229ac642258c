"""Slides read back with python-pptx and openpyxl: their numbers are the API's, and nothing of what must stand there is missing."""

import datetime
import io
import re
import shutil
import subprocess
from collections import Counter

import openpyxl
import pytest
from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.oxml.ns import qn
from pypdf import PdfReader

from dashboard import views
from dashboard.api import series_frame
from dashboard.exports import Options
from dashboard.exports.about import about
from dashboard.exports.drawing import missing
from dashboard.exports.native_charts import form
from dashboard.exports.native_xml import EAST_ASIAN
from dashboard.exports.slides import MOST_ITEMS, deck, slides
from dashboard.i18n import t
from dashboard.kinds import open_view, parse
from dashboard.parameters import Refusal

LANGS = ("zh", "en")
THREE = ("110000", "120000", "130000")
pytestmark = pytest.mark.skipif(missing(), reason="the fonts are not built")


def opened(text, lang="zh"):
    return open_view(*parse(text), lang)


def read(content):
    return Presentation(io.BytesIO(content))


def charts(slide):
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def words(slide):
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def sheet(chart):
    """The workbook of a chart: rows of cells."""
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def points(chart, lang="zh"):
    """(name of the line, x, value) of the drawn numbers, as the chart holds them and as its workbook does."""
    since = re.compile(re.escape(t(lang, "export.slides.since", name="NAME", year="YEAR")).replace("NAME", "(.*)").replace("YEAR", ".*"))

    def base(name):
        found = since.fullmatch(name)
        return found.group(1) if found else name

    drawn, rows = [], sheet(chart)
    first = 2 if re.fullmatch(r".*\$B\$2:\$B.*", chart._chartSpace.findtext(f".//{qn('c:xVal')}//{qn('c:f')}") or "") else 1
    for series in chart._chartSpace.iter(qn("c:ser")):
        name = series.findtext(f"{qn('c:tx')}//{qn('c:v')}")
        x, y = ({int(p.get("idx")): float(p.findtext(qn("c:v"))) for tag in tags for p in series.iterfind(f"{qn(tag)}//{qn('c:pt')}")}
                for tags in (("c:cat", "c:xVal"), ("c:val", "c:yVal")))
        drawn += [(base(name), x[i], value) for i, value in y.items()]
    typed = [(base(rows[0][k]), row[first - 1], row[k]) for k in range(first, len(rows[0])) for row in rows[1:] if row[k] is not None]
    assert [p[0] for p in sorted(drawn)] == [p[0] for p in sorted(typed)]
    assert [p[1:] for p in sorted(drawn)] == [pytest.approx(p[1:], rel=1e-14) for p in sorted(typed)]  # a workbook has 16 digits
    return drawn


TRENDS = {
    "trends?indicators=gdp": [{"id": "gdp", "area": THREE}],
    "trends?indicators=gdp&measure=growth&areas=110000,120000,130000": [{"id": "gdp", "area": THREE, "measure": "growth"}],
    "trends?indicators=gdp&measure=index&base=2015&areas=110000,130000": [{"id": "gdp", "area": ("110000", "130000"), "measure": "index", "base": "2015"}],
    "trends?indicators=gdp,rail_km,rd_intensity&areas=110000,120000": [{"id": i, "area": ("110000", "120000")} for i in ("gdp", "rail_km", "rd_intensity")],
    "trends?indicators=tech_contract_value&areas=110000": [{"id": "tech_contract_value", "area": ("110000",)}],
    "trends?indicators=resident_population&areas=110000,130000": [{"id": "resident_population", "area": ("110000", "130000")}],
    "trends?indicators=gdp&scale=log&areas=110000,130100": [{"id": "gdp", "area": ("110000", "130100")}],
}


@pytest.mark.parametrize("text", TRENDS)
def test_lines_hold_the_numbers_of_the_api(text):
    [slide] = read(slides(opened(text))).slides
    found = charts(slide)
    assert len(found) == len(TRENDS[text])
    for chart, query in zip(found, TRENDS[text], strict=True):
        frame = series_frame(query)
        expected = [(views.place(r.area, r.counterpart_area, "zh"), r.t, r.value) for r in frame.itertuples()]
        assert expected and Counter(points(chart)) == Counter(expected)
    if "growth" in text:
        assert min(value for _, _, value in points(found[0])) < 0


def test_a_gap_stays_a_gap_and_a_line_stops_where_its_basis_changes():
    [slide] = read(slides(opened("trends?indicators=gdp&areas=110000"))).slides
    [chart] = charts(slide)
    assert chart._chartSpace.find(f".//{qn('c:dispBlanksAs')}").get("val") == "gap"
    names = [series.name for series in chart.plots[0].series]
    assert names == ["北京", t("zh", "export.slides.since", name="北京", year="2024")]
    early, late = chart.plots[0].series
    years = [int(c) for c in chart.plots[0].categories]
    assert [y for y, v in zip(years, early.values, strict=True) if v is None] == [2024, 2025]
    assert [y for y, v in zip(years, late.values, strict=True) if v is not None] == [2024, 2025]
    labels = chart._chartSpace.findall(f".//{qn('c:dLbl')}")
    assert [label.findtext(f".//{qn('a:t')}") for label in labels] == ["北京"]


def test_a_limit_is_a_line_of_its_own_and_bounds_are_error_bars():
    [slide] = read(slides(opened("trends?indicators=pm25&areas=110000"))).slides
    [chart] = charts(slide)
    limit = list(chart.plots[0].series)[-1]
    assert "35" in limit.name and set(limit.values) == {35.0}
    frame = series_frame({"id": "pm25", "area": ("110000",)})
    wide = {r.year: (r.upper - r.value, r.value - r.lower) for r in frame.itertuples() if views.rounded(r)}
    years, found = [int(c) for c in chart.plots[0].categories], {}
    for bars in chart._chartSpace.iter(qn("c:errBars")):
        above, below = ({years[int(p.get("idx"))]: float(p.findtext(qn("c:v"))) for p in bars.iterfind(f"{qn(side)}//{qn('c:pt')}")} for side in ("c:plus", "c:minus"))
        found |= {year: (above[year], below[year]) for year in above}
    assert wide and found == {year: pytest.approx(pair) for year, pair in wide.items()}


def test_a_ranking_has_the_values_of_its_year_the_largest_on_top():
    [slide] = read(slides(opened("ranking?indicator=gdp&year=2022"))).slides
    [chart] = charts(slide)
    frame = series_frame({"id": "gdp", "period": "2022"})
    expected = {views.area_name(r.area, "zh", True): r.value for r in frame.itertuples()}
    found = dict(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True))
    assert len(found) == 13 and found == {name: expected[name] for name in found}
    assert list(found.values()) == sorted(found.values(), reverse=True) and chart.category_axis.reverse_order
    assert [row[:2] for row in sheet(chart)[1:]] == [list(pair) for pair in found.items()]


def test_a_structure_is_stacked_with_its_parts_as_they_are():
    [slide] = read(slides(opened("structure?indicator=gdp"))).slides
    [chart] = charts(slide)
    assert chart._chartSpace.find(f".//{qn('c:grouping')}").get("val") == "stacked" and chart.value_axis.maximum_scale == 100
    expected = {(views.area_name(r.area, "zh", True), r.year): r.value for r in series_frame({"id": "gdp", "area": THREE, "measure": "share"}).itertuples()}
    found = {(s.name, int(year)): v for s in chart.plots[0].series for year, v in zip(chart.plots[0].categories, s.values, strict=True)}
    assert found and found == {key: expected[key] for key in found}


def test_points_have_both_values_and_the_sheet_names_them():
    [slide] = read(slides(opened("scatter?year=2021"))).slides
    [chart] = charts(slide)
    x, y = ({views.area_name(r.area, "zh", True): r.value for r in series_frame({**query, "period": "2021"}).itertuples()}
            for query in ({"id": "gdp", "measure": "per_capita"}, {"id": "pm25"}))
    rows = {row[0]: (row[1], next(v for v in row[2:] if v is not None)) for row in sheet(chart)[1:]}
    assert len(rows) == 13 and rows == {name: pytest.approx((x[name], y[name]), rel=1e-14) for name in rows}
    assert Counter((a, b) for _, a, b in points(chart)) == Counter((x[name], y[name]) for name in rows)
    labels = {label.findtext(f".//{qn('a:t')}") for label in chart._chartSpace.iter(qn("c:dLbl"))}
    assert labels <= set(rows) and len(labels) >= 10
    assert "元/人" in chart.category_axis.axis_title.text_frame.text and "µg/m³" in chart.value_axis.axis_title.text_frame.text


def test_a_map_is_a_described_picture_beside_a_table_of_its_year():
    [slide] = read(slides(opened("map?indicator=gdp&year=2022"))).slides
    [image] = [s for s in slide.shapes if s.shape_type == MSO_SHAPE_TYPE.PICTURE]
    [table] = [s.table for s in slide.shapes if s.has_table]
    assert "地区生产总值" in image._element.nvPicPr.cNvPr.get("descr") and image.image.dpi[0] >= 200
    frame = series_frame({"id": "gdp", "period": "2022"})
    expected = {views.area_name(r.area, "zh", True): views.value_text(r, "gdp", "zh").replace("\u00a0", " ") for r in frame.itertuples()}
    rows = [[cell.text for cell in row.cells] for row in table.rows][1:]
    assert [int(row[0]) for row in rows] == list(range(1, 14)) and {row[1]: row[2] for row in rows} == {row[1]: expected[row[1]] for row in rows}


@pytest.fixture(scope="module")
def decks(_surroundings):
    texts = ("trends?indicators=gdp", "structure", "map?indicator=pm25&year=2021", "scatter", "ranking", "region?area=130000",
             "flow?indicator=tech_contract_value", "number?indicator=gdp&area=jjj", "data?indicator=rail_km")
    items = {lang: [(opened(text, lang), "") for text in texts] for lang in LANGS}
    made = {lang: deck(items[lang], Options(theme=theme, font=font, origin="https://monitor.example.cn"), lang=lang)
            for lang, theme, font in (("zh", "light", "large"), ("en", "dark", "normal"))}
    return items, made


@pytest.mark.parametrize("lang", LANGS)
def test_every_slide_says_title_unit_source_and_date_and_its_notes_cite(decks, lang):
    items, made = decks
    pages = list(read(made[lang]).slides)[2:]
    for (view, _), page in zip(items[lang], pages, strict=False):
        of, said, notes = about(view, "https://monitor.example.cn"), words(page), page.notes_slide.notes_text_frame.text
        assert page.shapes.title.text_frame.text.strip() and page.shapes.title.text_frame.text in said
        assert of.source_line.split("；")[0].split("; ")[0][:30] in said and datetime.date.today().isoformat() in said
        assert [s.citation for s in of.sources if s.citation not in notes] == [] and of.link in notes and of.link.startswith("https://")
        assert [note for note in of.notes if note not in notes] == [] and (of.credit in said)
        charted = "".join(c._chartSpace.xpath("string()") for c in charts(page))
        assert all(unit in said + charted for unit in of.unit.split(t(lang, "chart.join")))


@pytest.mark.parametrize("lang", LANGS)
def test_a_deck_has_title_contents_with_links_and_sources(decks, lang):
    items, made = decks
    pages = list(read(made[lang]).slides)
    assert pages[0].shapes.title.text_frame.text == t(lang, "export.slides.title")
    linked = [shape.click_action.target_slide for shape in pages[1].shapes if shape.click_action.target_slide is not None]
    assert pages[1].shapes.title.text_frame.text == t(lang, "export.slides.contents")
    assert [page.slide_id for page in linked] == [page.slide_id for page in pages[2:2 + len(items[lang])]]
    cited = re.sub(r"\s", "", "".join(words(page) for page in pages[2 + len(items[lang]):]))
    wanted = {s.citation for view, _ in items[lang] for s in about(view).sources}
    assert [c for c in wanted if re.sub(r"\s", "", c)[:40] not in cited] == []


@pytest.mark.parametrize("lang", LANGS)
def test_chinese_has_its_typeface_and_all_parts_are_sound(decks, lang):
    file = read(decks[1][lang])
    theme = next(rel.target_part for rel in file.slide_master.part.rels.values() if rel.reltype.endswith("/theme")).blob.decode()
    assert theme.count(f'<a:ea typeface="{EAST_ASIAN}"/>') == 2 and "0B5C73" in theme.upper() or lang == "en"
    assert (file.slide_master._element.find(qn("p:clrMap")).get("bg1") == "dk1") == (lang == "en")
    for page in file.slides:
        ids = page._element.xpath("//p:cNvPr/@id")
        assert len(ids) == len(set(ids))
        runs = list(page._element.iter(qn("a:r"))) + [r for chart in charts(page) for r in chart._chartSpace.iter(qn("a:r"))]
        assert all(r.find(f"{qn('a:rPr')}/{qn('a:ea')}").get("typeface") == EAST_ASIAN for r in runs)
        assert {r.find(qn("a:rPr")).get("lang") for r in runs} == {"zh-CN" if lang == "zh" else "en-US"}
        assert all(shape.text_frame.text.strip() for shape in page.placeholders) and "Click to" not in words(page)
        for shape in page.shapes:
            assert 0 <= shape.left and shape.left + shape.width <= file.slide_width and 0 <= shape.top and shape.top + shape.height <= file.slide_height
            if shape.has_chart:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
                for properties in shape.chart._chartSpace.iter(qn("a:defRPr")):
                    assert properties.find(qn("a:latin")) is None or properties.find(qn("a:ea")) is not None


ORDER = {
    "c:ser": "idx order tx spPr invertIfNegative marker dPt dLbls trendline errBars cat xVal val yVal smooth extLst",
    "c:dLbl": "idx delete layout tx numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize separator extLst",
    "c:dLbls": "dLbl delete numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent showBubbleSize separator extLst",
    "c:dPt": "idx invertIfNegative marker bubble3D explosion spPr", "c:scaling": "logBase orientation max min",
    "c:errBars": "errDir errBarType errValType noEndCap plus minus val spPr",
    "c:catAx": "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses "
               "crossesAt auto lblAlgn lblOffset tickLblSkip tickMarkSkip noMultiLvlLbl",
    "c:valAx": "axId scaling delete axPos majorGridlines minorGridlines title numFmt majorTickMark minorTickMark tickLblPos spPr txPr crossAx crosses "
               "crossesAt crossBetween majorUnit minorUnit dispUnits",
    "c:chartSpace": "date1904 lang roundedCorners style clrMapOvr chart spPr txPr externalData", "c:legend": "legendPos legendEntry layout overlay spPr txPr",
    "c:chart": "title autoTitleDeleted plotArea legend plotVisOnly dispBlanksAs showDLblsOverMax", "a:rPr": "ln solidFill latin ea cs sym hlinkClick",
    "a:defRPr": "ln solidFill latin ea cs sym", "a:tcPr": "lnL lnR lnT lnB noFill solidFill",
}


@pytest.mark.parametrize("lang", LANGS)
def test_elements_stand_in_the_order_of_the_schema(decks, lang):
    file = read(decks[1][lang])
    for root in [page._element for page in file.slides] + [chart._chartSpace for page in file.slides for chart in charts(page)]:
        for element in root.iter(*(qn(tag) for tag in ORDER)):
            tag = f"{element.prefix}:{etree.QName(element).localname}"
            found = [ORDER[tag].split().index(etree.QName(child).localname) for child in element]
            assert found == sorted(found), (tag, [etree.QName(child).localname for child in element])


def test_notes_hold_the_passages_of_the_reports(reports_dir):
    [slide] = read(slides(opened("structure"))).slides
    notes = slide.notes_slide.notes_text_frame.text
    assert t("zh", "export.slides.passages") in notes and "【65.6】" in notes and notes.count("【") == 6


@pytest.mark.parametrize("title", ["\x00\x1b\ud800\ufffe", "甲" * 10_000, "W" * 10_000, "<&>\"' =1+1 \n\t🙂", " "])
def test_a_hostile_title_breaks_nothing(title):
    view = opened("structure")
    pages = list(read(deck([(view, title)], Options(), title)).slides)
    shown = pages[2].shapes.title.text_frame.text
    assert len(pages) == 4 and 0 < len(shown) <= 300
    assert shown == view.title if not re.sub(r"[\x00-\x20\ud800\ufffe]", "", title) else shown.rstrip("…")[:20] == " ".join(title.split())[:20].rstrip("…")


def test_size_of_type_and_limits():
    def largest(font):
        [slide] = read(slides(opened("number?indicator=gdp&area=jjj"), Options(font=font))).slides
        return min(r.font.size.pt for shape in slide.shapes if shape.has_text_frame for p in shape.text_frame.paragraphs for r in p.runs if r.font.size)

    assert largest("small") < largest("normal") <= largest("large")
    view = opened("structure")
    for items, status in (([(view, "")] * (MOST_ITEMS + 1), 400), ([], 404)):
        with pytest.raises(Refusal) as refused:
            deck(items)
        assert refused.value.status == status and refused.value.sentence("zh")


def test_a_figure_of_nothing_is_no_chart():
    assert form({"data": [{"type": "scatter", "mode": "lines", "x": [], "y": []}], "layout": {}}) == ""


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not here")
def test_libreoffice_converts_a_deck(decks, tmp_path):
    (tmp_path / "deck.pptx").write_bytes(decks[1]["zh"])
    done = subprocess.run(["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf", "--outdir", str(tmp_path),
                           str(tmp_path / "deck.pptx")], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "rror" not in done.stderr, done.stderr
    pages = PdfReader(tmp_path / "deck.pdf").pages
    assert len(pages) == len(read(decks[1]["zh"]).slides)
    assert "地区生产总值" in pages[2].extract_text() and "2023" in pages[2].extract_text()
