"""What reviewers accepted, in the ledger."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from indicators import ledger
from indicators.model import OBSERVATION_COLUMNS
from indicators.reports import reviewed, store
from indicators.reports.store import StoreError
from tests.indicators.review import added, gdp, heard, one_sentence, report, start, worker


def test_accepted_rows_have_the_ledgers_columns_and_pass_its_check(db, tmp_path):
    several = added(3)
    assert list(store.accepted_observations().columns) == list(OBSERVATION_COLUMNS) and store.accepted_sources().empty
    assert store.accepted_observations()["value"].dtype == np.float64
    store.decide_many({p["id"]: 0 for p in several[:2]}, "accept", "a")
    rows, sources = store.accepted_observations(), store.accepted_sources()
    assert list(rows["value"]) == [44000, 44000] and set(rows["vintage"]) == {"report"}
    (source,) = sources.to_dict("records")
    assert source["source"] == rows["source"][0] and source["text_sha256"].startswith(source["source"][1:])
    assert (source["kind"], source["title"], source["publisher"], source["date"]) == ("report", "十年", "某报", "2024-02-15")
    assert store.text_with_hash(source["text_sha256"]) == report(3)[0].text
    assert rows["locator"][0] == f"chars={several[0]['start']}-{several[0]['end']}; text={source['text_sha256'][:16]}"
    assert rows.dtypes.equals(ledger.observations()[list(OBSERVATION_COLUMNS)].dtypes)


def _ledger_copy(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(ledger.DATA, folder)
    return folder


def test_an_export_adds_the_accepted_rows_to_the_curated_ones_and_nothing_else(db, tmp_path):
    several = added(2)
    folder = _ledger_copy(tmp_path)
    assert store.export_rows(folder) == 0
    for name in ("observations.csv", "sources.csv"):
        assert (folder / name).read_bytes() == (ledger.DATA / name).read_bytes()
    store.decide(several[0]["id"], "accept", "a", 0)
    assert store.export_rows(folder) == 1
    before = (ledger.DATA / "observations.csv").read_text("utf8").splitlines()
    after = (folder / "observations.csv").read_text("utf8").splitlines()
    (new,) = set(after) - set(before)
    assert len(after) == len(before) + 1 and new.startswith("gdp,110000,,2023,year,44000,亿元,43500,44500,4.4万亿元,A,report,r")
    assert ledger.check(folder, ledger.observations()) == []
    assert store.export_rows(folder) == 0 and (folder / "observations.csv").read_text("utf8").splitlines() == after
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in ledger.DATA.iterdir())
    empty = tmp_path / "new" / "folder"
    assert store.export_rows(empty) == 1 and len((empty / "observations.csv").read_text("utf8").splitlines()) == 2


def test_an_export_to_a_place_that_is_no_folder_is_said_in_one_sentence(db, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written") as caught:
        store.export_rows(tmp_path / "file")
    assert one_sentence(caught.value)


def test_decisions_show_in_the_ledgers_rows_at_once(db):
    own = ledger._read("observations.csv", ledger.DATA).astype(dict.fromkeys(("value", "lower", "upper"), float))
    computed = []

    @reviewed.cached(4)
    def count():
        computed.append(1)
        return len(reviewed.with_accepted_observations(own)) - len(own)

    (p,) = added()
    assert (count(), count()) == (0, 0) and len(computed) == 1
    store.decide(p["id"], "accept", "a", 0)
    assert (count(), count()) == (1, 1) and len(computed) == 2
    assert len(reviewed.with_accepted_sources(ledger._read("sources.csv", ledger.DATA))) == len(ledger._read("sources.csv", ledger.DATA)) + 1
    store.undo(p["id"], "a")
    assert count() == 0


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # what follows is the ledger's, which knows no database
def test_an_accepted_figure_is_in_series_sources_and_passages_at_once(db):
    from indicators import series
    from indicators.reports.passages import passage

    def shown():
        return series("forest_coverage", areas=["110000"], period_kind="end").query("period == '2033'")

    document, _ = report(1, tail="到2033年末，北京森林覆盖率为61.7%。")
    at = document.text.index("61.7%")
    figure = gdp(at, end=at + 5, value_text="61.7%", value=61.7, unit="%", indicator="forest_coverage", period="2033", period_kind="end")
    (p,) = store.proposals(store.add_report(document, [figure], "a"))
    assert p["row"]["obs_status"] == "F" and shown().empty
    version = store.decide(p["id"], "correct", "a", 0, {"obs_status": "A"})
    (row,) = shown().to_dict("records")
    assert (row["value"], row["source"]) == (61.7, p["source"])
    assert ledger.sources().loc[p["source"], "title"] == "十年"
    there = passage(row["source"], row["locator"])
    assert (there.figure, there.after) == ("61.7%", "。") and there.before.endswith("北京森林覆盖率为")
    assert ledger.check() == [] and ledger.check(previous=ledger.observations()) == []
    store.decide(p["id"], "correct", "a", version, {"value_text": "62%"})
    assert shown()["value"].tolist() == [62]
    store.decide(p["id"], "reject", "a", version + 1)
    assert shown().empty and p["source"] not in ledger.sources().index


def test_a_decision_of_another_process_shows_within_a_second(db):
    (p,) = added()
    before = reviewed.revision()
    other = worker([p["id"]], "other", db)
    start([other])
    assert heard(other[1]) == {p["id"]: 1}
    time.sleep(reviewed.BELIEVED)
    assert reviewed.revision() != before


def test_rows_that_the_curated_ledger_holds_already_are_not_shown_twice(db):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    rows = store.accepted_observations()
    start, end = p["start"], p["end"]
    curated = rows.assign(locator=f"page=3; chars={start - 2}-{end}; text=0")
    assert list(reviewed.held(rows, curated)) == [True]
    assert list(reviewed.held(rows, curated.assign(value=1.0))) == [False]
    assert list(reviewed.held(rows, curated.assign(source="other"))) == [False]
    assert list(reviewed.held(rows, curated.assign(locator=f"chars={end}-{end + 5}"))) == [False]


def test_a_row_of_an_indicator_that_is_gone_does_not_stop_the_ledger(db, monkeypatch):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    gone = store.accepted_observations().assign(indicator="gone")
    monkeypatch.setattr(store, "accepted_observations", lambda: gone)
    assert reviewed.with_accepted_observations(gone.head(0)).empty


def test_while_the_database_is_away_the_last_accepted_rows_stay(db, monkeypatch):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    none = store.accepted_observations().head(0)
    known = reviewed.revision()
    assert len(reviewed.with_accepted_observations(none)) == 1 and known

    def away():
        raise StoreError("away")
    with monkeypatch.context() as patch:
        patch.setattr(store, "accepted_observations", away)
        patch.setattr(store, "changes", away)
        reviewed.forget()
        assert len(reviewed.with_accepted_observations(none)) == 1 and reviewed.revision() == known
    reviewed.forget()
    assert reviewed.revision() != known  # what was computed meanwhile is computed anew


def test_long_work_goes_by_one_revision_and_nobody_gets_it_after_a_decision(db):
    made = []

    @reviewed.cached(4)
    def rows():
        made.append(1)
        return len(reviewed.with_accepted_observations(store.accepted_observations().head(0)))

    first, second = added(2)
    with reviewed.one_revision():
        known = reviewed.revision()
        assert rows() == 0
        store.decide(first["id"], "accept", "a", 0)
        with reviewed.one_revision():
            assert (rows(), len(made), reviewed.revision()) == (0, 1, known)
        store.decide(second["id"], "accept", "a", 0)
        assert (rows(), len(made), reviewed.revision()) == (0, 1, known)
        # another thread goes by what is decided
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(rows).result() == 2
        # and neither takes from the other what it computed
        assert (rows(), len(made)) == (0, 2)
    assert (rows(), len(made)) == (2, 2) and reviewed.revision() != known
    assert rows.cache_info().currsize == 1 and rows.cache_info().maxsize == 4


def test_a_report_whose_text_the_ledger_knows_keeps_its_source(db, monkeypatch):
    document, figures = report(1)
    from indicators.reports import propose as module

    table = ledger.sources().copy()
    table.loc["tjzbsh_202402", "text_sha256"] = module.text_hash(document.text)
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "sources", lambda: table)
        (p,) = store.proposals(store.add_report(document, figures, "a"))
    assert p["row"]["source"] == p["source"] == "tjzbsh_202402"
