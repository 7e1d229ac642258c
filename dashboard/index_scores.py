"""What a composite index is computed from and what comes out, for all choices a reader can make.

The computing is done in :mod:`dashboard.runs`, so pages, exports and the API share what one of them has computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from dashboard import runs
from dashboard.parameters import Refusal
from geodata import HOME, areas
from indicators import get
from indicators.analysis import composite, sections, uncertainty
from indicators.measures import SERIES_COLUMNS
from indicators.reports.reviewed import cached, revision

LEVELS = ("province", "prefecture")
NORMALISATIONS, AGGREGATIONS, MISSING = composite.NORMALISATIONS, composite.AGGREGATIONS, sections.MISSING

#: Weights by rule, and those that the reader gives to the dimensions.
WEIGHTS = (*composite.WEIGHTS, "given")
EVENLY = ",".join(["20"] * len(sections.DIMENSIONS))

#: Id under which the derived scores stand in exports, and their unit, that of the official index.
COMPOSITE = "composite_index"
UNIT = get("jjj_index_total").unit

#: Base sample of the sensitivity indices.
SAMPLE = 1024


class Choices(NamedTuple):
    """What a reader chooses, as it stands in an address; `given` holds for ``weights="given"`` alone."""

    level: str = "province"
    normalise: str = "minmax"
    weights: str = "dimensions"
    aggregate: str = "arithmetic"
    given: str = ""
    missing: str = "leave_out"

    @property
    def method(self) -> tuple:
        """Normalisation, weights and aggregation as :mod:`indicators.analysis.composite` takes them."""
        return self.normalise, given_numbers(self.given) if self.weights == "given" else self.weights, self.aggregate

    @property
    def id(self) -> str:
        """For names of files and places on a page."""
        return "-".join(part.replace(",", "_") for part in self if part)


STANDARD = Choices()


def given_numbers(text: str) -> tuple[float, ...]:
    """Weights of the five dimensions out of an address, adding up to one.

    Raises
    ------
    ValueError
        Unless they are five numbers from 0 on, one above 0.

    Examples
    --------
    >>> given_numbers("30,20,20,10,20")
    (0.3, 0.2, 0.2, 0.1, 0.2)
    """
    numbers = [float(part) for part in text.split(",")]
    if len(numbers) != len(sections.DIMENSIONS):
        raise ValueError(f"{len(sections.DIMENSIONS)} weights are needed, not {len(numbers)}")
    return tuple(float(w) for w in composite.given_weights(numbers))


@cached(maxsize=4)
def panel(level: str, missing: str = "leave_out"):
    """The figures of a level; see :func:`indicators.analysis.sections.gather`."""
    return sections.gather([a.code for a in areas(level, HOME)], missing=missing)


def scores(choices: Choices) -> pd.DataFrame:
    """Scores of all years with intervals of score and rank, as derived rows of a series.

    Raises
    ------
    ValueError
        Where the weights cannot be computed from the figures of any year.
    dashboard.parameters.Refusal
        503 where too many runs are under way.
    """
    return _found(*scores_run(choices))


def sensitivity(choices: Choices, year: int) -> pd.DataFrame:
    """See :func:`indicators.analysis.uncertainty.sensitivity`; refused as :func:`scores` is."""
    return _found(*sensitivity_run(choices, year))


def _found(key, function):
    try:
        return runs.value(key, function)
    except runs.Busy:
        raise Refusal(503, "computing") from None


def scores_run(choices: Choices) -> tuple[tuple, Callable]:
    """Key and function of the run that finds :func:`scores`; see :func:`dashboard.runs.start`."""
    return ("scores", revision(), choices), lambda progress, cancelled: _scores(choices, progress, cancelled)


def sensitivity_run(choices: Choices, year: int) -> tuple[tuple, Callable]:
    """Key and function of the run that finds :func:`sensitivity`."""
    def found(progress, cancelled):
        section = next(s for s in panel(choices.level, choices.missing).sections if s.year == year)
        return uncertainty.sensitivity(section, *choices.method, n=SAMPLE, progress=progress, cancelled=cancelled)
    return ("sensitivity", revision(), choices, year), found


def _scores(choices: Choices, progress, cancelled) -> pd.DataFrame:
    whole, rows, refusal = panel(choices.level, choices.missing), [], None
    for n, section in enumerate(whole.sections):
        try:
            found = uncertainty.spread(section, *choices.method, cancelled=cancelled,
                                       progress=lambda share, n=n: progress((n + share) / len(whole.sections)))
        except ValueError as error:  # principal components of too few areas, or weights of dimensions that have no indicator
            refusal = error
            continue
        ranks = uncertainty.shown_ranks(found)
        own = whole.rows[whole.rows["year"] == section.year]
        for i, code in enumerate(section.areas):
            inputs = own[own["area"] == code]
            note = [", ".join(x for x in choices[1:5] if x) + ": " + ", ".join(p[1] for p in section.parts)]
            note += [f"carried forward: {indicator} {year}" for indicator, year in section.carried.get(code, ())]
            rows.append({
                "indicator": COMPOSITE, "area": code, "counterpart_area": "", "period": str(section.year), "period_kind": "year", "year": section.year,
                "t": float(section.year), "measure": "score", "value": found.score[i], "lower": found.lower[i], "upper": found.upper[i], "unit": UNIT,
                "value_text": "", "obs_status": "E", "vintage": "", "source": _joined(inputs["source"]), "locator": "", "rule": "computed", "others": 0,
                "note": "; ".join(note), "conflict": False, "computed": True, "basis": "|".join(section.bases), "best": ranks[i][0], "worst": ranks[i][1],
                "carried": "|".join(f"{indicator}:{year}" for indicator, year in section.carried.get(code, ()))})
    if not rows and refusal:
        raise refusal
    return pd.DataFrame(rows, columns=[*SERIES_COLUMNS, "best", "worst", "carried"])


def _joined(values) -> str:
    return "|".join(dict.fromkeys(v for value in values for v in str(value).split("|") if v))
