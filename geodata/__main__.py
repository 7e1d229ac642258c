"""The command line: python -m geodata build | check."""

from __future__ import annotations

import argparse
import sys

from .boundaries import build, check
from .scope import SETTING, current_scope, scope_of_text


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code, 2 for bad input."""
    parser = argparse.ArgumentParser(prog="python -m geodata", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("build", "build the layers into the cache unless they are current"),
        ("check", "check the polygon files and print what was measured"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument(
            "--scope", help=f"china, or province codes separated by commas; by default what {SETTING} says, else the three"
        )
    options = parser.parse_args(arguments)
    try:
        scope = scope_of_text(options.scope) if options.scope is not None else current_scope()
        if options.command == "build":
            print(build(scope))
        else:
            _print_report(check(scope))
    except ValueError as error:
        print(f"geodata: {error}", file=sys.stderr)
        return 2
    return 0


def _print_report(report: dict) -> None:
    for level, count in report["counts"].items():
        print(f"{level}: {count} areas")
    for level, measured in report["coverage"].items():
        print(
            f"{level}: {measured['area_km2']:,.1f} km², "
            f"overlaps {measured['overlap']:.1e}, gaps {measured['gap']:.1e} of it"
        )
    for level, measured in report["nesting"].items():
        print(f"{level}: differs from the level above by at most {measured['worst']:.1e} (in {measured['code']})")
    for level, codes in report["repaired"].items():
        if codes:
            print(f"{level}: repaired {', '.join(codes)}")


if __name__ == "__main__":
    sys.exit(main())
