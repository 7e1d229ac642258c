"""Numbers about the server: what is counted, who may read them, and that every cache has a bound."""

import ast
import importlib

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashboard import api, export_api
from dashboard.server import health, logs, metrics
from dashboard.server.limits import Limits
from dashboard.server.metrics import REGISTRY
from tests.conftest import ROOT


@pytest.fixture
def client(client_of):
    around = (logs.Requests, metrics.Requests, health.Operators, Limits)
    return lambda address="127.0.0.1", **settings: client_of([*export_api.routes, *api.routes], around, address, settings)


def samples(text):
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in text_string_to_metric_families(text) for s in family.samples}


def total(name, **labels):
    return REGISTRY.get_sample_value(name, labels) or 0


# --- who may read them -------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "settings", "headers", "status"), [
    ("127.0.0.1", {}, {}, 200),
    ("::1", {}, {}, 200),
    ("10.0.0.9", {}, {}, 403),
    ("10.0.0.9", {"METRICS_FROM": "10.0.0.0/24"}, {}, 200),
    ("10.0.1.9", {"METRICS_FROM": "10.0.0.0/24, 192.0.2.1"}, {}, 403),
    # what a header says counts only from a trusted proxy, and then it has to be listed
    ("10.0.1.9", {"METRICS_FROM": "10.0.0.0/24"}, {"X-Forwarded-For": "10.0.0.5"}, 403),
    ("127.0.0.1", {}, {"X-Forwarded-For": "127.0.0.1"}, 403),
    ("127.0.0.1", {"TRUSTED_PROXIES": "127.0.0.1"}, {"X-Forwarded-For": "10.0.0.5"}, 403),
    ("127.0.0.1", {"TRUSTED_PROXIES": "127.0.0.1", "METRICS_FROM": "10.0.0.0/24"}, {"X-Forwarded-For": "10.0.0.5"}, 200),
    ("127.0.0.1", {"TRUSTED_PROXIES": "127.0.0.1", "METRICS_FROM": "10.0.0.0/24"}, {"X-Forwarded-For": "10.0.0.5, 198.51.100.7"}, 403),
    ("10.0.0.9", {"METRICS_FROM": "10.0.0.0/24"}, {"Forwarded": "for=10.0.0.5"}, 403),
    ("127.0.0.1", {}, {"X-Real-IP": "127.0.0.1"}, 403)])
def test_numbers_are_told_to_this_machine_and_to_listed_networks(client, address, settings, headers, status):
    answer = client(address, **settings).get("/metrics?lang=en", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert "METRICS_FROM" in answer.json()["error"]
    else:
        assert answer.headers["content-type"].startswith("text/plain; version=") and "dashboard_build_info" in answer.text


# --- what is counted ---------------------------------------------------------------------------


def test_requests_are_counted_by_template_and_never_by_what_was_written(client):
    here = client()
    series = {"route": "/api/series/{id}.csv", "method": "GET"}
    before = total("dashboard_requests_total", **series, status="200"), total("dashboard_requests_total", **series, status="404")
    timed = total("dashboard_request_seconds_count", kind="api")
    for path in ("/api/series/gdp.csv", "/api/series/pm25.csv", "/api/series/wang-wu.csv", "/api/wang-wu", "/wang-wu", "/static/wang-wu.js", "/_stcore/wang-wu"):
        here.get(path)
    here.request("WANGWU", "/api/series/gdp.csv")
    assert total("dashboard_requests_total", **series, status="200") == before[0] + 2
    assert total("dashboard_requests_total", **series, status="404") == before[1] + 1
    assert total("dashboard_request_seconds_count", kind="api") == timed + 5
    text = here.get("/metrics").text
    assert "wang-wu" not in text.lower() and "wangwu" not in text.lower()
    routes = {dict(labels)["route"] for name, labels in samples(text) if name == "dashboard_requests_total"}
    assert {"/api/series/{id}.csv", "/api/{rest:path}", "/static/*", "/_stcore/*", "other"} <= routes


def test_exports_are_counted_by_format_and_end(client, monkeypatch):
    from dashboard.exports.render import File

    class Desk:
        waiting = ("one",)
        answer = File(b"x", "image/png", "map.png")

        async def carry_out(self, order, name):
            return self.answer

    desk = Desk()
    monkeypatch.setattr(export_api, "desk", lambda: desk)
    here = client()

    def counted():
        return [total("dashboard_exports_total", format=f, result=r) for f, r in (("png", "done"), ("png", "refused"), ("none", "refused"), ("png", "failed"))]

    before = counted()
    here.get("/api/export/map.png?indicator=pm25")
    here.get("/api/export/map.png?indicator=nothing")
    here.get("/api/export/map.wang-wu")
    desk.answer = (500, "no")
    assert here.get("/api/export/map.png?indicator=pm25").status_code == 500
    assert [now - then for now, then in zip(counted(), before)] == [1, 1, 1, 1]
    assert samples(here.get("/metrics").text)["dashboard_exports_now", (("state", "queued"),)] == 1


def test_the_state_of_the_server_is_told(client):
    here = client()
    here.get("/api/series/gdp.csv")
    found = samples(here.get("/metrics").text)
    assert found["dashboard_open_sessions", ()] == 0
    assert found["process_resident_memory_bytes", ()] > 50e6 and found["process_open_fds", ()] > 3
    (build,) = [dict(labels) for name, labels in found if name == "dashboard_build_info"]
    assert len(build["version"]) == 12 and set(build["version"]) <= set("0123456789abcdef")
    bodies = (("cache", "dashboard.api._body"),)
    assert 1 <= found["dashboard_cache_entries", bodies] <= found["dashboard_cache_most_entries", bodies] == 256


def test_runs_of_scripts_are_counted_with_those_that_fail(tmp_path):
    from streamlit.runtime.scriptrunner import script_runner

    metrics.watch_runs()
    metrics.watch_runs()
    before = [total("dashboard_script_runs_total", result=r) for r in ("done", "failed")] + [total("dashboard_script_run_seconds_count")]

    class Context:
        on_script_error = staticmethod(lambda error: True)

    assert script_runner.exec_func_with_error_handling(lambda: 7, Context())[0] == 7
    assert script_runner.exec_func_with_error_handling(lambda: 1 / 0, Context())[1] is False
    after = [total("dashboard_script_runs_total", result=r) for r in ("done", "failed")] + [total("dashboard_script_run_seconds_count")]
    assert [b - a for a, b in zip(before, after)] == [1, 1, 2]


# --- caches ------------------------------------------------------------------------------------

#: Caches without a bound, and why they cannot grow.
CLOSED = {
    "dashboard/export_api.py:desk": "takes no argument",
    "dashboard/headlines.py:_of_analyses": "takes no argument",
    "dashboard/exports/workbook.py:_order": "takes no argument",
    "dashboard/exports/workbook.py:formats": "lives for one workbook; numbers of decimals",
}
_CACHES = ("cache", "lru_cache", "cached", "cached_property", "cache_data", "cache_resource")


def unbounded():
    """Caches in the code of the program that have no bound, by file and name."""
    for folder in ("dashboard", "geodata", "indicators"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            tree = ast.parse(path.read_text("utf8"))
            named = {id(d): f.name for f in ast.walk(tree) if isinstance(f, ast.FunctionDef) for d in f.decorator_list}
            named |= {id(a.value): a.targets[0].id for a in ast.walk(tree) if isinstance(a, ast.Assign) and isinstance(a.targets[0], ast.Name)}
            called = {id(c.func): c for c in ast.walk(tree) if isinstance(c, ast.Call)}
            given = {id(a): c for c in called.values() for a in c.args}  # functools.partial(lru_cache, maxsize=...)
            for node in ast.walk(tree):
                name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) else ""
                if name not in _CACHES or isinstance(node, ast.Attribute) and getattr(node.value, "id", "") not in ("functools", "st", "reviewed"):
                    continue
                call = called.get(id(node)) or given.get(id(node))
                sizes = [k.value for k in call.keywords if k.arg in ("maxsize", "max_entries")] + [a for a in call.args if isinstance(a, ast.Constant)] if call else []
                if not any(not isinstance(s, ast.Constant) or type(s.value) is int and s.value > 0 for s in sizes):
                    where = named.get(id(call)) or named.get(id(node)) or str(node.lineno)
                    yield f"{path.relative_to(ROOT).as_posix()}:{where}"


def test_every_cache_has_a_bound_or_a_reason_that_still_holds():
    assert set(unbounded()) == set(CLOSED)


def test_a_cache_without_bound_would_be_found(tmp_path, monkeypatch):
    for folder in ("dashboard", "geodata", "indicators"):
        (tmp_path / folder).mkdir()
    (tmp_path / "dashboard" / "x.py").write_text(
        "@functools.lru_cache(maxsize=None)\ndef a(): ...\n@functools.cache\ndef b(): ...\n@lru_cache\ndef c(): ...\n@lru_cache()\ndef d(): ...\n"
        "@st.cache_data\ndef e(): ...\nf = functools.lru_cache(maxsize=None)(g)\n@cached(maxsize=4)\ndef h(): ...\n@lru_cache(maxsize=0x10)\ndef i(): ...\n")
    monkeypatch.setattr("tests.dashboard.test_metrics.ROOT", tmp_path)
    assert [x.split(":")[1] for x in sorted(unbounded())] == ["11", "a", "b", "c", "d", "e"]


@pytest.mark.parametrize("module", ["dashboard.views", "dashboard.flows", "dashboard.gaps", "dashboard.index_views", "dashboard.api", "indicators.ledger"])
def test_caches_of_loaded_modules_are_found_with_their_bounds(module):
    importlib.import_module(module)
    found = {name: cache for name, cache in metrics.caches().items() if name.startswith(f"{module}.")}
    assert found and all(cache.cache_info().maxsize for cache in found.values())
