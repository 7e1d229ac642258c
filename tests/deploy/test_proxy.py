"""The shipped nginx configuration before two small servers that say what reached them."""

import collections
import json
import secrets
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.conftest import free_port
from tests.deploy import stack

pytestmark = pytest.mark.skipif(not stack.nginx_program(), reason="nginx is not here: apt-get install nginx")


class Upstream:
    """A server that answers with what it got; some addresses make it behave otherwise."""

    def __init__(self):
        self.seen = collections.Counter()
        self.answers = {}  # path -> (status, headers, content or None for a connection that breaks)
        upstream = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                path = self.path.partition("?")[0]
                upstream.seen[f"{self.command} {path}"] += 1
                status, headers, content = upstream.answers.get(path, (200, {}, ""))
                if content is None:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                    status, content = 304, ""
                    upstream.seen[f"304 {path}"] += 1
                elif not content:
                    content = json.dumps({"port": upstream.port, "headers": [(k.lower(), v) for k, v in self.headers.items()]})
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", "X-Request-ID": "of the program", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content.encode())

            do_POST = do_PUT = do_GET

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """nginx and its two servers."""
    folder = tmp_path_factory.mktemp("nginx")
    upstreams = [Upstream(), Upstream()]
    with ExitStack() as closing:
        for upstream in upstreams:
            closing.callback(upstream.server.shutdown)
        login = closing.enter_context(stack.login_service())
        https, http = free_port(), free_port()
        stack._certificate(folder)
        stack._nginx_files(folder, tuple(u.port for u in upstreams), https, http, login)
        closing.enter_context(stack.nginx(folder))
        found = stack.Stack(folder, [], https, http)
        found.upstreams = upstreams
        yield found


def _got(proxy, path, **headers):
    """Headers that reached a server, and which."""
    status, _, content = proxy.get(path, **headers)
    assert status == 200
    got = json.loads(content)
    assert len(dict(got["headers"])) == len(got["headers"]), "a header reached it twice"
    return dict(got["headers"]), got["port"]


@contextmanager
def _answering(proxy, path, *answers):
    for upstream, answer in zip(proxy.upstreams, answers):
        upstream.answers[path] = answer
        upstream.seen.clear()
    yield [u.seen for u in proxy.upstreams]
    for upstream in proxy.upstreams:
        upstream.answers.clear()


def test_what_a_client_says_about_itself_and_its_way_reaches_nobody(proxy):
    lies = {"X-Remote-User": "wang", "X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "Forwarded": "for=127.0.0.1",
            "X-Real-IP": "10.0.0.1", "Via": "1.1 x", "X-Forwarded-Server": "x", "X-Forwarded-Port": "80", "X-Request-ID": "mine", "Upgrade": "websocket"}
    got, _ = _got(proxy, "/map", **lies)
    host = proxy.url.removeprefix("https://")
    assert (got["host"], got["x-forwarded-host"], got["x-forwarded-proto"], got["x-forwarded-for"]) == (host, host, "https", "127.0.0.1")
    assert not {"x-remote-user", "forwarded", "x-real-ip", "via", "x-forwarded-server", "x-forwarded-port", "upgrade"} & set(got)
    assert len(got["x-request-id"]) == 32


def test_login_names_the_reader_and_an_id_leads_from_the_answer_to_the_log(proxy):
    assert _got(proxy, "/review", Cookie="who=li", X_Remote_User="wang")[0]["x-remote-user"] == "li"
    _, headers, _ = proxy.get("/map?year=2020")
    assert [len(v) for v in headers.get_all("X-Request-ID")] == [32]
    line = next(line for line in proxy.log() if line["request_id"] == headers["X-Request-ID"])
    assert (line["path"], line["status"], line["client"]) == ("/map", 200, "127.0.0.1") and "2020" not in json.dumps(line)


def test_websocket_is_passed_on_at_the_address_of_sessions_alone(proxy):
    asked = {"Upgrade": "websocket", "Connection": "Upgrade"}
    got, _ = _got(proxy, "/_stcore/stream", **asked)
    assert (got["upgrade"], got["connection"]) == ("websocket", "upgrade")
    assert "upgrade" not in _got(proxy, "/api/export/jobs/abcdefgh", **asked)[0]


def test_a_reader_gets_a_cookie_with_the_first_page_and_stays_with_one_replica(proxy):
    _, headers, _ = proxy.get("/map")
    cookie, *flags = headers["Set-Cookie"].split("; ")
    assert flags == ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"]
    status, headers, _ = proxy.get("/map", Cookie=cookie)
    assert status == 200 and "Set-Cookie" not in headers
    assert len({_got(proxy, path, Cookie=cookie)[1] for path in ("/map", "/_stcore/stream", "/api/export/map.png?job=one-of-many", "/api/export/jobs/other-job", "/")}) == 1
    assert {_got(proxy, "/", Cookie=f"replica={secrets.token_hex(16)}")[1] for _ in range(40)} == {u.port for u in proxy.upstreams}
    for made_up in ("replica=x", "replica=" + "g" * 32, "replica=" + "a" * 400):
        assert "Set-Cookie" in proxy.get("/", Cookie=made_up)[1]
    for path in ("/api/catalogue.json", "/assets/1/a.js", "/static/a.js", "/media/1"):
        assert "Set-Cookie" not in proxy.get(path)[1], path


def test_progress_of_an_export_is_asked_where_the_export_is_made(proxy):
    places = {}
    for n in range(20):
        job = f"a1b2c3d4e5f6-{n}"
        places[job] = _got(proxy, f"/api/export/map.png?dpi=300&job={job}")[1]
        assert _got(proxy, f"/api/export/jobs/{job}")[1] == places[job]
    assert set(places.values()) == {u.port for u in proxy.upstreams}


def test_a_replica_that_breaks_off_is_passed_over_for_what_reads_and_nothing_is_written_twice(proxy):
    for broken in (0, 1):
        answers = [(200, {}, None if i == broken else "kept") for i in (0, 1)]
        with _answering(proxy, "/api/series/gdp.json", *answers), _answering(proxy, "/api/export/map.png", *answers):
            for n in range(6):
                assert proxy.get(f"/api/series/gdp.json?n={broken}{n}")[0] == 200
                assert proxy.get(f"/api/export/map.png?n={n}")[0] == 200
    with _answering(proxy, "/api/export/basket.zip", (200, {}, None), (200, {}, None)) as seen:
        status, _, _ = proxy.get("/api/export/basket.zip", "POST", b"{}")
        assert status == 502
        assert sum(s["POST /api/export/basket.zip"] for s in seen) == 1


def test_a_file_that_only_one_replica_has_is_found(proxy):
    for path in ("/media/one.csv", "/assets/0123456789ab/app.js", "/static/js/new.js"):
        with _answering(proxy, path, (404, {}, "none"), (200, {}, "there")):
            assert all(proxy.get(f"{path}?{n}")[::2] == (200, b"there") for n in range(4)), path
        with _answering(proxy, path, (404, {}, "none"), (404, {}, "none")):
            assert proxy.get(f"{path}?gone")[0] == 404


def test_a_file_is_taken_by_the_replica_that_has_the_session(proxy):
    path = "/_stcore/upload_file/session/file"
    for here in (0, 1):
        answers = [(200, {}, "taken") if i == here else (404, {}, "none") for i in (0, 1)]
        with _answering(proxy, path, *answers) as seen:
            assert {proxy.get(path, "PUT", b"report")[0] for _ in range(4)} == {200}
            assert seen[here][f"PUT {path}"] == 4


def test_figures_are_kept_for_their_second_and_then_asked_about_by_entity_tag(proxy):
    path, headers = "/api/series/gdp.json", {"Cache-Control": "public, max-age=1, must-revalidate", "ETag": '"one"', "Vary": "Accept-Encoding"}
    with _answering(proxy, path, (200, headers, "first"), (200, headers, "first")) as seen:
        ids = {proxy.get(f"{path}?kept", Accept_Encoding=accept, Cookie=f"replica={secrets.token_hex(16)}")[1]["X-Request-ID"]
               for accept in ("gzip, deflate, br", "br;q=1.0, gzip", "gzip, br", "gzip,deflate,br,zstd") for _ in range(3)}
        assert sum(s[f"GET {path}"] for s in seen) == 1 and len(ids) == 12
        proxy.get(f"{path}?kept")  # which takes nothing compressed, and must not get what was kept for others
        assert sum(s[f"GET {path}"] for s in seen) == 2
        time.sleep(2.1)
        assert proxy.get(f"{path}?kept", Accept_Encoding="br")[2] == b"first"
        assert (sum(s[f"GET {path}"] for s in seen), sum(s[f"304 {path}"] for s in seen)) == (3, 1)
    changed = {**headers, "ETag": '"two"'}
    with _answering(proxy, path, (200, changed, "second"), (200, changed, "second")):
        time.sleep(2.1)
        assert proxy.get(f"{path}?kept", Accept_Encoding="br")[2] == b"second"
    assert [_got(proxy, "/map", Accept_Encoding=a)[0].get("accept-encoding") for a in ("gzip, deflate, br", "deflate, gzip;q=0.5", "br;q=0, gzip", "identity")] == [
        "br, gzip", "gzip", "gzip", None]


@pytest.mark.parametrize(("path", "headers"), [
    ("/map", {"Cache-Control": "public, max-age=60"}),  # pages belong to a reader
    ("/api/export/map.png", {"Cache-Control": "public, max-age=60"}),
    ("/api/briefing/default.json", {"Cache-Control": "no-cache"}),
    ("/api/series/gdp.json", {"Cache-Control": "no-store"}),
    ("/api/series/gdp.json", {}),
    ("/api/catalogue.json", {"Cache-Control": "public, max-age=60", "Set-Cookie": "who=li"}),
])
def test_what_is_somebodys_or_says_so_is_not_kept(proxy, path, headers):
    with _answering(proxy, path, (200, headers, "x"), (200, headers, "x")) as seen:
        for _ in range(3):
            assert proxy.get(f"{path}?n={len(headers)}")[0] == 200
        assert sum(s[f"GET {path}"] for s in seen) == 3


def test_open_connections_are_sent_to_the_encrypted_address(proxy):
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    with pytest.raises(urllib.error.HTTPError) as moved:
        urllib.request.build_opener(Stay).open(f"{proxy.plain}/map?year=2020")
    assert (moved.value.code, moved.value.headers["Location"]) == (301, "https://127.0.0.1/map?year=2020")
    port = int(proxy.url.rpartition(":")[2])

    def agreed(least, most):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version, context.maximum_version = least, most
        with socket.create_connection(("127.0.0.1", port), 5) as plain, context.wrap_socket(plain) as encrypted:
            return encrypted.version()

    versions = ssl.TLSVersion
    assert (agreed(versions.TLSv1_2, versions.TLSv1_2), agreed(versions.TLSv1_3, versions.TLSv1_3)) == ("TLSv1.2", "TLSv1.3")


def test_what_is_for_operators_or_too_large_ends_at_the_proxy(proxy):
    for path in ("/metrics", "/metrics/", "/readyz", "/readyz/x", "/metrics?x=1"):
        status, headers, _ = proxy.get(path)
        assert (status, headers["Server"]) == (404, "nginx"), path
    assert _got(proxy, "/healthz")[1]
    large = b"x" * 1_100_000
    assert [proxy.get(path, "PUT", large)[0] for path in ("/api/briefing/check", "/_stcore/upload_file/a/b")] == [413, 200]


def test_text_that_comes_uncompressed_is_compressed_and_what_is_compressed_is_left(proxy):
    text = "北京".encode("unicode_escape").decode() * 1000
    with _answering(proxy, "/api/sources.json", *[(200, {}, text)] * 2), _answering(proxy, "/api/areas.json", *[(200, {"Content-Encoding": "br"}, "packed")] * 2):
        _, headers, content = proxy.get("/api/sources.json", Accept_Encoding="gzip")
        assert headers["Content-Encoding"] == "gzip" and headers["Vary"] == "Accept-Encoding" and len(content) < len(text) / 10
        assert proxy.get("/api/sources.json")[2].decode() == text
        _, headers, content = proxy.get("/api/areas.json", Accept_Encoding="br, gzip")
        assert (headers["Content-Encoding"], content) == ("br", b"packed")
