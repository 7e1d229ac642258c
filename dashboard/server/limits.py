"""How much one client may ask for: token buckets by client, sizes of what is sent.

``API_PER_MINUTE``, ``EXPORTS_PER_MINUTE`` and ``READS_PER_MINUTE`` (reports that are read) say how many a
minute; so many may come at once, and they come back evenly. Static files, pages and questions after an order's
progress are never counted. Who asks from this machine without a proxy between is not limited, unless
``LIMIT_LOCAL`` is 1.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections import OrderedDict
from urllib.parse import parse_qs

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response

from dashboard.i18n import LANGUAGES, t
from dashboard.parameters import Refusal
from dashboard.server.addresses import caller, counted_as, is_local
from dashboard.server.caller import Caller
from dashboard.server.labels import SEEN
from dashboard.server.metrics import LIMITED
from dashboard.server.request_id import request_id

#: What is counted: the setting and how many a minute when it is unset.
SETTINGS = {"api": ("API_PER_MINUTE", 1200), "exports": ("EXPORTS_PER_MINUTE", 60), "reads": ("READS_PER_MINUTE", 10)}
_MOST_A_MINUTE = 1_000_000
#: Clients that are remembered; the one that has been quiet for longest goes first.
MOST_CLIENTS = 4096
#: Bytes of a path, of a query, of all headers together, and of what is sent to the API.
MOST_PATH, MOST_QUERY, MOST_HEADERS, MOST_BODY = 2_000, 8_000, 32_000, 1_000_000
#: Bytes by which a file grows on its way in a form.
_FORM = 65_536
_UPLOADS, _JOBS = "/_stcore/upload_file/", "/api/export/jobs/"


def per_minute(what: str) -> int:
    """How many a minute, by the environment.

    Raises
    ------
    ValueError
        One sentence, if the variable is no number from 1 to 1000000.
    """
    variable, usual = SETTINGS[what]
    given = os.environ.get(variable, "").strip() or str(usual)
    if not given.isdecimal() or not 1 <= int(given) <= _MOST_A_MINUTE:
        raise ValueError(f"{variable} is {given!r}; accepted is a number from 1 to {_MOST_A_MINUTE}.")
    return int(given)


class Buckets:
    """Token buckets of many clients, each full at first.

    Parameters
    ----------
    size : int
        Tokens of a full bucket, and tokens that come back in a minute.
    most : int
        Buckets that are remembered.
    """

    def __init__(self, size: int, most: int = MOST_CLIENTS):
        self.size, self.most = size, most
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, client: str, cost: float = 1, now: float | None = None) -> float:
        """Take tokens if there are enough.

        Returns
        -------
        float
            0, or the seconds until there will be enough; what costs more than a bucket holds needs a full one.
        """
        now, cost = time.monotonic() if now is None else now, min(cost, self.size)
        with self._lock:
            tokens, at = self._held.pop(client, (self.size, now))
            tokens = min(self.size, tokens + (now - at) * self.size / 60)
            wait = max(0.0, (cost - tokens) * 60 / self.size)
            self._held[client] = tokens if wait else tokens - cost, now
            while len(self._held) > self.most:
                self._held.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._held)


_buckets: dict[str, Buckets] = {}


def clear() -> None:
    """Forget who asked, and read the settings anew."""
    _buckets.clear()


class TooOften(Refusal):
    """A client that is over its limit; ``headers`` say when to come back."""

    def __init__(self, what: str, seconds: float):
        super().__init__(429, what, seconds=max(1, math.ceil(seconds)))
        self.headers = {"Retry-After": str(self.values["seconds"])}

    def sentence(self, lang: str) -> str:
        """What came too often and when to come back, in the language `lang`."""
        return t(lang, f"server.often.{self.key}", **self.values)


def count(what: str, client: str, cost: float = 1) -> None:
    """Count what a client asks for.

    Parameters
    ----------
    what : {"api", "exports", "reads"}
    client : str
        Its name, see :func:`dashboard.server.addresses.counted_as`; empty for one that is not limited.
    cost : float
        How many it counts as.

    Raises
    ------
    TooOften
        If it is over its limit, and then it is not counted.
    """
    if not client:
        return
    held = _buckets.get(what) or _buckets.setdefault(what, Buckets(per_minute(what)))
    wait = held.take(client, cost)
    if wait:
        LIMITED.labels(what).inc()
        raise TooOften(what, wait)


def client_name(asking: Caller) -> str:
    """Under which name a caller is counted, empty for this machine unless ``LIMIT_LOCAL`` is 1."""
    if is_local(asking.peer) and not asking.forwarded:
        return "local" if os.environ.get("LIMIT_LOCAL") == "1" else ""
    return counted_as(asking.client) or "local"


def count_export(scope: dict, cost: float = 1) -> None:
    """Count an export, a basket by its items; see :func:`count`."""
    count("exports", client_name(caller(scope)), cost)


def count_reading(lang: str) -> None:
    """Count a report that this session's reader wants to have read.

    Raises
    ------
    ValueError
        One sentence, if there were too many.
    """
    from streamlit.runtime import Runtime, get_instance
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    running = get_script_run_ctx(suppress_warning=True)
    visitor = get_instance().get_client(running.session_id) if running and Runtime.exists() else None
    if visitor is None:
        return
    told = visitor.client_context
    headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in told.headers]
    try:
        count("reads", client_name(caller({"type": "websocket", "headers": headers, "client": (told.remote_ip, 0) if told.remote_ip else None})))
    except TooOften as refusal:
        raise ValueError(refusal.sentence(lang)) from None


# --- requests ----------------------------------------------------------------------------------


class Limits:
    """ASGI middleware that refuses what is too large or comes too often."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] in ("http", "websocket"):
            if SEEN in scope:
                scope[SEEN]["scope"] = scope  # routes are found in this one
            if scope["type"] == "http" and (refusal := _refusal(scope, receive)):
                await _refused(scope, refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)


class TooLarge(Refusal):
    """A request that is larger than this server takes."""

    def sentence(self, lang: str) -> str:
        """What is too large and what is accepted, in the language `lang`."""
        return t(lang, f"server.large.{self.key}", **self.values)


class Elsewhere(Refusal):
    """A file for a session that another replica has, or nobody; a proxy asks the next one."""

    def sentence(self, lang: str) -> str:
        """What the reader can do, in the language `lang`."""
        return t(lang, f"server.{self.key}")


def _refusal(scope, receive) -> Refusal | None:
    path, query = scope["path"], scope.get("query_string", b"")
    if len(path) > MOST_PATH:
        return TooLarge(414, "path", n=len(path), limit=MOST_PATH)
    if len(query) > MOST_QUERY:
        return TooLarge(414, "query", n=len(query), limit=MOST_QUERY)
    headers = sum(len(k) + len(v) + 4 for k, v in scope["headers"])
    if headers > MOST_HEADERS:
        return TooLarge(431, "headers", n=headers, limit=MOST_HEADERS)
    if scope["method"] not in ("GET", "HEAD"):
        if large := _too_much_sent(scope):
            return large
        if path.startswith(_UPLOADS) and not _is_here(path.removeprefix(_UPLOADS).partition("/")[0]):
            return Elsewhere(404, "elsewhere")
    if path.startswith("/api/") and not path.startswith(_JOBS):
        try:
            count("api", client_name(caller(scope, receive)))
        except TooOften as refusal:
            return refusal
    return None


def _too_much_sent(scope) -> Refusal | None:
    """By the length that a request says it has; what says none is counted where it is read."""
    given = Headers(scope=scope).get("content-length", "")
    n = int(given) if given.isdecimal() else 0
    if not scope["path"].startswith(_UPLOADS):
        return TooLarge(413, "body", n=n, limit=MOST_BODY) if n > MOST_BODY else None
    from streamlit import config

    most = config.get_option("server.maxUploadSize")
    return TooLarge(413, "upload", n=f"{n / 2**20:.1f}", limit=most) if n > most * 2**20 + _FORM else None


def _is_here(session: str) -> bool:
    """Whether a session is one of this process; Streamlit itself would only say that the request is bad."""
    from streamlit.runtime import Runtime, get_instance

    return not Runtime.exists() or get_instance().is_active_session(session)


def _refused(scope, refusal: Refusal) -> Response:
    asked = parse_qs(scope.get("query_string", b"")[:MOST_QUERY].decode("latin-1")).get("lang", [""])[0].lower()
    # data is asked for by programs in English, pictures and pages by readers in Chinese
    usual = "en" if scope["path"].startswith("/api/") and not scope["path"].startswith("/api/export/") else "zh"
    said = {"error": refusal.sentence(asked if asked in LANGUAGES else usual)}
    content = said | ({"request_id": request_id()} if request_id() else {})
    return Response(orjson.dumps(content), refusal.status, {"Content-Type": "application/json", "Cache-Control": "no-store", **getattr(refusal, "headers", {})})
