"""What the tests of the dashboard share: the built assets, and pages run without a browser."""

import functools
import json

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboard.server import limits
from tests.conftest import ROOT

_SETTINGS = ("TRUSTED_PROXIES", "METRICS_FROM", "REVIEWERS", "REVIEWER_HEADER", "LIMIT_LOCAL", "API_PER_MINUTE", "EXPORTS_PER_MINUTE", "READS_PER_MINUTE")

# Streamlit reads the metadata of every installed package for each AppTest, half a second; they stay what they are.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


class Page:
    """A page as Streamlit runs it, without a browser.

    Parameters
    ----------
    name : str
        Name of the page; the overview is the first.
    lang : {"zh", "en"}
    **parameters
        Of the address.
    """

    def __init__(self, name: str, lang: str = "zh", **parameters):
        self.app = AppTest.from_file(str(ROOT / "dashboard" / "site" / "main.py"), default_timeout=120)
        if lang == "en":
            self.app.query_params["lang"] = "EN"
        for key, value in parameters.items():
            self.app.query_params[key] = value
        self.app.run()
        if name != "overview":
            self.app.switch_page(f"../pages/{name}.py").run()

    @property
    def html(self) -> str:
        """All markup that the page places."""
        return "\n".join(block.value for block in self.app.html)

    def payload(self) -> dict:
        """What the browser gets for the first chart."""
        return json.loads(self.app.get("bidi_component")[0].proto.json)


@pytest.fixture
def run_page(built, monkeypatch):
    """Runs a page: ``run_page(name, lang, **parameters)``; without a connection there is nobody who might be a reviewer."""
    monkeypatch.setattr("dashboard.access.person", lambda: None)
    return Page


@pytest.fixture
def client_of(monkeypatch):
    """Makes clients: ``client_of(routes, middleware, address, settings)``; what this machine has set does not count."""
    for name in _SETTINGS:
        monkeypatch.delenv(name, raising=False)
    limits.clear()

    def make(routes, middleware, address, settings):
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        app = Starlette(routes=routes, middleware=[Middleware(m) for m in middleware])
        return TestClient(app, client=(address, 5000), raise_server_exceptions=False)

    yield make
    limits.clear()
