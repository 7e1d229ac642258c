"""Records to series: our run against a hand-written DuckDB query over the same made-up station hours.

Both sides are processes of their own, from start to end, with their peak memory. The hash of the files is
left out of our side, as the bare query has none, and shown by itself. So is the first run over records of a
kind, which loads Ibis and writes the queries that later runs find written.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.rows import Row
from tests.bench.servers import ROOT, CannotMeasure

#: Millions of hours -> stations and years.
SIZES = {1: (114, 1), 10: (1140, 1), 100: (1140, 10)}

_MAKE = """
COPY (SELECT printf('%04dA', s) AS station, TIMESTAMP '2013-01-01' + h * INTERVAL 1 HOUR AS "time",
             CAST(floor(abs(hash(s * 1000003 + h) % 1500) / 10.0) AS FLOAT) AS pm25
      FROM range({years} * 8766) t(h), range({stations}) u(s)) TO '{path}' (FORMAT parquet)
"""

_BARE = """
import duckdb, json, sys
engine = duckdb.connect()
engine.execute("SET enable_progress_bar = false")
print(json.dumps(engine.execute('''
WITH station_day AS (SELECT station, time::DATE AS day, avg(pm25) AS mean FROM '{path}' WHERE pm25 >= 0 GROUP BY ALL HAVING count(pm25) >= 20),
     city_day AS (SELECT city, day, avg(mean) AS mean FROM station_day JOIN read_csv('{stations}', all_varchar = true) USING (station) GROUP BY ALL),
     city_month AS (SELECT city, year(day) AS year, month(day) AS month, count(*) AS days, sum(mean) AS total FROM city_day GROUP BY ALL)
SELECT city, year::VARCHAR, round_even(sum(total) / sum(days), 0)::INT::VARCHAR FROM city_month GROUP BY ALL
HAVING sum(days) >= 324 AND bool_and(days >= CASE month WHEN 2 THEN 25 ELSE 27 END)
''').fetchall()))
"""

_OURS = """
import json, pathlib, sys
from indicators.records import compute, files, written
written.FOLDER = pathlib.Path({queries!r})
files.file_hash = lambda path: "0" * 64
rows = compute.compute("pm25", {path!r}, {engine!r}, stations={stations!r}).rows
print(json.dumps([(r["area"], r["period"], r["value_text"]) for r in rows]))
"""


#: What ``wait4`` reports would be the peak of whoever started the process, where that was larger.
_PEAK = """
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


def run(program: str) -> tuple[list, float, float]:
    """What a process prints last (JSON), its milliseconds from start to end, and its peak memory in MB."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen([sys.executable, "-c", program + _PEAK], cwd=ROOT, stdout=out, stderr=errors)
        process.wait()
        taken = 1000 * (time.perf_counter() - start)
        out.seek(0), errors.seek(0)
        if process.returncode:
            raise CannotMeasure(f"a run over records failed: {(errors.read().decode().strip().splitlines() or ['?'])[-1]}")
        *_, found, peak = out.read().decode().splitlines()
        return sorted(map(tuple, json.loads(found))), taken, int(peak) / 1024


def sides(path: Path, stations: Path, times: int):
    """Medians of both sides, taken in turns: (milliseconds, MB) of the bare query and of ours, and of our first; how many figures differ."""
    queries = path.with_suffix(".queries")
    bare = _BARE.format(path=path, stations=stations)
    ours = _OURS.format(path=str(path), engine="duckdb", stations=str(stations), queries=str(queries))
    first = run(ours)
    found = {"bare": [], "ours": []}
    for _ in range(times):
        for side, program in (("bare", bare), ("ours", ours)):
            found[side].append(run(program))
    differ = len(set(found["bare"][0][0]) ^ set(found["ours"][0][0]))
    medians = ((median(r[1] for r in found[side]), median(r[2] for r in found[side])) for side in ("bare", "ours"))
    return *medians, first[1:], differ, found["ours"][0][0]


def measure(times: int, say, sizes=tuple(SIZES)) -> list[Row]:
    """The rows of the table; files are made in a temporary folder and deleted."""
    import duckdb

    rows, ours_by_size = [], {}
    with tempfile.TemporaryDirectory(prefix="bench.") as folder:
        os.chmod(folder, 0o755)
        stations = Path(folder, "stations.csv")
        cities = ["110000", "120000", *(str(130000 + 100 * i) for i in range(1, 12))]
        stations.write_text("station,city\n" + "".join(f"{s:04d}A,{cities[s % 13]}\n" for s in range(1140)))
        for millions in sizes:
            say(f"{millions} million station hours")
            path = Path(folder, f"{millions}.parquet")
            number, years = SIZES[millions]
            duckdb.connect().execute(_MAKE.format(stations=number, years=years, path=path))
            bare, ours, first, differ, figures = sides(path, stations, times)
            ours_by_size[millions] = ours[0]
            kind = "ratio" if millions == 100 else ""
            rows.append(Row(f"{millions} million station hours to city means, against bare SQL", "ms", ours[0], bare[0], kind, 1.3 if kind else None))
            rows.append(Row("  peak memory", "MB", ours[1], bare[1], kind, 1.5 if kind else None))
            rows.append(Row("  the first run over such records", "ms", first[0], bare[0]))
            rows.append(Row("  figures that differ from bare SQL", "", differ, None, "most", 0))
            if millions // 10 in ours_by_size:
                rows.append(Row(f"  against ten times {millions // 10} million", "ms", ours[0], 10 * ours_by_size[millions // 10], "ratio", 1.0))
            start = time.perf_counter()
            _hash(path)
            rows.append(Row("  hash of the file, besides", "ms", 1000 * (time.perf_counter() - start)))
            if millions == 1:
                rows += spark(path, stations, figures, Path(folder), say)
            path.unlink()
    return rows


def spark(path: Path, stations: Path, figures: list, folder: Path, say) -> list[Row]:
    """The same figures on a Spark cluster of this machine; no rows where there is no Spark."""
    import pytest

    from tests.indicators.records.spark import spark_cluster

    say("the same on Spark")
    place = folder / "spark"
    place.mkdir()
    try:
        with spark_cluster(place) as url:
            start = time.perf_counter()
            from indicators.records.compute import compute

            found = sorted((r["area"], r["period"], r["value_text"]) for r in compute("pm25", str(path), url, stations=stations).rows)
            taken = 1000 * (time.perf_counter() - start)
    except pytest.skip.Exception as reason:
        say(f"not measured: {reason}")
        return []
    return [Row("  figures that differ on Spark", "", len(set(found) ^ set(figures)), None, "most", 0), Row("  on Spark, master and two workers", "ms", taken)]


def _hash(path: Path) -> str:
    from indicators.records.files import file_hash

    return file_hash(path)
