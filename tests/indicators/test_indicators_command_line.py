"""python -m indicators: what it prints, and its exit codes."""

import csv
import io
import os
import shutil
import subprocess
import sys

import pytest

from indicators import catalogue, series
from indicators.__main__ import main
from indicators.ledger import observations
from indicators.names import indicator_text, name
from tests.indicators.small import ROOT


def run(capsys, *arguments):
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def process(*arguments, cwd=ROOT):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "COV_"))}
    environment |= {"PYTHONUTF8": "1", "GIT_CEILING_DIRECTORIES": str(cwd.parent)}
    done = subprocess.run([sys.executable, "-m", "indicators", *arguments], cwd=cwd, env=environment, capture_output=True, encoding="utf8")
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_list_prints_a_line_for_every_indicator(capsys, lang):
    code, out, err = run(capsys, "list", "--lang", lang)
    lines = [line.split("\t") for line in out.splitlines()]
    counts = observations()["indicator"].value_counts()
    assert (code, err) == (0, "")
    assert lines == [[i.id, indicator_text(i.id, lang)["name"], name("unit", i.unit, lang), name("theme", i.theme, lang), str(counts[i.id])]
                     for i in catalogue()]


def test_list_prints_only_the_theme_asked_for(capsys):
    code, out, _ = run(capsys, "list", "--theme", "tourism")
    assert code == 0
    assert [line.split("\t")[0] for line in out.splitlines()] == [i.id for i in catalogue() if i.theme == "tourism"]


def test_series_prints_the_computed_series_as_csv(capsys):
    code, out, err = run(capsys, "series", "gdp", "--area", "110000", "--area", "jjj", "--measure", "index", "--base", "2015")
    assert (code, err) == (0, "")
    expected = series("gdp", areas=["110000", "jjj"], measure="index", base=2015)
    rows = list(csv.DictReader(io.StringIO(out)))
    assert list(rows[0]) == list(expected.columns)
    assert [(r["area"], r["period"], r["source"]) for r in rows] == list(expected[["area", "period", "source"]].itertuples(index=False, name=None))
    assert [float(r["value"]) for r in rows] == expected["value"].tolist()
    assert [float(r["value"]) for r in rows if r["period"] == "2015"] == [100, 100]


def test_series_prints_the_kind_of_period_asked_for(capsys):
    code, out, _ = run(capsys, "series", "tech_contract_value", "--kind", "cumulative")
    assert code == 0
    assert {r["period_kind"] for r in csv.DictReader(io.StringIO(out))} == {"cumulative"}


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("series", "pm2.5"), "there is no indicator 'pm2.5'; near are pm25"),
    (("series", "gdp", "--measure", "median"), "there is no measure 'median'; there are level, share"),
    (("series", "pm25", "--measure", "share"), "share is not defined for pm25; defined are level"),
    (("series", "gdp", "--area", "990000"), "Unknown area code '990000'"),
    (("series", "gdp", "--measure", "index", "--base", "soon"), "the base 'soon' is no year; accepted is for example 2014"),
    (("series", "gdp", "--kind", "cumulative"), "gdp has no figures of the kind 'cumulative'; it has year"),
    (("list", "--theme", "sports"), "sports"),
])
def test_bad_input_gets_one_sentence_and_exit_code_2(capsys, arguments, sentence):
    code, out, err = run(capsys, *arguments)
    assert (code, out) == (2, "")
    assert sentence in err
    assert err.count("\n") == 1 and "Traceback" not in err


@pytest.mark.parametrize("arguments", [(), ("audit",), ("series",), ("list", "--lang", "fr"), ("check", "more")])
def test_a_command_that_does_not_exist_ends_with_exit_code_2_and_the_usage(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(list(arguments))
    assert end.value.code == 2
    assert "usage: python -m indicators" in capsys.readouterr().err


def test_check_passes_the_ledger_of_this_checkout_against_itself(capsys, monkeypatch):
    monkeypatch.setattr("indicators.ledger.previous_observations", lambda: observations().astype(str))
    code, out, err = run(capsys, "check")
    assert (code, out) == (0, "")
    assert err == f"{len(observations())} observations, 0 problems\n"


def test_check_tells_what_vanished_since_the_last_commit(capsys, monkeypatch):
    before = observations().astype(str)
    before.loc[0, "period"] = "1949"
    monkeypatch.setattr("indicators.ledger.previous_observations", lambda: before)
    code, out, err = run(capsys, "check")
    assert code == 1
    assert "1949" in out and out.endswith("was in the version before and is gone\n") and out.count("\n") == 1
    assert err.endswith(" observations, 1 problems\n")


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The packages in a folder of their own, outside of any checkout, where the ledger may be broken."""
    home = tmp_path_factory.mktemp("copy") / "checkout"
    for package in ("indicators", "geodata"):
        shutil.copytree(ROOT / package, home / package, ignore=shutil.ignore_patterns("__pycache__"))
    return home


def test_the_program_lists_the_catalogue():
    code, out, err = process("list", "--theme", "tourism")
    assert (code, err) == (0, "")
    assert {line.split("\t")[0] for line in out.splitlines()} == {i.id for i in catalogue() if i.theme == "tourism"}


def test_the_program_reports_a_broken_row_with_exit_code_1(copy):
    path = copy / "indicators" / "data" / "observations.csv"
    whole = path.read_text("utf-8-sig")
    lines = whole.splitlines(keepends=True)
    cells = next(csv.reader([lines[1]]))
    cells[lines[0].strip().split(",").index("locator")] = ""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    try:
        path.write_text("".join([lines[0], text.getvalue(), *lines[2:]]), "utf8")
        code, out, err = process("check", cwd=copy)
    finally:
        path.write_text(whole, "utf8")
    assert code == 1
    assert out.splitlines() == [f"{cells[0]} {cells[1]}{'>' + cells[2] if cells[2] else ''} {cells[3]} ({cells[12]}): no place in the source is given"]
    assert err.strip() == f"{len(observations())} observations, 1 problems"


def test_the_program_reports_a_missing_table_in_one_sentence_with_exit_code_2(copy):
    path = copy / "indicators" / "data" / "sources.csv"
    aside = path.rename(path.with_suffix(".aside"))
    try:
        code, out, err = process("series", "gdp", cwd=copy)
    finally:
        aside.rename(path)
    assert (code, out) == (2, "")
    assert err == f"the ledger has no sources.csv in {path.parent}\n"
