"""Every page, in both languages, on a wall and on a phone: nothing from elsewhere, no errors, accessible."""

import pytest

pytestmark = pytest.mark.browser

PAGES = ("", "map?area=130600", "trends", "region?area=130600", "indicator?indicator=tech_contract_value", "data", "sources?source=tjzbsh_202402")
CHARTS = ("map", "trends", "region", "indicator")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_asks_no_other_host_logs_no_error_fits_and_is_accessible(visit, axe, path, lang):
    address = f"/{path}" + ("" if lang == "zh" else ("&" if "?" in path else "?") + "lang=EN")
    for width, height in ((1920, 1080), (390, 844)):
        one = visit(width=width, height=height)
        page = one.open(address)
        assert one.foreign == []
        assert one.errors == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"wider than {width}"
        assert page.evaluate("document.documentElement.lang") == ("zh-CN" if lang == "zh" else "en")
        assert page.locator("h1").count() == 1
        if path.startswith(CHARTS):
            assert page.locator(".jjj-plot svg.main-svg").count() > 0
            assert page.locator(".jjj-plot").first.get_attribute("aria-label")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        serious = [(v["id"], [n["html"][:160] for n in v["nodes"][:3]]) for v in found if v["impact"] in ("serious", "critical")]
        assert serious == []
        one.context.close()


@pytest.mark.parametrize("path", ["", "trends"])
def test_dark_scheme_is_readable(visit, axe, path):
    one = visit(dark=True)
    page = one.open(f"/{path}")
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {runOnly: ['color-contrast']})")["violations"]
    assert [n["html"][:160] for v in found for n in v["nodes"]] == []


def test_unknown_address_opens_the_overview(visit):
    one = visit()
    one.page.goto(one.server + "/nothing-here")
    one.page.wait_for_selector(".families")
    assert one.foreign == []
