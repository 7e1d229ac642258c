"""A clock that is set back or ahead: the order of decisions and what is believed do not come from it."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from dashboard import build
from indicators.reports import backup, reviewed, store, trail
from tests.faults.cuts import check_database, configured
from tests.indicators.review import added, state


@pytest.fixture
def clock(monkeypatch, tmp_path):
    """Sets the clock that decisions are stamped with and that ``time.time`` tells; an empty database is configured."""
    def set_to(hours):
        there = datetime.now(UTC) + timedelta(hours=hours)
        for module in (trail, store):
            monkeypatch.setattr(module, "now", lambda precision="seconds": there.isoformat(timespec=precision))
        monkeypatch.setattr(time, "time", lambda: there.timestamp())

    with configured(f"sqlite:///{tmp_path}/review.sqlite"):
        yield set_to


def test_the_last_decision_counts_whatever_its_time(clock):
    first, second = added(2)
    clock(+24)
    store.decide(first["id"], "accept", "a", 0)
    store.decide(second["id"], "correct", "a", 0, {"value_text": "4.5万亿元"})
    clock(-24 * 365)
    store.decide(first["id"], "reject", "b", 1)
    store.decide(second["id"], "accept", "b", 1)
    stamps = [entry["at"] for entry in store.history(first["id"])]
    assert stamps[0] > stamps[1] and [entry["action"] for entry in store.history(first["id"])] == ["accept", "reject"]
    assert state(first)["state"] == "rejected" and state(first)["last"]["by"] == "b"
    assert list(store.accepted_observations()["value_text"]) == ["4.5万亿元"]
    clock(+24 * 365)
    assert store.undo(second["id"], "c", 2) == 3 and state(second)["state"] == "corrected"
    assert [e["action"] for e in store.audit_trail()][:4] == ["undo", "accept", "reject", "correct"]
    check_database("clock set to and fro")


@pytest.mark.parametrize("hours", [-24 * 400, 24 * 400])
def test_what_others_decide_shows_within_a_second_whatever_the_clock_says(clock, monkeypatch, hours):
    (one,) = added(1)
    known = reviewed.revision()
    clock(hours)
    store.decide(one["id"], "accept", "a", 0)
    monkeypatch.setattr(reviewed, "BELIEVED", 0.0)
    assert reviewed.revision() != known and len(reviewed.with_accepted_observations(store.accepted_observations().head(0))) == 1


def test_a_restore_shows_even_if_the_clock_was_set_back_since_the_last(clock, tmp_path):
    added(2)
    clock(+24 * 365)
    backup.backup(tmp_path / "one.zip")
    backup.restore(tmp_path / "one.zip", replace=True)
    backup.backup(tmp_path / "two.zip")
    known = store.changes()
    clock(0)
    backup.restore(tmp_path / "two.zip", replace=True)
    assert store.changes() != known


def test_an_asset_that_changed_is_compressed_anew_although_the_clock_was_set_back(tmp_path):
    import gzip
    import os

    asset = tmp_path / "x.js"
    build.write_changed(b"1;" * 500, asset)
    build.compress_tree(tmp_path, tmp_path)
    build.write_changed(b"2;" * 500, asset)
    os.utime(asset, (0, 0))  # as a clock would have stamped it that stands in 1970
    build.compress_tree(tmp_path, tmp_path)
    assert gzip.decompress((tmp_path / "x.js.gz").read_bytes()) == b"2;" * 500
