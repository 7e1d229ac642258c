"""GeoJSON and GeoPackage, read by geopandas."""

import io
import json

import geopandas as gpd
import pyogrio
import pytest
import shapely

from dashboard import api
from dashboard.exports import Options
from dashboard.exports.geography import geojson, gpkg
from dashboard.parameters import Refusal
from dashboard.rows import SERIES_COLUMNS, records
from geodata import CREDIT, areas
from tests.dashboard.test_exports_tables import opened

MAPS = ("map?indicator=pm25&year=2021", "ranking?indicator=gdp&level=province&measure=growth&year=2016", "map?indicator=gdp&level=composite&year=2020")


def answered(view, year=None):
    """Figures of the API by code and year."""
    asked = dict(view.query)
    rows = records(api.series_frame({"id": asked["indicator"], "measure": asked.get("measure", "level")}), SERIES_COLUMNS)
    return {(r["REF_AREA"], int(r["TIME_PERIOD"][:4])): r for r in rows if not r["COUNTERPART_AREA"]}


@pytest.mark.parametrize("address", MAPS)
def test_geojson_holds_the_shown_year_of_the_api(built, address):
    view = opened(address)
    level, year = dict(view.query)["level"], int(view.shown)
    data = geojson(view)
    table = gpd.read_file(io.BytesIO(data)).set_index("code")
    have = answered(view)
    expected = {a.code for a in areas(level)}
    assert set(table.index) == expected if level != "composite" else set(table.index) == {c for c, _ in have if c in expected}
    for code, row in table.iterrows():
        figure = have.get((code, year))
        if figure is None:
            assert row.drop(["id", "name", "parent", "geometry"]).isna().all()
        else:
            assert (row["value"], row["lower"], row["upper"], row["unit"], row["status"], row["source"], row["period"]) == tuple(
                figure[c] for c in ("OBS_VALUE", "OBS_LOWER", "OBS_UPPER", "UNIT_MEASURE", "OBS_STATUS", "SOURCE", "TIME_PERIOD"))
    content = json.loads(data)
    gaps = [f["properties"] for f in content["features"] if (f["id"], year) not in have]
    assert all(p["value"] is None for p in gaps)
    assert content["about"]["title"] and content["about"]["credit"] == CREDIT["zh"] and "crs" not in content
    outer = [shapely.get_exterior_ring(p) for g in map(shapely.geometry.shape, (f["geometry"] for f in content["features"])) for p in shapely.get_parts(g)]
    assert all(shapely.is_ccw(outer)) and table.crs.to_epsg() == 4326 and 113 < table.total_bounds[0] < table.total_bounds[2] < 120


@pytest.mark.parametrize("address", MAPS)
def test_geopackage_holds_all_years_of_the_api(built, address, tmp_path):
    view = opened(address, "en")
    path = tmp_path / "map.gpkg"
    path.write_bytes(gpkg(view, Options(origin="https://monitor.example")))
    table, have = gpd.read_file(path).set_index("code"), answered(view)
    assert table.crs.to_epsg() == 4490 and table.geometry.is_valid.all()
    assert set(table["name"]) == {a.name_en for a in areas(dict(view.query)["level"]) if a.code in table.index}
    years = [int(c[6:]) for c in table.columns if c.startswith("value_")]
    assert years == sorted({y for c, y in have if c in table.index})
    for code, row in table.iterrows():
        for year in years:
            figure = have.get((code, year))
            assert row[f"value_{year}"] == figure["OBS_VALUE"] if figure else row.isna()[f"value_{year}"]
        assert row["value"] == row[f"value_{view.shown}"] or row.isna()[["value", "source"]].all()
    (layer, _), = pyogrio.list_layers(path)
    about = pyogrio.read_info(path)["layer_metadata"]
    assert layer == view.id.replace("-", "_") and about["IDENTIFIER"] == json.loads(about["about"])["title"]
    assert json.loads(about["about"])["link"].startswith("https://monitor.example/map?") and "Tianditu" in about["DESCRIPTION"]


def test_a_flow_stands_at_its_destination(built):
    (feature,) = [f for f in json.loads(geojson(opened("map?indicator=tech_contract_value")))["features"] if f["properties"]["value"] is not None]
    rows = records(api.series_frame({"id": "tech_contract_value", "counterpart": (feature["id"],)}), SERIES_COLUMNS)
    assert feature["properties"]["value"] in [r["OBS_VALUE"] for r in rows]


@pytest.mark.parametrize("write", [geojson, gpkg])
@pytest.mark.parametrize("address", ["trends?indicators=gdp", "data?indicator=gdp", "region?area=130600"])
def test_views_without_areas_of_a_map_are_refused(built, address, write):
    with pytest.raises(Refusal) as refused:
        write(opened(address))
    assert refused.value.status == 400 and "csv" in refused.value.sentence("zh") and "csv" in refused.value.sentence("en")
