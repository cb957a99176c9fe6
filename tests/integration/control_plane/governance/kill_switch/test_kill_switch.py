"""A kill switch stops whatever a tenant runs, says why at each door, and lets it go on as it was."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from control_plane.execution.runs.parking import Parking
from control_plane.webhook_sending.fan_out import FanOut
from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.schedules.bench import ScheduleBench, a_schedule_bench
from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.domain.errors import BudgetExceeded
from foundation.storage.session.database import Database, DatabaseSettings
from llm_gateway.budget.limits.tenant_limits import MAX_AGE_SECONDS, TenantLimitsCache

WHY = "a key has leaked"
OWN = f"the kill switch of the tenant is engaged: {WHY}"


@pytest.fixture
async def bench(lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> AsyncIterator[ScheduleBench]:
    async with a_schedule_bench(lonely_api, scratch, tenant) as made:
        yield made
    with scratch.superuser() as connection:
        connection.execute("DELETE FROM platform_kill_switch")
        connection.execute("DELETE FROM kill_switches")


async def put(bench: ScheduleBench, **body: Any) -> dict[str, Any]:
    async with bench.caller() as owner:
        answer = await owner.put("/kill-switch", json=body)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def park(bench: ScheduleBench) -> None:
    while await Parking(bench.database).round():
        pass


async def state(bench: ScheduleBench, run_id: str) -> tuple[str, str | None, int]:
    async with bench.caller() as owner:
        run = (await owner.get(f"/runs/{run_id}")).json()
    return run["status"], run["pause_reason"], run["generation"]


async def start(bench: ScheduleBench, task_id: str) -> str:
    async with bench.caller() as owner:
        started = await owner.post("/runs", json={"task_id": task_id})
    assert started.status_code == 201, started.text
    return str(started.json()["id"])


async def test_what_runs_is_parked_and_goes_on_where_it_was(bench: ScheduleBench) -> None:
    task_id = await bench.task()
    running, paused, ended = [await start(bench, task_id) for _ in range(3)]
    bench.ends(ended)
    async with bench.caller() as owner:
        assert (await owner.post(f"/runs/{paused}/pause")).status_code == 200
        await put(bench, engaged=True, reason=WHY)
        await park(bench)
        assert await state(bench, running) == ("PAUSED", "kill_switch", 1)
        assert await state(bench, paused) == ("PAUSED", "user", 1)
        assert (await state(bench, ended))[0] == "COMPLETED"
        explained = (await owner.get(f"/runs/{running}/explain")).json()
        assert OWN in str(explained)
        await put(bench, engaged=False)
        await park(bench)
        assert await state(bench, running) == ("PENDING", None, 2)
        assert await state(bench, paused) == ("PAUSED", "user", 1)
        events = (await owner.get(f"/runs/{running}/events")).json()["items"]
    assert [one["type"] for one in events] == ["run.created", "run.paused", "run.generation_opened"]
    assert (events[1]["data"]["reason"], events[1]["data"]["detail"]) == ("kill_switch", OWN)


async def test_who_pauses_what_a_switch_has_parked_holds_it_beyond_the_switch(bench: ScheduleBench) -> None:
    run_id = await start(bench, await bench.task())
    await put(bench, engaged=True, reason=WHY)
    await park(bench)
    async with bench.caller() as owner:
        assert (await owner.post(f"/runs/{run_id}/pause")).json()["pause_reason"] == "user"
        await put(bench, engaged=False)
        await park(bench)
        assert await state(bench, run_id) == ("PAUSED", "user", 1)
        assert (await owner.post(f"/runs/{run_id}/resume")).status_code == 200
    assert await state(bench, run_id) == ("PENDING", None, 2)


async def test_every_door_says_why_and_who_may_lift_it(bench: ScheduleBench) -> None:
    task_id = await bench.task()
    paused, failed = [await start(bench, task_id) for _ in range(2)]
    bench.ends(failed, "FAILED")
    schedule = await bench.schedule(task_id=task_id)
    async with bench.caller() as owner:
        await owner.post(f"/runs/{paused}/pause")
        await put(bench, engaged=True, reason=WHY)
        for path, body in (
            ("/runs", {"task_id": task_id}),
            (f"/runs/{paused}/resume", None),
            (f"/runs/{failed}/retry", {}),
        ):
            refused = await owner.post(path, json=body)
            problem = refused.json()
            assert (refused.status_code, problem["detail"]) == (423, OWN), refused.text
            assert problem["remedy"].startswith("whoever holds kill_switch:write")
            assert (problem["scope"], problem["retryable"]) == ("tenant", True)
        assert (await owner.delete(f"/runs/{paused}")).status_code == 200, "what is cancelled begins nothing"
    await bench.fire(schedule)
    [firing] = await bench.firings(schedule)
    assert (firing["reason"], OWN in firing["detail"]) == ("kill_switch", True)
    assert (await bench.shown(schedule))["failures"] == 0
    await put(bench, engaged=False)
    await start(bench, task_id)


async def test_whatever_opens_a_run_meanwhile_finds_it_parked_again(bench: ScheduleBench) -> None:
    """A sweeper that tries a spent budget again, or a step that starts a run below its own, asks no door."""
    run_id = await start(bench, await bench.task())
    await put(bench, engaged=True, reason=WHY)
    await park(bench)
    with bench.scratch.superuser() as connection:
        connection.execute("UPDATE runs SET status = 'RUNNING', pause_reason = NULL WHERE run_id = %s", [run_id])
    await park(bench)
    assert (await state(bench, run_id))[:2] == ("PAUSED", "kill_switch")


async def test_the_platforms_switch_stops_all_tenants_and_only_operators_lift_it(
    bench: ScheduleBench, platform_acts: Callable[[str], list[Any]]
) -> None:
    task_id = await bench.task()
    run_id = await start(bench, task_id)
    async with bench.api.operator() as operator, bench.caller() as owner:
        assert (await owner.put("/operations/kill-switch", json={"engaged": False})).status_code == 403
        engaged = await operator.put("/operations/kill-switch", json={"engaged": True, "reason": "an outage"})
        assert (engaged.status_code, engaged.json()["engaged_by"]) == (200, "operator:the-operator")
        await park(bench)
        assert (await state(bench, run_id))[:2] == ("PAUSED", "kill_switch")
        refused = (await owner.post("/runs", json={"task_id": task_id})).json()
        assert refused["detail"] == "the kill switch of the platform is engaged: an outage"
        assert refused["remedy"] == "only an operator of the platform lifts it"
        shown = (await owner.get("/kill-switch")).json()
        assert (shown["engaged"], shown["platform"]["reason"]) == (False, "an outage")
        assert "operator" not in str(shown)
        # both are engaged: the one that is lifted first changes nothing
        await put(bench, engaged=True, reason=WHY)
        assert (await operator.put("/operations/kill-switch", json={"engaged": False})).json()["engaged"] is False
        await park(bench)
        assert (await state(bench, run_id))[:2] == ("PAUSED", "kill_switch")
        await put(bench, engaged=False)
        await park(bench)
        assert (await state(bench, run_id))[0] == "PENDING"
        assert (await operator.get("/operations/kill-switch")).json() == {
            "engaged": False,
            "reason": None,
            "engaged_by": None,
            "engaged_at": None,
        }
    assert [action for _, action, _ in platform_acts("platform")][-2:] == ["kill_switch.engaged", "kill_switch.lifted"]


async def test_it_is_audited_and_told_to_webhooks_once(
    bench: ScheduleBench, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with bench.caller() as owner:
        hook = {"name": "on call", "url": "https://hooks.example.com/x", "events": ["kill_switch.*"]}
        webhook = (await owner.post("/webhooks", json=hook)).json()
        await put(bench, engaged=True, reason=WHY)
        again = await put(bench, engaged=True, reason="another reason")
        await put(bench, engaged=False)
        await put(bench, engaged=False)
        for _ in range(2):
            await FanOut(bench.database).round()
        told = (await owner.get(f"/webhooks/{webhook['id']}/deliveries")).json()["items"]
    assert again["reason"] == "another reason"
    assert [one["type"] for one in reversed(told)] == ["kill_switch.engaged", "kill_switch.lifted"]
    actions = [action for _, action, _, _ in audited() if action.startswith("kill_switch")]
    assert actions == ["kill_switch.engaged"] * 2 + ["kill_switch.lifted"] * 2


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"engaged": True}, "say why it is engaged: everybody who is refused reads the reason"),
        ({"engaged": False, "reason": "x"}, "a switch that is lifted has no reason"),
        ({"engaged": "yes", "reason": "x"}, None),
        ({"engaged": True, "reason": ""}, None),
        ({"engaged": True, "reason": "x" * 501}, None),
        ({"engaged": True, "reason": "a\u202eb"}, None),
        ({}, None),
    ],
)
async def test_what_is_no_switch_is_refused(bench: ScheduleBench, body: dict[str, Any], detail: str | None) -> None:
    async with bench.caller() as owner:
        refused = await owner.put("/kill-switch", json=body)
        assert refused.status_code == 400, refused.text
        assert detail is None or detail in refused.text
        assert (await owner.get("/kill-switch")).json()["engaged"] is False


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 403), ("admin", 200), ("owner", 200)])
async def test_administrators_engage_it_and_all_members_see_it(bench: ScheduleBench, role: str, status: int) -> None:
    async with bench.caller(role=role) as caller:
        assert (await caller.put("/kill-switch", json={"engaged": True, "reason": WHY})).status_code == status
        assert (await caller.get("/kill-switch")).status_code == 200


async def test_a_gateway_knows_within_seconds_whatever_it_knew_before(bench: ScheduleBench) -> None:
    """A tenant's limits are remembered; while a switch is engaged nothing that is remembered admits a call."""
    now = 0.0
    url = bench.scratch.url("llm_gateway")
    database = Database(DatabaseSettings(url=url, pool_size=1), application="test")
    try:
        limits = TenantLimitsCache(database, shipped=RateLimits(), clock=lambda: now)
        await limits.of(bench.tenant.tenant_id)
        await put(bench, engaged=True, reason=WHY)
        now = MAX_AGE_SECONDS + 1
        for _ in range(2):
            with pytest.raises(BudgetExceeded) as refused:
                await limits.of(bench.tenant.tenant_id)
            assert (refused.value.scope, refused.value.detail) == ("kill_switch", OWN)
        await put(bench, engaged=False)
        await limits.of(bench.tenant.tenant_id)
    finally:
        await database.close()
