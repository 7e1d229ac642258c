"""Parts of a whole and two indicators against each other: what is drawn, what is left out, and that it is said."""

import pandas as pd
import pytest

from dashboard import comparisons
from dashboard.api import series_frame
from dashboard.charts.scatter import apart
from dashboard.charts.stack import stack
from dashboard.kinds import address, open_view, parse
from dashboard.parameters import Refusal

LANGS = ("zh", "en")
THREE = ("110000", "120000", "130000")


def opened(text, lang="zh"):
    return open_view(*parse(text), lang)


def drawn(view):
    """(part, year) -> value of the bars."""
    figure = view.figures[0].figure
    years = [int(y) for y in figure.layout.xaxis.ticktext]
    return {(trace.meta["key"], year): value for trace in figure.data for year, value in zip(years, trace.y, strict=True)}


def values(indicator, years=None, **query):
    frame = series_frame({"id": indicator, **query})
    return {(r.area, r.year): r.value for r in frame.itertuples() if years is None or r.year in years}


def test_the_sectors_are_the_printed_shares_and_the_years_without_them_are_named():
    view = opened("structure")
    expected = {(i, year): value for i in comparisons.SECTORS for (_, year), value in values(i, area=("jjj",)).items()}
    assert drawn(view) == expected and len(expected) == 6
    assert [int(c) for c in view.table["columns"][1:]] == [2013, 2022]
    for lang in LANGS:
        assert "2014–2021" in opened("structure", lang).figures[0].figure.layout.title.subtitle.text


@pytest.mark.parametrize("measure", ["share", "level"])
def test_areas_stand_on_each_other_in_years_that_all_of_them_have(measure):
    view = opened(f"structure?indicator=gdp&measure={measure}")
    expected = values("gdp", area=THREE, measure=measure)
    complete = {y for _, y in expected if all((a, y) in expected for a in THREE)}
    assert drawn(view) == {k: v for k, v in expected.items() if k[1] in complete}
    assert 2025 not in complete and ("2025" in view.figures[0].figure.layout.title.subtitle.text) == (measure == "level")
    assert "2024" in view.figures[0].figure.layout.title.subtitle.text  # another census


def test_parts_that_do_not_add_up_are_drawn_as_they_are_and_the_sum_is_said():
    rows = pd.DataFrame([("a", 2020, 60.0), ("b", 2020, 39.2)], columns=["key", "year", "value"]).assign(hover="", area="x", basis="one")
    figure = stack(rows, title="", subtitle="", source="", labels={"a": "A", "b": "B"}, colours={"a": "#0b5c73", "b": "#c4622d"}, value_text=str, top=100)
    assert [trace.y for trace in figure.data] == [(60.0,), (39.2,)] and figure.layout.yaxis.range == (0, 100)
    assert "99.2%" in comparisons._remarks(rows, [], True, "zh")[0]
    assert comparisons._remarks(rows, [], False, "zh") == []


def test_a_year_whose_parts_lie_on_different_bases_is_left_out(monkeypatch):
    real = comparisons.series

    def mixed(indicator, **query):
        frame = real(indicator, **query)
        return frame.assign(basis=["other" if (a, y) == ("110000", 2015) else b for a, y, b in zip(frame["area"], frame["year"], frame["basis"])])

    monkeypatch.setattr(comparisons, "series", mixed)
    view = comparisons.structure_view.__wrapped__("jing_jin", "zh", "resident_population", "level")
    assert 2015 not in {year for _, year in drawn(view)} and 2016 in {year for _, year in drawn(view)}
    assert "2015" in view.figures[0].figure.layout.title.subtitle.text


@pytest.mark.parametrize(("text", "status"), [
    ("structure?area=110000", 404), ("structure?area=110000&indicator=gdp", 404), ("structure?area=jing_jin&indicator=gdp&measure=share", 404),
    ("structure?measure=level", 400), ("structure?indicator=pm25", 400), ("structure?area=nowhere", 400),
    ("scatter?x=tech_contract_value", 400), ("scatter?x=gdp&x_measure=over_limit", 400), ("scatter?year=1999", 400), ("scatter?x=hsr_km&level=county", 404)])
def test_what_cannot_be_drawn_is_refused_in_both_languages(text, status):
    with pytest.raises(Refusal) as refused:
        opened(text)
    assert refused.value.status == status and all(refused.value.sentence(lang) for lang in LANGS)


def test_points_are_the_areas_and_years_that_have_both_figures():
    view = opened("scatter")
    x, y = values("gdp", measure="per_capita"), values("pm25")
    frames = {frame.name: frame for frame in view.figures[0].figure.frames}
    for year in ("2016", view.shown):
        points = {c: (a, b) for trace in frames[year].data if trace.customdata for c, a, b in zip(trace.customdata, trace.x, trace.y, strict=True)}
        assert points and points == {c: (x[c, int(year)], y[c, int(year)]) for c in points}
    assert view.shown == "2021" and len(points) == 13
    rows = {(r.indicator, r.place, r.year): r.value for r in view.frame.itertuples()}
    assert all(("pm25", p, year) in rows for (i, p, year) in rows if i == "gdp")


@pytest.mark.parametrize(("lang", "unit"), [("zh", "元/人"), ("en", "yuan per person")])
def test_axes_bear_their_indicator_and_unit_and_points_tell_both_sources(lang, unit):
    view = opened("scatter", lang)
    layout = view.figures[0].figure.layout
    assert unit in layout.xaxis.title.text and "µg/m³" in layout.yaxis.title.text and layout.meta["source"]
    hover = view.figures[0].figure.data[0].hovertext[0]
    assert "2022-01-04" in hover and "各省份统计年鉴" in hover  # date of the one source, publisher of the other
    assert view.title in view.alt and "13" in view.alt


@pytest.mark.parametrize("text", ["structure", "structure?indicator=gdp", "structure?area=jing_jin&indicator=gdp", "scatter",
                                  "scatter?x=resident_population&y=gdp&level=province&year=2020", "scatter?y=gdp"])
def test_the_address_of_a_view_opens_the_same_view(text):
    view = opened(text)
    again = opened(address(view))
    assert address(again) == address(view) and again.shown == view.shown and again.frame.equals(view.frame)


def test_names_of_points_do_not_cover_each_other():
    places = apart([(1, 1), (1.01, 1.01), (1.02, 1.0), (9, 9)], ["aaaa", "bbbb", "cccc", "dddd"], (0, 10), (0, 10), (300, 300), 12)
    assert places[3] and len(set(places[:3])) == 3
    assert "" in apart([(5, 5)] * 12, ["a long name"] * 12, (0, 10), (0, 10), (300, 300), 12)
