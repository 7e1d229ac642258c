"""The region on rails: what is drawn in which year, who is reached, which times are printed."""

import io
import json
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from dashboard import rails
from dashboard.charts.network import AHEAD, CLEAR, DOT, GROUND
from dashboard.exports import STANDARD
from dashboard.exports.drawing import at_frame
from dashboard.exports.render import formats_of, of_view
from dashboard.kinds import KINDS, address, open_view, parse
from dashboard.parameters import Refusal
from geodata import CREDIT, rail
from indicators.ledger import observations, sources
from indicators.measures import series

LANGS = ("zh", "en")
PREFECTURES = ("110000", "120000", *(f"13{n:02d}00" for n in range(1, 12)))


def opened(text, lang="zh"):
    return open_view(*parse(text), lang)


def filled(view, year):
    """Line -> fill of its strip in a year."""
    spec = at_frame(view.figures[0].figure, str(year))
    return {trace["meta"]["key"]: trace["fillcolor"] for trace in spec["data"] if (trace.get("meta") or {}).get("key") in rail.lines()}


def test_no_line_is_solid_before_it_opened():
    view = opened("rail")
    for year in rails.YEARS:
        for code, fill in filled(view, year).items():
            line = rail.lines()[code]
            assert (fill != CLEAR) == (line.year is not None and line.year <= year), (code, year)
    fast = {c for c, line in rail.lines().items() if line.fast and c in rail.courses()}
    assert fast <= set(filled(view, 2025)) and len(fast) > 25


def test_the_ground_holds_only_lines_that_are_older_than_all_frames():
    view = opened("rail")
    for code in rail.courses():
        line = rail.lines()[code]
        if code not in filled(view, 2025):
            assert not line.fast and line.year < rails.FIRST, code


def test_frames_change_only_fills_and_words():
    figure = opened("rail").figures[0].figure
    assert [f.name for f in figure.frames] == [str(y) for y in range(2008, 2026)]
    for frame in figure.frames:
        for trace in frame.data:
            assert set(trace.to_plotly_json()) <= {"type", "fillcolor", "text", "textfont"}


@pytest.mark.parametrize("year", [2008, 2014, 2025])
def test_stations_and_prefectures_of_a_year_are_those_that_are_reached(year):
    spec = at_frame(opened("rail").figures[0].figure, str(year))
    have = rail.reached(year)
    dots = next(trace for trace in spec["data"] if (trace.get("meta") or {}).get("key") == "stations")
    used = {name for name, tint in zip(dots["customdata"], dots["textfont"]["color"]) if tint == DOT}
    assert used == {name for names in have.values() for name in names} and set(dots["textfont"]["color"]) <= {DOT, AHEAD}
    grounds = {trace["meta"]["area"]: trace["fillcolor"] for trace in spec["data"] if (trace.get("meta") or {}).get("area")}
    assert {c for c, fill in grounds.items() if fill == GROUND[1]} == set(have)
    frame = opened("rail").frame
    assert {r.area: r.value for r in frame[frame["year"] == year].itertuples()} == {c: len(names) for c, names in have.items()}


@pytest.mark.parametrize("lang", LANGS)
def test_a_line_tells_its_date_length_speed_and_source(lang):
    trace = next(t for t in opened("rail", lang).figures[0].figure.data if (t.meta or {}).get("key") == "JINGZHANG")
    said = dict(rails.details(rail.lines()["JINGZHANG"], lang))
    assert all(part in trace.text for part in ("2019-12-30", "174", "350", "新华网"))
    assert len(said) == 7 and tuple(trace.customdata) == ("JINGZHANG",)
    gap = dict(rails.details(rail.lines()["JINWEI"], lang))
    assert list(gap.values()).count({"zh": "未查到", "en": "not found"}[lang]) == 3


def test_people_are_the_sum_of_printed_figures_on_one_basis():
    rows = rails.reach().query("indicator == 'resident_population'").set_index(["area", "year"])
    ledger = observations()
    ledger = ledger[(ledger["indicator"] == "resident_population") & (ledger["vintage"] == "unrevised") & (ledger["period"] == "2014")]
    printed = ledger.drop_duplicates("area").set_index("area")["value"]
    inside = [c for c in rail.reached(2014) if c.startswith("13")]
    assert rows.loc[("130000", 2014), "value"] == pytest.approx(printed[inside].sum())
    provinces = series("resident_population", areas=["110000", "120000", "130000"])
    for year in range(2019, 2025):
        own = provinces[(provinces["year"] == year) & (provinces["basis"] == "census7")]
        assert rows.loc[("jjj", year), "value"] == own["value"].sum() and rows.loc[("jjj", year), "upper"] == own["upper"].sum()
    assert all(("jjj", year) not in rows.index for year in (*range(2008, 2019), 2025))
    assert set(rows["basis"]) == {"census7", "unrevised"} and rows["computed"].all()


def table(values, width=0.5, basis="one", status="A"):
    rows = pd.DataFrame({"area": list(values), "year": 2020, "value": [float(v) for v in values.values()], "basis": basis, "obs_status": status, "source": "S", "locator": ""})
    return rows.assign(lower=rows["value"] - width, upper=rows["value"] + width)


def test_a_missing_figure_another_basis_or_a_break_leaves_a_gap():
    reached = ["110000", "120000", "130100", "130600"]
    whole = table(dict.fromkeys(reached, 10))
    assert rails.people(2020, whole, reached)["jjj"]["value"] == 40
    assert set(rails.people(2020, whole[whole["area"] != "130600"], reached)) == {"110000", "120000"}
    broken = whole.assign(obs_status=["B" if a == "130600" else "A" for a in whole["area"]])
    assert set(rails.people(2020, broken, reached)) == {"110000", "120000"}
    mixed = whole.assign(basis=["two" if a.startswith("13") else "one" for a in whole["area"]])
    assert set(rails.people(2020, mixed, reached)) == {"110000", "120000", "130000"}
    assert rails.people(2020, whole, []) == {} and rails.people(2019, whole, reached) == {}


def test_all_of_hebei_counts_with_its_own_figure():
    parts = table(dict.fromkeys(PREFECTURES, 10) | {"130000": 111})
    assert rails.people(2020, parts, PREFECTURES)["130000"]["value"] == 111
    assert rails.people(2020, parts, PREFECTURES[:-1])["130000"]["value"] == 100


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(1, 3000), min_size=4, max_size=4), st.floats(0, 50), st.floats(0, 50))
def test_coarser_printing_widens_the_bounds(values, width, more):
    reached = ["110000", "120000", "130100", "130200"]
    fine, coarse = (rails.people(2020, table(dict(zip(reached, values)), w), reached)["jjj"] for w in (width, width + more))
    assert coarse["lower"] <= fine["lower"] + 1e-9 and fine["upper"] <= coarse["upper"] + 1e-9
    assert fine["lower"] - 1e-9 <= fine["value"] <= fine["upper"] + 1e-9
    assert fine["upper"] - fine["lower"] == pytest.approx(8 * width, abs=1e-6)


def test_the_sentence_is_computed():
    assert "全部" in rails.network_sentence("zh", 2024) and "10个" in rails.network_sentence("zh", 2024)
    assert "109.2 million" in rails.network_sentence("en", 2024).replace("\u00a0", " ") and "9 of 13" in rails.network_sentence("en", 2012)
    for lang in LANGS:
        assert rails.sentence(opened("rail?year=2012", lang)) == rails.network_sentence(lang, 2012)
        assert rails.sentence(opened("rail_reach", lang)) == rails.network_sentence(lang, 2024)
        assert rails.sentence(opened("travel_times", lang)) == rails.times_sentence("110000", lang)


def test_bars_count_the_prefectures():
    bars = opened("rail_reach").figures[0].figure.data[0]
    assert dict(zip(bars.x, bars.y)) == {year: len(rail.reached(year)) for year in rails.YEARS}


@pytest.mark.parametrize("area", rails.origins())
def test_travel_times_are_those_that_are_printed_and_no_targets(area):
    view = opened(f"travel_times?area={area}")
    ledger = observations()
    ledger = ledger[(ledger["indicator"] == "travel_time") & (ledger["area"] == area) & (ledger["counterpart_area"] != "")]
    printed = {(r.counterpart_area, r.value, r.value_text) for r in ledger.itertuples() if r.obs_status != "F"}
    shown = {(r.counterpart_area, r.value, r.value_text) for r in view.frame.itertuples()}
    assert shown and shown <= printed and {c for c, _, _ in shown} == {c for c, _, _ in printed}
    bars = view.figures[0].figure.data[0]
    assert list(bars.x) == sorted(v for _, v, _ in shown) and not view.frame["computed"].any()


def test_within_an_hour_means_that_the_upper_bound_is_an_hour_at_most():
    frame = opened("travel_times?area=110000").frame.set_index("counterpart_area")
    said = rails.times_sentence("110000", "zh")
    assert "燕郊" in said and frame.loc["yanjiao", "upper"] <= 60
    assert "雄安" not in said and frame.loc["xiongan", "upper"] > 60  # 1小时 may be an hour and a half as printed


@pytest.mark.parametrize("text", ["rail?year=2007", "rail?year=2026", "travel_times?area=130700", "rail_reach?year=2020"])
def test_what_cannot_be_drawn_is_refused(text):
    with pytest.raises(Refusal) as refused:
        opened(text)
    assert refused.value.status == 400 and all(refused.value.sentence(lang) for lang in LANGS)


@pytest.mark.parametrize("text", ["rail", "rail?year=2012", "rail_reach", "travel_times", "travel_times?area=120000"])
def test_the_address_of_a_view_opens_the_same_view(text):
    view = opened(text)
    again = opened(address(view))
    assert address(again) == address(view) and again.shown == view.shown and KINDS[view.kind].page == "rails"


@pytest.mark.parametrize("lang", LANGS)
def test_sources_and_credits_stand_in_the_map_and_every_source_exists(lang):
    view = opened("rail", lang)
    figure = view.figures[0].figure
    assert rail.CREDIT in figure.layout.meta["source"] and CREDIT[lang] in figure.layout.meta["source"]
    assert any(rail.CREDIT in (trace.text or ()) for trace in figure.data)  # in the picture itself, so that every export of it has it
    used = {s for joined in opened("rail_reach", lang).frame["source"] for s in joined.split("|")}
    assert used <= set(rail.sources()) | set(sources().index)


@pytest.mark.parametrize("text", ["rail?year=2012", "rail_reach", "travel_times"])
def test_every_format_is_made(text, built):
    view = opened(text, "en")
    made = {name: of_view(view, name, STANDARD) for name in formats_of(view.kind)}
    assert Image.open(io.BytesIO(made["png"])).size[0] == 1920 and zipfile.is_zipfile(io.BytesIO(made["xlsx"]))
    rows = json.loads(made["json"])["rows"]
    assert len(rows) == len(view.frame) == made["csv"].decode("utf-8-sig").count("\n") - 1


def test_credit_is_in_the_drawn_map(built):
    from matplotlib.figure import Figure

    from dashboard.exports.drawing import Look, draw

    canvas = Figure(figsize=(8, 6))
    axes = canvas.add_axes((0, 0, 1, 1))
    draw(axes, at_frame(opened("rail").figures[0].figure, "2012"), Look(1.0), 1.0)
    assert rail.CREDIT in {text.get_text() for text in axes.texts}
