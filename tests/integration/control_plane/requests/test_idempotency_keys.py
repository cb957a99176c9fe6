"""A key is heeded by each call that makes something, and refused wherever one would be relied on in vain."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import psycopg
import pytest

from control_plane.requests.keys.once import AlreadyMade
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import Operation, operations_of
from fixtures.api.problems import problem
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.tags import version_of
from foundation.domain.ids import new_uuid

RETRY = "POST /api/v1/runs/{run_id}/retry"
KEPT_WITH_THE_RUN = {"POST /api/v1/runs", "POST /api/v1/runs/{run_id}/fork"}
SHOWN_ONCE = {
    "POST /api/v1/api-keys": {"name": "a key", "scopes": ["api"]},
    "POST /api/v1/invitations": {"email": "somebody@example.com", "role": "member"},
    "POST /api/v1/triggers": {"name": "a trigger", "task_id": "{task}"},
    "POST /api/v1/webhooks": {"name": "a webhook", "url": "https://example.com/hook", "events": ["run.failed"]},
}
KEPT_FOR_A_DAY = {
    "POST /api/v1/roles": {"name": "a role", "permissions": ["runs:read"]},
    "POST /api/v1/schedules": {"name": "a schedule", "task_id": "{task}", "every_seconds": 3600},
    "POST /api/v1/service-accounts": {"name": "an account", "role": "member"},
    "POST /api/v1/tasks": {"name": "another task", "steps": [{"name": "wait", "kind": "noop"}]},
    "POST /api/v1/tenants/{tenant}/export": None,
    "POST /api/v1/webhooks/{webhook}/test": None,
    "POST /api/v1/webhooks/{webhook}/deliveries/{delivery}/replay": None,
}
"""What is sent to each; names in braces are those of the tenant's own."""

OF_OPERATORS: dict[str, dict[str, object]] = {
    "POST /api/v1/tenants": {"name": "a tenant", "owner_email": "ann@example.com"},
    "POST /api/v1/operations/gateway-configurations": {"document": "", "note": "as it was"},
    "POST /api/v1/operations/break-glass-accesses": {"tenant_id": "{tenant}", "reason": "a ticket", "minutes": 5},
}
ANNOUNCED = "POST /api/v1/artifacts"
UPLOAD = {"name": "a.csv", "content_type": "text/csv", "size": 3, "sha256": "0f" * 32}

WITHOUT_A_KEY = {
    "POST /api/v1/approvals/{approval_id}": "a request is decided once; the repeat is 409 with the decision",
    "POST /api/v1/api-keys/{api_key_id}/rotate": "whoever has not got this text needs the next one; If-Match guards",
    "POST /api/v1/dead-letters/redrive": "each letter is redriven once; who repeats names ids",
    "POST /api/v1/dead-letters/{dead_letter_id}/discard": "a letter ends once",
    "POST /api/v1/dead-letters/{dead_letter_id}/redrive": "a letter ends once",
    "POST /api/v1/invitations/accept": "an invitation is accepted once",
    "POST /api/v1/operations/gateway-configurations/{version}/approve": "a proposal is decided once",
    "POST /api/v1/operations/gateway-configurations/{version}/reject": "a proposal is decided once",
    "POST /api/v1/operations/unreadable-messages/{message_id}/discard": "a message ends once",
    "POST /api/v1/runs/{run_id}/pause": "a run that is paused stays so",
    "POST /api/v1/runs/{run_id}/resume": "a run that goes on is refused",
    "POST /api/v1/runs/{run_id}/steps/{name}/checkpoints/verify": "it makes nothing",
    "POST /api/v1/runs/{run_id}/steps/{name}/outcome": "an outcome is decided once",
    "POST /api/v1/tasks/{task_id}/estimate": "it makes nothing",
    "POST /api/v1/tenants/{tenant_id}/owner-invitation": "whoever has not got this token needs the next one",
    "POST /api/v1/tenants/{tenant_id}/restore": "a tenant that is let in stays so",
    "POST /api/v1/tenants/{tenant_id}/suspend": "a tenant that is suspended stays so",
    "POST /api/v1/trigger-calls/{tenant_id}/{trigger_id}": "its webhook-id is its key",
    "POST /api/v1/triggers/{trigger_id}/rotate-secret": "whoever has not got this secret needs the next one",
    "POST /api/v1/webhooks/{webhook_id}/rotate-secret": "whoever has not got this secret needs the next one",
}
"""And why its repeat makes no second thing."""

OPERATIONS = [one for one in operations_of(unopened_api()) if one.method in {"POST", "PATCH"} and not one.public]
BY_MEANING = [one for one in operations_of(unopened_api()) if one.method in {"GET", "PUT", "DELETE"} and not one.public]
HEEDED = {one.name for one in OPERATIONS if any(sent["name"].lower() == "idempotency-key" for sent in one.parameters)}
UUID = "019a0000-0000-7000-8000-000000000000"


def template(name: str) -> str:
    """The operation as the document names it."""
    own = {"{tenant}": "{tenant_id}", "{webhook}": "{webhook_id}", "{delivery}": "{delivery_id}"}
    for ours, theirs in own.items():
        name = name.replace(ours, theirs)
    return name


def test_every_post_heeds_a_key_or_says_why_its_repeat_makes_no_second_thing() -> None:
    calls = {one.name for one in OPERATIONS if one.method == "POST"}
    keyed = (
        KEPT_WITH_THE_RUN
        | {RETRY}
        | {template(name) for name in (*SHOWN_ONCE, *KEPT_FOR_A_DAY, *OF_OPERATORS, ANNOUNCED)}
    )
    assert keyed == HEEDED
    assert keyed | set(WITHOUT_A_KEY) == calls
    assert not keyed & set(WITHOUT_A_KEY)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.name not in HEEDED], ids=lambda one: one.name)
async def test_a_key_that_nobody_heeds_is_refused(
    lonely_api: ApiInProcess, tenant: Tenant, operation: Operation
) -> None:
    async with lonely_api.caller(tenant) as owner:
        path = f"http://test{operation.path_with(UUID)}"
        answer = await owner.request(
            operation.method,
            path,
            json=operation.example,
            headers={"idempotency-key": "k", **operation.if_match('"1"')},
        )
        problem(answer, 400, "bad_request", pointer="/header/idempotency-key")


@pytest.mark.parametrize("operation", BY_MEANING, ids=lambda one: one.name)
async def test_a_method_that_does_no_more_when_it_is_repeated_passes_over_a_key(
    lonely_api: ApiInProcess, tenant: Tenant, operation: Operation
) -> None:
    async with lonely_api.caller(tenant) as owner:

        async def asked(**headers: str) -> int:
            path = f"http://test{operation.path_with(UUID)}"
            sent = {**headers, **operation.if_match('"1"')}
            return (await owner.request(operation.method, path, json=operation.example, headers=sent)).status_code

        assert await asked(**{"idempotency-key": "k"}) == await asked()


class KeyedCalls:
    """Sends the same call under one key as often as a test says."""

    def __init__(
        self, owner: httpx.AsyncClient, scratch: ScratchDatabase, tenant: Tenant, own: Mapping[str, str]
    ) -> None:
        self.owner, self.scratch, self.tenant, self.own = owner, scratch, tenant, own

    async def send(self, call: str, body: Any, key: str = "k", **more: Any) -> httpx.Response:
        path = call.removeprefix("POST ").format(**self.own)
        if body is None:
            return await self.owner.post(f"http://test{path}", headers={"idempotency-key": key})
        filled = {member: self.own["task"] if value == "{task}" else value for member, value in body.items()}
        return await self.owner.post(f"http://test{path}", json=filled | more, headers={"idempotency-key": key})

    def made(self) -> dict[str, int]:
        """Rows of the tenant in the tables that these calls write, but for what is told of them."""
        tables = "api_keys", "invitations", "triggers", "webhooks", "webhook_deliveries", "roles", "schedules"
        more = "service_accounts", "tasks", "tenant_exports"
        with self.scratch.superuser() as connection:
            return {
                table: int(
                    connection.execute(
                        f"SELECT count(*) FROM {table} WHERE tenant_id = %s",  # noqa: S608 - of the list above
                        [self.tenant.tenant_id],
                    ).fetchall()[0][0]  # type: ignore[call-overload]
                )
                for table in (*tables, *more)
            }


@pytest.fixture
async def calls(api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> Any:
    async with api.caller(tenant) as owner:
        task = await owner.post("/tasks", json={"name": "a task", "steps": [{"name": "wait", "kind": "noop"}]})
        hook = await owner.post(
            "/webhooks", json={"name": "own", "url": "https://example.com/", "events": ["run.failed"]}
        )
        sent = await owner.post(f"/webhooks/{hook.json()['id']}/test")
        with scratch.superuser() as connection:
            connection.execute(
                "UPDATE webhook_deliveries SET status = 'failed', ended_at = now() WHERE delivery_id = %s",
                [sent.json()["id"]],
            )
        own = {
            "task": task.json()["id"],
            "webhook": hook.json()["id"],
            "delivery": sent.json()["id"],
            "tenant": str(tenant.tenant_id),
        }
        yield KeyedCalls(owner, scratch, tenant, own)


@pytest.mark.parametrize("name", KEPT_FOR_A_DAY)
async def test_a_repeat_is_answered_as_the_first_and_makes_nothing(calls: KeyedCalls, name: str) -> None:
    body: Any = KEPT_FOR_A_DAY[name]
    first = await calls.send(name, body)
    assert first.status_code in {201, 202}, first.text
    made = calls.made()
    again = await calls.send(name, body)
    assert again.status_code == (200 if first.status_code == 201 else first.status_code), again.text
    assert again.json() == first.json()
    assert again.headers.get("location") == first.headers.get("location")
    assert ("etag" in again.headers) == ("etag" in first.headers)
    if "etag" in first.headers:
        assert version_of(again) == version_of(first)
    assert calls.made() == made
    if body is not None:
        other = await calls.send(name, body, name="other")
        problem(other, 422, "idempotency_key_reused")
        assert calls.made() == made
        assert (await calls.send(name, body, "another", name="other")).status_code == 201


@pytest.mark.parametrize("name", SHOWN_ONCE)
async def test_a_secret_is_not_shown_again_and_nowhere_kept(calls: KeyedCalls, name: str) -> None:
    body: Any = SHOWN_ONCE[name]
    first = await calls.send(name, body)
    assert first.status_code == 201, first.text
    made = calls.made()
    again = problem(await calls.send(name, body), 409, AlreadyMade.code)
    assert again["made"] == first.headers["location"]
    assert (await calls.owner.get(f"http://test{again['made']}")).status_code == 200
    assert calls.made() == made
    changed = {"email": "other@example.com"} if "email" in body else {"name": "other"}
    problem(await calls.send(name, body, **changed), 422, "idempotency_key_reused")
    with calls.scratch.superuser() as connection:
        query = "SELECT answer FROM keyed_calls WHERE tenant_id = %s"
        assert connection.execute(query, [calls.tenant.tenant_id]).fetchall() == [(None,)]


@pytest.mark.parametrize("name", ["POST /api/v1/roles", "POST /api/v1/tasks", "POST /api/v1/service-accounts"])
async def test_one_key_at_many_doors_at_once_makes_one_thing(calls: KeyedCalls, name: str) -> None:
    body: Any = KEPT_FOR_A_DAY[name]
    before = sum(calls.made().values())
    answers = await asyncio.gather(*(calls.send(name, body) for _ in range(6)))
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len({one.json()["id"] for one in answers}) == 1
    assert sum(calls.made().values()) == before + 1


async def test_a_call_that_was_refused_leaves_its_key_free(calls: KeyedCalls) -> None:
    role = KEPT_FOR_A_DAY["POST /api/v1/roles"]
    problem(await calls.send("POST /api/v1/roles", role, permissions=["runs:fly"]), 400, "bad_request")
    assert (await calls.send("POST /api/v1/roles", role)).status_code == 201
    taken = await calls.send("POST /api/v1/roles", role, "second")
    assert taken.status_code == 409
    assert (await calls.send("POST /api/v1/roles", role, "second", name="a third")).status_code == 201


async def test_the_order_of_members_is_not_what_is_asked_for_and_the_route_is(calls: KeyedCalls) -> None:
    first = await calls.owner.post(
        "/roles", content=b'{"name": "r", "permissions": ["runs:read"]}', headers={"idempotency-key": "k", **_JSON}
    )
    assert first.status_code == 201, first.text
    again = await calls.owner.post(
        "/roles", content=b'{ "permissions": ["runs:read"],  "name": "r"}', headers={"idempotency-key": "k", **_JSON}
    )
    assert (again.status_code, again.json()) == (200, first.json())
    elsewhere = await calls.send("POST /api/v1/service-accounts", {"name": "r", "role": "member"})
    problem(elsewhere, 422, "idempotency_key_reused")


async def a_run(calls: KeyedCalls, key: str) -> httpx.Response:
    return await calls.owner.post("/runs", json={"task_id": calls.own["task"]}, headers={"idempotency-key": key})


async def test_a_key_means_one_call_whatever_it_makes(calls: KeyedCalls) -> None:
    role = KEPT_FOR_A_DAY["POST /api/v1/roles"]
    assert (await a_run(calls, "run first")).status_code == 201
    problem(await calls.send("POST /api/v1/roles", role, "run first"), 422, "idempotency_key_reused")
    assert (await a_run(calls, "run first")).status_code == 200

    assert (await calls.send("POST /api/v1/roles", role, "role first")).status_code == 201
    problem(await a_run(calls, "role first"), 422, "idempotency_key_reused")
    with calls.scratch.superuser() as connection:
        connection.execute(
            "UPDATE keyed_calls SET called_at = now() - interval '25 hours' WHERE tenant_id = %s",
            [calls.tenant.tenant_id],
        )
    assert (await a_run(calls, "role first")).status_code == 201


@pytest.mark.parametrize("turn", range(4))
async def test_of_two_calls_at_once_under_a_key_one_is_made(calls: KeyedCalls, turn: int) -> None:
    role = calls.send("POST /api/v1/roles", KEPT_FOR_A_DAY["POST /api/v1/roles"], "k")
    asked = [role, a_run(calls, "k")]
    answers = await asyncio.gather(*(asked if turn % 2 else asked[::-1]))
    assert sorted(one.status_code for one in answers) == [201, 422]


async def test_an_announcement_is_repeated_with_a_form_of_its_own_until_there_is_nothing_to_upload(
    calls: KeyedCalls, scratch: ScratchDatabase
) -> None:
    first = await calls.send(ANNOUNCED, UPLOAD)
    again = await calls.send(ANNOUNCED, UPLOAD)
    assert (first.status_code, again.status_code) == (201, 200), again.text
    assert again.json()["id"] == first.json()["id"]
    assert set(again.json()["fields"]) == set(first.json()["fields"])
    problem(await calls.send(ANNOUNCED, UPLOAD, size=4), 422, "idempotency_key_reused")
    with scratch.superuser() as connection:
        query = "SELECT answer FROM keyed_calls WHERE tenant_id = %s"
        assert connection.execute(query, [calls.tenant.tenant_id]).fetchall() == [(None,)]
        connection.execute(
            "UPDATE artifacts SET created_at = now() - interval '1 day' WHERE artifact_id = %s", [first.json()["id"]]
        )
    late = problem(await calls.send(ANNOUNCED, UPLOAD), 409, AlreadyMade.code)
    assert late["made"] == f"/api/v1/artifacts/{first.json()['id']}"


@pytest.mark.parametrize("name", OF_OPERATORS)
async def test_an_operator_has_keys_of_their_own(api: ApiInProcess, tenant: Tenant, name: str) -> None:
    path = f"http://test{name.removeprefix('POST ')}"
    body = {k: str(tenant.tenant_id) if v == "{tenant}" else v for k, v in OF_OPERATORS[name].items()}
    subject, key = f"o-{new_uuid()}", {"idempotency-key": "k"}
    async with api.operator(subject) as operator, api.operator(f"o-{new_uuid()}") as another:
        answers = await asyncio.gather(*(operator.post(path, json=body, headers=key) for _ in range(4)))
        statuses = sorted(one.status_code for one in answers)
        [first] = [one for one in answers if one.status_code == 201]
        repeats = [one for one in answers if one is not first]
        if name == "POST /api/v1/tenants":
            assert statuses == [201, 409, 409, 409]
            for one in repeats:
                assert problem(one, 409, AlreadyMade.code)["made"] == first.headers["location"]
        else:
            assert statuses == [200, 200, 200, 201], [one.text for one in answers]
            assert [one.json() for one in repeats] == [first.json()] * 3
            assert {one.headers["location"] for one in answers} == {first.headers["location"]}
        assert (await operator.get(f"http://test{first.headers['location']}")).status_code == 200
        other = {**body, next(member for member in ("name", "note", "reason") if member in body): "another"}
        problem(await operator.post(path, json=other, headers=key), 422, "idempotency_key_reused")
        theirs = await another.post(path, json=body, headers=key)
        assert theirs.status_code == 201, theirs.text
        assert theirs.headers["location"] != first.headers["location"]


async def test_no_transaction_sees_an_operator_s_calls_but_one_that_names_them(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    name = "POST /api/v1/operations/break-glass-accesses"
    body = {**OF_OPERATORS[name], "tenant_id": str(tenant.tenant_id)}
    async with api.operator(f"o-{new_uuid()}") as operator:
        answer = await operator.post(f"http://test{name[5:]}", json=body, headers={"idempotency-key": "k"})
    actor = answer.json()["operator"]
    with psycopg.connect(scratch.url("control_plane")) as connection:
        query = "SELECT count(*) FROM operator_keyed_calls WHERE operator = %s"
        tried: tuple[tuple[dict[str, str], int], ...] = (
            ({}, 0),
            ({"lockstep.tenant": str(tenant.tenant_id)}, 0),
            ({"lockstep.operator": "operator:x"}, 0),
            ({"lockstep.operator": actor}, 1),
        )
        for settings, seen in tried:
            for setting, value in settings.items():
                connection.execute("SELECT set_config(%s, %s, true)", [setting, value])
            assert connection.execute(query, [actor]).fetchall() == [(seen,)]


_JSON = {"content-type": "application/json"}


async def test_a_neighbours_key_is_another(calls: KeyedCalls, api: ApiInProcess, scratch: ScratchDatabase) -> None:
    body = KEPT_FOR_A_DAY["POST /api/v1/roles"]
    mine = await calls.send("POST /api/v1/roles", body)
    async with api.caller(Tenant().create(scratch)) as neighbour:
        theirs = await neighbour.post("/roles", json=body, headers={"idempotency-key": "k"})
    assert (mine.status_code, theirs.status_code) == (201, 201)
    assert mine.json()["id"] != theirs.json()["id"]


async def test_a_key_is_free_again_after_a_day(calls: KeyedCalls) -> None:
    body = KEPT_FOR_A_DAY["POST /api/v1/roles"]
    await calls.send("POST /api/v1/roles", body)
    with calls.scratch.superuser() as connection:
        connection.execute(
            "UPDATE keyed_calls SET called_at = now() - interval '25 hours' WHERE tenant_id = %s",
            [calls.tenant.tenant_id],
        )
    answer = await calls.send("POST /api/v1/roles", body, name=f"role {new_uuid().hex[:8]}")
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("name", ["idempotency-key", "last-event-id", "webhook-id", "webhook-timestamp"])
async def test_a_header_that_means_one_thing_stands_once(lonely_api: ApiInProcess, tenant: Tenant, name: str) -> None:
    async with lonely_api.caller(tenant) as owner:
        answer = await owner.get("/runs", headers=[(name, "1"), (name, "2")])
        problem(answer, 400, "bad_request", pointer=f"/header/{name}")
