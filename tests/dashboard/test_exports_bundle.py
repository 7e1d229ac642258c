"""The ZIP of a view: what is in it, and that it is the same each time."""

import datetime
import io
import json
import zipfile

import pytest

from dashboard.exports import Options, bundle, citation, tables
from dashboard.exports.bundle import readme, zipped
from dashboard.exports.workbook import xlsx
from dashboard.i18n import t
from geodata import CREDIT
from indicators.names import name
from tests.dashboard.test_exports_tables import opened

ORIGIN = Options(origin="https://monitor.example", size="column", dpi=144)
ALWAYS = {"readme.txt", "data.csv", "data.xlsx", "metadata.json", "citation.txt", "citation.bib"}


@pytest.mark.parametrize("lang, address", [("zh", "ranking?indicator=pm25&year=2021"), ("en", "data?indicator=rail_km")])
def test_a_bundle_holds_figures_chart_and_citation(built, lang, address):
    view = opened(address, lang)
    data = bundle.zip(view, ORIGIN)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        files = {i.filename: archive.read(i) for i in archive.infolist()}
        day = datetime.date.fromisoformat(json.loads(files["metadata.json"])["date"])
        assert {i.date_time[:3] for i in archive.infolist()} == {(day.year, day.month, day.day)}
    assert set(files) == ALWAYS | ({"chart.png", "chart.svg"} if view.figures else set())
    assert files["data.csv"] == tables.csv(view, ORIGIN) and files["data.xlsx"] == xlsx(view, ORIGIN)
    assert json.loads(files["metadata.json"]) == tables.metadata(view, ORIGIN) and files["citation.bib"] == citation.bib(view, ORIGIN)
    assert citation.citations(view, ORIGIN)["gbt7714"] in files["citation.txt"].decode()
    if view.figures:
        assert files["chart.png"].startswith(b"\x89PNG") and b"<svg" in files["chart.svg"][:1000]
    assert bundle.zip(view, ORIGIN) == data


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", ["map?indicator=pm25&year=2021", "data?indicator=gdp"])
def test_the_readme_explains_every_column_and_status(built, address, lang):
    view = opened(address, lang)
    text = readme(view, ORIGIN)
    said = tables.metadata(view, ORIGIN)
    for wanted in (said["title"], said["unit"], said["source_line"], said["link"], said["date"], *said["notes"], t(lang, "export.bundle.terms")):
        assert wanted in text
    assert all(f"\n{column}: " in text for column, _, _ in tables.columns(view))
    assert all(f"{s}: {name('obs_status', s, lang)}" in text for s in view.frame["obs_status"].unique())
    assert (CREDIT[lang] in text) == ("chart.png" in text) == (view.kind == "map")


def test_equal_files_make_equal_archives():
    files, day = {"a.txt": b"x" * 1000, "b.png": b"y"}, datetime.date(2025, 1, 2)
    assert zipped(files, day) == zipped(dict(files), day) != zipped(files, datetime.date(2025, 1, 3))
