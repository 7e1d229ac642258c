"""Ports, customs and trade.

Throughput is that of a port or of a province's ports together; ports are no areas that make up a
composite, so nothing is added up.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator(
        "port_container_throughput", "openness", "万标准箱", period_kind="year", better="higher", decimals=1,
    ),
    Indicator("port_cargo_throughput", "openness", "万吨", period_kind="year", better="higher"),
    Indicator("customs_mutual_recognition_enterprises", "openness", "家", better="higher"),
    Indicator("export_gathering_time", "openness", "天", better="lower"),
    Indicator("import_pickup_time", "openness", "分钟", better="lower"),
    Indicator("green_channel_volume", "openness", "万标准箱", period_kind="year", flow=True, decimals=1),
    Indicator("inland_ports", "openness", "个"),
    Indicator("port_inland_outlets", "openness", "个"),
    Indicator("trade_facilitation_measures", "openness", "项", period_kind="cumulative"),
]
