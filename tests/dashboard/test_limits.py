"""How much one client may ask for, who one client is, and what is too large."""

import io
from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from dashboard import api, briefing, export_api, intake
from dashboard.access import Person
from dashboard.server import addresses, limits, start
from dashboard.server.limits import Buckets, Limits, TooOften
from dashboard.static_files import StaticFiles


@pytest.fixture
def client(client_of):
    """A client at an address, at a server with settings."""
    routes = [*briefing.routes, *export_api.routes, *api.routes, Route("/{page}", lambda request: PlainTextResponse("page"))]
    return lambda address="127.0.0.1", **settings: client_of(routes, (Limits, StaticFiles), address, settings)


# --- buckets -----------------------------------------------------------------------------------


def test_a_full_bucket_may_be_spent_at_once_and_fills_evenly():
    held = Buckets(60)
    assert [held.take("a", now=0) for _ in range(60)] == [0] * 60
    assert held.take("a", now=0) == pytest.approx(1)
    assert held.take("a", now=0.5) == pytest.approx(0.5)
    assert held.take("a", now=1) == 0 and held.take("a", now=1) == pytest.approx(1)
    assert held.take("b", now=1) == 0


def test_what_costs_more_waits_longer_and_at_most_for_a_full_bucket():
    held = Buckets(10)
    assert held.take("a", 4, now=0) == 0
    assert held.take("a", 8, now=0) == pytest.approx(12)  # two tokens at six seconds each
    assert held.take("a", 6, now=0) == 0  # what was refused was not counted
    assert held.take("b", 40, now=0) == 0 and held.take("b", 1, now=0) == pytest.approx(6)


def test_only_so_many_clients_are_remembered_and_the_quietest_is_forgotten():
    held = Buckets(2, most=3)
    for name in "abc":
        held.take(name, 2, now=0)
    assert held.take("a", now=0) > 0  # who keeps trying is not forgotten
    held.take("d", now=0)
    assert len(held) == 3 and held.take("a", now=0) > 0
    assert held.take("b", 2, now=0) == 0  # forgotten, and full again


# --- who is limited ----------------------------------------------------------------------------


def statuses(client, n, path="/api/areas/none.geojson", **headers):
    return [client.get(path, headers=headers).status_code for _ in range(n)]


def test_this_machine_is_not_limited_unless_it_is_asked_for(client):
    assert statuses(client(API_PER_MINUTE="2"), 5) == [404] * 5
    assert statuses(client(API_PER_MINUTE="2", LIMIT_LOCAL="1"), 4) == [404, 404, 429, 429]


def test_a_client_over_its_limit_gets_a_sentence_and_is_told_when_to_come_back(client):
    far = client("10.0.0.9", API_PER_MINUTE="2")
    statuses(far, 2)
    said = {}
    for lang in ("zh", "en"):
        answer = far.get(f"/api/catalogue.json?lang={lang}")
        assert answer.status_code == 429 and answer.headers["cache-control"] == "no-store"
        assert 1 <= int(answer.headers["retry-after"]) <= 30
        said[lang] = answer.json()["error"]
        assert answer.headers["retry-after"] in said[lang]
    assert "请求过多" in said["zh"] and "Too many requests" in said["en"]
    assert statuses(client("10.0.0.8"), 1) == [404]


def test_files_pages_and_progress_are_never_limited(client):
    far = client("10.0.0.9", API_PER_MINUTE="1")
    assert statuses(far, 2) == [404, 429]
    assert statuses(far, 5, "/api/export/jobs/abcdefgh") == [200] * 5
    assert statuses(far, 5, "/static/js/none.js") == [404] * 5
    assert statuses(far, 5, "/map") == [200] * 5


def test_behind_a_trusted_proxy_clients_are_counted_by_themselves_and_inventions_do_not_help(client):
    proxy = client("10.0.0.1", TRUSTED_PROXIES="10.0.0.0/28", API_PER_MINUTE="2")
    for i in range(2):
        assert statuses(proxy, 1, **{"X-Forwarded-For": f"203.0.113.{i}, 198.51.100.7, 10.0.0.2"}) == [404]
    assert statuses(proxy, 1, **{"X-Forwarded-For": "203.0.113.77, 198.51.100.7"}) == [429]
    assert statuses(proxy, 1, **{"X-Forwarded-For": "198.51.100.8"}) == [404]


def test_a_header_from_no_trusted_proxy_changes_nothing(client):
    far = client("10.0.0.9", API_PER_MINUTE="2")
    assert [statuses(far, 1, **{"X-Forwarded-For": f"203.0.113.{i}"})[0] for i in range(4)] == [404, 404, 429, 429]
    here = client("127.0.0.1")  # a proxy on this machine that is not listed: all its clients are one
    assert [statuses(here, 1, **{"X-Forwarded-For": f"203.0.113.{i}"})[0] for i in range(3)] == [404, 404, 429]


def test_an_ipv6_household_is_one_client():
    assert addresses.counted_as("2001:db8:1:2:aaaa::1") == addresses.counted_as("2001:db8:1:2:bbbb::2") != addresses.counted_as("2001:db8:1:3::1")
    assert addresses.counted_as("::ffff:10.1.2.3") == "10.1.2.3"


# --- exports and readings ----------------------------------------------------------------------


def test_exports_have_a_limit_of_their_own_and_a_basket_counts_by_its_items(client, monkeypatch):
    class Full:
        waiting = ()

        async def carry_out(self, order, name):
            return 404, "nothing"

    monkeypatch.setattr(export_api, "desk", lambda: Full())
    far = client("10.0.0.9", EXPORTS_PER_MINUTE="4")
    items = [{"address": "map?indicator=pm25"}] * 3
    assert far.post("/api/export/basket.pdf", json={"items": items}).status_code == 404
    assert far.get("/api/export/map.png?indicator=pm25").status_code == 404
    refused = far.get("/api/export/map.png?indicator=pm25")
    assert refused.status_code == 429 and "导出过多" in refused.json()["error"] and int(refused.headers["retry-after"]) == 15
    assert far.post("/api/export/basket.pdf", json={"items": items}).status_code == 429
    assert far.get("/api/areas/none.geojson").status_code == 404


def test_an_unchanged_export_is_not_made_again_and_not_counted(client, monkeypatch):
    from dashboard.exports.render import File

    orders = []

    class Ready:
        waiting = ()

        async def carry_out(self, order, name):
            orders.append(order)
            return File(b"picture", "image/png", "map.png")

    monkeypatch.setattr(export_api, "desk", lambda: Ready())
    far = client("10.0.0.9", EXPORTS_PER_MINUTE="2")
    first = far.get("/api/export/map.png?indicator=pm25")
    tag = first.headers["etag"]
    for _ in range(3):
        again = far.get("/api/export/map.png?indicator=pm25", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = far.get("/api/export/map.png?indicator=gdp", headers={"If-None-Match": tag})
    assert other.status_code == 200 and other.headers["etag"] != tag and len(orders) == 2


def test_reports_are_read_so_often_a_minute_for_the_client_of_a_session(client, monkeypatch):
    visitor = SimpleNamespace(headers=[("Host", "x.cn")], remote_ip="10.0.0.9")
    monkeypatch.setattr("streamlit.runtime.scriptrunner.get_script_run_ctx", lambda **_: SimpleNamespace(session_id="s"))
    monkeypatch.setattr("streamlit.runtime.Runtime.exists", lambda: True)
    monkeypatch.setattr("streamlit.runtime.get_instance", lambda: SimpleNamespace(get_client=lambda session: SimpleNamespace(client_context=visitor)))
    monkeypatch.setattr(intake, "require", lambda *_: Person("li", "reviewer"))
    monkeypatch.setenv("READS_PER_MINUTE", "2")
    for lang, word in (("zh", "报告过多"), ("en", "Too many reports")):
        limits.clear()
        for _ in range(2):
            with pytest.raises(ValueError) as unread:
                intake.take_in("report.docx", b"no document", lang)
            assert word not in str(unread.value)
        with pytest.raises(ValueError, match=word):
            intake.take_in("report.docx", b"no document", lang)
    visitor.remote_ip = "127.0.0.1"
    for _ in range(4):
        limits.count_reading("en")


# --- sizes, and sessions of other replicas -----------------------------------------------------


def test_a_file_for_a_session_of_another_replica_is_not_here(client, monkeypatch):
    monkeypatch.setattr("streamlit.runtime.Runtime.exists", lambda: True)
    monkeypatch.setattr("streamlit.runtime.get_instance", lambda: SimpleNamespace(is_active_session=lambda session: session == "mine"))
    for lang, said in (("zh", "刷新页面"), ("en", "reload the page")):
        for method in ("PUT", "DELETE"):
            there = client().request(method, f"/_stcore/upload_file/theirs/file?lang={lang}", content=b"x")
            assert there.status_code == 404 and said in there.json()["error"]
            # what is here goes on to Streamlit, which these routes are without
            assert "error" not in client().request(method, "/_stcore/upload_file/mine/file", content=b"x").text


def test_what_is_too_large_is_refused_with_a_sentence(client):
    far = client()
    cases = [(far.post("/api/briefing/check?lang=en", content=b"x" * 1_000_001), 413, "1000001"),
             (far.put("/_stcore/upload_file/s/f?lang=en", content=b"", headers={"Content-Length": str(300 * 2**20)}), 413, "300.0"),
             (far.get("/map?lang=en&x=" + "y" * 8_000), 414, "8010"), (far.get("/" + "y" * 2_001 + "?lang=en"), 414, "2002"),
             (far.get("/map?lang=en", headers={"X-Long": "y" * 33_000}), 431, "32000")]
    for answer, status, number in cases:
        assert answer.status_code == status and number in answer.json()["error"], answer.text
        assert answer.json()["error"].endswith(".")


def test_what_is_as_large_as_allowed_goes_on(client):
    assert client().post("/api/briefing/check", content=b"#" * 60_000).status_code == 400
    assert client().get("/map?x=" + "y" * 7_000).status_code == 200


# --- settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("variable", "value", "read"), [
    ("API_PER_MINUTE", "many", lambda: limits.per_minute("api")), ("EXPORTS_PER_MINUTE", "0", lambda: limits.per_minute("exports")),
    ("READS_PER_MINUTE", "-1", lambda: limits.per_minute("reads")), ("METRICS_FROM", "10.0.0.0/99", lambda: addresses.networks("METRICS_FROM"))])
def test_a_setting_that_cannot_be_right_is_named(monkeypatch, variable, value, read):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValueError, match=f"{variable}.*{value}.*accepted"):
        read()


def test_a_wrong_setting_ends_the_start_with_its_sentence(monkeypatch):
    said = io.StringIO()
    monkeypatch.setenv("LOG_FORMAT", "xml")
    monkeypatch.setattr("sys.stderr", said)
    with pytest.raises(SystemExit) as ended:
        start.set_up()
    assert ended.value.code == 2 and said.getvalue() == "LOG_FORMAT is 'xml'; accepted are text and json.\n"


def test_counting_names_what_came_too_often(client, monkeypatch):
    monkeypatch.setenv("EXPORTS_PER_MINUTE", "1")
    limits.count("exports", "a")
    with pytest.raises(TooOften) as refused:
        limits.count("exports", "a")
    assert refused.value.status == 429 and refused.value.headers == {"Retry-After": "60"}
    limits.count("exports", "")
