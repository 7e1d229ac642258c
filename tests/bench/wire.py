"""Bytes on the wire: a TCP relay on 127.0.0.1 that counts what passes.

The browser's own counts (``Network.loadingFinished``) leave out what it did not tie to a
request and give websocket messages after decompression. What a relay counts is exact: all bytes
of the TCP streams, headers and websocket frames as they were compressed, in both directions. It
costs time, so timings are taken without it.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Count:
    """Bytes that passed: up to the server, down to the browser, and how many of both were websocket."""

    up: int = 0
    down: int = 0
    websocket: int = 0

    @property
    def total(self) -> int:
        """Both directions."""
        return self.up + self.down

    def __sub__(self, other: Count) -> Count:
        return Count(self.up - other.up, self.down - other.down, self.websocket - other.websocket)


class Relay:
    """Relays connections to a port of 127.0.0.1 and counts their bytes; use :func:`relay`."""

    def __init__(self, target: int):
        self._target = target
        self._lock = threading.Lock()
        self._count = Count()
        self._last = time.monotonic()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def count(self) -> Count:
        """What has passed so far."""
        with self._lock:
            return self._count

    def wait_until_quiet(self, quiet: float = 1.5, at_most: float = 30) -> Count:
        """Wait until nothing has passed for `quiet` seconds; returns what has passed so far."""
        until = time.monotonic() + at_most
        while time.monotonic() < until and time.monotonic() - self._last < quiet:
            time.sleep(0.05)
        return self.count()

    def close(self) -> None:
        """End all connections."""
        self._listener.close()
        with self._lock:
            sockets = list(self._open)
        for connection in sockets:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):  # the listener was closed
            while True:
                browser, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        with browser, suppress(OSError), socket.create_connection(("127.0.0.1", self._target)) as server:
            with self._lock:
                self._open |= {browser, server}
            kind = {"websocket": False}
            down = threading.Thread(target=self._pump, args=(server, browser, "down", kind), daemon=True)
            down.start()
            self._pump(browser, server, "up", kind)
            down.join()
            with self._lock:
                self._open -= {browser, server}

    def _pump(self, source: socket.socket, target: socket.socket, direction: str, kind: dict) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 16):
                # a browser opens a connection of its own for a websocket: its first request says so
                if direction == "up" and b"upgrade: websocket" in data.lower():
                    kind["websocket"] = True
                self._add(direction, len(data), kind["websocket"])
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def _add(self, direction: str, size: int, websocket: bool) -> None:
        with self._lock:
            now = self._count
            self._last = time.monotonic()
            self._count = Count(now.up + size * (direction == "up"), now.down + size * (direction == "down"),
                                now.websocket + size * websocket)


@contextmanager
def relay(target: int) -> Iterator[Relay]:
    """A :class:`Relay` to a port, as long as the block lasts."""
    opened = Relay(target)
    try:
        yield opened
    finally:
        opened.close()
