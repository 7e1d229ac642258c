"""A new report: uploaded, reviewed with keys, and in the charts at once."""

import csv
import io
import json
import urllib.request
import zipfile

import pytest

pytestmark = pytest.mark.browser

REPORT = """测试市统计公报

2025年1月20日发布

2024年，张家口市地区生产总值1999.5亿元，同比增长5.1%。年末常住人口403.25万人。
<b>承德市</b>PM2.5年均浓度为23.4微克/立方米。
"""


def _rows(server, indicator, area):
    return json.load(urllib.request.urlopen(f"{server}/api/series/{indicator}.json?area={area}"))["rows"]


def _press(one, key):
    """Press a key when its button is there and may be pressed, as a reviewer does."""
    one.page.wait_for_selector(f".st-key-keys button:not([disabled]):has-text('{key}')")
    one.settled()
    one.page.keyboard.press(key.lower())


def test_accepted_figure_is_in_the_series_with_its_passage_and_undo_takes_it_out(visit, axe, tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(REPORT, "utf8")
    one = visit()
    page = one.open("/review")
    page.set_input_files("input[type=file]", str(path))
    page.wait_for_selector(".reading mark.now")
    assert page.locator(".reading mark").count() == 4
    assert page.locator(".reading b").count() == 0  # the report's markup is text
    assert page.locator(".reading mark.now").text_content() == "1999.5亿元"
    _press(one, "A")
    page.wait_for_selector(".reading mark.accepted")
    rows = [r for r in _rows(one.server, "gdp", "130700") if r["TIME_PERIOD"] == "2024"]
    assert [r["OBS_VALUE"] for r in rows] == [1999.5]
    with page.expect_download() as got:
        page.locator("[data-testid=stDownloadButton] button").click()
    with zipfile.ZipFile(got.value.path()) as taken:
        (row,) = csv.DictReader(io.StringIO(taken.read("observations.csv").decode("utf8")))
        assert (row["indicator"], row["area"], row["period"], float(row["value"])) == ("gdp", "130700", "2024", 1999.5)
        assert "测试市统计公报" in taken.read("sources.csv").decode("utf8")
    assert one.findings(axe) == []
    _press(one, "U")
    page.wait_for_selector(".reading mark.accepted", state="detached")
    assert [r for r in _rows(one.server, "gdp", "130700") if r["TIME_PERIOD"] == "2024"] == []
    assert one.errors == [] and one.foreign == []


def test_bad_file_gets_one_sentence_and_nothing_is_stored(visit, tmp_path):
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7 nothing here")
    one = visit()
    page = one.open("/review")
    page.set_input_files("input[type=file]", str(path))
    page.wait_for_selector("[role=alert]")
    assert "损坏" in page.locator("[role=alert]").first.text_content() or "PDF" in page.locator("[role=alert]").first.text_content()
    said, given = page.locator("[role=alert]").bounding_box(), page.locator("[data-testid=stFileUploader]").bounding_box()
    assert 0 <= said["y"] - (given["y"] + given["height"]) < 60, (said, given)
    assert one.errors == []


def test_a_refusal_stands_where_the_key_was_pressed(visit, tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(REPORT.replace("测试市", "另一市"), "utf8")
    two = [visit(width=390, height=844) for _ in range(2)]
    page = two[0].open("/review")
    page.set_input_files("input[type=file]", str(path))
    page.wait_for_selector(".reading mark.now")
    address = page.url.removeprefix(two[0].server)
    other = two[1].open(address)
    accept = ".st-key-keys button:has-text('A')"
    for reader, follows in ((other, ".reading mark.accepted"), (page, "[role=alert]")):
        reader.wait_for_selector(accept + ":not([disabled])")
        reader.locator(accept).click()
        reader.wait_for_selector(follows)
    said, key = page.locator("[role=alert]").bounding_box(), page.locator(accept).bounding_box()
    assert 0 <= said["y"] < key["y"] < 844 and key["y"] - said["y"] < 200, (said, key)
    assert [one.errors for one in two] == [[], []]


def test_claims_page_shows_the_claim_that_does_not_follow(visit):
    page = visit().open("/claims?verdict=does_not_follow")
    row = page.locator("table.figures tbody tr").first.text_content()
    assert "71.6%" in row and "0.53" in row and "0.31" in row
