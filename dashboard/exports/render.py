"""One export from its order to its bytes; what runs in a worker and on the command line.

An order is a plain dictionary, so that it can cross to another process:

``{"what": "view", "kind": "map", "query": [["indicator", "pm25"]], "lang": "zh", "format": "png", "options": {...}}``,
``{"what": "basket", "items": [{"address": ..., "title": ..., "seconds": ...}], "title": ..., "lang": ..., "format": "pptx", "options": {...}}``,
``{"what": "report", "area": "130600", "lang": "zh", "options": {...}}``.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.exports import Options
from dashboard.i18n import t
from dashboard.kinds import open_view, parse
from dashboard.parameters import Accepted, Refusal
from dashboard.views import View


@dataclass(frozen=True)
class Format:
    """A format: media type, ending of its files, module and function of :mod:`dashboard.exports`.

    `kinds` are those it is for, all where empty, and `drawn` says that it needs a figure.
    """

    media_type: str
    ending: str
    maker: str
    kinds: tuple[str, ...] = ()
    drawn: bool = False


_PICTURE = "picture.picture"
FORMATS = {
    "png": Format("image/png", "png", _PICTURE, drawn=True),
    "svg": Format("image/svg+xml", "svg", _PICTURE, drawn=True),
    "pdf": Format("application/pdf", "pdf", _PICTURE, drawn=True),
    "pptx": Format("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx", "slides.slides", drawn=True),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "workbook.xlsx"),
    "csv": Format("text/csv", "csv", "tables.csv"),
    "json": Format("application/json", "json", "tables.json"),
    "parquet": Format("application/vnd.apache.parquet", "parquet", "tables.parquet"),
    "sdmx": Format("application/vnd.sdmx.data+csv; version=2.0.0", "sdmx.csv", "sdmx.csv"),
    "geojson": Format("application/geo+json", "geojson", "geography.geojson", ("map", "ranking")),
    "gpkg": Format("application/geopackage+sqlite3", "gpkg", "geography.gpkg", ("map", "ranking")),
    "zip": Format("application/zip", "zip", "bundle.zip"),
    "bib": Format("application/x-bibtex", "bib", "citation.bib"),
    "cite": Format("application/json", "citation.json", "citation.cite"),
}
#: Formats in which a basket of views is taken away.
BASKET_FORMATS = {"pptx": FORMATS["pptx"], "pdf": FORMATS["pdf"], "zip": FORMATS["zip"], "toml": Format("application/toml", "toml", "")}
MOST_ITEMS = 40

#: Kinds of views that are tables only.
TABLES = ("data",)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class File:
    """A finished export."""

    content: bytes
    media_type: str
    name: str


def formats_of(kind: str) -> tuple[str, ...]:
    """Formats in which a kind of view can be taken away."""
    return tuple(name for name, one in FORMATS.items() if (not one.kinds or kind in one.kinds) and not (one.drawn and kind in TABLES))


def of_view(view: View, name: str, options: Options) -> bytes:
    """A view in a format.

    Raises
    ------
    Refusal
        404 for a format that the kind of view does not have.
    """
    if name not in formats_of(view.kind):
        raise Refusal(404, "not_accepted", parameter="format", value=name, accepted=Accepted(formats_of(view.kind)))
    module, _, function = FORMATS[name].maker.partition(".")
    make = getattr(importlib.import_module(f"dashboard.exports.{module}"), function)
    return make(view, name, options) if FORMATS[name].maker == _PICTURE else make(view, options)


def file_name(view: View, ending: str) -> str:
    """Name of a view's file: ASCII, with its year and language."""
    parts = [view.id, view.shown, view.lang]
    return f"{'-'.join(p for p in parts if p)[:100]}.{ending}"


def render(order: dict, progress: Progress = lambda done, of: None) -> File:
    """Carry out an order.

    Raises
    ------
    Refusal
        For what the order asks wrongly.
    """
    options = Options(**order.get("options") or {})
    lang = order["lang"]
    if order["what"] == "report":
        from dashboard.exports.region_report import region_report

        return File(region_report(order["area"], lang, options), "application/pdf", f"report-{order['area']}-{lang}.pdf")
    if order["what"] == "basket":
        return _basket(order, options, progress)
    view = open_view(order["kind"], [tuple(pair) for pair in order["query"]], lang)
    one = FORMATS[order["format"]]
    return File(of_view(view, order["format"], options), one.media_type, file_name(view, one.ending))


def _basket(order: dict, options: Options, progress: Progress) -> File:
    lang, name, items = order["lang"], order["format"], order["items"]
    title = order.get("title") or t(lang, "app.title")
    one = BASKET_FORMATS[name]
    opened = []
    for i, item in enumerate(items):
        try:
            opened.append((open_view(*parse(item["address"]), lang), item.get("title", "")))
        except Refusal as refusal:
            raise Refusal(refusal.status, "item", n=i + 1, sentence=refusal.sentence(lang)) from None
        progress(i, len(items))
    if name == "toml":
        from dashboard.briefing import playlist_toml

        content = playlist_toml(items, lang)
    elif name == "pptx":
        from dashboard.exports.slides import deck

        content = deck(opened, options, title=title, lang=lang)
    else:
        content = _pages(opened, options, progress) if name == "pdf" else _folder(opened, options, progress)
    return File(content, one.media_type, f"basket-{lang}.{one.ending}")


def _pages(opened, options: Options, progress: Progress) -> bytes:
    """The pictures of all views as pages of one PDF."""
    import io

    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    for i, (view, _) in enumerate(opened):
        if view.figures:
            page = pypdfium2.PdfDocument(of_view(view, "pdf", options))
            whole.import_pages(page)
        progress(i + 1, len(opened))
    if not len(whole):
        raise Refusal(404, "nothing_to_draw")
    file = io.BytesIO()
    whole.save(file)
    return file.getvalue()


def _folder(opened, options: Options, progress: Progress) -> bytes:
    """A ZIP with a folder for each view, of what its own ZIP holds."""
    import io
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, (view, _) in enumerate(opened):
            with zipfile.ZipFile(io.BytesIO(of_view(view, "zip", options))) as own:
                for entry in own.infolist():
                    inside = zipfile.ZipInfo(f"{i + 1:02d}-{view.id}/{entry.filename}", entry.date_time)
                    inside.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(inside, own.read(entry))
            progress(i + 1, len(opened))
    return file.getvalue()
