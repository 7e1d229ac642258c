"""Queries in an engine's words: those of a quick statistic are kept, so that Ibis need not be loaded to ask them again.

Loading Ibis and writing them takes as long as twenty million station hours. What is kept is known by
all that it follows from: the sources of the statistic, the version of Ibis, the engine, and the names and
types of the records' columns.
"""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from indicators.records.engines import Engine, Query, duckdb_sql
from indicators.records.statistic import Statistic
from indicators.whole import whole

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "queries"
#: Queries kept; older ones go.
MOST = 50
PLACES = {"code": "string", "unit": "string"}


def raw(engine: Engine, columns: dict[str, str]):
    """The records' columns under the names of their table."""
    found = engine.table("records")
    return found.select(**{wanted: found[name] for wanted, name in columns.items()})


def quick(engine: Engine, statistic: Statistic, columns: dict[str, str], types: dict[str, str]) -> tuple[Query, Query, str]:
    """Survey and answer of a quick statistic for an engine, and the answer in one dialect.

    Parameters
    ----------
    columns : dict of str to str
        Column of the table -> its name in the records.
    types : dict of str to str
        Column of the records -> its type as the engine calls it.
    """
    path = FOLDER / f"{_key(engine, statistic, columns, types)}.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(path.read_text("utf8"))
        return *(Query(kept[name]["sql"], tuple(kept[name]["names"])) for name in ("survey", "answer")), kept["canonical"]
    import ibis

    survey, expression = statistic.quick(raw(engine, columns), ibis.table(PLACES, name="places"))
    survey, answer, canonical = engine.query(survey), engine.query(expression), in_both(engine, expression)[1]
    with suppress(OSError):  # a folder that cannot be written costs half a second each time, and nothing else
        FOLDER.mkdir(parents=True, exist_ok=True)
        with whole(path, "w", encoding="utf8") as file:
            json.dump({"survey": vars(survey), "answer": vars(answer), "canonical": canonical}, file)
        for old in sorted(FOLDER.glob("*.json"), key=lambda p: p.stat().st_mtime)[:-MOST]:
            old.unlink(missing_ok=True)
    return survey, answer, canonical


def in_both(engine: Engine, expression) -> tuple[str, str]:
    """The query as it runs, and in one dialect, so that its hash is the same whichever engine runs it."""
    sql = engine.query(expression).sql
    return sql, sql if engine.kind == "duckdb" else duckdb_sql(expression)


def _key(engine: Engine, statistic: Statistic, columns: dict[str, str], types: dict[str, str]) -> str:
    # the first file of Ibis says its version; finding it does not load it
    sources = [Path(find_spec("ibis").origin), Path(sys.modules[statistic.quick.__module__].__file__), *sorted(Path(__file__).parent.rglob("*.py"))]
    follows = [statistic.indicator, engine.kind, columns, {name: types[name] for name in columns.values()},
               *(hashlib.sha256(source.read_bytes()).hexdigest() for source in sources)]
    return hashlib.sha256(json.dumps(follows).encode()).hexdigest()[:32]
