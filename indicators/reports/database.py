"""The database of reviews: how it is opened, brought to the schema of this program, and its errors.

SQLite by default, PostgreSQL by ``DATABASE_URL``. The logs in it are only ever added to;
triggers hold the database itself to that.
"""

from __future__ import annotations

import errno
import functools
import json
import os
import sqlite3
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc

from indicators.reports.reviewed import StoreError, url
from indicators.reports.schema import HOLDING, SCHEMA_VERSION, schema_version

_PATIENCE = 20.0  # seconds that a writer waits for another
_GATE = 4_206_017  # key of the lock under which tables of PostgreSQL are changed
# seconds (the last: milliseconds) after which a host that does not answer counts as away, also on a connection that stands
_REACHING = {"connect_timeout": 5, "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000}
_NOT_KEPT = "; nothing was kept"
_UNCERTAIN = "; whether it was kept shows when the database is back"
_migrating = threading.Lock()  # alembic serves one thread at a time


def engine() -> sa.Engine:
    """The engine of the database that is configured, brought to the schema of this program on first use.

    Raises
    ------
    StoreError
        If it cannot be opened, or is of a schema that this program does not know.
    """
    place = url()
    return _engine(place, True) if _at_rest(place) else _engine(place)


@functools.lru_cache(maxsize=8)
def _engine(place: str, _at_rest: bool = False) -> sa.Engine:
    with _said(place):
        made = _open(sa.make_url(place))
        try:
            _prepare(made)
        except BaseException:
            made.dispose()
            raise
        return made


@contextmanager
def unprepared():
    """An engine of the configured database as it stands, of whatever schema; closed afterwards."""
    place = url()
    with _said(place):
        made = _open(sa.make_url(place))
        try:
            yield made
        finally:
            made.dispose()


def _at_rest(place: str) -> bool:
    """Whether a database is an SQLite file that nobody has open, in a folder where we cannot write.

    SQLite cannot open such a file in the usual way, because its readers too make files beside it.
    """
    if not place.startswith("sqlite:///") or place.startswith("sqlite:///file:"):
        return False
    file = Path(place.removeprefix("sqlite:///").partition("?")[0])
    log = file.with_name(f"{file.name}-wal")
    try:
        never = bool(os.statvfs(file.parent).f_flag & os.ST_RDONLY)
        closed = never or not os.access(file.parent, os.W_OK, effective_ids=os.access in os.supports_effective_ids)
        return closed and file.is_file() and (not log.exists() or (never and not log.stat().st_size))
    except OSError:
        return False


@contextmanager
def _said(place: str):
    """What goes wrong with a database becomes one sentence."""
    try:
        yield
    except (exc.SQLAlchemyError, ImportError, OSError) as error:
        raise StoreError(sentence(place, error)) from error


def _open(place: sa.URL) -> sa.Engine:
    dialect = place.get_backend_name()
    options = {"json_serializer": functools.partial(json.dumps, ensure_ascii=False, allow_nan=False)}
    if dialect == "postgresql":
        given = {k: v for k, v in _REACHING.items() if k not in place.query}
        return sa.create_engine(place, pool_pre_ping=True, connect_args=given, **options)
    if dialect != "sqlite":
        raise StoreError(f"DATABASE_URL names a database of the kind {dialect}; accepted are sqlite and postgresql")
    if _at_rest(place.render_as_string()):
        # each transaction opens it anew, so that it is seen when it is written again
        file = f"file:{quote(str(Path(place.database).resolve()))}?mode=ro&immutable=1"
        made = sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(file, uri=True, check_same_thread=False), poolclass=sa.NullPool, **options)
        sa.event.listen(made, "connect", _leave_begin)
        sa.event.listen(made, "begin", _begin_sqlite)
        return made
    if place.database and not place.database.startswith("file:"):
        Path(place.database).parent.mkdir(parents=True, exist_ok=True)
    made = sa.create_engine(place, connect_args={"timeout": _PATIENCE}, **options)
    sa.event.listen(made, "connect", _set_up_sqlite)
    sa.event.listen(made, "begin", _begin_sqlite)
    return made


def _leave_begin(connection, _record) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late, see _begin_sqlite


def _set_up_sqlite(connection, record) -> None:
    _leave_begin(connection, record)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection) -> None:
    # A writer takes the lock at once: turning a reader into a writer fails without waiting.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")


def _prepare(made: sa.Engine) -> None:
    """Bring the database to the schema of this program. Several processes may arrive here at once."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            with made.connect() as connection:
                found = version(connection)
            if found != SCHEMA_VERSION:  # alembic is loaded for this only
                migrate(made)
            return
        except exc.OperationalError as error:
            # switching a new file to WAL is refused without waiting while another process does it
            if "locked" not in str(error.orig) or time.monotonic() > end:
                raise
            time.sleep(0.05)


def version(connection: sa.Connection) -> int | None:
    """The schema of a database; None where it has no tables of ours.

    Raises
    ------
    StoreError
        If it is newer than this program.
    """
    if not sa.inspect(connection).has_table("schema_version"):
        return None
    found = connection.execute(sa.select(schema_version.c.version)).scalar()
    if found is not None and found > SCHEMA_VERSION:
        raise StoreError(f"the database of reviews has schema {found}, this program knows {SCHEMA_VERSION}; a newer version of the program can open it")
    return found


def migrate(made: sa.Engine, to: str = "head", force: bool = False, by: str = "-") -> tuple[int, int]:
    """Bring a database to a schema in one transaction; see :func:`indicators.reports.migrations.run`.

    Returns
    -------
    tuple of int
        The schema before and after.
    """
    from indicators.reports import migrations, trail

    with _migrating, locked(made) as connection:
        before, after = migrations.run(connection, to, force)
        if before != after and after >= trail.SINCE:
            trail.note(connection, "migrate", f"schema {after}", by, before=before)
    return before, after


@contextmanager
def locked(made: sa.Engine):
    """A connection in a transaction that nobody else writes beside, and whose tables may be changed.

    On SQLite readers go on with what was there before. On PostgreSQL dropped tables have no
    readers, so everybody passes a gate (:func:`_enter`) that is closed meanwhile.
    """
    with made.connect().execution_options(write=True) as connection, connection.begin():
        if made.dialect.name == "postgresql":
            connection.execute(sa.select(_patient(), sa.func.pg_advisory_xact_lock(_GATE)))
            there = [table for table in HOLDING if sa.inspect(connection).has_table(table)]
            if there:  # for those who do not know the gate
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(there)} IN ACCESS EXCLUSIVE MODE")
        yield connection


@contextmanager
def snapshot(made: sa.Engine):
    """A connection whose transaction sees all tables as they are at this moment, and that nobody changes meanwhile."""
    if made.dialect.name != "postgresql":
        with made.connect() as connection, connection.begin():
            yield connection
        return
    # the moment must come after the gate was passed: rows restored later than it would not be seen
    with made.connect() as guard, guard.begin():
        _enter(guard, wait=True)
        with made.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection, connection.begin():
            yield connection


def _enter(connection: sa.Connection, wait: bool) -> None:
    """Pass the gate that is closed while tables of PostgreSQL are changed; who does not wait is told so."""
    if connection.dialect.name != "postgresql":
        return
    if wait:
        connection.execute(sa.select(_patient(), sa.func.pg_advisory_xact_lock_shared(_GATE)))
    elif not connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock_shared(_GATE))).scalar():
        raise StoreError("the database of reviews is being restored or migrated; it answers again in a moment")


def _patient():
    return sa.func.set_config("lock_timeout", f"{_PATIENCE:g}s", True)


@contextmanager
def transaction(write: bool = False, keeping: bool = False):
    """A connection within one transaction; what the database refuses becomes a :class:`StoreError`.

    A broken constraint stays an :class:`sqlalchemy.exc.IntegrityError`, because its caller
    knows what it means.

    Parameters
    ----------
    write : bool
        Whether it takes the place of a writer from the beginning.
    keeping : bool
        Whether it reads for something that is to be kept; then, as of a writer, an error says
        what became of that.
    """
    keeping = keeping or write
    try:
        made = engine()
    except StoreError as error:
        if not keeping:
            raise
        raise StoreError(f"{error}{_NOT_KEPT}") from error
    done = False
    try:
        with made.connect().execution_options(write=write) as connection, connection.begin():
            _enter(connection, wait=keeping)
            yield connection
            done = True
    except exc.IntegrityError:
        raise
    except (exc.DBAPIError, exc.TimeoutError) as error:
        # a connection that is cut while the transaction is being ended leaves open which way it ended
        uncertain = done and getattr(error, "connection_invalidated", False)
        raise StoreError(sentence(url(), error) + ("" if not keeping else _UNCERTAIN if uncertain else _NOT_KEPT)) from error


def sentence(place: str, error: Exception) -> str:
    """One sentence on what is wrong with the database, without its password."""
    cause = getattr(error, "orig", None) or error
    reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if isinstance(error, exc.ArgumentError):
        return "DATABASE_URL is no database URL; accepted is for example postgresql://user:password@host/name or sqlite:////folder/file.sqlite"
    name = sa.make_url(place).render_as_string(hide_password=True)
    if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or getattr(cause, "errno", None) == errno.ENOSPC:
        return f"the database of reviews {name} cannot be written: the disk is full"
    if isinstance(cause, sqlite3.OperationalError | OSError) and any(w in reason.lower() for w in ("readonly", "unable to open", "permission", "read-only")):
        return f"the database of reviews {name} cannot be opened for writing: {reason}; its file and folder must be writable"
    return f"the database of reviews {name} cannot be used: {reason}"
