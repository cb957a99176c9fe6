"""A tag is another one whenever what is shown is, also where its version is not; a change under the old one is made."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import ARun, a_run, database
from fixtures.tags import version_of
from fixtures.tool_sources.openapi_documents import pets
from foundation.domain.ids import TenantId, UserId, new_uuid

NOOP = {"steps": [{"name": "a", "kind": "noop"}]}
Request = tuple[str, str, Any]


@dataclass(frozen=True)
class Shown:
    """A thing that can be read at a path."""

    path: str
    change: Callable[[], Awaitable[object]]
    """What makes another thing of it to its reader."""
    still: Request | None = None
    """A change that whoever has read it before that makes under `If-Match`; None where that raises its version."""
    operators: bool = False


@dataclass
class World:
    owner: httpx.AsyncClient
    operator: httpx.AsyncClient
    tenant: Tenant
    run: ARun
    scratch: ScratchDatabase
    other: UUID
    """A member."""

    async def make(self, path: str, **body: Any) -> str:
        made = await self.owner.post(path, json=body)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def send(self, request: Request, *, operators: bool = False, seen: str | None = None) -> httpx.Response:
        method, path, body = request
        who, headers = self.operator if operators else self.owner, {} if seen is None else {"if-match": seen}
        answer = await who.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer

    def sending(self, method: str, path: str, body: Any = None, *, operators: bool = False) -> Any:
        async def send() -> None:
            await self.send((method, path, body), operators=operators)

        return send

    def setting(self, table: str, assignment: str, **where: Any) -> Any:
        """What a process of the platform writes."""

        async def write() -> None:
            [(column, value)] = where.items()
            with self.scratch.superuser() as connection:
                query = f"UPDATE {table} SET {assignment} WHERE tenant_id = %s AND {column} = %s"  # noqa: S608
                done = connection.execute(query.encode(), [self.tenant.tenant_id, value])
                assert done.rowcount == 1

        return write


@pytest.fixture
async def world(lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> AsyncIterator[World]:
    owning = database(scratch)
    run = await a_run(owning, tenant=(TenantId(tenant.tenant_id), UserId(tenant.user_id)))
    await owning.close()
    async with AsyncExitStack() as stack:
        owner = await stack.enter_async_context(lonely_api.caller(tenant))
        operator = await stack.enter_async_context(lonely_api.operator())
        yield World(owner, operator, tenant, run, scratch, lonely_api.member(tenant, role="member"))
    with scratch.superuser() as connection:
        connection.execute("DELETE FROM platform_kill_switch")
        connection.execute("UPDATE tenants SET settings = '{}' WHERE tenant_id = %s", [tenant.tenant_id])


async def a_task(world: World) -> Shown:
    task = await world.make("/tasks", name=f"t {uuid4()}", **NOOP)
    return Shown(f"/tasks/{task}", world.sending("DELETE", f"/tasks/{task}"))


async def a_running_run(world: World) -> Shown:
    path = f"/runs/{world.run.run_id}"
    change = world.setting("runs", "started_at = now() - interval '1 hour'", run_id=world.run.run_id)
    return Shown(path, change, ("POST", f"{path}/pause", None))


async def an_approval(world: World) -> Shown:
    approval, step = new_uuid(), world.run.steps["first"]
    with world.scratch.superuser() as connection:
        connection.execute(
            "INSERT INTO approvals (tenant_id, approval_id, run_id, step_id, message, on_expiry, expires_at)"
            " VALUES (%s, %s, %s, %s, 'May it?', 'reject', now() + interval '1 hour')",
            [world.tenant.tenant_id, approval, world.run.run_id, step],
        )
    return Shown(f"/approvals/{approval}", world.setting("runs", "prompts_expired_at = now()", run_id=world.run.run_id))


async def a_budget(world: World) -> Shown:
    path = f"/budgets/tenant/{world.tenant.tenant_id}/day"
    await world.send(("PUT", path, {"cost_usd": "1"}))
    return Shown(path, world.sending("PUT", path, {"cost_usd": "2"}))


async def a_secret(world: World) -> Shown:
    path = f"/secrets/s{uuid4().hex[:12]}"
    await world.send(("PUT", path, {"value": "v", "hosts": ["a.example.com"]}))
    return Shown(path, world.sending("PUT", path, {"value": "v", "hosts": ["b.example.com"]}))


async def a_source(world: World) -> Shown:
    path = f"/tool-sources/s{uuid4().hex[:12]}"
    await world.send(("PUT", path, {"document": pets()}))
    return Shown(path, world.sending("PUT", path, {"document": pets(), "operations": ["getPet"]}))


async def a_webhook(world: World) -> Shown:
    made = await world.make("/webhooks", name="w", url="https://example.com/", events=["run.*"])
    change = world.setting("webhooks", "failures = 3, failing_since = now()", webhook_id=made)
    return Shown(f"/webhooks/{made}", change, ("PATCH", f"/webhooks/{made}", {"name": "x"}))


async def a_schedule(world: World) -> Shown:
    task = await world.make("/tasks", name=f"t {uuid4()}", **NOOP)
    made = await world.make("/schedules", name="s", task_id=task, every_seconds=3600)
    change = world.setting("schedules", "next_at = next_at + interval '1 hour'", schedule_id=made)
    return Shown(f"/schedules/{made}", change, ("PATCH", f"/schedules/{made}", {"name": "x"}))


async def a_trigger(world: World) -> Shown:
    task = await world.make("/tasks", name=f"t {uuid4()}", **NOOP)
    made = await world.make("/triggers", name="g", task_id=task)
    change = world.setting("triggers", "previous_secret_until = now()", trigger_id=made)
    return Shown(f"/triggers/{made}", change, ("PATCH", f"/triggers/{made}", {"name": "x"}))


async def a_role(world: World) -> Shown:
    name = f"r{uuid4().hex[:12]}"
    made = await world.make("/roles", name=name, permissions=["runs:read"])
    change = world.sending("PATCH", f"/members/{world.other}", {"role": made})
    return Shown(f"/roles/{made}", change, ("PUT", f"/roles/{made}", {"name": name, "permissions": ["tasks:read"]}))


async def a_member(world: World) -> Shown:
    name = f"r{uuid4().hex[:12]}"
    role = await world.make("/roles", name=name, permissions=["runs:read"])
    path = f"/members/{world.other}"
    await world.send(("PATCH", path, {"role": role}))
    change = world.sending("PUT", f"/roles/{role}", {"name": f"{name}-too", "permissions": ["runs:read"]})
    return Shown(path, change, ("PATCH", path, {"role": "viewer"}))


async def a_key(world: World) -> Shown:
    made = await world.make("/api-keys", name="k", scopes=["api"])
    change = world.setting("api_keys", "last_used_at = now()", api_key_id=made)
    return Shown(f"/api-keys/{made}", change, ("PATCH", f"/api-keys/{made}", {"name": "l"}))


async def an_account(world: World) -> Shown:
    made = await world.make("/service-accounts", name=f"a{uuid4().hex[:12]}", role="viewer")
    change = world.sending("POST", "/api-keys", {"name": "k", "scopes": ["api"], "service_account_id": made})
    return Shown(f"/service-accounts/{made}", change, ("PATCH", f"/service-accounts/{made}", {"description": "x"}))


async def a_tenant(world: World) -> Shown:
    path = f"/tenants/{world.tenant.tenant_id}"
    return Shown(path, world.sending("PATCH", path, {"contact_email": "somebody@example.com"}))


async def own_kill_switch(world: World) -> Shown:
    change = world.sending("PUT", "/operations/kill-switch", {"engaged": True, "reason": "a test"}, operators=True)
    return Shown("/kill-switch", change, ("PUT", "/kill-switch", {"engaged": False}))


async def platforms_kill_switch(world: World) -> Shown:
    path = "/operations/kill-switch"
    change = world.sending("PUT", path, {"engaged": True, "reason": "a test"}, operators=True)
    return Shown(path, change, operators=True)


async def bounds(world: World) -> Shown:
    path = f"/tenants/{world.tenant.tenant_id}/bounds"
    body = {"quotas": {"tenant": {"open_runs": 7}}}
    return Shown(path, world.sending("PUT", path, body, operators=True))


def policy(path: str, body: Any) -> Callable[[World], Awaitable[Shown]]:
    async def set_it(world: World) -> Shown:
        return Shown(path, world.sending("PUT", path, body))

    return set_it


READ: dict[str, Callable[[World], Awaitable[Shown]]] = {
    "/tasks/{task_id}": a_task,
    "/runs/{run_id}": a_running_run,
    "/approvals/{approval_id}": an_approval,
    "/budgets/{scope}/{scope_id}/{period}": a_budget,
    "/limits": policy("/limits", {"tenant": {"at_once": 20}}),
    "/budget-policy": policy(
        "/budget-policy", {"bounds": {"mode": "estimate", "margin": "1.5", "typical_output": 100}}
    ),
    "/concurrency": policy("/concurrency", {"steps": 20}),
    "/egress-policy": policy("/egress-policy", {"hosts": ["example.com"]}),
    "/quota-policy": policy("/quota-policy", {"tenant": {"open_runs": 50}}),
    "/provider-policy": policy("/provider-policy", {"regions": ["eu"]}),
    "/retention-policy": policy("/retention-policy", {"prompts": 30}),
    "/secrets/{secret_name}": a_secret,
    "/webhooks/{webhook_id}": a_webhook,
    "/schedules/{schedule_id}": a_schedule,
    "/triggers/{trigger_id}": a_trigger,
    "/kill-switch": own_kill_switch,
    "/operations/kill-switch": platforms_kill_switch,
    "/tool-sources/{source_name}": a_source,
    "/roles/{role_id}": a_role,
    "/api-keys/{api_key_id}": a_key,
    "/service-accounts/{service_account_id}": an_account,
    "/members/{user_id}": a_member,
    "/tenants/{tenant_id}": a_tenant,
    "/tenants/{tenant_id}/bounds": bounds,
}
"""Every path that is read with a tag."""


def test_every_path_that_is_read_with_a_tag_is_tried_here() -> None:
    tagged = {
        path.removeprefix("/api/v1")
        for path, item in unopened_api().openapi()["paths"].items()
        if "ETag" in item.get("get", {}).get("responses", {}).get("200", {}).get("headers", {})
    }
    assert tagged == set(READ)


@pytest.mark.parametrize("path", READ)
async def test_what_is_shown_otherwise_has_another_tag(world: World, path: str) -> None:
    shown = await READ[path](world)
    reader = world.operator if shown.operators else world.owner
    before = await reader.get(shown.path)
    again = await reader.get(shown.path, headers={"if-none-match": before.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", before.headers["etag"])
    assert (await reader.head(shown.path)).headers["etag"] == before.headers["etag"]
    await shown.change()
    after = await reader.get(shown.path, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200, "what the caller has is not what is there"
    assert after.json() != before.json()
    assert after.headers["etag"] != before.headers["etag"]
    assert (version_of(after) == version_of(before)) == (shown.still is not None or path in BY_THEMSELVES)
    known = {"if-none-match": f'"1", {after.headers["etag"]}'}
    assert (await reader.get(shown.path, headers=known)).status_code == 304
    assert (await reader.get(shown.path, headers={"if-none-match": version_of(after)})).status_code == 200
    if shown.still is not None:
        await world.send(shown.still, seen=before.headers["etag"])


BY_THEMSELVES = {"/tasks/{task_id}", "/approvals/{approval_id}"}
"""What is shown otherwise at the same version, and cannot be changed after that."""


async def test_the_first_part_stands_alone_where_a_change_says_what_it_has_seen(world: World) -> None:
    shown = await a_webhook(world)
    assert shown.still is not None
    before = await world.owner.get(shown.path)
    method, path, body = shown.still
    for wrong in (f'{version_of(before)[:-1]}.0"', '".', f'"2.{before.headers["etag"].partition(".")[2]}'):
        refused = await world.owner.request(method, path, json=body, headers={"if-match": wrong})
        assert refused.status_code in {400, 412}, wrong
    await world.send(shown.still, seen=version_of(before))
