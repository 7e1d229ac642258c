"""What kind of statement a figure makes: a level, a growth, a share, a rank ..."""

from __future__ import annotations

import re

_UP = r"增长|增加(?!值)|增幅|增速|上涨|上升|提高|提升|扩大|攀升|涨幅|增收|净增|增|涨|升|快"
_DOWN = r"下降|减少|降低|回落|下滑|收窄|萎缩|缩减|压减|降幅|下跌|缩短|压缩|削减|减量|减|降|跌|缩小|少|低"
_CHANGE = re.compile(rf"(?:{_UP}|{_DOWN}|负增长|正增长)")
#: The change is right before the number, with at most words of degree in between.
_CHANGED_BY = re.compile(rf"(?<!新)(?:{_UP}|{_DOWN})(?:幅度|率|速度|值|额|量|区间)?(?:了|约|均|则|仅|近|超|超过|高达|达到?|为|是|逾|又|再|各|分别|实际|:|的)*$")
_TO = re.compile(rf"(?:(?:{_UP}|{_DOWN}|变化?|调整|优化|转变|扩展|拓展|跃升|发展|提速|过渡)(?:了)?(?:到|至)|(?:变化?|调整|优化|转变|降|升|减|提高|缩短|缩小|扩大)(?:为|成))"
                 r"(?:了|约|近|目前的|现在的|\d{4}年的?)*$")
_GROWTH_NOUN = re.compile(r"(?:增速|增长率|增幅|涨幅|降幅|增长速度|下降率)(?:[^,。;]{0,12})?$")
_ANNUAL = re.compile(r"年均(?:[^,。;]{0,10})(?:增|降|减|提高|上升|下降|递增)|复合(?:年均)?增长|年平均增长|年均[^,。;]{0,6}$|年均复合|年均增速|平均每年增长")
_YOY = re.compile(r"同比|比上年|较上年|比去年|较去年|上年同期|去年同期|同上年|比上一年|较上一年|与上年")
_CHAIN = re.compile(r"环比")
_CONTRIBUTION = re.compile(r"贡献率?|拉动")
_SHARE = re.compile(r"占|比重|比例|占比|率(?!先|领)|构成|份额|覆盖|渗透")
_RATE = re.compile(r"(?:率|比重|占比|比例|强度|份额|构成|渗透率|覆盖率)(?:[^,。;]{0,8})?$")
_TIMES_MORE = re.compile(rf"(?:{_UP}|高|多|翻)(?:出|了|近|约|超|超过|达|达到|逾|长)*$")
_IS_TIMES = re.compile(r"(?:是|为|相当于|达到?|扩大到|增长到|提高到|增至|升至|的|提升至|增加到|扩大为|增长至|扩大至|达到了)[^,。;]{0,16}$")
_POINTS = ("个百分点",)


_ONLY_CHANGE = re.compile(r"(?:同比|环比|比上年|比去年|较上年|较去年|实际|名义|分别|年均|累计|平均|比|较|年|末|初|同期|仅|均|又|的|倍|翻|番|率|幅度|速度|[\x01])*(?:" + _UP + "|" + _DOWN + r"|增长率|年均|相比|加快)?(?:率|速度|幅度)?(?:了|为|达到?)?")


def is_change(words: str) -> bool:
    """Whether words only tell of a change, and name nothing that changed."""
    return _ONLY_CHANGE.fullmatch(words) is not None


def kind_of(form: str, unit: str, left: str, right: str, clause: str, listed: str | None) -> tuple[str, str]:
    """Kind of a figure and the rule that found it.

    Parameters
    ----------
    form, unit : str
        As :mod:`indicators.reports.numbers` read them.
    left : str
        Words before it, back to the comma or the figure before.
    right : str
        Words after it.
    clause : str
        Words from the start of its clause up to it.
    listed : str or None
        Kind of the figure before, where this one goes on a list (x、y和z).
    """
    if form == "rank":
        return "rank", "rank"
    if form in ("ratio", "index"):
        return ("share_pct", "ratio of parts") if form == "ratio" else ("level", "index")
    if form == "doubling":
        return ("multiple", "doubling")
    if listed and len(left) <= 3 and not _CHANGE.search(left):
        return listed, "same as the figure before in a list"
    if unit == "‰":
        return "share_pct", "rate"
    if unit == "%":
        return _of_percent(left, right, clause)
    if unit in _POINTS:
        return ("contribution_pct", "points contributed") if _CONTRIBUTION.search(left) else ("change_abs", "percentage points")
    if unit == "倍":
        if right.startswith("于"):
            return "multiple", "times as much"
        if _TIMES_MORE.search(left) and not _TO.search(left):
            return "times_increase", "grew by times"
        return "multiple", "times as much"
    if _CHANGED_BY.search(left) and not _TO.search(left) and (not left.endswith(("为", "达", "达到")) or re.search(r"(?:减量|增量|增幅|降幅|净增)", left[-6:])):
        return "change_abs", "changed by"
    return "level", "level"


def _of_percent(left: str, right: str, clause: str) -> tuple[str, str]:
    if re.search(r"贡献率", left) or re.match(r"的贡献率", right):
        return "contribution_pct", "contribution rate"
    if _TO.search(left):
        return "share_pct", "changed to a share"
    changed = _CHANGED_BY.search(left) or _GROWTH_NOUN.search(left) or re.match(r"(?:的)?(?:速度|增速|增长|增幅|年均增速|增长率|降幅)", right)
    if not changed and re.search(r"分别|各", left) and _CHANGE.search(left) and not _RATE.search(left):
        changed = True
    if not changed and _CHANGE.search(left[-8:]) and not _SHARE.search(left[-8:]):
        changed = True
    if changed and not (_RATE.search(left) and not _GROWTH_NOUN.search(left) and not _CHANGED_BY.search(left)):
        if _ANNUAL.search(clause[-30:]) or _ANNUAL.search(left):
            return "avg_annual_growth_pct", "average annual growth"
        if _CHAIN.search(left):
            return "growth_pct", "on the period before"
        if _YOY.search(clause[-30:]):
            return "yoy_pct", "on the year before"
        return "growth", "growth"
    if _ANNUAL.search(left) and not _SHARE.search(left[-6:]):
        return "avg_annual_growth_pct", "average annual growth"
    if _YOY.search(left) and not _SHARE.search(left):
        return "yoy_pct", "on the year before"
    if re.match(r"的?增长(?![到至为])", right) and not left.endswith(("占", "占比")):
        return "growth", "growth"
    return "share_pct", "share"
