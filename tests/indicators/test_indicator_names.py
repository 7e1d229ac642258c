"""Names of everything in both languages, and what is said where one is missing."""

import pytest

from indicators import catalogue, names
from indicators.ledger import observations, reconciled
from indicators.measures import unit_of
from indicators.model import MEASURES, OBS_STATUS, PERIOD_KINDS

KINDS = ("theme", "unit", "measure", "obs_status", "vintage", "rule", "period_kind", "limit")


def missing(kind, keys):
    """(language, key) of those that have no name of their own, in whatever language."""
    return [(lang, k) for lang in names.LANGUAGES for k in sorted(keys) if not str(names.words(lang)[kind].get(k, "")).strip()]


@pytest.mark.parametrize("kind", KINDS)
def test_both_languages_name_the_same_things(kind):
    zh, en = (names.words(lang)[kind] for lang in names.LANGUAGES)
    assert zh.keys() == en.keys()
    assert len(zh) > 2
    assert missing(kind, zh) == []


def test_both_languages_have_the_same_tables_and_texts_of_the_same_indicators():
    zh, en = (names.words(lang) for lang in names.LANGUAGES)
    assert zh.keys() == en.keys()
    assert zh["indicator"].keys() == en["indicator"].keys()
    assert {k: sorted(v) for k, v in zh["indicator"].items()} == {k: sorted(v) for k, v in en["indicator"].items()}


#: What analyses compute stands in exports beside observed indicators, but in no ledger.
COMPUTED = {"composite_index", "hsr_prefectures", "hsr_stations"}


def test_every_indicator_has_a_name_of_its_own_in_both_languages():
    for lang in names.LANGUAGES:
        texts = names.words(lang)["indicator"]
        assert texts.keys() - COMPUTED == {i.id for i in catalogue()}
        assert all(texts[i.id]["name"].strip() for i in catalogue())


def test_every_theme_and_limit_of_the_catalogue_has_a_name():
    assert missing("theme", {i.theme for i in catalogue()}) == []
    assert missing("limit", {limit.name for i in catalogue() for limit in i.limits}) == []


def test_every_unit_has_a_name_that_of_measures_included():
    assert missing("unit", {unit_of(i.id, m) for i in catalogue() for m in i.all_measures}) == []


def test_every_vintage_status_kind_and_rule_of_the_ledger_has_a_name():
    rows = observations()
    assert missing("vintage", set(rows["vintage"])) == []
    assert missing("obs_status", {*rows["obs_status"], *OBS_STATUS}) == []
    assert missing("period_kind", {*rows["period_kind"], *PERIOD_KINDS}) == []
    shown = {rule for i in catalogue() for rule in reconciled(i.id)["rule"]} - {""}
    assert missing("rule", shown | {"only", "decision", "producer", "status", "precision", "later", "first", "computed"}) == []


def test_every_measure_has_a_name_and_a_text():
    assert missing("measure", MEASURES) == []
    assert missing("measure_text", MEASURES) == []


@pytest.fixture
def two_files(monkeypatch):
    """Small texts in place of the real ones."""
    files = {
        "zh": {"unit": {"家": "家", "轮": "轮"}, "indicator": {"gdp": {"name": "地区生产总值"}, "x": {"name": "某"}}},
        "en": {"unit": {"家": "units"}, "theme": {"t": {"name": "a table"}}, "indicator": {"gdp": {"name": "GDP", "definition": "d"}}},
    }
    monkeypatch.setattr(names, "words", lambda lang: files[lang])


@pytest.mark.parametrize(("kind", "key", "lang", "name"), [
    ("unit", "家", "en", "units"), ("unit", "家", "zh", "家"), ("unit", "轮", "en", "轮"), ("theme", "t", "zh", "a table"),
    ("unit", "只", "en", "只"), ("no such kind", "key", "zh", "key"),
])
def test_a_missing_name_falls_back_to_the_other_language_and_then_to_the_key(two_files, kind, key, lang, name):
    assert names.name(kind, key, lang) == name


def test_texts_of_an_indicator_always_hold_a_name(two_files):
    assert names.indicator_text("gdp", "en") == {"name": "GDP", "definition": "d"}
    assert names.indicator_text("gdp", "zh") == {"name": "地区生产总值"}
    assert names.indicator_text("x", "en") == {"name": "某"}
    assert names.indicator_text("new", "en") == {"name": "new"}


def test_names_are_chinese_unless_asked_otherwise():
    assert names.name("theme", "economy") == names.words("zh")["theme"]["economy"] != names.name("theme", "economy", "en")
    assert names.indicator_text("gdp")["name"] == names.words("zh")["indicator"]["gdp"]["name"]


def test_texts_are_read_from_the_folder_given(tmp_path):
    (tmp_path / "en.toml").write_text('[unit]\n"家" = "firms"\n', "utf8")
    assert names.words("en", tmp_path) == {"unit": {"家": "firms"}}


@pytest.mark.parametrize("ask", [names.words, lambda lang: names.name("unit", "家", lang), lambda lang: names.indicator_text("gdp", lang)])
def test_a_language_that_does_not_exist_is_refused_with_those_that_do(ask):
    with pytest.raises(ValueError, match="there is no language 'fr'; there are zh, en"):
        ask("fr")
