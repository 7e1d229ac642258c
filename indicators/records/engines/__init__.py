"""The engines that run a statistic: DuckDB inside this process, PostgreSQL, Apache Spark.

An engine opens records under a name, takes small tables of places, and runs the SQL that Ibis makes
of an expression for it. Times with a zone are read as Beijing time everywhere.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from indicators.records.engines.embedded import DuckDB
from indicators.records.engines.engine import Engine, EngineError, Query, duckdb_sql, without_password
from indicators.records.engines.postgresql import PostgreSQL
from indicators.records.engines.spark import Spark

__all__ = ["Engine", "EngineError", "Query", "connect", "duckdb_sql"]

KINDS = "duckdb, duckdb:///FILE, postgresql://USER@HOST/NAME, spark://HOST:PORT"


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
        engine = DuckDB("")
    elif url.startswith("duckdb:///"):
        path = "/" + url.removeprefix("duckdb://").lstrip("/")
        if not Path(path).is_file():
            raise EngineError(f"there is no DuckDB file {path}")
        engine = DuckDB(path)
    elif re.match(r"postgres(ql)?(\+psycopg)?://", url):
        engine = PostgreSQL(re.sub(r"^postgres(ql)?(\+psycopg)?://", "postgresql://", url))
    elif url.startswith("spark://") and urlsplit(url).netloc:
        engine = Spark(url)
    else:
        raise EngineError(f"there is no engine {without_password(url)!r}; accepted are {KINDS}")
    try:
        yield engine
    finally:
        engine.close()
