"""Queries that are kept: the same figures without Ibis, and never the queries of something else."""

import datetime
import json
import os
import subprocess
import sys

import pyarrow as pa
import pytest

from indicators.records import written
from indicators.records.compute import compute
from tests.conftest import ROOT
from tests.indicators.records import made

TODAY = datetime.date(2024, 6, 1)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(written, "FOLDER", tmp_path / "queries")
    return tmp_path / "queries"


@pytest.fixture(scope="module")
def hours():
    return made.station_hours(21, ("b1", "s1"), (2023,))


@pytest.fixture(scope="module")
def stations(tmp_path_factory):
    return made.write_stations(tmp_path_factory.mktemp("s") / "stations.csv", made.CITIES)


def run(path, stations):
    computed = compute("pm25", str(path), stations=stations, today=TODAY)
    return computed.about | {"sha256": ""}, [{**r, "source": "", "locator": ""} for r in computed.rows]


def test_a_second_run_gives_the_same_without_ibis(kept, hours, stations, tmp_path):
    path = made.write_parquet(tmp_path / "h.parquet", "station_hours", hours)
    first = compute("pm25", str(path), stations=stations, today=TODAY)
    assert first.rows and len(list(kept.iterdir())) == 1
    program = ("import datetime, json, sys; from pathlib import Path; from indicators.records import compute, written; written.FOLDER = Path(sys.argv[3]); "
               "found = compute.compute('pm25', sys.argv[1], stations=sys.argv[2], today=datetime.date(2024, 6, 1)); "
               "print(json.dumps([found.about, found.rows, 'ibis' in sys.modules], default=str))")
    done = subprocess.run([sys.executable, "-c", program, path, stations, kept], cwd=ROOT, capture_output=True, text=True, check=True)
    about, rows, loaded = json.loads(done.stdout)
    assert not loaded
    assert [about, rows] == json.loads(json.dumps([first.about, first.rows], default=str))


def test_other_types_names_and_sources_have_queries_of_their_own(kept, hours, stations, tmp_path, monkeypatch):
    plain = run(made.write_parquet(tmp_path / "a.parquet", "station_hours", hours), stations)
    single = run(made.write_parquet(tmp_path / "a.parquet", "station_hours", hours, pm25=pa.float32()), stations)
    assert len(list(kept.iterdir())) == 2 and plain[1] == single[1] != []
    text = made.write_csv(tmp_path / "b.csv", "station_hours", hours, header=("站点", "时间", "PM2.5"))
    assert [r["value_text"] for r in run(text, stations)[1]] == [r["value_text"] for r in plain[1]]
    assert len(list(kept.iterdir())) == 3
    monkeypatch.setattr(written, "find_spec", lambda _: type("Spec", (), {"origin": __file__}))  # another version of Ibis
    run(text, stations)
    assert len(list(kept.iterdir())) == 4


@pytest.mark.parametrize("damage", ["", "{}", '{"survey": 1}', "\xff not JSON"])
def test_a_damaged_file_is_written_anew(kept, hours, stations, tmp_path, damage):
    path = made.write_parquet(tmp_path / "h.parquet", "station_hours", hours)
    before = run(path, stations)
    file, = kept.iterdir()
    whole = file.read_bytes()
    file.write_text(damage, "utf8")
    assert run(path, stations) == before and file.read_bytes() == whole


def test_where_nothing_can_be_kept_the_figures_are_the_same(hours, stations, tmp_path, monkeypatch):
    path = made.write_parquet(tmp_path / "h.parquet", "station_hours", hours)
    expected = run(path, stations)
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(written, "FOLDER", tmp_path / "file" / "queries")
    assert run(path, stations) == expected


def test_only_so_many_are_kept_and_the_oldest_go(kept, hours, stations, tmp_path, monkeypatch):
    monkeypatch.setattr(written, "MOST", 2)
    kept.mkdir()
    for age, name in enumerate(("old", "older")):
        (kept / f"{name}.json").write_text("{}")
        os.utime(kept / f"{name}.json", (1000 - age, 1000 - age))
    run(made.write_parquet(tmp_path / "h.parquet", "station_hours", hours), stations)
    assert len(list(kept.iterdir())) == 2 and (kept / "old.json").exists() and not (kept / "older.json").exists()
