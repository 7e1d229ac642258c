"""The API: the same functions that the pages call, as CSV, JSON and GeoJSON.

:data:`RESOURCES` declares every address with its parameters. The handlers read requests
by it and ``/api/openapi.json`` is written from it, so the two cannot disagree. Handlers
are plain functions, which Starlette runs in threads.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import orjson
import pandas as pd
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import openapi
from dashboard.i18n import LANGUAGES, t
from dashboard.parameters import (
    AREA,
    BASE,
    COUNTERPART,
    ID,
    KIND,
    KIND_OBSERVED,
    LANG,
    LEVEL,
    MAX_VALUE,
    MEASURE,
    PERIOD,
    SOURCE,
    VINTAGE,
    Accepted,
    Parameter,
    Refusal,
    observed,
    read_parameters,
)
from dashboard.rows import CSV, GEOJSON, JSON, OBSERVATION_COLUMNS, SERIES_COLUMNS, csv_bytes, records
from dashboard.server.request_id import request_id
from dashboard.views import BASED
from geodata import LEVELS, areas, geojson_file
from indicators import catalogue, series
from indicators.ledger import reconciled, sources
from indicators.measures import main_period_kind, period_kinds, unit_of
from indicators.model import MEASURES, OBS_STATUS, PERIOD_KINDS, period_bounds, period_end
from indicators.names import indicator_text, name
from indicators.reports.reviewed import cached

log = logging.getLogger(__name__)

MAX_QUERY = 4000
DAY = 86_400
#: Seconds for which a copy of figures need not be asked about: what a reviewer accepts shows everywhere within five.
FRESH = 1


# --- what is answered ------------------------------------------------------------------


def _both(of: Callable[[str], str]) -> dict[str, str]:
    return {lang: of(lang) for lang in LANGUAGES}


def _indicator_name(indicator_id: str) -> dict[str, str]:
    return _both(lambda lang: indicator_text(indicator_id, lang)["name"])


def _named(kind: str, keys: Iterable[str]) -> list[dict]:
    return [{"id": key, "name": _both(lambda lang, key=key: name(kind, key, lang))} for key in keys]


def _indicator_entry(indicator) -> dict:
    rows = reconciled(indicator.id)
    years = [period_end(p)[0] for p in rows[rows["obs_status"] != "F"]["period"]]
    return {
        "id": indicator.id, "name": _indicator_name(indicator.id), "theme": indicator.theme, "unit": indicator.unit,
        "aggregation": indicator.aggregation, "measures": indicator.all_measures,
        "period_kind": main_period_kind(indicator.id), "period_kinds": period_kinds(indicator.id),
        "flow": indicator.flow, "better": indicator.better,
        "limits": [{"value": x.value, "name": _both(lambda lang, x=x: name("limit", x.name, lang)), "source": x.source}
                   for x in indicator.limits],
        "areas": rows["area"].nunique(), "first_year": min(years, default=None), "last_year": max(years, default=None),
        "observations": len(rows),
    }


def catalogue_content(_query: dict | None = None) -> dict:
    """All indicators, and the lists of codes that the other addresses use.

    Returns
    -------
    dict
        ``indicators``; ``themes``, ``levels``, ``measures``, ``period_kinds``,
        ``statuses``, ``vintages`` as id and name; ``areas`` with code, name, level and parent.
        An indicator's ``areas`` and ``observations`` are counts over all observations, its
        ``first_year`` and ``last_year`` leave out targets and are null where there is nothing.
    """
    return {
        "indicators": [_indicator_entry(i) for i in catalogue()],
        "themes": _named("theme", dict.fromkeys(i.theme for i in catalogue())),
        "levels": [{"id": level, "name": _both(lambda lang, level=level: t(lang, f"level.{level}"))} for level in LEVELS],
        "measures": _named("measure", MEASURES),
        "period_kinds": _named("period_kind", PERIOD_KINDS),
        "statuses": _named("obs_status", OBS_STATUS),
        "vintages": _named("vintage", observed("vintage", None)),
        "areas": [{"code": a.code, "name": {"zh": a.name_zh, "en": a.name_en}, "level": a.level, "parent": a.parent}
                  for a in areas()],
    }


def sources_content(_query: dict | None = None) -> dict:
    """All sources, as ``indicators/data/sources.csv`` has them."""
    return {"sources": sources().to_dict("records")}


def _within(frame: pd.DataFrame, period: str | None) -> pd.DataFrame:
    """Rows whose period ends within `period`."""
    if period is None:
        return frame
    first, last = period_bounds(period)
    return frame[[first <= period_end(p) <= last for p in frame["period"]]]


def series_frame(query: dict) -> pd.DataFrame:
    """The series that a request asks for.

    Parameters
    ----------
    query : dict
        Checked values, see :func:`read_parameters`: id and, where given, area, counterpart,
        period, measure, base, kind, vintage.

    Returns
    -------
    pandas.DataFrame
        See :func:`indicators.series`, which computes it.

    Raises
    ------
    Refusal
        If a base is given with a measure that has none.
    """
    measure = query.get("measure", MEASURE.default)
    if "base" in query and measure not in BASED:
        raise Refusal(400, "base_unused", measure=measure, accepted=Accepted(BASED))
    frame = series(query["id"], areas=query.get("area"), measure=measure, base=query.get("base"),
                   period_kind=query.get("kind"), counterparts=query.get("counterpart"), vintage=query.get("vintage"))
    return _within(frame, query.get("period"))


#: Parameter of /api/observations -> column that it filters.
_FILTERS = {"area": "area", "counterpart": "counterpart_area", "kind": "period_kind", "vintage": "vintage",
            "source": "source"}


def observation_frame(query: dict) -> pd.DataFrame:
    """The observations that a request asks for, shown or not.

    Parameters
    ----------
    query : dict
        Checked values, see :func:`read_parameters`: id and, where given, area, counterpart,
        period, kind, vintage, source.

    Returns
    -------
    pandas.DataFrame
        See :func:`indicators.ledger.reconcile`; ``measure`` is ``level`` and ``computed``
        false, for every row stands in its source.
    """
    frame = reconciled(query["id"])
    for parameter, column in _FILTERS.items():
        if parameter in query:
            wanted = query[parameter]
            frame = frame[frame[column].isin([wanted] if isinstance(wanted, str) else wanted)]
    return _within(frame, query.get("period")).assign(measure="level", computed=False)


# --- bodies ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Body:
    """A body as it is kept: compressed only, by encoding, and the entity tag of its content."""

    tag: str
    encoded: dict[str, bytes]

    def content(self, encoding: str) -> bytes:
        """The bytes to send in that encoding, ``""`` for none."""
        return self.encoded[encoding] if encoding else gzip.decompress(self.encoded["gzip"])

    def etag(self, encoding: str) -> str:
        """The entity tag, which differs between encodings."""
        return f'"{self.tag}-{encoding}"' if encoding else f'"{self.tag}"'


def packed(content: bytes) -> Body:
    """A body of that content."""
    return Body(hashlib.sha256(content).hexdigest()[:20], {"gzip": gzip.compress(content, 6, mtime=0)})


def _json_body(content: Callable[[dict], dict], query: dict) -> Body:
    return packed(orjson.dumps(content(query)))


def _rows_json(frame_of: Callable[[dict], pd.DataFrame], columns: tuple, query: dict) -> Body:
    content = {"indicator": query["id"], "name": _indicator_name(query["id"]),
               "unit": unit_of(query["id"], query.get("measure", MEASURE.default)),
               "rows": records(frame_of(query), columns)}
    return packed(orjson.dumps(content))


def _rows_csv(frame_of: Callable[[dict], pd.DataFrame], columns: tuple, query: dict) -> Body:
    return packed(csv_bytes(records(frame_of(query), columns), columns))


def _areas_body(query: dict) -> Body:
    """The files that the build compressed."""
    encoded = {name: geojson_file(query["level"], ending).read_bytes() for name, ending in (("br", "br"), ("gzip", "gz"))}
    return Body(hashlib.sha256(encoded["br"]).hexdigest()[:20], encoded)


# --- addresses -------------------------------------------------------------------------


@dataclass(frozen=True)
class Resource:
    """One address.

    Attributes
    ----------
    path : str
        With its parameters in braces.
    id : str
        Operation id; its summary stands in the text files under ``api.route``.
    media_type : str
    parameters : tuple of Parameter
        Besides ``lang``, which all take.
    body : callable, optional
        From checked values to a :class:`Body`.
    schema : dict
        JSON schema of the content.
    filename : str
        Under which browsers save it; ``{id}`` is filled in.
    max_age : int
        Seconds for which it may be kept.
    """

    path: str
    id: str
    media_type: str
    parameters: tuple[Parameter, ...] = ()
    body: Callable[[dict], Body] | None = None
    schema: dict | None = None
    filename: str = ""
    max_age: int = FRESH


def _object(**properties) -> dict:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _rows_schema(columns: tuple) -> dict:
    types = {"number": ["number", "null"]}
    row = _object(**{column: {"type": types.get(kind, kind)} for column, _, kind in columns})
    text = {"type": "string"}
    return _object(indicator=text, name=_object(zh=text, en=text), unit=text, rows={"type": "array", "items": row})


def _tables(folder: str, parameters: tuple, frame_of: Callable, columns: tuple, filename: str) -> tuple[Resource, Resource]:
    """The same rows as CSV and as JSON."""
    return (
        Resource(f"/api/{folder}/{{id}}.csv", f"{folder}_csv", CSV, parameters,
                 functools.partial(_rows_csv, frame_of, columns), {"type": "string"}, filename),
        Resource(f"/api/{folder}/{{id}}.json", f"{folder}_json", JSON, parameters,
                 functools.partial(_rows_json, frame_of, columns), _rows_schema(columns)),
    )


_LIST = {"type": "array", "items": {"type": "object"}}

HEALTH = Resource("/healthz", "health", JSON, schema=_object(status={"const": "ok"}))

RESOURCES = (
    Resource("/api/catalogue.json", "catalogue", JSON, (), functools.partial(_json_body, catalogue_content),
             _object(**dict.fromkeys(("indicators", "themes", "levels", "measures", "period_kinds", "statuses",
                                      "vintages", "areas"), _LIST))),
    Resource("/api/areas/{level}.geojson", "areas", GEOJSON, (LEVEL,), _areas_body,
             _object(type={"const": "FeatureCollection"}, features=_LIST), max_age=DAY),
    *_tables("series", (ID, AREA, COUNTERPART, PERIOD, MEASURE, BASE, KIND, VINTAGE),
             series_frame, SERIES_COLUMNS, "{id}.csv"),
    *_tables("observations", (ID, AREA, COUNTERPART, PERIOD, KIND_OBSERVED, VINTAGE, SOURCE),
             observation_frame, OBSERVATION_COLUMNS, "{id}_observations.csv"),
    Resource("/api/sources.json", "sources", JSON, (), functools.partial(_json_body, sources_content), _object(sources=_LIST)),
    Resource("/api/openapi.json", "openapi", JSON, (),
             lambda query: _json_body(openapi_document, query), {"type": "object"}),
)
_BY_PATH = {resource.path: resource for resource in RESOURCES}


def openapi_document(query: dict | None = None) -> dict:
    """The OpenAPI 3.1 document of all addresses.

    Parameters
    ----------
    query : dict, optional
        ``lang``: language of the descriptions, English when absent.
    """
    from dashboard.export_api import paths  # which answers with what stands here

    lang = (query or {}).get("lang", LANG.default)
    return openapi.document((HEALTH, *RESOURCES), paths(lang), lang)


# --- answering -------------------------------------------------------------------------


@cached(maxsize=256)
def _body(path: str, query: tuple) -> Body:
    return _BY_PATH[path].body(dict(query))


def clear_cache() -> None:
    """Forget the bodies that were written, after the ledger has changed."""
    _body.cache_clear()


def chosen_encoding(header: str, offered: Iterable[str]) -> str:
    """The smallest encoding that both sides know, ``""`` for none.

    Parameters
    ----------
    header : str
        ``Accept-Encoding`` of the request; a weight of 0 excludes an encoding.
    offered : iterable of str
        Encodings that the body exists in.
    """
    weights = {}
    for part in header.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        weights[coding] = not weight or bool(re.fullmatch(r"1(\.0*)?|0?\.0*[1-9]\d*", weight))
    return next((e for e in ("br", "gzip") if e in offered and weights.get(e)), "")


def matches(header: str, etag: str) -> bool:
    """Whether ``If-None-Match`` names the entity tag; proxies that compress mark theirs as weak."""
    return header.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in header.split(","))


def answer(request: Request, content: bytes, status: int, media_type: str, headers: dict) -> Response:
    """A response; to HEAD the same without its content."""
    kind = f"{media_type}; charset=utf-8" if media_type == CSV else media_type
    headers = {"Content-Type": kind, "Content-Length": str(len(content)), "X-Content-Type-Options": "nosniff", **headers}
    return Response(b"" if request.method == "HEAD" else content, status, headers)


def error(request: Request, refusal: Refusal, default: str = LANG.default) -> Response:
    """The sentence of a refusal, in the language asked for."""
    asked = request.query_params.get(LANG.name)
    return said(request, refusal.sentence(asked if asked in LANGUAGES else default), refusal.status, getattr(refusal, "headers", {}))


def said(request: Request, sentence: str, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A sentence that says why there is nothing else; with the request's id, by which it is found in the log."""
    content = {"error": sentence} | ({"request_id": request_id()} if request_id() else {})
    return answer(request, orjson.dumps(content), status, JSON, {"Cache-Control": "no-store", **(headers or {})})


def query_of(request: Request) -> list[tuple[str, str]]:
    """Names and values of the query.

    Raises
    ------
    Refusal
        If it is too long.
    """
    length = len(request.scope["query_string"])
    if length > MAX_QUERY:
        raise Refusal(400, "query_too_long", n=length, limit=MAX_QUERY)
    return request.query_params.multi_items()


def _respond(request: Request, resource: Resource) -> Response:
    values = read_parameters((*resource.parameters, LANG), request.path_params, query_of(request))
    body = _body(resource.path, tuple(values.items()))
    encoding = chosen_encoding(request.headers.get("accept-encoding", ""), body.encoded)
    headers = {"ETag": body.etag(encoding), "Cache-Control": f"public, max-age={resource.max_age}, must-revalidate",
               "Vary": "Accept-Encoding"}
    if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if encoding:
        headers["Content-Encoding"] = encoding
    if resource.filename:
        headers["Content-Disposition"] = f'attachment; filename="{resource.filename.format(**values)}"'
    return answer(request, body.content(encoding), 200, resource.media_type, headers)


def _endpoint(resource: Resource) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        try:
            return _respond(request, resource)
        except Refusal as refusal:
            return error(request, refusal)
        except Exception:
            log.exception("%r failed", request.scope["path"])
            return error(request, Refusal(500, "failed"))

    return endpoint


async def healthz(request: Request) -> Response:
    """Answers while the server lives; what a probe adds to the address does not matter."""
    return answer(request, b'{"status":"ok"}', 200, JSON, {"Cache-Control": "no-store"})


async def nowhere(request: Request) -> Response:
    """Answers for addresses below ``/api/`` that do not exist, for which Streamlit would send its page."""
    paths = tuple(r.path for r in RESOURCES)
    return error(request, Refusal(404, "no_such_address", value=request.scope["path"][:MAX_VALUE], accepted=Accepted(paths)))


#: All addresses; the last one takes the rest of ``/api/``, so that further routes go before it.
routes = [
    Route(HEALTH.path, healthz, name=HEALTH.id),
    *(Route(resource.path, _endpoint(resource), name=resource.id) for resource in RESOURCES),
    Route("/api/{rest:path}", nowhere, include_in_schema=False),
]
