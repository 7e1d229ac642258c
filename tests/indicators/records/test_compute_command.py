"""python -m indicators compute: what it prints and keeps, its sentences, and a run that is cut off."""

import csv
import io
import os
import subprocess
import sys

import pytest

from indicators import series
from indicators.__main__ import main
from indicators.ledger import check, observations, sources
from indicators.reports import record_sets
from tests.indicators.records import made
from tests.indicators.small import ROOT


@pytest.fixture(scope="module")
def contracts(tmp_path_factory):
    return str(made.write_csv(tmp_path_factory.mktemp("contracts") / "made-up.csv", "contracts", made.contracts(21)))


def run(capsys, *arguments):
    code = main(["compute", *arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_dry_run_prints_the_observations_and_keeps_nothing(capsys, database, contracts):
    code, out, err = run(capsys, "tech_contract_value", "--records", contracts, "--dry-run", "--year", "2022")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {r["period"] for r in rows} == {"2022"} and len(rows) == 7
    assert err.startswith("2000 records, ") and " left out (buyer_area is outside Beijing, Tianjin and Hebei: " in err
    assert not database.exists()


def test_what_is_computed_stands_in_the_ledger_with_its_record_set_as_source(capsys, database, contracts):
    before = len(observations())
    code, out, _ = run(capsys, "tech_contract_value", "--records", contracts, "--name", "Made-up contracts")
    assert code == 0 and out.startswith("record set 1 (records_") and out.endswith("): 21 observations\n")
    kept, = record_sets.record_sets()
    assert (kept["name"], kept["engine"].split()[0], kept["observations"], kept["records"]) == ("Made-up contracts", "duckdb", 21, 2000)
    rows = observations()
    own = rows[rows["source"] == kept["source"]]
    assert len(rows) == before + 21 and len(own) == 21
    assert sources().loc[kept["source"], "title"] == "Made-up contracts"
    assert check() == []
    shown = series("tech_contract_value", areas=["120000"], vintage="records", period_kind="year")
    assert shown["source"].str.contains(kept["source"]).all() and len(shown)


def test_the_same_run_again_changes_nothing(capsys, database, contracts):
    first = run(capsys, "tech_contract_count", "--records", contracts)
    assert run(capsys, "tech_contract_count", "--records", contracts) == first
    assert len(record_sets.record_sets()) == 1
    assert run(capsys, "tech_contract_count", "--records", contracts, "--year", "2021")[1].startswith("record set 2 ")


_CUT_OFF = """
import os, signal, sys
from indicators.__main__ import main
from indicators.records import engines
from indicators.reports import trail
def end(*arguments, **more):
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "computing":
    engines.Engine.rows = end
else:  # set and observations are written, the transaction is open
    trail.note = end
main(["compute", "tech_contract_value", "--records", sys.argv[2]])
"""


@pytest.mark.parametrize("moment", ["computing", "keeping"])
def test_a_run_that_is_killed_leaves_nothing_and_can_be_repeated(capsys, database, contracts, moment, tmp_path):
    done = subprocess.run([sys.executable, "-c", _CUT_OFF, moment, contracts], cwd=ROOT, capture_output=True, env={**os.environ, "TMPDIR": str(tmp_path)})
    assert done.returncode == -9
    assert record_sets.record_sets() == [] and record_sets.record_rows() == []
    assert run(capsys, "tech_contract_value", "--records", contracts)[0] == 0
    assert len(record_sets.record_sets()) == 1 and len(record_sets.record_rows()) == 21
    assert run(capsys, "tech_contract_value", "--records", contracts)[0] == 0
    assert len(record_sets.record_rows()) == 21


@pytest.mark.parametrize(("arguments", "sentence"), [
    (("gdp",), "gdp is not computed from records; these are: enterprises_moved_out, hotline_transfers, pm25"),
    (("no_such",), "there is no indicator 'no_such'"),
    (("pm25",), "pm25 needs a file that says which city each station stands for"),
    (("tech_contract_value", "--stations", "x.csv"), "tech_contract_value is not computed from stations"),
    (("tech_contract_value", "--kind", "month"), "tech_contract_value is not computed for the kind of period 'month'; accepted are year"),
    (("tech_contract_value", "--level", "zone"), "tech_contract_value is not computed for the level 'zone'; accepted are province, prefecture, county"),
    (("tech_contract_value", "--year", "soon"), "'soon' is no year and no span of years"),
    (("tech_contract_value", "--period", "2023/2020"), "'2023/2020' is no year and no span of years"),
    (("tech_contract_value", "--year", "1999"), "nothing follows from these records: 2000 records"),
    (("tech_contract_value", "--bad", "/nowhere/bad.csv"), "/nowhere/bad.csv cannot be written: No such file or directory"),
    (("tech_contract_value", "--engine", "mysql://x"), "there is no engine 'mysql://x'"),
])
def test_what_cannot_be_computed_ends_with_one_sentence_and_exit_code_2(capsys, database, contracts, arguments, sentence):
    code, out, err = run(capsys, *arguments, "--records", contracts)
    assert (code, out) == (2, "")
    assert sentence in err and "Traceback" not in err
    assert record_sets.record_sets() == []


@pytest.mark.parametrize(("uri", "sentence"), [
    ("/nowhere/*.csv", "there are no records at /nowhere/*.csv"), ("s3://bucket/x.parquet", "'s3://bucket/x.parquet' cannot be read"),
    ("file://elsewhere/x.csv", "names another host"), ("table:none", "cannot run the query"),
])
def test_records_that_are_not_there_end_with_one_sentence(capsys, database, uri, sentence):
    code, out, err = run(capsys, "tech_contract_value", "--records", uri)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
