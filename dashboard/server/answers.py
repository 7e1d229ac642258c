"""ASGI middleware that keeps whole answers of the API, encoded and compressed, ready for the next who asks the same.

An answer holds for one revision of the ledger, which is asked at most once a second, in a thread: a
figure that was accepted here shows at once, one that was accepted elsewhere within two seconds, and a
database that does not answer holds nobody up.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from dashboard.api import matches
from dashboard.server.labels import SEEN, route_of
from dashboard.server.metrics import KEPT
from indicators.reports import reviewed

#: Addresses whose content follows from the ledger and the program alone.
PATHS = ("/api/catalogue.json", "/api/sources.json", "/api/openapi.json", "/api/areas/", "/api/series/", "/api/observations/", "/api/view/")
#: Bytes of all kept answers and of one, and the characters of a question.
MOST_BYTES, MOST_OF_ONE, MOST_QUESTION = 64_000_000, 4_000_000, 2_000
#: Seconds for which an answer waits until the revision is known; then it goes by the last one.
PATIENCE = 0.25
_ALWAYS = (b"etag", b"cache-control", b"vary")


@dataclass
class _Answer:
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: str
    template: str


def _known() -> tuple | None:
    """The revision, where it was asked for so lately that it is believed; it never asks."""
    return reviewed.known_revision()


class Answers:
    """Wraps the app; see the module."""

    def __init__(self, app):
        self.app = app
        self.kept: OrderedDict[tuple, _Answer] = OrderedDict()
        self.bytes = 0
        self.revision: tuple = ()
        self.making: dict[tuple, asyncio.Event] = {}
        self.asking: asyncio.Task | None = None
        self.hit, self.miss = KEPT.labels("kept"), KEPT.labels("made")

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith(PATHS):
            await self.app(scope, receive, send)
            return
        encoding, known = b"", ""
        for name, value in scope["headers"]:
            if name == b"accept-encoding":
                encoding = value
            elif name == b"if-none-match":
                known = value.decode("latin-1")
        question = (scope["path"], scope["query_string"], encoding)
        await self._look()
        found = self.kept.get(question)
        if found is None and question in self.making:  # many ask at once after a decision, and one answer does for all
            await self.making[question].wait()
            found = self.kept.get(question)
        if found is None:
            self.miss.inc()
            await self._make(question, scope, receive, send)
            return
        self.hit.inc()
        self.kept.move_to_end(question)
        if SEEN in scope:
            scope[SEEN]["template"] = found.template
        same = bool(known) and matches(known, found.etag)
        headers = [h for h in found.headers if h[0] in _ALWAYS] if same else list(found.headers)
        await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if same else found.body})

    async def _look(self) -> None:
        """Learn the ledger's revision; when it is another, nothing that was kept holds any longer."""
        now = _known()
        if now is None:
            if self.asking is None or self.asking.done():
                self.asking = asyncio.create_task(run_in_threadpool(reviewed.revision))
            await asyncio.wait({self.asking}, timeout=PATIENCE)
            if self.asking.done() and not self.asking.cancelled() and not self.asking.exception():
                now = self.asking.result()
        if now is not None and now != self.revision:
            self.kept.clear()
            self.bytes, self.revision = 0, now

    async def _make(self, question, scope, receive, send) -> None:
        """Let the app answer and keep the answer, if it is one that may be kept."""
        revision, status, headers, parts = self.revision, 0, [], []
        made = self.making.setdefault(question, asyncio.Event())

        def done():
            self.making.pop(question, None)
            made.set()

        async def listening(message):
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message["headers"])
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):  # before it is sent, for this reader's line may be slow
                    if status == 200 and revision == self.revision:
                        self._keep(question, headers, b"".join(parts), route_of(scope))
                    done()
            await send(message)

        try:
            await self.app(scope, receive, listening)
        finally:
            done()

    def _keep(self, question, headers, body, template) -> None:
        size = _size(question, body)
        etag = next((v.decode("latin-1") for k, v in headers if k == b"etag"), "")
        if not etag or size > MOST_OF_ONE or sum(map(len, question)) > MOST_QUESTION or any(k == b"set-cookie" for k, _ in headers):
            return
        self._forget(question)
        self.kept[question] = _Answer(headers, body, etag, template)
        self.bytes += size
        while self.bytes > MOST_BYTES:
            self._forget(next(iter(self.kept)))

    def _forget(self, question: tuple) -> None:
        found = self.kept.pop(question, None)
        if found is not None:
            self.bytes -= _size(question, found.body)


def _size(question: tuple, body: bytes) -> int:
    """Bytes that an answer takes, with what stands around it."""
    return len(body) + sum(map(len, question)) + 2_000
