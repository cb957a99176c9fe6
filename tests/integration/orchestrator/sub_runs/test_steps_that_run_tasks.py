"""Steps that start a run: one for each attempt, held by nobody meanwhile, ended by the end of their run."""

import asyncio
import random
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.asking import approval_step, asked, taken
from fixtures.running.below import (
    AFTER,
    a_family,
    child_of,
    finalized,
    finished,
    initialised,
    locked,
    relayed,
    row_of,
    run_step,
    started,
    status_of,
    step_row,
    told,
)
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, a_task
from fixtures.running.stepwise import StepwiseDatabase, Turns, in_turns
from fixtures.running.works import a_failure
from foundation.contracts.run_events import RunPaused
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import LeaseLost
from foundation.domain.people.payers import NOBODY
from foundation.domain.reruns import steps_to_retry
from foundation.domain.states import Decision, PauseReason, RunStatus
from foundation.storage.execution import runs
from foundation.workflow import endings, run_control
from foundation.workflow.approvals import decisions
from foundation.workflow.approvals.decisions import Verdict
from foundation.workflow.reruns import reopening
from foundation.workflow.reruns.reopening import RetryPlan
from foundation.workflow.sub_runs.following import follow_parent
from orchestrator.claiming.taking import TakeRefusal
from orchestrator.clients.model_gateway.openai_client import claims_of
from orchestrator.engines.run.engine import RunEngine
from orchestrator.intake.expansion import Expansion
from orchestrator.work import RunAwaited, StepExpanded, TickFailed, Work

NOPE = a_failure("exit_code", "the program ended with 1")


async def one(parts: Parts, run: ARun, query: str, **values: Any) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return (await tx.execute(text(query), {"run": run.run_id, **values})).one()


async def change(parts: Parts, run: ARun, statement: str) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(text(statement), {"run": run.run_id})


async def events_of(parts: Parts, run: ARun) -> list[Any]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return list(
            await tx.execute(
                text("SELECT type, data FROM run_events WHERE run_id = :run ORDER BY seq"), {"run": run.run_id}
            )
        )


async def failed(parts: Parts, run: ARun, step: str, **of: Any) -> None:
    work = await taken(parts, run, step, **of)
    assert not await parts.writer.failed(work.claim.lease_fence(), NOPE)


async def cancelled(parts: Parts, run: ARun) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        await endings.cancel(tx, await locked(tx, run), failure=a_failure("cancelled", "by hand"))


async def paused(parts: Parts, run: ARun, reason: PauseReason = PauseReason.USER) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        await run_control.pause(tx, await locked(tx, run), RunPaused(reason=reason))


async def resumed(parts: Parts, run: ARun) -> ARun:
    async with parts.owner.tenant(run.tenant_id) as tx:
        await run_control.open_generation(tx, await locked(tx, run), reason="test")
    return await initialised(parts, run, run.run_id)


async def opened(parts: Parts, work: Work) -> StepExpanded:
    outcome = await Expansion(parts.orchestrator).run(work)
    assert isinstance(outcome, StepExpanded)
    return outcome


async def retried(parts: Parts, run: ARun) -> ARun:
    async with parts.owner.tenant(run.tenant_id) as tx:
        row, steps = await reopening.lock(tx, run.tenant_id, run.run_id)
        assert row is not None
        again = steps_to_retry(list(steps.values()), named=())
        await reopening.reopen(tx, row, steps, RetryPlan("test", NOBODY, again, Budget()))
    return await initialised(parts, run, run.run_id)


async def test_a_step_starts_a_run_and_waits_for_it_without_a_worker(parts: Parts) -> None:
    run = await a_family(parts, steps=[run_step(input={"n": "${input.n || `3`}"}, budget={"tokens": 70}), AFTER])
    child = await row_of(parts, run, await started(parts, run))
    step = await step_row(parts, run)
    assert (step.status, step.wait_reason, step.task_token) == ("WAITING", "run", "token-below-0")
    assert (step.lease_expires_at, step.worker_id, step.deadline_at) == (None, None, None)
    assert (child.status, child.input, child.budget_tokens, child.created_by) == ("PENDING", {"n": 3}, 70, run.user_id)
    assert (child.parent_run_id, child.parent_step_id, child.parent_attempt) == (run.run_id, run.steps["below"], 1)
    waiting = (await events_of(parts, run))[-1]
    assert (waiting.type, waiting.data) == ("step.waiting", {"for": "run", "run_id": str(child.run_id)})
    sent = await one(parts, run, "SELECT payload FROM outbox WHERE run_id = :child", child=child.run_id)
    assert sent.payload["run_id"] == str(child.run_id)
    async with parts.owner.tenant(run.tenant_id) as tx:
        assert await runs.count_open(tx, run.tenant_id) == 1, "a run below another takes none of the tenant's places"


async def test_a_run_is_started_once_whatever_message_comes_again(parts: Parts) -> None:
    run = await a_family(parts)
    first = await started(parts, run)
    newer = run.dispatch("below", token="newer")
    assert await parts.taker.line_up(run.tenant_id, [newer]) == frozenset()
    assert await parts.taker.take(newer) is TakeRefusal.HANDED_OVER
    assert (await step_row(parts, run)).task_token == "newer"
    again = await resumed(parts, run)
    before = len(await events_of(parts, run))
    assert await started(parts, again, generation=2, token="third") == first
    assert [event.type for event in (await events_of(parts, run))[before:]] == ["step.running"]
    assert (await one(parts, run, "SELECT count(*) AS n FROM runs WHERE parent_run_id = :run")).n == 1


async def test_a_holder_that_was_fenced_starts_nothing(parts: Parts) -> None:
    run = await a_family(parts)
    work = await taken(parts, run, "below")
    outcome = await RunEngine(parts.orchestrator).run(work)
    assert isinstance(outcome, RunAwaited)
    await change(parts, run, "UPDATE steps SET fence = fence + 1 WHERE run_id = :run AND name = 'below'")
    with pytest.raises(LeaseLost):
        await parts.writer.awaits_run(work.claim.lease_fence(), outcome.plan)
    assert (await one(parts, run, "SELECT count(*) AS n FROM runs WHERE parent_run_id = :run")).n == 0


async def test_the_output_of_the_run_is_the_steps(parts: Parts) -> None:
    run = await a_family(parts)
    assert await parts.taker.take(run.dispatch("after")) is TakeRefusal.PARKED
    child = await child_of(parts, run)
    await finished(parts, child, "first")
    await finished(parts, child, "second", {"x": 1})
    await finalized(parts, child)
    step = await step_row(parts, run)
    assert (step.status, step.output, step.error) == ("SUCCESS", {"second": {"x": 1}}, None)
    sent = "SELECT payload ->> 'task_token' AS token FROM outbox WHERE run_id = :run AND kind = :kind"
    assert (await one(parts, run, sent, kind="step_callback")).token == "token-below-0"
    assert (await one(parts, run, sent, kind="step_message")).token == "token-after-0"
    work = await taken(parts, run, "after")
    assert work.data["steps"]["below"]["output"] == {"second": {"x": 1}}


async def test_a_failure_tells_the_step_its_root_cause_with_the_run(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await failed(parts, child, "first")
    await finalized(parts, child)
    step = await step_row(parts, run)
    assert (step.status, step.error["code"], step.output) == ("FAILED", "sub_run_failed", {})
    assert str(child.run_id) in step.error["detail"]
    assert "the program ended with 1" in step.error["detail"]
    [cause] = step.error["causes"]
    assert (cause["code"], cause["step"], cause["run_id"]) == ("exit_code", "first", str(child.run_id))
    assert (await step_row(parts, run, "after")).status == "SKIPPED"
    await finalized(parts, run)
    ended = await row_of(parts, run)
    assert ended.status == "FAILED"
    assert ended.error["failures"][0]["causes"][0]["run_id"] == str(child.run_id)


async def test_the_step_says_what_a_failure_of_its_run_means(parts: Parts) -> None:
    run = await a_family(parts, steps=[run_step(on_failure="continue"), AFTER])
    child = await child_of(parts, run)
    await failed(parts, child, "first")
    await finalized(parts, child)
    assert (await step_row(parts, run)).excused
    await taken(parts, run, "after")


async def test_a_run_that_is_cancelled_alone_fails_its_step(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await cancelled(parts, child)
    step = await step_row(parts, run)
    assert (step.status, step.error["causes"][0]["code"]) == ("FAILED", "cancelled")


async def test_a_cancelled_run_takes_all_runs_below_it_along(parts: Parts) -> None:
    run = await a_family(parts, inner=[{"name": "deeper", "kind": "run", "task": "innermost"}])
    await a_task(parts.owner, (run.tenant_id, run.user_id), name="innermost")
    child = await child_of(parts, run)
    grandchild = await child_of(parts, child, "deeper")
    assert (await row_of(parts, grandchild)).ancestor_run_ids == [run.run_id, child.run_id]
    await cancelled(parts, run)
    assert await told(parts, run) == [child.run_id]
    await relayed(parts, run)
    assert [await status_of(parts, one) for one in (child, grandchild)] == [RunStatus.CANCELLED] * 2
    assert (await step_row(parts, child, "deeper")).status == "CANCELLED"


async def test_a_step_that_ends_otherwise_cancels_its_run(parts: Parts) -> None:
    run = await a_family(parts, steps=[run_step(), {"name": "beside", "kind": "noop"}], on_step_failure="fail")
    child = await child_of(parts, run)
    await failed(parts, run, "beside")
    await relayed(parts, run)
    assert await status_of(parts, child) is RunStatus.CANCELLED


async def test_a_run_pauses_and_goes_on_with_the_one_above_it(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await paused(parts, run)
    await relayed(parts, run)
    row = await row_of(parts, child)
    assert (row.status, row.pause_reason) == ("PAUSED", "parent")
    again = await resumed(parts, run)
    await relayed(parts, run)
    row = await row_of(parts, child)
    assert (row.status, row.generation, row.pause_reason) == ("RUNNING", 2, None)
    assert await started(parts, again, generation=2) == child.run_id


async def test_whoever_paused_a_run_below_resumes_it(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await paused(parts, child)
    await paused(parts, run)
    await relayed(parts, run)
    await resumed(parts, run)
    await relayed(parts, run)
    row = await row_of(parts, child)
    assert (row.status, row.pause_reason) == ("PAUSED", "user")


async def test_a_run_whose_own_pause_ends_stands_still_with_the_one_above_it(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await paused(parts, child, PauseReason.KILL_SWITCH)
    await paused(parts, run)
    await relayed(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        assert await run_control.go_on(tx, await locked(tx, child), reason="the kill switch was lifted") is None
    row = await row_of(parts, child)
    assert (row.status, row.generation, row.pause_reason) == ("PAUSED", 1, "parent")
    await resumed(parts, run)
    await relayed(parts, run)
    row = await row_of(parts, child)
    assert (row.status, row.generation, row.pause_reason) == ("RUNNING", 2, None)


async def test_what_is_told_late_changes_nothing_that_was_told_since(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await paused(parts, run)
    await resumed(parts, run)
    assert await told(parts, run) == [child.run_id, child.run_id]
    await relayed(parts, run)
    row = await row_of(parts, child)
    assert (row.status, row.generation) == ("RUNNING", 1)


async def test_a_run_that_ends_while_the_one_above_is_paused_ends_its_step(parts: Parts) -> None:
    run = await a_family(parts, inner=[{"name": "only", "kind": "noop"}])
    child = await child_of(parts, run)
    await paused(parts, run)
    await finished(parts, child, "only")
    await finalized(parts, child)
    assert (await step_row(parts, run)).status == "SUCCESS"
    again = await resumed(parts, run)
    await taken(parts, again, "after", generation=2)


async def test_a_retry_goes_on_with_the_run_that_failed(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await finished(parts, child, "first")
    await failed(parts, child, "second")
    await finalized(parts, child)
    await finalized(parts, run)
    again = await retried(parts, run)
    assert await started(parts, again, generation=2) == child.run_id
    row = await row_of(parts, child)
    assert (row.generation, row.ended_at, row.parent_attempt) == (2, None, 1)
    second = await initialised(parts, run, child.run_id)
    assert (await step_row(parts, second, "first")).status == "SUCCESS"
    await finished(parts, second, "second", {"x": 2}, generation=2)
    await finalized(parts, second)
    step = await step_row(parts, run)
    assert (step.status, step.output, step.attempt) == ("SUCCESS", {"second": {"x": 2}}, 2)


async def test_a_retry_starts_another_run_where_the_input_is_another(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await failed(parts, child, "first")
    await finalized(parts, child)
    await finalized(parts, run)
    await change(parts, run, """UPDATE runs SET input = '{"other": true}' WHERE parent_run_id = :run""")
    again = await retried(parts, run)
    other = await started(parts, again, generation=2)
    assert other != child.run_id
    assert (await row_of(parts, run, other)).parent_attempt == 2


async def test_a_run_with_an_effect_that_nobody_has_looked_at_is_not_opened_again(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await failed(parts, child, "first")
    await change(
        parts,
        child,
        """INSERT INTO tool_events (tenant_id, job_id, run_id, step_id, turn, tool_call_id, tool, effect,
                                    arguments_digest, status, ended_at)
           SELECT tenant_id, gen_random_uuid(), run_id, step_id, turn, 'x', 'mail', 'once', sha256(''),
                  'OUTCOME_UNKNOWN', now()
           FROM steps WHERE run_id = :run AND name = 'first'""",
    )
    await finalized(parts, child)
    await finalized(parts, run)
    again = await retried(parts, run)
    work = await taken(parts, again, "below", generation=2)
    with pytest.raises(TickFailed) as raised:
        await RunEngine(parts.orchestrator).run(work)
    assert raised.value.failure.code == "outcome_unknown"


async def test_the_clock_stands_while_the_run_below_only_waits_for_people(parts: Parts) -> None:
    run = await a_family(parts, inner=[approval_step()], timeout_seconds=60)
    child = await child_of(parts, run)
    assert not (await row_of(parts, run)).stands
    approval = await asked(parts, child)
    assert ((await row_of(parts, child)).stands, (await row_of(parts, run)).stands) == (True, True)
    async with parts.owner.tenant(run.tenant_id) as tx:
        request = await decisions.lock_request(tx, run.tenant_id, approval.approval_id)
        assert request is not None
        verdict = Verdict(Decision.APPROVE, by=run.user_id, comment=None, data=None)
        await decisions.decide(tx, run.tenant_id, request, verdict)
    assert not (await row_of(parts, run)).stands
    await finalized(parts, child)
    row = await row_of(parts, run)
    assert (row.stands, row.awaits_approval) == (False, False)
    assert (row.hard_deadline - row.created_at).days == 30


async def test_the_clock_stands_while_the_run_below_is_paused(parts: Parts) -> None:
    run = await a_family(parts)
    child = await child_of(parts, run)
    await paused(parts, child)
    assert (await row_of(parts, run)).stands
    await resumed(parts, child)
    assert not (await row_of(parts, run)).stands


async def test_items_start_a_run_each_and_the_list_has_their_outputs(parts: Parts) -> None:
    run = await a_family(
        parts, inner=[{"name": "only", "kind": "noop"}], steps=[run_step(foreach="${input.list || `[1, 2]`}")]
    )
    step_id = run.steps["below"]
    work = await taken(parts, run, "below")
    await parts.writer.expanded(work.claim.lease_fence(), await opened(parts, work))
    rows = await one(
        parts,
        run,
        "SELECT array_agg(step_id ORDER BY item_index) AS ids FROM steps WHERE parent_id = :step",
        step=step_id,
    )
    items = ARun(
        run.tenant_id, run.user_id, run.task_id, run.run_id, {f"below[{n}]": i for n, i in enumerate(rows.ids)}
    )
    children = [await child_of(parts, items, name) for name in items.steps]
    await finished(parts, children[0], "only")
    await finalized(parts, children[0])
    await failed(parts, children[1], "only")
    await finalized(parts, children[1])
    found = [await step_row(parts, run, name) for name in items.steps]
    assert [row.status for row in found] == ["SUCCESS", "FAILED"]
    assert (await step_row(parts, run)).status == "WAITING", "its last tick collects them"


async def test_calls_of_a_run_below_name_every_run_above_with_its_limits(parts: Parts) -> None:
    run = await a_family(parts)
    await change(parts, run, "UPDATE runs SET budget_tokens = 500, generation = 3 WHERE run_id = :run")
    await change(parts, run, "UPDATE steps SET generation = 3 WHERE run_id = :run")
    child = await child_of(parts, run, generation=3)
    token = claims_of(await taken(parts, child, "first"))
    [above] = token.ancestors
    assert (above.run_id, above.generation, above.caps.tokens) == (run.run_id, 3, 500)


async def test_runs_stand_eight_deep_at_most(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[run_step(task="again")])
    again = [{"name": "below", "kind": "run", "task": "again"}]
    await a_task(parts.owner, (run.tenant_id, run.user_id), name="again", steps=again)
    for _ in range(8):
        run = await child_of(parts, run)
    work = await taken(parts, run, "below")
    with pytest.raises(TickFailed, match="8 runs stand above"):
        await RunEngine(parts.orchestrator).run(work)


async def test_a_task_that_is_gone_fails_the_step(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[run_step(task="gone")])
    work = await taken(parts, run, "below")
    with pytest.raises(TickFailed) as raised:
        await RunEngine(parts.orchestrator).run(work)
    assert (raised.value.failure.code, raised.value.retryable) == ("task_missing", False)


@pytest.mark.parametrize("seed", range(6))
async def test_the_end_of_a_run_and_the_cancel_of_the_one_above_may_meet_at_every_statement(
    parts: Parts, seed: int
) -> None:
    run = await a_family(parts, inner=[{"name": "only", "kind": "noop"}])
    child = await child_of(parts, run)
    await finished(parts, child, "only")
    turns = Turns(14)
    ending = StepwiseDatabase(parts.owner, turns, 0)
    cancelling = StepwiseDatabase(parts.orchestrator, turns, 1)

    async def end() -> None:
        async with ending.tenant(run.tenant_id) as tx:
            await endings.end_from_steps(tx, await locked(tx, child))

    async def cancel() -> None:
        async with cancelling.tenant(run.tenant_id) as tx:
            await endings.cancel(tx, await locked(tx, run), failure=a_failure("cancelled", "by hand"))

    order = tuple(random.Random(seed).choices((0, 1), k=40))
    await asyncio.gather(in_turns(turns, 0, end), in_turns(turns, 1, cancel), turns.play(order))
    await relayed(parts, run)
    assert await status_of(parts, run) is RunStatus.CANCELLED
    assert await status_of(parts, child) is RunStatus.COMPLETED
    assert (await step_row(parts, run)).status in {"SUCCESS", "CANCELLED"}


@pytest.mark.parametrize("seed", range(12))
async def test_in_whatever_order_things_happen_no_run_is_left_below_an_ended_step(parts: Parts, seed: int) -> None:
    chance = random.Random(seed)
    run = await a_family(parts, inner=[{"name": "deeper", "kind": "run", "task": "innermost"}])
    await a_task(parts.owner, (run.tenant_id, run.user_id), name="innermost")
    child = await child_of(parts, run)
    family = [run, child, await child_of(parts, child, "deeper")]
    for _ in range(8):
        chosen = chance.choice(family)
        status = await status_of(parts, chosen)
        act = chance.choice(("pause", "resume", "relay", "relay", "cancel" if chance.random() < 0.3 else "pause"))
        if act == "relay":
            for run_id in chance.sample(waiting := await told(parts, run), len(waiting)):
                async with parts.orchestrator.tenant(run.tenant_id) as tx:
                    await follow_parent(tx, run.tenant_id, run_id)
        elif act == "pause" and status is RunStatus.RUNNING:
            await paused(parts, chosen)
        elif act == "resume" and status is RunStatus.PAUSED and (await row_of(parts, chosen)).pause_reason == "user":
            await resumed(parts, chosen)
        elif act == "cancel" and not status.is_terminal:
            await cancelled(parts, chosen)
    await relayed(parts, run)
    for above, below, step in ((run, child, "below"), (child, family[2], "deeper")):
        parent, own = await status_of(parts, above), await row_of(parts, below)
        ended = (await step_row(parts, above, step)).ended_at is not None
        assert ended == (own.ended_at is not None), (seed, parent, own.status)
        if parent is RunStatus.PAUSED and not ended:
            assert own.status == "PAUSED", seed
        elif not parent.is_terminal:
            assert own.pause_reason != "parent", seed
