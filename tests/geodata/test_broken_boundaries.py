"""Polygon files that must be refused, each with a sentence that says what is wrong."""

import geopandas as gpd
import pytest
import shapely

from geodata import boundaries, checks

TIANJIN = ["120000"]
COUNTY_FILE = "district.geojson"
SQUARE = [[[117.0, 39.0], [117.1, 39.0], [117.1, 39.1], [117.0, 39.1], [117.0, 39.0]]]
BOW_TIE = [[[117.0, 39.0], [117.1, 39.1], [117.1, 39.0], [117.0, 39.1], [117.0, 39.0]]]


def county(features, code):
    return next(f for f in features[COUNTY_FILE] if f["properties"]["gb"] == f"156{code}")


def set_shape(code, kind, coordinates):
    def change(features):
        county(features, code)["geometry"] = {"type": kind, "coordinates": coordinates}

    return change


def set_property(code, name, value):
    def change(features):
        county(features, code)["properties"][name] = value

    return change


def drop(code):
    return lambda features: features[COUNTY_FILE].remove(county(features, code))


def repeat(code):
    return lambda features: features[COUNTY_FILE].append(county(features, code))


def drop_all(features):
    for name in features:
        features[name] = [f for f in features[name] if not f["properties"]["gb"]] or features[name][-1:]


def drop_all_counties(features):
    features[COUNTY_FILE] = features[COUNTY_FILE][-1:]


def without_codes(features):
    for feature in features["province.geojson"]:
        del feature["properties"]["gb"]


def test_the_unbroken_files_pass_and_lose_the_boundary_line(source):
    report = boundaries.check(TIANJIN, source())
    assert report["counts"] == {"province": 1, "prefecture": 1, "county": 16, "composite": 0}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (repeat("120101"), "county layer: code 120101 occurs more than once"),
        (drop("120101"), "county layer: no polygon for 120101 和平区"),
        (drop_all_counties, "no polygon for 120101 和平区, .* and 11 more"),
        (drop_all, "province layer: no polygon for 120000 天津市"),
        (set_property("120101", "gb", "156120199"), "no polygon for 120101"),
        (set_property("120101", "gb", "120101"), "gb '120101' is not 156 and a six-digit code"),
        (set_property("120101", "name", "平和区"), "120101 is named 平和区, but areas.csv says 和平区"),
        (set_shape("120101", "Polygon", BOW_TIE), "the polygon of 120101 is invalid .*Self-intersection"),
        (set_shape("120101", "Polygon", []), "120101 has no geometry"),
        (set_shape("120101", "LineString", SQUARE[0]), "120101 is not a polygon"),
        (set_shape("120101", "Polygon", SQUARE), "county layer: overlaps between polygons make"),
        (without_codes, "province.geojson: every feature needs a geometry and the properties gb and name"),
    ],
)
def test_a_broken_file_is_refused_and_nothing_is_written(source, tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        boundaries.build(TIANJIN, tmp_path / "cache", source(change))
    assert not (tmp_path / "cache").exists()


def test_a_polygon_more_than_the_table_has_is_refused(source):
    def add(features):
        extra = dict(county(features, "120101"))
        extra["properties"] = {"gb": "156120199", "name": "新区"}
        features[COUNTY_FILE].append(extra)

    with pytest.raises(ValueError, match="120199 新区 is not in areas.csv"):
        boundaries.check(TIANJIN, source(add))


def test_a_file_that_is_no_geojson_is_refused(source):
    folder = source()
    (folder / COUNTY_FILE).write_text("{")
    with pytest.raises(ValueError, match="district.geojson cannot be read as GeoJSON"):
        boundaries.check(TIANJIN, folder)


def test_a_province_without_polygons_is_refused(source):
    with pytest.raises(ValueError, match="no polygon for any area of province 990000"):
        boundaries.check(["120000", "990000"], source())


def test_part_of_the_country_is_not_the_country(source):
    names = [(area, name) for area, name in checks.table_codes("province", "china").items()]
    with pytest.raises(ValueError, match="province layer: 3 polygons, expected 34"):
        checks.check_codes("province", names, "china")


def squares(*corners, size=1000.0):
    shapes = [shapely.box(x, y, x + size, y + size) for x, y in corners]
    return gpd.GeoSeries(shapes, index=[f"a{i}" for i in range(len(shapes))], crs=boundaries.REGION_CRS)


EXACT = checks.TOLERANCES["home"]


def test_overlap_is_measured_as_the_share_counted_twice():
    assert checks.check_coverage("county", squares((0, 0), (1000, 0)), EXACT) == {
        "area_km2": 2.0, "overlap": 0.0, "gap": 0.0,
    }  # fmt: skip
    with pytest.raises(ValueError, match="overlaps between polygons make 0.053 of the area"):
        checks.check_coverage("county", squares((0, 0), (900, 0)), EXACT)


def test_a_gap_between_polygons_is_refused_but_not_a_neighbours_land():
    ring = [(x, y) for x in range(3) for y in range(3) if (x, y) != (1, 1)]
    small = squares(*[(1000 * x, 1000 * y) for x, y in ring])
    with pytest.raises(ValueError, match="gaps between polygons make 0.12 of the area"):
        checks.check_coverage("county", small, EXACT)
    large = squares(*[(20000 * x, 20000 * y) for x, y in ring], size=20000.0)
    assert checks.check_coverage("county", large, EXACT)["gap"] == 0


def test_nesting_compares_each_area_with_its_parts():
    inner = squares((0, 0), (1000, 0))
    outer = gpd.GeoSeries([shapely.box(0, 0, 2000, 1000)], index=["b"], crs=inner.crs)
    owner = {"a0": "b", "a1": "b"}
    assert checks.check_nesting("county", inner, outer, owner, 1e-9) == {"worst": 0.0, "code": "b"}
    with pytest.raises(ValueError, match="polygons in b differ from its own by 0.5 of its area"):
        checks.check_nesting("county", inner[:1], outer, owner, 1e-9)
    with pytest.raises(ValueError, match="nothing lies in b"):
        checks.check_nesting("county", inner, outer, {"a0": "c", "a1": "c"}, 1e-9)


def test_a_ring_that_touches_itself_is_repaired_and_reported():
    touching = shapely.Polygon([(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)])
    assert not touching.is_valid
    layer = gpd.GeoDataFrame(geometry=[touching], index=["a"])
    fixed, codes = checks.repaired("county", layer)
    assert codes == ["a"]
    assert fixed.geometry.is_valid.all()
    assert fixed.geometry["a"].area == touching.area
