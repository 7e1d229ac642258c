"""Bad records are counted, listed and left out; the figures are those of the good ones alone."""

import csv
import datetime

import pytest

from indicators.records.compute import compute
from tests.indicators.records import made

TODAY = datetime.date(2024, 6, 1)
GOOD = [("b1", time, 35.0 + time.month % 2) for time in made.every_hour(2023)]
#: Lines of a CSV file that cannot count, and why; each would change the year's mean or a count if it did.
BAD = [
    ("b9,2023-01-01 00:00,900", "unknown station"), ("b9,2023-01-01 01:00,", "no pm25"), (",2023-01-01 00:00,900", "no station"),
    ("b1,2023-02-29 00:00,900", "impossible date"), ("b1,2023-13-01 00:00,900", "impossible date"), ("b1,2023-01-01 24:00,900", "impossible date"),
    ("b1,1899-01-01 00:00,900", "impossible date"), ("b1,2024-06-02 00:00,900", "impossible date"), ("b1,yesterday,900", "impossible date"),
    ("b1,,900", "no time"), ("b1,2023-01-01 00:00,-999", "pm25 is negative"),
    ("b1,2023-01-01 00:00,9e2", "pm25 is not a number"), ("b1,2023-01-01 00:00,NaN", "pm25 is not a number"), ("b1,2023-01-01 00:00,10000.5", "pm25 is not plausible"),
    ("x1,2023-01-01 00:00,900", "station outside Beijing, Tianjin and Hebei"),
]


@pytest.fixture(scope="module")
def stations(tmp_path_factory):
    return made.write_stations(tmp_path_factory.mktemp("s") / "stations.csv", {**made.CITIES, "x1": "310000"})


def counted(pairs):
    found = {}
    for _, reason in pairs:
        found[reason] = found.get(reason, 0) + 1
    return found


def clean(folder, stations):
    return compute("pm25", str(made.write_csv(folder / "clean.csv", "station_hours", GOOD)), stations=stations, today=TODAY)


def values(computed):
    return [(r["area"], r["period"], r["value_text"]) for r in computed.rows]


def test_every_kind_of_bad_record_is_counted_listed_and_left_out(tmp_path, stations):
    path = made.write_csv(tmp_path / "bad.csv", "station_hours", GOOD)
    with path.open("a") as file:
        file.write("".join(f"{line}\n" for line, _ in BAD))
    listed = []
    computed = compute("pm25", str(path), stations=stations, today=TODAY, keep_bad=listed.append)
    assert computed.about["left_out"] == counted(BAD)
    assert (computed.about["records"], computed.about["used"]) == (len(GOOD) + len(BAD), len(GOOD))
    assert values(computed) == values(clean(tmp_path, stations)) == [("110000", "2023", "36")]

    def cells(line):
        return "station={}, time={}, pm25={}".format(*line.split(","))
    assert sorted((b["reason"], b["record"]) for b in listed) == sorted((reason, cells(line)) for line, reason in BAD)
    assert {(b["reason"], b["record"]) for b in computed.about["examples"]} == {(b["reason"], b["record"]) for b in listed}


def test_the_same_hour_twice_counts_once_and_contradicting_hours_not_at_all(tmp_path, stations):
    again = [("b1", datetime.datetime(2023, 1, 1, 5), 36.0)] * 2  # the same value as is there already
    other = [("b1", datetime.datetime(2023, 3, 1, 7), 900.0)]
    computed = compute("pm25", str(made.write_parquet(tmp_path / "h.parquet", "station_hours", GOOD + again + other)), stations=stations, today=TODAY)
    assert computed.about["left_out"] == {"duplicate": 2, "contradicts another record of its key": 2}
    assert computed.about["used"] == len(GOOD) - 1
    assert values(computed) == [("110000", "2023", "36")]
    assert sorted(e["reason"] for e in computed.about["examples"]) == ["contradicts another record of its key", "duplicate"]
    # 24 hours a day of which 4 contradict leave 20, 5 leave 19
    for hours, valid in ((4, 365), (5, 364)):
        more = [("b1", datetime.datetime(2023, 5, 1, hour), 1.0) for hour in range(hours)]
        own = compute("pm25", str(made.write_parquet(tmp_path / "h.parquet", "station_hours", GOOD + more)), stations=stations, today=TODAY)
        assert own.rows[0]["note"].startswith(f"{valid} valid days")


def test_readings_of_every_second_are_no_hours_and_are_left_out(tmp_path, stations):
    start = datetime.datetime(2023, 8, 1)
    seconds = [("b1", start + datetime.timedelta(seconds=s), 50.0 + s % 7) for s in range(86_400)]
    records = [r for r in GOOD if r[1].date() != start.date()] + seconds
    computed = compute("pm25", str(made.write_parquet(tmp_path / "s.parquet", "station_hours", records)), stations=stations, today=TODAY)
    assert computed.about["left_out"] == {"contradicts another record of its key": 86_400}
    assert computed.rows[0]["note"].startswith("364 valid days")


@pytest.mark.parametrize("write", [made.write_parquet, made.write_csv])
def test_a_stamp_within_an_hour_stands_for_the_hour_and_a_second_one_contradicts_it(tmp_path, stations, write):
    late = [(station, time + datetime.timedelta(minutes=59), value) for station, time, value in GOOD]
    path = tmp_path / f"late.{'csv' if write is made.write_csv else 'parquet'}"
    computed = compute("pm25", str(write(path, "station_hours", late)), stations=stations, today=TODAY)
    assert (computed.about["used"], computed.about["left_out"]) == (len(GOOD), {}) and values(computed) == values(clean(tmp_path, stations))
    half = [("b1", datetime.datetime(2023, 7, 1, 6, 30), 900.0)]
    computed = compute("pm25", str(write(path, "station_hours", GOOD + half)), stations=stations, today=TODAY)
    assert computed.about["left_out"] == {"contradicts another record of its key": 2} and values(computed) == values(clean(tmp_path, stations))


def test_gaps_and_strange_stations_are_counted_where_nothing_else_is_wrong(tmp_path, stations):
    rows = [*GOOD, ("b1", datetime.datetime(2023, 1, 1), None), ("b9", datetime.datetime(2023, 1, 1), 9.0), ("x1", datetime.datetime(2023, 1, 1), 9.0)]
    computed = compute("pm25", str(made.write_parquet(tmp_path / "h.parquet", "station_hours", rows)), stations=stations, today=TODAY)
    assert computed.about["left_out"] == {"no pm25": 1, "unknown station": 1, "station outside Beijing, Tianjin and Hebei": 1}
    listed = []
    closely = compute("pm25", str(tmp_path / "h.parquet"), stations=stations, today=TODAY, keep_bad=listed.append)
    assert (closely.about, closely.rows) == (computed.about, computed.rows)
    assert sorted(b["reason"] for b in listed) == sorted(computed.about["left_out"])


def test_values_of_parquet_that_are_no_numbers_are_left_out(tmp_path, stations):
    rows = [*GOOD, *(("b1", datetime.datetime(2022, 12, 31, hour), value) for hour, value in enumerate((float("nan"), float("inf"), -float("inf"), -1.0, 20000.0)))]
    computed = compute("pm25", str(made.write_parquet(tmp_path / "h.parquet", "station_hours", rows)), stations=stations, today=TODAY)
    assert computed.about["left_out"] == {"pm25 is not plausible": 3, "pm25 is negative": 2}
    assert values(computed) == [("110000", "2023", "36")]


def test_gb18030_is_read_and_lines_that_are_neither_encoding_are_left_out(tmp_path):
    (tmp_path / "stations.csv").write_text("station,city\n万寿西宫,北京市\n", "utf8")
    rows = [("万寿西宫", time, 35.0) for time in made.every_hour(2023)]
    path = made.write_csv(tmp_path / "gbk.csv", "station_hours", rows, encoding="gb18030", header=("监测点编码", "时间", "PM2.5"))
    with path.open("ab") as file:
        file.write(b"\xff\xfe\xff,2023-01-01 00:00,900\n")
    computed = compute("pm25", str(path), stations=tmp_path / "stations.csv", today=TODAY)
    assert values(computed) == [("110000", "2023", "35")]
    assert computed.about["left_out"] == {"line is neither UTF-8 nor GB18030": 1} and computed.about["used"] == 8760
    assert computed.about["examples"][0]["line"] == 8762
    assert computed.notes == ["gbk.csv read as GB18030"]


def test_lines_with_too_many_or_too_few_cells_are_left_out(tmp_path, stations):
    path = made.write_csv(tmp_path / "ragged.csv", "station_hours", GOOD)
    with path.open("a") as file:
        file.write('b1,2022-01-01 00:00\nb1,2022-01-01 00:00,900,1\n\n"b2","2022-01-01 00:00","90"\n')
    computed = compute("pm25", str(path), stations=stations, today=TODAY)
    assert computed.about["left_out"] == {"line has another number of cells than the header": 2}
    assert computed.about["used"] == len(GOOD) + 1


def test_contracts_with_one_number_and_two_amounts_are_all_left_out(tmp_path):
    day = datetime.date(2023, 5, 1)
    rows = [("a", day, "110105", "120101", "100000000.00"), ("b", day, "110105", "120101", "5.00"), ("b", day, "110105", "120101", "5.01"),
            ("c", day, "110105", "120101", "200000000.00"), ("c", day, "110105", "120101", "200000000.00"), ("d", day, "110105", "119999", "1"),
            ("e", day, "110105", "120101", "-3"), ("f", "2023-02-30", "110105", "120101", "3"), ("", day, "110105", "120101", "3")]
    computed = compute("tech_contract_value", str(made.write_csv(tmp_path / "c.csv", "contracts", rows)), today=TODAY)
    assert {r["counterpart_area"]: r["value_text"] for r in computed.rows} == {"120000": "3.0000", "jin_ji": "3.0000"}
    assert computed.about["left_out"] == {"contradicts another record of its key": 2, "duplicate": 1, "unknown buyer_area": 1, "amount_yuan is negative": 1,
                                          "impossible date": 1, "no id": 1}


def test_several_files_are_one_set_whose_hash_follows_their_bytes(tmp_path, stations):
    folder = tmp_path / "set"
    folder.mkdir()
    made.write_csv(folder / "a.csv", "station_hours", GOOD[:4000])
    made.write_csv(folder / "b.csv", "station_hours", GOOD[4000:])
    whole = compute("pm25", str(folder), stations=stations, today=TODAY)
    assert values(whole) == values(clean(tmp_path, stations))
    same = compute("pm25", f"{folder}/*.csv", stations=stations, today=datetime.date(2024, 6, 2))
    assert (same.about["sha256"], same.about["query_hash"]) == (whole.about["sha256"], whole.about["query_hash"])
    assert compute("pm25", (folder / "a.csv").as_uri(), stations=stations, today=TODAY).rows == []
    with (folder / "b.csv").open("a") as file:
        file.write("b1,2023-01-01 00:00,36\n")
    assert compute("pm25", str(folder), stations=stations, today=TODAY).about["sha256"] != whole.about["sha256"]


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("a.csv", "station,time\nb1,2023-01-01 00:00\n", "the record table lacks the column pm25; it has station, time, wanted are station, time, pm25"),
    ("a.csv", "", "a.csv is empty"),
    ("a.csv", "station,time,time\n", "a.csv has no header of different names: station, time, time"),
    ("a.txt", "x", "a.txt is neither .parquet nor .csv"),
    ("a.parquet", "PAR1 no more", "a.parquet is no Parquet file that can be read"),
])
def test_files_that_are_no_records_are_refused_in_a_sentence(tmp_path, stations, name, content, sentence):
    (tmp_path / name).write_text(content, "utf8")
    with pytest.raises(ValueError) as refusal:
        compute("pm25", str(tmp_path / name), stations=stations, today=TODAY)
    assert sentence in str(refusal.value) and "\n" not in str(refusal.value)


def test_utf16_and_files_of_different_columns_are_refused(tmp_path, stations):
    (tmp_path / "a.csv").write_text("station,time,pm25\n", "utf-16")
    with pytest.raises(ValueError, match=r"a\.csv is UTF-16; accepted are UTF-8 and GB18030"):
        compute("pm25", str(tmp_path / "a.csv"), stations=stations)
    made.write_csv(tmp_path / "a.csv", "station_hours", GOOD[:3])
    made.write_csv(tmp_path / "b.csv", "contracts", [])
    with pytest.raises(ValueError, match=r"b\.csv has other columns than a\.csv"):
        compute("pm25", str(tmp_path), stations=stations)


@pytest.mark.parametrize(("lines", "sentence"), [
    ("station\nb1", "stations.csv lacks a column; wanted are station and city"), ("station,city\nb1,上海市", "names the city '上海市', which is not known"),
    ("station,city\nb1,110000\nb1,120000", "gives the station 'b1' two cities"), ("station,city\n", "names no station"), ("station,city\n,110000", "a station without a code"),
    ("station,lon,lat\nb1,39.9,116.4", "the position of the station 'b1': longitude and latitude swapped"),
])
def test_a_file_of_stations_that_cannot_be_used_is_refused_in_a_sentence(tmp_path, lines, sentence):
    (tmp_path / "stations.csv").write_text(lines, "utf8")
    made.write_csv(tmp_path / "a.csv", "station_hours", GOOD[:3])
    with pytest.raises(ValueError, match=sentence):
        compute("pm25", str(tmp_path / "a.csv"), stations=tmp_path / "stations.csv")


def test_the_list_of_bad_records_may_be_written_whole(tmp_path, stations, capsys):
    from indicators.__main__ import main

    path = made.write_csv(tmp_path / "bad.csv", "station_hours", GOOD)
    with path.open("a") as file:
        file.write("b9,2023-01-01 00:00,900\n" * 25)
    assert main(["compute", "pm25", "--records", str(path), "--stations", str(stations), "--dry-run", "--bad", str(tmp_path / "left.csv")]) == 0
    with (tmp_path / "left.csv").open() as file:
        assert [row["reason"] for row in csv.DictReader(file)] == ["unknown station"] * 25
    assert "25 left out (unknown station: 25)" in capsys.readouterr().err
