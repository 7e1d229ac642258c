"""The engines that run a statistic: DuckDB inside this process, PostgreSQL, Apache Spark.

An engine opens records under a name, takes small tables of places, and runs the SQL that Ibis makes
of an expression for it. Times with a zone are read as Beijing time everywhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ZONE = "Asia/Shanghai"
BATCH = 50_000
KINDS = "duckdb, duckdb:///FILE, postgresql://USER@HOST/NAME, spark://HOST:PORT"

_NAMES = (("float", "float64"), ("double", "float64"), ("real", "float32"), ("numeric", "decimal"), ("decimal", "decimal"), ("timestamp", "timestamp"),
          ("date", "date"), ("bool", "boolean"), ("string", "string"), ("varchar", "string"), ("character", "string"), ("text", "string"))
_WHOLE = re.compile(r"(u?(tiny|small|big)?int(eger)?(2|4|8)?|hugeint|short|byte|long)\b")


class EngineError(ValueError):
    """The engine cannot be reached or used; one sentence says which and why."""


def _type(name: str) -> str:
    """Ibis' word for a type as an engine names it."""
    name = name.lower().strip('"')
    if name == "float" or name.startswith("real"):
        return "float32"
    if _WHOLE.match(name):
        return "int64"
    return next((word for start, word in _NAMES if name.startswith(start)), "string" if name == "name" else name)


@dataclass(frozen=True)
class Query:
    """A query in the words of an engine.

    Attributes
    ----------
    sql : str
    names : tuple of str
        The columns of its answer.
    """

    sql: str
    names: tuple[str, ...]


class Engine:
    """A connection to an engine; what it runs are expressions of Ibis, or queries that were written from them.

    Attributes
    ----------
    name : str
        Engine and version, such as ``duckdb 2.0.0``.
    """

    kind = ""
    #: A connection of DuckDB, where the engine is that.
    reader = None

    def __init__(self):
        self._written: dict = {}

    def query(self, expression) -> Query:
        """The query of an Ibis expression for this engine."""
        if isinstance(expression, Query):
            return expression
        if expression.op() not in self._written:
            self._written[expression.op()] = Query(_sql(self._compiler(), expression, self.kind != "duckdb"), tuple(expression.schema()))
        return self._written[expression.op()]

    def rows(self, expression) -> list[dict]:
        """All rows of a small answer."""
        return list(self.stream(expression))

    def stream(self, expression) -> Iterator[dict]:
        """Rows of an answer that may be long, a batch at a time in memory."""
        query = self.query(expression)
        for batch in self._run(query.sql):
            for row in batch:
                yield dict(zip(query.names, row))

    def settled(self, expression, name: str):
        """The same rows to be asked for several times; made a table where the engine would make them anew each time."""
        return expression

    def table(self, name: str):
        """An Ibis table of what was opened or made under that name."""
        import ibis

        described = self.described(name)
        schema = {}
        for column, given in described.items():
            kind = _type(given)
            schema[column] = {"decimal": "decimal(38, 9)"}.get(kind, kind)
        try:
            return ibis.table(schema, name=name)
        except Exception:
            odd = {c: t for c, t in described.items() if _type(t) not in ("string", "int64", "float32", "float64", "decimal", "timestamp", "date", "boolean")}
            usable = {c: t for c, t in schema.items() if c not in odd}
            return ibis.table(usable, name=name)


class _DuckDB(Engine):
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
            raise EngineError(f"DuckDB cannot open {path or 'its memory'}: {_line(error)}") from None
        self.name, self.reader = f"duckdb {duckdb.__version__}", self._connection

    def _compiler(self):
        from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

        return DuckDBCompiler()

    def _execute(self, sql, *more):
        try:
            return self._connection.execute(sql, *more)
        except self._duckdb.Error as error:
            raise EngineError(f"DuckDB cannot run the query: {_line(error)}") from None

    def _run(self, sql):
        answer = self._execute(sql)
        while batch := answer.fetchmany(BATCH):
            yield batch

    def described(self, name):
        return {row[0]: row[1] for row in self._execute(f"DESCRIBE {_quoted(name)}").fetchall()}

    def files(self, name: str, kind: str, paths: list[Path]) -> None:
        listed = ", ".join(_text(str(p)) for p in paths)
        if kind == "parquet":
            how = f"read_parquet([{listed}])"
        else:
            columns = ", ".join(f"{_text(c)}: 'VARCHAR'" for c in _header(paths[0]))
            how = (f"read_csv([{listed}], columns = {{{columns}}}, header = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                   "new_line = '\\n', nullstr = '')")
        self._execute(f"CREATE OR REPLACE TEMP VIEW {_quoted(name)} AS SELECT * FROM {how}")

    def existing(self, name: str, table: str) -> None:
        self._execute(f"CREATE OR REPLACE TEMP VIEW {_quoted(name)} AS SELECT * FROM {_dotted(table)}")

    def small(self, name: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        self._execute(f"CREATE OR REPLACE TEMP TABLE {_quoted(name)} ({', '.join(f'{_quoted(c)} VARCHAR' for c in columns)})")
        rows = list(rows)
        for start in range(0, len(rows), 500):
            part = rows[start:start + 500]
            marks = ", ".join(f"({', '.join('?' * len(columns))})" for _ in part)
            self._execute(f"INSERT INTO {_quoted(name)} VALUES {marks}", [cell for row in part for cell in row])

    def close(self):
        self._connection.close()


class _Postgres(Engine):
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
            raise EngineError(f"PostgreSQL at {_without_password(url)} cannot be used: {_line(error)}") from None
        self.name = f"postgresql {version // 10000}.{version % 10000}"

    def _compiler(self):
        from ibis.backends.sql.compilers.postgres import PostgresCompiler

        return PostgresCompiler()

    @contextmanager
    def _errors(self):
        try:
            yield
        except self._psycopg.Error as error:
            raise EngineError(f"PostgreSQL at {_without_password(self._url)} cannot run the query: {_line(error)}") from None

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
                              "ORDER BY attnum", (_quoted(name),))
        return dict(found.fetchall())

    def files(self, name: str, kind: str, paths: list[Path]) -> None:
        if kind == "csv":
            columns = dict.fromkeys(_header(paths[0]), "text")
            parts = _chunks(paths)
        else:
            from pyarrow import parquet

            columns = {field.name: _postgres_type(field.type) for field in parquet.read_schema(paths[0])}
            parts = _parquet_as_csv(paths, list(columns))
        self._execute(f"CREATE TEMP TABLE {_quoted(name)} ({', '.join(f'{_quoted(c)} {t}' for c, t in columns.items())}) ON COMMIT DROP")
        with self._errors(), self._connection.cursor() as cursor, cursor.copy(f"COPY {_quoted(name)} FROM STDIN (FORMAT csv)") as copy:
            for part in parts:
                copy.write(part)
        self._execute(f"ANALYZE {_quoted(name)}")

    def existing(self, name: str, table: str) -> None:
        self._execute(f"CREATE TEMP VIEW {_quoted(name)} AS SELECT * FROM {_dotted(table)}")

    def settled(self, expression, name: str):
        import ibis

        self._execute(f"CREATE TEMP TABLE {_quoted(name)} ON COMMIT DROP AS {self.query(expression).sql}")
        self._execute(f"ANALYZE {_quoted(name)}")
        return ibis.table(expression.schema(), name=name)

    def small(self, name: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        self._execute(f"CREATE TEMP TABLE {_quoted(name)} ({', '.join(f'{_quoted(c)} text' for c in columns)}) ON COMMIT DROP")
        with self._errors(), self._connection.cursor() as cursor, cursor.copy(f"COPY {_quoted(name)} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._execute(f"ANALYZE {_quoted(name)}")

    def close(self):
        self._connection.rollback()
        self._connection.close()


class _Spark(Engine):
    kind = "spark"

    def __init__(self, url: str):
        super().__init__()
        try:
            from pyspark.errors import PySparkException
            from pyspark.sql import SparkSession
        except ImportError:
            raise EngineError("Spark needs pyspark: pip install -r requirements-cluster.txt") from None
        self._error = PySparkException
        # what the cluster's operator sets in spark-defaults.conf or SPARK_CONF_DIR holds besides these
        settings = {"spark.sql.session.timeZone": ZONE, "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}
        builder = SparkSession.builder.master(url).appName("indicators compute")
        for key, value in settings.items():
            builder = builder.config(key, value)
        self._shared = SparkSession.getActiveSession() is not None  # somebody else's session is left running
        try:
            self._session = builder.getOrCreate()
        except Exception as error:  # py4j and Spark raise many kinds here
            raise EngineError(f"Spark at {url} cannot be used: {_line(error)}") from None
        self.name = f"spark {self._session.version}"

    def _compiler(self):
        import ibis
        from ibis.backends.sql.compilers.pyspark import PySparkCompiler

        class Options(ibis.config.Config):
            treat_nan_as_null: bool = False

        # the compiler asks for options that only Ibis' own connection would set
        ibis.options.pyspark = ibis.options.pyspark or Options()
        return PySparkCompiler()

    @contextmanager
    def _errors(self):
        try:
            yield
        except Exception as error:  # PySparkException, and what py4j passes on from Java
            if isinstance(error, self._error) or type(error).__module__.startswith("py4j"):
                raise EngineError(f"Spark cannot run the query: {_line(error)}") from None
            raise

    def rows(self, expression) -> list[dict]:
        # one job; the iterator of a stream runs one for every partition
        query = self.query(expression)
        with self._errors():
            return [dict(zip(query.names, row)) for row in self._session.sql(query.sql).collect()]

    def _run(self, sql):
        with self._errors():
            batch = []
            for row in self._session.sql(sql).toLocalIterator(prefetchPartitions=True):
                batch.append(tuple(row))
                if len(batch) == BATCH:
                    yield batch
                    batch = []
            yield batch

    def described(self, name):
        return dict(self._session.table(name).dtypes)

    def files(self, name: str, kind: str, paths: list[Path]) -> None:
        listed = [p.as_uri() for p in paths]
        with self._errors():
            if kind == "parquet":
                frame = self._session.read.parquet(*listed)
            else:
                columns = ", ".join(f"`{c.replace('`', '``')}` string" for c in _header(paths[0]))
                frame = self._session.read.schema(columns).csv(listed, header=True, quote='"', escape='"', multiLine=False, enforceSchema=True)
            frame.createOrReplaceTempView(name)

    def existing(self, name: str, table: str) -> None:
        with self._errors():
            self._session.table(table).createOrReplaceTempView(name)

    def small(self, name: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        # as SQL text, not by createDataFrame, which starts a Python on every worker
        values = ", ".join(f"({', '.join(_spark_text(cell) for cell in row)})" for row in rows)
        with self._errors():
            self._session.sql(f"SELECT * FROM VALUES {values} AS t({', '.join(columns)})").createOrReplaceTempView(name)

    def close(self):
        if not self._shared:
            self._session.stop()


def duckdb_sql(expression) -> str:
    """The SQL of an expression as DuckDB would run it, whichever engine does."""
    from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

    return _sql(DuckDBCompiler(), expression)


def _sql(compiler, expression, shifts: bool = False) -> str:
    """The SQL of an expression; with `shifts`, for an engine that shifts what its left side is, by no more than an int."""
    tree = compiler.to_sqlglot(expression)
    if shifts:
        from sqlglot import expressions

        for shift in tree.find_all(expressions.BitwiseLeftShift):
            shift.set("this", expressions.cast(shift.this, "bigint"))
            shift.set("expression", expressions.cast(shift.expression, "int"))
    return tree.sql(dialect=compiler.dialect, pretty=True)


# --- small things ----------------------------------------------------------------------


def _line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _dotted(name: str) -> str:
    return ".".join(_quoted(part) for part in name.split("."))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _spark_text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _without_password(url: str) -> str:
    return re.sub(r"//([^/@:]*):[^@/]*@", r"//\1:***@", url)


def _header(path: Path) -> list[str]:
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))


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


@contextmanager
def connect(url: str = "duckdb"):
    """Open an engine; it is closed afterwards.

    Parameters
    ----------
    url : str
        ``duckdb`` (inside this process), ``duckdb:///FILE``, ``postgresql://...`` or ``spark://HOST:PORT``.

    Raises
    ------
    EngineError
        If there is no such engine or it cannot be reached.
    """
    if url in ("", "duckdb", "duckdb://"):
        engine = _DuckDB("")
    elif url.startswith("duckdb:///"):
        path = "/" + url.removeprefix("duckdb://").lstrip("/")
        if not Path(path).is_file():
            raise EngineError(f"there is no DuckDB file {path}")
        engine = _DuckDB(path)
    elif re.match(r"postgres(ql)?(\+psycopg)?://", url):
        engine = _Postgres(re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql://", url))
    elif url.startswith("spark://") and urlsplit(url).netloc:
        engine = _Spark(url)
    else:
        raise EngineError(f"there is no engine {_without_password(url)!r}; accepted are {KINDS}")
    try:
        yield engine
    finally:
        engine.close()
