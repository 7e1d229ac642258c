"""The database of proposals and decisions, on SQLite and on a PostgreSQL started for the test."""

import functools
import multiprocessing
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators import ledger
from indicators.model import OBSERVATION_COLUMNS
from indicators.reports import database, reviewed, store
from indicators.reports.figure import Figure
from indicators.reports.propose import area_code, known, missing_in, propose, relation
from indicators.reports.store import Conflict, StoreError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_database(monkeypatch, tmp_path):
    """What the checkout's own reviewers decided is no part of a test."""
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "none.sqlite"))


# --- the two databases -----------------------------------------------------------------


def _postgres_programs() -> Path | None:
    """The folder of initdb, installed from Debian where that is possible."""
    def found():
        places = [shutil.which("initdb"), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
        return next((Path(p).resolve().parent for p in places if p), None)
    if not found() and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"], **quiet)
    return found()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory):
    """URL of a PostgreSQL server of our own on a unix socket; it is gone after the tests."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("there is no initdb, and apt-get cannot install postgresql here")
    home = Path(subprocess.run(["mktemp", "-d", "/tmp/review_pg.XXXXXX"], capture_output=True, text=True, check=True).stdout.strip())
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}  # it refuses to run as root
    if user:
        shutil.chown(home, "postgres", "postgres")
    run = functools.partial(subprocess.run, check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
    data, socket = home / "data", home
    try:
        run([programs / "initdb", "-D", data, "-U", "review", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
        run([programs / "pg_ctl", "-D", data, "-w", "-o", f"-c listen_addresses='' -k {socket}", "-l", home / "log", "start"])
        yield f"postgresql://review@/postgres?host={socket}"
    finally:
        subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
        shutil.rmtree(home, ignore_errors=True)


_names = iter(range(10**6))


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request, tmp_path, monkeypatch):
    """An empty database of each kind, configured as a deployment does it; its URL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/review.sqlite"
    else:
        server, name = request.getfixturevalue("postgresql"), f"t{next(_names)}"
        admin = sa.create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
        with admin.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        admin.dispose()
        url = f"{server}&options=-csearch_path%3D{name}"
    monkeypatch.setenv("DATABASE_URL", url)
    _forget()
    yield url
    database.engine().dispose()
    _forget()


def _forget():
    reviewed.forget()
    reviewed._last.clear()
    ledger.clear_cache()


# --- a report --------------------------------------------------------------------------

SENTENCE = "2023年，北京地区生产总值4.4万亿元。"


def report(n=1, tail="", **about):
    """A document of `n` equal sentences and the figure of each."""
    text = SENTENCE * n + tail
    at = SENTENCE.index("4.4万亿元")
    figures = [gdp(i * len(SENTENCE) + at) for i in range(n)]
    return SimpleNamespace(**{"text": text, "title": "十年", "publisher": "某报", "date": "2024-02-15", "format": "txt", **about}), figures


def gdp(start, **other):
    return Figure(**{"start": start, "end": start + 6, "value_text": "4.4万亿元", "value": 4.4e12, "unit": "元", "lower": 4.35e12, "upper": 4.45e12,
                     "indicator": "gdp", "areas": ["北京"], "period": "2023", "period_kind": "year", **other})


def added(n=1, **about):
    """Proposals of a stored report."""
    return store.proposals(store.add_report(*report(n, **about), "reader"))


def state(proposal):
    return next(p for p in store.proposals(proposal["report_id"]) if p["id"] == proposal["id"])


# --- reports ---------------------------------------------------------------------------


def test_a_report_is_kept_with_its_text_and_a_proposal_for_every_figure(db):
    document, figures = report(3)
    number = store.add_report(document, figures, "Li Hua")
    assert store.text_of(number) == document.text
    (kept,) = store.reports()
    assert {k: kept[k] for k in ("id", "title", "publisher", "date", "format", "added_by")} == {
        "id": number, "title": "十年", "publisher": "某报", "date": "2024-02-15", "format": "txt", "added_by": "Li Hua"}
    assert kept["counts"] == {"proposed": 3, "accepted": 0, "corrected": 0, "rejected": 0}
    found = store.proposals(number)
    assert [(p["start"], p["end"], p["state"], p["version"], p["missing"]) for p in found] == [(f.start, f.end, "proposed", 0, []) for f in figures]
    assert [p["figure"] for p in found] == [f.as_dict() for f in figures]
    assert found[0]["row"]["value"] == 44000 and found[0]["row"]["unit"] == "亿元"
    assert all(document.text[p["start"]:p["end"]] == "4.4万亿元" for p in found)


def test_the_same_text_again_is_the_same_report(db):
    first = store.add_report(*report(2), "a")
    assert store.add_report(*report(2, title="other"), "b") == first
    assert len(store.reports()) == 1 and len(store.proposals(first)) == 2
    assert store.add_report(*report(3), "b") != first


def test_a_report_is_stored_whole_or_not_at_all(db):
    document, figures = report(2)
    figures.append(SimpleNamespace(**{**figures[0].__dict__, "as_dict": lambda: {"broken": object()}}))
    with pytest.raises((sa.exc.StatementError, TypeError)):
        store.add_report(document, figures, "a")
    assert store.reports() == []


def test_a_report_or_proposal_that_is_not_there_is_named(db):
    for ask in (lambda: store.text_of(7), lambda: store.decide(7, "accept", "a", 0), lambda: store.undo(7, "a")):
        with pytest.raises(ValueError, match=r"there is no (report|proposal) 7"):
            ask()
    assert store.proposals(7) == [] and store.history(7) == []


def test_text_of_a_report_is_data_only(db):
    hostile = "'); DROP TABLE reports; -- \"%s\" :x {0} \\ <script>alert(1)</script>"
    document, figures = report(1, tail=hostile + "\0\ud800😀é", title="=HYPERLINK(\"x\")\r\n" + hostile, publisher="@SUM(A1)")
    number = store.add_report(document, figures, hostile)
    (kept,) = store.reports()
    assert store.text_of(number) == SENTENCE + hostile + "\ufffd\ufffd😀é"  # as long as it was: offsets keep
    assert kept["title"].startswith("HYPERLINK") and kept["publisher"] == "SUM(A1)" and kept["added_by"] == hostile
    (p,) = store.proposals(number)
    store.decide(p["id"], "reject", hostile, 0, note=hostile)
    assert store.history(p["id"])[0]["note"] == hostile


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=200, deadline=None)
def test_what_can_be_stored_is_as_long_as_what_was_read(text):
    kept = store.storable(text)
    assert len(kept) == len(text) and "\0" not in kept
    assert kept.encode("utf8").decode("utf8") == kept and store.storable(kept) == kept


def test_a_number_without_bound_is_stored_as_none(db):
    document, _ = report(1)
    number = store.add_report(document, [gdp(12, upper=float("inf"), lower=np.float64("nan"), value=np.float64(2))], "a")
    figure = store.proposals(number)[0]["figure"]
    assert (figure["value"], figure["lower"], figure["upper"]) == (2.0, None, None)


# --- decisions -------------------------------------------------------------------------


def test_accept_correct_reject_and_back_again_with_a_log_of_all(db):
    (p,) = added()
    assert store.decide(p["id"], "accept", "Li", 0) == 1
    assert store.decide(p["id"], "correct", "Wang", 1, {"value_text": "4.5万亿元", "note": "misread"}, "see table") == 2
    now = state(p)
    assert (now["state"], now["row"]["value"], now["row"]["lower"], now["row"]["upper"]) == ("corrected", 45000, 44500, 45500)
    assert now["proposed_row"] == p["row"] and now["last"]["by"] == "Wang" and now["last"]["note"] == "see table"
    assert store.decide(p["id"], "reject", "Li", 2) == 3
    assert store.undo(p["id"], "Zhao") == 4
    assert (state(p)["state"], state(p)["row"]["value"]) == ("corrected", 45000)
    assert store.undo(p["id"], "Zhao", version=4) == 5
    assert (state(p)["state"], state(p)["row"]["value"]) == ("accepted", 44000)
    assert store.undo(p["id"], "Zhao") == 6
    assert (state(p)["state"], state(p)["row"]) == ("proposed", p["row"])
    with pytest.raises(ValueError, match="no decision to take back"):
        store.undo(p["id"], "Zhao")
    assert [(e["action"], e["by"]) for e in store.history(p["id"])] == [
        ("accept", "Li"), ("correct", "Wang"), ("reject", "Li"), ("undo", "Zhao"), ("undo", "Zhao"), ("undo", "Zhao")]
    assert store.decision_count() == 6


@given(steps=st.lists(st.sampled_from(["accept", "reject", "correct", "undo"]), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undo_gives_the_state_before_whatever_was_done(tmp_path, steps):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/review.sqlite")
        (p,) = added(tail=str(next(_names)))
        oracle, version = [("proposed", 44000)], 0
        for n, step in enumerate(steps):
            if step == "undo" and len(oracle) == 1:
                continue
            if step == "undo":
                version = store.undo(p["id"], "a")
                oracle.pop()
            else:
                value = float(40000 + 100 * n) if step == "correct" else oracle[-1][1]
                row = {"value_text": f"{value:g}亿元"} if step == "correct" else None
                version = store.decide(p["id"], step, "a", version, row)
                oracle.append((store._STATE[step], value))
            assert (state(p)["state"], state(p)["row"]["value"], state(p)["version"]) == (*oracle[-1], version)


def test_a_stale_version_is_refused_and_says_who_decided_what_and_when(db):
    (p,) = added()
    store.decide(p["id"], "reject", "Li Hua", 0)
    with pytest.raises(Conflict, match=r"^Li Hua rejected “4\.4万亿元” at \d{4}-\d\d-\d\d \d\d:\d\d UTC; look at it again before you decide\.$") as caught:
        store.decide(p["id"], "accept", "Wang", 0)
    assert (caught.value.by, caught.value.action, caught.value.version) == ("Li Hua", "reject", 1)
    with pytest.raises(Conflict):
        store.undo(p["id"], "Wang", version=0)
    with pytest.raises(Conflict, match="never decided on"):
        store.decide(added(2)[0]["id"], "accept", "Wang", 3)
    assert state(p)["state"] == "rejected" and store.decision_count() == 1


def test_a_batch_is_accepted_whole_or_not_at_all(db):
    several = added(5)
    versions = {p["id"]: 0 for p in several}
    store.decide(several[3]["id"], "reject", "Li", 0)
    with pytest.raises(Conflict, match="Li rejected"):
        store.decide_many(versions, "accept", "Wang")
    assert [state(p)["state"] for p in several] == ["proposed"] * 3 + ["rejected", "proposed"]
    versions.pop(several[3]["id"])
    assert store.decide_many(versions, "accept", "Wang") == dict.fromkeys(versions, 1)
    assert store.reports()[0]["counts"] == {"proposed": 0, "accepted": 4, "corrected": 0, "rejected": 1}
    assert {p["id"] for p in store.proposals(several[0]["report_id"], "accepted")} == set(versions)
    assert store.decide_many({}, "accept", "Wang") == {}


def test_an_incomplete_figure_is_accepted_only_when_corrected(db):
    document, _ = report(1)
    number = store.add_report(document, [gdp(12, areas=[], period=None)], "a")
    (p,) = store.proposals(number)
    assert p["row"] is None and p["missing"] == ["no area is given", "no period is known"]
    with pytest.raises(ValueError, match="cannot be accepted before it is complete: no area is given; no period is known"):
        store.decide(p["id"], "accept", "a", 0)
    given_row = {"indicator": "gdp", "area": "110000", "period": "2023", "period_kind": "year", "value_text": "4.4万亿元"}
    store.decide(p["id"], "correct", "a", 0, given_row)
    row = store.accepted_observations().iloc[0]
    assert (row["value"], row["unit"], row["obs_status"], row["vintage"], row["counterpart_area"]) == (44000, "亿元", "A", "report", "")
    assert row["locator"].startswith("chars=12-18; text=") and state(p)["missing"] == []


@pytest.mark.parametrize("change, said", [
    ({"indicator": "gpd"}, "gpd|no such indicator"),
    ({"area": "990000"}, "990000"),
    ({"area": ""}, "no area is given"),
    ({"counterpart_area": "120000"}, "only a flow has one"),
    ({"period": "2023-13"}, "month that does not exist"),
    ({"period_kind": "weekly"}, "weekly"),
    ({"unit": "万元"}, "the indicator's is 亿元"),
    ({"value": 1.0}, "does not lie in"),
    ({"value": "much"}, "value 'much' is no number"),
    ({"value": float("nan")}, "finite number|is no number"),
    ({"lower": 1.0}, "reads as 44000"),
    ({"value_text": "many"}, "no number in 'many'"),
    ({"obs_status": "Q"}, "none of"),
    ({"note": "=cmd|' /C calc'!A0"}, "note may not begin with '='"),
    ({"note": None}, "note must be text"),
    ({"colour": "red"}, "no column colour"),
])
def test_a_correction_that_breaks_a_rule_of_the_ledger_changes_nothing(db, change, said):
    (p,) = added()
    with pytest.raises(ValueError, match=said):
        store.decide(p["id"], "correct", "a", 0, change)
    assert state(p)["version"] == 0 and store.decision_count() == 0


def test_where_a_figure_stands_cannot_be_corrected_away(db):
    (p,) = added()
    store.decide(p["id"], "correct", "a", 0, {"source": "BJTJJ_2023", "locator": "page=1", "vintage": "census5", "note": "checked"})
    row = state(p)["row"]
    assert (row["source"], row["locator"], row["vintage"], row["note"]) == (p["row"]["source"], p["row"]["locator"], "report", "checked")


@pytest.mark.parametrize("wrong, said", [
    (lambda i: store.decide(i, "delete", "a", 0), "no action 'delete'"),
    (lambda i: store.decide(i, "accept", "  ", 0), "name of who makes it"),
    (lambda i: store.decide(i, "correct", "a", 0), "needs a row"),
    (lambda i: store.decide(i, "accept", "a", 0, {"value": 1}), "only a correction has one"),
    (lambda i: store.decide_many({i: 0}, "correct", "a"), "one at a time"),
])
def test_a_decision_that_is_none_is_refused(db, wrong, said):
    (p,) = added()
    with pytest.raises(ValueError, match=said):
        wrong(p["id"])


@pytest.mark.parametrize("statement", ["UPDATE decisions SET note = 'x'", "DELETE FROM decisions"])
def test_the_database_itself_keeps_the_log_as_it_is(db, statement):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    with pytest.raises(sa.exc.DBAPIError, match="only ever added"), store.engine().begin() as connection:
        connection.execution_options(write=True).exec_driver_sql(statement)
    assert store.history(p["id"])[0]["note"] == ""


# --- several at once, and killed -------------------------------------------------------


def _at_once(n, work):
    """Results or errors of `work(i)` run by `n` threads that start together."""
    gate, results = threading.Barrier(n), [None] * n

    def one(i):
        gate.wait()
        try:
            results[i] = work(i)
        except Exception as error:
            results[i] = error
    threads = [threading.Thread(target=one, args=(i,)) for i in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(60)
    return results


def test_of_reviewers_who_decide_at_once_one_is_first_and_the_others_are_told(db):
    several = added(6)
    for p in several:
        results = _at_once(6, lambda i, p=p: store.decide(p["id"], "accept" if i % 2 else "reject", f"r{i}", 0))
        assert sorted(map(str, (type(r) for r in results))) == sorted(map(str, [int] + [Conflict] * 5)), results
        (entry,) = store.history(p["id"])
        assert state(p)["version"] == 1 and entry["by"] == f"r{results.index(1)}"
        assert all(r.by == entry["by"] for r in results if isinstance(r, Conflict))


def test_batches_that_overlap_do_not_wait_for_each_other_for_ever(db):
    several = added(12)
    ids = [p["id"] for p in several]
    results = _at_once(4, lambda i: store.decide_many(dict.fromkeys(ids if i % 2 else reversed(ids), 0), "accept", f"r{i}"))
    assert [isinstance(r, dict) for r in results].count(True) == 1 and all(isinstance(r, dict | Conflict) for r in results), results
    assert store.decision_count() == 12


def test_a_report_added_twice_at_once_is_one_report(db):
    results = _at_once(5, lambda i: store.add_report(*report(3), f"r{i}"))
    assert len(set(results)) == 1 and isinstance(results[0], int), results
    assert len(store.reports()) == 1 and len(store.proposals(results[0])) == 3


#: What a reviewer in a process of its own does; `said` is a pipe, on which it repeats what it was told.
WORKER = """
import os
from itertools import count
os.environ["DATABASE_URL"] = url
from indicators.reports import store
store.engine()
said.send("ready")
said.recv()
for version in count() if endless else [0]:
    for number in ids:
        try:
            said.send((number, store.decide(number, "reject" if version % 2 else "accept", by, version)))
        except store.Conflict:
            said.send((number, None))
"""


@functools.lru_cache(maxsize=1)
def _processes():
    """Processes forked from one that has loaded everything, so that many can be started and killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "indicators.reports.store", "indicators.ledger", "geodata"])
    return context


def _worker(ids, by, url, endless=False):
    """A process that waits, and our end of its pipe."""
    ours, theirs = _processes().Pipe()
    process = _processes().Process(target=exec, args=(WORKER, {"ids": ids, "by": by, "url": url, "endless": endless, "said": theirs}), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def _start(workers):
    assert [pipe.recv() for _, pipe in workers] == ["ready"] * len(workers)
    for _, pipe in workers:
        pipe.send("go")


def _heard(pipe) -> dict[int, int | None]:
    """The version that a worker said each proposal has, until it ended."""
    versions = {}
    try:
        while True:
            number, versions[number] = pipe.recv()
    except (EOFError, OSError):  # the last word may be cut off
        return versions


def test_processes_that_review_the_same_report_share_it_without_loss(db):
    several = added(60)
    ids = [p["id"] for p in several]
    workers = [_worker(ids, f"r{i}", db) for i in range(2)]
    _start(workers)
    accepted = [[number for number, version in _heard(pipe).items() if version] for _, pipe in workers]
    assert sorted(accepted[0] + accepted[1]) == ids
    for number, p in zip(ids, store.proposals(several[0]["report_id"])):
        (entry,) = store.history(number)
        assert (p["state"], p["version"]) == ("accepted", 1) and number in accepted[int(entry["by"][1])]


def test_nothing_accepted_is_lost_by_kill_9_at_any_moment(db):
    rounds, at_once, own = (5 if db.startswith("sqlite") else 1), 4, 7
    several = added(rounds * at_once * own)
    ids, promised, chance = [p["id"] for p in several], {}, random.Random(3)
    for _ in range(rounds):
        workers = [_worker([ids.pop() for _ in range(own)], "killed", db, endless=True) for _ in range(at_once)]
        _start(workers)
        promised |= [workers[0][1].recv()]  # however slow the machine, they are at work
        for process, pipe in workers:
            time.sleep(chance.uniform(0.0, 0.25))
            process.kill()
            promised |= _heard(pipe)
            process.join(30)
            assert process.exitcode == -signal.SIGKILL
    _forget()
    now = {p["id"]: p for p in store.proposals(several[0]["report_id"])}
    assert all(now[i]["version"] - version in (0, 1) for i, version in promised.items())  # one decision may be made and not yet said
    for i, p in now.items():
        log = store.history(i)
        assert [e["action"] for e in log] == (["accept", "reject"] * len(log))[:len(log)] and len(log) == p["version"]
        assert p["state"] == (store._STATE[log[-1]["action"]] if log else "proposed")
    assert store.decision_count() == sum(p["version"] for p in now.values())
    assert len(store.accepted_observations()) == sum(p["state"] == "accepted" for p in now.values())
    if db.startswith("sqlite"):
        with store.engine().connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_processes_that_come_first_together_make_the_tables_once(db):
    code = "from indicators.reports import store; print(store.reports())"
    out = {"cwd": ROOT, "env": {**os.environ, "PYTHONPATH": str(ROOT)}, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen([sys.executable, "-c", code], **out) for _ in range(4)]
    assert [p.communicate(timeout=60) for p in started] == [("[]\n", "")] * 4
    with store.engine().connect() as connection:
        assert connection.execute(sa.select(database.schema_version)).all() == [(database.SCHEMA_VERSION,)]


# --- a database that cannot be used ----------------------------------------------------


def _one_sentence(error) -> bool:
    return "\n" not in str(error) and len(str(error)) < 400 and "Traceback" not in str(error)


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
    assert _one_sentence(caught.value)
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
    assert _one_sentence(caught.value) and "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path, monkeypatch):
    place = tmp_path / "review.sqlite"
    place.write_bytes(b"a letter to somebody" * 100)
    monkeypatch.setenv("DATABASE_URL", str(place))
    with pytest.raises(StoreError, match="not a database"):
        store.reports()
    assert place.read_bytes() == b"a letter to somebody" * 100


def test_a_database_of_a_later_version_is_refused(db):
    with store.engine().connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(database.schema_version.update().values(version=99))
    database._engine.cache_clear()
    with pytest.raises(StoreError, match="has schema 99, this program knows 1"):
        store.reports()
    assert database._engine.cache_info().currsize == 0
    with sa.create_engine(reviewed.url()).begin() as connection:  # so that the fixture can close it
        connection.execute(database.schema_version.update().values(version=database.SCHEMA_VERSION))


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


# --- the ledger ------------------------------------------------------------------------


def test_accepted_rows_have_the_ledgers_columns_and_pass_its_check(db, tmp_path):
    several = added(3)
    assert list(store.accepted_observations().columns) == list(OBSERVATION_COLUMNS) and store.accepted_sources().empty
    assert store.accepted_observations()["value"].dtype == np.float64
    store.decide_many({p["id"]: 0 for p in several[:2]}, "accept", "a")
    rows, sources = store.accepted_observations(), store.accepted_sources()
    assert list(rows["value"]) == [44000, 44000] and set(rows["vintage"]) == {"report"}
    (source,) = sources.to_dict("records")
    assert source["source"] == rows["source"][0] and source["text_sha256"].startswith(source["source"][1:])
    assert (source["kind"], source["title"], source["publisher"], source["date"]) == ("report", "十年", "某报", "2024-02-15")
    assert store.text_with_hash(source["text_sha256"]) == report(3)[0].text
    assert rows["locator"][0] == f"chars={several[0]['start']}-{several[0]['end']}; text={source['text_sha256'][:16]}"
    assert rows.dtypes.equals(ledger.observations()[list(OBSERVATION_COLUMNS)].dtypes)


def _ledger_copy(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(ledger.DATA, folder)
    return folder


def test_an_export_adds_the_accepted_rows_to_the_curated_ones_and_nothing_else(db, tmp_path):
    several = added(2)
    folder = _ledger_copy(tmp_path)
    assert store.export_rows(folder) == 0
    for name in ("observations.csv", "sources.csv"):
        assert (folder / name).read_bytes() == (ledger.DATA / name).read_bytes()
    store.decide(several[0]["id"], "accept", "a", 0)
    assert store.export_rows(folder) == 1
    before = (ledger.DATA / "observations.csv").read_text("utf8").splitlines()
    after = (folder / "observations.csv").read_text("utf8").splitlines()
    (new,) = set(after) - set(before)
    assert len(after) == len(before) + 1 and new.startswith("gdp,110000,,2023,year,44000,亿元,43500,44500,4.4万亿元,A,report,r")
    assert ledger.check(folder, ledger.observations()) == []
    assert store.export_rows(folder) == 0 and (folder / "observations.csv").read_text("utf8").splitlines() == after
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in ledger.DATA.iterdir())
    empty = tmp_path / "new" / "folder"
    assert store.export_rows(empty) == 1 and len((empty / "observations.csv").read_text("utf8").splitlines()) == 2


def test_an_export_to_a_place_that_is_no_folder_is_said_in_one_sentence(db, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written") as caught:
        store.export_rows(tmp_path / "file")
    assert _one_sentence(caught.value)


def test_decisions_show_in_the_ledgers_rows_at_once(db):
    own = ledger._read("observations.csv", ledger.DATA).astype(dict.fromkeys(("value", "lower", "upper"), float))
    computed = []

    @reviewed.cached(4)
    def count():
        computed.append(1)
        return len(reviewed.with_accepted_observations(own)) - len(own)

    (p,) = added()
    assert (count(), count()) == (0, 0) and len(computed) == 1
    store.decide(p["id"], "accept", "a", 0)
    assert (count(), count()) == (1, 1) and len(computed) == 2
    assert len(reviewed.with_accepted_sources(ledger._read("sources.csv", ledger.DATA))) == len(ledger._read("sources.csv", ledger.DATA)) + 1
    store.undo(p["id"], "a")
    assert count() == 0


def test_an_accepted_figure_is_in_series_sources_and_passages_at_once(db):
    from indicators import series
    from indicators.reports.passages import passage

    def shown():
        return series("forest_coverage", areas=["110000"], period_kind="end").query("period == '2033'")

    document, _ = report(1, tail="到2033年末，北京森林覆盖率为61.7%。")
    at = document.text.index("61.7%")
    figure = gdp(at, end=at + 5, value_text="61.7%", value=61.7, unit="%", indicator="forest_coverage", period="2033", period_kind="end")
    (p,) = store.proposals(store.add_report(document, [figure], "a"))
    assert p["row"]["obs_status"] == "F" and shown().empty
    version = store.decide(p["id"], "correct", "a", 0, {"obs_status": "A"})
    (row,) = shown().to_dict("records")
    assert (row["value"], row["source"]) == (61.7, p["source"])
    assert ledger.sources().loc[p["source"], "title"] == "十年"
    there = passage(row["source"], row["locator"])
    assert (there.figure, there.after) == ("61.7%", "。") and there.before.endswith("北京森林覆盖率为")
    assert ledger.check() == [] and ledger.check(previous=ledger.observations()) == []
    store.decide(p["id"], "correct", "a", version, {"value_text": "62%"})
    assert shown()["value"].tolist() == [62]
    store.decide(p["id"], "reject", "a", version + 1)
    assert shown().empty and p["source"] not in ledger.sources().index


def test_a_decision_of_another_process_shows_within_a_second(db):
    (p,) = added()
    before = reviewed.revision()
    other = _worker([p["id"]], "other", db)
    _start([other])
    assert _heard(other[1]) == {p["id"]: 1}
    time.sleep(reviewed.BELIEVED)
    assert reviewed.revision() != before


def test_rows_that_the_curated_ledger_holds_already_are_not_shown_twice(db):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    rows = store.accepted_observations()
    start, end = p["start"], p["end"]
    curated = rows.assign(locator=f"page=3; chars={start - 2}-{end}; text=0")
    assert list(reviewed.held(rows, curated)) == [True]
    assert list(reviewed.held(rows, curated.assign(value=1.0))) == [False]
    assert list(reviewed.held(rows, curated.assign(source="other"))) == [False]
    assert list(reviewed.held(rows, curated.assign(locator=f"chars={end}-{end + 5}"))) == [False]


def test_a_row_of_an_indicator_that_is_gone_does_not_stop_the_ledger(db, monkeypatch):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    gone = store.accepted_observations().assign(indicator="gone")
    monkeypatch.setattr(store, "accepted_observations", lambda: gone)
    assert reviewed.with_accepted_observations(gone.head(0)).empty


def test_while_the_database_is_away_the_last_accepted_rows_stay(db, monkeypatch):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    none = store.accepted_observations().head(0)
    assert len(reviewed.with_accepted_observations(none)) == 1

    def away():
        raise StoreError("away")
    monkeypatch.setattr(store, "accepted_observations", away)
    monkeypatch.setattr(store, "decision_count", away)
    reviewed.forget()
    assert len(reviewed.with_accepted_observations(none)) == 1 and reviewed.revision() == ()


def test_a_report_whose_text_the_ledger_knows_keeps_its_source(db, monkeypatch):
    document, figures = report(1)
    from indicators.reports import propose as module

    table = ledger.sources().copy()
    table.loc["tjzbsh_202402", "text_sha256"] = module.text_hash(document.text)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "sources", lambda: table)
        (p,) = store.proposals(store.add_report(document, figures, "a"))
    assert p["row"]["source"] == p["source"] == "tjzbsh_202402"


# --- proposing -------------------------------------------------------------------------


def proposed(text, value_text, value, unit, **about):
    start = text.index(value_text)
    figure = Figure(**{"start": start, "end": start + len(value_text), "value_text": value_text, "value": value, "unit": unit, "lower": value, "upper": value,
                       "areas": ["京津冀"], "period": "2023", "period_kind": "year", **about})
    return propose(figure, SimpleNamespace(text=text, date="2024-02-15"))


FIRMS = {"indicator": "enterprises_withdrawn", "areas": ["北京市"], "qualifier": "nearly"}
TRIP = {"indicator": "travel_time", "areas": [], "from_areas": ["北京"], "to_areas": ["天津"], "period_kind": "end"}


@pytest.mark.parametrize("text, value_text, value, unit, about, expected", [
    ("经济总量10.4万亿元", "10.4万亿元", 1.04e13, "元", {"indicator": "gdp"}, (104000, 103500, 104500, "亿元", "10.4万亿元", "A")),
    ("疏解近3000家企业", "3000家", 3000, "家", FIRMS, (3000, 2000, 3000, "家", "近3000家", "A")),
    ("疏解近\n\n3000 家企业", "3000 家", 3000, "家", FIRMS, (3000, 2000, 3000, "家", "近3000家", "A")),
    ("浓度为37微克/立方米", "37微克/立方米", 37, "微克/立方米", {"indicator": "pm25"}, (37, 36.5, 37.5, "µg/m³", "37微克/立方米", "A")),
    ("初步核算，总值4.4万亿元", "4.4万亿元", 4.4e12, "元", {"indicator": "gdp", "areas": ["北京"]}, (44000, 43500, 44500, "亿元", "4.4万亿元", "P")),
    ("力争达到5万亿元", "5万亿元", 5e12, "元", {"indicator": "gdp", "areas": ["北京"]}, (50000, 45000, 55000, "亿元", "5万亿元", "F")),
    ("2025年达到5万亿元", "5万亿元", 5e12, "元", {"indicator": "gdp", "areas": ["北京"], "period": "2025"}, (50000, 45000, 55000, "亿元", "5万亿元", "F")),
    ("力争先行。总值4.4万亿元", "4.4万亿元", 4.4e12, "元", {"indicator": "gdp", "areas": ["北京"]}, (44000, 43500, 44500, "亿元", "4.4万亿元", "A")),
    ("增长5.2%", "5.2%", 5.2, "%", {"indicator": "gdp_growth_real", "areas": ["北京"], "kind": "yoy_pct"}, (5.2, 5.15, 5.25, "%", "5.2%", "A")),
    ("服务业占58.1%", "58.1%", 58.1, "%", {"indicator": "share_tertiary", "kind": "share_pct"}, (58.1, 58.05, 58.15, "%", "58.1%", "A")),
    ("只要1小时", "1小时", 1, "小时", TRIP, (60, 30, 90, "分钟", "1小时", "A")),
])
def test_a_figure_becomes_a_row_in_the_indicators_unit(text, value_text, value, unit, about, expected):
    row, missing = proposed(text, value_text, value, unit, **about)
    assert missing == []
    assert tuple(row[k] for k in ("value", "lower", "upper", "unit", "value_text", "obs_status")) == expected
    assert set(row) == set(OBSERVATION_COLUMNS) and store.problems([row]) == []


@pytest.mark.parametrize("about, said", [
    ({"indicator": None, "indicator_text": "总量"}, "the indicator of “总量” is not known"),
    ({"indicator": "gpd"}, "no indicator 'gpd'"),
    ({"kind": "growth_pct"}, "a figure of the kind growth_pct is no value of gdp"),
    ({"kind": "share_pct", "unit": "%"}, "a figure of the kind share_pct is no value of gdp"),
    ({"unit": "家"}, "the unit 家 is not 亿元"),
    ({"value": 5e12}, "the ledger reads 44000"),
    ({"areas": []}, "no area is given"),
    ({"areas": ["桥西区"]}, "“桥西区” stands for several areas: 130104, 130703"),
    ({"areas": ["上海"]}, "the area “上海” is not known"),
    ({"areas": ["北京", "石家庄"]}, "no composite area has exactly the members 北京、石家庄"),
    ({"areas": [], "from_areas": ["北京"], "to_areas": ["天津"]}, "gdp is no flow"),
    ({"indicator": "units_received", "unit": "元"}, "units_received needs an origin and a destination"),
    ({"period": None}, "no period is known"),
    ({"period": "2014/.."}, "is no period"),
    ({"period": "2023-05", "period_kind": None}, "the kind of period is not known"),
])
def test_what_is_missing_for_a_row_is_said(about, said):
    row, missing = propose(gdp(12, **about), report(1)[0])
    assert row is None and any(said in m for m in missing), missing


@pytest.mark.parametrize("about", [{"indicator": None, "indicator_text": "总量"}, {"kind": "growth_pct"}, {"unit": "家"}, {"value": 5e12}, {"areas": []}, {"areas": ["桥西区"]},
                                   {"areas": ["北京", "石家庄"]}, {"indicator": "units_received", "unit": "元"}, {"period": None}])
def test_what_is_missing_is_said_in_the_readers_language_with_the_same_particulars(about):
    _, missing = propose(gdp(12, **about), report(1)[0])
    for sentence in missing:
        chinese = missing_in(sentence, "zh")
        assert missing_in(sentence, "en") == sentence != chinese and "{" not in chinese
        assert [w for w in re.findall(r"“[^”]+”|[a-z]+_[a-z_]+|\d{4,}", sentence) if w not in chinese] == []
    assert missing_in("nothing of the kind", "zh") == "nothing of the kind"


def test_a_growth_is_no_value_of_what_grows():
    row, _ = proposed("森林覆盖率提高3%", "3%", 3, "%", indicator="forest_coverage", areas=["北京"], kind="growth_pct", period_kind="end")
    assert row is None


@pytest.mark.parametrize("names, code", [
    (["北京"], "110000"), (["河北省"], "130000"), (["京津冀"], "jjj"), (["京津冀三地"], "jjj"),
    (["北京", "天津", "河北"], "jjj"), (["天津市", "河北"], "jin_ji"),
    (["三河", "大厂", "香河"], "beisanxian"), (["通州区", "北三县"], "tongzhou_beisanxian"), (["石家庄桥西区"], "130104"), (["Beijing"], "110000"),
    (["滨海-中关村科技园"], "bhzgc"), (["北京首都功能核心区"], "core_area"), (["北京", "北京市"], "110000"),
])
def test_names_become_codes(names, code):
    assert area_code(names) == code


def test_known_figures_agree_or_differ_by_their_intervals():
    document, figures = report(1)
    row, _ = propose(figures[0], document)
    beside = known(row)
    assert len(beside) and set(beside["area"]) == {"110000"} and set(beside["period"]) == {"2023"}
    expected = ["agrees" if low <= row["upper"] and up >= row["lower"] else "differs" for low, up in zip(beside["lower"], beside["upper"])]
    assert list(beside["relation"]) == expected and relation(row) == "agrees"
    assert relation({**row, "lower": 1.0, "upper": 2.0}) == "differs"
    assert relation({**row, "period": "1999"}) == "new" and known({**row, "period": "1999"}).empty
    assert relation({**row, "indicator": "pm25", "area": "haha"}) == "new"
