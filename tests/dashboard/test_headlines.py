"""Headlines are recomputed from the rows of the API, by other means than those that wrote them."""

import json
import re

import pytest

from dashboard import api
from dashboard.chart import payload
from dashboard.headlines import headline, number_change, told
from dashboard.kinds import open_view, parse
from dashboard.parameters import read_parameters
from dashboard.rows import SERIES_COLUMNS, records

LANGS = ("zh", "en")


def rows(indicator, **query):
    """Rows as /api/series gives them."""
    values = read_parameters((api.ID, api.AREA, api.COUNTERPART, api.MEASURE, api.KIND), {"id": indicator}, query.items())
    return records(api.series_frame(values), SERIES_COLUMNS)


def said(address, lang="zh"):
    return headline(open_view(*parse(address), lang)).replace("\u00a0", " ")


def growth(first, last):
    return 100 * (last["OBS_VALUE"] / first["OBS_VALUE"] - 1)


@pytest.mark.parametrize("kind", ["map", "ranking"])
def test_highest_and_lowest_are_those_of_the_year(built, kind):
    codes = {"110000": "北京", "120000": "天津", "130000": "河北"}
    now = {codes[r["REF_AREA"]]: r["OBS_VALUE"] for r in rows("rail_km", area=",".join(codes)) if r["TIME_PERIOD"] == "2024"}
    top, bottom = max(now, key=now.get), min(now, key=now.get)
    sentence = said(f"{kind}?indicator=rail_km&level=province&year=2024")
    assert f"2024年{top}最高（{now[top]:.1f} 公里），{bottom}最低（{now[bottom]:.1f} 公里）" in sentence


def test_areas_on_different_bases_are_not_ranked_together(built):
    now = [r for r in rows("pm25") if r["TIME_PERIOD"] == "2021"]
    measured = {r["REF_AREA"]: r["OBS_VALUE"] for r in now if r["VINTAGE"] == "iqair2021"}
    assert len(measured) == 12 and any(r["VINTAGE"] == "official" for r in now)
    sentence = said("map?indicator=pm25&year=2021&level=prefecture")
    assert f"的{len(measured)}个区域中" in sentence and "IQAir" in sentence
    assert re.findall(r"（([\d.]+) µg", sentence) == [str(max(measured.values())), str(min(measured.values()))]


def test_a_year_with_gaps_says_of_how_many_areas_it_speaks(built):
    prefectures = {"110000", "120000", *(f"13{n:02d}00" for n in range(1, 12))}
    now = [r for r in rows("gdp") if r["TIME_PERIOD"] == "2024" and r["REF_AREA"] in prefectures]
    assert 1 < len(now) < 13
    assert f"有数据的{len(now)}个区域中" in said("map?indicator=gdp&level=prefecture&year=2024")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_changes_stay_on_one_basis(built, lang):
    """GDP of 2024 is on the basis of another census: the change ends in 2023."""
    sentence = said("trends?indicators=gdp&areas=110000,120000,130000", lang)
    assert "2023" in sentence and "2024" not in sentence and "2025" not in sentence
    for area in ("110000", "120000", "130000"):
        own = {r["TIME_PERIOD"]: r for r in rows("gdp", area=area)}
        assert own["2014"]["VINTAGE"] == own["2023"]["VINTAGE"] != own["2024"]["VINTAGE"]
        assert f"{growth(own['2014'], own['2023']):.1f}%" in sentence


def test_a_coarse_change_is_told_as_the_range_that_its_printing_allows(built):
    own = {r["TIME_PERIOD"]: r for r in rows("rail_km", area="110000")}
    low = 100 * (own["2024"]["OBS_LOWER"] / own["2014"]["OBS_UPPER"] - 1)
    high = 100 * (own["2024"]["OBS_UPPER"] / own["2014"]["OBS_LOWER"] - 1)
    assert high - low > 1
    assert f"北京增长{low:.0f}%至{high:.0f}%" in said("trends?indicators=rail_km&areas=110000,120000")


def test_gaps_in_a_course_are_said(built):
    own = [r for r in rows("pm25", area="jjj") if r["VINTAGE"] != ""]
    years = [int(r["TIME_PERIOD"]) for r in own if int(r["TIME_PERIOD"]) >= 2014]
    missing = max(years) - min(years) + 1 - len(years)
    assert missing > 0
    assert f"其间有{missing}年无数据" in said("trends?indicators=pm25&areas=jjj")


def test_shares_change_by_points(built):
    own = {r["TIME_PERIOD"]: r["OBS_VALUE"] for r in rows("gdp", area="120000", measure="share")}
    assert f"天津下降{abs(own['2023'] - own['2014']):.1f}个百分点" in said("trends?indicators=gdp&measure=share&areas=110000,120000")


def test_flows_and_their_multiple(built):
    own = {r["TIME_PERIOD"]: r["OBS_VALUE"] for r in rows("tech_contract_value", area="110000", counterpart="jin_ji")}
    last = max(own)
    sentence = said(f"flow?indicator=tech_contract_value&year={last}")
    assert f"{last}年北京 → 津冀 {own[last]:.1f} 亿元" in sentence
    assert f"2014年（{own['2014']:.1f} 亿元）的{own[last] / own['2014']:.1f}倍" in sentence
    with_two = said("flow?indicator=tech_contract_value&year=2023")
    assert f"{own['2023']:.1f} 亿元" in with_two and "倍" not in with_two


def test_a_bound_stays_with_its_number_and_totals_since_a_start_are_not_compared(built):
    newest = max(rows("enterprises_withdrawn", area="110000", kind="cumulative"), key=lambda r: r["TIME_PERIOD"].split("/")[1])
    assert newest["VALUE_TEXT"].startswith("超") and newest["OBS_LOWER"] == newest["OBS_VALUE"]
    view = open_view(*parse("number?indicator=enterprises_withdrawn&area=110000&kind=cumulative"), "zh")
    sentence = headline(view).replace("\u00a0", " ")
    assert f"超 {newest['OBS_VALUE']:.0f} 家" in sentence and "增长" not in sentence
    assert number_change(view) == ""
    assert "over 3,000" in said("number?indicator=enterprises_withdrawn&area=110000&kind=cumulative", "en")


def test_a_number_is_compared_with_the_start_of_the_strategy(built):
    own = {r["TIME_PERIOD"]: r for r in rows("pm25", area="110000")}
    first, last = own["2014"], own[max(own)]
    low, high = (100 * (1 - last[b] / first[a]) for a, b in (("OBS_LOWER", "OBS_UPPER"), ("OBS_UPPER", "OBS_LOWER")))
    sentence = said("number?indicator=pm25&area=110000")
    assert f"{last['OBS_VALUE']:.1f} µg/m³" in sentence and f"比2014年（{first['OBS_VALUE']:.1f} µg/m³）下降{low:.0f}%至{high:.0f}%" in sentence


@pytest.mark.parametrize("address", ["region?area=jjj", "indicator?indicator=rail_km", "structure?area=jjj", "scatter", "trends?indicators=gdp,pm25"])
def test_every_kind_has_one_line(built, address):
    for lang in ("zh", "en"):
        sentence = said(address, lang)
        assert sentence.strip() and "\n" not in sentence and "{" not in sentence
        assert bool(re.search("[\u4e00-\u9fff]", sentence)) == (lang == "zh")


def test_equal_and_unclear_ranks_are_not_told_apart():
    from types import SimpleNamespace

    from dashboard.headlines import _ranked

    def row(i, area, value, low, high, basis="a"):
        return SimpleNamespace(Index=i, place=area, area=area, indicator="rail_km", value=value, lower=low, upper=high, unit="公里", basis=basis,
                               vintage="nbs", measure="level", value_text="")

    tied = [row(0, "110000", 9.0, 8.5, 9.5), row(1, "120000", 9.0, 8.5, 9.5), row(2, "130000", 3.0, 2.5, 3.5)]
    assert "北京、天津并列最高" in _ranked(tied, "2020", False, "zh")
    close = [row(0, "110000", 9.0, 8.0, 10.0), row(1, "120000", 8.5, 8.0, 9.0), row(2, "130000", 3.0, 2.5, 3.5)]
    assert "难分先后" in _ranked(close, "2020", False, "zh")
    lost = [row(0, "110000", 9.0, 1.0, 10.0), row(1, "120000", 8.5, 1.0, 9.0), row(2, "130000", 3.0, 1.0, 9.5)]
    assert "分不出高低" in _ranked(lost, "2020", False, "zh")
    mixed = [row(0, "110000", 9.0, 8.5, 9.5, "a"), row(1, "120000", 5.0, 4.5, 5.5, "b")]
    assert "不作高低比较" in _ranked(mixed, "2020", False, "zh")


# --- the sentence follows the year -----------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("address", ["map?indicator=pm25", "ranking", "flow", "flow_map", "flow_matrix", "flow_balance", "rail", "scatter", "index?level=province"])
def test_every_frame_has_the_sentence_of_its_own_address(address, lang):
    view = open_view(*parse(address), lang)
    sentences = told(view)
    assert list(sentences) == view.names() and len(sentences) > 1
    for name in (view.names()[0], view.names()[-2]):
        kind, query = parse(address)
        assert sentences[name] == headline(open_view(kind, [*query, ("year", name)], lang))


@pytest.mark.parametrize("lang", LANGS)
def test_what_the_browser_gets_gives_the_same_sentences_in_few_bytes(lang):
    for address in ("map", "rail", "scatter", "flow_map"):
        view = open_view(*parse(address), lang)
        own = json.loads(payload(view, lang, None, "year"))["told"]
        assert [own["before"] + each + own["after"] for each in own["each"]] == list(told(view).values())
        assert address != "map" or len(json.dumps(own)) < 3500
    assert "told" not in json.loads(payload(open_view(*parse("trends"), lang), lang))
