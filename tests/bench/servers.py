"""The two servers that are compared, started as a reader would start them, and what they cost."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

#: Only what keeps a server to itself: no browser window, no telemetry, no look-up of its public address.
_QUIET = {
    "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
    "STREAMLIT_SERVER_HEADLESS": "true",
    "STREAMLIT_BROWSER_SERVER_ADDRESS": "localhost",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}


class CannotMeasure(Exception):
    """Something that a measurement needs is missing; the message says what, in one sentence."""


@dataclass(frozen=True)
class Server:
    """A running server: port on 127.0.0.1 and process id."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time, user and system, that the process has used so far.

        The kernel counts in ticks of 10 ms, so take it over many changes. Threads that have
        ended are counted; that is why this is not the finer sum over ``task/*/schedstat``.
        """
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text()
        except FileNotFoundError:
            raise CannotMeasure("the processor time of a server can only be read from /proc, on Linux, while it runs") from None
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def wait_until_idle(self, at_most: float = 120) -> None:
        """Wait until what the server does of its own accord after its start is over."""
        until = time.monotonic() + at_most
        while time.monotonic() < until:
            before = self.cpu_seconds()
            time.sleep(2)
            if self.cpu_seconds() - before < 0.1:
                return
        raise CannotMeasure(f"a server was still busy {at_most:g} s after its start")


@contextmanager
def dashboard() -> Iterator[Server]:
    """Our server, as ``make serve`` starts it, after the build that ``make`` does before."""
    built = subprocess.run([sys.executable, "-m", "dashboard", "build"], cwd=ROOT, capture_output=True, text=True)
    if built.returncode:
        raise CannotMeasure(f"the build before the start failed: {_last_line(built.stderr)}")
    with _serving(ROOT / "dashboard" / "app.py", ROOT, {}) as server:
        yield server


@contextmanager
def baseline() -> Iterator[Server]:
    """The plain page under plain ``streamlit run``, in a folder without our configuration."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        more = {"PYTHONPATH": path, "STREAMLIT_SERVER_ENABLE_STATIC_SERVING": "true"}
        with _serving(HERE / "baseline.py", Path(folder), more) as server:
            yield server


@contextmanager
def _serving(script: Path, folder: Path, environment: dict[str, str]) -> Iterator[Server]:
    port = free_port()
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script)], cwd=folder, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, **_QUIET, **environment, "STREAMLIT_SERVER_PORT": str(port)})
        try:
            _wait_until_up(process, port, log)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(process: subprocess.Popen, port: int, log, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    log.seek(0)
    raise CannotMeasure(f"the server of {Path(process.args[-1]).name} did not start: {_last_line(log.read())}")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]
