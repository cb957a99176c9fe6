"""Reads whether the ledger has all usage of a run, and marks the run's usage as final."""

from foundation.domain.ids import RunId, TenantId
from foundation.domain.money import Amount
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


async def unrecorded_answers(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> int:
    """How many of the models' answers that the run's steps have recorded are not in the ledger yet."""
    row = await tx.execute(
        text(
            """SELECT count(*) FROM steps s JOIN turns t USING (tenant_id, step_id)
               WHERE s.tenant_id = :tenant_id AND s.run_id = :run_id AND t.recorded_at IS NOT NULL
                 AND NOT EXISTS (SELECT FROM llm_events e
                                 WHERE e.tenant_id = s.tenant_id AND e.run_id = s.run_id
                                   AND e.step_id = s.step_id AND e.call_key = t.call_key)"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return int(row.scalar_one())


async def in_ledger(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> Amount:
    """What the run and every run below it were charged, as the ledger has it."""
    row = (
        await tx.execute(
            text(
                """SELECT COALESCE(sum(total_tokens), 0)::bigint AS tokens,
                          COALESCE(sum(cost_nano_usd), 0)::bigint AS nano_usd
                   FROM llm_events
                   WHERE tenant_id = :tenant_id AND (run_id = :run_id OR :run_id = ANY(ancestor_run_ids))"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id},
        )
    ).one()
    return Amount(int(row.tokens), int(row.nano_usd))


async def is_ended(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> bool:
    """Whether the run has ended, and was not opened again by a retry since."""
    row = await tx.execute(
        text("SELECT ended_at IS NOT NULL AS ended FROM runs WHERE tenant_id = :tenant_id AND run_id = :run_id"),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return bool(row.scalar_one_or_none())


async def mark(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> None:
    """Marks an ended run's usage as final: none of its budget is held, and the ledger has all that it committed."""
    await tx.execute(
        text(
            """UPDATE runs SET usage_final = true
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND ended_at IS NOT NULL"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
