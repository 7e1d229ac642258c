"""Takes a report in: file -> text -> figures -> proposals; and audits what it claims."""

from __future__ import annotations

import functools
import io
import tempfile
import zipfile
from pathlib import Path

from dashboard.access import require
from dashboard.server.limits import count_reading
from indicators.reports import store


def take_in(name: str, data: bytes, lang: str) -> int:
    """Read a report and store a proposal for each of its figures.

    Parameters
    ----------
    name : str
        The file's name; only its ending counts.
    data : bytes
        Its content.
    lang : {"zh", "en"}
        Language of the sentence that says what is wrong with a bad file.

    Returns
    -------
    int
        Id of the report in the database.

    Raises
    ------
    dashboard.access.Denied
        If the session may not write.
    ValueError
        If the file cannot be read, or too many were sent in a short time.
    """
    by = require("reviewer", "report").name
    count_reading(lang)
    from indicators.reports.extract import ExtractError, extract_bytes
    from indicators.reports.reader import read_text

    try:
        document = extract_bytes(name, data)
    except ExtractError as error:
        raise ValueError(error.message(lang)) from None
    if not document.title:
        document = _named(document, Path(name).stem[:120])
    return store.add_report(document, read_text(document.text, date=document.date, title=document.title), by)


def _named(document, title):
    import dataclasses

    return dataclasses.replace(document, title=title)


def accepted_rows(by: str) -> bytes:
    """What reviewers accepted, as a ZIP of the ledger's two tables, for a curated release; who takes it away is in the audit trail."""
    store.note_audit("exported", "accepted rows", by)
    with tempfile.TemporaryDirectory() as folder:
        store.export_rows(folder)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(Path(folder).glob("*.csv")):
                archive.write(path, path.name)
        return file.getvalue()


@functools.lru_cache(maxsize=16)
def claims_of_text(report_id: int) -> list[dict]:
    """Verdicts on the comparisons in a stored report."""
    from indicators.reports.audit import audit
    from indicators.reports.reader import read_text

    text = store.text_of(report_id)
    date = next((r["date"] for r in store.reports() if r["id"] == report_id), None)
    return [c.as_dict() for c in audit(text, read_text(text, date=date or None), ledger=True)]
