"""The map of the whole country: 2,891 counties against the region's 13 prefectures, in the browser.

Nobody has measured every county of the country in five years, so the figures here are made up by
this file, in a copy of the checkout that only this benchmark serves. They never reach a page of anybody's.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np

from tests.bench.browser import OURS, Side, change_year, context, visit
from tests.bench.rows import Row
from tests.bench.servers import ROOT, CannotMeasure, Server, _serving
from tests.bench.wire import relay

ENVIRONMENT = {"BOUNDARY_SCOPE": "china"}
YEARS = range(2019, 2024)
INDICATOR = "made_up"
COUNTRY = Side("country", f"/map?indicator={INDICATOR}&level=county&year=2021", OURS.script, OURS.slider)
POINTS = 1_000_000
_SETTLE = 0.7

_MODULE = f'''"""Made-up figures of all counties, for a benchmark."""

from indicators.model import Indicator

INDICATORS = [Indicator("{INDICATOR}", "economy", "亿元", period_kind="year", decimals=1)]
'''


def checkout(folder: Path, codes: list[str]) -> Path:
    """A copy of the checkout with an indicator that has a made-up figure for each code and year.

    Parameters
    ----------
    folder : Path
        Where the copy goes.
    codes : list of str
        Areas.

    Returns
    -------
    Path
        The folder.
    """
    kept = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in kept:
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    package = folder / "indicators"
    (package / f"{INDICATOR}.py").write_text(_MODULE, "utf8")
    for lang, title in (("zh", "虚构数值（仅用于测速）"), ("en", "Made-up figures, for timing only")):
        with (package / "text" / f"{lang}.toml").open("a", encoding="utf8") as file:
            file.write(f'\n[indicator.{INDICATOR}]\nname = "{title}"\n')
    _append(package / "data" / "sources.csv", [{"source": "MADE_UP", "title": "Made-up figures", "publisher": "benchmark", "date": "2024-01-01", "kind": "official",
                                               "reliability": "low"}])
    values = np.random.default_rng(7).lognormal(5, 0.9, (len(codes), 1)) * np.cumprod(np.random.default_rng(8).normal(1.05, 0.04, (len(codes), len(YEARS))), axis=1)
    _append(package / "data" / "observations.csv", [
        {"indicator": INDICATOR, "area": code, "period": year, "period_kind": "year", "value": f"{value:.1f}", "unit": "亿元", "lower": f"{value - 0.05:.2f}",
         "upper": f"{value + 0.05:.2f}", "value_text": f"{value:.1f}", "obs_status": "A", "vintage": "published", "source": "MADE_UP", "locator": "none"}
        for code, own in zip(codes, values) for year, value in zip(YEARS, own)])
    return folder


def _append(path: Path, rows: list[dict]) -> None:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    with path.open("a", encoding="utf8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerows(rows)


def county_codes() -> list[str]:
    """Codes of the counties of the whole country."""
    from geodata import areas

    return [area.code for area in areas("county", "china")]


@contextmanager
def server() -> Iterator[Server]:
    """The dashboard of such a copy with the whole country as its scope, in caches of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        # the bundle of plotly.js, fonts and Streamlit's files are the same; geometry is not
        cache = Path(os.environ.get("DASHBOARD_CACHE", ROOT / ".cache"))
        shutil.copytree(cache, place / "cache", ignore=shutil.ignore_patterns("geodata", "axe", "geometry-*"))
        environment = {**ENVIRONMENT, "DASHBOARD_CACHE": str(place / "cache"), "DATABASE_URL": str(place / "review.sqlite"),
                       "GEODATA_CACHE": os.environ.get("GEODATA_CACHE") or str(ROOT / ".cache" / "geodata")}
        root = checkout(place / "checkout", county_codes())
        built = subprocess.run([sys.executable, "-m", "dashboard", "build"], cwd=root, env={**os.environ, **environment}, capture_output=True, text=True)
        if built.returncode:
            raise CannotMeasure(f"the build of the whole country failed: {(built.stderr.strip().splitlines() or ['?'])[-1]}")
        with _serving(root / "dashboard" / "app.py", root, environment) as running:
            yield running


def points(say) -> list[Row]:
    """Seconds to find the county of a million points of the country."""
    import pandas as pd

    from geodata.points import assign

    say("points to counties")
    random = np.random.default_rng(1)
    frame = pd.DataFrame({"lon": random.uniform(73, 136, POINTS), "lat": random.uniform(18, 54, POINTS)})
    assign(frame[:1000], "county", "china")  # loads the layer
    start = time.perf_counter()
    assign(frame, "county", "china")
    return [Row(f"{POINTS:,} points to 2,891 counties", "s", time.perf_counter() - start)]


def measure(browser, region: Server, repeats, say) -> list[Row]:
    """Rows of the country's map; the baseline of each is our own map of the region, measured beside it.

    Parameters
    ----------
    browser
        From :func:`tests.bench.browser.launched`.
    region : Server
        Our server with the three provinces.
    repeats : tests.bench.bench.Repeats
    say : callable
    """
    rows = points(say)
    say("the map of the whole country")
    with server() as country:
        running = {OURS: region, COUNTRY: country}
        for side, one in running.items():  # what a first visit computes is kept
            with context(browser, side) as opened:
                visit(opened.new_page(), side, one.port)
        country.wait_until_idle()
        first, drawn, seen, cost, page_cost, changed = ({side: [] for side in running} for _ in range(6))
        for _ in range(repeats.byte_visits):
            for side, one in running.items():
                with relay(one.port) as wire, context(browser, side) as opened:
                    page = opened.new_page()
                    visit(page, side, wire.port)
                    before = wire.wait_until_quiet()
                    first[side].append(before.total)
                    for turn in range(4):
                        change_year(page, side, "ArrowLeft" if turn % 2 == 0 else "ArrowRight")
                        time.sleep(_SETTLE)
                    changed[side].append((wire.wait_until_quiet() - before).total / 4)
        for _ in range(repeats.rounds):
            for side, one in running.items():
                with context(browser, side) as opened:
                    page = opened.new_page()
                    drawn[side].append(visit(page, side, one.port))
                    time.sleep(_SETTLE)
                    session = page.context.new_cdp_session(page)
                    session.send("Performance.enable")
                    before, busy = one.cpu_seconds(), _busy(session)
                    for turn in range(repeats.changes):
                        seen[side].append(change_year(page, side, "ArrowLeft" if turn % 2 == 0 else "ArrowRight"))
                        time.sleep(_SETTLE)
                    cost[side].append(1000 * (one.cpu_seconds() - before) / repeats.changes)
                    page_cost[side].append(1000 * (_busy(session) - busy) / repeats.changes)

    def compared(what, unit, found, kind="", bar=None, scale=1.0):
        return Row(what, unit, median(found[COUNTRY]) / scale, median(found[OURS]) / scale, kind, bar)

    return [
        *rows,
        compared("map of 2,891 counties, first visit, against the region's", "kB", first, "ratio", 3, 1000),
        compared("  navigation to a drawn map", "ms", drawn),
        compared("  year change, bytes", "B", changed, "most", 15_000),
        # a year change that asks nothing of the server costs less than the kernel counts
        Row("  year change, server CPU", "ms", median(cost[COUNTRY]), max(median(cost[OURS]), _TICK / repeats.changes), "ratio", 2),
        compared("  year change as seen", "ms", seen),
        compared("  year change, the browser's script", "ms", page_cost),
    ]


#: Milliseconds of a tick, in which the kernel counts processor time.
_TICK = 10.0


def _busy(session) -> float:
    """Seconds that the page's main thread has been busy."""
    found = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return found["TaskDuration"]
