"""The report on an area: read back with other libraries, compared with the API."""

from __future__ import annotations

import functools
import io
import re
import subprocess
import sys

import pypdf
import pytest
from pypdfium2 import PdfDocument

from dashboard import __main__ as command_line
from dashboard.api import series_frame
from dashboard.area_figures import areas_in_order
from dashboard.exports import Options, region_report
from dashboard.i18n import t
from dashboard.parameters import Refusal
from dashboard.rows import SERIES_COLUMNS, records
from dashboard.views import area_name, with_figures
from geodata import areas
from indicators.ledger import sources
from indicators.measures import period_kinds
from tests.conftest import ROOT

REPORTS = (("130600", "zh"), ("xiongan", "en"), ("jjj", "zh"))
ORIGIN = "https://monitor.example.org"

pytestmark = pytest.mark.usefixtures("built")


@functools.cache
def made(area: str, lang: str) -> bytes:
    return region_report.region_report(area, lang, Options(origin=ORIGIN))


def report(area: str, lang: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(made(area, lang)))


def words_of(pdf: bytes) -> list[str]:
    """Text by page without spaces and line ends, which are the typesetter's."""
    return [re.sub(r"[\s\ufffe]", "", page.get_textpage().get_text_range()) for page in PdfDocument(pdf)]


@functools.cache
def text(area: str, lang: str) -> str:
    return "".join(words_of(made(area, lang)))


def api(indicator: str, area: str, **query) -> list[dict]:
    return records(series_frame({"id": indicator, "area": (area,), **query}), SERIES_COLUMNS)


@pytest.mark.parametrize("area, lang", REPORTS)
def test_a_report_is_four_to_six_a4_pages_with_name_running_head_and_numbers(area, lang):
    pages = words_of(made(area, lang))
    assert 4 <= len(pages) <= 6
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in report(area, lang).pages} == {(595, 842)}
    title, program = ("".join(s.split()) for s in (t(lang, "report.title", area=area_name(area, lang)), t(lang, "app.title")))
    assert area_name(area, lang).replace(" ", "") in pages[0]
    for n, words in enumerate(pages, 1):
        assert f"{n}/{len(pages)}" in words and program in words
        assert title in words or n == 1


@pytest.mark.parametrize("area, lang", REPORTS)
def test_title_author_language_tags_bookmarks_and_links(area, lang):
    reader = report(area, lang)
    root = reader.trailer["/Root"]
    assert reader.metadata.title == t(lang, "report.title", area=area_name(area, lang))
    assert reader.metadata.author == t(lang, "app.title")
    assert root["/Lang"].startswith(lang) and root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    marks = [mark["/Title"] for mark in reader.outline]
    assert [m for m in marks if m in {t(lang, f"report.{k}") for k in ("headline", "maps", "trends", "figures", "notes", "sources")}] == [
        t(lang, f"report.{k}") for k in ("headline", "maps", "trends", "figures", "notes", "sources")]
    links = [a.get_object() for page in reader.pages for a in page.get("/Annots", ())]
    outside = {a["/A"]["/URI"] for a in links if "/A" in a and "/URI" in a["/A"]}
    assert outside == {f"{ORIGIN}/region?area={area}" + ("&lang=EN" if lang == "en" else "")}


@pytest.mark.parametrize("area, lang", REPORTS)
def test_only_the_own_fonts_are_used_and_embedded_and_no_glyph_is_missing(area, lang):
    names = set()
    for page in report(area, lang).pages[2:4]:
        fonts = {key: font.get_object() for key, font in page["/Resources"]["/Font"].items()}
        for font in fonts.values():
            descendant = font["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in descendant["/FontDescriptor"] or "/FontFile3" in descendant["/FontDescriptor"]
            names.add(font["/BaseFont"].split("+")[1])
        shown = b"".join(_bytes(piece) for operands, operator in page.get_contents().operations if operator in (b"Tj", b"TJ")
                         for piece in (operands[0] if operator == b"TJ" else operands) if isinstance(piece, (bytes, str)))
        glyphs = {shown[i:i + 2] for i in range(0, len(shown), 2)}
        assert len(glyphs) > 50 and b"\0\0" not in glyphs  # glyph 0 is the empty box
    assert names == {"NotoSansSC-Regular", "NotoSansSC-Bold"}


def _bytes(piece) -> bytes:
    return piece.original_bytes if hasattr(piece, "original_bytes") else bytes(piece)


@pytest.mark.parametrize("indicator", ["gdp", "resident_population", "pm25", "pm25_area_mean"])
def test_the_years_of_a_leading_indicator_are_those_of_the_api(indicator):
    rows = [r for r in api(indicator, "130600") if r["TIME_PERIOD"].isdigit()]
    assert len(rows) > 5
    for row in rows:
        assert f"{row['OBS_VALUE']:.1f}" in text("130600", "zh"), row


def test_latest_values_changes_and_values_per_person_are_those_of_the_api():
    said = text("130600", "zh")
    last = api("gdp", "130600")[-1]
    grown = next(r["OBS_VALUE"] for r in api("gdp", "130600", measure="growth", base="2018") if r["TIME_PERIOD"] == "2023")
    person = next(r["OBS_VALUE"] for r in api("gdp", "130600", measure="per_capita") if r["TIME_PERIOD"] == "2023")
    assert f"地区生产总值{last['OBS_VALUE']:.1f}亿元{last['TIME_PERIOD']}年+{grown:.1f}%2018–2023" in said
    assert f"{person:,.0f}" in said


@pytest.mark.parametrize("indicator, year", [("gdp", "2023"), ("pm25", "2021")])
def test_the_rank_is_counted_among_the_cities_of_hebei(indicator, year):
    codes = tuple(a.code for a in areas() if a.level == "prefecture")
    rows = records(series_frame({"id": indicator, "area": codes, "period": year}), SERIES_COLUMNS)
    own = next(r["OBS_VALUE"] for r in rows if r["REF_AREA"] == "130600")
    above = sum(r["OBS_VALUE"] > own for r in rows)
    assert len(rows) == 11
    assert f"{year}年保定{own:.1f}" in text("130600", "zh") and f"列河北设区市第{above + 1}/11" in text("130600", "zh")


@pytest.mark.parametrize("area, lang", REPORTS)
def test_every_cited_number_stands_in_the_list_and_every_source_is_cited(area, lang):
    words = text(area, lang)
    heading = words.rindex(t(lang, "report.sources"))
    body, listed = words[:heading], words[heading:]
    cited = set()
    for group in re.findall(r"\[([\d,–]+)\]", body):
        for part in group.split(","):
            first, _, last = part.partition("–")
            cited |= set(range(int(first), int(last or first) + 1))
    numbers = [int(n) for n in re.findall(r"\[(\d+)\]", listed)]
    assert numbers == list(range(1, len(numbers) + 1)) and cited == set(numbers)
    titles = [re.sub(r"\s", "", title) for title in sources()["title"]]
    for entry in re.split(r"\[\d+\]", listed)[1:]:
        assert any(title in entry for title in titles), entry


def test_what_is_left_out_is_counted_and_linked():
    rows = 0
    for indicator in with_figures():
        for kind in period_kinds(indicator):
            frame = series_frame({"id": indicator, "kind": kind})
            frame = frame[(frame["area"] == "jjj") | (frame["counterpart_area"] == "jjj")]
            rows += frame.groupby(["area", "counterpart_area"]).ngroups
    said = re.search(r"另有(\d+)项未列出（(.*?)），全部数值见：(\S*?)数据说明", text("jjj", "zh"))
    assert sum(int(n) for n in re.findall(r"(\d+)项", said[2])) == int(said[1]) > 0
    assert said[3].startswith(f"{ORIGIN}/region?area=jjj")
    table = text("jjj", "zh").split("各项指标最新值")[1].split("限于篇幅")[0]
    assert len(re.findall(r"\[[\d,–]+\]", table)) == rows - int(said[1])


def test_a_gap_is_said_in_words():
    said = text("xiongan", "en")
    assert "Nofigures" not in said and "TherearenofiguresofXiong'anNewAreaontheseleadingindicators:Grossdomesticproduct" in said
    assert "–nocomparableyear" in said and "ShownforreferenceisHebei" in said
    assert "–无数据" in text("130600", "zh")


def test_data_are_text_and_never_markup_whatever_characters_they_hold(monkeypatch):
    hostile = '#panic("x") *b* $a$ <l> @r // /* \\ "quoted" &amp; \U0001f600'
    monkeypatch.setattr(region_report, "_note", lambda area, lang: hostile)
    assert re.sub(r"\s", "", hostile)[:-1] in words_of(region_report.region_report("tangshan_port", "zh"))[0]


@pytest.mark.parametrize("area", ["999999", "131082", "", "x" * 500])
def test_an_area_without_a_page_is_refused(area):
    assert area not in areas_in_order()
    with pytest.raises(Refusal) as refused:
        region_report.region_report(area, "zh")
    assert refused.value.status == 404 and "/api/catalogue.json" in refused.value.sentence("zh")


def test_missing_fonts_are_a_refusal(monkeypatch, tmp_path):
    monkeypatch.setattr("dashboard.exports.drawing.FONT_FOLDER", tmp_path)
    with pytest.raises(Refusal) as refused:
        region_report.region_report("tangshan_port", "zh")
    assert refused.value.status == 503


def run(monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["dashboard", "report", *arguments])
    command_line.main()


@pytest.mark.parametrize("area, file, lang, sentence", [
    ("999999", "a.pdf", "zh", "999999"), ("999999", "a.pdf", "en", "is not accepted"), ("130600", "none/a.pdf", "zh", "没有文件夹"), ("130600", ".", "en", "is a folder")])
def test_the_command_says_in_one_sentence_what_is_wrong(monkeypatch, capsys, tmp_path, area, file, lang, sentence):
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, area, "--lang", lang, "-o", str(tmp_path / file))
    said = capsys.readouterr().err
    assert ended.value.code == 2 and sentence in said and said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_the_command_writes_a_whole_file_over_an_old_one(monkeypatch, tmp_path):
    target = tmp_path / "port.pdf"
    target.write_bytes(b"old")
    monkeypatch.setenv("PUBLIC_URL", ORIGIN)
    run(monkeypatch, "tangshan_port", "-o", str(target))
    assert f"{ORIGIN}/region?area=tangshan_port" in "".join(words_of(target.read_bytes()))
    assert [p.name for p in tmp_path.iterdir()] == ["port.pdf"]


def test_the_report_needs_no_streamlit():
    code = "import sys, dashboard.exports.region_report; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
