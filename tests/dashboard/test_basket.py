"""Addresses that pages give to exports and the basket, and what the basket's page is told."""

import json
import re

import pandas as pd
import pytest

from dashboard import build
from dashboard.basket import LONGEST, payload
from dashboard.exports import DPI, SIZES
from dashboard.i18n import t, text
from dashboard.kinds import KINDS, address, named, open_view, parse

# A page, what it is asked for, and the parameters that have to stand in the address of its chart.
PAGES = [
    ("map", {}, {"indicator": "gdp", "level": "prefecture"}),
    ("map", {"indicator": "pm25", "measure": "over_limit", "level": "province", "year": "2016", "classes": "equal"},
     {"indicator": "pm25", "measure": "over_limit", "level": "province", "year": "2016", "classes": "equal"}),
    ("trends", {}, {"indicators": "gdp", "areas": "110000,120000,130000"}),
    ("trends", {"indicators": "gdp,pm25", "areas": "130000,110000", "measure": "index", "base": "2015", "scale": "log", "show": "marks"},
     {"indicators": "gdp,pm25", "areas": "130000,110000", "measure": "index", "base": "2015", "scale": "log", "show": "marks"}),
    ("trends", {"measure": "growth"}, {"measure": "growth", "base": None}),
    ("trends", {"measure": "growth", "base": "2016"}, {"measure": "growth", "base": "2016"}),
    ("region", {"area": "130600"}, {"area": "130600"}),
    ("indicator", {"indicator": "tech_contract_value"}, {"indicator": "tech_contract_value"}),
]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("page", "asked", "expected"), PAGES)
def test_the_address_of_a_chart_opens_what_the_page_shows(run_page, page, asked, expected, lang):
    shown = run_page(page, lang, **asked).payload()
    kind, query = parse(shown["address"])
    assert kind == page
    assert {key: dict(query).get(key) for key in expected} == expected
    view = open_view(kind, query, lang)
    assert address(view).startswith(shown["address"])  # what the page left open is nothing that could change
    figures = [json.loads(part.figure.to_json()) for part in view.figures]
    assert [f["layout"]["title"]["text"] for f in figures] == [f["layout"]["title"]["text"] for f in shown["figures"]]
    assert [_numbers(f["data"]) for f in figures] == [_numbers(f["data"]) for f in shown["figures"]]
    assert view.shown == (shown["frame"] or "")
    assert view.title == shown["title"]


def _numbers(traces):
    """What a reader sees of traces: their values and words."""
    def plain(value):
        if isinstance(value, dict):  # plotly's own way to write a long list of numbers
            import base64

            import numpy as np

            return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist()
        return value

    return [[plain(trace.get(key)) for key in ("x", "y", "text", "fillcolor", "name")] for trace in traces]


def test_a_name_leaves_out_what_is_empty_or_the_default():
    view = open_view("map", [("indicator", "pm25")], "zh")
    again = named(view, "map", "zh", indicator="pm25", measure="level", level="prefecture", classes="quantiles", year=view.shown)
    assert dict(again.query) == dict(view.query)
    assert address(named(view, "trends", "zh", indicators=["pm25"], areas=[], base=None, show=["marks", "bounds"])) == "trends?indicators=pm25&show=bounds,marks"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_data_page_exports_the_rows_that_it_lists(run_page, lang):
    page = run_page("data", lang, indicator="rail_km,gdp", areas="130000,110000", kind="year,end", rows="shown")
    button = re.search(r'<button [^>]*data-address="([^"]+)"[^>]*>([^<]+)<', page.html)
    assert button[2] == t(lang, "panel.open")
    view = open_view(*parse(button[1].replace("&amp;", "&")), lang)
    listed = page.app.dataframe[0].value
    assert len(view.frame) == len(listed) > 0
    pd.testing.assert_series_equal(view.frame["value"].sort_values(ignore_index=True), listed[t(lang, "column.value")].sort_values(ignore_index=True),
                                   check_names=False)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_basket_page_knows_the_words_the_scripts_and_the_page_of_every_kind(run_page, lang):
    page = run_page("basket", lang)
    assert not page.app.exception
    told = page.payload()
    assert told == json.loads(json.dumps(payload(lang)))
    assert told["words"] == text(lang)["basket"]
    assert set(told["pages"]) == set(KINDS)
    assert set(KINDS) - {"data"} <= set(told["words"]["kind"])  # tables are no charts and have no button
    assert LONGEST < 8000  # what browsers and servers carry in an address
    names = build.manifest()
    for key in ("script", "panel", "panelWords"):
        _, _, digest, name = told[key].split("/")
        assert names[name] == digest


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_words_of_the_panel_are_an_asset_with_the_measures_of_the_sizes(built, lang):
    words = json.loads((build.CACHE / "assets" / f"panel-{lang}.json").read_text("utf8"))
    assert words.pop("style").endswith("/panel.css")
    assert words == json.loads(json.dumps(build.panel_words(lang)))
    assert words["size_dpi"] == {key: size.dpi for key, size in SIZES.items()}
    assert all(f"{size.width:g}" in words["size"][key] and f"{size.height:g}" in words["size"][key] for key, size in SIZES.items())
    assert tuple(words["dpi"]) == DPI
    script = (build.COMPONENT / "panel.js").read_text("utf8")
    formats = set(re.findall(r"'(\w+)'", script[script.index("const GROUPS"):script.index("// Kinds of views")]))
    assert formats | {"zip_data"} == set(words["about"]) and set(re.findall(r"\b(\w+): \[", script[script.index("const GROUPS"):script.index("// Kinds of views")])) == set(words["group"])


def test_the_panel_offers_the_formats_that_the_server_makes(built):
    from dashboard.exports.render import FORMATS

    script = (build.COMPONENT / "panel.js").read_text("utf8")
    groups = script[script.index("const GROUPS"):script.index("// Kinds of views")]
    offered = {name for name in re.findall(r"'(\w+)'", groups) if not name.startswith("screen_")} - {"report"}
    assert offered == set(FORMATS) - {"bib", "cite"}
    of_kinds = dict(re.findall(r"(\w+): \[([^\]]*)\]", script[script.index("const KINDS"):script.index("// What an option")]))
    assert {name: tuple(re.findall(r"'(\w+)'", listed)) for name, listed in of_kinds.items() if name != "report"} == {
        name: one.kinds for name, one in FORMATS.items() if one.kinds}
