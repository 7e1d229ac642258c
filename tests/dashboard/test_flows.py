"""Flows: widths are the figures, totals are never split, what overlaps is said."""

import numpy as np
import pandas as pd
import pytest

from dashboard import flows as view_of
from dashboard.charts.flows import flows
from dashboard.kinds import open_view, parse
from dashboard.parameters import Refusal
from indicators import series


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
        for (_, dest), band in zip((("110000", "120000"), ("110000", "130000")), year.data):
            value = float(data[(data["year"] == int(year.name)) & (data["counterpart_area"] == dest)]["value"].iloc[0])
            widths[year.name, dest] = area_of(band.x, band.y) / value
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
    got = view_of.arrange(rows(*given))
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
