"""Sums of the ledger for rolling windows, as of the moments at which Redis counted the events.

An adjustment belongs to the moment of the attempt that it adjusts. An event's day is that of its reservation; nothing
settles more than `_LATEST_DAYS` after it, unless no gateway ran for so long.
"""

from dataclasses import dataclass
from uuid import UUID

from foundation.domain.budget_scopes import BudgetScope
from foundation.domain.ids import TenantId
from foundation.domain.money import Amount
from foundation.storage.ledger.sums import LedgerSum
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text

_LATEST_DAYS = 35

# Each query is joined from these texts alone: windows `w` (a scope each, and the moment `since` after which its events
# count), the sums that are wanted, and `_CHARGES`, which finds the events of each window.
_CHARGES = """
    FROM w
    JOIN llm_events e ON e.tenant_id = w.tenant_id
        AND w.scope_id = CASE w.scope WHEN 'tenant' THEN e.tenant_id WHEN 'user' THEN e.user_id ELSE e.api_key_id END
    LEFT JOIN llm_events original ON original.tenant_id = e.tenant_id AND original.event_day = e.event_day
        AND original.event_id = e.adjusts_event_id
    CROSS JOIN LATERAL (SELECT coalesce(original.settled_at, e.settled_at) AS at) AS moment
    WHERE e.event_day >= (w.since - make_interval(days => :latest))::date AND moment.at > w.since
"""
_SLICE_SUMS = """
    SELECT w.tenant_id, w.scope, w.scope_id, w.width_ms,
        floor(extract(epoch FROM moment.at) * 1000 / w.slice_ms)::bigint AS slice,
        sum(e.total_tokens)::bigint AS tokens, sum(e.cost_nano_usd)::bigint AS nano_usd
"""
_BY_SLICE = """
        AND extract(epoch FROM e.settled_at) * 1000 < w.before_ms
    GROUP BY 1, 2, 3, 4, 5
"""
_OF_ALL = """
    WITH w AS (
        SELECT tenant_id, scope, scope_id, window_seconds::bigint * 1000 AS width_ms,
            now() - make_interval(secs => 2 * window_seconds) AS since,
            ceil(window_seconds::bigint * 1000.0 / :slices) AS slice_ms, 'infinity'::numeric AS before_ms
        FROM budgets WHERE period = 'rolling'
    )
    SELECT tenant_id, scope, scope_id, width_ms, 0 AS slice, 0 AS tokens, 0 AS nano_usd FROM w UNION ALL
"""
_OF_ONE = """
    WITH w AS (
        SELECT current_tenant() AS tenant_id, CAST(:scope AS text) AS scope, CAST(:scope_id AS uuid) AS scope_id,
            CAST(:width_ms AS bigint) AS width_ms,
            now() - CAST(:width_ms AS bigint) * interval '2 milliseconds' AS since,
            CAST(:slice_ms AS numeric) AS slice_ms, CAST(:until_ms AS numeric) + 1 AS before_ms
    )
"""
_UNTIL_NOW = """
    WITH w AS (
        SELECT CAST(:tenant_id AS uuid) AS tenant_id, CAST(:scope AS text) AS scope,
            CAST(:scope_id AS uuid) AS scope_id, now() - make_interval(secs => :seconds) AS since
    )
    SELECT coalesce(sum(e.total_tokens), 0)::bigint AS tokens, coalesce(sum(e.cost_nano_usd), 0)::bigint AS nano_usd
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceSum(LedgerSum):
    """What was charged to a scope in one slice of a rolling window's time."""

    tenant_id: TenantId
    scope: str
    scope_id: UUID
    width_ms: int
    slice: int


async def committed_in_rolling_windows(tx: Transaction, *, slices: int) -> list[SliceSum]:
    """The sums of every rolling budget, with a row of zeros for each. A window has so many `slices`."""
    rows = await tx.execute(
        text(_OF_ALL + _SLICE_SUMS + _CHARGES + _BY_SLICE), {"slices": slices, "latest": _LATEST_DAYS}
    )
    return [SliceSum(**row) for row in rows.mappings()]


async def committed_in_rolling_window(
    tx: Transaction, *, scope: str, scope_id: UUID, width_ms: int, slice_ms: int, until_ms: int
) -> list[SliceSum]:
    """The sums of one scope of the transaction's tenant, of what was committed up to a millisecond."""
    window = {"scope": scope, "scope_id": scope_id, "width_ms": width_ms, "slice_ms": slice_ms, "until_ms": until_ms}
    rows = await tx.execute(text(_OF_ONE + _SLICE_SUMS + _CHARGES + _BY_SLICE), {**window, "latest": _LATEST_DAYS})
    return [SliceSum(**row) for row in rows.mappings()]


async def charged_within(
    tx: Transaction, tenant_id: TenantId, scope: BudgetScope, scope_id: UUID, *, seconds: int
) -> Amount:
    """What the scope was charged within the last `seconds`."""
    window = {"tenant_id": tenant_id, "scope": scope, "scope_id": scope_id, "seconds": seconds}
    row = await tx.execute(text(_UNTIL_NOW + _CHARGES), {**window, "latest": _LATEST_DAYS})
    sums = row.one()
    return Amount(sums.tokens, sums.nano_usd)
