"""Answers of the API that are kept ready: the same as those that are made, and never older than the ledger."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from dashboard import api, briefing
from dashboard.server import answers
from dashboard.server.answers import Answers
from dashboard.server.metrics import REGISTRY
from indicators.reports import reviewed, store
from tests.indicators.review import added

SERIES = "/api/series/gdp.json?area=110000"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", str(tmp_path_factory.mktemp("answers") / "review.sqlite"))
        reviewed.forget()
        with TestClient(Starlette(routes=[*briefing.routes, *api.routes], middleware=[Middleware(Answers)])) as client:
            yield client
    reviewed.forget()


def kept():
    return REGISTRY.get_sample_value("dashboard_kept_answers_total", {"result": "kept"})


@pytest.mark.parametrize("encoding", ["gzip", "identity", "br"])
def test_a_kept_answer_is_the_one_that_was_made(client, encoding):
    for path in (SERIES, "/api/areas/province.geojson", "/api/series/pm25.csv"):
        before = kept()
        first, again = (client.get(path, headers={"Accept-Encoding": encoding}) for _ in range(2))
        assert kept() == before + 1
        assert again.content == first.content and dict(again.headers) == dict(first.headers) and again.status_code == 200
        unchanged = client.get(path, headers={"Accept-Encoding": encoding, "If-None-Match": first.headers["etag"]})
        assert (unchanged.status_code, unchanged.content, unchanged.headers["etag"]) == (304, b"", first.headers["etag"])
        assert unchanged.headers["cache-control"] == first.headers["cache-control"] and "content-length" not in unchanged.headers


def test_questions_are_told_apart_by_query_and_encoding(client):
    one, other = client.get(SERIES).json(), client.get(SERIES.replace("110000", "120000")).json()
    assert {r["REF_AREA"] for r in one["rows"]} == {"110000"} and {r["REF_AREA"] for r in other["rows"]} == {"120000"}
    packed = client.get(SERIES, headers={"Accept-Encoding": "gzip"})
    plain = client.get(SERIES, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers and packed.json() == plain.json() == one


def test_figures_may_be_kept_by_others_for_a_second_and_geometry_for_a_day(client):
    assert client.get(SERIES).headers["cache-control"] == "public, max-age=1, must-revalidate"
    assert client.get("/api/areas/province.geojson").headers["cache-control"] == "public, max-age=86400, must-revalidate"


def test_an_accepted_figure_shows_in_the_next_answer(client):
    path = "/api/observations/gdp.json?area=110000&period=2023"
    before = client.get(path)
    assert client.get(path).content == before.content
    (proposal,) = added()
    store.decide(proposal["id"], "accept", "Li", proposal["version"])
    after = client.get(path, headers={"If-None-Match": before.headers["etag"]})
    new = [r["VALUE_TEXT"] for r in after.json()["rows"]]
    assert after.status_code == 200 and len(new) == len(before.json()["rows"]) + 1 and "4.4万亿元" in new
    store.undo(proposal["id"], "Li")
    assert client.get(path).content == before.content


def test_a_figure_accepted_by_another_process_shows_once_the_revision_is_asked_again(client, monkeypatch):
    (proposal,) = added()
    path = "/api/observations/gdp.json?area=110000&period=2023"
    before = client.get(path).json()["rows"]
    monkeypatch.setattr(reviewed, "BELIEVED", 1e6)
    monkeypatch.setattr(reviewed, "forget", lambda: None)  # what another process decides, this one is not told
    store.decide(proposal["id"], "accept", "Li", proposal["version"])
    assert client.get(path).json()["rows"] == before
    monkeypatch.setattr(reviewed, "BELIEVED", 0.0)
    assert len(client.get(path).json()["rows"]) == len(before) + 1


def test_refusals_and_playlists_are_not_kept(client):
    before = kept()
    for path in ("/api/series/none.csv", "/api/series/gdp.csv?area=0", "/api/briefing/default.json"):
        for _ in range(2):
            client.get(path)
    assert kept() == before


def test_many_who_ask_at_once_get_what_is_made_once(client, monkeypatch):
    made, going = [], threading.Event()

    def slow(path, query):
        made.append(path)
        going.wait(0.3)
        return api.packed(orjson.dumps({"made": len(made)}))

    monkeypatch.setattr(api, "_body", slow)
    with ThreadPoolExecutor(6) as threads:
        found = {f.content for f in threads.map(lambda _: client.get("/api/series/gdp.json?area=130000"), range(6))}
    assert made == ["/api/series/{id}.json"] and found == {b'{"made":1}'}


def test_kept_answers_take_bounded_memory(client, monkeypatch):
    keeper = Answers(None)
    monkeypatch.setattr(answers, "MOST_BYTES", 50_000)
    for i in range(100):
        keeper._keep(("/api/x", str(i).encode(), b""), [(b"etag", b'"a"')], b"x" * 3_000, "/api/x")
    assert keeper.bytes <= 50_000 and len(keeper.kept) == 9 and list(keeper.kept)[-1][1] == b"99"
    assert keeper.bytes == sum(answers._size(question, found.body) for question, found in keeper.kept.items())
    for headers, body in (([], b"x"), ([(b"etag", b'"a"'), (b"set-cookie", b"a=1")], b"x"), ([(b"etag", b'"a"')], b"x" * answers.MOST_OF_ONE)):
        keeper._keep(("/api/y", b"", b""), headers, body, "/api/y")
    assert ("/api/y", b"", b"") not in keeper.kept


def test_a_compressed_answer_reads_as_what_was_asked_for(client):
    with client.stream("GET", SERIES, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert orjson.loads(gzip.decompress(raw))["indicator"] == "gdp"
