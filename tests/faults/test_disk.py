"""A disk that is full or can only be read: one sentence, nothing half done, and all goes on once there is room."""

import json
import os
import subprocess
import sys

import pytest

from indicators.reports import database, reviewed, store
from indicators.reports.store import StoreError
from tests.conftest import ROOT
from tests.faults.cuts import check_backup, check_database, configured, contents, parts
from tests.indicators.review import added, report
from tests.indicators.test_database import one_sentence

SENTENCE = "2023年，北京地区生产总值4.4万亿元。"
VIEWS = ("--view", "map?indicator=gdp", "--view", "indicator?indicator=gdp")


class Disk:
    """A file system of 2 MB."""

    def __init__(self, folder):
        self.folder, self.url = folder, f"sqlite:///{folder}/data/review.sqlite"
        (folder / "data").mkdir()

    def fill(self, leave=0):
        """Take all room but `leave` bytes."""
        room = os.statvfs(self.folder)
        with (self.folder / "filler").open("wb") as file:
            file.write(b"x" * max(0, room.f_bavail * room.f_bsize - leave))

    def free(self):
        (self.folder / "filler").unlink()

    def only_read(self, yes=True):
        subprocess.run(["mount", "-o", f"remount,{'ro' if yes else 'rw'}", self.folder], check=True)


@pytest.fixture
def disk(tmp_path):
    """A small disk of our own."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk, and not in every container")
    yield Disk(place)
    subprocess.run(["umount", "-l", place], check=True)


def refused(ended, *said):
    """The child said one sentence with these words, and ended with 2."""
    assert ended.code == 2 and ended.said == "" and ended.complained.count("\n") == 1, ended
    assert "Traceback" not in ended.complained and all(word in ended.complained for word in said), ended
    return True


def test_an_import_into_a_full_disk_is_refused_in_a_sentence_and_works_once_there_is_room(nest, disk, tmp_path):
    place, file = {"DATABASE_URL": disk.url}, tmp_path / "report.txt"
    with configured(disk.url):
        added(3)
        file.write_text(SENTENCE * 200, "utf8")
        disk.fill(leave=60_000)
        assert refused(nest.run("command", "import", file, environment=place), "the disk is full", "nothing was kept")
        check_database("full")
        assert len(store.reports()) == 1
        disk.free()
        assert nest.run("command", "import", file, environment=place).said == "report 2: 200 proposals\n"
        check_database("room again")


def test_a_disk_that_is_full_before_there_is_a_database_is_said_too(nest, disk, tmp_path):
    file = tmp_path / "report.txt"
    file.write_text(SENTENCE, "utf8")
    disk.fill()
    assert refused(nest.run("command", "import", file, environment={"DATABASE_URL": disk.url}), "disk")
    disk.free()
    assert nest.run("command", "import", file, environment={"DATABASE_URL": disk.url}).said == "report 1: 1 proposals\n"


def test_decisions_until_the_disk_is_full_are_kept_and_the_next_is_refused(disk):
    with configured(disk.url):
        several = added(200)
        disk.fill(leave=80_000)
        kept = []
        with pytest.raises(StoreError, match="the disk is full; nothing was kept") as caught:
            for p in several:
                store.decide(p["id"], "accept", "a", 0, note="x" * 2_000)
                kept.append(p["id"])
        assert one_sentence(caught.value) and 0 < len(kept) < 200
        check_database("full")
        assert store.decision_count() == len(kept) == len(store.accepted_observations())
        disk.free()
        assert store.decide(several[len(kept)]["id"], "accept", "a", 0) == 1
        check_database("room again")


def test_an_export_into_a_full_disk_leaves_whole_files_only_and_goes_on_when_there_is_room(nest, disk):
    disk.fill(leave=8_000)
    out = disk.folder / "out"
    ended = nest.run("dashboard", "export", *VIEWS, "--format", "xlsx", "--processes", "1", "-o", out)
    assert ended.code == 2 and f"No space left on device: {out}" in ended.complained and "Traceback" not in ended.complained, ended
    assert not parts(out) and not any(name.endswith("xlsx") for name in contents(out))
    disk.free()
    assert "2 written, 0 already there" in nest.run("dashboard", "export", *VIEWS, "--format", "xlsx", "--processes", "1", "-o", out).complained


def test_who_asks_for_a_file_that_needs_temporary_room_is_told_that_there_is_none(built, disk):
    environment = {**os.environ, "TMPDIR": str(disk.folder)}
    with subprocess.Popen([sys.executable, "-m", "dashboard.exports.worker"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        def asked(name, lang):
            order = {"what": "view", "kind": "map", "query": [["indicator", "pm25"]], "options": {}, "format": name, "lang": lang}
            worker.stdin.write(f"{json.dumps(order)}\n".encode())
            worker.stdin.flush()
            while "done" in (answer := json.loads(worker.stdout.readline())):
                pass
            return answer.get("status"), answer.get("error", ""), worker.stdout.read(answer.get("bytes", 0))[:2]

        assert asked("xlsx", "zh") == (None, "", b"PK")
        disk.fill()
        status, said, _ = asked("xlsx", "zh")
        assert status == 507 and "临时文件夹已满" in said
        status, said, _ = asked("gpkg", "en")
        assert status == 507 and "temporary folder of the server is full" in said
        assert asked("csv", "zh") == (None, "", b"\xef\xbb")  # which needs no room is made all the same
        disk.free()
        assert asked("xlsx", "zh") == (None, "", b"PK")
        worker.stdin.close()
    assert worker.returncode == 0 and [p.name for p in disk.folder.iterdir()] == ["data"]


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_backup_that_cannot_be_written_leaves_the_one_before(nest, disk, tmp_path, fault):
    url, file = f"sqlite:///{tmp_path}/review.sqlite", disk.folder / "backup.zip"
    with configured(url):
        added(300)
        assert nest.run("command", "backup", file, environment={"DATABASE_URL": url}).code == 0
        before = contents(disk.folder)
        store.add_report(*report(300, "另一份。"), "a")
        disk.fill() if fault == "full" else disk.only_read()
        assert refused(nest.run("command", "backup", file, environment={"DATABASE_URL": url}), f"the backup cannot be written to {file}")
        assert check_backup(file, fault)["tables"]["reports"]["rows"] == 1 and not parts(disk.folder)
        disk.free() if fault == "full" else disk.only_read(False)
        assert contents(disk.folder) == before
        assert nest.run("command", "backup", file, environment={"DATABASE_URL": url}).code == 0
        assert check_backup(file, fault)["tables"]["reports"]["rows"] == 2


def test_a_computation_without_room_for_its_copies_is_refused(nest, disk, tmp_path):
    records = tmp_path / "合同.csv"
    records.write_text("id,date,seller_area,buyer_area,amount_yuan\n" + "".join(f"天{i},2020-01-01,110105,130100,5\n" for i in range(3000)), "gb18030")
    disk.fill(leave=40_000)
    place = {"DATABASE_URL": f"sqlite:///{tmp_path}/r.sqlite", "TMPDIR": str(disk.folder)}
    order = ("command", "compute", "tech_contract_value", "--records", records)
    assert refused(nest.run(*order, environment=place), "No space left")
    assert not parts(disk.folder)
    disk.free()
    assert nest.run(*order, environment=place).code == 0


def test_a_folder_that_can_only_be_read_still_shows_what_was_accepted_and_refuses_all_else(nest, disk, tmp_path):
    place, file = {"DATABASE_URL": disk.url}, tmp_path / "report.txt"
    file.write_text("第二份。" + SENTENCE, "utf8")
    with configured(disk.url):
        first, second = added(2)
        store.decide(first["id"], "accept", "a", 0)
        store.engine().dispose()
        disk.only_read()
    with configured(disk.url):
        database._engine.cache_clear()
        assert len(store.accepted_observations()) == 1
        assert len(reviewed.with_accepted_observations(store.accepted_observations().head(0))) == 1
        with pytest.raises(StoreError, match="cannot be opened for writing.*; nothing was kept$") as caught:
            store.decide(second["id"], "accept", "a", 0)
        assert one_sentence(caught.value)
        assert refused(nest.run("command", "import", file, environment=place), "must be writable", "nothing was kept")
        kept = nest.run("command", "backup", tmp_path / "b.zip", environment=place)
        assert kept.code == 0 and "1 decisions" in kept.said and "the trail" in kept.complained.replace("audit trail", "the trail"), kept
        ended = nest.run("dashboard", "export", *VIEWS, "--format", "csv", "--processes", "1", "-o", disk.folder / "out")
        assert refused(ended, f"Read-only file system: {disk.folder / 'out'}")
        database._engine.cache_clear()
        disk.only_read(False)
        assert store.decide(second["id"], "accept", "a", 0) == 1
        check_database("written again")
