"""The OpenAPI document of an app: valid, with each refusal as the problem document that is really sent.

FastAPI says of every operation that a body can be refused with 422 and a shape of its own; what this platform sends are
RFC 9457 problem documents. It also leaves schemas that a route brings along where their references lead nowhere.
"""

import asyncio
import json
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from threading import Lock
from typing import Any

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from foundation.http.problems import MEDIA_TYPE

_SCHEMAS = "#/components/schemas/"
_FRAMEWORKS_OWN = ("HTTPValidationError", "ValidationError")

Responses = dict[int | str, dict[str, Any]]


class ProblemFault(BaseModel):
    """One place in what was sent."""

    pointer: str = Field(description="a JSON pointer: /body/…, /query/…, /path/…, or a place in the definition")
    detail: str


class Problem(BaseModel):
    """An RFC 9457 problem document; some kinds have further members."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="stable, for machines: urn:lockstep:problem:<code>")
    title: str
    status: int
    detail: str
    retryable: bool = Field(description="whether the same request may succeed later; then see Retry-After")
    remedy: str | None = Field(default=None, description="what to do about it")
    errors: list[ProblemFault] | None = Field(default=None, description="the places that were refused")
    instance: str | None = Field(default=None, description="the path that was asked for")
    trace_id: str | None = None


def _refusal(status: int) -> dict[str, Any]:
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{_SCHEMAS}{Problem.__name__}"}}}
    return {"description": HTTPStatus(status).phrase, "content": content}


def refusals(*statuses: int) -> Responses:
    """Documented responses of these statuses, each a problem document."""
    return {status: _refusal(status) for status in statuses}


EVERYWHERE = refusals(400, 401, 403, 500, 503)
"""Of whatever takes a caller: what was sent cannot be kept, the caller is not known or may not, something is away."""

WITH_A_BODY = refusals(413, 415)


def _nothing_more(document: dict[str, Any]) -> None:
    """What most apps add to their document."""


def install_openapi(app: FastAPI, *, more: Callable[[dict[str, Any]], None] = _nothing_more) -> None:
    """Gives the app's document its last form, once it is asked for; `more` adds what is the app's own."""
    made, one_at_a_time = app.openapi, Lock()

    def finished() -> dict[str, Any]:
        with one_at_a_time:
            if app.openapi_schema is None:
                document = _finish(made())
                more(document)
                app.openapi_schema = document
            return app.openapi_schema

    app.openapi = finished  # type: ignore[method-assign]  # the documented way
    _serve(app, cache(lambda: json.dumps(finished(), ensure_ascii=False, separators=(",", ":")).encode()))


def _serve(app: FastAPI, rendered: Callable[[], bytes]) -> None:
    """In the place of the framework's route, which makes the document while every other request waits: for seconds."""

    async def document(_: Request) -> Response:
        return Response(await asyncio.to_thread(rendered), media_type="application/json")

    if app.openapi_url is not None:
        app.router.routes[:] = [route for route in app.router.routes if getattr(route, "path", None) != app.openapi_url]
        app.add_route(app.openapi_url, document, include_in_schema=False)


def _finish(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for item in document["paths"].values():
        for operation in item.values():
            _drop_frameworks_refusal(operation["responses"])
            for parameter in operation.get("parameters", []):
                parameter["schema"] = _without_null(parameter["schema"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                _hoist(content, schemas)
    for name in _FRAMEWORKS_OWN:
        schemas.pop(name, None)
    _add(schemas, Problem.model_json_schema(ref_template=f"{_SCHEMAS}{{model}}"))
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    return document


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out; null has no way to be written in a path, a query or a header."""
    kinds = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**kinds[0], **{name: value for name, value in schema.items() if name != "anyOf"}}


def _drop_frameworks_refusal(responses: dict[str, Any]) -> None:
    schema = responses.get("422", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if schema.get("$ref", "").endswith(_FRAMEWORKS_OWN[0]):
        del responses["422"]


def _hoist(content: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Moves a schema that a route brought along, and what it refers to, among the components."""
    schema = content["schema"]
    if "$ref" not in schema and "title" in schema:
        content["schema"] = {"$ref": f"{_SCHEMAS}{schema['title']}"}
        _add(schemas, dict(schema))


def _add(schemas: dict[str, Any], schema: dict[str, Any]) -> None:
    for name, one in {**schema.pop("$defs", {}), schema["title"]: schema}.items():
        if schemas.setdefault(name, one) != one:
            raise ValueError(f"two schemas are named {name}")
