"""Where the figures of a comparison stand: sentences, what each figure does in them, which two belong together.

Rules see a sentence with every figure masked by ``§``, so that the words between two figures can be
read without their digits. A word that the rules do not know counts as a new subject, which unties a
claim from the figures before it: an unknown wording leads to no verdict, never to an accusation.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from indicators.reports.audit_numbers import uncovered
from indicators.reports.figure import Figure
from indicators.reports.layout import Block, blocks

MASK = "§"

_UP_ZH = ("增长|增产|增收|递增|增加|提高|提升|上升|上涨|升高|爬升|扩大|攀升|跃升|猛增|激增|多增|增多|加快|高出|高于|快于|回升|抬升|拉升|飙升|扩增|净增|延长|上调|增|升|涨|快|高|多")
_UP_EN = ("rose|risen|rises?|rising|grew|grown|grow|growing|growth|increased?|increas(?:ing|es)|up|climb(?:ed|ing)|jump(?:ed|ing)|surg(?:ed|ing)|gain(?:ed)?|expand(?:ed|ing)|soar(?:ed|ing)|higher|faster")
_DOWN_ZH = ("下降|减产|减收|递减|降低|减少|缩短|缩减|压减|压缩|削减|下滑|下跌|回落|收窄|萎缩|缩小|精简|下调|低于|放缓|负增长|少|降|减|跌|低|慢")
_DOWN_EN = ("fell|fallen|fall(?:ing)?|drop(?:ped|ping)?|declin(?:ed?|ing)|decreas(?:ed?|ing)|down|reduc(?:ed|tion|ing)|cut|shr[aiu]nk|lower|slump(?:ed)?|slower")
UP, DOWN = f"{_UP_ZH}|{_UP_EN}", f"{_DOWN_ZH}|{_DOWN_EN}"
_NOUN = r"(?:增长率|增速|增幅|涨幅|升幅|增长速度|增长幅度|降幅|跌幅|减幅|降速|下降幅度|降低幅度)"
_FILL = (r"(?:了|约为|约|将近|接近|近|超过|超|逾|突破|高达|达到|达|为|是|仅为|仅|只|不到|不足|至少|大约|又|也|均|累计|共|幅度|过|出|竟|就|已|则|可|率|速度|一倍|实现|"
         r"by|of|to be|was|is|stood at|at|about|around|nearly|almost|over|more than|some|roughly|an?|the|total|cumulative(?:ly)?|:|\s)*$")
_ZH_OR_WORD = r"(?:(?<![a-z])|(?<=[\u4e00-\u9fff]))"
_CHANGE = re.compile(rf"(?:{_ZH_OR_WORD}(?P<up>{UP})|{_ZH_OR_WORD}(?P<down>{DOWN}))(?P<tail>{_FILL})")
_RATE_NOUN = re.compile(rf"{_NOUN}[^,;§]{{0,3}}$")
_TO_TAIL = re.compile(r"(?:到|至|为|成|\bto)\s*(?:了|约|近|超过|超|原来的|原来|现在的|目前的|about|nearly)*\s*$")
_SHARE_WORD = re.compile(r"占|比重|占比|比例|份额|比率|account(?:s|ed|ing)? for|represent(?:s|ed|ing)|or\s*$|making up|made up|share of")
_ANNUAL = re.compile(r"年均|平均每年|每年平均|年平均|年复合|复合增长|average annual|annual average|on average|annually|a year on average|per year|annual growth")
_AFTER_NOUN = re.compile(r"的?(?:年均)?(?:增幅|增速|涨幅|增长率)|的(?:年均)?(?:增长|提升)(?![到至为])|\s*(?:increase|rise|growth|gain)\b")
_AFTER_FALL = re.compile(r"的?(?:降幅|跌幅|减幅)|的(?:下降|下滑)(?![到至为])|\s*(?:decrease|drop|fall|decline|reduction)\b")
_MULTIPLE = re.compile(r"(?:是|为|达到?|相当于|等于|约合|合|的|到|至|倍增|was|is|were|to|or|reached|reaching|nearly|about|,)[^,;§]{0,24}$")
_DELTA = re.compile(r"(?:净增加?|(?<!新)增加|增产|减产|多增|多|少|增|减|扩大|缩小|下降|多出|减少|净减|缩短|增收|节约|提升|压减|上升|下降|增长|提高)(?:了|约|近|超过|超|逾|达)*$")
_POINTS = ("个百分点", "百分点", "percentage points", "percentage point", "pp")

NEARLY = re.compile(r"(?:将近|接近|近|nearly|almost|close to|just under)\s*$")
OVER = re.compile(r"(?:超过了?|超|逾|突破|高于|不低于|至少|过|more than|over|above|exceeding)\s*$")
UNDER = re.compile(r"(?:不到|不足|低于|少于|less than|under|below)\s*$")
ABOUT = re.compile(r"(?:约为|约|大约|大概|about|around|roughly|some|approximately)\s*$")
_AFTER_OVER = re.compile(r"以上|多(?![个项家数少])|余(?![额款])|有余|强(?![度大化])|\s*or more")
_AFTER_ABOUT = re.compile(r"左右|上下|or so")

_N = "一二三四五六七八九十两几\\d"
TIME = re.compile(
    rf"[\"“”‘’']?十[一二三四五]五[\"“”‘’']?(?:规划)?(?:期间|时期|期末|末|初|以来)?|“十[一二三四五]五”(?:期间|时期|期末|末|初|以来)?"
    rf"|(?:自|从|截至|截止到?|到|至|在)?(?:19|20)\d\d年?(?:(?:至|到|—|-|~|—)(?:19|20)\d\d年?)?(?:度)?(?:\d{{1,2}}月(?:份|\d{{1,2}}日)?)?(?:年?[初末底]|以来|间|同期|期间|前后|起)?"
    rf"|(?:截至|截止|到|去年|今年|上年|当年|本年)?\d{{1,2}}月(?:份|\d{{1,2}}日)?(?:[末底初])?|(?:第?[一二三四1-4]季度|[上下]半年|前[{_N}]+个?(?:月|季度))(?:末)?"
    rf"|(?:上年|去年|前年|上一年度?|上一[届期]|今年|本年|当年|全年|年内|年初|年末|年底|同年|次年|其后数年)(?:同期|[末底初])?(?:以来)?|上[月周]|同期|同比|环比|次日"
    rf"|(?:近|过去|这|此前|前|短短|历时|仅用|用)?(?:的)?[{_N}]+多?年(?:多)?(?:前|间|来|以来|内|里|后|时间里?|累计|期间)|(?:近|过去|这|短短)[{_N}]+年|[{_N}]+年(?=[,累总共降增减提升翻下缩上]|年均|规模)"
    rf"|截至目前|目前|如今|现在|此前|当前|近年来|多年来|以来|期间|时期|期末|末期|届时"
    rf"|\b(?:january|february|march|april|may|june|july|august|september|october|november|december)\b"
    rf"|(?:in|by|since|from|of|during|at the end of|end of|over the \w+ years|the)?\s*\b(?:fiscal |year )?(?:19|20)\d\d\b|year[- ]on[- ]year|year[- ]over[- ]year|a year (?:earlier|ago|before)|the (?:previous|year before|prior) ?(?:year)?|last year|\w+ years (?:earlier|ago)")
_STOP = re.compile("|".join((
    rf"\b(?:{_UP_EN}|{_DOWN_EN})\b", _UP_ZH, _DOWN_ZH, _NOUN,
    r"相比较|相比之下|相比于?|相较于?|对比|相当于|与此同时|比起|较之|而言|来看|看|换言之|也就是说|意味着|等于|折合|换算|由此计算|据此计算|据此|按此计算",
    r"规模|总量|总额|数量|总数|数值|指标|水平|这一数字|这个数字|这一数值|这一指标|该数字|该指标|上述|这一|这个|该|其|它|前者|后者|基数|当时|那时|彼时|原有|原先|原来|最初|当初|起初|初期|开通",
    r"首次|首破|一举|快速|持续|大幅|显著|明显|稳步|平稳|逐步|迅速|进一步|不断|逐年|一路|连年|再|又|也|均|都|仅仅|仅|只有|只|却|已经|已|就|则|而|还|可|能|将|曾|竟|高达|多达|达到|达|至少|至|到|为|是|有|成",
    r"累计|总计|合计|总体|整体|平均|年均|每年|名义|实际|复合|净|约|大约|近|将近|接近|超过|超|逾|突破|不到|不足|以上|左右|余|过|以内|之多|一倍|百分之",
    r"由|从|自|在|于|比|较|同|与|和|跟|按|按照|相|的|地|得|了|着|到来|起步|起|出|率|幅度|速度|幅|速|步伐|变化|变为|变成|调整|发展|跃上|跃至|跃居|改善|扩容|过渡|优化|压|缩|翻",
    r"实现|完成|呈现|呈|保持|取得|创下|创|录得|迎来|态势|势头|当中|之间|里(?!程)|内(?![贸资蒙])|中(?![国心央小关])|间|年|月|日|末|底|初|时|期|前|后|度|份|斤|所|标准煤|标煤|公布|统计|数据显示|显示|据|报告|预计",
    r"[a-z]?\b(?:a|an|the|of|by|to|in|at|on|from|and|or|with|that|this|it|its|was|were|is|are|had|has|have|been|be|figure|number|total|average|annual(?:ly)?|year|years|compared|compared to|than|against|reach(?:ed|ing|es)?|stood|came|nearly|about|around|over|more|less|some|only|just|which|while|also|cumulative|rate|percent|level|respectively|or|km|units?|million|billion|trillion|yuan|as|many|much|times|earlier|ago|before|representing|equivalent)\b",
    r"[\W_]|\s|§"))
)
_EN_CUT = re.compile(r"\b(?:micrograms?|per|cubic|meters?|metres?|square|kilometers?|kilometres?|tonnes?|tons?|people)\b")
_EVENTS = re.compile(r"按?(?:可比|不变|现行|当年)?(?:价格|价)计?算?|按?(?:同|可比)口径(?:计算)?|扣除价格因素|剔除价格因素|位居[^,]*|稳居[^,]*|跻身[^,]*|居(?:全国|全省|全市|世界|首位|第)[^,]*|名列[^,]*|领跑[^,]*|(?:远)?(?:超|高于|快于|好于|优于)(?:全国|全省)[^,§]*|创(?:下|出)?(?:历史)?(?:新高|纪录)[^,]*|(?:成效|势头|效果)[^,§]{0,4}|拉动[^,]*")

_OLD = {"前年": -2, "上年": -1, "去年": -1, "上一": -1, "年初": -1, "此前": -1, "原来": -1, "原先": -1, "最初": -1, "当初": -1, "初期": -1, "上月": -1,
        "earlier": -1, "ago": -1, "last year": -1, "year before": -1, "previous": -1, "prior": -1, "before": -1}
_PREVIOUS = re.compile(r"同比|上年|去年|上一年|year[- ]on[- ]year|year[- ]over[- ]year|a year (?:earlier|ago|before)|last year|previous year|year before|year earlier")
_AGO = re.compile(rf"([{_N}]+)年前|(\w+) years (?:ago|earlier)")
_YEAR = re.compile(r"(?<![\d.])((?:19|20)\d\d)(?![\d.]*[%§])(?=年|[^\d.]|$)")
_RANGE = re.compile(r"(?:19|20)\d\d年?(?:至|到|—|-|~)+(?:19|20)\d\d年?")
_PLAN_END = {"十一五": 2010, "十二五": 2015, "十三五": 2020, "十四五": 2025}
NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
FROM = re.compile(r"(?:由|从|自|\bfrom)[^§,;]{0,24}$")
TO = re.compile(r"(?:(?:增|降|升|减|涨|扩|提|缩|压|变|跃|发|调|上|下|过|改|达|到|至|攀)[^§;]{0,10}?)?(?:到|至|为|成|突破|达到?)[^§;]{0,14}$|\b(?:to|reach(?:ed|ing)?|hit)\b[^§;]{0,20}$")
_SENTENCE = re.compile(r"[^。!?]*[。!?]?")
_SENTENCE_EN = re.compile(r".+?(?:[.!?](?=\s+[A-Z\"“])|[。]|$)", re.S)


@dataclass
class Slot:
    """A figure in its sentence.

    Attributes
    ----------
    figure : Figure
    sentence : Sentence
    pos : int
        Where its mask stands in the sentence.
    k : int
        Which figure of the sentence it is.
    role : str
        level, share, growth, annual, multiple, times, points, delta or skip.
    sign : int
        1 for a rise, -1 for a fall, 0 where neither is said.
    """

    figure: Figure
    sentence: Sentence = field(repr=False)
    pos: int
    k: int
    role: str = "level"
    sign: int = 0
    called: str | None = field(default=None, repr=False)

    @property
    def pre(self) -> str:
        """Words since the figure before."""
        previous = self.sentence.slots[self.k - 1].pos + 1 if self.k else 0
        return self.sentence.masked[previous:self.pos]

    @property
    def before(self) -> str:
        """Words since the last semicolon, figures masked."""
        text = self.sentence.masked[:self.pos]
        return text[text.rfind(";") + 1:]

    @property
    def post(self) -> str:
        """Words up to the next figure."""
        slots = self.sentence.slots
        following = slots[self.k + 1].pos if self.k + 1 < len(slots) else len(self.sentence.masked)
        return self.sentence.masked[self.pos + 1:following]

    @property
    def lead(self) -> str:
        """Words of its own clause since the figure before."""
        return re.split(r"[,;:(]", self.pre)[-1]


@dataclass
class Sentence:
    """A sentence with its figures masked, and where it stands among the others."""

    masked: str
    index: int
    block: int
    english: bool
    raw: str = field(default="", repr=False)
    source: Block | None = field(default=None, repr=False)
    start: int = 0
    slots: list[Slot] = field(default_factory=list)

    def levels(self, points: bool = False) -> list[Slot]:
        """Figures that may be parts of a comparison; of percentage points also growths."""
        roles = ("level", "share", "growth", "annual") if points else ("level", "share")
        return [s for s in self.slots if s.role in roles and (not points or s.figure.unit in ("%", "percent"))]


@dataclass
class Pair:
    """Two figures of one thing that the text sets against each other."""

    base: Slot
    now: Slot
    link: str

    @property
    def last(self) -> Slot:
        """The one that stands later in the text."""
        return max(self.base, self.now, key=lambda s: s.figure.start)


def sentences(text: str, figures: list[Figure]) -> list[Sentence]:
    """The sentences that hold figures (and those between them), figures classified.

    Parameters
    ----------
    text : str
        The text that the figures' offsets count in.
    figures : list of Figure
    """
    figures = _apart(figures)
    starts = [f.start for f in figures]
    paragraphs = blocks(text)
    more = [f for block in paragraphs for f in uncovered(block, figures, starts)]
    figures = _apart(figures + more)
    starts = [f.start for f in figures]
    found: list[Sentence] = []
    for number, block in enumerate(paragraphs):
        pattern = _SENTENCE_EN if block.english else _SENTENCE
        for m in pattern.finditer(block.text):
            for start, end in _short(block.text, m.start(), m.end()):
                if block.text[start:end].strip():
                    found.append(_sentence(block, start, end, len(found), number, figures, starts))
    for sentence in found:
        for slot in sentence.slots:
            slot.role, slot.sign = _role(slot)
            if slot.k and slot.role == "level" and slot.figure.unit == "%" and re.fullmatch(r"[^,;§]{0,4}\(", slot.pre):
                before = sentence.slots[slot.k - 1]  # 降幅达七成以上(71.7%)
                slot.role, slot.sign = (before.role, before.sign) if before.figure.unit == "%" else (slot.role, slot.sign)
    return found


_LONGEST = 1200


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence in pieces of bounded length, cut at semicolons or commas, so that work stays linear."""
    while end - start > _LONGEST:
        cut = max(text.rfind(";", start, start + _LONGEST), -1)
        cut = cut if cut > start else text.rfind(",", start, start + _LONGEST)
        cut = cut + 1 if cut > start else start + _LONGEST
        yield start, cut
        start = cut
    yield start, end


def _apart(figures: list[Figure]) -> list[Figure]:
    kept: list[Figure] = []
    for figure in sorted(figures, key=lambda f: (f.start, f.end)):
        if figure.end > figure.start and (not kept or figure.start >= kept[-1].end):
            kept.append(figure)
    return kept


def _sentence(block: Block, start: int, end: int, index: int, number: int, figures, starts) -> Sentence:
    sentence = Sentence("", index, number, block.english, block.text[start:end], block, start)
    i, pos, out = bisect_left(starts, block.at[start]), start, []
    length = 0
    while i < len(figures) and figures[i].start <= block.at[end - 1]:
        left = bisect_left(block.at, figures[i].start, pos, end)
        right = bisect_left(block.at, figures[i].end, left, end)
        piece = block.text[pos:left]
        out += [piece, MASK]
        length += len(piece)
        sentence.slots.append(Slot(figures[i], sentence, length, len(sentence.slots)))
        length += 1
        pos, i = max(right, left), i + 1
    out.append(block.text[pos:end])
    sentence.masked = "".join(out).lower()
    return sentence


# --- what a figure does -----------------------------------------------------------------


def _role(slot: Slot) -> tuple[str, int]:
    figure, lead = slot.figure, slot.lead[-60:] or re.split(r"[,;:(]", slot.pre.removesuffix("("))[-1][-60:]
    unit = figure.unit
    change = _CHANGE.search(lead)
    sign = 0 if not change else 1 if change["up"] else -1
    if figure.kind in ("rank", "contribution_pct") or unit in ("年", "位", "岁", "指数"):
        return ("level" if unit == "指数" else "skip"), 0
    if unit in _POINTS:
        return "points", sign or _direction(slot)
    if unit == "倍" or "番" in figure.value_text or unit == "times":
        return _times_role(slot, lead, change, sign)
    if unit in ("%", "percent", "‰"):
        return _percent_role(slot, lead, change, sign)
    delta = _DELTA.search(lead) and not re.search(r"新增$", lead) or re.search(r"\b(?:by|rise of|increase of|decrease of|fall of|drop of)\s*$", lead)
    return ("delta" if delta else "level"), sign


def _direction(slot: Slot) -> int:
    """Of points: the verb may stand before the figure compared with (高出全国平均(§)§) or after it (§ higher)."""
    text = slot.post[:30] if slot.sentence.english else slot.before[-40:].rsplit(",", 1)[-1]
    ups, downs = list(re.finditer(UP, text)), list(re.finditer(DOWN, text))
    if ups and downs:
        return 1 if ups[-1].end() > downs[-1].end() else -1
    return 1 if ups else -1 if downs else 0


def _times_role(slot: Slot, lead: str, change, sign: int) -> tuple[str, int]:
    if "番" in slot.figure.value_text:
        return "multiple", 1
    if change and not _TO_TAIL.search(lead):
        return "times", sign
    if _MULTIPLE.search(lead + slot.figure.value_text[:1]) or slot.figure.kind == "multiple":
        return "multiple", 1
    return ("times", 1) if slot.figure.kind == "times_increase" else ("skip", 0)


def _percent_role(slot: Slot, lead: str, change, sign: int) -> tuple[str, int]:
    clause = slot.before[-60 if slot.sentence.english else -24:].rsplit(",", 1)[-1].rpartition(MASK)[2]
    annual = _ANNUAL.search(clause + " " + slot.post[:30].split(",")[0]) is not None
    if not change and _RATE_NOUN.search(lead):
        noun = re.search(_NOUN, lead)[0]
        change, sign = noun, -1 if noun[0] in "降跌减下" else 1
    elif change and _TO_TAIL.search(lead) and not re.search(rf"{_NOUN}\w{{0,2}}$", lead):
        change = None
    if not change:
        change = _AFTER_NOUN.match(slot.post) or _AFTER_FALL.match(slot.post)
        sign = 1 if _AFTER_NOUN.match(slot.post) else -1
    if change:
        return ("annual" if annual else "growth"), (-sign if slot.figure.value < 0 else sign)
    if _SHARE_WORD.search(lead) or slot.figure.kind == "share_pct" and _SHARE_WORD.search(slot.before[-40:]):
        return "share", 0
    if annual and slot.figure.kind == "avg_annual_growth_pct":
        return "annual", 1
    return "level", 0


def qualifier(slot: Slot) -> str:
    """The qualifier of a stated figure, from the reader or from the words around it."""
    text, post = slot.pre, slot.post
    own = slot.figure.value_text
    if slot.figure.qualifier != "exact":
        return slot.figure.qualifier
    if re.search(r"近", own):
        return "nearly"
    if OVER.search(text) or _AFTER_OVER.match(post):
        return "over"
    if NEARLY.search(text):
        return "nearly"
    if UNDER.search(text):
        return "under"
    return "about" if ABOUT.search(text) or _AFTER_ABOUT.match(post) else "exact"


# --- subjects and times ------------------------------------------------------------------


@functools.lru_cache(maxsize=8192)
def residue(text: str) -> str:
    """What is left of some words without times, verbs of change, degrees and connectives: a subject, if any."""
    text = _EVENTS.sub("", TIME.sub("", text.lower()))
    return _EN_CUT.sub("", _STOP.sub("", text)) if text.strip() else ""


def name(slot: Slot) -> str:
    """What the slot's figure is of, in the words of its sentence; inherited from the figure before where unsaid."""
    first = slot
    while slot.called is None:
        own = (subject(clause) for clause in reversed(re.split(r"[,;:]", slot.pre)))
        slot.called = next((found for found in own if len(found) > 1), None if slot.k else "")
        if slot.called is None:
            slot = slot.sentence.slots[slot.k - 1]
    first.called = slot.called
    return slot.called


_GENERIC = re.compile(r"^(?:全市|全省|全区|全县|全州|我市|我省|我县|我区|该市|该省|该区|该县|截止|共有|共|其中|包括|拥有|接待|登记|办理|建成|达|the|city's|province)+")


def subject(clause: str) -> str:
    """A clause's noun phrase without its generic beginning (全市, 共有)."""
    clause = TIME.sub("", clause.lower())
    clause = re.sub(r"[^\w\u4e00-\u9fff.]+", "", clause)
    clause = re.sub(r"(?:由|从|自|在|为|是|达到?|约|超过?|突破|仅|只?有|近|完成|实现|增[至长加]到?|升至|降至|提高到|总量|比|较|的|了|已|就|发展到|增加到|增长到|则|同|与|相比)+$", "", clause)
    return _GENERIC.sub("", re.sub(r"^(?:而|的|以来|,|比|较|由|从|与|同|在|实现|完成|其)+", "", clause))


def same_subject(words: str, slot: Slot) -> bool:
    """Whether leftover words name the thing that the slot's figure is of."""
    if not words:
        return True
    own = name(slot)
    words = residue(words)
    return len(words) > 1 and (residue(own).endswith(words) or bool(words) and residue(own) == words)


@dataclass(frozen=True)
class When:
    """A time as the words give it: a year, or steps back from the present (-1: 上年)."""

    year: int | None = None
    back: int | None = None

    @property
    def said(self) -> bool:
        """Whether anything is said."""
        return self.year is not None or self.back is not None


def when(text: str, also: str = "") -> When:
    """The last time that some words name; `also` is looked at when they name none."""
    for words in (text, also):
        years = _YEAR.findall(words)
        if years:
            return When(year=int(years[-1]))
        for plan, year in _PLAN_END.items():
            if plan in words and re.search(plan + r"[^,§]{0,3}末", words):
                return When(year=year)
        ago = _AGO.search(words)
        if ago:
            n = NUMERALS.get(ago[1] or ago[2], ago[1] or "")
            return When(back=-int(n)) if str(n).isdigit() else When(back=-1)
        for word, back in _OLD.items():
            if word in words:
                return When(back=back)
    return When()


def time_of(slot: Slot) -> When:
    """The time of a slot's figure, as its own words say."""
    bracket = re.match(r"\((?:[^()§]{0,12})\)", slot.post)
    after = slot.post.split(",")[0][:24] if slot.sentence.english else bracket[0] if bracket else ""
    if slot.sentence.english:
        return when(after, slot.lead if not slot.k else "")
    return when(slot.lead, after) if when(slot.lead, after).said else when(_RANGE.sub("", slot.pre))


def base_said(slot: Slot) -> When:
    """The base that a claim names for itself (比2014年, 是上年的, 同比)."""
    text = re.sub(r"原来|原先|最初|当初|起初|当时", "", slot.pre)  # whatever base the figures have
    if slot.sentence.english:
        text = text.split(",")[-1] + " " + slot.post.split(",")[0]
    m = list(re.finditer(r"(?:比|较|同|与|相比|相较于?|是|为|相当于|于|than|from|of|since|over)[^,;§]{0,18}$", text))
    if _PREVIOUS.search(text):
        return When(back=-1)
    return when(text[m[-1].start():]) if m else (when(text) if re.search(r"相比|比|较|是|为", text) else When())
