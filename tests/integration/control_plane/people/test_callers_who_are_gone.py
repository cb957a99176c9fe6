"""Who was removed elsewhere leaves nothing behind that lasts, although this process still remembers them."""

from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi.routing import RouteContext

from control_plane.dependencies import WHILE_SUSPENDED
from fixtures.api.api_in_process import ApiInProcess, api_in_process
from fixtures.api.dependants import permissions_before, routes_of
from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.free_port import free_port
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.permissions import PASSING, Permission

_READS = {"GET", "HEAD"}
_TASK = {"name": "left behind", "steps": [{"name": "a", "kind": "noop"}]}
_BODIES: dict[str, dict[str, Any]] = {
    "create_task": _TASK,
    "add_task_version": _TASK,
    "put_role": {"name": "reader", "permissions": ["runs:read"]},
    "change_member": {"role": "member"},
}
"""Of those operations that open their transaction by themselves, after they have read their body."""
_QUERIES = {"delete_tenant": {"confirm": "x"}}


@pytest.fixture(scope="module")
async def api(scratch: ScratchDatabase, signing: Signing) -> AsyncIterator[ApiInProcess]:
    gateway_url = f"http://127.0.0.1:{free_port()}"
    async with api_in_process(scratch, gateway_url=gateway_url, signing=signing, remember_seconds=60) as running:
        yield running


def lasting(api: ApiInProcess) -> list[tuple[str, RouteContext]]:
    """Every operation of members that writes and does not end by itself, but for those that remember nobody."""
    of_members = {one.value for one in Permission} - {one.value for one in PASSING}
    return [
        (method, route)
        for route in routes_of(api.app)
        for method in sorted((route.methods or set()) - _READS)
        if permissions_before(route) & of_members and str(route.operation_id) not in WHILE_SUSPENDED
    ]


async def send(client: httpx.AsyncClient, method: str, route: RouteContext, tenant: Tenant) -> httpx.Response:
    path = str(route.path).removeprefix("/api/v1")
    known = {"tenant_id": str(tenant.tenant_id), "scope": "tenant", "scope_id": str(tenant.tenant_id)}
    known |= {"period": "total", "secret_name": "left", "source_name": "left"}
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, known.get(part.strip("{}").split(":")[0], str(uuid4())))
    operation = str(route.operation_id)
    body, query = _BODIES.get(operation, {}), _QUERIES.get(operation, {})
    headers = {"If-Match": '"1"'} if operation == "add_task_version" else {}
    return await client.request(method, path, json=None if method == "DELETE" else body, params=query, headers=headers)


def gone_member(database: ScratchDatabase, user: str, _key: str) -> None:
    with database.superuser() as connection:
        connection.execute("DELETE FROM memberships WHERE user_id = %s", [user])


def revoked_key(database: ScratchDatabase, _user: str, key: str) -> None:
    with database.superuser() as connection:
        connection.execute("UPDATE api_keys SET revoked_at = now() WHERE api_key_id = %s", [key])


def rotated_key(database: ScratchDatabase, _user: str, key: str) -> None:
    with database.superuser() as connection:
        connection.execute("UPDATE api_keys SET hash = sha256('another') WHERE api_key_id = %s", [key])


def less_of_a_role(database: ScratchDatabase, user: str, _key: str) -> None:
    with database.superuser() as connection:
        connection.execute("UPDATE memberships SET role = 'viewer' WHERE user_id = %s", [user])


@pytest.mark.parametrize(
    ("change", "by_key", "code"),
    [
        (gone_member, False, "not_a_member"),
        (less_of_a_role, False, "rights_changed"),
        (revoked_key, True, "unauthenticated"),
        (rotated_key, True, "unauthenticated"),
    ],
)
async def test_no_operation_leaves_anything_that_lasts_for_who_may_not_do_it_any_more(
    api: ApiInProcess,
    tenant: Tenant,
    scratch: ScratchDatabase,
    change: Callable[[ScratchDatabase, str, str], None],
    by_key: bool,
    code: str,
) -> None:
    user = api.member(tenant, role="owner")
    async with api.as_user(tenant, user) as member:
        key = (await member.post("/api-keys", json={"name": "k", "scopes": ["api"]})).json()
        async with api.bearing(key["key"]) if by_key else api.as_user(tenant, user) as client:
            assert (await client.get("/runs")).status_code == 200
            change(scratch, str(user), key["id"])
            remembered = dict(callers(api)._remembered.items())
            told = {}
            for method, route in lasting(api):
                callers(api)._remembered.update(remembered)
                answer = await send(client, method, route, tenant)
                if code_of(answer) != code:
                    told[f"{method} {route.path}"] = (answer.status_code, answer.text[:150])
            assert told == {}
            assert len(lasting(api)) > 40
            callers(api)._remembered.update(remembered)
            refused = [await client.post("/schedules", json={}) for _ in range(2)]
            again = "forbidden" if code == "rights_changed" else code
            assert [code_of(one) for one in refused] == [code, again], "it is remembered no more"


def code_of(answer: httpx.Response) -> str:
    return str(answer.json().get("type", "")).removeprefix("urn:lockstep:problem:") if answer.content else ""


def callers(api: ApiInProcess) -> Any:
    return api.app.state.resources.callers
