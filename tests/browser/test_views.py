"""What a reader does with a view: play, click, share, go back, switch the language, download."""

import pytest

pytestmark = pytest.mark.browser


def _click_area(page, name):
    box = page.locator(f".jjj-plot >> nth=0 >> text={name}").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] + 6)


def test_year_changes_in_the_browser_alone_and_stands_in_the_address(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2017")
    assert page.locator(".jjj-year").text_content() == "2017"
    before = page.evaluate("[...document.querySelectorAll('.jjj-plot .js-fill')].map(p => p.style.fill).join()")
    sent = len(one.sent)
    page.focus(".jjj-tools input")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("new URL(location.href).searchParams.get('year') === '2016'")
    assert page.locator(".jjj-year").text_content() == "2016"
    assert page.evaluate("[...document.querySelectorAll('.jjj-plot .js-fill')].map(p => p.style.fill).join()") != before
    assert len(one.sent) == sent
    assert one.errors == []


def test_playing_runs_to_the_last_year_without_the_server(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2022")
    sent = len(one.sent)
    page.click(".jjj-play")
    last = page.locator(".jjj-tools input").get_attribute("max")
    page.wait_for_function(f"document.querySelector('.jjj-tools input').value === '{last}'", timeout=20_000)
    assert len(one.sent) == sent


def test_click_on_an_area_opens_its_figures_with_sources(visit):
    one = visit()
    page = one.open("/map?year=2022")
    _click_area(page, "保定")
    page.wait_for_selector("#panel")
    assert one.query("area") == "130600"
    panel = page.locator("h2#panel").text_content()
    assert "保定" in panel
    assert "2022年" in page.locator("table.figures").first.text_content()
    assert page.locator("table.figures a[href*='sources?source=']").count() > 3


def test_shared_link_opens_the_same_view(visit):
    link = "/map?indicator=pm25&measure=over_limit&level=province&year=2016&area=120000&classes=equal"
    page = visit().open(link)
    assert page.locator(".jjj-year").text_content() == "2016"
    shown = page.locator("[data-testid=stSelectbox] input").evaluate_all("boxes => boxes.map(b => b.value)")
    assert any("PM2.5" in s for s in shown) and any("省级" in s for s in shown) and any("等距" in s for s in shown)
    assert "天津" in page.locator("h2#panel").text_content()


def test_damaged_link_shows_the_nearest_view_and_says_so(visit):
    one = visit()
    page = one.open("/map?indicator=pm2&level=nowhere&year=1066&area=<b>x</b>")
    notes = page.locator(".note").all_text_contents()
    assert len(notes) == 4
    assert any("pm2" in n and "PM2.5" in n for n in notes)
    assert page.locator(".jjj-plot svg").count() > 0
    assert one.errors == []
    assert "Traceback" not in page.content()


def test_changing_the_indicator_keeps_the_chart_alive_and_back_restores_the_view(visit):
    one = visit()
    page = one.open("/map")
    page.evaluate("document.querySelector('.jjj-chart').mine = 1; window.alive = 1")
    page.locator("[data-testid=stSelectbox] input").first.fill("PM2.5年均")
    page.keyboard.press("Enter")
    page.wait_for_function("new URL(location.href).searchParams.get('indicator') === 'pm25'")
    page.wait_for_selector(".jjj-plot >> text=PM2.5")
    assert page.evaluate("document.querySelector('.jjj-chart').mine") == 1
    page.go_back()
    page.wait_for_function("!new URL(location.href).searchParams.get('indicator')")
    page.wait_for_selector(".jjj-plot >> text=地区生产总值")
    assert page.evaluate("window.alive") == 1
    assert one.errors == []


def test_language_switch_keeps_the_view(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2019")
    page.click("[data-testid=stButtonGroup] button >> nth=1")
    page.wait_for_selector("h1:has-text('Map')")
    page.wait_for_function("document.documentElement.lang === 'en'")
    assert (one.query("indicator"), one.query("year"), one.query("lang")) == ("pm25", "2019", "EN")
    page.wait_for_function("document.querySelector('.jjj-year').textContent === '2019'")


def test_links_between_pages_do_not_reload_the_document(visit):
    one = visit()
    page = one.open("/")
    page.evaluate("window.alive = 1")
    page.click(".family a >> nth=0")
    page.wait_for_selector("dl.facts")
    page.click("nav a[href*=trends]")
    page.wait_for_selector('.jjj-chart[data-drawn="1"]')
    assert page.evaluate("window.alive") == 1
    assert one.errors == []


def test_click_on_a_point_shows_the_passage_that_printed_it(visit, reports_dir):
    page = visit().open("/trends?indicators=pm25&areas=jjj")
    points = page.locator(".jjj-plot .scatterlayer path.point")
    box = points.last.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("blockquote.passage mark")
    assert "37" in page.locator("blockquote.passage mark").first.text_content()


def test_pictures_download_with_title_and_source(visit):
    page = visit().open("/trends?indicators=gdp")
    with page.expect_download() as got:
        page.click(".jjj-side button >> nth=1")
    svg = got.value.path().read_text("utf8")
    assert "地区生产总值" in svg and "来源" in svg
    with page.expect_download() as got:
        page.click(".jjj-side button >> nth=0")
    assert got.value.path().read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_data_page_gives_a_csv_that_spreadsheets_open(visit):
    page = visit().open("/data?indicator=rail_km")
    with page.expect_download() as got:
        page.click("[data-testid=stDownloadButton] button")
    data = got.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert "铁路营业里程" in data.decode("utf-8-sig")
