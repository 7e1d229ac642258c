"""SIGKILL at any moment of an import, a review, a computation, an export, a backup, a restore and a build.

More than 200 cuts in all. After each of them every acknowledged decision is there, the logs agree, no file
is half there, and the same command once more does what it would have done.
"""

import json
import random
import threading
import time

import pytest

from geodata import source as polygons
from indicators.reports import store
from indicators.reports.reader import read_text
from tests.faults.cuts import (
    MADE,
    MORE,
    SEED,
    check_backup,
    check_database,
    check_promises,
    configured,
    contents,
    cuts,
    kill_server,
    parts,
    rows_of_all,
)
from tests.indicators.review import added, decided, report

TEXT = "第{}号公报。2023年，北京地区生产总值4.4万亿元，天津地区生产总值1.67万亿元，河北地区生产总值4.39万亿元。\n" + "全市新建改建农村公路，改善出行条件。\n" * 30
VIEWS = ("map?indicator=gdp", "trends?indicators=pm25", "indicator?indicator=gdp", "ranking?indicator=pm25")
EACH = 4  # proposals of one reviewer


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/review.sqlite"
    return request.getfixturevalue("postgresql").url(f"cuts_{request.node.originalname[-40:]}")


def test_no_decision_is_lost_when_reviewers_are_killed(nest, url):
    n = 70 if url.startswith("sqlite") else 20
    with configured(url):
        ids = iter([p["id"] for p in added(EACH * 5 * n * MORE)])

        def run(i, after):
            return nest.run("review", [next(ids) for _ in range(EACH)], i, after=after, environment={"DATABASE_URL": url})

        heard = 0
        for where, ended in cuts(f"review {url[:6]}", n, run, 0.25):
            check_promises(ended.lines, where)
            heard += len(ended.lines)
        check_database("after all cuts of reviews")
        assert 0 < heard <= store.decision_count() <= heard + n * MORE


def test_no_decision_is_lost_when_the_database_server_is_killed(nest, postgresql):
    url, n, chance = postgresql.url("server_killed"), 8 * MORE, random.Random(SEED)
    with configured(url):
        ids = iter([p["id"] for p in added(EACH * n)])
        for i in range(n):
            ended = []
            own = [next(ids) for _ in range(EACH)]
            reviewer = threading.Thread(target=lambda own=own, i=i, ended=ended: ended.append(nest.run("review", own, i, environment={"DATABASE_URL": url})))
            reviewer.start()
            after = chance.uniform(0.05, 0.4)
            time.sleep(after)
            kill_server(postgresql)
            reviewer.join(60)
            postgresql.start()
            where = f"server killed after {after:.3f} s: {ended}"
            MADE["database server"] += 1
            assert "StoreError: the database of reviews" in ended[0].complained and ended[0].complained.rstrip().endswith(("kept", "back")), where
            check_promises(ended[0].lines, where)
        check_database("after all crashes of the server")


def test_a_report_whose_import_is_killed_is_there_whole_or_not_at_all_and_comes_with_the_next_import(nest, tmp_path):
    shared = f"sqlite:///{tmp_path}/shared.sqlite"
    file = tmp_path / "report.txt"

    def run(i, after):
        # every other one meets a place where there is no database yet, whose tables it makes first
        run.url = shared if i % 2 else f"sqlite:///{tmp_path}/{i}.sqlite"
        file.write_text(TEXT.format(i), "utf8")
        return nest.run("command", "import", file, "--date", "2024-01-20", after=after, environment={"DATABASE_URL": run.url})

    for where, _ in cuts("import", 44, run, run(0, None).seconds):
        with configured(run.url):
            again = nest.run("command", "import", file, "--date", "2024-01-20", environment={"DATABASE_URL": run.url})
            assert again.code == 0, (where, again)
            newest = store.reports()[0]
            wanted = [figure.as_dict() for figure in read_text(store.text_of(newest["id"]), date="2024-01-20", title="report")]
            assert again.said == f"report {newest['id']}: {len(wanted)} proposals\n" and len(wanted) >= 3, where
            assert [p["figure"] for p in store.proposals(newest["id"])] == json.loads(json.dumps(wanted)), where
            check_database(where)


def test_a_computation_that_is_killed_keeps_nothing_or_all_and_leaves_no_copies_of_records(nest, tmp_path):
    records, scratch = tmp_path / "合同.csv", tmp_path / "tmp"
    scratch.mkdir()
    lines = [f"c{i},{2015 + i % 8}-03-0{1 + i % 9},{'110105' if i % 3 else '110108'},{'130100' if i % 2 else '120101'},{i * 1000 + 5},技术开发" for i in range(300)]
    records.write_text("\n".join(["id,date,seller_area,buyer_area,amount_yuan,种类", *lines, "不足的一行"]), "gb18030")

    def run(i, after):
        run.url = f"sqlite:///{tmp_path}/computed{i}.sqlite"
        return nest.run("command", "compute", "tech_contract_value", "--records", records, after=after,
                        environment={"DATABASE_URL": run.url, "TMPDIR": str(scratch)})

    first = run(0, None)
    with configured(run.url):
        (whole,), wanted = store.record_sets(), store.record_observations()
    assert len(wanted) > 10 and whole["records"] == 301 and not parts(scratch), first
    left = 0
    for where, _ in cuts("compute", 14, run, first.seconds, touches=3):
        left += len(parts(scratch)) > 0
        again = nest.run("command", "compute", "tech_contract_value", "--records", records, environment={"DATABASE_URL": run.url, "TMPDIR": str(scratch)})
        assert again.code == 0 and again.complained.endswith(first.complained) and not parts(scratch), (where, again)
        with configured(run.url):
            (kept,) = store.record_sets()
            assert {k: v for k, v in kept.items() if k != "computed_at"} == {k: v for k, v in whole.items() if k != "computed_at"}, where
            assert store.record_observations().equals(wanted), where
            check_database(where)
    assert left, "no cut met the copy of the records"


def test_an_export_that_is_killed_has_whole_files_only_and_the_next_one_does_the_rest(nest, tmp_path):
    def run(i, after):
        run.folder = tmp_path / str(i)
        return nest.run("export", run.folder, VIEWS, "csv", 1, after=after)

    first = run(0, None)
    wanted = contents(run.folder)
    log = wanted.pop("export.log")
    assert first.said == f"{len(VIEWS)} 0 0\n" and len(wanted) == len(VIEWS) and log
    for where, _ in cuts("export", 30, run, first.seconds, touches=2 + 2 * len(VIEWS)):
        there = contents(run.folder)
        there.pop("export.log", None)
        assert there.items() <= wanted.items(), where
        again = nest.run("export", run.folder, VIEWS, "csv", 1)
        assert again.code == 0 and int(again.said.split()[0]) >= len(VIEWS) - len(there), (where, again)
        after = contents(run.folder)
        assert after.pop("export.log") and after == wanted and not parts(run.folder), where
        assert nest.run("export", run.folder, VIEWS, "csv", 1).said == f"0 {len(VIEWS)} 0\n" if where.endswith("0") else True


def test_a_backup_that_is_killed_leaves_the_one_before(nest, tmp_path):
    url, file = f"sqlite:///{tmp_path}/review.sqlite", tmp_path / "kept" / "backup.zip"
    file.parent.mkdir()
    with configured(url):
        added(120)
        decided()
        rows = {name: len(found) for name, found in rows_of_all().items()}

    def run(i, after):
        return nest.run("command", "backup", file, after=after, environment={"DATABASE_URL": url})

    first = run(0, None)
    left = 0
    for where, _ in cuts("backup", 24, run, first.seconds, touches=2):
        manifest = check_backup(file, where)
        assert {name: about["rows"] for name, about in manifest["tables"].items() if name != "audit"} == rows, where
        left += len(parts(file.parent)) > 0
        assert len(parts(file.parent)) <= 1, where  # each run removes what the one before left
    assert run(0, None).code == 0 and not parts(file.parent) and left, "no cut met the file being written"
    with configured(url):
        check_database("after all cuts of backups")


def test_a_restore_that_is_killed_leaves_what_was_there_or_brings_all(nest, url, tmp_path):
    n = 14 if url.startswith("sqlite") else 6
    place, file = {"DATABASE_URL": url}, tmp_path / "one.zip"
    with configured(url):
        added(30)
        one = rows_of_all()
        assert nest.run("command", "backup", file, environment=place).code == 0
        decided()
        store.add_report(*report(5, "别的。"), "reader")
        other = rows_of_all()
        assert nest.run("command", "backup", tmp_path / "other.zip", environment=place).code == 0

    def run(i, after):
        run.kept = tmp_path / f"kept{i}.zip"
        return nest.run("command", "restore", file, "--replace", "--keep", run.kept, after=after, environment=place)

    brought = 0
    for where, _ in cuts(f"restore {url[:6]}", n, run, run(0, None).seconds):
        with configured(url):
            found = rows_of_all()
            assert found in (one, other), where
            brought += found == one
            if run.kept.exists():
                check_backup(run.kept, where)
        if found == one:
            back = nest.run("command", "restore", tmp_path / "other.zip", "--replace", "--keep", tmp_path / f"back{brought}.zip", environment=place)
            assert back.code == 0, (where, back)
    last = run(10**6, None)
    with configured(url):
        assert last.code == 0 and rows_of_all() == one, last


def test_layers_whose_build_is_killed_are_not_there_and_the_next_build_makes_them(nest, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in polygons.SOURCE_FILES.values():
        content = json.loads((polygons.source_folder() / name).read_text("utf8"))
        mine = [f for f in content["features"] if (f["properties"]["gb"] or "").startswith("15612")]
        (source / name).write_text(json.dumps({**content, "features": [*mine, next(f for f in content["features"] if not f["properties"]["gb"])]}), "utf8")

    def run(i, after):
        return nest.run("boundaries", tmp_path / f"layers{i if after is None else ''}", source, after=after)

    first = run(0, None)
    (wanted,) = (tmp_path / "layers0").iterdir()
    assert first.code == 0 and (wanted / "layers.gpkg").is_file()
    cache = tmp_path / "layers"
    for where, _ in cuts("boundaries", 3, run, first.seconds, touches=20):
        there = [p for p in cache.iterdir() if not p.name.startswith(".")] if cache.exists() else []
        if there:  # finished in spite of all
            assert contents(there[0]).keys() == contents(wanted).keys(), where
            there[0].rename(tmp_path / f"done{time.monotonic_ns()}")
    assert run(1, None).code == 0
    last = nest.run("boundaries", cache, source)
    files, of_first = contents(cache / wanted.name), contents(wanted)
    assert last.code == 0 and not parts(cache) and files.keys() == of_first.keys()
    assert {k: v for k, v in files.items() if k.startswith(("web", "geojson"))} == {k: v for k, v in of_first.items() if k.startswith(("web", "geojson"))}
