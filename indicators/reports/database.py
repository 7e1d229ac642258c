"""The database of proposals and decisions: its tables, how it is opened, and its errors.

SQLite by default, PostgreSQL by ``DATABASE_URL``. The log of decisions is only ever added
to; triggers hold the database itself to that.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import time
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import exc

from indicators.reports.reviewed import StoreError, url

SCHEMA_VERSION = 1
STATES = ("proposed", "accepted", "corrected", "rejected")
ACTIONS = ("accept", "correct", "reject", "undo")

_PATIENCE = 20.0  # seconds that a writer waits for another
_PREPARING = 4_206_017  # key of the lock under which PostgreSQL creates the tables
_json = sa.JSON(none_as_null=True)
_metadata = sa.MetaData()

schema_version = sa.Table("schema_version", _metadata, sa.Column("version", sa.Integer, primary_key=True, autoincrement=False))

reports = sa.Table(
    "reports", _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sha256", sa.Text, nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("date", sa.Text, nullable=False),
    sa.Column("format", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("added_at", sa.Text, nullable=False),
    sa.Column("added_by", sa.Text, nullable=False),
)

proposals = sa.Table(
    "proposals", _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("report_id", sa.ForeignKey("reports.id"), nullable=False, index=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("figure", _json, nullable=False),
    sa.Column("row", _json),
    sa.Column("missing", _json, nullable=False),
    sa.Column("state", sa.Text, sa.CheckConstraint(f"state IN {STATES}", name="known_state"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
)

decisions = sa.Table(
    "decisions", _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("proposal_id", sa.ForeignKey("proposals.id"), nullable=False, index=True),
    sa.Column("action", sa.Text, sa.CheckConstraint(f"action IN {ACTIONS}", name="known_action"), nullable=False),
    sa.Column("row", _json),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

_KEPT = {
    "sqlite": [f"CREATE TRIGGER IF NOT EXISTS decisions_no_{verb} BEFORE {verb} ON decisions "
               "BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END" for verb in ("update", "delete")],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION decisions_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'decisions are only ever added'; END $$",
        "CREATE OR REPLACE TRIGGER decisions_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions "
        "FOR EACH STATEMENT EXECUTE FUNCTION decisions_kept()",
    ],
}


def engine() -> sa.Engine:
    """The engine of the database that is configured, its tables made on first use.

    Raises
    ------
    StoreError
        If it cannot be opened, or is of a schema that this program does not know.
    """
    return _engine(url())


@functools.lru_cache(maxsize=8)
def _engine(place: str) -> sa.Engine:
    try:
        made = _open(sa.make_url(place))
        _prepare(made)
    except (exc.SQLAlchemyError, ImportError, OSError) as error:
        raise StoreError(sentence(place, error)) from error
    return made


def _open(place: sa.URL) -> sa.Engine:
    dialect = place.get_backend_name()
    options = {"json_serializer": functools.partial(json.dumps, ensure_ascii=False, allow_nan=False)}
    if dialect == "postgresql":
        return sa.create_engine(place, pool_pre_ping=True, connect_args={"connect_timeout": 5}, **options)
    if dialect != "sqlite":
        raise StoreError(f"DATABASE_URL names a database of the kind {dialect}; accepted are sqlite and postgresql")
    if place.database and not place.database.startswith("file:"):
        Path(place.database).parent.mkdir(parents=True, exist_ok=True)
    made = sa.create_engine(place, connect_args={"timeout": _PATIENCE}, **options)
    sa.event.listen(made, "connect", _set_up_sqlite)
    sa.event.listen(made, "begin", _begin_sqlite)
    return made


def _set_up_sqlite(connection, _record) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection) -> None:
    # A writer takes the lock at once: turning a reader into a writer fails without waiting.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("write") else "BEGIN")


def _prepare(made: sa.Engine) -> None:
    """Make the tables where there are none. Several processes may arrive here at once."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            found = _version(made)
            if found is None:
                _create(made)
            elif found != SCHEMA_VERSION:
                raise StoreError(f"the database of reviews has schema {found}, this program knows {SCHEMA_VERSION}")
            return
        except exc.OperationalError as error:
            # switching a new file to WAL is refused without waiting while another process does it
            if "locked" not in str(error.orig) or time.monotonic() > end:
                raise
            time.sleep(0.05)


def _version(made: sa.Engine) -> int | None:
    with made.connect() as connection:
        if not sa.inspect(connection).has_table("schema_version"):
            return None
        return connection.execute(sa.select(schema_version.c.version)).scalar()


def _create(made: sa.Engine) -> None:
    with made.connect().execution_options(write=True) as connection, connection.begin():
        if made.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PREPARING)))
        _metadata.create_all(connection)
        for statement in _KEPT[made.dialect.name]:
            connection.exec_driver_sql(statement)
        if connection.execute(sa.select(schema_version)).first() is None:
            connection.execute(schema_version.insert().values(version=SCHEMA_VERSION))


@contextmanager
def transaction(write: bool = False):
    """A connection within one transaction; what the database refuses becomes a :class:`StoreError`.

    A broken constraint stays an :class:`sqlalchemy.exc.IntegrityError`, because its caller
    knows what it means.
    """
    try:
        with engine().connect().execution_options(write=write) as connection, connection.begin():
            yield connection
    except exc.IntegrityError:
        raise
    except (exc.DBAPIError, exc.TimeoutError) as error:
        raise StoreError(sentence(url(), error)) from error


def sentence(place: str, error: Exception) -> str:
    """One sentence on what is wrong with the database, without its password."""
    cause = getattr(error, "orig", None) or error
    reason = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
    if isinstance(error, exc.ArgumentError):
        return "DATABASE_URL is no database URL; accepted is for example postgresql://user:password@host/name or sqlite:////folder/file.sqlite"
    name = sa.make_url(place).render_as_string(hide_password=True)
    if isinstance(cause, sqlite3.OperationalError | OSError) and any(w in reason.lower() for w in ("readonly", "unable to open", "permission", "read-only")):
        return f"the database of reviews {name} cannot be opened for writing: {reason}; its file and folder must be writable"
    return f"the database of reviews {name} cannot be used: {reason}"
