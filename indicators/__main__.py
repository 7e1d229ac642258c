"""Command line of the indicators: ``python -m indicators list | series | check``."""

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
    given = parser.parse_args(arguments)
    try:
        return {"list": _list, "series": _series, "check": _check}[given.command](given)
    except ValueError as error:
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


if __name__ == "__main__":
    sys.exit(main())
