"""Software, data centres, networks and the digital economy.

Value added, revenue and equipment add up over areas; shares do not.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator(
        "digital_economy_va", "digital", "亿元", aggregation="sum", period_kind="year", better="higher",
        decimals=1,
    ),
    Indicator("digital_economy_scale", "digital", "亿元", period_kind="year"),
    Indicator("software_revenue", "digital", "亿元", aggregation="sum", period_kind="year", better="higher"),
    Indicator("base_stations_5g", "digital", "个", aggregation="sum", better="higher"),
    Indicator("ai_pilot_zones", "digital", "个"),
    Indicator("base_stations_5g_share", "digital", "%", better="higher", decimals=1),
    Indicator("broadband_speed", "digital", "Mbps", better="higher"),
    Indicator("computing_power_share", "digital", "%"),
    Indicator("data_center_projects", "digital", "个"),
    Indicator("data_centers_operating", "digital", "个"),
    Indicator("digital_economy_national_share", "digital", "%", period_kind="year", better="higher"),
    Indicator("digital_economy_share_gdp", "digital", "%", period_kind="year", better="higher", decimals=1),
    Indicator("gigabit_penetration", "digital", "%", better="higher", decimals=1),
    Indicator("green_data_centers", "digital", "家", better="higher"),
    Indicator("iip_characteristic", "digital", "家"),
    Indicator("iip_comprehensive", "digital", "家"),
    Indicator("iip_professional", "digital", "家"),
    Indicator("server_capacity", "digital", "台"),
    Indicator("servers_operating", "digital", "台"),
    Indicator("software_national_share", "digital", "%", period_kind="year", decimals=1),
]
