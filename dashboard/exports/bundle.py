"""All of a view in one ZIP: figures, chart, citation, and what they mean."""

from __future__ import annotations

import datetime
import io
import zipfile

import orjson

from dashboard.exports import STANDARD, Options, citation, tables
from dashboard.exports.about import about
from dashboard.exports.picture import picture
from dashboard.exports.workbook import xlsx
from dashboard.i18n import t
from dashboard.views import View
from geodata import CREDIT
from indicators.names import name


def zip(view: View, options: Options = STANDARD) -> bytes:
    """A view as a ZIP.

    Parameters
    ----------
    view : dashboard.views.View
        One without figures has no chart in its bundle.
    options : dashboard.exports.Options

    Returns
    -------
    bytes
        ``data.csv``, ``data.xlsx``, ``metadata.json``, ``chart.png`` and ``chart.svg``,
        ``citation.txt`` and ``citation.bib``, and ``readme.txt``, which says what they are.
        The same view on the same day gives the same bytes.
    """
    cited = citation.citations(view, options)
    references = "\n\n".join(f"{label}\n\n{cited[key]}" for label, key in (("GB/T 7714—2015", "gbt7714"), ("APA", "apa")))
    files = {"readme.txt": readme(view, options).encode(), "data.csv": tables.csv(view, options), "data.xlsx": xlsx(view, options),
             "metadata.json": orjson.dumps(tables.metadata(view, options), option=orjson.OPT_INDENT_2),
             "citation.txt": f"{references}\n".encode(), "citation.bib": cited["bibtex"].encode()}
    if view.figures:
        files |= {f"chart.{kind}": picture(view, kind, options) for kind in ("png", "svg")}
    day = datetime.date.fromisoformat(about(view, options.origin).date)
    return zipped(files, day)


def zipped(files: dict[str, bytes], day: datetime.date) -> bytes:
    """Files by name as a ZIP whose entries bear one date, so that the same content is the same bytes."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, content in files.items():
            entry = zipfile.ZipInfo(file, (day.year, day.month, day.day, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_STORED if file.endswith((".png", ".xlsx")) else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return sink.getvalue()


def readme(view: View, options: Options = STANDARD) -> str:
    """What the files of a bundle are and what their columns and statuses mean, as plain text."""
    said, lang = about(view, options.origin), view.lang
    say = lambda key, **values: t(lang, f"export.bundle.{key}", **values)
    files = [f"{file}: {say(key)}" for file, key in (
        ("data.csv", "csv"), ("data.xlsx", "xlsx"), ("metadata.json", "metadata"),
        *([("chart.png, chart.svg", "chart")] if view.figures else []), ("citation.txt, citation.bib", "citation"))]
    explained = [f"{column}: {say(f'column.{column}')}" for column, _, _ in tables.columns(view)]
    statuses = [f"{s}: {name('obs_status', s, lang)}" for s in sorted(set(view.frame["obs_status"]))]
    blocks = ("\n".join(filter(None, (said.title, t(lang, "export.workbook.unit", unit=said.unit), said.source_line, said.link, said.date))),
              say("files"), "\n".join(files), say("columns"), "\n".join(explained), say("statuses"), "\n".join(statuses),
              say("notes"), "\n".join((*said.notes, t(lang, "export.workbook.gap"))),
              say("licence"), "\n".join((say("terms"), CREDIT[lang] if said.credit else "")).strip())
    return "\n\n".join(blocks) + "\n"
