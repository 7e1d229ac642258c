"""Do the comparisons of a report follow from the figures that are printed?

Every growth, fall, multiple, share, sum, difference or ratio whose parts are printed is computed
again, with the interval that the printing of both the parts and the result allows. A verdict is
``follows``, ``does_not_follow`` or ``cannot_be_checked``; wherever it is not certain which figures
are compared, or the report means something that printed levels do not show (comparable prices,
another scope, a revised base), it is the last.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from indicators.reports import arithmetic as am
from indicators.reports.arithmetic import Span
from indicators.reports.audit_pairs import Bound, Elsewhere, Paragraphs, year_of
from indicators.reports.audit_rules import NUMERALS, TIME, Slot, base_said, name, qualifier, residue, sentences, time_of, when
from indicators.reports.figure import Figure

KINDS = ("growth", "fall", "multiple", "times_increase", "avg_annual_growth", "share", "sum", "difference_points", "per_unit")
VERDICTS = ("follows", "does_not_follow", "cannot_be_checked")

_REAL = re.compile(r"可比价|不变价|实际增|实际收入|实际下降|扣除价格|剔除价格|扣除物价|at comparable prices|at constant prices|in real terms|\breal (?:growth|terms|gdp)\b|inflation-adjusted")
_SCOPE = re.compile(r"同口径|可比口径|同比口径|扣除[^,;。§]{0,14}因素|剔除[^,;。§]{0,14}因素|like-for-like")
_OUTPUT = re.compile(r"生产总值|gdp|增加值|经济总量|农业总产值|gross domestic product|value added|value-added")
_RESCOPED = re.compile(r"固定资产投资|(?:规模以上|规上).*(?:利润|营业收入|主营业务收入|总产值)")
_REVISED = re.compile(r"社会消费品零售|零售总额|研发经费|研究与试验发展|常住人口|企业.*(?:利润|营业收入)")
_UNITED = re.compile(r"(?:[万亿百]元|单位)[^,;§]{0,12}(?:能耗|水耗|用水量|电耗|排放|死亡)")


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
    from indicators.reports.audit_parts import share, sums
    from indicators.reports.audit_per_unit import per_unit

    report = Report(text, figures, ledger)
    found: list[Claim] = []
    for sentence in report.sentences:
        for slot in sentence.slots:
            claim = change(slot, report) if slot.role in _CHANGES else share(slot, report) if slot.role in ("share", "level") else None
            claim = claim or (per_unit(slot) if slot.role == "level" else None)
            if claim is not None:
                found.append(claim)
        found += sums(sentence, report.sentences[sentence.index - 1] if sentence.index else None)
    found.sort(key=lambda c: (c.start, c.end, KINDS.index(c.kind)))
    return found


# --- verdicts ----------------------------------------------------------------------------


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
    if slot is not None and qualifier(slot) == "exact" and any(am.cut_off(slot.figure, stated, r.result) for r in readings):
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


# --- claims of change --------------------------------------------------------------------

_CHANGES = ("growth", "annual", "multiple", "times", "points")
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
        return cannot(claim, key, **_missing(key, slot))
    claim.inputs = [part("now", bound.now), part("base", bound.base)]
    now, base = am.given(bound.now.figure), am.given(bound.base.figure)
    years = _years(slot, bound) if slot.role == "annual" else []
    if slot.role == "annual" and not years:
        return cannot(claim, "years_unknown")
    if slot.role == "times" and slot.sign < 0:
        return cannot(claim, "not_defined")
    labels = am.as_printed(bound.now.figure), am.as_printed(bound.base.figure)
    judge(claim, slot, readings(slot, now, base, labels, years))
    if claim.verdict != "follows":
        _excuse(claim, slot, bound)
    elif _said(slot, _REAL) and not re.search("名义", slot.lead):
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
        _excuse(claim, slot, Bound(now, now, "delta"))
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
    if m[1].endswith("前者") and m[2] == "后者":
        return Bound(levels[-2], levels[-1], "named") if len(levels) >= 2 and levels[-2].figure.unit == levels[-1].figure.unit else None
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


def _years(slot: Slot, bound: Bound) -> list[int]:
    """Numbers of years of an average: from the two years, else from the words, then also one fewer."""
    first, last = time_of(bound.base).year, year_of(bound.now)
    if first and last and last > first:
        return [last - first]
    words = slot.sentence.masked[:slot.pos]
    m = re.search(r"(?<!\d)((?:19|20)\d\d)年?(?:底|末)?\s*(?:至|到|—|-|~|to)+\s*((?:19|20)\d\d)", words)
    if m and int(m[2]) > int(m[1]):
        count = int(m[2]) - int(m[1])
        return [count] if bound.link == "from_to" else [count, count + 1]
    if re.search(r"十[一二三四]五[^,;§]{0,2}(?:期间|时期)", words):
        return [5, 4]
    m = re.search(r"十[一二三四]五\W?前([二两三四])年", words)
    if m:
        return [NUMERALS[m[1]]]
    m = re.search(r"([一二三四五六七八九十]|\d{1,2})年(?:间|来|里|内|以来)", words) or re.search(r"\b(two|three|four|five|six|ten) years", words)
    if m:
        n = int(m[1]) if m[1].isdigit() else NUMERALS[m[1]]
        return [n, n - 1] if n > 2 else [n]
    return []


# --- why a mismatch may be none ------------------------------------------------------------


def _said(slot: Slot, pattern: re.Pattern) -> bool:
    """Whether the sentence says so in the claim's own part (between semicolons)."""
    text = slot.sentence.masked
    end = text.find(";", slot.pos)
    return pattern.search(text[len(text[:slot.pos]) - len(slot.before):end if end >= 0 else len(text)]) is not None


def _excuse(claim: Claim, slot: Slot, bound: Bound) -> None:
    """Turn a mismatch into 'cannot be checked' where the report means more than the printed levels."""
    if slot.role == "points":
        return
    what = residue(name(bound.now)) + "|" + name(bound.now) + "|" + (bound.now.figure.indicator_text or "")
    if _said(slot, _REAL) and not re.search("名义", slot.lead):
        cannot(claim, "comparable_prices")
    elif _said(slot, _SCOPE):
        cannot(claim, "other_scope")
    elif slot.role in ("growth", "annual") and _OUTPUT.search(what) and not _UNITED.search(what):
        if _price_change_possible(slot, claim, bound):
            cannot(claim, "comparable_prices")
    elif slot.role == "growth" and _RESCOPED.search(what):
        cannot(claim, "other_scope")
    elif bound.link == "elsewhere" and slot.role == "growth" and _REVISED.search(what):
        cannot(claim, "revised_base")


def _price_change_possible(slot: Slot, claim: Claim, bound: Bound) -> bool:
    """Whether a change of prices of up to 20 % in one year, 8 % a year over several, would explain a growth."""
    factor = am.ratio(am.given(bound.now.figure), am.given(bound.base.figure))
    years = (_years(slot, bound) or [None])[0] or ((year_of(bound.now) or 0) - (year_of(bound.base) or 0)) or 1
    years = years if 0 < years < 80 else 1
    stated = 1 + slot.sign * claim.stated / 100
    if factor is None or factor.value <= 0 or stated <= 0:
        return True
    real = stated if slot.role == "growth" else stated**years
    prices = (factor.value / real) ** (1 / years)
    return (0.88 <= prices <= 1.20) if years == 1 else (0.95 <= prices <= 1.08)


def _missing(key: str, slot: Slot) -> dict:
    return {"what": "base"} if key == "part_missing" else {}


# --- for the reader's eye --------------------------------------------------------------


def sentence_of(claim: Claim, lang: str = "zh") -> str:
    """The verdict and its reason as a sentence, from ``indicators/text/reports.*.toml``."""
    import tomllib

    from indicators.names import TEXT

    words = tomllib.loads((TEXT / f"reports.{lang}.toml").read_text("utf8"))["audit"]
    said = [words["verdict"][claim.verdict], words["reason"].get(claim.reason.get("key", ""), "")]
    if claim.repair:
        said.append(words["repair"][claim.repair["key"]].format(**{"printed": "", "instead": "", "arithmetic": "", **claim.repair}))
    return words["joiner"].join(s for s in said if s)


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
