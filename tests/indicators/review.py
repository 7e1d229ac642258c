"""A small report and its figures, and reviewers in processes of their own, for the tests of the store."""

import functools
import multiprocessing
from types import SimpleNamespace

import sqlalchemy as sa

from indicators import ledger
from indicators.reports import database, reviewed, schema, store
from indicators.reports.figure import Figure

#: Numbers that no other test has.
names = iter(range(10**6))

SENTENCE = "2023年，北京地区生产总值4.4万亿元。"


def report(n=1, tail="", **about):
    """A document of `n` equal sentences and the figure of each."""
    text = SENTENCE * n + tail
    at = SENTENCE.index("4.4万亿元")
    figures = [gdp(i * len(SENTENCE) + at) for i in range(n)]
    return SimpleNamespace(**{"text": text, "title": "十年", "publisher": "某报", "date": "2024-02-15", "format": "txt", **about}), figures


def gdp(start, **other):
    return Figure(**{"start": start, "end": start + 6, "value_text": "4.4万亿元", "value": 4.4e12, "unit": "元", "lower": 4.35e12, "upper": 4.45e12,
                     "indicator": "gdp", "areas": ["北京"], "period": "2023", "period_kind": "year", **other})


def added(n=1, **about):
    """Proposals of a stored report."""
    return store.proposals(store.add_report(*report(n, **about), "reader"))


def state(proposal):
    return next(p for p in store.proposals(proposal["report_id"]) if p["id"] == proposal["id"])


def decided():
    """The first of three proposals, in a database with decisions of every kind."""
    first, second, third = added(3)
    store.decide(first["id"], "accept", "Li", 0)
    store.decide(second["id"], "correct", "Wang", 0, {"value_text": "4.5万亿元"}, "see table")
    store.undo(second["id"], "Wang")
    store.decide(third["id"], "reject", "Li", 0)
    return first


def record_set(value_text="31µg/m³", **about):
    """The arguments of :func:`store.add_record_set` for a small set with one observation."""
    about = {"indicator": "pm25", "name": "hours.parquet", "sha256": "a" * 64, "records": 8760, "used": 8750, "left_out": {"negative value": 10},
             "examples": [{"station": "1001A", "time": "2023-01-01T00", "pm25": -1}], "query": "SELECT 1", "engine": "duckdb 2.0.0",
             "about": {"title": "Station hours of 2023", "publisher": "CNEMC", "date": "2024-01-02", "kind": "official"}, **about}
    value = float(value_text.removesuffix("µg/m³"))
    row = {"indicator": about["indicator"], "area": "110000", "period": "2033", "period_kind": "year", "value": value, "unit": "µg/m³", "lower": value - 0.5,
           "upper": value + 0.5, "value_text": value_text, "obs_status": "A", "vintage": "official", "locator": "query=1"}
    return about, [row], "Li"


def rows_of_all() -> dict[str, list]:
    """Every row of every table, with the values that the program sees, in whichever kind of database."""
    with database.unprepared() as made, made.connect() as connection:
        there = [schema.metadata.tables[t] for t in schema.HOLDING if sa.inspect(connection).has_table(t)]
        return {t.name: [tuple(row) for row in connection.execute(sa.select(t).order_by(t.c.id))] for t in there}


def closed():
    """As if the program had ended: the next call opens the database anew."""
    database._engine.cache_clear()
    forget()


def forget():
    """Let nothing that an earlier test knew be remembered."""
    reviewed.forget()
    reviewed._seen.clear()
    reviewed._last.clear()
    ledger.clear_cache()


def one_sentence(error) -> bool:
    return "\n" not in str(error) and len(str(error)) < 400 and "Traceback" not in str(error)


#: What a reviewer in a process of its own does; `said` is a pipe, on which it repeats what it was told.
WORKER = """
import os
from itertools import count
os.environ["DATABASE_URL"] = url
from indicators.reports import store
store.engine()
said.send("ready")
said.recv()
for version in count() if endless else [0]:
    for number in ids:
        try:
            said.send((number, store.decide(number, "reject" if version % 2 else "accept", by, version)))
        except store.Conflict:
            said.send((number, None))
exec(then)
"""


@functools.lru_cache(maxsize=1)
def _processes():
    """Processes forked from one that has loaded everything, so that many can be started and killed."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "indicators.reports.store", "indicators.ledger", "geodata"])
    return context


def worker(ids, by, url, endless=False, then=""):
    """A process that waits, and our end of its pipe."""
    ours, theirs = _processes().Pipe()
    process = _processes().Process(target=exec, args=(WORKER, {"ids": ids, "by": by, "url": url, "endless": endless, "said": theirs, "then": then}), daemon=True)
    process.start()
    theirs.close()
    return process, ours


def start(workers):
    assert [pipe.recv() for _, pipe in workers] == ["ready"] * len(workers)
    for _, pipe in workers:
        pipe.send("go")


def heard(pipe) -> dict[int, int | None]:
    """The version that a worker said each proposal has, until it ended."""
    versions = {}
    try:
        while True:
            number, versions[number] = pipe.recv()
    except (EOFError, OSError):  # the last word may be cut off
        return versions
