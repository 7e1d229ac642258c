"""A database that cannot be used, is away for a while, or is full."""

import os
import subprocess
import sys
import threading
import time

import pandas as pd
import pytest
import sqlalchemy as sa

from indicators.model import OBSERVATION_COLUMNS
from indicators.reports import database, reviewed, schema, store, trail
from indicators.reports.store import StoreError
from tests.indicators.conftest import empty
from tests.indicators.review import added, closed, heard, one_sentence, report, start, worker
from tests.indicators.small import ROOT


@pytest.fixture(autouse=True)
def _no_database(monkeypatch, tmp_path):
    """What the checkout's own reviewers decided is no part of a test."""
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "none.sqlite"))


@pytest.fixture
def not_root():
    """Root may write everywhere, so for a while the test is nobody."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    yield
    if root:
        os.seteuid(0)


@pytest.mark.parametrize("what", ["file", "folder", "missing folder"])
def test_a_place_that_cannot_be_written_is_said_in_one_sentence(tmp_path, monkeypatch, what, request):
    place = tmp_path / "kept" / "review.sqlite"
    monkeypatch.setenv("DATABASE_URL", str(place))
    if what == "file":
        added()
        database.engine().dispose()
    place.parent.mkdir(exist_ok=True)
    if what == "missing folder":
        monkeypatch.setenv("DATABASE_URL", str(place.parent / "deeper" / "review.sqlite"))
    if what == "file":
        place.chmod(0o444)
    place.parent.chmod(0o555)
    for folder in place.parents[:4]:  # nobody must be able to come here at all
        if str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    database._engine.cache_clear()
    request.getfixturevalue("not_root")
    with pytest.raises(StoreError, match=r"database of reviews .* writable") as caught:
        store.add_report(*report(2), "a")
    assert one_sentence(caught.value)
    assert reviewed.with_accepted_observations(pd.DataFrame(columns=OBSERVATION_COLUMNS)).empty


@pytest.mark.parametrize("url, said", [
    ("mysql://localhost/x", "mysql|cannot be used"),
    ("postgresql://review:secret@127.0.0.1:1/x", "cannot be used"),
    ("sqlite:////proc/none/review.sqlite", "writable|cannot be used"),
    ("://", "no database URL"),
])
def test_a_database_that_is_not_there_is_said_in_one_sentence_without_its_password(monkeypatch, url, said):
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(StoreError, match=said) as caught:
        store.reports()
    assert one_sentence(caught.value) and "secret" not in str(caught.value)


@pytest.fixture
def stoppable(postgresql, monkeypatch):
    """A PostgreSQL that the test stops; it runs again for the next one."""
    monkeypatch.setenv("DATABASE_URL", empty(postgresql))
    monkeypatch.setattr(reviewed, "AWAY", 1.2)  # as the rest, only faster
    closed()
    yield postgresql
    postgresql.start(unless_running=True)
    database.engine().dispose()
    closed()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_while_the_database_is_away_figures_stay_and_when_it_is_back_all_goes_on(stoppable, end):
    first, second = added(2)
    store.decide(first["id"], "accept", "a", 0)
    none = store.accepted_observations().head(0)
    assert len(reviewed.with_accepted_observations(none)) == 1
    known = reviewed.revision()
    getattr(stoppable, end)()
    reviewed.forget()
    assert reviewed.revision() == known and len(reviewed.with_accepted_observations(none)) == 1
    for refused in (lambda: store.decide(second["id"], "accept", "a", 0), lambda: store.add_report(*report(5), "a"), lambda: store.note_audit("x", "y", "z")):
        with pytest.raises(StoreError, match=r"^the database of reviews .* cannot be used: .*; nothing was kept$") as caught:
            refused()
        assert one_sentence(caught.value)
    stoppable.start()
    assert store.decide(second["id"], "accept", "a", 0) == 1 and len(store.audit_trail()) == 4
    assert reviewed.revision() != known and len(reviewed.with_accepted_observations(none)) == 2


def test_a_connection_cut_while_a_transaction_ends_leaves_open_how_it_ended(stoppable):
    added()
    with pytest.raises(StoreError, match="whether it was kept shows when the database is back") as caught, database.transaction(write=True) as connection:
        trail.note(connection, "x", "y", "z")
        stoppable.kill()
    assert one_sentence(caught.value)
    stoppable.start()
    assert len(store.audit_trail()) == 2


def test_what_others_decided_while_the_database_came_back_appears_by_itself(stoppable):
    (p,) = added()
    computed = []

    @reviewed.cached(4)
    def figures():
        computed.append(1)
        return len(reviewed.with_accepted_observations(store_rows))
    store_rows = store.accepted_observations().head(0)
    assert figures() == 0
    stoppable.stop()
    time.sleep(reviewed.BELIEVED + 0.1)
    assert figures() == 0 and len(computed) == 1
    stoppable.start()
    other = worker([p["id"]], "other", os.environ["DATABASE_URL"])
    start([other])
    assert heard(other[1]) == {p["id"]: 1}
    time.sleep(reviewed.AWAY + 0.1)
    assert figures() == 1


def test_figures_computed_without_the_database_are_computed_anew_when_it_is_back(stoppable, monkeypatch):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    none = store.accepted_observations().head(0)

    @reviewed.cached(4)
    def figures():
        return len(reviewed.with_accepted_observations(none))
    reviewed.revision()  # is believed for a second, in which the database goes away
    monkeypatch.setattr(reviewed, "BELIEVED", 3600.0)
    stoppable.stop()
    assert figures() == 0
    stoppable.start()
    monkeypatch.setattr(reviewed, "BELIEVED", 0.0)
    assert figures() == 1


def test_while_the_database_is_away_only_one_asks_and_the_others_go_on(monkeypatch, db):
    added()
    known = reviewed.revision()
    asked, gate = [], threading.Event()

    def slow():
        asked.append(1)
        if len(asked) > 1:
            gate.wait(20)
        raise StoreError("away")
    monkeypatch.setattr(store, "changes", slow)
    monkeypatch.setattr(reviewed, "AWAY", reviewed.BELIEVED)
    reviewed.forget()
    assert reviewed.revision() == known and len(asked) == 1
    time.sleep(reviewed.AWAY)
    one = threading.Thread(target=reviewed.revision)
    one.start()
    while len(asked) < 2:
        time.sleep(0.01)
    assert [reviewed.revision() for _ in range(20)] == [known] * 20 and len(asked) == 2
    gate.set()
    one.join()


# --- a disk that is full ---------------------------------------------------------------

FILLED = """
import os, resource, sys
from indicators.reports import store
from tests.indicators.review import added, report
done = added(1)
room = os.path.getsize(sys.argv[1] + "-wal") + 200_000
if sys.argv[2] == "limit":
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
for n in range(100):
    try:
        store.add_report(*report(n + 2, tail="x" * 20_000), "a")
    except store.StoreError as error:
        print(error)
        break
for attempt in (lambda: store.decide(done[0]["id"], "reject", "a", 0, note="y" * 400_000), lambda: store.note_audit("x", "y" * 400_000, "z")):
    try:
        attempt()
    except store.StoreError as error:
        print(error)
print(n, len(store.reports()), store.history(done[0]["id"]))
"""


@pytest.fixture(params=["disk", "limit"])
def little_room(request, tmp_path):
    """A folder on a disk of its own of 700 kB, or any folder in which files may not grow further."""
    if request.param == "limit":
        yield request.param, tmp_path
        return
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "none", place], capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield request.param, place
    subprocess.run(["umount", "-l", place], check=True)


def test_on_a_full_disk_nothing_is_half_kept_and_it_is_said_in_one_sentence(little_room):
    how, place = little_room
    url = f"sqlite:///{place}/review.sqlite"
    env = {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", FILLED, place / "review.sqlite", how], cwd=ROOT, env=env, capture_output=True, text=True)
    *said, counted = done.stdout.splitlines()
    assert len(said) == 3, done.stderr[-800:]
    assert all(s.startswith(f"the database of reviews {url} cannot be") and s.endswith("; nothing was kept") and len(s) < 400 for s in said), said
    if how == "disk":
        assert all("the disk is full" in s for s in said), said
    kept = int(counted.split()[0])
    assert counted == f"{kept} {kept + 1} []" and 0 < kept < 99
    closed()
    with database.sa.create_engine(url).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        proposals, entries = (connection.exec_driver_sql(f"SELECT count(*) FROM {t}").scalar() for t in ("proposals", "audit"))
    assert proposals == 1 + sum(n + 2 for n in range(kept)) and entries == 2 + kept  # a migration, and every report


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, monkeypatch):
    place = tmp_path / "review.sqlite"
    place.write_bytes(b"a letter to somebody" * 100)
    monkeypatch.setenv("DATABASE_URL", str(place))
    with pytest.raises(StoreError, match="not a database"):
        store.reports()
    assert place.read_bytes() == b"a letter to somebody" * 100


def test_a_database_of_a_later_version_is_refused(db):
    with store.engine().connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(schema.schema_version.update().values(version=99))
    database._engine.cache_clear()
    with pytest.raises(StoreError, match="has schema 99, this program knows 2; a newer version") as caught:
        store.reports()
    assert one_sentence(caught.value)
    assert database._engine.cache_info().currsize == 0
    with sa.create_engine(reviewed.url()).begin() as connection:  # so that the fixture can close it
        connection.execute(schema.schema_version.update().values(version=schema.SCHEMA_VERSION))


def test_the_default_is_a_dot_folder_of_the_checkout(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert reviewed.url() == f"sqlite:///{ROOT}/.review/review.sqlite"
    monkeypatch.setenv("DATABASE_URL", "/data/x.sqlite")
    assert reviewed.url() == "sqlite:////data/x.sqlite"
    monkeypatch.setenv("DATABASE_URL", "postgres://u@h/d")
    assert reviewed.url() == "postgresql+psycopg://u@h/d"


def test_without_a_database_the_ledger_does_not_load_its_driver(tmp_path):
    code = ("import sys, indicators, indicators.ledger, indicators.reports.propose; from indicators.reports import reviewed; "
            "assert reviewed.revision() == (); rows = indicators.ledger.observations(); "
            "assert reviewed.with_accepted_observations(rows) is rows; print('sqlalchemy' in sys.modules)")
    env = {**os.environ, "DATABASE_URL": str(tmp_path / "none.sqlite"), "PYTHONPATH": str(ROOT)}
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True).stdout == "False\n"
