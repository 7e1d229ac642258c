"""What the briefing screen gets from the server."""

import json
import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import api, briefing
from dashboard.exports.frozen import frozen
from dashboard.i18n import t
from dashboard.static_files import _is_page

ONE = '[[slide]]\nview = "number?indicator=pm25&area=110000"\nseconds = 5\n'


@pytest.fixture(scope="module")
def client(built):
    with TestClient(Starlette(routes=[*briefing.routes, *api.routes]), raise_server_exceptions=False) as client:
        yield client


def inside(html):
    """What the player reads in a page."""
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)[1])


@pytest.mark.parametrize(("lang", "code"), [("zh", "zh-CN"), ("en", "en"), ("EN", "en"), ("fr", "zh-CN")])
def test_the_screen_is_a_page_of_its_own(client, lang, code):
    page = client.get(f"/briefing?lang={lang}")
    assert page.status_code == 200 and f'<html lang="{code}"' in page.text and "streamlit" not in page.text.lower()
    assert "http" not in re.sub(r'"[^"]*(citation|w3\.org)[^"]*"', "", page.text.split('id="data"')[0])
    content = inside(page.text)
    assert set(content["lists"]) == {"zh", "en"} and len(content["lists"]["zh"]["slides"]) == len(content["lists"]["en"]["slides"])
    assert not _is_page("/briefing") and not _is_page("/embed/map") and _is_page("/map")


def test_every_slide_of_the_list_can_be_fetched(client):
    got = client.get("/api/briefing/default.json?lang=zh").json()
    assert got["version"] == inside(client.get("/briefing").text)["version"]
    for slide in got["slides"]:
        content = client.get(slide["href"][1:]).json()
        assert content["headline"] and content["source_line"] and content["link"].startswith("./") and content["sources"]
        assert content["chart"]["figures"] and content["chart"]["panel"] is None
        assert all(s["href"].startswith("./sources?source=") for s in content["sources"])


def test_unchanged_slides_are_not_sent_again(client):
    first = client.get("/api/view/number.json?indicator=pm25&area=110000&lang=zh")
    again = client.get("/api/view/number.json?indicator=pm25&area=110000&lang=zh", headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304 and first.headers["cache-control"] == "no-cache"
    other = client.get("/api/view/number.json?indicator=pm25&area=110000&lang=en", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200 and other.json()["number"]["where"] == "Beijing"


@pytest.mark.parametrize(("path", "status"), [
    ("/api/view/nix.json", 404), ("/api/view/map.json?indicator=nix", 400), ("/api/view/map.json?indicator=gdp&year=1900", 400),
    ("/api/view/map.json?x=<script>", 400), ("/api/briefing/nix.json", 404), ("/api/briefing/..%2fdefault.json", 404), ("/api/view/map.json?" + "a" * 5000, 400)])
def test_what_cannot_be_answered_says_why_in_the_readers_language(client, path, status):
    for lang, end in (("zh", "。"), ("en", ".")):
        got = client.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
        assert got.status_code == status and got.json()["error"].endswith(end)
        assert set(got.json()) == {"error"}


def test_pages_that_cannot_be_shown_say_why_and_let_no_markup_in(client):
    for path, status in (("/briefing?playlist=<script>alert(1)</script>", 404), ("/embed/map?indicator=<script>alert(1)</script>", 400), ("/embed/nix", 404)):
        got = client.get(path)
        assert got.status_code == status and "<script" not in got.text and 'role="alert"' in got.text


def test_an_embedded_chart_is_a_page_alone(client):
    got = client.get("/embed/trends?indicators=gdp&lang=en&theme=dark")
    assert got.status_code == 200 and 'data-theme="dark"' in got.text
    content = inside(got.text)
    assert content["mode"] == "embed" and content["view"]["chart"]["figures"][0]["layout"]["meta"]["source"]


def test_a_list_is_checked_without_being_kept(client):
    got = client.post("/api/briefing/check", content=ONE * 3)
    assert got.status_code == 200 and got.json() == {"ok": True, "slides": 3, "seconds": 15}
    for body, status in ((ONE + "seconds = 1", 400), ('[[slide]]\nview = "map?indicator=gdp&year=1900"', 400), ("#" * 70_000, 413), (b"\xff", 400)):
        got = client.post("/api/briefing/check?lang=en", content=body)
        assert got.status_code == status and got.json()["error"].endswith(".")


def test_data_end_no_script_element(client, monkeypatch):
    monkeypatch.setattr(briefing, "words", lambda: {"zh": {"x": "</script><!--\u2028"}, "en": {}})
    html = client.get("/briefing").text
    assert inside(html)["words"]["zh"]["x"] == "</script><!--\u2028" and html.count("</script><!--") == 0


def test_one_file_holds_everything_once(built):
    data = frozen(
        (ONE + '[[slide]]\nview = "map?indicator=rail_km&level=province"\nplay = true\n[[slide]]\nview = "map?indicator=gdp&level=province"\n').encode(), "zh")
    html = data.decode()
    content = inside(html)
    assert set(content["geometry"]) == {"province"} and [len(content["views"][x]) for x in ("zh", "en")] == [3, 3]
    assert len(data) < 6_000_000
    assert not re.search(r'(?:src|href)="(?!data:)', html.split('id="data"')[0][:20_000])
    assert html.count("</script>") == html.count("<script"), "no script ends early"
    assert all(s["href"] is None for v in content["views"]["zh"] for s in v["sources"]) and content["views"]["zh"][0]["link"] is None
    linked = inside(frozen(ONE.encode(), "en", "https://example.org/").decode())["views"]["en"][0]
    assert linked["link"].startswith("https://example.org/embed/number?") and linked["sources"][0]["href"].startswith("https://example.org/sources?")
    assert t("zh", "app.title") == content["app"]["zh"]
