"""areas.csv and what reads it."""

import dataclasses
import subprocess
import sys

import pytest

import geodata
from geodata.areas import COLUMNS, LEVELS, TABLE, read_areas

HEADER = ",".join(COLUMNS)
ZONE = "park,园,Park,园,Park,zone,130000,,,,"
PROVINCE = "130000,河北省,Hebei,河北,Hebei,province,,,,,"


def test_the_region_has_3_provinces_13_prefecture_units_and_199_counties():
    assert [len(geodata.areas(level)) for level in ("province", "prefecture", "county")] == [3, 13, 199]


def test_prefecture_units_are_beijing_tianjin_and_eleven_prefectures_of_hebei():
    assert geodata.prefecture_units() == ("110000", "120000", *(f"13{n:02}00" for n in range(1, 12)))


def test_codes_are_unique_and_all_areas_are_listed_without_a_level():
    codes = [area.code for area in geodata.areas()]
    assert len(set(codes)) == len(codes)
    assert set(codes) == {area.code for level in LEVELS for area in geodata.areas(level)}


def test_counties_are_numbered_under_their_parents():
    assert {level: len(geodata.children(level)) for level in ("110000", "120000", "130000")} == {
        "110000": 16, "120000": 16, "130000": 11,
    }
    for county in geodata.areas("county"):
        stem = county.code[:4] + "00" if county.code.startswith("13") else county.code[:2] + "0000"
        assert county.parent == stem


def test_names_alone_do_not_identify_a_county():
    named = {}
    for county in geodata.areas("county"):
        named.setdefault(county.name_zh, []).append(county.code)
    # Xingtai's 桥西区 (130503) was renamed 信都区 in 2020, so two of once three remain.
    assert {name: codes for name, codes in named.items() if len(codes) > 1} == {
        "桥西区": ["130104", "130703"],
        "新华区": ["130105", "130902"],
    }
    assert geodata.area("130503").name_zh == "信都区"


@pytest.mark.parametrize(
    ("code", "english"),
    [
        ("110105", "Chaoyang District"), ("130102", "Chang'an District"), ("130121", "Jingxing County"),
        ("130125", "Xingtang County"), ("130225", "Laoting County"), ("130283", "Qian'an"),
        ("130435", "Quzhou County"), ("130503", "Xindu District"), ("130505", "Renze District"),
        ("130623", "Laishui County"), ("130631", "Wangdu County"), ("130635", "Lixian County"),
        ("130726", "Yuxian County"), ("130828", "Weichang Manchu and Mongol Autonomous County"),
        ("130981", "Botou"), ("131025", "Dacheng County"), ("131028", "Dachang Hui Autonomous County"),
        ("131082", "Sanhe"),
    ],
)  # fmt: skip
def test_english_names_follow_the_local_reading(code, english):
    assert geodata.area(code).name_en == english


def test_english_names_are_written_without_accents_or_characters():
    for area in geodata.areas():
        assert (area.name_en + area.short_en).replace("–", "-").isascii(), area


def test_former_county_codes_are_in_the_notes_of_their_successors():
    assert "130182" in geodata.area("130109").note
    assert geodata.area("130109").valid_from == "2014"
    assert geodata.area("xiongan").valid_from == "2017-04-01"


def test_members_parent_and_counties():
    assert geodata.members("beisanxian") == ("131082", "131028", "131024")
    assert geodata.members("110105") == ("110105",)
    assert geodata.parent("131082") == "131000"
    assert geodata.parent("jjj") is None
    assert len(geodata.counties("jjj")) == 199
    assert geodata.counties("110105") == ("110105",)
    assert set(geodata.counties("tongwulang")) == {"110112", "120114", *geodata.children("131000")}
    assert [geodata.area(code).name_zh for code in geodata.members("xiongan")] == ["容城县", "安新县", "雄县"]


def test_land_that_two_members_share_counts_once(monkeypatch):
    # By code the counties of Xiong'an lie in Baoding.
    both = dataclasses.replace(geodata.area("xiongan"), code="both", members=("130600", "130629", "130632"))
    table = {**{area.code: area for area in geodata.areas()}, "both": both}
    monkeypatch.setattr(sys.modules["geodata.areas"], "_table", lambda: table)
    assert geodata.counties("both") == geodata.children("130600")


@pytest.mark.parametrize("call", [geodata.area, geodata.members, geodata.parent, geodata.children, geodata.counties])
@pytest.mark.parametrize("code", ["990000", "桥西区", 110000, None, []])
def test_an_unknown_code_is_refused(call, code):
    with pytest.raises(ValueError, match="Unknown area code"):
        call(code)


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="Unknown level 'town'"):
        geodata.areas("town")


def test_a_zone_lies_in_an_area_and_has_no_counties():
    assert all(geodata.area(zone.parent).level != "zone" for zone in geodata.areas("zone"))
    with pytest.raises(ValueError, match="sub_center is a zone .* it lies in 110112"):
        geodata.counties("sub_center")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["code,name", "1,2"], "the columns must be code,name_zh"),
        ([HEADER, PROVINCE, PROVINCE], "line 3: code 130000 occurs twice"),
        ([HEADER, PROVINCE.replace("Hebei,河北", ",河北")], "line 2: name_en is empty"),
        ([HEADER, PROVINCE.replace("province", "state")], "level 'state' is not one of"),
        ([HEADER, PROVINCE[:-2]], "line 2: expected 11 fields"),
        ([HEADER, PROVINCE + ",x"], "line 2: expected 11 fields"),
        ([HEADER, PROVINCE.replace("province,", "province,100000")], "130000 refers to 100000"),
        ([HEADER, "jjj,京津冀,JJJ,京津冀,JJJ,composite,,110000,,,"], "jjj refers to 110000"),
        ([HEADER, "jjj,京津冀,JJJ,京津冀,JJJ,composite,,,,,"], "a composite needs members"),
        ([HEADER, PROVINCE.replace("province,,", "province,,130000")], "nothing else may have them"),
        ([HEADER, ZONE.replace("130000", "")], "a zone needs a parent"),
        ([HEADER, PROVINCE, ZONE, "lake,湖,Lake,湖,Lake,zone,park,,,,"], "lake is placed at park, which is a zone"),
        ([HEADER, PROVINCE, ZONE, "jjj,京津冀,J,京津冀,J,composite,,park,,,"], "the member park, which is a zone"),
    ],
)
def test_a_broken_table_is_refused(tmp_path, lines, message):
    path = tmp_path / "areas.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_areas(path)


def test_the_table_is_plain_utf8_with_unix_line_ends():
    content = TABLE.read_bytes()
    assert content.decode("utf-8").startswith(HEADER + "\n")
    assert b"\r" not in content


def test_importing_geodata_does_not_load_geopandas():
    heavy = "import sys, geodata; print({'geopandas', 'pandas', 'numpy', 'shapely'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
