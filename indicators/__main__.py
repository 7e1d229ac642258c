"""Command line of the indicators: ``python -m indicators list | series | check | read | audit | import | claims | compute | backup | restore | migrate``."""

from __future__ import annotations

import argparse
import sys


def main(arguments=None) -> int:
    """Run a command; 0 when all is well, 1 when a check found something, 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m indicators", description="Indicators of 京津冀: what there is, series, checks.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("list", help="all indicators, a line each")
    command.add_argument("--theme", help="only this theme")
    command.add_argument("--lang", choices=("zh", "en"), default="zh")
    command = commands.add_parser("series", help="a computed series as CSV")
    command.add_argument("indicator")
    command.add_argument("--area", action="append", help="code of an area; may be repeated")
    command.add_argument("--measure", default="level")
    command.add_argument("--base", help="base year of growth, cagr and index")
    command.add_argument("--kind", help="kind of period: year, end, cumulative, ytd")
    commands.add_parser("check", help="verify the ledger")
    command = commands.add_parser("read", help="read the figures out of a report: a JSON object a line")
    _file_of(command)
    command.add_argument("--text", action="store_true", help="print the text that the offsets count in")
    command = commands.add_parser("audit", help="recompute what a report claims: a JSON object a line")
    _file_of(command)
    command.add_argument("--ledger", action="store_true", help="also look for missing parts in the ledger")
    command = commands.add_parser("import", help="read a report into the database of proposals")
    _file_of(command)
    commands.add_parser("claims", help="audit the shipped reports anew, where their texts are")
    command = commands.add_parser("compute", help="an indicator from records (station hours, contracts ...), on DuckDB, PostgreSQL or Spark")
    _arguments_of_compute(command)
    command = commands.add_parser("backup", help="the database of reviews as one file, while the server runs")
    command.add_argument("file")
    command = commands.add_parser("restore", help="fill an empty database of reviews from a backup")
    command.add_argument("file")
    command.add_argument("--replace", action="store_true", help="replace a database that holds something; it is kept as a backup first")
    command.add_argument("--keep", metavar="FILE", help="where it is kept; beside the backup when not given")
    command = commands.add_parser("migrate", help="bring the database of reviews to a schema; opening it does so for the newest")
    command.add_argument("--to", default="head", metavar="REVISION", help="such as 0001; head when not given, base for no tables")
    command.add_argument("--force", action="store_true", help="go down even where rows are lost")
    given = parser.parse_args(arguments)
    try:
        return _RUN[given.command](given)
    except (ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 2


def _list(given) -> int:
    from indicators import catalogue
    from indicators.ledger import observations
    from indicators.names import indicator_text, name

    themes = list(dict.fromkeys(i.theme for i in catalogue()))
    if given.theme not in (None, *themes):
        raise ValueError(f"there is no theme {given.theme!r}; there are {', '.join(themes)}")
    counts = observations()["indicator"].value_counts()
    for indicator in catalogue():
        if given.theme in (None, indicator.theme):
            print(f"{indicator.id}\t{indicator_text(indicator.id, given.lang)['name']}\t{name('unit', indicator.unit, given.lang)}"
                  f"\t{name('theme', indicator.theme, given.lang)}\t{counts.get(indicator.id, 0)}")
    return 0


def _series(given) -> int:
    from indicators import series

    series(given.indicator, areas=given.area, measure=given.measure, base=given.base, period_kind=given.kind).to_csv(sys.stdout, index=False)
    return 0


def _check(given) -> int:
    from indicators.ledger import check, observations, previous_observations

    problems = check(previous=previous_observations())
    print(*problems, sep="\n", end="\n" if problems else "")
    print(f"{len(observations())} observations, {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


def _file_of(command) -> None:
    command.add_argument("file")
    command.add_argument("--date", help="the report's date (ISO 8601), where the file does not say it")
    command.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of what is said about a bad file")


def _document(given):
    from indicators.reports.extract import ExtractError, extract

    if given.date:
        from indicators.model import period_end

        period_end(given.date)
    try:
        return extract(given.file)
    except ExtractError as error:
        raise ValueError(error.message(given.lang)) from None


def _read_figures(given):
    from indicators.reports.reader import read_text

    document = _document(given)
    return document, read_text(document.text, date=given.date or document.date, title=document.title)


def _lines(items) -> None:
    import json

    for item in items:
        print(json.dumps(item.as_dict(), ensure_ascii=False))


def _read(given) -> int:
    if given.text:
        print(_document(given).text, end="")
        return 0
    _lines(_read_figures(given)[1])
    return 0


def _audit(given) -> int:
    from indicators.reports.audit import audit

    document, figures = _read_figures(given)
    _lines(audit(document.text, figures, ledger=given.ledger))
    return 0


def _import(given) -> int:
    from pathlib import Path

    from indicators.reports import store

    document, figures = _read_figures(given)
    if not document.title:
        import dataclasses

        document = dataclasses.replace(document, title=Path(given.file).stem)
    report = store.add_report(document, figures, _person())
    print(f"report {report}: {len(store.proposals(report))} proposals")
    return 0


def _claims(given) -> int:
    from indicators.reports.claims import build

    print(f"{build()} claims")
    return 0


def _arguments_of_compute(command) -> None:
    from indicators.records.command import add_arguments

    add_arguments(command)


def _compute(given) -> int:
    from indicators.records.command import run

    return run(given, _person())


def _person() -> str:
    from indicators.reports.reviewed import local_user

    return local_user()


def _counted(manifest) -> str:
    return ", ".join(f"{about['rows']} {table}" for table, about in manifest["tables"].items())


def _backup(given) -> int:
    from indicators.reports.backup import backup

    made = backup(given.file, by=_person())
    print(f"{given.file}: schema {made['schema']}, {_counted(made)}")
    if made["noted"]:
        print(made["noted"], file=sys.stderr)
    return 0


def _restore(given) -> int:
    from indicators.reports.backup import restore

    done = restore(given.file, given.replace, given.keep, by=_person())
    print(f"restored from {given.file} of {done['made_at'][:16].replace('T', ' ')} UTC: {_counted(done)}")
    if done["kept"]:
        print(f"what was there before is kept in {done['kept']}")
    return 0


def _migrate(given) -> int:
    from indicators.reports import database

    with database.unprepared() as made:
        before, after = database.migrate(made, given.to, given.force, by=_person())
    print(f"schema {after}" if before == after else f"schema {before} -> {after}")
    return 0


_RUN = {"list": _list, "series": _series, "check": _check, "read": _read, "audit": _audit, "import": _import, "claims": _claims,
        "compute": _compute, "backup": _backup, "restore": _restore, "migrate": _migrate}


if __name__ == "__main__":
    sys.exit(main())
