"""Technology contracts, above all those that flow from Beijing to Tianjin and Hebei.

A flow runs from the seller's area to the buyer's; what an area sells in all, wherever to, is
``tech_contract_total``. Values of single years and totals since a start are the same indicator with
another kind of period; they are never differenced. The flow's share of Beijing's output is computed.

From contract records (:data:`RECORDS`) a year's contracts are counted and their amounts added to the cent
by the places of seller and buyer; the year is that of the record's date.
"""

from __future__ import annotations

from fractions import Fraction

from indicators.model import Indicator
from indicators.records import flows, tables
from indicators.records.statistic import Figure, Statistic

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


# --- from contract records -------------------------------------------------------------

#: Amounts are read in cents (分); a contract of more than a trillion yuan is not plausible.
_CENTS, _MOST = 100, 1e12
_CENTS_OF_UNIT = 10**8 * _CENTS


def _read(raw, today):
    number, date, seller, buyer = tables.text(raw.id), tables.day(raw.date, today), tables.text(raw.seller_area), tables.text(raw.buyer_area)
    amount = tables.number(raw.amount_yuan, "amount_yuan", _CENTS, _MOST)
    problem = tables.first_problem(date, amount, more=[(number.value.isnull(), "no id")])
    return tables.beside(raw, id=number.value, day=date.value, seller_area=seller.value, buyer_area=buyer.value, cents=amount.value, problem=problem)


def _flow_problem(contracts, places):
    placed = flows.located(contracts, places, "seller_area", "buyer_area")
    return flows.with_problem(placed, [*flows.misplaced(placed, "seller_area", "buyer_area"), flows.apart(placed, "seller_area", "buyer_area")])


def _sale_problem(contracts, places):
    placed = flows.located(contracts, places, "seller_area")
    return flows.with_problem(placed, flows.misplaced(placed, "seller_area"))


def _sums(table):
    return table.group_by("area", "counterpart", "year").aggregate(contracts=table.count(), cents=table.cents.sum())


def _flows(good):
    return _sums(flows.yearly(good, "seller_area", "buyer_area"))


def _sales(good):
    return _sums(flows.yearly(good, "seller_area"))


def _figure(row, kind, value, note="") -> Figure:
    return Figure(row["area"], row["counterpart"], f"{int(row['year']):04d}", kind, value, note)


def _amounts(rows, kind) -> list[Figure]:
    return [_figure(row, kind, Fraction(int(row["cents"]), _CENTS_OF_UNIT), f"{int(row['contracts'])} contracts") for row in rows]


def _counts(rows, kind) -> list[Figure]:
    return [_figure(row, kind, Fraction(int(row["contracts"]))) for row in rows]


_OF_CONTRACTS = {"table": "contracts", "kinds": ("year",), "read": _read, "key": ("id",)}
_FLOW = {"problem": _flow_problem, "content": ("day", "seller_area_unit", "buyer_area_unit", "cents"), "result": _flows}
_RULE = "amounts added to the cent by year of the record's date, in 亿元 rounded half to even to 万元"
RECORDS = [
    Statistic("tech_contract_value", digits=4, figures=_amounts, rule=f"{_RULE}; from the seller's to the buyer's area", **_OF_CONTRACTS, **_FLOW),
    Statistic("tech_contract_count", digits=0, figures=_counts, rule="contracts by year of the record's date, from the seller's to the buyer's area", **_OF_CONTRACTS, **_FLOW),
    Statistic("tech_contract_total", digits=4, figures=_amounts, problem=_sale_problem, content=("day", "seller_area_unit", "cents"), result=_sales,
              rule=f"{_RULE}; by the seller's area, wherever the buyer is", **_OF_CONTRACTS),
]
