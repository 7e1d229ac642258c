"""The database of reviews as one file and back, between machines and kinds of database."""

import json
import random
import signal
import threading
import time
import zipfile

import pytest
import sqlalchemy as sa

from indicators.__main__ import main
from indicators.reports import backup as module
from indicators.reports import database, schema, store
from indicators.reports.backup import backup, restore
from indicators.reports.store import StoreError
from tests.indicators.conftest import empty
from tests.indicators.review import added, closed, decided, gdp, one_sentence, record_set, report, rows_of_all, start, worker


@pytest.fixture
def other(db, tmp_path, request, monkeypatch):
    """Turns to an empty machine with the other kind of database; its URL."""
    def turn():
        url = empty(request.getfixturevalue("postgresql")) if db.startswith("sqlite") else f"sqlite:///{tmp_path}/elsewhere/review.sqlite"
        monkeypatch.setenv("DATABASE_URL", url)
        closed()
        return url
    yield turn
    database._engine(database.url()).dispose()
    monkeypatch.setenv("DATABASE_URL", db)


def full():
    """A database with rows in every table, hostile texts and missing values among them."""
    first = decided()
    hostile = "'); DROP TABLE reports; -- \"%s\" \\ \0\ud800😀é\r\n\t\x85\u2028"
    document, _ = report(1, tail=hostile)
    number = store.add_report(document, [gdp(12, areas=[], period=None), gdp(12, upper=float("inf"))], hostile)
    assert store.proposals(number)[0]["row"] is None
    store.decide(store.proposals(number)[0]["id"], "reject", hostile, 0, note=hostile)
    store.add_record_set(*record_set())
    store.note_audit("refused", "page", "Zhao", number=0.1 + 0.2, many=[1, None, {"中": 2**40}])
    return first


def test_a_backup_restored_on_an_empty_machine_has_every_row_and_goes_on(db, other, tmp_path, capsys):
    first = full()
    before, file = rows_of_all(), tmp_path / "kept.zip"
    assert main(["backup", str(file)]) == 0
    assert capsys.readouterr().out == f"{file}: schema 2, 2 reports, 5 proposals, 5 decisions, 1 record_sets, 1 record_observations, 10 audit\n"
    assert store.audit_trail(limit=1)[0]["action"] == "backup" and store.audit_trail(limit=1)[0]["subject"] == "kept.zip"
    assert file.stat().st_mode & 0o777 == 0o600 and [p.name for p in tmp_path.glob("*kept*")] == ["kept.zip"]
    other()
    assert main(["restore", str(file)]) == 0
    assert "2 reports, 5 proposals, 5 decisions" in capsys.readouterr().out
    after = rows_of_all()
    assert after["audit"].pop()[3:5] == ("restore", "kept.zip") and after == before
    assert store.decide(first["id"], "reject", "Wang", 1) == 2
    assert [e["id"] for e in store.history(first["id"])] == [1, 6]
    assert store.add_report(*report(4), "new") == 3 and store.proposals(3)[0]["id"] == 6
    assert store.add_record_set(*record_set()) == 1 and store.add_record_set(*record_set(sha256="b" * 64)) == 2
    assert [e["id"] for e in store.audit_trail(limit=4)] == [14, 13, 12, 11]
    with pytest.raises(sa.exc.DBAPIError, match="only ever added"), store.engine().begin() as connection:
        connection.exec_driver_sql("DELETE FROM decisions")


def test_there_and_back_again_is_the_same_file(db, other, tmp_path):
    full()
    first = backup(tmp_path / "a.zip")
    other()
    restore(tmp_path / "a.zip")
    second = backup(tmp_path / "b.zip")
    same = [t for t in schema.HOLDING if t != "audit"]
    assert {t: second["tables"][t] for t in same} == {t: first["tables"][t] for t in same} and len(same) == 5


def test_a_file_with_any_byte_changed_or_cut_off_is_refused_and_nothing_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    full()
    backup(tmp_path / "whole.zip")
    before, whole, chance = rows_of_all(), (tmp_path / "whole.zip").read_bytes(), random.Random(5)
    broken = tmp_path / "broken.zip"
    places = {0, 1, 2, len(whole) - 1, len(whole) - 64, len(whole) - 65, *(chance.randrange(len(whole)) for _ in range(60))}
    wrong = [whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1:] for at in places]
    wrong += [whole[:at] for at in (0, 1, 60, len(whole) // 2, len(whole) - 1)] + [whole + b"\n", whole[:1000] + whole[1001:]]
    for content in wrong:
        broken.write_bytes(content)
        with pytest.raises(StoreError, match="no backup") as caught:
            restore(broken, replace=True)
        assert one_sentence(caught.value)
    assert rows_of_all() == before and list(tmp_path.glob("*replaced*")) == []
    broken.write_bytes(whole)
    restore(broken, replace=True)


def _made_by_hand(path, manifest, **members):
    """A file with the right checksum and whatever in it."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in {**members, "manifest.json": json.dumps(manifest)}.items():
            archive.writestr(name, text)
        archive.comment = b"0" * 64
    whole = path.read_bytes()[:-64]
    with path.open("r+b") as file:
        path.write_bytes(whole + module._digest(file, len(whole)))


EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("manifest, said", [
    ([], "is no backup of the database"),
    ({"format": "holiday pictures"}, "is no backup of the database"),
    ({"format": module.FORMAT, "schema": 3, "tables": {}}, "has schema 3, this program knows 2"),
    ({"format": module.FORMAT, "schema": 0, "tables": {}}, "is no backup of the database"),
    ({"format": module.FORMAT, "schema": 1, "tables": {"pg_authid": {}}}, "is no backup of the database"),
    ({"format": module.FORMAT, "schema": 2, "tables": {"reports": {"rows": 0, "sha256": EMPTY}}}, "it holds the tables reports"),
    ({"format": module.FORMAT, "schema": 2, "tables": {"reports": {"rows": 0, "sha256": "0"}}}, "the rows of reports are not those"),
    ({"format": module.FORMAT, "schema": 1, "made_at": "", "tables": dict.fromkeys(("reports", "proposals", "decisions"), {"rows": 0, "sha256": EMPTY})}, None),
])
def test_a_whole_file_that_is_something_else_is_refused(tmp_path, monkeypatch, manifest, said):
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    file = tmp_path / "file.zip"
    _made_by_hand(file, manifest, **{f"{table}.jsonl": "" for table in ("reports", "proposals", "decisions")})
    if said is None:
        restore(file)
        return
    with pytest.raises(StoreError, match=said) as caught:
        restore(file)
    assert one_sentence(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"PK", b"a letter to somebody" * 100])
def test_a_file_that_is_no_backup_is_said_in_one_sentence_with_exit_code_2(tmp_path, monkeypatch, capsys, content):
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "review.sqlite"))
    if content is not None:
        (tmp_path / "file.zip").write_bytes(content)
    assert main(["restore", str(tmp_path / "file.zip")]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and ("No such file" if content is None else "no backup") in said
    assert not (tmp_path / "review.sqlite").exists()


def test_a_database_that_holds_something_is_replaced_only_when_told_and_kept_then(db, tmp_path, capsys):
    full()
    backup(tmp_path / "older.zip")
    older = rows_of_all()
    added(4)
    newer = rows_of_all()
    assert main(["restore", str(tmp_path / "older.zip")]) == 2
    assert "holds 3 reports" not in (said := capsys.readouterr().err) and "3 rows of reports" in said and "--replace" in said
    assert rows_of_all() == newer
    assert main(["restore", str(tmp_path / "older.zip"), "--replace"]) == 0
    (kept,) = tmp_path.glob("older-replaced-*.zip")
    assert f"kept in {kept}" in capsys.readouterr().out
    now = rows_of_all()
    assert now["reports"] == older["reports"] and now["decisions"] == older["decisions"] and len(now["audit"]) == 11
    assert store.audit_trail(limit=1)[0]["detail"]["replaced"] == kept.name
    restore(kept, replace=True, keep=tmp_path / "here.zip")
    assert {t: rows for t, rows in rows_of_all().items() if t != "audit"} == {t: rows for t, rows in newer.items() if t != "audit"}
    with pytest.raises(StoreError, match=r"here\.zip is there already"):
        restore(kept, replace=True, keep=tmp_path / "here.zip")


def test_a_restore_that_fails_midway_leaves_everything_as_it_was(db, tmp_path, monkeypatch):
    full()
    backup(tmp_path / "kept.zip")
    before = rows_of_all()

    def broken(*_args, **_detail):
        raise sa.exc.OperationalError("", {}, OSError("the machine is tired"))
    with monkeypatch.context() as patch, pytest.raises(StoreError, match="the machine is tired"):
        patch.setattr(module.trail, "note", broken)
        restore(tmp_path / "kept.zip", replace=True)
    assert rows_of_all() == before and list(tmp_path.glob("*replaced*")) == []


def test_a_restore_that_is_killed_midway_leaves_everything_as_it_was(db, tmp_path):
    full()
    backup(tmp_path / "kept.zip")
    before = rows_of_all()
    code = f"""
import os, signal
from indicators.reports import backup
backup.trail.note = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
backup.restore({str(tmp_path / "kept.zip")!r}, replace=True)
"""
    process, pipe = worker([], "Li", db, then=code)
    start([(process, pipe)])
    process.join(60)
    assert process.exitcode == -signal.SIGKILL and rows_of_all() == before
    (kept,) = tmp_path.glob("*replaced*")  # all that was to be replaced stood in it already
    restore(kept, replace=True)
    assert {t: rows for t, rows in rows_of_all().items() if t != "audit"} == {t: rows for t, rows in before.items() if t != "audit"}


def test_a_backup_of_an_older_schema_is_brought_up(db, other, tmp_path):
    first = decided()
    assert main(["migrate", "--to", "0001", "--force"]) == 0
    assert backup(tmp_path / "old.zip")["schema"] == 1
    before = rows_of_all()
    assert list(before) == ["reports", "proposals", "decisions"]  # it was not migrated by the way
    other()
    restore(tmp_path / "old.zip")
    after = rows_of_all()
    assert {t: after[t] for t in before} == before and [e["action"] for e in store.audit_trail()] == ["restore"]
    assert store.decide(first["id"], "reject", "Li", 1) == 2


def test_a_backup_is_of_one_moment_while_others_decide(db, tmp_path):
    several = added(40)
    stop = threading.Event()

    def work():
        for version in range(1000):
            for p in several:
                if stop.is_set():
                    return
                store.decide(p["id"], "reject" if version % 2 else "accept", "Li", version)
    busy = threading.Thread(target=work)
    busy.start()
    try:
        made = []
        while len(made) < 3 or made[-1]["tables"]["decisions"]["rows"] == made[0]["tables"]["decisions"]["rows"]:
            made.append(backup(tmp_path / f"{len(made)}.zip"))
    finally:
        stop.set()
        busy.join()
    for n, about in enumerate(made):
        with zipfile.ZipFile(tmp_path / f"{n}.zip") as archive:
            rows = {t: [json.loads(line) for line in archive.read(f"{t}.jsonl").splitlines()] for t in schema.HOLDING}
        assert sum(p["version"] for p in rows["proposals"]) == len(rows["decisions"]) == about["tables"]["decisions"]["rows"]
        assert sum(e["action"] in ("accept", "reject") for e in rows["audit"]) == len(rows["decisions"])


def test_a_backup_begun_during_a_restore_holds_all_rows(db, tmp_path, monkeypatch):
    full()
    kept, begun, load = backup(tmp_path / "kept.zip"), threading.Event(), module._load

    def slow(*arguments):
        begun.set()
        time.sleep(0.4)
        load(*arguments)
    monkeypatch.setattr(module, "_load", slow)
    restoring = threading.Thread(target=restore, args=(tmp_path / "kept.zip", True))
    restoring.start()
    assert begun.wait(30)
    again = backup(tmp_path / "again.zip")
    restoring.join()
    for table in ("reports", "proposals", "decisions", "record_sets", "record_observations"):
        assert again["tables"][table] == kept["tables"][table] and kept["tables"][table]["rows"]


def test_while_tables_are_changed_readers_are_not_held_up_and_writers_wait(db):
    (p,), done = added(), []
    with database.unprepared() as made, database.locked(made):
        if db.startswith("postgresql"):
            with pytest.raises(StoreError, match="is being restored or migrated; it answers again in a moment"):
                store.reports()
        else:
            assert len(store.reports()) == 1
        writer = threading.Thread(target=lambda: done.append(store.decide(p["id"], "accept", "Li", 0)))
        writer.start()
        writer.join(0.3)
        assert done == []
    writer.join(30)
    assert done == [1] and len(store.reports()) == 1


def test_what_others_see_is_the_restored_state_at_once(db, tmp_path):
    from indicators.reports import reviewed

    (p,) = added()
    backup(tmp_path / "kept.zip")
    store.decide(p["id"], "accept", "Li", 0)
    none = store.accepted_observations().head(0)
    before = reviewed.revision()
    for _ in range(8):  # by now PostgreSQL holds these statements prepared
        assert len(reviewed.with_accepted_observations(none)) == len(store.history(p["id"])) == 1
    restore(tmp_path / "kept.zip", replace=True)
    assert reviewed.revision() != before and reviewed.with_accepted_observations(none).empty
    store.decide(p["id"], "reject", "Li", 0)
    assert reviewed.revision()[:2] == before[:2] and reviewed.revision() != before  # as many decisions as before, and others


def test_a_name_that_was_mistaken_costs_no_file(db, tmp_path, capsys):
    added()
    letter = tmp_path / "letter.txt"
    letter.write_text("to somebody")
    assert main(["backup", str(letter)]) == 2
    assert "is there already and is no backup" in capsys.readouterr().err and letter.read_text() == "to somebody"
    assert main(["backup", str(tmp_path / "none" / "file.zip")]) == 2
    assert "cannot be written" in capsys.readouterr().err
    backup(tmp_path / "a.zip")
    assert backup(tmp_path / "a.zip")["tables"]["reports"]["rows"] == 1  # an earlier backup may be replaced


def test_without_a_database_there_is_nothing_to_keep(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "none.sqlite"))
    assert main(["backup", str(tmp_path / "file.zip")]) == 2
    assert "there is no database of reviews at" in capsys.readouterr().err and list(tmp_path.iterdir()) == []
