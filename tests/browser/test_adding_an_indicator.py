"""A module, rows and names make an indicator appear everywhere, with nothing else touched."""

import csv
import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import CACHE, ROOT, serving

pytestmark = pytest.mark.browser

MODULE = '''"""Street trees, for a test."""

from indicators.model import Indicator

INDICATORS = [Indicator("street_trees", "environment", "公里", aggregation="sum", period_kind="year", better="higher", decimals=1)]
'''
NAMES = {"zh": "行道树带长度", "en": "Street trees in a row"}
VALUES = (("110000", 2021, 90.0), ("120000", 2021, 40.0), ("130000", 2021, 70.0), ("110000", 2022, 95.5), ("120000", 2022, 41.0), ("130000", 2022, 72.0))


def append(path: Path, *rows):
    """Add rows to a CSV file that has a header."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file))
    with path.open("a", encoding="utf8", newline="") as file:
        csv.DictWriter(file, header, lineterminator="\n").writerows(rows)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the checkout, as it stands, with the new indicator."""
    root = tmp_path_factory.mktemp("copy")
    kept = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in kept.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    (root / "indicators" / "zz_demo.py").write_text(MODULE, "utf8")
    append(root / "indicators" / "data" / "sources.csv", {
        "source": "TREES_2022", "title": "Count of street trees", "publisher": "Office of Trees", "date": "2023-05-01", "kind": "official", "reliability": "high"})
    append(root / "indicators" / "data" / "observations.csv", *({
        "indicator": "street_trees", "area": area, "period": year, "period_kind": "year", "value": value, "unit": "公里", "lower": value - 0.05,
        "upper": value + 0.05, "value_text": f"{value:.1f}", "obs_status": "A", "vintage": "published", "source": "TREES_2022", "locator": "table 1"}
        for area, year, value in VALUES))
    for lang, title in NAMES.items():
        with (root / "indicators" / "text" / f"{lang}.toml").open("a", encoding="utf8") as file:
            file.write(f'\n[indicator.street_trees]\nname = "{title}"\n')
    return root


@pytest.fixture(scope="module")
def other_server(built, checkout, tmp_path_factory):
    with serving(checkout, tmp_path_factory.mktemp("other"), DASHBOARD_CACHE=str(CACHE), GEODATA_CACHE=str(_geodata_cache())) as url:
        yield url


def _geodata_cache():
    import os

    return os.environ.get("GEODATA_CACHE") or ROOT / ".cache" / "geodata"


def fetch(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def test_the_ledger_has_no_objection(checkout):
    done = subprocess.run([sys.executable, "-m", "indicators", "check"], cwd=checkout, capture_output=True, text=True)
    assert "street_trees" not in done.stdout + done.stderr, done.stdout


def test_new_indicator_is_in_the_api(other_server):
    found = {i["id"]: i for i in fetch(f"{other_server}/api/catalogue.json")["indicators"]}
    assert found["street_trees"]["name"] == NAMES
    rows = fetch(f"{other_server}/api/series/street_trees.json?area=jjj")["rows"]
    assert [(r["TIME_PERIOD"], r["OBS_VALUE"]) for r in rows] == [("2021", 200.0), ("2022", 208.5)]
    assert "TREES_2022" in [s["source"] for s in fetch(f"{other_server}/api/sources.json")["sources"]]


@pytest.mark.parametrize(("path", "words"), [
    ("/map?indicator=street_trees&level=province", (NAMES["zh"], "Office of Trees")),
    ("/trends?indicators=street_trees", (NAMES["zh"], "Office of Trees")),
    ("/indicator?indicator=street_trees&lang=EN", (NAMES["en"], "95.5")),
    ("/data?indicator=street_trees", (NAMES["zh"], "6 行")),
    ("/region?area=120000", (NAMES["zh"], "Office of Trees")),
    ("/sources?source=TREES_2022&lang=EN", (NAMES["en"], "Count of street trees"))])
def test_new_indicator_is_on_the_pages(visit, other_server, path, words):
    one = visit(address=other_server)
    page = one.open(path)
    for word in words:  # as text, or as what is chosen in a box
        page.wait_for_function("""word => document.querySelector('.stMain').textContent.includes(word)
            || [...document.querySelectorAll('input')].some(i => i.value.includes(word))""", arg=word, timeout=10_000)
    assert page.locator("p.note").count() == 0
    assert one.errors == []


def test_new_indicator_can_be_chosen_on_the_map(visit, other_server):
    one = visit(address=other_server)
    page = one.open("/map")
    page.locator("[data-testid=stSelectbox] input").first.fill(NAMES["zh"])
    page.keyboard.press("Enter")
    one.wait_for_query("indicator", "street_trees")
    page.wait_for_selector(f".jjj-plot >> text={NAMES['zh']}")
    assert page.locator(".jjj-year").text_content() == "2022"
