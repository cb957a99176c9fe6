"""The usage of a scope within a rolling interval that ends now, from the ledger."""

from uuid import UUID

from sqlalchemy import text

from foundation.domain.budget_scopes import BudgetScope
from foundation.domain.ids import TenantId
from foundation.domain.money import Amount
from foundation.storage.session.database import Transaction


async def charged_within(
    tx: Transaction, tenant_id: TenantId, scope: BudgetScope, scope_id: UUID, *, seconds: int
) -> Amount:
    """What the scope was charged within the last `seconds`; an adjustment counts at the moment of its attempt.

    An event's day is that of its reservation in the tenant's calendar. The query therefore starts 35 days earlier,
    which is more than enough for a call that was settled much later.
    """
    row = await tx.execute(
        text(
            """SELECT coalesce(sum(e.total_tokens), 0)::bigint AS tokens,
                      coalesce(sum(e.cost_nano_usd), 0)::bigint AS nano_usd
               FROM llm_events e
               LEFT JOIN llm_events original ON original.tenant_id = e.tenant_id
                   AND original.event_day = e.event_day AND original.event_id = e.adjusts_event_id
               WHERE e.tenant_id = :tenant_id
                 AND CAST(:scope_id AS uuid) = CASE CAST(:scope AS text)
                     WHEN 'tenant' THEN e.tenant_id WHEN 'user' THEN e.user_id ELSE e.api_key_id END
                 AND e.event_day >= (now() - make_interval(secs => :seconds) - interval '35 days')::date
                 AND coalesce(original.settled_at, e.settled_at) > now() - make_interval(secs => :seconds)"""
        ),
        {"tenant_id": tenant_id, "scope": scope, "scope_id": scope_id, "seconds": seconds},
    )
    sums = row.one()
    return Amount(sums.tokens, sums.nano_usd)
