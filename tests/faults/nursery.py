"""Child processes that do one job each and are killed at a chosen moment.

A nursery is a process that has loaded everything a job needs and forks a child for each, so that
hundreds of cuts cost no imports. It holds one thread only, because a fork keeps no other.
"""

from __future__ import annotations

import contextlib
import importlib
import itertools
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Loaded before the first fork.
LOADED = ("indicators.__main__", "indicators.ledger", "indicators.reports.store", "indicators.reports.backup",
          "indicators.reports.reader", "indicators.reports.extract", "indicators.records.compute", "psycopg", "duckdb", "ibis.backends.duckdb",
          "alembic.command", "geodata", "dashboard.exports.batch", "dashboard.exports.tables", "tests.faults.jobs")


@dataclass(frozen=True)
class Ended:
    """How a child ended.

    Attributes
    ----------
    killed : bool
        Whether it was cut off; otherwise it was through before.
    code : int
        Its exit code; -9 of one that was cut off.
    seconds : float
        From the beginning of its job to its end.
    said, complained : str
        Its standard output and standard error.
    """

    killed: bool
    code: int
    seconds: float
    said: str
    complained: str

    @property
    def lines(self) -> list[str]:
        """Whole lines of the output; a line that the cut went through does not count."""
        return self.said.split("\n")[:-1]


class Nursery:
    """Forks children; see :func:`nursery`."""

    def __init__(self, folder: Path):
        self.folder, self._count, self._lock = folder, 0, threading.Lock()
        self._process = subprocess.Popen([sys.executable, "-m", "tests.faults.nursery"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                         env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"})

    def run(self, job: str, *arguments, after: float | tuple[int, float] | None = None, environment: dict | None = None) -> Ended:
        """Let a child do a job of :mod:`tests.faults.jobs`.

        Parameters
        ----------
        job : str
        *arguments
            For the job; whatever JSON holds.
        after : float or (int, float), optional
            Seconds after its beginning at which it is killed, or after which of its openings, renamings and
            removals of files and how many seconds after that; never when omitted.
        environment : dict, optional
            Variables of the child besides ours.
        """
        with self._lock:
            self._count += 1
            out = self.folder / f"said{self._count}"
            order = {"job": job, "arguments": arguments, "after": after, "environment": environment or {}, "out": str(out)}
            self._process.stdin.write(json.dumps(order, default=str) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        assert answer, "the nursery ended"
        texts = [path.read_text("utf8", "replace") for path in (out, out.with_suffix(".err"))]
        return Ended(**json.loads(answer), said=texts[0], complained=texts[1])

    def close(self) -> None:
        """End it."""
        self._process.stdin.close()
        self._process.wait(30)


@contextlib.contextmanager
def nursery(folder: Path) -> Iterator[Nursery]:
    """A nursery, while it is needed; `folder` takes what its children say."""
    made = Nursery(folder)
    try:
        yield made
    finally:
        made.close()


# --- inside ----------------------------------------------------------------------------


def _main() -> None:
    for name in LOADED:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    from tests.faults import jobs

    jobs.warm()
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(json.dumps(_cut(json.loads(line))) + "\n")
        answers.flush()


def _cut(order: dict) -> dict:
    began, begin = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(began)
        _child(order, begin)
    os.close(begin)
    watched = os.pidfd_open(child)
    try:
        os.read(began, 1)  # or its end, where the child never came so far
        start = time.monotonic()
        over = select.select([watched], [], [], order["after"] if isinstance(order["after"], float) else None)[0]
        if not over:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return {"killed": status in (-signal.SIGKILL, -signal.SIGALRM), "code": status, "seconds": time.monotonic() - start}
    finally:
        os.close(began)
        os.close(watched)


def _child(order: dict, begin: int) -> None:
    code = 70
    try:
        os.setsid()  # what it starts itself is cut off with it
        for number, name in ((1, order["out"]), (2, str(Path(order["out"]).with_suffix(".err")))):
            opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(opened, number)
            os.close(opened)
        sys.stdout = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf8")
        sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf8")
        os.environ.update(order["environment"])
        from tests.faults import jobs

        work = getattr(jobs, order["job"])
        if isinstance(order["after"], list):
            _end_at(*order["after"])
        os.write(begin, b".")
        code = work(*order["arguments"]) or 0
    except SystemExit as asked:
        code = asked.code if isinstance(asked.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _end_at(which: int, seconds: float) -> None:
    """End this process, by the kernel, shortly after it touched a file for the so-manieth time."""
    left = itertools.count(which - 1, -1)

    def touched(event, arguments):
        touches = event in ("os.rename", "os.remove", "os.mkdir") or event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR)
        if touches and next(left) == 0:
            signal.setitimer(signal.ITIMER_REAL, seconds)

    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    sys.addaudithook(touched)


if __name__ == "__main__":
    _main()
