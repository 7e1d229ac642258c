"""Proposals read from reports and what reviewers decided about them.

A report is stored with its text and one proposal for every figure. Reviewers accept, correct
or reject; every decision is added to a log that is never changed, and the last entry of a
proposal holds the row that counts. Accepted rows are observations of the ledger.

Whoever decides says which version of the proposal was on the screen. If somebody else decided
meanwhile, :class:`Conflict` says who, what and when, and nothing is written.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from indicators.model import OBSERVATION_COLUMNS, read_printed
from indicators.reports import reviewed
from indicators.reports.database import engine, transaction
from indicators.reports.propose import place_of, propose, source_of, text_hash
from indicators.reports.record_sets import add_record_set, record_rows, record_sets, record_sources
from indicators.reports.reviewed import SOURCE_COLUMNS, StoreError, storable
from indicators.reports.schema import STATES
from indicators.reports.schema import audit as _audit
from indicators.reports.schema import decisions as _decisions
from indicators.reports.schema import proposals as _proposals
from indicators.reports.schema import record_sets as _record_sets
from indicators.reports.schema import reports as _reports
from indicators.reports.trail import audit_trail, note, note_audit, now, person, plain
from indicators.whole import whole

__all__ = ["Conflict", "StoreError", "accepted_observations", "accepted_sources", "add_record_set", "add_report", "audit_trail", "changes", "decide",
           "decide_many", "decision_count", "engine", "export_rows", "history", "note_audit", "proposals", "record_observations", "record_sets",
           "record_set_sources", "reports", "text_of", "text_with_hash", "undo"]

_STATE = {"accept": "accepted", "correct": "corrected", "reject": "rejected"}
_DID = {"accept": "accepted", "correct": "corrected", "reject": "rejected", "undo": "took back a decision on"}
_IN_LEDGER = ("accepted", "corrected")
_NUMBERS = ("value", "lower", "upper")


class Conflict(StoreError):
    """Somebody else decided since the version that the reviewer saw.

    Attributes
    ----------
    proposal_id, version : int
        The proposal and its version now.
    by, action, at : str
        Of the last decision; empty where there is none.
    """

    def __init__(self, proposal_id: int, version: int, value_text: str, last: Mapping | None):
        self.proposal_id, self.version = proposal_id, version
        self.by, self.action, self.at = (last["by"], last["action"], last["at"]) if last else ("", "", "")
        done = (f"{self.by} {_DID[self.action]} “{value_text}” at {self.at[:16].replace('T', ' ')} UTC"
                if last else f"“{value_text}” was never decided on, and is at version {version}")
        super().__init__(f"{done}; look at it again before you decide.")


# --- reports ---------------------------------------------------------------------------


def add_report(document, figures, by: str) -> int:
    """Store a report and a proposal for each of its figures, all or nothing.

    Parameters
    ----------
    document : object
        With ``text`` and, where known, ``title``, ``publisher``, ``date`` and ``format``.
    figures : iterable of Figure
        Read from that text.
    by : str
        Who adds it.

    Returns
    -------
    int
        Id of the report. The same text again gives the report that is there, unchanged.
    """
    by, text = person(by), storable(document.text)
    sha256 = text_hash(text)
    found = _report_with(sha256)
    if found is not None:
        return found
    rows = [_proposal(figure, document) for figure in figures]
    try:
        with transaction(write=True) as connection:
            about = {k: plain(getattr(document, k, None)) for k in ("title", "publisher", "date", "format")}
            report_id = connection.execute(_reports.insert().values(
                sha256=sha256, source=source_of(text), text=text, added_at=now(), added_by=by, **about)).inserted_primary_key[0]
            if rows:
                connection.execute(_proposals.insert(), [{**row, "report_id": report_id} for row in rows])
            note(connection, "add report", f"report {report_id}", by, sha256=sha256, title=about["title"], proposals=len(rows))
            return report_id
    except IntegrityError:
        found = _report_with(sha256)  # somebody else added the same text at this moment
        if found is None:
            raise
        return found


def _proposal(figure, document) -> dict:
    row, missing = propose(figure, document)
    return {"start": figure.start, "end": figure.end, "figure": storable(figure.as_dict()), "row": storable(row),
            "missing": missing, "state": "proposed", "version": 0}


def _report_with(sha256: str) -> int | None:
    with transaction(keeping=True) as connection:
        return connection.execute(sa.select(_reports.c.id).where(_reports.c.sha256 == sha256)).scalar()


def reports() -> list[dict]:
    """All reports without their texts, newest first, each with ``counts`` of its proposals by state."""
    columns = [c for c in _reports.c if c.name != "text"]
    with transaction() as connection:
        found = connection.execute(sa.select(*columns).order_by(_reports.c.id.desc())).mappings().all()
        counted = connection.execute(sa.select(_proposals.c.report_id, _proposals.c.state, sa.func.count()).group_by(
            _proposals.c.report_id, _proposals.c.state)).all()
    counts = {}
    for report_id, state, n in counted:
        counts.setdefault(report_id, dict.fromkeys(STATES, 0))[state] = n
    return [{**row, "counts": counts.get(row["id"], dict.fromkeys(STATES, 0))} for row in found]


def text_of(report_id: int) -> str:
    """The text of a report, in which the offsets of its proposals count.

    Raises
    ------
    ValueError
        If there is no such report.
    """
    with transaction() as connection:
        text = connection.execute(sa.select(_reports.c.text).where(_reports.c.id == report_id)).scalar()
    if text is None:
        raise ValueError(f"there is no report {report_id}")
    return text


def text_with_hash(sha256: str) -> str | None:
    """The text whose SHA-256 that is, if it is stored: the way from a source to its passages."""
    with transaction() as connection:
        return connection.execute(sa.select(_reports.c.text).where(_reports.c.sha256 == sha256)).scalar()


# --- proposals -------------------------------------------------------------------------


def _latest():
    """Every proposal with its report's source and, where there is one, its last decision."""
    last = sa.select(sa.func.max(_decisions.c.id)).where(_decisions.c.proposal_id == _proposals.c.id).correlate(_proposals).scalar_subquery()
    columns = [_proposals, _reports.c.source, _reports.c.sha256, *(_decisions.c[name].label(f"last_{name}") for name in ("action", "row", "by", "at", "note"))]
    return sa.select(*columns).join(_reports).outerjoin(_decisions, _decisions.c.id == last)


def _as_dict(found: Mapping) -> dict:
    proposal = {k: v for k, v in found.items() if not k.startswith("last_")}
    last = {k.removeprefix("last_"): v for k, v in found.items() if k.startswith("last_")}
    if last["action"] is None:
        return {**proposal, "proposed_row": proposal["row"], "last": None}
    row = last.pop("row")
    return {**proposal, "proposed_row": proposal["row"], "row": row, "missing": [] if row else proposal["missing"], "last": last}


def proposals(report_id: int, states=None) -> list[dict]:
    """Proposals of a report in the order of its text.

    Parameters
    ----------
    report_id : int
    states : str or sequence of str, optional
        Of ``proposed``, ``accepted``, ``corrected``, ``rejected``; all when omitted.

    Returns
    -------
    list of dict
        ``id, report_id, start, end, figure, row, missing, state, version``, ``source`` and
        ``sha256`` of the report, ``proposed_row`` (as it was read) and ``last`` (``action, by,
        at, note`` of the last decision, or None).
        ``row`` is the row that counts now; None where it is still incomplete, for the reasons
        in ``missing``.
    """
    wanted = _latest().where(_proposals.c.report_id == report_id).order_by(_proposals.c.start, _proposals.c.id)
    if states is not None:
        wanted = wanted.where(_proposals.c.state.in_([states] if isinstance(states, str) else list(states)))
    with transaction() as connection:
        return [_as_dict(found) for found in connection.execute(wanted).mappings()]


def history(proposal_id: int) -> list[dict]:
    """All decisions on a proposal, oldest first: ``id, action, row, by, at, note``."""
    with transaction() as connection:
        return _log_of(connection, proposal_id)


def _log_of(connection, proposal_id: int) -> list[dict]:
    columns = [_decisions.c[name] for name in ("id", "action", "row", "by", "at", "note")]
    wanted = sa.select(*columns).where(_decisions.c.proposal_id == proposal_id).order_by(_decisions.c.id)
    return [dict(row) for row in connection.execute(wanted).mappings()]


# --- decisions -------------------------------------------------------------------------


def decide(proposal_id: int, action: str, by: str, version: int, row: Mapping | None = None, note: str = "") -> int:
    """Accept, correct or reject one proposal.

    Parameters
    ----------
    proposal_id, version : int
        The proposal and the version of it that the reviewer saw.
    action : {"accept", "correct", "reject"}
    by : str
        Who decides.
    row : mapping, optional
        Of a correction: the observation columns that change. Numbers that it does not give
        are read from ``value_text``. Source, locator and vintage stay as they are.
    note : str
        Why, in the log.

    Returns
    -------
    int
        The new version.

    Raises
    ------
    Conflict
        If the version is not the present one.
    ValueError
        If there is no such proposal or action, or the row breaks a rule of the ledger.
    """
    if (row is not None) != (action == "correct"):
        raise ValueError("a correction needs a row, and only a correction has one")
    return _decide_all({proposal_id: version}, action, by, row, note)[proposal_id]


def decide_many(versions: Mapping[int, int], action: str, by: str, note: str = "") -> dict[int, int]:
    """Accept or reject several proposals, all or none of them.

    Parameters
    ----------
    versions : mapping of int to int
        For each proposal the version that the reviewer saw.
    action : {"accept", "reject"}
    by, note : str
        As in :func:`decide`, which also says what is raised.

    Returns
    -------
    dict of int to int
        The new versions.
    """
    if action == "correct":
        raise ValueError("a correction is made one at a time")
    return _decide_all(versions, action, by, None, note)


def _decide_all(versions, action, by, row, why):
    by = person(by)
    if action not in _STATE:
        raise ValueError(f"there is no action {action!r}; there are {', '.join(_STATE)}")
    with transaction(write=True) as connection:
        # in the order of ids, so that two batches cannot wait for each other
        seen = {i: _at_version(connection, i, versions[i]) for i in sorted(versions)}
        after = {i: _row_after(proposal, action, row) for i, proposal in seen.items()}
        if action != "reject":
            _refuse(problems(list(after.values())))
        for i, proposal in seen.items():
            _write(connection, proposal, action, _STATE[action], after[i], by, why)
    reviewed.forget()
    return {i: proposal["version"] + 1 for i, proposal in seen.items()}


def undo(proposal_id: int, by: str, version: int | None = None, note: str = "") -> int:
    """Take the last decision back that still holds; the log keeps it and gains an entry.

    Returns
    -------
    int
        The new version.

    Raises
    ------
    Conflict
        If `version` is given and is not the present one, or somebody decides at this moment.
    ValueError
        If there is nothing to take back.
    """
    by = person(by)
    with transaction(write=True) as connection:
        proposal = _at_version(connection, proposal_id, version)
        held = [("proposed", proposal["proposed_row"])]
        for entry in _log_of(connection, proposal_id):
            if entry["action"] == "undo":
                held.pop()
            else:
                held.append((_STATE[entry["action"]], entry["row"]))
        if len(held) == 1:
            raise ValueError("there is no decision to take back")
        _write(connection, proposal, "undo", *held[-2], by, note)
    reviewed.forget()
    return proposal["version"] + 1


def _find(connection, proposal_id) -> dict:
    found = connection.execute(_latest().where(_proposals.c.id == proposal_id)).mappings().first()
    if found is None:
        raise ValueError(f"there is no proposal {proposal_id}")
    return _as_dict(found)


def _at_version(connection, proposal_id, version) -> dict:
    proposal = _find(connection, proposal_id)
    if version is not None and proposal["version"] != version:
        raise _conflict(proposal)
    return proposal


def _conflict(proposal) -> Conflict:
    return Conflict(proposal["id"], proposal["version"], proposal["figure"].get("value_text", ""), proposal["last"])


def _write(connection, proposal, action, state, row, by, why) -> None:
    """Move a proposal to a state and log it, if it still has the version that was read."""
    same = (_proposals.c.id == proposal["id"]) & (_proposals.c.version == proposal["version"])
    moved = connection.execute(_proposals.update().where(same).values(state=state, version=proposal["version"] + 1))
    if moved.rowcount != 1:
        raise _conflict(_find(connection, proposal["id"]))
    entry = {"proposal_id": proposal["id"], "action": action, "row": row, "by": by, "at": now(), "note": plain(why)}
    decision = connection.execute(_decisions.insert().values(entry)).inserted_primary_key[0]
    note(connection, action, f"proposal {proposal['id']}", by, decision=decision, report=proposal["report_id"], version=proposal["version"] + 1)


def _row_after(proposal, action, row) -> dict | None:
    """The row that counts after a decision."""
    before = proposal["row"]
    if action == "reject":
        return before
    if action == "accept":
        if before is None:
            raise ValueError(f"“{proposal['figure'].get('value_text', '')}” cannot be accepted before it is complete: "
                             f"{'; '.join(proposal['missing']) or 'it has no row'}")
        return before
    unknown = set(row) - set(OBSERVATION_COLUMNS)
    if unknown:
        raise ValueError(f"an observation has no column {', '.join(sorted(map(str, unknown)))}")
    place = place_of(proposal["start"], proposal["end"], proposal["source"], proposal["sha256"])
    after = {**dict.fromkeys(OBSERVATION_COLUMNS, ""), "obs_status": "A", **(before or {}), **storable(dict(row)), **place}
    return _with_numbers({**after, "unit": after["unit"] or _unit_of(after["indicator"])}, given=set(row))


def _unit_of(indicator_id) -> str:
    from indicators import get

    return get(indicator_id).unit


def _with_numbers(row: dict, given: set) -> dict:
    """`row` with the numbers as floats; those that were not given are what the printing says."""
    printed = read_printed(str(row["value_text"]), str(row["unit"]))
    for name in _NUMBERS:
        try:
            row[name] = float(row[name] if name in given else getattr(printed, name))
        except (TypeError, ValueError):
            raise ValueError(f"{name} {row[name]!r} is no number") from None
    return row


# --- checking --------------------------------------------------------------------------


def problems(rows: list[Mapping]) -> list[str]:
    """What the ledger's rules say against observation rows, one sentence each."""
    said = [text for row in rows for text in _form_problems(row)]
    return said or _ledger_problems(rows)


def _form_problems(row: Mapping) -> list[str]:
    """What would not even be a row: wrong types, numbers that are none, text that a spreadsheet runs."""
    said = [f"{k} must be text" for k in OBSERVATION_COLUMNS if k not in _NUMBERS and not isinstance(row.get(k), str)]
    said += [f"{k} must be a finite number" for k in _NUMBERS
             if not isinstance(row.get(k), int | float) or not math.isfinite(row[k])]
    said += ["no area is given"] if not row.get("area") else []
    said += [f"{k} may not begin with {v[0]!r}" for k, v in row.items() if isinstance(v, str) and v[:1] in tuple("=@\t\r")]
    return said


def _ledger_problems(rows) -> list[str]:
    """The rules that :func:`indicators.ledger.check` has for single rows."""
    from indicators import ledger

    return [text for row in rows for text in ledger.row_problems(SimpleNamespace(**row), {row["source"]})]


def _refuse(said: list[str]) -> None:
    if said:
        raise ValueError("; ".join(said))


# --- the ledger ------------------------------------------------------------------------


def decision_count() -> int:
    """How many decisions there are."""
    with transaction() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(_decisions)).scalar()


def changes() -> tuple:
    """What differs whenever the figures of the ledger may: counts of decisions and record sets, and the last restore.

    The logs only grow, so their counts tell whether anything changed. The greatest id would
    not: of two writers the one with the smaller id may commit last.
    """
    counts = [sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in (_decisions, _record_sets)]
    restored = sa.select(_audit.c.at).where(_audit.c.action == "restore").order_by(_audit.c.id.desc()).limit(1).scalar_subquery()
    with transaction() as connection:
        return tuple(connection.execute(sa.select(*counts, restored)).one())


def accepted_observations() -> pd.DataFrame:
    """Accepted and corrected rows with the ledger's columns, in the order of reports and texts."""
    wanted = _latest().where(_proposals.c.state.in_(_IN_LEDGER)).order_by(_proposals.c.report_id, _proposals.c.start, _proposals.c.id)
    with transaction() as connection:
        rows = [_as_dict(found)["row"] for found in connection.execute(wanted).mappings()]
    return _observations(rows)


def record_observations() -> pd.DataFrame:
    """Observations of record sets with the ledger's columns, in the order in which they were added."""
    return _observations(record_rows())


def record_set_sources() -> pd.DataFrame:
    """The record sets that gave an observation, with the columns of ``sources.csv``."""
    return pd.DataFrame(record_sources(), columns=list(SOURCE_COLUMNS)).astype("str")


def _observations(rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(OBSERVATION_COLUMNS)).astype(
        {c: "float64" if c in _NUMBERS else "str" for c in OBSERVATION_COLUMNS})


def accepted_sources() -> pd.DataFrame:
    """The reports that gave an accepted row, with the columns of ``sources.csv``."""
    used = sa.select(_proposals.c.report_id).where(_proposals.c.state.in_(_IN_LEDGER))
    wanted = sa.select(*(_reports.c[k] for k in ("source", "title", "publisher", "date", "sha256"))).where(_reports.c.id.in_(used)).order_by(_reports.c.id)
    with transaction() as connection:
        found = connection.execute(wanted).mappings().all()
    rows = [{**dict.fromkeys(SOURCE_COLUMNS, ""), **{k: r[k] for k in ("source", "title", "publisher", "date")}, "kind": "report",
             "reliability": "medium", "text_sha256": r["sha256"], "note": "read and reviewed in this program"} for r in found]
    return pd.DataFrame(rows, columns=list(SOURCE_COLUMNS)).astype("str")


def export_rows(folder) -> int:
    """Write accepted rows, those of record sets and their sources as the ledger's tables, for a curated release.

    Rows that `folder` has already stay as they are; given ``indicators/data`` the difference
    is what the review added. Each file is written beside the old one and then takes its
    place, so that a reader never sees half of it.

    Returns
    -------
    int
        How many observations were added.
    """
    folder = Path(folder)
    rows = pd.concat([accepted_observations(), record_observations()], ignore_index=True)
    sources = pd.concat([accepted_sources(), record_set_sources()], ignore_index=True)
    there = _table(folder / "observations.csv", OBSERVATION_COLUMNS)
    numbers = there.astype({"value": "float64"})
    rows = rows[~reviewed.held(rows, numbers)]
    text = rows.assign(**{c: [np.format_float_positional(v, trim="-") for v in rows[c]] for c in _NUMBERS})
    order = ["indicator", "area", "counterpart_area", "period"]
    known = _table(folder / "sources.csv", SOURCE_COLUMNS)
    sources = sources[~sources["source"].isin(known["source"]) & sources["source"].isin(rows["source"])]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / "sources.csv", pd.concat([known, sources]))
        _replace(folder / "observations.csv", pd.concat([there, text]).sort_values(order, kind="stable"))
    except OSError as error:
        raise StoreError(f"the rows cannot be written to {folder}: {error.strerror or error}") from error
    return len(rows)


def _table(path: Path, columns) -> pd.DataFrame:
    if not path.exists():
        return pd.DataFrame(columns=list(columns), dtype="str")
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def _replace(path: Path, table: pd.DataFrame) -> None:
    with whole(path, "w", encoding="utf8", newline="") as new:
        table.to_csv(new, index=False, lineterminator="\n")
        os.fchmod(new.fileno(), path.stat().st_mode & 0o777 if path.exists() else 0o644)
