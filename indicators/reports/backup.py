"""The database of reviews as one file, and back: between machines, and between SQLite and PostgreSQL.

The file is a zip with a ``manifest.json`` and a table a member, a JSON object a line. Its
comment is the SHA-256 of all bytes before it, so that no byte can change unnoticed.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from indicators.reports import migrations, reviewed, trail
from indicators.reports.database import locked, snapshot, unprepared, version
from indicators.reports.reviewed import StoreError
from indicators.reports.schema import HOLDING, SCHEMA_VERSION
from indicators.whole import whole

FORMAT = "backup of the database of reviews"
_DIGEST = 64  # characters of the comment
_BATCH = 500  # rows at a time
_PIECE = 1 << 20


def backup(path, by: str = "-") -> dict:
    """Write all rows of the configured database to a file, while others go on working.

    All rows are of one moment. The file is written beside `path` and then takes its place. An
    older schema is kept as it is.

    Parameters
    ----------
    path : str or Path
        An earlier backup there is replaced, any other file is not.
    by : str
        Who makes it, for the audit trail.

    Returns
    -------
    dict
        The manifest: ``format``, ``schema``, ``made_at`` and, for each table, ``rows`` and
        ``sha256``; and ``noted``, a sentence why the trail does not tell of it, or empty.

    Raises
    ------
    StoreError
        If there is no database, or it or the file cannot be used.
    """
    path = Path(path)
    if not reviewed.exists():
        raise StoreError(f"there is no database of reviews at {reviewed.url().removeprefix('sqlite:///')}")
    _refuse_other(path)
    with unprepared() as made:
        with snapshot(made) as connection:
            if not version(connection):
                raise StoreError("the database of reviews has no tables yet, so there is nothing to keep")
            manifest = _write(connection, path)
    noted = ""
    if manifest["schema"] >= trail.SINCE:
        try:  # a backup is wanted most when the database can only be read
            with unprepared() as made, made.connect().execution_options(write=True) as connection, connection.begin():
                trail.note(connection, "backup", path.name, by, rows=_rows_of(manifest))
        except StoreError as error:
            noted = f"the backup is complete, but the audit trail does not tell of it: {error}"
    return {**manifest, "noted": noted}


def restore(path, replace: bool = False, keep=None, by: str = "-") -> dict:
    """Fill the configured database from a backup, all or nothing.

    The file is verified before the database is touched. An older schema is brought to that of
    this program.

    Parameters
    ----------
    path : str or Path
        A file of :func:`backup`, from either kind of database.
    replace : bool
        Whether a database that holds something may be replaced. It is kept as a backup first.
    keep : str or Path, optional
        The file in which it is kept; beside `path`, with the time in its name, when omitted.
    by : str
        Who restores, for the audit trail.

    Returns
    -------
    dict
        The manifest of `path`, and ``kept``: the file with what was there before, or None.

    Raises
    ------
    StoreError
        If the file is damaged, cut off, of another program or of a later version; if the
        database holds something and `replace` is not given; if either cannot be used.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            manifest = _verified(file, path)
            kept = _fill(file, manifest, path, replace, keep, by)
    except OSError as error:
        raise StoreError(f"the backup {path} cannot be read: {error.strerror or error}") from error
    reviewed.forget()
    return {**manifest, "kept": kept}


def _fill(file, manifest, path, replace, keep, by):
    with unprepared() as made, locked(made) as connection:
        kept = None
        if holds := _holds(connection):
            if not replace:
                raise StoreError(f"the database of reviews holds {holds}; a restore goes into an empty one, or replaces it when --replace is given")
            kept = Path(keep) if keep else path.with_name(f"{path.stem}-replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z.zip")
            if kept.exists():
                raise StoreError(f"{kept} is there already; name another file for what is replaced")
            _write(connection, kept)
        try:
            migrations.run(connection, "base", force=True)
            migrations.run(connection, str(manifest["schema"]))
            _load(connection, file, manifest, path)
            migrations.run(connection, "head")
            trail.note(connection, "restore", path.name, by, made_at=manifest["made_at"], rows=_rows_of(manifest), schema=manifest["schema"],
                       replaced=kept.name if kept else None)
        except BaseException:
            if kept:
                kept.unlink(missing_ok=True)  # the database is as it was
            raise
    return kept


def _holds(connection) -> str:
    """What stands in a database, in words; empty where a restore loses nothing."""
    if not version(connection):
        return ""
    there = [(table, migrations.rows_in(connection, table)) for table in HOLDING if sa.inspect(connection).has_table(table)]
    return ", ".join(f"{rows} rows of {table}" for table, rows in there if rows)


def _rows_of(manifest) -> dict:
    return {table: about["rows"] for table, about in manifest["tables"].items()}


def _tables(connection) -> list[sa.Table]:
    """The tables that hold rows as they stand in this database, which may be of an older schema."""
    names = [name for name in HOLDING if sa.inspect(connection).has_table(name)]
    found = sa.MetaData()
    found.reflect(connection, only=names)
    for column in (c for name in names for c in found.tables[name].c if isinstance(c.type, sa.JSON)):
        column.type = sa.JSON(none_as_null=True)
    return [found.tables[name] for name in names]


# --- writing ---------------------------------------------------------------------------


def _refuse_other(path: Path) -> None:
    """A name that was mistaken must not cost a file, least of all the database."""
    with suppress(FileNotFoundError, zipfile.BadZipFile), zipfile.ZipFile(path) as there:
        if "manifest.json" in there.namelist():
            return
    if path.exists():
        raise StoreError(f"{path} is there already and is no backup; name another file")


def _write(connection, path: Path) -> dict:
    """Write the rows that a transaction sees."""
    try:
        with whole(path, "w+b", permissions=0o600) as new:
            manifest = {"format": FORMAT, "schema": version(connection), "made_at": trail.now(), "tables": {}}
            with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
                for table in _tables(connection):
                    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
                        manifest["tables"][table.name] = _write_rows(connection, table, member)
                archive.writestr("manifest.json", json.dumps(manifest, indent=1))
                archive.comment = b"0" * _DIGEST
            end = new.seek(-_DIGEST, os.SEEK_END)
            digest = _digest(new, end)
            new.seek(end)
            new.write(digest)
    except OSError as error:
        raise StoreError(f"the backup cannot be written to {path}: {error.strerror or error}") from error
    return manifest


def _write_rows(connection, table: sa.Table, member) -> dict:
    hashed, count = hashlib.sha256(), 0
    for row in connection.execute(sa.select(table).order_by(table.c.id), execution_options={"yield_per": _BATCH}).mappings():
        line = json.dumps(dict(row), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        member.write(line)
        hashed.update(line)
        count += 1
    return {"rows": count, "sha256": hashed.hexdigest()}


def _digest(file, end: int) -> bytes:
    file.seek(0)
    hashed = hashlib.sha256()
    while end > 0:
        piece = file.read(min(_PIECE, end))
        if not piece:
            break
        hashed.update(piece)
        end -= len(piece)
    return hashed.hexdigest().encode()


# --- reading ---------------------------------------------------------------------------


def _verified(file, path: Path) -> dict:
    """The manifest of a file that is whole in every byte."""
    if file.read(2) != b"PK":
        raise StoreError(f"{path} is no backup of the database of reviews")
    size = file.seek(0, os.SEEK_END)
    end = max(size - _DIGEST, 0)
    file.seek(end)
    comment = file.read()
    if _digest(file, end) != comment:
        raise StoreError(f"{path} is damaged, cut off or no backup of the database of reviews: its checksum does not fit")
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read("manifest.json"))
            if manifest["format"] != FORMAT or manifest["schema"] < 1:
                raise ValueError
            if manifest["schema"] > SCHEMA_VERSION:
                raise StoreError(f"{path} has schema {manifest['schema']}, this program knows {SCHEMA_VERSION}; a newer version of the program can restore it")
            for table, about in manifest["tables"].items():
                if table not in HOLDING:
                    raise ValueError
                hashed = hashlib.sha256()
                with archive.open(f"{table}.jsonl") as member:
                    while piece := member.read(_PIECE):
                        hashed.update(piece)
                if hashed.hexdigest() != about["sha256"]:
                    raise StoreError(f"{path} is damaged: the rows of {table} are not those that were kept")
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise StoreError(f"{path} is no backup of the database of reviews") from error
    return manifest


def _load(connection, file, manifest, path: Path) -> None:
    tables = {table.name: table for table in _tables(connection)}
    other = f"{path} is no backup of schema {manifest['schema']}"
    if tables.keys() != manifest["tables"].keys():
        raise StoreError(f"{other}: it holds the tables {', '.join(manifest['tables'])}")
    with zipfile.ZipFile(file) as archive:
        for name, table in tables.items():
            with archive.open(f"{name}.jsonl") as member:
                lines = (json.loads(line) for line in member)
                while rows := list(itertools.islice(lines, _BATCH)):
                    if any(set(row) != set(table.c.keys()) for row in rows):
                        raise StoreError(f"{other}: the columns of {name} are others")
                    connection.execute(table.insert(), rows)
            if connection.dialect.name == "postgresql" and manifest["tables"][name]["rows"]:
                last = sa.select(sa.func.max(table.c.id)).scalar_subquery()
                connection.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(name, "id"), last)))
