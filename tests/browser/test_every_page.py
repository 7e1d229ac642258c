"""Every page, in both languages, on a wall and on a phone: nothing from elsewhere, no errors, accessible."""

import pytest

pytestmark = pytest.mark.browser

PAGES = ("", "map?area=130600", "trends", "region?area=130600", "indicator?indicator=tech_contract_value", "data", "sources?source=tjzbsh_202402",
         "claims", "review", "basket", "compare", "flows", "rails", "gaps", "index")
CHARTS = ("map", "trends", "region", "indicator", "compare", "flows", "rails", "gaps", "index")
WALL, PHONE = (1920, 1080), (390, 844)


@pytest.mark.parametrize(("path", "lang", "width", "height"), [
    *((path, lang, *size) for path in PAGES for lang, size in (("zh", WALL), ("en", PHONE))),
    *((path, lang, *size) for path in PAGES[:2] for lang, size in (("en", WALL), ("zh", PHONE)))])
def test_page_asks_no_other_host_logs_no_error_fits_and_is_accessible(visit, axe, path, lang, width, height):
    one = visit(width=width, height=height)
    page = one.open(f"/{path}" + ("" if lang == "zh" else ("&" if "?" in path else "?") + "lang=EN"))
    assert one.foreign == []
    assert one.errors == []
    assert page.evaluate("[document.documentElement.scrollWidth, document.querySelector('.stMain').scrollWidth].every(w => w <= innerWidth)")
    assert page.evaluate("document.documentElement.lang") == ("zh-CN" if lang == "zh" else "en")
    assert page.locator("h1").count() == 1
    assert page.evaluate("document.querySelector('#boot') === null"), "what stands there before Streamlit has started stays"
    if path.startswith(CHARTS):
        plots = page.locator(".jjj-plot").all()
        assert plots
        for plot in plots:
            assert plot.get_attribute("aria-label")
            assert plot.evaluate("p => p.querySelectorAll('.main-svg .trace path, .main-svg .trace text').length") >= 3
            box = plot.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width + 1 and box["height"] > 100
    else:
        assert page.locator(".jjj-chart").count() == 0
    assert one.findings(axe) == []


def test_titles_of_several_lines_stand_whole_in_their_chart(visit):
    page = visit(width=390, height=844).open("/gaps?lang=EN")
    tops = page.locator(".jjj-plot").evaluate_all("""plots => plots.map(p => {
      const title = p.querySelector('.gtitle'), box = title.getBoundingClientRect()
      return [title.querySelectorAll('tspan.line').length, box.top - p.querySelector('.main-svg').getBoundingClientRect().top]
    })""")
    assert any(lines > 1 for lines, _ in tops) and all(top > -4 for _, top in tops), tops


@pytest.mark.parametrize("path", ["", "map?area=130600"])
def test_dark_scheme_is_dark_and_readable(visit, axe, path):
    one = visit(dark=True)
    page = one.open(f"/{path}")
    ground = page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
    assert max(ground) < 80
    assert one.findings(axe) == []
    # what is drawn follows: axe does not read charts
    page.wait_for_timeout(200)
    for plot in page.locator(".jjj-plot").all():
        shown = plot.evaluate("p => [p.layout.paper_bgcolor, getComputedStyle(p.querySelector('.gtitle, .annotation-text')).fill]")
        assert _contrast(page, *shown) >= 4.5, shown


def _contrast(page, *colours):
    return page.evaluate("""colours => {
      const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
      const light = colours.map(c => {
        pen.fillStyle = c; pen.fillRect(0, 0, 1, 1)
        const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
      }).sort((a, b) => a - b)
      return (light[1] + 0.05) / (light[0] + 0.05)
    }""", list(colours))


def test_unknown_address_of_a_page_still_gives_a_page(visit):
    one = visit()
    one.page.goto(one.server + "/nothing-here")
    one.page.wait_for_selector("section.families")
    assert [e for e in one.errors if "does not seem to exist" not in e] == []  # which Streamlit says by itself


def test_everything_can_be_reached_and_worked_with_the_keyboard(visit):
    one = visit()
    page = one.open("/map?year=2020")
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        what = page.evaluate("(e => e.className && typeof e.className === 'string' && e.className.includes('jjj-play') ? 'play' : e.type === 'range' ? 'range' "
                             ": e.closest('nav') ? 'nav' : e.closest('[data-testid=stSelectbox]') ? 'select' : e.closest('.jjj-side') ? 'save' "
                             ": e.closest('summary') ? 'table' : e.tagName)(document.activeElement)")
        seen.append(what)
        if what == "table":
            break
    assert {"nav", "select", "play", "range", "save", "table"} <= set(seen), seen
    page.keyboard.press("Enter")
    page.wait_for_selector(".jjj-table table tbody tr")
    assert page.locator(".jjj-table table tbody tr").count() == 13


INJECTED = """() => {
  window.found = []
  addEventListener('securitypolicyviolation', e => window.found.push(e.effectiveDirective))
  const script = document.createElement('script')
  script.textContent = 'window.ran = 1'
  const link = Object.assign(document.createElement('a'), { href: 'javascript:window.ran = 1' })
  const holder = document.createElement('div')
  holder.innerHTML = '<img src="x" onerror="window.ran = 1"><object data="./assets/x"></object><iframe src="https://elsewhere.example/"></iframe>'
  document.body.append(script, link, holder)
  link.click()
  setTimeout('window.ran = 1')
  return new Promise(done => setTimeout(() => done([window.ran ?? 0, window.found]), 600))
}"""


@pytest.mark.parametrize("path", ["/map", "/briefing", "/embed/map?indicator=pm25"])
def test_a_script_that_somebody_smuggles_into_a_page_does_not_run(visit, path):
    one = visit()
    one.page.goto(one.server + path)
    one.page.wait_for_selector(".jjj-plot .main-svg, .plot .main-svg, main svg")
    assert one.errors == []
    ran, found = one.page.evaluate(INJECTED)
    assert ran == 0 and {"script-src-elem", "script-src-attr", "object-src", "frame-src", "script-src"} <= set(found), found


@pytest.mark.parametrize("path", ["/map", "/briefing", "/embed/map"])
def test_another_site_frames_no_page_and_a_chart_only_where_it_is_listed(visit, path):
    one = visit()
    with one.page.expect_console_message(lambda said: "frame-ancestors 'self'" in said.text):
        one.page.set_content(f'<iframe src="{one.server}{path}"></iframe>')
    assert one.page.frames[1].url.startswith("chrome-error:")
