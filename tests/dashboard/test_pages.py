"""Every page as Streamlit runs it, in both languages."""

import re

import pytest

from dashboard import views
from dashboard.i18n import t, text
from dashboard.paths import HERE

CJK = re.compile(r"[\u4e00-\u9fff]")
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])
PAGE_FILES = HERE / "pages"
CHARTS = ("map", "trends", "region", "indicator")
HEADINGS = {
    "overview": lambda lang: t(lang, "app.title"),
    **{name: lambda lang, name=name: t(lang, f"page.{name}") for name in ("map", "trends", "data", "sources", "claims", "review", "basket",
                                                                       "compare", "flows", "rails", "index")},
    "gaps": lambda lang: t(lang, "gaps.title"),
    "region": lambda lang: views.area_name("jjj", lang),
    "indicator": lambda lang: views.indicator_name("gdp", lang),
}
PAGES = {path.stem for path in PAGE_FILES.glob("*.py")}


def headings(html, level=1):
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", html)]


def test_every_page_is_tested():
    assert set(HEADINGS) == PAGES


@LANGUAGES
@pytest.mark.parametrize("name", HEADINGS)
def test_page_runs_and_has_its_one_heading_in_the_language(run_page, name, lang):
    page = run_page(name, lang)
    assert not page.app.exception
    assert headings(page.html) == [HEADINGS[name](lang)]
    assert f'data-lang="{t(lang, "lang_tag")}"' in page.html
    assert "note" not in re.findall(r'class="(\w+)"', page.html)  # a plain address has nothing to be replaced


@pytest.mark.parametrize("name", HEADINGS)
def test_english_page_has_no_chinese_in_headings_and_controls(run_page, name):
    page = run_page(name, "en")
    app = page.app
    labels = [w.label for kind in ("selectbox", "multiselect", "download_button") for w in app.get(kind)]
    words = [*headings(page.html), *headings(page.html, 2), *labels]
    assert [w for w in words if CJK.search(w)] == []
    chosen = [option for w in app.selectbox if w.key != "w_source_en" for option in w.options]
    assert [o for o in chosen if CJK.search(o)] == []


@LANGUAGES
@pytest.mark.parametrize("name", HEADINGS)
def test_choices_of_a_box_can_be_told_apart(run_page, name, lang):
    """Streamlit knows an option by its label: of two with the same label only one can be chosen."""
    app = run_page(name, lang).app
    for box in [*app.selectbox, *app.multiselect]:
        assert [o for o in dict.fromkeys(box.options) if box.options.count(o) > 1] == [], box.key


@LANGUAGES
@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_given_figures_with_title_unit_source_and_their_numbers(run_page, name, lang):
    payload = run_page(name, lang).payload()
    assert payload["words"] == text(lang)["chart"]
    assert payload["alt"]
    assert payload["figures"]
    for figure in payload["figures"]:
        assert figure["data"]
        assert figure["layout"]["title"]["text"]
        assert figure["layout"]["title"]["subtitle"]["text"]
    assert any(figure["layout"]["meta"]["source"] for figure in payload["figures"])
    if payload["table"]:
        width = len(payload["table"]["columns"])
        assert payload["table"]["rows"] and {len(row) for row in payload["table"]["rows"]} == {width}


def test_map_is_given_all_years_and_geometry_by_address_only(run_page):
    payload = run_page("map").payload()
    years = sorted(views.map_view("gdp", "level", "prefecture", "zh").frame["year"].unique())
    polygons, *_ = payload["figures"]
    assert [f["name"] for f in polygons["frames"]] == [str(y) for y in years]
    assert set(polygons["geometry"]) == {"prefecture", "province"}
    drawn = [trace for trace in polygons["data"] if trace.get("meta", {}).get("layer") == "prefecture"]
    assert len(drawn) == 13
    assert all("x" not in trace and "y" not in trace for trace in drawn)
    assert payload["frame"] == str(views.best_year(views.map_view("gdp", "level", "prefecture", "zh").frame))


def test_figures_stay_as_they_are_when_a_page_is_run_again(run_page):
    assert run_page("trends").payload() == run_page("trends").payload()


def test_map_with_a_chosen_area_lists_its_sourced_values(run_page):
    page = run_page("map", indicator="pm25", area="120000")
    assert not page.app.exception
    panel = next(b.value for b in page.app.html if 'id="panel"' in b.value)
    assert views.area_name("120000", "zh") in panel and views.indicator_name("pm25", "zh") in panel
    figures = next(b.value for b in page.app.html if '<table class="figures"' in b.value)
    rows = figures.split("<tbody>")[1].split("</tr>")[:-1]
    assert rows and all("sources?source=" in row for row in rows)


def test_map_with_an_area_without_figures_says_so(run_page):
    frame = views.map_view("pm25", "level", "prefecture", "zh").frame
    county = next(a.code for a in views.areas("county") if a.code not in set(frame["place"]))
    page = run_page("map", indicator="pm25", level="prefecture", area=county)
    assert not page.app.exception
    assert t("zh", "map.no_value") in page.html or "note" in page.html


DAMAGED = [
    ("map", {"indicator": "gdpp", "level": "x", "year": "1900", "measure": "<b>"}, 4),
    ("trends", {"indicators": "gdp,nothing", "areas": "110000,999999", "base": "x", "measure": "zzz"}, 3),
    ("region", {"area": "110001"}, 1),
    ("indicator", {"indicator": "<script>alert(1)</script>"}, 1),
    ("data", {"indicator": "gd", "kind": "yearly"}, 2),
    ("sources", {"source": "no_such_source", "at": "x"}, 1),
]


@LANGUAGES
@pytest.mark.parametrize(("name", "parameters", "notes"), DAMAGED)
def test_damaged_link_shows_something_and_says_what_was_replaced(run_page, name, parameters, notes, lang):
    page = run_page(name, lang, **parameters)
    assert not page.app.exception
    said = re.findall(r'<p class="note"[^>]*>(.*?)</p>', page.html)
    assert len(said) == notes
    assert "<script>" not in page.html
    assert headings(page.html)


@pytest.mark.parametrize(("name", "parameters"), [
    ("indicator", {"theme": "nothing"}), ("sources", {"source": "tjzbsh_202402", "at": "nowhere"}), ("map", {"lang": "fr"}),
    ("trends", {"indicators": ","}), ("data", {"rows": "none"}), ("map", {"area": ""}), ("map", {"year": ""}), ("trends", {"areas": "11" * 3000})])
def test_odd_addresses_raise_nothing(run_page, name, parameters):
    page = run_page(name, **parameters)
    assert not page.app.exception
    assert headings(page.html)


def test_trends_without_a_figure_say_what_to_do(run_page):
    page = run_page("trends", indicators="tech_contract_value", areas="131082")
    assert not page.app.exception
    assert t("zh", "trends.empty") in page.html
    assert len(page.app.get("bidi_component")) == 0


def test_filters_of_the_data_page_hold_together(run_page):
    from indicators.ledger import reconciled

    known = reconciled("gdp")
    status = known[(known["area"] == "110000") & known["shown"]]["obs_status"].mode()[0]
    page = run_page("data", indicator="gdp", areas="110000", status=status, rows="shown")
    assert not page.app.exception
    table = page.app.dataframe[0].value
    assert len(table)
    assert set(table[t("zh", "column.indicator")]) == {views.indicator_name("gdp", "zh")}
    assert set(table[t("zh", "column.area")]) == {views.area_name("110000", "zh")}
    assert all(found.startswith(status) for found in table[t("zh", "column.obs_status")])
    assert set(table[t("zh", "column.shown")]) == {"✓"}


def test_data_page_with_no_row_left_says_so(run_page):
    page = run_page("data", indicator="gdp", areas="131082", kind="ytd")
    assert not page.app.exception
    assert t("zh", "data.empty") in page.html


def test_choosing_an_indicator_writes_it_into_the_address(run_page):
    page = run_page("map")
    page.app.selectbox(key="w_indicator_zh").set_value("pm25").run()
    assert not page.app.exception
    assert page.app.query_params["indicator"] == "pm25"
    assert views.indicator_name("pm25", "zh") in page.payload()["figures"][0]["layout"]["title"]["text"]
    page.app.selectbox(key="w_indicator_zh").set_value("gdp").run()
    assert "indicator" not in page.app.query_params  # what holds anyway does not lengthen the address


def test_every_internal_link_names_a_page_that_exists(run_page):
    for name in HEADINGS:
        for target in re.findall(r'href="\./([\w-]*)(?:[?"])', run_page(name).html):
            assert target in ("", "briefing", *PAGES), (name, target)


@pytest.mark.parametrize("source_kind", ["report", "official"])
def test_a_source_lists_the_figures_taken_from_it(run_page, source_kind):
    from indicators.ledger import observations, sources

    counts = observations()["source"].value_counts()
    source = next(s for s in counts.index if sources().loc[s, "kind"] == source_kind)
    page = run_page("sources", source=source)
    assert not page.app.exception
    assert f"{t('zh', 'sources.figures')} ({counts[source]})" in page.html


def test_asked_for_passage_is_shown_with_the_figure_marked(run_page, reports_dir):
    from indicators.ledger import observations, sources
    from indicators.reports.passages import passage

    for row in observations().itertuples():
        if row.source in sources().index and sources().loc[row.source, "text_file"] and (found := passage(row.source, row.locator)):
            break
    page = run_page("sources", source=row.source, at=row.locator)
    assert f"<mark>{found.figure}</mark>" in page.html
    assert "blockquote" in page.html


def test_without_the_texts_the_citation_stands_alone(run_page, monkeypatch, tmp_path):
    from dashboard import library
    from indicators.ledger import observations, sources

    monkeypatch.setenv("REPORTS_DIR", str(tmp_path))
    library.one.cache_clear()
    row = next(r for r in observations().itertuples() if r.source in sources().index and sources().loc[r.source, "text_file"])
    page = run_page("sources", source=row.source, at=row.locator)
    library.one.cache_clear()
    assert not page.app.exception
    assert "blockquote" not in page.html
    assert t("zh", "sources.no_passage") in page.html
