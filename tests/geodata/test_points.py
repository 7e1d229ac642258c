"""Points to the areas that cover them, in one piece and in parts."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geodata
from geodata.points import PROBLEMS, assign, assign_partitioned, counted

MISSING, FAR, SWAPPED = PROBLEMS


@pytest.fixture(scope="module")
def counties():
    return geodata.load("county", geodata.HOME).sort_index()


@pytest.fixture(scope="module")
def shared(counties):
    """Points on borders that two counties share, with the codes that touch them."""
    found = []
    for code in ("110101", "110105", "120101", "130104", "130629"):
        for other in counties.index[counties.intersects(counties.geometry[code])]:
            border = counties.geometry[code].boundary.intersection(counties.geometry[other].boundary)
            if other == code or border.is_empty or border.length == 0:
                continue
            vertex = shapely.get_point(max(shapely.get_parts(border), key=shapely.length), 0)
            found.append((vertex.x, vertex.y, sorted(counties.index[counties.intersects(vertex)])))
    return found


def frame(lon, lat, **more):
    return pd.DataFrame({"lon": lon, "lat": lat, **more})


def test_every_county_has_its_own_inner_point(counties):
    places = [geodata.representative_point(code) for code in counties.index]
    for level, codes in (("county", list(counties.index)), ("prefecture", counties["parent"].tolist())):
        found = assign(frame(*zip(*places, strict=True)), level)
        assert found["code"].tolist() == codes
        assert (found["problem"] == "").all()


def test_a_point_on_a_border_belongs_to_the_lowest_code_of_those_that_touch_it(shared):
    assert len(shared) > 20 and all(len(codes) >= 2 for *_, codes in shared)
    lon, lat, codes = zip(*shared, strict=True)
    assert assign(frame(lon, lat))["code"].tolist() == [c[0] for c in codes]


def test_random_points_agree_with_each_polygon_asked_by_itself(counties):
    random = np.random.default_rng(3)
    points = frame(random.uniform(113, 120, 400), random.uniform(36, 43, 400))
    found = assign(points)["code"]
    for code, place in zip(found, shapely.points(points["lon"], points["lat"]), strict=True):
        assert code == next(iter(counties.index[counties.intersects(place)]), "")
    assert 0 < (found == "").sum() < 400


@pytest.mark.parametrize(
    ("lon", "lat", "problem", "code"),
    [
        (116.4, 39.9, "", "110101"), ("116.4", "39.9", "", "110101"), (121.5, 31.2, "", ""), (0.0, 0.0, "", ""), (-116.4, 39.9, "", ""),
        (np.nan, 39.9, MISSING, ""), (116.4, None, MISSING, ""), ("北京", 39.9, MISSING, ""), (np.inf, 39.9, MISSING, ""),
        (39.9, 116.4, SWAPPED, ""), (39.9, 80.0, SWAPPED, ""), (181.0, 39.9, FAR, ""), (116.4, -90.1, FAR, ""), (116.4e4, 39.9e4, FAR, ""),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_point_is_named_and_it_gets_no_code(lon, lat, problem, code):
    found = assign(frame([lon], [lat]))
    assert found.loc[0].to_dict() == {"code": code, "problem": problem}


def test_the_index_is_kept_and_all_is_counted():
    points = frame([116.4, 116.4, np.nan, 39.9, 200, 60], [39.9, 39.9, 1, 116.4, 1, 40]).set_axis(list("abbcde"))
    found = assign(points)
    assert list(found.index) == list("abbcde")
    assert counted(found) == {"assigned": 2, "outside": 1, MISSING: 1, FAR: 1, SWAPPED: 1}
    assert assign(points.head(0)).dtypes.equals(found.dtypes)


def test_geometries_are_taken_in_their_own_system():
    square = gpd.GeoSeries.from_xy([116.4, 117.2], [39.9, 39.13], crs="EPSG:4326")
    codes = ["110101", "120101"]
    for places in (square, square.to_crs(3857), square.to_crs(geodata.REGION_CRS), square.set_crs(None, allow_override=True)):
        assert assign(gpd.GeoDataFrame(geometry=places))["code"].tolist() == codes
    empty = gpd.GeoDataFrame(geometry=gpd.GeoSeries([None, shapely.Point()], crs="EPSG:4326"))
    assert assign(empty)["problem"].tolist() == [MISSING, MISSING]


def test_partitions_give_what_the_whole_gives(shared):
    dask_geopandas = pytest.importorskip("dask_geopandas", reason="requirements-cluster.txt is not installed")
    from dask.dataframe import from_pandas

    random = np.random.default_rng(4)
    lon, lat, _ = zip(*shared, strict=True)
    points = frame([*lon, *random.uniform(113, 120, 500), np.nan, 39.9, 200], [*lat, *random.uniform(36, 43, 500), 40, 116.4, 40])
    whole = assign(points)
    geometries = gpd.GeoDataFrame(geometry=gpd.points_from_xy(points["lon"], points["lat"], crs="EPSG:4326"))
    for parts in (1, 3, 7):
        for distributed in (from_pandas(points, npartitions=parts), dask_geopandas.from_geopandas(geometries, npartitions=parts)):
            lazy = assign_partitioned(distributed)
            assert lazy.npartitions == parts
            pd.testing.assert_frame_equal(lazy.compute(scheduler="synchronous"), whole)


@pytest.mark.parametrize(
    ("points", "level", "message"),
    [
        (pd.DataFrame({"lon": [1.0]}), "county", "need the columns lon and lat, in degrees; lat is missing"),
        (pd.DataFrame({"x": [1.0]}), "county", "lon and lat is missing"),
        (frame([1.0], [1.0]), "composite", "Composites overlap"),
        (frame([1.0], [1.0]), "town", "Unknown level 'town'"),
        (gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])]), "county", "Row 0 is a LineString, not a point"),
    ],
)
def test_what_are_no_points_and_no_level_is_refused(points, level, message):
    with pytest.raises(ValueError, match=message):
        assign(points, level)
