"""Which places a figure is about, and from where to where a flow runs."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

from indicators.reports.gazetteer import entries
from indicators.reports.places import Place, together, united

#: How many clauses a subject is carried on over.
CLAUSES_BACK = 12
MUNICIPALITIES = ("北京", "天津", "上海", "重庆")
REGIONS = ("京津冀", "长三角", "粤港澳大湾区", "珠三角", "成渝地区双城经济圈", "成渝地区", "成渝", "长江经济带", "川渝")
_THREE = {"三省一市": "长三角"}
_PREPOSITION = re.compile(r"(?:与|同|向|对|到|至|从|由|来自|联合|会同|面向|携手|服务|占到?了?|高于|低于|高出|低出|比|较|于|往|距|离|除|居|列|支持|整合|依托|借助|立足|围绕|对接|助力|辐射|带动|毗邻|环绕|连接|融入|比如|例如|输往|流向|赴|帮扶|通往|衔接|前往|疏解)(?:了)?(?:全国|整个)?$")
_MOVES = r"(?:转出至|转至|转到|流向|输出到|输出至|输往|流入|转移到|转移至|转移向|疏解到|疏解至|迁往|迁至|迁到|迁入|搬迁至|搬迁到|落户|转入|外溢到|辐射到|输送到)"
_GETS = r"(?:承接|引进|引入|吸引|收住|接收|吸纳|收治|接纳|入驻|入住|接待|引育|吸收|导入|承接了|来自|落地)"
_PEOPLE = r"(?:非首都|企业|项目|机构|户籍|老人|老年人|学校|医院|高校|单位|居民|资源|投资|院所|游客|学生|资金|科研|科技成果|转入|疏解|外溢|转移|产业|人才|患者|参保人员|籍)"
_SETS = r"(?:设立|投资|布局|新设|落户|落地|养老|就医|办学|兴办|旅居|就业|设有|设|开设|建立|新建|注册|投资额|就读|务工)"
_HELPS = r"(?:对口支援|对口帮扶|对接支持|支持|支援|帮扶|援建|援助|对口协作)"
_TRIP = r"(?:运行时间|通勤|时间|列车|班列|线路|主线|支线|航线|车程|直达|旅行时间|用时|仅需|最快|里程|全程|距离|班车|快巴|公交|通行)"
_GAP = r"[^,。;①-⑳]"
_FLOWS = (
    (re.compile(rf"([①-⑳]){_GAP}{{0,8}}{_MOVES}{_GAP}{{0,2}}([①-⑳])"), False),
    (re.compile(rf"([①-⑳]){_GAP}{{0,4}}向{_GAP}{{0,2}}([①-⑳]){_GAP}{{0,8}}(?:输出|转移|疏解|投资|流动|转出|供应|销售|输送|选派|派出|派遣|辐射|开放|提供)"), False),
    (re.compile(rf"([①-⑳])(?:企业)?对([①-⑳]){_GAP}{{0,2}}(?:企业)?(?:投资|新增|新设|出资|直接投资)"), False),
    (re.compile(rf"([①-⑳]){_GAP}{{0,14}}{_PEOPLE}{_GAP}{{0,6}}(?:在|到|来|赴|至){_GAP}{{0,2}}([①-⑳]){_GAP}{{0,16}}{_SETS}"), False),
    (re.compile(rf"(?:到|在|来)([①-⑳]){_GAP}{{0,8}}{_SETS}{_GAP}{{0,3}}的?([①-⑳]){_GAP}{{0,2}}{_PEOPLE}"), True),
    (re.compile(rf"([①-⑳])[^。;①-⑳]{{0,30}}{_HELPS}{_GAP}{{0,4}}([①-⑳])"), False),
    (re.compile(rf"([①-⑳]){_GAP}{{0,2}}(?:至|到|往返|直达|前往|—)([①-⑳]){_GAP}{{0,14}}{_TRIP}"), False),
    (re.compile(rf"([①-⑳]){_GAP}{{0,14}}{_GETS}了?{_GAP}{{0,6}}([①-⑳]){_GAP}{{0,4}}{_PEOPLE}"), True),
)
_GETS_FROM = re.compile(rf"{_GETS}[^。;]{{0,30}}$")
_RECEIVING = re.compile(rf"{_GETS}了?$")
_CONTINUES = re.compile(r"^(?:共计?|合计|累计|达到?|增长|近|约|超过?|其中|总投资额?|投资额?|由|从|年均|同比|\d{4}年|[\x01、和]|增|比上年|降至|降|增加|减少|下降|提高|率|速|幅|是|为|的|同期|较|比|比去年|同|到|至|了|相比)*$")
_ENTERS = re.compile(r"[人家个所名户位][^,。;]{0,12}(?:入驻|迁入|迁至|搬迁至|搬迁到|搬入|落户)$")
_RELOCATES = re.compile(r"(?:承接|引进|吸引|导入)[^,。;]{0,6}(?:疏解|非首都功能)")
_MOVED = re.compile(r"(?:部门|单位|公务员|高校|医院|央企|总部|机关)[^,。;]{0,12}(?:选址|搬迁|迁入|入驻|迁至|校区|院区)")
_DESTINATIONS = ("雄安新区", "北京城市副中心")


@dataclass
class Ground:
    """What is known of places while a report is read.

    Attributes
    ----------
    home : tuple of str
        The place that the report or article speaks of.
    region : str
        The composite that 三地 and 区域 mean.
    subject : tuple of str
        Of the sentence before.
    zone : tuple of str
        The park named last.
    pair : tuple of str
        Several places named together last.
    flow : tuple
        Flow of the same sentence.
    """

    home: tuple[str, ...] = ()
    region: str = ""
    subject: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    pair: tuple[str, ...] = ()
    flow: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    seen: dict[str, tuple[str, ...]] = field(default_factory=dict)


def region_of(names: Counter) -> str:
    """The region that a text is about: the composite that it names most."""
    counted = [(names[r], r) for r in REGIONS if names[r]]
    return max(counted)[1] if counted else ""


def resolve(place: Place, ground: Ground) -> tuple[str, ...]:
    """Names of a place; words that point back are resolved by what was said before."""
    word = place.names[0]
    if place.level == "group":
        if word.startswith(("两", "双", "一市三", "四")) and ground.pair:
            return ground.pair
        if word in _THREE:
            return (_THREE[word],)
        if word == "主要城市间":
            return ((ground.region or "".join(ground.home)) + "主要城市",)
        return (ground.region,) if ground.region else ground.pair or ground.home
    if place.level == "own":
        level = "省" if "省" in word else "市" if "市" in word else "县" if "区" in word or "县" in word else ""
        if ground.home and (not level or level in levels(ground.home[0])):
            return ground.home
        return ground.seen.get(level) or ground.home or ground.subject
    if place.level == "again":
        if word.endswith("副中心"):
            return ("北京城市副中心",)
        if word == "核心区":
            return ("北京首都功能核心区",) if ground.region == "京津冀" else ground.subject
        return ground.zone or ground.subject
    return place.names


def levels(name: str) -> str:
    """Which of 全省, 全市 and 全县 may mean a place of this name."""
    level = entries().get(name, ((), "", ()))[1]
    return {"province": "市" if name in MUNICIPALITIES else "省", "prefecture": "市", "county": "县市" if name.endswith("市") else "县"}.get(level, "县" if name.endswith("区") else "")


def names_of(group: list[Place], ground: Ground) -> tuple[str, ...]:
    """Names of places listed together."""
    found: list[str] = []
    for place in group:
        found += [n for n in resolve(place, ground) if n not in found]
    return united(tuple(found))


def note(group: list[Place], ground: Ground) -> None:
    """Remember places for the words that may point back to them."""
    names = names_of(group, ground)
    for place in group:
        if place.level == "zone":
            ground.zone = place.names
        elif place.level in ("province", "prefecture", "county") and not place.weak:
            ground.seen["省" if place.level == "province" else "市" if place.level == "prefecture" else "县"] = place.names
            if place.level == "province" and place.names[0] in MUNICIPALITIES:
                ground.seen["市"] = place.names
    if len(names) > 1:
        ground.pair = names


class Setting:
    """The places of one paragraph, asked for each of its figures."""

    def __init__(self, text: str, found: list[Place], ground: Ground):
        self.text, self.ground = text, ground
        self.groups = together(text, found)
        self._starts = [g[0].start for g in self.groups]

    def _between(self, a: int, b: int) -> list[list[Place]]:
        return [g for g in self.groups[bisect_left(self._starts, a):bisect_left(self._starts, b)] if g[-1].end <= b]

    def starting(self, a: int, b: int) -> list[list[Place]]:
        """Groups that begin in a span."""
        return self.groups[bisect_left(self._starts, a):bisect_left(self._starts, b)]

    def _subject(self, group: list[Place]) -> bool:
        """Whether a group is what its clause is about, not what it is compared or joined with."""
        first = group[0]
        if all(p.weak for p in group) or first.level == "nation" and first.weak:
            return False
        after = self.text[group[-1].end:group[-1].end + 6]
        if re.match(r"(?:至|到|往返|—)[一-龥]", after) and bool(self.starting(group[-1].end + 1, group[-1].end + 3)):
            return False
        before = self.text[max(0, first.start - 5):first.start]
        return not (_PREPOSITION.search(before) or _RECEIVING.search(before) and re.match(rf"(?:籍|的)?{_PEOPLE}", after))

    def _pick(self, a: int, b: int, last: bool = False) -> tuple[str, ...]:
        groups = [g for g in self._between(a, b) if self._subject(g)]
        if not groups:
            return ()
        if not last and len(groups) > 1 and groups[0][0].names[0] in REGIONS and groups[-1][0].level in ("zone", "county", "prefecture"):
            last = True
        if not last and len(groups) > 1 and self.text[groups[-1][0].start - 1] == "的":  # 京冀共建的雄安新区中关村科技园
            last = True
        return names_of(groups[-1] if last else groups[0], self.ground)

    def area(self, start: int, end: int, segment: int, clause: int, clause_end: int, sentence: int, last=None) -> tuple[tuple[str, ...], str]:
        """Names of the places of a figure, and the rule that found them.

        Parameters
        ----------
        start, end : int
            The figure.
        segment : int
            Where the words since the figure before begin.
        clause, clause_end, sentence : int
            Bounds of its clause, start of its sentence.
        """
        text = self.text
        close = [g for g in self._between(max(segment, clause), start) if start - g[-1].end <= 6 and not all(p.weak for p in g)]
        if close and re.search(r"(?:居|占|列|在|高于|低于|比|占到了?|全)$", text[max(0, close[-1][0].start - 3):close[-1][0].start]):
            close = []
        if close and (close[-1][-1].end == start or self._subject(close[-1]) and not re.search(r"[^一-龥]|[在至到]", text[close[-1][-1].end:start])):
            return names_of(close[-1], self.ground), "place before the figure"
        if found := self._pick(max(segment, clause), start, last=segment > clause):
            return found, "place before the figure"
        near = next((g for g in self.starting(end, end + 3) if g[-1].end <= clause_end), None)
        if near and text[end:near[0].start] in ("", "“", "\"", "的"):
            return names_of(near, self.ground), "place after the figure"
        if last is not None and last.clause == clause and not last.flowing:
            return tuple(last.figure.areas), "as the figure before"
        if found := self._pick(clause, start):
            return found, "place in the clause"
        described = next((g for g in self._between(end, clause_end) if text[g[0].start - 1] == "的" and g[0].start - end < 24), None)
        described = described or next((g for g in self.starting(end, end + 14) if g[-1].end <= clause_end and text[g[0].start - 1] == "在"), None)
        if described:
            return names_of(described, self.ground), "place that the figure describes"
        if weak := [g for g in self._between(clause, start) if g[0].level != "nation" and all(p.weak for p in g)]:
            return names_of(weak[-1], self.ground), "organisation's place"
        if found := self._before(clause, sentence):
            return found, "place in a clause before"
        weak = [g for g in self._between(max(sentence, start - 200), start) if g[0].level != "nation" and (all(p.weak for p in g))]
        if weak and not self.ground.subject:
            return names_of(weak[-1], self.ground), "organisation's place"
        if self.ground.subject:
            return self.ground.subject, "place of the sentence before"
        after = [g for g in self._between(end, clause_end) if self._subject(g) and g[0].start - end < 14]
        if after:
            return names_of(after[0], self.ground), "place later in the clause"
        if weak:
            return names_of(weak[-1], self.ground), "organisation's place"
        return self.ground.home or ((self.ground.region,) if self.ground.region else ()), "place of the report"

    def sentence_subject(self, start: int, end: int) -> tuple[str, ...]:
        """What a sentence is about, for the next one."""
        if found := self._pick(start, end):
            return found
        loose = [g for g in self._between(start, end) if not all(p.weak for p in g) and g[0].level != "nation"
                 and not _RECEIVING.search(self.text[max(0, g[0].start - 5):g[0].start])]
        return names_of(loose[0], self.ground) if loose else ()

    def flow(self, start: int, clause: int, clause_end: int, sentence: int, segment: int, area: tuple[str, ...]):
        """From where to where, if the words around a figure say so."""
        own = [g for g in self._between(max(segment, clause), start) if re.match(rf"(?:籍|户籍|的)?{_PEOPLE}", self.text[g[-1].end:g[-1].end + 6])]
        if own and _GETS_FROM.search(self.text[clause:own[-1][0].start]):
            origin = names_of(own[-1], self.ground)
            target = self._pick(clause, own[-1][0].start) or self._before(clause, sentence) or self.ground.subject or self.ground.home
            if target and target != origin:
                self.ground.flow = origin, target
                return self.ground.flow
        entered = next((g for g in self.starting(start, min(clause_end, start + 40)) if _ENTERS.search(self.text[start:g[0].start])), None)
        if entered and (target := names_of(entered, self.ground)) and area and target != area and not self._between(clause, start):
            return area, target
        got = self._stated(clause, min(clause_end, start + 60))
        if got:
            self.ground.flow = got
            return got
        words = self.text[clause:start]
        if self.ground.flow and not self._between(clause, start) and (_CONTINUES.match(words) or segment > clause):
            return self.ground.flow
        if clause > sentence and not self._between(clause, start) and len(words) < 12:
            at = max(self.text.rfind(c, sentence, clause - 1) for c in ",;:")
            got = self._stated(max(at + 1, sentence), clause)
            if got:
                self.ground.flow = got
                return got
        self.ground.flow = None
        return None

    def _before(self, clause: int, sentence: int) -> tuple[str, ...]:
        """Subject of the nearest clause before, of some, that has one."""
        for _ in range(CLAUSES_BACK):
            if clause <= sentence:
                break
            before = max(self.text.rfind(c, sentence, clause - 1) for c in ",;:")
            before = sentence if before < sentence else before + 1
            if found := self._pick(before, clause):
                return found
            if before >= clause:
                break
            clause = before
        return ()

    def _stated(self, a: int, b: int):
        groups = self._between(a, b)
        if len(groups) < 2:
            return None
        words, at = [], a
        groups = groups[:20]
        for i, group in enumerate(groups):
            words.append(self.text[at:group[0].start] + chr(0x2460 + i))
            at = group[-1].end
        masked = "".join(words) + self.text[at:b]
        for pattern, turned in _FLOWS:
            m = pattern.search(masked)
            if m:
                one, two = (names_of(groups[ord(m[k]) - 0x2460], self.ground) for k in (1, 2))
                if one and two and one != two:
                    return (two, one) if turned else (one, two)
        return None


def relocated(words: str, area: list[str]) -> bool:
    """Whether words tell of functions that leave the capital for an area, without saying from where."""
    if area in ([], ["北京"], ["京津冀"]):
        return False
    return bool(_RELOCATES.search(words)) or area[0] in _DESTINATIONS and bool(_MOVED.search(words))
