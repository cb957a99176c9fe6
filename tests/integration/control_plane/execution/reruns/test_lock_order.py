"""Who waits for an ended run that is opened again meanwhile does not stand against those that lock its steps."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from control_plane.execution.reruns.retry import RetryRequest, retry
from control_plane.execution.runs import control
from control_plane.identity.callers import ApiCaller
from fixtures.machine.lock_queues import in_the_lock_queue
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.below import row_of
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run, database
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import IllegalTransition
from foundation.domain.permissions import Grant, Role
from foundation.storage.session.database import Database, Transaction
from foundation.workflow import endings

Use = Callable[[Transaction], Awaitable[Any]]


@pytest.fixture
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


@pytest.fixture
async def control_plane(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    pool = database(scratch, "control_plane")
    yield pool
    await pool.close()


def caller(run: ARun) -> ApiCaller:
    return ApiCaller(run.tenant_id, run.user_id, Grant.built_in(Role.OWNER), f"user:{run.user_id}")


def retrying(run: ARun) -> Use:
    wanted = RetryRequest((), Budget())
    return lambda tx: retry(tx, caller(run), run.run_id, wanted, expected=None, max_open=100)


def cancelling(run: ARun) -> Use:
    return lambda tx: control.cancel(tx, caller(run), run.run_id, expected=None)


def ending_with_its_execution(run: ARun) -> Use:
    return lambda tx: endings.end_with_execution(
        tx, run.tenant_id, run.run_id, generation=2, execution_status="ABORTED"
    )


async def within(pool: Database, run: ARun, use: Use) -> Any:
    async with pool.tenant(run.tenant_id) as tx:
        return await use(tx)


@pytest.mark.parametrize("ending", [cancelling, ending_with_its_execution])
async def test_an_end_waits_for_one_retry_while_another_has_the_steps_locked(
    parts: Parts, control_plane: Database, scratch: ScratchDatabase, ending: Callable[[ARun], Use]
) -> None:
    run = await a_run(parts.owner)
    await within(parts.owner, run, lambda tx: control.cancel(tx, caller(run), run.run_id, expected=None))
    pool = control_plane if ending is cancelling else parts.owner
    async with control_plane.tenant(run.tenant_id) as first:
        await retrying(run)(first)
        ends = asyncio.create_task(within(pool, run, ending(run)))
        await in_the_lock_queue(scratch, 1)
        second = asyncio.create_task(within(control_plane, run, retrying(run)))
        await in_the_lock_queue(scratch, 2)
    ended, retried = await asyncio.wait_for(asyncio.gather(ends, second, return_exceptions=True), 20)
    assert not isinstance(ended, Exception), ended
    # The second retry finds the run open; where the end was faster, it opens the run once more.
    row = await row_of(parts, run)
    if isinstance(retried, IllegalTransition):
        assert (row.status, row.generation) == ("CANCELLED", 2)
    else:
        assert not isinstance(retried, Exception), retried
        assert (row.status, row.generation) == ("RUNNING", 3)
