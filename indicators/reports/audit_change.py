"""Claims of change: growth, fall, multiple, increase by times, average annual growth, difference in points."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indicators.reports import arithmetic as am
from indicators.reports.arithmetic import Span
from indicators.reports.audit_excuses import REAL, excuse, said
from indicators.reports.audit_pairs import Bound, year_of, years_of
from indicators.reports.audit_rules import TIME, Slot, base_said, residue, when
from indicators.reports.audit_verdict import Claim, Reading, cannot, claim_of, judge, part, repair
from indicators.reports.figure import Figure

if TYPE_CHECKING:
    from indicators.reports.audit import Report

CHANGES = ("growth", "annual", "multiple", "times", "points")
_KIND = {"annual": "avg_annual_growth", "multiple": "multiple", "times": "times_increase", "points": "difference_points"}


def change(slot: Slot, report: Report) -> Claim | None:
    """A growth, fall, multiple, increase by times, average annual growth or difference in points."""
    kind = _KIND.get(slot.role) or ("fall" if slot.sign < 0 else "growth")
    claim = claim_of(slot, kind)
    if slot.role == "growth" and _on_delta(claim, slot):
        return claim
    bound = _former_and_latter(slot, report) or (report.points if slot.role == "points" else report.plain).bind(slot)
    if bound.base is None and bound.now is not None and not bound.reason:
        bound = _from_elsewhere(slot, bound, report)
    if bound.base is None or bound.now is None:
        if report.ledger is not None:
            return report.ledger.change(claim, slot, bound)
        key = bound.reason or "part_missing"
        return cannot(claim, key, **({"what": "base"} if key == "part_missing" else {}))
    claim.inputs = [part("now", bound.now), part("base", bound.base)]
    now, base = am.given(bound.now.figure), am.given(bound.base.figure)
    years = years_of(slot, bound) if slot.role == "annual" else []
    if slot.role == "annual" and not years:
        return cannot(claim, "years_unknown")
    if slot.role == "times" and slot.sign < 0:
        return cannot(claim, "not_defined")
    labels = am.as_printed(bound.now.figure), am.as_printed(bound.base.figure)
    judge(claim, slot, readings(slot, now, base, labels, years))
    if claim.verdict != "follows":
        excuse(claim, slot, bound)
    elif said(slot, REAL) and not re.search("名义", slot.lead):
        cannot(claim, "comparable_prices")
    formula = lambda n, b: (lambda found: found[0].result if found else None)(readings(slot, am.given(n), am.given(b), labels, years))  # noqa: E731
    repair(claim, slot, formula, [("now", bound.now.figure), ("base", bound.base.figure)], _other_readings(slot, now, base, labels))
    return claim


def _on_delta(claim: Claim, slot: Slot) -> bool:
    """产量A, 比上年增加D, 增产X%: the base is A less D. Whether the claim was of this form and is judged."""
    k = slot.k
    if k < 2 or slot.sentence.slots[k - 1].role != "delta" or slot.sentence.slots[k - 2].role != "level":
        return False
    delta, now = slot.sentence.slots[k - 1], slot.sentence.slots[k - 2]
    words = slot.sentence.masked[now.pos:slot.pos]
    if delta.figure.unit != now.figure.unit or delta.sign != slot.sign or not delta.sign or ";" in words or residue(words) \
            or now.figure.value <= delta.figure.value or not base_said(delta).said or base_said(slot).said and base_said(slot) != base_said(delta):
        return False

    def result(n: Figure, d: Figure) -> Span | None:
        share = am.ratio(am.given(d), am.given(n))  # d / (n ∓ d) = s / (1 ∓ s), each part once
        return share and share.upper < 1 and share.map(lambda s: 100 * s / (1 - slot.sign * s)) or None

    n, d = am.as_printed(now.figure), am.as_printed(delta.figure)
    claim.inputs = [part("now", now), part("change", delta)]
    judge(claim, slot, [Reading(result(now.figure, delta.figure), f"{d} / ({n} {'−' if slot.sign > 0 else '+'} {d})")])
    if claim.verdict != "follows":
        excuse(claim, slot, Bound(now, now, "delta"))
    repair(claim, slot, result, [("now", now.figure), ("change", delta.figure)], [])
    return True


def readings(slot: Slot, now: Span, base: Span, labels: tuple[str, str], years: list[int]) -> list[Reading]:
    """The ways in which a claim of change may be meant, the plain one first."""
    n, b = labels
    percent = slot.role in ("growth", "annual")
    if slot.role == "growth":
        shown = am.fall(now, base) if slot.sign < 0 else am.growth(now, base)
        left = f"({b} − {n}) / {b}" if slot.sign < 0 else f"({n} − {b}) / {b}"
        found = [Reading(shown, left)]
    elif slot.role == "annual":
        found = []
        for k, count in enumerate(years):
            result = am.annual(now, base, count)
            if result is not None and slot.sign < 0:
                result = result.map(lambda x: -x)
            left = f"({n} / {b})^(1/{count}) − 1"
            found.append(Reading(result, f"−({left})" if slot.sign < 0 else left, "%", "within_rounding" if not k else "years_other"))
    elif slot.role == "multiple":
        found = [Reading(am.ratio(now, base), f"{n} / {b}", "")]
    elif slot.role == "times":
        factor = am.ratio(now, base)
        found = [Reading(factor and factor.map(lambda x: x - 1), f"{n} / {b} − 1", ""), Reading(factor, f"{n} / {b}", "", "read_as_factor")]
    else:
        found = [Reading(_points(slot, now, base), f"{b} − {n}" if slot.sign < 0 else f"{n} − {b}", "")]
    if percent and slot.role == "growth" and bound_in_percent(slot, now, base):
        found.append(Reading(_points(slot, now, base), f"{b} − {n}" if slot.sign < 0 else f"{n} − {b}", "", "read_as_points"))
    return found


def bound_in_percent(slot: Slot, now: Span, base: Span) -> bool:
    """Whether a growth in percent may be one in points, its parts being shares."""
    return slot.figure.unit == "%" and 0 <= now.value <= 100 and 0 <= base.value <= 100


def _points(slot: Slot, now: Span, base: Span) -> Span:
    return am.difference(base, now) if slot.sign < 0 else am.difference(now, base)


def _other_readings(slot: Slot, now: Span, base: Span, labels: tuple[str, str]) -> list[tuple[str, Span | None, str]]:
    """Readings that a writer should not have meant: wrong denominator, 'to' against 'by'."""
    n, b = labels
    factor = am.ratio(now, base)
    if slot.role == "growth":
        gap = am.difference(now, base).map(lambda x: x * (-1 if slot.sign < 0 else 1))
        # bounds of (now − base) / now and of now / base from the ratio, in which each part stands once
        inverse = am.ratio(base, now)
        wrong = inverse and inverse.map(lambda x: 100 * (x - 1) if slot.sign < 0 else 100 * (1 - x))
        top = f"{b} − {n}" if slot.sign < 0 else f"{n} − {b}"
        return [("wrong_denominator", wrong if gap.upper > 0 else None, wrong and am.line(f"({top}) / {n}", wrong, "%")),
                ("to_against_by", factor and factor.map(lambda x: 100 * x), factor and am.line(f"{n} / {b}", factor.map(lambda x: 100 * x), "%"))]
    if slot.role == "multiple" and factor is not None:
        less = factor.map(lambda x: x - 1)
        return [("to_against_by", less, am.line(f"{n} / {b} − 1", less))]
    if slot.role == "points":
        grown = am.growth(now, base)
        grown = grown and grown.map(abs) if grown and grown.lower * grown.upper > 0 else None
        return [("percent_against_points", grown, grown and am.line(f"({n} − {b}) / {b}", grown, "%"))]
    return []


def _former_and_latter(slot: Slot, report: Report) -> Bound | None:
    """前者是后者的N倍, 甲是乙的N倍: the levels in the order in which the words name them."""
    m = re.search(r"([^,;:§]{1,20}?)是([^,;:§]{1,20}?)的[约近超过逾]*$", slot.pre)
    if slot.role != "multiple" or not m:
        return None
    levels = [s for s in slot.sentence.levels() if s.pos < slot.pos]
    order = {("前者", "后者"): (-2, -1), ("后者", "前者"): (-1, -2)}.get((m[1][-2:], m[2]))
    if order:
        return Bound(levels[order[0]], levels[order[1]], "named") if len(levels) >= 2 and levels[-2].figure.unit == levels[-1].figure.unit else None
    pick = lambda word, other: [s for s in levels if word in s.pre and other not in s.pre]  # noqa: E731
    if when(m[2]).said or TIME.search(m[2]):
        return None
    one, two = (re.sub(r"(?:水平|平均水平)$", "", w) for w in m.groups())
    now, base = pick(one, two), pick(two, one)
    if not base and now:
        base = [s for s in levels if s is not now[0] and two[:2] in s.pre and s.figure.areas != now[0].figure.areas]
    if len(now) == 1 and len(base) == 1 and now[0].figure.unit == base[0].figure.unit and len(one) > 1 and len(two) > 1:
        return Bound(now[0], base[0], "named")
    return None


def _from_elsewhere(slot: Slot, bound: Bound, report: Report) -> Bound:
    """Look for the base in the rest of the report."""
    said, later = base_said(slot), year_of(bound.now)
    year = said.year or (later + said.back if later and said.back is not None else None)
    if year is None or slot.role == "points":
        return Bound(now=bound.now, reason="part_missing")
    base, why = report.elsewhere.base(bound.now, year)
    return Bound(bound.now, base, "elsewhere", why)
