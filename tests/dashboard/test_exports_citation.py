"""Citations: what is known of a source stands in them, nothing else does."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest

from dashboard.exports import Options
from dashboard.exports.about import about
from dashboard.exports.citation import Work, apa, bib, bibtex, citations, cite, gbt7714, source_work, tex
from dashboard.i18n import t
from indicators.ledger import sources
from tests.dashboard.test_exports_tables import opened

ORIGIN = Options(origin="https://monitor.example")


def entries(text):
    """Keys and fields of a BibTeX file, by counting braces."""
    found = {}
    for entry in re.split(r"^@", text, flags=re.M)[1:]:
        kind, _, rest = entry.partition("{")
        key, _, body = rest.partition(",")
        fields, depth, name, value, escaped = {}, 0, "", "", False
        for c in body.strip()[:-1]:
            depth += (c == "{") - (c == "}") if not escaped else 0
            if depth == 0 and c in ",\n":
                if "=" in value:
                    name, _, value = value.partition("=")
                    fields[name.strip()] = value.strip()[1:-1]
                value = ""
            else:
                value += c
            escaped = c == "\\" and not escaped
        assert depth == 0, entry
        if "=" in value:
            name, _, value = value.partition("=")
            fields[name.strip()] = value.strip()[1:-1]
        assert key not in found
        found[key] = {"type": kind, **fields}
    return found


@pytest.mark.parametrize("source, national, american", [
    ("gmrb_20211111", "京津冀协同发展彰显城市治理中国智慧[N]. 光明日报, 2021-11-11.", "京津冀协同发展彰显城市治理中国智慧. (2021, November 11). 光明日报."),
    ("HJKX2023", "北京市生态环境监测中心. 2018~2020年北京市大气PM2.5污染特征及改善原因[J/OL]. 环境科学, 2023, 44(5): 2409. "
     "http://www.hjkx.ac.cn/hjkx/ch/html/20230501.htm.",
     "北京市生态环境监测中心. (2023). 2018~2020年北京市大气PM2.5污染特征及改善原因. 环境科学, 44(5), 2409. http://www.hjkx.ac.cn/hjkx/ch/html/20230501.htm"),
    ("CENSUS_HB2020", "河北省统计局. 河北省第七次全国人口普查公报[R]. 2021-05.", "河北省统计局. (2021, May). 河北省第七次全国人口普查公报."),
    ("BJTJJ_2020", "北京市统计局. 京津冀经济持续恢复 高质量发展动能增强——2020年京津冀地区经济运行情况分析[EB/OL]. (2021-07-13). "
     "http://tjj.beijing.gov.cn/zt/jjjjdzl/sdjd_4304/202107/t20210713_2435668.html.", None),
    ("WHO2022", None, "World Health Organization. (2022, August 11). WHO Ambient Air Quality Database 2022 [Data set]. "
     "rafalit/who-air-pollution-eda:who_aap_2021_v9_11august2022.xlsx @ a4380148e8a4 (2026-04-19)"),
    ("ANSHUWEI2022", "都市圈、城市群与京津冀高质量协同发展（安树伟、董红燕）[J]. 区域经济评论, 2022(6).", None),
    ("JRD_2022", "河北2022年各市经济 (评论)[Z].", "河北2022年各市经济 (评论). (n.d.)."),
    ("TJGB_HS2022", "衡水市统计局, 国家统计局衡水调查队. 衡水市2022年国民经济和社会发展统计公报[R]. 衡水市统计局, 2023.", None)])
def test_sources_are_cited_by_what_is_known(source, national, american):
    work = source_work(sources().loc[source])
    assert national in (None, gbt7714(work)) and american in (None, apa(work))


def test_no_source_has_more_or_less_than_the_ledger():
    for source, row in sources().iterrows():
        for text in (gbt7714(source_work(row)), apa(source_work(row))):
            assert row["title"].rstrip(".") in text and "not named" not in text and ".." not in text and ", ," not in text, source
            known = " ".join(row[["title", "publisher", "date", "repository_or_file", "original_publisher"]])
            assert set(re.findall(r"\d{4}", text)) <= set(re.findall(r"\d{4}", known)), source
        assert re.search(r"\[(J|N|R|M|Z|EB|DB)(/OL)?\]", gbt7714(source_work(row)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_view_is_cited_with_program_date_and_link_and_its_sources_below(built, lang):
    view = opened("map?indicator=pm25&year=2021", lang)
    said, cited = about(view, ORIGIN.origin), citations(view, ORIGIN)
    first, *rest = cited["gbt7714"].splitlines()
    assert first == f"{t(lang, 'app.title')}. {t(lang, 'export.cite.in_year', title=said.title, year='2021')}[DB/OL]. [{said.date}]. {said.link}."
    assert len(rest) == len(said.sources) == len(cited["apa"].splitlines()) - 1
    assert cited["apa"].splitlines()[0].endswith(f", from {said.link}") and cited["link"] == said.link
    fields = entries(cited["bibtex"])
    assert len(fields) == 1 + len(rest) and all(k.isascii() for k in fields)
    assert fields["jjj_map_pm25_level_prefecture_2021"]["url"] == said.link and fields["IQAIR"]["author"] == "{IQAir AG}"
    assert bib(view, ORIGIN).decode() == cited["bibtex"] and json.loads(cite(view, ORIGIN)) == cited


def test_without_an_origin_no_address_is_made_up(built):
    cited = citations(opened("trends?indicators=gdp"))
    assert "http" not in cited["gbt7714"].splitlines()[0] and "Retrieved" not in cited["apa"] and "url" not in entries(cited["bibtex"])[
        "jjj_trends_gdp"]


def test_embedding_points_to_the_view(built):
    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            self.found = (tag, dict(attrs))

    view, reader = opened("map?indicator=pm25&year=2021", "en"), Reader()
    view = replace(view, query=(*view.query, ("x", '"><script>')))
    reader.feed(citations(view, ORIGIN)["embed"])
    tag, attributes = reader.found
    assert tag == "iframe" and attributes["src"].startswith("https://monitor.example/embed/map?indicator=pm25&") and attributes["src"].endswith("&lang=en")
    assert attributes["title"] == about(view).title
    assert citations(opened("data?indicator=gdp"), ORIGIN)["embed"] == ""


def test_bibtex_escapes_and_keeps_keys_apart():
    works = [Work(key, "Z", "A & B {x}", "50 % of $_#~^\\ 京津冀", "", "2020", "https://x.example/a_b?c={d}") for key in ("来源", "a", "A", "a")]
    fields = entries(bibtex(works))
    assert list(fields) == ["source", "a", "A_2", "a_3"] and all(f["type"] == "misc" for f in fields.values())
    assert fields["a"]["title"] == r"{50 \% of \$\_\#\textasciitilde{}\textasciicircum{}\textbackslash{} 京津冀}"
    assert fields["a"]["author"] == r"{A \& B \{x\}}" and fields["a"]["url"] == "https://x.example/a_b?c=%7Bd%7D"
    assert tex("北京") == "北京"


def test_a_hostile_source_stays_on_its_line():
    row = pd.Series({"source": "x", "title": "a\nb\t}c", "publisher": "\n", "date": "2020", "kind": "report", "original_publisher": "", "repository_or_file": ""})
    work = source_work(row)
    assert gbt7714(work) == "a b }c[Z]. 2020." and apa(work) == "a b }c. (2020)."
    assert entries(bibtex([work]))["x"]["title"] == r"{a b \}c}"
