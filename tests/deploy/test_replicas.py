"""Two replicas behind nginx with one PostgreSQL, started from the shipped files, seen by readers in a browser."""

import collections
import http.client
import itertools
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard import api
from dashboard.i18n import t
from indicators.reports import reviewed
from tests.conftest import Visit
from tests.deploy import stack as parts
from tests.deploy import units

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not parts.nginx_program(), reason="nginx is not here: apt-get install nginx")]

REPORT = "测试市统计公报\n\n2025年1月20日发布\n\n2024年，张家口市地区生产总值1999.5亿元，同比增长5.1%。\n"
VALUES = "/api/series/gdp.json?area=130700"


@pytest.fixture(scope="module")
def stack(built, _surroundings, tmp_path_factory):
    with parts.running(tmp_path_factory.mktemp("stack")) as found:
        yield found


@pytest.fixture
def reader(stack, browser):
    """Opens visits through nginx; ``who`` is logged in."""
    made = []

    def make(who="", **options):
        made.append(Visit(browser, stack.url, **options))
        if who:
            made[-1].context.add_cookies([{"name": parts.LOGIN, "value": who, "url": stack.url}])
        return made[-1]

    yield make
    for one in made:
        one.context.close()


def _written(folder):
    """A report as a file."""
    path = folder / "report.txt"
    path.write_text(REPORT, "utf8")
    return str(path)


def _asked(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read(), answer.headers


def _shown(content):
    return [row["OBS_VALUE"] for row in json.loads(content)["rows"] if row["TIME_PERIOD"] == "2024"]


def _opened(one, lang):
    """The map through the proxy, a year further back."""
    page = one.open("/map?indicator=pm25&level=province&year=2021" + ("&lang=EN" if lang == "en" else ""))
    assert one.sent, "no websocket came through"
    page.focus(".jjj-tools input")
    page.keyboard.press("ArrowLeft")
    one.wait_for_query("year", "2020")
    assert page.locator(".jjj-year").text_content().strip() == "2020"
    return page


def _file(page, button):
    with page.expect_download(timeout=60_000) as got:
        page.click(button)
    return got.value.path().read_bytes()


def test_map_runs_through_the_proxy_and_its_export_is_made_by_the_readers_replica(reader, stack):
    one = reader()
    page = _opened(one, "zh")
    page.click(".jjj-open")
    page.wait_for_selector("dialog.jjj-export[open]")
    assert _file(page, ".jjj-go .primary").startswith(b"\x89PNG")
    assert stack.replica_of("/api/export/map.png") is stack.replica_of("/map")
    assert one.errors == [] and one.foreign == []
    cookies = {c["name"]: c for c in one.context.cookies()}
    assert all(c["secure"] and c["sameSite"] == "Lax" for c in cookies.values()) and cookies["replica"]["httpOnly"]


def test_views_are_gathered_and_taken_away_in_english_through_the_proxy(reader, stack):
    one = reader()
    page = _opened(one, "en")
    page.click(".jjj-add")
    page.click("nav a[href*=basket]")
    page.wait_for_selector(".jjj-basket[data-drawn] li")
    assert page.locator("h1").text_content().startswith(t("en", "page.basket"))
    assert _file(page, ".jjj-basket button[data-format=zip]").startswith(b"PK")
    assert stack.replica_of("/api/export/basket.zip") is stack.replica_of("/map")
    assert one.errors == [] and one.foreign == []


def test_progress_is_known_where_it_is_asked_even_to_programs_without_cookies(stack):
    jobs = [f"program-{n:08d}" for n in range(6)]
    for job in jobs:
        assert stack.get(f"/api/export/map.csv?indicator=pm25&level=province&year=2021&job={job}")[0] == 200
    assert [json.loads(stack.get(f"/api/export/jobs/{job}")[2])["state"] for job in jobs] == ["done"] * len(jobs)
    elsewhere = [json.loads(_asked(f"{r.url}/api/export/jobs/{job}")[0])["state"] for r in stack.replicas for job in jobs]
    assert collections.Counter(elsewhere) == {"done": len(jobs), "unknown": len(jobs)}, "each was made by one replica"


def test_all_replicas_serve_the_same_files_and_nginx_keeps_them(stack):
    accept = {"Accept": "text/html", "Accept-Encoding": "identity"}
    shells = [urllib.request.urlopen(urllib.request.Request(f"{r.url}/map", headers=accept)).read() for r in stack.replicas]
    assert shells[0] == shells[1]
    files = sorted(set(re.findall(r"\./((?:assets|static)/[^\"']+\.(?:json|js|css))", shells[0].decode())))
    assert len(files) > 8 and any(f.startswith("assets/") for f in files)
    for file in files:
        first, second = (_asked(f"{r.url}/{file}")[0] for r in stack.replicas)
        assert first == second, file
    (name,) = [f for f in files if f.endswith("plotly-basic.min.js")]
    answers = [stack.get(f"/{name}", Accept_Encoding="gzip, deflate, br") for _ in range(2)]
    assert {(status, headers["Content-Encoding"], headers["Cache-Control"]) for status, headers, _ in answers} == {(200, "br", "public, max-age=31536000, immutable")}
    assert [line["cache"] for line in stack.log() if line["path"] == f"/{name}"][-1] == "HIT"
    api_headers = stack.get("/api/catalogue.json")[1]
    assert api_headers["Vary"] == "Accept-Encoding"  # which is what the key of nginx's cache has
    status, _, content = stack.get("/api/catalogue.json", If_None_Match=api_headers["ETag"])
    assert (status, content) == (304, b"")


def test_nobody_reviews_through_the_proxy_without_a_login(reader):
    one = reader()
    one.context.set_extra_http_headers({"X-Remote-User": parts.REVIEWER, "X-Forwarded-For": "127.0.0.1"})
    page = one.open("/review")
    assert page.locator("input[type=file]").count() == 0
    other = reader(who="stranger")
    assert other.open("/review").locator("input[type=file]").count() == 0


def test_figure_accepted_on_one_replica_shows_on_the_other(reader, stack, tmp_path):
    one = reader(who=parts.REVIEWER)
    page = one.open("/review")
    page.set_input_files("input[type=file]", _written(tmp_path))
    page.wait_for_selector(".reading mark.now")
    assert [_shown(_asked(r.url + VALUES)[0]) for r in stack.replicas] == [[], []]
    one.settled()
    page.keyboard.press("a")
    page.wait_for_selector(".reading mark.accepted")

    def everywhere(wanted):
        until = time.monotonic() + 30
        while (found := [_shown(content) for content in (*(_asked(r.url + VALUES)[0] for r in stack.replicas), stack.get(VALUES)[2])]) != [wanted] * 3:
            assert time.monotonic() < until, found
            time.sleep(0.1)

    everywhere([1999.5])
    page.wait_for_selector(".st-key-keys button:not([disabled]):has-text('U')")
    page.keyboard.press("u")
    page.wait_for_selector(".reading mark.accepted", state="detached")
    everywhere([])
    # what may be older at every step: the revision in a replica, the answer in nginx by its second, the one in the browser
    assert reviewed.BELIEVED + 2 * api.FRESH + 1 <= 5
    assert one.errors == [] and one.foreign == []


class _Load:
    """Programs that read figures all the time, each series at an interval at which nginx has to ask, and what they got."""

    def __init__(self, stack):
        self.stack, self.over = stack, threading.Event()
        self.got: collections.Counter = collections.Counter()
        self.names = itertools.cycle([i["id"] for i in json.loads(stack.get("/api/catalogue.json")[2])["indicators"]])
        self.pool = ThreadPoolExecutor(3)

    def _reading(self, area):
        while not self.over.wait(0.05):
            try:
                self.got[self.stack.get(f"/api/series/{next(self.names)}.json?area={area}")[0]] += 1
            except (OSError, http.client.HTTPException) as error:
                self.got[repr(error)] += 1

    def __enter__(self):
        self.readers = [self.pool.submit(self._reading, area) for area in ("110000", "120000", "130000")]
        return self.got

    def __exit__(self, *_):
        self.over.set()
        for reader in self.readers:
            reader.result()
        self.pool.shutdown()


def test_program_writes_nothing_into_its_own_folder(stack):
    """The units and the image do not let it."""
    tree, built_at = stack.folder / "image", (stack.folder / "built").stat().st_mtime
    assert [p for folder, _, names in os.walk(tree) for p in (Path(folder), *(Path(folder, n) for n in names)) if p.lstat().st_mtime > built_at] == []


def test_page_goes_on_when_its_replica_is_killed_and_again_when_the_other_is_ended_while_programs_read(reader, stack):
    one = reader()
    sockets = []
    one.page.on("websocket", lambda socket: sockets.append(socket.url))
    page = one.open("/map?indicator=pm25&level=province&year=2020&lang=EN")
    held = stack.replica_of("/map")
    (other,) = [r for r in stack.replicas if r is not held]

    def goes_on(end):
        before = len(sockets)
        end()
        page.wait_for_function("() => document.querySelector('[data-testid=stApp]').dataset.testConnectionState !== 'CONNECTED'")
        page.wait_for_function("() => document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'", timeout=60_000)
        one.settled()
        assert len(sockets) > before and one.query("year") == "2020" and page.locator(".jjj-year").text_content().strip() == "2020"
        page.click("nav a[href*=trends]")  # what only a living session answers
        page.wait_for_function("() => location.pathname === '/trends'")
        one.settled()
        assert page.locator("[role=alert], [role=dialog], [data-testid=stException], [data-testid=stConnectionStatus]").count() == 0
        page.go_back()
        page.wait_for_function("() => location.pathname === '/map'")
        one.settled()

    with _Load(stack) as got:
        goes_on(held.kill)
        held.start()
        held.ready()
        before = sum(got.values())
        codes = []
        ending = threading.Thread(target=lambda: codes.append(other.stop()))  # which takes as long as answers are under way
        goes_on(ending.start)
        ending.join()
        assert codes in ([0], [-15]) and sum(got.values()) > before
        assert json.loads(_asked(f"{held.url}/readyz")[0])["ready"]
    assert set(got) == {200} and got[200] > 50


def test_backup_of_the_unit_keeps_all_that_is_in_the_database(stack, tmp_path):
    subprocess.run([sys.executable, "-m", "indicators", "import", _written(tmp_path)], cwd=units.ROOT, env=stack.replicas[0].environment, check=True, capture_output=True)
    unit = units.unit("jjj-dashboard-backup.service")
    (tmp_path / "backup").mkdir()
    line = units.command(unit["ExecStart"][0], units.ROOT, tmp_path)
    done = subprocess.run(line, cwd=units.ROOT, env=stack.replicas[0].environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "backup").glob("????-??-??.zip")
    with zipfile.ZipFile(file) as kept:
        assert kept.testzip() is None and "1999.5亿元" in kept.read("reports.jsonl").decode("utf8")
    assert subprocess.run(units.command(unit["ExecStartPost"][0], state=tmp_path)).returncode == 0 and file.exists()
