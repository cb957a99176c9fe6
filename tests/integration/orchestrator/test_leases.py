"""Claims, leases and fences: who holds a step, and who may write."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from fixtures.running.parts import Parts, lose_holders
from fixtures.running.runs import ARun, a_run
from foundation.domain.errors import LeaseLost
from foundation.domain.failures import Failure
from foundation.domain.ids import StepId
from foundation.domain.retry import MAX_ATTEMPTS
from foundation.storage.execution.dispatches import LeaseFence
from foundation.workflow import claims
from orchestrator.claiming.taking import Taken, TakeRefusal
from orchestrator.work import MoreTurns, StepFinished


async def _held(parts: Parts, run: ARun, step: str = "first", **of: Any) -> LeaseFence:
    taken = await parts.taker.take(run.dispatch(step, **of))
    assert isinstance(taken, Taken), taken
    return taken.work.claim.lease_fence()


async def _row(parts: Parts, run: ARun, step: str) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return (await tx.execute(text("SELECT * FROM steps WHERE step_id = :s"), {"s": run.steps[step]})).one()


async def _effects(parts: Parts, run: ARun, kind: str) -> list[Any]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT step_id, payload FROM outbox WHERE run_id = :r AND kind = :k ORDER BY outbox_id"),
            {"r": run.run_id, "k": kind},
        )
        return list(rows)


async def test_of_many_takers_one_claims_and_the_rest_are_told_that_it_is_held(parts: Parts) -> None:
    run = await a_run(parts.owner)
    taken = await asyncio.gather(*(parts.taker.take(run.dispatch("first")) for _ in range(8)))
    assert sum(isinstance(one, Taken) for one in taken) == 1
    assert {one for one in taken if not isinstance(one, Taken)} == {TakeRefusal.HELD}


async def test_a_late_holder_matches_no_row(parts: Parts) -> None:
    run = await a_run(parts.owner)
    late = await _held(parts, run)
    await lose_holders(parts, run)
    current = await _held(parts, run)
    assert current.fence == late.fence + 2, "one for whoever took it from its holder, one for the next"
    assert current.attempt == late.attempt + 1
    for write in (
        parts.writer.finished(late, StepFinished({"late": True}), free_slots=0),
        parts.writer.more_turns(late, MoreTurns(turn=1)),
        parts.writer.failed(late, Failure("x", "late", retryable=False)),
        parts.writer.given_back(late),
    ):
        with pytest.raises(LeaseLost):
            await write
    await parts.writer.finished(current, StepFinished({"late": False}), free_slots=0)
    row = await _row(parts, run, "first")
    assert (row.status, row.output) == ("SUCCESS", {"late": False})
    assert len(await _effects(parts, run, "step_callback")) == 1


async def test_a_lapsed_lease_is_the_sweeper_s_to_take_so_that_a_message_that_comes_again_adds_no_attempt(
    parts: Parts,
) -> None:
    run = await a_run(parts.owner, steps=[{"name": "first", "kind": "noop", "retry": {"attempts": 1}}])
    await _held(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(text("UPDATE steps SET lease_expires_at = now() - interval '1 s' WHERE worker_id IS NOT NULL"))
    assert await parts.taker.take(run.dispatch("first")) is TakeRefusal.HELD
    await lose_holders(parts, run)
    row = await _row(parts, run, "first")
    assert (row.status, row.attempt, row.error["code"]) == ("FAILED", 1, "worker_lost")


async def test_a_lost_lease_is_seen_at_the_next_renewal(parts: Parts) -> None:
    run = await a_run(parts.owner)
    holding = await _held(parts, run)
    pair = (run.steps["first"], holding.fence)
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        assert await claims.renew(tx, run.tenant_id, [pair], lease_seconds=45) == {pair}
    await lose_holders(parts, run)
    await _held(parts, run)
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        assert await claims.renew(tx, run.tenant_id, [pair], lease_seconds=45) == set()


async def test_a_repeated_message_of_a_finished_step_is_answered_for_its_own_token(parts: Parts) -> None:
    run = await a_run(parts.owner)
    await parts.writer.finished(await _held(parts, run), StepFinished({}), free_slots=0)
    assert await parts.taker.take(run.dispatch("first", token="another token")) is TakeRefusal.ANSWERED
    tokens = [effect.payload["task_token"] for effect in await _effects(parts, run, "step_callback")]
    assert tokens == ["token-first-0", "another token"]


@pytest.mark.parametrize(("of", "refusal"), [({"generation": 2}, TakeRefusal.STALE), ({"tick": 0}, TakeRefusal.STALE)])
async def test_messages_of_another_generation_or_an_earlier_tick_are_dropped(
    parts: Parts, of: dict[str, Any], refusal: TakeRefusal
) -> None:
    run = await a_run(parts.owner)
    await parts.writer.more_turns(await _held(parts, run), MoreTurns(turn=1))
    assert await parts.taker.take(run.dispatch("first", **of)) is refusal
    assert isinstance(await parts.taker.take(run.dispatch("first", tick=1)), Taken)


async def test_a_foreign_tenant_s_message_finds_no_step(parts: Parts) -> None:
    run, other = await a_run(parts.owner), await a_run(parts.owner)
    foreign = ARun(other.tenant_id, other.user_id, run.task_id, run.run_id, run.steps)
    assert await parts.taker.take(foreign.dispatch("first")) is TakeRefusal.UNKNOWN
    assert (await _row(parts, run, "first")).status == "QUEUED"
    unknown = ARun(run.tenant_id, run.user_id, run.task_id, run.run_id, {"first": StepId(uuid4())})
    assert await parts.taker.take(unknown.dispatch("first")) is TakeRefusal.UNKNOWN


async def test_attempts_end_in_failure_and_skip_what_depends_on_it(parts: Parts) -> None:
    run = await a_run(parts.owner)
    assert await parts.taker.take(run.dispatch("second")) is TakeRefusal.PARKED
    for attempt in range(1, MAX_ATTEMPTS + 1):
        holding = await _held(parts, run)
        assert holding.attempt == attempt
        again = await parts.writer.failed(holding, Failure("boom", "no luck", retryable=True))
        assert again is (attempt < MAX_ATTEMPTS)
    first, second = await _row(parts, run, "first"), await _row(parts, run, "second")
    assert (first.status, second.status) == ("FAILED", "SKIPPED")
    assert second.error["code"] == "dependency_failed"
    assert second.error["causes"][0]["code"] == "boom"
    answered = {effect.step_id for effect in await _effects(parts, run, "step_callback")}
    assert answered == {run.steps["first"], run.steps["second"]}
    retries = await _effects(parts, run, "step_message")
    assert [effect.payload["task_token"] for effect in retries] == ["token-first-0"] * (MAX_ATTEMPTS - 1)


async def test_a_freed_dependent_is_claimed_in_the_same_transaction_when_there_is_a_slot(parts: Parts) -> None:
    run = await a_run(parts.owner)
    assert await parts.taker.take(run.dispatch("second")) is TakeRefusal.PARKED
    claimed = await parts.writer.finished(await _held(parts, run), StepFinished({"x": 1}), free_slots=1)
    assert [work.claim.name for work in claimed] == ["second"]
    assert claimed[0].data["steps"]["first"]["output"] == {"x": 1}
    assert await _effects(parts, run, "step_message") == []


async def test_events_are_numbered_without_gaps_under_concurrency(parts: Parts) -> None:
    names = [f"s{number}" for number in range(12)]
    run = await a_run(parts.owner, steps=[{"name": name, "kind": "noop"} for name in names])

    async def whole(name: str) -> None:
        holding = await _held(parts, run, name)
        await parts.writer.finished(holding, StepFinished({}), free_slots=0)

    await asyncio.gather(*(whole(name) for name in names))
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(text("SELECT seq FROM run_events WHERE run_id = :r ORDER BY seq"), {"r": run.run_id})
        seqs = [row.seq for row in rows]
    assert seqs == list(range(1, 2 * len(names) + 1))
