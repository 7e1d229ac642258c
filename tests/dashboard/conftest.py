"""What the tests of the dashboard share: the built assets, and pages run without a browser."""

import functools
import json

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from tests.conftest import ROOT

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
