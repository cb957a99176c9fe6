"""Steps that could run and wait for a slot stand in lines: none is lost, and none stands behind a whole backlog."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, a_tenant
from foundation.domain.failures import Failure
from foundation.workflow.lines import turns
from orchestrator.claiming.picking import NonePicked
from orchestrator.claiming.taking import Taken, TakeRefusal

MANY: list[dict[str, Any]] = [{"name": f"s{number:02}", "kind": "noop"} for number in range(30)]
ONE: list[dict[str, Any]] = [{"name": "only", "kind": "noop"}]
THREE = MANY[:3]


async def in_line(parts: Parts, run: ARun, *steps: str) -> None:
    dispatches = [run.dispatch(step) for step in steps or run.steps]
    assert len(await parts.taker.line_up(run.tenant_id, dispatches)) == len(dispatches)


async def row_of(parts: Parts, run: ARun, step: str) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return (await tx.execute(text("SELECT * FROM steps WHERE step_id = :s"), {"s": run.steps[step]})).one()


async def picked(parts: Parts, run: ARun, count: int) -> list[tuple[Any, str]]:
    """(run, step) of those that get the next slots of the run's tenant."""
    found = []
    for _ in range(count):
        taken = await parts.picker.pick(run.tenant_id)
        assert isinstance(taken, Taken), taken
        found.append((taken.work.claim.dispatch.run_id, taken.work.claim.name))
    return found


async def wait_since(parts: Parts, run: ARun, *, seconds: float) -> None:
    """Makes the run's steps have waited so much longer."""
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(
            text("UPDATE steps SET waiting_since = waiting_since - :s * interval '1 s' WHERE run_id = :r"),
            {"s": seconds, "r": run.run_id},
        )


async def test_steps_of_one_run_get_slots_in_the_order_of_the_plan_each_with_its_own_token(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    await in_line(parts, run, "s01", "s00", "s02")
    waiting = await row_of(parts, run, "s01")
    assert (waiting.status, waiting.wait_reason, waiting.task_token) == ("WAITING", "slot", "token-s01-0")
    assert [step for _, step in await picked(parts, run, 3)] == ["s00", "s01", "s02"]
    assert await parts.picker.pick(run.tenant_id) is NonePicked.NOBODY_WAITS
    assert (await row_of(parts, run, "s01")).status == "RUNNING"


async def test_a_run_with_one_step_does_not_stand_behind_one_with_many(parts: Parts) -> None:
    many = await a_run(parts.owner, steps=MANY)
    await in_line(parts, many)
    await picked(parts, many, 5)
    of_the_same_task = await a_run(parts.owner, steps=MANY, task_of=many)
    await in_line(parts, of_the_same_task, "s00")
    of_another = await a_run(parts.owner, steps=ONE, tenant=(many.tenant_id, many.user_id))
    await in_line(parts, of_another)
    first = [run_id for run_id, _ in await picked(parts, many, 4)]
    assert {of_the_same_task.run_id, of_another.run_id} <= set(first)


async def test_two_runs_with_many_steps_take_turns(parts: Parts) -> None:
    early = await a_run(parts.owner, steps=MANY)
    await in_line(parts, early)
    late = await a_run(parts.owner, steps=MANY, task_of=early)
    await in_line(parts, late)
    shares = Counter(run_id for run_id, _ in await picked(parts, early, 20))
    assert shares == {early.run_id: 10, late.run_id: 10}


async def test_a_task_with_many_runs_takes_turns_with_another_task(parts: Parts) -> None:
    batch = await a_run(parts.owner, steps=ONE)
    await in_line(parts, batch)
    for _ in range(9):
        await in_line(parts, await a_run(parts.owner, steps=ONE, task_of=batch))
    other = await a_run(parts.owner, steps=THREE, tenant=(batch.tenant_id, batch.user_id))
    await in_line(parts, other)
    assert [run_id for run_id, _ in await picked(parts, batch, 6)].count(other.run_id) == 3


async def test_a_priority_comes_first_until_others_have_waited_a_minute_longer(parts: Parts) -> None:
    low = await a_run(parts.owner, steps=THREE, priority="low")
    tenant = (low.tenant_id, low.user_id)
    normal = await a_run(parts.owner, steps=THREE, tenant=tenant)
    high = await a_run(parts.owner, steps=THREE, tenant=tenant, priority="high")
    for run in (low, normal, high):
        await in_line(parts, run)
    order = [run_id for run_id, _ in await picked(parts, low, 4)]
    assert order == [high.run_id] * 3 + [normal.run_id]
    await wait_since(parts, low, seconds=61)
    assert (await picked(parts, low, 1))[0][0] == low.run_id
    # It was just served, so that its wait begins anew.
    assert (await picked(parts, low, 1))[0][0] == normal.run_id


async def test_steps_of_a_run_that_is_paused_stay_where_they_are(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    await in_line(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(
            text("UPDATE runs SET status = 'PAUSED', pause_reason = 'user' WHERE run_id = :r"), {"r": run.run_id}
        )
    assert await parts.picker.pick(run.tenant_id) is NonePicked.NOBODY_WAITS


async def test_what_cannot_run_or_only_asks_is_not_lined_up(parts: Parts) -> None:
    asks = {"name": "asks", "kind": "approval", "message": "May it?"}
    run = await a_run(parts.owner, steps=[*THREE, {"name": "later", "kind": "noop", "needs": ["s00"]}, asks])
    refused = [run.dispatch(step) for step in ("later", "asks")]
    refused += [run.dispatch("s01", generation=9), run.dispatch("s01", tick=3)]
    assert await parts.taker.line_up(run.tenant_id, refused) == frozenset()
    assert await parts.taker.take(run.dispatch("later")) is TakeRefusal.PARKED
    assert isinstance(await parts.taker.take(run.dispatch("asks")), Taken)
    held = await parts.taker.take(run.dispatch("s01"))
    assert isinstance(held, Taken)
    assert await parts.taker.line_up(run.tenant_id, [run.dispatch("s01")]) == frozenset()


async def test_a_step_that_is_to_be_tried_again_keeps_count_of_its_attempts_while_it_waits(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    held = await parts.taker.take(run.dispatch("s00"))
    assert isinstance(held, Taken)
    await parts.writer.failed(held.work.claim.lease_fence(), Failure("x", "again", retryable=True))
    await in_line(parts, run, "s00")
    again = await parts.picker.pick(run.tenant_id)
    assert isinstance(again, Taken)
    assert again.work.claim.attempt == 2
    # What was left of its time is kept, and did not run while it waited.
    assert 290 < again.work.claim.seconds_left <= 300


@pytest.mark.parametrize("workers", [6])
async def test_of_several_who_pick_at_once_each_gets_another_step(parts: Parts, workers: int) -> None:
    run = await a_run(parts.owner, steps=THREE)
    await in_line(parts, run)
    found = await asyncio.gather(*(parts.picker.pick(run.tenant_id) for _ in range(workers)))
    assert sorted(taken.work.claim.name for taken in found if isinstance(taken, Taken)) == ["s00", "s01", "s02"]
    assert [taken for taken in found if not isinstance(taken, Taken)] == [NonePicked.NOBODY_WAITS] * (workers - 3)


async def test_nobody_picks_the_steps_of_a_neighbour(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    await in_line(parts, run)
    stranger, _ = await a_tenant(parts.owner)
    assert await parts.picker.pick(stranger) is NonePicked.NOBODY_WAITS
    async with parts.owner.across_tenants(reason="a test looks as the sweeper does") as tx:
        waiting = await turns.tenants_waiting(tx)
    assert run.tenant_id in waiting
    assert stranger not in waiting


async def test_every_tenant_is_looked_for_whose_steps_wait_for_slots_or_for_resources(parts: Parts) -> None:
    lacks = [{"name": name, "kind": "noop", "resources": {"crm": 1}} for name in ("one", "other")]
    runs = [await a_run(parts.owner, steps=lacks) for _ in range(3)]
    for run in runs:
        await in_line(parts, run)
        assert await picked(parts, run, 1)
        assert await parts.picker.pick(run.tenant_id) is NonePicked.NOT_NOW
        assert {(await row_of(parts, run, step)).wait_reason for step in run.steps} == {None, "resource"}
    async with parts.owner.across_tenants(reason="a test looks as the sweeper does") as tx:
        waiting = await turns.tenants_waiting(tx)
    assert {run.tenant_id for run in runs} <= set(waiting)
