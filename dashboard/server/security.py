"""ASGI middleware around everything: who may open a session or send something, and what every answer carries.

Outermost of all, so that static files, refusals and faults carry the same headers.
"""

from __future__ import annotations

import logging
import sys
import time
from urllib.parse import parse_qs

import orjson

from dashboard.access import WAY_HEADER, Misconfigured, Settings, is_loopback_name, settings
from dashboard.i18n import t
from dashboard.server import policy
from dashboard.server.caller import Caller, caller_of, same_site

log = logging.getLogger(__name__)

#: Methods that change nothing.
SAFE = ("GET", "HEAD", "OPTIONS")
#: Services of Streamlit that no reader needs: numbers about the server, and pages driven by programs.
CLOSED = ("/_stcore/metrics", "/_stcore/agent", "/_stcore/script-health-check")
#: The one cookie that a script of the page has to read.
READ_BY_SCRIPT = "_streamlit_xsrf"
_WAY = WAY_HEADER.lower().encode()


def at_start() -> Settings:
    """The settings of access; a wrong one ends the program with a sentence before it listens."""
    from streamlit import config

    try:
        given = settings()
        for option in ("server.enableXsrfProtection", "server.enableCORS"):
            if not config.get_option(option):
                raise Misconfigured(f"{option} is off; without it other sites could act in a reader's name.")
    except Misconfigured as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    if given.cookie_secret:
        # signs what a login remembers between its two steps, which may reach different replicas
        config.set_option("server.cookieSecret", given.cookie_secret)
    return given


class Security:
    """Wraps the app; see the module."""

    def __init__(self, app):
        self.app = app
        self.warned = float("-inf")

    async def __call__(self, scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        given = settings()
        caller = caller_of(scope, receive, given)
        refusal = _refusal(scope, caller, given)
        scope = {**scope, "headers": self._believed(scope, caller, given), "scheme": _scheme(scope, caller), "dashboard.caller": caller}
        if scope["type"] == "websocket":
            await (_shut(scope, send, refusal) if refusal else self.app(scope, receive, send))
            return
        _say_no_program(receive)
        answer = _Answer(scope, caller, given, send)
        if refusal:
            await _tell(answer, *refusal)
            return
        try:
            await self.app(scope, receive, answer)
        except Exception:
            # answered here, for the fault would be answered outside and without the headers
            if not answer.begun:
                await _tell(answer, 500, t(_lang(scope), "access.fault"))
            raise

    def _believed(self, scope, caller: Caller, given: Settings) -> list[tuple[bytes, bytes]]:
        """The request's headers without those that only a trusted proxy or this program may write."""
        headers, name = list(scope["headers"]), given.header.encode()
        drop = {_WAY}
        named = [v for k, v in headers if name and k == name]
        if named and (not caller.trusted or len(named) > 1):
            drop.add(name)
            if time.monotonic() - self.warned > 60:
                self.warned = time.monotonic()
                log.warning("the header that names reviewers came %s; it was ignored", "twice" if caller.trusted else "from no trusted proxy")
        kept = [(k, v) for k, v in headers if k not in drop and k != b"host"]
        host = caller.host
        if scope["type"] == "websocket":
            kept.append((_WAY, caller.way.encode()))
            # Streamlit compares the origin, which was checked here, with the host once more, and asks the internet for its address where they differ
            host = next((v.decode("latin-1").partition("://")[2] for k, v in headers if k == b"origin"), host)
        return [(b"host", host.encode("latin-1")), *kept]


# --- refusing ----------------------------------------------------------------------------------


def _refusal(scope, caller: Caller, given: Settings) -> tuple[int, str] | None:
    """Status and sentence for what is not let in."""
    if scope["path"].startswith(CLOSED):
        return 404, t(_lang(scope), "access.closed")
    if not caller.host:
        return 400, t(_lang(scope), "access.host")
    socket = scope["type"] == "websocket"
    if not socket and scope["method"] in SAFE:
        return None
    origins = [v.decode("latin-1") for k, v in scope["headers"] if k == b"origin"]
    fetched = [v for k, v in scope["headers"] if k == b"sec-fetch-site"]
    # a session is opened by a browser, which says where its page is from; a program that sends data has none and no cookies either
    if (socket and len(origins) != 1) or any(not same_site(origin, caller, given) for origin in origins) or (b"cross-site" in fetched and not origins):
        return 403, t(_lang(scope), "access.origin")
    return None


def _lang(scope) -> str:
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0].lower()
    return "en" if asked == "en" else "zh"


async def _tell(send, status: int, sentence: str) -> None:
    body = orjson.dumps({"error": sentence})
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _shut(scope, send, refusal: tuple[int, str]) -> None:
    """Refuse a handshake; with a sentence where the server can send one."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008, "reason": ""})
        return

    async def renamed(message):
        await send({**message, "type": f"websocket.{message['type']}"})

    await _tell(renamed, *refusal)


# --- answering ----------------------------------------------------------------------------------


def _scheme(scope, caller: Caller) -> str:
    return {"http": ("http", "https"), "websocket": ("ws", "wss")}[scope["type"]][caller.secure]


def _say_no_program(receive) -> None:
    """Leave out the header in which uvicorn names itself."""
    cycle = getattr(receive, "__self__", None)
    named = getattr(cycle, "default_headers", None)
    if isinstance(named, list):
        cycle.default_headers = [header for header in named if header[0] != b"server"]


class _Answer:
    """Sends what the app answers, with the headers of security."""

    def __init__(self, scope, caller: Caller, given: Settings, send):
        self.scope, self.caller, self.given, self.send, self.begun = scope, caller, given, send, False

    async def __call__(self, message):
        if message["type"] == "http.response.start":
            self.begun = True
            message = {**message, "headers": self._headers(message)}
        await self.send(message)

    def _headers(self, message) -> list[tuple[bytes, bytes]]:
        kept, kind, has = [], "", set()
        for name, value in message.get("headers", []):
            name = name.lower()
            if name == b"server" or name.startswith(b"access-control-"):  # other origins are let in nowhere
                continue
            if name == b"set-cookie":
                value = cookie(value, self.caller.secure)
            elif name == b"content-type":
                kind = value.decode("latin-1").lower()
            has.add(name)
            kept.append((name, value))
        kept += [header for header in policy.ALWAYS if header[0] not in has]
        if self.caller.secure or is_loopback_name(self.caller.host.rpartition(":")[0] or self.caller.host):
            kept.append(policy.ALONE)
        if self.caller.secure:
            kept.append(policy.HSTS)
        path, embedded = self.scope["path"], self.scope["path"].startswith("/embed/")
        # figures are for everybody, and other sites may show a picture of them; nothing else is to be read from there
        kept.append((b"cross-origin-resource-policy", b"cross-origin" if path.startswith("/api/") or embedded else b"same-origin"))
        if message["status"] != 304:  # whose headers replace those that the browser has kept with the page
            framing = self.given.embedders if embedded else "'self'"
            html = kind.startswith("text/html")
            screen = embedded or path == "/briefing"
            kept.append((b"content-security-policy", policy.page(self.caller.host, self.caller.secure, screen, framing) if html else policy.thing(kind)))
            if html and not embedded:
                kept.append((b"x-frame-options", b"SAMEORIGIN"))  # for browsers that do not know the policy's word for it
        return kept


def cookie(value: bytes, secure: bool) -> bytes:
    """A ``Set-Cookie`` header that goes to this site alone, and where it can be to no script and over no open line.

    >>> cookie(b"a=1; Path=/; samesite=None", True)
    b'a=1; Path=/; SameSite=Lax; HttpOnly; Secure'
    """
    first, *rest = (part.strip() for part in value.decode("latin-1").split(";"))
    same, kept = "Lax", []
    for part in rest:
        name, _, said = part.partition("=")
        if name.lower() == "samesite":
            same = "Strict" if said.lower() == "strict" else same
        elif part and name.lower() not in ("httponly", "secure"):
            kept.append(part)
    flags = [f"SameSite={same}", *(["HttpOnly"] if first.partition("=")[0] != READ_BY_SCRIPT else []), *(["Secure"] if secure else [])]
    return "; ".join((first, *kept, *flags)).encode("latin-1")
