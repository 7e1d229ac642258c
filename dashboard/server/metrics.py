"""Numbers about the server in the text format of Prometheus, at ``/metrics``.

Asked from this machine, or from the networks in ``METRICS_FROM``. Labels are templates of addresses and
names from fixed sets, so that nobody can make the set of series grow by what he asks for.
"""

from __future__ import annotations

import functools
import platform
import sys
import time
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from dashboard.server.addresses import is_local, networks, within
from dashboard.server.caller import Caller
from dashboard.server.labels import kind_of, method_of, route_of

disable_created_metrics()  # a second series for each, of when it began
REGISTRY = CollectorRegistry(auto_describe=False)
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 600, 3600)

REQUESTS = Counter("dashboard_requests", "Answered requests by template of their address.", ("route", "method", "status"), registry=REGISTRY)
DURATION = Histogram("dashboard_request_seconds", "Duration of requests; of websockets that of the connection.", ("kind",), registry=REGISTRY,
                     buckets=_SECONDS)
EXPORTS = Counter("dashboard_exports", "Exports by format and how they ended: done, refused, limited, failed or called_off.", ("format", "result"),
                  registry=REGISTRY)
RUNS = Counter("dashboard_script_runs", "Runs of a page's script or of a part of it: done, stopped or failed.", ("result",), registry=REGISTRY)
RUN_DURATION = Histogram("dashboard_script_run_seconds", "Duration of such runs.", registry=REGISTRY, buckets=_SECONDS[:16])
KEPT = Counter("dashboard_kept_answers", "Answers of the API by whether they were kept ready.", ("result",), registry=REGISTRY)
LIMITED = Counter("dashboard_limited_requests", "Requests that came too often, by what they asked for.", ("what",), registry=REGISTRY)
ProcessCollector(registry=REGISTRY)


class Requests:
    """ASGI middleware that counts and times requests."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        status, start = "none", time.perf_counter()

        async def answered(message):
            nonlocal status
            if message["type"].endswith("http.response.start"):
                status = str(message["status"])
            elif message["type"] == "websocket.accept":
                status = "101"
            await send(message)

        try:
            await self.app(scope, receive, answered)
        finally:
            route = route_of(scope)
            _counter(route, method_of(scope), status).inc()
            _duration(kind_of(route)).observe(time.perf_counter() - start)


_counter = functools.lru_cache(maxsize=2048)(REQUESTS.labels)
_duration = functools.lru_cache(maxsize=16)(DURATION.labels)


# --- what is asked for when it is scraped ------------------------------------------------------


def caches() -> dict[str, Callable]:
    """All caches of the program's modules that are loaded, by module and name."""
    found = {}
    for module, content in list(sys.modules.items()):
        if module.partition(".")[0] in ("dashboard", "indicators", "geodata"):
            for name, value in list(vars(content).items()):
                if callable(value) and hasattr(value, "cache_info") and getattr(value, "__module__", module) == module:
                    found[f"{module}.{name}"] = value
    return found


def sessions() -> int:
    """Sessions that have a connection, as Streamlit counts them."""
    from streamlit.runtime import Runtime, get_instance

    return get_instance()._session_mgr.num_active_sessions() if Runtime.exists() else 0


class _State:
    """What stands in the server at the moment of the question."""

    def collect(self) -> Iterator:
        import streamlit

        from dashboard.server import health
        from dashboard.server.version import version

        build = GaugeMetricFamily("dashboard_build_info", "Version of the program, always 1.", labels=("version", "python", "streamlit"))
        build.add_metric((version(), platform.python_version(), streamlit.__version__), 1)
        yield build
        yield GaugeMetricFamily("dashboard_open_sessions", "Sessions with a connection.", value=sessions())
        yield from self._exports()
        yield from self._caches()
        yield GaugeMetricFamily("dashboard_ready", "Whether the server answers that it is ready.", value=health.ready()[0])
        database = health.database()
        if database != "none":
            yield GaugeMetricFamily("dashboard_database_up", "Whether the database of reviews answers.", value=database == "ok")
        yield from self._figures()

    def _exports(self) -> Iterator:
        from dashboard.export_api import counts

        now = GaugeMetricFamily("dashboard_exports_now", "Exports that wait and that are being made.", labels=("state",))
        waiting, running = counts()
        now.add_metric(("queued",), waiting)
        now.add_metric(("running",), running)
        yield now

    def _caches(self) -> Iterator:
        entries = GaugeMetricFamily("dashboard_cache_entries", "Entries of a cache.", labels=("cache",))
        most = GaugeMetricFamily("dashboard_cache_most_entries", "Entries that a cache may have.", labels=("cache",))
        hits = CounterMetricFamily("dashboard_cache_hits", "Questions that a cache had an answer to.", labels=("cache",))
        misses = CounterMetricFamily("dashboard_cache_misses", "Questions that had to be computed.", labels=("cache",))
        for name, held in sorted(caches().items()):
            info = held.cache_info()
            entries.add_metric((name,), info.currsize)
            most.add_metric((name,), info.maxsize if info.maxsize is not None else float("inf"))
            hits.add_metric((name,), info.hits)
            misses.add_metric((name,), info.misses)
        yield from (entries, most, hits, misses)

    def _figures(self) -> Iterator:
        """Counts of the ledger, once the start has read it; a scrape does not."""
        from dashboard.server import health
        from indicators.reports.reviewed import revision

        known = revision()
        if len(known) > 1:
            yield GaugeMetricFamily("dashboard_decisions", "Decisions of reviewers, as far as known here.", value=known[1])
        if health.observations_count() is not None:
            yield GaugeMetricFamily("dashboard_observations", "Observations in the ledger, accepted ones among them.", value=health.observations_count())


REGISTRY.register(_State())


def may_ask(asking: Caller) -> bool:
    """Whether a request for the numbers is answered.

    From this machine, or from a network in ``METRICS_FROM``. A request that names a proxy is another's:
    it is answered only where the proxy is trusted and the client that it names is listed.
    """
    listed = networks("METRICS_FROM")
    if asking.forwarded:
        return asking.trusted and within(asking.client, listed)
    return is_local(asking.peer) or within(asking.peer, listed)


# --- Streamlit's runs ----------------------------------------------------------------------------


def watch_runs() -> None:
    """Count and time the runs of scripts from now on.

    Streamlit tells nobody of them, so its function that runs a script is replaced by one that
    calls it; where a version has none of that name, nothing is counted.
    """
    from streamlit.runtime.scriptrunner import script_runner

    run = getattr(script_runner, "exec_func_with_error_handling", None)
    if run is None or hasattr(run, "__wrapped__"):
        return

    @functools.wraps(run)
    def timed(func, ctx):
        start = time.perf_counter()
        result = run(func, ctx)
        RUN_DURATION.observe(time.perf_counter() - start)
        RUNS.labels("done" if result[1] and not result[3] else "stopped" if result[1] else "failed").inc()
        return result

    script_runner.exec_func_with_error_handling = timed
