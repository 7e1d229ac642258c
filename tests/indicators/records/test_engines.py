"""DuckDB, PostgreSQL and Spark give the same figures, counts and lists of the same records."""

import datetime

import pyarrow as pa
import pytest

from indicators.records.compute import compute
from tests.indicators.records import made
from tests.indicators.records.spark import spark_cluster
from tests.postgres import postgres_server

TODAY = datetime.date(2024, 6, 1)
_BAD = ["b1,2023-02-30 00:00,900", "b9,2023-01-01 00:00,900", "b1,2023-01-01 03:00,-1", "b1,2023-01-01 03:00,x", ",2023-01-01 03:00,1", "b1,,1",
        "b1,2023-01-01 03:30,1", "b1,2023-01-01 03:00,0.1", "b1,2022-01-01 03:00,7", "b1,2022-01-01 03:00,7", " b1 ,2022-01-01 04:00, 7.25 ", "b1,2023-01-01 05:00,"]


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    """(indicator, file) of made-up records: bad ones among them in CSV, none in Parquet."""
    folder = tmp_path_factory.mktemp("records")
    folder.chmod(0o755)
    hours = made.station_hours(11, ("b1", "s1"), (2023,))
    bad = made.write_csv(folder / "hours.csv", "station_hours", hours)
    with bad.open("a") as file:
        file.write("".join(f"{line}\n" for line in _BAD))
    half = [("b1" if i else "b2", time, 34.0 + i) for i in (0, 1) for time in made.every_hour(2023)]
    return {"hours with bad records": ("pm25", bad), "hours of float32": ("pm25", made.write_parquet(folder / "hours.parquet", "station_hours", hours, pm25=pa.float32())),
            "hours right between": ("pm25", made.write_parquet(folder / "half.parquet", "station_hours", half, pm25=pa.decimal128(6, 2))),
            "contracts": ("tech_contract_value", made.write_csv(folder / "contracts.csv", "contracts", [*made.contracts(12), *made.contracts(12, 7), *made.contracts(13, 5)])),
            "moves": ("enterprises_moved_out", made.write_csv(folder / "moves.csv", "registration_changes", made.changes(14))),
            "cases": ("hotline_transfers", made.write_csv(folder / "cases.csv", "cases", made.cases(15)))}


NAMES = ("hours with bad records", "hours of float32", "hours right between", "contracts", "moves", "cases")


def on(engine, indicator, path, stations):
    return compute(indicator, str(path), engine, stations=stations if indicator == "pm25" else None, today=TODAY)


def same(here, there):
    """Everything but what names the engine and its dialect."""
    own, other = ({k: v for k, v in c.about.items() if k not in ("engine", "query")} for c in (here, there))
    assert own == other
    assert [{**r, "locator": ""} for r in here.rows] == [{**r, "locator": ""} for r in there.rows] != []


@pytest.fixture(scope="module")
def postgresql():
    with postgres_server() as server:
        yield server.url("records")


@pytest.mark.parametrize("name", NAMES)
def test_postgresql_gives_what_duckdb_gives(records, stations, postgresql, name):
    indicator, path = records[name]
    here, there = on("duckdb", indicator, path, stations), on(postgresql, indicator, path, stations)
    assert there.about["engine"].startswith("postgresql ")
    same(here, there)


def test_bad_records_of_the_common_file_are_those_put_there(records, stations):
    about = on("duckdb", *records["hours with bad records"], stations).about
    assert about["left_out"] == {"impossible date": 1, "unknown station": 1, "pm25 is negative": 1, "pm25 is not a number": 1, "no station": 1, "no time": 1,
                                 "contradicts another record of its key": 3, "duplicate": 1, "no pm25": 1}


def test_a_table_of_postgresql_and_of_duckdb_is_read_where_it_is(records, stations, postgresql, tmp_path):
    import duckdb
    import psycopg

    _, path = records["hours of float32"]
    rows = duckdb.sql(f"SELECT station, time, CAST(pm25 AS DECIMAL(8, 1)) FROM '{path}'").fetchall()
    with psycopg.connect(postgresql) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE hours (station text, time timestamp, pm25 numeric(8, 1))")
        with cursor.copy("COPY hours FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    with duckdb.connect(str(tmp_path / "own.duckdb")) as connection:
        connection.execute(f"CREATE TABLE hours AS SELECT station, time, CAST(pm25 AS DECIMAL(8, 1)) AS pm25 FROM '{path}' ORDER BY random()")
    there = compute("pm25", "table:hours", postgresql, stations=stations, today=TODAY)
    here = compute("pm25", "table:hours", f"duckdb:///{tmp_path}/own.duckdb", stations=stations, today=TODAY)
    assert here.about["sha256"] == there.about["sha256"]  # the same rows in another order
    file = on("duckdb", *records["hours of float32"], stations)
    assert [r["value_text"] for r in here.rows] == [r["value_text"] for r in there.rows] == [r["value_text"] for r in file.rows]


def test_nothing_stays_behind_in_postgresql(records, stations, postgresql):
    import psycopg

    def tables():
        with psycopg.connect(postgresql) as connection:
            return connection.execute("SELECT relname FROM pg_class WHERE relname IN ('records', 'places', 'today', 'settled')").fetchall()
    on(postgresql, *records["cases"], stations)
    assert tables() == []


@pytest.mark.parametrize(("engine", "sentence"), [
    ("oracle://x", "there is no engine 'oracle://x'; accepted are duckdb, duckdb:///FILE"), ("duckdb:////nowhere/x.duckdb", "there is no DuckDB file /nowhere/x.duckdb"),
    ("postgresql://u:secret@127.0.0.1:1/x", "PostgreSQL at postgresql://u:***@127.0.0.1:1/x cannot be used"), ("spark://", "there is no engine 'spark://'"),
])
def test_an_engine_that_cannot_be_used_is_named_in_a_sentence(records, stations, engine, sentence):
    with pytest.raises(ValueError) as refusal:
        on(engine, *records["cases"], stations)
    assert sentence in str(refusal.value) and "\n" not in str(refusal.value) and "secret" not in str(refusal.value)


def test_a_table_that_is_not_there_is_named_in_a_sentence(stations, postgresql):
    for engine in ("duckdb", postgresql):
        with pytest.raises(ValueError, match="cannot run the query: .*nothing_here"):
            compute("pm25", "table:nothing_here", engine, stations=stations)


def test_spark_gives_what_duckdb_gives(records, stations, tmp_path_factory):
    """One test for all of Spark: its cluster is the slowest thing here."""
    with spark_cluster(tmp_path_factory.mktemp("spark")) as url:
        for name in ("hours with bad records", "moves"):
            indicator, path = records[name]
            there = on(url, indicator, path, stations)
            assert there.about["engine"] == "spark 4.0.5"
            same(on("duckdb", indicator, path, stations), there)
