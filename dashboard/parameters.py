"""Parameters of addresses: what each accepts, and the sentence for a value that it does not.

The API, the exports and the playlists read what they are asked for by these declarations,
and the API's own description is written from them.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from dashboard.i18n import LANGUAGES, t
from geodata import LEVELS, areas
from indicators import catalogue, get
from indicators.ledger import observations, reconciled, sources
from indicators.measures import period_kinds
from indicators.model import MEASURES, PERIOD_KINDS, period_end

MAX_VALUE = 64
#: Up to so many accepted values an error names all of them, above that the nearest.
LISTED = 20


class Refusal(Exception):
    """A request that is not answered: an HTTP status and the key of the sentence that says why."""

    def __init__(self, status: int, key: str, **values):
        super().__init__(key)
        self.status, self.key, self.values = status, key, values

    def sentence(self, lang: str) -> str:
        """What is wrong and what is accepted, in the language `lang`."""
        values = {k: v.text(lang) if isinstance(v, Accepted) else v for k, v in self.values.items()}
        return t(lang, f"api.{self.key}", **values)


@dataclass(frozen=True)
class Accepted:
    """Values that would have been accepted instead of `value`; `listing` has those too many to name."""

    options: tuple[str, ...]
    value: str = ""
    listing: str = ""

    def text(self, lang: str) -> str:
        """The values in a row, or the nearest of many and where all are listed."""
        join = t(lang, "api.join")
        if not self.listing or len(self.options) <= LISTED:
            return join.join(self.options) or t(lang, "api.none")
        near = difflib.get_close_matches(self.value, self.options, n=3, cutoff=0.5) or self.options[:3]
        return t(lang, "api.among", some=join.join(near), listing=self.listing)


@dataclass(frozen=True)
class Parameter:
    """One parameter: what is accepted, and what the OpenAPI document says of it.

    Attributes
    ----------
    name : str
        In the address; its description stands in the text files under ``api.parameter``.
    example : str
    accepted : callable, optional
        From an indicator's id, or None for any, to the accepted values.
    enum : bool
        Whether the document lists what ``accepted(None)`` returns.
    listing : str
        Where values that are too many for an error's sentence are listed.
    pattern : str
        ASCII regular expression of a whole value, where values cannot be listed.
    check : callable, optional
        Raises ValueError for a value that fits the pattern and is wrong all the same.
    many : bool
        Whether it may be repeated and may hold several values between commas.
    default : str
        Value that means the same as none.
    path : bool
        Whether it is part of the path.
    most : int
        Of a parameter that takes many: how many, in the order given. 0: any number, sorted,
        because their order means nothing.
    """

    name: str
    example: str
    accepted: Callable[[str | None], tuple[str, ...]] | None = None
    enum: bool = False
    listing: str = ""
    pattern: str = ""
    check: Callable[[str], object] | None = None
    many: bool = False
    default: str = ""
    path: bool = False
    most: int = 0

    def read(self, raw: list[str], indicator: str | None) -> str | tuple[str, ...]:
        """The value, or the values of a parameter that takes many.

        Raises
        ------
        Refusal
            For a value that is not accepted, and for several where one is.
        """
        if not self.many and len(raw) > 1:
            raise Refusal(400, "repeated", parameter=self.name, n=len(raw))
        values = [part for text in raw for part in text.split(",")] if self.many else raw
        for value in values:
            self._check(value, indicator)
        if not self.many:
            return values[0]
        if not self.most:
            return tuple(sorted(set(values)))
        if len(set(values)) > self.most:
            raise Refusal(400, "too_many", parameter=self.name, n=len(set(values)), limit=self.most)
        return tuple(dict.fromkeys(values))

    def _check(self, value: str, indicator: str | None) -> None:
        if len(value) > MAX_VALUE:
            raise Refusal(400, "too_long", parameter=self.name, n=len(value), limit=MAX_VALUE)
        if self.accepted is not None:
            options = self.accepted(indicator)
            if value not in options:
                raise Refusal(404 if self.path else 400, "not_accepted", parameter=self.name, value=value,
                              accepted=Accepted(options, value, self.listing))
            return
        try:
            if not re.fullmatch(self.pattern, value):
                raise ValueError(value)
            if self.check:
                self.check(value)
        except ValueError:
            raise Refusal(400, f"malformed_{self.name}", value=value) from None


def _ids(_indicator: str | None) -> tuple[str, ...]:
    return tuple(i.id for i in catalogue())


def _area_codes(_indicator: str | None) -> tuple[str, ...]:
    return tuple(a.code for a in areas())


def _measures(indicator: str | None) -> tuple[str, ...]:
    return get(indicator).all_measures if indicator else MEASURES


def _series_kinds(indicator: str | None) -> tuple[str, ...]:
    return tuple(period_kinds(indicator)) if indicator else PERIOD_KINDS


def observed(column: str, indicator: str | None) -> tuple[str, ...]:
    """Values of a column of the ledger, of one indicator or of all."""
    rows = reconciled(indicator) if indicator else observations()
    return tuple(sorted(set(rows[column]) - {""}))


def _source_ids(_indicator: str | None) -> tuple[str, ...]:
    return tuple(sources().index)


_MONTH = "[0-9]{4}(-[0-9]{2})?"
ID = Parameter("id", "gdp", _ids, enum=True, listing="/api/catalogue.json", path=True)
LEVEL = Parameter("level", "prefecture", lambda _: LEVELS, enum=True, path=True)
AREA = Parameter("area", "110000", _area_codes, listing="/api/catalogue.json", many=True)
COUNTERPART = replace(AREA, name="counterpart", example="130000")
PERIOD = Parameter("period", "2014/2023", pattern=f"{_MONTH}(/{_MONTH})?", check=period_end)
MEASURE = Parameter("measure", "index", _measures, enum=True, default="level")
BASE = Parameter("base", "2014", pattern="[12][0-9]{3}")
KIND = Parameter("kind", "year", _series_kinds, enum=True)
KIND_OBSERVED = replace(KIND, accepted=lambda i: observed("period_kind", i) if i else PERIOD_KINDS)
VINTAGE = Parameter("vintage", "census4", functools.partial(observed, "vintage"), listing="/api/catalogue.json")
SOURCE = Parameter("source", "BJTJJ_2023", _source_ids, listing="/api/sources.json", many=True)
LANG = Parameter("lang", "zh", lambda _: LANGUAGES, enum=True, default="en")


def read_parameters(parameters: tuple[Parameter, ...], path: dict[str, str], query: Iterable[tuple[str, str]]) -> dict:
    """Values of a request's parameters.

    Parameters
    ----------
    parameters : tuple of Parameter
        Those that are accepted.
    path : dict of str to str
        Parameters of the path.
    query : iterable of (str, str)
        Names and values of the query, in order, repetitions included.

    Returns
    -------
    dict
        By name, without those that are absent or have their default; a tuple for a
        parameter that takes many values.

    Raises
    ------
    Refusal
        404 for a path and 400 for a query that is not accepted.
    """
    raw: dict[str, list[str]] = {key: [value] for key, value in path.items()}
    allowed = {p.name: p for p in parameters}
    for key, value in query:
        if key not in allowed or allowed[key].path:
            names = tuple(p.name for p in parameters if not p.path)
            raise Refusal(400, "unknown_parameter", value=key[:MAX_VALUE], accepted=Accepted(names))
        raw.setdefault(key, []).append(value)
    values: dict = {}
    for parameter in parameters:
        if parameter.name in raw:
            value = parameter.read(raw[parameter.name], values.get("id"))
            if value != parameter.default:
                values[parameter.name] = value
    return values
