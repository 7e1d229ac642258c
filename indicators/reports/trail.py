"""The audit trail: who did what and when. It is only ever added to."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from indicators.reports.database import transaction
from indicators.reports.reviewed import storable
from indicators.reports.schema import audit as _audit

#: The first schema that has a trail.
SINCE = 2


def note_audit(action: str, subject: str, by: str, **detail) -> int:
    """Add an entry that stands by itself.

    Parameters
    ----------
    action, subject : str
        What was done, and to what: ``accept`` and ``proposal 12``.
    by : str
        Who did it; ``-`` where nobody is known.
    **detail
        Anything that JSON can hold.

    Returns
    -------
    int
        Id of the entry.

    Raises
    ------
    StoreError
        If the database cannot be used.
    """
    with transaction(write=True) as connection:
        return note(connection, action, subject, by, **detail)


def note(connection: sa.Connection, action: str, subject: str, by: str, **detail) -> int:
    """Add an entry within the transaction of what it tells, so that both are kept or neither."""
    entry = {"at": now("microseconds"), "by": plain(by) or "-", "action": plain(action), "subject": plain(subject), "detail": storable(detail)}
    return connection.execute(_audit.insert().values(entry)).inserted_primary_key[0]


def audit_trail(limit: int = 200, before: int | None = None) -> list[dict]:
    """Entries of the trail, the newest first.

    Parameters
    ----------
    limit : int
        At most so many.
    before : int, optional
        Only entries older than that of this id, for the next page.

    Returns
    -------
    list of dict
        ``id, at, by, action, subject, detail``.
    """
    wanted = sa.select(_audit).order_by(_audit.c.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(_audit.c.id < before)
    with transaction() as connection:
        return [dict(row) for row in connection.execute(wanted).mappings()]


def now(precision: str = "seconds") -> str:
    """This moment in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec=precision)


def plain(value) -> str:
    """Text on one line that no spreadsheet takes for a formula."""
    return " ".join(storable(str(value or "")).split()).lstrip("=+-@ ")


def person(by: str) -> str:
    """The name of who decides or adds.

    Raises
    ------
    ValueError
        If there is none.
    """
    if not isinstance(by, str) or not by.strip():
        raise ValueError("a decision needs the name of who makes it")
    return plain(by)
