"""Parking against finishing, interleaved at every statement: a step is never forgotten and never woken twice."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import pytest
from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from fixtures.running.stepwise import StepwiseDatabase, Turns, in_turns
from foundation.domain.states import RecoveryPolicy
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.storage.session.database import Database
from orchestrator.claiming.taking import Taken, Taker, TakeRefusal
from orchestrator.failpoints import Failpoints
from orchestrator.recording.outcome_writer import OutcomeWriter
from orchestrator.work import StepFinished, Work

T = TypeVar("T")
_STATEMENTS = 7
"""More than either transaction has: a turn that is not needed any more is passed over."""


async def _holding(taker: Taker, run: ARun) -> tuple[LeaseFence, Work]:
    taken = await taker.take(run.dispatch("first"))
    assert isinstance(taken, Taken)
    holding = taken.work.claim.lease_fence()
    assert holding.on_failure is RecoveryPolicy.SKIP_DEPENDENTS
    return holding, taken.work


async def _wakeups(owner: Database, run: ARun) -> int:
    async with owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text("SELECT count(*) FROM outbox WHERE step_id = :step AND kind = 'step_message'"),
            {"step": run.steps["second"]},
        )
        return int(rows.scalar_one())


THREE: list[dict[str, Any]] = [
    {"name": "first", "kind": "noop"},
    {"name": "second", "kind": "noop", "needs": ["first"]},
    {"name": "third", "kind": "noop", "needs": ["second"]},
]
ORDERS = list(itertools.combinations(range(2 * _STATEMENTS), _STATEMENTS))
"""Which of the statements' places belong to the parking transaction."""


async def _against_the_end_of_its_need(
    parts: Parts, run: ARun, chosen: Sequence[int], take: Callable[[Taker], Awaitable[T]]
) -> tuple[T, int]:
    """What taking gave while `first` ended, with the statements in this order, and how often `second` was woken."""
    order = tuple(0 if place in chosen else 1 for place in range(2 * _STATEMENTS))
    holding, _ = await _holding(parts.taker, run)
    turns = Turns(_STATEMENTS)
    taker = Taker(StepwiseDatabase(parts.orchestrator, turns, 0), worker_id="worker-2", lease_seconds=45)
    writer = OutcomeWriter(
        StepwiseDatabase(parts.orchestrator, turns, 1), parts.taker, Failpoints(None, environment="test")
    )
    taking = asyncio.create_task(in_turns(turns, 0, lambda: take(taker)))
    ending = asyncio.create_task(in_turns(turns, 1, lambda: writer.finished(holding, StepFinished({}), free_slots=0)))
    await turns.play(order)
    taken, _ = await asyncio.wait_for(asyncio.gather(taking, ending), 20)
    return taken, await _wakeups(parts.owner, run)


@pytest.mark.parametrize(
    "every",
    [pytest.param(40, id="sample"), pytest.param(1, id="all", marks=[pytest.mark.full, pytest.mark.timeout(1800)])],
)
async def test_a_parked_step_is_woken_exactly_once_whatever_the_order(
    parts: Parts, every: int, record_property: Callable[[str, object], None]
) -> None:
    sample = ORDERS[::every]
    seen: set[str] = set()
    for order in sample:
        run = await a_run(parts.owner)
        dispatch = run.dispatch("second")

        async def take(taker: Taker, dispatch: StepDispatch = dispatch) -> Taken | TakeRefusal:
            return await taker.take(dispatch)

        taken, woken = await _against_the_end_of_its_need(parts, run, order, take)
        if isinstance(taken, Taken):
            seen.add("claimed")
            assert woken == 0, f"claimed and woken as well: {order}"
        else:
            seen.add("parked")
            assert taken is TakeRefusal.PARKED, f"{taken}: {order}"
            assert woken == 1, f"parked and woken {woken} times: {order}"
    record_property("sample", f"{len(sample)} of {len(ORDERS)} orders of statements")
    assert seen == {"claimed", "parked"}


@pytest.mark.parametrize(
    "every",
    [pytest.param(120, id="sample"), pytest.param(1, id="all", marks=[pytest.mark.full, pytest.mark.timeout(1800)])],
)
async def test_of_steps_that_are_taken_together_each_is_woken_or_claimed_once_whatever_the_order(
    parts: Parts, every: int, record_property: Callable[[str, object], None]
) -> None:
    sample = ORDERS[::every]
    seen: set[str] = set()
    for order in sample:
        run = await a_run(parts.owner, steps=THREE)
        batch = [run.dispatch("third"), run.dispatch("second")]

        async def take(taker: Taker, batch: Sequence[StepDispatch] = batch) -> list[Taken | TakeRefusal]:
            """What a worker does with the messages of a run that come in one batch."""
            parked = await taker.park(batch)
            return [
                TakeRefusal.PARKED if one.step_id in parked else await taker.take(one, needs_met=True) for one in batch
            ]

        [third, second], woken = await _against_the_end_of_its_need(parts, run, order, take)
        seen.add("claimed" if isinstance(second, Taken) else "parked")
        assert isinstance(second, Taken) or second is TakeRefusal.PARKED, f"{second}: {order}"
        assert woken == (0 if isinstance(second, Taken) else 1), f"{second}, woken {woken} times: {order}"
        assert third is TakeRefusal.PARKED, f"{third}: {order}"
    assert seen == {"claimed", "parked"}
    record_property("sample", f"{len(sample)} of {len(ORDERS)} orders of statements")
