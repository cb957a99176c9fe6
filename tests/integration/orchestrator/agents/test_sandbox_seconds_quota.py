"""Seconds of sandboxes count towards the day: a job's bound when it starts, and what it took once its end is known."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.agents import Played, agent_step, code
from fixtures.running.asking import taken
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, a_tenant
from foundation.contracts.tool_job import JobReason, JobStatus, JobUsage, ToolJob, ToolResult
from foundation.domain.errors import BudgetExceeded
from foundation.domain.ids import ArtifactId, JobId, TenantId, new_uuid
from foundation.storage.artifacts import NewArtifact
from foundation.storage.limits import sandbox_seconds
from orchestrator.clients.launcher.fake import FakeLauncher, succeeded
from orchestrator.tools.stored_artifacts import StoredArtifacts
from orchestrator.work import TickFailed

QUOTA = "sandbox_seconds_a_day"


def timed(wall_ms: int, **members: Any) -> FakeLauncher:
    """A launcher whose jobs take so long."""

    def answer(job: ToolJob) -> ToolResult:
        usage = JobUsage(wall_ms=wall_ms, cpu_ms=1, max_rss_bytes=1)
        return succeeded(job).model_copy(update={"usage": usage, **members})

    return FakeLauncher(answer)


async def limited(parts: Parts, tenant_id: TenantId, **quotas: Any) -> None:
    async with parts.owner.tenant(tenant_id) as tx:
        await tx.execute(
            text("UPDATE tenants SET settings = CAST(:settings AS jsonb) WHERE tenant_id = :tenant_id"),
            {"tenant_id": tenant_id, "settings": json.dumps({"quotas": quotas})},
        )


async def counted(parts: Parts, tenant_id: TenantId) -> dict[str, int]:
    async with parts.owner.tenant(tenant_id) as tx:
        query = "SELECT scope, used FROM quota_counts WHERE tenant_id = :tenant_id AND quota = :quota"
        rows = await tx.execute(text(query), {"tenant_id": tenant_id, "quota": QUOTA})
        return {row.scope: row.used for row in rows}


async def jobs_of(parts: Parts, run: ARun) -> list[tuple[str, int]]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = "SELECT status, held_seconds FROM tool_events WHERE run_id = :run_id"
        return [(row.status, row.held_seconds) for row in await tx.execute(text(query), {"run_id": run.run_id})]


async def test_a_job_counts_what_it_took_in_whole_seconds(parts: Parts) -> None:
    play, run = Played(parts, [[code()]], launcher=timed(2400)), await a_run(parts.owner, steps=[agent_step()])
    for tick in range(2):
        await play.tick(run, tick=tick)
    assert await counted(parts, run.tenant_id) == {"tenant": 6, "user": 6}
    assert await jobs_of(parts, run) == [("SUCCEEDED", 0)] * 2


@pytest.mark.parametrize("scope", ["tenant", "user"])
async def test_a_job_whose_bound_the_day_has_not_left_is_not_started_and_pauses_the_run(
    parts: Parts, scope: str
) -> None:
    play, run = Played(parts, [[code()]], launcher=timed(9000)), await a_run(parts.owner, steps=[agent_step()])
    await limited(parts, run.tenant_id, **{scope: {QUOTA: 65}})
    await play.tick(run, tick=0)
    with pytest.raises(BudgetExceeded) as refused:
        await play.tick(run, tick=1)
    error = refused.value
    assert len(play.launcher.started) == 1
    assert (error.scope, error.budget) == (
        scope,
        {"period": "day", "unit": "sandbox_seconds", "limit": 65, "spent": 9, "held": 0, "asked": 60},
    )
    assert (error.remaining["sandbox_seconds"], str(error.remaining["resets_at"])[-1]) == (56, "Z")
    assert await counted(parts, run.tenant_id) == {"tenant": 9, "user": 9}
    assert await jobs_of(parts, run) == [("SUCCEEDED", 0)], "nothing of the refused one is written"


async def test_a_job_whose_end_nobody_saw_stays_at_its_bound(parts: Parts) -> None:
    lost = FakeLauncher(
        lambda job: succeeded(job).model_copy(
            update={"status": JobStatus.FAILED, "reason": JobReason.RUNNER_LOST, "retryable": True}
        )
    )
    play, run = Played(parts, [[code()]], launcher=lost), await a_run(parts.owner, steps=[agent_step()])
    with pytest.raises(TickFailed):
        await play.tick(run)
    assert await counted(parts, run.tenant_id) == {"tenant": 60, "user": 60}


async def test_a_job_that_was_never_started_counts_nothing(parts: Parts) -> None:
    play, run = Played(parts, [[code()]]), await a_run(parts.owner, steps=[agent_step()])
    play.launcher.no_sandbox = True
    with pytest.raises(TickFailed):
        await play.tick(run)
    assert await counted(parts, run.tenant_id) == {"tenant": 0, "user": 0}


async def test_what_was_given_back_once_is_not_given_back_again(parts: Parts) -> None:
    play, run = Played(parts, [[code()]], launcher=timed(1000)), await a_run(parts.owner, steps=[agent_step()])
    await play.tick(run)
    work = await taken(parts, run, "explore", tick=1)
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        await sandbox_seconds.settle(tx, work.claim, play.launcher.started[0].job_id, seconds=0)
    assert await counted(parts, run.tenant_id) == {"tenant": 1, "user": 1}


async def test_of_many_jobs_at_once_exactly_so_many_begin_as_are_left(parts: Parts) -> None:
    tenant = await a_tenant(parts.owner)
    runs = [await a_run(parts.owner, tenant=tenant, steps=[agent_step()]) for _ in range(9)]
    works = [await taken(parts, run, "explore") for run in runs]
    await limited(parts, tenant[0], tenant={QUOTA: 250}, user={QUOTA: 400})

    async def began(place: int) -> bool:
        try:
            async with parts.orchestrator.tenant(tenant[0]) as tx:
                await sandbox_seconds.hold(tx, works[place].claim, JobId(new_uuid()), seconds=60)
        except BudgetExceeded:
            return False
        return True

    assert sum(await asyncio.gather(*(began(place) for place in range(9)))) == 4
    assert await counted(parts, tenant[0]) == {"tenant": 240, "user": 240}


async def test_files_that_have_no_room_fail_their_step_and_are_not_kept(parts: Parts) -> None:
    run = await a_run(parts.owner, steps=[agent_step()])
    work = await taken(parts, run, "explore")
    await limited(parts, run.tenant_id, user={"stored_bytes": 100})

    async def kept(*sizes: int) -> None:
        new = [
            NewArtifact(
                artifact_id=ArtifactId(new_uuid()),
                name="a.txt",
                content_type="text/plain",
                size=size,
                sha256=bytes(32),
                object_key=f"key-{new_uuid()}",
                ready=True,
                created_by=work.claim.payer.user_id,
            )
            for size in sizes
        ]
        async with parts.orchestrator.tenant(run.tenant_id) as tx:
            await StoredArtifacts.keep(tx, work.claim, new)

    await kept(30, 40)
    with pytest.raises(TickFailed) as refused:
        await kept(10, 21)
    assert (refused.value.failure.code, refused.value.failure.retryable) == ("storage_full", False)
    assert "70 of 100 bytes, and 31" in refused.value.failure.detail
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = "SELECT sum(size) FROM artifacts WHERE tenant_id = :tenant_id"
        assert (await tx.execute(text(query), {"tenant_id": run.tenant_id})).scalar_one() == 70
