"""Static files: compressed ahead, kept for ever, and the shell that every page begins with."""

import gzip

import brotli
import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from dashboard.build import manifest
from dashboard.i18n import text
from dashboard.paths import CACHE
from dashboard.static_files import StaticFiles, asset_url, manifest_cached, shell

HTML = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def client(built):
    manifest_cached.cache_clear()
    shell.cache_clear()
    return TestClient(StaticFiles(PlainTextResponse("from the app behind")))


def raw(client, path, **headers):
    """Response and its bytes as they come over the wire."""
    with client.stream("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()}) as response:
        return response, b"".join(response.iter_raw())


def path_of(name):
    return asset_url(name).removeprefix(".")


@pytest.mark.parametrize(("accept", "encoding", "unpack"), [
    ("br, gzip", "br", brotli.decompress), ("gzip, deflate, br", "br", brotli.decompress), ("gzip", "gzip", gzip.decompress),
    ("identity", None, bytes)])
@pytest.mark.parametrize("name", ["chart.js", "app.css", "geometry-prefecture.json", "plotly-basic.min.js"])
def test_an_asset_comes_in_the_best_encoding_the_browser_knows(client, name, accept, encoding, unpack):
    response, body = raw(client, path_of(name), accept_encoding=accept)
    assert response.status_code == 200
    assert response.headers.get("content-encoding") == encoding
    assert unpack(body) == (CACHE / "assets" / name).read_bytes()
    assert int(response.headers["content-length"]) == len(body)
    assert "accept-encoding" in response.headers["vary"].lower()


@pytest.mark.parametrize(("name", "kind"), [("chart.js", "javascript"), ("app.css", "text/css"), ("geometry-county.json", "application/json"),
                                            ("favicon.svg", "image/svg+xml")])
def test_an_asset_has_its_type_and_may_be_kept_for_ever(client, name, kind):
    response, _ = raw(client, path_of(name), accept_encoding="br")
    assert kind in response.headers["content-type"]
    assert {"public", "immutable"} <= set(response.headers["cache-control"].replace(" ", "").split(","))
    assert int(response.headers["cache-control"].split("max-age=")[1].split(",")[0]) >= 31_536_000
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/assets/000000000000/chart.js", "/assets/chart.js", "/assets//chart.js", "/assets/", "/assets/x/../../secret",
                                  "/assets/{}/chart.js.br", "/assets/{}/nothing.js", "/assets/{}/../chart.js", "/assets/{}/%2e%2e/%2e%2e/build.py"])
def test_an_asset_under_any_other_address_is_not_there(client, path):
    response = client.get(path.format(manifest()["chart.js"]))
    assert response.status_code in (404, 200)
    if response.status_code == 200:  # resolved by the client to another address, which the app behind answers
        assert response.text == "from the app behind"
    if "/../" not in path:
        assert response.status_code == 404


def test_an_address_changes_with_the_content(client, tmp_path, monkeypatch):
    from dashboard import build

    (tmp_path / "assets").mkdir()
    monkeypatch.setattr(build, "CACHE", tmp_path)
    found = set()
    for content in ("1", "2"):
        (tmp_path / "assets" / "x.js").write_text(content)
        found.add(build.manifest()["x.js"])
    assert len(found) == 2


def test_streamlits_own_scripts_come_compressed(client):
    import streamlit

    folder = CACHE / "streamlit" / streamlit.__version__
    script = max(folder.rglob("index.*.js.br"), key=lambda p: p.stat().st_size)
    name = "/" + str(script.relative_to(folder)).removesuffix(".br")
    response, body = raw(client, name, accept_encoding="gzip, br")
    assert response.headers["content-encoding"] == "br" and len(body) == script.stat().st_size
    assert "immutable" in response.headers["cache-control"]
    plain, whole = raw(client, name, accept_encoding="identity")
    assert "content-encoding" not in plain.headers and whole == brotli.decompress(body)


def test_what_is_not_there_is_left_to_the_app_behind(client):
    for path in ("/static/js/nothing.js", "/static/%2e%2e/%2e%2e/app.py", "/api/catalogue.json", "/healthz"):
        assert client.get(path, headers=HTML).text == "from the app behind"
    assert client.post(path_of("chart.js")).text == "from the app behind"


# --- the shell -------------------------------------------------------------------------


@pytest.mark.parametrize(("query", "lang"), [("", "zh"), ("?lang=EN", "en"), ("?lang=en", "en"), ("?indicator=gdp&lang=EN", "en"),
                                             ("?lang=%E4%B8%AD%E6%96%87", "zh"), ("?lang=fr", "zh")])
@pytest.mark.parametrize("path", ["/", "/map", "/sources"])
def test_the_shell_speaks_the_language_of_the_address(client, path, query, lang):
    page = client.get(path + query, headers=HTML).text
    assert f'<html lang="{text(lang)["lang_tag"]}"' in page
    assert f"<title>{text(lang)['app']['title']}</title>" in page
    assert text(lang)["shell"]["noscript"] in page


def test_the_shell_asks_for_nothing_from_elsewhere(client):
    import re

    for path in ("/", "/map"):
        page = client.get(path, headers=HTML).text
        assert [u for u in re.findall(r"""(?:src|href)=["']([^"']*)""", page) if "//" in u] == []


def test_a_page_with_a_chart_asks_for_the_bundle_at_once(client):
    plotly = asset_url("plotly-basic.min.js")
    assert f'<script async id="plotly" src="{plotly}"' in client.get("/map", headers=HTML).text
    assert f'<script async id="plotly" src="{plotly}"' not in client.get("/sources", headers=HTML).text


def test_the_shell_is_asked_for_again_and_answers_in_short(client):
    first = client.get("/map", headers=HTML)
    assert "no-cache" in first.headers["cache-control"]
    again = client.get("/map", headers={**HTML, "if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == first.headers["etag"]
    other = client.get("/map", headers={**HTML, "if-none-match": '"another"'})
    assert other.status_code == 200
    assert client.get("/", headers=HTML).headers["etag"] != first.headers["etag"]


def test_the_shell_comes_compressed_where_the_browser_knows_how(client):
    response, body = raw(client, "/map", accept="text/html", accept_encoding="gzip")
    assert response.headers["content-encoding"] == "gzip"
    plain, whole = raw(client, "/map", accept="text/html", accept_encoding="identity")
    assert "content-encoding" not in plain.headers
    assert gzip.decompress(body) == whole
