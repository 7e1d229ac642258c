"""What the analysis takes: intervals of composite scores, of few areas and of many."""

from __future__ import annotations

import time

import numpy as np

from indicators.analysis import composite, uncertainty
from tests.bench.rows import Row

DRAWS, INDICATORS, YEARS = 1000, 40, 10


def section(areas: int, year: int) -> composite.Section:
    """A year of made-up figures, rounded to three digits."""
    value = np.random.default_rng(year).lognormal(3, 0.5, (areas, INDICATORS)).round(1) + 1
    parts = tuple((composite.DIMENSIONS[i % 5], str(i), "level") for i in range(INDICATORS))
    return composite.Section(year, tuple(map(str, range(areas))), parts, value, value - 0.05, value + 0.05, np.arange(INDICATORS) % 3 > 0,
                             np.array([value.min(axis=0), value.max(axis=0)]), {}, ())


def measure(say) -> list[Row]:
    """Seconds of 1,000 draws over 40 indicators and 10 years, and of one year's sensitivity indices."""
    rows = []
    for areas, bar in ((13, 2.0), (2900, 60.0)):
        say(f"composite of {areas} areas")
        sections = [section(areas, year) for year in range(YEARS)]
        start = time.perf_counter()
        for one in sections:
            uncertainty.spread(one, draws=DRAWS)
        rows.append(Row(f"composite, {areas:,} areas x {INDICATORS} indicators x {YEARS} years, {DRAWS:,} draws", "s", time.perf_counter() - start, None, "most", bar))
    one = section(13, 0)
    uncertainty.sensitivity(one, n=8)  # imports
    start = time.perf_counter()
    uncertainty.sensitivity(one, n=1024)
    rows.append(Row(f"sensitivity indices, 13 areas x {INDICATORS} indicators, one year", "s", time.perf_counter() - start))
    return rows
