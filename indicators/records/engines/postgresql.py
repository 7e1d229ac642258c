"""PostgreSQL: records are copied into a table that goes with the connection, or read where they are."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from indicators.records.engines.engine import BATCH, ZONE, Engine, EngineError, dotted, header_of, line_of, quoted, without_password


class PostgreSQL(Engine):
    """A PostgreSQL server, in one transaction that is rolled back."""

    kind = "postgresql"

    def __init__(self, url: str):
        super().__init__()
        import psycopg

        self._psycopg, self._url = psycopg, url
        try:
            self._connection = psycopg.connect(url, connect_timeout=5)
            self._connection.execute(f"SET LOCAL TIME ZONE '{ZONE}'")
            version = self._connection.info.server_version
        except psycopg.Error as error:
            raise EngineError(f"PostgreSQL at {without_password(url)} cannot be used: {line_of(error)}") from None
        self.name = f"postgresql {version // 10000}.{version % 10000}"

    def _compiler(self):
        from ibis.backends.sql.compilers.postgres import PostgresCompiler

        return PostgresCompiler()

    @contextmanager
    def _errors(self):
        try:
            yield
        except self._psycopg.Error as error:
            raise EngineError(f"PostgreSQL at {without_password(self._url)} cannot run the query: {line_of(error)}") from None

    def _execute(self, sql, *more):
        with self._errors():
            return self._connection.execute(sql, *more)

    def _run(self, sql):
        with self._errors(), self._connection.cursor(name="answer") as cursor:
            cursor.itersize = BATCH
            cursor.execute(sql)
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def described(self, name):
        found = self._execute("SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped "
                              "ORDER BY attnum", (quoted(name),))
        return dict(found.fetchall())

    def files(self, name: str, kind: str, paths: list[Path]) -> None:
        if kind == "csv":
            columns = dict.fromkeys(header_of(paths[0]), "text")
            parts = _chunks(paths)
        else:
            from pyarrow import parquet

            columns = {field.name: _postgres_type(field.type) for field in parquet.read_schema(paths[0])}
            parts = _parquet_as_csv(paths, list(columns))
        self._execute(f"CREATE TEMP TABLE {quoted(name)} ({', '.join(f'{quoted(c)} {t}' for c, t in columns.items())}) ON COMMIT DROP")
        with self._errors(), self._connection.cursor() as cursor, cursor.copy(f"COPY {quoted(name)} FROM STDIN (FORMAT csv)") as copy:
            for part in parts:
                copy.write(part)
        self._execute(f"ANALYZE {quoted(name)}")

    def existing(self, name: str, table: str) -> None:
        self._execute(f"CREATE TEMP VIEW {quoted(name)} AS SELECT * FROM {dotted(table)}")

    def settled(self, expression, name: str):
        import ibis

        self._execute(f"CREATE TEMP TABLE {quoted(name)} ON COMMIT DROP AS {self.query(expression).sql}")
        self._execute(f"ANALYZE {quoted(name)}")
        return ibis.table(expression.schema(), name=name)

    def small(self, name: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        self._execute(f"CREATE TEMP TABLE {quoted(name)} ({', '.join(f'{quoted(c)} text' for c in columns)}) ON COMMIT DROP")
        with self._errors(), self._connection.cursor() as cursor, cursor.copy(f"COPY {quoted(name)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._execute(f"ANALYZE {quoted(name)}")

    def close(self):
        self._connection.rollback()
        self._connection.close()


def _chunks(paths: list[Path]) -> Iterator[bytes]:
    """The bytes of CSV files without their first lines."""
    for path in paths:
        with path.open("rb") as file:
            file.readline()
            last = b"\n"
            while part := file.read(1 << 20):
                last = part[-1:]
                yield part
            if last != b"\n":
                yield b"\n"


def _postgres_type(kind) -> str:
    from pyarrow import types

    if types.is_integer(kind):
        return "bigint"
    if types.is_float32(kind):
        return "real"
    if types.is_floating(kind):
        return "double precision"
    if types.is_decimal(kind):
        return "numeric"
    if types.is_timestamp(kind):
        return "timestamp" if kind.tz is None else "timestamptz"
    return {types.is_date(kind): "date", types.is_boolean(kind): "boolean"}.get(True, "text")


def _parquet_as_csv(paths: list[Path], columns: list[str]) -> Iterator[bytes]:
    from pyarrow import csv, parquet

    options = csv.WriteOptions(include_header=False)
    for path in paths:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(BATCH, columns=columns):
                text = io.BytesIO()
                csv.write_csv(batch, text, options)
                yield text.getvalue()
