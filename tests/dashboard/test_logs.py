"""What the server writes about itself: one line an event, found by the id of its request, and nothing about persons."""

import io
import json
import logging
import re

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard import api, intake
from dashboard.access import Person
from dashboard.server import logs
from dashboard.server.limits import Limits
from dashboard.server.request_id import request_id
from indicators.reports import store
from indicators.reports.reviewed import StoreError
from tests.indicators.review import SENTENCE

READER = "zhang.san@example.org"


@pytest.fixture
def written():
    """Lines that are logged in the meantime, as objects; everything, however small."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs._Json())
    handler.addFilter(logs._NoVisits())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def client(monkeypatch):
    for name in ("TRUSTED_PROXIES", "REVIEWERS", "REVIEWER_HEADER"):
        monkeypatch.delenv(name, raising=False)

    def broken(request):
        raise RuntimeError("the pipe is broken")

    def make(address="127.0.0.1"):
        routes = [*api.routes, Route("/map", broken), Route("/trends", lambda request: PlainTextResponse(request_id()))]
        return TestClient(Starlette(routes=routes, middleware=[Middleware(logs.Requests), Middleware(Limits)]), client=(address, 5000))

    return make


# --- ids ---------------------------------------------------------------------------------------


def test_every_request_has_an_id_of_its_own_which_threads_know_too(client):
    here = client()
    found = [here.get("/trends") for _ in range(3)]
    assert len({a.headers["x-request-id"] for a in found}) == 3
    assert all(a.text == a.headers["x-request-id"] and re.fullmatch("[0-9a-f]{16}", a.text) for a in found)
    assert request_id() == ""


@pytest.mark.parametrize(("proxies", "given", "taken"), [
    ("", "abc-1", False), ("10.9.9.9", "abc-1", False), ("10.0.0.0/24", "abc-1", True), ("10.0.0.0/24", "A.b_c-" + "9" * 58, True),
    ("10.0.0.0/24", "x" * 65, False), ("10.0.0.0/24", "a b", False), ("10.0.0.0/24", "a\"}{", False), ("10.0.0.0/24", "", False)])
def test_an_id_is_taken_over_from_trusted_proxies_alone(client, monkeypatch, proxies, given, taken):
    far = client("10.0.0.5")
    monkeypatch.setenv("TRUSTED_PROXIES", proxies)
    answer = far.get("/trends", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"] == given) is taken and answer.text == answer.headers["x-request-id"]


def test_refusals_and_errors_of_the_api_name_the_id(client, monkeypatch, written):
    here = client()
    refused = here.get("/api/series/nothing.csv")
    assert refused.json()["request_id"] == refused.headers["x-request-id"]

    def fails(path, query):
        raise RuntimeError("no such luck")

    monkeypatch.setattr(api, "_body", fails)
    failed = here.get("/api/series/gdp.csv")
    assert failed.status_code == 500 and failed.json()["request_id"] == failed.headers["x-request-id"]
    (line,) = [x for x in written() if x["level"] == "ERROR"]
    assert line["request_id"] == failed.headers["x-request-id"] and line["logger"] == "dashboard.api"
    assert "Traceback" in line["exception"] and "RuntimeError: no such luck" in line["exception"]


def test_what_nobody_handled_is_one_line_and_an_answer_with_the_id(client, written):
    answer = client().get("/map?name=zhang")
    assert answer.status_code == 500 and answer.json()["request_id"] == answer.headers["x-request-id"]
    (line,) = [x for x in written() if x["level"] == "ERROR"]
    assert line["request_id"] == answer.headers["x-request-id"] and "the pipe is broken" in line["exception"] and line["route"] == "/{page}"


def test_the_end_of_a_request_is_told_by_its_template(client, written):
    here = client()
    for path in ("/api/series/gdp.csv?area=110000", "/trends?for=zhang", "/nowhere/zhang"):
        here.get(path)
    told = [x for x in written() if x["logger"] == "dashboard.server.logs"]
    assert [(x["method"], x["route"], x["status"]) for x in told] == [
        ("GET", "/api/series/{id}.csv", 200), ("GET", "/{page}", 200), ("GET", "other", 404)]
    assert all(x["ms"] >= 0 and x["time"].endswith("+00:00") for x in told) and "zhang" not in str(told) and "110000" not in str(told)


# --- nothing about persons ---------------------------------------------------------------------


def test_a_report_that_is_read_and_decided_on_leaves_no_name_and_no_text_in_the_log(tmp_path, monkeypatch, written):
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    monkeypatch.setattr(intake, "require", lambda *_: Person(READER, "reviewer"))
    text = f"李四的内部报告\n\n{SENTENCE}保密的一句。"
    number = intake.take_in("李四.txt", text.encode(), "zh")
    proposal = store.proposals(number)[0]
    store.decide(proposal["id"], "accept", READER, 0, note="王五说的")
    with pytest.raises(store.Conflict):
        store.decide(proposal["id"], "accept", READER, 0)
    with pytest.raises(ValueError):
        intake.take_in("李四.docx", text.encode(), "zh")
    # an error of the database, whose message holds the statement and its values
    from indicators.reports import database

    try:
        with database.transaction() as connection:
            connection.exec_driver_sql("INSERT INTO nowhere (text, by) VALUES (?, ?)", (text, READER))
    except StoreError:
        logging.getLogger("dashboard").exception("a decision could not be kept")
    for name in ("uvicorn", "uvicorn.error"):  # as a server has set them up
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    logging.getLogger("uvicorn.error").info('%s - "WebSocket %s" [accepted]', "203.0.113.7:5000", "/_stcore/stream")
    logging.getLogger("uvicorn.error").warning("%s sent what nobody understands, as did 2001:db8::1:2", "203.0.113.7:5000")
    told = json.dumps(written(), ensure_ascii=False)
    assert "a decision could not be kept" in told and "nowhere" in told and "[address] sent what nobody understands" in told
    for word in (READER, "zhang", "李四", "王五", "保密", "4.4万亿元", "203.0.113", "2001:db8", "WebSocket"):
        assert word not in told, word


@pytest.mark.parametrize(("text", "left"), [
    ("10.1.2.3:4711 asked", "[address] asked"), ("GET /api/x.csv?name=Li HTTP/1.1", "GET /api/x.csv?[query] HTTP/1.1"), ("mail to li.hua@cn.example.org.", "mail to [mail]."),
    ("fe80::1:2:3 came", "[address] came"), ("listening on 0.0.0.0:8501", "listening on 0.0.0.0:8501"), ("version 1.67.0 at 12:30:45", "version 1.67.0 at 12:30:45"),
    ("it failed\n[SQL: INSERT\n INTO x]\n[parameters: ('Li',)]\nHelp", "it failed\nHelp")])
def test_persons_are_taken_out_of_whatever_libraries_say(text, left):
    assert logs.without_persons(text) == left


# --- one way for all ---------------------------------------------------------------------------


@pytest.fixture
def logging_as_it_was(monkeypatch):
    import sys
    import threading

    import streamlit.logger

    root = logging.getLogger()
    names = ("uvicorn", "uvicorn.error", "uvicorn.asgi", "uvicorn.access", "websockets", "dashboard", "geodata", "indicators", *streamlit.logger._loggers)
    before = {name: (lambda x: (x.handlers[:], x.propagate, x.level))(logging.getLogger(name)) for name in names}
    handlers, level = root.handlers[:], root.level
    for where, name in ((sys, "excepthook"), (threading, "excepthook"), (streamlit.logger, "setup_formatter")):
        monkeypatch.setattr(where, name, getattr(where, name))
    yield
    logging.captureWarnings(False)
    root.handlers[:], root.level = handlers, level
    for name, (own, propagate, own_level) in before.items():
        logger = logging.getLogger(name)
        logger.handlers[:], logger.propagate = own, propagate
        logger.setLevel(own_level)


def test_streamlit_uvicorn_threads_and_warnings_write_the_same_lines(logging_as_it_was, monkeypatch):
    import threading
    import warnings

    import streamlit.logger

    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    monkeypatch.setenv("LOG_FORMAT", "json")
    monkeypatch.setenv("LOG_LEVEL", "info")
    early = streamlit.logger.get_logger("streamlit.early")
    logs.set_up()
    early.info("one")
    streamlit.logger.get_logger("streamlit.late").warning("two")
    for name in ("uvicorn", "uvicorn.error"):  # as a server has set them up
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    logging.getLogger("uvicorn.error").info("three")
    logging.getLogger("dashboard.x").debug("not at this level")
    logging.getLogger("somebodys.package").info("nor this")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("four", stacklevel=1)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(x["logger"], x["message"]) for x in lines[:3]] == [("streamlit.early", "one"), ("streamlit.late", "two"), ("uvicorn.error", "three")]
    assert lines[3]["logger"] == "py.warnings" and "four" in lines[3]["message"]
    assert lines[4]["level"] == "CRITICAL" and "ZeroDivisionError" in lines[4]["exception"] and len(lines) == 5


def test_text_is_the_usual_form_and_quiet(logging_as_it_was, monkeypatch):
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    monkeypatch.delenv("LOG_FORMAT", raising=False)
    monkeypatch.delenv("LOG_LEVEL", raising=False)
    logs.set_up()
    logging.getLogger("dashboard.x").info("not at this level")
    logging.getLogger("dashboard.x").warning("from 203.0.113.7")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} WARNING dashboard\.x: from \[address\]\n", out.getvalue())


@pytest.mark.parametrize(("name", "value"), [("LOG_FORMAT", "xml"), ("LOG_LEVEL", "loud")])
def test_a_setting_of_the_log_that_is_not_there_is_named(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=f"{name} is '{value}'".replace("loud", "LOUD") + "; accepted are"):
        logs.settings()
