"""The usage of a run by model, and the models that a tenant has called, from the ledger."""

from dataclasses import dataclass

from sqlalchemy import text

from foundation.domain.ids import RunId, TenantId
from foundation.storage.session.database import Transaction


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """What the calls of one provider's model came to, in tokens and nano-dollars."""

    provider: str
    model: str
    calls: int
    tokens: int
    cost_nano_usd: int


async def of_run_by_model(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> list[ModelUsage]:
    """Attempts, tokens and cost of a run by provider and model; corrections are part of the sums."""
    rows = await tx.execute(
        text(
            """SELECT provider, model, count(*) FILTER (WHERE kind = 'attempt') AS calls,
                      sum(total_tokens)::bigint AS tokens, sum(cost_nano_usd)::bigint AS cost
               FROM llm_events WHERE tenant_id = :tenant_id AND run_id = :run_id
               GROUP BY provider, model ORDER BY provider, model"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return [ModelUsage(row.provider, row.model, row.calls, row.tokens, row.cost) for row in rows]


async def models_called(tx: Transaction, tenant_id: TenantId, *, days: int) -> set[tuple[str, str]]:
    """Provider and model of each attempt of these last days."""
    rows = await tx.execute(
        text(
            """SELECT DISTINCT provider, model FROM llm_events
               WHERE tenant_id = :tenant_id AND event_day > current_date - CAST(:days AS int)"""
        ),
        {"tenant_id": tenant_id, "days": days},
    )
    return {(row.provider, row.model) for row in rows}
