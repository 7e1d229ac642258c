"""Small ledgers on disk, and trial indicators to fill them with."""

import csv
from pathlib import Path

from hypothesis import settings

from indicators.model import OBSERVATION_COLUMNS, Indicator, Limit

ROOT = Path(__file__).resolve().parents[2]
BEIJING, TIANJIN, HEBEI = "110000", "120000", "130000"
PROVINCES = (BEIJING, TIANJIN, HEBEI)

SOURCE_COLUMNS = ("source", "title", "publisher", "date", "kind", "original_publisher", "repository_or_file",
                  "reliability", "text_file", "text_sha256", "note")
DECISION_COLUMNS = ("indicator", "area", "prefer", "reason_zh", "reason_en")
TOLERANCE_COLUMNS = ("indicator", "area", "vintage", "whole_vintage", "sources", "first", "last", "ratio_min",
                     "ratio_max", "reason")

TRIAL = [
    Indicator("t_sum", "economy", "亿元", aggregation="sum", period_kind="year", bases=(("v", "w"),)),
    Indicator("t_mean", "economy", "元", aggregation="mean", weight="resident_population", period_kind="year"),
    Indicator("t_none", "environment", "µg/m³", period_kind="year",
              limits=(Limit(40, "high", "trial"), Limit(5, "low", "trial"))),
    Indicator("t_stock", "transport", "公里", aggregation="sum", period_kind="end"),
    Indicator("t_flow", "innovation", "亿元", period_kind="year", flow=True, measures=("share_of_output",),
              denominator="t_sum", bases=(("v", "report"),)),
    Indicator("t_total", "industry", "家", aggregation="sum", period_kind="cumulative"),
]


def quick(examples):
    """Settings of a property test: the same examples in every run, no clock, nothing on disk."""
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None)


def row(indicator, area, period, value, **more):
    """One observation; its interval is one unit wide unless told otherwise."""
    unit = {"t_mean": "元", "t_none": "µg/m³", "t_stock": "公里", "t_total": "家", "resident_population": "万人"}
    kind = {"t_stock": "end", "resident_population": "end", "t_total": "cumulative"}
    return {"indicator": indicator, "area": area, "counterpart_area": "", "period": period,
            "period_kind": kind.get(indicator, "year"), "value": value, "unit": unit.get(indicator, "亿元"),
            "lower": value - 0.5, "upper": value + 0.5, "value_text": f"{value:g}", "obs_status": "A",
            "vintage": "v", "source": "s1", "locator": "page=1", "note": "", **more}


def source(name, kind="official", date="2024-01-01", **more):
    """One row of sources.csv."""
    return {**dict.fromkeys(SOURCE_COLUMNS, ""), "source": name, "title": name, "kind": kind, "date": date, **more}


def tolerance(indicator, area, **more):
    """One row of sum_tolerances.csv."""
    return {"indicator": indicator, "area": area, "vintage": "v", "whole_vintage": "v", "sources": "", "first": "2000",
            "last": "2099", "ratio_min": "0.99", "ratio_max": "1.01", "reason": "", **more}


def write(folder, rows, sources=None, decisions=(), tolerances=()):
    """The four tables of a ledger in a folder.

    Sources that are not given are official ones; a decision is (indicator, area, prefer).
    """
    folder.mkdir(parents=True, exist_ok=True)
    if sources is None:
        sources = [source(name) for name in dict.fromkeys(r["source"] for r in rows)]
    decisions = [dict(zip(DECISION_COLUMNS, (*d, "因为", "because"))) for d in decisions]
    for name, columns, content in (("observations.csv", OBSERVATION_COLUMNS, rows),
                                   ("sources.csv", SOURCE_COLUMNS, sources),
                                   ("decisions.csv", DECISION_COLUMNS, decisions),
                                   ("sum_tolerances.csv", TOLERANCE_COLUMNS, tolerances)):
        with open(folder / name, "w", encoding="utf8", newline="") as file:
            table = csv.DictWriter(file, columns)
            table.writeheader()
            table.writerows(content)
    return folder
