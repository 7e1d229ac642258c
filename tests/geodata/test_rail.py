"""The tables of railways: what they must hold, and what is refused."""

import csv
import datetime
import math
import shutil

import pytest
import shapely

from geodata import REGION_CRS, area, areas, load, rail


@pytest.fixture(scope="module")
def prefectures():
    return load("prefecture")


def test_the_tables_pass_their_own_check():
    rail.check()
    assert len(rail.lines()) == 60 and len(rail.stations()) == 243 and len(rail.segments()) == 48


def test_stations_lie_in_the_prefecture_that_is_stated(prefectures):
    exact = [s for s in rail.stations().values() if s.prefecture and s.lon is not None]
    assert len(exact) > 60
    for station in exact:
        inside = prefectures.index[prefectures.contains(shapely.Point(station.lon, station.lat))].tolist()
        assert inside == [station.prefecture], station.name_zh
    for station in rail.stations().values():
        if station.prefecture:
            county = area(station.county)
            assert station.prefecture in (county.code, county.parent), station.name_zh


def test_only_points_of_an_open_licence_are_kept():
    for station in rail.stations().values():
        open_licence = rail.sources()[station.source]["licence"].startswith("ODbL")
        assert open_licence == (station.lon is not None), station.name_zh


def test_stations_without_a_point_are_drawn_inside_their_prefecture(prefectures):
    flat = prefectures.to_crs(REGION_CRS)
    for name, (x, y) in rail.points().items():
        station = rail.stations()[name]
        if station.prefecture:
            assert flat.geometry[station.prefecture].distance(shapely.Point(1000 * x, 1000 * y)) < 200, name


def test_the_projection_keeps_distances():
    def on_the_globe(a, b):  # haversine on a sphere of the mean radius
        (lon0, lat0), (lon1, lat1) = (map(math.radians, p) for p in (a, b))
        h = math.sin((lat1 - lat0) / 2) ** 2 + math.cos(lat0) * math.cos(lat1) * math.sin((lon1 - lon0) / 2) ** 2
        return 2 * 6371.0 * math.asin(math.sqrt(h))

    one, other = (rail.stations()[n] for n in ("北京南", "邯郸东"))
    assert math.dist(*(rail.points()[s.name_zh] for s in (one, other))) == pytest.approx(on_the_globe((one.lon, one.lat), (other.lon, other.lat)), rel=0.005)


def test_courses_run_through_their_stations_and_stay_in_the_region(prefectures):
    region = shapely.buffer(prefectures.to_crs(REGION_CRS).union_all(), 3000)
    for code, pieces in rail.courses().items():
        segment = rail.segments()[code]
        drawn = shapely.MultiLineString(pieces)
        if segment.exit:
            assert region.contains(shapely.transform(drawn, lambda xy: 1000 * xy)), code
        for name in segment.stations:
            if rail.stations()[name].lon is not None:
                assert drawn.distance(shapely.Point(rail.points()[name])) < 0.001, (code, name)
    assert shapely.MultiLineString(rail.courses()["JINGGUANG_HSR_S"]).length == pytest.approx(203, rel=0.03)  # printed of the part in Hebei


def test_dates_and_sources_are_whole():
    for line in rail.lines().values():
        assert line.sources and set(line.sources) <= set(rail.sources())
        if line.opened:
            assert 1880 < line.year <= 2026
            if line.precision == "day":
                datetime.date.fromisoformat(line.opened)
    assert [c for c, line in rail.lines().items() if line.precision == "inferred"] == ["JINGTANG_0"]


def _table(name):
    with open(rail.FOLDER / f"{name}.csv", encoding="utf8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("year", [2008, 2012, 2014, 2019, 2025])
def test_reached_prefectures_follow_from_the_tables(year):
    fast = {r["line"] for r in _table("lines") if r["type"] in ("high-speed", "intercity") and r["opened"] and int(r["opened"][:4]) <= year}
    used = {name for r in _table("segments") if r["line"] in fast for name in r["stations"].split("|")}
    expected: dict[str, set[str]] = {}
    for r in _table("stations"):
        if r["station"] in used and r["prefecture"]:
            expected.setdefault(r["prefecture"], set()).add(r["station"])
    assert {code: set(names) for code, names in rail.reached(year).items()} == expected


def test_what_is_known_of_openings_holds():
    assert len(rail.reached(2014)) == 10 and set(rail.reached(2019)) == {a.code for a in areas("prefecture")}
    assert "131100" not in rail.reached(2016) and "131100" in rail.reached(2017)  # Shijiazhuang-Jinan through Hengshui, 2017-12-28
    assert rail.openings()["太子城"] == 2019 and "天津机场" not in rail.openings()


@pytest.mark.parametrize(("table", "old", "new", "said"), [
    ("lines", "2008-08-01,day", "2008-13-01,day", "JINGJIN is open and opened on '2008-13-01'"),
    ("lines", "P01|P03|R08b", "P01|P99", "'P99'"),
    ("segments", "JINGJIN,北京南|", "JINGJIN,北京甲|", "'北京甲'"),
    ("stations", "116.3724,39.86348", "117.3724,38.86348", "北京南 at 117.3724, 38.86348 does not lie in 110000"),
    ("stations", "天津,Tianjin,120000", "天津,Tianjin,999999", "天津 is said to lie"),
    ("stations", "武清,Wuqing,", "亦庄,Wuqing,", "'亦庄' stands more than once"),
])
def test_a_fault_in_a_table_is_named(tmp_path, table, old, new, said):
    folder = tmp_path / "rail"
    shutil.copytree(rail.FOLDER, folder)
    text = (folder / f"{table}.csv").read_text("utf8")
    assert old in text
    (folder / f"{table}.csv").write_text(text.replace(old, new, 1), "utf8")
    with pytest.raises(ValueError, match=said.replace("|", r"\|")) as wrong:
        rail.check(folder)
    assert len(str(wrong.value).splitlines()) <= 3
