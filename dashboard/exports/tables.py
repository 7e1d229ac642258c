"""The figures of a view as CSV, JSON and Parquet, under the names of the API."""

from __future__ import annotations

from dataclasses import asdict

import orjson
import pandas as pd

from dashboard.exports import STANDARD, Options
from dashboard.exports.about import about
from dashboard.rows import OBSERVATION_COLUMNS, SERIES_COLUMNS, csv_bytes, records
from dashboard.views import View
from indicators.ledger import KEY, reconcile


def columns(view: View) -> tuple[tuple[str, str, str], ...]:
    """Name in the API, column of the frame and JSON type of each column of the view's tables."""
    return OBSERVATION_COLUMNS if "shown" in view.frame else SERIES_COLUMNS


def adopted(frame: pd.DataFrame) -> pd.DataFrame:
    """One row for each thing that is measured.

    Parameters
    ----------
    frame : pandas.DataFrame
        Of a view. In a series every row is alone; of observations that disagree or repeat
        each other, the adopted one stands, and where a filter has left it out, the one that
        :func:`indicators.ledger.reconcile` chooses of the rest.
    """
    if "shown" not in frame:
        return frame
    chosen = frame[frame["shown"]].drop_duplicates(KEY)
    rest = frame[~pd.MultiIndex.from_frame(frame[KEY]).isin(pd.MultiIndex.from_frame(chosen[KEY]))].reset_index(drop=True)
    return pd.concat([chosen, rest[reconcile(rest)["shown"]]]).sort_values(KEY)


def metadata(view: View, options: Options = STANDARD) -> dict:
    """What :class:`dashboard.exports.about.About` says of a view, in types that JSON has."""
    content = asdict(about(view, options.origin))
    definitions = [dict(zip(("name", "definition", "method"), d)) for d in content["definitions"]]
    return content | {"notes": list(content["notes"]), "sources": list(content["sources"]), "definitions": definitions}


def csv(view: View, options: Options = STANDARD) -> bytes:
    """CSV as the API writes it: UTF-8 with BOM, no cell that a spreadsheet takes for a formula."""
    return csv_bytes(records(view.frame, columns(view)), columns(view))


def json(view: View, options: Options = STANDARD) -> bytes:
    """A JSON object: what :func:`metadata` says, and the figures as ``rows``."""
    return orjson.dumps(metadata(view, options) | {"rows": records(view.frame, columns(view))})


def parquet(view: View, options: Options = STANDARD) -> bytes:
    """A Parquet file; its schema's metadata has, under ``about``, what :func:`metadata` says as JSON."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    types = {"string": pa.string(), "number": pa.float64(), "boolean": pa.bool_(), "integer": pa.int64()}
    schema = pa.schema([(name, types[kind]) for name, _, kind in columns(view)], {"about": orjson.dumps(metadata(view, options))})
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(records(view.frame, columns(view)), schema), sink)
    return sink.getvalue().to_pybytes()
