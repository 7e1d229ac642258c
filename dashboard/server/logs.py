"""What the server writes about itself: on standard error, a line for an event, as text or as JSON.

``LOG_FORMAT`` is ``text`` or ``json``, ``LOG_LEVEL`` a level of Python's logging. Each request has an
id, which its answer and all that is logged meanwhile carry. No line says who asked or what for:
clients' addresses, names and the values of queries are not logged.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
from datetime import UTC, datetime

import orjson

from dashboard.server.addresses import caller
from dashboard.server.labels import OPERATORS, SEEN, method_of, route_of
from dashboard.server.request_id import current, request_id
from dashboard.static_files import send_at_once

log = logging.getLogger(__name__)

HEADER = b"x-request-id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
#: Levels as they are configured.
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
#: Templates of addresses that are asked for all the time and tell nothing.
_EVERYDAY = frozenset(("/static/*", "/assets/*", *OPERATORS))
#: Characters of a message, and of a traceback, that are kept.
MOST_MESSAGE, MOST_TRACEBACK = 2_000, 20_000

_OWN = ("dashboard", "geodata", "indicators")
_OWN_MACHINE = ("0.0.0.0", "127.0.0.1")
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?(?![\d.])")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{0,4}(?![\w:])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_QUERY = re.compile(r"(/[\w./{}%-]*)\?[^\s'\"]+")
#: What SQLAlchemy adds to an error: statements and the values in them, which may be texts of reports.
_STATEMENT = re.compile(r"^\[(?:SQL|parameters|generated in|cached since)\b.*?(?=^\S|\Z)", re.M | re.S)


def settings() -> tuple[str, int]:
    """Format and level that the environment asks for.

    Raises
    ------
    ValueError
        One sentence, if it asks for something else than there is.
    """
    form = os.environ.get("LOG_FORMAT", "").strip().lower() or "text"
    if form not in ("text", "json"):
        raise ValueError(f"LOG_FORMAT is {form!r}; accepted are text and json.")
    level = os.environ.get("LOG_LEVEL", "").strip().upper() or ("INFO" if form == "json" else "WARNING")
    if level not in LEVELS:
        raise ValueError(f"LOG_LEVEL is {level!r}; accepted are {', '.join(LEVELS)}.")
    return form, getattr(logging, level)


def without_persons(text: str) -> str:
    """A text without addresses of clients, mail addresses, values of queries and of SQL statements.

    >>> without_persons("10.1.2.3:4711 asked /api/x?name=Li for li@example.org")
    '[address] asked /api/x?[query] for [mail]'
    """
    text = _STATEMENT.sub("", text)
    text = _QUERY.sub(r"\1?[query]", text)
    text = _IPV4.sub(lambda m: m[0] if m[0].startswith(_OWN_MACHINE) else "[address]", text)
    return _MAIL.sub("[mail]", _IPV6.sub("[address]", text))


def _session() -> str:
    """The beginning of the id of the visit whose script runs in this thread."""
    runs = sys.modules.get("streamlit.runtime.scriptrunner_utils.script_run_context")
    found = runs and runs.get_script_run_ctx(suppress_warning=True)
    return found.session_id[:8] if found else ""


class _Text(logging.Formatter):
    """A line, and below it the traceback of an error."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record) -> str:
        shown = without_persons(super().format(record))
        return f"{shown} [{request_id()}]" if request_id() else shown


class _Json(logging.Formatter):
    """One JSON object a line, tracebacks in it."""

    def format(self, record) -> str:
        line = {"time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"), "level": record.levelname,
                "logger": record.name, "message": without_persons(record.getMessage())[:MOST_MESSAGE]}
        if request_id():
            line["request_id"] = request_id()
        if session := _session():
            line["session"] = session
        line.update(getattr(record, "fields", None) or {})
        if record.exc_info and record.exc_info[0]:
            line["exception"] = without_persons(self.formatException(record.exc_info))[-MOST_TRACEBACK:]
        return orjson.dumps(line, default=str).decode()


class _NoVisits(logging.Filter):
    """Uvicorn tells of every websocket, with the client's address."""

    def filter(self, record) -> bool:
        return not (record.name.startswith("uvicorn") and record.levelno <= logging.INFO and "WebSocket" in str(record.msg))


def set_up() -> None:
    """Send all logging of this process one way, that of Uvicorn and Streamlit too.

    Raises
    ------
    ValueError
        See :func:`settings`.
    """
    form, level = settings()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    handler.addFilter(_NoVisits())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.WARNING))  # libraries tell of every file they write
    for name in _OWN:
        logging.getLogger(name).setLevel(level)
    logging.captureWarnings(True)
    _through_root(level)
    sys.excepthook = lambda kind, error, trace: (sys.__excepthook__ if issubclass(kind, KeyboardInterrupt) else _uncaught)(kind, error, trace)
    threading.excepthook = lambda found: _uncaught(found.exc_type, found.exc_value, found.exc_traceback)


def _uncaught(kind, error, trace) -> None:
    if not issubclass(kind, SystemExit):
        log.critical("an error was not handled", exc_info=(kind, error, trace))


def _through_root(level: int) -> None:
    """Loggers with handlers of their own get none, now and when Streamlit makes another."""
    import streamlit.logger

    def plain(logger: logging.Logger) -> None:
        logger.handlers[:], logger.propagate = [], logger.name != "uvicorn.access"

    streamlit.logger.setup_formatter = plain
    streamlit.logger.set_log_level(level)
    for name in {"uvicorn", "uvicorn.error", "uvicorn.asgi", "websockets", *streamlit.logger._loggers}:
        logger = logging.getLogger(name)
        plain(logger)
        logger.setLevel(max(level, logging.INFO))  # below that they tell of single messages
    silent = logging.getLogger("uvicorn.access")  # which names clients and queries; Requests below tells of requests
    silent.handlers[:], silent.propagate = [], False


class Requests:
    """ASGI middleware: an id for each request, a line for its end, one answer for what nobody handled."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        send_at_once(receive)  # all that answers further inside, without going to the pages
        name = _given(scope, receive) or os.urandom(8).hex()
        scope[SEEN] = {}
        current.set(name)  # and left there: the server below logs in the same task
        status, start = 0, time.perf_counter()

        async def answered(message):
            nonlocal status
            if message["type"] in ("http.response.start", "websocket.accept"):
                status = message.get("status", 101)
                message["headers"] = [*message.get("headers", ()), (HEADER, name.encode())]
            await send(message)

        try:
            await self.app(scope, receive, answered)
        except Exception:
            log.exception("a request failed", extra={"fields": {"route": route_of(scope)}})
            if scope["type"] == "websocket":
                return
            if not status:
                await _failed(scope, receive, answered)
        finally:
            _tell(scope, status, time.perf_counter() - start)


def _given(scope, receive) -> str:
    """The id that a trusted proxy gave the request."""
    found = next((v for k, v in scope["headers"] if k == HEADER), None)
    if found is None or not caller(scope, receive).trusted:
        return ""
    text = found.decode("latin-1")
    return text if _GIVEN.fullmatch(text) else ""


async def _failed(scope, receive, send) -> None:
    from starlette.requests import Request

    from dashboard.api import error
    from dashboard.parameters import Refusal

    await error(Request(scope), Refusal(500, "failed"))(scope, receive, send)


def _tell(scope, status: int, seconds: float) -> None:
    route = route_of(scope)
    level = logging.DEBUG if route in _EVERYDAY else logging.WARNING if status >= 500 else logging.INFO
    if not log.isEnabledFor(level):
        return
    method = method_of(scope)
    log.log(level, "%s %s %s", method, route, status, extra={"fields": {
        "method": method, "route": route, "status": status, "ms": round(1000 * seconds, 1)}})
