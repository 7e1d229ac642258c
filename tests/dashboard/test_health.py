"""Addresses for whoever runs the server: it lives, it is ready, it is about to end."""

import json
import signal
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from dashboard.server import health
from tests.conftest import ROOT, serving


@pytest.fixture
def client(monkeypatch, tmp_path):
    """A server that has just started, without a database."""
    monkeypatch.setattr(health, "_state", health._State())
    monkeypatch.setattr(health, "_known", {})
    monkeypatch.setattr(health, "_looking", {})
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    return TestClient(Starlette(middleware=[Middleware(health.Operators)]), client=("127.0.0.1", 5000))


def ready(client, lang="en"):
    answer = client.get(f"/readyz?lang={lang}")
    assert answer.headers["content-type"] == "application/json" and answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


@pytest.mark.parametrize("path", ["/healthz", "/healthz/", "/healthz?probe=1", "/readyz", "/readyz/", "/metrics/"])
def test_a_browser_a_slash_and_head_get_the_address_itself(client, built, path):
    health.warmed()
    full = client.get(path, headers={"Accept": "text/html"})
    head = client.head(path)
    assert full.status_code == head.status_code == 200 and "<html" not in full.text and head.content == b""
    assert head.headers["content-type"] == full.headers["content-type"]
    refused = client.post(path)
    assert refused.status_code == 405 and refused.headers["allow"] == "GET, HEAD" and refused.json()["error"].endswith(".")


def test_it_is_ready_once_the_first_figures_are_computed(client, built):
    status, said = ready(client)
    assert status == 503 and not said["ready"] and "ledger: the first figures are being computed" in said["reasons"]
    assert client.get("/healthz").json() == {"status": "ok"}
    health.warmed()
    status, said = ready(client)
    assert (status, said["ready"], said["reasons"], said["degraded"]) == (200, True, [], False)
    assert said["checks"] == {"ledger": "ok", "layers": "ok", "assets": "ok", "database": "none yet", "disk": "ok", "exports": "starting"}
    assert ready(client, "zh")[1]["checks"]["database"] == "尚未建立"


def test_a_start_that_failed_is_not_ready_and_says_so(client, built):
    health.warmed(RuntimeError("no ledger"))
    status, said = ready(client)
    assert status == 503 and "ledger: failed" in said["reasons"]


def test_a_database_that_is_away_degrades_and_does_not_take_the_server_out(client, built, monkeypatch):
    health.warmed()
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    status, said = ready(client)
    assert (status, said["ready"], said["degraded"], said["reasons"]) == (200, True, True, [])
    assert said["checks"]["database"] == "away, last known figures are shown" and "secret" not in str(said)


def test_a_database_that_keeps_silent_holds_nobody_up(client, built, monkeypatch):
    health.warmed()
    silent = threading.Event()
    monkeypatch.setitem(health.CHECKS, "database", lambda: silent.wait(20) and "ok")
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    try:
        assert ready(client)[1]["checks"]["database"] == "away, last known figures are shown"
        assert ready(client)[0] == 200
        assert sum(t.is_alive() for t in health._looking.values()) == 1  # and only one waits for it
    finally:
        silent.set()


def test_little_room_on_the_disk_is_told_and_missing_files_end_the_service(client, built, monkeypatch):
    health.warmed()
    monkeypatch.setattr(health, "LEAST_FREE", 10**18)
    status, said = ready(client)
    assert (status, said["checks"]["disk"], said["degraded"]) == (200, "low", True)
    health._known.clear()
    monkeypatch.setattr(health, "CACHE", health.CACHE / "nowhere")
    status, said = ready(client)
    assert status == 503 and said["reasons"] == ["assets: missing"]


def test_a_server_about_to_end_says_so_in_both_languages(client, built):
    health.warmed()
    health.stop()
    for lang, sentence in (("en", "The server is about to end."), ("zh", "服务器即将停止。")):
        status, said = ready(client, lang)
        assert status == 503 and said["reasons"] == [sentence]
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(("value", "seconds"), [("", 1), ("0", 0), ("30", 30)])
def test_the_time_to_drain_is_a_setting(monkeypatch, value, seconds):
    monkeypatch.setenv("DRAIN_SECONDS", value)
    assert health.drain_seconds() == seconds
    for wrong in ("soon", "-1", "301"):
        monkeypatch.setenv("DRAIN_SECONDS", wrong)
        with pytest.raises(ValueError, match=f"DRAIN_SECONDS is '{wrong}'; accepted"):
            health.drain_seconds()


# --- the real server ---------------------------------------------------------------------------


def ask(url, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_a_server_that_is_told_to_end_is_out_of_service_first_and_then_closes_its_sessions(built, tmp_path):
    with serving(ROOT, tmp_path, LOG_FORMAT="json", DRAIN_SECONDS="2", LIMIT_LOCAL="1", API_PER_MINUTE="1") as url:
        status, headers, body = ask(f"{url}/readyz", Accept="text/html")
        assert status == 503 and json.loads(body)["checks"]["ledger"] == "the first figures are being computed"
        own = {}
        for wanted in (404, 429):
            status, headers, body = ask(f"{url}/api/series/zhang-san.csv?area=li-si")
            assert status == wanted and json.loads(body)["request_id"] == headers["X-Request-ID"]
            own[headers["X-Request-ID"]] = wanted
        with connect(url.replace("http", "ws") + "/_stcore/stream", origin=url, subprotocols=["streamlit"]) as socket:
            numbers = ask(f"{url}/metrics")[2].decode()
            assert "\ndashboard_open_sessions 1.0\n" in numbers
            assert ask(f"{url}/metrics", **{"X-Forwarded-For": "127.0.0.1"})[0] == 403
            (process,) = _processes(tmp_path)
            process.send_signal(signal.SIGTERM)
            until = time.monotonic() + 10
            while "The server is about to end." not in json.loads(ask(f"{url}/readyz")[2])["reasons"]:
                assert time.monotonic() < until
            assert ask(f"{url}/healthz")[0] == 200
            socket.ping().wait(5)  # the session goes on meanwhile
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    socket.recv(timeout=20)
            assert closed.value.rcvd.code == 1012
        process.wait(20)
        with pytest.raises(OSError):
            ask(f"{url}/healthz")
    lines = []
    for line in (tmp_path / "log").read_text("utf8").splitlines():
        with suppress(ValueError):
            lines.append(json.loads(line))
    assert {x["message"] for x in lines} >= {"Application startup complete.", "Shutting down", "asked to end; no longer ready"}
    told = {x["request_id"]: x for x in lines if x.get("route", "").startswith("/api/")}
    assert {name: told[name]["status"] for name in own} == own
    assert not any(word in str(lines) for word in ("zhang", "li-si", "WebSocket", "Traceback"))


def _processes(folder):
    """The server whose database is in that folder."""
    import psutil

    found = []
    for process in psutil.Process().children():
        with suppress(psutil.Error):
            if str(folder / "review.sqlite") == process.environ().get("DATABASE_URL"):
                found.append(process)
    return found
