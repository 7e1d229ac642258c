"""``make soak``: mixed load on two replicas behind nginx with one PostgreSQL, while faults are injected.

Readers ask the API, sessions change the year, exports are made and opened, a reviewer imports and decides. Meanwhile
one replica is killed, the database stopped and killed, a temporary folder filled. What is counted: errors outside of
the time in which a fault explains them, writes that were acknowledged and are gone, figures that are not those of the
ledger (compared with the CSV file and with the decisions made here, by no code of the program), growth of the replica
that lives all the time. The exit code is 1 if any of these is not as it has to be.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request
import zipfile
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np

from indicators.reports import store
from indicators.reports.reader import read_text
from indicators.reports.store import StoreError
from tests.bench.rows import Row, table
from tests.bench.servers import ROOT
from tests.bench.session import SessionError, opened
from tests.bench.sessions import handles, memory, sockets
from tests.deploy import stack
from tests.faults.cuts import check_database, kill_server

#: Seconds after which a decision has to stand in every answer: what the program believes, what nginx keeps, a database that was away.
LAG = 20.0
#: Seconds after a fault is over in which its consequences may still show.
AFTER = 6.0
TEXT = "第{n}号材料。2023年，北京地区生产总值{a}万亿元，天津地区生产总值1.{b}万亿元，河北地区生产总值4.{b}万亿元。"
EXPORTS = ("map.csv?indicator=pm25", "map.xlsx?indicator=pm25", "map.json?indicator=pm25", "map.svg?indicator=pm25", "trends.png?indicators=pm25", "map.pptx?indicator=pm25")


@dataclass
class Truth:
    """What answers are compared with: the rows of the CSV file, and what was decided here."""

    rows: dict[tuple, set] = field(default_factory=lambda: defaultdict(set))
    accepted: dict[tuple, list] = field(default_factory=dict)  # row -> [(from when on it may stand there, until when it must not be missing ...)]
    begun: dict[tuple, float] = field(default_factory=dict)
    acknowledged: dict[tuple, float] = field(default_factory=dict)

    @classmethod
    def of_files(cls) -> Truth:
        """Read from the ledger's file."""
        made = cls()
        with (ROOT / "indicators" / "data" / "observations.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                made.rows[row["indicator"], row["area"]].add((row["period"], row["period_kind"], row["counterpart_area"], row["source"], float(row["value"])))
        return made

    def wrong(self, indicator: str, rows: list[dict], area: str, asked: float, answered: float, all_of_them: bool) -> str:
        """What is wrong with an answer of the API, or nothing."""
        found = Counter()
        for row in rows:
            if row["MEASURE"] != "level" or str(row["COMPUTED"]).lower() == "true":
                continue
            key = (row["TIME_PERIOD"], row["PERIOD_KIND"], row["COUNTERPART_AREA"], row["SOURCE"], float(row["OBS_VALUE"]))
            found[key] += 1
            decided = (indicator, row["REF_AREA"], *key)
            if key not in self.rows[indicator, row["REF_AREA"]] and self.begun.get(decided, float("inf")) > answered:
                return f"{decided} stands nowhere"
        if all_of_them:
            missing = self.rows[indicator, area] - found.keys()
            missing |= {k[2:] for k, at in self.acknowledged.items() if k[:2] == (indicator, area) and at < asked - LAG and k[2:] not in found}
            if missing:
                return f"{indicator} of {area} lacks {sorted(missing)[:2]}"
        return ""


class Tally:
    """What happened: requests, errors and the times in which faults explain errors."""

    def __init__(self):
        self.done, self.errors, self.excused, self.wrong = Counter(), [], Counter(), []
        self.windows: list[list] = []  # [start, end or inf, kinds]
        self.faults: Counter = Counter()
        self._lock = threading.Lock()

    def error(self, kind: str, start: float, said: str) -> None:
        """An error of something that began at `start`; a fault explains it if it was on between then and now."""
        now = time.monotonic()
        with self._lock:
            if any(kind in kinds and since <= now and start <= until + AFTER for since, until, kinds in self.windows):
                self.excused[kind] += 1
            else:
                self.errors.append((kind, said))
                print(f"soak: {kind}: {said}", file=sys.stderr)

    def mistake(self, said: str) -> None:
        """A wrong figure."""
        self.wrong.append(said)
        print(f"soak: wrong: {said}", file=sys.stderr)

    @contextmanager
    def fault(self, name: str, *kinds: str):
        """While a fault is on."""
        window = [time.monotonic(), float("inf"), kinds]
        self.windows.append(window)
        self.faults[name] += 1
        print(f"... {name} (load {os.getloadavg()[0]:.1f})", file=sys.stderr)
        try:
            yield
        finally:
            window[1] = time.monotonic()


# --- the load --------------------------------------------------------------------------


def read_api(stack_, truth: Truth, tally: Tally, stop: threading.Event, seed: int) -> None:
    """Ask for observations and series, and compare every figure."""
    chance, pairs = random.Random(f"api {seed}"), sorted(truth.rows)
    while not stop.wait(chance.uniform(0.1, 0.5)):
        indicator, area = chance.choice(pairs) if chance.random() < 0.7 else ("gdp", "110000")
        what = chance.choice(("observations", "series"))
        start = time.monotonic()
        try:
            status, _, body = stack_.get(f"/api/{what}/{indicator}.json?" + urllib.parse.urlencode({"area": area}))
            if status != 200:
                raise OSError(f"{status} {body[:200]!r}")
        except OSError as error:
            tally.error("api", start, f"{what} {indicator} {area}: {error}")
            continue
        tally.done["api"] += 1
        if said := truth.wrong(indicator, json.loads(body)["rows"], area, start, time.monotonic(), what == "observations"):
            tally.mistake(said)


def make_exports(stack_, truth: Truth, tally: Tally, stop: threading.Event) -> None:
    """Order exports, open each, and compare the figures of tables."""
    for n in range(10**9):
        if stop.wait(4):
            return
        address, start = EXPORTS[n % len(EXPORTS)], time.monotonic()
        try:
            status, _, body = stack_.get(f"/api/export/{address}")
            if status != 200:
                raise OSError(f"{status} {body[:200]!r}")
        except OSError as error:
            tally.error("export", start, f"{address}: {error}")
            continue
        tally.done["export"] += 1
        try:
            rows = _opened(address, body)
        except Exception as error:
            tally.mistake(f"{address} cannot be opened: {error}")
            continue
        if said := truth.wrong("pm25", rows, "", start, time.monotonic(), False):
            tally.mistake(f"{address}: {said}")


def _opened(address: str, body: bytes) -> list[dict]:
    """Rows of an exported table; of a picture or a deck none, but it has to be whole."""
    ending = address.partition("?")[0].rpartition(".")[2]
    if ending == "csv":
        return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    if ending == "json":
        return json.loads(body)["rows"]
    if ending == "png":
        from PIL import Image

        Image.open(io.BytesIO(body)).load()
    elif ending == "svg":
        from lxml import etree

        etree.fromstring(body)
    elif zipfile.ZipFile(io.BytesIO(body)).testzip() is not None:
        raise ValueError("a member is damaged")
    return []


async def look_at_pages(stack_, truth: Truth, tally: Tally, stop: threading.Event, n: int) -> None:
    """Sessions that change the year of a map; the figures that the page says have to be the ledger's of that year."""
    async def reader(chance: random.Random):
        session = None
        while not stop.is_set():
            year, start = chance.randrange(2013, 2022), time.monotonic()
            try:
                if session is None:
                    session = await opened(stack_.url, {"Cookie": f"replica={chance.getrandbits(128):032x}"}, stack_.trust)
                await session.run("map", f"indicator=pm25&year={year}")
                said = re.sub("<[^>]+>", "", next(h for h in session.html if "data-said" in h)).replace("\xa0", " ")
                printed = {round(value, 1) for (indicator, _), rows in truth.rows.items() if indicator == "pm25" for period, *_, value in rows if period == str(year)}
                figures = [float(x.replace(",", "")) for x in re.findall(r"（([\d.,]+) µg/m³）", said)]
                tally.done["page"] += 1
                if not figures or not set(figures) <= printed or str(year) not in said:
                    tally.mistake(f"the map of {year} says {said}")
            except (SessionError, OSError, StopIteration) as error:
                tally.error("page", start, repr(error))
                if session is not None:
                    with suppress(Exception):
                        await session.close()
                session = None
                await asyncio.sleep(1)
            if chance.random() < 0.05 and session is not None:  # readers come and go
                await session.close()
                session = None
            await asyncio.sleep(chance.uniform(1, 4))

    await asyncio.gather(*(reader(random.Random(f"page {i}")) for i in range(n)))


@dataclass
class Written:
    """What the reviewer was told of: acknowledged entries of the log, refused ones, and those left open."""

    promised: dict[int, list] = field(default_factory=lambda: defaultdict(list))
    open: Counter = field(default_factory=Counter)
    reports: set = field(default_factory=set)
    told: Counter = field(default_factory=Counter)


def review(truth: Truth, tally: Tally, stop: threading.Event, written: Written) -> None:
    """Import reports and decide on their figures; remember what was acknowledged."""
    chance, waiting = random.Random("review"), []
    for n in range(10**9):
        if stop.wait(4):  # each decision makes all figures be computed anew
            return
        start = time.monotonic()
        try:
            if not waiting:
                text = TEXT.format(n=n, a=f"{4 + n % 9 / 10:.1f}", b=1 + n % 8)
                figures = read_text(text, date="2024-02-01", title="")
                report = store.add_report(type("Document", (), {"text": text, "title": f"材料{n}", "publisher": "", "date": "2024-02-01", "format": "txt"}), figures, "soak")
                written.reports.add(report)
                tally.done["import"] += 1
                waiting = store.proposals(report)
                continue
            proposal = waiting.pop()
            row = proposal["row"] or {}
            key = tuple(row.get(k, "") for k in ("indicator", "area", "period", "period_kind", "counterpart_area", "source")) + (row.get("value"),)
            action = "accept" if proposal["row"] and chance.random() < 0.7 else "reject"
            if action == "accept":
                truth.begun[key] = start
            store.decide(proposal["id"], action, "soak", proposal["version"])
            written.promised[proposal["id"]].append(action)
            tally.done["decision"] += 1
            if action == "accept":
                truth.acknowledged[key] = time.monotonic()
        except StoreError as error:
            written.told["kept" if str(error).endswith("nothing was kept") else "open"] += 1
            if not str(error).endswith("nothing was kept") and "proposal" in locals():
                written.open[proposal["id"]] += 1
            tally.error("write", start, str(error))


def lost_writes(written: Written) -> list[str]:
    """Acknowledged writes that are gone, and refused ones that are there."""
    lost = [f"report {r}" for r in written.reports - {r["id"] for r in store.reports()}]
    for number, wanted in written.promised.items():
        log = [entry["action"] for entry in store.history(number)]
        if log[:len(wanted)] != wanted or len(log) > len(wanted) + written.open[number]:
            lost.append(f"proposal {number}: {log}, acknowledged {wanted}")
    return lost


# --- faults ----------------------------------------------------------------------------


def faults(stack_, tally: Tally, stop: threading.Event, disk: Path | None, every: float) -> None:
    """One fault after another, each `every` seconds."""
    def replica_killed():
        # nginx asks the other replica; open pages come back there
        with tally.fault("a replica is killed", "page", "export"):
            other.kill()
            time.sleep(1)
            other.start()
            wait_until_ready(other)

    def database_stopped():
        with tally.fault("the database is stopped for 15 s", "write"):
            postgres.stop()
            time.sleep(15)
            postgres.start()

    def database_killed():
        with tally.fault("the database server is killed", "write"):
            kill_server(postgres)
            time.sleep(3)
            postgres.start()

    def backend_killed():
        with tally.fault("a process of the database is killed", "write"):
            subprocess.run(["pkill", "-9", "-o", "-P", (postgres.home / "data" / "postmaster.pid").read_text().split()[0]], check=False)
            time.sleep(5)

    def folder_full():
        # what workbooks need; whoever asks for one is told
        with tally.fault("a temporary folder is full for 20 s", "export"):
            (disk / "filler").write_bytes(b"x" * (os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize))
            time.sleep(20)
            (disk / "filler").unlink()

    other, postgres = stack_.replicas[1], stack_.postgres
    planned = [replica_killed, database_stopped, *([folder_full] if disk else []), database_killed, backend_killed]
    for n in range(10**9):
        if stop.wait(every):
            return
        try:
            planned[n % len(planned)]()
        except Exception as error:
            tally.error("fault", time.monotonic(), f"{planned[n % len(planned)].__name__}: {error}")


def wait_until_ready(replica, seconds: float = 600) -> None:
    """Wait until a replica is ready, however busy the machine is."""
    until = time.monotonic() + seconds
    while True:
        with suppress(OSError), urllib.request.urlopen(f"{replica.url}/readyz", timeout=10):
            return
        if replica.process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the replica did not come back within {seconds:g} s: {replica.log.read_text('utf8')[-800:]}")
        time.sleep(0.5)


@contextmanager
def small_disk(folder: Path):
    """A file system of 4 MB, or None where we may not mount one."""
    folder.mkdir()
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=1777", "tmpfs", folder], capture_output=True).returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


# --- the run ---------------------------------------------------------------------------


def soak(minutes: float, every: float, pages: int) -> list[Row]:
    """Run, and give the rows of the summary."""
    truth, tally, written, stop, ending = Truth.of_files(), Tally(), Written(), threading.Event(), threading.Event()
    samples: list[tuple[float, float, int, int]] = []
    with ExitStack() as closing:
        place = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="soak.", ignore_cleanup_errors=True)))
        place.chmod(0o755)
        (place / "stack").mkdir()
        running = closing.enter_context(stack.running(place / "stack", always=stack.REVIEWER))
        disk = closing.enter_context(small_disk(place / "tmp"))
        if disk:  # it comes into use when this replica is started again
            running.replicas[1].environment["TMPDIR"] = str(disk)
            running.replicas[1].stop()
            running.replicas[1].start()
            wait_until_ready(running.replicas[1])
        os.environ["DATABASE_URL"] = running.replicas[0].environment["DATABASE_URL"]
        store.engine()
        steady = running.replicas[0].process.pid
        load = [threading.Thread(target=read_api, args=(running, truth, tally, stop, i), daemon=True) for i in range(2)]
        load += [threading.Thread(target=make_exports, args=(running, truth, tally, stop), daemon=True),
                 threading.Thread(target=review, args=(truth, tally, stop, written), daemon=True),
                 threading.Thread(target=lambda: asyncio.run(look_at_pages(running, truth, tally, stop, pages)), daemon=True)]
        trouble = threading.Thread(target=faults, args=(running, tally, ending, disk, every), daemon=True)
        start = time.monotonic()
        for thread in (*load, trouble):
            thread.start()
        while time.monotonic() - start < 60 * minutes:
            samples.append(((time.monotonic() - start) / 60, memory(steady), handles(steady), sockets(steady)))
            time.sleep(10)
        ending.set()
        trouble.join()
        time.sleep(LAG)  # quiet at the end: whatever was decided has to show everywhere
        stop.set()
        for thread in load:
            thread.join(60)
            if thread.is_alive():
                tally.errors.append(("load", "a reader hangs"))
        samples.append(((time.monotonic() - start) / 60, memory(steady), handles(steady), sockets(steady)))
        check_database("after the soak")
        lost = lost_writes(written)
    for said in lost:
        print(f"soak: lost: {said}", file=sys.stderr)
    return _rows(tally, written, lost, samples)


def _rows(tally: Tally, written: Written, lost: list[str], samples: list[tuple[float, float, int, int]]) -> list[Row]:
    rows = [Row(f"answered: {kind}", "", n) for kind, n in sorted(tally.done.items())]
    rows += [Row(f"fault: {name}", "", n) for name, n in tally.faults.items()]
    rows += [Row(f"errors while a fault explains them: {kind}", "", n) for kind, n in sorted(tally.excused.items())]
    rows += [Row("errors otherwise", "", len(tally.errors), None, "most", 0), Row("lost writes", "", len(lost), None, "most", 0),
             Row("wrong figures", "", len(tally.wrong), None, "most", 0)]
    for minute in range(0, int(samples[-1][0]) + 1, 5):
        near = min(samples, key=lambda s: abs(s[0] - minute))
        rows.append(Row(f"memory after {minute} minutes", "MB", near[1]))
        rows.append(Row(f"  open files after {minute} minutes", "", near[2]))
        rows.append(Row("    of them connections", "", near[3]))
    third = [s for s in samples if s[0] <= samples[-1][0] / 3 and s[0] > min(2, samples[-1][0] / 6)]
    last = [s for s in samples if s[0] >= 2 * samples[-1][0] / 3]
    hourly = 60 * float(np.polyfit([s[0] for s in samples[len(samples) // 3:]], [s[1] for s in samples[len(samples) // 3:]], 1)[0])
    rows.append(Row("memory, slope of the last two thirds, an hour", "MB", hourly))
    rows.append(Row("memory, last third against first", "MB", median(s[1] for s in last), median(s[1] for s in third), "ratio", 1.15))
    rows.append(Row("open files, last third against first", "", median(s[2] for s in last), median(s[2] for s in third), "ratio", 1.2))
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Run and print the summary; 1 if something is not as it has to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=__doc__.split("\n\n")[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=45, metavar="SECONDS", help="between two faults")
    parser.add_argument("--pages", type=int, default=8, help="open pages")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("soak: ended"))  # what was started is ended in order
    rows = soak(given.minutes, given.every, given.pages)
    print(table(rows))
    print(f"\nLoad of the machine in the last 5 minutes: {os.getloadavg()[1]:.1f} on {os.cpu_count()} processors.")
    return int(any(row.ok is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())
