"""Command line of the dashboard: ``python -m dashboard build``."""

import argparse


def main() -> None:
    """Run a command."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="make everything that the server serves; a second call does nothing")
    parser.parse_args()
    from dashboard.build import main as build

    build()


if __name__ == "__main__":
    main()
