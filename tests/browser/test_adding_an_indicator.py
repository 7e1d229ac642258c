"""A module, rows and names make an indicator appear everywhere, with nothing else touched."""

import csv
import json
import shutil
import subprocess
import urllib.request

import pytest

from tests.conftest import ROOT, Visit, start_server

pytestmark = pytest.mark.browser

MODULE = '''"""Street trees, for a test."""

from indicators.model import Indicator

INDICATORS = [Indicator("street_trees", "environment", "万棵", aggregation="sum", period_kind="year", better="higher", decimals=1)]
'''


@pytest.fixture(scope="module")
def other_server(tmp_path_factory):
    root = tmp_path_factory.mktemp("copy")
    kept = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in kept.stdout.splitlines():
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, root / name)
    (root / "indicators" / "street_trees.py").write_text(MODULE, "utf8")
    observations = root / "indicators" / "data" / "observations.csv"
    header = next(csv.reader(observations.open(encoding="utf8")))
    with observations.open("a", encoding="utf8", newline="") as file:
        rows = csv.DictWriter(file, header, lineterminator="\n")
        for area, year, value in (("110000", 2021, 90.0), ("120000", 2021, 40.0), ("130000", 2021, 70.0), ("110000", 2022, 95.5),
                                  ("120000", 2022, 41.0), ("130000", 2022, 72.0)):
            rows.writerow({"indicator": "street_trees", "area": area, "period": year, "period_kind": "year", "value": value, "unit": "万棵",
                           "lower": value - 0.05, "upper": value + 0.05, "value_text": f"{value:.1f}", "obs_status": "A", "vintage": "published",
                           "source": "PM_BJ2013", "locator": "table 1"})
    for lang, title in (("zh", "行道树数量"), ("en", "Street trees")):
        text = root / "indicators" / "text" / f"{lang}.toml"
        text.write_text(text.read_text("utf8") + f'\n[indicator.street_trees]\nname = "{title}"\n', "utf8")
    process, url = start_server(root, root / "log", DASHBOARD_CACHE=str(ROOT / ".cache"), GEODATA_CACHE=str(ROOT / ".cache" / "geodata"),
                                DATABASE_URL=str(root / "review.sqlite"))
    yield url
    process.kill()


def test_new_indicator_is_in_the_api(server, other_server):
    ids = [i["id"] for i in json.load(urllib.request.urlopen(f"{other_server}/api/catalogue.json"))["indicators"]]
    assert "street_trees" in ids
    rows = json.load(urllib.request.urlopen(f"{other_server}/api/series/street_trees.json?area=jjj"))["rows"]
    assert [(r["TIME_PERIOD"], r["OBS_VALUE"]) for r in rows] == [("2021", 200.0), ("2022", 208.5)]


@pytest.mark.parametrize(("path", "words"), [
    ("/map?indicator=street_trees&level=province", "行道树数量"), ("/trends?indicators=street_trees", "行道树数量"),
    ("/indicator?indicator=street_trees&lang=EN", "Street trees"), ("/region?area=120000", "行道树数量")])
def test_new_indicator_is_on_the_pages(server, other_server, browser, path, words):
    one = Visit(browser, other_server)
    page = one.open(path)
    page.wait_for_selector(f"text={words}")
    assert page.locator(".note").count() == 0
    assert one.errors == []
    one.context.close()
