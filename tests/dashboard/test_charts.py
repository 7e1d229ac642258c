"""Charts of small frames: what is drawn, what is left open, and what stands in the picture."""

import math
import re
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest

from dashboard.charts import thumbnail
from dashboard.charts.choropleth import choropleth, class_of, classify
from dashboard.charts.lines import lines
from dashboard.charts.ranking import ranking
from dashboard.charts.style import ACCENT, AREA_COLOURS, DIVERGING, HATCH, NO_DATA, SEQUENTIAL, diverging, sequential

WORDS = {"no_data": "no data", "km": "km", "format": lambda v: f"{v:g}", "legend": "Quantiles"}
TEXTS = {"title": "A title", "subtitle": "A unit", "source": "A source"}


def value(area, year, number, **more):
    return {"area": area, "year": year, "value": number, "lower": number, "upper": number, "hover": f"{area} {year}", **more}


def layer(*codes, **more):
    return [{"code": c, "name": c.upper(), "label": (i, i), "applicable": True, "no_data": f"{c}: nothing", **more.get(c, {})}
            for i, c in enumerate(codes)]


def a_map(rows, areas=None, **more):
    frame = pd.DataFrame(rows, columns=["area", "year", "value", "lower", "upper", "hover"])
    return choropleth(frame, areas or layer("a", "b", "c"), level="province", bbox=(0, 0, 200, 300), words=WORDS, **{**TEXTS, **more})


ROWS = [value("a", 2020, 1), value("b", 2020, 50), value("a", 2021, 50), value("b", 2021, 100), value("c", 2021, 1)]


def polygons(figure):
    return [trace for trace in figure.data if trace.type == "scatter" and trace.fill == "toself"]


def at(figure, year):
    """Looks of the polygons in a year: code -> trace of the frame."""
    frame = next(f for f in figure.frames if f.name == str(year))
    by_trace = dict(zip(frame.traces, frame.data))
    return {trace.meta["area"]: by_trace[i] for i, trace in enumerate(figure.data) if trace in polygons(figure)}


# --- map -------------------------------------------------------------------------------


def test_a_map_has_one_trace_a_polygon_and_a_frame_a_year():
    figure = a_map(ROWS)
    assert [trace.meta["area"] for trace in polygons(figure)] == ["a", "b", "c"]
    assert {trace.meta["layer"] for trace in polygons(figure)} == {"province"}
    assert [f.name for f in figure.frames] == ["2020", "2021"]
    assert all(set(at(figure, f.name)) == {"a", "b", "c"} for f in figure.frames)


def test_the_last_year_is_drawn_first_unless_another_is_asked_for():
    for shown, year in ((None, 2021), (2020, 2020)):
        figure = a_map(ROWS, shown=shown)
        assert [t.fillcolor for t in polygons(figure)] == [look.fillcolor for look in at(figure, year).values()]
        assert any(str(year) in (trace.text or ()) for trace in figure.data if trace.type == "scatter" and trace.mode == "text")


def test_a_gap_looks_like_no_value_does_and_says_so():
    look = at(a_map(ROWS), 2020)
    assert look["c"].fillcolor == NO_DATA and look["c"].fillpattern.shape == HATCH and look["c"].text == "c: nothing"
    assert look["a"].fillpattern.shape == "" and look["a"].text == "a 2020"
    assert NO_DATA not in (*SEQUENTIAL, *DIVERGING)


def test_a_value_that_is_no_number_is_a_gap():
    look = at(a_map([*ROWS, value("c", 2020, math.nan)]), 2020)["c"]
    assert look.fillcolor == NO_DATA and look.fillpattern.shape == HATCH


def test_where_a_measure_does_not_apply_the_gap_looks_different():
    look = at(a_map(ROWS, layer("a", "b", "c", c={"applicable": False})), 2020)["c"]
    assert look.fillcolor == NO_DATA and look.fillpattern.shape not in ("", HATCH)


def test_one_value_has_one_colour_in_all_years():
    figure = a_map(ROWS)
    assert at(figure, 2020)["b"].fillcolor == at(figure, 2021)["a"].fillcolor  # both 50
    assert at(figure, 2020)["a"].fillcolor == at(figure, 2021)["c"].fillcolor  # both 1
    assert at(figure, 2021)["a"].fillcolor != at(figure, 2021)["b"].fillcolor


def test_the_legend_lists_all_classes_and_the_gap():
    figure = a_map(ROWS)
    entries = [trace for trace in figure.data if trace.showlegend]
    bins, _ = classify([r["value"] for r in ROWS])
    assert len(entries) == len(bins) + 1
    assert entries[-1].name == "no data"
    colours = {look.fillcolor for year in (2020, 2021) for look in at(figure, year).values()} - {NO_DATA}
    assert colours <= {entry.marker.color for entry in entries[:-1]}


def test_signed_values_have_diverging_colours_that_change_side_at_zero():
    numbers = [-8, -2, 1, 2, 3, 5, 8, 13, 21, 34]
    areas = [f"a{i}" for i in range(len(numbers))]
    figure = a_map([value(a, 2020, n) for a, n in zip(areas, numbers)], layer(*areas), signed=True)
    looks = at(figure, 2020)
    assert {look.fillcolor for look in looks.values()} <= set(DIVERGING)
    warm = {c for c in DIVERGING if int(c[1:3], 16) > int(c[5:7], 16) + 20}
    wrong = {n: looks[a].fillcolor for a, n in zip(areas, numbers) if (looks[a].fillcolor in warm) != (n < 0)}
    assert wrong == {}


def test_unsigned_values_have_colours_of_one_hue():
    assert {look.fillcolor for look in at(a_map(ROWS), 2021).values()} <= set(SEQUENTIAL)


def test_a_map_without_any_value_is_all_gap():
    figure = a_map([])
    assert {trace.fillcolor for trace in polygons(figure)} == {NO_DATA}
    assert list(figure.frames) == []


def test_the_picture_holds_title_unit_and_source():
    frame = pd.DataFrame(ROWS)
    for figure in (a_map(ROWS), ranking(frame, names={c: c for c in "abc"}, value_text=str, **TEXTS), a_line()):
        assert figure.layout.title.text == "A title"
        assert "A unit" in figure.layout.title.subtitle.text
        assert "A source" in figure.layout.meta["source"]


def test_names_in_polygons_stand_out_from_them():
    figure = a_map([value(c, 2020, i) for i, c in enumerate("abcdef")], layer(*"abcdef"))
    names = next(trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text" and list(trace.text or ()) == list("ABCDEF"))
    found = {(t.fillcolor, ink): round(contrast(t.fillcolor, ink), 2) for t, ink in zip(polygons(figure), names.textfont.color)}
    assert {k: v for k, v in found.items() if v < 4.4} == {}


def contrast(one, two):
    def luminance(colour):
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


# --- classes ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["quantiles", "natural", "equal"])
def test_classes_cover_all_values_and_rise(method):
    numbers = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, math.nan]
    bins, lows = classify(numbers, 5, method)
    assert bins == sorted(set(bins)) and bins[-1] == 9 and lows[0] == 1
    assert list(lows[1:]) == bins[:-1]
    assert {class_of(n, bins) for n in numbers if math.isfinite(n)} <= set(range(len(bins)))
    assert [class_of(b, bins) for b in bins] == list(range(len(bins)))  # a bound belongs to the class it closes


def test_quantiles_hold_equally_many():
    bins, _ = classify(range(1, 61), 6, "quantiles")
    assert np.bincount([class_of(n, bins) for n in range(1, 61)]).tolist() == [10] * 6


def test_equal_intervals_are_equal():
    bins, lows = classify([0, 1, 2, 3, 4, 60], 6, "equal")
    assert np.allclose(np.subtract(bins, lows), 10)


@pytest.mark.parametrize("numbers", [[], [math.nan], [5.0], [5.0, 5.0]])
def test_few_values_make_few_classes(numbers):
    bins, lows = classify(numbers)
    assert len(bins) == len(lows) == len({n for n in numbers if math.isfinite(n)})


@pytest.mark.parametrize("n", range(1, 8))
def test_palettes_have_as_many_different_colours_as_asked_for(n):
    assert len(set(sequential(n))) == len(set(diverging(n))) == n


def test_sequential_colours_darken_evenly_from_light():
    light = [contrast(c, "#000000") for c in sequential(7)]
    assert light == sorted(light, reverse=True)


# --- ranking ---------------------------------------------------------------------------


def test_ranking_puts_the_largest_first_with_name_and_value():
    frame = pd.DataFrame(ROWS)
    figure = ranking(frame, names={"a": "Alpha", "b": "Beta", "c": "Gamma"}, value_text=lambda v: f"{v:g} x", **TEXTS)
    assert [f.name for f in figure.frames] == ["2020", "2021"]
    bars = {f.name: f.data[0] for f in figure.frames}
    assert list(bars["2021"].x) == [100, 50, 1] and list(bars["2021"].customdata) == ["b", "a", "c"]
    assert list(bars["2020"].customdata) == ["b", "a"]  # a gap has no bar
    words = figure.frames[1].data[1].text
    assert "Beta" in words[0] and "100 x" in words[0]
    high, low = figure.layout.xaxis.range[1], figure.layout.xaxis.range[0]
    assert high >= 100 and low <= 0  # one axis for all years, from zero


def test_ranking_of_negative_values_has_room_for_them():
    figure = ranking(pd.DataFrame([value("a", 2020, -5), value("b", 2020, 3)]), names={"a": "A", "b": "B"}, value_text=str, **TEXTS)
    assert figure.layout.xaxis.range[0] <= -5


def test_ranking_keeps_to_its_rows_and_to_the_areas_own_colours():
    rows = [value(str(i), 2020, i) for i in range(20)] + [value("110000", 2020, 100)]
    figure = ranking(pd.DataFrame(rows), names={r["area"]: r["area"] for r in rows}, value_text=str, rows=5, **TEXTS)
    assert len(figure.frames[0].data[0].x) == 5
    assert list(figure.data[0].marker.color) == [AREA_COLOURS["110000"]] + [ACCENT] * 4


# --- lines -----------------------------------------------------------------------------


def point(t, number, key="a", basis="x", status="A", rounded=False, lower=None, upper=None):
    return {"key": key, "t": float(t), "value": float(number), "lower": float(number if lower is None else lower),
            "upper": float(number if upper is None else upper), "basis": basis, "obs_status": status, "hover": f"{key} {t}", "rounded": rounded}


def a_line(*points, **more):
    frame = pd.DataFrame(points or [point(2020, 1), point(2021, 2)])
    labels = more.pop("labels", {k: k.upper() for k in dict.fromkeys(frame["key"])})
    return lines(frame, labels=labels, unit="u", **{**TEXTS, **more})


def runs(figure, key="a"):
    """The unbroken pieces of a line, as lists of t."""
    trace = next(t for t in figure.data if t.meta and t.meta.get("key") == key)
    assert trace.connectgaps is False
    pieces = [[]]
    for x in trace.x:
        if x is None or not math.isfinite(x):
            pieces.append([])
        else:
            pieces[-1].append(int(x))
    return [p for p in pieces if p]


def symbols(figure, key="a"):
    trace = next(t for t in figure.data if t.meta and t.meta.get("key") == key)
    return {int(x): s for x, s in zip(trace.x, trace.marker.symbol) if x is not None}


def test_a_line_runs_through_years_that_follow_each_other():
    assert runs(a_line(point(2021, 2), point(2020, 1), point(2022, 3))) == [[2020, 2021, 2022]]


def test_a_line_breaks_where_a_year_is_missing():
    assert runs(a_line(point(2018, 1), point(2019, 2), point(2021, 3))) == [[2018, 2019], [2021]]


def test_a_line_breaks_where_the_basis_changes_and_marks_it():
    figure = a_line(point(2018, 1), point(2019, 2), point(2020, 3, basis="y"), point(2021, 4, basis="y"))
    assert runs(figure) == [[2018, 2019], [2020, 2021]]
    assert symbols(figure)[2020] == "diamond" and symbols(figure)[2021] == "circle"


def test_a_line_breaks_at_status_b_and_marks_it():
    figure = a_line(point(2018, 1), point(2019, 2), point(2020, 3, status="B"), point(2021, 4))
    assert runs(figure) == [[2018, 2019], [2020, 2021]]
    assert symbols(figure)[2020] == "diamond"


@pytest.mark.parametrize("status", list("PEUV"))
def test_figures_that_are_not_normal_are_open_points(status):
    assert symbols(a_line(point(2020, 1), point(2021, 2, status=status)))[2021] == "circle-open"


def test_bounds_are_drawn_for_rounded_figures_only():
    points = point(2020, 10), point(2021, 20, rounded=True, lower=19.5, upper=21), point(2022, 30, lower=29.99, upper=30.01)
    drawn = [t for t in a_line(*points).data if t.error_y and t.error_y.array is not None]
    assert [list(t.x) for t in drawn] == [[2021]]
    assert list(drawn[0].error_y.array) == [1] and list(drawn[0].error_y.arrayminus) == [0.5]
    assert not [t for t in a_line(*points, bounds=False).data if t.error_y and t.error_y.array is not None]


def heights(figure):
    """Labels at the ends of lines as shares of the axis, with their x."""
    low, high = figure.layout.yaxis.range
    return sorted(((a.y - low) / (high - low), a.x, a.text) for a in figure.layout.annotations if a.name == "label")


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("ends", [[10, 10, 10], [1, 100, 100.1, 100.2], [5, 5.1, 5.2, 50, 50.1, 99, 99.5, 100], [3] * 8])
def test_labels_do_not_overlap_and_stay_beside_the_lines(ends, log):
    figure = a_line(*(point(t, v + (t - 2021), key=f"k{i}") for i, v in enumerate(ends) for t in (2020.5, 2021)), log=log)
    found = heights(figure)
    assert sorted(text for *_, text in found) == sorted(f"K{i}" for i in range(len(ends)))
    room = (figure.layout.height - 150) / 16  # lines of text that the plot has room for
    assert all(b[0] - a[0] >= 1 / room for a, b in zip(found, found[1:])), found
    assert found[-1][0] <= 1.08, "a label is pushed above the plot, into the title"


def test_policy_dates_are_lines_within_the_time_shown():
    figure = a_line(marks=[(2020.4, "In", "day"), (1999.0, "Out", "day")])
    assert [s.x0 for s in figure.layout.shapes] == [2020.4]
    assert [a.text for a in figure.layout.annotations if a.name == "mark"] == ["In"]


def test_a_reference_value_is_in_the_picture_with_its_name():
    figure = a_line(base_line=(35.0, "limit"))
    assert any(s.y0 == s.y1 == 35 for s in figure.layout.shapes)
    assert "limit" in [a.text for a in figure.layout.annotations]
    low, high = figure.layout.yaxis.range
    assert low <= 35 <= high


def test_all_values_lie_within_the_axes():
    for log in (False, True):
        figure = a_line(point(2010, 3), point(2020, 7000), log=log)
        low, high = figure.layout.yaxis.range
        scale = math.log10 if log else float
        assert low <= scale(3) and scale(7000) <= high
        assert figure.layout.xaxis.range[0] <= 2010 and figure.layout.xaxis.range[1] >= 2020


def test_one_point_alone_is_drawn():
    figure = a_line(point(2020, 5))
    assert runs(figure) == [[2020]]
    assert figure.layout.yaxis.range[0] < figure.layout.yaxis.range[1]


# --- small pictures --------------------------------------------------------------------


def drawing(image):
    return unquote(re.search(r'src="data:image/svg\+xml,([^"]*)"', image)[1])


def test_sparkline_breaks_between_bases():
    frame = pd.DataFrame([point(2018, 1), point(2019, 2), point(2020, 3, basis="y"), point(2021, 2, basis="y")])
    svg = drawing(thumbnail.sparkline(frame, "alt"))
    path = re.search(r'<path d="([^"]*)"', svg)[1]
    assert path.count("M") == 2 and path.count("L") == 2
    assert svg.count("<circle") == 2


def test_sparkline_needs_two_points():
    assert thumbnail.sparkline(pd.DataFrame([point(2018, 1)]), "alt") == ""


def test_sparkline_of_equal_values_is_a_level_line():
    svg = drawing(thumbnail.sparkline(pd.DataFrame([point(2018, 4), point(2019, 4)]), "alt"))
    assert "nan" not in svg and len({y for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", svg)}) == 1


def test_text_of_a_small_picture_is_no_markup():
    frame = pd.DataFrame([point(2018, 1), point(2019, 2)])
    image = thumbnail.sparkline(frame, '"><script>alert(1)</script>')
    assert "<script>" not in image and "&lt;script&gt;" in image


def test_mini_map_has_a_path_an_area_and_hatches_gaps():
    square = {"x": [0, 10, 10, 0, 0], "y": [0, 0, 10, 10, 0]}
    shapes = {"bbox": [0, 0, 20, 20], "areas": {"a": square, "b": square, "c": square}}
    svg = drawing(thumbnail.mini_map({"a": 1.0, "b": math.nan}, shapes, [1.0, 2.0], ["#111111", "#222222"], "alt"))
    fills = re.findall(r'<path d="M[^"]*" fill="([^"]*)"', svg)
    assert fills == ["#111111", "url(#gap)", "url(#gap)"]
