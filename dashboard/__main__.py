"""Command line of the dashboard."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main() -> None:
    """Run a command; what cannot be done is said in one sentence, with exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m dashboard", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for add in (_build, _export, _freeze, _report):
        add(commands)
    given = parser.parse_args()
    from dashboard.parameters import Refusal

    try:
        given.run(given)
    except Refusal as refusal:
        _fail(refusal.sentence(getattr(given, "lang", "zh")))
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename}" if error.filename else str(error))


def _fail(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    raise SystemExit(2)


def _language(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of texts (default zh)")


def _build(commands) -> None:
    def run(given):
        from dashboard.build import main as build

        build()

    commands.add_parser("build", help="make everything that the server serves; a second call does nothing").set_defaults(run=run)


def _export(commands) -> None:
    from dashboard.exports import FONTS, SIZES, THEMES

    def run(given):
        from dashboard.exports.batch import all_addresses, export_all, orders
        from dashboard.exports.render import FORMATS
        from dashboard.parameters import Accepted, Refusal

        if given.format not in FORMATS:
            raise Refusal(404, "not_accepted", parameter="format", value=given.format, accepted=Accepted(tuple(FORMATS)))
        options = {"size": given.size, "font": given.font, "theme": given.theme, "title": not given.no_title, "origin": os.environ.get("PUBLIC_URL", "")}
        todo = orders(given.view or all_addresses(), given.format, given.lang, options)
        written, there, refused = export_all(todo, Path(given.output), given.processes)
        print(f"{written} written, {there} already there, {len(refused)} with nothing to draw, in {given.output}", file=sys.stderr)
        if given.view and refused:
            _fail(refused[0])

    parser = commands.add_parser("export", help="views as files in a folder; goes on where it was cut off")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", action="store_true", help="a trend of every indicator, a map of every measure and level")
    what.add_argument("--view", action="append", metavar="ADDRESS", help="such as map?indicator=pm25; may be repeated")
    parser.add_argument("--format", default="svg", help="png, svg, pdf, pptx, xlsx, csv, json, parquet, sdmx, geojson, gpkg, zip, bib")
    parser.add_argument("-o", "--output", required=True, help="folder")
    parser.add_argument("--size", choices=tuple(SIZES), default="slide")
    parser.add_argument("--font", choices=FONTS, default="normal")
    parser.add_argument("--theme", choices=THEMES, default="light")
    parser.add_argument("--no-title", action="store_true", help="pictures without title and unit")
    parser.add_argument("--processes", type=int, choices=range(1, 65), metavar="N", help="how many at once; all processors when omitted")
    _language(parser)
    parser.set_defaults(run=run)


def _freeze(commands) -> None:
    def run(given):
        from dashboard.exports.frozen import freeze
        from dashboard.i18n import t

        slides, size = freeze(given.playlist, given.lang, Path(given.output), os.environ.get("PUBLIC_URL"))
        print(t(given.lang, "briefing.written", path=given.output, n=slides, size=f"{size / 1e6:.1f}"), file=sys.stderr)

    parser = commands.add_parser("freeze", help="a briefing as one HTML file that needs no server")
    parser.add_argument("--playlist", default="default", help="name of a playlist")
    parser.add_argument("-o", "--output", required=True, help="file")
    _language(parser)
    parser.set_defaults(run=run)


def _report(commands) -> None:
    def run(given):
        from dashboard.build import write_whole
        from dashboard.exports import Options
        from dashboard.exports.region_report import region_report
        from dashboard.i18n import t

        target = Path(given.output)
        if target.is_dir():
            _fail(t(given.lang, "report.is_folder", path=target))
        if not target.parent.is_dir():
            _fail(t(given.lang, "report.no_folder", path=target.parent))
        pdf = region_report(given.area, given.lang, Options(font=given.font, origin=os.environ.get("PUBLIC_URL", "")))
        write_whole(target, pdf)

    from dashboard.exports import FONTS

    parser = commands.add_parser("report", help="a brief on one area as PDF, four to six pages")
    parser.add_argument("area", help="code or id, such as 130600 or jjj")
    parser.add_argument("-o", "--output", required=True, help="file")
    parser.add_argument("--font", choices=FONTS, default="normal")
    _language(parser)
    parser.set_defaults(run=run)


if __name__ == "__main__":
    main()
