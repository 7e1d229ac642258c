"""The command ``python -m indicators compute``."""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from pathlib import Path


def add_arguments(command) -> None:
    """Arguments of the command, for its parser."""
    command.add_argument("indicator")
    command.add_argument("--records", required=True, metavar="URI", help="file, folder or pattern of Parquet or CSV files, or table:NAME of the engine")
    command.add_argument("--engine", default="duckdb", metavar="URL", help="duckdb (default), duckdb:///FILE, postgresql://USER@HOST/NAME, spark://HOST:PORT")
    command.add_argument("--name", default="", help="name of the record set; that of its files when not given")
    command.add_argument("--stations", metavar="FILE", help="CSV with the columns station and city (or lon and lat), for station hours")
    command.add_argument("--level", help="province, prefecture or county, to which the areas of records are brought")
    command.add_argument("--kind", help="kind of period: year, and month for pm25")
    period = command.add_mutually_exclusive_group()
    period.add_argument("--year", dest="period", help="only this year")
    period.add_argument("--period", dest="period", help="only these years, such as 2020/2023")
    command.add_argument("--dry-run", action="store_true", help="print the observations as CSV and keep nothing")
    command.add_argument("--bad", metavar="FILE", help="write all records left out there, with their reasons")


def run(given, by: str) -> int:
    """Compute, say what became of the records, and keep the observations unless asked not to."""
    from indicators.model import OBSERVATION_COLUMNS
    from indicators.records.compute import compute, keep, summary

    with _bad_records(given.bad) as keep_bad:
        computed = compute(given.indicator, given.records, given.engine, name=given.name, stations=given.stations, level=given.level, kind=given.kind,
                           period=given.period, keep_bad=keep_bad)
    for line in [*computed.notes, summary(computed.about)]:
        print(line, file=sys.stderr)
    if given.dry_run:
        writer = csv.DictWriter(sys.stdout, OBSERVATION_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(computed.rows)
        return 0
    number = keep(computed, by)
    print(f"record set {number} ({computed.about['source']}): {len(computed.rows)} observations")
    return 0


@contextmanager
def _bad_records(path: str | None):
    """A function that writes a bad record to a CSV file; the file is there once all are written, or not at all."""
    if path is None:
        yield None
        return
    new = Path(path).with_name(f".{Path(path).name}.new")
    try:
        with new.open("w", encoding="utf8", newline="") as file:
            writer = csv.DictWriter(file, ("reason", "file", "line", "record"), restval="", lineterminator="\n")
            writer.writeheader()
            yield writer.writerow
    except OSError as error:
        new.unlink(missing_ok=True)
        if error.filename != str(new):
            raise
        raise ValueError(f"{path} cannot be written: {error.strerror}") from None
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    new.replace(path)
