"""200 open pages on one replica: memory of each, year changes of 50 of them, and what stays when they leave.

Pages are sessions over the websocket (see session.py) with compression, as browsers ask for it. Beside
the dashboard an empty Streamlit page is measured in the same run. The clients take processor time from the
server, so the waiting is longer than it would be from other machines. ``python -m tests.bench.sessions``
measures this alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from tests.bench import servers
from tests.bench.rows import Row, table
from tests.bench.servers import HERE, CannotMeasure, Server
from tests.bench.session import Session, SessionError, opened

OPEN, ACTIVE = 200, 50
#: Seconds between two year changes of one reader, evenly spread from half to one and a half of it.
PAUSE = 5.0
YEARS = range(2010, 2025)
LEFT = 125  # seconds until memory is looked at once all have left
API = "/api/series/gdp.json?area=110000"
_CLIENT = """
import http.client, sys, time
connection, n, seconds = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1])), 0, float(sys.argv[3])
start = time.monotonic()
while time.monotonic() - start < seconds:
    connection.request("GET", sys.argv[2], headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    n += 1
print(n / seconds)
"""


def memory(pid: int) -> float:
    """Megabytes of a process that it shares with no other."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(n) for n in re.findall(r"^Private_\w+:\s+(\d+) kB", text, re.M)) / 1024


def handles(pid: int) -> int:
    """Open files of a process."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def sockets(pid: int) -> int:
    """How many of these are connections, of which nginx and the database keep some open for later."""
    found = 0
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found += os.readlink(entry).startswith("socket:")
        except FileNotFoundError:  # closed meanwhile
            continue
    return found


async def _open(url: str, n: int, page: str, query: str) -> list[Session]:
    """Open `n` sessions, a few at a time, each with its page run once."""
    few = asyncio.Semaphore(6)

    async def one():
        async with few:
            session = await opened(url)
            await session.run(page, query)
            return session

    return await asyncio.gather(*(one() for _ in range(n)))


async def _leave(sessions: list[Session]) -> None:
    await asyncio.gather(*(s.close() for s in sessions))


async def memory_of_sessions(server: Server, page: str, query: str, n: int) -> tuple[list[Session], float, float]:
    """The sessions, memory before them and memory a session takes, both in MB. The first twenty fill caches and are not counted."""
    url = f"http://127.0.0.1:{server.port}"
    await _leave(await _open(url, 20, page, query))
    await asyncio.sleep(2)
    before = memory(server.pid)
    sessions = await _open(url, n, page, query)
    await asyncio.sleep(3)
    return sessions, before, (memory(server.pid) - before) / n


async def year_changes(sessions: list[Session], seconds: float, pause: float = PAUSE, seed: int = 7) -> tuple[list[float], int]:
    """Seconds of each year change, from asking until the script has finished, and how many failed."""
    taken, failed = [], 0
    until = time.monotonic() + seconds

    async def reader(session: Session, chance: random.Random):
        nonlocal failed
        await asyncio.sleep(chance.uniform(0, pause))
        while time.monotonic() < until:
            try:
                taken.append(await session.run("map", f"indicator=gdp&year={chance.choice(YEARS)}"))
            except SessionError as error:
                failed += 1
                print(error, file=sys.stderr)
                return
            await asyncio.sleep(chance.uniform(pause / 2, pause * 1.5))

    await asyncio.gather(*(reader(s, random.Random(f"{seed} {i}")) for i, s in enumerate(sessions)))
    return taken, failed


async def all_at_once(sessions: list[Session]) -> list[float]:
    """Seconds of a year change that all make in the same moment."""
    return await asyncio.gather(*(s.run("map", f"indicator=gdp&year={YEARS[i % len(YEARS)]}") for i, s in enumerate(sessions)))


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20)[-1]


def requests_a_second(ports: list[int], path: str = API, seconds: int = 5) -> float:
    """Answers of the API a second, over all `ports`.

    They are asked by wrk, a thread and 16 connections each; without it by two processes of Python,
    which are slower than the server, so that the figure is a lower bound.

    Raises
    ------
    CannotMeasure
        If an answer is an error.
    """
    program = shutil.which("wrk")
    for port in ports:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as answer:
            json.load(answer)
    if program is None:
        asking = [subprocess.Popen([sys.executable, "-c", _CLIENT, str(port), path, str(seconds)], stdout=subprocess.PIPE, text=True)
                  for port in ports for _ in range(2 // len(ports))]
        found = [process.communicate()[0] for process in asking]
        if not all(found):
            raise CannotMeasure("the API did not answer all")
        return sum(map(float, found))
    running = [subprocess.Popen([program, "-t1", "-c16", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", f"http://127.0.0.1:{port}{path}"],
                                stdout=subprocess.PIPE, text=True) for port in ports]
    texts = [process.communicate()[0] for process in running]
    if any("Non-2xx" in text or "Socket errors" in text for text in texts):
        raise CannotMeasure(f"the API did not answer all: {' '.join(texts)}")
    return sum(float(re.search(r"Requests/sec:\s+([\d.]+)", text)[1]) for text in texts)


async def _pages(empty: Server, ours: Server, say, seconds: float, wait: float) -> list[Row]:
    say(f"{OPEN} sessions of an empty page")
    idle, _, plain = await memory_of_sessions(empty, "", "", OPEN)
    await _leave(idle)
    say(f"{OPEN} sessions of the map")
    sessions, before, each = await memory_of_sessions(ours, "map", "indicator=gdp&year=2020", OPEN)
    say(f"{ACTIVE} of them change the year")
    cpu = ours.cpu_seconds()
    taken, failed = await year_changes(sessions[:ACTIVE], seconds)
    busy = ours.cpu_seconds() - cpu
    rush = await all_at_once(sessions[:ACTIVE])
    at_most = memory(ours.pid)
    say("they leave")
    await _leave(sessions)
    await asyncio.sleep(wait)
    after = memory(ours.pid)
    return [
        Row(f"memory a session, {OPEN} open", "kB", 1024 * each, 1024 * plain, "ratio", 3),
        Row(f"year change, p95, {ACTIVE} of {OPEN} active", "ms", 1000 * p95(taken), None, "most", 1500),
        Row("  median", "ms", 1000 * median(taken)),
        Row("  changes made", "", len(taken)),
        Row("  of them failed", "", failed, None, "most", 0),
        Row("  processor time of the server, each", "ms", 1000 * busy / len(taken)),
        Row(f"  all {ACTIVE} in one moment, p95", "ms", 1000 * p95(rush)),
        Row(f"memory {wait:.0f} s after all left, against before", "MB", after, before, "ratio", 1.2),
        Row("  while they were there", "MB", at_most, before),
    ]


def measure(say, seconds: float = 30, wait: float = LEFT) -> list[Row]:
    """All rows; `seconds` of year changes, `wait` until memory is looked at again."""
    os.environ.setdefault("DATABASE_URL", str(Path(tempfile.mkdtemp(prefix="bench.")) / "none.sqlite"))
    with ExitStack() as stack:
        with tempfile.TemporaryDirectory() as folder, servers._serving(HERE / "empty.py", Path(folder), {}) as empty:
            ours = stack.enter_context(servers.dashboard())
            ours.wait_until_idle()
            rows = asyncio.run(_pages(empty, ours, say, seconds, wait))
        say("answers of the API")
        one = median(requests_a_second([ours.port]) for _ in range(3))
        rows.append(Row("answers of the API a second, one replica", "1/s", one, None, "least", 500))
        other = stack.enter_context(servers.dashboard())
        other.wait_until_idle()
        both = median(requests_a_second([ours.port, other.port]) for _ in range(3))
        # each replica and each client wants a processor: on fewer than four this says what the machine gives, not what replicas do
        rows.append(Row(f"  two replicas, on {os.cpu_count()} processors", "1/s", both, one, *(("least", 1.6 * one) if (os.cpu_count() or 1) >= 4 else ())))
        return rows


def main() -> int:
    """Measure and print."""
    try:
        rows = measure(lambda what: print(f"... {what} (load {os.getloadavg()[0]:.1f})", file=sys.stderr))
    except (CannotMeasure, SessionError) as reason:
        print(f"sessions: {reason}", file=sys.stderr)
        return 1
    print(table(rows))
    print(f"\nLoad of the machine in the last minute: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
