"""Reports, their proposals and decisions, on both kinds of database."""

from types import SimpleNamespace

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.reports import store
from indicators.reports.store import Conflict
from tests.indicators.review import SENTENCE, added, gdp, names, report, state

# --- reports ---------------------------------------------------------------------------


def test_a_report_is_kept_with_its_text_and_a_proposal_for_every_figure(db):
    document, figures = report(3)
    number = store.add_report(document, figures, "Li Hua")
    assert store.text_of(number) == document.text
    (kept,) = store.reports()
    assert {k: kept[k] for k in ("id", "title", "publisher", "date", "format", "added_by")} == {
        "id": number, "title": "十年", "publisher": "某报", "date": "2024-02-15", "format": "txt", "added_by": "Li Hua"}
    assert kept["counts"] == {"proposed": 3, "accepted": 0, "corrected": 0, "rejected": 0}
    found = store.proposals(number)
    assert [(p["start"], p["end"], p["state"], p["version"], p["missing"]) for p in found] == [(f.start, f.end, "proposed", 0, []) for f in figures]
    assert [p["figure"] for p in found] == [f.as_dict() for f in figures]
    assert found[0]["row"]["value"] == 44000 and found[0]["row"]["unit"] == "亿元"
    assert all(document.text[p["start"]:p["end"]] == "4.4万亿元" for p in found)


def test_the_same_text_again_is_the_same_report(db):
    first = store.add_report(*report(2), "a")
    assert store.add_report(*report(2, title="other"), "b") == first
    assert len(store.reports()) == 1 and len(store.proposals(first)) == 2
    assert store.add_report(*report(3), "b") != first


def test_a_report_is_stored_whole_or_not_at_all(db):
    document, figures = report(2)
    figures.append(SimpleNamespace(**{**figures[0].__dict__, "as_dict": lambda: {"broken": object()}}))
    with pytest.raises((sa.exc.StatementError, TypeError)):
        store.add_report(document, figures, "a")
    assert store.reports() == []


def test_a_report_or_proposal_that_is_not_there_is_named(db):
    for ask in (lambda: store.text_of(7), lambda: store.decide(7, "accept", "a", 0), lambda: store.undo(7, "a")):
        with pytest.raises(ValueError, match=r"there is no (report|proposal) 7"):
            ask()
    assert store.proposals(7) == [] and store.history(7) == []


def test_text_of_a_report_is_data_only(db):
    hostile = "'); DROP TABLE reports; -- \"%s\" :x {0} \\ <script>alert(1)</script>"
    document, figures = report(1, tail=hostile + "\0\ud800😀é", title="=HYPERLINK(\"x\")\r\n" + hostile, publisher="@SUM(A1)")
    number = store.add_report(document, figures, hostile)
    (kept,) = store.reports()
    assert store.text_of(number) == SENTENCE + hostile + "\ufffd\ufffd😀é"  # as long as it was: offsets keep
    assert kept["title"].startswith("HYPERLINK") and kept["publisher"] == "SUM(A1)" and kept["added_by"] == hostile
    (p,) = store.proposals(number)
    store.decide(p["id"], "reject", hostile, 0, note=hostile)
    assert store.history(p["id"])[0]["note"] == hostile


@given(st.text(st.characters(), max_size=60))
@settings(max_examples=200, deadline=None)
def test_what_can_be_stored_is_as_long_as_what_was_read(text):
    kept = store.storable(text)
    assert len(kept) == len(text) and "\0" not in kept
    assert kept.encode("utf8").decode("utf8") == kept and store.storable(kept) == kept


def test_a_number_without_bound_is_stored_as_none(db):
    document, _ = report(1)
    number = store.add_report(document, [gdp(12, upper=float("inf"), lower=np.float64("nan"), value=np.float64(2))], "a")
    figure = store.proposals(number)[0]["figure"]
    assert (figure["value"], figure["lower"], figure["upper"]) == (2.0, None, None)


# --- decisions -------------------------------------------------------------------------


def test_accept_correct_reject_and_back_again_with_a_log_of_all(db):
    (p,) = added()
    assert store.decide(p["id"], "accept", "Li", 0) == 1
    assert store.decide(p["id"], "correct", "Wang", 1, {"value_text": "4.5万亿元", "note": "misread"}, "see table") == 2
    now = state(p)
    assert (now["state"], now["row"]["value"], now["row"]["lower"], now["row"]["upper"]) == ("corrected", 45000, 44500, 45500)
    assert now["proposed_row"] == p["row"] and now["last"]["by"] == "Wang" and now["last"]["note"] == "see table"
    assert store.decide(p["id"], "reject", "Li", 2) == 3
    assert store.undo(p["id"], "Zhao") == 4
    assert (state(p)["state"], state(p)["row"]["value"]) == ("corrected", 45000)
    assert store.undo(p["id"], "Zhao", version=4) == 5
    assert (state(p)["state"], state(p)["row"]["value"]) == ("accepted", 44000)
    assert store.undo(p["id"], "Zhao") == 6
    assert (state(p)["state"], state(p)["row"]) == ("proposed", p["row"])
    with pytest.raises(ValueError, match="no decision to take back"):
        store.undo(p["id"], "Zhao")
    assert [(e["action"], e["by"]) for e in store.history(p["id"])] == [
        ("accept", "Li"), ("correct", "Wang"), ("reject", "Li"), ("undo", "Zhao"), ("undo", "Zhao"), ("undo", "Zhao")]
    assert store.decision_count() == 6


@given(steps=st.lists(st.sampled_from(["accept", "reject", "correct", "undo"]), max_size=12))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undo_gives_the_state_before_whatever_was_done(tmp_path, steps):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/review.sqlite")
        (p,) = added(tail=str(next(names)))
        oracle, version = [("proposed", 44000)], 0
        for n, step in enumerate(steps):
            if step == "undo" and len(oracle) == 1:
                continue
            if step == "undo":
                version = store.undo(p["id"], "a")
                oracle.pop()
            else:
                value = float(40000 + 100 * n) if step == "correct" else oracle[-1][1]
                row = {"value_text": f"{value:g}亿元"} if step == "correct" else None
                version = store.decide(p["id"], step, "a", version, row)
                oracle.append((store._STATE[step], value))
            assert (state(p)["state"], state(p)["row"]["value"], state(p)["version"]) == (*oracle[-1], version)


def test_a_stale_version_is_refused_and_says_who_decided_what_and_when(db):
    (p,) = added()
    store.decide(p["id"], "reject", "Li Hua", 0)
    with pytest.raises(Conflict, match=r"^Li Hua rejected “4\.4万亿元” at \d{4}-\d\d-\d\d \d\d:\d\d UTC; look at it again before you decide\.$") as caught:
        store.decide(p["id"], "accept", "Wang", 0)
    assert (caught.value.by, caught.value.action, caught.value.version) == ("Li Hua", "reject", 1)
    with pytest.raises(Conflict):
        store.undo(p["id"], "Wang", version=0)
    with pytest.raises(Conflict, match="never decided on"):
        store.decide(added(2)[0]["id"], "accept", "Wang", 3)
    assert state(p)["state"] == "rejected" and store.decision_count() == 1


def test_a_batch_is_accepted_whole_or_not_at_all(db):
    several = added(5)
    versions = {p["id"]: 0 for p in several}
    store.decide(several[3]["id"], "reject", "Li", 0)
    with pytest.raises(Conflict, match="Li rejected"):
        store.decide_many(versions, "accept", "Wang")
    assert [state(p)["state"] for p in several] == ["proposed"] * 3 + ["rejected", "proposed"]
    versions.pop(several[3]["id"])
    assert store.decide_many(versions, "accept", "Wang") == dict.fromkeys(versions, 1)
    assert store.reports()[0]["counts"] == {"proposed": 0, "accepted": 4, "corrected": 0, "rejected": 1}
    assert {p["id"] for p in store.proposals(several[0]["report_id"], "accepted")} == set(versions)
    assert store.decide_many({}, "accept", "Wang") == {}


def test_an_incomplete_figure_is_accepted_only_when_corrected(db):
    document, _ = report(1)
    number = store.add_report(document, [gdp(12, areas=[], period=None)], "a")
    (p,) = store.proposals(number)
    assert p["row"] is None and p["missing"] == ["no area is given", "no period is known"]
    with pytest.raises(ValueError, match="cannot be accepted before it is complete: no area is given; no period is known"):
        store.decide(p["id"], "accept", "a", 0)
    given_row = {"indicator": "gdp", "area": "110000", "period": "2023", "period_kind": "year", "value_text": "4.4万亿元"}
    store.decide(p["id"], "correct", "a", 0, given_row)
    row = store.accepted_observations().iloc[0]
    assert (row["value"], row["unit"], row["obs_status"], row["vintage"], row["counterpart_area"]) == (44000, "亿元", "A", "report", "")
    assert row["locator"].startswith("chars=12-18; text=") and state(p)["missing"] == []


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # the rules are the same on both
@pytest.mark.parametrize("change, said", [
    ({"indicator": "gpd"}, "gpd|no such indicator"),
    ({"area": "990000"}, "990000"),
    ({"area": ""}, "no area is given"),
    ({"counterpart_area": "120000"}, "only a flow has one"),
    ({"period": "2023-13"}, "month that does not exist"),
    ({"period_kind": "weekly"}, "weekly"),
    ({"unit": "万元"}, "the indicator's is 亿元"),
    ({"value": 1.0}, "does not lie in"),
    ({"value": "much"}, "value 'much' is no number"),
    ({"value": float("nan")}, "finite number|is no number"),
    ({"lower": 1.0}, "reads as 44000"),
    ({"value_text": "many"}, "no number in 'many'"),
    ({"obs_status": "Q"}, "none of"),
    ({"note": "=cmd|' /C calc'!A0"}, "note may not begin with '='"),
    ({"note": None}, "note must be text"),
    ({"colour": "red"}, "no column colour"),
])
def test_a_correction_that_breaks_a_rule_of_the_ledger_changes_nothing(db, change, said):
    (p,) = added()
    with pytest.raises(ValueError, match=said):
        store.decide(p["id"], "correct", "a", 0, change)
    assert state(p)["version"] == 0 and store.decision_count() == 0


def test_where_a_figure_stands_cannot_be_corrected_away(db):
    (p,) = added()
    store.decide(p["id"], "correct", "a", 0, {"source": "BJTJJ_2023", "locator": "page=1", "vintage": "census5", "note": "checked"})
    row = state(p)["row"]
    assert (row["source"], row["locator"], row["vintage"], row["note"]) == (p["row"]["source"], p["row"]["locator"], "report", "checked")


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)  # the rules are the same on both
@pytest.mark.parametrize("wrong, said", [
    (lambda i: store.decide(i, "delete", "a", 0), "no action 'delete'"),
    (lambda i: store.decide(i, "accept", "  ", 0), "name of who makes it"),
    (lambda i: store.decide(i, "correct", "a", 0), "needs a row"),
    (lambda i: store.decide(i, "accept", "a", 0, {"value": 1}), "only a correction has one"),
    (lambda i: store.decide_many({i: 0}, "correct", "a"), "one at a time"),
])
def test_a_decision_that_is_none_is_refused(db, wrong, said):
    (p,) = added()
    with pytest.raises(ValueError, match=said):
        wrong(p["id"])


@pytest.mark.parametrize("statement", ["UPDATE decisions SET note = 'x'", "DELETE FROM decisions"])
def test_the_database_itself_keeps_the_log_as_it_is(db, statement):
    (p,) = added()
    store.decide(p["id"], "accept", "a", 0)
    with pytest.raises(sa.exc.DBAPIError, match="only ever added"), store.engine().begin() as connection:
        connection.execution_options(write=True).exec_driver_sql(statement)
    assert store.history(p["id"])[0]["note"] == ""
