"""Reviewers at the same time, in threads and processes, some of them killed."""

import random
import signal
import threading
import time

import sqlalchemy as sa

from indicators.reports import schema, store
from indicators.reports.store import Conflict
from tests.indicators.review import added, forget, heard, report, start, state, worker


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


def test_processes_that_review_the_same_report_share_it_without_loss(db):
    several = added(60)
    ids = [p["id"] for p in several]
    workers = [worker(ids, f"r{i}", db) for i in range(2)]
    start(workers)
    accepted = [[number for number, version in heard(pipe).items() if version] for _, pipe in workers]
    assert sorted(accepted[0] + accepted[1]) == ids
    for number, p in zip(ids, store.proposals(several[0]["report_id"])):
        (entry,) = store.history(number)
        assert (p["state"], p["version"]) == ("accepted", 1) and number in accepted[int(entry["by"][1])]


def test_nothing_accepted_is_lost_by_kill_9_at_any_moment(db):
    rounds, at_once, own = (5 if db.startswith("sqlite") else 1), 4, 7
    several = added(rounds * at_once * own)
    ids, promised, chance = [p["id"] for p in several], {}, random.Random(3)
    for _ in range(rounds):
        workers = [worker([ids.pop() for _ in range(own)], "killed", db, endless=True) for _ in range(at_once)]
        start(workers)
        promised |= [workers[0][1].recv()]  # however slow the machine, they are at work
        for process, pipe in workers:
            time.sleep(chance.uniform(0.0, 0.25))
            process.kill()
            promised |= heard(pipe)
            process.join(30)
            assert process.exitcode == -signal.SIGKILL
    forget()
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
    workers = [worker([], "first", db, then="said.send(store.reports())") for _ in range(4)]
    start(workers)
    assert [pipe.recv() for _, pipe in workers] == [[]] * 4
    with store.engine().connect() as connection:
        assert connection.execute(sa.select(schema.schema_version)).all() == [(schema.SCHEMA_VERSION,)]
