"""How long a step waited for a worker counts from when it could run, whatever made it so."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from prometheus_client import REGISTRY

from fixtures.eventually import eventually
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.asking import taken
from fixtures.running.gated_workers import GatedEngine, gated_worker, send
from fixtures.running.parts import Parts, change, lose_holders, one
from fixtures.running.runs import ARun, a_run
from foundation.cloud.queue.fake import FakeQueue
from foundation.domain.failures import Failure
from foundation.domain.states import RunStatus
from foundation.workflow import run_control
from orchestrator.work import MoreTurns, StepFinished

AN_HOUR_AGO = "UPDATE steps SET queued_at = now() - interval '1 hour' WHERE run_id = :run"
TRIED_AGAIN_NOW = "UPDATE steps SET retry_at = now() WHERE run_id = :run AND retry_at IS NOT NULL"
_MORE_THAN_WAIT = 1000
"""Steps: what other tests have left in lines is taken by the worker too."""
WAITED = (
    "SELECT EXTRACT(EPOCH FROM now() - queued_at)::float AS seconds FROM steps WHERE run_id = :run AND name = :step"
)


async def finish_the_need(parts: Parts, run: ARun) -> None:
    work = await taken(parts, run, "first")
    await parts.writer.finished(work.claim.lease_fence(), StepFinished({}), free_slots=0)


async def park_and_finish_the_need(parts: Parts, run: ARun) -> None:
    await parts.taker.park([run.dispatch("second")])
    await finish_the_need(parts, run)


async def lose_the_holder(parts: Parts, run: ARun) -> None:
    await finish_the_need(parts, run)
    await taken(parts, run, "second")
    await change(parts, run, AN_HOUR_AGO)
    await lose_holders(parts, run)


async def end_a_turn(parts: Parts, run: ARun) -> None:
    await finish_the_need(parts, run)
    work = await taken(parts, run, "second")
    await change(parts, run, AN_HOUR_AGO)
    await parts.writer.more_turns(work.claim.lease_fence(), MoreTurns(turn=1))


async def open_a_generation(parts: Parts, run: ARun) -> None:
    await finish_the_need(parts, run)
    await change(parts, run, AN_HOUR_AGO)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        assert row is not None
        assert row.status is RunStatus.RUNNING
        await run_control.open_generation(tx, row, reason="a test")


WAYS: list[Callable[[Parts, ARun], Awaitable[None]]] = [
    finish_the_need,
    park_and_finish_the_need,
    lose_the_holder,
    end_a_turn,
    open_a_generation,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_a_wait_begins_when_the_step_could_run(
    parts: Parts, way: Callable[[Parts, ARun], Awaitable[None]]
) -> None:
    run = await a_run(parts.owner)
    await change(parts, run, AN_HOUR_AGO)
    await way(parts, run)
    assert (await one(parts, run, WAITED, step="second")).seconds < 1800


async def test_the_pause_before_another_attempt_is_no_wait(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[{"name": "first", "kind": "noop", "retry": {"attempts": 3}}])
    lease = (await taken(parts, run, "first")).claim.lease_fence()
    await parts.writer.failed(lease, Failure("worker_lost", "gone", retryable=True))
    pause = "SELECT queued_at = retry_at AS same, queued_at > now() AS later FROM steps WHERE run_id = :run"
    assert tuple(await one(parts, run, pause)) == (True, True)


async def test_the_claim_tells_how_long_the_step_waited_also_in_line(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[{"name": "first", "kind": "noop"}])
    await change(parts, run, AN_HOUR_AGO)
    await parts.taker.line_up(run.tenant_id, [run.dispatch("first")])
    picked: Any = await parts.picker.pick(run.tenant_id)
    assert 3600 <= picked.work.claim.queued_seconds < 7200


async def test_a_worker_shows_the_waits_of_what_it_takes_by_kind(parts: Parts, scratch: ScratchDatabase) -> None:
    def figures() -> tuple[float, float]:
        found = (
            REGISTRY.get_sample_value(f"workflow_queue_wait_seconds_{of}", {"kind": "noop"}) for of in ("count", "sum")
        )
        count, seconds = (value or 0 for value in found)
        return count, seconds

    run = await a_run(parts.owner, steps=[{"name": f"s{number}", "kind": "noop"} for number in range(3)])
    await change(parts, run, AN_HOUR_AGO)
    count, seconds = figures()
    queue, engine = FakeQueue(), GatedEngine()
    engine.release(_MORE_THAN_WAIT)
    async with gated_worker(parts, scratch, queue, engine, concurrency=1):
        await send(queue, [run.dispatch(step) for step in run.steps])

        async def all_are_shown() -> bool:
            return figures()[1] - seconds >= 3 * 3600

        await eventually(all_are_shown)
    assert figures()[0] >= count + 3
