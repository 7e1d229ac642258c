"""The kinds of views: what each is called in an address, its parameters, what makes it.

A page, an address of the API, a slide of a briefing and an item of a basket name a view
the same way, ``map?indicator=pm25&level=prefecture&year=2022``, and all of them get it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from dashboard import dossier, profile, views
from dashboard.parameters import AREA, BASE, ID, MEASURE, Accepted, Parameter, Refusal, read_parameters
from dashboard.views import View
from indicators import get
from indicators.measures import main_period_kind

INDICATOR = replace(ID, name="indicator", path=False)
INDICATORS = replace(INDICATOR, name="indicators", many=True, most=4)
OF_AREA = replace(AREA, many=False)
AREAS = replace(AREA, name="areas", example="110000,120000,130000", most=8)
YEAR = Parameter("year", "2022", pattern="[12][0-9]{3}")
MAP_LEVEL = Parameter("level", "prefecture", lambda _: views.MAP_LEVELS, enum=True)
CLASSES = Parameter("classes", "natural", lambda _: ("quantiles", "natural", "equal"), enum=True, default="quantiles")
SCALE = Parameter("scale", "log", lambda _: ("linear", "log"), enum=True, default="linear")
SHOW = Parameter("show", "marks", lambda _: ("marks", "bounds", "none"), enum=True, many=True)
KIND = Parameter("kind", "year", lambda _: views.kinds_of(tuple(views.with_figures())), enum=True)


@dataclass(frozen=True)
class Kind:
    """One kind of view.

    Attributes
    ----------
    id : str
        Name in addresses.
    parameters : tuple of Parameter
    make : callable
        From checked values and a language to a :class:`dashboard.views.View`, or None where
        there is nothing to draw; fills in what the address leaves open, so that a link to
        the view keeps to it when newer figures come.
    page : str
        Page that shows it; empty for a kind that stands only in briefings and exports.
    """

    id: str
    parameters: tuple[Parameter, ...]
    make: Callable[[dict, str], View | None]
    page: str


def _map(values: dict, lang: str) -> View | None:
    indicator = values.setdefault("indicator", "gdp")
    measure = _measure(indicator, values)
    levels = views.levels_of(indicator, measure)
    if not levels:
        return None
    level = values.setdefault("level", levels[0])
    if level not in levels:
        raise Refusal(400, "not_accepted", parameter="level", value=level, accepted=Accepted(levels))
    view = views.map_view(indicator, measure, level, lang, values.get("classes", CLASSES.default))
    return _at_year(view, values)


def _measure(indicator: str, values: dict) -> str:
    measure = values.get("measure", MEASURE.default)
    if measure not in get(indicator).all_measures:
        raise Refusal(400, "not_accepted", parameter="measure", value=measure, accepted=Accepted(get(indicator).all_measures))
    return measure


def _at_year(view: View, values: dict) -> View:
    years = view.names()
    shown = values.setdefault("year", str(views.best_year(view.frame)))
    if shown not in years:
        raise Refusal(400, "not_accepted", parameter="year", value=shown, accepted=Accepted(tuple(years)))
    return replace(view, shown=shown)


def _ranking(values: dict, lang: str) -> View | None:
    view = _map(values, lang)
    return view and views.ranking_of(view)


def _trends(values: dict, lang: str) -> View | None:
    chosen = values.setdefault("indicators", ("gdp",))
    known = views.areas_with_figures(chosen)
    areas = values.setdefault("areas", tuple(c for c in ("110000", "120000", "130000") if c in known) or known[:4])
    measure = values.get("measure", MEASURE.default)
    measures = tuple(dict.fromkeys(m for i in chosen for m in get(i).all_measures))
    if measure not in measures:
        raise Refusal(400, "not_accepted", parameter="measure", value=measure, accepted=Accepted(measures))
    base = values.get("base", None if measure == "growth" else "2014")
    show = values.get("show", ("bounds", "marks"))
    kind = values.get("kind", main_period_kind(chosen[0]))
    view = views.trend_view(chosen, areas, measure, lang, base if measure in views.BASED else None, values.get("scale") == "log",
                            "marks" in show, "bounds" in show, kind)
    return None if view.frame.empty else view


KINDS = {kind.id: kind for kind in (
    Kind("map", (INDICATOR, MEASURE, MAP_LEVEL, CLASSES, YEAR), _map, "map"),
    Kind("ranking", (INDICATOR, MEASURE, MAP_LEVEL, YEAR), _ranking, "map"),
    Kind("trends", (INDICATORS, AREAS, MEASURE, BASE, KIND, SCALE, SHOW), _trends, "trends"),
    Kind("region", (OF_AREA,), lambda values, lang: profile.lead_view(values.setdefault("area", "jjj"), lang), "region"),
    Kind("indicator", (INDICATOR,), lambda values, lang: dossier.lead_view(values.setdefault("indicator", "gdp"), lang), "indicator"),
)}


def open_view(kind: str, query: Iterable[tuple[str, str]], lang: str) -> View:
    """The view that an address asks for.

    Parameters
    ----------
    kind : str
        Key of :data:`KINDS`.
    query : iterable of (str, str)
        Names and values of its parameters; what is absent has the default of the page.
    lang : {"zh", "en"}

    Returns
    -------
    dashboard.views.View
        With its ``kind``, ``query`` and ``lang`` set.

    Raises
    ------
    Refusal
        400 for parameters that are not accepted, 404 for a kind that does not exist or a
        view with nothing to draw.
    """
    if kind not in KINDS:
        raise Refusal(404, "not_accepted", parameter="view", value=kind, accepted=Accepted(tuple(KINDS)))
    values = read_parameters(KINDS[kind].parameters, {}, query)
    view = KINDS[kind].make(values, lang)
    if view is None:
        raise Refusal(404, "nothing_to_draw")
    pairs = tuple((key, ",".join(value) if isinstance(value, tuple) else value) for key, value in values.items())
    return replace(view, kind=kind, query=pairs, lang=lang)


def parse(address: str) -> tuple[str, list[tuple[str, str]]]:
    """Kind and query of a view's address.

    >>> parse("map?indicator=pm25&year=2022")
    ('map', [('indicator', 'pm25'), ('year', '2022')])
    """
    parts = urlsplit(address)
    return parts.path.strip("/"), parse_qsl(parts.query, keep_blank_values=True)


def address(view: View) -> str:
    """The address of a view, without its language: ``map?indicator=pm25``."""
    return f"{view.kind}?{urlencode(view.query, safe=',')}" if view.query else view.kind


def permanent_link(view: View, origin: str = "") -> str:
    """Where readers find the view.

    Parameters
    ----------
    origin : str
        Address of the deployment, ``https://host``; relative to it when empty.
    """
    page = KINDS[view.kind].page or view.kind
    query = [*view.query, *([("lang", "EN")] if view.lang == "en" else [])]
    return f"{origin.rstrip('/')}/{page}" + (f"?{urlencode(query, safe=',')}" if query else "")
