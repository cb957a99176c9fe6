"""A route of the API takes a typed caller; what is public is listed here."""

import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, RouteContext

from fixtures.api.dependants import permissions_before, routes_of
from fixtures.api.unopened_apps import unopened_api
from foundation.domain.permissions import OPERATE, Permission

_PUBLIC = {"/health"}
_PERMISSIONS = {
    "POST /tasks": "tasks:write",
    "GET /tasks": "tasks:read",
    "GET /tasks/{task_id}": "tasks:read",
    "PATCH /tasks/{task_id}": "tasks:write",
    "GET /tasks/{task_id}/versions": "tasks:read",
    "DELETE /tasks/{task_id}": "tasks:write",
    "POST /tasks/{task_id}/estimate": "runs:write",
    "POST /runs": "runs:write",
    "GET /runs": "runs:read",
    "GET /runs/{run_id}": "runs:read",
    "DELETE /runs/{run_id}": "runs:write",
    "POST /runs/{run_id}/pause": "runs:write",
    "POST /runs/{run_id}/resume": "runs:write",
    "POST /runs/{run_id}/retry": "runs:write",
    "POST /runs/{run_id}/fork": "runs:write",
    "GET /runs/{run_id}/diff/{other_id}": "runs:read",
    "GET /runs/{run_id}/times": "runs:read",
    "GET /runs/{run_id}/steps": "runs:read",
    "GET /runs/{run_id}/steps/{name}": "runs:read",
    "GET /runs/{run_id}/steps/{name}/items": "runs:read",
    "GET /runs/{run_id}/steps/{name}/turns": "runs:read",
    "GET /runs/{run_id}/steps/{name}/turns/{turn}": "runs:read",
    "GET /runs/{run_id}/steps/{name}/checkpoints": "runs:read",
    "GET /runs/{run_id}/steps/{name}/checkpoints/{turn:id}": "runs:read",
    "DELETE /runs/{run_id}/steps/{name}/checkpoints/{turn:id}": "checkpoints:delete",
    "POST /runs/{run_id}/steps/{name}/checkpoints/verify": "runs:write",
    "GET /runs/{run_id}/metrics": "runs:read",
    "GET /runs/{run_id}/explain": "runs:read",
    "GET /runs/{run_id}/events": "runs:read",
    "GET /events": "runs:read",
    "GET /runs/{run_id}/artifacts": "runs:read",
    "GET /approvals": "approvals:read",
    "GET /approvals/{approval_id}": "approvals:read",
    "POST /approvals/{approval_id}": "approvals:decide",
    "POST /runs/{run_id}/steps/{name}/outcome": "approvals:decide",
    "POST /artifacts": "artifacts:write",
    "GET /artifacts": "artifacts:read",
    "GET /artifacts/{artifact_id}": "artifacts:read",
    "DELETE /artifacts/{artifact_id}": "artifacts:write",
    "GET /budgets": "budgets:read",
    "GET /budgets/{scope}/{scope_id}": "budgets:read",
    "GET /budgets/{scope}/{scope_id}/{period}": "budgets:read",
    "PUT /budgets/{scope}/{scope_id}/{period}": "budgets:write",
    "DELETE /budgets/{scope}/{scope_id}/{period}": "budgets:write",
    "GET /budget-warnings": "budgets:read",
    "GET /limits": "limits:read",
    "PUT /limits": "limits:write",
    "DELETE /limits": "limits:write",
    "GET /budget-policy": "budgets:read",
    "PUT /budget-policy": "budgets:write",
    "DELETE /budget-policy": "budgets:write",
    "GET /concurrency": "limits:read",
    "PUT /concurrency": "limits:write",
    "DELETE /concurrency": "limits:write",
    "GET /egress-policy": "egress:read",
    "PUT /egress-policy": "egress:write",
    "DELETE /egress-policy": "egress:write",
    "GET /quotas": "limits:read",
    "GET /quota-policy": "limits:read",
    "PUT /quota-policy": "limits:write",
    "DELETE /quota-policy": "limits:write",
    "GET /provider-policy": "limits:read",
    "PUT /provider-policy": "tenant:write",
    "DELETE /provider-policy": "tenant:write",
    "GET /retention": "limits:read",
    "GET /retention-policy": "limits:read",
    "PUT /retention-policy": "tenant:write",
    "DELETE /retention-policy": "tenant:write",
    "GET /tool-sources": "tool_sources:read",
    "GET /tool-sources/{source_name}": "tool_sources:read",
    "PUT /tool-sources/{source_name}": "tool_sources:write",
    "DELETE /tool-sources/{source_name}": "tool_sources:write",
    "GET /secrets": "secrets:read",
    "GET /secrets/{secret_name}": "secrets:read",
    "PUT /secrets/{secret_name}": "secrets:write",
    "DELETE /secrets/{secret_name}": "secrets:write",
    "POST /webhooks": "webhooks:write",
    "GET /webhooks": "webhooks:read",
    "GET /webhooks/{webhook_id}": "webhooks:read",
    "PATCH /webhooks/{webhook_id}": "webhooks:write",
    "DELETE /webhooks/{webhook_id}": "webhooks:write",
    "POST /webhooks/{webhook_id}/rotate-secret": "webhooks:write",
    "POST /webhooks/{webhook_id}/test": "webhooks:write",
    "GET /webhooks/{webhook_id}/deliveries": "webhooks:read",
    "GET /webhooks/{webhook_id}/deliveries/{delivery_id}": "webhooks:read",
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/replay": "webhooks:write",
    "POST /schedules": "schedules:write",
    "GET /schedules": "schedules:read",
    "GET /schedules/{schedule_id}": "schedules:read",
    "PATCH /schedules/{schedule_id}": "schedules:write",
    "DELETE /schedules/{schedule_id}": "schedules:write",
    "GET /schedules/{schedule_id}/firings": "schedules:read",
    "POST /triggers": "triggers:write",
    "GET /triggers": "triggers:read",
    "GET /triggers/{trigger_id}": "triggers:read",
    "PATCH /triggers/{trigger_id}": "triggers:write",
    "DELETE /triggers/{trigger_id}": "triggers:write",
    "POST /triggers/{trigger_id}/rotate-secret": "triggers:write",
    "GET /triggers/{trigger_id}/calls": "triggers:read",
    "POST /trigger-calls/{tenant_id}/{trigger_id}": "signature",
    "GET /runs/{run_id}/trace": "runs:read",
    "GET /traces/{trace_id}": "runs:read",
    "GET /kill-switch": "kill_switch:read",
    "PUT /kill-switch": "kill_switch:write",
    "GET /operations/kill-switch": "platform:operate",
    "PUT /operations/kill-switch": "platform:operate",
    "GET /resources": "limits:read",
    "GET /tools": "tasks:read",
    "GET /tools/{name}": "tasks:read",
    "GET /usage": "usage:read",
    "GET /usage/requests/{request_id}": "usage:read",
    "GET /operations/usage": "platform:operate",
    "GET /operations/audit": "platform:operate",
    "POST /operations/break-glass-accesses": "platform:operate",
    "GET /operations/break-glass-accesses": "platform:operate",
    "GET /operations/break-glass-accesses/{access_id}": "platform:operate",
    "DELETE /operations/break-glass-accesses/{access_id}": "platform:operate",
    "GET /break-glass-accesses": "audit:read",
    "GET /break-glass-accesses/{access_id}": "audit:read",
    "GET /operations/audit/export": "platform:operate",
    "GET /statements": "usage:read",
    "GET /statements/{month}": "usage:read",
    "GET /breakers": "operations:read",
    "GET /breakers/{provider}/{model:path}": "operations:read",
    "DELETE /breakers/{provider}/{model:path}": "platform:operate",
    "GET /operations/alerts": "operations:read",
    "GET /workers": "operations:read",
    "GET /dead-letters": "runs:read",
    "GET /dead-letters/{dead_letter_id:id}": "runs:read",
    "POST /dead-letters/redrive": "runs:write",
    "POST /dead-letters/{dead_letter_id}/redrive": "runs:write",
    "POST /dead-letters/{dead_letter_id}/discard": "runs:write",
    "GET /operations/dead-letters": "platform:operate",
    "GET /operations/dead-letters/{dead_letter_id}": "platform:operate",
    "GET /operations/resources": "platform:operate",
    "GET /operations/unreadable-messages": "platform:operate",
    "POST /operations/unreadable-messages/{message_id}/discard": "platform:operate",
    "GET /operations/gateway-configurations": "platform:operate",
    "POST /operations/gateway-configurations": "platform:operate",
    "GET /operations/gateway-configurations/{version}": "platform:operate",
    "POST /operations/gateway-configurations/{version}/approve": "platform:operate",
    "POST /operations/gateway-configurations/{version}/reject": "platform:operate",
    "GET /permissions": "members:read",
    "POST /roles": "roles:write",
    "GET /roles": "members:read",
    "GET /roles/{role_id}": "members:read",
    "PUT /roles/{role_id}": "roles:write",
    "DELETE /roles/{role_id}": "roles:write",
    "POST /api-keys": "api_keys:write",
    "GET /api-keys": "api_keys:read",
    "GET /api-keys/{api_key_id}": "api_keys:read",
    "POST /api-keys/{api_key_id}/rotate": "api_keys:write",
    "PATCH /api-keys/{api_key_id}": "api_keys:write",
    "DELETE /api-keys/{api_key_id}": "api_keys:write",
    "POST /service-accounts": "service_accounts:write",
    "GET /service-accounts": "members:read",
    "GET /service-accounts/{service_account_id}": "members:read",
    "PATCH /service-accounts/{service_account_id}": "service_accounts:write",
    "DELETE /service-accounts/{service_account_id}": "service_accounts:write",
    "GET /audit": "audit:read",
    "GET /audit/export": "audit:read",
    "GET /members": "members:read",
    "GET /members/{user_id}": "members:read",
    "PATCH /members/{user_id}": "members:write",
    "DELETE /members/{user_id}": "members:write",
    "POST /invitations": "members:write",
    "GET /invitations": "members:read",
    "POST /invitations/accept": "signed_in",
    "GET /invitations/{invitation_id:id}": "members:read",
    "DELETE /invitations/{invitation_id:id}": "members:write",
    "GET /users/me": "signed_in",
    "PUT /users/me/active-tenant": "signed_in",
    "DELETE /users/me/tenants/{tenant_id}": "signed_in",
    "POST /tenants": "platform:operate",
    "GET /tenants": "platform:operate",
    "GET /tenants/{tenant_id}": "tenant:read",
    "PATCH /tenants/{tenant_id}": "tenant:write",
    "GET /tenants/{tenant_id}/bounds": "tenant:read",
    "PUT /tenants/{tenant_id}/bounds": "platform:operate",
    "DELETE /tenants/{tenant_id}/bounds": "platform:operate",
    "POST /tenants/{tenant_id}/export": "tenant:write",
    "GET /tenants/{tenant_id}/exports": "tenant:write",
    "GET /tenants/{tenant_id}/exports/{export_id}": "tenant:write",
    "DELETE /tenants/{tenant_id}": "tenant:write",
    "GET /tenants/{tenant_id}/deletion": "tenant:write",
    "DELETE /tenants/{tenant_id}/deletion": "tenant:write",
    "GET /deletion-certificates/{deletion_id}": "signed_in",
    "POST /tenants/{tenant_id}/owner-invitation": "platform:operate",
    "POST /tenants/{tenant_id}/suspend": "platform:operate",
    "POST /tenants/{tenant_id}/restore": "platform:operate",
}
"""Written out, so that an operation whose permission is loosened by mistake is seen."""
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_NOT_OF_A_ROUTE = {Permission.OWNERS_WRITE, Permission.MODELS_CALL}
"""Of the first the rule asks that nobody grants what they do not hold, of the second the gateway."""


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """Built and not started: it opens nothing."""
    return unopened_api()


def _routes(app: FastAPI) -> list[RouteContext]:
    found = routes_of(app)
    assert len(found) > 15
    return found


def _document(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def test_every_route_of_the_api_takes_a_typed_caller(app: FastAPI) -> None:
    open_to_all = {route.path for route in _routes(app) if not permissions_before(route)}
    assert open_to_all == _PUBLIC


def test_only_the_frameworks_pages_are_outside_of_the_document(app: FastAPI) -> None:
    """A mounted app, or a route of Starlette's own, would run code without a caller and stand in no document."""
    plain = {
        (type(route).__name__, str(getattr(route, "path", "")))
        for route in app.routes
        if not isinstance(route, APIRoute) and type(route).__name__ != "_IncludedRouter"
    }
    files = ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png")
    pages = ("/api/v1/openapi.json", "/api/v1/docs", *(f"/api/v1/docs/{file}" for file in files))
    assert plain <= {("Route", page) for page in pages}


def test_each_operation_asks_for_the_permission_that_is_written_here(app: FastAPI) -> None:
    demanded = {
        f"{method} {str(route.path).removeprefix('/api/v1')}": " and ".join(sorted(permissions_before(route)))
        for route in _routes(app)
        for method in sorted(route.methods or ())
        if route.path not in _PUBLIC
    }
    assert demanded == _PERMISSIONS


def test_no_route_that_writes_is_content_with_a_reader(app: FastAPI) -> None:
    lax = [
        (route.path, route.methods)
        for route in _routes(app)
        if (route.methods or set()) & _WRITES and any(one.endswith(":read") for one in permissions_before(route))
    ]
    assert lax == []


def test_every_permission_is_asked_for_by_some_route(app: FastAPI) -> None:
    """One that opens nothing would be granted in vain."""
    asked = set().union(*(permissions_before(route) for route in _routes(app)))
    assert {*Permission, OPERATE} - asked == _NOT_OF_A_ROUTE


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
        assert (await client.get("/redoc")).status_code == 404


async def test_the_page_of_the_document_loads_nothing_from_elsewhere(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        page = await client.get("/api/v1/docs")
        loaded = re.findall(r'(?:src|href)="([^"]*)"', page.text)
        assert loaded, "the page loads its viewer"
        assert "//" not in "".join(loaded), "a place of another host"
        assert "http" not in page.headers["content-security-policy"]
        for path in loaded:
            file = await client.get(path)
            assert file.status_code == 200, path
            assert len(file.content) > 1000, path
