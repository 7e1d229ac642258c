"""The API over the ledger of this checkout: numbers, formats, refusals, caching, its own document."""

import csv
import io
import json
import math

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import api
from dashboard.i18n import text
from dashboard.rows import OBSERVATION_COLUMNS, SERIES_COLUMNS, _cell, csv_bytes, guarded, records
from geodata import LEVELS, geojson
from indicators import catalogue, get, series
from indicators.ledger import reconciled, sources
from indicators.measures import period_kinds
from indicators.model import period_end

BOM = b"\xef\xbb\xbf"
ROWS = ["/api/series/gdp", "/api/observations/gdp"]


@pytest.fixture(scope="module")
def client():
    api.clear_cache()
    with TestClient(Starlette(routes=api.routes), raise_server_exceptions=False) as client:
        yield client


def rows_of_csv(response):
    assert response.status_code == 200, response.text
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def rows_of_json(response):
    assert response.status_code == 200, response.text
    return response.json()["rows"]


def refused(response, status):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert list(response.json()) == ["error"]
    sentence = response.json()["error"]
    assert "Traceback" not in sentence and sentence.endswith((".", "。"))
    return sentence


# --- numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize(("indicator", "options", "query"), [
    ("gdp", {}, ""),
    ("gdp", {"areas": ["jjj", "110000"]}, "?area=jjj,110000"),
    ("gdp", {"measure": "index", "base": "2015"}, "?measure=index&base=2015"),
    ("gdp", {"measure": "cagr"}, "?measure=cagr"),
    ("gdp", {"measure": "per_capita"}, "?measure=per_capita"),
    ("pm25", {"measure": "over_limit"}, "?measure=over_limit"),
    ("rail_km", {"measure": "density"}, "?measure=density"),
    ("tech_contract_value", {"measure": "share_of_output"}, "?measure=share_of_output"),
])
def test_a_series_has_the_numbers_of_indicators_series(client, indicator, options, query):
    expected = series(indicator, **options)
    assert len(expected)
    rows = rows_of_csv(client.get(f"/api/series/{indicator}.csv{query}"))
    assert rows == [{k: _cell(v) for k, v in row.items()} for row in records(expected, SERIES_COLUMNS)]
    for form in (rows, rows_of_json(client.get(f"/api/series/{indicator}.json{query}"))):
        for name, column in (("OBS_VALUE", "value"), ("OBS_LOWER", "lower"), ("OBS_UPPER", "upper")):
            assert [float(r[name]) for r in form] == expected[column].tolist()
        for name, column in (("REF_AREA", "area"), ("TIME_PERIOD", "period"), ("UNIT_MEASURE", "unit"), ("MEASURE", "measure")):
            assert [r[name] for r in form] == expected[column].tolist()


def test_observations_are_all_that_the_ledger_has(client):
    expected = reconciled("gdp")
    rows = rows_of_json(client.get("/api/observations/gdp.json"))
    assert [(r["SOURCE"], r["LOCATOR"], r["OBS_VALUE"], r["SHOWN"], r["RULE"], r["OTHERS"]) for r in rows] == list(
        zip(*(expected[c].tolist() for c in ("source", "locator", "value", "shown", "rule", "others"))))
    assert {r["SHOWN"] for r in rows} == {True, False}


def test_the_unit_is_that_of_the_measure(client):
    assert client.get("/api/series/gdp.json?measure=per_capita").json()["unit"] == "元/人"
    assert client.get("/api/observations/gdp.json").json()["unit"] == get("gdp").unit


# --- filters ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", ROWS)
def test_areas_may_be_repeated_or_stand_between_commas(client, path):
    repeated = client.get(f"{path}.json?area=110000&area=120000")
    joined = client.get(f"{path}.json?area=120000,110000,110000")
    assert {r["REF_AREA"] for r in rows_of_json(repeated)} == {"110000", "120000"}
    assert repeated.content == joined.content


@pytest.mark.parametrize("path", ROWS)
def test_a_range_of_periods_keeps_what_ends_within_it(client, path):
    rows = rows_of_json(client.get(f"{path}.json?area=110000&period=2015/2018"))
    assert {r["TIME_PERIOD"] for r in rows} == {"2015", "2016", "2017", "2018"}
    assert {r["TIME_PERIOD"] for r in rows_of_json(client.get(f"{path}.json?period=2016"))} == {"2016"}
    assert rows_of_json(client.get(f"{path}.json?period=2016-06")) == []


def test_a_cumulative_period_counts_by_its_end(client):
    periods = {r["TIME_PERIOD"] for r in rows_of_json(client.get("/api/observations/tech_contract_value.json"))}
    long = next(p for p in sorted(periods) if len(p) == 9 and p[4] == "/")
    rows = rows_of_json(client.get(f"/api/observations/tech_contract_value.json?period={long[5:]}"))
    assert long in {r["TIME_PERIOD"] for r in rows}
    rows = rows_of_json(client.get(f"/api/observations/tech_contract_value.json?period={long[:4]}"))
    assert long not in {r["TIME_PERIOD"] for r in rows}


def test_a_flow_is_filtered_by_both_ends(client):
    frame = series("tech_contract_value")
    origin, destination = frame.iloc[0][["area", "counterpart_area"]]
    expected = frame[(frame["area"] == origin) & (frame["counterpart_area"] == destination)]
    for folder, count in (("series", len(expected)), ("observations", None)):
        rows = rows_of_json(client.get(f"/api/{folder}/tech_contract_value.json?area={origin}&counterpart={destination}"))
        assert {(r["REF_AREA"], r["COUNTERPART_AREA"]) for r in rows} == {(origin, destination)}
        assert count in (None, len(rows))


@pytest.mark.parametrize("path", ROWS)
def test_a_vintage_is_kept_alone(client, path):
    vintage = series("gdp").iloc[0]["vintage"]
    assert {r["VINTAGE"] for r in rows_of_json(client.get(f"{path}.json?vintage={vintage}"))} == {vintage}


def test_each_kind_of_period_can_be_asked_for(client):
    for kind in period_kinds("tech_contract_value"):
        for folder in ("series", "observations"):
            rows = rows_of_json(client.get(f"/api/{folder}/tech_contract_value.json?kind={kind}"))
            assert {r["PERIOD_KIND"] for r in rows} == {kind}


def test_observations_of_one_source(client):
    source = reconciled("gdp").iloc[0]["source"]
    rows = rows_of_json(client.get("/api/observations/gdp.json", params={"source": source}))
    assert {r["SOURCE"] for r in rows} == {source}


# --- formats ---------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "columns", "filename"), [
    ("series", SERIES_COLUMNS, "gdp.csv"), ("observations", OBSERVATION_COLUMNS, "gdp_observations.csv")])
def test_csv_opens_in_a_spreadsheet(client, folder, columns, filename):
    response = client.get(f"/api/{folder}/gdp.csv")
    assert response.content.startswith(BOM) and response.content.count(BOM) == 1
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == f'attachment; filename="{filename}"'
    assert b"\r" not in response.content
    rows = rows_of_csv(response)
    assert list(rows[0]) == [name for name, _, _ in columns]
    assert all(set(r["OBS_VALUE"]) <= set("-0123456789.") for r in rows)


def test_csv_without_rows_has_its_header(client):
    response = client.get("/api/series/gdp.csv?period=1900")
    assert response.content == BOM + ",".join(n for n, _, _ in SERIES_COLUMNS).encode() + b"\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_text_like_a_formula_is_guarded(start):
    assert guarded(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("harmless", ["", "1=1", "近3000家", "'=1"])
def test_other_texts_stay_as_they_are(harmless):
    assert guarded(harmless) == harmless


def test_texts_are_guarded_in_csv_and_numbers_are_not():
    columns = (("TEXT", "text", "string"), ("NUMBER", "number", "number"))
    rows = [{"TEXT": '=HYPERLINK("x","y")', "NUMBER": -1.5}, {"TEXT": "a\nb", "NUMBER": 1e21}, {"TEXT": "c", "NUMBER": None}]
    content = csv_bytes(rows, columns).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(content, newline=""))) == [
        ["TEXT", "NUMBER"], ["'=HYPERLINK(\"x\",\"y\")", "-1.5"], ["a\nb", "1" + "0" * 21], ["c", ""]]


def test_what_is_no_number_becomes_null():
    import pandas as pd

    frame = pd.DataFrame({"v": [math.nan, math.inf, -math.inf, 1.0]})
    assert [r["V"] for r in records(frame, (("V", "v", "number"),))] == [None, None, None, 1.0]


@pytest.mark.parametrize("path", [
    "/api/catalogue.json", "/api/sources.json", "/api/openapi.json", "/api/series/gdp.json", "/api/observations/gdp.json",
    "/api/series/pm25.json?measure=growth", "/api/observations/tech_contract_value.json"])
def test_json_has_no_nan(client, path):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    json.loads(client.get(path).text, parse_constant=refuse)


def test_a_table_names_its_indicator_in_both_languages(client):
    content = client.get("/api/series/pm25.json").json()
    assert list(content) == ["indicator", "name", "unit", "rows"]
    assert content["indicator"] == "pm25" and set(content["name"]) == {"zh", "en"} and all(content["name"].values())


# --- lists and layers ------------------------------------------------------------------


def test_the_catalogue_has_every_indicator(client):
    content = client.get("/api/catalogue.json").json()
    assert [i["id"] for i in content["indicators"]] == [i.id for i in catalogue()]
    pm25 = next(i for i in content["indicators"] if i["id"] == "pm25")
    rows = reconciled("pm25")
    assert pm25["measures"] == list(get("pm25").all_measures)
    assert pm25["period_kinds"] == list(period_kinds("pm25"))
    assert pm25["limits"][0]["value"] == get("pm25").limits[0].value
    assert (pm25["observations"], pm25["areas"]) == (len(rows), rows["area"].nunique())
    years = [period_end(p)[0] for p in rows[rows["obs_status"] != "F"]["period"]]
    assert (pm25["first_year"], pm25["last_year"]) == (min(years), max(years))
    assert [x["id"] for x in content["levels"]] == list(LEVELS)
    for table in ("themes", "levels", "measures", "period_kinds", "statuses", "vintages"):
        assert content[table] and all(set(x["name"]) == {"zh", "en"} for x in content[table])
    assert "jjj" in {a["code"] for a in content["areas"]}


def test_the_sources_are_those_of_the_ledger(client):
    assert [s["source"] for s in client.get("/api/sources.json").json()["sources"]] == list(sources().index)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, br", "br"), ("gzip;q=0.5", "gzip"), ("br;q=0, gzip", "gzip"),
                                                    ("identity", None)])
def test_layers_are_sent_as_compressed_as_the_client_can_read(client, level, accepted, encoding):
    if encoding == "br":
        pytest.importorskip("brotli")
    response = client.get(f"/api/areas/{level}.geojson", headers={"Accept-Encoding": accepted})
    assert response.headers.get("content-encoding") == encoding
    assert response.headers["content-type"] == "application/geo+json"
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.content == geojson(level)


@pytest.mark.parametrize(("header", "encoding"), [
    ("", ""), ("br", "br"), ("gzip", "gzip"), ("deflate, GZIP;q=1.0", "gzip"), ("br;q=0.000,gzip; q=0", ""), ("br;q=.5", "br"),
    ("br;q=x", ""), ("*", "")])
def test_encodings_are_chosen_by_weight(header, encoding):
    assert api.chosen_encoding(header, ("gzip", "br")) == encoding


# --- refusals --------------------------------------------------------------------------

KINDS = ("csv", "json")
REFUSALS = [
    # path and query, status, what the sentence must name
    ("/api/series/gpd.{}", 404, ["gpd", "gdp", "/api/catalogue.json"]),
    ("/api/observations/nothing.{}", 404, ["nothing", "/api/catalogue.json"]),
    ("/api/series/{{x}}%00.{}", 404, ["/api/catalogue.json"]),
    ("/api/series/gdp.{}?area=110009", 400, ["area", "110009", "110000", "/api/catalogue.json"]),
    ("/api/series/gdp.{}?area=110000,", 400, ["area", "110000"]),
    ("/api/series/gdp.{}?area=", 400, ["area", "110000"]),
    ("/api/observations/gdp.{}?counterpart=Hebei", 400, ["counterpart", "Hebei", "/api/catalogue.json"]),
    ("/api/series/gdp.{}?measure=median", 400, ["median", "level", "per_capita"]),
    ("/api/series/gdp.{}?measure=over_limit", 400, ["over_limit", "level", "index"]),
    ("/api/series/gdp.{}?kind=month", 400, ["kind", "month", "year"]),
    ("/api/observations/gdp.{}?kind=month", 400, ["kind", "month", "year"]),
    ("/api/series/gdp.{}?vintage=censusX", 400, ["vintage", "censusX"]),
    ("/api/observations/gdp.{}?source=nobody", 400, ["source", "nobody", "/api/sources.json"]),
    ("/api/series/gdp.{}?period=last", 400, ["last", "2014/2023"]),
    ("/api/series/gdp.{}?period=2023-13", 400, ["2023-13", "2023-11"]),
    ("/api/series/gdp.{}?period=2023/2014", 400, ["2023/2014", "2014/2023"]),
    ("/api/series/gdp.{}?period=２０２３", 400, ["２０２３", "2023"]),
    ("/api/observations/gdp.{}?period=2014/", 400, ["2014/", "2014/2023"]),
    ("/api/series/gdp.{}?measure=index&base=14", 400, ["14", "2014"]),
    ("/api/series/gdp.{}?base=2014", 400, ["base", "level", "growth", "cagr", "index"]),
    ("/api/series/gdp.{}?areas=110000", 400, ["areas", "counterpart", "vintage"]),
    ("/api/series/gdp.{}?source=nbs", 400, ["source", "vintage"]),
    ("/api/observations/gdp.{}?measure=level", 400, ["measure", "source"]),
    ("/api/series/gdp.{}?id=pm25", 400, ["id", "area"]),
    ("/api/series/gdp.{}?measure=level&measure=index", 400, ["measure", "2", "one"]),
    ("/api/series/gdp.{}?lang=fr", 400, ["lang", "zh", "en"]),
    ("/api/series/gdp.{}?area=" + "1" * 65, 400, ["area", "65", "64"]),
    ("/api/series/gdp.{}?area=" + "110000," * 600, 400, ["4000"]),
    ("/api/series/" + "g" * 65 + ".{}", 400, ["65", "64"]),
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("path", "status", "named"), REFUSALS)
def test_bad_input_gets_a_sentence_that_names_what_is_accepted(client, path, status, named, kind):
    sentence = refused(client.get(path.format(kind)), status)
    assert [word for word in named if word not in sentence] == []


@pytest.mark.parametrize(("path", "status", "named"), [
    ("/api/areas/town.geojson", 404, ["town", *LEVELS]),
    ("/api/areas/county.geojson?simplify=1", 400, ["simplify", "lang"]),
    ("/api/catalogue.json?x=1", 400, ["x", "lang"]),
    ("/api/series/gdp.xml", 404, ["/api/series/{id}.csv"]),
    ("/api/", 404, ["/api/openapi.json"]),
])
def test_other_addresses_refuse_too(client, path, status, named):
    sentence = refused(client.get(path), status)
    assert [word for word in named if word not in sentence] == []


def test_the_sentence_is_in_the_language_asked_for(client):
    assert "可用的有" in refused(client.get("/api/series/gpd.csv?lang=zh"), 404)
    assert "accepted are" in refused(client.get("/api/series/gpd.csv?lang=en"), 404)
    assert "/api/series/{id}.csv" in refused(client.get("/api/x?lang=zh"), 404)


def test_a_fault_of_the_server_is_told_without_its_traceback(client, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("secret path /srv")

    monkeypatch.setattr(api, "series", broken)
    sentence = refused(client.get("/api/series/gdp.json?area=110000&period=1901"), 500)
    assert "secret" not in sentence


def test_both_languages_have_the_same_sentences():
    def keys(table, start=""):
        return {k for name, v in table.items() for k in (keys(v, f"{start}{name}.") if isinstance(v, dict) else {start + name})}

    assert keys(text("zh")["api"]) == keys(text("en")["api"])


# --- HTTP ------------------------------------------------------------------------------

PATHS = ["/api/catalogue.json", "/api/areas/province.geojson", "/api/series/gdp.csv", "/api/series/gdp.json?area=jjj",
         "/api/observations/gdp.csv", "/api/observations/gdp.json", "/api/sources.json", "/api/openapi.json"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_an_unchanged_body_is_not_sent_again(client, path, encoding):
    accept = {"Accept-Encoding": encoding}
    first = client.get(path, headers=accept)
    etag = first.headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = client.get(path, headers={**accept, "If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert client.get(path, headers={**accept, "If-None-Match": '"other"'}).status_code == 200
    assert first.headers["cache-control"].startswith("public, max-age=")
    assert "access-control-allow-origin" not in first.headers


def test_different_bodies_have_different_tags(client):
    paths = ["/api/series/gdp.csv", "/api/series/gdp.json", "/api/series/gdp.csv?area=jjj", "/api/series/pm25.csv"]
    assert len({client.get(p).headers["etag"] for p in paths}) == len(paths)
    tags = {client.get(paths[0], headers={"Accept-Encoding": e}).headers["etag"] for e in ("identity", "gzip")}
    assert len(tags) == 2


@pytest.mark.parametrize("path", [*PATHS, "/healthz", "/api/series/nothing.csv"])
def test_head_answers_like_get_without_the_content(client, path):
    full = client.get(path, headers={"Accept-Encoding": "identity"})
    head = client.head(path, headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content) == (full.status_code, b"")
    assert dict(head.headers) == dict(full.headers)
    assert int(head.headers["content-length"]) == len(full.content)


def test_the_health_address_answers_whatever_a_probe_adds(client):
    for path in ("/healthz", "/healthz?t=1"):
        response = client.get(path)
        assert (response.status_code, response.json()) == (200, {"status": "ok"})
        assert response.headers["cache-control"] == "no-store"


def test_nothing_can_be_written(client):
    assert client.post("/api/series/gdp.csv").status_code == 405


def test_equal_questions_are_computed_once(client):
    api.clear_cache()
    bodies = {client.get(f"/api/series/gdp.csv?{q}").content for q in (
        "area=110000,120000", "area=120000&area=110000", "measure=level&area=110000,120000", "area=110000,120000&lang=en")}
    assert len(bodies) == 1
    assert api._body.cache_info().misses == 1


# --- the document ----------------------------------------------------------------------


def test_the_document_lists_exactly_the_routes():
    own = {path for path in api.openapi_document()["paths"] if not path.startswith(("/api/export/", "/api/view/"))}  # tests of exports hold those
    assert own == {r.path for r in api.routes if r.include_in_schema}
    hidden = [r.path for r in api.routes if not r.include_in_schema]
    assert hidden == [api.routes[-1].path]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_document_is_valid(client, lang):
    validator = pytest.importorskip("openapi_spec_validator")
    validator.validate(client.get(f"/api/openapi.json?lang={lang}").json())


def test_every_parameter_of_the_document_is_accepted(client):
    paths = api.openapi_document()["paths"]
    for path, item in paths.items():
        for parameter in item["get"].get("parameters", []) if not path.startswith(("/api/export/", "/api/view/")) else ():
            if parameter["in"] == "query":
                response = client.get(path.format(id="gdp", level="province"), params={parameter["name"]: "~"})
                sentence = refused(response, 400)
                assert "There is no parameter" not in sentence, (path, parameter["name"])


@pytest.mark.parametrize("path", [p for p in PATHS if ".csv" not in p])
def test_answers_fit_the_schema_of_the_document(client, path):
    jsonschema = pytest.importorskip("jsonschema")
    template = {"/api/areas/province.geojson": "/api/areas/{level}.geojson"}.get(
        path, path.partition("?")[0].replace("gdp", "{id}"))
    ok = api.openapi_document()["paths"][template]["get"]["responses"]["200"]
    (content,) = ok["content"].values()
    jsonschema.validate(client.get(path).json(), content["schema"], cls=jsonschema.Draft202012Validator)
