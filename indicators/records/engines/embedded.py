"""DuckDB, inside this process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indicators.records.engines.engine import BATCH, ZONE, Engine, EngineError, dotted, header_of, line_of, literal, quoted


class DuckDB(Engine):
    """DuckDB, on a file that is read only or in memory."""

    kind = "duckdb"

    def __init__(self, path: str):
        super().__init__()
        import duckdb

        self._duckdb = duckdb
        # settings that keep it from fetching extensions from the network
        config = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
        try:
            self._connection = duckdb.connect(path or ":memory:", read_only=bool(path), config=config)
            self._connection.execute("SET preserve_insertion_order = false")
            self._connection.execute("SET enable_progress_bar = false")  # it would be printed among the results
            self._connection.execute(f"SET TimeZone = '{ZONE}'")
        except duckdb.Error as error:
            raise EngineError(f"DuckDB cannot open {path or 'its memory'}: {line_of(error)}") from None
        self.name, self.reader = f"duckdb {duckdb.__version__}", self._connection

    def _compiler(self):
        from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

        return DuckDBCompiler()

    def _execute(self, sql, *more):
        try:
            return self._connection.execute(sql, *more)
        except self._duckdb.Error as error:
            raise EngineError(f"DuckDB cannot run the query: {line_of(error)}") from None

    def _run(self, sql):
        answer = self._execute(sql)
        while batch := answer.fetchmany(BATCH):
            yield batch

    def described(self, name):
        return {row[0]: row[1] for row in self._execute(f"DESCRIBE {quoted(name)}").fetchall()}

    def files(self, name: str, kind: str, paths: list[Path]) -> None:
        listed = ", ".join(literal(str(p)) for p in paths)
        if kind == "parquet":
            how = f"read_parquet([{listed}])"
        else:
            columns = ", ".join(f"{literal(c)}: 'VARCHAR'" for c in header_of(paths[0]))
            how = (f"read_csv([{listed}], columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                   "new_line = '\\n', nullstr = '')")
        self._execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT * FROM {how}")

    def existing(self, name: str, table: str) -> None:
        self._execute(f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT * FROM {dotted(table)}")

    def small(self, name: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        self._execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} ({', '.join(f'{quoted(c)} VARCHAR' for c in columns)})")
        rows = list(rows)
        for start in range(0, len(rows), 500):
            part = rows[start:start + 500]
            marks = ", ".join(f"({', '.join('?' * len(columns))})" for _ in part)
            self._execute(f"INSERT INTO {quoted(name)} VALUES {marks}", [cell for row in part for cell in row])

    def close(self):
        self._connection.close()
