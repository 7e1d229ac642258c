"""Data are text: whatever markup stands in them is shown as it stands."""

import pytest

from dashboard import dossier, library, panels, views
from indicators import series
from indicators.ledger import sources

EVIL = '<script>alert(1)</script><img src=x onerror="alert(1)">'


def row(**changes):
    frame = series("gdp", areas=["110000"]).tail(1)
    return frame.assign(**changes)


def clean(html):
    return "<script" not in html and "<img src=x" not in html and "&lt;script&gt;" in html


@pytest.mark.parametrize("column", ["note", "value_text", "vintage", "source"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_row_of_the_ledger_becomes_no_markup_in_a_table(column, lang):
    assert clean(panels.observation_table(row(**{column: EVIL}), "gdp", lang, "caption", with_area=True))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_caption_becomes_no_markup(lang):
    assert clean(panels.observation_table(row(), "gdp", lang, EVIL))


def test_a_locator_with_quotes_does_not_leave_its_attribute():
    html = panels.observation_table(row(locator='table 1" onclick="alert(1)', source="BJTJJ_2023"), "gdp", "zh", "caption")
    assert 'onclick="alert' not in html


@pytest.fixture
def evil_source(monkeypatch):
    """One source whose every field is markup."""
    table = sources().copy()
    for column in ("title", "publisher", "original_publisher", "note", "repository_or_file", "date"):
        table.loc["BJTJJ_2023", column] = EVIL
    table.loc["BJTJJ_2023", "original_publisher"] = ""
    for module in (views, panels, library):
        monkeypatch.setattr(module, "sources", lambda: table)
    for cached in (library.one, library.all_sources):
        cached.cache_clear()
    yield "BJTJJ_2023"
    for cached in (library.one, library.all_sources):
        cached.cache_clear()


def test_a_source_becomes_no_markup_where_it_is_listed_cited_and_linked(evil_source):
    for lang in ("zh", "en"):
        assert clean(library.all_sources(lang))
        assert clean(library.one(evil_source, None, lang))
        assert clean(panels.passages(row(source=evil_source, locator="x").iloc[0], lang))
    assert "<script" not in panels.source_link(evil_source, "zh")


def test_a_point_of_a_chart_says_data_as_text():
    """Plotly reads <b>, <a> and <br> in the text of a point."""
    point = next(row(value_text='<a href="http://x">1</a><b>2</b>').itertuples())
    said = views.hover(point, "gdp", "zh")
    assert "<a " not in said and "<b>2</b>" not in said


def test_disagreements_and_coverage_show_data_as_text(monkeypatch):
    from indicators.ledger import reconciled

    rows = reconciled("gdp").assign(value_text=EVIL)
    monkeypatch.setattr(dossier, "reconciled", lambda _: rows)
    monkeypatch.setattr(panels, "reconciled", lambda _: rows)
    for part in (dossier.coverage.__wrapped__, dossier.disagreements.__wrapped__, dossier.observations.__wrapped__):
        html = part("gdp", "zh")
        assert "<script" not in html and "<img src=x" not in html


def test_a_table_escapes_its_headings_and_caption():
    html = panels.table([EVIL], [["x"]], EVIL)
    assert clean(html)
