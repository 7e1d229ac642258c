"""A real PostgreSQL server for a test, which it may stop, start and kill."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa


def programs() -> Path | None:
    """The folder of initdb, installed from Debian where that is possible."""
    def found():
        places = [shutil.which("initdb"), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")))]
        return next((Path(p).resolve().parent for p in places if p), None)
    if not found() and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"], **quiet)
    return found()


class Postgres:
    """A server on a unix socket.

    Attributes
    ----------
    home : Path
        Folder of its socket, its data and its log; short, because a socket's path has 107 bytes at most.
    """

    def __init__(self, home: Path, run):
        self.home, self._run, self._known = home, run, {"postgres"}

    def url(self, name: str = "postgres") -> str:
        """URL of the database `name`, made when it is first asked for (the server must run then)."""
        if name not in self._known:
            admin = sa.create_engine(self._url("postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:
                connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
            admin.dispose()
            self._known.add(name)
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://review@/{name}?host={self.home}"

    def start(self, unless_running: bool = False) -> None:
        """Start it and wait until it answers."""
        if unless_running and (self.home / "data" / "postmaster.pid").exists():
            return
        # fsync guards against a machine that dies, which no test lets it do
        self._run("pg_ctl", "-D", self.home / "data", "-w", "-t", "120", "-o", f"-c listen_addresses='' -c fsync=off -k {self.home}", "-l", self.home / "log", "start")

    def stop(self) -> None:
        """Stop it as an administrator does: who is connected is cut off, open transactions are rolled back."""
        self._run("pg_ctl", "-D", self.home / "data", "-w", "-m", "fast", "stop")

    def kill(self) -> None:
        """End all its processes without a shutdown; the next start has to recover."""
        self._run("pg_ctl", "-D", self.home / "data", "-w", "-m", "immediate", "stop")


@contextmanager
def postgres_server(folder: Path | str | None = None):
    """Run a server of our own; a :class:`Postgres`, gone afterwards.

    Parameters
    ----------
    folder : path, optional
        Where its files are, a folder that the user ``postgres`` can reach and whose path is
        short; the system's temporary folder when omitted.

    A test is skipped where there is no PostgreSQL and none can be installed.
    """
    place = programs()
    if place is None:
        pytest.skip("there is no initdb, and apt-get cannot install postgresql here")
    home = Path(tempfile.mkdtemp(prefix="pg.", dir=_reachable(folder)))
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}  # it refuses to run as root
    if user:
        shutil.chown(home, "postgres", "postgres")

    def run(program, *arguments):
        subprocess.run([place / program, *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)

    server = Postgres(home, run)
    # it is ended by whoever reads the end of this pipe, so that a test process that is killed leaves no server behind
    end = subprocess.Popen(["sh", "-c", 'read _; "$0" -D "$1/data" -m immediate stop; rm -rf "$1"', place / "pg_ctl", home], cwd="/", stdin=subprocess.PIPE,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **user)
    try:
        run("initdb", "-D", home / "data", "-U", "review", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        server.start()
        yield server
    finally:
        end.communicate()
        shutil.rmtree(home, ignore_errors=True)


def _reachable(folder) -> str:
    """`folder` where a server can live in it, else the system's temporary folder (pytest's own are closed to other users)."""
    if folder is None or len(str(folder)) > 60:
        return tempfile.gettempdir()
    closed = os.geteuid() == 0 and any(p.exists() and not p.stat().st_mode & 0o001 for p in (Path(folder), *Path(folder).parents))
    return tempfile.gettempdir() if closed else str(folder)
