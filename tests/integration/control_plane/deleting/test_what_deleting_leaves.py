"""What a DELETE leaves: rows that history needs stay, marked; what nothing refers to goes; the audit tells of it."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

STEPS = [{"name": "a", "kind": "noop"}]


async def made(owner: httpx.AsyncClient, path: str, **body: Any) -> Mapping[str, Any]:
    answer = await owner.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def a_task(owner: httpx.AsyncClient) -> Mapping[str, Any]:
    return await made(owner, "/tasks", name="greet", steps=STEPS)


async def a_schedule(owner: httpx.AsyncClient) -> Mapping[str, Any]:
    task = await a_task(owner)
    every = {"every_seconds": 3600, "overlap": "skip", "catch_up": "none"}
    return await made(owner, "/schedules", name="hourly", task_id=task["id"], **every)


async def a_key(owner: httpx.AsyncClient) -> Mapping[str, Any]:
    return await made(owner, "/api-keys", name="robot", scopes=["api"])


async def an_invitation(owner: httpx.AsyncClient) -> Mapping[str, Any]:
    return await made(owner, "/invitations", email="ada@example.com", role="member")


async def a_service_account(owner: httpx.AsyncClient) -> Mapping[str, Any]:
    return await made(owner, "/service-accounts", name="robot", role="member")


async def a_role(owner: httpx.AsyncClient) -> Mapping[str, Any]:
    return await made(owner, "/roles", name="auditor", permissions=["audit:read"])


async def a_trigger(owner: httpx.AsyncClient) -> Mapping[str, Any]:
    task = await a_task(owner)
    return await made(owner, "/triggers", name="hook", task_id=task["id"])


KEPT = [
    (a_task, "/tasks", "tasks WHERE task_id = %s AND archived_at IS NOT NULL"),
    (a_task, "/tasks", "task_versions WHERE task_id = %s"),
    (a_schedule, "/schedules", "schedules WHERE schedule_id = %s AND deleted_at IS NOT NULL AND next_at IS NULL"),
    (a_key, "/api-keys", "api_keys WHERE api_key_id = %s AND revoked_at IS NOT NULL"),
    (an_invitation, "/invitations", "invitations WHERE invitation_id = %s AND revoked_at IS NOT NULL"),
    (a_service_account, "/service-accounts", "users WHERE user_id = %s"),
]
GONE = [
    (a_service_account, "/service-accounts", "memberships WHERE user_id = %s"),
    (a_role, "/roles", "roles WHERE role_id = %s"),
    (a_trigger, "/triggers", "triggers WHERE trigger_id = %s"),
]


def rows(database: ScratchDatabase, condition: str, identifier: object) -> int:
    with database.superuser() as connection:
        query = f"SELECT count(*) FROM {condition}"  # noqa: S608  # a condition that is written above
        [(count,)] = connection.execute(query.encode(), [identifier]).fetchall()
    return int(str(count))


@pytest.mark.parametrize(
    ("make", "path", "condition", "left"), [*((*one, 1) for one in KEPT), *((*one, 0) for one in GONE)]
)
async def test_what_history_needs_stays_and_the_rest_goes(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, make: Any, path: str, condition: str, left: int
) -> None:
    async with lonely_api.caller(tenant) as owner:
        one = await make(owner)
        headers = {"If-Match": f'"{one["version"]}"'} if "version" in one else {}
        answer = await owner.delete(f"{path}/{one['id']}", headers=headers)
        assert answer.status_code in {200, 204}, answer.text
        live = {"/api-keys": {"usable": "true"}, "/invitations": {"status": "pending"}}.get(path, {})
        listed = (await owner.get(path, params=live)).json()["items"]
        assert str(one["id"]) not in {str(item["id"]) for item in listed}
        audit = (await owner.get("/audit")).json()["items"]
    assert rows(scratch, condition, one["id"]) == left
    assert any(str(one["id"]) in str(row["target"]) and "DELETE" not in row["action"] for row in audit)


async def test_a_run_of_a_task_that_is_gone_still_shows_it(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        run = await made(owner, "/runs", task_id=task["id"])
        assert (await owner.delete(f"/tasks/{task['id']}")).status_code == 204
        assert (await owner.get(f"/runs/{run['id']}")).json()["task_id"] == task["id"]
        shown = (await owner.get(f"/tasks/{task['id']}")).json()
        assert (shown["name"], shown["archived_at"] is None) == ("greet", False)
        again = await made(owner, "/tasks", name="greet", steps=STEPS)
        assert again["id"] != task["id"], "the name is free for another"
