"""What a retry does not run again unasked is told before, and begins from its beginning once it is named."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.agents import Played, agent_step, code
from fixtures.running.below import finalized, initialised
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run
from fixtures.running.works import a_failure
from foundation.domain.ids import TenantId, UserId
from foundation.domain.retry import RetryPolicy
from foundation.domain.states import RecoveryPolicy
from foundation.storage.execution.checkpoints.chains import CheckpointCorrupt
from foundation.storage.execution.dispatches import LeaseFence
from orchestrator.work import MoreTurns, StepFinished

DAMAGED = "UPDATE checkpoints SET head = decode(repeat('11', 32), 'hex') WHERE step_id = :step"


@pytest.fixture(scope="module")
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


async def without_checkpoint(parts: Parts, tenant: Tenant) -> tuple[Played, ARun]:
    """A run that failed, as its agent's only checkpoint is damaged: so it is with a fork that begins from one turn."""
    people = (TenantId(tenant.tenant_id), UserId(tenant.user_id))
    run = await a_run(parts.owner, tenant=people, steps=[agent_step()])
    play = Played(parts, [[code()], "done"])
    assert isinstance(await play.tick(run), MoreTurns)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(text(DAMAGED), {"step": run.steps["explore"]})
    await fails(parts, play, run, tick=1)
    return play, run


async def fails(parts: Parts, play: Played, run: ARun, **of: Any) -> None:
    with pytest.raises(CheckpointCorrupt, match="a retry that names the step in `from` begins it from its beginning"):
        await play.tick(run, **of)
    failure = a_failure(CheckpointCorrupt.code, "it is damaged")
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = (await tx.execute(text("SELECT fence FROM steps WHERE step_id = :s"), {"s": run.steps["explore"]})).one()
    lease = LeaseFence(
        run.dispatch("explore", **of), row.fence, "explore", 1, None, RecoveryPolicy.SKIP_DEPENDENTS, RetryPolicy()
    )
    await parts.writer.failed(lease, failure)
    await finalized(parts, run)


async def test_an_agent_without_a_sound_checkpoint_begins_anew_once_it_is_named(
    lonely_api: ApiInProcess, parts: Parts, tenant: Tenant
) -> None:
    play, run = await without_checkpoint(parts, tenant)
    async with lonely_api.caller(tenant) as client:
        explained = (await client.get(f"/runs/{run.run_id}/explain")).json()
        assert explained["resume_from"] == [{"step": "explore", "turn": 1, "must_be_named": True}]
        assert "It must name explore in `from`" in explained["summary"]
        item = await client.post(f"/runs/{run.run_id}/retry", json={"from": ["explore[1]"]})
        assert item.status_code == 400
        assert item.json()["errors"] == [
            {
                "pointer": "/body/from/0",
                "detail": "'explore[1]' is an item; name its step 'explore', which goes on with those items that did"
                " not succeed",
            }
        ]
        assert (await client.post(f"/runs/{run.run_id}/retry", json={"from": ["explore"]})).status_code == 200
    again = await initialised(parts, run, run.run_id)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = (await tx.execute(text("SELECT tick FROM steps WHERE step_id = :s"), {"s": run.steps["explore"]})).one()
    ended: dict[str, Any] = {}
    for tick in range(row.tick, row.tick + 4):
        outcome = await play.tick(again, generation=2, tick=tick)
        if isinstance(outcome, StepFinished):
            ended = outcome.output
            break
    assert ended["text"] == "done"
