"""Which period a figure is of, and what it is measured on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indicators.reports.times import Time

_LINK = re.compile(r"(?:同期|年?末|年?底)?的?(?:近|约|超过?|逾|不足|目前|全市|实际)*$")
_FROM = re.compile(r"(?:由|从)[^,。;由从]{0,24}$")
_TO = re.compile(r"(?:到|至|为|达)[^,。;]{0,16}$")
_REACHED = re.compile(r"(?:已达到?|达到?|突破|已有|增至|总里程|跨过)")
_GROWS = ("growth", "growth_pct", "yoy_pct", "times_increase", "multiple", "change_abs", "avg_annual_growth_pct")


@dataclass
class Dated:
    """Period, kind of period and base of a figure."""

    period: str | None = None
    kind: str | None = None
    base: str | None = None
    why: str = ""
    attached: bool = False


def before_year(period: str) -> str | None:
    """The same period of the year before."""
    try:
        return re.sub(r"\d{4}(?!\d)", lambda m: str(int(m[0]) - 1), period)
    except (TypeError, ValueError):
        return None


def _attached(text: str, times: list[Time], start: int) -> Time | None:
    for time in reversed(times):
        if time.end <= start:
            if time.period and start - time.end <= 8 and _LINK.fullmatch(text[time.end:start]):
                return time
            return None
    return None


def date_of(text: str, times: list[Time], start: int, clause: int, clause_end: int, sentence: int, kind: str,
            carried: Time | None, pair: tuple[str | None, str | None, int], role: str, older: tuple[str | None, str | None]) -> Dated:
    """Period of a figure.

    Parameters
    ----------
    text : str
        Compact text of the paragraph.
    times : list of Time
        Its times.
    start, clause, clause_end, sentence : int
        The figure; bounds of its clause; start of its sentence.
    kind : str
        Kind of figure, ``growth`` where the base decides.
    carried : Time or None
        Time of the sentence before.
    pair : (str or None, str or None, int)
        Periods of the last two figures of a change (由A至B) in the sentence, and where it ends.
    older : (str or None, str or None)
        Those of the change before, where this figure belongs to the next one.
    role : str
        ``from``, ``to`` or empty: place of the figure in such a change.
    """
    here = [t for t in times if t.start >= sentence and t.end <= start and t.period]
    mains = [t for t in here if not t.base and not t.local]
    bases = [t for t in times if t.base and t.period and sentence <= t.start < clause_end]
    near_bases = [t for t in bases if clause <= t.start or t.end > start - 40 and t.end <= start]
    base = near_bases[-1].period if near_bases else None
    at = _attached(text, here, start)
    if at and kind not in _GROWS:
        return Dated(at.period, at.kind, None, "time before the figure", True)
    main = mains[-1] if mains else None
    why = "time in the sentence"
    if main is None and not pair[1] and carried is not None:
        main, why = carried, "time of the sentence before"
    older = pair[:2] if pair[0] and pair[1] else older
    if role and older[0] and older[1] and not (main and main.start >= clause):
        return Dated(older[0] if role == "from" else older[1], "year", None, "times of the change before")
    if kind in _GROWS:
        return _of_growth(main, base, pair, kind, why, at)
    if role == "from":
        if main and main.kind == "cumulative" and "/" in main.period:
            return Dated(main.period.split("/")[0], "year", None, "start of the range")
        return Dated(_alike(bases[-1].period, main) if bases else None, "year", None, "base of the comparison")
    if role == "to" and main and main.kind == "cumulative" and "/" in main.period:
        return Dated(main.period.split("/")[1], "year", None, "end of the range")
    if role == "to" and not mains and pair[0]:
        return Dated(None, None, None, "end of the change is not dated")
    if main is not None and main.spoken and "/" in main.period and _REACHED.search(text[max(clause, start - 8):start + 2]):
        return Dated(main.period.split("/")[1], "end", None, "end of the range")
    if main is None:
        return Dated(pair[1], "year" if pair[1] else None, None, "time of the change" if pair[1] else "")
    return Dated(main.period, main.kind if main.kind != "point" else "end", None, why)


def _alike(base: str, main: Time | None) -> str:
    """A base year as the same part of it: 2014年同期 of 2023-01/2023-11."""
    if main and len(base) == 4 and re.fullmatch(r"\d{4}-\d\d/\d{4}-\d\d", main.period):
        return re.sub(r"\d{4}", base, main.period)
    return base


def _of_growth(main: Time | None, base: str | None, pair, kind: str, why: str, at: Time | None) -> Dated:
    first, last, where = pair
    if at and not at.base and not at.local:
        main = at
    period = main.period if main else last
    if last and not (main and main.start >= where):
        period = last
    period_kind = main.kind if main else "year" if period else None
    if kind == "avg_annual_growth_pct":
        if first and last:
            return Dated(f"{first[:4]}/{last[:4]}", "cumulative", first, "range of the change")
        if main and "/" in main.period and main.kind == "cumulative":
            return Dated(main.period, "cumulative", main.period.split("/")[0], why)
        if base and period and "/" not in period and base[:4] < period[:4]:
            return Dated(f"{base[:4]}/{period[:4]}", "cumulative", base, "base to period")
        return Dated(period, period_kind, base, why)
    if base is None and first and last:
        base = first
    if base and main:
        base = _alike(base, main)
    return Dated(period, "end" if period_kind == "point" else period_kind, base, why)


def role_of(text: str, start: int, clause: int, before_end: int) -> str:
    """Whether a figure is the start or the end of a change: 由A增长至B."""
    left = text[max(clause, before_end):start]
    if re.search(r"(?:由|从)(?:[^,。;]{0,12}的)?(?:约|近|超过?|不足|原来的|最初的|过去的)?$", left):
        return "from"
    if before_end > clause and re.search(r"(?:增长|增加|提高|提升|上升|下降|减少|降低|降|增|升|变|提速|扩大|缩短|减|压缩|发展|跃升|缩小|回落|扩展|拓展)[^,。;、]{0,4}(?:到|至|为)[^,。;]{0,12}$", left):
        if re.search(r"(?:由|从)[^。;]{0,40}$", text[max(0, clause - 30):before_end]):
            return "to"
    return ""
