"""Steps that wait for a person: asked once, held by nobody, ended by a decision or by the expiry."""

from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.asking import approval_step, asked, request_of, taken
from fixtures.running.parts import Parts, change, one
from fixtures.running.runs import ARun, a_run
from fixtures.running.works import a_placed_failure
from foundation.domain.errors import LeaseLost
from foundation.domain.failures import Failure
from foundation.domain.states import ApprovalStatus, Decision, RunStatus
from foundation.storage.execution.approvals import Approval
from foundation.workflow import plans, run_control
from foundation.workflow.approvals import decisions
from foundation.workflow.approvals.decisions import Verdict
from orchestrator.claiming.taking import TakeRefusal
from orchestrator.engines.approval.engine import ApprovalEngine
from orchestrator.sweeping.sweeper import Sweeper
from orchestrator.work import ApprovalAsked, StepFinished

NOOP = {"name": "beside", "kind": "noop"}
AFTER = {"name": "after", "kind": "noop", "needs": ["review"]}


async def step_of(parts: Parts, run: ARun, name: str = "review") -> Any:
    return await one(parts, run, "SELECT * FROM steps WHERE run_id = :run AND name = :name", name=name)


async def events_of(parts: Parts, run: ARun) -> list[str]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT type FROM run_events WHERE run_id = :run ORDER BY seq"), {"run": run.run_id}
        )
        return [row.type for row in rows]


async def sent(parts: Parts, run: ARun, kind: str) -> list[Any]:
    """The payloads of the run's effects of this kind, in order."""
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT payload FROM outbox WHERE run_id = :run AND kind = :kind ORDER BY outbox_id"),
            {"run": run.run_id, "kind": kind},
        )
        return [row.payload for row in rows]


async def decide(parts: Parts, run: ARun, approval: Approval, decision: Decision, **members: Any) -> None:
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        locked = await decisions.lock_request(tx, run.tenant_id, approval.approval_id)
        assert locked is not None
        verdict = Verdict(decision, **{"by": run.user_id, "comment": None, "data": None, **members})
        await decisions.decide(tx, run.tenant_id, locked, verdict)


async def reopened(parts: Parts, run: ARun) -> None:
    """The run in its second generation, as InitRun leaves it."""
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        assert row is not None
        await run_control.open_generation(tx, row, reason="test")
        plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
        await plans.start_clock(tx, run.tenant_id, run.run_id, plan.definition)


async def clock_of(parts: Parts, run: ARun) -> Any:
    return await one(
        parts,
        run,
        """SELECT clock_since IS NULL AS stands, awaits_approval,
                  extract(epoch FROM hard_deadline - started_at)::int AS deadline FROM runs WHERE run_id = :run""",
    )


UNREADABLE = """UPDATE task_versions v SET definition = v.definition - 'on_step_failure' FROM runs r
    WHERE r.run_id = :run AND v.tenant_id = r.tenant_id AND v.task_id = r.task_id AND v.version = r.task_version"""
EXPIRE = "UPDATE approvals SET expires_at = now() - interval '1 s' WHERE run_id = :run"


async def test_a_step_that_asks_is_held_by_nobody_and_keeps_its_token(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(users=[], roles=["admin"]), AFTER])
    approval = await asked(parts, run)
    step = await step_of(parts, run)
    assert (step.status, step.wait_reason, step.task_token) == ("WAITING", "approval", "token-review-0")
    assert (step.lease_expires_at, step.worker_id, step.deadline_at) == (None, None, None)
    assert (approval.status, approval.roles, approval.version) == (ApprovalStatus.PENDING, ["admin"], 1)
    assert (await events_of(parts, run))[-2:] == ["step.running", "step.waiting"]


async def test_a_duplicate_message_asks_nobody_and_leaves_its_token(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step()])
    await asked(parts, run)
    before = await events_of(parts, run)
    again = run.dispatch("review", token="newer")
    assert await parts.taker.line_up(run.tenant_id, [again]) == frozenset()
    assert await parts.taker.take(again) is TakeRefusal.HANDED_OVER
    assert await events_of(parts, run) == before
    assert (await step_of(parts, run)).task_token == "newer"
    assert (await request_of(parts, run)).version == 1


async def test_an_approval_ends_the_step_and_lets_its_dependents_run(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(), AFTER])
    approval = await asked(parts, run)
    assert await parts.taker.take(run.dispatch("after")) is TakeRefusal.PARKED
    await decide(parts, run, approval, Decision.APPROVE, comment="as agreed", data={"amount": 3})
    step = await step_of(parts, run)
    assert (step.status, step.error) == ("SUCCESS", None)
    assert step.output == {
        "decision": "approve", "by": str(run.user_id), "comment": "as agreed", "data": {"amount": 3},
    }  # fmt: skip
    assert [payload["task_token"] for payload in await sent(parts, run, "step_callback")] == ["token-review-0"]
    assert [payload["task_token"] for payload in await sent(parts, run, "step_message")] == ["token-after-0"]
    assert (await events_of(parts, run))[-2:] == ["step.decided", "step.success"]
    work = await taken(parts, run, "after")
    assert work.data["steps"]["review"]["output"]["data"] == {"amount": 3}


async def test_a_rejection_fails_the_step_and_skips_its_dependents(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(), AFTER])
    approval = await asked(parts, run)
    await decide(parts, run, approval, Decision.REJECT, comment="too dear")
    step, after = await step_of(parts, run), await step_of(parts, run, "after")
    assert (step.status, step.error["code"]) == ("FAILED", "approval_rejected")
    assert "too dear" in step.error["detail"]
    assert step.output["decision"] == "reject"
    assert (after.status, after.error["causes"][0]["code"]) == ("SKIPPED", "approval_rejected")


async def test_a_rejection_ends_a_run_whose_task_says_so(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(), NOOP], on_step_failure="fail")
    approval = await asked(parts, run)
    await decide(parts, run, approval, Decision.REJECT)
    assert (await step_of(parts, run, "beside")).status == "CANCELLED"
    assert (await one(parts, run, "SELECT stop_cause FROM runs WHERE run_id = :run")).stop_cause == "FAILED"


async def test_a_rejection_lets_the_run_go_on_where_the_step_says_so(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(on_failure="continue"), AFTER])
    approval = await asked(parts, run)
    await decide(parts, run, approval, Decision.REJECT)
    step = await step_of(parts, run)
    assert (step.status, step.excused) == ("FAILED", True)
    await taken(parts, run, "after")


@pytest.mark.parametrize(
    ("on_expiry", "status", "code", "output"),
    [
        ("approve", "SUCCESS", None, {"decision": "approve", "by": None, "comment": None, "data": None}),
        ("reject", "FAILED", "approval_rejected", {"decision": "reject", "by": None, "comment": None, "data": None}),
        ("fail", "FAILED", "approval_expired", None),
    ],
)
async def test_the_expiry_means_what_the_step_says(
    parts: Parts, sweeper: Sweeper, on_expiry: str, status: str, code: str | None, output: Any
) -> None:
    run = await a_run(parts.owner, steps=[approval_step(on_expiry=on_expiry)])
    await asked(parts, run)
    await sweeper.sweep()
    assert (await step_of(parts, run)).status == "WAITING", "it has time left"
    await change(parts, run, EXPIRE)
    await sweeper.sweep()
    step = await step_of(parts, run)
    assert (step.status, step.output, (step.error or {}).get("code")) == (status, output, code)
    assert (await request_of(parts, run)).status is ApprovalStatus.EXPIRED
    assert len(await sent(parts, run, "step_callback")) == 1
    await sweeper.sweep()
    assert (await events_of(parts, run)).count("step.decided") == 1


async def test_a_resumed_run_asks_nobody_again_and_the_first_request_is_decided(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(), AFTER])
    first = await asked(parts, run)
    await reopened(parts, run)
    before = (await events_of(parts, run)).count("step.waiting")
    again = await asked(parts, run, generation=2, token="token-2")
    assert (again.approval_id, again.version, again.expires_at) == (first.approval_id, 1, first.expires_at)
    assert (await events_of(parts, run)).count("step.waiting") == before
    await decide(parts, run, again, Decision.APPROVE)
    assert [payload["task_token"] for payload in await sent(parts, run, "step_callback")] == ["token-2"]


async def test_a_decision_comes_before_the_new_generation_has_asked_again(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(), AFTER])
    approval = await asked(parts, run)
    await reopened(parts, run)
    await decide(parts, run, approval, Decision.APPROVE)
    assert await parts.taker.take(run.dispatch("review", generation=2, token="late")) is TakeRefusal.ANSWERED
    assert [payload["task_token"] for payload in await sent(parts, run, "step_callback")] == ["late"]
    await taken(parts, run, "after", generation=2)


async def test_a_resumed_run_whose_execution_never_began_is_found_although_it_waited_for_people(
    parts: Parts, sweeper: Sweeper
) -> None:
    run = await a_run(parts.owner, steps=[approval_step()])
    await asked(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run(tx, run.tenant_id, run.run_id)
        assert row is not None
        await run_control.open_generation(tx, row, reason="test")
    await change(parts, run, "DELETE FROM outbox WHERE run_id = :run")
    await change(parts, run, "UPDATE runs SET progressed_at = now() - interval '1 min' WHERE run_id = :run")
    await sweeper.sweep()
    assert (await one(parts, run, "SELECT generation FROM runs WHERE run_id = :run")).generation == 3


async def test_a_decision_fences_a_worker_that_asks_again(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step()])
    approval = await asked(parts, run)
    await reopened(parts, run)
    work = await taken(parts, run, generation=2)
    await decide(parts, run, approval, Decision.APPROVE)
    outcome = await ApprovalEngine().run(work)
    assert isinstance(outcome, ApprovalAsked)
    with pytest.raises(LeaseLost):
        await parts.writer.asked(work.claim.lease_fence(), outcome.requests)
    assert (await step_of(parts, run)).status == "SUCCESS"
    assert (await request_of(parts, run)).version == 2


async def test_a_worker_that_dies_before_it_has_asked_is_followed_by_one_that_asks_once(
    parts: Parts, sweeper: Sweeper
) -> None:
    run = await a_run(parts.owner, steps=[approval_step()])
    await taken(parts, run)
    await change(parts, run, "UPDATE steps SET lease_expires_at = now() - interval '1 s' WHERE run_id = :run")
    await sweeper.sweep()
    await asked(parts, run)
    assert (await step_of(parts, run)).attempt == 2
    assert (await events_of(parts, run)).count("step.waiting") == 1


async def test_a_step_that_fails_when_it_is_asked_again_leaves_no_request_behind(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step()])
    await asked(parts, run)
    await reopened(parts, run)
    work = await taken(parts, run, generation=2)
    await parts.writer.failed(work.claim.lease_fence(), Failure("expression_failed", "no", retryable=False))
    assert (await request_of(parts, run)).status is ApprovalStatus.CANCELLED


async def test_a_run_that_is_stopped_cancels_its_requests(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(), NOOP])
    approval = await asked(parts, run)
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        error = a_placed_failure("run_timed_out", "over")
        await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=RunStatus.TIMED_OUT, error=error)
    ended = await request_of(parts, run)
    assert (ended.approval_id, ended.status, ended.version) == (approval.approval_id, ApprovalStatus.CANCELLED, 2)


async def test_the_clock_stands_while_everything_that_could_run_waits_for_an_approval(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step(), NOOP, AFTER], timeout_seconds=600)
    work = await taken(parts, run, "beside")
    approval = await asked(parts, run)
    assert (await clock_of(parts, run)) == (False, True, 600 + 604_800), "the other step can run"
    await parts.writer.finished(work.claim.lease_fence(), StepFinished({}), free_slots=0)
    assert (await clock_of(parts, run)).stands
    await decide(parts, run, approval, Decision.APPROVE)
    assert (await clock_of(parts, run))[:2] == (False, False)


async def test_the_clock_stands_when_the_last_other_step_is_over_before_the_request(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[approval_step("review"), approval_step("too"), AFTER])
    approval = await asked(parts, run)
    assert not (await clock_of(parts, run)).stands
    await asked(parts, run, "too")
    assert (await clock_of(parts, run)).stands
    await decide(parts, run, approval, Decision.REJECT)
    assert (await clock_of(parts, run))[:2] == (True, True), "the other request is still open"


async def test_a_request_that_cannot_be_ended_keeps_no_other_waiting(parts: Parts, sweeper: Sweeper) -> None:
    broken, sound = [await a_run(parts.owner, steps=[approval_step()]) for _ in range(2)]
    for run in (broken, sound):
        await asked(parts, run)
        await change(parts, run, EXPIRE)
    await change(parts, broken, UNREADABLE)
    await sweeper.sweep()
    assert (await request_of(parts, sound)).status is ApprovalStatus.EXPIRED
    assert (await request_of(parts, broken)).status is ApprovalStatus.PENDING
    await change(parts, broken, "DELETE FROM approvals WHERE run_id = :run")


async def test_a_run_whose_clock_stands_is_not_over_after_its_timeout(parts: Parts, sweeper: Sweeper) -> None:
    run = await a_run(parts.owner, steps=[approval_step()], timeout_seconds=60)
    approval = await asked(parts, run)
    hour_later = """UPDATE runs SET started_at = started_at - interval '1 h', created_at = created_at - interval '1 h',
                        progressed_at = progressed_at - interval '1 h', hard_deadline = hard_deadline - interval '1 h'
                    WHERE run_id = :run"""
    await change(parts, run, hour_later)
    await sweeper.sweep()
    assert (await step_of(parts, run)).status == "WAITING"
    assert (await one(parts, run, "SELECT generation FROM runs WHERE run_id = :run")).generation == 1
    await decide(parts, run, approval, Decision.APPROVE)


async def test_the_clock_of_a_run_that_could_go_on_runs_out_although_its_deadline_is_far(
    parts: Parts, sweeper: Sweeper
) -> None:
    run = await a_run(parts.owner, steps=[approval_step(), NOOP], timeout_seconds=60)
    await asked(parts, run)
    await change(parts, run, "UPDATE runs SET clock_since = clock_since - interval '61 s' WHERE run_id = :run")
    await sweeper.sweep()
    assert (await one(parts, run, "SELECT stop_cause FROM runs WHERE run_id = :run")).stop_cause == "TIMED_OUT"
    assert (await request_of(parts, run)).status is ApprovalStatus.CANCELLED


async def test_the_deadline_has_only_the_time_of_approvals_that_are_not_over(parts: Parts) -> None:
    run = await a_run(
        parts.owner, steps=[approval_step(expires_in=100), approval_step("too", expires_in=1000)], timeout_seconds=60
    )
    assert (await clock_of(parts, run)).deadline == 1160
    approval = await asked(parts, run)
    await decide(parts, run, approval, Decision.APPROVE)
    await reopened(parts, run)
    left = await one(
        parts, run, "SELECT extract(epoch FROM hard_deadline - now())::int AS seconds FROM runs WHERE run_id = :run"
    )
    assert 1050 <= left.seconds <= 1060
