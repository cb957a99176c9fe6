"""What limits how many steps run at once is never passed, whoever races for it, and nobody waits for ever."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, a_tenant
from foundation.contracts.concurrency import ConcurrencyPolicy
from foundation.domain.failures import Failure
from foundation.domain.ids import TenantId, UserId
from foundation.storage.people import tenant_settings
from foundation.workflow import claims
from foundation.workflow.lines import limits
from orchestrator.claiming.picking import NonePicked
from orchestrator.claiming.taking import Taken, TakeRefusal
from orchestrator.work import StepFinished, Work

TenantAndUser = tuple[TenantId, UserId]
SIX: list[dict[str, Any]] = [{"name": f"s{number}", "kind": "noop"} for number in range(6)]


def taking(count: int, **resources: int) -> list[dict[str, Any]]:
    return [{"name": f"s{number}", "kind": "noop", "resources": resources} for number in range(count)]


async def a_tenant_with(parts: Parts, **policy: Any) -> TenantAndUser:
    tenant = await a_tenant(parts.owner)
    members = ConcurrencyPolicy(**policy).model_dump(mode="json", exclude_unset=True)
    async with parts.owner.tenant(tenant[0]) as tx:
        await tenant_settings.put(tx, tenant[0], {"concurrency": members})
    return tenant


async def lined_up(parts: Parts, *runs: ARun) -> None:
    for run in runs:
        assert await parts.taker.line_up(run.tenant_id, [run.dispatch(step) for step in run.steps])


async def pick(parts: Parts, run: ARun) -> Work | NonePicked:
    picked = await parts.picker.pick(run.tenant_id)
    return picked.work if isinstance(picked, Taken) else picked


async def finish(parts: Parts, work: Work) -> None:
    await parts.writer.finished(work.claim.lease_fence(), StepFinished({}), free_slots=0)


async def waits_of(parts: Parts, run: ARun) -> set[tuple[str, str | None]]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT wait_reason, wait_for FROM steps WHERE run_id = :r AND status = 'WAITING'"), {"r": run.run_id}
        )
        return {(row.wait_reason, row.wait_for) for row in rows}


@pytest.mark.parametrize(
    ("policy", "task", "steps", "at_once", "lacked"),
    [
        ({"steps": 2}, {}, SIX, 2, limits.TENANT),
        ({}, {"concurrency": 3}, SIX, 3, limits.TASK),
        ({"resources": {"browser": 4}}, {}, taking(6, browser=2), 2, "browser"),
        ({"resources": {"browser": 4, "crm": 1}}, {}, taking(6, browser=2, crm=1), 1, "crm"),
        ({"resources": {"crm": 3}}, {}, taking(6, crm=5), 1, "crm"),
        ({}, {}, taking(6, browser=1), 2, "browser"),
    ],
)
async def test_of_many_who_race_no_more_get_through_than_may(
    parts: Parts, policy: dict[str, Any], task: dict[str, Any], steps: list[dict[str, Any]], at_once: int, lacked: str
) -> None:
    tenant = await a_tenant_with(parts, **policy)
    run = await a_run(parts.owner, steps=steps, tenant=tenant, **task)
    assert await parts.taker.take(run.dispatch("s0")) is TakeRefusal.LIMITED
    await lined_up(parts, run)
    left = len(steps)
    while left:
        found = await asyncio.gather(*(pick(parts, run) for _ in range(8)))
        working = [work for work in found if isinstance(work, Work)]
        assert len(working) == min(at_once, left)
        if left > at_once:
            assert await waits_of(parts, run) == {("resource", lacked)}
        await asyncio.gather(*(finish(parts, work) for work in working))
        left -= len(working)
    assert await pick(parts, run) is NonePicked.NOBODY_WAITS


async def test_a_message_never_passes_a_limit_even_when_there_is_room(parts: Parts) -> None:
    """Only whoever counts under the tenant's lock takes limited steps, so that no two can count at the same moment."""
    run = await a_run(parts.owner, steps=SIX, concurrency=6)
    refused = await asyncio.gather(*(parts.taker.take(run.dispatch(step)) for step in run.steps))
    assert set(refused) == {TakeRefusal.LIMITED}


async def test_a_tasks_limit_holds_over_all_its_runs_and_leaves_other_tasks_alone(parts: Parts) -> None:
    one = await a_run(parts.owner, steps=SIX, concurrency=2)
    other = await a_run(parts.owner, steps=SIX, concurrency=2, task_of=one)
    free = await a_run(parts.owner, steps=SIX[:1], tenant=(one.tenant_id, one.user_id))
    await lined_up(parts, one, other)
    got = [await pick(parts, one) for _ in range(3)]
    assert [isinstance(work, Work) for work in got] == [True, True, False]
    assert isinstance(await parts.taker.take(free.dispatch("s0")), Taken)


async def test_who_takes_much_is_not_passed_for_ever_by_those_who_take_little(parts: Parts) -> None:
    tenant = await a_tenant_with(parts, resources={"crm": 2})
    little = await a_run(parts.owner, steps=taking(6, crm=1), tenant=tenant)
    much = await a_run(parts.owner, steps=taking(1, crm=2), tenant=tenant)
    await lined_up(parts, little)
    first, second = await pick(parts, little), await pick(parts, little)
    assert isinstance(first, Work)
    assert isinstance(second, Work)
    await lined_up(parts, much)
    await finish(parts, first)
    third = await pick(parts, little)
    assert isinstance(third, Work)
    await finish(parts, second)
    assert await pick(parts, little) is NonePicked.NOT_NOW, "one unit is free, and is left for who takes two"
    await finish(parts, third)
    whole = await pick(parts, little)
    assert isinstance(whole, Work)
    assert whole.claim.dispatch.run_id == much.run_id


async def test_what_a_lost_worker_held_is_free_once_its_step_is_taken_from_it(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=taking(3, browser=2))
    await lined_up(parts, run)
    held = await pick(parts, run)
    assert isinstance(held, Work)
    assert await pick(parts, run) is NonePicked.NOT_NOW
    await parts.writer.failed(held.claim.lease_fence(), Failure("worker_lost", "it is gone", retryable=True))
    assert isinstance(await pick(parts, run), Work)


async def test_asking_somebody_is_never_limited(parts: Parts) -> None:
    tenant = await a_tenant_with(parts, steps=1)
    asks = {"name": "asks", "kind": "approval", "message": "May it?"}
    run = await a_run(parts.owner, steps=[*SIX, asks], tenant=tenant)
    await parts.taker.line_up(run.tenant_id, [run.dispatch("s0")])
    assert isinstance(await pick(parts, run), Work)
    assert isinstance(await parts.taker.take(run.dispatch("asks")), Taken)


async def test_a_capacity_that_nobody_names_any_more_lets_one_step_at_a_time_end(parts: Parts) -> None:
    tenant = await a_tenant_with(parts, resources={"crm": 9})
    run = await a_run(parts.owner, steps=taking(3, crm=2), tenant=tenant)
    async with parts.owner.tenant(tenant[0]) as tx:
        await tenant_settings.remove(tx, tenant[0], ["concurrency"])
    await lined_up(parts, run)
    for _ in range(3):
        work = await pick(parts, run)
        assert isinstance(work, Work)
        assert not isinstance(await pick(parts, run), Work)
        await finish(parts, work)


async def test_claiming_what_is_limited_needs_somebody_who_counted(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=SIX, concurrency=1)
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        assert await claims.claim(tx, run.dispatch("s0"), worker_id="w", lease_seconds=45) is None
        assert await claims.claim(tx, run.dispatch("s0"), worker_id="w", lease_seconds=45, admitted=True)
