"""Turns of agents and crews count towards the day, once each; when no more may begin, the run is paused."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.agents import Played, agent_step, code
from fixtures.running.asking import taken
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, a_tenant
from foundation.domain.errors import BudgetExceeded
from foundation.domain.ids import TenantId
from orchestrator.engines.turn_quota import count_turn

QUOTA = "agent_turns_a_day"


async def limited(parts: Parts, tenant_id: TenantId, **quotas: Any) -> None:
    async with parts.owner.tenant(tenant_id) as tx:
        await tx.execute(
            text("UPDATE tenants SET settings = CAST(:settings AS jsonb) WHERE tenant_id = :tenant_id"),
            {"tenant_id": tenant_id, "settings": json.dumps(quotas)},
        )


async def counted(parts: Parts, tenant_id: TenantId) -> dict[str, int]:
    async with parts.owner.tenant(tenant_id) as tx:
        query = "SELECT scope, used FROM quota_counts WHERE tenant_id = :tenant_id AND quota = :quota"
        rows = await tx.execute(text(query), {"tenant_id": tenant_id, "quota": QUOTA})
        return {row.scope: row.used for row in rows}


async def stored_turns(parts: Parts, run: ARun) -> int:
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = "SELECT count(*) FROM turns t JOIN steps s USING (tenant_id, step_id) WHERE s.run_id = :run_id"
        return int((await tx.execute(text(query), {"run_id": run.run_id})).scalar_one())


@pytest.mark.parametrize("scope", ["tenant", "user"])
async def test_the_turn_above_the_quota_asks_no_model_and_pauses_the_run_until_the_day_is_over(
    parts: Parts, scope: str
) -> None:
    play, run = Played(parts, [[code()]]), await a_run(parts.owner, steps=[agent_step()])
    await limited(parts, run.tenant_id, quotas={scope: {QUOTA: 2}})
    for tick in range(2):
        await play.tick(run, tick=tick)
    with pytest.raises(BudgetExceeded) as refused:
        await play.tick(run, tick=2)
    work_lease = (await stored_turns(parts, run), len(play.gateway.requests))
    assert work_lease == (2, 2)
    assert await counted(parts, run.tenant_id) == {"tenant": 2, "user": 2}
    error = refused.value
    assert (error.scope, error.budget["unit"], error.budget["limit"], error.budget["spent"]) == (
        scope,
        "agent_turns",
        2,
        2,
    )
    assert str(error.remaining["resets_at"]).endswith("Z")


async def test_such_a_run_says_what_it_waits_for_and_goes_on_afterwards(parts: Parts) -> None:
    play, run = Played(parts, [[code()]]), await a_run(parts.owner, steps=[agent_step()])
    await limited(parts, run.tenant_id, operator_bounds={"quotas": {"tenant": {QUOTA: 0}}})
    work = await taken(parts, run, "explore")
    with pytest.raises(BudgetExceeded) as refused:
        await play.engine(work).run(work)
    await parts.writer.out_of_budget(work.claim.lease_fence(), refused.value)
    async with parts.owner.tenant(run.tenant_id) as tx:
        row = (
            await tx.execute(
                text(
                    """SELECT r.status, r.pause_reason, e.data FROM runs r JOIN run_events e USING (tenant_id, run_id)
                       WHERE r.run_id = :run_id AND e.type = 'run.paused'"""
                ),
                {"run_id": run.run_id},
            )
        ).one()
    assert (row.status, row.pause_reason) == ("PAUSED", "budget")
    assert row.data["detail"] == "the tenant has used up the quota of agent turns a day: 0 of 0"
    assert row.data["resets_at"]


async def test_a_turn_that_is_sent_again_counts_once(parts: Parts) -> None:
    play, run = Played(parts, [[code()]]), await a_run(parts.owner, steps=[agent_step()])
    work = await taken(parts, run, "explore")
    for _ in range(2):
        await play.engine(work).run(work)
    assert await counted(parts, run.tenant_id) == {"tenant": 1, "user": 1}


async def test_a_step_with_one_turn_of_its_own_does_not_count(parts: Parts) -> None:
    step = {"name": "explore", "kind": "llm", "prompt": "Count."}
    play, run = Played(parts, ["three"]), await a_run(parts.owner, steps=[step])
    await limited(parts, run.tenant_id, quotas={"tenant": {QUOTA: 0}})
    await play.tick(run)
    assert await counted(parts, run.tenant_id) == {}


async def test_of_many_turns_at_once_exactly_so_many_begin_as_are_left(parts: Parts) -> None:
    tenant = await a_tenant(parts.owner)
    runs = [await a_run(parts.owner, tenant=tenant, steps=[agent_step()]) for _ in range(9)]
    works = [await taken(parts, run, "explore") for run in runs]
    await limited(parts, tenant[0], quotas={"tenant": {QUOTA: 4}, "user": {QUOTA: 6}})

    async def began(place: int) -> bool:
        try:
            async with parts.orchestrator.tenant(tenant[0]) as tx:
                await count_turn(tx, works[place].claim)
        except BudgetExceeded:
            return False
        return True

    assert sum(await asyncio.gather(*(began(place) for place in range(9)))) == 4
    assert await counted(parts, tenant[0]) == {"tenant": 4, "user": 4}
