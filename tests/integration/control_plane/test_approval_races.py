"""Whatever meets a decision at the same moment, one of the two counts, and the other is told so."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text

from control_plane.execution.approvals import service
from control_plane.execution.approvals.schemas import NewDecision
from control_plane.execution.runs import control
from control_plane.identity.callers import ApiCaller
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.asking import approval_step, asked, request_of
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run, database
from fixtures.running.stepwise import StepwiseDatabase, Turns, in_turns
from foundation.domain.errors import ApprovalClosed
from foundation.domain.permissions import Grant, Role
from foundation.domain.states import ApprovalStatus, Decision
from foundation.storage.execution.approvals import Approval
from foundation.storage.session.database import Database, Transaction
from foundation.workflow.approvals import decisions

_STATEMENTS = 20
"""More than either transaction has: a turn that is not needed any more is passed over."""
Use = Callable[[Transaction], Awaitable[Any]]


@pytest.fixture(scope="module")
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


@pytest.fixture(scope="module")
async def control_plane(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    pool = database(scratch, "control_plane")
    yield pool
    await pool.close()


def caller(run: ARun) -> ApiCaller:
    return ApiCaller(run.tenant_id, run.user_id, Grant.built_in(Role.OWNER), f"user:{run.user_id}")


def deciding(run: ARun, approval: Approval, decision: Decision) -> Use:
    wanted = NewDecision(decision=decision)
    return lambda tx: service.decide(tx, caller(run), approval.approval_id, wanted, expected=None)


def cancelling(run: ARun) -> Use:
    return lambda tx: control.cancel(tx, caller(run), run.run_id, expected=None)


async def within(pool: Database, run: ARun, use: Use) -> Any:
    async with pool.tenant(run.tenant_id) as tx:
        return await use(tx)


async def met(pool: Database, run: ARun, order: tuple[int, ...], one: Use, other: Use) -> list[Any]:
    """What came of both, in this order of statements; an error is given back as one."""
    turns = Turns(_STATEMENTS)
    both = [
        asyncio.create_task(in_turns(turns, who, lambda w=who, u=use: within(StepwiseDatabase(pool, turns, w), run, u)))  # type: ignore[misc]
        for who, use in enumerate((one, other))
    ]
    await turns.play(order)
    return await asyncio.wait_for(asyncio.gather(*both, return_exceptions=True), 20)


async def ends(parts: Parts, run: ARun) -> tuple[str, int, int]:
    """The step's status, and how often its request and its token were answered."""
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await tx.execute(
            text(
                """SELECT (SELECT status FROM steps WHERE run_id = :run AND name = 'review') AS status,
                          (SELECT count(*) FROM run_events WHERE run_id = :run AND type = 'step.decided') AS decided,
                          (SELECT count(*) FROM outbox WHERE run_id = :run AND kind = 'step_callback') AS answered"""
            ),
            {"run": run.run_id},
        )
        found = row.one()
    return found.status, found.decided, found.answered


def orders(count: int) -> list[tuple[int, ...]]:
    """One wholly before the other, both ways, and a seeded sample of what lies between."""
    first, second = (0,) * _STATEMENTS, (1,) * _STATEMENTS
    mixed = list(itertools.chain(first, second))
    chance = random.Random(7)
    sample = [tuple(chance.sample(mixed, len(mixed))) for _ in range(count)]
    return [first + second, second + first, *sample]


SAMPLED = pytest.mark.parametrize(
    "sample",
    [pytest.param(6, id="sample"), pytest.param(200, id="all", marks=[pytest.mark.full, pytest.mark.timeout(1800)])],
)


@SAMPLED
async def test_of_two_decisions_exactly_one_counts(
    parts: Parts, control_plane: Database, sample: int, record_property: Callable[[str, object], None]
) -> None:
    for order in orders(sample):
        run = await a_run(parts.owner, steps=[approval_step(), {"name": "after", "kind": "noop", "needs": ["review"]}])
        approval = await asked(parts, run)
        both = [deciding(run, approval, decision) for decision in (Decision.APPROVE, Decision.REJECT)]
        came = await met(control_plane, run, order, *both)
        [refused] = [one for one in came if isinstance(one, Exception)]
        assert isinstance(refused, ApprovalClosed), refused
        [won] = [one for one in came if isinstance(one, Approval)]
        assert refused.approval["status"] == won.status.value == (await request_of(parts, run)).status.value
        status, decided, _ = await ends(parts, run)
        expected = "SUCCESS" if won.status is ApprovalStatus.APPROVED else "FAILED"
        assert (status, decided) == (expected, 1), order
    record_property("sample", f"{sample + 2} orders of the statements of two decisions")


@SAMPLED
async def test_a_decision_and_a_cancel_both_end_the_step_once(
    parts: Parts, control_plane: Database, sample: int, record_property: Callable[[str, object], None]
) -> None:
    seen = set()
    for order in orders(sample):
        run = await a_run(parts.owner, steps=[approval_step()])
        approval = await asked(parts, run)
        decided, cancelled = await met(
            control_plane, run, order, deciding(run, approval, Decision.APPROVE), cancelling(run)
        )
        assert not isinstance(cancelled, Exception), cancelled
        request = await request_of(parts, run)
        status, events, _ = await ends(parts, run)
        if isinstance(decided, Exception):
            assert isinstance(decided, ApprovalClosed), decided
            assert decided.approval["status"] == request.status.value == "cancelled"
            assert (status, events) == ("CANCELLED", 0)
        else:
            assert (request.status, status, events) == (ApprovalStatus.APPROVED, "SUCCESS", 1)
        seen.add(request.status)
    assert seen == {ApprovalStatus.APPROVED, ApprovalStatus.CANCELLED}
    record_property("sample", f"{sample + 2} orders of the statements of a decision and a cancel")


async def test_a_decision_that_was_in_time_stands_although_the_time_ran_out_before_its_commit(
    parts: Parts, control_plane: Database
) -> None:
    run = await a_run(parts.owner, steps=[approval_step(expires_in=1)])
    approval = await asked(parts, run)
    async with control_plane.tenant(run.tenant_id) as tx:
        await deciding(run, approval, Decision.APPROVE)(tx)
        async with parts.owner.across_tenants(reason="the test waits for the database's own clock") as clock:
            await clock.execute(
                text("SELECT pg_sleep_until(CAST(:at AS timestamptz) + interval '0.1 s')"), {"at": approval.expires_at}
            )
        expiring = asyncio.create_task(
            within(parts.orchestrator, run, lambda late: decisions.expire(late, run.tenant_id, approval.approval_id))
        )
        await asyncio.wait([expiring], timeout=0.3)
        assert not expiring.done(), "it waits for the decision"
    assert await expiring is None
    assert (await request_of(parts, run)).status is ApprovalStatus.APPROVED
    assert await ends(parts, run) == ("SUCCESS", 1, 1)


async def test_an_expiry_that_is_under_way_refuses_the_decision_that_waits_for_it(
    parts: Parts, control_plane: Database
) -> None:
    run = await a_run(parts.owner, steps=[approval_step(on_expiry="approve")])
    approval = await asked(parts, run)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(
            text("UPDATE approvals SET expires_at = now() - interval '1 s' WHERE run_id = :run"), {"run": run.run_id}
        )
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        assert await decisions.expire(tx, run.tenant_id, approval.approval_id) is not None
        with pytest.raises(ApprovalClosed) as refused:
            await within(control_plane, run, deciding(run, approval, Decision.REJECT))
        assert refused.value.approval["status"] == "expired"
    with pytest.raises(ApprovalClosed):
        await within(control_plane, run, deciding(run, approval, Decision.REJECT))
    assert await ends(parts, run) == ("SUCCESS", 1, 1)
