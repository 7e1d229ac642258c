"""Taking a view away: the export panel, its files, its citations, its link."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.i18n import t

pytestmark = pytest.mark.browser

MAP = "/map?indicator=pm25&level=province&year=2021"
# Format, ending of its name, first bytes, and something that only such a file holds.
FILES = [
    ("png", ".png", b"\x89PNG\r\n\x1a\n", b"IHDR"), ("svg", ".svg", b"<", b"<svg"), ("pdf", ".pdf", b"%PDF-", b"/Font"),
    ("pptx", ".pptx", b"PK", b"ppt/slides/slide1.xml"), ("xlsx", ".xlsx", b"PK", b"xl/worksheets/sheet1.xml"),
    ("csv", ".csv", b"\xef\xbb\xbf", b"110000"), ("json", ".json", b"{", b"110000"), ("parquet", ".parquet", b"PAR1", b"OBS_STATUS"),
    ("geojson", ".geojson", b"{", b"FeatureCollection"), ("gpkg", ".gpkg", b"SQLite format 3\0", b"gpkg_contents"),
    ("sdmx", ".csv", b"", b"OBS_VALUE"), ("zip", ".zip", b"PK", b".xlsx"),
]


def open_panel(page):
    page.click(".jjj-open")
    return page.wait_for_selector("dialog.jjj-export[open]")


def pick(page, name):
    """Choose a format by what a reader sees: the label of its button."""
    page.locator(f".jjj-formats label:has(input[value={name}])").click()


def said(page, state):
    page.wait_for_selector(f".jjj-progress[data-state={state}]", timeout=60_000)
    return page.locator(".jjj-progress span").text_content()


def ours(errors):
    """Errors of the console but for answers that a test makes fail, which every browser lists there."""
    return [e for e in errors if "Failed to load resource" not in e]


def test_panel_is_opened_worked_and_left_with_the_keyboard(visit):
    one = visit()
    page = one.open(MAP)
    loaded = page.evaluate("performance.getEntriesByType('resource').map(e => e.name).filter(n => /panel/.test(n))")
    assert loaded == []  # nothing of it is fetched before it is asked for
    page.focus(".jjj-tools input")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "jjj-open":
            break
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.jjj-export[open]")
    focus = "document.activeElement.value"
    assert page.evaluate(focus) == "png"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focus) == "svg"
    assert page.locator("#jjj-about").text_content() == t("zh", "panel.about.svg")
    assert page.locator(".jjj-go .primary").text_content() == t("zh", "panel.download", format="SVG")
    assert page.locator("dialog h2").text_content() == t("zh", "panel.open")
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')"))
    assert seen == {True}  # the page behind cannot be reached
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.jjj-export", state="detached")
    assert page.evaluate("document.activeElement.className") == "jjj-open"
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog.jjj-export[open]")
    assert page.evaluate(focus) == "svg"  # what was chosen last
    page.mouse.click(8, 8)
    page.wait_for_selector("dialog.jjj-export", state="detached")
    assert one.foreign == [] and one.errors == []


def test_every_format_downloads_with_its_name_and_its_content(visit):
    one = visit()
    page = one.open(MAP)
    open_panel(page)
    page.locator(".jjj-option select").first.select_option("a4half")
    assert page.locator(".jjj-formats input").evaluate_all("all => all.map(i => i.value)") == [f[0] for f in FILES] + ["screen_png", "screen_svg"]
    for name, ending, start, inside in FILES:
        if name not in ("png", "pptx", "xlsx", "gpkg", "zip"):
            continue  # one of each group; all of them come by their address in other tests
        pick(page, name)
        with page.expect_download(timeout=30_000) as got:
            page.click(".jjj-go .primary")
        file = got.value.suggested_filename
        assert re.fullmatch(r"(map|ranking)-pm25-level-province-2021-zh\.?\S*", file) and file.endswith(ending), file
        data = got.value.path().read_bytes()
        assert data.startswith(start) and inside in data, name
        assert said(page, "done") == t("zh", "panel.saved", name=file)
    assert one.foreign == [] and one.errors == []


def test_options_and_the_year_on_screen_stand_in_the_request(visit):
    one = visit()
    page = one.open(MAP + "&classes=equal")
    asked = []
    page.route("**/api/export/map.*", lambda route: (asked.append(route.request.url), route.fulfill(
        status=200, body="x", headers={"Content-Disposition": "attachment; filename=\"a.png\"; filename*=UTF-8''%E5%9B%BE.png"})))
    page.focus(".jjj-tools input")
    page.keyboard.press("ArrowLeft")
    one.wait_for_query("year", "2020")
    open_panel(page)
    assert page.locator("dialog header p").text_content().endswith("2020")
    boxes = page.locator(".jjj-option select")
    for i, value in enumerate(["column", "300", "large", "dark", "en"]):
        boxes.nth(i).select_option(value)
    page.locator(".jjj-option input[type=checkbox]").uncheck()
    with page.expect_download() as got:
        page.click(".jjj-go .primary")
    assert got.value.suggested_filename == "图.png"
    parts = urlsplit(next(url for url in asked if ".png?" in url))
    assert parts.path == "/api/export/map.png"
    job = parse_qs(parts.query).pop("job")[0]
    assert re.fullmatch("[0-9a-f]{24}", job)
    assert parse_qs(parts.query.replace(f"&job={job}", "")) == {key: [value] for key, value in {
        "indicator": "pm25", "level": "province", "classes": "equal", "year": "2020", "lang": "en", "size": "column", "dpi": "300", "font": "large",
        "theme": "dark", "title": "0"}.items()}
    pick(page, "csv")  # on which no option bears
    assert page.locator(".jjj-options").is_hidden()
    with page.expect_download():
        page.click(".jjj-go .primary")
    assert set(parse_qs(urlsplit(asked[-1]).query)) == {"indicator", "level", "classes", "year", "lang", "job"}
    assert one.errors == []


def test_waiting_is_shown_and_can_be_cancelled(visit):
    one = visit()
    page = one.open(MAP)
    held, downloads = [], []
    page.route("**/api/export/map.png*", lambda route: held.append(route))
    state = {"state": "waiting", "ahead": 3, "done": 0, "of": 1}
    page.route("**/api/export/jobs/*", lambda route: route.fulfill(body=json.dumps(state), content_type="application/json"))
    page.on("download", lambda d: downloads.append(d))
    page.on("requestfailed", lambda r: held.append(r.url))
    open_panel(page)
    page.click(".jjj-go .primary")
    page.wait_for_selector(f".jjj-progress span:has-text('{t('zh', 'panel.waiting', n=3)}')")
    state.update(state="running", ahead=0, done=2, of=5)
    page.wait_for_selector(f".jjj-progress span:has-text('{t('zh', 'panel.running_of', k=2, n=5)}')")
    page.click(f".jjj-progress button:has-text('{t('zh', 'panel.cancel')}')")
    assert said(page, "done") == t("zh", "panel.cancelled")
    assert any(isinstance(h, str) and "map.png" in h for h in held)  # the server is told
    assert downloads == []
    page.click(".jjj-go .primary")  # and so it is by who closes the panel
    said(page, "busy")
    before = len(held)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog.jjj-export", state="detached")
    page.wait_for_timeout(200)
    assert len(held) > before and downloads == []
    assert ours(one.errors) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_went_wrong_is_said_and_the_screen_can_still_be_saved(visit, lang):
    one = visit()
    page = one.open(MAP + ("&lang=EN" if lang == "en" else ""))
    answers = {
        t(lang, "api.failed"): {"status": 503, "body": json.dumps({"error": t(lang, "api.failed")}), "content_type": "application/json"},
        t(lang, "panel.no_answer", status=502): {"status": 502, "body": "<html>Bad gateway</html>"},
        t(lang, "panel.unreachable"): None}
    answer = {}
    page.route("**/api/export/**", lambda route: route.fulfill(**answer) if answer else route.abort())
    open_panel(page)
    for sentence, now in answers.items():
        answer = now
        page.click(".jjj-go .primary")
        page.wait_for_function("sentence => document.querySelector('.jjj-progress[data-state=wrong] span')?.textContent === sentence", arg=sentence)
    assert page.locator(".jjj-side-cite .jjj-about").text_content() == t(lang, "panel.cite_failed")
    assert page.locator(".jjj-side-cite textarea").input_value() == page.url
    pick(page, "screen_png")
    with page.expect_download() as got:
        page.click(".jjj-go .primary")
    assert got.value.path().read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    assert "2021" in got.value.suggested_filename
    said(page, "done")
    assert ours(one.errors) == []


def test_citation_embed_and_link_are_copied_with_and_without_https(visit):
    one = visit()
    one.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = one.open(MAP)
    open_panel(page)
    page.wait_for_selector(".jjj-tabs [role=tab]")
    tabs = page.locator(".jjj-tabs [role=tab]")
    assert tabs.all_text_contents() == ["GB/T 7714", "APA", "BibTeX"]
    field = page.locator("#jjj-cite textarea")
    texts = [field.input_value()]
    tabs.nth(0).focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        texts.append(field.input_value())
    assert len(set(texts)) == 3 and texts[2].startswith("@") and all("PM2.5" in text for text in texts)
    assert [tab.get_attribute("aria-selected") for tab in tabs.all()] == ["false", "false", "true"]
    page.evaluate("document.querySelector('dialog').append(Object.assign(document.createElement('textarea'), { id: 'paste' }))")
    boxes = page.locator(".jjj-copy")
    assert boxes.count() == 3
    for secure in (True, False):
        if not secure:
            page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        for i in range(3):
            wanted = boxes.nth(i).locator("textarea").input_value()
            page.evaluate("document.querySelectorAll('.jjj-copied').forEach(e => { e.textContent = '' })")
            boxes.nth(i).locator("button").click()
            page.wait_for_function("([i, word]) => document.querySelectorAll('.jjj-copied')[i].textContent === word", arg=[i, t("zh", "panel.copied")])
            page.fill("#paste", "")
            page.focus("#paste")
            page.keyboard.press("Control+V")
            assert page.input_value("#paste") == wanted
    assert "<iframe" in boxes.nth(1).locator("textarea").input_value()
    link = urlsplit(boxes.nth(2).locator("textarea").input_value())
    assert link.path == "/map" and parse_qs(link.query)["indicator"] == ["pm25"] and parse_qs(link.query)["year"] == ["2021"]
    assert one.errors == []


@pytest.mark.parametrize(("lang", "width", "height", "dark"), [("zh", 1440, 900, False), ("en", 390, 844, True)])
def test_opened_panel_is_accessible_and_fits(visit, axe, lang, width, height, dark):
    one = visit(width=width, height=height, dark=dark)
    page = one.open("/trends" + ("?lang=EN" if lang == "en" else ""))
    open_panel(page)
    page.wait_for_selector(".jjj-tabs [role=tab]")
    page.wait_for_timeout(300)
    assert page.locator(".jjj-formats input[value=geojson]").count() == 0  # lines have no boundaries
    box = page.locator("dialog").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] >= 0 and box["y"] + box["height"] <= height + 1
    assert page.evaluate("[...document.querySelectorAll('dialog, dialog *')].every(e => e.scrollWidth <= e.clientWidth + 1 || getComputedStyle(e).display === 'inline' || e.tagName === 'SELECT' || e.tagName === 'TEXTAREA' || getComputedStyle(e).position === 'absolute')")
    assert one.findings(axe) == []
    assert one.foreign == [] and one.errors == []


def test_data_page_exports_its_table_by_the_same_panel(visit):
    one = visit()
    page = one.open("/data?indicator=rail_km&rows=shown")
    page.click("button[data-address]")
    page.wait_for_selector("dialog.jjj-export[open]")
    assert page.locator(".jjj-formats input").evaluate_all("all => all.map(i => i.value)") == ["xlsx", "csv", "json", "parquet", "sdmx", "zip"]
    pick(page, "csv")
    with page.expect_download() as got:
        page.click(".jjj-go .primary")
    rows = got.value.path().read_text("utf-8-sig").splitlines()
    assert t("zh", "data.rows", n=len(rows) - 1) in page.locator("p.ready").first.text_content()
    assert one.foreign == [] and one.errors == []
