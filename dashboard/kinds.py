"""The kinds of views: what each is called in an address, its parameters, what makes it.

A page, an address of the API, a slide of a briefing and an item of a basket name a view
the same way, ``map?indicator=pm25&level=prefecture&year=2022``, and all of them get it here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from dashboard import (
    against,
    big_number,
    circles,
    comparisons,
    contributions,
    converging,
    courses,
    dispersion,
    flow_balance,
    flows,
    gaps,
    index_scores,
    index_views,
    neighbours,
    rails,
    relations,
    structure,
    tables,
    views,
)
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
PART = replace(ID, name="indicator", path=False, accepted=lambda _: structure.summable())
STACKED = Parameter("measure", "level", lambda _: structure.STACKED, enum=True)
AXES = tuple(p for axis in "xy" for p in (
    replace(ID, name=axis, path=False, accepted=lambda _: comparisons.comparable()),
    replace(MEASURE, name=f"{axis}_measure", default="")))
TRAILS = Parameter("trails", "1", lambda _: ("1",), enum=True)
COMPARED = replace(INDICATOR, accepted=lambda _: comparisons.comparable())
FROM, TO = (replace(YEAR, name=name, example=example, pattern="", accepted=lambda _: comparisons.ledger_years()) for name, example in (("from", "2014"), ("to", "2023")))
REFERENCE = replace(OF_AREA, name="reference", example="130000")

FLOWING = replace(INDICATOR, example="tech_contract_value", accepted=lambda _: flows.with_flows())
QUANTITY = Parameter("quantity", "outflow", lambda _: flow_balance.QUANTITIES, enum=True)
COUNTERPART = replace(OF_AREA, name="counterpart", example="jin_ji", accepted=lambda i: ("", *AREA.accepted(i)))

ORIGIN = replace(OF_AREA, accepted=lambda _: rails.origins())

INDEX_LEVEL = replace(MAP_LEVEL, example="province", accepted=lambda _: index_scores.LEVELS, default="province")
NORMALISE = Parameter("normalise", "zscore", lambda _: index_scores.NORMALISATIONS, enum=True, default="minmax")
WEIGHTS = Parameter("weights", "indicators", lambda _: index_scores.WEIGHTS, enum=True, default="dimensions")
AGGREGATE = Parameter("aggregate", "geometric", lambda _: index_scores.AGGREGATIONS, enum=True, default="arithmetic")
GIVEN = Parameter("given", "30,20,20,10,20", pattern=r"[0-9]{1,4}(\.[0-9]{1,4})?(,[0-9]{1,4}(\.[0-9]{1,4})?){4}", check=index_scores.given_numbers)
MISSING = Parameter("missing", "carry", lambda _: index_scores.MISSING, enum=True, default="leave_out")
INDEX_CHOICES = (INDEX_LEVEL, NORMALISE, WEIGHTS, AGGREGATE, GIVEN, MISSING)
OFFICIAL_INDEX = replace(INDICATOR, example="jjj_index_total", accepted=lambda _: index_views.OFFICIAL)

GAP = replace(INDICATOR, accepted=lambda _: gaps.comparable())
ADDABLE = replace(INDICATOR, accepted=lambda _: gaps.addable())
GAP_MEASURE = replace(MEASURE, default="")
GAP_LEVEL = replace(MAP_LEVEL, accepted=lambda _: gaps.LEVELS)
STATISTICS = Parameter("statistics", "gini", lambda _: gaps.STATISTICS, enum=True, many=True)
SPAN = tuple(Parameter(name, example, lambda _: gaps.YEARS, enum=True) for name, example in (("from", "2018"), ("to", "2023")))
SPATIAL_WEIGHTS = Parameter("weights", "distance", lambda _: neighbours.WEIGHTS, enum=True, default="queen")


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
        Page that shows it, with what its address needs to show this kind; empty for a kind that stands only in
        briefings and exports.
    """

    id: str
    parameters: tuple[Parameter, ...]
    make: Callable[[dict, str], View | None]
    page: str


def _map(values: dict, lang: str) -> View | None:
    chosen = _compared(values)
    return chosen and _at_year(views.map_view(*chosen, lang, values.get("classes", CLASSES.default)), values)


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
    return structure.structure_view(code, lang, values.get("indicator", ""), values.get("measure", "share"))


def _scatter(values: dict, lang: str) -> View | None:
    for axis, indicator, measure in (("x", "gdp", "per_capita"), ("y", "pm25", "level")):
        given = axis in values
        values.setdefault(axis, indicator)
        values.setdefault(f"{axis}_measure", "level" if given else measure)
        _measure(values[axis], {"measure": values[f"{axis}_measure"]})
    level = values.setdefault("level", "prefecture")
    _in_order(values, (*AXES, MAP_LEVEL, SCALE, TRAILS, YEAR))
    view = relations.scatter_view(values["x"], values["y"], level, lang, values["x_measure"], values["y_measure"],
                                    values.get("scale", SCALE.default), "trails" in values)
    return view and _at_year(view, values)


def _compared(values: dict) -> tuple[str, str, str] | None:
    """Indicator, measure and level of a comparison; None where the indicator has no figures of any level."""
    indicator = values.setdefault("indicator", "gdp")
    measure = _measure(indicator, values)
    levels = views.levels_of(indicator, measure)
    if not levels:
        return None
    level = values.setdefault("level", levels[0])
    if level not in levels:
        raise Refusal(400, "not_accepted", parameter="level", value=level, accepted=Accepted(levels))
    return indicator, measure, level


def _maps(values: dict, lang: str) -> View | None:
    chosen = _compared(values)
    _in_order(values, (COMPARED, MEASURE, MAP_LEVEL))
    return chosen and courses.maps_view(*chosen, lang)


def _bump(values: dict, lang: str) -> View | None:
    chosen = _compared(values)
    _in_order(values, (COMPARED, MEASURE, MAP_LEVEL))
    return chosen and courses.bump_view(*chosen, lang)


def _slope(values: dict, lang: str) -> View | None:
    chosen = _compared(values)
    known = chosen and courses.slope_years(*chosen)
    if not known:
        return None
    years, first, last = known
    if values.get("from", str(first)) >= values.get("to", str(last)):  # one of them given, beyond the usual other
        first, last = years[0], years[-1]
    for key, usual, accepted in (("from", first, years[:-1]), ("to", last, years[1:])):
        if int(values.setdefault(key, str(usual))) not in accepted:
            raise Refusal(400, "not_accepted", parameter=key, value=values[key], accepted=Accepted(tuple(map(str, accepted))))
    if values["from"] >= values["to"]:
        raise Refusal(400, "not_accepted", parameter="to", value=values["to"], accepted=Accepted(tuple(str(y) for y in years if str(y) > values["from"])))
    _in_order(values, (COMPARED, MEASURE, MAP_LEVEL, FROM, TO))
    return courses.slope_view(*chosen, int(values["from"]), int(values["to"]), lang)


def _multiples(values: dict, lang: str) -> View | None:
    indicator = values.setdefault("indicator", "gdp")
    areas = values.setdefault("areas", comparisons.usual_areas(indicator))
    _in_order(values, (COMPARED, AREAS))
    return courses.multiples_view(indicator, areas, lang)


def _against(values: dict, lang: str) -> View | None:
    indicator = values.setdefault("indicator", "gdp")
    measure = _measure(indicator, values)
    usual = [c for c in comparisons.usual_areas(indicator, measure) if c not in (values.get("area"), values.get("reference"))]
    for key in ("area", "reference"):
        if key not in values and not usual:
            return None
        values.setdefault(key, usual[0] if usual else "")
        usual = [c for c in usual if c != values[key]]
    _in_order(values, (COMPARED, MEASURE, OF_AREA, REFERENCE))
    return against.against_view(indicator, measure, values["area"], values["reference"], lang)


def _period_kind(indicator: str, values: dict) -> str:
    kind, kinds = values.get("kind", main_period_kind(indicator)), period_kinds(indicator)
    if kind not in kinds:
        raise Refusal(400, "not_accepted", parameter="kind", value=kind, accepted=Accepted(kinds))
    return kind


def _flow_of(make: Callable) -> Callable[[dict, str], View | None]:
    """What makes a view of flows that has a frame a year, the newest shown first."""
    def one(values: dict, lang: str) -> View | None:
        indicator = values.setdefault("indicator", "tech_contract_value")
        view = make(indicator, lang, _period_kind(indicator, values))
        values.setdefault("year", view.names()[-1] if view else "")
        return view and _at_year(view, values)
    return one


def _flow_balance(values: dict, lang: str) -> View | None:
    indicator = values.setdefault("indicator", "tech_contract_value")
    kind = _period_kind(indicator, values)
    known = flow_balance.quantities_of(indicator, kind)
    quantity = values.setdefault("quantity", flow_balance.usual(indicator, kind))
    if known and quantity not in known:
        raise Refusal(400, "not_accepted", parameter="quantity", value=quantity, accepted=Accepted(known))
    view = flow_balance.balance_view(indicator, lang, kind, quantity)
    values.setdefault("year", view.names()[-1] if view else "")
    _in_order(values, (FLOWING, QUANTITY, KIND, YEAR))
    return view and _at_year(view, values)


def _flow_course(values: dict, lang: str) -> View | None:
    indicator = values.setdefault("indicator", "tech_contract_value")
    known = flows.places(indicator)
    if values.setdefault("area", known[0]) not in known:
        raise Refusal(400, "not_accepted", parameter="area", value=values["area"], accepted=Accepted(known))
    _in_order(values, (FLOWING, OF_AREA, KIND))
    return flows.course_view(indicator, values["area"], lang, _period_kind(indicator, values))


def _number(values: dict, lang: str) -> View | None:
    indicator, area = values.setdefault("indicator", "gdp"), values.setdefault("area", "110000")
    return big_number.number_view(indicator, area, values.get("counterpart", ""), lang, _period_kind(indicator, values))


def _rail(values: dict, lang: str) -> View | None:
    view = rails.network_view(lang)
    values.setdefault("year", view.shown)
    return _at_year(view, values)


def _travel_times(values: dict, lang: str) -> View | None:
    return rails.times_view(values.setdefault("area", rails.origins()[0]), lang)


def _choices(values: dict) -> index_scores.Choices:
    """Choices of a composite index; weights that cannot be had are refused."""
    if "given" in values:
        if values.setdefault("weights", "given") != "given":
            raise Refusal(400, "not_accepted", parameter="weights", value=values["weights"], accepted=Accepted(("given",)))
    elif values.get("weights") == "given":
        values["given"] = index_scores.EVENLY
    _in_order(values, (*INDEX_CHOICES, YEAR))
    choices = index_scores.Choices(*(values.get(p.name, p.default) for p in INDEX_CHOICES))
    try:
        index_scores.scores(choices)
    except ValueError:
        if choices.given:
            raise Refusal(400, "malformed_given", value=choices.given) from None
        raise Refusal(400, "not_accepted", parameter="weights", value=choices.weights, accepted=Accepted(index_scores.WEIGHTS[:2])) from None
    return choices


def _index(values: dict, lang: str) -> View | None:
    view = index_views.index_view(lang, _choices(values))
    return view and _at_year(view, values)


def _index_course(values: dict, lang: str) -> View | None:
    return index_views.course_view(lang, _choices(values))


def _index_sensitivity(values: dict, lang: str) -> View | None:
    choices = _choices(values)
    years = tuple(str(y) for y in sorted(index_scores.scores(choices)["year"].unique()))
    year = values.setdefault("year", years[-1] if years else "")
    if year not in years:
        raise Refusal(400, "not_accepted", parameter="year", value=year, accepted=Accepted(years))
    return index_views.sensitivity_view(lang, choices, int(year))


def _official_index(values: dict, lang: str) -> View | None:
    return index_views.official_view(lang, values.setdefault("indicator", index_views.OFFICIAL[0]))


KINDS = {kind.id: kind for kind in (
    Kind("map", (INDICATOR, MEASURE, MAP_LEVEL, CLASSES, YEAR), _map, "map"),
    Kind("ranking", (INDICATOR, MEASURE, MAP_LEVEL, YEAR), _ranking, "map"),
    Kind("trends", (INDICATORS, AREAS, MEASURE, BASE, KIND, SCALE, SHOW), _trends, "trends"),
    Kind("region", (OF_AREA,), _region, "region"),
    Kind("indicator", (INDICATOR,), _indicator, "indicator"),
    Kind("structure", (OF_AREA, PART, STACKED), _structure, ""),
    Kind("scatter", (*AXES, MAP_LEVEL, SCALE, TRAILS, YEAR), _scatter, "compare"),
    Kind("slope", (COMPARED, MEASURE, MAP_LEVEL, FROM, TO), _slope, "compare?form=slope"),
    Kind("bump", (COMPARED, MEASURE, MAP_LEVEL), _bump, "compare?form=bump"),
    Kind("maps", (COMPARED, MEASURE, MAP_LEVEL), _maps, "compare?form=maps"),
    Kind("multiples", (COMPARED, AREAS), _multiples, "compare?form=multiples"),
    Kind("against", (COMPARED, MEASURE, OF_AREA, REFERENCE), _against, "compare?form=against"),
    Kind("data", LISTED, _data, "data"),
    Kind("flow", (FLOWING, KIND, YEAR), _flow_of(flows.flow_view), "flows"),
    Kind("flow_map", (FLOWING, KIND, YEAR), _flow_of(flows.map_view), "flows?form=flow_map"),
    Kind("flow_matrix", (FLOWING, KIND, YEAR), _flow_of(flows.matrix_view), "flows?form=flow_matrix"),
    Kind("flow_balance", (FLOWING, QUANTITY, KIND, YEAR), _flow_balance, "flows?form=flow_balance"),
    Kind("flow_course", (FLOWING, OF_AREA, KIND), _flow_course, "flows?form=flow_course"),
    Kind("number", (INDICATOR, OF_AREA, COUNTERPART, KIND), _number, ""),
    Kind("rail", (YEAR,), _rail, "rails"),
    Kind("rail_reach", (), lambda values, lang: rails.reach_view(lang), "rails"),
    Kind("travel_times", (ORIGIN,), _travel_times, "rails"),
    Kind("index", (*INDEX_CHOICES, YEAR), _index, "index"),
    Kind("index_course", INDEX_CHOICES, _index_course, "index"),
    Kind("index_sensitivity", (*INDEX_CHOICES, YEAR), _index_sensitivity, "index"),
    Kind("official_index", (OFFICIAL_INDEX,), _official_index, "index"),
    Kind("targets", (), lambda values, lang: index_views.targets_view(lang), "index"),
    Kind("dispersion", (GAP, GAP_MEASURE, GAP_LEVEL, STATISTICS), dispersion.dispersion, "gaps"),
    Kind("convergence", (GAP, GAP_MEASURE, GAP_LEVEL, *SPAN), converging.converging, "gaps?form=convergence"),
    Kind("contributions", (ADDABLE, GAP_LEVEL, *SPAN), contributions.contributing, "gaps?form=contributions"),
    Kind("circles", (replace(ADDABLE, accepted=lambda _: circles.circled()), GAP_LEVEL), circles.circling, "gaps?form=circles"),
    Kind("moran", (replace(GAP, accepted=lambda _: gaps.prefectural()), GAP_MEASURE, YEAR, SPATIAL_WEIGHTS), neighbours.neighbouring, "gaps?form=moran"),
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
    joint = "&" if "?" in page else "?"
    return f"{origin.rstrip('/')}/{page}" + (f"{joint}{urlencode(query, safe=',')}" if query else "")
