"""A nursery for the whole run, and a PostgreSQL server."""

import pytest

from tests.faults.cuts import MADE
from tests.faults.nursery import nursery
from tests.postgres import postgres_server


@pytest.fixture(scope="session")
def nest(_surroundings, tmp_path_factory):
    """Where children come from."""
    with nursery(tmp_path_factory.mktemp("said")) as made:
        yield made


@pytest.fixture(scope="session")
def postgresql():
    """A PostgreSQL server of our own."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="module", autouse=True)
def _count():
    """Say how many cuts there were (shown with ``-s``)."""
    yield
    if MADE:
        print(f"\n{sum(MADE.values())} cuts: " + ", ".join(f"{what} {n}" for what, n in MADE.items()))
