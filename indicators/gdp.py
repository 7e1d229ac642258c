"""Gross domestic product, its growth and its make-up.

GDP is kept on several bases (before and after the economic censuses), which never join: growth and
indices are computed within one basis only. Levels add up over areas of one basis; per-capita GDP is a
mean weighted by population, shares of the three sectors are means weighted by GDP.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator(
        "gdp", "economy", "亿元", aggregation="sum", period_kind="year", better="higher", decimals=1,
        flagship=True,
    ),
    Indicator(
        "gdp_per_capita", "economy", "元", aggregation="mean", weight="resident_population",
        period_kind="year", better="higher",
    ),
    Indicator("gdp_growth_real", "economy", "%", period_kind="year", better="higher", decimals=1),
    Indicator(
        "share_primary", "economy", "%", aggregation="mean", weight="gdp", period_kind="year", decimals=1,
    ),
    Indicator(
        "share_secondary", "economy", "%", aggregation="mean", weight="gdp", period_kind="year",
        decimals=1,
    ),
    Indicator(
        "share_tertiary", "economy", "%", aggregation="mean", weight="gdp", period_kind="year", decimals=1,
    ),
    Indicator("gdp_trillion_steps", "economy", "个", period_kind="cumulative"),
]
