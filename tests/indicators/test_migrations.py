"""The schema of the database of reviews: older ones are brought up, and down again, with every row."""

import os
import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from indicators.__main__ import main
from indicators.reports import database, migrations, schema, store
from indicators.reports.store import StoreError
from tests.indicators.review import added, closed, decided, one_sentence, record_set, rows_of_all, start, worker
from tests.indicators.small import ROOT


def unmarked():
    """Turn the database into one that was made before steps were numbered: schema 1, and no mark of alembic."""
    assert main(["migrate", "--to", "0001", "--force"]) == 0
    with database.unprepared() as made, made.connect().execution_options(write=True) as connection, connection.begin():
        connection.exec_driver_sql("DROP TABLE alembic_version")
    closed()


def test_the_steps_lead_to_the_tables_that_the_program_knows(db):
    store.reports()
    assert schema.SCHEMA_VERSION == migrations.number("head")
    with store.engine().connect() as connection:
        ours = MigrationContext.configure(connection, opts={"include_name": lambda name, kind, _: kind != "table" or name != "alembic_version",
                                                            "compare_type": True})
        assert compare_metadata(ours, schema.metadata) == []


def test_down_and_up_again_keeps_every_row_of_the_tables_that_stay(db, capsys):
    decided()
    before = rows_of_all()
    assert main(["migrate", "--to", "0001", "--force"]) == 0
    old = ("reports", "proposals", "decisions")
    assert rows_of_all() == {t: before[t] for t in old} and capsys.readouterr().out == "schema 2 -> 1\n"
    closed()
    store.reports()
    after = rows_of_all()
    assert {t: after[t] for t in old} == {t: before[t] for t in old} and list(after) == list(schema.HOLDING)
    assert [(e["action"], e["subject"], e["detail"]) for e in store.audit_trail()] == [("migrate", "schema 2", {"before": 1})]


def test_a_database_from_before_is_recognised_and_loses_nothing(db):
    first = decided()
    before = rows_of_all()
    unmarked()
    assert store.decide(first["id"], "reject", "Li", 1) == 2
    after = rows_of_all()
    assert after["reports"] == before["reports"] and after["decisions"][:-1] == before["decisions"] and len(after["decisions"]) == 5
    assert [p[:6] for p in after["proposals"]] == [p[:6] for p in before["proposals"]]
    with pytest.raises(sa.exc.DBAPIError, match="only ever added"), store.engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM decisions")


def test_the_tables_of_the_program_before_are_those_of_the_first_step(tmp_path, monkeypatch):
    """Two files, one made by the statements of the release without steps, have the same tables."""
    before = tmp_path / "before.sqlite"
    made = sa.create_engine(f"sqlite:///{before}")
    with made.begin() as connection:
        for statement in SCHEMA_1.strip().split(";\n\n"):
            connection.exec_driver_sql(statement)
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "now.sqlite"))
    assert main(["migrate", "--to", "1"]) == 0

    def shape(path):
        with sa.create_engine(f"sqlite:///{path}").connect() as connection:
            there = sa.inspect(connection)
            return {t: ([(c["name"], str(c["type"]), c["nullable"], c["primary_key"]) for c in there.get_columns(t)], there.get_indexes(t),
                        sorted(map(str, there.get_unique_constraints(t))), there.get_check_constraints(t), there.get_foreign_keys(t))
                    for t in ("schema_version", "reports", "proposals", "decisions")}
    assert shape(before) == shape(tmp_path / "now.sqlite")
    monkeypatch.setenv("DATABASE_URL", str(before))
    assert store.reports() == [] and len(added(2)) == 2


#: What the program made when it knew schema 1 only.
SCHEMA_1 = """
CREATE TABLE schema_version (version INTEGER NOT NULL, PRIMARY KEY (version));

CREATE TABLE reports (id INTEGER NOT NULL, sha256 TEXT NOT NULL, source TEXT NOT NULL, title TEXT NOT NULL, publisher TEXT NOT NULL, date TEXT NOT NULL,
 format TEXT NOT NULL, text TEXT NOT NULL, added_at TEXT NOT NULL, added_by TEXT NOT NULL, PRIMARY KEY (id), UNIQUE (sha256));

CREATE TABLE proposals (id INTEGER NOT NULL, report_id INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, figure JSON NOT NULL, "row" JSON,
 missing JSON NOT NULL, state TEXT NOT NULL CONSTRAINT known_state CHECK (state IN ('proposed', 'accepted', 'corrected', 'rejected')),
 version INTEGER NOT NULL, PRIMARY KEY (id), FOREIGN KEY(report_id) REFERENCES reports (id));

CREATE INDEX ix_proposals_report_id ON proposals (report_id);

CREATE INDEX ix_proposals_state ON proposals (state);

CREATE TABLE decisions (id INTEGER NOT NULL, proposal_id INTEGER NOT NULL,
 action TEXT NOT NULL CONSTRAINT known_action CHECK (action IN ('accept', 'correct', 'reject', 'undo')), "row" JSON, "by" TEXT NOT NULL, at TEXT NOT NULL,
 note TEXT NOT NULL, PRIMARY KEY (id), FOREIGN KEY(proposal_id) REFERENCES proposals (id));

CREATE INDEX ix_decisions_proposal_id ON decisions (proposal_id);

CREATE TRIGGER decisions_no_update BEFORE update ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END;

CREATE TRIGGER decisions_no_delete BEFORE delete ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are only ever added'); END;

INSERT INTO schema_version VALUES (1)
"""


def test_going_down_is_refused_where_rows_would_be_lost(db, capsys):
    decided()
    before = rows_of_all()
    assert main(["migrate", "--to", "0001"]) == 2
    said = capsys.readouterr().err
    assert said == "going down to revision 0001 would lose 5 rows of audit; make a backup and give --force\n"
    assert main(["migrate", "--to", "base"]) == 2
    assert "would lose 5 rows of audit, 1 rows of reports, 3 rows of proposals, 4 rows of decisions;" in capsys.readouterr().err
    assert rows_of_all() == before


def test_an_empty_database_goes_all_the_way_down_and_up(db, capsys):
    store.reports()
    for to, said in [("base", "schema 2 -> 0"), ("1", "schema 0 -> 1"), ("head", "schema 1 -> 2"), ("head", "schema 2")]:
        assert main(["migrate", "--to", to]) == 0 and capsys.readouterr().out == said + "\n"
    closed()
    assert len(added(2)) == 2


@pytest.mark.parametrize("to", ["0003", "latest", "", "-1", "0002; DROP TABLE reports"])
def test_a_revision_that_is_not_there_is_named(db, capsys, to):
    assert main(["migrate", f"--to={to}"]) == 2
    assert capsys.readouterr().err == f"there is no revision {to!r} of the database; there are 0001, 0002, base and head\n"


def test_a_step_that_fails_leaves_the_database_as_it_was(db, monkeypatch):
    decided()
    unmarked()
    before = rows_of_all()

    def broken(table):
        if table == "audit":
            raise sa.exc.OperationalError("", {}, OSError("the machine is tired"))
    with monkeypatch.context() as patch, pytest.raises(StoreError, match="the machine is tired") as caught:
        patch.setattr(migrations, "only_added", broken)
        store.reports()
    assert one_sentence(caught.value) and rows_of_all() == before
    assert len(store.reports()) == 1


def test_processes_that_open_an_older_database_together_migrate_it_once(db):
    decided()
    unmarked()
    workers = [worker([], "late", db, then="said.send((len(store.reports()), [e['action'] for e in store.audit_trail()]))") for _ in range(4)]
    start(workers)
    assert [pipe.recv() for _, pipe in workers] == [(1, ["migrate"])] * 4


def test_a_database_of_the_present_schema_is_opened_without_alembic(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    number = added()[0]["report_id"]
    code = "import sys; from indicators.reports import store; print(store.reports()[0]['id'], 'alembic' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert said.stdout == f"{number} False\n"


@pytest.mark.parametrize("table", ["decisions", "record_sets", "record_observations", "audit"])
def test_the_database_itself_refuses_to_change_or_delete_what_is_only_added(db, table):
    decided()
    store.add_record_set(*record_set())
    before = rows_of_all()
    truncate = [f"TRUNCATE {table} CASCADE"] if db.startswith("postgresql") else []
    for statement in [f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 100", *truncate]:
        with pytest.raises(sa.exc.DBAPIError, match=r"rows of \w+ are only ever added"), store.engine().connect() as connection:
            connection.execution_options(write=True).exec_driver_sql(statement)
    assert rows_of_all() == before
