"""Of a redrive and a discard of one letter at the same moment, one counts, and the other is told its outcome."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from control_plane.execution.dead_letters import service
from control_plane.identity.callers import ApiCaller
from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.lock_queues import in_the_lock_queue
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.below import row_of
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run, database
from foundation.domain.failures import Failure
from foundation.domain.ids import DeadLetterId, TenantId, UserId
from foundation.domain.permissions import Grant, Role
from foundation.storage.execution.dead import dead_letters
from foundation.storage.session.database import Database
from foundation.workflow import endings, run_control
from orchestrator.claiming.taking import Taken

CAUSE = "worker_lost"


@pytest.fixture
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


@pytest.fixture
async def control_plane(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    pool = database(scratch, "control_plane")
    yield pool
    await pool.close()


async def a_dead_run(parts: Parts, tenant: Tenant) -> tuple[ARun, DeadLetterId]:
    """An ended run with one open letter."""
    owner = (TenantId(tenant.tenant_id), UserId(tenant.user_id))
    steps: list[dict[str, Any]] = [{"name": "first", "kind": "noop", "retry": {"attempts": 1}}]
    run = await a_run(parts.owner, steps=steps, tenant=owner)
    taken = await parts.taker.take(run.dispatch("first"))
    assert isinstance(taken, Taken)
    await parts.writer.failed(taken.work.claim.lease_fence(), Failure(CAUSE, "it is gone", retryable=True))
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        assert row is not None
        await endings.end_from_steps(tx, row)
        [letter] = await dead_letters.oldest_open(tx, run.tenant_id, cause=CAUSE, limit=5)
    return run, letter


def caller(run: ARun) -> ApiCaller:
    return ApiCaller(run.tenant_id, run.user_id, Grant.built_in(Role.OWNER), f"user:{run.user_id}")


@pytest.mark.parametrize("door", ["one", "many", "cause"])
async def test_a_redrive_that_meets_a_discard_is_refused_and_leaves_the_run(
    parts: Parts, control_plane: Database, lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase, door: str
) -> None:
    run, letter = await a_dead_run(parts, tenant)
    before = await row_of(parts, run)
    body = {"one": None, "many": {"ids": [str(letter)]}, "cause": {"cause": CAUSE}}[door]
    route = f"/dead-letters/{letter}/redrive" if door == "one" else "/dead-letters/redrive"
    async with lonely_api.caller(tenant) as owner:
        async with control_plane.tenant(run.tenant_id) as tx:
            await service.discard(tx, caller(run), letter, reason="known")
            redriving = asyncio.create_task(owner.post(route, json=body))
            await in_the_lock_queue(scratch, 1)
        answer = await redriving
    if door == "one":
        assert problem(answer, 409, "dead_letter_closed")["dead_letter"]["status"] == "discarded"
    else:
        [item] = answer.json()["items"]
        assert (item["outcome"], item["code"]) == ("refused", "dead_letter_closed")
    assert await row_of(parts, run) == before


async def test_a_discard_that_meets_a_redrive_is_refused_and_the_run_goes_on(
    parts: Parts, control_plane: Database, lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    run, letter = await a_dead_run(parts, tenant)
    async with lonely_api.caller(tenant) as owner:
        async with control_plane.tenant(run.tenant_id) as tx:
            found = await service.get(tx, caller(run), letter)
            await service.redrive(tx, caller(run), [found], max_open=100)
            discarding = asyncio.create_task(owner.post(f"/dead-letters/{letter}/discard", json={"reason": "known"}))
            await in_the_lock_queue(scratch, 1)
        answer = await discarding
    assert problem(answer, 409, "dead_letter_closed")["dead_letter"]["status"] == "redriven"
    row = await row_of(parts, run)
    assert (row.status, row.generation) == ("RUNNING", 2)
