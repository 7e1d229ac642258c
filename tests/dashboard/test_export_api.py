"""Exports by their address: files with names, refusals as sentences, baskets, progress, the API's own description."""

import io
import json
import urllib.error
import urllib.request

import pytest
from PIL import Image
from pypdf import PdfReader

from dashboard import api, export_api
from dashboard.exports.render import BASKET_FORMATS, FORMATS, formats_of
from dashboard.i18n import text
from dashboard.kinds import KINDS

MAGIC = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF", "pptx": b"PK", "xlsx": b"PK", "zip": b"PK", "csv": b"\xef\xbb\xbf", "parquet": b"PAR1",
         "gpkg": b"SQLite format 3"}


def ask(url, body=None):
    """Status, headers and content of an answer."""
    request = urllib.request.Request(url, data=body, method="POST" if body is not None else "GET",
                                     headers={"Content-Type": "application/json"} if body is not None else {})
    try:
        with urllib.request.urlopen(request, timeout=90) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_comes_with_its_type_and_name(server, name):
    status, headers, content = ask(f"{server}/api/export/map.{name}?indicator=pm25&year=2019&dpi=144")
    assert status == 200, content[:300]
    assert headers["Content-Type"].split(";")[0] == FORMATS[name].media_type.split(";")[0]
    assert f"map-pm25-level-prefecture-2019-zh.{FORMATS[name].ending}" in headers["Content-Disposition"]
    assert headers["Cache-Control"] == "no-store"
    assert content.startswith(MAGIC.get(name, b"")) and len(content) > 100


def test_options_reach_the_picture(server):
    _, _, content = ask(f"{server}/api/export/trends.png?indicators=pm25&size=column&dpi=300&theme=dark&font=large&title=0&lang=en")
    image = Image.open(io.BytesIO(content)).convert("RGB")
    assert image.width == pytest.approx(85 / 25.4 * 300, abs=2) and sum(image.getpixel((1, 1))) < 120


@pytest.mark.parametrize(("path", "status", "word"), [
    ("foo.png", 404, "foo"), ("map.docx", 404, "docx"), ("trends.gpkg", 404, "gpkg"), ("data.png", 404, "png"), ("map.png?year=1066", 400, "1066"),
    ("map.png?indicator=nothing", 400, "nothing"), ("map.png?size=poster", 400, "poster"), ("map.png?dpi=9000", 400, "9000"), ("map.png?what=1", 400, "what"),
    ("map.png?year=2019&year=2020", 400, "year"), ("trends.png?indicators=gdp,pm25,rail_km,resident_population,expressway_km", 400, "indicators"),
    ("map.png?job=x", 400, "x"), ("report.pdf?area=999999", 400, "999999"), ("report.docx", 404, "docx"), ("trends.png?areas=131082&indicators=pm25", 404, "")])
def test_wrong_requests_are_answered_by_a_sentence(server, path, status, word):
    for lang in ("zh", "en"):
        got, headers, content = ask(f"{server}/api/export/{path}{'&' if '?' in path else '?'}lang={lang}")
        sentence = json.loads(content)["error"]
        assert got == status and headers["Content-Type"] == "application/json"
        assert word in sentence and "Traceback" not in sentence
        assert any("\u4e00" <= c <= "\u9fff" for c in sentence) == (lang == "zh")


ITEMS = [{"address": "map?indicator=pm25&year=2019", "title": "空气"}, {"address": "trends?indicators=gdp", "seconds": 9}]


def basket(server, name, **given):
    return ask(f"{server}/api/export/basket.{name}", json.dumps({"lang": "zh", "title": "材料", "items": ITEMS, **given}).encode())


@pytest.mark.parametrize("name", BASKET_FORMATS)
def test_a_basket_is_taken_away(server, name):
    status, headers, content = basket(server, name)
    assert status == 200, content[:300]
    assert content.startswith(MAGIC.get(name, b"")) and f"basket-zh.{name}" in headers["Content-Disposition"]
    if name == "pdf":
        words = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(content)).pages]
        assert len(words) == 2 and "PM2.5" in words[0] and "地区生产总值" in words[1]


@pytest.mark.parametrize(("body", "status"), [
    (b"", 400), (b"[1]", 400), (b"{", 400), (b'{"items": []}', 400), (b'{"items": [{"address": "map"}], "lang": "xx"}', 400),
    (b'{"items": [{"title": "x"}]}', 400), (b'{"items": [{"address": "nowhere?x=1"}]}', 400), (b'{"items": [{"address": "map?year=1066"}]}', 400),
    (b'{"items": [{"address": "map?colour=red"}]}', 400), (json.dumps({"items": ITEMS * 30}).encode(), 400), (b'{"items": "' + b"x" * 70_000 + b'"}', 413)])
def test_a_wrong_basket_is_answered_by_a_sentence(server, body, status):
    got, _, content = ask(f"{server}/api/export/basket.pptx", body)
    assert got == status and json.loads(content)["error"]


def test_progress_of_an_order_can_be_asked_for(server):
    assert json.loads(ask(f"{server}/api/export/jobs/never-heard-of")[2])["state"] == "unknown"
    ask(f"{server}/api/export/ranking.png?job=a-known-order")
    assert json.loads(ask(f"{server}/api/export/jobs/a-known-order")[2])["state"] == "done"


def test_the_description_has_every_export_with_its_parameters():
    paths = api.openapi_document()["paths"]
    for kind in KINDS.values():
        operation = paths[f"/api/export/{kind.id}.{{format}}"]["get"]
        names = [p["name"] for p in operation["parameters"]]
        assert names == ["format", *(p.name for p in kind.parameters), *(p.name for p in export_api.OPTIONS), "job", "lang"]
        assert operation["parameters"][0]["schema"]["enum"] == list(formats_of(kind.id))


def test_descriptions_of_parameters_stand_in_both_languages():
    names = {p.name for kind in KINDS.values() for p in kind.parameters} | {p.name for p in export_api.OPTIONS}
    for lang in ("zh", "en"):
        assert names <= set(text(lang)["api"]["parameter"])
