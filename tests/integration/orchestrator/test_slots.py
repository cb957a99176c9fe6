"""Steps that could run and wait for a place: none is lost, and none uses its own time."""

import asyncio
from typing import Any

from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, a_tenant
from foundation.contracts.step_message import StepMessage
from foundation.domain.errors import Failure
from foundation.workflow import slots
from orchestrator.claiming.taking import Taken, TakeRefusal

THREE: list[dict[str, Any]] = [{"name": name, "kind": "noop"} for name in ("a", "b", "c")]


async def row_of(parts: Parts, run: ARun, step: str) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return (
            await tx.execute(
                text("SELECT *, deadline_at - now() AS left FROM steps WHERE step_id = :s"), {"s": run.steps[step]}
            )
        ).one()


async def messages(parts: Parts, run: ARun) -> list[StepMessage]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT payload FROM outbox WHERE run_id = :r AND kind = 'step_message' ORDER BY outbox_id"),
            {"r": run.run_id},
        )
        return [StepMessage.model_validate(row.payload) for row in rows]


async def taken(parts: Parts, run: ARun, step: str) -> Taken:
    found = await parts.taker.take(run.dispatch(step))
    assert isinstance(found, Taken), found
    return found


async def test_a_step_that_waits_for_a_slot_is_woken_oldest_first_with_its_own_token(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    for step in ("b", "a", "c"):
        assert await parts.taker.take_later(run.dispatch(step)) is TakeRefusal.SHARE_USED
    assert (await row_of(parts, run, "b")).wait_reason == "slot"
    assert await parts.taker.wake(run.tenant_id, most=2) == 2
    assert [message.step_id for message in await messages(parts, run)] == [run.steps["b"], run.steps["a"]]
    assert (await messages(parts, run))[0].task_token == "token-b-0"
    await taken(parts, run, "b")
    assert await parts.taker.wake(run.tenant_id, most=9) == 1
    assert await parts.taker.wake(run.tenant_id, most=9) == 0


async def test_a_step_that_has_unmet_needs_or_has_ended_is_refused_as_ever(parts: Parts) -> None:
    run = await a_run(parts.owner)
    assert await parts.taker.take_later(run.dispatch("second")) is TakeRefusal.PARKED
    held = await taken(parts, run, "first")
    assert await parts.taker.take_later(run.dispatch("first")) is TakeRefusal.HELD
    await parts.writer.failed(held.work.claim.lease_fence(), Failure("x", "over"), retryable=False)
    assert await parts.taker.take_later(run.dispatch("first")) is TakeRefusal.ANSWERED
    assert await parts.taker.take_later(run.dispatch("first", generation=9)) is TakeRefusal.STALE


async def test_a_step_that_is_to_be_tried_again_keeps_count_of_its_attempts_while_it_waits(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    held = await taken(parts, run, "a")
    await parts.writer.failed(held.work.claim.lease_fence(), Failure("x", "again"), retryable=True)
    assert await parts.taker.take_later(run.dispatch("a")) is TakeRefusal.SHARE_USED
    assert (await taken(parts, run, "a")).work.claim.attempt == 2


async def test_of_several_who_wake_each_step_is_enqueued_once(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    for step in ("a", "b", "c"):
        await parts.taker.take_later(run.dispatch(step))
    woken = await asyncio.gather(*(parts.taker.wake(run.tenant_id, most=1) for _ in range(6)))
    assert sum(woken) == 3
    assert len({message.step_id for message in await messages(parts, run)}) == 3


async def test_nobody_wakes_the_steps_of_a_neighbour(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    await parts.taker.take_later(run.dispatch("a"))
    stranger, _ = await a_tenant(parts.owner)
    assert await parts.taker.wake(stranger, most=9) == 0


async def test_a_held_step_that_waits_has_no_deadline_and_goes_on_with_what_was_left(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[{"name": "a", "kind": "noop", "timeout_seconds": 100}])
    claim = (await taken(parts, run, "a")).work.claim
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        await slots.write_clock(tx, claim, stopped=True)
    waiting = await row_of(parts, run, "a")
    assert (waiting.status, waiting.wait_reason, waiting.deadline_at) == ("RUNNING", "slot", None)
    assert 90 < waiting.clock_left <= 100
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        await slots.write_clock(tx, claim, stopped=False)
    going = await row_of(parts, run, "a")
    assert (going.wait_reason, going.clock_left) == (None, None)
    assert 90 < going.left.total_seconds() <= 100


async def test_a_step_that_is_ended_or_given_back_while_it_waits_waits_no_more(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    for step, end in (("a", "failed"), ("b", "given_back"), ("c", "retried")):
        held = await taken(parts, run, step)
        async with parts.orchestrator.tenant(run.tenant_id) as tx:
            await slots.write_clock(tx, held.work.claim, stopped=True)
        holding = held.work.claim.lease_fence()
        if end == "given_back":
            await parts.writer.given_back(holding)
        else:
            await parts.writer.failed(holding, Failure("x", end), retryable=end == "retried")
        assert (await row_of(parts, run, step)).wait_reason is None
    # What was left of its time is kept for who takes it next.
    again = await taken(parts, run, "b")
    assert 290 < again.work.claim.seconds_left <= 300


async def test_tenants_whose_steps_wait_long_are_found_across_tenants(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=THREE)
    await parts.taker.take_later(run.dispatch("a"))
    async with parts.owner.across_tenants(reason="a test looks as the sweeper does") as tx:
        assert run.tenant_id not in await slots.tenants_waiting(tx, seconds=3600)
        assert run.tenant_id in await slots.tenants_waiting(tx, seconds=0)
