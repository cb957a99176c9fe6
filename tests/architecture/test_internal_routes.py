"""A route between services takes a caller: a service that signed for itself, or a runner with its token.

What egress services ask and tell is for them alone: no other service's key is good there, nor theirs elsewhere.
"""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from fixtures.api.dependants import calls_before, routes_of
from fixtures.api.unopened_apps import new_launcher, unopened_gateway_admin, unopened_launcher
from llm_gateway.admin.dependencies import calling_service as service_of_gateway
from orchestrator.app import create_app as create_worker_app
from tool_runtime.launcher.dependencies import bearer_token, calling_service
from tool_runtime.launcher.egress_routes import calling_egress_service

_PUBLIC = {"/health"}
_RUNNERS = {
    *("POST /leases", "GET /leases/{lease_id}/cancellation", "POST /leases/{lease_id}/result"),
    *("GET /leases/{lease_id}/run-token", "POST /leases/{lease_id}/lines"),
}
"""What a runner asks the launcher with the token that it was started with, or with its lease's."""


_NOTHING: Any = None
_OF_GATEWAY = service_of_gateway(_NOTHING).__qualname__


def _of_gateway(call: object) -> bool:
    """The gateway makes its dependency anew for each app."""
    return getattr(call, "__qualname__", "") == _OF_GATEWAY


def without_caller(app: FastAPI, is_service: Callable[[object], bool]) -> set[str]:
    """Operations that no caller is demanded of; a runner's token is enough only where runners ask."""
    found = set()
    for route in routes_of(app):
        calls = calls_before(route)
        for method in route.methods or ():
            operation = f"{method} {route.path}"
            by_runner = bearer_token in calls and operation in _RUNNERS
            if route.path not in _PUBLIC and not by_runner and not any(map(is_service, calls)):
                found.add(operation)
    return found


def _is_calling_service(call: object) -> bool:
    return call in {calling_service, calling_egress_service}


def _of_egress(path: str | None) -> bool:
    return (path or "").startswith("/egress/")


def test_every_route_of_the_launcher_takes_a_caller() -> None:
    app = unopened_launcher()
    theirs = {route.path: calling_egress_service in calls_before(route) for route in routes_of(app)}
    assert {path for path, is_theirs in theirs.items() if is_theirs} == {path for path in theirs if _of_egress(path)}
    assert without_caller(app, _is_calling_service) == set()
    assert {f"{method} {route.path}" for route in routes_of(app) for method in route.methods or ()} >= _RUNNERS


def test_every_internal_route_of_the_gateway_takes_a_calling_service() -> None:
    app = unopened_gateway_admin()
    assert len(routes_of(app)) > 5
    assert without_caller(app, _of_gateway) == set()


def test_a_worker_serves_its_health_alone() -> None:
    assert {route.path for route in routes_of(create_worker_app({}, {}))} == _PUBLIC


@pytest.mark.parametrize(
    ("make", "is_service"), [(new_launcher, _is_calling_service), (unopened_gateway_admin, _of_gateway)]
)
def test_a_route_without_a_caller_is_found(make: Callable[[], FastAPI], is_service: Callable[[object], bool]) -> None:
    app = make()

    @app.get("/jobs/latest")
    def latest() -> str:
        return "anyone's job"

    assert without_caller(app, is_service) == {"GET /jobs/latest"}
