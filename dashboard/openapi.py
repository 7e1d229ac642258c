"""The OpenAPI document, written from the declared addresses, so that the two cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from dashboard.i18n import t
from dashboard.parameters import LANG, MAX_VALUE, Parameter
from dashboard.rows import JSON

if TYPE_CHECKING:
    from dashboard.api import Resource

_ERROR = {"type": "object", "properties": {"error": {"type": "string"}, "request_id": {"type": "string"}}, "required": ["error"]}


def document(resources: Iterable[Resource], further: dict, lang: str) -> dict:
    """The OpenAPI 3.1 document.

    Parameters
    ----------
    resources : iterable of dashboard.api.Resource
    further : dict
        Entries of other addresses by path.
    lang : {"zh", "en"}
        Language of the descriptions.
    """
    return {
        "openapi": "3.1.0",
        "info": {"title": t(lang, "api.title"), "version": "1", "description": t(lang, "api.description")},
        "paths": {r.path: {"get": _operation(r, lang)} for r in resources} | further,
        "components": {"schemas": {"Error": _ERROR}},
    }


def parameter_entry(parameter: Parameter, lang: str) -> dict:
    """A parameter in the OpenAPI document."""
    schema: dict = {"type": "string", "maxLength": MAX_VALUE}
    if parameter.enum:
        schema["enum"] = list(parameter.accepted(None))
    if parameter.pattern:
        schema["pattern"] = f"^{parameter.pattern}$"
    if parameter.default:
        schema["default"] = parameter.default
    entry = {"name": parameter.name, "in": "path" if parameter.path else "query", "required": parameter.path,
             "description": t(lang, f"api.parameter.{parameter.name}"), "schema": schema, "example": parameter.example}
    if parameter.many:
        entry |= {"schema": {"type": "array", "items": schema}, "example": [parameter.example]}
    return entry


def _operation(resource: Resource, lang: str) -> dict:
    summary = t(lang, f"api.route.{resource.id}")
    ok = {"description": summary, "content": {resource.media_type: {"schema": resource.schema}}}
    if resource.body is None:
        return {"operationId": resource.id, "summary": summary, "responses": {"200": ok}}
    error = {"content": {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}}
    responses = {"200": ok, "304": {"description": t(lang, "api.unchanged")},
                 "400": {"description": t(lang, "api.refused"), **error}}
    if any(p.path for p in resource.parameters):
        responses["404"] = {"description": t(lang, "api.not_found"), **error}
    responses["429"] = {"description": t(lang, "server.limited"), **error}
    return {"operationId": resource.id, "summary": summary,
            "parameters": [parameter_entry(p, lang) for p in (*resource.parameters, LANG)], "responses": responses}
