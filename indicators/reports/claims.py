"""What the shipped reports claim: comparisons with their verdicts, kept as facts beside the ledger.

The verdicts stand in ``indicators/data/claims.csv``, because a deployment need not hold the
reports' texts. Where it does, ``python -m indicators claims`` makes the table anew.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path

import pandas as pd

from indicators.ledger import DATA, sources

COLUMNS = ("source", "locator", "kind", "indicator", "value_text", "stated", "stated_lower", "stated_upper", "recomputed_lower",
           "recomputed_upper", "verdict", "reason", "arithmetic", "repair", "inputs")


def of_report(source: str, text: str, date: str | None) -> list[dict]:
    """Comparisons of one report, as rows of the table.

    Parameters
    ----------
    source : str
        Id of the report.
    text : str
        Its text.
    date : str, optional
        Its date.
    """
    from indicators.reports.audit import audit
    from indicators.reports.reader import read_text

    figures = read_text(text, date=date)
    at = {(f.start, f.end): f for f in figures}
    digest = sources().loc[source, "text_sha256"][:16]
    rows = []
    for claim in audit(text, figures, ledger=True):
        plain = claim.as_dict()
        figure = at.get((claim.start, claim.end))
        rows.append({
            **{c: plain[c] for c in COLUMNS if c in plain}, "source": source, "locator": f"chars={claim.start}-{claim.end}; text={digest}",
            "indicator": figure.indicator or "" if figure else "", "value_text": "".join(text[claim.start:claim.end].split()),
            **{c: json.dumps(plain[c], ensure_ascii=False) for c in ("reason", "repair", "inputs")}})
    return rows


def build(folder: Path = DATA) -> int:
    """Write ``claims.csv`` from the texts that the deployment holds; returns the number of rows.

    Raises
    ------
    ValueError
        If it holds none of the reports' texts.
    """
    from indicators.reports.passages import reports_dir, text_of

    rows, table = [], sources()
    for source in table[table["text_file"] != ""].index:
        text = text_of(source)
        if text is not None:
            rows += of_report(source, text, table.loc[source, "date"] or None)
    if not rows:
        raise ValueError(f"none of the reports' texts is in {reports_dir()}")
    part = folder / ".claims.csv"
    pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(part, index=False, lineterminator="\n")
    os.replace(part, folder / "claims.csv")
    return len(rows)


@functools.lru_cache(maxsize=2)
def shipped(folder: Path = DATA) -> pd.DataFrame:
    """The table of claims; columns :data:`COLUMNS`, the last two parsed, numbers as floats."""
    path = folder / "claims.csv"
    if not path.exists():
        return pd.DataFrame(columns=list(COLUMNS))
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in ("stated", "stated_lower", "stated_upper", "recomputed_lower", "recomputed_upper"):
        table[column] = pd.to_numeric(table[column])
    for column in ("reason", "repair", "inputs"):
        table[column] = [json.loads(v) for v in table[column]]
    return table


def sentence(claim: dict, lang: str) -> str:
    """The verdict on a claim and its reason, in words."""
    from types import SimpleNamespace

    from indicators.reports.audit import sentence_of

    return sentence_of(SimpleNamespace(verdict=claim["verdict"], reason=claim["reason"], repair=claim["repair"]), lang)
