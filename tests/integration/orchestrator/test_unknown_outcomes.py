"""A tool that is not to run twice: nobody repeats it unasked, whoever dies, and a person's decision counts once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.agents import Played, agent_step, code
from fixtures.running.asking import taken
from fixtures.running.parts import Parts, change, lose_holders, one
from fixtures.running.runs import ARun, a_run
from fixtures.running.works import a_failure, a_placed_failure
from foundation.contracts.tool_job import JobReason, JobStatus, ToolJob, ToolResult
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import StepId
from foundation.domain.states import RunStatus
from foundation.domain.tools import OutcomeDecision
from foundation.workflow import endings, plans, run_control
from foundation.workflow.unknown_outcomes import deciding
from foundation.workflow.unknown_outcomes.deciding import OutcomeVerdict
from orchestrator.claiming.taking import TakeRefusal
from orchestrator.clients.launcher.base import JobNotTaken
from orchestrator.clients.launcher.fake import FakeLauncher, succeeded
from orchestrator.sweeping.sweeper import Sweeper
from orchestrator.work import CallInDoubt, MoreTurns, StepFinished, TickFailed

SEND: dict[str, Any] = {
    "name": "send",
    "kind": "tool",
    "tool": "code.python",
    "arguments": {"code": "print(1)"},
    "effect": "once",
}
AFTER = {"name": "after", "kind": "noop", "needs": ["send"]}


def endless() -> tuple[FakeLauncher, "asyncio.Future[None]"]:
    """A launcher whose jobs do not end by themselves, and what tells that it has one."""
    submitted: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def forever(_: ToolJob) -> ToolResult | None:
        submitted.set_result(None)
        return None

    return FakeLauncher(forever), submitted


async def step_of(parts: Parts, run: ARun, name: str = "send") -> Any:
    return await one(parts, run, "SELECT * FROM steps WHERE run_id = :run AND name = :name", name=name)


async def job_of(parts: Parts, run: ARun) -> Any:
    return await one(parts, run, "SELECT * FROM tool_events WHERE run_id = :run")


async def events_of(parts: Parts, run: ARun) -> list[str]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT type FROM run_events WHERE run_id = :run ORDER BY seq"), {"run": run.run_id}
        )
        return [row.type for row in rows]


async def messages(parts: Parts, run: ARun) -> list[str]:
    """The tokens with which steps of the run were enqueued again."""
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT payload ->> 'task_token' AS token FROM outbox WHERE run_id = :run AND kind = 'step_message'"),
            {"run": run.run_id},
        )
        return [row.token for row in rows]


async def clock_stands(parts: Parts, run: ARun) -> bool:
    return bool((await one(parts, run, "SELECT clock_since IS NULL AS stands FROM runs WHERE run_id = :run")).stands)


async def died(parts: Parts, run: ARun, step: str = "send", **of: Any) -> Played:
    """The worker died after it had submitted the job; its lease has lapsed."""
    launcher, submitted = endless()
    played = Played(parts, [[code()], "done"], launcher=launcher)
    dying = asyncio.create_task(played.tick(run, step, **of))
    await submitted
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await change(parts, run, "UPDATE steps SET lease_expires_at = now() WHERE run_id = :run AND status = 'RUNNING'")
    return played


async def begun(parts: Parts, run: ARun, step: str = "send", **of: Any) -> Played:
    """The worker died after it had submitted the job; the sweeper has taken the step from it."""
    played = await died(parts, run, step, **of)
    await lose_holders(parts, run)
    return played


async def in_doubt(parts: Parts, run: ARun, step: str = "send", **of: Any) -> None:
    """The job was begun, and the launcher knows it no more: the step waits for a decision."""
    await begun(parts, run, step, **of)
    with pytest.raises(CallInDoubt):
        await Played(parts, [[code()], "done"]).tick(run, step, **of)


async def decide(parts: Parts, run: ARun, decision: OutcomeDecision, result: Any = None, *, step: str = "send") -> bool:
    """Whether the decision counted."""
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        locked = await deciding.lock_step(tx, run.tenant_id, run.run_id, step)
        assert locked is not None
        return await deciding.decide(tx, locked, OutcomeVerdict(decision, run.user_id, "seen", result)) is not None


async def test_what_a_dead_worker_began_is_not_repeated_and_a_person_is_asked(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    await begun(parts, run)
    late = Played(parts, [])
    with pytest.raises(CallInDoubt):
        await late.tick(run, "send")
    assert late.launcher.started == []
    step, job = await step_of(parts, run), await job_of(parts, run)
    assert (step.status, step.task_token, step.worker_id, step.deadline_at) == (
        "OUTCOME_UNKNOWN",
        "token-send-0",
        None,
        None,
    )
    assert 0 < step.clock_left <= 300
    assert (job.status, job.effect, job.attempts, job.doubted_at is None) == ("STARTED", "once", 1, False)
    assert (await events_of(parts, run))[-1] == "step.outcome_unknown"
    event = await one(parts, run, "SELECT data FROM run_events WHERE run_id = :run AND type = 'step.outcome_unknown'")
    assert event.data["job_id"] == str(job.job_id)
    assert event.data["arguments_digest"] == bytes(job.arguments_digest).hex()
    assert (event.data["tool"], event.data["policy"]) == ("code.python", "ask")
    assert await clock_stands(parts, run)


async def test_the_result_of_a_job_that_the_launcher_still_has_is_taken_instead(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    played = await begun(parts, run)
    [job] = played.launcher.started
    played.launcher.end(job, succeeded(job))
    assert isinstance(await played.tick(run, "send"), StepFinished)
    assert len(played.launcher.started) == 1
    assert (await job_of(parts, run)).attempts == 1


@pytest.mark.parametrize("effect", ["pure", "keyed", None])
async def test_any_other_tool_is_started_again(parts: Parts, effect: str | None) -> None:
    run = await a_run(parts.owner, steps=[{**SEND, "effect": effect}, AFTER])
    await begun(parts, run)
    assert isinstance(await Played(parts, []).tick(run, "send"), StepFinished)
    job = await job_of(parts, run)
    assert (job.attempts, job.effect) == (2, effect or "pure")


async def test_a_decision_to_retry_starts_the_job_once_more_and_another_loss_asks_again(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    await in_doubt(parts, run)
    assert await decide(parts, run, OutcomeDecision.RETRY)
    assert await messages(parts, run) == ["token-send-0"]
    assert not await clock_stands(parts, run)
    await in_doubt(parts, run)
    assert (await job_of(parts, run)).attempts == 2
    assert await decide(parts, run, OutcomeDecision.RETRY)
    again = Played(parts, [])
    assert isinstance(await again.tick(run, "send"), StepFinished)
    assert len(again.launcher.started) == 1
    assert (await job_of(parts, run)).attempts == 3


async def test_an_accepted_call_gives_the_result_that_was_said(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    await in_doubt(parts, run)
    assert await decide(parts, run, OutcomeDecision.ACCEPT, {"message": 4711})
    later = Played(parts, [])
    outcome = await later.tick(run, "send")
    assert isinstance(outcome, StepFinished)
    assert outcome.output["result"] == {"message": 4711}
    assert later.launcher.started == []
    assert (await step_of(parts, run)).status == "SUCCESS"


async def test_a_decision_to_fail_fails_the_step_by_its_policy(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[{**SEND, "on_failure": "continue"}, AFTER])
    await in_doubt(parts, run)
    assert await decide(parts, run, OutcomeDecision.FAIL)
    with pytest.raises(TickFailed):
        await Played(parts, []).tick(run, "send")
    step = await step_of(parts, run)
    assert (step.status, step.error["code"], step.excused) == ("FAILED", "outcome_unknown", True)
    assert (await step_of(parts, run, "after")).unmet_needs == 0


@pytest.mark.parametrize("first", OutcomeDecision)
async def test_a_second_decision_changes_nothing(parts: Parts, first: OutcomeDecision) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    await in_doubt(parts, run)
    assert await decide(parts, run, first)
    before = await job_of(parts, run)
    for second in OutcomeDecision:
        assert not await decide(parts, run, second)
    assert await job_of(parts, run) == before
    assert len(await messages(parts, run)) == 1


async def test_an_agent_goes_on_in_the_turn_in_which_it_called(parts: Parts) -> None:
    tools = [{"name": "code.python", "effect": "once"}]
    run = await a_run(parts.owner, steps=[agent_step(tools=tools)])
    await in_doubt(parts, run, "explore")
    assert (await step_of(parts, run, "explore")).turn == 0
    assert await decide(parts, run, OutcomeDecision.ACCEPT, 7, step="explore")
    later = Played(parts, [[code()], "done"])
    assert isinstance(await later.tick(run, "explore"), MoreTurns)
    assert later.launcher.started == []
    ended = await later.tick(run, "explore", tick=1)
    assert isinstance(ended, StepFinished)
    assert ended.output["text"] == "done"


@pytest.mark.parametrize(
    ("policy", "of_step"), [("retry", False), ("accept", False), ("fail", False), ("accept", True)]
)
async def test_the_definition_decides_where_it_says_how(parts: Parts, policy: str, of_step: bool) -> None:
    step = {**SEND, "on_unknown_outcome": policy} if of_step else SEND
    of_task = "fail" if of_step else policy
    run = await a_run(parts.owner, steps=[step, AFTER], on_unknown_outcome=of_task)
    await begun(parts, run)
    later = Played(parts, [])
    if policy == "fail":
        with pytest.raises(TickFailed):
            await later.tick(run, "send")
        assert (await step_of(parts, run)).error["code"] == "outcome_unknown"
    else:
        assert isinstance(await later.tick(run, "send"), StepFinished)
    assert len(later.launcher.started) == (1 if policy == "retry" else 0)
    event = await one(parts, run, "SELECT data FROM run_events WHERE run_id = :run AND type = 'step.outcome_unknown'")
    assert event.data["policy"] == policy


async def test_a_lost_runner_leaves_the_outcome_unknown(parts: Parts) -> None:
    def lost(job: ToolJob) -> ToolResult:
        ended = succeeded(job)
        return ended.model_copy(update={"status": JobStatus.FAILED, "reason": JobReason.RUNNER_LOST, "retryable": True})

    run = await a_run(parts.owner, steps=[SEND])
    with pytest.raises(CallInDoubt):
        await Played(parts, [], launcher=FakeLauncher(lost)).tick(run, "send")
    assert (await step_of(parts, run)).status == "OUTCOME_UNKNOWN"


async def test_a_job_that_was_certainly_not_taken_is_submitted_again_without_a_question(parts: Parts) -> None:
    def full(job: ToolJob) -> ToolResult:
        raise JobNotTaken(f"no room for {job.job_id}")

    run = await a_run(parts.owner, steps=[SEND])
    work = await taken(parts, run, "send")
    with pytest.raises(DependencyUnavailable):
        await Played(parts, [], launcher=FakeLauncher(full)).engine(work).run(work)
    await lose_holders(parts, run)
    assert isinstance(await Played(parts, []).tick(run, "send"), StepFinished)


async def test_a_launcher_that_cannot_be_asked_is_asked_again_before_a_person_is(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[{**SEND, "retry": {"attempts": 3}}])
    await begun(parts, run)
    away = FakeLauncher(away=True)
    work = await taken(parts, run, "send")
    with pytest.raises(DependencyUnavailable):
        await Played(parts, [], launcher=away).engine(work).run(work)
    await lose_holders(parts, run)
    with pytest.raises(CallInDoubt):
        await Played(parts, [], launcher=away).tick(run, "send")


async def test_the_sweeper_asks_where_the_attempts_are_used_up(parts: Parts, sweeper: Sweeper) -> None:
    run = await a_run(parts.owner, steps=[{**SEND, "retry": {"attempts": 1}}])
    await died(parts, run)
    await sweeper.sweep()
    assert (await step_of(parts, run)).status == "OUTCOME_UNKNOWN"
    assert await decide(parts, run, OutcomeDecision.RETRY)
    assert isinstance(await Played(parts, []).tick(run, "send"), StepFinished)


async def test_a_last_attempt_that_broke_off_after_the_start_asks_too(parts: Parts) -> None:
    def breaks_off(_: ToolJob) -> ToolResult:
        raise DependencyUnavailable("the launcher's answer ended before the job")

    run = await a_run(parts.owner, steps=[{**SEND, "retry": {"attempts": 1}}])
    work = await taken(parts, run, "send")
    with pytest.raises(DependencyUnavailable):
        await Played(parts, [], launcher=FakeLauncher(breaks_off)).engine(work).run(work)
    failure = a_failure("dependency_unavailable", "it broke off", retryable=True)
    assert not await parts.writer.failed(work.claim.lease_fence(), failure)
    assert (await step_of(parts, run)).status == "OUTCOME_UNKNOWN"


async def test_a_new_generation_keeps_the_question_and_its_clock_stands_again(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    await in_doubt(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        assert row is not None
        await run_control.open_generation(tx, row, reason="test")
        plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
        await plans.start_clock(tx, run.tenant_id, run.run_id, plan.definition)
    assert (await step_of(parts, run)).status == "OUTCOME_UNKNOWN"
    dispatch = run.dispatch("send", generation=2, token="second")
    assert await parts.taker.take(dispatch) is TakeRefusal.HANDED_OVER
    assert await parts.taker.take(run.dispatch("send")) is TakeRefusal.STALE
    assert await clock_stands(parts, run)
    assert await decide(parts, run, OutcomeDecision.ACCEPT)
    assert await messages(parts, run) == ["second"]


async def test_a_decision_before_the_new_generations_token_waits_for_it(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND])
    await in_doubt(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run(tx, run.tenant_id, run.run_id)
        assert row is not None
        await run_control.open_generation(tx, row, reason="test")
        plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
        await plans.start_clock(tx, run.tenant_id, run.run_id, plan.definition)
    assert await decide(parts, run, OutcomeDecision.ACCEPT)
    assert await messages(parts, run) == []
    outcome = await Played(parts, []).tick(run, "send", generation=2)
    assert isinstance(outcome, StepFinished)


@pytest.mark.parametrize(
    ("steps", "days"),
    [([SEND, AFTER], 30), ([{**SEND, "on_unknown_outcome": "fail"}], 0), ([{**SEND, "effect": "pure"}], 0)],
)
async def test_the_wait_for_a_decision_does_not_run_the_hard_deadline_out(
    parts: Parts, steps: list[dict[str, Any]], days: int
) -> None:
    run = await a_run(parts.owner, steps=steps, timeout_seconds=600)
    row = await one(parts, run, "SELECT hard_deadline - created_at AS left FROM runs WHERE run_id = :run")
    assert row.left.days == days


async def test_duplicates_of_its_message_change_nothing_but_its_token(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    await in_doubt(parts, run)
    before, events = await step_of(parts, run), await events_of(parts, run)
    for _ in range(2):
        assert await parts.taker.take(run.dispatch("send")) is TakeRefusal.HANDED_OVER
    assert await step_of(parts, run) == before
    assert await events_of(parts, run) == events


async def test_a_late_holder_records_nothing_while_the_step_waits(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    launcher, submitted = endless()
    played = Played(parts, [], launcher=launcher)
    late = asyncio.create_task(played.tick(run, "send"))
    await submitted
    await lose_holders(parts, run)
    with pytest.raises(CallInDoubt):
        await Played(parts, []).tick(run, "send")
    [job] = played.launcher.started
    played.launcher.end(job, succeeded(job))
    with pytest.raises(Exception, match="another holder"):
        await late
    assert (await step_of(parts, run)).status == "OUTCOME_UNKNOWN"
    assert (await job_of(parts, run)).result is None


async def test_a_cancelled_run_ends_the_step_and_takes_no_decision(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    await in_doubt(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        assert row is not None
        await endings.cancel(tx, row, failure=a_failure("cancelled", "by a test"))
    job = await job_of(parts, run)
    assert ((await step_of(parts, run)).status, job.status, job.doubted_at) == ("CANCELLED", "OUTCOME_UNKNOWN", None)
    assert not await decide(parts, run, OutcomeDecision.RETRY)


async def test_a_run_whose_time_is_over_ends_the_step_without_repeating_it(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[SEND, AFTER])
    await in_doubt(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        error = a_placed_failure("run_timed_out", "by a test")
        await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=RunStatus.TIMED_OUT, error=error)
    assert (await step_of(parts, run)).status == "CANCELLED"
    assert (await job_of(parts, run)).status == "OUTCOME_UNKNOWN"


async def test_an_item_waits_for_its_own_decision(parts: Parts) -> None:
    each = {**SEND, "foreach": "${input.all || `[1, 2]`}"}
    run = await a_run(parts.owner, steps=[each, AFTER])
    values = {"run": run.run_id}
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await tx.execute(
            text(
                """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation,
                                      timeout_seconds, parent_id, item_index, item)
                   SELECT tenant_id, run_id, gen_random_uuid(), 'send[0]', kind, position, 0, 1, 300, step_id, 0, '1'
                   FROM steps WHERE run_id = :run AND name = 'send' RETURNING step_id"""
            ),
            values,
        )
        run.steps["send[0]"] = StepId(row.scalar_one())
    await in_doubt(parts, run, "send[0]")
    assert await decide(parts, run, OutcomeDecision.ACCEPT, step="send[0]")
    assert isinstance(await Played(parts, []).tick(run, "send[0]"), StepFinished)
