"""Everything the pages write: each step asks at its own moment who is there and what they may do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dashboard.access import deny, require
from dashboard.i18n import t
from dashboard.state import language
from indicators.reports import store
from indicators.reports.trail import plain

#: What spreadsheets take for a formula at the beginning of a cell, also in the full width of Chinese input,
#: and what would begin another cell or row; a sign before a number with its unit is none.
_FORMULA = re.compile(r"[=@\uff1d\uff20]|[^\t\r\n]*[\t\r\n]|[+\-\uff0b\uff0d](?!\s?\d[\d.,]*\s*[^\W\d_]*[%\u2030]?(/[^\W\d_]+)?$)")


def decide(proposal: Mapping, action: str, row: Mapping | None = None) -> int:
    """Accept, correct or reject a proposal; see :func:`indicators.reports.store.decide`.

    Parameters
    ----------
    proposal : mapping
        With ``id`` and the ``version`` that was on the screen.
    action : {"accept", "correct", "reject"}
    row : mapping, optional
        Of a correction.

    Returns
    -------
    int
        The new version.

    Raises
    ------
    dashboard.access.Denied
        If the session may not write.
    ValueError, StoreError
        As :func:`indicators.reports.store.decide` does.
    """
    who = require("reviewer", f"proposal {proposal['id']}")
    for value in (row or {}).values():
        if isinstance(value, str) and _FORMULA.match(value.strip(" ")):
            raise ValueError(t(language(), "access.formula", value=value[:60]))
    return store.decide(proposal["id"], action, who.name, proposal["version"], row)


def accept_all(proposals: list[Mapping]) -> dict[int, int]:
    """Accept several proposals, all or none."""
    who = require("reviewer", f"{len(proposals)} proposals")
    return store.decide_many({p["id"]: p["version"] for p in proposals}, "accept", who.name)


def take_back(proposal_id: int) -> int:
    """Take back the last decision that holds: a reviewer their own, an administrator anybody's.

    Returns
    -------
    int
        The new version.

    Raises
    ------
    dashboard.access.Denied
        If the session may not.
    ValueError, StoreError
        As :func:`indicators.reports.store.undo` does; a :class:`~indicators.reports.store.Conflict`
        where somebody decided between the look at the log and this step.
    """
    what = f"proposal {proposal_id}"
    who = require("reviewer", what)
    log = store.history(proposal_id)
    held: list[str] = []
    for entry in log:
        if entry["action"] == "undo":
            held.pop()
        else:
            held.append(entry["by"])
    if held and held[-1] != plain(who.name) and not who.may("administrator"):
        deny(what, who.name, sentence=t(language(), "access.not_own", by=held[-1]))
    return store.undo(proposal_id, who.name, len(log))  # every entry of the log is one version
