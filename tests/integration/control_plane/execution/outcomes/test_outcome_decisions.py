"""What became of a tool whose outcome is unknown is decided once, by somebody who may; everything else is refused."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from control_plane.execution.outcomes import service
from control_plane.execution.outcomes.schemas import NewOutcome
from control_plane.execution.outcomes.service import NoOutcomeToDecide
from control_plane.execution.runs import control
from control_plane.identity.callers import ApiCaller
from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.agents import Played
from fixtures.running.asking import taken
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run, database
from fixtures.running.stepwise import StepwiseDatabase, Turns, in_turns
from foundation.contracts.tool_job import JobReason, JobStatus, ToolJob, ToolResult
from foundation.domain.ids import TenantId, UserId, new_uuid
from foundation.domain.permissions import Grant, Role
from foundation.domain.tools import OutcomeDecision
from foundation.storage.session.database import Database
from orchestrator.clients.launcher.fake import FakeLauncher, succeeded
from orchestrator.work import CallInDoubt

_STATEMENTS = 20
"""More than either transaction has: a turn that is not needed any more is passed over."""
SEND: dict[str, Any] = {
    "name": "send",
    "kind": "tool",
    "tool": "code.python",
    "arguments": {"code": "print(1)"},
    "effect": "once",
}
STEPS = [SEND, {"name": "after", "kind": "noop", "needs": ["send"]}]


@pytest.fixture(scope="module")
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


@pytest.fixture(scope="module")
async def control_plane(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    pool = database(scratch, "control_plane")
    yield pool
    await pool.close()


def runner_lost(job: ToolJob) -> ToolResult:
    lost = {"status": JobStatus.FAILED, "reason": JobReason.RUNNER_LOST, "retryable": True}
    return succeeded(job).model_copy(update=lost)


async def in_doubt(parts: Parts, tenant: Tenant | None = None, steps: list[dict[str, Any]] | None = None) -> ARun:
    """A run whose step `send` waits for a decision, as its runner was lost."""
    people = (TenantId(tenant.tenant_id), UserId(tenant.user_id)) if tenant else None
    run = await a_run(parts.owner, tenant=people, steps=steps or STEPS)
    with pytest.raises(CallInDoubt):
        await Played(parts, [], launcher=FakeLauncher(runner_lost)).tick(run, "send")
    return run


async def decided(client: httpx.AsyncClient, run: ARun, decision: str = "accept", **members: Any) -> httpx.Response:
    return await client.post(f"/runs/{run.run_id}/steps/send/outcome", json={"decision": decision, **members})


async def test_a_decision_is_shown_explained_and_audited(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant, audited: Any
) -> None:
    run = await in_doubt(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        explained = (await client.get(f"/runs/{run.run_id}/explain")).json()
        [wait] = [one for one in explained["waits"] if one["step"] == "send"]
        assert (wait["for"], explained["stuck"]) == ("decision", False)
        assert "code.python" in wait["detail"]
        assert "/steps/send/outcome" in wait["detail"]
        steps = (await client.get(f"/runs/{run.run_id}/steps")).json()["items"]
        assert steps[0]["status"] == "OUTCOME_UNKNOWN"
        refused = await client.post(f"/runs/{run.run_id}/retry", json={})
        assert (refused.status_code, "/steps/send/outcome" in refused.json()["remedy"]) == (409, True)
        answer = await decided(client, run, result={"id": 7}, comment="it is in the outbox")
        assert answer.status_code == 200, answer.text
        view = answer.json()
        assert (view["step"], view["status"], view["decision"]) == ("send", "QUEUED", "accept")
        again = await decided(client, run, "retry")
    assert again.status_code == 409
    problem = again.json()
    assert problem["type"].endswith("no_outcome_to_decide")
    assert (problem["outcome"]["decision"], problem["outcome"]["decided_by"]) == ("accept", str(tenant.user_id))
    [(actor, action, target, detail)] = audited()
    assert (actor, action, target) == (f"user:{tenant.user_id}", "outcome.accept", str(run.run_id))
    assert detail == {"step": "send", "job_id": view["job_id"], "comment": "it is in the outbox"}


async def test_of_many_decisions_at_once_one_counts(lonely_api: ApiInProcess, parts: Parts, tenant: Tenant) -> None:
    run = await in_doubt(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        answers = await asyncio.gather(*(decided(client, run, one) for one in ("retry", "accept", "fail", "retry")))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    [won] = [answer.json()["decision"] for answer in answers if answer.status_code == 200]
    for answer in answers:
        if answer.status_code == 409:
            assert answer.json()["outcome"]["decision"] == won


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("admin", 200), ("member", 200), ("viewer", 403)])
async def test_those_decide_who_may_decide_requests(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant, role: str, status: int
) -> None:
    run = await in_doubt(parts, tenant)
    async with lonely_api.caller(tenant, role=role) as client:
        assert (await decided(client, run)).status_code == status


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"decision": "retry", "result": None}, "/body/result"),
        ({"decision": "accept", "result": "x" * 300_000}, "/body/result"),
        ({"decision": "accept", "comment": "pay\u202eyap"}, "/body/comment"),
        ({"decision": "ask"}, "/body/decision"),
        ({"decision": "accept", "more": 1}, "/body/more"),
    ],
)
async def test_what_cannot_be_decided_is_refused_with_its_place(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant, body: dict[str, Any], pointer: str
) -> None:
    run = await in_doubt(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        answer = await client.post(f"/runs/{run.run_id}/steps/send/outcome", json=body)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer), answer.text
        assert (await decided(client, run)).status_code == 200


async def test_a_step_that_waits_for_no_decision_is_told_as_it_is(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run = await in_doubt(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        path = f"/runs/{run.run_id}/steps"
        other = await client.post(f"{path}/after/outcome", json={"decision": "retry"})
        assert (other.status_code, other.json()["outcome"]["status"]) == (409, "QUEUED")
        for nothing in (f"{path}/nothing/outcome", f"/runs/{new_uuid()}/steps/send/outcome"):
            assert (await client.post(nothing, json={"decision": "retry"})).status_code == 404
        assert (await client.delete(f"/runs/{run.run_id}")).status_code == 200
        late = await decided(client, run)
        assert (late.status_code, late.json()["outcome"]["run_status"]) == (409, "CANCELLED")
        refused = await client.post(f"/runs/{run.run_id}/retry", json={})
        assert (refused.status_code, "name it in `from`" in refused.json()["remedy"]) == (409, True)


async def test_another_tenants_step_is_not_there(lonely_api: ApiInProcess, parts: Parts, tenant: Tenant) -> None:
    run = await in_doubt(parts)
    async with lonely_api.caller(tenant) as client:
        assert (await decided(client, run)).status_code == 404


async def test_a_fork_repeats_it_only_where_it_begins_there_or_above(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    run = await in_doubt(parts, tenant, [*STEPS, {"name": "beside", "kind": "noop"}])
    async with lonely_api.caller(tenant) as client:
        assert (await client.delete(f"/runs/{run.run_id}")).status_code == 200
        refused = await client.post(f"/runs/{run.run_id}/fork", json={"from": "beside", "start": False})
        assert (refused.status_code, "step send" in refused.json()["detail"]) == (409, True), refused.text
        forked = await client.post(f"/runs/{run.run_id}/fork", json={"from": "send", "start": False})
        assert forked.status_code == 201, forked.text


async def ends(parts: Parts, run: ARun) -> tuple[str, int, int]:
    """The step's status, how often somebody decided, and how often the step was enqueued again."""
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await tx.execute(
            text(
                """SELECT (SELECT status FROM steps WHERE run_id = :run AND name = 'send') AS status,
                          (SELECT count(*) FROM run_events
                           WHERE run_id = :run AND type = 'step.outcome_decided') AS decided,
                          (SELECT count(*) FROM outbox WHERE run_id = :run AND kind = 'step_message') AS enqueued"""
            ),
            {"run": run.run_id},
        )
        found = row.one()
    return found.status, found.decided, found.enqueued


@pytest.mark.parametrize(
    "sample",
    [pytest.param(4, id="sample"), pytest.param(200, id="all", marks=[pytest.mark.full, pytest.mark.timeout(1800)])],
)
async def test_a_decision_and_a_cancel_in_any_order_repeat_nothing(
    parts: Parts, control_plane: Database, sample: int
) -> None:
    first, second = (0,) * _STATEMENTS, (1,) * _STATEMENTS
    chance = random.Random(7)
    mixed = list(itertools.chain(first, second))
    for order in [first + second, second + first, *(tuple(chance.sample(mixed, len(mixed))) for _ in range(sample))]:
        run = await in_doubt(parts)
        who = ApiCaller(run.tenant_id, run.user_id, Grant.built_in(Role.OWNER), f"user:{run.user_id}")
        turns = Turns(_STATEMENTS)

        async def deciding(who: ApiCaller = who, run: ARun = run, turns: Turns = turns) -> object:
            async with StepwiseDatabase(control_plane, turns, 0).tenant(run.tenant_id) as tx:
                return await service.decide(tx, who, run.run_id, "send", NewOutcome(decision=OutcomeDecision.RETRY))

        async def cancelling(who: ApiCaller = who, run: ARun = run, turns: Turns = turns) -> object:
            async with StepwiseDatabase(control_plane, turns, 1).tenant(run.tenant_id) as tx:
                return await control.cancel(tx, who, run.run_id, expected=None)

        both = [
            asyncio.create_task(in_turns(turns, 0, deciding)),
            asyncio.create_task(in_turns(turns, 1, cancelling)),
        ]
        await turns.play(order)
        came, cancelled = await asyncio.wait_for(asyncio.gather(*both, return_exceptions=True), 20)
        assert not isinstance(cancelled, BaseException), cancelled
        status, decisions, enqueued = await ends(parts, run)
        assert status == "CANCELLED"
        if isinstance(came, BaseException):
            assert isinstance(came, NoOutcomeToDecide), came
            assert (decisions, enqueued) == (0, 0)
        else:
            assert (decisions, enqueued) == (1, 1)
        with pytest.raises(AssertionError):
            await taken(parts, run, "send")
