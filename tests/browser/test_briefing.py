"""The briefing screen in a real browser: runs by itself, obeys keys, outlives its server, does not grow."""

import signal
import subprocess
import sys
import time

import pytest

from tests.conftest import ROOT, Visit, free_port

pytestmark = pytest.mark.browser

LIST = """
title.zh = "试映"
[[slide]]
view = "map?indicator=rail_km&level=province"
seconds = 3
play = true
[[slide]]
view = "number?indicator=pm25&area=110000"
seconds = 3
[[slide]]
view = "trends?indicators=gdp"
seconds = 3
"""
AT = "document.documentElement.dataset.at"


class Server:
    """A server on a fixed port that can be stopped and started."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self):
        import os

        from tests.conftest import _lives

        env = {**os.environ, "STREAMLIT_SERVER_PORT": str(self.port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
               "DATABASE_URL": str(self.folder / "review.sqlite"), "PLAYLISTS_DIR": str(self.folder)}
        with (self.folder / "log").open("ab") as out:
            self.process = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "dashboard/app.py"], cwd=ROOT, env=env, stdout=out, stderr=out)
        until = time.monotonic() + 90
        while not _lives(self.url):
            assert self.process.poll() is None and time.monotonic() < until, (self.folder / "log").read_text("utf8")[-800:]
            time.sleep(0.2)

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture(scope="module")
def own(built, _surroundings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("briefing")
    (folder / "short.toml").write_text(LIST, "utf8")
    (folder / "long.toml").write_text(LIST.replace("seconds = 3", "seconds = 600"), "utf8")
    server = Server(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def screen(own, browser):
    made = []

    def make(path="/briefing?playlist=long", width=1920, height=1080):
        made.append(Visit(browser, own.url, width, height))
        page = made[-1].page
        page.goto(own.url + path)
        reach(page, 0)
        return made[-1]

    yield make
    for one in made:
        one.context.close()


def reach(page, n, timeout=60_000):
    """Wait until slide n is shown."""
    page.wait_for_function(f"() => {AT} === '{n}'", timeout=timeout)


def headline(page):
    return page.locator(".slide.seen h1").text_content()


def test_keys_of_a_presenter(screen):
    one = screen()
    page = one.page
    first = headline(page)
    for key, n in (("PageDown", 1), ("ArrowRight", 2), ("ArrowDown", 0), ("ArrowUp", 2), ("PageUp", 1), ("End", 2), ("Home", 0), ("3", 2), ("1", 0)):
        page.keyboard.press(key)
        reach(page, n)
    page.keyboard.press(" ")
    assert page.evaluate("document.documentElement.dataset.paused") == "1"
    page.keyboard.press("b")
    assert page.locator(".blank").is_visible()
    page.keyboard.press("b")
    assert not page.locator(".blank").is_visible()
    page.keyboard.press("s")
    assert page.locator("dialog li a").first.get_attribute("href").startswith(f"{one.server}/sources?source=")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.locator("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    page.keyboard.press("l")
    page.wait_for_function("() => document.documentElement.lang === 'en'")
    page.wait_for_function("() => document.querySelector('.slide.seen h1')?.textContent.startsWith('Length')")
    assert first != headline(page) and "lang=en" in page.url
    page.mouse.click(1700, 500)
    reach(page, 1)
    page.mouse.click(100, 500)
    reach(page, 0)
    assert one.errors == [] and one.foreign == []


def test_a_presenter_leaves_the_run_and_comes_back_to_the_slide(screen):
    one = screen()
    page = one.page
    page.keyboard.press("3")
    reach(page, 2)
    page.keyboard.press("Enter")
    page.wait_for_url("**/trends?indicators=gdp**")
    one.settled()
    page.go_back()
    page.wait_for_url("**/briefing?**")
    reach(page, 2)
    assert page.evaluate("document.documentElement.dataset.paused") == "1"


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160), (1024, 768)])
def test_type_is_legible_from_afar(screen, width, height):
    page = screen(width=width, height=height).page
    page.keyboard.press("3")
    reach(page, 2)
    page.wait_for_timeout(200)
    drawn = "(s => Math.max(...[...document.querySelectorAll('.slide.seen ' + s)].map(e => parseFloat(getComputedStyle(e).fontSize)" \
           " * e.getBoundingClientRect().height / Math.max(1, e.getBBox ? e.getBBox().height : e.offsetHeight))))"
    size = {s: page.evaluate(f"{drawn}({s!r})") / height for s in ("h1", "footer", ".xtick text", ".ytick text")}
    assert size["h1"] >= (0.05 if width * 9 == height * 16 else 0.045) and size["footer"] >= 0.025 and size[".xtick text"] >= 0.022 and size[".ytick text"] >= 0.022, size
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight")


def test_runs_by_itself_and_outlives_its_server(own, screen):
    one = screen("/briefing?playlist=short")
    page = one.page
    for n in (1, 2, 0):  # a whole round loads all
        reach(page, n, 15_000)
    assert one.errors == [] and one.foreign == []
    own.stop()
    try:
        changes = int(page.evaluate("document.documentElement.dataset.changes"))
        page.wait_for_function(f"() => Number(document.documentElement.dataset.changes) >= {changes + 2}", timeout=25_000)
        assert page.evaluate("document.documentElement.dataset.offline") == "1"
        assert page.locator(".slide.seen .jjj-plot .main-svg").count() and headline(page)
        (own.folder / "short.toml").write_text(LIST.replace("试映", "新的"), "utf8")
    finally:
        own.start()
    page.wait_for_function("() => !document.documentElement.dataset.offline && document.querySelector('.slide.seen .kicker')?.textContent === '新的'", timeout=40_000)


def test_the_heap_stays_flat_over_many_slides(screen):
    one = screen(width=960, height=540)
    page = one.page
    session = one.context.new_cdp_session(page)

    def turn(times):
        page.evaluate("""async times => {
          for (let i = 0; i < times; i++) { await JJJ.briefing.show(JJJ.briefing.at + 1) }
        }""", times)
        page.wait_for_timeout(1200)
        session.send("HeapProfiler.collectGarbage")
        found = session.send("Performance.getMetrics")["metrics"]
        return {m["name"]: m["value"] for m in found}

    session.send("Performance.enable")
    before = turn(130)  # until then the browser compiles what it has run often
    after = turn(170)
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] * 1.2 + 1e6, (before["JSHeapUsedSize"], after["JSHeapUsedSize"])
    assert after["Nodes"] < before["Nodes"] * 1.2 + 500, (before["Nodes"], after["Nodes"])
    assert after["JSEventListeners"] < before["JSEventListeners"] * 1.2 + 50
    assert one.errors == []


def test_a_frozen_briefing_runs_from_a_disk_without_any_network(own, browser, tmp_path):
    from dashboard.exports.frozen import frozen

    file = tmp_path / "briefing.html"
    file.write_bytes(frozen(LIST.encode(), "zh"))
    context = browser.new_context(offline=True)
    page = context.new_page()
    errors, asked = [], []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: errors.append(str(e)))
    page.on("request", lambda r: asked.append(r.url) if not r.url.startswith(("data:", "blob:", file.as_uri())) else None)
    page.goto(file.as_uri())
    reach(page, 0)
    assert page.evaluate("document.querySelectorAll('.slide.seen .js-fill').length") >= 3
    assert page.evaluate("[...document.querySelectorAll('.slide.seen .js-fill')].every(p => p.getAttribute('d')?.length > 50)")
    reach(page, 1, 15_000)
    page.keyboard.press("l")
    page.wait_for_function("() => document.querySelector('.slide.seen h1')?.textContent.startsWith('Annual')")
    page.keyboard.press("3")
    reach(page, 2)
    assert errors == [] and asked == []
    context.close()


def test_the_basket_is_played_and_an_empty_one_says_so(own, browser):
    one = Visit(browser, own.url, 390, 844)
    page = one.page
    page.goto(own.url + "/briefing?basket=1")
    page.wait_for_function("() => document.querySelector('.notice')?.textContent")
    page.evaluate("""localStorage.setItem('jjj-basket', JSON.stringify([
      {address: 'number?indicator=pm25&area=110000', title: '<b>空气</b>', seconds: 9}, {address: 'map?indicator=nix', title: '', seconds: 9}]))""")
    page.reload()
    reach(page, 0)
    assert page.locator(".slide.seen .kicker").text_content() == "<b>空气</b>"
    page.keyboard.press("ArrowRight")
    reach(page, 1)
    assert "nix" in headline(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    one.context.close()


def test_an_embedded_chart_keeps_its_slider_and_nothing_else(own, browser):
    one = Visit(browser, own.url, 800, 700)
    page = one.page
    page.goto(own.url + "/embed/map?indicator=rail_km&level=province&year=2020&lang=en")
    page.wait_for_selector("[data-drawn='1']")
    assert page.locator(".jjj-year").text_content() == "2020"
    page.focus(".jjj-tools input")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('.jjj-year').textContent === '2019'")
    assert not page.locator(".jjj-side").is_visible() and not page.locator(".jjj-table").is_visible()
    assert page.locator(".gtitle").first.text_content().startswith("Length") and page.locator("text=Sources:").count()
    assert one.errors == [] and one.foreign == []
    one.context.close()
