"""What the children of a nursery do: the program's own commands, and a reviewer who never rests."""

from __future__ import annotations

import itertools
import random
from pathlib import Path


def warm() -> None:
    """Load what a command loads when it first runs, so that a cut meets work and no imports."""
    import indicators
    from dashboard.exports.batch import orders
    from dashboard.exports.render import render
    from geodata import areas
    from indicators.ledger import observations
    from indicators.records.statistic import statistics
    from indicators.reports.reader import read_text

    areas()
    indicators.catalogue()
    statistics()
    observations()
    for address in ("map?indicator=gdp", "trends?indicators=pm25", "indicator?indicator=gdp", "ranking?indicator=pm25"):
        render(orders([address], "csv", "zh", {})[0])
    read_text("2023年，北京地区生产总值4.4万亿元。", date="2024-01-01", title="")


def command(*arguments) -> int:
    """``python -m indicators ...``."""
    from indicators.__main__ import main

    return main(list(arguments))


def review(numbers, seed) -> None:
    """Decide without end, each proposal in turn, and say each decision once it is made: proposal, version, what."""
    from indicators.reports import store

    chance = random.Random(seed)
    versions = dict.fromkeys(numbers, 0)
    last: dict[int, str] = {}
    for number in itertools.cycle(numbers):
        action = chance.choice(["accept", "reject", "correct", "undo"] if last.get(number) else ["accept", "reject", "correct"])
        if action == "undo":
            versions[number] = store.undo(number, "reviewer", versions[number])
            last.pop(number)
        else:
            row = {"value_text": f"{4 + chance.randrange(1, 10) / 10:g}万亿元"} if action == "correct" else None
            versions[number] = store.decide(number, action, "reviewer", versions[number], row)
            last[number] = action
        print(number, versions[number], action, flush=True)


def export(folder: str, addresses: list[str], name: str, processes: int) -> int:
    """Views as files in a folder."""
    from dashboard.exports.batch import export_all, orders

    written, there, refused = export_all(orders(addresses, name, "zh", {}), Path(folder), processes, say=None)
    print(written, there, len(refused), flush=True)
    return 0


def boundaries(folder: str, source: str) -> int:
    """The layers of Tianjin."""
    from geodata import boundaries

    boundaries.build(["120000"], folder, source)
    return 0


def dashboard(*arguments) -> int:
    """``python -m dashboard ...``."""
    import sys

    from dashboard.__main__ import main

    sys.argv = ["dashboard", *arguments]
    return main() or 0
