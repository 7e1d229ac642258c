"""Technology contracts, above all those that flow from Beijing to Tianjin and Hebei.

A flow runs from the seller's area to the buyer's; what an area sells in all, wherever to, is
``tech_contract_total``. Values of single years and totals since a start are the same indicator with
another kind of period; they are never differenced. The flow's share of Beijing's output is computed.
"""

from __future__ import annotations

from indicators.model import Indicator

INDICATORS = [
    Indicator(
        "tech_contract_value", "innovation", "亿元", period_kind="year", flow=True, better="higher",
        decimals=1, measures=("share_of_output",), denominator="tech_contract_total",
        bases=(("published", "derived", "report"),), flagship=True,
    ),
    Indicator("tech_contract_count", "innovation", "项", period_kind="year", flow=True, better="higher"),
    Indicator(
        "tech_contract_total", "innovation", "亿元", aggregation="sum", period_kind="year", better="higher",
        decimals=1,
    ),
    Indicator("tech_contract_mutual", "innovation", "亿元", period_kind="year", better="higher", decimals=1),
]
