"""What a tenant lets run at once: set whole, audited, and asked when a task names what its steps take."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

POLICY = {"steps": 20, "resources": {"browser": 4, "crm": 1}}


def a_task(**resources: Any) -> dict[str, Any]:
    return {"name": "look", "steps": [{"name": "look", "kind": "noop", "resources": resources}]}


async def test_a_policy_is_read_as_it_was_set_and_audited(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with lonely_api.caller(tenant) as owner:
        assert (await owner.get("/concurrency")).json() == {"steps": None, "resources": {}}
        assert (await owner.put("/concurrency", json=POLICY)).json() == POLICY
        assert (await owner.get("/concurrency")).json() == POLICY
        assert (await owner.delete("/concurrency")).status_code == 204
        assert (await owner.get("/concurrency")).json() == {"steps": None, "resources": {}}
    async with lonely_api.caller(tenant, role="member") as member:
        assert (await member.put("/concurrency", json=POLICY)).status_code == 403
    assert [action for _, action, _, _ in audited()] == ["concurrency.put", "concurrency.delete"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"steps": 0}, "/body/steps"),
        ({"resources": {"browser": 0}}, "/body/resources/browser"),
        ({"resources": {"browser": "4"}}, "/body/resources/browser"),
        ({"resources": {f"r{n}": 1 for n in range(101)}}, "/body/resources"),
        ({"more": 1}, "/body/more"),
    ],
)
async def test_a_policy_that_means_nothing_is_refused_with_its_place(
    lonely_api: ApiInProcess, tenant: Tenant, body: dict[str, Any], pointer: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        refused = problem(await owner.put("/concurrency", json=body), 400, "bad_request")
    assert pointer in {fault["pointer"] for fault in refused["errors"]}


async def test_a_definition_that_takes_what_is_not_there_is_refused_with_place_and_remedy(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        for taken, place, said in (
            ({"gpu": 1}, "gpu", "there is no resource 'gpu'; known are browser; PUT /api/v1/concurrency names more"),
            ({"browser": 3}, "browser", "takes 3 and there are 2"),
        ):
            refused = problem(await owner.post("/tasks", json=a_task(**taken)), 422, "invalid_definition")
            [fault] = refused["errors"]
            assert fault["pointer"] == f"/steps/0/resources/{place}"
            assert said in fault["detail"]
        await owner.put("/concurrency", json={"resources": {"gpu": 1, "browser": 3}})
        assert (await owner.post("/tasks", json=a_task(gpu=1, browser=3))).status_code == 201


@pytest.mark.parametrize(("named", "shown"), [(None, "low"), ("high", "high")])
async def test_a_run_has_its_tasks_priority_or_its_own(
    lonely_api: ApiInProcess, tenant: Tenant, named: str | None, shown: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = (await owner.post("/tasks", json={**a_task(), "priority": "low"})).json()
        body = {"task_id": task["id"]} if named is None else {"task_id": task["id"], "priority": named}
        headers = {"Idempotency-Key": "once"}
        run = (await owner.post("/runs", json=body, headers=headers)).json()
        assert run["priority"] == shown
        again = await owner.post("/runs", json={**body, "priority": "normal"}, headers=headers)
        assert again.status_code == 422


async def test_what_is_shared_is_shown_with_what_is_taken_of_it(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        await owner.put("/concurrency", json=POLICY)
        await _hold(owner, scratch)
        items = (await owner.get("/resources")).json()["items"]
    assert items == [
        {"name": "concurrency:tenant", "capacity": 20, "taken": 1, "waiting": 0},
        {"name": "browser", "capacity": 4, "taken": 2, "waiting": 0},
        {"name": "crm", "capacity": 1, "taken": 0, "waiting": 1},
    ]


async def _hold(owner: httpx.AsyncClient, scratch: ScratchDatabase) -> None:
    """One step of the tenant runs with two browsers, and another lacks the CRM."""
    task = (await owner.post("/tasks", json=a_task(browser=2))).json()
    run = (await owner.post("/runs", json={"task_id": task["id"]})).json()
    with scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation,
                                  timeout_seconds, resources, status, worker_id, lease_expires_at, wait_reason,
                                  wait_for, waiting_since)
               SELECT r.tenant_id, r.run_id, gen_random_uuid(), s.name, 'noop', s.position, 0, 1, 60,
                      s.resources::jsonb, s.status, s.worker, s.lease::timestamptz, s.reason, s.lacks,
                      s.since::timestamptz
               FROM runs r, (VALUES ('a', 0, '{"browser": 2}', 'RUNNING', 'w', 'tomorrow', NULL, NULL, NULL),
                                    ('b', 1, '{"crm": 1}', 'WAITING', NULL, NULL, 'resource', 'crm', 'now'))
                            AS s(name, position, resources, status, worker, lease, reason, lacks, since)
               WHERE r.run_id = %s""",
            [run["id"]],
        )
