"""A route of the API takes a typed caller; what is public is listed here."""

from collections.abc import Iterator
from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts

from control_plane.dependencies import Administrator, Definer, Overseer, PlatformOperator, Reader, Runner
from fixtures.api.unopened_apps import unopened_api

_PUBLIC = {"/health"}
_TYPED = (Reader, Runner, Definer, Administrator, Overseer, PlatformOperator)
_CALLERS = {get_args(caller)[1].dependency for caller in _TYPED}
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """Built and not started: it opens nothing."""
    return unopened_api()


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from _calls(below)


def _routes(app: FastAPI) -> list[RouteContext]:
    """Those that run our code; FastAPI's own pages of the document have no dependencies to look at."""
    found = [route for route in iter_route_contexts(app.routes) if hasattr(route, "dependant")]
    assert len(found) > 15
    return found


def _document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_every_route_of_the_api_takes_a_typed_caller(app: FastAPI) -> None:
    open_to_all = {route.path for route in _routes(app) if not _CALLERS & set(_calls(route.dependant))}
    assert open_to_all == _PUBLIC


def test_no_route_that_writes_is_content_with_a_reader(app: FastAPI) -> None:
    looking = {get_args(caller)[1].dependency for caller in (Reader, Overseer)}
    lax = [
        (route.path, route.methods)
        for route in _routes(app)
        if (route.methods or set()) & _WRITES and looking & set(_calls(route.dependant))
    ]
    assert lax == []


def test_every_operation_has_a_summary(app: FastAPI) -> None:
    assert [route.path for route in _routes(app) if not route.summary] == []


def test_every_body_has_an_example(app: FastAPI) -> None:
    document = _document(app)
    schemas = document["components"]["schemas"]
    bodies = {
        f"{method.upper()} {path}": operation["requestBody"]["content"]["application/json"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "requestBody" in operation
    }
    budget = "PUT /api/v1/budgets/{scope}/{scope_id}/{period}"
    assert {"POST /api/v1/tasks", "POST /api/v1/runs", "POST /api/v1/artifacts", budget} <= set(bodies)
    bare = [
        name
        for name, body in bodies.items()
        if "example" not in body and not schemas[body["schema"].get("$ref", "/?").rpartition("/")[2]].get("examples")
    ]
    assert bare == []


async def test_the_document_is_served_without_a_caller(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.get("/api/v1/openapi.json")
        assert answer.status_code == 200
        assert answer.json() == _document(app)
        assert (await client.get("/api/v1/docs")).status_code == 200
