"""Residents and density.

Residents at the end of the year, revised after the census of 2020 where the vintage says so; they add
up over areas of one vintage. Census-day counts are kept apart.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("resident_population", "population", "万人", aggregation="sum", decimals=1),
    Indicator("population_density", "population", "人/平方公里"),
    Indicator("land_area", "population", "平方公里", decimals=1),
    Indicator("hebei_migrant_workers_beijing", "population", "万人", flow=True),
    Indicator("talent_flats", "population", "套"),
]
