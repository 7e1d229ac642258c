"""Where orders for exports wait: so many at once, the rest in turn, each can be called off.

A worker is a process of its own (:mod:`dashboard.exports.worker`). Calling an order off ends
the worker that is at it, and the next order gets a new one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
from collections import OrderedDict
from dataclasses import dataclass

import orjson

from dashboard.exports.render import File
from dashboard.parameters import Refusal
from dashboard.paths import ROOT

log = logging.getLogger(__name__)

#: Orders that may wait; one more is sent away with a sentence.
MOST_WAITING = 60
#: Seconds after which an order is given up.
LONGEST = 120
#: Orders after which a worker is replaced, so that memory of long lives is given back.
WORKER_LIFE = 300
#: Orders remembered for their progress.
_REMEMBERED = 500


def at_once() -> int:
    """How many exports are made at once: ``EXPORTS_AT_ONCE``, else half of the processors.

    Raises
    ------
    ValueError
        If the variable is no number from 1 to 32.
    """
    given = os.environ.get("EXPORTS_AT_ONCE", "").strip()
    if not given:
        return max(1, (os.cpu_count() or 2) // 2)
    if not given.isdecimal() or not 1 <= int(given) <= 32:
        raise ValueError(f"EXPORTS_AT_ONCE is {given!r}; accepted is a number from 1 to 32.")
    return int(given)


@dataclass(eq=False)
class Order:
    """An order as its owner may ask about it."""

    state: str = "waiting"
    done: int = 0
    of: int = 1


class _Worker:
    """A process and the orders it has had."""

    def __init__(self, process):
        self.process, self.orders = process, 0

    @classmethod
    async def start(cls):
        return cls(await asyncio.create_subprocess_exec(
            sys.executable, "-m", "dashboard.exports.worker", cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=1 << 20))

    async def carry_out(self, order: dict, about: Order) -> File | tuple[int, str]:
        """The file, or status and sentence of a refusal."""
        self.orders += 1
        self.process.stdin.write(orjson.dumps(order) + b"\n")
        await self.process.stdin.drain()
        while line := await self.process.stdout.readline():
            answer = orjson.loads(line)
            if "bytes" in answer:
                return File(await self.process.stdout.readexactly(answer["bytes"]), answer["media_type"], answer["name"])
            if "error" in answer:
                return answer["status"], answer["error"]
            about.done, about.of = answer["done"], answer["of"]
        raise ConnectionError("the worker ended")

    def end(self) -> None:
        try:
            self.process.kill()
        except ProcessLookupError:
            pass


class Desk:
    """Takes orders; one for a server."""

    def __init__(self, places: int | None = None):
        self.places = places or at_once()
        self.idle: list[_Worker] = []
        self.free = asyncio.Semaphore(self.places)
        self.orders: OrderedDict[str, Order] = OrderedDict()
        self.waiting: list[Order] = []
        self.leaving: set[asyncio.Task] = set()

    def state(self, name: str) -> dict:
        """State of an order: waiting, running, done or unknown; how many wait ahead of it; how far it is."""
        order = self.orders.get(name)
        if order is None:
            return {"state": "unknown", "ahead": 0, "done": 0, "of": 0}
        ahead = self.waiting.index(order) if order in self.waiting else 0
        return {"state": order.state, "ahead": ahead, "done": order.done, "of": order.of}

    async def carry_out(self, order: dict, name: str = "") -> File | tuple[int, str]:
        """The file, or status and sentence of a refusal; when the task is cancelled, its worker ends.

        Raises
        ------
        Refusal
            503 when too many wait, 504 when it takes too long, 500 when the worker dies.
        """
        if len(self.waiting) >= MOST_WAITING:
            raise Refusal(503, "busy", n=len(self.waiting))
        about = Order()
        if name:
            self.orders[name] = about
            while len(self.orders) > _REMEMBERED:
                self.orders.popitem(last=False)
        self.waiting.append(about)
        try:
            async with self.free:
                self.waiting.remove(about)
                about.state = "running"
                return await self._by_a_worker(order, about)
        finally:
            about.state = "done"
            if about in self.waiting:
                self.waiting.remove(about)

    async def _by_a_worker(self, order: dict, about: Order):
        worker = None
        finished = False
        try:
            while self.idle and worker is None:
                worker = self.idle.pop()
                if worker.process.returncode is not None:
                    worker = None
            worker = worker or await _Worker.start()
            async with asyncio.timeout(LONGEST):
                result = await worker.carry_out(order, about)
            finished = True
            return result
        except TimeoutError:
            raise Refusal(504, "too_slow", seconds=LONGEST) from None
        except (ConnectionError, asyncio.IncompleteReadError):
            log.exception("a worker ended at an order")
            raise Refusal(500, "failed") from None
        finally:
            if worker is not None:
                if finished and worker.orders < WORKER_LIFE:
                    self.idle.append(worker)
                else:
                    self._dismiss(worker)

    async def prepare(self) -> None:
        """Start a worker and let it draw something, so that the first order does not wait for that."""
        with contextlib.suppress(Refusal):
            await self.carry_out({"what": "view", "kind": "map", "query": [], "lang": "zh", "format": "png", "options": {"dpi": 72}})

    def _dismiss(self, worker: _Worker) -> None:
        worker.end()
        task = asyncio.get_running_loop().create_task(worker.process.wait())
        self.leaving.add(task)
        task.add_done_callback(self.leaving.discard)

    async def close(self) -> None:
        """End all workers that rest."""
        for worker in self.idle:
            self._dismiss(worker)
        self.idle = []
        await asyncio.gather(*self.leaving)
