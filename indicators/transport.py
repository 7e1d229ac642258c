"""Roads, buses and travel times.

Lengths of roads at the end of the year add up over areas. A travel time between two places has a
counterpart area; one of a circle of cities has not.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator("expressway_km", "transport", "公里", aggregation="sum", better="higher"),
    Indicator("highway_km", "transport", "公里", aggregation="sum", better="higher"),
    Indicator("travel_time", "transport", "分钟", better="lower"),
    Indicator("commuting_circle_time", "transport", "分钟", better="lower"),
    Indicator("expressways_opened", "transport", "条", period_kind="cumulative"),
    Indicator("nev_promoted", "transport", "万辆", period_kind="cumulative", decimals=1),
    Indicator("road_link_agreements", "transport", "份", period_kind="cumulative"),
    Indicator("counties_served_by_bus", "transport", "个"),
    Indicator("cross_border_roads", "transport", "条"),
    Indicator("cross_city_bus_lines", "transport", "条"),
    Indicator("cross_province_bus_lines", "transport", "条"),
    Indicator("custom_bus_branch_lines", "transport", "条", flow=True),
    Indicator("custom_bus_lines", "transport", "条"),
    Indicator("custom_bus_passengers", "transport", "万人次", period_kind="cumulative"),
    Indicator("custom_bus_trunk_lines", "transport", "条", flow=True),
    Indicator("environs_link_roads", "transport", "条", flow=True),
    Indicator("expressways_backbone", "transport", "条"),
    Indicator("hub_bus_lines", "transport", "条"),
    Indicator("hub_intercity_lines", "transport", "条"),
    Indicator("hub_metro_lines", "transport", "条"),
    Indicator("hub_structure_progress", "transport", "%"),
    Indicator("hub_suburban_rail_lines", "transport", "条"),
    Indicator("hub_trunk_rail_lines", "transport", "条"),
    Indicator("intercity_bus_lines", "transport", "条"),
    Indicator("metro22_progress", "transport", "%"),
    Indicator("road_links", "transport", "条", flow=True),
    Indicator("sea_rail_trains", "transport", "列", flow=True),
]
