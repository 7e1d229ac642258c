"""Maps of another scope, and of more areas than a trace each would bear."""

import numpy as np
import pandas as pd
import pytest

from dashboard import views
from dashboard.chart import payload
from dashboard.charts import mosaic
from dashboard.charts.choropleth import choropleth, class_of
from geodata import HOME, area, areas, boundaries

WIDE = ("120000", "460000")  # Tianjin, of which the ledger has figures, and Hainan, of which it has none
CACHED = (views.map_view, views.levels_of, views.mappable, views._mapped, views._blank, views.area_address, views._choices)


@pytest.fixture(scope="module")
def layers(tmp_path_factory):
    """A cache for the layers of these scopes, in which those of the three provinces are there already."""
    folder = tmp_path_factory.mktemp("layers")
    home = boundaries.build(HOME)
    (folder / home.name).symlink_to(home)
    return folder


@pytest.fixture
def scope(monkeypatch, layers):
    """Chooses a scope for a test, as a process that starts with it has it."""
    def choose(*codes):
        monkeypatch.setenv("GEODATA_CACHE", str(layers))
        monkeypatch.setenv("BOUNDARY_SCOPE", ",".join(codes))
        for each in CACHED:
            each.cache_clear()

    yield choose
    monkeypatch.undo()
    for each in CACHED:
        each.cache_clear()


def made_up(layer, years=(2020, 2021)):
    """Figures of all areas but every seventh, for a chart that nobody sees."""
    random = np.random.default_rng(5)
    rows = [{"area": a["code"], "year": year, "value": float(random.lognormal()), "hover": f"{a['code']} {year}"}
            for year in years for i, a in enumerate(layer) if i % 7]
    return pd.DataFrame(rows)


def drawn(n, frame=None):
    layer = [{"code": f"{i:06}", "name": str(i), "label": (i, i), "no_data": f"gap {i}", "applicable": i % 10 > 0} for i in range(n)]
    frame = made_up(layer) if frame is None else frame
    words = {"no_data": "–", "km": "km", "legend": "", "format": str}
    return layer, frame, choropleth(frame, layer, level="county", bbox=(0, 0, 4000, 4000), title="", subtitle="", source="", words=words, labels=False, outline=["10"])


def test_many_areas_share_a_trace_a_class_and_few_do_not():
    few, many = drawn(mosaic.MANY)[2], drawn(mosaic.MANY + 1)[2]
    assert sum(bool(t.meta and t.meta.get("area")) for t in few.data) == mosaic.MANY + 1  # and the outline
    assert not any(t.meta and t.meta.get("area") for t in many.data)
    assert len(many.data) < 25


def test_each_area_stands_once_in_the_ground_and_once_in_the_class_of_its_value():
    layer, frame, figure = drawn(600)
    areas_of = [t for t in figure.data if t.meta and t.meta.get("areas") and t.meta["layer"] == "county"]
    ground = [t for t in areas_of if t.hoverinfo == "text"]
    assert sorted(c for t in ground for c in t.meta["areas"]) == [a["code"] for a in layer]
    assert {t.fillpattern.shape: len(t.meta["areas"]) for t in ground} == {"/": 540, ".": 60}  # gaps, and areas that it does not apply to
    assert dict(zip(ground[0].meta["areas"], ground[0].meta["hover"], strict=True))["000001"] == "gap 1"
    classes = [t for t in areas_of if t.hoverinfo == "skip"]
    bins = [frame["value"].quantile(q / 6) for q in range(1, 7)]
    for year in (2020, 2021):
        shown = next(f for f in figure.frames if f.name == str(year))
        now = frame[frame["year"] == year].set_index("area")
        seen = {}
        for at, change in zip(shown.traces, shown.data, strict=True):
            for code, text in zip(*(change.meta[k] for k in ("areas", "hover")), strict=True) if change.meta else ():
                assert code not in seen
                seen[code] = figure.data[at].fillcolor
                assert text == f"{code} {year}"
        assert set(seen) == set(now.index)
        fills = [t.fillcolor for t in classes]
        assert all(fills.index(seen[c]) == class_of(v, bins) for c, v in now["value"].items())


def test_a_map_without_any_figure_is_all_gaps():
    _, _, figure = drawn(300, pd.DataFrame({"area": [], "year": [], "value": [], "hover": []}))
    assert figure.frames == () and sum(len(t.meta["areas"]) for t in figure.data if t.meta and t.meta.get("hover")) == 300


def test_the_map_follows_the_scope_and_the_rest_is_a_gap(built, scope):
    scope(*WIDE)
    view = views.map_view("gdp", "level", "prefecture", "zh")
    figure = view.figures[0].figure
    assert set(view.frame["place"]) == {"120000"}
    gaps = {t.meta["area"] for t in figure.data if t.meta and t.meta.get("layer") == "prefecture" and t.fillpattern.shape == "/"}
    assert gaps == {a.code for a in areas("prefecture")} - {"120000"} and "460100" in gaps
    assert "综合简化" in figure.layout.meta["source"]
    assert list(view.figures[1].figure.data[0].customdata) == ["120000"]
    texts = [x for t in figure.data if t.type == "scatter" and t.mode == "text" and t.text for x in t.text]
    assert "南海诸岛" in texts and "500 公里" in texts and "海口市" in texts
    assert figure.layout.legend.xanchor == "left"  # the south-east corner is the sea's


def test_figures_outside_the_scope_are_on_no_map_and_keep_their_lines(scope):
    scope("120000")
    assert [a.code for a in areas("prefecture")] == ["120000"]
    assert set(views.map_view("gdp", "level", "prefecture", "zh").frame["place"]) == {"120000"}
    assert "composite" not in views.levels_of("gdp")
    assert len(views.trend_view(("gdp",), ("110000", "jjj"), "level", "zh").frame)


def test_a_scope_without_any_figure_is_drawn_as_gaps(scope):
    scope("460000")
    assert "gdp" in views.mappable() and views.levels_of("gdp") == ("prefecture", "province", "county")
    view = views.map_view("gdp", "level", "county", "en")
    assert view.frame.empty and len([t for t in view.figures[0].figure.data if t.meta and t.meta.get("layer") == "county"]) == len(areas("county"))
    assert payload(view, "en")


def test_an_area_without_english_name_is_shown_by_its_chinese_one(scope):
    scope(*WIDE)
    assert views.area_name("460100", "en") == area("460100").name_zh == "海口市"
    assert views.area_address("460106", "zh") == "海南 海口市 龙华区"
    assert views.area_address("120101", "en") == "Tianjin Heping District"


def test_at_home_the_map_has_no_sea_and_the_credit_that_it_had(built):
    figure = views.map_view("gdp", "level", "prefecture", "zh").figures[0].figure
    assert "综合简化" not in figure.layout.meta["source"] and figure.layout.legend.xanchor == "right"
    assert {m["layer"] for t in figure.data if (m := t.meta) and m.get("area")} == {"prefecture", "province"}
    assert not any(t.meta and t.meta.get("areas") for t in figure.data)
