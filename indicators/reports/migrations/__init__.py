"""The steps from one schema of the database of reviews to the next, and back.

Each step is a file in ``versions/``, numbered from 0001. Its tables are written out there
once more: a step stays what it was when later steps change the tables. All steps of a run
happen in the transaction of the caller, so that a database is of one schema or of the other.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

_HERE = Path(__file__).parent


def run(connection: sa.Connection, to: str = "head", force: bool = False) -> tuple[int, int]:
    """Bring the database to a schema, within the transaction of `connection`.

    A database made before there were numbered steps holds schema 1 and no mark of it; it is
    marked, and nothing in it is touched.

    Parameters
    ----------
    connection : sqlalchemy.Connection
        In a transaction that holds the lock of :func:`indicators.reports.database.locked`.
    to : str
        ``head``, ``base`` (no tables) or the number of a step.
    force : bool
        Whether rows may be lost on the way down.

    Returns
    -------
    tuple of int
        The schema before and after; 0 stands for no tables.

    Raises
    ------
    ValueError
        If there is no such step, or rows would be lost.
    """
    from alembic import command

    from indicators.reports.database import version

    config, target = _config(connection), number(to)
    found = version(connection) or 0
    if found and not sa.inspect(connection).has_table("alembic_version"):
        command.stamp(config, _name(found))
    if target < found:
        if not force:
            _refuse_loss(connection, config, found, target)
        command.downgrade(config, _name(target))
    elif target > found:
        command.upgrade(config, _name(target))
    if target:
        held = sa.table("schema_version", sa.column("version"))
        connection.execute(held.delete())
        connection.execute(held.insert().values(version=target))
    return found, target


def number(to: str) -> int:
    """The number of a step that is named as ``head``, ``base``, ``0002`` or ``2``.

    Raises
    ------
    ValueError
        If there is none.
    """
    there = sorted(int(path.name[:4]) for path in (_HERE / "versions").glob("[0-9]*.py"))
    named = {"base": 0, "head": there[-1], "0": 0, "0000": 0, **{str(n): n for n in there}, **{f"{n:04d}": n for n in there}}
    if to not in named:
        raise ValueError(f"there is no revision {to!r} of the database; there are {', '.join(f'{n:04d}' for n in there)}, base and head")
    return named[to]


def _name(step: int) -> str:
    return f"{step:04d}" if step else "base"


def _config(connection):
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _refuse_loss(connection, config, found: int, target: int) -> None:
    from alembic.script import ScriptDirectory

    steps = ScriptDirectory.from_config(config).iterate_revisions(_name(found), _name(target))
    lost = {table: rows for step in steps for table in step.module.ADDS if (rows := rows_in(connection, table))}
    if lost:
        raise ValueError(f"going down to revision {_name(target)} would lose {', '.join(f'{n} rows of {table}' for table, n in lost.items())}; "
                         "make a backup and give --force")


def rows_in(connection, table: str) -> int:
    """How many rows a table holds; of the audit trail those that say more than that the schema was changed."""
    wanted = sa.select(sa.func.count()).select_from(sa.table(table))
    return connection.execute(wanted.where(sa.column("action") != "migrate") if table == "audit" else wanted).scalar()


def only_added(table: str) -> None:
    """Hold the database to it that rows of `table` are only ever added; for the steps."""
    from alembic import op

    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
                       f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END")
        return
    op.execute(f"CREATE FUNCTION {table}_kept() RETURNS trigger LANGUAGE plpgsql AS "
               f"$$ BEGIN RAISE EXCEPTION 'rows of {table} are only ever added'; END $$")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_kept()")


def drop(table: str) -> None:
    """Drop a table and what :func:`only_added` made for it."""
    from alembic import op

    op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION IF EXISTS {table}_kept()")
