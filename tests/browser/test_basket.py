"""The basket: views that a reader gathers, orders, takes along and passes on."""

import base64
import json
import re
import tomllib
import zipfile
import zlib
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard import views
from dashboard.i18n import t

pytestmark = pytest.mark.browser

KEY = "jjj-basket"
ITEMS = [
    {"address": "map?indicator=pm25&level=province&year=2021", "title": "", "label": "PM2.5 · 2021", "seconds": 12, "lang": "zh"},
    {"address": "trends?indicators=gdp&areas=110000,130000&kind=year", "title": "两地", "label": "GDP", "seconds": 20, "lang": "zh"},
    {"address": "region?area=130600", "title": "", "label": "", "seconds": 12, "lang": "zh"},
]


def kept(page):
    """What the browser keeps."""
    return json.loads(page.evaluate(f"localStorage.getItem('{KEY}')") or "[]")


def open_basket(one, text, path="/basket"):
    """The basket's page, of a browser that keeps `text`."""
    one.page.route("**/keeps", lambda route: route.fulfill(body="<script>localStorage.clear()</script>", content_type="text/html"))
    one.page.goto(one.server + "/keeps")
    one.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])
    page = one.open(path)
    page.wait_for_selector(".jjj-basket[data-drawn]")
    return page


def link_of(items):
    """A list in an address, as :mod:`zlib` writes it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(json.dumps([[i["address"], i["seconds"], i["title"]] for i in items]).encode()) + packer.flush()
    return "/basket?items=" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def titles(page):
    """Titles as they are shown, in order."""
    return page.locator(".jjj-basket .list .what input").evaluate_all("all => all.map(i => i.value || i.placeholder)")


def test_views_are_gathered_ordered_renamed_kept_and_downloaded(visit, tmp_path):
    one = visit()
    page = one.open("/map?indicator=pm25&year=2021")
    add = page.locator(".jjj-add")
    assert add.text_content() == t("zh", "panel.add")
    add.click()
    assert add.text_content() == t("zh", "panel.added") + " (1)"
    page.focus(".jjj-tools input")
    page.keyboard.press("ArrowLeft")
    one.wait_for_query("year", "2020")
    assert add.text_content() == t("zh", "panel.add") + " (1)"  # another year is another view
    add.click()
    page.click("nav a[href*=trends]")
    page.wait_for_function("() => location.pathname === '/trends'")
    one.settled()
    page.locator(".jjj-add").click()
    assert page.locator("nav a[href*=basket]").get_attribute("data-count") == "3"
    page.click("nav a[href*=basket]")
    page.wait_for_selector(".jjj-basket[data-drawn]")
    pm25, gdp = (views.indicator_name(i, "zh") for i in ("pm25", "gdp"))
    assert titles(page) == [f"{pm25} · 2021", f"{pm25} · 2020", gdp]
    down = page.locator(".jjj-basket li .down").first
    down.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # the button stays with its item
    assert titles(page) == [f"{pm25} · 2020", gdp, f"{pm25} · 2021"]
    page.locator(".jjj-basket .list .what input").first.fill("空气 <2020>")
    page.locator(".jjj-basket .seconds input").first.fill("30")
    page.keyboard.press("Enter")
    page.locator(".jjj-basket .remove").nth(2).click()
    assert titles(page) == ["空气 <2020>", gdp]
    page.locator(".jjj-basket .said button").click()
    assert titles(page) == ["空气 <2020>", gdp, f"{pm25} · 2021"]
    page.wait_for_function("() => [...document.querySelectorAll('.jjj-basket .list li p')].every(p => p.textContent)", timeout=30_000)  # rows move no more
    page.wait_for_timeout(300)
    page.locator(".jjj-basket .list li").nth(2).locator(".grip").hover()
    page.mouse.down()
    for _ in range(4):  # a drag begins with the first movement and is over an item from the second on
        page.locator(".jjj-basket .list li").nth(0).hover()
        page.wait_for_timeout(150)
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('.jjj-basket .list .what input').placeholder.includes('2021')", timeout=5_000)
    assert titles(page) == [f"{pm25} · 2021", "空气 <2020>", gdp]
    page.reload()
    page.wait_for_selector(".jjj-basket[data-drawn] li")
    assert titles(page) == [f"{pm25} · 2021", "空气 <2020>", gdp]
    assert [(i["title"], i["seconds"]) for i in kept(page)] == [("", 12), ("空气 <2020>", 30), ("", 12)]
    files = {}
    for name in ("toml", "pptx"):
        with page.expect_download(timeout=60_000) as got:
            page.click(f".jjj-basket button[data-format={name}]")
        assert got.value.suggested_filename.endswith(f".{name}")
        files[name] = got.value.path()
    slides = tomllib.loads(files["toml"].read_text("utf8"))["slide"]
    assert [(parse_qs(urlsplit(s["view"]).query).get("year"), s["seconds"]) for s in slides] == [(["2021"], 12), (["2020"], 30), (None, 12)]
    with zipfile.ZipFile(files["pptx"]) as deck:
        drawn = "".join(deck.read(name).decode("utf8") for name in deck.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name))
    assert "空气 &lt;2020&gt;" in drawn
    assert page.locator(".jjj-basket .take a.button").get_attribute("href") == "./briefing?basket=1&lang=zh"
    assert one.foreign == [] and one.errors == []


def test_two_tabs_show_the_same_basket(visit):
    one = visit()
    page = open_basket(one, json.dumps(ITEMS[:1]))
    other = one.context.new_page()
    other.goto(one.server + "/region?area=130600")
    other.wait_for_selector(".jjj-add")
    other.click(".jjj-add")
    page.wait_for_selector(".jjj-basket .list li >> nth=1")
    assert page.locator("nav a[href*=basket]").get_attribute("data-count") == "2"
    page.locator(".jjj-basket .remove").nth(1).click()
    other.wait_for_function("text => document.querySelector('.jjj-add').textContent === text", arg=t("zh", "panel.add") + " (1)")
    assert one.errors == []


def test_clearing_asks_nothing_and_can_be_undone_and_the_list_goes_into_a_link(visit):
    one = visit()
    page = open_basket(one, json.dumps(ITEMS))
    page.click(f".jjj-basket .head button:has-text('{t('zh', 'basket.clear')}')")
    assert page.locator(".jjj-basket p.empty").text_content() == t("zh", "basket.empty")
    assert page.locator(".jjj-basket p.next a").count() == 4
    assert kept(page) == []
    page.keyboard.press("Enter")  # the focus is on what takes it back
    assert [i["address"] for i in kept(page)] == [i["address"] for i in ITEMS]
    page.click(".jjj-basket button.share")
    link = page.locator(".jjj-basket .link textarea").input_value()
    packed = parse_qs(urlsplit(link).query)["items"][0]
    assert re.fullmatch(r"[\w-]+", packed) and urlsplit(link).path == "/basket"
    rows = json.loads(zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)), -15))
    assert rows == [[i["address"], i["seconds"], i["title"]] for i in ITEMS]
    assert one.errors == []


def test_a_shared_list_is_offered_and_overwrites_nothing_by_itself(visit):
    one = visit()
    for choice, expected in {"offer_add": ITEMS, "offer_replace": ITEMS[1:], "offer_no": ITEMS[:2]}.items():
        page = open_basket(one, json.dumps(ITEMS[:2]), link_of(ITEMS[1:]))
        assert page.locator(".offer h2").text_content() == t("zh", "basket.offer", n=2)
        assert kept(page) == ITEMS[:2]
        page.click(f".offer button:has-text('{t('zh', f'basket.{choice}')}')")
        assert [i["address"] for i in kept(page)] == [i["address"] for i in expected]
        assert one.query("items") is None and page.locator(".offer").count() == 0
    assert one.foreign == [] and one.errors == []


def test_a_damaged_link_is_said_and_changes_nothing(visit):
    one = visit()
    for path in ("/basket?items=%3Cscript%3E", "/basket?items=" + "a" * 4100, link_of([{**ITEMS[0], "address": "javascript:alert(1)"}])):
        page = open_basket(one, json.dumps(ITEMS[:1]), path)
        assert page.locator(".jjj-basket p.note").text_content() == t("zh", "basket.offer_damaged")
        assert kept(page) == ITEMS[:1]
    assert one.errors == []


def test_a_damaged_store_is_said_and_nothing_is_lost(visit):
    one = visit()
    damaged = {"{oops": 0, json.dumps([*ITEMS[:2], {"address": "javascript:alert(1)"}, 7, None, {"address": "<b>x</b>"}]): 2}
    for text, left in damaged.items():
        page = open_basket(one, text)
        note = page.locator(".jjj-basket .damaged")
        assert t("zh", "basket.damaged") in note.text_content()
        assert page.locator(".jjj-basket .list li").count() == left
        page.evaluate("window.JJJ.basket.toggle({ address: 'region?area=110000', label: 'x', title: '', seconds: 12, lang: 'zh' })")
        assert len(kept(page)) == left + 1
        with page.expect_download() as got:
            note.locator("button").first.click()
        assert text in got.value.path().read_text("utf8")
        note.locator("button").nth(1).click()
        assert note.text_content() == "" and len(kept(page)) == left + 1
    assert one.errors == []


def test_a_basket_that_cannot_be_shown_says_so_and_keeps_its_list(visit):
    one = visit()
    one.page.route("**/panel.js", lambda route: route.abort())
    one.page.goto(one.server + "/basket")
    one.page.wait_for_selector(f".jjj-basket:has-text('{t('zh', 'basket.failed')}')")
    assert [e for e in one.errors if "Failed to load resource" not in e] == []


def test_a_full_basket_says_so(visit):
    one = visit()
    many = [{**ITEMS[0], "address": f"region?area=1306{n:02d}"} for n in range(40)]
    page = one.open("/region?area=110000")
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, json.dumps(many)])
    page.click(".jjj-add")
    assert page.locator(".jjj-toast").text_content() == t("zh", "panel.full", n=40)
    assert len(kept(page)) == 40
    assert one.errors == []


@pytest.mark.parametrize(("lang", "width", "height", "dark"), [("zh", 1920, 1080, True), ("en", 390, 844, False)])
def test_the_page_is_accessible_and_fits(visit, axe, lang, width, height, dark):
    one = visit(width=width, height=height, dark=dark)
    page = open_basket(one, json.dumps(ITEMS), "/basket" + ("?lang=EN" if lang == "en" else ""))
    page.wait_for_function("() => [...document.querySelectorAll('.jjj-basket .what p')].every(p => p.textContent)")
    if lang == "en":  # names of charts follow the language, those that a reader gave do not
        assert [bool(re.search("[\u4e00-\u9fff]", title)) for title in titles(page)] == [False, True, False]
    assert page.evaluate("[document.documentElement.scrollWidth, document.querySelector('.stMain').scrollWidth].every(w => w <= innerWidth)")
    assert page.locator("h1").text_content() == t(lang, "page.basket")
    assert one.findings(axe) == []
    assert one.foreign == [] and one.errors == []
