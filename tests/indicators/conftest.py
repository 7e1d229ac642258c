"""Trial indicators beside the real ones, ledgers in folders of their own, and databases of reviews."""

import pytest
import sqlalchemy as sa

import indicators
from indicators.reports import database, reviewed
from tests.indicators import small
from tests.indicators.review import forget, names
from tests.postgres import postgres_server


@pytest.fixture(scope="module")
def trial():
    """The catalogue with the trial indicators of :mod:`tests.indicators.small` in it."""
    known = {**indicators._by_id(), **{i.id: i for i in small.TRIAL}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(indicators, "_by_id", lambda: known)
        yield known


@pytest.fixture
def ledger(tmp_path):
    """Writes a ledger and returns its folder; every call writes another one."""
    made = []

    def write(rows, **tables):
        made.append(small.write(tmp_path / f"ledger{len(made)}", rows, **tables))
        return made[-1]

    return write


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server of our own, which runs whenever a test begins."""
    with postgres_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request, tmp_path, monkeypatch):
    """An empty database of each kind, configured as a deployment does it; its URL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/review.sqlite"
    else:
        url = empty(request.getfixturevalue("postgresql"))
    monkeypatch.setenv("DATABASE_URL", url)
    forget()
    yield url
    database._engine(reviewed.url()).dispose()
    forget()


def empty(server) -> str:
    """URL of an empty place on a PostgreSQL server: a schema, which is made faster than a database."""
    name = f"t{next(names)}"
    admin = sa.create_engine(server.url().replace("postgresql:", "postgresql+psycopg:"))
    with admin.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    admin.dispose()
    return f"{server.url()}&options=-csearch_path%3D{name}"
