"""Parts of a whole and two indicators against each other: what is drawn, what is left out, and that it is said."""

import math

import numpy as np
import pandas as pd
import pytest

from dashboard import comparisons, courses, relations, structure
from dashboard.api import series_frame
from dashboard.charts.scatter import apart
from dashboard.charts.slope import beside
from dashboard.charts.small_multiples import round_numbers
from dashboard.charts.stack import stack
from dashboard.exports import Options
from dashboard.exports.render import of_view
from dashboard.headlines import headline
from dashboard.i18n import t
from dashboard.kinds import KINDS, address, open_view, parse, permanent_link
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
    expected = {(i, year): value for i in structure.SECTORS for (_, year), value in values(i, area=("jjj",)).items()}
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
    assert "99.2%" in structure._remarks(rows, [], True, "zh")[0]
    assert structure._remarks(rows, [], False, "zh") == []


def test_a_year_whose_parts_lie_on_different_bases_is_left_out(monkeypatch):
    real = structure.series

    def mixed(indicator, **query):
        frame = real(indicator, **query)
        return frame.assign(basis=["other" if (a, y) == ("110000", 2015) else b for a, y, b in zip(frame["area"], frame["year"], frame["basis"])])

    monkeypatch.setattr(structure, "series", mixed)
    view = structure.structure_view.__wrapped__("jing_jin", "zh", "resident_population", "level")
    assert 2015 not in {year for _, year in drawn(view)} and 2016 in {year for _, year in drawn(view)}
    assert "2015" in view.figures[0].figure.layout.title.subtitle.text


@pytest.mark.parametrize(("text", "status"), [
    ("structure?area=110000", 404), ("structure?area=110000&indicator=gdp", 404), ("structure?area=jing_jin&indicator=gdp&measure=share", 404),
    ("structure?measure=level", 400), ("structure?indicator=pm25", 400), ("structure?area=nowhere", 400),
    ("scatter?x=tech_contract_value", 400), ("scatter?x=gdp&x_measure=over_limit", 400), ("scatter?year=1999", 400), ("scatter?x=hsr_km&level=county", 404),
    ("scatter?trails=2", 400), ("slope?from=1999", 400), ("slope?from=2020&to=2019", 400), ("slope?indicator=software_revenue&level=prefecture", 400),
    ("bump?indicator=jjj_index_total", 404), ("maps?level=nowhere", 400), ("maps?indicator=tech_contract_value", 400), ("multiples?areas=nowhere", 400),
    ("multiples?indicator=jjj_index_total&areas=110000", 404), ("against?area=110000&reference=110000", 404), ("against?measure=over_limit", 400)])
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
    places = apart([(1, 1), (1.01, 1.01), (1.02, 1.0), (9, 9)], ["aaaa", "bbbb", "cccc", "dddd"], (0, 10), (0, 10), ((300, 300),), 12)
    assert places[3] and len(set(places[:3])) == 3
    assert "" in apart([(5, 5)] * 12, ["a long name"] * 12, (0, 10), (0, 10), ((300, 300),), 12)


FORMS = ("scatter?trails=1&scale=log", "slope", "bump", "maps", "multiples", "against")


def traces_of(view, part=0):
    """Area -> its line with points."""
    return {trace.meta["key"]: trace for trace in view.figures[part].figure.data if trace.mode == "lines+markers"}


@pytest.mark.parametrize("text", FORMS)
def test_every_form_says_something_has_its_page_and_opens_from_its_address(text):
    for lang in LANGS:
        view = opened(text, lang)
        said = headline(view)
        assert said and "{" not in said and "nan" not in said and view.alt and view.table["rows"]
        assert {len(row) for row in view.table["rows"]} == {len(view.table["columns"])}
        assert permanent_link(view).startswith("/compare")
    again = opened(address(view), lang)
    assert address(again) == address(view) and again.frame.equals(view.frame)


@pytest.mark.parametrize("text", FORMS)
def test_every_form_can_be_taken_away(text):
    for lang, names in (("zh", ("svg", "pptx", "xlsx")), ("en", ("csv",))):
        view = opened(text, lang)
        for name in names:
            assert len(of_view(view, name, Options(size="column"))) > 200, name


def test_correlation_leaves_out_areas_on_another_basis():
    view = opened("scatter")
    now = view.frame[view.frame["year"] == 2021]
    x, y = (now[now["axis"] == axis].set_index("place") for axis in "xy")
    usual = y["basis"].value_counts().idxmax()
    same = y.index[y["basis"] == usual]
    assert x.loc[same, "basis"].nunique() == 1
    found, left = relations.correlation_of(view.frame, 2021)
    assert (found.n, left) == (len(same), len(y) - len(same)) and left > 0
    assert found.pearson.value == pytest.approx(np.corrcoef(x.loc[same, "value"], y.loc[same, "value"])[0, 1])
    for lang in LANGS:
        assert t(lang, "compare.no_cause") in opened("scatter", lang).figures[0].figure.layout.title.subtitle.text


def test_trails_lead_to_their_point_and_stop_where_a_basis_changes():
    view = opened("scatter?trails=1")
    figure = view.figures[0].figure
    trails = [trace for trace in figure.data if trace.mode == "lines" and trace.x]
    points = {(x, y) for trace in figure.data if trace.customdata for x, y in zip(trace.x, trace.y)}
    assert trails and all((trace.x[-1], trace.y[-1]) in points for trace in trails)
    rows = view.frame[view.frame["place"] == "110000"].set_index(["axis", "year"])
    beijing = max(trails, key=lambda trace: trace.x[-1])
    years = range(2021 - len(beijing.x) + 1, 2022)
    assert list(beijing.x) == [rows.loc[("x", y), "value"] for y in years] and len({rows.loc[("y", y), "basis"] for y in years}) == 1
    assert not any(trace.mode == "lines" for trace in opened("scatter").figures[0].figure.data)


def test_axes_are_logarithmic_only_where_figures_span_more_than_ten_times():
    layout = opened("scatter?x=pm25&y=gdp&scale=log").figures[0].figure.layout
    assert (layout.xaxis.type, layout.yaxis.type) == ("linear", "log")
    low, high = layout.yaxis.range
    values = opened("scatter?x=pm25&y=gdp").frame.query("axis == 'y'")["value"]
    assert 10**low < values.min() and values.max() < 10**high


def test_a_slope_has_the_figures_of_its_years_and_joins_only_one_basis():
    expected = values("gdp")
    view = opened("slope?from=2014&to=2023")
    lines = traces_of(view)
    bases = {(r.place, r.year): r.basis for r in view.frame.itertuples()}
    assert len(lines) == 13 and len({bases[c, 2014] == bases[c, 2023] for c in lines}) == 2
    for code, line in lines.items():
        same = bases[code, 2014] == bases[code, 2023] and bool(view.frame[view.frame["place"] == code]["joined"].all())
        assert [v for v in line.y if v is not None] == [expected[code, 2014], expected[code, 2023]] and (None in line.y) != same
    assert all(view.frame["joined"]) == all(None not in line.y for line in lines.values())


def test_a_slope_does_not_join_over_a_marked_break(monkeypatch):
    real = comparisons.rows_of("gdp", "level", "prefecture")
    marked = real.assign(turn=[int(p == "110000" and y >= 2020) for p, y in zip(real["place"], real["year"])])
    monkeypatch.setattr(courses, "rows_of", lambda *_: marked)
    assert {c for c, joined in courses._joined(marked, 2018, 2023).items() if not joined} == {"110000"}


def test_places_are_those_of_the_figures_of_each_year():
    view = opened("bump")
    expected = values("gdp")
    lines = traces_of(view)
    for year in (2018, 2023):
        order = sorted(lines, key=lambda c: -expected[c, year])
        drawn_at = {c: dict(zip(line.x, line.y))[year] for c, line in lines.items()}
        assert [drawn_at[c] for c in order] == list(range(1, 14))
    assert set(view.frame["year"]) == set(range(2018, 2024)) and all(own["basis"].nunique() == 1 for _, own in view.frame.groupby("year"))


def test_ranking_takes_the_same_areas_on_one_basis_and_shares_places_of_equals():
    rows = [(c, y, v, "b" if c == "c" and y > 2020 else "a") for y in (2019, 2020, 2021, 2022) for c, v in (("a", 5.0), ("b", 5.0), ("c", 1.0 + y - 2019))
            if (c, y) != ("b", 2019)]
    frame = pd.DataFrame(rows, columns=["place", "year", "value", "basis"]).assign(lower=lambda f: f["value"] - 0.5, upper=lambda f: f["value"] + 0.5)
    found = courses.ranked(frame)
    assert set(found["year"]) == {2020, 2021, 2022} and set(found["place"]) == {"a", "b"}  # c is on another basis from 2021 on, b is missing in 2019
    assert set(found["rank"]) == {1} and set(found["worst"]) == {2}
    assert courses.ranked(frame[frame["year"] == 2020]).empty


def test_small_maps_share_their_classes_and_show_gaps():
    view = opened("maps?indicator=pm25")
    years = [int(c) for c in view.table["columns"][1:]]
    assert len(years) == 5 and years[0] == 2014 and years[-1] == 2021
    filled = [trace for trace in view.figures[0].figure.data if trace.fill == "toself"]
    assert len(filled) == 13 * len(years)
    tint = {(trace.meta["key"], year): trace.fillcolor for trace, year in zip(filled, np.repeat(years, 13))}
    found = values("pm25")
    by_tint = {}
    for (code, year), colour in tint.items():
        by_tint.setdefault(colour, []).append(found[code, year])
    spans = sorted((min(v), max(v)) for v in by_tint.values())
    assert all(a[1] < b[0] for a, b in zip(spans, spans[1:]))  # one colour, one range, in all years
    gap = next(trace for trace in opened("maps?indicator=rail_km&level=prefecture").figures[0].figure.data if trace.fill == "toself" and trace.fillpattern.shape)
    assert gap.fillcolor == "#f3f1ec"


def test_panels_share_their_axes_and_their_lines_break_with_the_basis():
    view = opened("multiples?indicator=pm25&areas=110000,130100")
    lines = traces_of(view)
    found, frame = values("pm25"), view.frame
    assert set(lines) == {"110000", "130100"} and all((p, y) in found and found[p, y] == v for p, y, v in zip(frame["place"], frame["year"], frame["value"]))
    heights = {c: np.array([y for y in line.y if y is not None]) for c, line in lines.items()}
    own = {c: frame[frame["key"] == c].sort_values("t")["value"].to_numpy() for c in lines}
    slopes = [np.polyfit(own[c], heights[c], 1) for c in lines]
    assert slopes[0] == pytest.approx(slopes[1])  # one scale, and one row of panels
    changes = (frame[frame["key"] == "130100"].sort_values("t")["basis"].to_numpy()[1:] != frame[frame["key"] == "130100"].sort_values("t")["basis"].to_numpy()[:-1]).sum()
    assert list(lines["130100"].y).count(None) >= changes > 0


def test_an_area_is_set_against_another_on_one_basis_with_the_bounds_of_both():
    view = opened("against?area=110000&reference=120000")
    figures = {(r.area, r.year): r for r in series_frame({"id": "gdp", "area": ("110000", "120000")}).itertuples()}
    made = view.frame[view.frame["measure"] == "ratio"]
    assert len(made) > 5
    for row in made.itertuples():
        a, b = figures["110000", row.year], figures["120000", row.year]
        assert a.basis == b.basis and row.computed and row.value == a.value / b.value
        assert (row.lower, row.upper) == pytest.approx((a.lower / b.upper, a.upper / b.lower))
        assert set(f"{a.source}|{b.source}".split("|")) == set(row.source.split("|"))
    for row in view.frame[view.frame["measure"] == "difference"].itertuples():
        a, b = figures["110000", row.year], figures["120000", row.year]
        assert row.value == a.value - b.value and (row.lower, row.upper) == pytest.approx((a.lower - b.upper, a.upper - b.lower))
    bases = {y: (figures["110000", y].basis, figures["120000", y].basis) for y in {y for c, y in figures if c == "110000"} if ("120000", y) in figures}
    assert {y for y, (a, b) in bases.items() if a == b} == set(made["year"])


def test_figures_that_can_be_negative_have_a_difference_and_no_ratio():
    view = opened("against?indicator=gdp&measure=growth&area=110000&reference=120000")
    negative = (view.frame["lower"] < 0).any()
    assert ("ratio" in set(view.frame["measure"])) != bool(negative) and len(view.figures) in (1, 2)


def test_years_are_spread_names_kept_apart_and_axes_round():
    assert courses.spread(list(range(2010, 2024)), 5) == [2010, 2013, 2016, 2020, 2023]
    assert courses.spread([2014, 2015], 5) == [2014, 2015]
    places = beside([1.0, 1.1, 1.2, 9.0], 0, 10, 1)
    assert all(b - a >= 1 - 1e-9 for a, b in zip(places, places[1:])) and places[1] == pytest.approx(1.1) and places[3] == 9
    assert beside([0.0] * 3, 0, 10, 1) == [0, 1, 2] and beside([10.0] * 2, 0, 10, 1) == [9, 10] and beside([], 0, 1, 1) == []
    assert round_numbers(-4700, 3000) == [-4000, -2000, 0, 2000] and all(math.isclose(v % 0.1, 0, abs_tol=1e-9) or math.isclose(v % 0.1, 0.1) for v in round_numbers(0.78, 1.08))


@pytest.mark.parametrize("lang", LANGS)
def test_names_of_parts_have_room_beside_the_bars(lang):
    figure = opened("structure", lang).figures[0].figure
    longest = max(len(line) for note in figure.layout.annotations if note.name == "label" for line in note.text.split("<br>"))
    assert longest * (12.5 if lang == "zh" else 6.5) < figure.layout.margin.r and figure.layout.uniformtext.minsize >= 10


@pytest.mark.parametrize("form", ["scatter", "slope", "bump", "maps", "multiples", "against"])
def test_the_page_says_first_what_its_chart_shows(run_page, form):
    page = run_page("compare", "en", form=form)
    assert not page.app.exception and "note" not in page.html.split("method")[0].split('class="')
    payload = page.payload()
    assert payload["address"].startswith(form) and form in KINDS
    view = opened(payload["address"], "en")
    assert headline(view).replace("&", "&amp;")[:40] in page.html.replace("&#x27;", "'")
    assert t("en", f"compare.methods.{form}")[:40] in page.html.replace("&#x27;", "'")
