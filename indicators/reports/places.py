"""Places in a text: known names, zones by the way they are named, and words that point back to a place."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from indicators.reports import gazetteer

_ZONE_END = ("医药园|软件园|物流园|创新园|生态园|创业园|家具园|新片区|自贸片区|自贸区|经济区|自由贸易港|经济技术开发区|高新技术产业开发区|经济开发区|经开区|高新区|开发区|产业园区|产业园|科技园区|科技园|科技城|工业园区|工业园|示范区|自贸试验区|自由贸易试验区|综合保税区|保税区|"
             "商务区|新城|港区|机场|大学城|科学城|科创园|生态城|合作区|都市圈|城市群|临空经济区")
_ZONE = re.compile(rf"[一-龥·—]{{2,14}}?(?:{_ZONE_END})")
_BARE_ZONE = re.compile(rf"(?:国家级|综合|重点|城市|首都)?(?:{_ZONE_END})")
_ZONE_AFTER_PLACE = re.compile(rf"[一-龥·—\-]{{0,10}}?(?:{_ZONE_END})")
_NO_ZONE = re.compile(r"[的了和与在是为各等个]|建设|打造|推进|加快|推动|支持|全国|国家|实现|共建|设立|形成|创建|一批|覆盖|重点|进入|作为|成为|开展|发展")
_ORGANISATION = re.compile(r"(?:[省市区县])?(?:[^和与、,的。;\d]{0,8}?)(?:大学|学院|医院|日报|晚报|统计局|发展改革委|发改委|发展和改革委|委员会|市委|省委|人民政府|政府|研究院|研究所|研究中心|财经|集团|公司|银行|科协|"
                           r"[一-龥]{1,8}(?:局|厅|委|办公室))")
_ROUTE = re.compile(r"[一-龥]{1,4}(?:高铁|城际|铁路|动车|客专)(?!营业|里程|总|运营|网|客|旅|货)")
_MAIN_CITIES = re.compile(r"(?:地区|区域)?主要城市(?:之?间)?")
_STREET = re.compile(r"(?:[东西南北中]路|路(?!网|段|线|桥|径|由)|街道?|人家|话|菜|烤鸭|时间|奥运|冬奥|高铁|城际)")
_NOT_PLACE = re.compile(r"高铁|城际|铁路|高速|动车|专线|快线|线|发展轴|走廊|路|街|人家|话|菜|烤鸭|时间|奥运|冬奥")
_NOT_AFTER = {"首都": ("圈", "都市", "功能", "机场", "国际", "核心", "经济圈", "师范", "经济贸易", "旅游集团"), "河北": ("区域",), "世界": ("级", "一流", "领先", "最", "前", "各", "上", "范围", "遗产", "首", "卫生", "贸易", "经济", "第", "认", "互"),
              "全球": ("最", "首", "范围", "领先", "化", "前", "发展", "创新", "城市", "经济", "变", "第", "百强", "性", "影响", "高端"),
              "吉林": ("大学",), "上海": ("合作组织",), "全国": ("人大", "政协", "各地", "统一", "一体化", "先进", "文明", "性", "重点", "科技创新中心", "首", "唯一", "最", "领先", "前", "范围", "第", "人民代表", "两会", "示范", "优秀", "产业", "碳", "率先", "名列", "百强", "均", "同类", "高水平", "创新", "重要", "优质", "十", "五", "三", "地级", "卫生", "革命", "主要", "劳动")}
_BEFORE_NATION = re.compile(r"(?:占到了?|占|居|列|在|为|至|达到?|高于|低于|高出|低出|比|较|入选|面向|是|成为|引领|打造|辐射|服务|覆盖|走在|处于|位居|跃居|进入|退出|先于|快于|慢于|优于|好于|于|到|从|向|高过|落后|建设|和|由|被|获评?|获批?|过)$")
GROUPS = re.compile(r"(?:主要城市间|三省一市|三省市|三省\(市\)|三地|四地|两省市|两省一市|两省|两市|两地|双方|三市|三区|四省市|一市三省|四省|(?<![各大])区域(?!性|协|一体|发展|合|间|创|经济一|特|环|空|医|布|划|生态|优|品|政|教|产业空)|省际)")
OWN = re.compile(r"全市|我市|本市|全省|我省|本省|全区(?!域|划)|我区|本区|全县|我县|全州|全盟|市域|省内|本地区|全地区|该市|该省|该区|该县|当地|市属|省属")
ZONE_AGAIN = re.compile(r"(?<![一-龥])(?:核心区|园区|该园区?|开发区|科技城|科技园|该区|该中心|该新区|区内|城市副中心|副中心)")
_AND = re.compile(r"[、和与及+]|以及|,")


@dataclass
class Place:
    """One or several places named together, in compact offsets.

    Attributes
    ----------
    start, end : int
    names : tuple of str
    level : str
        province prefecture county composite zone nation group own again
    codes : tuple of str
    weak : bool
        Part of the name of an organisation, or otherwise no subject.
    """

    start: int
    end: int
    names: tuple[str, ...]
    level: str
    codes: tuple[str, ...] = ()
    weak: bool = False


def _known(text: str) -> list[Place]:
    table, index = gazetteer.entries(), gazetteer.by_start()
    found, i, n = [], 0, len(text) - 1
    get = index.get
    while i < n:
        names = get(text[i:i + 2])
        if names:
            for name in names:
                if text.startswith(name, i):
                    place = _accept(text, i, name, *table[name])
                    if place:
                        found.append(place)
                        i += len(name) - 1
                        break
        i += 1
    return found


def _accept(text: str, i: int, name: str, out, level, codes) -> Place | None:
    end = i + len(name)
    after, before = text[end:end + 12], text[max(0, i - 5):i]
    if after.startswith(_NOT_AFTER.get(name, ("\0",))) or before.endswith("非") and name == "首都":
        return None
    if name[-1] in "区县" and after[:1] in tuple("域间位划长委"):
        return None
    if level == "nation":
        if _BEFORE_NATION.search(before) or after.startswith(("平均", "前列", "比重", "占比", "的", "水平", "总")):
            return Place(i, end, out, level, codes, True)
    if name in ("中关村",) and after[:1] in ("科", "·", "论"):
        return None
    if level != "zone" and (_NOT_PLACE if len(out) > 1 else _STREET).match(after) and name not in ("京津冀", "长三角"):
        return None
    weak = bool(_ORGANISATION.match(after)) or name == "首都" or before.endswith(("驻", "原"))
    return Place(i, end, out, level, codes, weak)


def _series(text: str) -> list[Place]:
    found = []
    for m in gazetteer.SERIES.finditer(text):
        if not _NOT_PLACE.match(text[m.end():m.end() + 3]) and not (m[0] == "京津冀"):
            found.append(Place(m.start(), m.end(), gazetteer.spelled_out(m[0]), "composite"))
    for m in gazetteer.VISITED.finditer(text):
        found.append(Place(m.start("at"), m.end("at"), gazetteer.spelled_out(m["at"]), "province"))
    return found


def _nested(outer: Place, inner: Place) -> bool:
    if outer.level == "nation" or inner.level == "nation" or outer.level == "composite" and len(outer.names) > 1:
        return False
    for code in outer.codes:
        stem = code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
        if any(c.startswith(stem) for c in inner.codes if c[:1].isdigit()):
            return True
    return outer.level in ("province", "prefecture") and inner.level == "zone" and not inner.codes


_PORT = re.compile(r"港(?=集装箱|货物|口岸|吞吐|完成|累计|全年|域|口)")


def _zones(text: str, known: list[Place]) -> list[Place]:
    """Parks and new districts that no table lists."""
    found = []
    for place in known:
        if place.level == "nation":
            continue
        if place.level in ("province", "prefecture") and (port := _PORT.match(text, place.end)):
            found.append(Place(place.start, port.end(), (place.names[0] + "港",), "zone", place.codes))
            continue
        m = _ZONE_AFTER_PLACE.match(text, place.end, min(len(text), place.end + 18))
        listed = m and any(k.level in ("zone", "composite") and place.end <= k.start < m.end() and k.end >= m.end() - 1 for k in known)
        status = m and _BARE_ZONE.fullmatch(m[0]) and (place.level == "composite" or place.names == ("中关村",)) and m[0].endswith(("示范区", "试验区"))
        if m and not listed and not status and not _NO_ZONE.search(m[0]):
            found.append(Place(place.start, m.end(), (text[place.start:m.end()].replace("—", "-"),), "zone", place.codes))
    starts = [0, *(m.end() for m in re.finditer(r"[,。;、:]", text))]
    for start in starts:
        m = _ZONE.match(text, start, min(len(text), start + 18))
        if m and not _NO_ZONE.search(m[0]) and len(m[0]) > 4 and not _BARE_ZONE.fullmatch(m[0]) and not any(p.start <= start < p.end for p in known):
            found.append(Place(m.start(), m.end(), (m[0].replace("—", "-"),), "zone"))
    return found


def _adjoin(text: str, found: list[Place]) -> list[Place]:
    """Places named within each other become the inner one: 河北省廊坊市大厂县, 天津(西青)."""
    out: list[Place] = []
    for place in sorted(found, key=lambda p: (p.start, -p.end)):
        if out and place.start < out[-1].end:
            continue
        if out:
            last = out[-1]
            gap = text[last.end:place.start]
            if gap in ("", "省", "市") and _nested(last, place) or gap == "(" and _nested(last, place) and text[place.end:place.end + 1] == ")":
                place.start = last.start
                out[-1] = place
                continue
        out.append(place)
    return out


@functools.lru_cache(maxsize=1)
def _county_composites() -> tuple[tuple[frozenset, str], ...]:
    from geodata.areas import area, areas

    return tuple((frozenset(area(c).name_zh for c in row.members), row.name_zh) for row in areas("composite")
                 if len(row.members) >= 3 and all(area(c).level == "county" for c in row.members))


def united(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names with the members of a composite replaced by the composite."""
    have = {n if n[-1] in "市区县" else n for n in names}
    for members, name in _county_composites():
        short = {m.rstrip("县市区").replace("回族自治", "") for m in members}
        mine = {n for n in have if n in members or n.rstrip("县市区").replace("回族自治", "") in short}
        if len(mine) == len(members):
            at = min(names.index(n) for n in mine)
            return tuple(dict.fromkeys(name if i == at else n for i, n in enumerate(names) if i == at or n not in mine))
    if {"北京", "天津", "河北"} <= have:
        return tuple(dict.fromkeys(["京津冀", *(n for n in names if n not in ("北京", "天津", "河北"))]))
    return tuple(dict.fromkeys(names))


def _main_cities(text: str, named: list[Place]) -> None:
    """京津冀主要城市 is an area of its own."""
    for place in named:
        m = _MAIN_CITIES.match(text, place.end)
        if m and place.level in ("composite", "province", "zone"):
            place.end, place.names, place.level = m.end(), ("".join(place.names) + "主要城市",), "zone"


def places(text: str, aliases: tuple[tuple[str, str], ...] = ()) -> list[Place]:
    """Places named in a compact text, and words that point to one, in order, not overlapping.

    Parameters
    ----------
    text : str
        Compact text.
    aliases : tuple of (str, str)
        Short names that the report introduces (以下简称), and what they stand for.
    """
    known = _known(text)
    for alias, name in aliases:
        at = text.find(alias)
        while at >= 0:
            known = [p for p in known if p.end <= at or p.start >= at + len(alias)]
            known.append(Place(at, at + len(alias), (name,), "zone"))
            at = text.find(alias, at + len(alias))
    named = _adjoin(text, known + _series(text) + _zones(text, known))
    _main_cities(text, named)
    taken = [(p.start, p.end) for p in named]
    free = lambda m: not any(a < m.end() and m.start() < b for a, b in taken)  # noqa: E731
    for pattern, level in ((GROUPS, "group"), (OWN, "own"), (ZONE_AGAIN, "again")):
        named += [Place(m.start(), m.end(), (m[0],), level) for m in pattern.finditer(text) if free(m)]
    return sorted(named, key=lambda p: p.start)


def together(text: str, found: list[Place]) -> list[list[Place]]:
    """Places grouped as they are listed: 北京、天津和河北 is one group."""
    groups: list[list[Place]] = []
    for place in found:
        if groups:
            gap = text[groups[-1][-1].end:place.start]
            if gap in ("", "等") and place.level == "group" and groups[-1][-1].level not in ("group", "own", "again", "zone", "nation"):
                groups[-1][-1].end = place.end  # 川渝两地: said of the places before
                continue
            if gap == "" or len(gap) <= 2 and _AND.fullmatch(gap) and gap != "," or gap in ("市和", "市与", "等", "三县市") or gap in ("地区、", "市、", "省、", "地区和"):
                groups[-1].append(place)
                continue
        groups.append([place])
    return groups
