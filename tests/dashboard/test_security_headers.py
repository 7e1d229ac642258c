"""Who is let in at the door, and what every answer carries: against the middleware alone and against a real server behind a proxy."""

import base64
import hashlib
import http.client
import json
import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse

from dashboard import briefing
from dashboard.server.policy import hashes, own_scripts
from dashboard.server.security import Security, cookie
from dashboard.static_files import shell
from tests.conftest import ROOT, serving

PROXY = "10.0.0.5"


def _page(request):
    answer = HTMLResponse("<!doctype html><p>page")
    answer.headers["server"] = "chatty"
    answer.headers["access-control-allow-origin"] = "*"
    answer.set_cookie("_streamlit_user", "u", samesite="none")
    answer.set_cookie("_streamlit_xsrf", "x", samesite="strict")
    return answer


def _seen(request):
    return JSONResponse({"headers": [(k, v) for k, v in request.headers.items()], "base": str(request.base_url), "way": request.scope["dashboard.caller"].way,
                         "client": request.scope["dashboard.caller"].client})


def _fails(request):
    raise RuntimeError("secret detail")


async def _talk(socket):
    await socket.accept()
    await socket.send_json({"headers": [list(pair) for pair in socket.headers.items()], "host": socket.headers["host"], "scheme": socket.scope["scheme"]})
    await socket.close()


ROUTES = [Route("/", _page), Route("/briefing", _page), Route("/embed/map", _page), Route("/api/seen", _seen, methods=["GET", "POST"]), Route("/fails", _fails),
          Route("/kept", lambda r: Response(status_code=304)), Route("/x.svg", lambda r: Response("<svg/>", media_type="image/svg+xml")),
          Route("/x.pdf", lambda r: Response(b"%PDF", media_type="application/pdf")), WebSocketRoute("/_stcore/stream", _talk)]


@pytest.fixture
def door(built, monkeypatch):
    """A client of the middleware, from an address and with settings."""
    def make(address="192.0.2.9", base="http://x.cn", **given):
        for name in ("REVIEWERS", "ADMINISTRATORS", "REVIEWER_HEADER", "ALLOWED_ORIGINS", "EMBED_ORIGINS", "PUBLIC_URL"):
            monkeypatch.setenv(name, given.get(name, ""))
        monkeypatch.setenv("TRUSTED_PROXIES", given.get("TRUSTED_PROXIES", PROXY))
        app = Starlette(routes=ROUTES, middleware=[Middleware(Security)])
        return TestClient(app, base_url=base, client=(address, 50000), raise_server_exceptions=False)

    return make


# --- headers -------------------------------------------------------------------------------------


def directives(answer):
    """The policy of an answer, sources by directive."""
    return {name: rest for name, *rest in (part.split() for part in answer.headers["content-security-policy"].split(";"))}


@pytest.mark.parametrize("path", ["/", "/briefing", "/embed/map", "/api/seen", "/fails", "/nowhere", "/x.svg", "/x.pdf"])
def test_every_answer_carries_the_headers(door, path):
    answer = door().get(path)
    assert answer.headers["x-content-type-options"] == "nosniff" and answer.headers["referrer-policy"] == "same-origin"
    assert "camera=()" in answer.headers["permissions-policy"] and answer.headers["cross-origin-resource-policy"] in ("same-origin", "cross-origin")
    assert "frame-ancestors" in directives(answer) and "server" not in answer.headers and "access-control-allow-origin" not in answer.headers
    assert "strict-transport-security" not in answer.headers
    if path == "/fails":
        assert answer.status_code == 500 and "secret detail" not in answer.text and answer.json()["error"].endswith("。")


def test_a_page_may_run_its_own_scripts_and_reach_its_own_host_alone(door):
    found = directives(door().get("/"))
    assert found["default-src"] == ["'self'"] and found["object-src"] == ["'none'"] and found["base-uri"] == found["form-action"] == ["'self'"]
    assert found["frame-ancestors"] == ["'self'"] and found["connect-src"] == ["'self'", "ws://x.cn"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"} & set(found["script-src"])
    screen = directives(door().get("/briefing"))
    assert "blob:" not in screen["script-src"] and screen["connect-src"] == ["'self'"]
    for other in ("/x.svg", "/api/seen"):
        assert directives(door().get(other))["default-src"] == ["'none'"]


def test_hashes_are_those_of_the_scripts_in_the_page_and_of_no_other(built):
    html = "<script>a()</script><script src=x>b()</script><script type='application/json'>c</script>"
    assert hashes(html) == (f"'sha256-{base64.b64encode(hashlib.sha256(b'a()').digest()).decode()}'",)
    for lang in ("zh", "en"):
        for chart in (True, False):
            for maps in (True, False):
                assert set(hashes(shell(lang, chart, maps)[0].decode())) <= set(own_scripts(False))
    with TestClient(Starlette(routes=briefing.routes)) as client:
        for path in ("/briefing", "/briefing?basket=1&lang=en", "/embed/map?indicator=pm25&lang=en&theme=dark"):
            assert set(hashes(client.get(path).text)) == set(own_scripts(True))


@pytest.mark.parametrize(("given", "embed"), [("", "'self'"), ("*", "*"), ("none", "'none'"), ("https://portal.cn", "'self' https://portal.cn")])
def test_other_sites_frame_embedded_charts_where_they_are_listed_and_nothing_else(door, given, embed):
    client = door(EMBED_ORIGINS=given)
    assert " ".join(directives(client.get("/embed/map"))["frame-ancestors"]) == embed
    assert directives(client.get("/"))["frame-ancestors"] == directives(client.get("/briefing"))["frame-ancestors"] == ["'self'"]
    assert client.get("/").headers["x-frame-options"] == "SAMEORIGIN" and "x-frame-options" not in client.get("/embed/map").headers


def test_an_answer_that_says_unchanged_leaves_the_policy_that_the_browser_has(door):
    assert "content-security-policy" not in door().get("/kept").headers


@pytest.mark.parametrize(("address", "base", "sent", "secure"), [
    ("192.0.2.9", "http://x.cn", {}, False), ("192.0.2.9", "https://x.cn", {}, True), ("192.0.2.9", "http://x.cn", {"X-Forwarded-Proto": "https"}, False),
    (PROXY, "http://x.cn", {"X-Forwarded-Proto": "https"}, True), (PROXY, "http://x.cn", {"X-Forwarded-Proto": "http"}, False)])
def test_encryption_is_asked_for_where_the_reader_has_it(door, address, base, sent, secure):
    answer = door(address, base).get("/", headers=sent)
    assert ("strict-transport-security" in answer.headers) == secure
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2 and all(("Secure" in one.split("; ")) == secure for one in cookies)
    assert (f"{'wss' if secure else 'ws'}://x.cn") in directives(answer)["connect-src"]


def test_cookies_go_to_this_site_alone_and_to_no_script_but_one(door):
    user, xsrf = door().get("/").headers.get_list("set-cookie")
    assert user.startswith("_streamlit_user=u;") and user.split("; ")[-2:] == ["SameSite=Lax", "HttpOnly"]
    assert xsrf.startswith("_streamlit_xsrf=x;") and xsrf.split("; ")[-1] == "SameSite=Strict" and "HttpOnly" not in xsrf
    assert cookie(b"s=; expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; HttpOnly", False) == b"s=; expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax; HttpOnly"


# --- who asks ------------------------------------------------------------------------------------


def test_only_a_listed_proxy_names_a_reviewer(door):
    given = {"REVIEWER_HEADER": "X-Remote-User", "REVIEWERS": "li"}

    def named(address, headers):
        return [v for k, v in door(address, **given).get("/api/seen", headers=headers).json()["headers"] if k == "x-remote-user"]

    assert named(PROXY, {"X-Remote-User": "li"}) == ["li"]
    assert named(PROXY, [("X-Remote-User", "li"), ("x-remote-user", "wang")]) == []  # the visitor's own beside the proxy's
    for sent in ({}, {"X-Forwarded-For": PROXY}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Real-IP": PROXY}, {"Forwarded": f"for={PROXY}"}):
        assert named("192.0.2.9", {"X-Remote-User": "li", **sent}) == []
        assert named("127.0.0.1", {"X-Remote-User": "li", **sent}) == []


@pytest.mark.parametrize(("address", "base", "sent", "way", "client"), [
    ("127.0.0.1", "http://localhost:8501", {}, "local", "127.0.0.1"), ("::1", "http://[::1]:8501", {}, "local", "::1"),
    ("127.0.0.1", "http://evil.example", {}, "remote", "127.0.0.1"),  # another site's name that leads here
    ("127.0.0.1", "http://localhost", {"X-Forwarded-For": "192.0.2.7"}, "remote", "127.0.0.1"),  # a proxy on this machine that is not listed
    ("127.0.0.1", "http://localhost", {"Via": "1.1 nginx"}, "remote", "127.0.0.1"), ("127.0.0.1", "http://localhost", {"X-Real-IP": "127.0.0.1"}, "remote", "127.0.0.1"),
    ("192.0.2.9", "http://localhost", {"X-Forwarded-For": "127.0.0.1"}, "remote", "192.0.2.9"),
    (PROXY, "http://localhost", {}, "proxy", PROXY), (PROXY, "http://x.cn", {"X-Forwarded-For": "127.0.0.1, 192.0.2.7"}, "proxy", "192.0.2.7"),
    (PROXY, "http://x.cn", {"X-Forwarded-For": f"192.0.2.7:4711, {PROXY}"}, "proxy", "192.0.2.7"), (PROXY, "http://x.cn", {"X-Forwarded-For": "nonsense"}, "proxy", PROXY)])
def test_a_request_is_local_only_without_any_proxy_between(door, address, base, sent, way, client):
    seen = door(address, base).get("/api/seen", headers={**sent, "X-Dashboard-Way": "local"}).json()
    assert (seen["way"], seen["client"]) == (way, client)
    assert "x-dashboard-way" not in dict(seen["headers"])


def test_the_address_of_the_deployment_is_told_by_a_listed_proxy_alone(door):
    sent = {"X-Forwarded-Host": "monitor.cn", "X-Forwarded-Proto": "https"}
    assert door(PROXY).get("/api/seen", headers=sent).json()["base"] == "https://monitor.cn/"
    assert door().get("/api/seen", headers=sent).json()["base"] == "http://x.cn/"
    assert door(PROXY).get("/api/seen", headers={"X-Forwarded-Host": "a b; script-src *"}).status_code == 400


# --- other sites ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "status"), [
    ({}, 200), ({"Origin": "http://x.cn"}, 200), ({"Origin": "https://x.cn"}, 200), ({"Origin": "http://x.cn:80"}, 200), ({"Origin": "https://portal.cn"}, 200),
    ({"Origin": "http://evil.example"}, 403), ({"Origin": "http://x.cn.evil.example"}, 403), ({"Origin": "http://x.cn:8080"}, 403), ({"Origin": "null"}, 403),
    ({"Origin": "http://x.cn@evil.example"}, 403), ({"Origin": "http://localhost"}, 403), ({"Origin": "file://"}, 403), ({"Origin": "http://["}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403), ({"Sec-Fetch-Site": "same-origin", "Origin": "http://x.cn"}, 200)])
def test_other_sites_can_send_nothing(door, sent, status):
    answer = door(ALLOWED_ORIGINS="https://portal.cn").post("/api/seen?lang=en", headers=sent, json={})
    assert answer.status_code == status and (status == 200 or answer.json()["error"].endswith("."))


def test_services_that_no_reader_needs_are_closed(door):
    for path in ("/_stcore/metrics", "/_stcore/agent", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"):
        assert door().get(path).status_code == 404


@pytest.mark.parametrize(("address", "sent", "in_"), [
    ("192.0.2.9", {"Origin": "http://x.cn"}, True), ("192.0.2.9", {"Origin": "http://evil.example"}, False), ("192.0.2.9", {}, False),
    ("192.0.2.9", {"Origin": "http://x.cn, http://evil.example"}, False), ("192.0.2.9", {"Origin": "http://127.0.0.1"}, False),
    (PROXY, {"Origin": "https://monitor.cn", "X-Forwarded-Host": "monitor.cn", "X-Forwarded-Proto": "https"}, True),
    (PROXY, {"Origin": "http://monitor.cn", "X-Forwarded-Host": "monitor.cn", "X-Forwarded-Proto": "https"}, False),
    ("192.0.2.9", {"Origin": "https://monitor.cn", "X-Forwarded-Host": "monitor.cn"}, False)])
def test_a_session_is_opened_by_a_page_of_ours_alone(door, address, sent, in_):
    def talk():
        with door(address, ALLOWED_ORIGINS="https://portal.cn").websocket_connect("ws://x.cn/_stcore/stream", headers=sent) as socket:
            return socket.receive_json()

    if not in_:
        with pytest.raises(WebSocketDenialResponse) as refused:
            talk()
        assert refused.value.status_code == 403 and refused.value.json()["error"]
        return
    seen = talk()
    assert seen["host"] == urlsplit(dict(sent)["Origin"]).netloc and ["x-dashboard-way", "proxy" if address == PROXY else "remote"] in seen["headers"]


# --- a real server ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def behind(built, tmp_path_factory):
    """A server whose proxy has the address 127.0.0.1; other addresses of this machine are visitors."""
    with serving(ROOT, tmp_path_factory.mktemp("behind"), TRUSTED_PROXIES="127.0.0.1", REVIEWER_HEADER="X-Remote-User", REVIEWERS="li", ADMINISTRATORS="wang") as url:
        yield url


def ask(url, path, method="GET", headers=None, body=None, source="127.0.0.2"):
    """Status, headers and content of an answer to a visitor at that address."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60, source_address=(source, 0))
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    try:
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


_TALK = """
import json, sys
from contextlib import ExitStack
from websockets.sync.client import connect
from websockets.exceptions import InvalidStatus
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

def seen(socket):
    ask = BackMsg()
    ask.rerun_script.query_string = "lang=EN"
    ask.rerun_script.page_name = "review"
    socket.send(ask.SerializeToString())
    session, shown, ended = "", [], False
    while not ended:
        told = ForwardMsg()
        told.ParseFromString(socket.recv(timeout=60))
        kind = told.WhichOneof("type")
        if kind == "new_session":
            session = told.new_session.initialize.session_id
        elif kind == "delta":
            shown.append(told.delta.new_element.WhichOneof("type") or told.delta.add_block.WhichOneof("type"))
        ended = kind == "script_finished"
    return {"session": session, "shown": shown}

with ExitStack() as open_:
    for uri, source, origin, headers in json.loads(sys.argv[1]):
        try:
            print(json.dumps(seen(open_.enter_context(connect(uri, origin=origin, additional_headers=headers, subprotocols=["streamlit"],
                                                              source_address=(source, 0), max_size=None)))), flush=True)
        except InvalidStatus as refused:
            print(json.dumps({"status": refused.response.status_code, "body": refused.response.body.decode()}), flush=True)
    sys.stdin.read()
"""
#: Visitors without a browser who open the page Review: address, origin (None for none, empty for the server's own), headers.
VISITORS = {
    "li through the proxy": ("127.0.0.1", "", {"X-Remote-User": "li", "X-Forwarded-For": "192.0.2.7"}),
    "nobody through the proxy": ("127.0.0.1", "", {"X-Forwarded-For": "192.0.2.7"}),
    "forged headers": ("127.0.0.2", "", {"X-Remote-User": "wang", "X-Forwarded-For": "127.0.0.1", "X-Dashboard-Way": "proxy"}),
    "behind an encrypting proxy": ("127.0.0.1", "https://monitor.cn", {"X-Forwarded-Host": "monitor.cn", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}),
    "page of another site": ("127.0.0.2", "http://evil.example", {}),
    "page of this machine": ("127.0.0.2", "http://localhost", {}),
    "no page at all": ("127.0.0.2", None, {}),
}


@pytest.fixture(scope="module")
def sessions(behind):
    """What each of the visitors saw; their sessions stay open meanwhile."""
    given = [[behind.replace("http", "ws") + "/_stcore/stream", source, behind if origin == "" else origin, headers] for source, origin, headers in VISITORS.values()]
    process = subprocess.Popen([sys.executable, "-c", _TALK, json.dumps(given)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield {name: json.loads(process.stdout.readline()) for name in VISITORS}
    process.communicate()


def test_only_the_proxys_word_makes_a_reviewer_of_a_session(sessions):
    assert "file_uploader" in sessions["li through the proxy"]["shown"]
    for name in ("nobody through the proxy", "forged headers", "behind an encrypting proxy"):
        assert "html" in sessions[name]["shown"] and "file_uploader" not in sessions[name]["shown"], name


@pytest.mark.parametrize("name", ["page of another site", "page of this machine", "no page at all"])
def test_a_real_session_is_opened_by_a_page_of_ours_alone(sessions, name):
    assert sessions[name]["status"] == 403 and json.loads(sessions[name]["body"])["error"]


def test_an_upload_needs_the_token_of_the_page(behind, sessions):
    _, headers, _ = ask(behind, "/_stcore/health")
    cookie_ = headers["Set-Cookie"].split(";")[0]
    assert cookie_.startswith("_streamlit_xsrf=") and "SameSite=Lax" in headers["Set-Cookie"]
    form = b'--x\r\nContent-Disposition: form-data; name="f"; filename="../../etc/passwd"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--\r\n'
    session = sessions["li through the proxy"]["session"]

    def send(**headers):
        return ask(behind, f"/_stcore/upload_file/{session}/1", "PUT", {"Content-Type": "multipart/form-data; boundary=x", **headers}, form)[0]

    assert send() == 403 and send(Cookie=cookie_) == 403 and send(**{"X-Xsrftoken": cookie_.partition("=")[2]}) == 403
    right = {"Cookie": cookie_, "X-Xsrftoken": cookie_.partition("=")[2]}
    assert send(**right, Origin="http://evil.example") == 403 and send(**right) == 204


def test_a_real_server_names_no_program_and_answers_faults_with_the_headers(behind):
    for path in ("/", "/api/catalogue.json", "/api/nowhere", "/static/nowhere.js", "/assets/0/x.js", "/_stcore/health", "/healthz", "/embed/nix", "/embed/map"):
        _, headers, _ = ask(behind, path, headers={"Accept": "text/html"})
        assert "Server" not in headers and headers["X-Content-Type-Options"] == "nosniff" and headers["Content-Security-Policy"], path


def test_a_basket_is_ordered_by_our_pages_in_json_alone(behind):
    body = json.dumps({"items": [{"address": "ranking"}], "lang": "en"}).encode()
    for headers, status in (({"Content-Type": "text/plain"}, 415), ({}, 415), ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
                            ({"Content-Type": "application/json", "Origin": "http://evil.example"}, 403),
                            ({"Content-Type": "application/json", "Sec-Fetch-Site": "cross-site"}, 403)):
        got, _, content = ask(behind, "/api/export/basket.zip?lang=en", "POST", headers, body)
        assert got == status and re.fullmatch(r"[A-Z][^.]*\.|.*application/json\.", json.loads(content)["error"])
