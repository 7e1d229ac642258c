"""Computations that take long: each is run once for all who ask for it, tells how far it is, and stops when nobody waits for it.

What a run has found stays here and is what the next one gets. Nothing of the web is known here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

#: Runs that are kept, ended ones with what they found, and runs that compute at the same time.
KEPT, AT_ONCE = 128, 2

_runs: OrderedDict[Hashable, Run] = OrderedDict()
_lock = threading.Lock()
_slots = threading.Semaphore(AT_ONCE)


class Stopped(Exception):
    """The run was cancelled before it had a result."""


class Busy(Exception):
    """As many runs are under way as may be; one has to end first."""


class Run:
    """One computation, under way or ended.

    Attributes
    ----------
    share : float
        How much is done, 0 to 1; it never falls.
    """

    def __init__(self):
        self.share = 0.0
        self._readers: set = set()
        self._stop, self._ended = threading.Event(), threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None

    @property
    def ended(self) -> bool:
        """Whether there is a result, an error, or nothing more to come."""
        return self._ended.is_set()

    @property
    def usable(self) -> bool:
        """Whether it is worth joining: under way and not cancelled, or ended with a result."""
        return self._error is None and (self.ended or not self._stop.is_set())

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it ends, at most `seconds`; whether it has ended."""
        return self._ended.wait(seconds)

    def cancel(self, reader: Hashable = None) -> None:
        """`reader` waits no longer; with the last of them the run stops."""
        with _lock:
            self._readers.discard(reader)
            if not self._readers:
                self._stop.set()

    def result(self) -> Any:
        """What the run found, waiting for it.

        Raises
        ------
        Stopped
            Where it was cancelled before.
        Exception
            What the function raised.
        """
        self.wait()
        if self._error is None:
            return self._value
        if self._stop.is_set():
            raise Stopped from self._error
        raise self._error

    def _work(self, function) -> None:
        slot = False
        try:
            while not slot and not self._stop.is_set():
                slot = _slots.acquire(timeout=0.05)
            if self._stop.is_set():
                raise Stopped
            self._value = function(self._progress, self._stop.is_set)
            self.share = 1.0
        except BaseException as error:  # whoever waits must hear of it, whatever it was
            self._error = error
        finally:
            if slot:
                _slots.release()
            self._ended.set()

    def _progress(self, share: float) -> None:
        self.share = max(self.share, min(float(share), 1.0))


def start(key: Hashable, function: Callable[[Callable[[float], None], Callable[[], bool]], Any], reader: Hashable = None) -> Run:
    """The run of `key`: one that is under way or has a result, else a new one.

    Parameters
    ----------
    key : hashable
        Two who give the same key want the same.
    function : callable
        Gets ``progress(share)``, to be called as it proceeds, and ``cancelled()``, to be asked
        now and then; raises anything it likes where that is true. Must not start or await runs.
    reader : hashable
        Who waits; the same as given to :meth:`Run.cancel`.

    Raises
    ------
    Busy
        Where :data:`KEPT` runs are under way.
    """
    with _lock:
        run = _runs.get(key)
        if run is None or not run.usable:
            _make_room(key)
            run = _runs[key] = Run()
            threading.Thread(target=run._work, args=(function,), daemon=True).start()
        _runs.move_to_end(key)
        run._readers.add(reader)
    return run


def value(key: Hashable, function: Callable) -> Any:
    """What the run of `key` finds, waiting for it; parameters and errors as of :func:`start` and :meth:`Run.result`."""
    me = object()
    run = start(key, function, me)
    try:
        return run.result()
    finally:
        with _lock:
            run._readers.discard(me)


def _make_room(key) -> None:
    _runs.pop(key, None)
    for old in [k for k, run in _runs.items() if run.ended][:max(0, len(_runs) - KEPT + 1)]:
        del _runs[old]
    if len(_runs) >= KEPT:
        raise Busy(f"{KEPT} runs are under way")
