"""Views of the index, the official index and targets: figures, sentences, addresses, exports."""

import io

import pandas as pd
import pytest

from dashboard import index_views
from dashboard.exports import STANDARD
from dashboard.exports.render import formats_of, of_view
from dashboard.kinds import address, named, open_view, parse
from dashboard.parameters import Refusal
from indicators import get, series
from indicators.analysis import composite
from indicators.ledger import observations

LANGS = ("zh", "en")
VIEWS = ("index", "index?level=prefecture&year=2021", "index_course", "index_sensitivity?level=prefecture", "official_index", "targets")


def opened(text, lang="zh"):
    return open_view(*parse(text), lang)


def test_dots_stand_in_their_bars_and_are_the_scores():
    view = opened("index?level=prefecture&normalise=zscore&aggregate=geometric&year=2021")
    one = next(s for s in index_views.panel("prefecture").sections if s.year == 2021)
    expected = dict(zip(one.areas, composite.composite(one, "zscore", "dimensions", "geometric")))
    bars, dots, names = next(f for f in view.figures[0].figure.frames if f.name == "2021").data
    assert dict(zip(dots.customdata, dots.x)) == pytest.approx(expected)
    assert list(dots.x) == sorted(dots.x, reverse=True) and len(names.text) == len(one.areas) < 13
    for i, x in enumerate(dots.x):
        assert bars.x[6 * i] <= x <= bars.x[6 * i + 1]


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
    assert any(row[3] != "–" for row in years["rows"]) and len(years["rows"]) == len(index_views.panel("prefecture").sections)
    assert len(index_views.coverage_table("province", lang)["rows"]) == len(composite.CANDIDATES)


def test_scores_name_their_sources_and_no_year_is_joined_to_one_of_other_indicators():
    view = opened("index_course")
    assert view.frame["computed"].all() and (view.frame["source"] != "").all() and set(view.frame["obs_status"]) == {"E"}
    parts = {s.year: s.bases for s in index_views.panel("province").sections}
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
    ("index_sensitivity?year=1999", 400), ("official_index?indicator=gdp", 400)])
def test_what_cannot_be_drawn_is_refused_in_both_languages(text, status):
    with pytest.raises(Refusal) as refused:
        opened(text)
    assert refused.value.status == status and all(refused.value.sentence(lang) for lang in LANGS)


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
