"""What the browser gets."""

import gzip
import json

import brotli
import numpy as np
import pytest
import shapely

import geodata
from geodata import web

LEVELS = ["province", "prefecture", "county", "composite"]


def rings(shape):
    """Rings of one area of the web geometry as lists of points."""
    found, ring = [], []
    for point in zip(shape["x"], shape["y"], strict=True):
        if point == (None, None):
            found.append(ring)
            ring = []
        else:
            ring.append(point)
    return [*found, ring]


def signed_area(ring):
    x, y = np.array(ring).T
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)


def edges(shape):
    return {(a, b) for ring in rings(shape) for a, b in zip(ring, ring[1:], strict=False)}


@pytest.mark.parametrize("level", LEVELS)
def test_every_area_is_drawn_in_kilometres_with_closed_rings_and_a_label_inside(level):
    content = geodata.web_geometry(level)
    layer = geodata.load(level)
    assert content["level"] == level
    assert content["crs"] == geodata.REGION_CRS
    assert content["unit"] == "km"
    assert content["credit"] == geodata.CREDIT
    assert list(content["areas"]) == list(layer.index)
    for code, shape in content["areas"].items():
        assert all(ring[0] == ring[-1] and len(ring) > 3 for ring in rings(shape))
        # Rounding to 100 m moves each border by 50 m at most.
        slack = 0.05 * layer.geometry.to_crs(geodata.REGION_CRS)[code].length / 1000
        assert sum(map(signed_area, rings(shape))) == pytest.approx(geodata.area_km2(code), abs=slack)
        outline = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings(shape)])
        assert outline.buffer(0.1).contains(shapely.Point(shape["label"])), code


def test_the_region_is_560_by_730_kilometres():
    xmin, ymin, xmax, ymax = geodata.web_geometry("prefecture")["bbox"]
    assert (xmax - xmin, ymax - ymin) == pytest.approx((557, 729), abs=2)
    assert geodata.web_geometry("county")["bbox"] == [xmin, ymin, xmax, ymax]


def test_distances_on_the_drawing_are_distances_on_the_ground():
    areas = geodata.web_geometry("prefecture")["areas"]
    a, b = (np.array(areas[code]["label"]) for code in ("130800", "130400"))
    assert np.hypot(*(a - b)) == pytest.approx(geodata.distance_km("130800", "130400"), rel=0.002)


def test_neighbours_share_every_edge():
    areas = geodata.web_geometry("prefecture")["areas"]
    others = set().union(*(edges(shape) for code, shape in areas.items() if code != "110000"))
    # Beijing is landlocked within the region: each of its edges is a neighbour's, reversed.
    assert {(b, a) for a, b in edges(areas["110000"])} <= others


def test_finer_levels_pass_through_the_vertices_of_coarser_ones():
    vertices = {
        level: {point for shape in geodata.web_geometry(level)["areas"].values() for r in rings(shape) for point in r}
        for level in ("province", "prefecture", "county")
    }
    assert vertices["province"] <= vertices["prefecture"] <= vertices["county"]


def test_holes_run_against_their_outer_ring():
    # 井陉矿区 lies within 井陉县.
    shape = geodata.web_geometry("county")["areas"]["130121"]
    signs = sorted(np.sign(signed_area(ring)) for ring in rings(shape))
    assert signs[0] == -1 and signs[-1] == 1


def test_rings_smaller_than_the_grid_are_left_out():
    speck = shapely.box(10_000, 0, 10_010, 10)
    assert len(web._rings(shapely.MultiPolygon([shapely.box(0, 0, 1000, 1000), speck]), 0.1)) == 1


@pytest.mark.parametrize(("level", "limit"), [("province", 20_000), ("prefecture", 40_000), ("county", 150_000)])
def test_compressed_files_are_small_and_hold_the_same(level, limit):
    for file in (geodata.web_file, geodata.geojson_file):
        plain = file(level).read_bytes()
        assert brotli.decompress(file(level, "br").read_bytes()) == plain
        assert gzip.decompress(file(level, "gz").read_bytes()) == plain
        assert file(level, "br").stat().st_size < file(level, "gz").stat().st_size < limit


def test_unknown_encoding_and_level_are_refused():
    with pytest.raises(ValueError, match="Unknown encoding 'zip'"):
        geodata.web_file("county", "zip")
    with pytest.raises(ValueError, match="Unknown level 'zone'"):
        geodata.geojson("zone")


@pytest.mark.parametrize("level", LEVELS)
def test_geojson_conforms_to_rfc_7946(level):
    content = json.loads(geodata.geojson(level))
    layer = geodata.load(level)
    assert content["type"] == "FeatureCollection"
    assert geodata.CREDIT["zh"] in content["attribution"] and geodata.CREDIT["en"] in content["attribution"]
    assert [feature["id"] for feature in content["features"]] == list(layer.index)
    for feature in content["features"]:
        code = feature["properties"]["code"]
        assert list(feature["properties"]) == ["code", "name_zh", "name_en", "level", "parent", "area_km2"]
        assert feature["properties"]["name_zh"] == geodata.area(code).name_zh
        assert feature["properties"]["parent"] == geodata.parent(code)
        assert feature["properties"]["area_km2"] == pytest.approx(geodata.area_km2(code), abs=0.005)
        shape = shapely.geometry.shape(feature["geometry"])
        assert shape.equals(layer.geometry[code])
        for part in shapely.get_parts(shape):
            assert part.exterior.is_ccw and not any(hole.is_ccw for hole in part.interiors)


def test_geojson_coordinates_have_four_decimals():
    text = geodata.geojson("province").decode()
    numbers = text[text.index('"coordinates":') :].replace("[", " ").replace("]", " ").replace(",", " ").split()
    assert max(len(n.partition(".")[2]) for n in numbers if n.replace(".", "").isdigit()) == 4
