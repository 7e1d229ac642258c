"""The passage of a report that printed a figure."""

import csv
import hashlib
import os
import re
from pathlib import Path

import pandas as pd
import pytest

from indicators.ledger import DATA
from indicators.reports import passages
from indicators.reports.passages import Passage, parse_locator, passage, reports_dir, text_of
from tests.indicators.small import ROOT

REPORTS = ROOT.parent / "shared" / "reports"

FIRST = "京津冀协同发展走过十年。"
SECOND = "2023年，北京流向津冀技术合同成交额748.7亿元，\n  增长一倍多。"
THIRD = "三地经济总量达10.4万亿元！"
TEXT = f"目录\n\n{FIRST}{SECOND}{THIRD}\n\n另一段的第一句。"


@pytest.fixture
def report(tmp_path, monkeypatch):
    """Writes a report's text, enters it as source ``r`` and returns its path."""
    monkeypatch.setenv("REPORTS_DIR", str(tmp_path))

    def write(text=TEXT, name="r.txt", sha256=None):
        path = tmp_path / "r.txt"
        path.write_text(text, "utf8", newline="")
        table = pd.DataFrame([{"source": "r", "text_file": name, "text_sha256": sha256 or hashlib.sha256(path.read_bytes()).hexdigest()},
                              {"source": "yearbook", "text_file": "", "text_sha256": ""}]).set_index("source", drop=False)
        monkeypatch.setattr(passages, "sources", lambda: table)
        return path

    return write


def at(text, figure):
    start = text.index(figure)
    return f"page=3; article=题; chars={start}-{start + len(figure)}; text=0123"


def test_a_figure_stands_in_its_sentence_with_those_around_it_and_without_broken_lines(report):
    report()
    assert passage("r", at(TEXT, "748.7亿元")) == Passage(
        FIRST + "2023年，北京流向津冀技术合同成交额", "748.7亿元", "，增长一倍多。" + THIRD)


def test_a_figure_that_is_printed_across_lines_is_joined(report):
    report(text := "首先，共3000\n    余家企业落户。")
    assert passage("r", at(text, "3000\n    余家")).figure == "3000余家"


def test_a_passage_does_not_reach_into_another_paragraph(report):
    report()
    found = passage("r", at(TEXT, "10.4万亿元"))
    assert "目录" not in found.before and "另一段" not in found.after
    assert (found.before[:6], found.after) == (FIRST[:6], "！")


def test_a_passage_begins_and_ends_with_whole_sentences_where_room_is_short(report):
    text = "甲" * 40 + "。" + "乙" * 10 + "。丙" + "37" + "丁" * 5 + "。" + "戊" * 10 + "！" + "己" * 40 + "。"
    report(text)
    assert passage("r", at(text, "37"), most=30) == Passage("乙" * 10 + "。丙", "37", "丁" * 5 + "。" + "戊" * 10 + "！")


def test_a_sentence_longer_than_the_room_is_cut_at_the_room(report):
    text = "甲" * 100 + "37" + "乙" * 100
    report(text)
    assert passage("r", at(text, "37"), most=30) == Passage("甲" * 30, "37", "乙" * 30)


def test_a_figure_at_the_very_beginning_or_end_of_a_text_has_a_passage(report):
    report("37微克。")
    assert passage("r", at("37微克。", "37")) == Passage("", "37", "微克。")
    report("降到37")
    assert passage("r", at("降到37", "37")) == Passage("降到", "37", "")


@pytest.mark.parametrize(("source", "locator"), [
    ("r", "page=3; article=题"), ("r", ""), ("yearbook", "chars=0-2"), ("nobody", "chars=0-2"),
])
def test_there_is_no_passage_without_characters_or_a_text(report, source, locator):
    report()
    assert passage(source, locator) is None


def test_there_is_no_passage_where_the_deployment_has_no_text(report):
    report(name="elsewhere.txt")
    assert text_of("r") is None
    assert passage("r", at(TEXT, "748.7亿元")) is None


def test_a_text_of_another_version_is_never_quoted(report):
    report(sha256="0" * 64)
    with pytest.raises(LookupError, match="r"):
        passage("r", at(TEXT, "748.7亿元"))


def test_a_text_that_changes_while_the_program_runs_is_noticed(report):
    path = report()
    assert text_of("r") == TEXT
    path.write_text(TEXT.replace("748.7", "999.9"), "utf8", newline="")
    os.utime(path, (1, 1))
    with pytest.raises(LookupError):
        text_of("r")


@pytest.mark.parametrize(("locator", "parts"), [
    ("page=3; article=甲=乙; chars=1-2", {"page": "3", "article": "甲=乙", "chars": "1-2"}),
    ("page=3;chars=1-2", {"page": "3", "chars": "1-2"}),
    ("table 2; chars=1-2", {"chars": "1-2"}),
    ("", {}),
])
def test_a_locator_has_the_parts_that_it_names(locator, parts):
    assert parse_locator(locator) == parts


def test_texts_stand_beside_the_packages_unless_the_environment_says_otherwise(monkeypatch):
    monkeypatch.delenv("REPORTS_DIR", raising=False)
    assert reports_dir() == ROOT / "reports"
    monkeypatch.setenv("REPORTS_DIR", "")
    assert reports_dir() == ROOT / "reports"
    monkeypatch.setenv("REPORTS_DIR", "/somewhere/else")
    assert reports_dir() == Path("/somewhere/else")


# --- the reports of this project, where they are ---------------------------------------


def rows_of_reports():
    with open(DATA / "sources.csv", encoding="utf-8-sig", newline="") as file:
        texts = {s["source"]: s for s in csv.DictReader(file) if s["text_file"]}
    with open(DATA / "observations.csv", encoding="utf-8-sig", newline="") as file:
        return texts, [r for r in csv.DictReader(file) if r["source"] in texts]


def bare(text):
    return re.sub(r"\s+", "", text)


def test_every_figure_of_a_report_says_where_its_characters_stand():
    texts, rows = rows_of_reports()
    assert len(rows) > 100
    for r in rows:
        assert re.fullmatch(r"\d+-\d+", parse_locator(r["locator"])["chars"]), r
        assert parse_locator(r["locator"])["text"] in texts[r["source"]]["text_file"], r


@pytest.mark.skipif(not REPORTS.is_dir(), reason="needs the texts of the reports in ../shared/reports")
def test_the_passage_of_every_figure_of_a_report_prints_that_figure(monkeypatch):
    monkeypatch.setenv("REPORTS_DIR", str(REPORTS))
    texts, rows = rows_of_reports()
    whole = {name: bare((REPORTS / s["text_file"]).read_text("utf8")) for name, s in texts.items()}
    wrong = []
    for r in rows:
        found = passage(r["source"], r["locator"])
        if bare(found.figure) != bare(r["value_text"]):
            wrong.append((r["indicator"], r["area"], r["period"], found.figure, r["value_text"]))
        if bare(found.before + found.figure + found.after) not in whole[r["source"]]:
            wrong.append((r["indicator"], r["area"], r["period"], "the passage is not in the text"))
    assert wrong == []
