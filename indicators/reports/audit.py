"""Do the comparisons of a report follow from the figures that are printed?

Every growth, fall, multiple, share, sum, difference or ratio whose parts are printed is computed
again, with the interval that the printing of both the parts and the result allows. A verdict is
``follows``, ``does_not_follow`` or ``cannot_be_checked``; wherever it is not certain which figures
are compared, or the report means something that printed levels do not show (comparable prices,
another scope, a revised base), it is the last.
"""

from __future__ import annotations

import sys

from indicators.reports.audit_change import CHANGES, change
from indicators.reports.audit_pairs import Elsewhere, Paragraphs
from indicators.reports.audit_parts import share, sums
from indicators.reports.audit_per_unit import per_unit
from indicators.reports.audit_rules import sentences
from indicators.reports.audit_verdict import KINDS, VERDICTS, Claim, sentence_of
from indicators.reports.figure import Figure

__all__ = ["KINDS", "VERDICTS", "Claim", "Report", "audit", "sentence_of"]


class Report:
    """A report prepared for checking: its sentences, its pairs, and where else a thing is printed."""

    def __init__(self, text: str, figures: list[Figure], ledger: bool = False):
        self.sentences = sentences(text, figures)
        self.plain = Paragraphs(self.sentences)
        self.points = Paragraphs(self.sentences, points=True)
        self.elsewhere = Elsewhere(self.sentences)
        self.ledger = None
        if ledger:
            from indicators.reports.audit_ledger import Ledger
            self.ledger = Ledger()


def audit(text: str, figures: list[Figure], ledger: bool = False) -> list[Claim]:
    """All comparisons of a report with their verdicts, in the order of the text.

    Parameters
    ----------
    text : str
        The extracted text.
    figures : list of Figure
        What the reader found in it.
    ledger : bool
        Also look for missing parts in the ledger's rows.
    """
    report = Report(text, figures, ledger)
    found: list[Claim] = []
    for sentence in report.sentences:
        for slot in sentence.slots:
            claim = change(slot, report) if slot.role in CHANGES else share(slot, report) if slot.role in ("share", "level") else None
            claim = claim or (per_unit(slot) if slot.role == "level" else None)
            if claim is not None:
                found.append(claim)
        found += sums(sentence, report.sentences[sentence.index - 1] if sentence.index else None)
    found.sort(key=lambda c: (c.start, c.end, KINDS.index(c.kind)))
    return found


def main(arguments: list[str] | None = None) -> int:
    """``python -m indicators.reports.audit FILE [--ledger]``: a JSON object a line."""
    import json
    from pathlib import Path

    from indicators.reports.reader import read_text

    given = list(sys.argv[1:] if arguments is None else arguments)
    ledger = "--ledger" in given
    text = Path(next(a for a in given if not a.startswith("--"))).read_bytes().decode("utf8")
    for claim in audit(text, read_text(text), ledger):
        print(json.dumps(claim.as_dict(), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
