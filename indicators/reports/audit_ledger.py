"""Parts of a comparison that the report does not print, from the ledger's rows.

The ledger keeps several figures of one thing (bases before and after a census, preliminary and final
ones, other sources). A claim is accused only if it follows on none of them.
"""

from __future__ import annotations

from indicators.model import period_bounds, unit_scale
from indicators.reports import arithmetic as am
from indicators.reports.arithmetic import Span
from indicators.reports.audit_change import readings
from indicators.reports.audit_excuses import excuse
from indicators.reports.audit_pairs import Bound, year_of, years_of
from indicators.reports.audit_rules import Slot, base_said, qualifier
from indicators.reports.audit_verdict import Claim, Reading, cannot, judge, part
from indicators.reports.figure import Figure

_UNITS = {"µg/m³": "微克/立方米"}
_UNIT_COUNTS = frozenset("家个户项所件条处座宗只种台套份张场次")


class Ledger:
    """Rows of the ledger by indicator, area, counterpart and period."""

    def __init__(self):
        from indicators.ledger import observations

        self.rows: dict[tuple, list] = {}
        for row in observations().itertuples():
            if row.obs_status != "F":
                self.rows.setdefault((row.indicator, row.area, row.counterpart_area, row.period), []).append(row)

    def change(self, claim: Claim, slot: Slot, bound: Bound) -> Claim:
        """Judge a claim of change whose base, or both of whose parts, only the ledger has."""
        about = bound.now.figure if bound.now is not None else slot.figure
        now_period, base_period = _periods(slot, bound, about)
        place = _place(about) or _place(slot.figure)
        indicator = about.indicator or slot.figure.indicator
        if not (place and indicator and base_period) or slot.role == "times" and slot.sign < 0:
            return cannot(claim, bound.reason or "part_missing", what="base")
        bases = self.rows.get((indicator, *place, base_period), [])
        nows = self.rows.get((indicator, *place, now_period), []) if now_period else []
        pairs = [(None, b) for b in bases if bound.now is not None and _unit_of(b)[1] in _same(about.unit)] + \
                [(n, b) for n in nows for b in bases if n.vintage == b.vintage and n.unit == b.unit]
        if not pairs:
            return cannot(claim, bound.reason or "part_missing", what="base")
        return self._judge(claim, slot, bound, pairs, now_period, base_period)

    def _judge(self, claim: Claim, slot: Slot, bound: Bound, pairs: list[tuple], now_period: str | None, base_period: str) -> Claim:
        years = _year_count(slot, bound, now_period, base_period)
        if slot.role == "annual" and not years:
            return cannot(claim, "years_unknown")
        tried: list[tuple[Claim, list[Reading]]] = []
        for n, b in pairs:
            now, base = am.given(bound.now.figure) if n is None else _span(n), _span(b)
            labels = (am.as_printed(bound.now.figure) if n is None else am.number(n.value)), am.number(b.value)
            if n is None:
                labels = am.number(now.value / float(_unit_of(b)[0])), am.number(b.value)
            found = readings(slot, now, base, labels, years)
            one = Claim(claim.start, claim.end, claim.kind, claim.stated, claim.stated_lower, claim.stated_upper)
            one.inputs = [part("now", bound.now) if n is None else _row("now", n), _row("base", b)]
            judge(one, slot, found)
            if one.verdict == "follows":
                one.reason = {"key": "on_ledger", "rows": len(pairs)}
                return one
            tried.append((one, found))
        chosen = next((one for one, _ in tried if one.verdict == "cannot_be_checked"), tried[0][0])
        if chosen.verdict == "does_not_follow":
            chosen.reason = {"key": "on_no_basis", "readings": [r.line() for _, found in tried for r in found[:1]][:8], "rows": len(pairs)}
            self._doubt(chosen, slot, bound, tried)
        return chosen

    @staticmethod
    def _doubt(claim: Claim, slot: Slot, bound: Bound, tried: list) -> None:
        """Reasons for which rows of another source may not show what the report means."""
        at = bound.now or slot
        excuse(claim, slot, Bound(at, at, "elsewhere"))
        if claim.verdict == "does_not_follow" and qualifier(slot) != "exact":
            cannot(claim, "revised_base")
        named = any(a[:2] in slot.sentence.masked for a in at.figure.areas + at.figure.from_areas)
        known = any(i.get("row") for i in claim.inputs if i["role"] == "now")
        if claim.verdict == "does_not_follow" and not (named or known):
            cannot(claim, "other_scope")  # the place is only carried over from elsewhere in the report
        stated = Span(claim.stated, claim.stated_lower, claim.stated_upper)
        near = any(r.result is not None and abs(r.result.value - stated.value) <= max(0.05 * abs(stated.value), 2.0 if claim.kind != "multiple" else 0.1)
                   for _, found in tried for r in found)
        if claim.verdict == "does_not_follow" and near:
            cannot(claim, "revised_base")


def _periods(slot: Slot, bound: Bound, about: Figure) -> tuple[str | None, str | None]:
    """The period of the later figure and that of the base, in the ledger's form."""
    year = year_of(bound.now) if bound.now is not None else year_of(slot)
    said, own = base_said(slot), about.period or ""
    first = said.year or (year + said.back if year and said.back is not None else None)
    if first is None and slot.figure.base_period and slot.figure.base_period[:4].isdigit():
        first = int(slot.figure.base_period[:4])
    if year is None or first is None or first >= year:
        return None, None
    try:
        (y1, _), (y2, _) = period_bounds(own)
    except ValueError:
        return str(year), str(first)
    if y1 != y2 or y1 != year:
        return str(year), str(first)
    return own, own.replace(str(year), str(first))


def _year_count(slot: Slot, bound: Bound, now_period: str | None, base_period: str) -> list[int]:
    if now_period:
        return [int(now_period[:4]) - int(base_period[:4])]
    return years_of(slot, bound) if bound.now is not None and bound.base is not None else []


def _place(figure: Figure) -> tuple[str, str] | None:
    """Codes of area and counterpart area."""
    from indicators.reports.propose import area_code

    try:
        if figure.from_areas and figure.to_areas:
            return area_code(tuple(figure.from_areas)), area_code(tuple(figure.to_areas))
        return (area_code(tuple(figure.areas)), "") if figure.areas else None
    except ValueError:
        return None


def _unit_of(row) -> tuple:
    scale, base = unit_scale(row.unit)
    return scale, _UNITS.get(base, base)


def _same(unit: str) -> set[str]:
    """Units that count the same: measure words are exchanged freely."""
    return {unit} | (set(_UNIT_COUNTS) if unit in _UNIT_COUNTS else set())


def _span(row) -> Span:
    k = float(_unit_of(row)[0])
    return Span(row.value * k, min(row.lower, row.value) * k, max(row.upper, row.value) * k)


def _row(role: str, row) -> dict:
    """An input from the ledger, by its key."""
    key = "|".join((row.indicator, row.area, row.counterpart_area, row.period, row.vintage, row.source, row.locator))
    return {"role": role, "row": key, "printed": row.value_text, "unit": row.unit}
