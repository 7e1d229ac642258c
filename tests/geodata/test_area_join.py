"""Figures joined to polygons."""

import geopandas as gpd
import pandas as pd
import pytest

import geodata


def frame(**columns):
    return pd.DataFrame(columns)


def test_every_polygon_is_kept_and_gaps_stay_gaps():
    joined = geodata.join(frame(area=["130100", "110000"], value=[1.0, 2.0]), "prefecture")
    assert isinstance(joined, gpd.GeoDataFrame)
    assert joined.crs == "EPSG:4490"
    assert tuple(joined["area"]) == geodata.prefecture_units()
    values = joined.set_index("area")["value"]
    assert values["130100"] == 1.0 and values["110000"] == 2.0
    assert values.isna().sum() == 11
    assert joined.geometry.notna().all()


def test_several_periods_repeat_the_polygon_in_the_order_of_the_frame():
    periods = frame(area=["130000", "110000", "130000"], period=["2021", "2020", "2020"], value=[3, 1, 2])
    joined = geodata.join(periods, "province")
    assert list(zip(joined["area"], joined["value"].fillna(-1), strict=True)) == [
        ("110000", 1), ("120000", -1), ("130000", 3), ("130000", 2),
    ]  # fmt: skip
    assert list(joined.columns[:3]) == ["area", "period", "value"]


def test_an_empty_frame_gives_the_empty_map():
    joined = geodata.join(frame(area=pd.Series([], dtype=str), value=pd.Series([], dtype=float)), "county")
    assert len(joined) == 199
    assert joined["value"].isna().all()


def test_composites_join_by_their_id():
    joined = geodata.join(frame(area=["xiongan"], value=[1.0]), "composite").set_index("area")
    assert joined.at["xiongan", "value"] == 1.0


def test_counties_of_the_same_name_are_told_apart():
    joined = geodata.join(frame(area=["130104", "130703"], value=[1.0, 2.0]), "county").set_index("area")
    assert joined.loc[["130104", "130703"], "name_zh"].tolist() == ["桥西区", "桥西区"]
    assert joined.loc[["130104", "130703"], "value"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("codes", "level", "named"),
    [
        (["130000", "110000"], "prefecture", "'130000'"),
        (["990000"], "province", "'990000'"),
        (["桥西区"], "county", "'桥西区'"),
        ([110000], "province", "110000"),
        (["110000", None], "province", "None|nan"),
        (["sub_center"], "county", "'sub_center'"),
    ],
)
def test_codes_that_are_not_of_the_level_are_named(codes, level, named):
    with pytest.raises(ValueError, match=f"Not an area of level {level}: ({named})"):
        geodata.join(frame(area=codes, value=[1.0] * len(codes)), level)


def test_a_frame_without_areas_or_with_the_layers_columns_is_refused():
    with pytest.raises(ValueError, match="needs a column 'area'"):
        geodata.join(frame(code=["110000"]), "province")
    with pytest.raises(ValueError, match="must not have the column name_zh"):
        geodata.join(frame(area=["110000"], name_zh=["北京"]), "province")
