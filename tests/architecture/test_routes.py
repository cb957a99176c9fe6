"""A route of the API takes a typed caller; what is public is listed here."""

from typing import Any, get_args

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext

from control_plane.dependencies import Administrator, Decider, Definer, Overseer, PlatformOperator, Reader, Runner
from fixtures.api.dependants import calls_before, routes_of
from fixtures.api.unopened_apps import unopened_api

_PUBLIC = {"/health"}
_TYPED = (Reader, Runner, Decider, Definer, Administrator, Overseer, PlatformOperator)
_CALLERS = {get_args(caller)[1].dependency for caller in _TYPED}
_NAMES = {
    get_args(kind)[1].dependency: name
    for name, kind in (
        ("read", Reader),
        ("run", Runner),
        ("decide", Decider),
        ("define", Definer),
        ("administer", Administrator),
        ("oversee", Overseer),
        ("operate", PlatformOperator),
    )
}
_PERMISSIONS = {
    "POST /tasks": "define",
    "GET /tasks": "read",
    "GET /tasks/{task_id}": "read",
    "PATCH /tasks/{task_id}": "define",
    "DELETE /tasks/{task_id}": "define",
    "POST /tasks/{task_id}/estimate": "run",
    "POST /runs": "run",
    "GET /runs": "read",
    "GET /runs/{run_id}": "read",
    "DELETE /runs/{run_id}": "run",
    "POST /runs/{run_id}/pause": "run",
    "POST /runs/{run_id}/resume": "run",
    "POST /runs/{run_id}/retry": "run",
    "POST /runs/{run_id}/fork": "run",
    "GET /runs/{run_id}/diff/{other_id}": "read",
    "GET /runs/{run_id}/times": "read",
    "GET /runs/{run_id}/steps": "read",
    "GET /runs/{run_id}/steps/{name}/items": "read",
    "GET /runs/{run_id}/steps/{name}/checkpoints": "read",
    "GET /runs/{run_id}/steps/{name}/checkpoints/{turn:id}": "read",
    "DELETE /runs/{run_id}/steps/{name}/checkpoints/{turn:id}": "administer",
    "POST /runs/{run_id}/steps/{name}/checkpoints/verify": "run",
    "GET /runs/{run_id}/metrics": "read",
    "GET /runs/{run_id}/explain": "read",
    "GET /runs/{run_id}/events": "read",
    "GET /events": "read",
    "GET /runs/{run_id}/artifacts": "read",
    "GET /approvals": "read",
    "GET /approvals/{approval_id}": "read",
    "POST /approvals/{approval_id}": "decide",
    "POST /runs/{run_id}/steps/{name}/outcome": "decide",
    "POST /artifacts": "run",
    "GET /artifacts/{artifact_id}": "read",
    "GET /budgets": "read",
    "GET /budgets/{scope}/{scope_id}": "read",
    "GET /budgets/{scope}/{scope_id}/{period}": "read",
    "PUT /budgets/{scope}/{scope_id}/{period}": "administer",
    "DELETE /budgets/{scope}/{scope_id}/{period}": "administer",
    "GET /budget-warnings": "read",
    "GET /limits": "read",
    "PUT /limits": "administer",
    "DELETE /limits": "administer",
    "GET /budget-policy": "read",
    "PUT /budget-policy": "administer",
    "DELETE /budget-policy": "administer",
    "GET /concurrency": "read",
    "PUT /concurrency": "administer",
    "DELETE /concurrency": "administer",
    "GET /egress-policy": "read",
    "PUT /egress-policy": "administer",
    "DELETE /egress-policy": "administer",
    "GET /resources": "read",
    "GET /usage": "read",
    "GET /usage/requests/{request_id}": "read",
    "GET /breakers": "oversee",
    "GET /breakers/{provider}/{model:path}": "oversee",
    "DELETE /breakers/{provider}/{model:path}": "operate",
    "GET /operations/alerts": "oversee",
    "GET /workers": "oversee",
    "GET /dead-letters": "read",
    "GET /dead-letters/{dead_letter_id:id}": "read",
    "POST /dead-letters/redrive": "run",
    "POST /dead-letters/{dead_letter_id}/redrive": "run",
    "POST /dead-letters/{dead_letter_id}/discard": "run",
    "GET /operations/unreadable-messages": "operate",
    "POST /operations/unreadable-messages/{message_id}/discard": "operate",
}
"""Written out, so that an operation whose permission is loosened by mistake is seen."""
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """Built and not started: it opens nothing."""
    return unopened_api()


def _routes(app: FastAPI) -> list[RouteContext]:
    found = routes_of(app)
    assert len(found) > 15
    return found


def _callers_of(route: RouteContext) -> str:
    [name] = {_NAMES[call] for call in calls_before(route) if call in _NAMES}
    return name


def _document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_every_route_of_the_api_takes_a_typed_caller(app: FastAPI) -> None:
    open_to_all = {route.path for route in _routes(app) if not _CALLERS & calls_before(route)}
    assert open_to_all == _PUBLIC


def test_only_the_frameworks_pages_are_outside_of_the_document(app: FastAPI) -> None:
    """A mounted app, or a route of Starlette's own, would run code without a caller and stand in no document."""
    plain = {
        (type(route).__name__, str(getattr(route, "path", "")))
        for route in app.routes
        if not isinstance(route, APIRoute) and type(route).__name__ != "_IncludedRouter"
    }
    pages = ("/api/v1/openapi.json", "/api/v1/docs", "/docs/oauth2-redirect", "/redoc")
    assert plain <= {("Route", page) for page in pages}


def test_each_operation_asks_for_the_permission_that_is_written_here(app: FastAPI) -> None:
    demanded = {
        f"{method} {str(route.path).removeprefix('/api/v1')}": _callers_of(route)
        for route in _routes(app)
        for method in sorted(route.methods or ())
        if route.path not in _PUBLIC
    }
    assert demanded == _PERMISSIONS


def test_no_route_that_writes_is_content_with_a_reader(app: FastAPI) -> None:
    looking = {get_args(caller)[1].dependency for caller in (Reader, Overseer)}
    lax = [
        (route.path, route.methods)
        for route in _routes(app)
        if (route.methods or set()) & _WRITES and looking & calls_before(route)
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
