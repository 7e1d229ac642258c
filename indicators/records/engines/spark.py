"""Apache Spark: a cluster whose workers read the files themselves."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

from indicators.records.engines.engine import BATCH, ZONE, Engine, EngineError, header_of, line_of


class Spark(Engine):
    """Apache Spark, by the address of its master."""

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
            raise EngineError(f"Spark at {url} cannot be used: {line_of(error)}") from None
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
                raise EngineError(f"Spark cannot run the query: {line_of(error)}") from None
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
                columns = ", ".join(f"`{c.replace('`', '``')}` string" for c in header_of(paths[0]))
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


def _spark_text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
