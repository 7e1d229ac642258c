"""The kinds of views: what each is called in an address, its parameters, what makes it.

A page, an address of the API, a slide of a briefing and an item of a basket name a view
the same way, ``map?indicator=pm25&level=prefecture&year=2022``, and all of them get it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from dashboard import big_number, comparisons, flows, tables, views
from dashboard.i18n import t
from dashboard.parameters import AREA, BASE, ID, MEASURE, Accepted, Parameter, Refusal, read_parameters
from dashboard.views import View
from indicators import get
from indicators.measures import REGION, main_period_kind, period_kinds
from indicators.model import OBS_STATUS, PERIOD_KINDS

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
LISTED = (replace(INDICATOR, many=True), replace(AREA, name="areas"),
          Parameter("kind", "year", lambda _: PERIOD_KINDS, enum=True, many=True),
          Parameter("status", "A", lambda _: OBS_STATUS, enum=True, many=True),
          Parameter("rows", "shown", lambda _: ("all", "shown"), enum=True, default="all"))
PART = replace(ID, name="indicator", path=False, accepted=lambda _: comparisons.summable())
STACKED = Parameter("measure", "level", lambda _: comparisons.STACKED, enum=True)
AXES = tuple(p for axis in "xy" for p in (
    replace(ID, name=axis, path=False, accepted=lambda _: comparisons.comparable()),
    replace(MEASURE, name=f"{axis}_measure", default="")))

FLOWING = replace(INDICATOR, example="tech_contract_value", accepted=lambda _: flows.with_flows())
COUNTERPART = replace(OF_AREA, name="counterpart", example="jin_ji", accepted=lambda i: ("", *AREA.accepted(i)))


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


def _indicator(values: dict, lang: str) -> View | None:
    from dashboard import dossier

    return dossier.lead_view(values.setdefault("indicator", "gdp"), lang)


def _data(values: dict, lang: str) -> View | None:
    chosen = values.setdefault("indicator", ("gdp",))
    frame = tables.observations(chosen, *(values.get(key, ()) for key in ("areas", "kind", "status")), values.get("rows") == "shown")
    if frame.empty:
        return None
    first = t(lang, "chart.join").join(views.indicator_name(i, lang) for i in chosen[:3])
    title = t(lang, "export.table.observations" if len(chosen) <= 3 else "export.table.many", indicators=first, n=len(chosen))
    return View(f"data-{'-'.join(chosen)}"[:80], title, title, (), None, frame.assign(measure="level", computed=False))


def _region(values: dict, lang: str) -> View | None:
    from dashboard import profile  # it imports Streamlit, which an export does without

    area = values.setdefault("area", "jjj")
    view = profile.lead_view(area, lang)
    return view and replace(view, id=f"region-{area}", title=views.area_name(area, lang))


def _in_order(values: dict, parameters: tuple[Parameter, ...]) -> None:
    """Put values in the order of their parameters, so that a view has one address however it was asked for."""
    values.update({p.name: values.pop(p.name) for p in parameters if p.name in values})


def _structure(values: dict, lang: str) -> View | None:
    code = values.setdefault("area", "jjj")
    if "measure" in values and "indicator" not in values:
        raise Refusal(400, "not_accepted", parameter="measure", value=values["measure"], accepted=Accepted(()))
    if "indicator" in values:
        values.setdefault("measure", "share" if code == REGION else "level")
    _in_order(values, (OF_AREA, PART, STACKED))
    return comparisons.structure_view(code, lang, values.get("indicator", ""), values.get("measure", "share"))


def _scatter(values: dict, lang: str) -> View | None:
    for axis, indicator, measure in (("x", "gdp", "per_capita"), ("y", "pm25", "level")):
        given = axis in values
        values.setdefault(axis, indicator)
        values.setdefault(f"{axis}_measure", "level" if given else measure)
        _measure(values[axis], {"measure": values[f"{axis}_measure"]})
    level = values.setdefault("level", "prefecture")
    _in_order(values, (*AXES, MAP_LEVEL, YEAR))
    view = comparisons.scatter_view(values["x"], values["y"], level, lang, values["x_measure"], values["y_measure"])
    return view and _at_year(view, values)


def _period_kind(indicator: str, values: dict) -> str:
    kind, kinds = values.get("kind", main_period_kind(indicator)), period_kinds(indicator)
    if kind not in kinds:
        raise Refusal(400, "not_accepted", parameter="kind", value=kind, accepted=Accepted(kinds))
    return kind


def _flow(values: dict, lang: str) -> View | None:
    indicator = values.setdefault("indicator", "tech_contract_value")
    view = flows.flow_view(indicator, lang, _period_kind(indicator, values))
    values.setdefault("year", view.names()[-1] if view else "")
    return view and _at_year(view, values)


def _number(values: dict, lang: str) -> View | None:
    indicator, area = values.setdefault("indicator", "gdp"), values.setdefault("area", "110000")
    return big_number.number_view(indicator, area, values.get("counterpart", ""), lang, _period_kind(indicator, values))


KINDS = {kind.id: kind for kind in (
    Kind("map", (INDICATOR, MEASURE, MAP_LEVEL, CLASSES, YEAR), _map, "map"),
    Kind("ranking", (INDICATOR, MEASURE, MAP_LEVEL, YEAR), _ranking, "map"),
    Kind("trends", (INDICATORS, AREAS, MEASURE, BASE, KIND, SCALE, SHOW), _trends, "trends"),
    Kind("region", (OF_AREA,), _region, "region"),
    Kind("indicator", (INDICATOR,), _indicator, "indicator"),
    Kind("structure", (OF_AREA, PART, STACKED), _structure, ""),
    Kind("scatter", (*AXES, MAP_LEVEL, YEAR), _scatter, ""),
    Kind("data", LISTED, _data, "data"),
    Kind("flow", (FLOWING, KIND, YEAR), _flow, ""),
    Kind("number", (INDICATOR, OF_AREA, COUNTERPART, KIND), _number, ""),
)}


def check(kind: str, query: Iterable[tuple[str, str]]) -> dict:
    """Values of a view's parameters, without making the view.

    Raises
    ------
    Refusal
        400 for parameters that are not accepted, 404 for a kind that does not exist.
    """
    if kind not in KINDS:
        raise Refusal(404, "not_accepted", parameter="view", value=kind[:64], accepted=Accepted(tuple(KINDS)))
    return read_parameters(KINDS[kind].parameters, {}, query)


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
    values = check(kind, query)
    view = KINDS[kind].make(values, lang)
    if view is None:
        raise Refusal(404, "nothing_to_draw")
    pairs = tuple((key, ",".join(value) if isinstance(value, tuple) else value) for key, value in values.items())
    return replace(view, kind=kind, query=pairs, lang=lang)


def named(view: View, kind: str, lang: str, /, **values: str | Iterable[str] | None) -> View:
    """A view that a page made by itself, under the name by which :func:`open_view` makes the same.

    Parameters
    ----------
    view : dashboard.views.View
    kind : str
        Key of :data:`KINDS`.
    lang : {"zh", "en"}
    **values : str, iterable of str or None
        Values of the kind's parameters; what is empty or the default is left out, as
        :func:`open_view` does.
    """
    pairs = []
    for parameter in KINDS[kind].parameters:
        value = values.get(parameter.name) or ""
        if not isinstance(value, str):
            value = ",".join(value if parameter.most else sorted(value))
        if value not in ("", parameter.default):
            pairs.append((parameter.name, value))
    return replace(view, kind=kind, query=tuple(pairs), lang=lang)


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
    """Where readers find the view: its page, or the chart alone where it has none.

    Parameters
    ----------
    origin : str
        Address of the deployment, ``https://host``; relative to it when empty.
    """
    page = KINDS[view.kind].page or f"embed/{view.kind}"
    query = [*view.query, *([("lang", "EN")] if view.lang == "en" else [])]
    return f"{origin.rstrip('/')}/{page}" + (f"?{urlencode(query, safe=',')}" if query else "")
