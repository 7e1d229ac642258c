"""A claim of a report, the ways to compute it, and the verdict."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from indicators.reports import arithmetic as am
from indicators.reports.arithmetic import Span
from indicators.reports.audit_rules import Slot, qualifier
from indicators.reports.figure import Figure

KINDS = ("growth", "fall", "multiple", "times_increase", "avg_annual_growth", "share", "sum", "difference_points", "per_unit")
VERDICTS = ("follows", "does_not_follow", "cannot_be_checked")



@dataclass
class Claim:
    """A comparison that a report states, and whether it follows.

    Attributes
    ----------
    start, end : int
        Offsets of the stated figure in the report.
    kind : str
        One of :data:`KINDS`.
    stated, stated_lower, stated_upper : float
        As printed, and what the printing and words like 近 allow; a fall is positive.
    recomputed_lower, recomputed_upper : float or None
        What the parts allow.
    verdict : str
        One of :data:`VERDICTS`.
    reason : dict
        ``key`` of a sentence in the text files and the values it needs.
    inputs : list of dict
        The parts: role, printed form, and start and end or the key of a ledger row.
    arithmetic : str
        The computation on one line.
    repair : dict or None
        What would make it right, where exactly one other reading does.
    """

    start: int
    end: int
    kind: str
    stated: float
    stated_lower: float
    stated_upper: float
    recomputed_lower: float | None = None
    recomputed_upper: float | None = None
    verdict: str = "cannot_be_checked"
    reason: dict = field(default_factory=dict)
    inputs: list[dict] = field(default_factory=list)
    arithmetic: str = ""
    repair: dict | None = None

    def as_dict(self) -> dict:
        """Plain dictionary, as the command line prints it; a bound that is open is None."""
        plain = asdict(self)
        for key in ("stated_lower", "stated_upper", "recomputed_lower", "recomputed_upper"):
            if plain[key] is not None and abs(plain[key]) == float("inf"):
                plain[key] = None
        return plain


@dataclass
class Reading:
    """One way to compute a stated figure: its result, the line that shows it, and its name."""

    result: Span | None
    left: str
    unit: str = "%"
    key: str = "within_rounding"

    def line(self) -> str:
        """The computation on one line."""
        return am.line(self.left, self.result, self.unit) if self.result else ""


def claim_of(slot: Slot, kind: str) -> Claim:
    """A claim that is not judged yet."""
    span = am.claimed(slot.figure, qualifier(slot))
    return Claim(slot.figure.start, slot.figure.end, kind, span.value, span.lower, span.upper)


def part(role: str, slot: Slot) -> dict:
    """An input of a claim, as printed in the report."""
    return {"role": role, "start": slot.figure.start, "end": slot.figure.end, "printed": slot.figure.value_text}


def cannot(claim: Claim, key: str, **values) -> Claim:
    """The claim, not checkable for a reason."""
    claim.verdict, claim.reason = "cannot_be_checked", {"key": key, **values}
    return claim


def judge(claim: Claim, slot: Slot | None, readings: list[Reading]) -> Claim:
    """Set the verdict: it follows if one reading meets the stated figure, the first one being the plain one."""
    readings = [r for r in readings if r.result is not None]
    if not readings:
        return cannot(claim, "not_defined")
    stated = Span(claim.stated, claim.stated_lower, claim.stated_upper)
    fitting = next((r for r in readings if r.result.meets(stated)), None)
    shown = fitting or readings[0]
    claim.recomputed_lower, claim.recomputed_upper, claim.arithmetic = shown.result.lower, shown.result.upper, shown.line()
    if fitting:
        claim.verdict, claim.reason = "follows", {"key": fitting.key}
        return claim
    if slot is not None and qualifier(slot) == "exact" and any(am.cut_off(slot.figure, r.result) for r in readings):
        return cannot(claim, "last_digit")
    claim.verdict = "does_not_follow"
    claim.reason = {"key": "outside_rounding" if len(readings) == 1 else "no_reading", "readings": [r.line() for r in readings]}
    return claim


def repair(claim: Claim, slot: Slot, formula: Callable, parts: list[tuple[str, Figure]], others: list[tuple[str, Span | None, str]]) -> None:
    """Note what would make a claim right, if exactly one thing does.

    Parameters
    ----------
    formula : callable
        Figures of the parts -> Span, as the claim was checked.
    parts : list of (role, Figure)
    others : list of (key, Span or None, arithmetic)
        Other readings with their results.
    """
    if claim.verdict != "does_not_follow":
        return
    stated = Span(claim.stated, claim.stated_lower, claim.stated_upper)
    found = [{"key": key, "arithmetic": line} for key, span, line in others if span is not None and span.meets(stated)]
    figures = [f for _, f in parts]
    for k, (role, figure) in enumerate(parts):
        for other in am.swapped(figure):
            result = formula(*figures[:k], other, *figures[k + 1:])
            if result is not None and result.meets(stated):
                found.append({"key": "swapped_digits", "role": role, "printed": figure.value_text, "instead": other.value_text})
    result = formula(*figures)
    if result is not None and qualifier(slot) == "exact":
        for other in am.swapped(slot.figure):
            if am.claimed(other, "exact").meets(result):
                found.append({"key": "swapped_digits", "role": "stated", "printed": slot.figure.value_text, "instead": other.value_text})
    if len(found) == 1:
        claim.repair = found[0]


@functools.lru_cache(maxsize=2)
def _words(lang: str) -> dict:
    from indicators.names import TEXT

    return tomllib.loads((TEXT / f"reports.{lang}.toml").read_text("utf8"))["audit"]


def sentence_of(claim: Claim, lang: str = "zh") -> str:
    """The verdict and its reason as a sentence, from ``indicators/text/reports.*.toml``.

    Parameters
    ----------
    claim : Claim
        Or anything with its verdict, reason and repair.
    lang : {"zh", "en"}
    """
    words = _words(lang)
    said = [words["verdict"][claim.verdict], words["reason"].get((claim.reason or {}).get("key", ""), "")]
    if claim.repair:
        values = {"arithmetic": "", "printed": "", "instead": "", **claim.repair}
        said.append(words["repair"][claim.repair["key"]].format(**{k: str(v) for k, v in values.items()}))
    return words["joiner"].join(s for s in said if s)
