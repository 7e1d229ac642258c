"""When a report was written, where it does not come with its date, and what it looks back on."""

from __future__ import annotations

import re
from collections import Counter

from indicators.reports.times import Clock

_DATE = r"(20[0-4]\d)\s?[年\-/.]\s?(1[0-2]|0?[1-9])(?:\s?[月\-/.]\s?(3[01]|[12]\d|0?[1-9])(?!\d))?"
_PUBLISHED = re.compile(rf"(?:发布|出版|发表|更新|刊发|刊登|报告|通讯|date|Date|时间|日期)[^\n\d]{{0,12}}{_DATE}")
_ANY = re.compile(rf"(?<![\d.]){_DATE}")
_ISSUE = re.compile(r"(20[0-4]\d)\s?年\s?第\s?(\d{1,2})\s?期")
_MONTHS = {m: i + 1 for i, m in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())}
_ENGLISH = re.compile(r"(?:(\d{1,2}) )?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,? (?:(\d{1,2}), )?(20[0-4]\d)")
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)\s?年")
_BULLETIN = re.compile(r"(20[0-4]\d)\s?年[^\n。]{0,24}统计公报")
_WORK_REPORT = re.compile(r"(20[0-4]\d)\s?年[^\n。]{0,16}工作报告")
_SPOKEN = re.compile(r"[—-]+\s*(20[0-4]\d)\s?年\s?(1[0-2]|[1-9])\s?月\s?\d{1,2}\s?日在[^\n。]{4,60}(?:会议|大会|全会)")
_AHEAD = re.compile(r"(?:到|至|力争|预计|展望|面向|参加|举办|将于|筹备)$")
_MONTH_NAMED = re.compile(r"(20[0-4]\d)\s?年\s?(1[0-2]|0?[1-9])\s?月|(今年|去年)\s?(1[0-2]|[1-9])\s?月|(?<![\d年])(1[0-2]|[1-9])\s?月\s?\d{1,2}\s?日")


def report_date(text: str, given: str | None = None) -> tuple[int, int, bool]:
    """Year and month of a report, and whether the month is known.

    Parameters
    ----------
    text : str
        Text of the report.
    given : str, optional
        Date as the caller knows it: ``2024``, ``2024-02`` or ``2024-02-15``.
    """
    if given:
        m = re.match(r"\s*(\d{4})(?:-(\d{1,2}))?", given)
        if m:
            return int(m[1]), min(max(int(m[2] or 12), 1), 12), bool(m[2])
    head, tail = text[:6000], text[-3000:]
    if m := _WORK_REPORT.search(head[:800]):
        return int(m[1]), 1, True
    if m := _SPOKEN.search(head[:1500]):
        return int(m[1]), int(m[2]), True
    for part in (head, tail):
        if m := _PUBLISHED.search(part):
            return int(m[1]), int(m[2]), True
    if m := _ISSUE.search(text[:20000]):
        issue = int(m[2])
        return int(m[1]), min(issue, 12), issue <= 12
    if m := _BULLETIN.search(head):
        return int(m[1]) + 1, 3, True
    last_lines = tail[-300:]
    if m := list(_ANY.finditer(last_lines)):
        return int(m[-1][1]), int(m[-1][2]), True
    dates = [(int(m[1]), int(m[2])) for m in _ANY.finditer(text[:60000])]
    english = [(int(m[4]), _MONTHS[m[2]]) for m in _ENGLISH.finditer(text[:20000])]
    years = Counter(int(m[1]) for m in _YEAR.finditer(text[:60000]) if not _AHEAD.search(text[max(0, m.start() - 2):m.start()]))
    newest = max((y for y, n in years.items() if y <= 2035), default=0)
    best = max([*dates, *english], default=(0, 0))
    if best[0] and best[0] >= newest - 1:
        return best[0], best[1], True
    if newest:
        return newest, 12, False
    return 2024, 12, False


def clock(text: str, given: str | None = None, title: str | None = None) -> Clock:
    """The report's date and the period that 目前 and 全年 stand for.

    A report of the first quarter looks back on the year before; any other one speaks of the
    latest month that it names, if that is not long before its date.
    """
    year, month, known = report_date(text, given)
    head = (title or "") + "\n" + text[:600]
    if m := _BULLETIN.search(head):
        return Clock(year, month, m[1], int(m[1]), known)
    if month <= 3:
        return Clock(year, month, str(year - 1), year - 1, known)
    latest = (0, 0)
    for m in _MONTH_NAMED.finditer(text[:60000]):
        if m[1]:
            named = int(m[1]), int(m[2])
        elif m[3]:
            named = year - (m[3] == "去年"), int(m[4])
        else:
            named = year, int(m[5])
        if named[0] == year and named <= (year, month):
            latest = max(latest, named)
    now = f"{latest[0]}-{latest[1]:02d}" if latest[0] else f"{year}-{month:02d}" if known else str(year)
    return Clock(year, month, now, year if month >= 10 else year - 1, known)
