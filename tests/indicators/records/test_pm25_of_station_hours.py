"""PM2.5 means of cities from station hours, against a plain computation and by constructed cases."""

import datetime

import pyarrow as pa
import pytest

from indicators.records.compute import compute
from tests.indicators.records import made

TODAY = datetime.date(2024, 6, 1)
FORMS = {
    "parquet, float32": lambda folder, rows: made.write_parquet(folder / "a.parquet", "station_hours", rows, pm25=pa.float32()),
    "parquet, decimal": lambda folder, rows: made.write_parquet(folder / "a.parquet", "station_hours", rows, pm25=pa.decimal128(8, 1)),
    "csv": lambda folder, rows: made.write_csv(folder / "a.csv", "station_hours", rows),
}


def figures(computed):
    """(area, period) -> value as it is printed."""
    return {(row["area"], row["period"]): row["value_text"] for row in computed.rows}


def of(rows, folder, stations, **options):
    """Figures of made-up hours by way of a Parquet file."""
    return figures(compute("pm25", str(made.write_parquet(folder / "hours.parquet", "station_hours", rows)), stations=stations, today=TODAY, **options))


@pytest.mark.parametrize(("seed", "kind"), [(1, "year"), (2, "year"), (3, "month")])
def test_means_are_those_of_a_plain_computation(tmp_path, stations, seed, kind):
    rows = made.station_hours(seed)
    expected = {key: str(value) for key, value in made.means(rows, kind=kind).items()}
    assert len(expected) >= 4 and len(set(expected.values())) > 2
    assert of(rows, tmp_path, stations, kind=kind) == expected


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_the_records_makes_no_difference(tmp_path, stations, form):
    rows = made.station_hours(4, ("b1", "b2", "s1"), (2023,))
    expected = {key: str(value) for key, value in made.means(rows).items()}
    assert figures(compute("pm25", str(FORMS[form](tmp_path, rows)), stations=stations, today=TODAY)) == expected != {}


@pytest.mark.parametrize(("values", "printed"), [
    ((34.5,), "34"), ((35.5,), "36"), ((34, 35), "34"), ((35, 36), "36"), ((34, 35, 34.5), "34"), ((34, 35, 34.503), "35"), ((0,), "0"),
])
def test_a_mean_right_between_two_numbers_goes_to_the_even_one(tmp_path, stations, values, printed):
    rows = [(station, time, float(value)) for station, value in zip(("b1", "b2", "b3"), values) for time in made.every_hour(2023)]
    assert of(rows, tmp_path, stations) == {("110000", "2023"): printed}


def test_a_day_of_20_hours_counts_and_one_of_19_does_not(tmp_path, stations):
    full = [("s1", time, 10.0) for time in made.every_hour(2023) if time.month > 1]

    def january(hours):
        return [("s1", time, 41.0) for time in made.every_hour(2023, lambda day, hour: hour >= hours) if time.month == 1]
    assert of(full + january(20), tmp_path, stations, kind="month")["130100", "2023-01"] == "41"
    assert ("130100", "2023-01") not in of(full + january(19), tmp_path, stations, kind="month")
    assert of(full + january(20), tmp_path, stations) == {("130100", "2023"): "13"}  # (31 * 41 + 334 * 10) / 365 = 12.6
    assert of(full + january(19), tmp_path, stations) == {}


@pytest.mark.parametrize(("month", "days", "valid"), [(1, 27, True), (1, 26, False), (2, 25, True), (2, 24, False), (4, 27, True), (4, 26, False)])
def test_a_month_that_is_too_short_takes_its_year_with_it(tmp_path, stations, month, days, valid):
    rows = [("z1", time, 50.0) for time in made.every_hour(2023, lambda day, hour: day.month == month and day.day > days)]
    assert (("130600", f"2023-{month:02d}") in of(rows, tmp_path, stations, kind="month")) is valid
    assert of(rows, tmp_path, stations) == ({("130600", "2023"): "50"} if valid else {})


def test_a_year_of_323_days_is_none_even_where_its_months_are_valid(tmp_path, stations):
    # 27 days in eleven months and 25 or 26 in February are 322 or 323, 27 there make 324
    for february, found in ((26, {}), (27, {("130600", "2023"): "50"})):
        rows = [("z1", time, 50.0) for time in made.every_hour(2023, lambda day, hour, f=february: day.day > (f if day.month == 2 else 27))]
        assert of(rows, tmp_path, stations) == found


def test_each_day_weighs_the_same_however_many_stations_it_has(tmp_path, stations):
    rows = [("b1", time, 10.0) for time in made.every_hour(2023)] + [("b2", time, 100.0) for time in made.every_hour(2023) if time.month == 1]
    assert of(rows, tmp_path, stations) == {("110000", "2023"): "14"}  # (31 * 55 + 334 * 10) / 365 = 13.8


def test_only_years_that_are_asked_for_are_given(tmp_path, stations):
    rows = made.station_hours(1)
    assert {period for _, period in of(rows, tmp_path, stations, period="2023")} == {"2023"}
    assert {period for _, period in of(rows, tmp_path, stations, period="2022/2023")} == {"2022", "2023"}


def test_an_observation_says_what_it_rests_on_and_its_bounds(tmp_path, stations):
    rows = [("b1", time, 35.2) for time in made.every_hour(2023)]
    computed = compute("pm25", str(made.write_parquet(tmp_path / "h.parquet", "station_hours", rows)), stations=stations, name="Made-up hours", today=TODAY)
    row, = computed.rows
    assert (row["value"], row["lower"], row["upper"], row["value_text"], row["unit"], row["period_kind"]) == (35, 34.5, 35.5, "35", "µg/m³", "year")
    assert row["source"] == computed.about["source"] and row["vintage"] == "records"
    assert computed.about["sha256"][:16] in row["locator"] and "engine=duckdb" in row["locator"]
    assert row["note"] == "365 valid days, 1 to 1 stations a day"
    assert (computed.about["records"], computed.about["used"], computed.about["left_out"]) == (8760, 8760, {})
    assert computed.about["about"]["title"] == "Made-up hours" and "20 hours a day" in computed.about["about"]["note"]
    assert "SELECT" in computed.about["query"]


def test_stations_may_be_named_by_their_city_or_their_place(tmp_path):
    from indicators.records.places import stations as read

    (tmp_path / "names.csv").write_text("station,city\na,北京市\nb,石家庄\nc,310000\n", "gb18030")
    assert read(tmp_path / "names.csv") == [("a", "110000"), ("b", "130100"), ("c", "")]
    (tmp_path / "places.csv").write_text("station,lon,lat\na,116.4,39.9\nb,114.5,38.04\nc,121.5,31.2\n", "utf8")
    assert read(tmp_path / "places.csv") == [("a", "110000"), ("b", "130100"), ("c", "")]
