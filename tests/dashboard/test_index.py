"""Views of the index, the official index and targets: figures, sentences, addresses, exports."""

import io
import threading

import pandas as pd
import pytest

from dashboard import index_scores, index_views, runs, waiting
from dashboard.exports import STANDARD
from dashboard.exports.render import formats_of, of_view
from dashboard.i18n import t
from dashboard.kinds import address, named, open_view, parse, permanent_link
from dashboard.parameters import Refusal
from indicators import get, series
from indicators.analysis import composite, sections, uncertainty
from indicators.ledger import observations

LANGS = ("zh", "en")
VIEWS = ("index", "index?level=prefecture&year=2021", "index_course", "index_sensitivity?level=prefecture", "official_index", "targets",
         "index?level=prefecture&given=30,20,20,10,20&missing=carry&year=2019")


def opened(text, lang="zh"):
    return open_view(*parse(text), lang)


def test_dots_stand_in_their_bars_and_are_the_scores():
    view = opened("index?level=prefecture&normalise=zscore&aggregate=geometric&year=2021")
    one = next(s for s in index_scores.panel("prefecture").sections if s.year == 2021)
    expected = dict(zip(one.areas, composite.composite(one, "zscore", "dimensions", "geometric")))
    bars, dots, names = next(f for f in view.figures[0].figure.frames if f.name == "2021").data
    assert dict(zip(dots.customdata, dots.x)) == pytest.approx(expected)
    assert list(dots.x) == sorted(dots.x, reverse=True) and len(names.text) == len(one.areas) < 13
    for i, x in enumerate(dots.x):
        assert bars.x[6 * i] <= x <= bars.x[6 * i + 1]


@pytest.mark.parametrize("lang", LANGS)
def test_given_weights_make_the_scores_and_stand_in_the_picture_and_the_link(lang):
    view = opened("index?level=prefecture&given=0,30,10,0,60&year=2021", lang)
    one = next(s for s in index_scores.panel("prefecture").sections if s.year == 2021)
    assert [p[0] for p in one.parts] == ["coordination", "green"]  # of the others there is no figure: 30 against 10
    expected = composite.normalise(one.value, one.higher, "minmax") @ [0.75, 0.25]
    now = view.frame[view.frame["year"] == 2021].set_index("area")["value"]
    assert now[list(one.areas)].tolist() == pytest.approx(expected.tolist())
    assert address(view) == "index?level=prefecture&weights=given&given=0,30,10,0,60&year=2021"
    for kind in ("index", "index_course", "index_sensitivity"):
        again = opened(f"{kind}?level=prefecture&given=0,30,10,0,60", lang)
        assert {"zh": "创新0%、协调30%、绿色10%、开放0%、共享60%", "en": "Innovation 0 %, Coordination 30 %, Green 10 %, Openness 0 %, Sharing 60 %"}[lang] in (
            again.figures[0].figure.layout.title.subtitle.text)
        assert "given=0,30,10,0,60" in permanent_link(again)
    even = opened("index?weights=given", lang)
    assert even.frame["value"].tolist() == pytest.approx(opened("index", lang).frame["value"].tolist()) and "given=20,20,20,20,20" in address(even)


@pytest.mark.parametrize("lang", LANGS)
def test_a_figure_carried_forward_is_counted_named_and_widens_the_interval(lang):
    view = opened("index?level=prefecture&missing=carry&year=2019", lang)
    carried = view.frame[view.frame["carried"] != ""].set_index(["area", "year"])
    assert carried["carried"].to_dict() == {("130500", 2017): "gdp:2016", ("130600", 2019): "gdp:2018"}
    assert carried.loc[("130600", 2019), "note"].endswith("carried forward: gdp 2018")
    assert ("2 missing figures" if lang == "en" else "2个缺数") in view.figures[0].figure.layout.title.subtitle.text
    row = next(r for r in view.table["rows"] if r[:2] == ["2019", {"zh": "保定市", "en": "Baoding"}[lang]])
    assert "2018" in row[-1] and [r for r in view.table["rows"] if r[-1] != "–" and r[0] not in ("2017", "2019")] == []
    assert {r[4] for r in index_views.coverage_table("prefecture", lang, "carry")["rows"]} == {"0", "1", "2"}
    years = {row[0]: row for row in index_views.year_table("prefecture", lang, "carry")["rows"]}
    assert "2018" in years["2019"][4] and years["2021"][4] == "–" and len(years["2019"]) == 5
    plain = opened("index?level=prefecture&year=2019", lang)
    assert "130600" not in set(plain.frame[plain.frame["year"] == 2019]["area"]) and (plain.frame["carried"] == "").all()


def test_the_page_tells_the_progress_of_a_long_run_stops_it_and_begins_it_again(run_page, monkeypatch):
    gate, stopped, spread = threading.Event(), threading.Event(), uncertainty.spread

    def slow(*args, progress, cancelled, **more):
        progress(0.5)
        while not gate.wait(0.01):
            if cancelled():
                stopped.set()
                raise uncertainty.Cancelled
        return spread(*args, progress=progress, cancelled=cancelled, **more)

    monkeypatch.setattr(uncertainty, "spread", slow)
    monkeypatch.setattr(runs, "_runs", type(runs._runs)())
    monkeypatch.setattr(waiting, "PATIENCE", 0.05)
    page = run_page("index", "zh", normalise="zscore", aggregate="geometric")
    app = page.app
    assert not app.exception and len(app.get("progress")) == 1 and t("zh", "index.official_heading") in page.html
    app.button(key="index_cancel").click().run()
    app.run()
    assert stopped.wait(5) and t("zh", "index.stopped") in page.html and not app.get("progress")
    gate.set()
    monkeypatch.setattr(waiting, "PATIENCE", 20)
    app.button(key="index_again").click().run()
    app.run()
    assert t("zh", "index.stopped") not in page.html and not app.get("progress") and not app.exception
    assert index_views.sentence(opened("index?normalise=zscore&aggregate=geometric")) in page.html


def test_the_page_takes_weights_and_says_which_it_cannot_use(run_page):
    page = run_page("index", "en", weights="given", given="30,20,20,10,20")
    assert [box.value for box in page.app.number_input] == [30, 20, 20, 10, 20]
    page.app.number_input[0].set_value(80).run()
    assert page.app.query_params["given"] in ("80,20,20,10,20", ["80,20,20,10,20"]) and not page.app.exception
    for wrong in ("1,2", "0,0,0,1,1"):
        page = run_page("index", "en", given=wrong)
        assert "class=\"note\"" in page.html and not page.app.exception


@pytest.mark.parametrize("text", ["index?level=prefecture", "index"])
def test_an_area_has_a_single_rank_only_where_no_others_interval_holds_it(text):
    for _, now in opened(text).frame.groupby("year"):
        for r in now.itertuples():
            others = now[now["area"] != r.area]
            alone = not ((others["best"] <= r.best) & (others["worst"] >= r.best)).any()
            assert r.best < r.worst or alone
            assert ("–" in r.rank_text) == (r.best < r.worst)
            if ((others["lower"] > r.upper) | (others["upper"] < r.lower)).all():
                assert r.best == r.worst


@pytest.mark.parametrize("lang", LANGS)
def test_the_sentence_says_what_is_told_apart_and_the_picture_that_it_is_not_official(lang):
    view = opened("index", lang)
    assert "2024" in index_views.sentence(view) and not {"best", "worst"} & set(index_views.sentence(view).split())
    assert {"zh": "非官方", "en": "unofficial"}[lang] in view.title
    assert {"zh": "不是官方", "en": "not the official"}[lang] in view.figures[0].figure.layout.meta["source"]
    assert "2021" in index_views.sentence(opened("index?level=prefecture&year=2021", lang))
    years = index_views.year_table("prefecture", lang)
    assert any(row[3] != "–" for row in years["rows"]) and len(years["rows"]) == len(index_scores.panel("prefecture").sections)
    assert len(index_views.coverage_table("province", lang)["rows"]) == len(sections.CANDIDATES)


def test_scores_name_their_sources_and_no_year_is_joined_to_one_of_other_indicators():
    view = opened("index_course")
    assert view.frame["computed"].all() and (view.frame["source"] != "").all() and set(view.frame["obs_status"]) == {"E"}
    parts = {s.year: s.bases for s in index_scores.panel("province").sections}
    for trace in view.figures[0].figure.data:
        if trace.mode == "lines+markers":
            for a, b in zip(trace.x, trace.x[1:]):
                assert a is None or b is None or parts[int(a)] == parts[int(b)]


def test_releases_of_the_official_index_are_lines_of_their_own():
    rows = observations()
    for indicator in index_views.OFFICIAL:
        view = opened(f"official_index?indicator={indicator}")
        own = rows[rows["indicator"] == indicator]
        lines = [t for t in view.figures[0].figure.data if t.mode == "lines+markers"]
        assert len(lines) == own["vintage"].nunique()
        for trace in lines:
            printed = own[own["vintage"] == trace.meta["key"]]
            assert {(x, y) for x, y in zip(trace.x, trace.y) if x is not None} <= set(zip(printed["period"].astype(int), printed["value"]))
    assert "154.1" in index_views.official_sentence(opened("official_index"))


def test_targets_are_printed_or_sourced_limits_and_progress_is_recomputed():
    view = opened("targets")
    bar = view.figures[0].figure.data[0]
    road = series("expressway_km", areas=["130000"])
    first, last = (road[road["year"] == y]["value"].iloc[0] for y in (2014, 2023))
    assert any(x == pytest.approx(100 * (last - first) / (9000 - first)) for x in bar.x)
    limits = {limit.value for limit in get("pm25").limits}
    assert len(bar.x) == 2 + 3 * len(limits)
    assert all(index_views.targets_sentence(opened("targets", lang)) for lang in LANGS)
    assert {r[3] for r in index_views.unmeasured("zh")} >= {"35分钟"}


@pytest.mark.parametrize(("text", "status"), [
    ("index?level=county", 400), ("index?year=1999", 400), ("index?weights=luck", 400), ("index?weights=pca", 400), ("index_course?normalise=x", 400),
    ("index_sensitivity?year=1999", 400), ("official_index?indicator=gdp", 400), ("index?missing=mean", 400), ("index?given=1,2", 400),
    ("index?given=1,-1,1,1,1", 400), ("index?given=0,0,0,0,0", 400), ("index?given=nan,1,1,1,1", 400), ("index?given=1e9,1,1,1,1", 400),
    ("index_course?given=0,0,0,50,50", 400), ("index?weights=pca&given=1,1,1,1,1", 400)])
def test_what_cannot_be_drawn_is_refused_in_both_languages(text, status):
    with pytest.raises(Refusal) as refused:
        opened(text)
    assert refused.value.status == status and all(refused.value.sentence(lang) for lang in LANGS)


def test_where_too_many_compute_one_sentence_asks_to_try_again(monkeypatch):
    monkeypatch.setattr(runs, "_runs", type(runs._runs)())
    monkeypatch.setattr(runs, "KEPT", 0)
    with pytest.raises(Refusal) as refused:
        opened("index?aggregate=geometric")
    assert refused.value.status == 503 and all(refused.value.sentence(lang) for lang in LANGS)


@pytest.mark.parametrize("text", VIEWS)
def test_the_address_opens_the_same_view_in_every_format(text):
    view = opened(text, "en")
    again = opened(address(view), "en")
    assert address(again) == address(view) and again.frame.equals(view.frame)
    assert named(view, view.kind, "en", **dict(view.query)).query == view.query
    for name in set(formats_of(view.kind)) - {"png", "pdf", "zip"}:
        assert of_view(view, name, STANDARD)
    table = pd.read_csv(io.BytesIO(of_view(view, "csv", STANDARD)), dtype=str)
    assert len(table) == len(view.frame)
