"""A run that hangs although its execution runs is repaired, or ends with what it has achieved."""

from typing import Any

import pytest
from sqlalchemy import text

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, database
from foundation.cloud.executions.base import execution_name
from foundation.cloud.executions.fake import FakeExecutions
from foundation.domain.failures import FailureCode
from foundation.domain.ids import RunId
from foundation.workflow.stalls.standstills import Place, find_standstills
from orchestrator.sweeping.sweeper import Sweeper

NOOP = {"kind": "noop"}
PLAN: list[dict[str, Any]] = [
    {"name": "first", **NOOP},
    {"name": "second", "needs": ["first"], **NOOP},
    {"name": "third", "needs": ["second"], **NOOP},
    {"name": "beside", **NOOP},
]
FIRST_SUCCEEDED = "UPDATE steps SET status = 'SUCCESS', ended_at = now() - interval '2 min' WHERE {} AND name = 'first'"
FIRST_FAILED = """UPDATE steps SET status = 'FAILED', ended_at = now() - interval '2 min', error = '{{"code": "x"}}'
                  WHERE {} AND name = 'first'"""
SECOND_PARKED = """UPDATE steps SET status = 'WAITING', wait_reason = 'dependency', task_token = 'token-second',
                   waiting_since = now() - interval '3 min' WHERE {} AND name = 'second'"""
BESIDE_ENDED = "UPDATE steps SET status = 'SUCCESS', ended_at = now(), output = '1' WHERE {} AND name = 'beside'"
RING = "UPDATE steps SET needs = '{{third}}', unmet_needs = 1 WHERE {} AND name = 'first'"
COUNTED = [
    "UPDATE steps SET unmet_needs = 0 WHERE {} AND name = 'second'",
    "UPDATE steps SET unmet_needs = 1 WHERE {} AND name = 'second'",
]
STILL = "UPDATE runs SET progressed_at = now() - interval '{} s' WHERE {{}}"


async def a_hanging_run(
    parts: Parts, executions: FakeExecutions, *statements: str, still: int = 100, **task: Any
) -> ARun:
    """A run whose execution runs, changed by these statements."""
    run = await a_run(parts.owner, steps=PLAN, **task)
    async with parts.owner.tenant(run.tenant_id) as tx:
        for statement in (*statements, STILL.format(still)):
            await tx.execute(text(statement.format("run_id = :run")), {"run": run.run_id})
        await tx.execute(
            text(
                """INSERT INTO queue_watch VALUES ('steps', now(), now())
                   ON CONFLICT (queue) DO UPDATE SET looked_at = now(), empty_at = now()"""
            )
        )
    await executions.start(execution_name(run.run_id, 1), "{}")
    return run


async def rows(parts: Parts, run: ARun, query: str) -> list[Any]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return list(await tx.execute(text(query), {"run": run.run_id}))


async def statuses(parts: Parts, run: ARun) -> dict[str, str]:
    return {
        row.name: row.status for row in await rows(parts, run, "SELECT name, status FROM steps WHERE run_id = :run")
    }


@pytest.mark.parametrize("counted", [0, 1])
async def test_needs_are_counted_anew_and_the_step_is_enqueued(
    parts: Parts, executions: FakeExecutions, sweeper: Sweeper, counted: int
) -> None:
    run = await a_hanging_run(parts, executions, FIRST_SUCCEEDED, SECOND_PARKED, COUNTED[counted])
    await sweeper.sweep()
    [second] = await rows(parts, run, "SELECT status, unmet_needs FROM steps WHERE run_id = :run AND name = 'second'")
    assert (second.status, second.unmet_needs) == ("QUEUED", 0)
    [message] = await rows(parts, run, "SELECT kind, payload FROM outbox WHERE run_id = :run AND kind = 'step_message'")
    assert message.payload["task_token"] == "token-second"


async def test_what_can_never_run_is_skipped_and_the_rest_goes_on(
    parts: Parts, executions: FakeExecutions, sweeper: Sweeper
) -> None:
    run = await a_hanging_run(parts, executions, FIRST_FAILED, SECOND_PARKED)
    await sweeper.sweep()
    assert await statuses(parts, run) == {
        "first": "FAILED",
        "second": "SKIPPED",
        "third": "SKIPPED",
        "beside": "QUEUED",
    }
    [second, third] = await rows(
        parts, run, "SELECT error FROM steps WHERE run_id = :run AND name IN ('second', 'third') ORDER BY position"
    )
    assert second.error["code"] == FailureCode.DEADLOCKED
    assert second.error["detail"] == "it needs first, which failed, and it was not skipped"
    assert third.error["code"] == FailureCode.DEPENDENCY_FAILED
    answered = await rows(parts, run, "SELECT payload FROM outbox WHERE run_id = :run AND kind = 'step_callback'")
    assert [row.payload["task_token"] for row in answered] == ["token-second"]


async def test_a_task_that_fails_with_its_steps_is_stopped_and_keeps_what_it_has(
    parts: Parts, executions: FakeExecutions, sweeper: Sweeper
) -> None:
    run = await a_hanging_run(parts, executions, FIRST_FAILED, SECOND_PARKED, BESIDE_ENDED, on_step_failure="fail")
    await sweeper.sweep()
    assert await statuses(parts, run) == {
        "first": "FAILED",
        "second": "CANCELLED",
        "third": "CANCELLED",
        "beside": "SUCCESS",
    }
    [row] = await rows(parts, run, "SELECT stop_cause, error FROM runs WHERE run_id = :run")
    assert (row.stop_cause, row.error["code"]) == ("FAILED", FailureCode.DEADLOCKED)
    assert row.error["detail"] == "step second: it needs first, which failed, and it was not skipped"


async def test_a_cycle_stops_the_run_and_is_named_in_order(
    parts: Parts, executions: FakeExecutions, sweeper: Sweeper
) -> None:
    run = await a_hanging_run(parts, executions, RING, SECOND_PARKED, BESIDE_ENDED)
    await sweeper.sweep()
    [row] = await rows(parts, run, "SELECT error FROM runs WHERE run_id = :run")
    assert row.error["detail"] == "these steps wait for each other: first -> second -> third -> first"


async def generation(parts: Parts, run: ARun) -> int:
    [row] = await rows(parts, run, "SELECT generation FROM runs WHERE run_id = :run")
    return int(row.generation)


async def test_a_lost_message_opens_a_generation_but_only_after_a_time_that_grows(
    parts: Parts, executions: FakeExecutions, sweeper: Sweeper
) -> None:
    early = await a_hanging_run(parts, executions, still=100)
    late = await a_hanging_run(parts, executions, still=130)
    often = await a_hanging_run(parts, executions, "UPDATE runs SET generation = 3 WHERE {}", still=130)
    await executions.start(execution_name(RunId(often.run_id), 3), "{}")
    await sweeper.sweep()
    assert [await generation(parts, run) for run in (early, late, often)] == [1, 2, 3]
    [event] = await rows(
        parts, late, "SELECT data FROM run_events WHERE run_id = :run AND type = 'run.generation_opened'"
    )
    assert event.data["reason"] == "its message was lost: the queue is empty"


async def test_runs_that_stand_still_are_all_looked_at_page_by_page_without_those_that_do_so_rightly(
    parts: Parts, executions: FakeExecutions, scratch: ScratchDatabase
) -> None:
    still = {(await a_hanging_run(parts, executions, still=1000 + number)).run_id for number in range(5)}
    paused = (
        "UPDATE runs SET status = 'PAUSED', pause_reason = '{}', clock_since = NULL, hard_deadline = NULL WHERE {{}}"
    )
    by_user = await a_hanging_run(parts, executions, paused.format("user"), still=5000)
    by_budget = await a_hanging_run(parts, executions, paused.format("budget"), still=200)
    due = await a_hanging_run(parts, executions, paused.format("budget"), still=400)
    sweeper = database(scratch, "sweeper")
    # Runs of other tests that are over their time stand in every page, until a sweeper ends them.
    [overdue] = await rows(
        parts, due, "SELECT count(*) AS count FROM runs r WHERE ended_at IS NULL AND run_deadline(r) < now()"
    )
    seen: set[RunId] = set()
    after: Place | None = None
    while True:
        async with sweeper.across_tenants(reason="as the sweeper does") as tx:
            page = await find_standstills(
                tx, seconds=30, budget_pause_seconds=300, after=after, limit=overdue.count + 2
            )
        if {run.run_id for run in page} <= seen:
            break
        seen |= {run.run_id for run in page}
        after = page[-1].place
    await sweeper.close()
    assert still | {due.run_id} <= seen
    assert not {by_user.run_id, by_budget.run_id} & seen
