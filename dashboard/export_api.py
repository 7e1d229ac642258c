"""Addresses of exports: ``/api/export/{view}.{format}`` with the view's own parameters.

A wrong request is answered before it waits. The rest goes to the :class:`Desk`, where so many
are made at once; a reader who goes away calls the order off.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import os
import urllib.parse
from dataclasses import replace
from datetime import date

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard.api import answer, error, matches, query_of, said
from dashboard.exports import DPI, FONTS, SIZES, THEMES
from dashboard.exports.desk import Desk
from dashboard.exports.render import BASKET_FORMATS, FORMATS, MOST_ITEMS, File, formats_of
from dashboard.i18n import t
from dashboard.kinds import KINDS, OF_AREA, check, parse
from dashboard.openapi import parameter_entry
from dashboard.parameters import LANG, Accepted, Parameter, Refusal, read_parameters
from dashboard.rows import JSON
from dashboard.server.limits import TooOften, count_export
from dashboard.server.metrics import EXPORTS
from dashboard.server.version import version
from indicators.reports.reviewed import revision

OPTIONS = (
    Parameter("size", "a4", lambda _: tuple(SIZES), enum=True, default="slide"),
    Parameter("dpi", "300", lambda _: DPI, enum=True),
    Parameter("font", "large", lambda _: FONTS, enum=True, default="normal"),
    Parameter("theme", "dark", lambda _: THEMES, enum=True, default="light"),
    Parameter("title", "0", lambda _: ("0", "1"), enum=True, default="1"),
)
JOB = Parameter("job", "a1b2c3d4e5f6", pattern="[A-Za-z0-9-]{8,64}")
EXPORT_LANG = replace(LANG, default="zh")
#: Bytes that a basket's order may have.
MOST_BYTES = 64_000
_NEVER_KEPT = {"Cache-Control": "no-store"}
#: Orders that are in hand, waiting ones among them.
_in_hand: set[asyncio.Task] = set()


@functools.cache
def desk() -> Desk:
    """The one desk of this server."""
    return Desk()


def _options(values: dict, request: Request) -> dict:
    chosen = {key: values[key] for key in ("size", "font", "theme") if key in values}
    if "dpi" in values:
        chosen["dpi"] = int(values["dpi"])
    return {**chosen, "title": values.get("title", "1") == "1", "origin": origin(request)}


def origin(request: Request) -> str:
    """Address of the deployment as readers know it: ``PUBLIC_URL``, else that of the request."""
    return os.environ.get("PUBLIC_URL", "").rstrip("/") or str(request.base_url).rstrip("/")


def _order(request: Request) -> tuple[dict, str]:
    """The order of a request, and the name under which its progress can be asked for."""
    kind, name = request.path_params["view"], request.path_params["format"]
    report = kind == "report"
    if not report and kind not in KINDS:
        raise Refusal(404, "not_accepted", parameter="view", value=kind[:64], accepted=Accepted((*KINDS, "report")))
    formats = ("pdf",) if report else formats_of(kind)
    if name not in formats:
        raise Refusal(404, "not_accepted", parameter="format", value=name[:64], accepted=Accepted(formats))
    own = (OF_AREA,) if report else KINDS[kind].parameters
    query = query_of(request)
    values = read_parameters((*own, *OPTIONS, JOB, EXPORT_LANG), {}, query)
    names = {p.name for p in own}
    order = {"what": "report", "area": values.get("area", "jjj")} if report else {
        "what": "view", "kind": kind, "format": name, "query": [pair for pair in query if pair[0] in names]}
    return {**order, "lang": values.get("lang", EXPORT_LANG.default), "options": _options(values, request)}, values.get("job", "")


class NotJson(Refusal):
    """Content of another kind; its sentence stands in the text files under ``access``."""

    def sentence(self, lang: str) -> str:
        """What is accepted, in the language `lang`."""
        return t(lang, f"access.{self.key}")


async def _basket_order(request: Request) -> tuple[dict, str]:
    name = request.path_params["format"]
    if name not in BASKET_FORMATS:
        raise Refusal(404, "not_accepted", parameter="format", value=name[:64], accepted=Accepted(tuple(BASKET_FORMATS)))
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise NotJson(415, "not_json")  # what a form of another site can send is refused
    raw = b""
    async for piece in request.stream():
        raw += piece
        if len(raw) > MOST_BYTES:
            raise Refusal(413, "basket_too_large", limit=MOST_BYTES)
    try:
        given = orjson.loads(raw)
        items = [{"address": str(i["address"]), "title": str(i.get("title") or "")[:200], "seconds": i.get("seconds")} for i in given["items"]]
        chosen = given.get("options") or {}
        pairs = [(str(k), str(v)) for k, v in chosen.items()]
        given_lang, job, title = given.get("lang", "zh"), str(given.get("job") or ""), str(given.get("title") or "")[:200]
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Refusal(400, "malformed_basket") from None
    if not 1 <= len(items) <= MOST_ITEMS:
        raise Refusal(400, "basket_size", n=len(items), limit=MOST_ITEMS)
    pairs += [("lang", str(given_lang))] + ([("job", job)] if job else [])
    values = read_parameters((*OPTIONS, JOB, EXPORT_LANG), {}, pairs)
    lang = values.get("lang", EXPORT_LANG.default)
    for i, item in enumerate(items):
        try:
            check(*parse(item["address"]))
        except Refusal as refusal:
            raise Refusal(400, "item", n=i + 1, sentence=refusal.sentence(lang)) from None
    return {"what": "basket", "format": name, "items": items, "title": title, "lang": lang, "options": _options(values, request)}, values.get("job", "")


async def _gone(request: Request) -> None:
    """Returns when the reader has gone away."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def counts() -> tuple[int, int]:
    """Orders that wait, and orders that are being carried out."""
    waiting = len(desk().waiting)
    return waiting, max(0, len(_in_hand) - waiting)


def _etag(order: dict) -> str:
    """The entity tag of what an order gives: of the order, the figures, the program and, for citations name it, the day."""
    content = orjson.dumps([order, str(revision()), version(), date.today().isoformat()], option=orjson.OPT_SORT_KEYS)
    return f'"{hashlib.sha256(content).hexdigest()[:20]}"'


async def _carried_out(request: Request, order: dict, job: str) -> Response:
    headers = _NEVER_KEPT
    if request.method != "POST":
        headers = {**_NEVER_KEPT, "ETag": await run_in_threadpool(_etag, order)}
        if matches(request.headers.get("if-none-match", "").replace("*", ""), headers["ETag"]):  # whether there is anything at all, only making it tells
            return Response(status_code=304, headers=headers)
    count_export(request.scope, len(order.get("items", (1,))))
    work = asyncio.create_task(desk().carry_out(order, job))
    gone = asyncio.create_task(_gone(request))
    _in_hand.add(work)
    try:
        await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            EXPORTS.labels(_format(request), "called_off").inc()
            return Response(status_code=499)
        result = work.result()
    finally:
        _in_hand.discard(work)
        for task in (work, gone):
            task.cancel()
    if not isinstance(result, File):
        status, sentence = result
        EXPORTS.labels(_format(request), "failed" if status >= 500 else "refused").inc()
        return said(request, sentence, status)
    EXPORTS.labels(_format(request), "done").inc()
    name = urllib.parse.quote(result.name)
    shown = "inline" if request.query_params.get("inline") else "attachment"
    return answer(request, result.content, 200, result.media_type, {
        **headers, "Content-Disposition": f"{shown}; filename=\"{name}\"; filename*=UTF-8''{name}"})


def _format(request: Request) -> str:
    """The format asked for, of those that there are."""
    name = request.path_params["format"]
    return name if name in FORMATS or name in BASKET_FORMATS else "none"


def _endpoint(order_of):
    async def endpoint(request: Request) -> Response:
        try:
            order = order_of(request)
            return await _carried_out(request, *(await order if asyncio.iscoroutine(order) else order))
        except Refusal as refusal:
            how = "limited" if isinstance(refusal, TooOften) else "failed" if refusal.status in (500, 504, 507) else "refused"
            EXPORTS.labels(_format(request), how).inc()
            return error(request, refusal, EXPORT_LANG.default)

    return endpoint


async def job(request: Request) -> Response:
    """How far an order is."""
    content = orjson.dumps(desk().state(request.path_params["job"]))
    headers = {**_NEVER_KEPT, "ETag": f'"{hashlib.sha256(content).hexdigest()[:20]}"'}
    if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return answer(request, content, 200, JSON, headers)


routes = [
    Route("/api/export/jobs/{job}", job, name="export_job"),
    Route("/api/export/basket.{format}", _endpoint(_basket_order), methods=["POST"], name="export_basket"),
    Route("/api/export/{view}.{format}", _endpoint(_order), name="export"),
]


def _refusals(lang: str, *statuses: int, sentence: str = "api.refused") -> dict:
    return {str(status): {"description": t(lang, sentence), "content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}} for status in statuses}


def paths(lang: str) -> dict:
    """Entries of the OpenAPI document: two addresses for each kind of view, with its parameters."""
    def operation(name: str, parameters, formats, media) -> dict:
        entry = Parameter("format", formats[0], lambda _: formats, enum=True, path=True)
        return {"get": {"operationId": f"export_{name}", "summary": t(lang, "api.route.export", view=name),
                        "parameters": [parameter_entry(p, lang) for p in (entry, *parameters, *OPTIONS, JOB, EXPORT_LANG)],
                        "responses": {"200": {"description": t(lang, "api.route.export", view=name), "content": {m: {} for m in media}}, **_refusals(lang, 400, 404, 503),
                                      "304": {"description": t(lang, "api.unchanged")}, **_refusals(lang, 429, sentence="server.limited")}}}

    views = {f"/api/export/{kind.id}.{{format}}": operation(
        kind.id, kind.parameters, formats_of(kind.id), sorted({FORMATS[f].media_type for f in formats_of(kind.id)})) for kind in KINDS.values()}
    shown = {f"/api/view/{kind.id}.json": {"get": {
        "operationId": f"view_{kind.id}", "summary": t(lang, "api.route.view", view=kind.id),
        "parameters": [parameter_entry(p, lang) for p in (*kind.parameters, EXPORT_LANG)],
        "responses": {"200": {"description": t(lang, "api.route.view", view=kind.id), "content": {JSON: {"schema": {"type": "object"}}}}, **_refusals(lang, 400, 404)}}}
        for kind in KINDS.values()}
    return {**shown, **views, "/api/export/report.{format}": operation("report", (OF_AREA,), ("pdf",), ["application/pdf"])}
