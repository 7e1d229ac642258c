"""Texts of files: every format gives the same small report, and whatever is no report is refused in one sentence."""

import datetime
import gzip
import io
import os
import re
import subprocess
import sys
import time
import tomllib
import zipfile
from functools import cache
from importlib.util import find_spec
from string import Formatter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.reports.extract import ACCEPTED, LIMITS, Document, ExtractError, Limits, child, extract, extract_bytes, tables
from indicators.reports.extract.document import TEXT

TITLE = "三地主要指标公报"
# All figures are invented.
SENTENCES = [
    "2023年北京地区生产总值为43210.7亿元，同比增长5.1%。",
    "2023年天津地区生产总值为16123.4亿元，同比增长4.6%。",
    "2023年河北地区生产总值为42345.6亿元，同比增长5.3%。",
    "2023年北京常住人口为2187.3万人。",
    "2023年天津常住人口为1361.5万人。",
    "2023年河北常住人口为7395.2万人。",
    "2023年北京PM2.5平均浓度为33微克/立方米。",
    "2023年天津PM2.5平均浓度为42微克/立方米。",
    "2023年河北PM2.5平均浓度为39微克/立方米。",
]
TABLE = [
    ["地区", "年份", "地区生产总值（亿元）", "同比增长（%）", "常住人口（万人）", "PM2.5平均浓度（微克/立方米）"],
    ["北京", 2023, 43210.7, 5.1, 2187.3, 33],
    ["天津", 2023, 16123.4, 4.6, 1361.5, 42],
    ["河北", 2023, 42345.6, 5.3, 7395.2, 39],
]
PROSE = ("txt", "md", "html", "docx", "pdf", "xlsx", "csv", "tsv")
TABLES = ("md", "html", "docx", "xlsx", "csv", "tsv")


# --- the report written into every format -------------------------------------------------

def as_docx(lines=(), rows=(), title=TITLE):
    from docx import Document as Word

    word = Word()
    if title:
        word.add_heading(title, 1)
    for line in lines:
        word.add_paragraph(line)
    if rows:
        table = word.add_table(len(rows), len(rows[0]))
        for cells, row in zip(table.rows, rows):
            for cell, value in zip(cells.cells, row):
                cell.text = str(value)
    return saved(word)


def as_xlsx(rows, title=TITLE, formats=()):
    from openpyxl import Workbook

    book = Workbook()
    for row in [[title]] * bool(title) + rows:
        book.active.append(row)
    for cell, form in formats:
        book.active[cell].number_format = form
    return saved(book)


def saved(file):
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def as_pdf(lines, width=24, **options):
    """Lines of so many characters, broken inside sentences as print is."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=(595, 842), **options)
    broken = [line[i:i + width] for line in lines for i in range(0, len(line), width)]
    for start in range(0, len(broken), 16):
        page.setFont("STSong-Light", 12)
        for n, line in enumerate(broken[start:start + 16]):
            page.drawString(60, 780 - 20 * n, line)
        page.showPage()
    page.save()
    return out.getvalue()


def as_html(inner, head=""):
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}</head><body>{inner}</body></html>".encode()


def html_rows(rows):
    return "<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>"


def separated(rows, sign):
    return "\n".join(sign.join(str(cell) for cell in row) for row in rows).encode()


def md_rows(rows):
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|---" * len(rows[0]) + "|", *lines[1:]])


@cache
def prose(kind):
    return {
        "txt": lambda: "\n".join([TITLE, *SENTENCES]).encode(),
        "md": lambda: (f"# {TITLE}\n\n" + "\n\n".join(s.replace("北京", "**北京**") for s in SENTENCES)).encode(),
        "html": lambda: as_html(f"<h1>{TITLE}</h1>" + "".join(f"<p>{s.replace('年', '年<b></b>')}</p>" for s in SENTENCES) + "<script>var x=99.5</script>"),
        "docx": lambda: as_docx(SENTENCES),
        "pdf": lambda: as_pdf([TITLE, *SENTENCES]),
        "xlsx": lambda: as_xlsx([[s] for s in SENTENCES]),
        "csv": lambda: "\n".join([TITLE, *SENTENCES]).encode("gb18030"),
        "tsv": lambda: "\n".join([TITLE, *SENTENCES]).encode("utf-8-sig"),
    }[kind]()


@cache
def table(kind):
    return {
        "md": lambda: f"# {TITLE}\n\n{md_rows(TABLE)}\n".encode(),
        "html": lambda: as_html(f"<h1>{TITLE}</h1>{html_rows(TABLE)}"),
        "docx": lambda: as_docx(rows=TABLE),
        "xlsx": lambda: as_xlsx(TABLE),
        "csv": lambda: separated([[TITLE], *TABLE], ","),
        "tsv": lambda: separated([[TITLE], *TABLE], "\t"),
    }[kind]()


def read(kind, data, **limits):
    return extract_bytes(f"报告.{kind}", data, limits=Limits(**limits))


def refused(kind, data, **limits):
    """Key of the refusal; its sentence must be one, in both languages."""
    with pytest.raises(ExtractError) as caught:
        read(kind, data, **limits)
    for lang, end in (("zh", "。"), ("en", ".")):
        sentence = caught.value.message(lang)
        assert sentence.endswith(end) and "\n" not in sentence and "{" not in sentence
    return caught.value.key


def squeezed(text):
    return re.sub(r"\s", "", text)


def figures(text, title):
    from indicators.reports.reader import read_text

    return sorted((f.value, f.unit, f.kind, f.period or "", tuple(f.areas), f.indicator or "") for f in read_text(text, title=title))


@pytest.mark.parametrize("kind", PROSE)
def test_prose_gives_the_same_text_in_every_format(kind):
    got = read(kind, prose(kind))
    assert squeezed(got.text) == squeezed(TITLE + "".join(SENTENCES))
    assert (got.title, got.format) == (TITLE, kind)


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_gives_the_same_sentences_in_every_format(kind):
    lines = [line for line in read(kind, table(kind)).text.split("\n") if line]
    assert lines[0] == TITLE and len(lines) == 4
    assert squeezed("".join(SENTENCES)) == "".join(clause + "。" for n in range(3) for line in lines[1:] for clause in [line.rstrip("。").split("；")[n]])


@pytest.mark.skipif(find_spec("indicators.reports.reader") is None, reason="there is no reader of figures yet")
@pytest.mark.parametrize("kind,form", [(k, prose) for k in PROSE] + [(k, table) for k in TABLES])
def test_the_same_small_report_gives_the_same_figures_in_every_format(kind, form):
    plain, got = read("txt", prose("txt")), read(kind, form(kind))
    expected = figures(plain.text, plain.title)
    assert figures(got.text, got.title) == expected
    assert {43210.7e8, 5.1, 2187.3e4, 33.0} <= {round(row[0], 3) for row in expected} and len(expected) == 12


# --- plain text ---------------------------------------------------------------------------

@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_txt_is_exactly_what_was_encoded(tmp_path, encoding):
    text = "\n 第一段　增长5%\r\n\r\n## 第二段 **10.4** 万亿元 \t\f“末”𠮷\n"
    path = tmp_path / "报告.TXT"
    path.write_bytes(text.encode(encoding))
    got = extract(path)
    assert got.text == text and got.format == "txt" and got.pages == ()
    if encoding == "utf-8":
        assert got.sha256 == got.text_sha256


def test_plain_text_costs_no_library(tmp_path):
    (tmp_path / "a.txt").write_text("总值5亿元", "utf8")
    code = ("import sys; from indicators.reports.extract import extract; assert extract(sys.argv[1]).text == '总值5亿元'; "
            "print(*{'lxml', 'openpyxl', 'pypdfium2', 'subprocess', 'pandas', 'numpy'} & set(sys.modules))")
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "a.txt"], capture_output=True, text=True, cwd=TEXT.parents[1], check=True)
    assert done.stdout == "\n"


def test_shared_reports_are_read_as_they_are():
    folder = os.environ.get("REPORTS_DIR", "")
    files = [name for name in (os.listdir(folder) if os.path.isdir(folder) else ()) if name.endswith(".txt")]
    for name in files:
        with open(os.path.join(folder, name), "rb") as file:
            assert extract(os.path.join(folder, name)).text == file.read().decode("utf-8")


def test_markdown_keeps_words_and_drops_marks():
    text = ("---\ntitle: \"年报\"\ndate: 2024-02-15\n---\n# 标题 #\n> 引**用**[链接](http://a.cn/2023?x=(1) \"t\")和![图](a.png)\n* 项 `码` ~~旧~~\n"
            "<!-- 99 -->\n1. 第一\n```\n3*4*5 a_b_c \\* &amp;\n```\n[1]: http://x.cn\n2024年<br>_斜_ __粗__\n***\n")
    got = read("md", text.encode())
    assert got.text.split("\n") == ["标题", "引用链接和图", "项 码 旧", "", "1. 第一", "3*4*5 a_b_c * &", "2024年", "斜 粗", ""]
    assert (got.title, got.date) == ("年报", "2024-02-15")


# --- tables -------------------------------------------------------------------------------

@pytest.mark.parametrize("rows,expected", [
    ([["2023年主要指标"], ["指标", "单位", "2022年", "2023"], ["地区生产总值", "亿元", "415.9", "1,437.7"], ["PM2.5浓度", "微克/立方米", "-", "32"]],
     ["2023年主要指标", "2022年地区生产总值为415.9亿元；2023年地区生产总值为1,437.7亿元。", "2023年PM2.5浓度为32微克/立方米。"]),
    ([["序号", "地区", "年份", "指标", "数值", "单位", "备注"],
      ["1", "北京", "2023", "企业数", "近3000家", "", "初步数"]], ["2023年北京企业数为近3000家。初步数。"]),
    ([["指标", "北京", "天津"], ["铁路里程（公里）", "10", "20"]], ["北京铁路里程为10公里；天津铁路里程为20公里。"]),
    ([["城市", "总值", "", "人口"], ["", "2022年", "2023年", "2023年"], ["北京", "1.5", "2.5", "3"]],
     ["2022年北京总值为1.5；2023年北京总值为2.5；2023年北京人口为3。"]),
    ([["总值", "7.5亿元"], ["65岁以上人口", "8万人"]], ["总值为7.5亿元。", "65岁以上人口为8万人。"]),
    ([["地区", "时间", "65岁以上人口/万人", "排名"], ["北京", "2023年1—6月", "5", "2"]], ["2023年1—6月北京65岁以上人口为5万人；2023年1—6月北京排名第2位。"]),
    ([["Area", "Year", "GDP (billion yuan)", "growth (%)"], ["Beijing", "2023", "4376.1", "5.2"]], ["2023 Beijing GDP 4376.1 billion yuan, growth 5.2%."]),
    ([["单位：亿元"], ["地区", "2023Q1"], ["北京", "5"]], ["单位：亿元", "2023年一季度北京为5亿元。"]),
    ([["2013—2023年地区生产总值（亿元）"] * 3, ["年份", "北京", "天津"], ["2013", "1", "2"]],
     ["2013—2023年地区生产总值（亿元）", "2013年北京地区生产总值为1亿元；2013年天津地区生产总值为2亿元。"]),
    ([["序号", "内容"], ["1", "一句话。"]], ["内容", "一句话。"]),
    ([["姓名", "处室"], ["甲", "乙"]], ["姓名\t处室", "甲\t乙"]),
    ([["", ""], []], []),
])
def test_rows_become_sentences(rows, expected):
    assert tables.lines(rows) == expected


def test_separators_and_quotes():
    assert read("csv", "地区;总值（亿元）\n北京;\"1.5\"\n".encode()).text == "北京总值为1.5亿元。"
    assert read("csv", "地区,总值（亿元）\n\"北\n京\",\"43,760.7\"\n".encode()).text == "北京总值为43,760.7亿元。"
    prose = "甲，2023年,增长5%。\n乙增长,6%,又7%。\n丙。\n"
    assert read("csv", prose.encode()).text == prose


def test_a_workbook_is_read_as_it_is_shown():
    from indicators.reports.extract import workbook

    rows = [["地区", "日期", "总值", "占比", "里程"], ["北京", None, 0.1 + 0.2, 0.0523, 1234.0], ["天津", None, "=1+1", 0.5, 99.96]]
    data = as_xlsx(rows, title=None, formats=[("C2", "0.0"), ("D2", "0.0%"), ("D3", "0%"), ("E2", '#,##0"公里"'), ("E3", "0.0_ ")])
    assert workbook.read(data, LIMITS)["text"] == "北京总值为0.3；北京占比为5.2%；北京里程为1234公里。\n天津占比为50%；天津里程为100.0。"
    day = datetime.datetime(2023, 6, 30)
    assert [workbook.shown(day, form) for form in ("yyyy-mm-dd", "yyyy\"年\"m\"月\"", "yyyy")] == ["2023年6月30日", "2023年6月", "2023年"]
    assert [workbook.shown(v) for v in (2023, 1e15, 1e-7, 0.1 + 0.2, True, float("nan"), "甲 ", datetime.time(8))] == [
        "2023", "1000000000000000", "0.0000001", "0.3", "", "", "甲", "08:00:00"]
    assert [workbook.shown(1234.5, form) for form in ("0.00E+00", '"约"0.0', "[Red]#,##0.00_);(0)", "@")] == ["1234.5", "约1234.5", "1234.50", "1234.5"]


def test_sheets_are_pages_and_hidden_ones_are_not_read():
    from openpyxl import Workbook

    from indicators.reports.extract import workbook

    book = Workbook()
    book.active.append(["总值", "5亿元"])
    book.create_sheet("2023年").append(["人口", "6万人"])
    book.create_sheet("藏").append(["人口", "7万人"])
    book["藏"].sheet_state = "hidden"
    assert workbook.read(saved(book), LIMITS)["pages"] == [0, 9]
    got = read("xlsx", saved(book))
    assert got.text == "总值为5亿元。\n\n2023年\n2023年人口为6万人。"
    assert [got.page_of(0), got.page_of(got.text.index("人口"))] == [1, 2]


# --- pages, documents ---------------------------------------------------------------------

def test_html_text_is_what_is_seen():
    from indicators.reports.extract import html_file

    head = "<title>站名</title><meta name='ArticleTitle' content='公报'><meta name='PubDate' content='2024-03-21 10:00'><style>p{}</style>"
    inner = ("<!--1--><p>面积\n 21.6万km<sup>2</sup>，北京\n天津 and\n more</p><div style='display:none'>2</div><p hidden>3</p>甲<br>乙<span>丙</span>"
             "<ul><li>丁<li>戊</ul><script>4</script><table><tr><td><table><tr><td>己</table></table>")
    got = html_file.read(as_html(inner, head), LIMITS)
    assert got["text"].split("\n") == ["面积 21.6万km²，北京天津 and more", "", "甲", "乙丙", "", "丁", "戊", "", "己"]
    assert (got["title"], got["date"]) == ("公报", "2024-03-21")
    assert html_file.read("<meta charset=gbk><p>总值5亿元".encode("gbk"), LIMITS)["text"] == "总值5亿元"
    assert html_file.read("<p>总值5亿元<time datetime=2024-01-02>".encode("gb18030"), LIMITS)["date"] == "2024-01-02"


def test_html_tables_with_spans():
    from indicators.reports.extract import html_file

    inner = ("<table><caption>2023年</caption><tr><th rowspan=2>地区<th colspan=2>总值（亿元）<tr><th>2022年<th>2023年"
             "<tr><td>北京<td>1<td>2<tr><td>天津<td colspan=2>3</table>")
    assert html_file.read(as_html(inner), LIMITS)["text"].split("\n") == [
        "2023年", "2022年北京总值为1亿元；2023年北京总值为2亿元。", "2022年天津总值为3亿元；2023年天津总值为3亿元。"]


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_of(body, **parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", text)
    return out.getvalue()


def test_a_document_keeps_all_that_is_printed():
    from indicators.reports.extract import word

    run = "<w:r><w:t>{}</w:t></w:r>".format
    cell = "<w:tc><w:tcPr>{}</w:tcPr><w:p>{}</w:p></w:tc>".format
    merged = "<w:vMerge w:val='restart'/>"
    body = (f"<w:p><w:pPr><w:pStyle w:val='Title'/></w:pPr>{run('公报')}</w:p>"
            f"<w:sdt><w:sdtContent><w:p><w:smartTag>{run('2023年')}</w:smartTag><w:ins>{run('增长')}</w:ins><w:del><w:r><w:delText>4</w:delText></w:r></w:del>"
            f"<w:hyperlink>{run('5%')}</w:hyperlink><w:r><w:rPr><w:vanish/></w:rPr><w:t>6</w:t></w:r><w:r><w:tab/><w:t>km</w:t></w:r>"
            f"<w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr><w:t>2</w:t></w:r>"
            f"<w:r><w:pict><w:txbxContent><w:p>{run('框')}</w:p></w:txbxContent></w:pict></w:r>"
            f"</w:p></w:sdtContent></w:sdt><w:tbl><w:tr>{cell(merged, run('北京'))}{cell('', run('人口'))}{cell('', run('5万人'))}</w:tr>"
            f"<w:tr>{cell('<w:vMerge/>', '')}{cell('', run('总值'))}{cell('', run('6亿元'))}</w:tr></w:tbl>")
    notes = f"<w:footnotes {W}><w:footnote w:type='separator'><w:p>{run('-')}</w:p></w:footnote><w:footnote><w:p>{run('注')}</w:p></w:footnote></w:footnotes>"
    got = word.read(word_of(body, footnotes=notes), LIMITS)
    assert [line for line in got["text"].split("\n") if line] == ["公报", "2023年增长5%\tkm²", "框", "北京人口为5万人。", "北京总值为6亿元。", "注"]
    assert got["title"] == "公报"


def test_pdf_pages_and_what_the_library_splits():
    from indicators.reports.extract import pdf_file

    got = pdf_file.read(as_pdf([f"第{n}行增长{n}.5%" for n in range(40)]), LIMITS)
    pages = got["text"].split("\f")
    assert len(pages) == len(got["pages"]) == 3 and all(got["text"][start:].startswith(page) for start, page in zip(got["pages"], pages))
    assert pages[0].split("\n")[:2] == ["第0行增长0.5%", "第1行增长1.5%"]
    document = Document(got["text"], None, None, "pdf", "", tuple(got["pages"]))
    assert document.page_of(got["text"].index("第39行")) == 3 and Document("", None, None, "txt", "").page_of(5) is None


def test_pdf_digits_raised_out_of_their_line_are_put_back():
    from reportlab.pdfgen import canvas

    from indicators.reports.extract import pdf_file

    out = io.BytesIO()
    page = canvas.Canvas(out)
    for text, x, y in (("21.6 km", 50, 700), ("2", 50 + page.stringWidth("21.6 km", "Helvetica", 12), 709), ("5 km", 50, 650), ("2 rows", 50, 636)):
        page.setFont("Helvetica", 12 if y < 705 else 7)
        page.drawString(x, y, text)
    page.save()
    assert pdf_file.read(out.getvalue(), LIMITS)["text"] == "21.6 km2\n5 km\n2 rows"


def test_pdf_characters_are_tidied():
    from indicators.reports.extract import pdf_file

    assert pdf_file._tidy(" eco\x02nomy 2014\x022023\x00 \r\n 下 ") == "economy 2014-2023\n下"
    with pytest.raises(ExtractError, match="garbage"):
        pdf_file.joined(["\ue001\ue002\ue003abc"], 0)


# --- refusals -----------------------------------------------------------------------------

def test_every_sentence_stands_in_both_languages():
    words = [tomllib.loads((TEXT / f"reports.{lang}.toml").read_text("utf8"))["extract"] for lang in ("zh", "en")]
    fields = [{key: {f for _, f, _, _ in Formatter().parse(text) if f} for key, text in table.items()} for table in words]
    assert fields[0] == fields[1]
    with pytest.raises(ValueError, match="zh, en"):
        ExtractError("missing").message("fr")


def test_paths_that_are_no_file(tmp_path):
    def key(path):
        with pytest.raises(ExtractError) as caught:
            extract(path)
        assert str(tmp_path) not in str(caught.value) + caught.value.message("zh")
        return caught.value.key

    (tmp_path / "目录.txt").mkdir()
    (tmp_path / "空.txt").write_bytes(b"")
    (tmp_path / "a.txt").write_text("总值5亿元")
    os.mkfifo(tmp_path / "管道.txt")
    assert key(tmp_path / "没有.txt") == "missing" and key(tmp_path / "a.txt" / "b.txt") == "missing"
    assert key(tmp_path / "目录.txt") == "directory" and key(tmp_path) == "directory"
    assert key(tmp_path / "管道.txt") == "not_a_file"
    assert key(tmp_path / "空.txt") == "empty"
    assert key(str(tmp_path / "x\0.txt")) == "unreadable" and key(tmp_path / ("x" * 300 + ".txt")) == "unreadable"


@pytest.mark.parametrize("kind", [suffix[1:] for suffix in ACCEPTED])
def test_empty_files(kind):
    assert refused(kind, b"") == "empty"


def test_files_without_text():
    assert refused("txt", b"\n \t\xef\xbb\xbf") == "empty" and refused("csv", b",,\n,,\n") == "empty"
    assert refused("html", as_html("<script>5</script>")) == refused("html", b"<!DOCTYPE html>") == "empty" and refused("docx", as_docx(title=None)) == "empty"
    assert refused("xlsx", as_xlsx([], title=None)) == "empty" and refused("pdf", as_pdf([" "])) == "empty"


def test_endings_that_do_not_fit_the_content():
    for kind in ("txt", "md", "html", "docx", "xlsx", "csv", "tsv"):
        assert refused(kind, prose("pdf")) == "mismatch"
    assert refused("pdf", prose("docx")) == refused("xlsx", prose("docx")) == refused("docx", prose("xlsx")) == refused("csv", prose("xlsx")) == "mismatch"
    assert refused("txt", prose("html")) == refused("csv", prose("html")) == refused("docx", prose("html")) == refused("pdf", prose("txt")) == "mismatch"
    assert refused("txt", b"\x89PNG\r\n\x1a\n") == refused("csv", gzip.compress(b"1,2")) == refused("txt", b"{\\rtf1 5}") == "mismatch"
    assert refused("docx", zipped({"a.txt": b"5"})) == refused("txt", zipped({"a.txt": b"5"})) == "mismatch"
    assert {refused(kind, prose("txt")) for kind in ("doc", "exe", "zip", "")} == {"unsupported"}


def zipped(parts, method=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_binary_and_unknown_encodings():
    assert refused("txt", bytes(range(256)) * 20) == "binary" and refused("csv", b"1,2\0") == "binary"
    assert refused("txt", "Ünïçødé à la carte, été, même, où".encode("latin-1")) == "encoding"
    assert refused("txt", "總統府經濟發展國際貿易統計".encode("big5")) == "encoding"
    assert refused("html", b"<p>5\0") == "binary"


def test_encrypted_files():
    from reportlab.lib.pdfencrypt import StandardEncryption

    assert refused("pdf", as_pdf(SENTENCES, encrypt=StandardEncryption("geheim", strength=128))) == "encrypted"
    assert read("pdf", as_pdf(SENTENCES, encrypt=StandardEncryption("", "owner", strength=128))).text  # needs no password to be read
    assert refused("docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500) + "EncryptedPackage".encode("utf-16-le")) == "encrypted"
    assert refused("xlsx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500)) == "old_office"
    locked = bytearray(prose("docx"))
    for at in (m.start() for m in re.finditer(b"PK\x01\x02", bytes(locked))):
        locked[at + 8] |= 1
    assert refused("docx", bytes(locked)) == "encrypted"


def test_a_scan_is_named_as_such():
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen import canvas

    out = io.BytesIO()
    page = canvas.Canvas(out)
    page.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 500, 700)
    page.save()
    assert refused("pdf", out.getvalue()) == "scanned"


def test_damaged_files():
    for kind in ("docx", "xlsx", "pdf"):
        assert refused(kind, prose(kind)[:200]) == "damaged"
    assert refused("docx", prose("docx")[:-40]) == refused("xlsx", prose("xlsx")[:2000]) == "damaged"
    assert refused("docx", zipped({"word/document.xml": b"<w:document"})) == refused("xlsx", zipped({"xl/workbook.xml": b"<a/>"})) == "damaged"
    assert refused("csv", b"a," + b"9" * 200_000) == "damaged"


def test_bombs():
    assert refused("docx", zipped({"word/document.xml": b"0" * 30_000_000})) == "zip_bomb"
    assert refused("xlsx", zipped({"xl/workbook.xml": b"0", "a": os.urandom(2 ** 20) + bytes(2 ** 20)}), unpacked_bytes=2 ** 20) == "zip_bomb"
    laughs = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><w:document/>'
    for encoding in ("utf-8", "utf-16"):
        assert refused("docx", zipped({"word/document.xml": laughs.encode(encoding)})) == "entities"
    assert refused("xlsx", zipped({"xl/workbook.xml": b" " * (2 ** 20 - 4) + laughs.encode()}, zipfile.ZIP_STORED)) == "entities"


def test_a_table_cannot_blow_up_the_text():
    wide = [["x" * 300, "y" * 300, *["1"] * 200]] * 3
    assert all(len(line) < 2000 for line in tables.lines(wide))
    assert tables.lines([["5", "5", *[""] * 400]]) and tables.lines([["9"] * 400])[0].count("9") == 400
    assert refused("csv", separated([["地区", *["总" * 100] * 100]] + [["北京", *[1] * 100]] * 9, ","), characters=50_000) == "too_long"


def test_large_tables_of_plain_text_are_bounded_too():
    rows = [["地区", "总值（亿元）"], *[["北京", "5"]] * 12_000]
    assert read("csv", separated(rows, ",")).text.endswith("北京总值为5亿元。")
    assert refused("md", md_rows(rows).encode(), seconds=0.02) == "time"


def test_names_in_sentences_are_tamed():
    error = ExtractError("missing", name="a\n\u202e{x}\udcff" + "y" * 500 + ".txt")
    assert error.message("en").startswith('There is no file "a{x}?y') and len(str(error)) < 160


def test_limits():
    assert refused("txt", b"5" * 1001, file_bytes=1000) == "too_large"
    assert refused("txt", b"5" * 1001, characters=1000) == refused("md", b"5" * 1001, characters=1000) == "too_long"
    for kind in ("csv", "html", "docx", "pdf", "xlsx"):
        assert refused(kind, prose(kind), characters=50) == "too_long"
    assert refused("pdf", as_pdf(SENTENCES * 20), pages=2) == "too_many_pages"
    for kind in TABLES:
        assert refused(kind, table(kind), cells=10) == "too_many_cells"
    assert refused("pdf", prose("pdf"), seconds=0.01) == "time"
    assert refused("html", as_html("<p>甲</p>" * 400_000), memory_bytes=110 * 2 ** 20, characters=10 ** 7) in ("memory", "damaged")


def test_a_large_file_on_disk_is_not_even_read(tmp_path):
    with open(tmp_path / "大.txt", "wb") as file:
        file.truncate(LIMITS.file_bytes + 1)
    with pytest.raises(ExtractError) as caught:
        extract(tmp_path / "大.txt")
    assert caught.value.key == "too_large"


@pytest.mark.parametrize("script,key", [
    ("import time; time.sleep(60)", "time"),
    ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "damaged"),
    ("print('no answer')", "damaged"),
])
def test_a_parser_that_hangs_or_dies_is_survived(tmp_path, monkeypatch, script, key):
    (tmp_path / "worker.py").write_text(script)
    monkeypatch.setattr(child, "WORKER", tmp_path / "worker.py")
    started = time.monotonic()
    assert refused("pdf", prose("pdf"), seconds=2) == key
    assert time.monotonic() - started < 20


# --- fuzz ---------------------------------------------------------------------------------

ROOMY = {"deadline": None, "suppress_health_check": list(HealthCheck), "derandomize": True}
SHORT = Limits(seconds=15)


def survives(kind, data):
    """A document or a refusal; nothing else, and in time."""
    started = time.monotonic()
    try:
        got = extract_bytes(f"f.{kind}", data, limits=SHORT)
    except ExtractError as error:
        assert error.key != "time" and error.message("zh") and error.message("en")
    else:
        assert got.text.strip() and "\0" not in got.text
        got.text.encode("utf8")
    assert time.monotonic() - started < SHORT.seconds + 5


@st.composite
def spoiled(draw, data):
    """A real file cut short, or with some bytes changed."""
    if draw(st.booleans()):
        return data[:draw(st.integers(1, len(data)))]
    data = bytearray(data)
    for at, bit in draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(0, 7)), min_size=1, max_size=12)):
        data[at] ^= 1 << bit
    return bytes(data)


@pytest.mark.parametrize("kind", ["txt", "md", "csv", "tsv"])
def test_spoiled_plain_files(kind):
    @settings(max_examples=60, **ROOMY)
    @given(st.one_of(st.binary(max_size=300), spoiled(prose(kind)), st.text("#*_`[]()<>!|-:\\\n\r\t\",;年2亿元&~=", max_size=200).map(str.encode)))
    def fuzz(data):
        survives(kind, data)

    fuzz()


@pytest.mark.parametrize("kind", ["html", "docx", "xlsx", "pdf"])
def test_spoiled_files_of_parsers(kind):
    head = {"html": b"<html>", "docx": b"PK\3\4", "xlsx": b"PK\3\4", "pdf": b"%PDF-1.7\n"}[kind]

    @settings(max_examples=12, **ROOMY)
    @given(st.one_of(spoiled(prose(kind)), spoiled((table if kind in TABLES else prose)(kind)), st.binary(max_size=300).map(head.__add__)))
    def fuzz(data):
        survives(kind, data)

    fuzz()


@pytest.mark.parametrize("kind,part", [("docx", "word/document.xml"), ("xlsx", "xl/worksheets/sheet1.xml"), ("xlsx", "xl/styles.xml")])
def test_spoiled_parts_inside_sound_containers(kind, part):
    with zipfile.ZipFile(io.BytesIO(table(kind))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    @settings(max_examples=10, **ROOMY)
    @given(spoiled(parts[part]))
    def fuzz(data):
        survives(kind, zipped({**parts, part: data}))

    fuzz()


@settings(max_examples=100, **ROOMY)
@given(st.lists(st.lists(st.one_of(st.sampled_from(["地区", "年份", "2023", "2023年", "单位", "亿元", "5.2", "北京", "同比增长（%）", "", "数值", "-", "指标"]),
                                   st.text(max_size=12)), max_size=5), max_size=6))
def test_any_rows_make_lines_and_lose_no_figure(rows):
    lines = tables.lines(rows)
    assert all(isinstance(line, str) for line in lines)
    if any("5.2" in row for row in rows):
        assert "5.2" in "".join(lines) or any(cell.strip() in tables._ROLE_OF for row in rows for cell in row)
