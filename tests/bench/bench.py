"""``make bench``: the dashboard against a plain Streamlit page, both measured in this run.

Everything is measured several times, the two sides in turn, and the median is shown. Timings are
by the page's clock, without anything between browser and server; bytes are counted by a
relay (see wire.py) in visits of their own; processor time comes from the kernel. The exit code
says whether everything could be measured, never how fast it was.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from tests.bench import analysis, country, detail, exports, records, servers, sessions
from tests.bench.browser import BASELINE, OURS, Side, change_year, context, launched, profile, race, visit
from tests.bench.rows import Row, table
from tests.bench.servers import ROOT, CannotMeasure, Server
from tests.bench.session import SessionError
from tests.bench.wire import relay

#: Let a rerun end, and what a page says late (its address, say), before the next change.
SETTLE = 0.7
SIDES = (BASELINE, OURS)


@dataclass(frozen=True)
class Repeats:
    """How often each thing is measured."""

    visits: int = 7
    byte_visits: int = 3
    rounds: int = 3
    changes: int = 8
    processes: int = 5
    race_seconds: float = 4
    session_seconds: float = 30


QUICK = Repeats(visits=3, byte_visits=1, rounds=1, changes=6, processes=3, race_seconds=2, session_seconds=10)


# --- measurements ----------------------------------------------------------------------


def navigations(browser, ports: dict[Side, int], times: int, sides: tuple[Side, ...] = SIDES) -> dict[Side, float]:
    """Milliseconds from navigation to a drawn map with an empty cache."""
    found = {side: [] for side in sides}
    for _ in range(times):
        for side in sides:
            with context(browser, side) as opened:
                found[side].append(visit(opened.new_page(), side, ports[side]))
                time.sleep(SETTLE)
    return {side: median(values) for side, values in found.items()}


def repeat_navigations(playwright, ports: dict[Side, int], times: int) -> dict[Side, float]:
    """The same in a browser that has been here three times, which is when it keeps scripts compiled."""
    found = {side: [] for side in SIDES}
    with ExitStack() as stack:
        opened = {side: stack.enter_context(profile(playwright, side)) for side in SIDES}
        for turn in range(3 + times):
            for side in SIDES:
                page = opened[side].new_page()
                taken = visit(page, side, ports[side])
                time.sleep(SETTLE)
                page.close()
                if turn >= 3:
                    found[side].append(taken)
    return {side: median(values) for side, values in found.items()}


def visit_bytes(playwright, ports: dict[Side, int], times: int) -> tuple[dict[Side, float], dict[Side, float]]:
    """Bytes of a first visit and of a repeat visit in the same browser, both directions."""
    first, again = {side: [] for side in SIDES}, {side: [] for side in SIDES}
    for _ in range(times):
        for side in SIDES:
            with relay(ports[side]) as wire, profile(playwright, side) as opened:
                for found in (first, again):
                    before = wire.count()
                    page = opened.new_page()
                    visit(page, side, wire.port)
                    found[side].append((wire.wait_until_quiet() - before).total)
                    page.close()
                    wire.wait_until_quiet(0.5)
    return tuple({side: median(values) for side, values in found.items()} for found in (first, again))


def year_changes(browser, running: dict[Side, Server], rounds: int, changes: int) -> tuple[dict[Side, float], dict[Side, float]]:
    """Milliseconds of a year change as seen, and milliseconds of server processor time that one costs."""
    seen, cost = {side: [] for side in SIDES}, {side: [] for side in SIDES}
    with ExitStack() as stack:
        pages = {}
        for side in SIDES:
            pages[side] = stack.enter_context(context(browser, side)).new_page()
            visit(pages[side], side, running[side].port)
        time.sleep(SETTLE)
        for _ in range(rounds):
            for side in SIDES:
                before = running[side].cpu_seconds()
                seen[side] += there_and_back(pages[side], side, changes)
                cost[side].append(1000 * (running[side].cpu_seconds() - before) / changes)
    return {s: median(v) for s, v in seen.items()}, {s: median(v) for s, v in cost.items()}


def there_and_back(page, side: Side, changes: int) -> list[float]:
    """Step the year to and fro; milliseconds of each step."""
    taken = []
    for turn in range(changes):
        taken.append(change_year(page, side, "ArrowLeft" if turn % 2 == 0 else "ArrowRight"))
        time.sleep(SETTLE)
    return taken


def year_change_bytes(browser, ports: dict[Side, int], changes: int) -> dict[Side, float]:
    """Websocket bytes of a year change, both directions."""
    found = {}
    for side in SIDES:
        with relay(ports[side]) as wire, context(browser, side) as opened:
            page = opened.new_page()
            visit(page, side, wire.port)
            before = wire.wait_until_quiet()
            there_and_back(page, side, changes)
            found[side] = (wire.wait_until_quiet() - before).websocket / changes
    return found


def playing(browser, server: Server, seconds: float) -> tuple[float, int, float]:
    """Our page played: years a second, websocket messages meanwhile, milliseconds of server processor time.

    The messages are those of the play button and of the slider moved as fast as pictures come;
    the browser's own count, as the relay's would hold the server's pings too.
    """
    messages = []

    def listen(socket):
        socket.on("framesent", lambda data: messages.append(data))
        socket.on("framereceived", lambda data: messages.append(data))

    with context(browser, OURS) as opened:
        page = opened.new_page()
        page.on("websocket", listen)
        visit(page, OURS, server.port)
        time.sleep(2 * SETTLE)
        messages.clear()
        before = server.cpu_seconds()
        page.click(".jjj-play")
        time.sleep(seconds)
        page.click(".jjj-play")
        speed = race(page, seconds)
        time.sleep(SETTLE)
        page.evaluate("1")  # lets the events of the websocket come in
        return speed, len(messages), 1000 * (server.cpu_seconds() - before)


def in_fresh_processes(code: str, times: int) -> float:
    """Milliseconds that a piece of code takes in a Python of its own, imports among them, its start not."""
    program = f"import time; start = time.perf_counter()\n{code}\nprint(1000 * (time.perf_counter() - start))"
    found = []
    for _ in range(times):
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise CannotMeasure(f"{code!r} failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        found.append(float(done.stdout.split()[-1]))
    return median(found)


#: A paragraph of a bulletin, written for this; each repetition names other years and amounts.
PARAGRAPH = ("{year}年，全市地区生产总值{a}.5亿元，比上年增长5.{b}%，其中第三产业增加值{c}亿元，占地区生产总值的比重为6{b}.2%。"
             "年末常住人口{d}.3万人，PM2.5年均浓度由{year}年的{e}微克/立方米下降到3{b}微克/立方米。全市铁路营业里程超过{f}公里。\n")


def read_and_audit(characters: int) -> float:
    """Milliseconds of processor time to read and audit a text of that length, after start-up."""
    from indicators.reports.audit import audit
    from indicators.reports.reader import read_text

    text = "".join(PARAGRAPH.format(year=2000 + i % 24, a=3000 + i, b=i % 10, c=1500 + i, d=900 + i % 90, e=60 + i % 40, f=1000 + i)
                   for i in range(characters // 120))
    text = "2024年1月20日发布\n" + text[:characters]
    start = time.process_time()
    audit(text, read_text(text, date="2024-01-20"))
    return 1000 * (time.process_time() - start)


# --- the run ---------------------------------------------------------------------------


def measure(repeats: Repeats, say: Callable[[str], None]) -> list[Row]:
    """Everything, as the rows of the table; `say` is told what goes on."""
    rows = []
    say("fresh processes")
    rows.append(Row("import indicators", "ms", in_fresh_processes("import indicators", repeats.processes), None, "most", 1000))
    reading = "from indicators.ledger import observations; observations()"
    # its baseline, for information, is what of it is only the import of pandas
    alone, read = in_fresh_processes("import pandas", repeats.processes), in_fresh_processes(reading, repeats.processes)
    rows.append(Row("reading the whole ledger", "ms", read, alone, "most", 500))

    say("reading reports")
    read_and_audit(2_000)  # lexicons and gazetteer are loaded once
    first = read_and_audit(10_000)
    rows.append(Row("reading and auditing 10,000 characters", "ms", first))
    rows.append(Row("  100,000 characters, against ten times that", "ms", read_and_audit(100_000), 10 * first, "most", 3000))
    rows.append(Row("  1,000,000 characters, against a hundred times", "ms", read_and_audit(1_000_000), 100 * first))
    rows += exports.measure(repeats.processes, say)
    rows += analysis.measure(say)
    rows += records.measure(min(repeats.processes, 3), say)

    with ExitStack() as stack:
        say("starting both servers")
        running = {BASELINE: stack.enter_context(servers.baseline()), OURS: stack.enter_context(servers.dashboard())}
        ports = {side: server.port for side, server in running.items()}
        playwright = stack.enter_context(sync_playwright())
        browser = stack.enter_context(launched(playwright))
        cold = {}
        for side in SIDES:
            cold[side] = navigations(browser, ports, 1, (side,))[side]
        for server in running.values():
            server.wait_until_idle()
        navigations(browser, ports, 1)

        def compared(what, unit, found, kind="", bar=None, scale=1.0):
            rows.append(Row(what, unit, found[OURS] / scale, found[BASELINE] / scale, kind, bar))

        say("bytes of visits")
        first, again = visit_bytes(playwright, ports, repeats.byte_visits)
        compared("first map visit, bytes", "kB", first, "ratio", 0.25, 1000)
        compared("repeat visit, bytes", "kB", again, "most", 150, 1000)
        say("navigations")
        compared("navigation to a drawn map", "ms", navigations(browser, ports, repeats.visits), "ratio", 0.6)
        compared("  on a repeat visit", "ms", repeat_navigations(playwright, ports, repeats.visits))
        compared("  first one after a server's start", "ms", cold)
        say("year changes")
        seen, cost = year_changes(browser, running, repeats.rounds, repeats.changes)
        compared("year change as seen", "ms", seen, "ratio", 0.5)
        compared("year change, server CPU", "ms", cost, "ratio", 0.35)
        compared("year change, websocket", "B", year_change_bytes(browser, ports, repeats.changes), "ratio", 0.1)
        say("playing")
        speed, messages, cpu = playing(browser, running[OURS], repeats.race_seconds)
        rows.append(Row("playing, years a second", "1/s", speed, None, "least", 10))
        rows.append(Row("playing, websocket messages", "", messages, None, "most", 0))
        rows.append(Row("playing, server CPU", "ms", cpu))
        say("year changes while exports are made")
        quiet, loaded = exports.beside(browser, running[OURS], repeats.changes * 3)
        rows.append(Row("year change as seen, p95, beside exports", "ms", loaded, quiet, "ratio", 2))
        rows += country.measure(browser, running[OURS], repeats, say)
    rows += sessions.measure(say, repeats.session_seconds)
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table, write JSON if asked; 1 if something could not be measured."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bench", description=__doc__.split("\n\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the rows there too")
    parser.add_argument("--detail", action="store_true", help="instead of the table: what a first visit to our map loads, and when")
    given = parser.parse_args(arguments)
    try:
        if given.detail:
            print(detail.report())
            return 0
        rows = measure(QUICK if given.quick else Repeats(), lambda what: print(f"... {what}", file=sys.stderr))
    except (CannotMeasure, SessionError) as reason:
        print(f"bench: {reason}", file=sys.stderr)
        return 1
    print(table(rows))
    print(f"\nLoad of the machine in the last 5 minutes: {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors.")
    if given.json:
        given.json.write_text(json.dumps([{**asdict(row), "ratio": row.ratio, "ok": row.ok} for row in rows], indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
