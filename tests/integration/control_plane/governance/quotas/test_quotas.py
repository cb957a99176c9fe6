"""Quotas: set by the tenant within an operator's bounds, counted exactly, reset with the day, told of."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from control_plane.scheduling.starting import StartRefusal, UnattendedStart, start_run
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import TaskId
from foundation.domain.starts.schedules import FiringReason

MOST = 3
AT_ONCE = 12


async def a_task(caller: httpx.AsyncClient) -> str:
    body = {"name": f"task-{uuid4().hex[:12]}", "steps": [{"name": "a", "kind": "noop"}]}
    task = await caller.post("/tasks", json=body)
    assert task.status_code == 201, task.text
    return str(task.json()["id"])


async def start(caller: httpx.AsyncClient, task: str, *, key: str | None = None) -> httpx.Response:
    return await caller.post("/runs", json={"task_id": task}, headers={"Idempotency-Key": key} if key else {})


async def standing(caller: httpx.AsyncClient, **query: str) -> dict[tuple[str, str], dict[str, Any]]:
    items = (await caller.get("/quotas", params=query)).json()["items"]
    return {(one["scope"], one["quota"]): one for one in items}


async def put(caller: httpx.AsyncClient, policy: dict[str, Any]) -> None:
    answer = await caller.put("/quota-policy", json=policy)
    assert (answer.status_code, answer.json()) == (200, policy)


def runs_of(database: ScratchDatabase, tenant: Tenant) -> int:
    with database.superuser() as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM runs WHERE tenant_id = %s", [tenant.tenant_id]).fetchall()
    return int(str(count))


def days_pass(database: ScratchDatabase, tenant: Tenant, days: int) -> None:
    with database.superuser() as connection:
        connection.execute("UPDATE quota_counts SET day = day - %s WHERE tenant_id = %s", [days, tenant.tenant_id])


def rows_of(database: ScratchDatabase, tenant: Tenant) -> int:
    with database.superuser() as connection:
        query = "SELECT count(*) FROM quota_counts WHERE tenant_id = %s"
        [(count,)] = connection.execute(query, [tenant.tenant_id]).fetchall()
    return int(str(count))


async def test_without_a_policy_nothing_is_limited_and_everything_is_counted(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        assert [(await start(owner, task)).status_code for _ in range(2)] == [201] * 2
        shown = await standing(owner)
    assert [(scope, quota, one["used"], one["limit"], one["set_by"]) for (scope, quota), one in shown.items()] == [
        ("tenant", "open_runs", 2, 1000, "platform"),
        ("tenant", "runs_a_day", 2, None, None),
        ("tenant", "agent_turns_a_day", 0, None, None),
        ("tenant", "sandbox_seconds_a_day", 0, None, None),
        ("tenant", "stored_bytes", 0, None, None),
        ("user", "runs_a_day", 2, None, None),
        ("user", "agent_turns_a_day", 0, None, None),
        ("user", "sandbox_seconds_a_day", 0, None, None),
        ("user", "stored_bytes", 0, None, None),
    ]


@pytest.mark.parametrize("scope", ["tenant", "user"])
async def test_of_many_starts_at_once_exactly_so_many_are_let_in_as_the_day_has(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant, scope: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        await put(owner, {scope: {"runs_a_day": MOST}})
        answers = await asyncio.gather(*(start(owner, task) for _ in range(AT_ONCE)))
        refused = [one for one in answers if one.status_code != 201]
        shown = (await standing(owner))[scope, "runs_a_day"]
    assert len(refused) == AT_ONCE - MOST
    body = problem(refused[0], 429, "quota_used_up")
    assert body["retryable"] is True
    assert (body["quota"], body["scope"], body["limit"], body["used"]) == ("runs_a_day", scope, MOST, MOST)
    assert body["resets_at"] == shown["resets_at"]
    assert 1 <= int(refused[0].headers["retry-after"]) <= 86_400
    assert (shown["used"], shown["left"]) == (MOST, 0)
    assert runs_of(scratch, tenant) == MOST


async def test_of_many_starts_at_once_exactly_so_many_are_open_as_may_be(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        await put(owner, {"tenant": {"open_runs": MOST}})
        answers = await asyncio.gather(*(start(owner, task) for _ in range(AT_ONCE)))
        refused = [one for one in answers if one.status_code != 201]
        assert len(refused) == AT_ONCE - MOST
        assert f"{MOST} open runs" in problem(refused[0], 429, "quota_exceeded")["detail"]
        assert (await standing(owner))["tenant", "open_runs"]["left"] == 0
    assert runs_of(scratch, tenant) == MOST


async def test_a_new_day_begins_at_nothing(lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        await put(owner, {"tenant": {"runs_a_day": 1}})
        assert [(await start(owner, task)).status_code for _ in range(2)] == [201, 429]
        days_pass(scratch, tenant, 1)
        assert (await standing(owner))["tenant", "runs_a_day"]["used"] == 0
        assert [(await start(owner, task)).status_code for _ in range(2)] == [201, 429]
        assert rows_of(scratch, tenant) == 4
        days_pass(scratch, tenant, 62)
        assert (await start(owner, task)).status_code == 201
    # of the three days the first lies too far back by now
    assert rows_of(scratch, tenant) == 4


async def test_a_tenant_cannot_move_the_day_by_its_time_zone(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner, lonely_api.operator() as operator:
        task, path = await a_task(owner), f"/tenants/{tenant.tenant_id}"
        bounds = await operator.put(f"{path}/bounds", json={"quotas": {"tenant": {"runs_a_day": 1}}})
        assert bounds.status_code == 200, bounds.text
        assert (await start(owner, task)).status_code == 201
        resets_at = set()
        for zone in ("Pacific/Kiritimati", "Etc/GMT+12", "Asia/Tokyo", "UTC"):
            assert (await owner.patch(path, json={"time_zone": zone})).status_code == 200
            refused = await start(owner, task)
            assert refused.status_code == 429, zone
            resets_at.add(refused.json()["resets_at"])
        assert len(resets_at) == 1


async def test_a_repeat_under_a_key_and_a_refusal_count_nothing(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        first = await asyncio.gather(*(start(owner, task, key="once") for _ in range(4)))
        assert sorted(one.status_code for one in first) == [200, 200, 200, 201]
        assert (await start(owner, str(uuid4()))).status_code == 404
        await put(owner, {"tenant": {"runs_a_day": 1}})
        assert (await start(owner, task)).status_code == 429
        assert (await start(owner, task, key="once")).status_code == 200
        assert (await standing(owner))["tenant", "runs_a_day"]["used"] == 1


async def test_each_user_has_a_quota_of_their_own(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    member = lonely_api.member(tenant, role="member")
    async with lonely_api.caller(tenant) as owner, lonely_api.as_user(tenant, member) as other:
        task = await a_task(owner)
        await put(owner, {"user": {"runs_a_day": 1}, "tenant": {"runs_a_day": 3}})
        assert [(await start(owner, task)).status_code for _ in range(2)] == [201, 429]
        assert [(await start(other, task)).status_code for _ in range(2)] == [201, 429]
        theirs = await standing(owner, user_id=str(member))
        assert theirs["user", "runs_a_day"]["scope_id"] == str(member)
        assert theirs["user", "runs_a_day"]["used"] == 1
        assert theirs["tenant", "runs_a_day"]["used"] == 2
        problem(await owner.get("/quotas", params={"user_id": str(uuid4())}), 404, "not_found")


async def test_a_fork_counts_and_nothing_stays_of_one_that_is_refused(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        run = (await start(owner, task)).json()["id"]
        with scratch.superuser() as connection:
            connection.execute(
                """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, status, unmet_needs, generation,
                       timeout_seconds, ended_at) VALUES (%s, %s, %s, 'a', 'noop', 0, 'SUCCESS', 0, 1, 60, now())""",
                [tenant.tenant_id, run, uuid4()],
            )
        await put(owner, {"tenant": {"runs_a_day": 2}})
        forks = [await owner.post(f"/runs/{run}/fork", json={"from": "a"}) for _ in range(2)]
    assert [one.status_code for one in forks] == [201, 429]
    assert runs_of(scratch, tenant) == 2


async def test_nobody_sets_more_than_the_platform_allows_all(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    above = {"tenant": {"open_runs": 100_000}}
    async with lonely_api.caller(tenant) as owner, lonely_api.operator() as operator:
        for refused, at in (
            (await owner.put("/quota-policy", json=above), "/body/tenant/open_runs"),
            (
                await operator.put(f"/tenants/{tenant.tenant_id}/bounds", json={"quotas": above}),
                "/body/quotas/tenant/open_runs",
            ),
        ):
            told = problem(refused, 400, "bad_request")
            assert told["errors"] == [{"pointer": at, "detail": "the platform allows 1000 at most"}]
            assert "LOCKSTEP_MAX_OPEN_RUNS" in told["remedy"]
        await put(owner, {"tenant": {"open_runs": 1000}})
        assert (await standing(owner))["tenant", "open_runs"]["limit"] == 1000


async def test_a_tenant_s_numbers_stay_below_the_operator_s_bounds(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Any, platform_acts: Any
) -> None:
    path = f"/tenants/{tenant.tenant_id}/bounds"
    bounds = {"quotas": {"tenant": {"runs_a_day": 2}, "user": {"agent_turns_a_day": 100}}}
    async with lonely_api.operator() as operator, lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        await put(owner, {"tenant": {"runs_a_day": 50}})
        assert (await operator.put(path, json=bounds)).json() == bounds
        assert (await owner.get(path)).json() == (await operator.get(path)).json() == bounds
        shown = (await standing(owner))["tenant", "runs_a_day"]
        assert (shown["limit"], shown["set_by"]) == (2, "operator")
        answers = [await start(owner, task) for _ in range(3)]
        assert [one.status_code for one in answers] == [201, 201, 429]
        assert "only an operator" in answers[-1].json()["remedy"]
        too_much = {"tenant": {"runs_a_day": 3}}
        problem(await owner.put("/quota-policy", json=too_much), 400, "bad_request", pointer="/body/tenant/runs_a_day")
        await put(owner, {"tenant": {"runs_a_day": 1}})
        assert (await standing(owner))["tenant", "runs_a_day"]["set_by"] == "tenant"
        assert (await operator.delete(path)).status_code == 204
        assert (await owner.get(path)).json() == {}
        await put(owner, too_much)
        assert (await start(owner, task)).status_code == 201
        problem(await owner.put(path, json={}), 403, "forbidden")
        problem(await owner.delete(path), 403, "forbidden")
        problem(await operator.put(f"/tenants/{uuid4()}/bounds", json={}), 404, "not_found")
    acts = [(action, detail) for _, action, detail in platform_acts(str(tenant.tenant_id))]
    assert acts == [
        ("tenant.bounds", {"before": None, "after": bounds}),
        ("tenant.bounds", {"before": bounds, "after": None}),
    ]
    assert [action for _, action, _, _ in audited() if action.startswith(("quota", "tenant"))] == [
        "quota_policy.put", "tenant.bounds", "quota_policy.put", "tenant.bounds", "quota_policy.put",
    ]  # fmt: skip


async def test_what_starts_runs_by_itself_is_refused_with_the_same_reason_and_counts(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner)
        await put(owner, {"user": {"runs_a_day": 1}})
        unattended = UnattendedStart(f"schedule:{uuid4()}", tenant.user_id, TaskId(UUID(task)), None, {})
        outcomes = []
        for _ in range(2):
            async with lonely_api.app.state.resources.database.tenant(tenant.tenant_id) as tx:
                outcomes.append(await start_run(tx, tenant.tenant_id, unattended, max_open=1000))
        assert (await standing(owner))["user", "runs_a_day"]["used"] == 1
    started, refusal = outcomes
    assert isinstance(refusal, StartRefusal)
    assert (refusal.reason, isinstance(started, StartRefusal)) == (FiringReason.QUOTA, False)
    assert "quota of runs a day: 1 of 1" in refusal.detail
    assert refusal.retry_after is not None
    assert runs_of(scratch, tenant) == 1


async def test_only_administrators_set_quotas(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    for role, status in (("viewer", 403), ("member", 403), ("admin", 200)):
        async with lonely_api.caller(tenant, role=role) as caller:
            assert (await caller.get("/quotas")).status_code == 200
            assert (await caller.get("/quota-policy")).status_code == 200
            assert (await caller.put("/quota-policy", json={"tenant": {"open_runs": 5}})).status_code == status
            assert (await caller.delete("/quota-policy")).status_code == (204 if status == 200 else 403)
