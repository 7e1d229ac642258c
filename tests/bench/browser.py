"""The browser: what a reader sees and when, by the page's own clock."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Error, Playwright

from tests.bench.servers import CannotMeasure

ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
    # Nothing outside is reached. (Playwright's own `route` would switch the HTTP cache off.)
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
VIEWPORT = {"width": 1280, "height": 900}

# What both pages are asked: `bench.drawn`, when the map was first drawn, in ms after navigation
# began; `bench.change()`, ms from the next key press to the painted picture of another year.
_COMMON = """
window.bench = {
  within (promise, ms) {
    return Promise.race([promise, new Promise((_, fail) => setTimeout(() => fail(new Error('not seen in ' + ms + ' ms')), ms))])
  },
  painted () {  // the task after the next frame's callbacks runs when the frame is painted
    return new Promise(done => requestAnimationFrame(() => {
      const channel = new MessageChannel()
      channel.port1.onmessage = () => done(performance.now())
      channel.port2.postMessage(0)
    }))
  },
  change () {
    const pressed = new Promise(done => addEventListener('keydown', e => done(e.timeStamp), { capture: true, once: true }))
    const seen = bench.changed().then(bench.painted)
    return bench.asked = Promise.all([pressed, seen]).then(([from, to]) => to - from)
  }
}
"""

# Ours says so itself, by marks.
_OURS = """
{
  const mark = performance.mark.bind(performance)
  const waiting = { 'jjj-drawn': [], 'jjj-year': [] }
  performance.mark = (name, ...more) => {
    const entry = mark(name, ...more)
    for (const done of (waiting[name] ?? []).splice(0)) done(entry.startTime)
    return entry
  }
  const next = name => new Promise(done => waiting[name].push(done))
  bench.drawn = next('jjj-drawn')
  bench.changed = () => next('jjj-year')
  // Through the years as fast as the component can, as a hand on the slider would.
  bench.race = async ms => {
    const range = document.querySelector('.jjj-tools input[type=range]')
    const years = +range.max + 1, start = performance.now()
    let frames = 0
    for (let at = +range.value + 1; performance.now() - start < ms; at++) {
      const changed = next('jjj-year')
      range.value = at % years
      range.dispatchEvent(new Event('input', { bubbles: true }))
      await bench.within(changed, 5000)
      await bench.painted()
      frames++
    }
    return 1000 * frames / (performance.now() - start)
  }
}
"""

# The plain page is watched: the first polygon of the choropleth, and other colours in all of them.
_BASELINE = """
{
  const polygons = () => document.querySelectorAll('.choroplethlayer path')
  const fills = () => [...polygons()].map(path => path.getAttribute('fill') + path.style.fill).join()
  const when = test => new Promise(done => {
    const watcher = new MutationObserver(() => { if (test()) { watcher.disconnect(); done(performance.now()) } })
    watcher.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['style', 'fill', 'd'] })
  })
  const layers = document.getElementsByClassName('choroplethlayer')
  bench.drawn = when(() => layers.length && polygons().length)
  bench.changed = () => {
    const before = fills(), count = polygons().length
    return when(() => polygons().length === count && fills() !== before)
  }
}
"""


@dataclass(frozen=True)
class Side:
    """One of the two pages: where it is, how it is watched, what its slider is."""

    name: str
    path: str
    script: str
    slider: str


OURS = Side("ours", "/map?year=2020", _COMMON + _OURS, ".jjj-tools input[type=range]")
BASELINE = Side("baseline", "/", _COMMON + _BASELINE, "[data-testid=stSlider] input")


def chromium_path() -> str | None:
    """The installed Chromium; None leaves it to Playwright, which may have one of its own."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def launched(playwright: Playwright) -> Iterator:
    """A browser whose contexts each begin with an empty cache."""
    try:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
    except Error as error:
        raise CannotMeasure(f"no Chromium could be started: {str(error).splitlines()[0]}") from None
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def context(browser, side: Side) -> Iterator:
    """A browser context with an empty cache that watches a side's pages."""
    opened = browser.new_context(viewport=VIEWPORT)
    opened.add_init_script(side.script)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def profile(playwright: Playwright, side: Side) -> Iterator:
    """A context with a profile on disk, as a reader's browser has: it keeps files and compiled scripts."""
    with tempfile.TemporaryDirectory() as folder:
        opened = playwright.chromium.launch_persistent_context(
            folder, executable_path=chromium_path(), args=ARGUMENTS, viewport=VIEWPORT)
        opened.add_init_script(side.script)
        try:
            yield opened
        finally:
            opened.close()


def visit(page, side: Side, port: int) -> float:
    """Open a side's page; milliseconds from navigation to the drawn map."""
    page.goto(f"http://127.0.0.1:{port}{side.path}", wait_until="commit")
    try:
        return page.evaluate("bench.within(bench.drawn, 90000)")
    except Error as error:
        raise CannotMeasure(f"the map of the page {side.name} was not drawn: {_reason(error)}; it shows {_shown(page)!r}") from None


def change_year(page, side: Side, key: str) -> float:
    """Press an arrow key on the slider; milliseconds until the other year's picture is painted."""
    page.evaluate("() => { bench.change() }")
    page.focus(side.slider)
    page.keyboard.press(key)
    try:
        return page.evaluate("bench.within(bench.asked, 10000)")
    except Error as error:
        raise CannotMeasure(f"the map of the page {side.name} did not change with the year: {_reason(error)}") from None


def race(page, seconds: float) -> float:
    """Years a second when our slider is moved as fast as pictures come."""
    try:
        return page.evaluate("ms => bench.race(ms)", 1000 * seconds)
    except Error as error:
        raise CannotMeasure(f"the years could not be played: {_reason(error)}") from None


def _shown(page) -> str:
    return " ".join(page.evaluate("document.body?.innerText ?? ''").split())[:200]


def _reason(error: Error) -> str:
    return str(error).splitlines()[0]
