"""What the analysis takes: intervals of composite scores, of few areas and of many, and stopping them."""

from __future__ import annotations

import time

import numpy as np

from dashboard import runs
from indicators.analysis import sections, uncertainty
from tests.bench.rows import Row

DRAWS, INDICATORS, YEARS = 1000, 40, 10


def section(areas: int, year: int) -> sections.Section:
    """A year of made-up figures, rounded to three digits."""
    value = np.random.default_rng(year).lognormal(3, 0.5, (areas, INDICATORS)).round(1) + 1
    parts = tuple((sections.DIMENSIONS[i % 5], str(i), "level") for i in range(INDICATORS))
    return sections.Section(year, tuple(map(str, range(areas))), parts, value, value - 0.05, value + 0.05, np.arange(INDICATORS) % 3 > 0,
                             np.array([value.min(axis=0), value.max(axis=0)]), {}, ())


def stopping(one: sections.Section) -> float:
    """Seconds from a reader's wish to stop a run that is under way until it has ended."""
    run = runs.start(object(), lambda progress, cancelled: uncertainty.spread(one, progress=progress, cancelled=cancelled))
    while not run.share:
        time.sleep(0.01)
    start = time.perf_counter()
    run.cancel()
    run.wait()
    return time.perf_counter() - start


def measure(say) -> list[Row]:
    """Seconds of 1,000 draws over 40 indicators and 10 years, of stopping, and of one year's sensitivity indices."""
    rows = []
    for areas, bar in ((13, 2.0), (2900, 60.0)):
        say(f"composite of {areas} areas")
        whole = [section(areas, year) for year in range(YEARS)]
        start = time.perf_counter()
        for one in whole:
            uncertainty.spread(one, draws=DRAWS)
        rows.append(Row(f"composite, {areas:,} areas x {INDICATORS} indicators x {YEARS} years, {DRAWS:,} draws", "s", time.perf_counter() - start, None, "most", bar))
    rows.append(Row("stopping a composite of 2,900 areas", "s", stopping(section(2900, 0)), None, "most", 1.0))
    one = section(13, 0)
    uncertainty.sensitivity(one, n=8)  # imports
    start = time.perf_counter()
    uncertainty.sensitivity(one, n=1024)
    rows.append(Row(f"sensitivity indices, 13 areas x {INDICATORS} indicators, one year", "s", time.perf_counter() - start))
    return rows
