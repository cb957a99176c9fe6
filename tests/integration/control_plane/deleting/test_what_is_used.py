"""What something still uses is deleted only by who says so, and who does not is told what uses it."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant

NOOP = [{"name": "a", "kind": "noop"}]
SECRET = {"name": "prices", "host": "prices.example"}


async def made(owner: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await owner.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def users(answer: httpx.Response) -> list[tuple[str, str]]:
    told = problem(answer, 409, "in_use")
    assert not told["more"]
    return [(one["kind"], one["name"]) for one in told["used_by"]]


async def test_a_secret_that_tasks_name_is_kept_until_somebody_says_so(
    api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with api.caller(tenant) as owner:
        for name in ("prices", "unused"):
            body = {"value": "v", "hosts": ["prices.example"]}
            assert (await owner.put(f"/secrets/{name}", json=body)).status_code == 201
        task = await made(owner, "/tasks", name="asks", steps=NOOP, secrets=[SECRET], egress=["prices.example"])
        assert (await owner.delete("/secrets/unused")).status_code == 204
        assert users(await owner.delete("/secrets/prices")) == [("task", "asks")]
        assert (await owner.get("/secrets/prices")).status_code == 200
        # A version that nothing runs any more needs nothing.
        other = {"name": "asks", "steps": NOOP}
        changed = await owner.patch(f"/tasks/{task['id']}", json=other, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
        pinned = await made(owner, "/triggers", name="hook", task_id=task["id"], task_version=1)
        assert users(await owner.delete("/secrets/prices")) == [("task", "asks")]
        assert (await owner.delete("/secrets/prices?while_used=true")).status_code == 204
        assert (await owner.delete(f"/triggers/{pinned['id']}")).status_code == 204
    [(_, _, _, _), (_, _, _, detail)] = [row for row in audited() if row[1] == "secret.delete"]
    assert [one["name"] for one in detail["used_by"]] == ["asks"]


async def test_a_secret_that_no_version_in_use_names_goes(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.caller(tenant) as owner:
        assert (await owner.put("/secrets/prices", json={"value": "v", "hosts": ["prices.example"]})).status_code == 201
        task = await made(owner, "/tasks", name="asks", steps=NOOP, secrets=[SECRET], egress=["prices.example"])
        assert (await owner.delete(f"/tasks/{task['id']}")).status_code == 204
        assert (await owner.delete("/secrets/prices")).status_code == 204


@pytest.mark.parametrize("by", ["its name", "its id"])
async def test_a_task_that_something_starts_is_kept_until_somebody_says_so(
    api: ApiInProcess, tenant: Tenant, by: str
) -> None:
    async with api.caller(tenant) as owner:
        task = await made(owner, "/tasks", name="below", steps=NOOP)
        named = "below" if by == "its name" else task["id"]
        await made(owner, "/tasks", name="above", steps=[{"name": "b", "kind": "run", "task": named}])
        schedule = await made(owner, "/schedules", name="hourly", task_id=task["id"], every_seconds=3600)
        await made(owner, "/triggers", name="hook", task_id=task["id"])
        told = users(await owner.delete(f"/tasks/{task['id']}"))
        assert told == [("schedule", "hourly"), ("task", "above"), ("trigger", "hook")]
        assert (await owner.delete(f"/schedules/{schedule['id']}")).status_code == 204
        told = users(await owner.delete(f"/tasks/{task['id']}"))
        assert told == [("task", "above"), ("trigger", "hook")]
        assert (await owner.get("/tasks?name=below")).json()["items"] != []
        assert (await owner.delete(f"/tasks/{task['id']}?while_used=true")).status_code == 204


async def test_a_neighbour_s_use_is_none(api: ApiInProcess, tenant: Tenant, scratch: Any) -> None:
    async with api.caller(tenant) as owner, api.caller(Tenant().create(scratch)) as neighbour:
        for one in (owner, neighbour):
            body = {"value": "v", "hosts": ["prices.example"]}
            assert (await one.put("/secrets/prices", json=body)).status_code == 201
        await made(neighbour, "/tasks", name="asks", steps=NOOP, secrets=[SECRET], egress=["prices.example"])
        assert (await owner.delete("/secrets/prices")).status_code == 204
        problem(await neighbour.delete("/secrets/prices"), 409, "in_use")


async def test_a_task_that_an_older_version_starts_is_kept_while_that_may_be_run(
    api: ApiInProcess, tenant: Tenant
) -> None:
    async with api.caller(tenant) as owner:
        below = await made(owner, "/tasks", name="below", steps=NOOP)
        above = await made(owner, "/tasks", name="above", steps=[{"name": "b", "kind": "run", "task": "below"}])
        other = {"name": "above", "steps": NOOP}
        changed = await owner.patch(f"/tasks/{above['id']}", json=other, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
        pinned = await made(owner, "/triggers", name="hook", task_id=above["id"], task_version=1)
        assert users(await owner.delete(f"/tasks/{below['id']}")) == [("task", "above")]
        assert (await owner.delete(f"/triggers/{pinned['id']}")).status_code == 204
        assert (await owner.delete(f"/tasks/{below['id']}")).status_code == 204


async def test_a_service_account_as_which_runs_start_is_kept_until_somebody_says_so(
    api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with api.caller(tenant) as owner:
        account = await made(owner, "/service-accounts", name="robot", role="member")
        key = await made(owner, "/api-keys", name="k", scopes=["api"], service_account_id=account["id"])
        task = await made(owner, "/tasks", name="count", steps=NOOP)
        async with api.bearing(key["key"]) as robot:
            schedule = await made(robot, "/schedules", name="hourly", task_id=task["id"], every_seconds=3600)
            trigger = await made(robot, "/triggers", name="hook", task_id=task["id"])
        path = f"/service-accounts/{account['id']}"
        assert users(await owner.delete(path)) == [("schedule", "hourly"), ("trigger", "hook")]
        assert (await owner.delete(f"/schedules/{schedule['id']}")).status_code == 204
        # Whoever changes it vouches for it from then on.
        changed = await owner.patch(f"/triggers/{trigger['id']}", json={"name": "mine"}, headers={"If-Match": '"1"'})
        assert changed.status_code == 200, changed.text
        assert (await owner.delete(path)).status_code == 204

        other = await made(owner, "/service-accounts", name="other", role="member")
        key = await made(owner, "/api-keys", name="k", scopes=["api"], service_account_id=other["id"])
        async with api.bearing(key["key"]) as robot:
            await made(robot, "/schedules", name="daily", task_id=task["id"], every_seconds=86400)
        assert (await owner.delete(f"/service-accounts/{other['id']}?while_used=true")).status_code == 204
    details = [row[3] for row in audited() if row[1] == "service_account.delete"]
    assert [[one["name"] for one in detail.get("used_by", [])] for detail in details] == [[], ["daily"]]


@pytest.mark.parametrize("door", ["removed", "leaves"])
async def test_a_person_as_whom_runs_start_is_kept_until_somebody_says_so(
    api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]], door: str
) -> None:
    user_id = api.member(tenant, role="member")
    async with api.caller(tenant) as owner, api.as_user(tenant, user_id) as person:
        task = await made(owner, "/tasks", name="count", steps=NOOP)
        schedule = await made(person, "/schedules", name="hourly", task_id=task["id"], every_seconds=3600)
        trigger = await made(person, "/triggers", name="hook", task_id=task["id"])

        async def goes(query: str = "") -> httpx.Response:
            if door == "removed":
                return await owner.delete(f"/members/{user_id}{query}")
            return await person.delete(f"/users/me/tenants/{tenant.tenant_id}{query}")

        assert users(await goes()) == [("schedule", "hourly"), ("trigger", "hook")]
        assert users(await goes("?while_used=false")) == [("schedule", "hourly"), ("trigger", "hook")]
        # Whoever changes it vouches for it from then on.
        changed = await owner.patch(f"/triggers/{trigger['id']}", json={"name": "mine"})
        assert changed.status_code == 200, changed.text
        assert users(await goes()) == [("schedule", "hourly")]
        assert (await owner.get(f"/members/{user_id}")).status_code == 200
        assert (await goes("?while_used=true")).status_code == 204
        assert (await owner.get(f"/schedules/{schedule['id']}")).json()["runs_as"] == str(user_id)
    [detail] = [row[3] for row in audited() if row[1] in ("member.remove", "member.leave")]
    assert detail["used_by"] == [{"kind": "schedule", "id": schedule["id"], "name": "hourly"}]


async def test_a_service_account_is_kept_at_the_door_of_members_too(
    api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with api.caller(tenant) as owner:
        account = await made(owner, "/service-accounts", name="robot", role="member")
        key = await made(owner, "/api-keys", name="k", scopes=["api"], service_account_id=account["id"])
        task = await made(owner, "/tasks", name="count", steps=NOOP)
        async with api.bearing(key["key"]) as robot:
            await made(robot, "/schedules", name="hourly", task_id=task["id"], every_seconds=3600)
        assert users(await owner.delete(f"/members/{account['id']}")) == [("schedule", "hourly")]
        assert (await owner.delete(f"/members/{account['id']}?while_used=true")).status_code == 204
    [detail] = [row[3] for row in audited() if row[1] == "member.remove"]
    assert detail["before"] == {"role": "member", "email": None, "name": "robot"}
    assert [one["name"] for one in detail["used_by"]] == ["hourly"]


async def test_who_starts_nothing_goes_at_once(api: ApiInProcess, tenant: Tenant) -> None:
    user_id, other_id = api.member(tenant, role="member"), api.member(tenant, role="member")
    async with api.caller(tenant) as owner, api.as_user(tenant, other_id) as other:
        task = await made(owner, "/tasks", name="count", steps=NOOP)
        gone = await made(other, "/schedules", name="deleted", task_id=task["id"], every_seconds=3600)
        assert (await owner.delete(f"/schedules/{gone['id']}")).status_code == 204
        assert (await owner.delete(f"/members/{user_id}")).status_code == 204
        assert (await other.delete(f"/users/me/tenants/{tenant.tenant_id}")).status_code == 204
