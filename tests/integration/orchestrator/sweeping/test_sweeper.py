"""The sweeper: fences before it touches anything, and gives every open run something that ends it."""

from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.asking import taken
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.cloud.executions.base import Described, execution_name
from foundation.cloud.executions.fake import FakeExecutions
from foundation.domain.errors import BudgetExceeded, LeaseLost
from foundation.domain.retry import MAX_ATTEMPTS
from foundation.storage.execution.dispatches import LeaseFence
from foundation.workflow import run_control
from orchestrator.claiming.taking import TakeRefusal
from orchestrator.sweeping.sweeper import Sweeper
from orchestrator.work import StepFinished

Sweeping = tuple[Sweeper, FakeExecutions]


@pytest.fixture
def sweeping(sweeper: Sweeper, executions: FakeExecutions) -> Sweeping:
    return sweeper, executions


async def held(parts: Parts, run: ARun, step: str = "first", **of: Any) -> LeaseFence:
    return (await taken(parts, run, step, **of)).claim.lease_fence()


async def change(parts: Parts, run: ARun, statement: str) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(text(statement), {"run": run.run_id, "step": run.steps["first"]})


async def one(parts: Parts, run: ARun, query: str) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return (await tx.execute(text(query), {"run": run.run_id, "step": run.steps["first"]})).one()


async def effects(parts: Parts, run: ARun) -> list[str]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT kind FROM outbox WHERE run_id = :run ORDER BY outbox_id"), {"run": run.run_id}
        )
        return [row.kind for row in rows]


STAND_STILL = "UPDATE runs SET progressed_at = now() - interval '1 min' WHERE run_id = :run"
PAUSED_LONG = "UPDATE runs SET progressed_at = now() - interval '5 min' WHERE run_id = :run"
LAPSE = "UPDATE steps SET lease_expires_at = now() - interval '1 s' WHERE step_id = :step"


async def test_a_lapsed_lease_is_fenced_and_the_step_enqueued_again_with_its_token(
    parts: Parts, sweeping: Sweeping
) -> None:
    sweeper, _ = sweeping
    run = await a_run(parts.owner)
    gone = await held(parts, run)
    await change(parts, run, LAPSE)
    await sweeper.sweep()
    row = await one(parts, run, "SELECT status, fence, task_token FROM steps WHERE step_id = :step")
    assert (row.status, row.task_token) == ("RETRYING", "token-first-0")
    assert row.fence > gone.fence
    assert await effects(parts, run) == ["step_message"]
    with pytest.raises(LeaseLost):
        await parts.writer.finished(gone, StepFinished({}), free_slots=0)
    assert (await held(parts, run)).attempt == 2


async def test_a_live_lease_is_left_alone(parts: Parts, sweeping: Sweeping) -> None:
    sweeper, _ = sweeping
    run = await a_run(parts.owner)
    holder = await held(parts, run)
    await sweeper.sweep()
    await parts.writer.finished(holder, StepFinished({}), free_slots=0)


async def test_a_step_that_kills_its_workers_fails_after_its_attempts(parts: Parts, sweeping: Sweeping) -> None:
    sweeper, _ = sweeping
    run = await a_run(parts.owner)
    for _ in range(MAX_ATTEMPTS):
        await held(parts, run)
        await change(parts, run, LAPSE)
        await sweeper.sweep()
    row = await one(parts, run, "SELECT status, attempt, error ->> 'code' AS code FROM steps WHERE step_id = :step")
    assert (row.status, row.attempt, row.code) == ("FAILED", MAX_ATTEMPTS, "worker_lost")


async def test_a_step_over_its_time_fails_even_if_its_worker_renews(parts: Parts, sweeping: Sweeping) -> None:
    sweeper, _ = sweeping
    run = await a_run(parts.owner)
    await held(parts, run)
    await change(parts, run, "UPDATE steps SET deadline_at = now() - interval '1 min' WHERE step_id = :step")
    await sweeper.sweep()
    row = await one(parts, run, "SELECT status, error ->> 'code' AS code FROM steps WHERE step_id = :step")
    assert (row.status, row.code) == ("FAILED", "step_timed_out")


async def test_the_time_of_a_worker_that_died_is_not_the_steps(parts: Parts, sweeping: Sweeping) -> None:
    """The step has 10 s, its lease 45: when that lapses, its time has long been over, and nobody saw it pass."""
    sweeper, _ = sweeping
    run = await a_run(parts.owner, steps=[{"name": "first", "kind": "noop", "timeout_seconds": 10}])
    await held(parts, run)
    died = "UPDATE steps SET deadline_at = now() - interval '20 s', lease_expires_at = now() + {} WHERE step_id = :step"
    await change(parts, run, died.format("interval '15 s'"))
    await sweeper.sweep()
    left = await one(parts, run, "SELECT status FROM steps WHERE step_id = :step")
    assert left.status == "RUNNING", "its lease may still be renewed"
    await change(parts, run, died.format("interval '-1 s'"))
    await sweeper.sweep()
    row = await one(parts, run, "SELECT status, deadline_at FROM steps WHERE step_id = :step")
    assert (row.status, row.deadline_at) == ("RETRYING", None)
    told = await one(parts, run, "SELECT data FROM run_events WHERE run_id = :run AND type = 'step.retrying'")
    assert (told.data["error"]["code"], told.data["error"]["attempt"]) == ("worker_lost", 1)
    again = (await taken(parts, run, "first")).claim
    assert again.attempt == 2
    assert 9 < again.seconds_left <= 10


async def test_who_claims_a_step_whose_lease_has_lapsed_has_its_whole_time(parts: Parts, sweeping: Sweeping) -> None:
    sweeper, _ = sweeping
    run = await a_run(parts.owner, steps=[{"name": "first", "kind": "noop", "timeout_seconds": 10}])
    await held(parts, run)
    await change(
        parts,
        run,
        """UPDATE steps SET deadline_at = now() - interval '20 s', lease_expires_at = now() - interval '1 s'
           WHERE step_id = :step""",
    )
    await sweeper.sweep()
    again = (await taken(parts, run, "first")).claim
    assert (again.attempt, 9 < again.seconds_left <= 10) == (2, True)


async def test_a_run_over_its_time_is_stopped_and_its_tokens_are_answered(parts: Parts, sweeping: Sweeping) -> None:
    sweeper, _ = sweeping
    run = await a_run(parts.owner)
    assert await parts.taker.take(run.dispatch("second")) is TakeRefusal.PARKED
    await held(parts, run)
    await change(parts, run, "UPDATE runs SET hard_deadline = now() - interval '1 s' WHERE run_id = :run")
    await sweeper.sweep()
    await sweeper.sweep()
    row = await one(parts, run, "SELECT stop_cause, status FROM runs WHERE run_id = :run")
    assert (row.stop_cause, row.status) == ("TIMED_OUT", "RUNNING")
    assert await effects(parts, run) == ["step_callback", "step_callback"]


async def test_a_run_out_of_budget_is_tried_again_only_when_what_it_had_claimed_is_recorded(
    parts: Parts, sweeping: Sweeping
) -> None:
    sweeper, _ = sweeping
    run = await a_run(parts.owner, steps=[{"name": name, "kind": "noop"} for name in ("first", "asks")])
    works, asks = await held(parts, run), await held(parts, run, "asks")
    stood: dict[str, int | str] = {"period": "day", "unit": "tokens", "limit": 100, "spent": 90, "held": 0, "asked": 20}
    await parts.writer.out_of_budget(asks, BudgetExceeded("spent", scope="tenant", budget=stood))
    told = await one(parts, run, "SELECT data FROM run_events WHERE run_id = :run AND type = 'run.paused'")
    assert (told.data["scope"], told.data["budget"]) == ("tenant", stood)
    await change(parts, run, PAUSED_LONG)
    await sweeper.sweep()
    assert (await one(parts, run, "SELECT status, generation FROM runs WHERE run_id = :run")) == ("PAUSED", 1)
    await parts.writer.finished(works, StepFinished({"done": True}), free_slots=0)
    await change(parts, run, STAND_STILL)
    await sweeper.sweep()
    assert (await one(parts, run, "SELECT status FROM runs WHERE run_id = :run")).status == "PAUSED", "not yet"
    await change(parts, run, PAUSED_LONG)
    await sweeper.sweep()
    assert (await one(parts, run, "SELECT status, generation FROM runs WHERE run_id = :run")) == ("RUNNING", 2)
    first = await one(parts, run, "SELECT status, output FROM steps WHERE step_id = :step")
    assert (first.status, first.output) == ("SUCCESS", {"done": True})


async def test_a_lost_execution_opens_a_generation_and_a_known_one_does_not(parts: Parts, sweeping: Sweeping) -> None:
    sweeper, executions = sweeping
    lost, known = await a_run(parts.owner), await a_run(parts.owner)
    late = await held(parts, lost)
    for run in (lost, known):
        await change(parts, run, STAND_STILL)
    await executions.start(execution_name(known.run_id, 1), "{}")
    await sweeper.sweep()
    assert (await one(parts, lost, "SELECT generation FROM runs WHERE run_id = :run")).generation == 2
    assert (await one(parts, known, "SELECT generation FROM runs WHERE run_id = :run")).generation == 1
    # The lost one is stopped too: it may not be lost after all, only late.
    assert await effects(parts, lost) == ["stop_execution", "start_execution"]
    with pytest.raises(LeaseLost):
        await parts.writer.finished(late, StepFinished({}), free_slots=0)
    assert await parts.taker.take(lost.dispatch("first")) is TakeRefusal.STALE
    assert (await held(parts, lost, generation=2)).attempt == 1


async def test_a_run_whose_start_still_waits_is_late_and_not_lost(parts: Parts, sweeping: Sweeping) -> None:
    sweeper, _ = sweeping
    run = await a_run(parts.owner)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run(tx, run.tenant_id, run.run_id)
        assert row is not None
        await run_control.open_generation(tx, row, reason="test")
    await change(parts, run, STAND_STILL)
    await sweeper.sweep()
    assert (await one(parts, run, "SELECT generation FROM runs WHERE run_id = :run")).generation == 2


@pytest.mark.parametrize(
    ("said", "status"), [("ABORTED", "CANCELLED"), ("FAILED", "FAILED"), ("TIMED_OUT", "TIMED_OUT")]
)
async def test_a_run_ends_with_its_execution_when_no_event_told(
    parts: Parts, sweeping: Sweeping, said: str, status: str
) -> None:
    sweeper, executions = sweeping
    run = await a_run(parts.owner)
    await change(parts, run, STAND_STILL)
    executions.known[execution_name(run.run_id, 1)] = Described(said)
    await sweeper.sweep()
    row = await one(parts, run, "SELECT status, ended_at IS NOT NULL AS ended FROM runs WHERE run_id = :run")
    assert (row.status, row.ended) == (status, True)
    assert "close_run" in await effects(parts, run)


async def test_an_execution_is_asked_about_once_a_standstill_and_step_functions_may_be_away(
    parts: Parts, sweeping: Sweeping
) -> None:
    sweeper, executions = sweeping
    run = await a_run(parts.owner)
    await change(parts, run, STAND_STILL)
    executions.away = True
    await sweeper.sweep()
    await sweeper.sweep()
    assert executions.described.count(f"{run.run_id}-1") == 1
