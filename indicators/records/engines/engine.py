"""What an engine is, and what the engines share."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ZONE = "Asia/Shanghai"
BATCH = 50_000

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


class Engine(ABC):
    """A connection to an engine; what it runs are expressions of Ibis, or queries that were written from them.

    Whatever an engine refuses is raised as :class:`EngineError`.

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

    @abstractmethod
    def files(self, name: str, kind: str, paths: list[Path]) -> None:
        """Open files as one table.

        Parameters
        ----------
        name : str
            Of the table.
        kind : {"csv", "parquet"}
            Cells of CSV are text, an empty cell is null; the first file's header names the columns.
        paths : list of Path
            At least one, all with the same columns.
        """

    @abstractmethod
    def existing(self, name: str, table: str) -> None:
        """Call a table that the engine has, which may be named with its schema, by another name."""

    @abstractmethod
    def small(self, name: str, columns: tuple[str, ...], rows: Iterable[tuple]) -> None:
        """Make a table of texts that this process holds."""

    @abstractmethod
    def described(self, name: str) -> dict[str, str]:
        """The columns of a table and their types, as the engine names them."""

    @abstractmethod
    def close(self) -> None:
        """End the connection; tables that were made for it go with it."""

    @abstractmethod
    def _run(self, sql: str) -> Iterator[list[tuple]]:
        """Rows of an answer, at most ``BATCH`` at a time."""

    @abstractmethod
    def _compiler(self):
        """What Ibis writes this engine's SQL with."""

    def query(self, expression) -> Query:
        """The query of an Ibis expression for this engine."""
        if isinstance(expression, Query):
            return expression
        if expression.op() not in self._written:
            self._written[expression.op()] = Query(sql_of(self._compiler(), expression, self.kind != "duckdb"), tuple(expression.schema()))
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


def duckdb_sql(expression) -> str:
    """The SQL of an expression as DuckDB would run it, whichever engine does."""
    from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

    return sql_of(DuckDBCompiler(), expression)


def sql_of(compiler, expression, shifts: bool = False) -> str:
    """The SQL of an expression; with `shifts`, for an engine that shifts what its left side is, by no more than an int."""
    tree = compiler.to_sqlglot(expression)
    if shifts:
        from sqlglot import expressions

        for shift in tree.find_all(expressions.BitwiseLeftShift):
            shift.set("this", expressions.cast(shift.this, "bigint"))
            shift.set("expression", expressions.cast(shift.expression, "int"))
    return tree.sql(dialect=compiler.dialect, pretty=True)


# --- small things ----------------------------------------------------------------------


def line_of(error: Exception) -> str:
    """The first line of what an engine says, at most 300 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__


def quoted(name: str) -> str:
    """A name as SQL quotes it."""
    return '"' + name.replace('"', '""') + '"'


def dotted(name: str) -> str:
    """A name with its schema, each part quoted."""
    return ".".join(quoted(part) for part in name.split("."))


def literal(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def without_password(url: str) -> str:
    """An address that may be shown."""
    return re.sub(r"//([^/@:]*):[^@/]*@", r"//\1:***@", url)


def header_of(path: Path) -> list[str]:
    """The cells of a CSV file's first line."""
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        return next(csv.reader(file))
