"""Calls of an agent that people approve: shown, bound to their arguments, asked once, made once, in the very turn."""

import json
from typing import Any

import pytest

from fixtures.running.agents import Call, Played, Turn, agent_step, code
from fixtures.running.asking import taken
from fixtures.running.parts import Parts, change, one
from fixtures.running.runs import ARun, a_run
from fixtures.running.works import a_placed_failure
from foundation.domain.states import ApprovalStatus, Decision, RunStatus
from foundation.storage.execution import approvals
from foundation.storage.execution.approvals import Approval
from foundation.storage.session.pages import PagePart
from foundation.workflow import plans, run_control
from foundation.workflow.approvals import decisions
from foundation.workflow.approvals.decisions import Verdict
from orchestrator.claiming.taking import TakeRefusal
from orchestrator.sweeping.sweeper import Sweeper
from orchestrator.work import ApprovalAsked, MoreTurns, TickFailed


async def played(parts: Parts, *turns: Turn, approve: Any = "always", **step: Any) -> tuple[Played, ARun]:
    tools = [{"name": "code.python", "approve": approve}]
    return Played(parts, turns), await a_run(parts.owner, steps=[agent_step(tools=tools, **step)])


async def asked(play: Played, run: ARun, **of: Any) -> list[Approval]:
    """What the step waits for after a tick, by what is to be called."""
    outcome = await play.tick(run, **of)
    assert isinstance(outcome, ApprovalAsked), outcome
    return await requests_of(play.parts, run)


async def requests_of(parts: Parts, run: ARun) -> list[Approval]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        part = PagePart(approvals.PAGES.orders.usual, 100, content=approvals.WHOLE)
        page = await approvals.page(tx, run.tenant_id, part, run_id=run.run_id)
    return sorted(page.rows, key=lambda one: str(one.arguments))


async def decide(parts: Parts, run: ARun, approval: Approval, decision: Decision, comment: str | None = None) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        locked = await decisions.lock_request(tx, run.tenant_id, approval.approval_id)
        assert locked is not None
        await decisions.decide(tx, run.tenant_id, locked, Verdict(decision, by=run.user_id, comment=comment, data=None))


async def step_of(parts: Parts, run: ARun) -> Any:
    return await one(parts, run, "SELECT * FROM steps WHERE run_id = :run AND name = 'explore'")


def last_result(play: Played) -> dict[str, Any]:
    message = play.gateway.requests[-1]["messages"][-1]
    assert message["role"] == "tool"
    return dict(json.loads(message["content"]))


async def test_a_call_is_shown_and_waits_without_a_worker(parts: Parts) -> None:
    play, run = await played(parts, [code("print(7)")], timeout_seconds=200)
    [request] = await asked(play, run)
    assert (request.tool, request.arguments, request.turn) == ("code.python", {"code": "print(7)"}, 0)
    assert (request.status, request.message) == (
        ApprovalStatus.PENDING, "Agent explore asks to call code.python.",
    )  # fmt: skip
    step = await step_of(parts, run)
    assert (step.status, step.wait_reason, step.worker_id, step.deadline_at) == ("WAITING", "approval", None, None)
    assert 190 < step.clock_left <= 200, "its clock stands"
    assert play.launcher.started == []
    row = await one(parts, run, "SELECT *, clock_since IS NULL AS stands FROM runs WHERE run_id = :run")
    assert (row.stands, (row.hard_deadline - row.created_at).days) == (True, 30)


async def test_an_approved_call_is_made_once_in_the_very_turn(parts: Parts) -> None:
    play, run = await played(parts, [code("print(7)")], "done")
    [request] = await asked(play, run)
    await decide(parts, run, request, Decision.APPROVE)
    sent = await one(
        parts, run, "SELECT payload ->> 'task_token' AS token FROM outbox WHERE run_id = :run AND kind = 'step_message'"
    )
    assert sent.token == "token-explore-0"
    assert isinstance(await play.tick(run), MoreTurns)
    assert [job.arguments["code"] for job in play.launcher.started] == ["print(7)"]
    assert len(play.gateway.requests) == 1, "the model was not asked again"
    assert (await play.tick(run, tick=1)).output["text"] == "done"  # type: ignore[union-attr]
    step = await step_of(parts, run)
    assert (step.status, step.attempt) == ("SUCCESS", 1)
    assert last_result(play)["status"] == "SUCCEEDED"


async def test_a_rejection_is_told_to_the_model_with_its_comment(parts: Parts) -> None:
    play, run = await played(parts, [code()], "done")
    [request] = await asked(play, run)
    await decide(parts, run, request, Decision.REJECT, "not on a Friday")
    assert isinstance(await play.tick(run), MoreTurns)
    await play.tick(run, tick=1)
    assert play.launcher.started == []
    assert last_result(play) == {
        "status": "REJECTED", "detail": "a person has rejected this call: not on a Friday",
    }  # fmt: skip


async def test_several_calls_of_a_turn_each_ask_and_the_agent_goes_on_after_the_last_decision(parts: Parts) -> None:
    play, run = await played(parts, [code("print(1)"), code("print(2)"), code("print(3)")], "done")
    requests = await asked(play, run)
    assert [request.arguments["code"] for request in requests if request.arguments] == [
        "print(1)", "print(2)", "print(3)",
    ]  # fmt: skip
    await decide(parts, run, requests[1], Decision.APPROVE)
    await decide(parts, run, requests[0], Decision.REJECT)
    assert (await step_of(parts, run)).status == "WAITING"
    assert await parts.taker.take(run.dispatch("explore")) is TakeRefusal.HANDED_OVER
    await decide(parts, run, requests[2], Decision.APPROVE)
    assert isinstance(await play.tick(run), MoreTurns)
    assert sorted(job.arguments["code"] for job in play.launcher.started) == ["print(2)", "print(3)"]


@pytest.mark.parametrize(
    ("rule", "call", "waits"),
    [
        ("${contains(call.arguments.code, 'open(')}", code("open('x')"), True),
        ("${contains(call.arguments.code, 'open(')}", code("print(1)"), False),
        ({"when": "${call.tool == 'code.python'}", "message": "Run ${call.arguments.code}?"}, code("1"), True),
        (None, code("print(1)"), False),
    ],
)
async def test_a_rule_says_which_calls_people_approve(parts: Parts, rule: Any, call: Call, waits: bool) -> None:
    play, run = await played(parts, [call], "done", approve=rule)
    outcome = await play.tick(run)
    assert isinstance(outcome, ApprovalAsked) is waits
    if isinstance(rule, dict):
        assert [request.message for request in await requests_of(parts, run)] == ["Run 1?"]


async def test_a_call_that_cannot_be_made_asks_nobody(parts: Parts) -> None:
    play, run = await played(parts, [("code_python", {"cod": "print(1)"})], "done")
    assert isinstance(await play.tick(run), MoreTurns)
    assert await requests_of(parts, run) == []


async def test_a_rule_that_gives_no_answer_fails_the_step(parts: Parts) -> None:
    play, run = await played(parts, [code()], approve="${call.arguments.code}")
    with pytest.raises(Exception, match="gives neither true nor false"):
        await play.tick(run)


async def test_what_is_hidden_in_the_arguments_is_told(parts: Parts) -> None:
    play, run = await played(parts, [code("print('a\u202eb')")])
    [request] = await asked(play, run)
    assert "characters that are not shown" in str(request.message)


async def test_a_decision_is_for_the_very_call_and_another_one_asks_anew(parts: Parts) -> None:
    play, run = await played(parts, [code("print(1)")], "done")
    [request] = await asked(play, run)
    await decide(parts, run, request, Decision.APPROVE)
    await change(parts, run, "UPDATE approvals SET call_digest = sha256('other') WHERE run_id = :run")
    [again] = await asked(play, run)
    assert (again.approval_id, again.status, again.version) == (request.approval_id, ApprovalStatus.PENDING, 3)
    assert play.launcher.started == []


async def test_a_decision_that_comes_while_the_worker_asks_is_not_lost(parts: Parts) -> None:
    play, run = await played(parts, [code()], "done")
    [request] = await asked(play, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        assert row is not None
        await run_control.open_generation(tx, row, reason="test")
        plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
        await plans.start_clock(tx, run.tenant_id, run.run_id, plan.definition)
    work = await taken(parts, run, "explore", generation=2, token="second")
    outcome = await play.engine(work).run(work)
    assert isinstance(outcome, ApprovalAsked)
    await decide(parts, run, request, Decision.APPROVE)
    await parts.writer.asked(work.claim.lease_fence(), outcome.requests)
    step = await step_of(parts, run)
    assert (step.status, step.wait_reason) == ("QUEUED", None)
    assert [one.version for one in await requests_of(parts, run)] == [2]
    assert isinstance(await play.tick(run, generation=2), MoreTurns)
    assert len(play.launcher.started) == 1


async def test_a_resumed_run_asks_nobody_again(parts: Parts) -> None:
    play, run = await played(parts, [code()], "done")
    [first] = await asked(play, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        assert row is not None
        await run_control.open_generation(tx, row, reason="test")
        plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
        await plans.start_clock(tx, run.tenant_id, run.run_id, plan.definition)
    [again] = await asked(play, run, generation=2)
    assert (again.approval_id, again.version, again.expires_at) == (first.approval_id, 1, first.expires_at)
    assert len(play.gateway.requests) == 1


async def test_a_run_that_is_stopped_cancels_what_its_agent_asks(parts: Parts) -> None:
    play, run = await played(parts, [code()])
    await asked(play, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        error = a_placed_failure("run_timed_out", "over")
        await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=RunStatus.TIMED_OUT, error=error)
    assert [one.status for one in await requests_of(parts, run)] == [ApprovalStatus.CANCELLED]


@pytest.mark.parametrize(("on_expiry", "status"), [("approve", "SUCCEEDED"), ("reject", "REJECTED"), ("fail", None)])
async def test_the_expiry_means_what_the_rule_says(
    parts: Parts, sweeper: Sweeper, on_expiry: str, status: str | None
) -> None:
    play, run = await played(parts, [code()], "done", approve={"expires_in": 5, "on_expiry": on_expiry})
    await asked(play, run)
    await change(parts, run, "UPDATE approvals SET expires_at = now() - interval '1 s' WHERE run_id = :run")
    await sweeper.sweep()
    assert (await step_of(parts, run)).status == "QUEUED"
    if status is None:
        with pytest.raises(TickFailed) as raised:
            await play.tick(run)
        assert raised.value.failure.code == "approval_expired"
        return
    await play.tick(run)
    await play.tick(run, tick=1)
    assert last_result(play)["status"] == status


async def test_a_worker_that_dies_with_an_approved_call_in_flight_is_followed_by_one_that_joins_it(
    parts: Parts, sweeper: Sweeper
) -> None:
    play, run = await played(parts, [code()], "done")
    [request] = await asked(play, run)
    await decide(parts, run, request, Decision.APPROVE)
    work = await taken(parts, run, "explore")
    await play.engine(work).run(work)
    await change(parts, run, "UPDATE steps SET lease_expires_at = now() - interval '1 s' WHERE run_id = :run")
    await sweeper.sweep()
    assert isinstance(await play.tick(run), MoreTurns)
    assert len(play.launcher.started) == 1, "its recorded result was read"
    assert len(play.gateway.requests) == 1
