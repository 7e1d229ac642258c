"""Manufacturing: value added, firms, clusters and industrial chains.

Value added and counts of firms by seat add up over areas; shares and the figures of named projects and
supply chains do not.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator(
        "industrial_value_added", "industry", "亿元", aggregation="sum", period_kind="year", better="higher",
        decimals=1,
    ),
    Indicator("industrial_firms_above_scale", "industry", "家", aggregation="sum"),
    Indicator("manufacturing_entities", "industry", "个", aggregation="sum"),
    Indicator("srdi_smes", "industry", "家", aggregation="sum", better="higher"),
    Indicator("little_giants", "industry", "家", aggregation="sum", better="higher"),
    Indicator("champion_enterprises", "industry", "家", aggregation="sum", better="higher"),
    Indicator("new_industrial_firms", "industry", "家", aggregation="sum", period_kind="cumulative"),
    Indicator("life_health_output", "industry", "亿元", period_kind="year"),
    Indicator("advanced_clusters", "industry", "个"),
    Indicator("benz_parts_procurement", "industry", "亿元", period_kind="year"),
    Indicator("benz_parts_share", "industry", "%", period_kind="year"),
    Indicator("chain_blockages", "industry", "个"),
    Indicator("chain_choke_points", "industry", "个"),
    Indicator("chain_firms_first_included", "industry", "家", period_kind="cumulative"),
    Indicator("chain_leader_firms", "industry", "家", period_kind="cumulative"),
    Indicator("chain_leaders_supported", "industry", "家", period_kind="cumulative"),
    Indicator("chain_new_contracts", "industry", "亿元", period_kind="cumulative"),
    Indicator("chain_purchase_share_auto", "industry", "%", period_kind="year"),
    Indicator("chain_purchase_share_biopharma", "industry", "%", period_kind="year", decimals=1),
    Indicator("chain_purchase_share_electronics", "industry", "%", period_kind="year", decimals=1),
    Indicator("chain_purchase_share_equipment", "industry", "%", period_kind="year", decimals=1),
    Indicator("chain_purchase_share_hydrogen", "industry", "%", period_kind="year"),
    Indicator("chain_purchase_share_nev", "industry", "%", period_kind="year"),
    Indicator("chain_support_funds", "industry", "万元", period_kind="cumulative"),
    Indicator("cluster_scale_share", "industry", "%", period_kind="year"),
    Indicator("floor_area", "industry", "万平方米", decimals=1),
    Indicator("hightech_mfg_va_share", "industry", "%", decimals=1),
    Indicator("hightech_va_share_gdp", "industry", "%", decimals=1),
    Indicator("industry_alliances", "industry", "个"),
    Indicator("industry_chain_maps", "industry", "条"),
    Indicator("industry_chains", "industry", "条"),
    Indicator("industry_corridors", "industry", "条"),
    Indicator("industry_matchmaking_events", "industry", "场", period_kind="cumulative"),
    Indicator("innovative_smes", "industry", "家", period_kind="cumulative"),
    Indicator("key_chain_firms", "industry", "家"),
    Indicator("li_auto_suppliers", "industry", "家"),
    Indicator("little_giants_national_share", "industry", "%"),
    Indicator("manufacturing_entities_share", "industry", "%", decimals=1),
    Indicator("new_industrial_bases", "industry", "家"),
    Indicator("newtech_va_share", "industry", "%", period_kind="year", decimals=1),
    Indicator("share_hightech_new_entities", "industry", "%", period_kind="year", decimals=1),
    Indicator("site_area", "industry", "万平方米", decimals=1),
    Indicator("srdi_national_share", "industry", "%"),
    Indicator("steel_firms_withdrawn", "industry", "家", period_kind="cumulative"),
    Indicator("strategic_agreements", "industry", "项", period_kind="cumulative"),
    Indicator("strategic_emerging_va_share", "industry", "%", period_kind="year", decimals=1),
    Indicator("xiaomi_auto_suppliers", "industry", "家"),
]
