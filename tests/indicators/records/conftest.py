"""A database of its own for every test, and the file of stations."""

import pytest

from indicators import ledger
from indicators.reports import reviewed
from tests.indicators.records import made


@pytest.fixture
def database(tmp_path, monkeypatch):
    """An empty database of reviews, the only one that the program sees."""
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "own.sqlite"))
    reviewed.forget()
    ledger.clear_cache()
    yield tmp_path / "own.sqlite"
    reviewed.forget()
    ledger.clear_cache()


@pytest.fixture(scope="session")
def stations(tmp_path_factory):
    return made.write_stations(tmp_path_factory.mktemp("stations") / "stations.csv")
