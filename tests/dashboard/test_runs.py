"""Runs: shared by key, stopped when nobody waits, bounded in number."""

import threading
import time
from uuid import uuid4

import pytest

from dashboard import runs


def until(condition, seconds=5.0):
    """Whether the condition comes true in time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def endless(begun=None):
    """A function that works until it is cancelled."""
    def work(progress, cancelled):
        if begun:
            begun.set()
        while not cancelled():
            time.sleep(0.005)
        raise RuntimeError("cancelled")
    return work


@pytest.fixture
def key():
    return uuid4().hex


@pytest.fixture(autouse=True)
def own_runs(monkeypatch):
    """No run of other tests is in the way, and none stays."""
    monkeypatch.setattr(runs, "_runs", type(runs._runs)())
    monkeypatch.setattr(runs, "_slots", threading.Semaphore(runs.AT_ONCE))
    yield
    for run in runs._runs.values():
        run._stop.set()


def test_progress_rises_and_never_falls(key):
    gate, told = threading.Semaphore(0), threading.Semaphore(0)

    def work(progress, cancelled):
        for share in (0.25, 0.5, 0.4, 7):
            gate.acquire()
            progress(share)
            told.release()
        gate.acquire()
        return "found"

    run = runs.start(key, work)
    seen = [run.share]
    for _ in range(4):
        gate.release()
        told.acquire(timeout=5)
        seen.append(run.share)
    assert seen == [0, 0.25, 0.5, 0.5, 1] and not run.ended
    gate.release()
    assert run.wait(5) and run.result() == "found" and run.share == 1


def test_the_same_key_is_one_run_and_its_result_stays(key):
    calls = []

    def work(progress, cancelled):
        calls.append(1)
        time.sleep(0.02)
        return len(calls)

    with_threads = [threading.Thread(target=lambda: found.append(runs.value(key, work))) for _ in range(8)]
    found = []
    for thread in with_threads:
        thread.start()
    for thread in with_threads:
        thread.join(5)
    assert found == [1] * 8 and runs.start(key, work).result() == 1 and runs.value((key, "other"), work) == 2


def test_cancel_stops_it_and_the_next_one_begins_anew(key):
    begun = threading.Event()
    run = runs.start(key, endless(begun))
    assert begun.wait(5)
    run.cancel()
    assert run.wait(5) and not run.usable
    with pytest.raises(runs.Stopped):
        run.result()
    assert runs.value(key, lambda progress, cancelled: "anew") == "anew"


def test_a_run_goes_on_as_long_as_one_reader_waits(key):
    begun = threading.Event()
    run, same = (runs.start(key, endless(begun), reader) for reader in ("one", "other"))
    assert run is same and begun.wait(5)
    run.cancel("one")
    run.cancel("one")
    assert not run.wait(0.05)
    run.cancel("other")
    assert run.wait(5)


def test_an_error_is_told_to_everyone_and_not_kept(key):
    def fails(progress, cancelled):
        raise ValueError("no weights")

    for _ in range(2):
        with pytest.raises(ValueError, match="no weights"):
            runs.value(key, fails)
    assert runs.value(key, lambda progress, cancelled: 3) == 3


def test_so_many_compute_at_once_and_one_that_waits_can_be_stopped(key):
    begun = [threading.Event() for _ in range(runs.AT_ONCE + 1)]
    under_way = [runs.start((key, i), endless(b)) for i, b in enumerate(begun)]
    assert all(b.wait(5) for b in begun[:runs.AT_ONCE]) and not begun[-1].wait(0.1)
    under_way[-1].cancel()
    assert under_way[-1].wait(5) and not begun[-1].is_set()
    with pytest.raises(runs.Stopped):
        under_way[-1].result()


def test_so_many_are_kept_and_more_under_way_are_refused(key, monkeypatch):
    monkeypatch.setattr(runs, "KEPT", 3)
    for i in range(10):
        assert runs.value((key, i), lambda progress, cancelled, i=i: i) == i
    assert list(runs._runs) == [(key, 7), (key, 8), (key, 9)]
    going = [runs.start((key, "going", i), endless()) for i in range(3)]
    with pytest.raises(runs.Busy):
        runs.start((key, "more"), endless())
    going[0].cancel()
    assert until(lambda: going[0].ended) and runs.start((key, "more"), endless())
