"""CSV, JSON and Parquet of every kind of view, read back by other libraries and held against the API."""

import csv
import io
import json
import math
import subprocess
import sys
from dataclasses import replace

import pyarrow.parquet as pq
import pytest

from dashboard import api
from dashboard.exports import Options, tables
from dashboard.i18n import t
from dashboard.kinds import open_view, parse
from dashboard.parameters import Refusal
from dashboard.rows import OBSERVATION_COLUMNS, SERIES_COLUMNS, records
from indicators.ledger import reconciled, sources
from tests.conftest import ROOT

VIEWS = ("map?indicator=pm25&year=2021", "ranking?indicator=gdp&level=province&measure=growth",
         "trends?indicators=tech_contract_value,gdp&areas=110000,130000", "trends?indicators=gdp&measure=index&base=2015",
         "region?area=130600", "data?indicator=gdp,tech_contract_value")
KEY = ("INDICATOR", "REF_AREA", "COUNTERPART_AREA", "TIME_PERIOD", "PERIOD_KIND", "MEASURE")
HOSTILE = ("=1+1", "-x", "@a", "+2", "a\nb", "\U0001f409", "长" * 10_000, '=HYPERLINK("http://x","y")')


def opened(address, lang="zh"):
    return open_view(*parse(address), lang)


def key(row):
    return tuple(row[k] for k in KEY)


def from_api(view):
    """What the API answers for the series of a view, by key; of observations, all of them in a list."""
    base = dict(view.query).get("base")
    if view.kind == "data":
        return [r for i in dict(view.query)["indicator"].split(",") for r in records(api.observation_frame({"id": i}), OBSERVATION_COLUMNS)]
    wanted = set(zip(view.frame["indicator"], view.frame["measure"], view.frame["period_kind"]))
    queries = [{"id": i, "measure": m, "kind": k, **({"base": base} if base else {})} for i, m, k in wanted]
    return {key(r): r for query in queries for r in records(api.series_frame(query), SERIES_COLUMNS)}


def assert_same_rows(rows, view):
    """Exported rows are rows of the API, none twice, and all that the view draws."""
    assert len(rows) == len(view.frame) > 0
    expected = from_api(view)
    if view.kind == "data":
        assert sorted(map(repr, rows)) == sorted(map(repr, expected))
        return
    assert [r for r in rows if r != expected[key(r)]] == []
    assert len({key(r) for r in rows}) == len(rows)


def hostile(view):
    """The view with texts that spreadsheets might run, cut or break at, in place of notes and printed forms."""
    texts = [HOSTILE[i % len(HOSTILE)] for i in range(len(view.frame))]
    return replace(view, frame=view.frame.assign(note=texts, value_text=texts), title="=1+1 & <b>")


def typed(row, columns):
    """Cells of a CSV as the values that they stand for."""
    kinds = {name: kind for name, _, kind in columns}
    read = {"number": lambda x: float(x) if x else None, "integer": int, "boolean": {"true": True, "false": False}.get,
            "string": lambda x: x[1:] if x[:1] == "'" else x}
    return {name: read[kinds[name]](cell) for name, cell in row.items()}


@pytest.mark.parametrize("address", VIEWS)
def test_rows_are_those_of_the_api(built, address):
    view = opened(address)
    columns = tables.columns(view)
    text = tables.csv(view).decode("utf-8-sig")
    assert_same_rows([typed(row, columns) for row in csv.DictReader(io.StringIO(text))], view)
    content = json.loads(tables.json(view))
    assert_same_rows(content["rows"], view)
    table = pq.read_table(io.BytesIO(tables.parquet(view)))
    assert_same_rows(table.to_pylist(), view)
    assert {str(table.schema.field(n).type) for n in ("OBS_VALUE", "OBS_LOWER")} == {"double"} and str(table.schema.field("CONFLICT").type) == "bool"
    about = json.loads(table.schema.metadata[b"about"])
    assert about == {k: v for k, v in content.items() if k != "rows"}


def test_a_trend_has_all_years_of_its_areas(built):
    rows = json.loads(tables.json(opened("trends?indicators=tech_contract_value&areas=110000")))["rows"]
    answered = records(api.series_frame({"id": "tech_contract_value", "area": ("110000",)}), SERIES_COLUMNS)
    assert sorted(map(repr, rows)) == sorted(map(repr, answered)) and {r["COUNTERPART_AREA"] for r in rows} >= {"jin_ji"}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", [VIEWS[0], VIEWS[2], VIEWS[5]])
def test_what_is_said_of_the_figures(built, address, lang):
    view = opened(address, lang)
    said = tables.metadata(view, Options(origin="https://monitor.example"))
    assert said["title"] and said["unit"] and said["source_line"] and said["link"].startswith("https://monitor.example/")
    assert ("lang=EN" in said["link"]) == (lang == "en")
    used = [s for joined in view.frame["source"] for s in joined.split("|")]
    assert {s["id"]: s["figures"] for s in said["sources"]} == {s: used.count(s) for s in set(used)}
    assert all(sources().loc[s["id"], "title"] in s["citation"] for s in said["sources"])
    assert all(set(d) == {"name", "definition", "method"} and d["name"] for d in said["definitions"])
    assert said["year"] == ("2021" if view.kind == "map" else "") and bool(said["credit"]) == (view.kind == "map")


def test_hostile_text_stays_text_in_csv(built):
    rows = list(csv.DictReader(io.StringIO(tables.csv(hostile(opened("data?indicator=gdp&rows=shown"))).decode("utf-8-sig"), newline="")))
    read = [r["COMMENT_OBS"] for r in rows]
    assert read[:len(HOSTILE)] == [f"'{x}" if x[0] in "=-@+" else x for x in HOSTILE]
    assert [r["VALUE_TEXT"] for r in rows] == read


def test_an_infinite_bound_is_a_gap(built):
    view = opened("data?indicator=gdp")
    view = replace(view, frame=view.frame.head(2).assign(upper=math.inf))
    assert [r["OBS_UPPER"] for r in csv.DictReader(io.StringIO(tables.csv(view).decode("utf-8-sig")))] == ["", ""]
    assert pq.read_table(io.BytesIO(tables.parquet(view)))["OBS_UPPER"].to_pylist() == [None, None]


def test_one_figure_stands_for_each_thing(built):
    everything, shown = (opened(f"data?indicator=gdp{rest}").frame for rest in ("", "&rows=shown"))
    assert len(tables.adopted(everything)) == len(shown) < len(everything)
    assert tables.adopted(everything)["value"].tolist() == shown["value"].tolist()
    left = tables.adopted(everything[~everything["shown"]])
    assert len(left) and not left.duplicated(["indicator", "area", "counterpart_area", "period", "period_kind"]).any()


def test_the_data_page_is_a_view_of_its_own(built):
    view = opened("data?indicator=pm25&areas=130100&kind=year&status=E&rows=shown", "en")
    own = reconciled("pm25")
    own = own[(own["area"] == "130100") & (own["period_kind"] == "year") & (own["obs_status"] == "E") & own["shown"]]
    assert sorted(view.frame["value"]) == sorted(own["value"]) and view.names() == [] and view.figures == ()
    many = opened("data?indicator=gdp,pm25,rail_km,tech_contract_value")
    assert many.title == t("zh", "export.table.many", indicators="、".join(t_name(i) for i in ("gdp", "pm25", "rail_km")), n=4)
    for wrong in ("data?indicator=none", "data?indicator=gdp&rows=some", "data?indicator=gdp&status=Z"):
        with pytest.raises(Refusal) as refused:
            opened(wrong)
        assert refused.value.status == 400 and refused.value.sentence("zh")
    with pytest.raises(Refusal) as refused:
        opened("data?indicator=gdp&status=F")
    assert refused.value.status == 404


def t_name(indicator):
    from indicators.names import indicator_text

    return indicator_text(indicator, "zh")["name"]


def test_exports_of_figures_need_no_streamlit():
    code = "import sys; from dashboard import kinds; from dashboard.exports import bundle, geography, sdmx; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0
