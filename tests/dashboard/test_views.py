"""Views over the ledger of this checkout: whatever can be chosen can be drawn."""

import pytest

from dashboard import views
from dashboard.charts.style import NO_DATA
from indicators import get


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_can_be_chosen_has_a_trend(built, lang):
    for indicator in views.with_figures()[:: 6 if lang == "zh" else 20]:
        view = views.trend_view((indicator,), (), "level", lang)
        assert len(view.frame) and view.figures[0].figure.data, indicator
        assert view.figures[0].figure.layout.title.text == views.indicator_name(indicator, lang)
        assert view.alt.strip() and view.table["rows"]


def test_a_map_has_a_polygon_for_each_area_and_a_year_where_it_begins(built):
    for indicator in views.mappable()[::10]:
        for level in views.levels_of(indicator)[:2]:
            view = views.map_view(indicator, "level", level, "zh")
            figure = view.figures[0].figure
            years = [f.name for f in figure.frames]
            assert years == sorted(years) and str(views.best_year(view.frame)) in years, (indicator, level)
            codes = [trace.meta["area"] for trace in figure.data if trace.meta and trace.meta.get("layer") == level and trace.fill == "toself"]
            assert len(codes) == len(set(codes))
            if level != "composite":
                assert set(codes) == {a.code for a in views.areas(level)}, (indicator, level)


def test_all_measures_of_the_flagships_can_be_drawn(built):
    for indicator in views.with_figures():
        if not get(indicator).flagship:
            continue
        for measure in get(indicator).all_measures:
            for level in views.levels_of(indicator, measure)[:1]:
                assert views.map_view(indicator, measure, level, "en").figures[0].figure.frames
            assert views.trend_view((indicator,), (), measure, "en").figures


def test_map_and_ranking_show_the_numbers_of_the_frame(built):
    view = views.map_view("gdp", "level", "prefecture", "zh")
    polygons, bars = (part.figure for part in view.figures)
    for year in (2015, 2022):
        now = view.frame[view.frame["year"] == year].set_index("place")["value"]
        frame = next(f for f in bars.frames if f.name == str(year))
        assert dict(zip(frame.data[0].customdata, frame.data[0].x)) == now.to_dict()
        assert list(frame.data[0].x) == sorted(now, reverse=True)
        drawn = next(f for f in polygons.frames if f.name == str(year))
        codes = [trace.meta["area"] for trace in polygons.data if trace.meta and trace.meta.get("layer") == "prefecture" and trace.fill]
        gaps = {code for code, trace in zip(codes, drawn.data) if trace.fillcolor == NO_DATA}
        assert gaps == set(codes) - set(now.index)


def test_two_views_of_one_thing_in_two_languages_hold_the_same_numbers(built):
    one, two = (views.map_view("pm25", "level", "prefecture", lang) for lang in ("zh", "en"))
    columns = ["place", "year", "value", "lower", "upper", "source"]
    assert one.frame[columns].equals(two.frame[columns])
    assert one.title != two.title


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sources_stand_in_every_picture_with_figures(built, lang):
    for indicator in ("gdp", "pm25", "rail_km", "tech_contract_value"):
        figure = views.trend_view((indicator,), (), "level", lang).figures[0].figure
        assert figure.layout.meta["source"]
    credit = views.CREDIT[lang].split("\n")[0]
    assert credit in views.map_view("gdp", "level", "province", lang).figures[0].figure.layout.meta["source"]
