"""Claims about parts of a whole: shares, sums, and ratios per unit."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from indicators.reports import arithmetic as am
from indicators.reports.arithmetic import Span
from indicators.reports.audit_pairs import nearest, year_of
from indicators.reports.audit_rules import TIME, Sentence, Slot, name, residue
from indicators.reports.audit_verdict import Claim, Reading, cannot, claim_of, judge, part, repair
from indicators.reports.figure import Figure

if TYPE_CHECKING:
    from indicators.reports.audit import Report

# --- shares --------------------------------------------------------------------------------

_ALIAS = re.compile(r"(?:地区|国内|全市|全省|区域|全区|全县|本地区)?(?:生产总值|gdp)|经济总量")
_OTHER_AREA = re.compile(r"全国|全球|世界|全省|全区|全市|京津冀|三地|国内|同期")
_GENERIC_WHOLE = re.compile(r"^(?:全部|总量|总数|总额|总体|全市|全省|总的?|比重|比例|全年|其中|the|total|all|city's|whole)*$")
_PART_MARK = re.compile(r"其中|之中|当中|里,|里面|中,|中[^,;§]{0,12}的有|包括|including|of which|\bof\b")
#: Among how many figures of its unit to either side the whole of a share is looked for.
_NEAR = 80
_DAYS = re.compile(r"优良天数|达标天数|good air|good days")


def share(slot: Slot, report: Report) -> Claim | None:
    """占…的X%: the part by the whole. None where the figure is no share of anything printed."""
    sentence = slot.sentence
    if slot.figure.unit not in ("%", "‰"):
        return None
    phrase = _share_phrase(slot)
    if not phrase:
        days = _share_of_days(slot)
        if days is not None or phrase is None:
            return days
    levels = [s for s in sentence.levels() if s.figure.unit not in ("%", "percent")]
    whole, inner = _whole_in_phrase(slot, levels)
    target = residue(_ALIAS.sub("gdp", TIME.sub("", phrase)))
    earlier = [s for s in levels if s.pos < slot.pos and s is not whole]
    claim = claim_of(slot, "share")
    piece = _part(slot, earlier, inner)
    if whole is None and piece is not None:
        whole, why = _whole(slot, piece, earlier, target, phrase, report)
        if whole is None:
            return cannot(claim, why)
    if piece is None and whole is None:
        piece, whole = _named_later(slot, phrase, target, report)
    if piece is None or whole is None:
        return cannot(claim, "part_missing")
    if piece.figure.unit != whole.figure.unit:
        return cannot(claim, "other_unit")
    claim.inputs = [part("part", piece), part("whole", whole)]
    labels = am.as_printed(piece.figure), am.as_printed(whole.figure)
    formula = lambda p, w: am.ratio(am.given(p), am.given(w), 100)  # noqa: E731
    judge(claim, slot, [Reading(formula(piece.figure, whole.figure), f"{labels[0]} / {labels[1]}")])
    rest = am.ratio(whole_less(piece, whole), am.given(whole.figure), 100)
    others = [("other_part", rest, rest and am.line(f"({labels[1]} − {labels[0]}) / {labels[1]}", rest, "%")),
              ("wrong_denominator", *_of_rest(piece, whole, labels))]
    repair(claim, slot, formula, [("part", piece.figure), ("whole", whole.figure)], others)
    return claim


def whole_less(piece: Slot, whole: Slot) -> Span:
    """The rest of the whole."""
    return am.difference(am.given(whole.figure), am.given(piece.figure))


def _of_rest(piece: Slot, whole: Slot, labels) -> tuple[Span | None, str]:
    found = am.ratio(am.given(piece.figure), whole_less(piece, whole), 100)
    return found, found and am.line(f"{labels[0]} / ({labels[1]} − {labels[0]})", found, "%")


def _share_phrase(slot: Slot) -> str | None:
    """The words that name the whole, '' where they name none, None where the figure is no share."""
    text = slot.before[-70:]
    if slot.sentence.english:
        after = re.match(r"\s*of (?:the )?([^,;.§]*)", slot.post)
        if re.search(r"(?:account(?:s|ed|ing)? for|represent(?:s|ed|ing)|\bor\b|making up)[^,;§]{0,12}$", text):
            return after[1] if after else ""
        return None
    m = re.search(r"占(?!比|地面积|用地)(?P<what>[^,;]{0,40})$", text)
    if m:
        what = re.split(r"的?(?:比重|比例|份额)", m["what"])[0]
        return re.sub(r"(?:的|了|约|近|超过?|逾|将近|为|达到?)+$", "", what.split("§")[0].rstrip("("))
    if re.search(r"(?:占比|所占比重|占比重|比重|比率|比例)(?:超过|超|达到?|约|近|为|是|将近|不到)*$", slot.lead) and not re.search(r"[由从到至].{0,20}$", slot.lead):
        own = re.sub(r"(?:占比|所占比重|占比重|比重|比率|比例).*$", "", slot.lead)
        return "" if not residue(own) else None
    return None


def _whole_in_phrase(slot: Slot, levels: list[Slot]) -> tuple[Slot | None, Slot | None]:
    """占新车总销量(39.8万辆)的比例为, 占…103.2万个的: the whole is printed between 占 and the share."""
    if slot.sentence.english:
        m = re.match(r"[^,;.]*\bof [^,;.§]*$", slot.post)
        following = next((s for s in levels if s.k == slot.k + 1), None)
        return (following, following) if following is not None and m else (None, None)
    before = [s for s in levels if s.pos < slot.pos]
    if before and before[-1].k == slot.k - 1 and re.search(r"占[^,;§]*\(?$", before[-1].pre) and re.match(r"\)?[^,;§]{0,10}的", slot.pre):
        return before[-1], before[-1]
    return None, None


def _part(slot: Slot, earlier: list[Slot], inner: Slot | None) -> Slot | None:
    """The level right before 占, if no other thing is named in between."""
    if not earlier:
        return None
    last = earlier[-1]
    text = slot.sentence.masked[last.pos + 1:(inner or slot).pos]
    if slot.sentence.english and (inner is not None or slot.sentence.masked.startswith("of ")):
        return last if last.k == slot.k - 1 and len(text[:text.find("§")].split()) <= 6 else None
    own = re.split(r"account|represent|or\s*$", text)[0] if slot.sentence.english else text.rpartition("占")[0] or re.split("比重|比例|占比", text)[0]
    own = own.rpartition("§")[2]
    if ";" in own or "分别" in own:
        return None
    words = residue(own)
    same = words and (words in residue(name(last)) or any(words in residue(s.pre) and s is last for s in earlier))
    return last if not words or same else _named(words, earlier)


def _named(words: str, earlier: list[Slot]) -> Slot | None:
    hits = [s for s in earlier if len(words) > 1 and words in residue(s.pre)]
    return hits[0] if len(hits) == 1 else None


def _whole(slot: Slot, piece: Slot, earlier: list[Slot], target: str, phrase: str, report: Report) -> tuple[Slot | None, str]:
    same = [s for s in earlier if s is not piece and s.figure.unit == piece.figure.unit and s.pos < piece.pos]
    area = _OTHER_AREA.findall(phrase)
    if _GENERIC_WHOLE.match(target) and not re.search("全国|全球|世界|全省", phrase):
        before = report.sentences[slot.sentence.index - 1] if slot.sentence.index else None
        return _parent(piece, same, slot, before if before is not None and before.block == slot.sentence.block else None)
    later = [s for s in slot.sentence.levels() if s.pos > slot.pos and s.figure.unit == piece.figure.unit]
    same = [s for s in earlier if s is not piece and s.figure.unit == piece.figure.unit]
    hits = [s for s in same + later if _names(target, s, area, piece)]
    if hits:
        return (hits[0], "") if len(hits) == 1 else (None, "ambiguous")
    hits = [s for s in report.elsewhere.near(piece, _NEAR) if s.sentence is not slot.sentence and _names(target, s, area, piece) and _same_time(s, piece)]
    close = [s for s in hits if s.sentence.block == slot.sentence.block and 0 < slot.sentence.index - s.sentence.index <= 2]
    return (close[0], "") if len(close) == 1 else nearest(hits, slot)


def _parent(piece: Slot, same: list[Slot], slot: Slot, earlier_sentence: Sentence | None) -> tuple[Slot | None, str]:
    """A whole that is not named: the level before 其中."""
    masked = slot.sentence.masked
    marks = [m.end() for m in _PART_MARK.finditer(masked[:piece.pos])]
    above = [s for s in same if marks and s.pos < marks[0] and s.figure.value >= piece.figure.value]
    starts = masked[:piece.pos].count("其中")
    if masked.startswith("其中") and not same and earlier_sentence is not None:
        above = [s for s in earlier_sentence.levels() if s.figure.unit == piece.figure.unit and s.figure.value >= piece.figure.value]
        return (above[0], "") if len(above) == 1 and slot.k and piece is slot.sentence.levels()[0] else (None, "part_missing")
    kin = [s for s in same if not marks and len(residue(name(s))) > 1 and residue(name(piece)).endswith(residue(name(s)))
           and name(piece) != name(s) and s.figure.value >= piece.figure.value]
    if len(kin) == len(same) == 1:
        return kin[0], ""  # 医院312家, 民营医院104家
    if masked.startswith("of ") and len(same) == 1 and same[0].k == 0:
        return same[0], ""
    if len(above) == 1 and starts <= 1:
        return above[0], ""
    if not marks:
        return None, "part_missing"
    return None, "ambiguous" if above else "part_missing"


def _names(target: str, slot: Slot, area: list[str], piece: Slot) -> bool:
    """Whether a level is what a share is said to be of."""
    own = _called(name(slot)) or residue(re.split(r"[,;。]|中", slot.post)[0])  # 312家医院中
    if len(target) < 2 or len(own) < 2:
        return False
    if any(a in ("全国", "全球", "世界") and a not in name(slot) for a in area):
        return False
    if "其中" in slot.pre:
        return False
    strip = lambda s: re.sub(r"^(?:全国|全省|全市|全区|全县|京津冀|三地|同期|全部|所有|在)+", "", s)  # noqa: E731
    if len(area) == 1 and target == area[0]:  # 占全国的: the same thing of the whole area
        return own.startswith(target) and len(strip(own)) > 1 and residue(_ALIAS.sub("gdp", name(piece))).endswith(strip(own))
    bare = re.sub(r"^(?:全部|总)", "", strip(target))
    if "其中" in piece.pre and slot.k == piece.k - 1 and (own[:2] == bare[:2] or len(bare) > 1 and own.endswith(bare)):
        return True
    return own == target or strip(own) == strip(target) or strip(own).endswith(strip(target)) and len(strip(target)) > 2 \
        or (target == "gdp" and own.endswith("gdp") and "人均" not in own)


@functools.lru_cache(maxsize=8192)
def _called(words: str) -> str:
    return residue(_ALIAS.sub("gdp", words))


def _same_time(a: Slot, b: Slot) -> bool:
    one, two = year_of(a), year_of(b)
    return (one == two or one is None or two is None) and (a.figure.areas == b.figure.areas or not a.figure.areas or not b.figure.areas)


def _named_later(slot: Slot, phrase: str, target: str, report: Report) -> tuple[Slot | None, Slot | None]:
    """服务业占全部从业人员的83.6%; 全部从业人员§, 其中服务业§: both parts stand after the share."""
    m = re.search(r"([^,;§]*)占[^,;§]*$", slot.before)
    words = residue(m[1]) if m else ""
    if len(words) < 2 or len(target) < 2:
        return None, None
    near = [s for sentence in report.sentences[slot.sentence.index:slot.sentence.index + 2] for s in sentence.levels()
            if sentence.block == slot.sentence.block and s.figure.start > slot.figure.end and s.figure.unit != "%"]
    strip = lambda s: re.sub(r"^(?:全部|财政|其中)+", "", s)  # noqa: E731
    wholes = [s for s in near if _names(target, s, [], slot)]
    parts = [s for s in near if s not in wholes and strip(residue(name(s))) and (strip(residue(name(s))) in words or words.startswith(strip(residue(name(s)))))]
    return (parts[0], wholes[0]) if len(parts) == len(wholes) == 1 else (None, None)


def _share_of_days(slot: Slot) -> Claim | None:
    """优良天数比率: days by the days of the year; monitoring may have missed up to ten of them."""
    if slot.figure.unit != "%" or not re.search(r"(?:比率|比例|占比)(?:为|达到?|是)*$|(?:占比|比例)(?:为|达到?)*$", slot.lead):
        return None
    days = [s for s in slot.sentence.levels() if s.pos < slot.pos and s.figure.unit == "天"]
    if not days or days[-1].k != slot.k - 1 or not _DAYS.search(slot.sentence.masked[:slot.pos]):
        return None
    own = residue(re.sub(r"比率|比例|占比", "", slot.pre))
    if own and own not in residue(name(days[-1])) or not 200 <= days[-1].figure.value <= 366:
        return None
    claim = claim_of(slot, "share")
    claim.inputs = [part("part", days[-1])]
    return judge(claim, slot, [Reading(am.ratio(am.given(days[-1].figure), Span(365, 355, 366), 100), f"{am.as_printed(days[-1].figure)} / 365")])


# --- sums ----------------------------------------------------------------------------------

_PARTITIONS = (
    ("第一产业", "第二产业", "第三产业"), ("一产", "二产", "三产"), ("出口", "进口"), ("城镇", "乡村"), ("城镇", "农村"), ("男", "女"), ("北京", "天津", "河北"),
    ("工资性收入", "经营净收入", "财产净收入", "转移净收入"), ("exports", "imports"), ("内贸", "外贸"), ("国内", "入境"), ("镇", "乡"),
)
_TOTAL = re.compile(r"合计|共计|总计|总共|加起来|三地共|in total|altogether|totaling")
_COUNT = re.compile(r"([两二三四五六七八九])(?:地|省市|市|省|区|县|类|种|大类|部分|方面)")
_WHOLE_NOUN = {("出口", "进口"): r"进出口|外贸", ("exports", "imports"): r"trade", ("北京", "天津", "河北"): r"京津冀|三地|三省市|区域", ("镇", "乡"): r"乡镇"}
_RATIO = re.compile(r"(?<![\d.:])\d{1,2}(?:\.\d{1,2})?(?::\d{1,2}(?:\.\d{1,2})?){2,5}(?![\d:.]*\d)")
_STRUCTURE = re.compile(r"构成|结构|三次产业|占比|比重")
_N = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2}


def sums(sentence: Sentence, before: Sentence | None = None) -> list[Claim]:
    """Ratios that make 100, and totals that are printed with all their parts."""
    levels = sentence.levels()
    found = _ratios(sentence) + _hundreds(sentence, levels) + _totals(sentence, [s for s in levels if s.figure.unit not in ("%", "percent", "倍")])
    known = {(c.start, c.end) for c in found}
    return found + [c for c in _named_totals(sentence, before) if (c.start, c.end) not in known]


def _ratios(sentence: Sentence) -> list[Claim]:
    """三次产业构成为0.2:14.9:84.8, whether or not the reader took the ratio for shares."""
    found = []
    for m in _RATIO.finditer(sentence.raw):
        parts = [sentence.source.span(sentence.start + n.start(), sentence.start + n.end()) for n in re.compile(r"[\d.]+").finditer(sentence.raw, *m.span())]
        figures = [_share_figure(printed, *place) for printed, place in zip(m[0].split(":"), parts)]
        if 85 <= sum(f.value for f in figures) <= 115 and _STRUCTURE.search(sentence.raw[max(0, m.start() - 60):m.start()]):
            found.append(_hundred(figures))
    return found


def _share_figure(printed: str, start: int, end: int) -> Figure:
    half = 0.5 * 10.0 ** -len(printed.partition(".")[2])
    return Figure(start, end, printed, float(printed), "%", float(printed) - half, float(printed) + half, kind="share_pct")


def _hundreds(sentence: Sentence, levels: list[Slot]) -> list[Claim]:
    """Shares of a whole that the words name completely."""
    shares = [s for s in levels if s.figure.unit == "%"]
    for names in _PARTITIONS:
        if len(names) < 3 or len(shares) < len(names):
            continue
        for k in range(len(shares) - len(names) + 1):
            run = shares[k:k + len(names)]
            if all(n in s.pre for n, s in zip(names, run)) and re.search("占|比重|构成", sentence.masked) and 80 < sum(s.figure.value for s in run) < 120 \
                    and not re.search("增长|下降|提高", "".join(s.pre for s in run)):
                return [_hundred([s.figure for s in run])]
    return []


def _hundred(figures: list[Figure]) -> Claim:
    claim = Claim(figures[0].start, figures[-1].end, "sum", 100.0, 100.0, 100.0)
    claim.inputs = [{"role": "part", "start": f.start, "end": f.end, "printed": f.value_text} for f in figures]
    result = am.total([am.given(f) for f in figures])
    return judge(claim, None, [Reading(result, " + ".join(am.as_printed(f) for f in figures))])


def _totals(sentence: Sentence, levels: list[Slot]) -> list[Claim]:
    found = []
    for k, whole in enumerate(levels):
        after = _list_after(levels, k)
        before = _list_before(levels, k)
        for parts, complete in ((after, _complete(sentence, whole, after, False)), (before, _complete(sentence, whole, before, True))):
            if len(parts) >= 2 and complete is not None:
                claim = _total(whole, parts, complete)
                if claim is not None:
                    found.append(claim)
                    break
    return found


_NO_SUM = re.compile(r"人均|平均|每|率|价|浓度|指数|系数|密度|比重|占比|强度|天数|per capita|average")


def _named_totals(sentence: Sentence, before: Sentence | None) -> list[Claim]:
    """A total and parts that the words name completely, with growths in between: 总额T; 其中, 出口A, 增长…; 进口B."""
    found = []
    for names in _PARTITIONS:
        if not all(n in sentence.masked for n in names):
            continue
        levels = sentence.levels()
        hits = [[s for s in levels if _named_by(n, names, s)] for n in names]
        if any(len(h) != 1 for h in hits):
            continue
        parts = [h[0] for h in hits]
        above = [s for s in levels if s.pos < parts[0].pos]
        if not above and before is not None and before.block == sentence.block and re.match("其中|分|按", sentence.masked):
            above = before.levels()
        whole = above[-1] if above else None
        if whole is None or len({s.figure.unit for s in [whole, *parts]}) != 1 or any(_NO_SUM.search(name(s)) for s in [whole, *parts]) \
                or any(n in whole.pre and not re.search(_WHOLE_NOUN.get(names, "$^"), whole.pre) for n in names):
            continue
        noun, rest = _WHOLE_NOUN.get(names), {residue(re.sub("|".join(names), "", name(s))) for s in parts}
        if noun and not re.search(noun, whole.pre) or len(rest) > 1 or not noun and not _akin(rest.pop(), whole):
            continue
        claim = _total(whole, parts, True)
        if claim is not None:
            found.append(claim)
    return found


def _named_by(word: str, names: tuple[str, ...], slot: Slot) -> bool:
    """Whether a level's own clause begins with one name of a partition and holds no other."""
    own = re.sub(r"^(?:其中|的|and|including|\W)+", "", slot.lead.strip())
    return own.startswith(word) and not any(n in own for n in names if n != word) or own.startswith("完成" + word)


def _akin(rest: str, whole: Slot) -> bool:
    """Whether parts and whole are of one thing: 第一产业投资 and 固定资产投资; value added adds up to GDP."""
    own = residue(_ALIAS.sub("增加值", name(whole)))
    return not rest or own.endswith(residue(rest)) or residue(rest).endswith(own[-2:])


def _list_after(levels: list[Slot], k: int) -> list[Slot]:
    """The levels of one unit that follow a total (其中…、…), one after the other."""
    run = []
    for slot in levels[k + 1:]:
        if slot.figure.unit != levels[k].figure.unit or slot.k != (run[-1].k if run else levels[k].k) + 1 or run and not re.match(r"^\s*(?:、|,|;|和|及|与|以及|and)", slot.pre):
            break
        run.append(slot)
    return run


def _list_before(levels: list[Slot], k: int) -> list[Slot]:
    """The levels of one unit right before a total (…、…，合计…)."""
    run: list[Slot] = []
    for slot in reversed(levels[:k]):
        if slot.figure.unit != levels[k].figure.unit or slot.k != (run[0].k if run else levels[k].k) - 1:
            break
        run.insert(0, slot)
    while len(run) > 2 and run[0].figure.value == levels[k].figure.value:
        run.pop(0)  # the total, said before its parts too
    return run


def _complete(sentence: Sentence, whole: Slot, parts: list[Slot], ahead: bool) -> bool | None:
    """True if the words say that the parts are all, False if they may be, None if it is no list of parts."""
    if len(parts) < 2:
        return None
    words = [s.pre for s in parts]
    between = whole.pre if ahead else words[0]
    if ahead:
        if not _TOTAL.search(between) and not (re.search(r"一季度(?:到|至|—|-)四季度", sentence.masked) and "全年" in between and len(parts) == 4):
            return None
        return True if "分别为" in words[0] or re.search(r"由[^,;§]*$", words[0]) and re.search(r"组成|构成", between) or any(len(n) == len(parts) and all(a in w for a, w in zip(n, words)) for n in _PARTITIONS) or len(parts) == 2 else False
    for names in _PARTITIONS:
        if len(names) == len(parts) and all(n in w for n, w in zip(names, words)):
            noun = _WHOLE_NOUN.get(names)
            if noun is None or re.search(noun, sentence.masked[:whole.pos]):
                return True
    if re.search(r"^\s*[^,;]{0,4},?由", between) and re.search(r"组成|构成", sentence.masked[parts[-1].pos:]):
        return True
    count = _COUNT.search(whole.pre)
    if re.search(r"包括|其中|分别为|分别是|including|:", between):
        return True if count and _N[count[1]] == len(parts) and re.search("包括|分别|:", between) else False
    return None


def _total(whole: Slot, parts: list[Slot], complete: bool) -> Claim | None:
    claim = claim_of(whole, "sum")
    claim.inputs = [part("part", s) for s in parts]
    formula = lambda *figures: am.total([am.given(f) for f in figures])  # noqa: E731
    figures = [s.figure for s in parts]
    judge(claim, whole, [Reading(formula(*figures), " + ".join(am.as_printed(f) for f in figures), "")])
    if claim.verdict == "does_not_follow" and not complete:
        return None if formula(*figures).upper < 0.9 * claim.stated else cannot(claim, "parts_open")
    repair(claim, whole, formula, [("part", f) for f in figures], [])
    return claim
