"""A figure becomes a row of the ledger, or what is missing for it is said."""

import re
from types import SimpleNamespace

import pytest

from indicators.model import OBSERVATION_COLUMNS
from indicators.reports import store
from indicators.reports.figure import Figure
from indicators.reports.propose import area_code, known, propose, relation
from indicators.sentences import in_language
from tests.indicators.review import gdp, report


def proposed(text, value_text, value, unit, **about):
    start = text.index(value_text)
    figure = Figure(**{"start": start, "end": start + len(value_text), "value_text": value_text, "value": value, "unit": unit, "lower": value, "upper": value,
                       "areas": ["京津冀"], "period": "2023", "period_kind": "year", **about})
    return propose(figure, SimpleNamespace(text=text, date="2024-02-15"))


FIRMS = {"indicator": "enterprises_withdrawn", "areas": ["北京市"], "qualifier": "nearly"}
TRIP = {"indicator": "travel_time", "areas": [], "from_areas": ["北京"], "to_areas": ["天津"], "period_kind": "end"}


@pytest.mark.parametrize("text, value_text, value, unit, about, expected", [
    ("经济总量10.4万亿元", "10.4万亿元", 1.04e13, "元", {"indicator": "gdp"}, (104000, 103500, 104500, "亿元", "10.4万亿元", "A")),
    ("疏解近3000家企业", "3000家", 3000, "家", FIRMS, (3000, 2000, 3000, "家", "近3000家", "A")),
    ("疏解近\n\n3000 家企业", "3000 家", 3000, "家", FIRMS, (3000, 2000, 3000, "家", "近3000家", "A")),
    ("浓度为37微克/立方米", "37微克/立方米", 37, "微克/立方米", {"indicator": "pm25"}, (37, 36.5, 37.5, "µg/m³", "37微克/立方米", "A")),
    ("初步核算，总值4.4万亿元", "4.4万亿元", 4.4e12, "元", {"indicator": "gdp", "areas": ["北京"]}, (44000, 43500, 44500, "亿元", "4.4万亿元", "P")),
    ("力争达到5万亿元", "5万亿元", 5e12, "元", {"indicator": "gdp", "areas": ["北京"]}, (50000, 45000, 55000, "亿元", "5万亿元", "F")),
    ("2025年达到5万亿元", "5万亿元", 5e12, "元", {"indicator": "gdp", "areas": ["北京"], "period": "2025"}, (50000, 45000, 55000, "亿元", "5万亿元", "F")),
    ("力争先行。总值4.4万亿元", "4.4万亿元", 4.4e12, "元", {"indicator": "gdp", "areas": ["北京"]}, (44000, 43500, 44500, "亿元", "4.4万亿元", "A")),
    ("增长5.2%", "5.2%", 5.2, "%", {"indicator": "gdp_growth_real", "areas": ["北京"], "kind": "yoy_pct"}, (5.2, 5.15, 5.25, "%", "5.2%", "A")),
    ("服务业占58.1%", "58.1%", 58.1, "%", {"indicator": "share_tertiary", "kind": "share_pct"}, (58.1, 58.05, 58.15, "%", "58.1%", "A")),
    ("只要1小时", "1小时", 1, "小时", TRIP, (60, 30, 90, "分钟", "1小时", "A")),
])
def test_a_figure_becomes_a_row_in_the_indicators_unit(text, value_text, value, unit, about, expected):
    row, missing = proposed(text, value_text, value, unit, **about)
    assert missing == []
    assert tuple(row[k] for k in ("value", "lower", "upper", "unit", "value_text", "obs_status")) == expected
    assert set(row) == set(OBSERVATION_COLUMNS) and store.problems([row]) == []


@pytest.mark.parametrize("about, said", [
    ({"indicator": None, "indicator_text": "总量"}, "the indicator of “总量” is not known"),
    ({"indicator": "gpd"}, "no indicator 'gpd'"),
    ({"kind": "growth_pct"}, "a figure of the kind growth_pct is no value of gdp"),
    ({"kind": "share_pct", "unit": "%"}, "a figure of the kind share_pct is no value of gdp"),
    ({"unit": "家"}, "the unit 家 is not 亿元"),
    ({"value": 5e12}, "the ledger reads 44000"),
    ({"areas": []}, "no area is given"),
    ({"areas": ["桥西区"]}, "“桥西区” stands for several areas: 130104, 130703"),
    ({"areas": ["上海"]}, "the area “上海” is not known"),
    ({"areas": ["北京", "石家庄"]}, "no composite area has exactly the members 北京、石家庄"),
    ({"areas": [], "from_areas": ["北京"], "to_areas": ["天津"]}, "gdp is no flow"),
    ({"indicator": "units_received", "unit": "元"}, "units_received needs an origin and a destination"),
    ({"period": None}, "no period is known"),
    ({"period": "2014/.."}, "is no period"),
    ({"period": "2023-05", "period_kind": None}, "the kind of period is not known"),
])
def test_what_is_missing_for_a_row_is_said(about, said):
    row, missing = propose(gdp(12, **about), report(1)[0])
    assert row is None and any(said in m for m in missing), missing


@pytest.mark.parametrize("about", [{"indicator": None, "indicator_text": "总量"}, {"kind": "growth_pct"}, {"unit": "家"}, {"value": 5e12}, {"areas": []}, {"areas": ["桥西区"]},
                                   {"areas": ["北京", "石家庄"]}, {"indicator": "units_received", "unit": "元"}, {"period": None}])
def test_what_is_missing_is_said_in_the_readers_language_with_the_same_particulars(about):
    _, missing = propose(gdp(12, **about), report(1)[0])
    for sentence in missing:
        chinese = in_language(sentence, "zh")
        assert in_language(sentence, "en") == sentence != chinese and "{" not in chinese
        assert [w for w in re.findall(r"“[^”]+”|[a-z]+_[a-z_]+|\d{4,}", sentence) if w not in chinese] == []
    assert in_language("nothing of the kind", "zh") == "nothing of the kind"


def test_a_growth_is_no_value_of_what_grows():
    row, _ = proposed("森林覆盖率提高3%", "3%", 3, "%", indicator="forest_coverage", areas=["北京"], kind="growth_pct", period_kind="end")
    assert row is None


@pytest.mark.parametrize("names, code", [
    (["北京"], "110000"), (["河北省"], "130000"), (["京津冀"], "jjj"), (["京津冀三地"], "jjj"),
    (["北京", "天津", "河北"], "jjj"), (["天津市", "河北"], "jin_ji"),
    (["三河", "大厂", "香河"], "beisanxian"), (["通州区", "北三县"], "tongzhou_beisanxian"), (["石家庄桥西区"], "130104"), (["Beijing"], "110000"),
    (["滨海-中关村科技园"], "bhzgc"), (["北京首都功能核心区"], "core_area"), (["北京", "北京市"], "110000"),
])
def test_names_become_codes(names, code):
    assert area_code(names) == code


def test_known_figures_agree_or_differ_by_their_intervals():
    document, figures = report(1)
    row, _ = propose(figures[0], document)
    beside = known(row)
    assert len(beside) and set(beside["area"]) == {"110000"} and set(beside["period"]) == {"2023"}
    expected = ["agrees" if low <= row["upper"] and up >= row["lower"] else "differs" for low, up in zip(beside["lower"], beside["upper"])]
    assert list(beside["relation"]) == expected and relation(row) == "agrees"
    assert relation({**row, "lower": 1.0, "upper": 2.0}) == "differs"
    assert relation({**row, "period": "1999"}) == "new" and known({**row, "period": "1999"}).empty
    assert relation({**row, "indicator": "pm25", "area": "haha"}) == "new"
