"""Exports: pictures, decks, reports, workbooks, and what they cost those who look at pages."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path
from statistics import median, quantiles

from tests.bench.browser import OURS, change_year, context, visit
from tests.bench.rows import Row
from tests.bench.servers import ROOT, CannotMeasure

#: Views of every kind, so that no format is measured on what suits it.
VIEWS = ("map?indicator=pm25", "trends?indicators=gdp", "ranking?indicator=gdp", "indicator?indicator=rail_km", "structure?area=jjj",
         "trends?indicators=pm25,gdp", "map?indicator=gdp&level=province", "scatter?level=prefecture", "region?area=130600", "flow?indicator=tech_contract_value")

_PNG = """
import io, time
from matplotlib.figure import Figure
from dashboard.exports.picture import picture
from dashboard.kinds import open_view, parse

def plain():
    figure = Figure(figsize=(13.33, 7.5))
    axes = figure.add_subplot()
    for k in range(3):
        axes.plot(range(2010, 2026), [k + i ** 0.5 for i in range(16)], marker="o")
    figure.savefig(io.BytesIO(), format="png", dpi=144)

view = open_view(*parse("map?indicator=pm25"), "zh")
def took(make):
    make()
    times = []
    for _ in range(7):
        start = time.perf_counter(); make(); times.append(time.perf_counter() - start)
    return 1000 * sorted(times)[3]
print(took(lambda: picture(view)), took(plain))
"""

_DECK = """
import time
from dashboard.exports import STANDARD
from dashboard.exports.slides import deck
from dashboard.kinds import open_view, parse
items = [(open_view(*parse(address), "zh"), "") for address in {views!r} * 2]
start = time.perf_counter(); deck(items, STANDARD); print(1000 * (time.perf_counter() - start))
"""

_REPORT = """
import time
from dashboard.exports import STANDARD
from dashboard.exports.region_report import region_report
region_report("120000", "zh", STANDARD)
start = time.perf_counter(); region_report("130600", "zh", STANDARD); print(1000 * (time.perf_counter() - start))
"""

_WORKBOOK = """
import time
from dataclasses import replace
import pandas as pd
from dashboard.exports import STANDARD
from dashboard.exports.workbook import xlsx
from dashboard.kinds import open_view, parse
view = open_view(*parse("data?indicator=gdp,pm25,rail_km"), "zh")
times = {rows} // len(view.frame) + 1
view = replace(view, frame=pd.concat([view.frame] * times, ignore_index=True).head({rows}))
peak = lambda: int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
before = peak()
start = time.perf_counter(); xlsx(view, STANDARD)
print(1000 * (time.perf_counter() - start), (peak() - before) / 1024)
"""


def _told(program: str) -> list[float]:
    """The numbers that a program of its own prints last."""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise CannotMeasure(f"an export failed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return [float(word) for word in done.stdout.split()]


def hundred_charts() -> float:
    """Milliseconds for 50 trends and 50 maps as SVG on all processors, start of the program included."""
    from dashboard.views import mappable, with_figures
    from indicators import series

    trends = [i for i in with_figures() if series(i).groupby("area")["t"].nunique().max() > 1]
    views = [f"indicator?indicator={i}" for i in trends[:50]] + [f"map?indicator={i}" for i in mappable()[:50]]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        done = subprocess.run([sys.executable, "-W", "ignore", "-m", "dashboard", "export", *(w for v in views for w in ("--view", v)), "-o", folder],
                              cwd=ROOT, capture_output=True, text=True)
        taken, made = time.perf_counter() - start, len(list(Path(folder).glob("*.svg")))
        if made < 100:
            raise CannotMeasure(f"only {made} charts were written: {done.stderr.strip().splitlines()[-1]}")
        return 1000 * taken


def measure(times: int, say) -> list[Row]:
    """Pictures, decks, reports and workbooks, each in processes of its own."""
    say("exports")
    ours, plain = map(median, zip(*(_told(_PNG) for _ in range(max(1, times // 2)))))
    small, large = (_told(_WORKBOOK.format(rows=rows)) for rows in (10_000, 100_000))
    return [
        Row("one PNG after the first, against a bare line chart", "ms", ours, plain, "most", 350),
        Row("100 charts as SVG", "ms", hundred_charts(), None, "most", 30_000),
        Row("a deck of 20 slides", "ms", _told(_DECK.format(views=VIEWS))[0], None, "most", 5_000),
        Row("a region report", "ms", _told(_REPORT)[0], None, "most", 5_000),
        Row("XLSX of 100,000 observations, against ten times 10,000", "ms", large[0], 10 * small[0], "most", 10_000),
        Row("  memory that it adds, against 10,000", "MB", large[1], small[1]),
    ]


def beside(browser, server, changes: int) -> tuple[float, float]:
    """95th percentile of a year change in milliseconds: on a quiet server, and while it makes exports."""
    stop = threading.Event()
    body = json.dumps({"items": [{"address": address} for address in VIEWS], "lang": "zh"}).encode()

    def keep_busy():
        while not stop.is_set():
            with urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{server.port}/api/export/basket.zip", data=body, headers={"Content-Type": "application/json"}), timeout=120) as answer:
                answer.read()

    with context(browser, OURS) as opened:
        page = opened.new_page()
        visit(page, OURS, server.port)

        def p95() -> float:
            taken = []
            for turn in range(changes):
                taken.append(change_year(page, OURS, "ArrowLeft" if turn % 2 == 0 else "ArrowRight"))
                time.sleep(0.3)
            return quantiles(taken, n=20)[-1]

        quiet = p95()
        work = threading.Thread(target=keep_busy, daemon=True)
        work.start()
        time.sleep(3)
        loaded = p95()
        stop.set()
        work.join()
    return quiet, loaded

