"""The catalogue: what is in it, and that a module is all that a new indicator needs."""

import sys
from collections import Counter

import pytest

import indicators
from geodata import area
from indicators import catalogue, get, names, series
from indicators.ledger import check, observations
from tests.indicators.small import BEIJING, PROVINCES, row, source, write

MODULE = '''
from indicators.model import Indicator

INDICATORS = [Indicator("{id}", "economy", "家", aggregation="sum", period_kind="year")]
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A folder whose modules belong to the package ``indicators`` as long as the test lasts."""
    folder = tmp_path / "more"
    folder.mkdir()
    before = set(sys.modules)
    monkeypatch.setattr(indicators, "__path__", [*indicators.__path__, str(folder)])
    indicators._by_id.cache_clear()
    yield folder
    for name in {n for n in sys.modules if n.startswith("indicators.")} - before:
        del sys.modules[name]
        if hasattr(indicators, name.partition(".")[2]):
            delattr(indicators, name.partition(".")[2])
    indicators._by_id.cache_clear()


def test_ids_are_unique_and_fit_for_addresses():
    ids = [i.id for i in catalogue()]
    assert len(ids) > 100
    assert [k for k, n in Counter(ids).items() if n > 1] == []
    assert [i for i in ids if not (i.isascii() and i.isidentifier() and i == i.lower())] == []


def test_every_indicator_has_a_figure_and_every_figure_an_indicator():
    assert {i.id for i in catalogue()} == set(observations()["indicator"])


def test_an_indicator_is_found_by_its_id():
    assert all(get(i.id) is i for i in catalogue())


def test_an_id_that_does_not_exist_is_refused_with_those_near():
    with pytest.raises(ValueError, match=r"there is no indicator 'pm2\.5'; near are pm25") as refusal:
        get("pm2.5")
    assert refusal.value.__suppress_context__
    with pytest.raises(ValueError, match=r"^there is no indicator '北京'$"):
        get("北京")


def test_weights_denominators_and_scopes_exist():
    for indicator in catalogue():
        for other in filter(None, (indicator.weight, indicator.denominator)):
            assert get(other).aggregation == "sum", indicator.id
        assert all(area(code) for code in indicator.scope)
        assert ("share_of_output" in indicator.all_measures) <= bool(indicator.denominator), indicator.id
        assert ("over_limit" in indicator.all_measures) == bool(indicator.limits), indicator.id


def test_bases_name_vintages_that_the_ledger_has():
    rows = observations()
    for indicator in catalogue():
        known = set(rows.loc[rows["indicator"] == indicator.id, "vintage"])
        named = [v for group in indicator.bases for v in group]
        assert set(named) <= known, indicator.id
        assert len(named) == len(set(named)), indicator.id


def test_figures_of_a_limited_scope_stand_in_it():
    rows = observations()
    limited = [i for i in catalogue() if i.scope]
    assert limited
    for indicator in limited:
        assert set(rows.loc[rows["indicator"] == indicator.id, "area"]) <= set(indicator.scope), indicator.id


def test_a_new_module_with_its_rows_is_all_that_a_new_indicator_needs(package, tmp_path):
    before = {i.id for i in catalogue()}
    (package / "bookshops.py").write_text(MODULE.format(id="bookshops"), "utf8")
    indicators._by_id.cache_clear()
    assert {i.id for i in catalogue()} == before | {"bookshops"}
    assert names.indicator_text("bookshops") == {"name": "bookshops"}
    folder = write(tmp_path / "data", [row("bookshops", code, "2020", v, unit="家") for code, v in zip(PROVINCES, (1, 2, 4))])
    assert check(folder) == []
    frame = series("bookshops", areas=["jjj"], folder=folder)
    assert frame[["value", "unit", "rule"]].to_numpy().tolist() == [[7, "家", "computed"]]
    share = series("bookshops", areas=[BEIJING], measure="share", folder=folder)
    assert share["value"].tolist() == [pytest.approx(100 / 7)]


def test_two_modules_with_one_id_are_refused(package):
    (package / "again.py").write_text(MODULE.format(id="gdp"), "utf8")
    indicators._by_id.cache_clear()
    with pytest.raises(ValueError, match="two indicators have the id gdp"):
        catalogue()


def test_modules_without_definitions_and_packages_add_nothing(package):
    before = catalogue()
    (package / "helpers.py").write_text("VALUE = 1\n", "utf8")
    (package / "inner").mkdir()
    (package / "inner" / "__init__.py").write_text(MODULE.format(id="inner"), "utf8")
    indicators._by_id.cache_clear()
    assert catalogue() == before


def test_the_list_of_the_catalogue_may_be_changed_without_changing_the_next():
    catalogue().clear()
    assert len(catalogue()) > 100


def test_series_of_the_package_passes_everything_on(tmp_path):
    rows = [row("pm25", BEIJING, str(y), v, unit="µg/m³", vintage=b) for y, v, b in ((2013, 80, "official"), (2014, 60, "other"))]
    folder = write(tmp_path, rows, sources=[source("s1")])
    assert series("pm25", BEIJING, "index", 2013, folder=folder)["value"].tolist() == [100]
    assert series("pm25", vintage="other", folder=folder)["value"].tolist() == [60]
