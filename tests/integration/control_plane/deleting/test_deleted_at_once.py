"""What is deleted while something that uses it is made: one of the two counts, and the other is told so."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.lock_queues import in_the_lock_queue
from fixtures.machine.postgres import ScratchDatabase

NOOP = [{"name": "a", "kind": "noop"}]


@dataclass(frozen=True, slots=True)
class Used:
    """Something, where it is deleted, and what of it would be used by what is made."""

    path: str
    id: str


async def a_task(owner: httpx.AsyncClient) -> Used:
    answer = await owner.post("/tasks", json={"name": "below", "steps": NOOP})
    assert answer.status_code == 201, answer.text
    return Used(f"/tasks/{answer.json()['id']}", answer.json()["id"])


async def a_secret(owner: httpx.AsyncClient) -> Used:
    answer = await owner.put("/secrets/prices", json={"value": "v", "hosts": ["prices.example"]})
    assert answer.status_code == 201, answer.text
    return Used("/secrets/prices", "prices")


def of_secret(used: Used) -> tuple[str, dict[str, Any]]:
    secrets = [{"name": used.id, "host": "prices.example"}]
    return "/tasks", {"name": "asks", "steps": NOOP, "secrets": secrets, "egress": ["prices.example"]}


def schedule_of(used: Used) -> tuple[str, dict[str, Any]]:
    return "/schedules", {"name": "hourly", "task_id": used.id, "every_seconds": 3600}


def trigger_of(used: Used) -> tuple[str, dict[str, Any]]:
    return "/triggers", {"name": "hook", "task_id": used.id}


def named_above(_used: Used) -> tuple[str, dict[str, Any]]:
    return "/tasks", {"name": "above", "steps": [{"name": "b", "kind": "run", "task": "below"}]}


def above(used: Used) -> tuple[str, dict[str, Any]]:
    return "/tasks", {"name": "above", "steps": [{"name": "b", "kind": "run", "task": used.id.upper()}]}


CASES = [
    pytest.param(a_secret, of_secret, (422, "invalid_definition"), id="a secret, and a task that names it"),
    pytest.param(a_task, schedule_of, (409, "conflict"), id="a task, and a schedule of it"),
    pytest.param(a_task, trigger_of, (409, "conflict"), id="a task, and a trigger of it"),
    pytest.param(a_task, named_above, (422, "invalid_definition"), id="a task, and one that starts it by its name"),
    pytest.param(a_task, above, (422, "invalid_definition"), id="a task, and one that starts it by its id"),
]


async def at_once(
    scratch: ScratchDatabase, first: Awaitable[httpx.Response], second: Awaitable[httpx.Response]
) -> tuple[httpx.Response, httpx.Response]:
    """The first has done all but its audit row when the second is sent, and ends when that waits too."""
    with scratch.superuser() as held:
        held.execute("BEGIN")
        held.execute("LOCK TABLE audit_log IN SHARE MODE")
        one = asyncio.ensure_future(first)
        await in_the_lock_queue(scratch, 1)
        two = asyncio.ensure_future(second)
        await in_the_lock_queue(scratch, 2)
    return await one, await two


@pytest.mark.parametrize(("make_used", "using", "refused"), CASES)
async def test_what_is_just_getting_a_user_is_in_use(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, make_used: Any, using: Any, refused: Any
) -> None:
    async with lonely_api.caller(tenant) as owner:
        used = await make_used(owner)
        path, body = using(used)
        made, deleted = await at_once(scratch, owner.post(path, json=body), owner.delete(used.path))
        assert made.status_code == 201, made.text
        assert [one["name"] for one in problem(deleted, 409, "in_use")["used_by"]] == [body["name"]]


@pytest.mark.parametrize(("make_used", "using", "refused"), CASES)
async def test_what_is_just_being_deleted_gets_no_user(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, make_used: Any, using: Any, refused: Any
) -> None:
    async with lonely_api.caller(tenant) as owner:
        used = await make_used(owner)
        path, body = using(used)
        deleted, made = await at_once(scratch, owner.delete(used.path), owner.post(path, json=body))
        assert deleted.status_code == 204, deleted.text
        problem(made, *refused)


async def test_an_invitation_that_is_just_accepted_is_not_revoked(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    email = f"{uuid4().hex[:8]}@example.com"
    async with lonely_api.caller(tenant) as owner, lonely_api.person(email, email=email) as person:
        invited = (await owner.post("/invitations", json={"email": email, "role": "member"})).json()
        accepting = person.post("/invitations/accept", json={"token": invited["token"]})
        accepted, revoked = await at_once(scratch, accepting, owner.delete(f"/invitations/{invited['id']}"))
        assert accepted.is_success, accepted.text
        assert "remove the member" in problem(revoked, 409, "conflict")["remedy"]


async def test_an_invitation_that_is_just_revoked_is_not_accepted(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    email = f"{uuid4().hex[:8]}@example.com"
    async with lonely_api.caller(tenant) as owner, lonely_api.person(email, email=email) as person:
        invited = (await owner.post("/invitations", json={"email": email, "role": "member"})).json()
        accepting = person.post("/invitations/accept", json={"token": invited["token"]})
        revoked, accepted = await at_once(scratch, owner.delete(f"/invitations/{invited['id']}"), accepting)
        assert revoked.status_code == 204, revoked.text
        problem(accepted, 409, "conflict")
        listed = (await owner.get("/members")).json()["items"]
        assert email not in [one.get("email") for one in listed]


@pytest.mark.parametrize("order", ["made first", "removed first"])
@pytest.mark.parametrize("using", [schedule_of, trigger_of])
async def test_a_service_account_that_is_just_getting_a_schedule_is_in_use(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, using: Any, order: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        path, body = using(await a_task(owner))
        account = (await owner.post("/service-accounts", json={"name": "robot", "role": "member"})).json()
        new_key = {"name": "k", "scopes": ["api"], "service_account_id": account["id"]}
        key = (await owner.post("/api-keys", json=new_key)).json()
        async with lonely_api.bearing(key["key"]) as robot:
            making, removing = robot.post(path, json=body), owner.delete(f"/service-accounts/{account['id']}")
            if order == "made first":
                made, removed = await at_once(scratch, making, removing)
                assert made.status_code == 201, made.text
                problem(removed, 409, "in_use")
            else:
                removed, made = await at_once(scratch, removing, making)
                assert removed.status_code == 204, removed.text
                problem(made, 401, "unauthenticated")


@pytest.mark.parametrize("order", ["revoked first", "rotated first"])
async def test_a_key_that_is_revoked_and_rotated_at_once_is_revoked(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, order: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = (await owner.post("/api-keys", json={"name": "k", "scopes": ["api"]})).json()
        revoking = owner.delete(f"/api-keys/{key['id']}")
        rotating = owner.post(f"/api-keys/{key['id']}/rotate", json={})
        if order == "revoked first":
            revoked, rotated = await at_once(scratch, revoking, rotating)
            problem(rotated, 409, "conflict")
        else:
            rotated, revoked = await at_once(scratch, rotating, revoking)
            assert rotated.is_success, rotated.text
            async with lonely_api.bearing(rotated.json()["key"]) as holder:
                problem(await holder.get("/tasks"), 401, "unauthenticated")
        assert revoked.status_code == 204, revoked.text
