"""Two replicas behind nginx with one PostgreSQL, started from the files in dashboard/deploy.

``python -m tests.deploy.stack`` keeps it running and says how to send the browser tests there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import ExitStack, contextmanager, suppress
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.conftest import REPORTS, ROOT, free_port
from tests.deploy import units
from tests.postgres import postgres_server

#: The cookie in which the login of the tests keeps a name.
LOGIN = "who"
REVIEWER = "tester"


def nginx_program() -> str | None:
    """Where nginx is."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


class Replica:
    """A server, started by a command line; ``start`` again after ``kill`` or ``stop``."""

    def __init__(self, port: int, tree: Path, command: list[str], environment: dict[str, str], log: Path):
        self.port, self.tree, self.command, self.environment, self.log = port, tree, command, environment, log
        self.process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it; :meth:`ready` waits."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(self.command, cwd=self.tree, env=self.environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)

    def ready(self) -> None:
        """Wait until it is ready, as the unit does."""
        probe = units.command(units.unit("jjj-dashboard@.service")["ExecStartPost"][0], instance=str(self.port))
        done = subprocess.run(probe, capture_output=True, text=True)
        assert done.returncode == 0 and self.process.poll() is None, f"{done.stderr[-300:]}\n{self.log.read_text('utf8')[-1500:]}"

    def kill(self) -> None:
        """End it without a word, and what it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it as systemd does; the code with which it ends."""
        self.process.terminate()
        try:
            return self.process.wait(int(units.unit("jjj-dashboard@.service")["TimeoutStopSec"][0]))
        finally:
            self.kill()


class Stack:
    """What runs.

    Attributes
    ----------
    url : str
        Address for readers.
    plain : str
        The same without encryption.
    replicas : list of Replica
    folder : Path
        Logs, certificate, cache.
    postgres : tests.postgres.Postgres
        Its database, which may be stopped and killed.
    """

    postgres = None

    def __init__(self, folder: Path, replicas: list[Replica], https: int, http: int):
        self.folder, self.replicas = folder, replicas
        self.url, self.plain = f"https://127.0.0.1:{https}", f"http://127.0.0.1:{http}"
        self.certificate = folder / "fullchain.pem"
        self.trust = ssl.create_default_context(cafile=str(self.certificate)) if self.certificate.exists() else None

    def get(self, path: str, method: str = "GET", data: bytes | None = None, **headers: str):
        """Status, headers and content of an answer through nginx; header names with ``_`` for ``-``."""
        request = urllib.request.Request(self.url + path, data, {k.replace("_", "-"): v for k, v in headers.items()}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.trust) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers, error.read()

    def log(self) -> list[dict]:
        """Lines of nginx's log, those of all answers that came before.

        nginx writes a line after the answer went out, so a reader can be faster. Its one worker does one thing after
        another: when the line of a later request is there, the earlier ones are.
        """
        last = f"/readyz/{uuid.uuid4().hex}"  # nginx answers this address itself
        self.get(last)
        until = time.monotonic() + 30
        while True:
            whole = (self.folder / "access.log").read_text("utf8")
            lines = [json.loads(line) for line in whole[:whole.rfind("\n") + 1].splitlines()]
            if any(line["path"] == last for line in lines):
                return lines
            assert time.monotonic() < until, "nginx wrote no line"
            time.sleep(0.01)

    def replica_of(self, path: str) -> Replica:
        """Which replica answered last for a path, by nginx's log."""
        seen = next(line["replica"] for line in reversed(self.log()) if line["path"] == path and line["replica"])
        return next(r for r in self.replicas if seen.endswith(f":{r.port}"))


def fresh_copy(tree: Path) -> None:
    """The tree that the Containerfile makes, with its build; packages and what they give come from this checkout."""
    for name, argument in units.steps():
        if name == "COPY":
            *sources, target = argument.split()
            for source in sources:
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, tree / target, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    (tree / target).mkdir(parents=True, exist_ok=True)
                    shutil.copy(ROOT / source, tree / target)
    (tree / ".cache").symlink_to(Path(os.environ.get("DASHBOARD_CACHE", ROOT / ".cache")))
    (tree / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        if part.suffix != ".done":
            (tree / ".venv" / part.name).symlink_to(part)
    (tree / ".venv" / "run.done").touch()
    made = [argument for name, argument in units.steps() if name == "RUN" and not argument.startswith(("apt-get ", "useradd "))]
    assert made[0] == "make build"
    for line in made:
        done = subprocess.run(units.command(line, tree), cwd=tree, capture_output=True, text=True, env={k: v for k, v in os.environ.items() if not k.startswith("MAKE")})
        assert done.returncode == 0, done.stderr[-800:]


def _filled(name: str, *changes: tuple[str, str]) -> str:
    """A shipped file with the lines changed that are to be changed."""
    text = (units.DEPLOY / "nginx" / name).read_text("utf8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
        text = text.replace(old, new)
    return text


def _nginx_files(folder: Path, ports: tuple[int, int], https: int, http: int, login: int) -> None:
    own = folder / "jjj-dashboard"
    own.mkdir()
    (own / "machine.conf").write_text(_filled(
        "machine.conf", ("127.0.0.1:8501", f"127.0.0.1:{ports[0]}"), ("127.0.0.1:8502", f"127.0.0.1:{ports[1]}"), ("/var/lib/nginx/jjj-dashboard", f"{folder}/cache")))
    (own / "address.conf").write_text(_filled(
        "address.conf", ("listen 80;", f"listen 127.0.0.1:{http};"), ("listen 443 ssl", f"listen 127.0.0.1:{https} ssl"), ("portal.example", "127.0.0.1"),
        ("/etc/jjj-dashboard/tls/fullchain.pem", f"{folder}/fullchain.pem"), ("/etc/jjj-dashboard/tls/privkey.pem", f"{folder}/privkey.pem"),
        ("/var/log/nginx/jjj-dashboard.log", f"{folder}/access.log")))
    (own / "login.conf").write_text(_filled("login.conf.example", ("127.0.0.1:9000", f"127.0.0.1:{login}")))
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_processes 1;\n"
        f"events {{ worker_connections 512; }}\nhttp {{ {temporary}\ninclude {units.DEPLOY}/nginx/dashboard.conf; }}\n")


def _certificate(folder: Path) -> None:
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"], check=True, capture_output=True)


@contextmanager
def login_service(always: str = ""):
    """The port of a login that believes a cookie, or names everybody `always`."""
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            who = SimpleCookie(self.headers.get("Cookie", "")).get(LOGIN)
            self.send_response(200)
            if always or who:
                self.send_header("X-User", always or who.value)
            self.end_headers()

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # a browser asks for much at once

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def _listens(folder: Path) -> bool:
    ports = re.findall(r"listen 127\.0\.0\.1:(\d+)", (folder / "jjj-dashboard" / "address.conf").read_text())
    with suppress(OSError):
        for port in ports:
            socket.create_connection(("127.0.0.1", int(port)), 1).close()
        return True
    return False


@contextmanager
def nginx(folder: Path):
    """Run nginx with ``folder/nginx.conf``; the running process."""
    base = [nginx_program(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    checked = subprocess.run([*base, "-t"], capture_output=True, text=True)
    said = checked.stderr + (folder / "error.log").read_text("utf8")
    assert checked.returncode == 0 and "[warn]" not in said, said[-1500:]
    process = subprocess.Popen(base)
    try:
        until = time.monotonic() + 20
        while not _listens(folder):
            assert process.poll() is None and time.monotonic() < until, (folder / "error.log").read_text("utf8")[-1500:]
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


@contextmanager
def running(folder: Path, always: str = ""):
    """A :class:`Stack` while it lives.

    The first replica is started as the unit does, the second as the image of the Containerfile does, in the
    tree that its steps make.

    Parameters
    ----------
    folder : Path
    always : str
        Name under which everybody is logged in; by a cookie when empty.
    """
    https, http, *ports = (free_port() for _ in range(4))
    with ExitStack() as closing:
        postgres = closing.enter_context(postgres_server())
        login = closing.enter_context(login_service(always))
        file = units.with_settings(
            (units.DEPLOY / "environment").read_text("utf8").replace(units.STATE, str(folder)), DATABASE_URL=postgres.url("dashboard"),
            PUBLIC_URL=f"https://127.0.0.1:{https}", REVIEWERS=REVIEWER, REVIEWER_HEADER="X-Remote-User",
            **({"REPORTS_DIR": str(REPORTS)} if REPORTS.is_dir() else {}))
        (folder / "environment").write_text(file, "utf8")
        fresh_copy(folder / "image")
        (folder / "built").touch()
        bare = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(folder), **units.settings(file)}
        first = units.command(units.unit("jjj-dashboard@.service")["ExecStart"][0], ROOT, folder, str(ports[0]))
        first[0] = sys.executable
        inside = json.loads(dict(units.steps())["CMD"])
        second = [part.replace(units.PLACE, str(folder / "image")).replace("0.0.0.0", "127.0.0.1").replace("8501", str(ports[1])) for part in inside]
        replicas = [Replica(ports[0], ROOT, first, bare, folder / "first.log"), Replica(ports[1], folder / "image", second, bare, folder / "second.log")]
        _certificate(folder)
        _nginx_files(folder, tuple(ports), https, http, login)
        closing.enter_context(nginx(folder))
        for replica in replicas:
            replica.start()
            closing.callback(replica.kill)
        for replica in replicas:
            replica.ready()
        made = Stack(folder, replicas, https, http)
        made.postgres = postgres
        yield made


def main() -> None:
    """Run until interrupted."""
    with tempfile.TemporaryDirectory() as place, running(Path(place), always=REVIEWER) as stack:
        os.chmod(place, 0o755)
        print(f"BASE_URL={stack.url} SSL_CERT_FILE={stack.certificate} .venv/bin/python -m pytest tests/browser --no-cov", flush=True)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main()
