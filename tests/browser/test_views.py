"""What a reader does with a view: play, click, share, go back, switch the language, download."""

import csv
import io
import re
import struct

import pytest

from dashboard import views
from dashboard.i18n import t

pytestmark = pytest.mark.browser

FILLS = "[...document.querySelectorAll('.jjj-plot .js-fill')].map(p => p.style.fill).join()"


def click_area(page, name):
    """Click into a polygon, beside its name."""
    box = page.locator(f".jjj-plot >> nth=0 >> text={name}").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] + 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] + 6)


def click_point(page, key, at):
    """Click a point of a line: the series and its place on the time axis."""
    where = page.locator(".jjj-plot").first.evaluate("""(p, [key, at]) => {
      const trace = p._fullData.find(t => t.meta?.key === key), i = trace.x.findIndex(x => x !== null && Math.abs(x - at) < 0.01)
      const { xaxis, yaxis } = p._fullLayout, box = p.getBoundingClientRect()
      return [box.left + xaxis._offset + xaxis.d2p(trace.x[i]), box.top + yaxis._offset + yaxis.d2p(trace.y[i])]
    }""", [key, at])
    page.mouse.move(where[0] + 1, where[1] + 1)
    page.mouse.click(*where)


def choose(page, label, text):
    """Type into a box of choices and take what it finds."""
    box = page.locator("[data-testid=stSelectbox], [data-testid=stMultiSelect]").filter(has_text=label).locator("input").first
    box.fill(text)
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")


def shown_year(page):
    """The year as the control says it, and all years that are written into the picture."""
    drawn = page.locator(".jjj-plot").first.locator(".trace text").all_text_contents()
    return page.locator(".jjj-year").text_content(), [text for text in drawn if re.fullmatch(r"(19|20)\d\d", text)]


def step(page, key="ArrowLeft", times=1):
    """Move the slider."""
    page.focus(".jjj-tools input")
    for _ in range(times):
        page.keyboard.press(key)


# --- years -----------------------------------------------------------------------------


def test_year_changes_in_the_browser_alone_and_stands_in_the_address(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2017")
    assert shown_year(page) == ("2017", ["2017"])
    before = page.evaluate(FILLS)
    sent = len(one.sent)
    step(page)
    one.wait_for_query("year", "2016")
    assert shown_year(page) == ("2016", ["2016"])
    assert page.evaluate(FILLS) != before
    assert len(one.sent) == sent
    assert one.errors == []


@pytest.mark.parametrize("address", ["map?indicator=pm25", "flow_map", "rail", "scatter"])
def test_the_sentence_above_follows_the_year_without_the_server(visit, address):
    kind, _, query = address.partition("?")
    path = {"map": "/map", "flow_map": "/flows?form=flow_map", "rail": "/rails", "scatter": "/compare"}[kind] + (f"?{query}" if query else "")
    one = visit()
    page = one.open(path)
    said = page.locator(f"[data-said]:has-text('{page.locator('.jjj-year').first.text_content()}')").first
    before, sent = said.text_content(), len(one.sent)
    step(page, times=2)
    year = page.locator(".jjj-year").first.text_content()
    one.wait_for_query("year", year)
    after = page.locator("[data-said]").first.text_content()
    answer = page.evaluate("a => fetch(a).then(r => r.json())", f"api/view/{kind}.json?{query}&year={year}&lang=zh".replace("?&", "?"))
    assert after == answer["headline"] != before and len(one.sent) == sent and one.errors == []
    assert page.locator("[role=status]:has([data-said])").first.get_attribute("aria-live") == "polite"


def test_the_picture_of_a_year_is_the_same_however_it_is_reached(visit):
    """The slider sets fills where they stand; opening the year draws them anew."""
    one = visit()
    page = one.open("/map?indicator=pm25&year=2020")
    step(page, times=4)
    one.wait_for_query("year", "2016")
    look = """() => [...document.querySelectorAll('.jjj-plot')].map(p => [...p.querySelectorAll('.js-fill, .trace text, .bars path')].map(
        e => [e.textContent, e.style.fill.startsWith('url') ? 'gap' : e.style.fill, e.tagName === 'path' && e.closest('.bars') ? e.getAttribute('d') : ''].join('|')))"""
    moved = page.evaluate(look)
    opened = visit().open("/map?indicator=pm25&year=2016").evaluate(look)
    assert moved == opened
    values = page.evaluate("document.querySelectorAll('.jjj-plot')[1].data[0].x")
    frame = views.map_view("pm25", "level", "prefecture", "zh").frame
    assert values == sorted(frame[frame["year"] == 2016]["value"], reverse=True)


def test_a_gap_is_hatched_and_so_is_one_that_the_slider_reaches(visit):
    frame = views.map_view("gdp", "level", "prefecture", "zh").frame
    counts = frame.groupby("year")["place"].nunique()
    gap, full = (int(counts[few].index.max()) for few in (counts < 13, counts == 13))
    one = visit()
    page = one.open(f"/map?indicator=gdp&level=prefecture&year={full}")
    hatched = "[...document.querySelectorAll('.jjj-plot .js-fill')].filter(p => p.style.fill.startsWith('url')).length"
    assert page.evaluate(hatched) == 0
    years = sorted(counts.index)
    apart = years.index(gap) - years.index(full)
    step(page, "ArrowRight" if apart > 0 else "ArrowLeft", abs(apart))
    one.wait_for_query("year", str(gap))
    assert page.evaluate(hatched) == 13 - counts[gap]


def test_playing_runs_to_the_last_year_without_the_server(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2022")
    sent = len(one.sent)
    page.click(".jjj-play")
    assert page.locator(".jjj-play").get_attribute("aria-pressed") == "true"
    last = page.locator(".jjj-tools input").get_attribute("max")
    page.wait_for_function(f"() => document.querySelector('.jjj-tools input').value === '{last}'", timeout=20_000)
    page.wait_for_function("() => document.querySelector('.jjj-play').getAttribute('aria-pressed') === 'false'")
    assert len(one.sent) == sent
    one.wait_for_query("year", page.locator(".jjj-year").text_content())


def test_playing_stops_where_the_reader_stops_it(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2014")
    page.click(".jjj-play")
    page.wait_for_function("() => document.querySelector('.jjj-year').textContent > '2014'")
    page.click(".jjj-play")
    year = page.locator(".jjj-year").text_content()
    one.wait_for_query("year", year)
    page.wait_for_timeout(1200)
    assert shown_year(page) == (year, [year])


# --- areas -----------------------------------------------------------------------------


def test_click_on_an_area_opens_its_figures_with_sources(visit):
    one = visit()
    page = one.open("/map?year=2022")
    click_area(page, "保定")
    page.wait_for_selector("h2#panel")
    assert (one.query("area"), one.query("year")) == ("130600", "2022")
    assert "保定" in page.locator("h2#panel").text_content()
    assert page.locator("h1").count() == 1
    assert shown_year(page) == ("2022", ["2022"])  # the map stays as it was
    table = page.locator("table.figures").first
    assert "2022年" in table.text_content()
    assert table.locator("a[href*='sources?source=']").count() > 3
    click_area(page, "承德")
    page.wait_for_selector("h2#panel:has-text('承德')")
    assert one.query("area") == "130800"
    assert one.errors == []


def test_year_that_the_slider_reached_stays_in_the_address_when_an_area_is_clicked(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2020")
    step(page)
    one.wait_for_query("year", "2019")
    click_area(page, "承德")
    one.wait_for_query("area", "130800")
    page.wait_for_selector("h2#panel")
    page.wait_for_timeout(500)
    assert shown_year(page) == ("2019", ["2019"])
    assert one.query("year") == "2019"


def test_click_on_a_bar_opens_the_same_panel(visit):
    one = visit()
    page = one.open("/map?year=2022")
    box = page.locator(".jjj-plot").nth(1).locator(".bars .point path").nth(2).bounding_box()
    page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + 8, box["y"] + box["height"] / 2)
    page.wait_for_selector("h2#panel")
    frame = views.map_view("gdp", "level", "prefecture", "zh").frame
    third = frame[frame["year"] == 2022].sort_values("value", ascending=False).iloc[2]["place"]
    assert one.query("area") == third


def test_a_source_of_the_panel_leads_to_where_the_figure_was_printed(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&area=110000")
    page.evaluate("window.alive = 1")
    page.locator("table.figures a[href*='sources?source=']").first.click()
    page.wait_for_selector("dl.facts")
    assert one.query("source")
    assert page.evaluate("window.alive") == 1
    assert one.errors == []


# --- links -----------------------------------------------------------------------------


def test_shared_link_opens_the_same_view(visit):
    page = visit().open("/map?indicator=pm25&measure=over_limit&level=province&year=2016&area=120000&classes=equal")
    assert shown_year(page) == ("2016", ["2016"])
    shown = page.locator("[data-testid=stSelectbox] input").evaluate_all("boxes => boxes.map(b => b.value)")
    assert any("PM2.5" in s for s in shown) and any("省级" in s for s in shown) and any("等距" in s for s in shown)
    assert any(views.measure_name("over_limit", "zh") in s for s in shown)
    assert "天津" in page.locator("h2#panel").text_content()
    assert page.locator("p.note").count() == 0


def test_the_address_of_a_view_that_was_put_together_opens_it_for_others(visit):
    one = visit()
    page = one.open("/map")
    choose(page, t("zh", "control.indicator"), "PM2.5年均")
    one.wait_for_query("indicator", "pm25")
    page.wait_for_selector(".jjj-plot .gtitle:has-text('PM2.5')")
    choose(page, t("zh", "control.level"), t("zh", "level.province"))
    one.wait_for_query("level", "province")
    page.wait_for_function("() => document.querySelector('.jjj-plot').data.filter(t => t.meta?.layer === 'province' && t.fill === 'toself').length === 3")
    page.wait_for_timeout(300)
    click_area(page, "河北")
    one.wait_for_query("area", "130000")
    page.wait_for_selector("h2#panel")
    step(page, "Home")
    page.wait_for_function("() => new URL(location.href).searchParams.get('year') === document.querySelector('.jjj-year').textContent")
    year = one.query("year")
    other = visit().open(page.url.removeprefix(one.server))
    assert shown_year(other) == (year, [year])
    assert other.locator(".jjj-plot .gtitle").first.text_content() == page.locator(".jjj-plot .gtitle").first.text_content()
    assert other.evaluate(FILLS) == page.evaluate(FILLS)
    assert other.locator("h2#panel").text_content() == page.locator("h2#panel").text_content()


def test_damaged_link_shows_the_nearest_view_and_says_so(visit):
    one = visit()
    page = one.open("/map?indicator=gdpp&level=x&year=1900&area=<b>x</b>")
    notes = page.locator("p.note").all_text_contents()
    assert len(notes) == 4
    assert any("gdpp" in n and views.indicator_name("gdp", "zh") in n for n in notes)
    assert page.locator(".jjj-plot .js-fill").count() >= 3
    assert page.locator("p.note b").count() == 0
    assert one.errors == []
    assert "Traceback" not in page.content() and page.locator("[data-testid=stException]").count() == 0


def test_back_and_forth_restore_the_views(visit):
    one = visit()
    page = one.open("/map")
    page.evaluate("window.alive = 1")
    for indicator, words in (("pm25", "PM2.5年均"), ("rail_km", views.indicator_name("rail_km", "zh"))):
        choose(page, t("zh", "control.indicator"), words)
        one.wait_for_query("indicator", indicator)
        page.wait_for_selector(f".jjj-plot .gtitle:has-text('{views.indicator_name(indicator, 'zh')}')")
    for move, indicator, shown in ((page.go_back, "pm25", "pm25"), (page.go_back, None, "gdp"), (page.go_forward, "pm25", "pm25")):
        move()
        one.wait_for_query("indicator", indicator)
        page.wait_for_selector(f".jjj-plot .gtitle:has-text('{views.indicator_name(shown, 'zh')}')")
        assert page.locator("[data-testid=stSelectbox] input").first.input_value() == views.indicator_name(shown, "zh")
    assert page.evaluate("window.alive") == 1
    assert one.errors == []


def test_back_from_another_page_restores_year_and_area(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2020")
    click_area(page, "承德")
    one.wait_for_query("area", "130800")
    page.wait_for_selector("h2#panel")
    step(page)
    one.wait_for_query("year", "2019")
    page.click("nav a[href*=sources]")
    page.wait_for_selector(f"h1:has-text('{t('zh', 'page.sources')}')")
    page.go_back()
    page.wait_for_selector("h2#panel:has-text('承德')")
    one.settled()
    assert shown_year(page) == ("2019", ["2019"])
    assert one.errors == []


def test_changing_the_indicator_keeps_the_chart_alive(visit):
    one = visit()
    page = one.open("/map")
    page.evaluate("document.querySelectorAll('.jjj-chart, .jjj-plot, .jjj-plot .svg-container').forEach(e => { e.mine = 1 })")
    choose(page, t("zh", "control.indicator"), "PM2.5年均")
    one.wait_for_query("indicator", "pm25")
    page.wait_for_selector(".jjj-plot .gtitle:has-text('PM2.5')")
    assert page.evaluate("[...document.querySelectorAll('.jjj-chart, .jjj-plot, .jjj-plot .svg-container')].map(e => e.mine)") == [1] * 5
    assert one.errors == []


def test_language_switch_keeps_the_view(visit):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2019&area=110000")
    step(page)
    one.wait_for_query("year", "2018")
    page.click("[data-testid=stButtonGroup] button >> nth=1")
    page.wait_for_selector(f"h1:has-text('{t('en', 'page.map')}')")
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    assert (one.query("indicator"), one.query("year"), one.query("area"), one.query("lang")) == ("pm25", "2018", "110000", "EN")
    page.wait_for_selector(f".jjj-plot .gtitle:has-text('{views.indicator_name('pm25', 'en')[:12]}')")
    assert shown_year(page) == ("2018", ["2018"])
    assert page.locator(".jjj-play").text_content() == t("en", "chart.play")
    assert one.errors == []


@pytest.mark.parametrize("path", ["/map?indicator=pm25&year=2019", "/trends?indicators=pm25&areas=110000,jjj", "/region?area=130600",
                                  "/data?indicator=pm25", "/sources?source=tjzbsh_202402"])
def test_language_can_be_switched_there_and_back_and_there_again(visit, path):
    one = visit()
    page = one.open(path)
    asked = page.evaluate("Object.fromEntries(new URL(location.href).searchParams)")
    for n, lang in ((1, "en"), (0, "zh-CN"), (1, "en")):
        page.click(f"[data-testid=stButtonGroup] button >> nth={n}")
        page.wait_for_function("lang => document.documentElement.lang === lang", arg=lang)
        page.wait_for_timeout(300)
        one.settled()
        assert page.locator("p.note").all_text_contents() == []
        kept = page.evaluate("Object.fromEntries(new URL(location.href).searchParams)")
        assert {k: v for k, v in kept.items() if k != "lang"} == asked
    assert one.errors == []


def test_links_between_pages_do_not_reload_the_document(visit):
    one = visit()
    page = one.open("/?lang=EN")
    page.evaluate("window.alive = 1")
    page.click(".family h2 a >> nth=0")
    page.wait_for_selector("dl.facts")
    for name in ("map", "trends", "region", "data", "sources", "indicator"):
        page.click(f"nav a[href*='./{name}']")
        page.wait_for_function("name => location.pathname === '/' + name", arg=name)
        page.wait_for_selector(f"nav a[aria-current][href*='./{name}']")
        one.settled()
        assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate("window.alive") == 1
    assert one.errors == []


# --- trends ----------------------------------------------------------------------------


def test_choosing_areas_changes_the_lines_and_the_address(visit):
    one = visit()
    page = one.open("/trends")
    assert page.locator(".jjj-plot").first.evaluate("p => p.data.map(t => t.meta?.key).filter(Boolean)") == ["110000", "120000", "130000"]
    choose(page, t("zh", "control.areas"), "邯郸")
    one.wait_for_query("areas", "110000,120000,130000,130400")
    page.wait_for_function("() => document.querySelector('.jjj-plot').data.some(t => t.meta?.key === '130400')")
    assert "邯郸" in page.locator(".jjj-plot .annotation-text").all_text_contents()
    page.go_back()
    page.wait_for_function("() => !document.querySelector('.jjj-plot').data.some(t => t.meta?.key === '130400')")
    assert one.query("areas") is None
    assert one.errors == []


def test_two_indicators_stand_side_by_side(visit):
    one = visit()
    page = one.open("/trends?indicators=gdp,pm25&areas=110000,130000&measure=index&base=2015")
    titles = page.locator(".jjj-plot .gtitle").all_text_contents()
    assert len(titles) == 2 and all("2015" in title for title in titles)
    assert page.locator("p.note").count() == 0
    at = page.locator(".jjj-plot").first.evaluate("p => { const t = p.data.find(t => t.meta?.key === '110000'); return t.y[t.x.indexOf(2015)] }")
    assert at == pytest.approx(100)


def printed_point():
    """A point of a trend whose passage the deployment holds: indicator, area, place on the axis, printed figure."""
    from indicators import get
    from indicators.reports.passages import passage

    for indicator in views.with_figures():
        if get(indicator).flow:
            continue
        for row in views.trend_view((indicator,), (), "level", "zh").frame.itertuples():
            if "|" not in row.source and (found := passage(row.source, row.locator)):
                return indicator, row.area, row.t, found.figure
    raise AssertionError("no figure of a report stands in any trend")


def test_click_on_a_point_shows_the_passage_that_printed_it(visit, reports_dir):
    indicator, area, at, figure = printed_point()
    one = visit()
    page = one.open(f"/trends?indicators={indicator}&areas={area}")
    click_point(page, area, at)
    page.wait_for_selector("blockquote.passage mark")
    assert page.locator("blockquote.passage mark").first.text_content() == figure
    assert page.locator(".st-key-panel table.figures tbody tr").count() == 1
    assert one.errors == []


def test_click_on_a_point_shows_its_source_where_there_is_no_text(visit):
    page = visit().open("/trends?indicators=gdp&areas=110000")
    click_point(page, "110000", 2019)
    page.wait_for_selector(".st-key-panel table.figures")
    assert "2019" in page.locator(".st-key-panel table.figures").text_content()
    assert page.locator(".st-key-panel a[href*='sources?source=']").count() >= 1
    assert page.locator(".jjj-plot .trace").count() > 0


# --- taking away -----------------------------------------------------------------------


def save(page, kind, count):
    """Save what is on screen, and take all files that come."""
    got = []
    page.on("download", lambda one: got.append(one))
    page.click(".jjj-open")
    page.locator(f".jjj-formats label:has(input[value=screen_{kind}])").click()
    page.click(".jjj-go .primary")
    for _ in range(150):
        page.wait_for_timeout(100)
        if len(got) >= count:
            break
    page.keyboard.press("Escape")
    return [one.path().read_bytes() for one in got]


@pytest.mark.parametrize(("path", "lang", "title"), [
    ("/map?indicator=pm25&year=2016", "zh", "PM2.5"), ("/trends?indicators=gdp&lang=EN", "en", views.indicator_name("gdp", "en"))])
def test_pictures_download_with_title_unit_and_source(visit, path, lang, title):
    one = visit()
    page = one.open(path)
    plots = page.locator(".jjj-plot").count()
    pictures = [data.decode("utf8") for data in save(page, "svg", plots)]
    assert len(pictures) == plots
    words = " ".join(re.findall(r">([^<>]+)<", pictures[0]))
    assert title in words
    assert t(lang, "chart.source_line", sources="\0", date="").split("\0")[0].strip() in words
    assert "year=" not in path or "2016" in words
    images = save(page, "png", plots)
    assert len(images) == plots
    for image in images:
        assert image[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", image[16:24])
        assert width > 400 and height > 200
    # the title is in the picture too: there is ink where the text stands
    assert page.evaluate("""async bytes => {
      const image = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }))
      const canvas = new OffscreenCanvas(300, 60), pen = canvas.getContext('2d')
      pen.drawImage(image, 0, 0)
      const data = pen.getImageData(0, 0, 300, 60).data
      let ink = 0
      for (let i = 0; i < data.length; i += 4) ink += data[i] < 100
      return ink
    }""", list(images[0])) > 100
    assert one.foreign == [] and one.errors == []


def test_data_page_gives_a_csv_that_spreadsheets_open(visit):
    page = visit().open("/data?indicator=rail_km&rows=shown")
    with page.expect_download() as got:
        page.click("[data-testid=stDownloadButton] button")
    assert got.value.suggested_filename == "rail_km.csv"
    data = got.value.path().read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert head[0] == t("zh", "column.indicator")
    assert {row[0] for row in rows} == {views.indicator_name("rail_km", "zh")}
    assert t("zh", "data.rows", n=len(rows)) in page.locator("p.ready").first.text_content()


def test_the_table_below_a_chart_holds_the_numbers_of_the_chart(visit):
    page = visit().open("/map?indicator=pm25&level=province")
    page.click(".jjj-table summary")
    rows = page.locator(".jjj-table tbody tr").all()
    assert [row.locator("th").text_content() for row in rows] == [views.area_name(c, "zh") for c in ("110000", "120000", "130000")]
    years = page.locator(".jjj-table thead th").all_text_contents()[1:]
    table = views.map_view("pm25", "level", "province", "zh").table
    assert [rows[0].locator("td").nth(i).text_content() for i in range(len(years))] == table["rows"][0][1:]
