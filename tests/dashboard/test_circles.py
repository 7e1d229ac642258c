"""Circles by province, where the cities of Hebei have no complete figures: shares of a whole that is known."""

import pytest

from dashboard import circles
from dashboard.headlines import headline
from dashboard.kinds import open_view, parse
from dashboard.parameters import Refusal
from indicators import get, series

LANGS = ("zh", "en")


def opened(text, lang="zh"):
    return open_view(*parse(text), lang)


@pytest.mark.parametrize("indicator", ["gdp", "rail_km"])
def test_circles_by_province_are_shares_of_the_sum_of_the_three(indicator):
    view = opened(f"circles?indicator={indicator}&level=province")
    figures = series(indicator, areas=["110000", "120000", "130000"]).drop_duplicates(["area", "year"], keep="last").set_index(["area", "year"])
    for year, own in view.frame.groupby("year"):
        now = figures.xs(year, level="year")
        assert now["basis"].nunique() == 1 and set(own["key"]) == {"centre", "ring"} and set(own["area"]) == set(now.index)
        assert own.set_index("area")["value"].to_dict() == pytest.approx((100 * now["value"] / now["value"].sum()).to_dict())
    years = sorted(set(view.frame["year"]))
    for lang in LANGS:
        said = headline(opened(f"circles?indicator={indicator}&level=province", lang))
        assert str(years[0]) in said and f"{100 - view.frame.set_index(['area', 'year']).loc[('110000', years[0]), 'value']:.1f}%" in said


def test_circles_are_offered_for_what_adds_up_at_the_levels_at_which_the_whole_is_known():
    assert {"gdp", "resident_population", "rail_km"} <= set(circles.circled())
    assert circles.levels_of("gdp") == ("prefecture", "province") and circles.levels_of("rail_km") == ("province",)
    assert all(get(i).aggregation == "sum" for i in circles.circled())
    assert dict(opened("circles?indicator=rail_km").query)["level"] == "province" and dict(opened("circles").query)["level"] == "prefecture"
    with pytest.raises(Refusal) as refused:
        opened("circles?indicator=rail_km&level=prefecture")
    assert "province" in refused.value.sentence("en")
