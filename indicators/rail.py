"""Railways: operating length, high-speed lines, passengers.

Operating length at the end of the year by the place where the line lies; it adds up over areas. The
national statistics give it to 100 km, so yearly changes of Beijing and Tianjin say nothing.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("rail_km", "transport", "公里", aggregation="sum", better="higher", decimals=1, flagship=True),
    Indicator("hsr_km", "transport", "公里", aggregation="sum", better="higher", decimals=1),
    Indicator("rail_km_added", "transport", "公里", period_kind="cumulative", better="higher"),
    Indicator("rail_density", "transport", "公里/万平方公里", better="higher", decimals=1),
    Indicator("rail_passengers", "transport", "万人次", period_kind="year", better="higher"),
    Indicator("railway_line_km", "transport", "公里"),
]
