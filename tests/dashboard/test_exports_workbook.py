"""Workbooks, read back by openpyxl and by LibreOffice."""

import csv
import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace

import openpyxl
import pytest

from dashboard import format as fmt
from dashboard import views
from dashboard.exports import Options, tables
from dashboard.exports.workbook import MOST, cited_sources, marks, number_format, xlsx
from dashboard.i18n import t
from indicators.names import name
from tests.dashboard.test_exports_tables import HOSTILE, VIEWS, from_api, hostile, opened


def sheets(view, **options):
    """The three sheets as rows of cells; no cell holds a formula."""
    book = openpyxl.load_workbook(BytesIO(xlsx(view, Options(**options))))
    rows = [list(sheet.iter_rows()) for sheet in book]
    assert {cell.data_type for sheet in rows for row in sheet for cell in row} <= {"n", "s", "inlineStr"}
    return book, rows


def table(rows):
    """The sheet of observations: a dictionary a row."""
    head, *body = rows
    return [dict(zip([c.value for c in head], [c.value for c in row])) for row in body]


@pytest.mark.parametrize("address, lang", [*((address, "zh") for address in VIEWS), (VIEWS[2], "en")])
def test_every_figure_stands_in_its_row(built, address, lang):
    view = opened(address, lang)
    _, (_, rows, _) = sheets(view)
    answered = from_api(view)
    answered = answered if view.kind == "data" else [r for r in answered.values() if any(
        (view.frame["area"] == r["REF_AREA"]) & (view.frame["counterpart_area"] == r["COUNTERPART_AREA"]) & (view.frame["indicator"] == r["INDICATOR"])
        & (view.frame["period"] == r["TIME_PERIOD"]))]
    say = lambda column, section="column": t(lang, f"{section}.{column}")
    read = [(r[say("key", "export.workbook")], r[say("measure", "control")], r[say("value")], r[say("lower", "export.workbook")],
             r[say("upper", "export.workbook")], r[say("unit")], r[say("obs_status")], r[say("value_text")] or "", r[say("source")],
             r[say("note")] or "") for r in table(rows)]
    wanted = [(f"{r['INDICATOR']} {r['REF_AREA']}{' → ' * bool(r['COUNTERPART_AREA'])}{r['COUNTERPART_AREA']} {r['TIME_PERIOD']}",
               name("measure", r["MEASURE"], lang), r["OBS_VALUE"], r["OBS_LOWER"], r["OBS_UPPER"], name("unit", r["UNIT_MEASURE"], lang),
               f"{r['OBS_STATUS']} {name('obs_status', r['OBS_STATUS'], lang)}", r["VALUE_TEXT"], cited_sources(r["SOURCE"], lang), r["COMMENT_OBS"])
              for r in answered]
    assert sorted(map(repr, read)) == sorted(map(repr, wanted)) and len(read) == len(view.frame)


@pytest.mark.parametrize("address", VIEWS)
def test_areas_by_periods_hold_the_adopted_figures(built, address):
    view = opened(address)
    _, (rows, _, _) = sheets(view)
    adopted = tables.adopted(view.frame)
    found, head = [], []
    for row in rows:
        values = [c.value for c in row]
        if values[0] == t("zh", "export.workbook.code"):
            head = values
        for label, cell in zip(head[2:], row[2:]):
            if isinstance(cell.value, (int, float)):
                found.append((values[0], label, float(cell.value)))
    ends = lambda r: f"{r.area} → {r.counterpart_area}" if r.counterpart_area else r.area
    assert sorted(found) == sorted((ends(r), fmt.period(r.period, r.period_kind, "zh"), r.value) for r in adopted.itertuples())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_title_unit_and_source_stand_in_the_language(built, lang):
    view = opened("map?indicator=pm25&year=2021", lang)
    book, (data, _, notes) = sheets(view, origin="https://monitor.example")
    said = tables.metadata(view, Options(origin="https://monitor.example"))
    assert book.sheetnames == [t(lang, f"export.workbook.{s}") for s in ("data", "observations", "notes")]
    top = [row[0].value for row in data[:2]]
    assert top[0] == said["title"] and said["unit"] in top[1] and said["source_line"] in top[1]
    texts = {c.value for row in notes for c in row}
    assert {said["title"], said["link"], said["date"], said["definitions"][0]["definition"], *said["notes"]} <= texts
    assert {s["citation"] for s in said["sources"]} <= texts and book.properties.title == said["title"]


def test_a_gap_is_an_empty_cell_and_a_figure_a_number(built):
    view = opened("map?indicator=pm25&year=2021")
    book, (rows, _, _) = sheets(view)
    head = next(r for r in rows if r[0].value == t("zh", "export.workbook.code"))
    column = {c.value: c.column - 1 for c in head}
    tangshan = next(r for r in rows if r[0].value == "130200")
    own = view.frame[view.frame["area"] == "130200"].set_index("year")
    assert tangshan[column["2021年"]].value == own.loc[2021, "value"] and 2024 not in own.index
    assert tangshan[column["2024年"]].value is None
    row = own.reset_index().set_index("year", drop=False).loc[2021]
    assert tangshan[column["2021年"]].number_format == number_format(1, marks(row)) == '"V "#,##0.0'
    assert {c.data_type for c in tangshan[2:]} == {"n"} and tangshan[0].data_type != "n"
    page = book.worksheets[0]
    assert page.freeze_panes == "C5" and page.print_title_rows == "$1:$4"
    assert page.page_setup.orientation == "landscape" and page.sheet_properties.pageSetUpPr.fitToPage and page.page_setup.fitToHeight == 0


def test_marks_name_what_a_reader_must_know():
    plain = {"obs_status": "A", "computed": False, "conflict": False, "value": 10.0, "lower": 9.99, "upper": 10.01}
    for changes, expected in (({}, ""), ({"obs_status": "E"}, "E"), ({"computed": True}, "*"), ({"upper": 11.0}, "≈"), ({"conflict": True}, "≠"),
                              ({"obs_status": "V", "computed": True, "conflict": True}, "V*≠")):
        assert marks(SimpleNamespace(**plain | changes)) == expected
    assert number_format(0) == "#,##0" and number_format(2, "E*") == '"E* "#,##0.00'


def test_hostile_text_stays_text(built):
    extra = ("<r><t>x</t></r>", " a ", "x" * 40_000)
    view = hostile(opened("data?indicator=gdp&rows=shown"))
    texts = [*HOSTILE, *extra]
    view = replace(view, frame=view.frame.assign(note=[texts[i % len(texts)] for i in range(len(view.frame))]))
    _, (data, rows, notes) = sheets(view)
    read = [r[t("zh", "column.note")] for r in table(rows)[:len(texts)]]
    assert read[:len(HOSTILE)] == list(HOSTILE)
    assert read[len(HOSTILE):] == ["<r><t>x</t></r> ", " a ", "x" * (MOST - 2)]
    assert data[0][0].value == notes[0][0].value == "=1+1 & <b>"


def test_a_missing_number_and_an_endless_bound_are_empty(built):
    view = opened("trends?indicators=gdp")
    view = replace(view, frame=view.frame.head(3).assign(value=[1.0, float("nan"), -2.5], upper=float("inf")))
    _, (data, rows, _) = sheets(view)
    assert [(r[t("zh", "column.value")], r[t("zh", "export.workbook.upper")]) for r in table(rows)] == [(1, None), (None, None), (-2.5, None)]
    assert sorted(c.value for row in data for c in row if c.data_type == "n" and c.value is not None) == [-2.5, 1]


def test_the_same_view_gives_the_same_bytes(built):
    view = opened("trends?indicators=gdp")
    assert xlsx(view) == xlsx(view)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_reads_the_same_texts_and_numbers(built, tmp_path):
    view = hostile(opened("data?indicator=pm25&areas=130100&rows=shown"))
    (tmp_path / "book.xlsx").write_bytes(xlsx(view))
    done = subprocess.run(["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
                           "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,2", "--outdir", tmp_path, tmp_path / "book.xlsx"],
                          capture_output=True, text=True, timeout=120)
    (file,) = tmp_path.glob("book*.csv")
    assert done.returncode == 0 and "rror" not in done.stderr
    with file.open(encoding="utf8", newline="") as lines:
        read = list(csv.DictReader(lines))
    assert [float(r[t("zh", "column.value")]) for r in read] == view.frame["value"].tolist()
    assert [r[t("zh", "column.note")] for r in read] == view.frame["note"].tolist()
    assert [r[t("zh", "column.area")] for r in read] == [views.area_name(a, "zh") for a in view.frame["area"]]
