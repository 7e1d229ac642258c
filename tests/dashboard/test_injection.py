"""What visitors, reports and reviewers write stays what it is: no path, statement, formula, markup or header."""

import csv
import io
import json
import re
import resource
import subprocess
import sys
import zipfile
from dataclasses import replace
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook
from pptx import Presentation
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import access, api, briefing, deciding, export_api, intake
from dashboard.access import Person
from dashboard.exports import STANDARD
from dashboard.exports.frozen import frozen
from dashboard.exports.render import File, of_view
from dashboard.kinds import open_view, parse
from dashboard.static_files import StaticFiles
from indicators.reports import database, store
from tests.conftest import ROOT

SECRET = "what nobody may read"
FORMULAS = ("=cmd|' /C calc'!A0", "+cmd|' /C calc'!A0 5", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "\r=1", "\uff1d1+1", "\uff20SUM(1)")
EVIL = '</script><script>alert(1)</script><img src=x onerror="alert(1)"><a href="javascript:alert(1)">x</a>'


@pytest.fixture(scope="module")
def client(built):
    with TestClient(Starlette(routes=[*briefing.routes, *export_api.routes, *api.routes], middleware=[]), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def reviewing_(tmp_path, monkeypatch):
    """A reviewer, and a database of its own."""
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    monkeypatch.setattr(access, "person", lambda: Person("li", "reviewer"))
    return intake.take_in("gazette.txt", "2024年，张家口市地区生产总值1999.5亿元，同比增长5.1%。".encode(), "zh")


# --- paths ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [
    "/api/briefing/{up}secret.json", "/briefing?playlist={up}secret", "/api/export/{up}secret.toml", "/api/export/map.{up}secret", "/api/view/{up}secret.json",
    "/api/areas/{up}secret.geojson", "/api/series/{up}secret.csv", "/embed/{up}secret", "/api/series/gdp.csv?area={up}secret"])
@pytest.mark.parametrize("up", ["../", "..%2f", "%2e%2e%2f", "..%5c", "....//", "%00", "/", "playlists/../../"])
def test_no_address_leads_out_of_a_folder(client, tmp_path, monkeypatch, path, up):
    (tmp_path / "secret.toml").write_text(f'title.zh = "{SECRET}"\n[[slide]]\nview = "map"\n', "utf8")
    (tmp_path / "playlists").mkdir()
    monkeypatch.setenv("PLAYLISTS_DIR", str(tmp_path / "playlists"))
    answer = client.get(path.format(up=up))
    assert answer.status_code in (400, 404) and SECRET not in answer.text and str(tmp_path) not in answer.text


@pytest.mark.parametrize("path", ["/assets/{digest}/../../text/zh.toml", "/assets/{digest}/..%2f..%2fapp.css", "/assets//etc/passwd", "/assets/{digest}//etc/passwd",
                                  "/static/../index.html", "/static/..%2f..%2fversion.py", "/static//etc/passwd"])
def test_static_files_come_out_of_their_folders_alone(built, path):
    from dashboard.static_files import manifest_cached

    async def behind(scope, receive, send):
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b"from the app behind"})

    asked = path.format(digest=manifest_cached()["app.css"])
    scope = {"type": "http", "method": "GET", "path": asked.replace("%2f", "/"), "raw_path": asked.encode(), "query_string": b"", "headers": []}
    response = StaticFiles(behind)._response(scope)
    assert response is None or response.status_code == 404


@pytest.mark.parametrize("name", ["../../../tmp/evil.txt", "/etc/cron.d/evil.txt", "a.txt/../../evil.md", "x\0.txt", "." * 300 + "txt", "a" * 5000 + ".txt", "con.txt", "-rf.txt",
                                  "<img src=x>.txt", "x.t\r\nxt"])
def test_the_name_of_an_upload_is_a_name(reviewing_, tmp_path, name):
    before = sorted(p.name for p in tmp_path.iterdir())
    text = f"2023年，承德市常住人口{len(name)}.5万人。"
    try:
        number = intake.take_in(name, text.encode(), "en")
    except ValueError as refused:
        assert "\n" not in str(refused) and len(str(refused)) < 400
    else:
        assert store.text_of(number) == text
    assert sorted(p.name for p in tmp_path.iterdir()) == before


# --- SQL -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["' OR '1'='1", "1; DROP TABLE proposals; --", "x') UNION SELECT password FROM users --", "%27%3B", "\\'; --"])
def test_statements_in_parameters_and_notes_stay_text(client, reviewing_, text):
    for path in ("/api/series/gdp.csv?area={}", "/api/observations/gdp.json?source={}", "/api/series/{}.csv", "/api/view/map.json?indicator={}", "/api/export/data.csv?indicator={}"):
        assert client.get(path.format(quote(text))).status_code in (400, 404)
    (first, *_) = store.proposals(reviewing_)
    store.decide(first["id"], "reject", "li' --", first["version"], note=text)
    entry = store.history(first["id"])[-1]
    assert (entry["note"], entry["by"]) == (text, "li' --")
    with database.transaction() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM proposals")).scalar() == len(store.proposals(reviewing_)) > 0


@pytest.mark.parametrize("url", ["postgresql://u:geheim@127.0.0.1:1/x", "postgresql://u:geheim@[", "mysql://u:geheim@h/x", "postgresql://u:geheim@127.0.0.1:1/x'; DROP"])
def test_a_database_that_cannot_be_used_tells_no_password(monkeypatch, url):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(store.StoreError) as refused:
        store.reports()
    assert "geheim" not in str(refused.value)


# --- formulas ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("column", ["note", "value_text"])
def test_no_formula_is_taken_into_the_ledger(reviewing_, column, text):
    (proposal, *_) = (p for p in store.proposals(reviewing_) if p["row"])
    with pytest.raises(ValueError, match="公式"):
        deciding.decide(proposal, "correct", {column: text})
    assert store.decision_count() == 0


def test_signed_numbers_are_no_formulas(reviewing_):
    (proposal, *_) = (p for p in store.proposals(reviewing_) if p["row"])
    for value in ("+1999.5亿元", "-1,999.5 亿元"):
        version = deciding.decide({**proposal, "version": len(store.history(proposal["id"]))}, "correct", {"value_text": value})
        assert store.history(proposal["id"])[-1]["row"]["value_text"] == value and version
        deciding.take_back(proposal["id"])


def test_what_is_taken_away_has_no_cell_that_runs(reviewing_):
    for p in store.proposals(reviewing_):
        if p["row"]:
            deciding.decide(p, "correct", {"note": "see = here"})
    with zipfile.ZipFile(io.BytesIO(intake.accepted_rows("li"))) as taken:
        rows = [cell for name in taken.namelist() for row in csv.reader(io.StringIO(taken.read(name).decode("utf-8-sig"))) for cell in row]
    assert rows and not [cell for cell in rows if re.match(r"[=@\t\r]|[+-]\D", cell)]


def hostile(kind):
    view = open_view(*parse(kind), "zh")
    texts = [FORMULAS[i % len(FORMULAS)] for i in range(len(view.frame))]
    return replace(view, frame=view.frame.assign(note=texts, value_text=texts, locator=texts), title="=1+1")


@pytest.mark.parametrize("name", ["csv", "sdmx", "xlsx", "pptx"])
def test_exports_hold_no_formula(built, name):
    content = of_view(hostile("trends?indicators=gdp&areas=110000"), name, STANDARD)
    if name in ("csv", "sdmx"):
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
            assert not [c for c in row if c.startswith(("=", "+", "@", "\t", "\r", "\uff1d", "\uff20")) or re.match(r"-\D|-.*\|", c)], row
        return
    books = [content] if name == "xlsx" else [s.chart.part.chart_workbook.xlsx_part.blob for slide in Presentation(io.BytesIO(content)).slides
                                              for s in slide.shapes if s.has_chart]
    assert books
    cells = [c for book in books for sheet in load_workbook(io.BytesIO(book)) for row in sheet.iter_rows() for c in row]
    assert len(cells) > 10 and not [c.value for c in cells if c.data_type == "f"] and not [c for c in cells if c.hyperlink]


# --- markup and headers ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["svg", "cite", "json"])
def test_exports_hold_no_markup_of_a_report(built, name):
    view = open_view(*parse("map?indicator=pm25&year=2019"), "zh")
    content = of_view(replace(view, title=EVIL, frame=view.frame.assign(note=EVIL, value_text=EVIL)), name, STANDARD).decode("utf8")
    assert name == "json" or ("<script" not in content and 'onerror="' not in content)


def test_a_briefing_file_is_not_ended_by_what_its_data_say(built, monkeypatch):
    real = briefing.slide_content
    monkeypatch.setattr(briefing, "slide_content", lambda *given: {**real(*given), "title": EVIL, "notes": [EVIL], "headline": "<!--<script>" + EVIL})
    html = frozen(b'[[slide]]\nview = "number?indicator=pm25&area=110000"', "zh").decode()
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)[1]
    assert json.loads(data)["views"]["zh"][0]["title"] == EVIL and "<script>alert" not in html and "<img src=x" not in html and "<!--<" not in html


def test_scripts_write_markup_from_constants_alone():
    for path in (ROOT / "dashboard" / "component").glob("*.js"):
        source = path.read_text("utf8")
        assert not re.search(r"insertAdjacentHTML|outerHTML|document\.write|\beval\(|new Function|setTimeout\(['\"`]", source), path.name
        for written in re.findall(r"\.innerHTML\s*=\s*(.+)", source):
            held = re.findall(r"\$\{([^}]*)\}", written)
            assert written.startswith(("'", "`")) and set(held) <= {"++hatches", "c.soft", "mark"}, (path.name, written)


def test_pages_place_no_script_and_unescaped_markup_nowhere():
    for path in (ROOT / "dashboard").rglob("*.py"):
        source = path.read_text("utf8")
        assert not re.search(r"unsafe_allow_(html|javascript)|components\.v1|st\.markdown\(f|st\.write\(f", source), path.name


@pytest.mark.parametrize("text", ["a\r\nSet-Cookie: x=1", "a\nX: 1", "\u6587\u4ef6\"; filename=\"evil.exe", "\0", "x" * 300])
def test_no_parameter_becomes_a_header(client, text):
    for path in ("/api/export/map.csv?title={}", "/api/export/map.csv?indicator={}", "/api/series/{}.csv", "/api/export/{}.csv", "/embed/map?theme={}&lang={}"):
        answer = client.get(path.replace("{}", quote(text)))
        assert "set-cookie" not in answer.headers and "x" not in answer.headers and "evil" not in answer.headers.get("content-disposition", "")


@pytest.mark.parametrize("name", ["a\r\nSet-Cookie: x=1", '"; filename="evil.exe', "\u6587\u4ef6.csv", "\0"])
def test_the_name_of_a_file_becomes_no_header(client, monkeypatch, name):
    class Clerk:
        async def carry_out(self, order, job):
            return File(b"x", "text/csv", name)

    monkeypatch.setattr(export_api, "desk", Clerk)
    answer = client.get("/api/export/ranking.csv")
    said = answer.headers["content-disposition"]
    assert answer.status_code == 200 and "set-cookie" not in answer.headers and said.isascii() and said.count('"') == 2 and said.endswith(quote(name))


@pytest.mark.parametrize("query", ["dpi=99999999", "dpi=-1", "dpi=1e9", "size=99999x99999", "font=99999", "theme=url(x)", "dpi=300&dpi=600"])
def test_no_picture_is_larger_than_the_offered_ones(client, query):
    answer = client.get(f"/api/export/map.png?{query}")
    assert answer.status_code == 400 and answer.json()["error"]


# --- uploads ----------------------------------------------------------------------------------------


def zipped(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


LAUGHS = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">' + "".join(f'<!ENTITY {c} "{f"&{b};" * 10}">' for b, c in zip("abcdefgh", "bcdefghi")) + "]><l>&i;</l>"
FETCH = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'


@pytest.mark.parametrize(("name", "data"), [
    ("bomb.docx", zipped({"word/document.xml": b"0" * 30_000_000})), ("laughs.docx", zipped({"word/document.xml": LAUGHS})), ("fetch.docx", zipped({"word/document.xml": FETCH})),
    ("laughs.xlsx", zipped({"xl/workbook.xml": LAUGHS})), ("fetch.xlsx", zipped({"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": FETCH})),
    ("large.txt", b"1" * (20 * 2 ** 20 + 1)), ("program.txt", b"\x7fELF" + bytes(99)), ("scan.docx", b"\x89PNG" + bytes(99))], ids=lambda x: x if isinstance(x, str) else "")
def test_hostile_uploads_get_a_sentence_and_nothing_is_kept(reviewing_, name, data):
    with pytest.raises(ValueError) as refused:
        intake.take_in(name, data, "en")
    assert str(refused.value).endswith(".") and "root:" not in str(refused.value) and len(store.reports()) == 1


_READ = """
import sys
from indicators.reports.reader import read_text
read_text(sys.argv[1] * int(sys.argv[2]), date="2024-01-01", title="x")
"""


@pytest.mark.parametrize("piece", ["1", "1%", "\uff08"])
def test_a_text_that_repeats_itself_is_read_in_bounded_time(piece):
    """A pattern that backtracks without end would need hours for this and is stopped by the system."""
    done = subprocess.run([sys.executable, "-c", _READ, piece, str(20_000 // len(piece))], cwd=ROOT, capture_output=True, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (30, 30)))
    assert done.returncode == 0, done.stderr[-300:]
