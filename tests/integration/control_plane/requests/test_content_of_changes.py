"""Who may change a thing and not read it is answered with it, and without what others wrote into it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest
from psycopg import sql

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import new_uuid

WORD = "albatross"
"""What others wrote."""
TASK = {"name": "tells", "steps": [{"name": "first", "kind": "noop"}, {"name": "then", "kind": "noop"}]}


async def made(owner: httpx.AsyncClient, path: str, **body: Any) -> Mapping[str, Any]:
    answer = await owner.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def a_run(owner: httpx.AsyncClient, scratch: ScratchDatabase, **changed: str) -> str:
    """One of somebody else, with content in each of its members."""
    task = await made(owner, "/tasks", **{**TASK, "name": f"tells {new_uuid()}"})
    run = await made(owner, "/runs", task_id=task["id"], input={"said": WORD})
    told = {"output": f'{{"said": "{WORD}"}}', "error": f'{{"detail": "{WORD}"}}', **changed}
    with scratch.superuser() as connection:
        columns = sql.SQL(", ").join(sql.SQL("{} = %s").format(sql.Identifier(column)) for column in told)
        changed_row = sql.SQL("UPDATE runs SET {} WHERE run_id = %s").format(columns)
        connection.execute(changed_row, [*told.values(), run["id"]])
    return str(run["id"])


def with_step(scratch: ScratchDatabase, run_id: str, name: str, *, status: str, position: int = 0) -> UUID:
    """A step of the run, as planning leaves it; it has ended where its status says so."""
    step_id = new_uuid()
    with scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, status, unmet_needs, generation,
                                  timeout_seconds, ended_at)
               SELECT tenant_id, run_id, %s, %s, %s, %s, %s, 0, generation, 60,
                      CASE WHEN %s <> 'QUEUED' THEN now() END FROM runs WHERE run_id = %s""",
            [step_id, name, "approval" if status == "QUEUED" else "noop", position, status, status, run_id],
        )
    return step_id


Door = Callable[[httpx.AsyncClient, httpx.AsyncClient, ScratchDatabase], Awaitable[httpx.Response]]


async def cancel(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    return await narrow.delete(f"/runs/{await a_run(owner, scratch)}")


async def cancel_again(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    run_id = await a_run(owner, scratch)
    assert (await owner.delete(f"/runs/{run_id}")).status_code == 200
    return await narrow.delete(f"/runs/{run_id}")


async def pause(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    return await narrow.post(f"/runs/{await a_run(owner, scratch)}/pause")


async def resume(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    run_id = await a_run(owner, scratch)
    assert (await owner.post(f"/runs/{run_id}/pause")).status_code == 200
    return await narrow.post(f"/runs/{run_id}/resume")


async def retry(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    run_id = await a_run(owner, scratch)
    assert (await owner.delete(f"/runs/{run_id}")).status_code == 200
    return await narrow.post(f"/runs/{run_id}/retry")


async def fork(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    run_id = await a_run(owner, scratch, status="FAILED", ended_at="now")
    for position, name in enumerate(("first", "then")):
        with_step(scratch, run_id, name, status="SUCCESS", position=position)
    return await narrow.post(f"/runs/{run_id}/fork", json={"from": "first", "start": False})


async def start_again(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    task = await made(owner, "/tasks", **{**TASK, "name": f"tells {new_uuid()}"})
    call: dict[str, Any] = {"json": {"task_id": task["id"], "input": {"said": WORD}}}
    call["headers"] = {"idempotency-key": str(new_uuid())}
    first = await owner.post("/runs", **call)
    assert first.status_code == 201, first.text
    with scratch.superuser() as connection:
        connection.execute("UPDATE runs SET output = %s WHERE run_id = %s", [f'"{WORD}"', first.json()["id"]])
    return await narrow.post("/runs", **call)


async def decide(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    me = (await owner.get("/users/me")).json()
    task = await made(owner, "/tasks", name=f"asks {new_uuid()}", steps=[{"name": "ask", "kind": "noop"}])
    run = await made(owner, "/runs", task_id=task["id"])
    approval, step_id = new_uuid(), with_step(scratch, run["id"], "ask", status="QUEUED")
    with scratch.superuser() as connection:
        connection.execute("UPDATE runs SET status = 'RUNNING' WHERE run_id = %s", [run["id"]])
        connection.execute(
            """INSERT INTO approvals (tenant_id, approval_id, run_id, step_id, message, on_expiry, expires_at)
               VALUES (%s, %s, %s, %s, %s, 'fail', now() + interval '1 hour')""",
            [me["tenant_id"], approval, run["id"], step_id, WORD],
        )
    return await narrow.post(f"/approvals/{approval}", json={"decision": "approve", "comment": WORD})


async def discard(owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase) -> httpx.Response:
    me = (await owner.get("/users/me")).json()
    run_id, letter = await a_run(owner, scratch, status="FAILED", ended_at="now"), new_uuid()
    step_id = with_step(scratch, run_id, "first", status="FAILED")
    with scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO dead_letters (tenant_id, dead_letter_id, run_id, step_id, cause, error, attempts)
               VALUES (%s, %s, %s, %s, 'worker_lost', %s, 3)""",
            [me["tenant_id"], letter, run_id, step_id, f'{{"detail": "{WORD}"}}'],
        )
    return await narrow.post(f"/dead-letters/{letter}/discard", json={"reason": WORD})


async def change_schedule(
    owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase
) -> httpx.Response:
    task = await made(owner, "/tasks", **{**TASK, "name": f"tells {new_uuid()}"})
    one = await made(owner, "/schedules", name="hourly", task_id=task["id"], every_seconds=3600, input={"said": WORD})
    return await narrow.patch(f"/schedules/{one['id']}", json={})


async def make_schedule_again(
    owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase
) -> httpx.Response:
    task = await made(owner, "/tasks", **{**TASK, "name": f"tells {new_uuid()}"})
    body = {"name": "hourly", "task_id": task["id"], "every_seconds": 3600, "input": {"said": WORD}}
    headers = {"idempotency-key": str(new_uuid())}
    assert (await owner.post("/schedules", json=body, headers=headers)).status_code == 201
    return await narrow.post("/schedules", json=body, headers=headers)


async def change_trigger(
    owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase
) -> httpx.Response:
    task = await made(owner, "/tasks", **{**TASK, "name": f"tells {new_uuid()}"})
    one = await made(owner, "/triggers", name="hook", task_id=task["id"], input={"said": WORD})
    return await narrow.patch(f"/triggers/{one['id']}", json={})


async def rotate_trigger(
    owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase
) -> httpx.Response:
    task = await made(owner, "/tasks", **{**TASK, "name": f"tells {new_uuid()}"})
    one = await made(owner, "/triggers", name="hook", task_id=task["id"], input={"said": WORD})
    return await narrow.post(f"/triggers/{one['id']}/rotate-secret", json={})


async def change_webhook(
    owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase
) -> httpx.Response:
    one = await made(owner, "/webhooks", name="told", url=f"https://example.com/{WORD}", events=["run.*"])
    return await narrow.patch(f"/webhooks/{one['id']}", json={"name": "also told"})


async def change_member(
    owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase
) -> httpx.Response:
    role = await made(owner, "/roles", name="starter", permissions=["runs:write"])
    account = await made(owner, "/service-accounts", name=WORD, role=role["id"])
    return await narrow.patch(f"/members/{account['id']}", json={"role": role["id"]})


async def change_account(
    owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase
) -> httpx.Response:
    account = await made(owner, "/service-accounts", name=f"an account {new_uuid()}", description=WORD, role="viewer")
    return await narrow.patch(f"/service-accounts/{account['id']}", json={})


async def change_tenant(
    owner: httpx.AsyncClient, narrow: httpx.AsyncClient, scratch: ScratchDatabase
) -> httpx.Response:
    me = (await owner.get("/users/me")).json()
    path = f"/tenants/{me['tenant_id']}"
    assert (await owner.patch(path, json={"contact_email": f"{WORD}@example.com"})).status_code == 200
    return await narrow.patch(path, json={})


DOORS: list[tuple[Door, list[str], set[str]]] = [
    *((door, ["runs:write"], {"input", "output", "error"}) for door in (cancel, cancel_again, pause, resume, retry)),
    (fork, ["runs:write"], {"input", "output", "error"}),
    (start_again, ["runs:write"], {"input", "output", "error"}),
    (decide, ["approvals:decide"], {"message", "comment", "data"}),
    (discard, ["runs:write"], {"error", "reason"}),
    (change_schedule, ["schedules:write", "runs:write"], {"input", "last_firings"}),
    (make_schedule_again, ["schedules:write", "runs:write"], {"input", "last_firings"}),
    (change_trigger, ["triggers:write", "runs:write"], {"input"}),
    (rotate_trigger, ["triggers:write", "runs:write"], {"input"}),
    (change_webhook, ["webhooks:write", "runs:read"], {"url"}),
    (change_member, ["members:write", "runs:write"], {"email", "name"}),
    (change_account, ["service_accounts:write"], {"description"}),
    (change_tenant, ["tenant:write"], {"contact_email"}),
]


@pytest.mark.parametrize(("door", "permissions", "hidden"), DOORS, ids=lambda one: getattr(one, "__name__", ""))
async def test_who_may_not_read_it_is_shown_no_content(
    lonely_api: ApiInProcess,
    tenant: Tenant,
    scratch: ScratchDatabase,
    door: Door,
    permissions: list[str],
    hidden: set[str],
) -> None:
    async with lonely_api.caller(tenant) as owner:
        key = await made(owner, "/api-keys", name="narrow", scopes=["api"], permissions=permissions)
        async with lonely_api.bearing(key["key"]) as narrow:
            answer = await door(owner, narrow, scratch)
        assert answer.is_success, answer.text
        assert WORD not in answer.text
        shown = answer.json()
        assert shown.get("id") or shown["user_id"], "what was changed is known by its id"
        assert {name: shown[name] for name in hidden} == dict.fromkeys(hidden)


@pytest.mark.parametrize("door", [door for door, _, _ in DOORS], ids=lambda door: door.__name__)
async def test_who_may_read_it_is_shown_all(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, door: Door
) -> None:
    async with lonely_api.caller(tenant) as owner:
        answer = await door(owner, owner, scratch)
        assert answer.is_success, answer.text
        assert WORD in answer.text


async def test_a_role_that_only_starts_runs_learns_how_they_stand_and_no_more(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    """Of a member as of a key: they start a run, and repeat the call to see that it was started."""
    async with lonely_api.caller(tenant) as owner:
        role = await made(owner, "/roles", name="starter", permissions=["runs:write"])
        task = await made(owner, "/tasks", **TASK)
        somebody = lonely_api.member(tenant, role="viewer")
        changed = await owner.patch(f"/members/{somebody}", json={"role": role["id"]})
        assert changed.status_code == 200, changed.text
        async with lonely_api.as_user(tenant, somebody) as starter:
            call: dict[str, Any] = {"json": {"task_id": task["id"], "input": {"said": WORD}}}
            call["headers"] = {"idempotency-key": str(new_uuid())}
            first, again = await starter.post("/runs", **call), await starter.post("/runs", **call)
            assert (first.status_code, again.status_code) == (201, 200)
            assert first.json()["id"] == again.json()["id"]
            assert (again.json()["status"], again.json()["input"]) == ("PENDING", None)
            assert (await starter.get(f"/runs/{first.json()['id']}")).status_code == 403
            assert WORD in (await owner.get(f"/runs/{first.json()['id']}")).text


async def test_a_refusal_has_no_reason_for_who_may_not_read_it(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        letter = (await discard(owner, owner, scratch)).json()["id"]
        key = await made(owner, "/api-keys", name="narrow", scopes=["api"], permissions=["runs:write"])
        async with lonely_api.bearing(key["key"]) as narrow:
            refused = await narrow.post(f"/dead-letters/{letter}/redrive")
        assert (refused.status_code, WORD in refused.text) == (409, False)
        assert (refused.json()["dead_letter"]["id"], refused.json()["dead_letter"]["reason"]) == (letter, None)
        shown = await owner.post(f"/dead-letters/{letter}/redrive")
        assert (shown.status_code, shown.json()["dead_letter"]["reason"]) == (409, WORD)


@pytest.mark.parametrize("name", ["  two before", "one behind ", "\u2800", "\u0600"])
async def test_names_are_by_one_rule_wherever_they_are_given(
    lonely_api: ApiInProcess, tenant: Tenant, name: str
) -> None:
    doors: dict[str, dict[str, Any]] = {
        "/tasks": {**TASK},
        "/api-keys": {"scopes": ["api"]},
        "/webhooks": {"url": "https://example.com/told", "events": ["run.*"]},
        "/roles": {"permissions": ["runs:read"]},
        "/service-accounts": {"role": "viewer"},
    }
    async with lonely_api.caller(tenant) as owner:
        for path, body in doors.items():
            refused = await owner.post(path, json={**body, "name": name})
            assert refused.status_code in {400, 422}, (path, refused.text)
            assert [fault["pointer"] for fault in refused.json()["errors"]] in (["/name"], ["/body/name"])
