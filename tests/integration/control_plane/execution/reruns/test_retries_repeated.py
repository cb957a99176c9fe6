"""A retry whose answer was lost is sent again under its key, and is carried out and paid once."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run
from foundation.domain.failures import Failure
from foundation.domain.ids import TenantId, UserId
from foundation.workflow import endings, run_control
from orchestrator.claiming.taking import Taken

STEPS = [{"name": "one", "kind": "noop", "retry": {"attempts": 1}}]
KEY = {"idempotency-key": "again"}


@pytest.fixture
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


async def a_failed_run(parts: Parts, tenant: Tenant) -> ARun:
    run = await a_run(parts.owner, steps=STEPS, tenant=(TenantId(tenant.tenant_id), UserId(tenant.user_id)))
    taken = await parts.taker.take(run.dispatch("one"))
    assert isinstance(taken, Taken)
    await parts.writer.failed(taken.work.claim.lease_fence(), Failure("worker_lost", "it is gone", retryable=True))
    await ended(parts, run)
    return run


async def ended(parts: Parts, run: ARun) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = await run_control.lock_run(tx, run.tenant_id, run.run_id)
        assert row is not None
        await endings.end_from_steps(tx, row)


async def generation(owner: httpx.AsyncClient, run: ARun) -> int:
    return int((await owner.get(f"/runs/{run.run_id}")).json()["generation"])


async def test_a_retry_that_is_repeated_under_its_key_is_carried_out_once(
    parts: Parts, lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    run = await a_failed_run(parts, tenant)
    path = f"/runs/{run.run_id}/retry"
    async with lonely_api.caller(tenant) as owner:
        answers = await asyncio.gather(*(owner.post(path, json={}, headers=KEY) for _ in range(3)))
        assert [(one.status_code, one.json()["generation"]) for one in answers] == [(200, 2)] * 3
        problem(await owner.post(path, json={}), 409, "illegal_transition")
        problem(await owner.post(path, json={"from": ["one"]}, headers=KEY), 422, "idempotency_key_reused")
        with scratch.superuser() as connection:
            query = "SELECT answer FROM keyed_calls WHERE tenant_id = %s"
            assert connection.execute(query, [tenant.tenant_id]).fetchall() == [(None,)], "nothing of the run is kept"
        assert (await owner.delete(f"/runs/{run.run_id}")).status_code == 200
        repeated = await owner.post(path, json={}, headers=KEY)
        shown = await owner.get(f"/runs/{run.run_id}")
        assert (repeated.status_code, repeated.json()) == (200, shown.json()), "as it is now"
        assert repeated.headers["etag"] == shown.headers["etag"]
        assert (shown.json()["status"], shown.json()["generation"]) == ("CANCELLED", 2)
        other = await owner.post(path, json={}, headers={"idempotency-key": "once more"})
        assert (other.status_code, await generation(owner, run)) == (200, 3)


async def test_a_retry_that_was_refused_leaves_its_key_free(
    parts: Parts, lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    run = await a_failed_run(parts, tenant)
    path = f"/runs/{run.run_id}/retry"
    async with lonely_api.caller(tenant) as owner:
        problem(await owner.post(path, json={}, headers={**KEY, "if-match": '"999"'}), 412, "version_mismatch")
        assert (await owner.post(path, json={}, headers=KEY)).status_code == 200
        assert await generation(owner, run) == 2
