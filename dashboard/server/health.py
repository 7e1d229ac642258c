"""Addresses for whoever runs the server: ``/healthz`` (it lives), ``/readyz`` (send readers here), ``/metrics``.

They are answered before anything else, for Streamlit answers any address with its page. The
server is ready once what first visitors see is computed, and no longer from the moment at which it is
told to end: for ``DRAIN_SECONDS`` it still answers, while the proxy before it learns of that.
"""

from __future__ import annotations

import logging
import os
import shutil
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dashboard.i18n import LANGUAGES, t
from dashboard.paths import CACHE, ROOT
from dashboard.server.addresses import caller
from dashboard.server.labels import OPERATORS

log = logging.getLogger(__name__)

#: Bytes that have to be free for decisions, exports and what the build makes.
LEAST_FREE = 200_000_000
#: Seconds for which what was found out about database and files is believed.
BELIEVED = 2.0
#: Seconds for which an answer waits for a check, such as that of a database that does not answer.
PATIENCE = 1.0
_MOST_DRAIN = 300


@dataclass
class _State:
    warm: bool = False
    fault: str = ""
    stopping: bool = False
    worker: str = "starting"
    observations: int | None = None


_state = _State()
_known: dict[str, tuple[float, str]] = {}
_looking: dict[str, threading.Thread] = {}
_starting = threading.Lock()


# --- the course of a server's life -------------------------------------------------------------


def warmed(error: BaseException | None = None) -> None:
    """Note that the start has computed what first visitors see, or why it could not."""
    _state.warm, _state.fault = error is None, type(error).__name__ if error else ""


def worker(state: str) -> None:
    """Note whether a worker for exports is there: starting, ok or away."""
    _state.worker = state


def stop() -> None:
    """Note that the server is about to end."""
    _state.stopping = True


def drain_seconds() -> float:
    """Seconds between the order to end and the end of listening: ``DRAIN_SECONDS``, 1 when unset.

    Raises
    ------
    ValueError
        One sentence, if the variable is no number from 0 to 300.
    """
    given = os.environ.get("DRAIN_SECONDS", "").strip() or "1"
    if not given.isdecimal() or int(given) > _MOST_DRAIN:
        raise ValueError(f"DRAIN_SECONDS is {given!r}; accepted is a number from 0 to {_MOST_DRAIN}.")
    return float(given)


def end_in_order(loop) -> None:
    """From now on SIGTERM first takes the server out of service, and ends it a little later.

    A second SIGTERM ends it at once. What Uvicorn does then: it stops listening, closes websockets
    with code 1012 (browsers come back, to another replica where there is one) and waits for answers
    that are under way.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    end = signal.getsignal(signal.SIGTERM)
    if not callable(end):
        return

    def begin(number, frame):
        if _state.stopping:
            end(number, frame)
            return
        stop()
        log.info("asked to end; no longer ready")
        loop.call_soon_threadsafe(loop.call_later, drain_seconds(), end, number, None)

    signal.signal(signal.SIGTERM, begin)


# --- checks ------------------------------------------------------------------------------------


def _believed(name: str) -> str:
    """What a check found lately. It looks again in a thread of its own, for which nobody waits longer than :data:`PATIENCE`."""
    asked, known = _known.get(name, (float("-inf"), "away"))
    if time.monotonic() - asked < BELIEVED:
        return known

    def look():
        try:
            found = CHECKS[name]()
        except Exception as error:  # a check that fails is a finding
            log.warning("the check of %s failed: %s", name, type(error).__name__)
            found = "failed"
        _known[name] = time.monotonic(), found

    with _starting:
        if name not in _looking or not _looking[name].is_alive():
            _looking[name] = threading.Thread(target=look, daemon=True)
            _looking[name].start()
    _looking[name].join(PATIENCE)
    return _known.get(name, (0.0, "away"))[1]


def database() -> str:
    """Whether the database of reviews answers: ok, away, or none where a deployment has none yet."""
    return _believed("database")


def observations_count() -> int | None:
    """How many observations the ledger had when it was looked at last; None before the start has read it."""
    return _state.observations


def _ask_database() -> str:
    from indicators.reports.reviewed import exists

    if not exists():
        return "none"
    try:
        from indicators.reports import store

        store.decision_count()
    except Exception as error:  # whatever it is, readers go on with what was known
        log.warning("the database of reviews does not answer: %s", type(error).__name__)
        return "away"
    return "ok"


def _ask_ledger() -> str:
    from indicators.ledger import observations

    _state.observations = len(observations())
    return "ok" if _state.observations else "missing"


def _ask_layers() -> str:
    from geodata import LEVELS, geojson_file

    return "ok" if all(geojson_file(level, ending).is_file() for level in LEVELS for ending in ("br", "gz")) else "missing"


def _ask_assets() -> str:
    from dashboard.static_files import manifest_cached

    return "ok" if manifest_cached() and all((CACHE / "assets" / name).is_file() for name in manifest_cached()) else "missing"


def _data_folder() -> Path:
    from indicators.reports.reviewed import url

    place = url()
    folder = Path(place.removeprefix("sqlite:///").partition("?")[0]).parent if place.startswith("sqlite:///") else ROOT
    return next(p for p in (folder, *folder.parents) if p.is_dir())


def _ask_disk() -> str:
    return "ok" if shutil.disk_usage(_data_folder()).free >= LEAST_FREE else "low"


#: What is looked at; the server is not ready while one of the first three is anything but ok.
CHECKS = {"ledger": _ask_ledger, "layers": _ask_layers, "assets": _ask_assets, "database": _ask_database, "disk": _ask_disk}
_NEEDED = ("ledger", "layers", "assets")


def ready() -> tuple[bool, dict[str, str]]:
    """Whether readers are to be sent here, and what each check found."""
    start = "failed" if _state.fault else "warming"
    # before the start is through, looking would do its work a second time
    found = {name: _believed(name) if _state.warm or name not in ("ledger", "layers") else start for name in CHECKS} | {"exports": _state.worker}
    return not _state.stopping and all(found[name] == "ok" for name in _NEEDED), found


def report(lang: str) -> tuple[int, dict]:
    """Status and content of ``/readyz``.

    Returns
    -------
    tuple
        200 or 503; ``ready``, ``checks`` (check -> sentence), ``reasons`` why it is not ready.
    """
    good, found = ready()
    said = {name: t(lang, f"server.check.{state}") for name, state in found.items()}
    if found["database"] == "away":
        said["database"] = t(lang, "server.check.database_away")
    reasons = [t(lang, "server.check.reason", check=name, state=said[name]) for name in _NEEDED if found[name] != "ok"]
    if _state.stopping:
        reasons.insert(0, t(lang, "server.check.stopping"))
    return (200 if good else 503), {"ready": good, "degraded": any(v not in ("ok", "none", "starting") for v in found.values()),
                                    "checks": said, "reasons": reasons}


# --- answering ---------------------------------------------------------------------------------


class Operators:
    """ASGI middleware that answers the addresses for operators, with or without a slash at the end."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if path not in OPERATORS:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        await (await _answer(request, path))(scope, receive, send)


async def _answer(request: Request, path: str) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    asked = request.query_params.get("lang")
    lang = asked if asked in LANGUAGES else "en"
    if request.method not in ("GET", "HEAD"):
        return _json({"error": t(lang, "server.only_read")}, 405, {**headers, "Allow": "GET, HEAD"}, request)
    if path == "/healthz":
        return _json({"status": "ok"}, 200, headers, request)
    if path == "/readyz":
        status, content = await run_in_threadpool(report, lang)
        return _json(content, status, headers, request)
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    from dashboard.server.metrics import REGISTRY, may_ask

    if not may_ask(caller(request.scope, request.receive)):
        return _json({"error": t(lang, "server.metrics_refused")}, 403, headers, request)
    return _sent(await run_in_threadpool(generate_latest, REGISTRY), 200, {**headers, "Content-Type": CONTENT_TYPE_LATEST}, request)


def _json(content: dict, status: int, headers: dict, request: Request) -> Response:
    return _sent(orjson.dumps(content), status, {**headers, "Content-Type": "application/json"}, request)


def _sent(body: bytes, status: int, headers: dict, request: Request) -> Response:
    return Response(b"" if request.method == "HEAD" else body, status, {**headers, "Content-Length": str(len(body))})
