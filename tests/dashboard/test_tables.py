"""Tables that leave the program: what a spreadsheet makes of them."""

import csv
import io

import pandas as pd
import pytest

from dashboard import tables, views
from dashboard.i18n import t
from indicators.ledger import reconciled


def rows(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_csv_begins_with_a_bom_and_keeps_chinese():
    data = tables.csv_bytes(pd.DataFrame({"区域": ["北京市"], "数值": [1.5]}))
    assert data.startswith(b"\xef\xbb\xbf") and not data[3:].startswith(b"\xef\xbb\xbf")
    assert rows(data) == [["区域", "数值"], ["北京市", "1.5"]]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x","y")'])
def test_no_text_cell_is_taken_for_a_formula(cell):
    data = tables.csv_bytes(pd.DataFrame({"note": [cell], "value": [2.0]}))
    read = pd.read_csv(io.BytesIO(data), dtype=str, encoding="utf-8-sig", keep_default_na=False, lineterminator="\n")
    assert read["note"][0].startswith("'")
    assert read["note"][0][1:].strip() == cell.strip()


def test_negative_numbers_stay_numbers():
    assert rows(tables.csv_bytes(pd.DataFrame({"value": [-1.5, 2.0]})))[1:] == [["-1.5"], ["2.0"]]


def test_plain_text_is_not_changed():
    assert rows(tables.csv_bytes(pd.DataFrame({"note": ["近3000家", "a=b", "", "1-2"]})))[1:] == [["近3000家"], ["a=b"], [""], ["1-2"]]


def test_filters_let_through_what_fits_all():
    everything = tables.observations(("gdp", "pm25"))
    assert len(everything) == len(reconciled("gdp")) + len(reconciled("pm25"))
    beijing = tables.observations(("gdp", "pm25"), areas=("110000",), kinds=("year",), shown_only=True)
    assert len(beijing) and set(beijing["area"]) == {"110000"} and set(beijing["period_kind"]) == {"year"} and beijing["shown"].all()


def test_a_flow_is_found_by_either_end():
    found = tables.observations(("tech_contract_value",), areas=("jin_ji",))
    assert len(found) and set(found["counterpart_area"]) == {"jin_ji"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_readable_rows_have_names_headings_and_the_same_numbers(lang):
    frame = tables.observations(("rail_km",))
    readable = tables.readable(frame, lang)
    assert list(readable.columns) == list(tables.headings(lang).values())
    assert len(set(readable.columns)) == len(readable.columns)
    assert readable[t(lang, "column.value")].tolist() == frame["value"].tolist()
    assert readable[t(lang, "column.area")].tolist() == [views.area_name(a, lang) for a in frame["area"]]
    assert len(rows(tables.csv_bytes(readable))) == len(frame) + 1
