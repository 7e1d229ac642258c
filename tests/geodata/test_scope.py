"""Another scope than the three provinces, chosen by a setting: Tianjin and Hainan, which reaches 4° north."""

import numpy as np
import pandas as pd
import pytest
import shapely

import geodata
from geodata import scope, web
from geodata import source as files
from geodata.__main__ import main
from tests.geodata.test_web_geometry import edges, rings

WIDE = "120000,460000"


@pytest.fixture
def wide(monkeypatch):
    monkeypatch.setenv("BOUNDARY_SCOPE", WIDE)


def test_the_three_provinces_are_the_scope_unless_told(monkeypatch):
    monkeypatch.delenv("BOUNDARY_SCOPE", raising=False)
    assert geodata.current_scope() == geodata.HOME
    monkeypatch.setenv("BOUNDARY_SCOPE", " ")
    assert geodata.current_scope() == geodata.HOME
    monkeypatch.setenv("BOUNDARY_SCOPE", "460000, 120000,120000")
    assert geodata.current_scope() == ("120000", "460000")
    monkeypatch.setenv("BOUNDARY_SCOPE", "china")
    assert geodata.current_scope() == "china"


@pytest.mark.parametrize("text", ["beijing", "China", "130100", "130000;140000", "130000,", "china,130000"])
def test_a_setting_that_is_no_scope_is_refused_in_one_sentence(monkeypatch, capsys, text):
    monkeypatch.setenv("BOUNDARY_SCOPE", text)
    with pytest.raises(ValueError, match=f"BOUNDARY_SCOPE must be .* not '{text}'"):
        geodata.areas("county")
    assert main(["build"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_part_of_the_three_needs_no_polygons_to_be_listed(monkeypatch):
    monkeypatch.setenv("BOUNDARY_SCOPE", "120000")
    assert [len(geodata.areas(level)) for level in ("province", "prefecture", "county")] == [1, 1, 16]
    assert geodata.area("110101").name_zh == "东城区"  # figures of the ledger keep their names
    assert len(geodata.areas("county", geodata.HOME)) == 199
    assert len(geodata.areas("composite")) == len(geodata.areas("composite", geodata.HOME))


def test_areas_of_the_scope_are_known_by_code_name_and_parent(wide):
    assert [(a.code, a.short_zh, a.short_en) for a in geodata.areas("province")] == [("120000", "天津", "Tianjin"), ("460000", "海南", "海南")]
    haikou = geodata.area("460100")
    assert (haikou.name_zh, haikou.name_en, haikou.level, haikou.parent) == ("海口市", "海口市", "prefecture", "460000")
    assert set(geodata.counties("460100")) == {"460105", "460106", "460107", "460108"}
    assert geodata.parent("460322") == "460300" and geodata.area("460322").name_zh == "南沙区"
    assert geodata.counties("460400") == ("460400",)  # 儋州 has no counties
    # counties directly under the province are drawn at both levels
    assert "469028" in {a.code for a in geodata.areas("prefecture")} & {a.code for a in geodata.areas("county")}
    assert len({a.code for a in geodata.areas()}) == len(geodata.areas())
    for level in ("province", "prefecture", "county"):
        assert {a.code for a in geodata.areas(level)} == set(geodata.load(level).index)


def test_without_the_scope_its_areas_are_unknown(monkeypatch):
    monkeypatch.delenv("BOUNDARY_SCOPE", raising=False)
    with pytest.raises(ValueError, match="Unknown area code '460100'"):
        geodata.area("460100")


def test_joins_and_sizes_follow_the_scope(wide):
    joined = geodata.join(pd.DataFrame({"area": ["460100"], "value": [1.0]}), "prefecture").set_index("area")
    assert joined.at["460100", "value"] == 1.0 and joined.at["120000", "geometry"] is not None
    with pytest.raises(ValueError, match="Not an area of level province: '130000'"):
        geodata.join(pd.DataFrame({"area": ["130000"]}), "province")
    assert geodata.area_km2("460100") == pytest.approx(2290, rel=0.03)  # 海口, official 2,289 km²
    assert geodata.distance_km("460100", "120000") == pytest.approx(2200, rel=0.03)


def test_figures_of_the_three_do_not_change_with_the_scope(monkeypatch):
    before = geodata.area_km2("120000"), geodata.area_km2("jjj"), geodata.representative_point("120101"), geodata.composite("xiongan")
    monkeypatch.setenv("BOUNDARY_SCOPE", WIDE)
    assert before == (geodata.area_km2("120000"), geodata.area_km2("jjj"), geodata.representative_point("120101"), geodata.composite("xiongan"))


def test_a_wide_map_is_drawn_on_a_coarse_grid_with_every_area_and_says_so(wide):
    for level in ("province", "prefecture", "county"):
        content = geodata.web_geometry(level)
        assert content["grid"] == 1.0 and content["crs"] == scope.CHINA_CRS
        assert "综合简化" in content["credit"]["zh"] and "simplified" in content["credit"]["en"]
        assert list(content["areas"]) == list(geodata.load(level).index)
        assert all(len(ring) > 3 and ring[0] == ring[-1] for shape in content["areas"].values() for ring in rings(shape))
    assert geodata.web_file("county").stat().st_size < 60_000
    # levels share their simplified borders
    inner = set().union(*(edges(shape) for shape in geodata.web_geometry("county")["areas"].values()))
    outer = edges(geodata.web_geometry("province")["areas"]["120000"])
    assert len(outer & inner) > 0.95 * len(outer)


def test_the_dashes_and_islands_of_the_south_china_sea_are_there(wide):
    from pyproj import Transformer

    content = geodata.web_geometry("province")
    back = Transformer.from_crs(scope.CHINA_CRS, "EPSG:4490", always_xy=True)
    ends = [(a, b) for a, b in zip(content["lines"]["x"], content["lines"]["y"], strict=True) if a is not None]
    lon, lat = back.transform(*(1000 * np.array(ends).T))
    assert lat.min() < 4 and lon.min() < 109  # south of 曾母暗沙 (3.97° N), off Vietnam
    dots = back.transform(*(1000 * np.array([content["islands"]["x"], content["islands"]["y"]])))
    for name, at in {"永兴岛": (112.34, 16.83), "曾母暗沙": (112.28, 3.97), "黄岩岛": (117.75, 15.15)}.items():
        assert np.hypot(dots[0] - at[0], dots[1] - at[1]).min() < 0.4, name
    assert "南海诸岛" in content["names"]["zh"] and len(content["names"]["x"]) == len(content["names"]["en"])
    assert content["bbox"][1] <= min(b for _, b in ends)


def test_the_lines_are_those_of_the_source():
    lines = files.read_lines("china", files.source_folder())
    assert lines.crs == "EPSG:4490"
    south = lines[lines.index == lines.bounds.miny.idxmin()]
    assert len(south) == 10  # nine dashes in the South China Sea and the one east of Taiwan
    hainan = files.read_lines(("460000",), files.source_folder())
    assert len(hainan[hainan.index == south.index[0]]) == 10  # all or none
    assert files.read_lines(geodata.HOME, files.source_folder()).empty


def test_an_island_near_the_coast_is_no_dot_and_a_far_one_is():
    import geopandas as gpd

    land, near, far = shapely.box(0, 0, 50_000, 50_000), shapely.box(60_000, 0, 61_000, 1000), shapely.box(200_000, 0, 201_000, 1000)
    sea = web.seaward(gpd.GeoSeries([shapely.MultiPolygon([land, near, far])], crs=scope.CHINA_CRS), gpd.GeoSeries([], crs=scope.CHINA_CRS), 1.0)
    assert sea["islands"] == {"x": [200], "y": [0]} and sea["lines"] == {"x": [], "y": []}
