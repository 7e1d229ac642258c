"""Flows: widths are the figures, totals are never split, what overlaps is said."""

import numpy as np
import pandas as pd
import pytest

from dashboard import flow_balance
from dashboard import flows as view_of
from dashboard.charts.flow_map import MOST, band, flow_map
from dashboard.charts.flows import flows
from dashboard.exports import Options
from dashboard.exports.render import formats_of, of_view
from dashboard.headlines import headline
from dashboard.kinds import KINDS, open_view, parse, permanent_link
from dashboard.parameters import Refusal
from indicators import series
from indicators.analysis.flows import arrange
from indicators.measures import period_kinds


def area_of(x, y):
    """Shoelace formula."""
    x, y = np.array(x, float), np.array(y, float)
    return abs(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1])) / 2


def frame(*rows):
    return pd.DataFrame([{"area": a, "counterpart_area": c, "year": y, "value": v, "label": str(v), "hover": f"{a}>{c}"} for a, c, y, v in rows])


def draw(data):
    codes = {*data["area"], *data["counterpart_area"]}
    return flows(data, title="t", subtitle="s", source="q", names={c: c for c in codes}, notes={})


def test_bands_are_as_wide_as_their_figures_in_every_year():
    data = frame(("110000", "120000", 2020, 10.0), ("110000", "130000", 2020, 30.0), ("110000", "120000", 2021, 25.0), ("110000", "130000", 2021, 5.0))
    figure = draw(data)
    widths = {}
    for year in figure.frames:
        for (_, dest), ribbon in zip((("110000", "120000"), ("110000", "130000")), year.data):
            value = float(data[(data["year"] == int(year.name)) & (data["counterpart_area"] == dest)]["value"].iloc[0])
            widths[year.name, dest] = area_of(ribbon.x, ribbon.y) / value
    assert np.allclose(list(widths.values()), next(iter(widths.values())))


def test_bands_of_one_place_do_not_cover_each_other():
    figure = draw(frame(("110000", "120000", 2020, 10.0), ("110000", "130000", 2020, 30.0)))
    first, second = figure.data[:2]
    ends = [(max(b.y[0], b.y[-2]), min(b.y[0], b.y[-2])) for b in (first, second)]
    (top, low), (other_top, other_low) = sorted(ends, reverse=True)
    assert low == pytest.approx(other_top) and top > low > other_low


def rows(*pairs):
    return list(pd.DataFrame([{"area": a, "counterpart_area": c} for a, c in pairs]).itertuples())


@pytest.mark.parametrize(("given", "drawn", "totals", "parts", "overlap"), [
    ([("110000", "jin_ji"), ("110000", "120000"), ("110000", "130000")], {1, 2}, {0}, set(), False),   # the parts make up the total
    ([("110000", "jin_ji"), ("110000", "120000")], {0}, set(), {1}, False),                          # one part is missing
    ([("110000", "jin_ji"), ("jing_jin", "130000")], {0, 1}, set(), set(), True),                    # neither holds the other
    ([("130000", "110000"), ("beisanxian", "110000")], {0}, set(), {1}, False),                      # counties of a province
    ([("110000", "120000"), ("120000", "110000")], {0, 1}, set(), set(), False),
])
def test_totals_and_parts_of_a_year(given, drawn, totals, parts, overlap):
    got = arrange(rows(*given))
    assert [{r.Index for r in group} for group in got[:3]] == [drawn, totals, parts] and got[3] == overlap


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_flow_that_can_be_chosen_is_drawn_from_its_series(built, lang):
    for indicator in view_of.with_flows()[:: 4 if lang == "zh" else 15]:
        view = view_of.flow_view(indicator, lang)
        if view is None:  # figures of another kind of period only
            continue
        whole = series(indicator)
        found = view.frame.merge(whole, on=["area", "counterpart_area", "period", "value", "source"])
        assert len(found) >= len(view.frame) and view.names() == [str(y) for y in sorted(view.frame["year"].unique())], indicator
        assert not view.frame.duplicated(["area", "counterpart_area", "year"]).any()


def test_a_total_goes_to_the_union_and_overlapping_scopes_are_said(built):
    view = open_view(*parse("flow?indicator=tech_contract_value&year=2023"), "zh")
    now = view.frame[view.frame["year"] == 2023]
    assert set(zip(now["area"], now["counterpart_area"])) == {("110000", "jin_ji"), ("jing_jin", "130000")}
    drawn = next(f for f in view.figures[0].figure.frames if f.name == "2023")
    assert "不能相加" in drawn.data[-2].text[0]
    alone = next(f for f in view.figures[0].figure.frames if f.name == "2022")
    assert alone.data[-2].text[0] == ""


def test_what_cannot_be_drawn_is_refused():
    for address in ("flow?indicator=gdp", "flow?indicator=tech_contract_value&year=1990", "flow?indicator=tech_contract_value&kind=end",
                    "number?indicator=gdp&kind=ytd", "number?indicator=gdp&area=110000&counterpart=x"):
        with pytest.raises(Refusal) as refused:
            open_view(*parse(address), "zh")
        assert refused.value.sentence("zh").endswith("。")


def test_a_number_shows_totals_since_one_start(built):
    view = open_view(*parse("number?indicator=enterprises_withdrawn&area=110000&counterpart=&kind=cumulative"), "zh")
    assert {p.split("/")[0] for p in view.frame["period"]} == {"2014"}
    assert "3000" in view.figures[0].figure.layout.title.text


# --- matrix, map, course, sentence --------------------------------------------------------


def bars(view, year):
    """Cells of a matrix in one of its years: text -> hover."""
    now = next(f for f in view.figures[0].figure.frames if f.name == year)
    return dict(zip(now.data[1].text, now.data[0].hovertext))


def test_a_matrix_has_the_totals_that_may_be_added(built):
    cells = bars(open_view(*parse("flow_matrix?indicator=zgc_branches&year=2020"), "zh"), "2020")
    assert {"4173", "4643", "8816", "（8816）"} <= set(cells)  # the printed total stands in brackets beside the sum of its parts
    assert "8815" in cells["8816"] and "8817" in cells["8816"]  # 4172.5 + 4642.5 and 4173.5 + 4643.5
    overlapping = bars(open_view(*parse("flow_matrix?indicator=tech_contract_value&year=2023"), "en"), "2023")
    assert "must not be added" in overlapping["–"]


def test_arrows_are_as_wide_as_their_figures():
    def wide(width):
        x, y = (np.array(v) for v in band((0, 0), (0, 200), width))
        return np.hypot(x[10] - x[-12], y[10] - y[-12])  # both edges in the middle of the course
    assert wide(20) == pytest.approx(20, rel=0.02) and wide(10) == pytest.approx(10, rel=0.02)


def test_the_largest_flow_lies_on_top_and_years_without_it_draw_nothing():
    data = frame(("a", "b", 2020, 10.0), ("a", "c", 2020, 30.0), ("a", "b", 2021, 5.0))
    points = {"a": (0, 0), "b": (100, 0), "c": (0, 100)}
    figure = flow_map(data, points=points, ground=[], outlines=[], unions={}, names={c: c for c in points}, sums={}, bbox=(-200, -200, 200, 200),
                      words={"km": "km"}, notes={2020: "n"}, title="t", subtitle="s", source="q")
    first, second = figure.frames[0].data[:2]
    assert (first.text, second.text) == ("a>b", "a>c")
    gone, left = figure.frames[1].data[:2]
    assert len(gone.x or ()) == 0 and left.text == "a>b"
    many = frame(*((str(i), "b", 2020, float(i)) for i in range(MOST + 5)))
    points |= {str(i): (i, i) for i in range(MOST + 5)}
    crowded = flow_map(many, points=points, ground=[], outlines=[], unions={}, names={c: c for c in points}, sums={}, bbox=(-200, -200, 200, 200),
                       words={"km": "km"}, notes={}, title="t", subtitle="s", source="q")
    drawn = [d.text for d in crowded.frames[0].data[:MOST]]
    assert drawn == [f"{i}>b" for i in range(5, MOST + 5)]


def test_a_map_draws_a_union_at_its_centroid_and_tints_its_members(built):
    view = open_view(*parse("flow_map?indicator=tech_contract_value&year=2022"), "zh")
    figure = view.figures[0].figure
    tinted = {t.meta["area"]: t.opacity for t in figure.data if t.meta and t.meta.get("layer") == "province" and t.fill}
    assert set(tinted) == {"110000", "120000", "130000"}  # Beijing is in a union of another year
    now = next(f for f in figure.frames if f.name == "2022")
    opacities = dict(zip(tinted, [d.opacity for d in now.data[:3]]))
    assert opacities == {"110000": 0.0, "120000": 1.0, "130000": 1.0}
    x, y = view_of._point("jin_ji")
    assert abs(x + 27.5) < 1 and abs(y - 0.7) < 1  # its inner point, where a name stands, lies 130 km from there
    near = open_view(*parse("flow_map?indicator=zgc_branches&year=2020"), "en").frame
    assert near[near["counterpart_area"] == "120000"]["hover"].iloc[0].endswith("km between representative points")
    assert "km between" not in view.frame[view.frame["counterpart_area"] == "jin_ji"]["hover"].iloc[0]


def test_over_time_totals_stand_on_lines_of_one_start(built):
    view = open_view(*parse("flow_course?indicator=investment_flow&area=120000&kind=cumulative"), "zh")
    starts = view.frame.groupby("key")["period"].agg(lambda p: {x[:4] for x in p})
    assert all(len(s) == 1 for s in starts) and len(starts) == 2
    year = open_view(*parse("flow_course?indicator=investment_flow&area=110000&kind=year"), "zh").frame
    assert year[year["computed"]]["counterpart_area"].tolist() == ["jin_ji"]


@pytest.mark.parametrize(("address", "lang", "said"), [
    ("flow?indicator=tech_contract_value&year=2023", "zh", ("从北京到津冀为748.7\xa0亿元", "是2014年（83.1\xa0亿元）的9.0倍")),
    ("flow_matrix?indicator=zgc_branches&year=2020", "zh", ("8816", "其中河北4643\xa0家、天津4173\xa0家")),
    ("flow_map?indicator=new_registrations_flow", "en", ("11,000", "52% to 56% of both")),
    ("flow_course?indicator=zgc_branches", "en", ("over 10,000", "up 13% to 127%")),
])
def test_the_sentence_says_what_the_figures_allow(built, address, lang, said):
    sentence = view_of.sentence(open_view(*parse(address), lang))
    assert all(words in sentence for words in said)


def test_what_a_source_does_not_print_is_not_said_of_parts(built):
    assert "其中" not in view_of.sentence(open_view(*parse("flow?indicator=tech_contract_value&year=2024"), "zh"))


@pytest.mark.parametrize("kind", ["flow_map", "flow_matrix", "flow_course"])
def test_views_of_flows_go_into_every_format(built, kind):
    view = open_view(*parse(f"{kind}?indicator=zgc_branches"), "en" if kind == "flow_map" else "zh")
    for name in formats_of(kind):
        assert len(of_view(view, name, Options(size="a4half", dpi=144))) > 100, name
    assert f"form={kind}" in permanent_link(view) and KINDS[kind].page.startswith("flows")


def test_every_flow_indicator_has_its_newest_figure_with_a_source(built):
    newest = view_of.latest("zh")
    assert newest["indicator"].is_unique and (newest["source"] != "").all()
    assert set(newest["indicator"]) == set(view_of.with_flows())


def test_an_area_without_flows_is_refused(built):
    with pytest.raises(Refusal) as refused:
        open_view(*parse("flow_course?indicator=zgc_branches&area=130600"), "en")
    assert "130600" in refused.value.sentence("en")


def test_totals_of_places_carry_their_bounds(built):
    table = flow_balance.table_of("new_registrations_flow", "cumulative", 2022, "en")
    assert len(table["columns"]) == 6  # an amount a head of a total since 2014 is not defined
    beijing = next(r for r in table["rows"] if r[0] == "Beijing")
    assert "−54.2%" in beijing[-1] and "−56.2" in beijing[-1] and "−52.1" in beijing[-1]
    year = flow_balance.table_of("tech_contract_value", "year", 2023, "zh")["rows"][0]
    assert year[1].startswith("748.7") and year[3].endswith("元/人")  # 748.7 亿元 by 2185 万 people


# --- quantities as a view -----------------------------------------------------------------


def quantity(address, lang="zh"):
    return open_view(*parse(f"flow_balance?{address}"), lang)


def test_net_gross_and_balance_are_those_of_the_printed_figures(built):
    flows_of = series("registered_capital_flow", period_kind="cumulative")
    flows_of = flows_of[(flows_of["year"] == 2022) & (flows_of["counterpart_area"] != "")].set_index(["area", "counterpart_area"])
    out, into = flows_of.loc[("110000", "jin_ji")], flows_of.loc[("jin_ji", "110000")]
    expected = {"net": lambda i, o: i - o, "gross": lambda i, o: i + o, "balance": lambda i, o: 100 * (i - o) / (i + o)}
    for key, value in expected.items():
        now = quantity(f"indicator=registered_capital_flow&kind=cumulative&quantity={key}&year=2022").frame.set_index(["area", "year"])
        row = now.loc[("110000", 2022)]
        corners = [value(i, o) for i in (into["lower"], into["upper"]) for o in (out["lower"], out["upper"])]
        assert row["value"] == pytest.approx(value(into["value"], out["value"]))
        assert (row["lower"], row["upper"]) == pytest.approx((min(corners), max(corners)))
        assert row["computed"] and set(row["source"].split("|")) == {out["source"], into["source"]} and row["measure"] == key


def test_amounts_a_head_name_the_population_they_are_divided_by(built):
    row = quantity("quantity=outflow_per_head&year=2023").frame.set_index(["area", "year"]).loc[("110000", 2023)]
    people = series("resident_population", areas=["110000"], period_kind="end").set_index("year")
    assert row["value"] == pytest.approx(748.7e4 / people.loc[[2022, 2023], "value"].mean()) and row["unit"] == "元/人"
    assert set(row["source"].split("|")) >= {"TECH_2023", *people.loc[2023, "source"].split("|")}


def test_shares_of_an_origin_add_up_and_a_share_of_its_output_is_that_of_the_series(built):
    now = quantity("indicator=zgc_branches&quantity=share&kind=end", "en").frame
    assert now["value"].sum() == pytest.approx(100) and set(zip(now["area"], now["counterpart_area"])) == {("110000", "120000"), ("110000", "130000")}
    assert now.set_index("counterpart_area").loc["120000", "value"] == pytest.approx(100 * 4173 / (4173 + 4643))
    whole = quantity("quantity=share_of_output").frame
    known = series("tech_contract_value", measure="share_of_output").set_index(["area", "counterpart_area", "period"])["value"]
    assert len(whole) > 5 and whole.set_index(["area", "counterpart_area", "period"])["value"].to_dict().items() <= known.to_dict().items()


def test_a_total_of_one_printed_figure_stays_as_it_is_printed(built):
    view = quantity("indicator=zgc_branches&quantity=outflow&year=2023", "en")
    row = view.frame.set_index("year").loc[2023]
    assert row["value_text"] == "超1万家" and not row["computed"] and "over 10,000" in headline(view)
    assert view.frame.set_index("year").loc[2020, "computed"]  # 4173 and 4643, added


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whiskers_and_words_are_the_bounds_of_the_rows(built, lang):
    view = quantity("indicator=new_registrations_flow&quantity=net", lang)
    figure = view.figures[0].figure
    bar, strokes = figure.data[0], next(d for d in figure.data if d.meta and d.meta.get("bounds"))
    ends = {int(y): sorted({x for x, at in zip(strokes.x, strokes.y) if x is not None and int(at) == y}) for y in range(len(bar.y))}
    rows_of = view.frame.set_index("area")
    for at, code in enumerate(bar.customdata):
        assert ends[at] == [rows_of.loc[code, "lower"], rows_of.loc[code, "upper"]]
    low, high = figure.layout.xaxis.range
    assert low <= view.frame["lower"].min() and view.frame["upper"].max() <= high
    said = headline(view)
    assert said.endswith("。" if lang == "zh" else ".") and all(words in said for words in ("−26,000", "−27,000", "−25,000"))
    for name in formats_of("flow_balance"):
        assert len(of_view(view, name, Options(size="a4half", dpi=144))) > 100, name


def test_every_quantity_that_is_offered_has_rows_with_sources_within_their_bounds(built):
    for indicator in view_of.with_flows()[::12]:
        for kind in period_kinds(indicator):
            for key in flow_balance.quantities_of(indicator, kind):
                frame = flow_balance.figures(indicator, kind, key)
                assert (frame["source"] != "").all() and (frame["unit"] != "").all(), (indicator, key)
                assert (frame["lower"] <= frame["value"]).all() and (frame["value"] <= frame["upper"]).all(), (indicator, key)


def test_a_quantity_that_cannot_be_computed_is_refused(built):
    for address in ("quantity=net", "quantity=speed", "indicator=new_registrations_flow&quantity=outflow_per_head"):
        with pytest.raises(Refusal) as refused:
            quantity(address)
        assert refused.value.status == 400 and "quantity" in refused.value.sentence("en")
