"""The address of a view: what is read from it, what stands in for what does not exist."""

from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.state import link


def _reading(many, options, default, lang):
    import streamlit as st

    from dashboard import state

    st.session_state["value"] = (state.read_many("key", options, default, lang) if many else state.read("key", options, default, lang, str.upper))
    st.session_state["said"] = list(st.session_state.get("notes", []))
    state.show_notes()


def reading(address, options=("gdp", "pm25", "rail_km"), default="gdp", lang="zh", many=False):
    app = AppTest.from_function(_reading, args=(many, options, default, lang), default_timeout=30)
    if address is not None:
        app.query_params["key"] = address
    app.run()
    assert not app.exception
    return app.session_state["value"], app.session_state["said"], [block.value for block in app.html]


def test_what_is_not_in_the_address_has_its_default_without_a_note():
    assert reading(None)[:2] == ("gdp", [])
    assert reading(None, many=True, default=("gdp", "pm25"))[:2] == (["gdp", "pm25"], [])


def test_what_exists_is_taken():
    assert reading("pm25")[:2] == ("pm25", [])
    assert reading("rail_km,pm25", many=True, default=("gdp",))[:2] == (["rail_km", "pm25"], [])


@pytest.mark.parametrize(("lang", "word"), [("zh", "不存在"), ("en", "instead")])
def test_the_nearest_stands_in_and_a_note_says_so(lang, word):
    value, said, shown = reading("pm2.5", lang=lang)
    assert value == "pm25"
    assert len(said) == 1 and "pm2.5" in said[0] and "PM25" in said[0] and word in said[0]
    assert 'role="status"' in shown[0]


def test_the_default_stands_in_where_nothing_is_near():
    value, said, _ = reading("zzzzzz", default="rail_km")
    assert value == "rail_km" and "zzzzzz" in said[0]


def test_of_a_list_the_known_are_kept_and_the_lost_are_named():
    value, said, _ = reading("pm25,nothing,gdp,pm25", many=True, default=("rail_km",))
    assert value == ["pm25", "gdp"]
    assert len(said) == 1 and "nothing" in said[0]


def test_a_list_of_which_nothing_exists_gives_way_to_the_default():
    value, said, _ = reading("x,y", many=True, default=("rail_km",))
    assert value == ["rail_km"] and "x, y" in said[0]


def test_a_list_named_twice_or_empty_is_no_damage():
    assert reading("gdp,gdp", many=True, default=("rail_km",))[:2] == (["gdp"], [])
    assert reading("", many=True, default=("rail_km",))[:2] == (["rail_km"], [])


def test_a_list_has_at_most_eight():
    options = tuple(f"a{i}" for i in range(12))
    value, _, _ = reading(",".join(options), options=options, many=True, default=("a0",))
    assert value == list(options[:8])


def test_markup_in_an_address_stays_text():
    _, _, shown = reading('<img src=x onerror="alert(1)">')
    assert "<img" not in shown[0] and "&lt;img" in shown[0]


def test_a_long_value_does_not_fill_the_page():
    _, said, _ = reading("x" * 5000)
    assert len(said[0]) < 200


def test_links_are_relative_hold_codes_and_keep_the_language():
    assert link("", "zh") == "./"
    assert link("map", "zh", indicator="gdp", area=None, year="") == "./map?indicator=gdp"
    english = urlsplit(link("trends", "en", areas="110000,120000"))
    assert english.path == "./trends"
    assert parse_qs(english.query) == {"areas": ["110000,120000"], "lang": ["EN"]}
    assert parse_qs(urlsplit(link("sources", "zh", at="page=5; article=甲&乙")).query)["at"] == ["page=5; article=甲&乙"]
