"""Whatever fails, and whoever finds it: every error that a step, a run or an event shows has every member."""

import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.asking import approval_step, asked, taken
from fixtures.running.below import a_family, child_of, finalized, finished, locked
from fixtures.running.parts import Parts, change
from fixtures.running.runs import ARun, a_run
from fixtures.running.works import a_failure
from foundation.cloud.queue.base import Received
from foundation.cloud.queue.fake import FakeQueue
from foundation.contracts.step_message import ExecutionInput
from foundation.domain.errors import BudgetExceeded
from foundation.domain.failures import ErrorDocument
from foundation.domain.states import Decision
from foundation.workflow import endings
from foundation.workflow.approvals import decisions
from foundation.workflow.approvals.decisions import Verdict
from foundation.workflow.stalls import faults, recovery
from foundation.workflow.sub_runs.following import follow_parent
from lambdas.finalize_run import FinalizeRequest, finalize_run
from lambdas.init_run import init_run
from orchestrator.intake.dead_letters import DeadLetters
from orchestrator.sweeping.sweeper import Sweeper
from orchestrator.work import StepLeftOut

MEMBERS = {"code", "detail", "step", "attempt", "at", "trace_id", "retryable", "retry_after"}
Ends = Callable[[Parts, Sweeper], Awaitable[ARun]]
AFTER = {"name": "after", "kind": "noop", "needs": ["first"]}
FIRST = {"name": "first", "kind": "noop"}
GONE = "UPDATE steps SET lease_expires_at = now() - interval '1 s' WHERE run_id = :run AND status = 'RUNNING'"


async def it_fails(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    await parts.writer.failed((await taken(parts, run, "first")).claim.lease_fence(), a_failure("exit_code"))
    await finalized(parts, run)
    return run


async def it_stops_the_run(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner, on_step_failure="fail", steps=[FIRST, {"name": "beside", "kind": "noop"}])
    await parts.writer.failed((await taken(parts, run, "first")).claim.lease_fence(), a_failure("exit_code"))
    await finalized(parts, run)
    return run


async def it_is_tried_again(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    failure = a_failure("dependency_unavailable", retryable=True)
    await parts.writer.failed((await taken(parts, run, "first")).claim.lease_fence(), failure)
    return run


async def its_workers_die(parts: Parts, sweeper: Sweeper) -> ARun:
    run = await a_run(parts.owner, steps=[{**FIRST, "retry": {"attempts": 1}}, AFTER])
    await taken(parts, run, "first")
    await change(parts, run, GONE)
    await sweeper.sweep()
    await finalized(parts, run)
    return run


async def its_time_is_over(parts: Parts, sweeper: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    await taken(parts, run, "first")
    await change(parts, run, "UPDATE steps SET deadline_at = now() - interval '1 min' WHERE run_id = :run")
    await sweeper.sweep()
    await finalized(parts, run)
    return run


async def its_runs_time_is_over(parts: Parts, sweeper: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    await change(parts, run, "UPDATE runs SET hard_deadline = now() - interval '1 s' WHERE run_id = :run")
    await sweeper.sweep()
    await finalized(parts, run)
    return run


async def its_own_budget_is_spent(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    error = BudgetExceeded("no room", scope="step", remaining={"tokens": 3})
    await parts.writer.out_of_budget((await taken(parts, run, "first")).claim.lease_fence(), error)
    await finalized(parts, run)
    return run


async def its_runs_budget_is_spent(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    error = BudgetExceeded("no room", scope="run", remaining={"tokens": 3})
    await parts.writer.out_of_budget((await taken(parts, run, "first")).claim.lease_fence(), error)
    await finalized(parts, run)
    return run


async def people_reject_it(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner, steps=[approval_step(), {**AFTER, "needs": ["review"]}])
    approval = await asked(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        locked_one = await decisions.lock_request(tx, run.tenant_id, approval.approval_id)
        assert locked_one is not None
        verdict = Verdict(Decision.REJECT, run.user_id, "not so", None)
        await decisions.decide(tx, run.tenant_id, locked_one, verdict)
    await finalized(parts, run)
    return run


async def nobody_decides(parts: Parts, sweeper: Sweeper) -> ARun:
    run = await a_run(parts.owner, steps=[approval_step(), {**AFTER, "needs": ["review"]}])
    await asked(parts, run)
    await change(parts, run, "UPDATE approvals SET expires_at = now() - interval '1 s' WHERE run_id = :run")
    await sweeper.sweep()
    await finalized(parts, run)
    return run


async def the_run_below_fails(parts: Parts, _: Sweeper) -> ARun:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await parts.writer.failed((await taken(parts, child, "first")).claim.lease_fence(), a_failure("exit_code"))
    await finalized(parts, child)
    await finalized(parts, run)
    return run


async def its_run_is_cancelled(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await endings.cancel(tx, await locked(tx, run), failure=a_failure("cancelled", "by hand"))
    return run


async def the_run_above_is_cancelled(parts: Parts, _: Sweeper) -> ARun:
    run = await a_family(parts)
    child = await child_of(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await endings.cancel(tx, await locked(tx, run), failure=a_failure("cancelled", "by hand"))
    async with parts.owner.tenant(run.tenant_id) as tx:
        await follow_parent(tx, run.tenant_id, child.run_id)
    return child


async def its_execution_is_aborted(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await endings.end_with_execution(tx, run.tenant_id, run.run_id, generation=1, execution_status="ABORTED")
    return run


async def step_functions_give_up(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    fault = {"Error": "States.Timeout"}
    await finalize_run(
        parts.owner, FinalizeRequest(tenant_id=run.tenant_id, run_id=run.run_id, generation=1, fault=fault)
    )
    return run


async def its_definition_cannot_run(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    await change(parts, run, "DELETE FROM steps WHERE run_id = :run")
    await change(
        parts,
        run,
        """UPDATE task_versions v SET definition = jsonb_set(definition, '{steps,0,needs}', '["nobody"]')
           FROM runs r WHERE r.run_id = :run AND v.tenant_id = r.tenant_id AND v.task_id = r.task_id""",
    )
    await init_run(parts.owner, ExecutionInput(tenant_id=run.tenant_id, run_id=run.run_id, generation=1))
    return run


async def it_can_never_run(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner, steps=[FIRST, AFTER, {"name": "last", "kind": "noop", "needs": ["after"]}])
    await finished(parts, run, "first")
    await change(
        parts, run, "UPDATE steps SET needs = '{nobody}', unmet_needs = 1 WHERE run_id = :run AND name = 'after'"
    )
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await locked(tx, run)
        found = await faults.find(tx, run.tenant_id, run_id=run.run_id)
        await recovery.end_deadlocked(tx, row, [one for one in found if one.cause in recovery.DEADLOCKED])
    await finalized(parts, run)
    return run


async def its_message_is_a_dead_letter(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    dispatch = run.dispatch("first")
    body = {
        "tenant_id": str(run.tenant_id),
        "run_id": str(run.run_id),
        "step_id": str(dispatch.step_id),
        "generation": 1,
        "tick": 0,
        "task_token": "token",
    }
    await DeadLetters(FakeQueue(), parts.orchestrator, worker_id="w").handle(_received(body))
    await finalized(parts, run)
    return run


async def it_is_left_out(parts: Parts, _: Sweeper) -> ARun:
    run = await a_run(parts.owner)
    work = await taken(parts, run, "first")
    left_out = StepLeftOut(a_failure("condition_false", "its condition is false"))
    await parts.writer.left_out(work.claim.lease_fence(), left_out.reason, free_slots=0)
    return run


DOORS: dict[str, tuple[Ends, set[str]]] = {
    "a step fails": (it_fails, {"exit_code", "dependency_failed", "steps_failed"}),
    "a step fails and stops its run": (it_stops_the_run, {"exit_code"}),
    "an attempt fails": (it_is_tried_again, {"dependency_unavailable"}),
    "a worker dies": (its_workers_die, {"worker_lost", "dependency_failed", "steps_failed"}),
    "a step's time is over": (its_time_is_over, {"step_timed_out", "dependency_failed", "steps_failed"}),
    "a run's time is over": (its_runs_time_is_over, {"run_timed_out"}),
    "a step's budget is spent": (its_own_budget_is_spent, {"budget_exceeded", "dependency_failed", "steps_failed"}),
    "a run's budget is spent": (its_runs_budget_is_spent, {"budget_exceeded"}),
    "an approval is rejected": (people_reject_it, {"approval_rejected", "dependency_failed", "steps_failed"}),
    "an approval expires": (nobody_decides, {"approval_expired", "dependency_failed", "steps_failed"}),
    "a run below fails": (the_run_below_fails, {"sub_run_failed", "exit_code", "dependency_failed", "steps_failed"}),
    "a run is cancelled": (its_run_is_cancelled, {"cancelled"}),
    "a run is cancelled with the one above": (the_run_above_is_cancelled, {"cancelled"}),
    "an execution is aborted": (its_execution_is_aborted, {"execution_ended"}),
    "Step Functions give up": (step_functions_give_up, {"execution_failed"}),
    "a definition cannot run": (its_definition_cannot_run, {"invalid_definition"}),
    "a step can never run": (it_can_never_run, {"deadlocked", "dependency_failed"}),
    "a message is a dead letter": (its_message_is_a_dead_letter, {"dead_letter", "dependency_failed", "steps_failed"}),
    "a step is left out": (it_is_left_out, {"condition_false"}),
}


@pytest.mark.parametrize("door", DOORS)
async def test_every_error_has_every_member(parts: Parts, sweeper: Sweeper, door: str) -> None:
    ends, codes = DOORS[door]
    run = await ends(parts, sweeper)
    trace = await trace_of(parts, run)
    found = [error async for error in errors_of(parts, run)]
    assert {error["code"] for _, error in found} >= codes
    for where, error in found:
        assert error.keys() >= MEMBERS, (where, error)
        assert error["trace_id"] == trace, (where, error)
        assert abs((datetime.now(UTC) - datetime.fromisoformat(error["at"])).total_seconds()) < 600, where
        assert error["at"].endswith("Z"), where
        assert isinstance(error["retryable"], bool), where
        assert isinstance(error["detail"], str), where
        assert (error["step"] is None) == (error["attempt"] is None), (where, error)
        assert error["step"] is not None or where.startswith("run"), (where, error)


async def test_a_run_that_is_stopped_twice_tells_of_the_first_cause(parts: Parts, sweeper: Sweeper) -> None:
    run = await its_runs_time_is_over(parts, sweeper)
    run = await a_run(parts.owner, on_step_failure="fail", steps=[FIRST, {"name": "beside", "kind": "noop"}])
    await parts.writer.failed((await taken(parts, run, "first")).claim.lease_fence(), a_failure("exit_code"))
    async with parts.owner.tenant(run.tenant_id) as tx:
        await endings.end_with_execution(tx, run.tenant_id, run.run_id, generation=1, execution_status="TIMED_OUT")
    types = [event.type for event in await events_of(parts, run)]
    assert types.count("run.stopping") == 1
    assert types[-1] == "run.failed"


async def test_the_step_that_spends_its_runs_budget_is_told_to_have_failed(parts: Parts, sweeper: Sweeper) -> None:
    run = await its_runs_budget_is_spent(parts, sweeper)
    types = [event.type for event in await events_of(parts, run)]
    assert types[1:] == ["step.failed", "step.cancelled", "run.stopping", "run.budget_exceeded"]


def _received(body: dict[str, Any]) -> Received:
    return Received(body=json.dumps(body), receipt="r", receive_count=20)


async def trace_of(parts: Parts, run: ARun) -> str:
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = text("SELECT traceparent FROM runs WHERE run_id = :run")
        return str((await tx.execute(query, {"run": run.run_id})).scalar_one()).split("-")[1]


async def events_of(parts: Parts, run: ARun) -> list[Any]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = text("SELECT type, data FROM run_events WHERE run_id = :run ORDER BY seq")
        return list(await tx.execute(query, {"run": run.run_id}))


async def errors_of(parts: Parts, run: ARun) -> Any:
    """Each error of the run with where it stands, those in others included."""
    values = {"run": run.run_id}
    async with parts.owner.tenant(run.tenant_id) as tx:
        [ended] = await tx.execute(text("SELECT error FROM runs WHERE run_id = :run"), values)
        steps = list(await tx.execute(text("SELECT name, error, skip_reason FROM steps WHERE run_id = :run"), values))
        letters = list(await tx.execute(text("SELECT error FROM dead_letters WHERE run_id = :run"), values))
    told: list[tuple[str, Any]] = [("run", ended.error)]
    told += [(f"step {step.name}", step.error) for step in steps]
    told += [(f"step {step.name}", step.skip_reason) for step in steps]
    told += [("letter", letter.error) for letter in letters]
    for event in await events_of(parts, run):
        told += [(event.type, event.data.get("error")), (event.type, event.data.get("reason"))]
    for where, document in told:
        for found in _within(where, document):
            yield found


def _within(where: str, document: Any) -> Iterator[tuple[str, ErrorDocument]]:
    if not isinstance(document, dict):
        return
    yield where, ErrorDocument(document)
    for name in ("causes", "failures"):
        for place, one in enumerate(document.get(name) or []):
            yield from _within(f"{'step of ' if where == 'run' else ''}{where}/{name}/{place}", one)
