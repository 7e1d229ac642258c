"""Figures read out of texts in the styles of bulletins, work reports and news."""

import pytest

from indicators.reports.reader import main, read_text

BULLETIN = """2023年某市国民经济和社会发展统计公报
上海市统计局 2024年3月21日
初步核算，全年上海市实现地区生产总值43760.7亿元，按不变价格计算，比上年增长5.2%。其中，第一产业增加值105.5亿元，下降4.6%；第三产业增加值37129.6亿元，增长6.1%。三次产业构成为0.2:14.9:84.9。
年末全市常住人口2185.8万人，比上年末增加1.5万人。城镇人口占常住人口的比重为87.8%；自然增长率为-0.50‰。
全年城镇调查失业率均值为4.4%，比上年下降0.3个百分点。国内旅游总收入5794.1亿元，增长1.3倍。人口密度为每平方公里1332人。
"""
NEWS = """长三角一体化发展五年成绩单出炉
2023年11月5日电 2023年前三季度，沪苏浙皖三省一市实现地区生产总值22.34万亿元，同比增长5.7%，占全国的比重达到24.5%。
2018年以来，上海企业在江苏、浙江、安徽设立分支机构2.3万家。其中，合肥、南京、杭州前三季度GDP分别增长5.8%、5.0%和5.9%。
苏州工业园区去年实现进出口总额1.05万亿元。川渝两地累计完成投资1.1万亿元，占总投资的三分之一以上。
浙江省累计承接上海转移项目1200多个。三省一市“跨省通办”事项已达173项。
"""


def read(text, date="2024-02-15", title=None):
    figures = read_text(text, date, title)
    for figure in figures:
        assert text[figure.start:figure.end] == figure.value_text
        assert figure.lower <= figure.value <= figure.upper
    assert all(a.end <= b.start for a, b in zip(figures, figures[1:]))
    return figures


def one(text, **given):
    figures = read(text, **given)
    assert len(figures) == 1, [f.value_text for f in figures]
    return figures[0]


def by_text(figures, value_text):
    return next(f for f in figures if f.value_text == value_text)


def test_bulletin_is_read_with_its_year_and_place():
    figures = read(BULLETIN, date=None)
    assert {f.period for f in figures} == {"2023"}
    assert {tuple(f.areas) for f in figures} == {("上海",)}
    gdp, growth = figures[:2]
    assert (gdp.indicator, gdp.value, gdp.unit, gdp.kind) == ("gdp", 4.37607e12, "元", "level")
    assert (growth.indicator, growth.kind, growth.base_period, growth.claim) == ("gdp", "yoy_pct", "2022", gdp.claim)
    assert gdp.claim is not None


def test_parts_of_a_bulletin():
    figures = read(BULLETIN, date=None)
    assert by_text(figures, "105.5亿元").indicator_text == "第一产业增加值"
    assert [f.indicator for f in figures if f.value_text in ("0.2", "14.9", "84.9")] == ["share_primary", "share_secondary", "share_tertiary"]
    assert by_text(figures, "1.5万人").kind == "change_abs"
    assert by_text(figures, "87.8%").share_of == "常住人口"
    assert (by_text(figures, "-0.50‰").value, by_text(figures, "-0.50‰").kind) == (-0.5, "share_pct")
    assert by_text(figures, "4.4%").kind == "share_pct"
    assert by_text(figures, "0.3个百分点").kind == "change_abs"
    assert by_text(figures, "1.3倍").kind == "times_increase"
    assert by_text(figures, "1332人").unit == "人/平方公里"


def test_news_of_other_regions():
    figures = read(NEWS, date=None)
    gdp = by_text(figures, "22.34万亿元")
    assert (gdp.areas, gdp.period, gdp.period_kind) == (["上海", "江苏", "浙江", "安徽"], "2023-01/2023-09", "ytd")
    assert by_text(figures, "5.7%").base_period == "2022-01/2022-09"
    assert (by_text(figures, "24.5%").kind, by_text(figures, "24.5%").share_of) == ("share_pct", "全国")
    branches = by_text(figures, "2.3万家")
    assert (branches.from_areas, branches.to_areas, branches.areas) == (["上海"], ["江苏", "浙江", "安徽"], [])
    assert [by_text(figures, t).areas for t in ("5.8%", "5.0%", "5.9%")] == [["合肥"], ["南京"], ["杭州"]]
    assert (by_text(figures, "1.05万亿元").areas, by_text(figures, "1.05万亿元").period) == (["苏州工业园区"], "2022")
    assert by_text(figures, "三分之一以上").value == pytest.approx(33.333, abs=0.01)
    received = by_text(figures, "1200多个")
    assert (received.from_areas, received.to_areas) == (["上海"], ["浙江"])
    services = by_text(figures, "173项")
    assert (services.indicator, services.areas) == ("cross_province_services", ["长三角"])


def test_work_report_sections_give_the_year():
    text = ("政府工作报告\n——2024年1月23日在某市第十六届人民代表大会第二次会议上\n一、2023年工作回顾\n过去一年，重庆市地区生产总值增长6.1%。\n"
            "社会消费品零售总额突破1.5万亿元。\n二、2024年目标任务\n地区生产总值增长6%左右，城镇调查失业率5.5%以内。\n")
    figures = read(text, date=None)
    assert [f.period for f in figures] == ["2023", "2023", "2024", "2024"]
    assert figures[3].qualifier == "under"


def test_change_from_one_year_to_another_is_one_claim():
    text = "北京流向津冀的技术合同成交额由2013年的80亿元增加到2023年的640亿元，年均增长23.1%。"
    first, last, growth = read(text)
    assert (first.period, last.period, growth.period, growth.kind) == ("2013", "2023", "2013/2023", "avg_annual_growth_pct")
    assert {(tuple(f.from_areas), tuple(f.to_areas)) for f in (first, last, growth)} == {(("北京",), ("天津", "河北"))}
    assert first.claim == last.claim == growth.claim is not None
    assert {f.indicator for f in (first, last, growth)} == {"tech_contract_value"}


def test_range_of_years_dates_both_ends():
    first, last = read("2014年到2022年，江苏省粮食产量由700亿斤增至800亿斤。".replace("斤", "公斤"))
    assert (first.period, last.period) == ("2014", "2022")


@pytest.mark.parametrize(("text", "kind", "base"), [
    ("2023年广东省进出口总额比2019年下降12.5%。", "growth_pct", "2019"),
    ("2023年广东省进出口总额同比增长12.5%。", "yoy_pct", "2022"),
    ("2023年广东省高新技术企业是2013年的5.3倍。", "multiple", "2013"),
    ("2023年广东省产量增长近1.1倍。", "times_increase", None),
    ("2023年广东省消费对经济增长的贡献率达到52.3%。", "contribution_pct", None),
    ("2014年至2019年，广东省旅游收入年均增长12.86%。", "avg_annual_growth_pct", "2014"),
    ("2023年广东省服务业占比达到六成以上。", "share_pct", None),
    ("2023年广东省占比提高到55.1%。", "share_pct", None),
    ("2023年广东省出口规模居全国首位。", "rank", None),
    ("2023年广东省里程比上年末增加14.9公里。", "change_abs", "2022"),
    ("2023年广东省收入较2012年翻两番。", "multiple", "2012"),
])
def test_kinds(text, kind, base):
    figure = one(text)
    assert (figure.kind, figure.areas, figure.period[-4:]) == (kind, ["广东"], text[:4] if "至" not in text[:8] else "2019")
    if base:
        assert figure.base_period == base


@pytest.mark.parametrize(("words", "period", "kind"), [
    ("截至2023年6月末，", "2023-06", "end"), ("2023年上半年，", "2023-01/2023-06", "ytd"), ("去年，", "2023", "year"), ("去年3月，", "2023-03", "point"),
    ("十年来，", "2014/2023", "cumulative"), ("目前，", "2023", "end"), ("“十三五”期间，", "2016/2020", "cumulative"), ("2014年以来，", "2014/2023", "cumulative"),
    ("2022年7月至2023年6月期间，", "2022-07/2023-06", "cumulative"), ("到2025年年底，", "2025", "end"), ("2023年1—11月，", "2023-01/2023-11", "ytd"),
    ("2023年三季度，", "2023-07/2023-09", "cumulative"), ("截至今年1月，", "2024-01", "end"),
])
def test_periods_resolve_against_the_date(words, period, kind):
    figure = one(f"{words}陕西省新设企业12345家。")
    assert figure.period == period
    assert figure.period_kind in (kind, "end")


def test_now_of_a_later_report_is_its_month():
    assert one("2024年8月20日，目前山东省新设企业12家。", date="2024-08-21").period == "2024-08"


@pytest.mark.parametrize(("text", "areas"), [
    ("河北省廊坊市大厂县新增企业12家。", ["大厂回族自治县"]),
    ("三河、大厂、香河三县市新增企业12家。", ["北三县"]),
    ("成都市武侯区新增企业12家。", ["武侯区"]),
    ("北京、天津（滨海新区）12个国家先导区建设推进。", ["北京", "滨海新区"]),
    ("京津冀主要城市2—2.5小时可达。", ["京津冀主要城市"]),
    ("四川省与重庆市相比，新增企业12家。", ["四川", "重庆"]),
    ("浙江省绍兴市新增企业12家，占全国的一小部分。", ["绍兴"]),
])
def test_places(text, areas):
    assert read(text)[0].areas == areas


def test_place_carries_over_and_lists_spread():
    figures = read("内蒙古自治区发电量7450亿千瓦时，居全国前列。其中，风电1300亿千瓦时，增长12%。")
    assert {tuple(f.areas) for f in figures} == {("内蒙古",)}
    figures = read("2021年、2022年、2023年湖北省增速分别为12.9%、4.3%和6.0%。")
    assert [f.period for f in figures] == ["2021", "2022", "2023"]


def test_context_does_not_leak_into_the_next_article():
    text = ("甲文题目\n文 / 张三\n" + "湖南省取得新进展。" * 9 + "\n2019年湖南省新增企业12家。■\n乙文题目\n文 / 李四\n" + "江西省取得新进展。" * 9 + "\n新增学校34所。■\n")
    figures = read(text)
    assert [(f.areas, f.period) for f in figures] == [(["湖南"], "2019"), (["江西"], None)]


def test_short_names_that_the_report_introduces():
    text = "京津冀国家技术创新中心（以下简称“京津冀中心”）挂牌。京津冀中心已实施项目305项，其中约三成的项目已经投产。"
    assert {tuple(f.areas) for f in read(text)} == {("京津冀国家技术创新中心",)}


@pytest.mark.parametrize("text", [
    "第三次全国经济普查", "国办发〔2023〕15号", "电话022-12345678，邮编300000", "“一核两翼”“1+3+4”布局", "G7京新高速和5G、PM10", "会议于9:30召开",
    "2023年10月24日", "3个方面、5个重点领域", "12345热线", "65岁以上老年人", "2000万元以上企业", "第14届3次全会", "一亩三分地", "最后一公里", "千年大计",
    "6.0版本", "为期三年", "三级医院", "ISSN0412-0892", "统一成果", "一成不变", "每人一次",
])
def test_not_figures(text):
    assert read(f"会上强调，{text}，要认真落实。") == []


def test_english():
    text = ("Beijing's gross domestic product reached 4.38 trillion yuan in 2023, up 5.2 percent year on year. "
            "The value of technology contracts from Beijing to Tianjin and Hebei rose to 74.87 billion yuan.")
    gdp, growth, contracts = read(text)
    assert (gdp.value, gdp.unit, gdp.indicator, gdp.period, gdp.areas) == (4.38e12, "元", "gdp", "2023", ["北京"])
    assert (growth.kind, growth.value) == ("yoy_pct", 5.2)
    assert (contracts.from_areas, contracts.to_areas) == (["北京"], ["天津", "河北"])


def test_same_figures_from_broken_and_full_width_text():
    plain = "2022年青岛市空气质量优良天数301天，优良天数比率达到82.5%，货物吞吐量近6.58亿吨。"
    wide = plain.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.%"})
    broken = "\n".join(plain[i:i + 15].replace("到", "到 ") for i in range(0, len(plain), 15))
    expected = [(f.value, f.unit, f.kind, f.period, f.areas, f.qualifier) for f in read(plain)]
    assert len(expected) == 3
    for text in (wide, broken):
        assert [(f.value, f.unit, f.kind, f.period, f.areas, f.qualifier) for f in read(text)] == expected


def test_command_line(tmp_path, capsys):
    file = tmp_path / "report.txt"
    file.write_text("2023年北京市新增企业12家。", "utf8")
    assert main([str(file), "--date", "2024-02"]) == 0
    assert '"value_text": "12家"' in capsys.readouterr().out
    assert main([str(tmp_path / "none.txt")]) == 2
    assert "cannot be read" in capsys.readouterr().err
