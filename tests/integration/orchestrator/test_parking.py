"""Parking against finishing, interleaved at every statement: a step is never forgotten and never woken twice."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Self

import pytest
from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.domain.states import RecoveryPolicy
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.storage.session.database import Database
from orchestrator.claiming.taking import Taken, Taker, TakeRefusal
from orchestrator.failpoints import Failpoints
from orchestrator.recording.outcome_writer import OutcomeWriter
from orchestrator.work import StepFinished, Work

_STATEMENTS = 7
"""More than either transaction has: a turn that is not needed any more is passed over."""


class Turns:
    """Lets two transactions go one statement at a time, in a given order; one that waits for a lock is passed over."""

    def __init__(self) -> None:
        self._go = {0: asyncio.Semaphore(0), 1: asyncio.Semaphore(0)}
        self._idle = {0: asyncio.Event(), 1: asyncio.Event()}

    async def before_statement(self, who: int) -> None:
        self._idle[who].set()
        await self._go[who].acquire()
        self._idle[who].clear()

    def finished(self, who: int) -> None:
        self._idle[who].set()

    async def play(self, order: tuple[int, ...]) -> None:
        for who in order:
            # Not idle after a moment means that it waits for the other's lock: the other must go on.
            try:
                await asyncio.wait_for(self._idle[who].wait(), 0.05)
            except TimeoutError:
                continue
            self._go[who].release()
        for who in (0, 1):
            for _ in range(4 * _STATEMENTS):
                self._go[who].release()


class StepwiseDatabase(Database):
    """A database whose every statement, and whose commit, waits for its turn."""

    def __init__(self, real: Database, turns: Turns, who: int) -> None:
        self._real, self._turns, self._who = real, turns, who

    def tenant(self, tenant_id: Any) -> AbstractAsyncContextManager[Any]:  # type: ignore[override]
        return _Stepwise(self._real.tenant(tenant_id), self._turns, self._who)


class _Stepwise:
    def __init__(self, real: AbstractAsyncContextManager[Any], turns: Turns, who: int) -> None:
        self._real, self._turns, self._who = real, turns, who

    async def __aenter__(self) -> Self:
        self._tx = await self._real.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        await self._turns.before_statement(self._who)
        return await self._real.__aexit__(kind, error, trace)

    async def execute(self, *statement: Any) -> Any:
        await self._turns.before_statement(self._who)
        return await self._tx.execute(*statement)


async def _in_turns(turns: Turns, who: int, work: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await work()
    finally:
        turns.finished(who)


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


ORDERS = list(itertools.combinations(range(2 * _STATEMENTS), _STATEMENTS))
"""Which of the statements' places belong to the parking transaction."""


@pytest.mark.parametrize(
    "every",
    [pytest.param(40, id="sample"), pytest.param(1, id="all", marks=[pytest.mark.full, pytest.mark.timeout(1800)])],
)
async def test_a_parked_step_is_woken_exactly_once_whatever_the_order(
    parts: Parts, every: int, record_property: Callable[[str, object], None]
) -> None:
    sample = ORDERS[::every]
    seen: set[str] = set()
    for chosen in sample:
        order = tuple(0 if place in chosen else 1 for place in range(2 * _STATEMENTS))
        run = await a_run(parts.owner)
        holding, _ = await _holding(parts.taker, run)
        turns = Turns()
        taker = Taker(StepwiseDatabase(parts.orchestrator, turns, 0), worker_id="worker-2", lease_seconds=45)
        writer = OutcomeWriter(
            StepwiseDatabase(parts.orchestrator, turns, 1), parts.taker, Failpoints(None, environment="test")
        )
        dispatch: StepDispatch = run.dispatch("second")

        taking = asyncio.create_task(_in_turns(turns, 0, lambda t=taker, d=dispatch: t.take(d)))  # type: ignore[misc]
        ending = asyncio.create_task(
            _in_turns(turns, 1, lambda r=writer, h=holding: r.finished(h, StepFinished({}), free_slots=0))  # type: ignore[misc]
        )
        await turns.play(order)
        taken, _ = await asyncio.wait_for(asyncio.gather(taking, ending), 20)

        woken = await _wakeups(parts.owner, run)
        if isinstance(taken, Taken):
            seen.add("claimed")
            assert woken == 0, f"claimed and woken as well: {order}"
        else:
            seen.add("parked")
            assert taken is TakeRefusal.PARKED, f"{taken}: {order}"
            assert woken == 1, f"parked and woken {woken} times: {order}"
    record_property("sample", f"{len(sample)} of {len(ORDERS)} orders of statements")
    assert seen == {"claimed", "parked"}
