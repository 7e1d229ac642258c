"""Trial indicators beside the real ones, and ledgers in folders of their own."""

import pytest

import indicators
from tests.indicators import small


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
