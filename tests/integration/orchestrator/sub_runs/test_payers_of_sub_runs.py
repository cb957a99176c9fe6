"""Who retries a run pays for what it costs from then on, and for the runs below it."""

from sqlalchemy import text

from fixtures.running.asking import taken
from fixtures.running.below import a_family, child_of, finalized, initialised, row_of, started
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun
from fixtures.running.works import a_failure
from foundation.contracts.steps.base import Budget
from foundation.domain.ids import ApiKeyId, new_uuid
from foundation.domain.people.payers import Payer
from foundation.domain.reruns import steps_to_retry
from foundation.workflow.reruns import reopening
from foundation.workflow.reruns.reopening import RetryPlan
from orchestrator.clients.model_gateway.openai_client import claims_of

NOPE = a_failure("exit_code", "the program ended with 1")


async def failed(parts: Parts, run: ARun) -> None:
    work = await taken(parts, run, "first")
    assert not await parts.writer.failed(work.claim.lease_fence(), NOPE)


async def execute(parts: Parts, run: ARun, statement: str) -> None:
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(text(statement), {"run": run.run_id})


async def retried(parts: Parts, run: ARun, payer: Payer) -> ARun:
    async with parts.owner.tenant(run.tenant_id) as tx:
        row, steps = await reopening.lock(tx, run.tenant_id, run.run_id)
        assert row is not None
        again = steps_to_retry(list(steps.values()), named=())
        await reopening.reopen(tx, row, steps, RetryPlan("test", payer, again, Budget()))
    return await initialised(parts, run, run.run_id)


async def test_who_retries_a_run_pays_for_it_and_for_the_runs_below_whether_they_go_on_or_are_new(parts: Parts) -> None:
    run = await a_family(parts, inner=[{"name": "first", "kind": "noop"}])
    child = await child_of(parts, run)
    await failed(parts, child)
    await finalized(parts, child)
    await finalized(parts, run)
    other = Payer(run.user_id, ApiKeyId(new_uuid()))
    again = await retried(parts, run, other)
    assert await started(parts, again, generation=2) == child.run_id
    second = await initialised(parts, run, child.run_id)
    work = await taken(parts, second, "first", generation=2)
    assert (claims_of(work).user_id, claims_of(work).api_key_id) == (other.user_id, other.api_key_id)
    assert not await parts.writer.failed(work.claim.lease_fence(), NOPE)
    await finalized(parts, second)
    await finalized(parts, run)
    await execute(parts, run, """UPDATE runs SET input = '{"other": true}' WHERE parent_run_id = :run""")
    third = Payer(run.user_id, ApiKeyId(new_uuid()))
    again = await retried(parts, run, third)
    anew = await started(parts, again, generation=3)
    assert anew != child.run_id
    row = await row_of(parts, run, anew)
    assert (row.created_by, row.payer_key_id) == (third.user_id, third.api_key_id)
