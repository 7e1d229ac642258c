"""SDMX-CSV, read by the package sdmx1 with a structure written here."""

import datetime
import io
import re

import pytest
import sdmx as reader
from sdmx.model import v30

from dashboard.exports import sdmx
from dashboard.rows import records
from indicators.model import period_bounds
from tests.dashboard.test_exports_tables import VIEWS, from_api, hostile, key, opened

STATUSES = set("ABDEFPUV")


def read(data):
    """Observations of a file: dictionaries of dimensions, value and attributes."""
    structure = v30.DataStructureDefinition(
        id="INTEGRATION",
        dimensions=v30.DimensionDescriptor(components=[
            (v30.TimeDimension if name == "TIME_PERIOD" else v30.Dimension)(id=name, order=i) for i, (name, *_) in enumerate(sdmx.DIMENSIONS)]),
        measures=v30.MeasureDescriptor(components=[v30.Measure(id="OBS_VALUE")]),
        attributes=v30.AttributeDescriptor(components=[v30.DataAttribute(id=name) for name, *_ in sdmx.ATTRIBUTES]))
    flow = v30.Dataflow(id="INTEGRATION", structure=structure)
    message = reader.read_sdmx(io.BytesIO(data), format="csv", structure=flow)
    (dataset,) = message.data
    assert dataset.action.name == "information"
    return [{**{k: v.value for k, v in o.dimension.values.items()}, "OBS_VALUE": float(o.value),
             **{k: v.value for k, v in o.attached_attribute.items()}} for o in dataset.obs]


def months(text):
    """First and last month of a period as SDMX writes it."""
    start, _, length = text.partition("/P")
    if not length:
        return period_bounds(text)
    assert (first := datetime.date.fromisoformat(start)).day == 1
    years, more = re.fullmatch(r"(?:(\d+)Y)?(?:(\d+)M)?", length).groups("0")
    last = 12 * first.year + first.month - 1 + 12 * int(years) + int(more) - 1
    return (first.year, first.month), (last // 12, last % 12 + 1)


def identity(row, bounds):
    """What tells a figure from all others, its period as months."""
    names = ("INDICATOR", "REF_AREA", "PERIOD_KIND", "MEASURE", "VINTAGE", "SOURCE")
    return *(row[n] for n in names), row["COUNTERPART_AREA"].replace(sdmx.NOT_APPLICABLE, ""), row["LOCATOR"].removeprefix("'"), bounds


@pytest.mark.parametrize("address", VIEWS)
def test_sdmx_reads_the_numbers_of_the_api(built, address):
    view = opened(address)
    rows = read(sdmx.csv(view))
    keys = [tuple(r[name] for name, *_ in sdmx.DIMENSIONS) for r in rows]
    assert len(set(keys)) == len(keys) and {r["OBS_STATUS"] for r in rows} <= STATUSES
    answered = from_api(view)
    answered = answered if view.kind == "data" else list(answered.values())
    printed = {identity(r, period_bounds(r["TIME_PERIOD"])): r for r in answered}
    read_back = {identity(r, months(r["TIME_PERIOD"])): r for r in rows}
    for who, row in read_back.items():
        same = printed[who]
        assert (row["OBS_VALUE"], row["UNIT_MEASURE"], row["OBS_STATUS"]) == (same["OBS_VALUE"], same["UNIT_MEASURE"], same["OBS_STATUS"])
        for bound in ("OBS_LOWER", "OBS_UPPER"):
            assert (float(row[bound]) if row[bound] else None) == same[bound]
    if view.kind == "data":  # of several figures on one basis one stands, the adopted one where there is one
        assert len(rows) == len({(*key(r), r["VINTAGE"]) for r in answered}) < len(answered)
        assert {who for who, r in printed.items() if r["SHOWN"]} <= set(read_back)
    else:
        assert len(rows) == len(view.frame)


def test_texts_stand_on_one_line(built):
    view = hostile(opened("data?indicator=gdp&rows=shown"))
    rows = read(sdmx.csv(view))
    assert len(rows) == len(view.frame) and {"a b", "'=1+1", "\U0001f409"} <= {r["COMMENT_OBS"] for r in rows}


def test_the_header_is_that_of_version_2(built):
    data = sdmx.csv(opened("trends?indicators=gdp")).decode("ascii", "ignore")
    head, first = data.splitlines()[:2]
    assert head.startswith("STRUCTURE,STRUCTURE_ID,ACTION,INDICATOR,REF_AREA,") and first.startswith(f"dataflow,{sdmx.STRUCTURE_ID},I,gdp,")


@pytest.mark.parametrize("period, expected", [
    ("2023", "2023"), ("2023-11", "2023-11"), ("2014/2022", "2014-01-01/P9Y"), ("2023-01/2023-11", "2023-01-01/P11M"),
    ("2014/2024-02", "2014-01-01/P10Y2M"), ("2022-07/2023-06", "2022-07-01/P1Y"), ("2023-12/2024-02", "2023-12-01/P3M"),
    ("2024-02-03/2024-03-01", "2024-02-03/P28D"), ("2023-01-15/2023", "2023-01-15/P351D")])
def test_periods_are_written_as_sdmx_allows(period, expected):
    assert sdmx.time_period(period) == expected


def test_a_range_is_no_other_range(built):
    view = opened("data?indicator=tech_contract_value&kind=cumulative,ytd")
    periods = {r["TIME_PERIOD"] for r in read(sdmx.csv(view))}
    assert len(periods) == view.frame["period"].nunique() and all("/P" in p for p in periods)
    assert len(records(view.frame, sdmx.DIMENSIONS)) == len(view.frame)


def test_no_period_is_refused():
    with pytest.raises(ValueError, match="no period"):
        sdmx.time_period("soon")
