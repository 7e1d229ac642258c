"""What a first visit to our map loads and when: ``python -m tests.bench.bench --detail``."""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.bench import servers
from tests.bench.browser import OURS, context, launched, visit
from tests.bench.servers import CannotMeasure


class Log:
    """What the browser's network layer says about a page, in milliseconds after its first request."""

    def __init__(self, session):
        self.start = None
        self.requests: dict[str, dict] = {}
        self.messages: list[tuple[float, str, int]] = []
        for event, method in (("requestWillBeSent", self._asked), ("responseReceived", self._answered), ("loadingFinished", self._finished),
                              ("webSocketCreated", lambda e: self._note(None, "websocket asked for", 0)),
                              ("webSocketHandshakeResponseReceived", lambda e: self._note(e["timestamp"], "websocket open", 0)),
                              ("webSocketFrameSent", lambda e: self._message(e, "websocket: sent")),
                              ("webSocketFrameReceived", lambda e: self._message(e, "websocket: received"))):
            session.on(f"Network.{event}", method)
        session.send("Network.enable")

    def _at(self, timestamp: float) -> float:
        return 1000 * (timestamp - self.start)

    def _asked(self, event) -> None:
        self.start = self.start or event["timestamp"]
        name = event["request"]["url"].split("/", 3)[-1].split("?")[0].split("/")[-1] or "(page)"
        self.requests[event["requestId"]] = {"name": name, "asked": self._at(event["timestamp"]), "size": 0, "end": None, "encoding": ""}

    def _answered(self, event) -> None:
        headers = {k.lower(): v for k, v in event["response"]["headers"].items()}
        self.requests[event["requestId"]]["encoding"] = headers.get("content-encoding", "")

    def _finished(self, event) -> None:
        if event["requestId"] in self.requests:
            self.requests[event["requestId"]].update(size=event["encodedDataLength"], end=self._at(event["timestamp"]))

    def _note(self, timestamp, what, size) -> None:
        if timestamp is not None:
            self.messages.append((self._at(timestamp), what, size))

    def _message(self, event, what) -> None:
        data = event["response"]["payloadData"]
        size = len(data) * 3 // 4 if event["response"]["opcode"] == 2 else len(data)  # binary comes as base64
        self._note(event["timestamp"], what, size)


def report(largest: int = 20) -> str:
    """Largest files of a first visit, and its time line."""
    with servers.dashboard() as server, sync_playwright() as playwright, launched(playwright) as browser:
        server.wait_until_idle()
        for _ in range(2):  # the second is shown: by then everything is warm
            with context(browser, OURS) as opened:
                page = opened.new_page()
                log = Log(opened.new_cdp_session(page))
                drawn = visit(page, OURS, server.port)
                page.wait_for_timeout(1500)
                marks = page.evaluate("performance.getEntriesByType('mark').map(m => [m.startTime, m.name])")
                paints = page.evaluate("performance.getEntriesByType('paint').map(m => [m.startTime, m.name])")
    if not log.requests:
        raise CannotMeasure("the browser told of no request")
    files = sorted(log.requests.values(), key=lambda r: -r["size"])
    lines = [f"{len(files)} requests, {sum(r['size'] for r in files) / 1000:,.0f} kB received over HTTP; drawn at {drawn:.0f} ms", ""]
    lines += [f"{r['size'] / 1000:9.1f} kB {r['encoding'] or '-':5} {r['asked']:6.0f} – {r['end'] or 0:5.0f} ms  {r['name']}" for r in files[:largest]]
    events = [(at, f"{what}{f' {size:,} B' if size else ''}") for at, what, size in log.messages]
    events += [(at, f"mark {name}") for at, name in marks] + [(at, name) for at, name in paints]
    keep = ("(page)", "plotly", "chart.js", "app.js", "geometry")
    events += [(r["end"], f"loaded {r['name']}") for r in log.requests.values() if r["end"] and (r["name"].startswith(keep) or r["name"].startswith("index."))]
    return "\n".join([*lines, "", *(f"{at:7.0f} ms  {what}" for at, what in sorted(events))])
