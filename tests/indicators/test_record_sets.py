"""Observations computed from records, their source, and the audit trail of all that is kept."""

import time

import pytest

from indicators import ledger
from indicators.reports import reviewed, store
from indicators.reports.record_sets import query_hash, source_of
from indicators.reports.store import StoreError
from tests.indicators.review import added, decided, forget, heard, record_set, report, start, worker


def shown():
    rows = ledger.observations()
    rows = ledger.reconcile(rows[(rows["indicator"] == "pm25") & (rows["period"] == "2033")])
    return rows[rows["shown"]] if len(rows) else rows


def test_observations_of_a_record_set_are_in_the_ledger_at_once_with_their_source(db):
    assert shown().empty
    number = store.add_record_set(*record_set())
    (row,) = shown().to_dict("records")
    source = source_of("pm25", "a" * 64, "SELECT 1")
    assert (row["value"], row["lower"], row["upper"], row["source"]) == (31, 30.5, 31.5, source)
    about = ledger.sources().loc[source]
    assert (about["title"], about["publisher"], about["date"], about["kind"]) == ("Station hours of 2023", "CNEMC", "2024-01-02", "official")
    assert ledger.check() == []
    (kept,) = store.record_sets()
    assert kept["id"] == number and kept["observations"] == 1 and kept["computed_by"] == "Li" and kept["query_hash"] == query_hash("SELECT 1")
    given = record_set()[0]
    assert {name: kept[name] for name in given} == given


def test_the_same_records_and_query_are_the_same_set(db):
    first = store.add_record_set(*record_set())
    assert store.add_record_set(*record_set(engine="postgresql 15")) == first
    assert len(store.record_sets()) == 1 and len(store.record_observations()) == 1
    assert store.add_record_set(*record_set(sha256="b" * 64)) != first
    assert store.add_record_set(*record_set(query="SELECT 2")) != first
    assert len(shown()) == 1 and len(store.record_observations()) == 3  # all are kept, one is shown


def test_a_set_is_kept_whole_or_not_at_all(db):
    about, rows, by = record_set()
    rows = [*rows, {**rows[0], "period": "2034", "value": 99.0}]
    with pytest.raises(ValueError, match=r"value 99\.0 does not lie in"):
        store.add_record_set(about, rows, by)
    assert store.record_sets() == [] and store.record_observations().empty and not any(e["action"] == "add record set" for e in store.audit_trail())
    with pytest.raises(ValueError, match="there is another record set with the source"):
        store.add_record_set(*record_set(source="s"))
        store.add_record_set(*record_set(source="s", sha256="b" * 64))
    assert len(store.record_sets()) == 1


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # the rules are the same on both
@pytest.mark.parametrize("wrong, said", [
    ({"indicator": "pm"}, "pm"),
    ({"engine": ""}, "needs its engine"),
    ({"records": None}, "needs the number records"),
    ({"used": 8760}, "8760 records were read, 8760 used and 10 left out: these numbers do not agree"),
    ({"colour": "red"}, "has no colour"),
    ({"about": {"kind": "rumour"}}, "kind of source 'rumour'"),
    ({"about": {"weight": "1"}}, "columns source, title"),
    ({"indicator": "gdp"}, "unit"),
])
def test_a_set_that_does_not_say_what_it_is_is_refused(db, wrong, said):
    with pytest.raises(ValueError, match=said):
        store.add_record_set(*record_set(**wrong))
    assert store.record_sets() == []


def test_a_row_of_another_source_or_indicator_is_refused(db):
    about, (row,), by = record_set()
    for change, said in [({"source": "BJTJJ_2023"}, "its record set 'records_"), ({"indicator": "gdp"}, "gdp is none of pm25"), ({"x": 1}, "no column x")]:
        with pytest.raises(ValueError, match=said):
            store.add_record_set(about, [{**row, **change}], by)
    with pytest.raises(ValueError, match="name of who"):
        store.add_record_set(about, [row], " ")
    assert store.record_sets() == []


def test_a_set_of_another_process_shows_within_a_second(db):
    (p,) = added()
    before = reviewed.revision()
    process, pipe = worker([p["id"]], "other", db, then="from tests.indicators.review import record_set; store.add_record_set(*record_set())")
    start([(process, pipe)])
    heard(pipe)
    time.sleep(reviewed.BELIEVED)
    assert reviewed.revision() != before and len(shown()) == 1


def test_an_export_for_a_release_holds_them_too(db, tmp_path):
    store.add_record_set(*record_set())
    assert store.export_rows(tmp_path) == 1
    text = (tmp_path / "observations.csv").read_text("utf8")
    assert "pm25,110000,,2033,year,31,µg/m³,30.5,31.5,31µg/m³,A,official,records_" in text
    assert "Station hours of 2023,CNEMC" in (tmp_path / "sources.csv").read_text("utf8")


# --- the audit trail -------------------------------------------------------------------


def test_all_that_is_kept_leaves_an_entry(db):
    decided()
    store.add_record_set(*record_set())
    store.add_record_set(*record_set())
    number = store.note_audit("refused", "page review", "Zhao", reason="no reviewer", tries=2)
    told = store.audit_trail()
    assert [(e["action"], e["subject"], e["by"]) for e in reversed(told)] == [
        ("migrate", "schema 2", "-"), ("add report", "report 1", "reader"), ("accept", "proposal 1", "Li"), ("correct", "proposal 2", "Wang"),
        ("undo", "proposal 2", "Wang"), ("reject", "proposal 3", "Li"), ("add record set", "record set 1", "Li"), ("refused", "page review", "Zhao")]
    assert told[0]["id"] == number and told[0]["detail"] == {"reason": "no reviewer", "tries": 2}
    assert told[4]["detail"] == {"decision": 2, "report": 1, "version": 1}
    assert [e["at"] for e in told] == sorted((e["at"] for e in told), reverse=True)
    older = store.audit_trail(limit=3, before=told[1]["id"])
    assert older == told[2:5]


def test_what_is_refused_leaves_no_entry(db):
    (p,) = added()
    store.decide(p["id"], "accept", "Li", 0)
    before = store.audit_trail()
    for refused in (lambda: store.decide(p["id"], "reject", "Wang", 0), lambda: store.decide(p["id"], "correct", "Li", 1, {"value": 1.0})):
        with pytest.raises((StoreError, ValueError)):
            refused()
    store.add_report(*report(1), "again")
    assert store.audit_trail() == before
    forget()
