"""Use and storage of energy.

Energy intensities are ratios that cannot be added; capacities are those of named plants.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator(
        "energy_per_industrial_va", "energy", "吨标准煤/万元", period_kind="year", better="lower", decimals=2,
    ),
    Indicator("energy_storage_capacity", "energy", "MW"),
    Indicator("fuel_cell_demo_areas", "energy", "个"),
]
