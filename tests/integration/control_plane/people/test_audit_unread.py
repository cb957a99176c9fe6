"""A call that would change something has its row, also where no route has read it; by break-glass it is denied."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import Operation, operations_of
from fixtures.api.problems import problem
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
OPERATIONS = [one for one in operations_of(unopened_api()) if one.method in WRITES and not one.public]
JSON = {"content-type": "application/json"}
UNREADABLE: dict[str, tuple[dict[str, str], bytes]] = {
    "no JSON": (JSON, b"{"),
    "no UTF-8": (JSON, b'{"name": "\xff"}'),
    "a key twice": (JSON, b'{"name": "a", "name": "b"}'),
    "an encoding": ({**JSON, "content-encoding": "gzip"}, b"\x1f\x8b"),
    "too much": (JSON, b'"' + b"x" * 1_048_577 + b'"'),
}


@dataclass(frozen=True, slots=True)
class Callers:
    tenant: Tenant
    owner: httpx.AsyncClient
    operator: httpx.AsyncClient
    access: dict[str, str]


@pytest.fixture(scope="module")
async def callers(lonely_api: ApiInProcess, scratch: ScratchDatabase) -> AsyncIterator[Callers]:
    tenant = Tenant().create(scratch)
    async with lonely_api.caller(tenant) as owner, lonely_api.operator() as operator:
        opened = await operator.post(
            "/operations/break-glass-accesses",
            json={"tenant_id": str(tenant.tenant_id), "reason": "a run that hangs is looked at", "minutes": 60},
        )
        assert opened.status_code == 201, opened.text
        yield Callers(tenant, owner, operator, {"break-glass-access": opened.json()["id"]})


def rows(scratch: ScratchDatabase, request_id: str) -> list[tuple[Any, ...]]:
    """Of the tenants' audits, then of the platform's, as (actor, outcome, status, operation, action)."""
    with scratch.superuser() as connection:
        return connection.execute(
            """SELECT actor, outcome, status, operation, action FROM audit_log WHERE request_id = %(id)s
               UNION ALL
               SELECT actor, outcome, status, operation, action FROM platform_audit WHERE request_id = %(id)s""",
            {"id": request_id},
        ).fetchall()


async def send(client: httpx.AsyncClient, operation: Operation, fault: str, **headers: str) -> httpx.Response:
    own, body = UNREADABLE[fault]
    path = f"http://test{operation.path_with(str(uuid4()))}"
    return await client.request(operation.method, path, content=body, headers={**own, **headers})


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
async def test_a_call_whose_body_cannot_be_read_is_told(
    callers: Callers, scratch: ScratchDatabase, operation: Operation
) -> None:
    for fault in UNREADABLE:
        request_id = f"r-{uuid4()}"
        answer = await send(callers.owner, operation, fault, **{"x-request-id": request_id})
        assert answer.status_code in {400, 413, 415}, answer.text
        [(actor, outcome, status, named, action)] = rows(scratch, request_id)
        assert (actor, outcome, status) == (f"user:{callers.tenant.user_id}", "refused", answer.status_code)
        assert action == f"call.{named}"
        assert named is not None


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
async def test_by_break_glass_it_is_denied_whatever_was_sent(
    callers: Callers, scratch: ScratchDatabase, operation: Operation
) -> None:
    request_id = f"r-{uuid4()}"
    answer = await send(callers.operator, operation, "no JSON", **callers.access, **{"x-request-id": request_id})
    problem(answer, 403, "forbidden")
    assert answer.headers["x-request-id"] == request_id
    found = rows(scratch, request_id)
    assert [one[:3] for one in found] == [("operator:the-operator", "denied", 403)] * 2


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("POST", "/nothing/jane@example.com", 404), ("PATCH", "/runs", 405), ("DELETE", "/tasks/%00", 400)],
)
async def test_what_nothing_serves_is_told(
    callers: Callers, scratch: ScratchDatabase, method: str, path: str, status: int
) -> None:
    request_id = f"r-{uuid4()}"
    answer = await callers.owner.request(method, path, headers={"x-request-id": request_id})
    assert answer.status_code == status, answer.text
    [(actor, outcome, told, _, _)] = rows(scratch, request_id)
    assert (actor, outcome, told) == (f"user:{callers.tenant.user_id}", "refused", status)


async def test_the_platform_keeps_no_name_of_a_path_that_nothing_serves(
    callers: Callers, scratch: ScratchDatabase
) -> None:
    request_id = f"r-{uuid4()}"
    answer = await callers.operator.post("/nothing/jane@example.com", headers={"x-request-id": request_id})
    assert answer.status_code == 404
    with scratch.superuser() as connection:
        found = connection.execute("SELECT target, action FROM platform_audit WHERE request_id = %s", [request_id])
        [(target, action)] = found.fetchall()
    assert "jane" not in str(target)
    assert action == "call.nothing"


async def test_a_call_that_never_comes_whole_is_told(
    lonely_api: ApiInProcess, callers: Callers, scratch: ScratchDatabase
) -> None:
    request_id = f"r-{uuid4()}"
    arriving = iter([{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}])
    headers = {**callers.owner.headers, **JSON, "host": "test", "x-request-id": request_id}
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/api/v1/roles",
        "raw_path": b"/api/v1/roles",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }

    async def receive() -> Any:
        return next(arriving)

    async def send_nothing(message: Any) -> None:
        raise AssertionError(message)

    await lonely_api.app(scope, receive, send_nothing)
    assert [one[1:4] for one in rows(scratch, request_id)] == [("refused", 408, "create_role")]


@pytest.mark.parametrize("credential", [None, "Bearer nobody's"])
async def test_what_nobody_has_sent_is_told_nowhere(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, credential: str | None
) -> None:
    request_id = f"r-{uuid4()}"
    transport = httpx.ASGITransport(app=lonely_api.app)
    headers = {"x-request-id": request_id, **JSON} | ({"authorization": credential} if credential else {})
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1", headers=headers) as client:
        problem(await client.post("/roles", content=b"{"), 400, "bad_request")
    assert rows(scratch, request_id) == []
