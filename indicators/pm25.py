"""Fine particles (PM2.5) in the air: annual means, and days with good levels.

The main series is the mean of the urban monitoring stations over a calendar year. A mean over several
cities depends on how they are weighted and the published regional means are plain means of cities, so
nothing is aggregated here. Reanalysis means and station subsets are indicators of their own.
"""

from __future__ import annotations

from indicators.model import Indicator, Limit

LIMITS = (
    Limit(35, "gb3095_grade2", "GB 3095-2012"),
    Limit(5, "who2021_aqg", "WHO global air quality guidelines 2021"),
    Limit(35, "who2021_it1", "WHO global air quality guidelines 2021"),
)

INDICATORS = [
    Indicator(
        "pm25", "environment", "µg/m³", period_kind="year", better="lower", decimals=1, limits=LIMITS,
        bases=(("official", "derived", "report"),), flagship=True,
    ),
    Indicator("pm25_area_mean", "environment", "µg/m³", period_kind="year", better="lower", decimals=1),
    Indicator("pm25_station_subset", "environment", "µg/m³", period_kind="year", better="lower", decimals=1),
    Indicator("pm25_good_days", "environment", "天", period_kind="year", better="higher"),
    Indicator("pm25_good_days_share", "environment", "%", period_kind="year", better="higher", decimals=1),
    Indicator("longest_pm25_good_run", "environment", "天", period_kind="year", better="higher"),
]
