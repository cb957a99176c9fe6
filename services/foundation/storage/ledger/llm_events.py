"""The ledger of model calls: append-only events, and what is summed from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from psycopg import DataError, IntegrityError
from sqlalchemy import Text, bindparam, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from foundation.domain.errors import LockstepError
from foundation.domain.ids import ApiKeyId, RunId, StepId, TenantId, UserId
from foundation.storage.ledger.events_table import LLM_EVENTS
from foundation.storage.ledger.sums import LedgerSum
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import put_together, text


class EventRefused(LockstepError):
    """The ledger's constraints do not hold for an event."""

    code = "event_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedByCaller(LedgerSum):
    """What one user through one key was charged on one day; None where there was no user or key."""

    tenant_id: TenantId
    user_id: UserId | None
    api_key_id: ApiKeyId | None
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedByStep(LedgerSum):
    """What one step's calls were charged."""

    tenant_id: TenantId
    run_id: RunId
    step_id: StepId


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedByAncestor(LedgerSum):
    """What all runs below a run were charged together."""

    tenant_id: TenantId
    run_id: RunId


@dataclass(frozen=True, slots=True, kw_only=True)
class CommittedByTenant(LedgerSum):
    """What a tenant was charged in all."""

    tenant_id: TenantId


@dataclass(frozen=True, slots=True)
class RunState:
    """A run's newest generation, and whether it has ended."""

    tenant_id: TenantId
    run_id: RunId
    generation: int
    ended: bool


@dataclass(frozen=True, slots=True)
class StepFence:
    """The fence that a step's row has now."""

    tenant_id: TenantId
    run_id: RunId
    step_id: StepId
    fence: int


_NAMES = [one.name for one in LLM_EVENTS.columns]
_GIVEN = func.jsonb_populate_recordset(
    literal_column("CAST(NULL AS llm_events)"), cast(bindparam("events", type_=Text), JSONB)
).table_valued(*_NAMES)
_INSERT, _ = put_together(
    insert(LLM_EVENTS).from_select(_NAMES, select(*(_GIVEN.c[name] for name in _NAMES))).on_conflict_do_nothing()
)


async def insert_llm_events(tx: Transaction, events: Sequence[bytes]) -> None:
    """Append events, each a JSON object with all columns; events that the ledger has already are skipped.

    `EventRefused` undoes all of them. The batch is one parameter, because a parameter for each value of a thousand
    events would cost the gateway more time than the calls themselves.
    """
    try:
        await tx.execute(_INSERT, {"events": (b"[" + b",".join(events) + b"]").decode()})
    except (IntegrityError, DataError) as error:
        raise EventRefused(f"the ledger refuses an event: {error}") from error


async def recorded_event_ids(tx: Transaction, events: Sequence[tuple[UUID, date, UUID]]) -> set[UUID]:
    """The ids of those of these (tenant, day, event) that the ledger has."""
    rows = await tx.execute(
        text(
            "SELECT e.event_id FROM llm_events e"
            " JOIN unnest(CAST(:tenants AS uuid[]), CAST(:days AS date[]), CAST(:ids AS uuid[]))"
            " AS asked (tenant_id, event_day, event_id) USING (tenant_id, event_day, event_id)"
        ),
        {
            "tenants": [str(tenant_id) for tenant_id, _, _ in events],
            "days": [day.isoformat() for _, day, _ in events],
            "ids": [str(event_id) for _, _, event_id in events],
        },
    )
    return set(rows.scalars())


async def committed_by_caller(tx: Transaction) -> list[CommittedByCaller]:
    """Everything that was ever charged, by tenant, user, key and day."""
    rows = await tx.execute(
        text(
            "SELECT tenant_id, user_id, api_key_id, event_day AS day, sum(total_tokens)::bigint AS tokens,"
            " sum(cost_nano_usd)::bigint AS nano_usd FROM llm_events GROUP BY 1, 2, 3, 4"
        )
    )
    return [CommittedByCaller(**row) for row in rows.mappings()]


async def committed_by_step(tx: Transaction) -> list[CommittedByStep]:
    """What was charged to the runs that are open or ended within a day."""
    rows = await tx.execute(
        text(
            "SELECT e.tenant_id, e.run_id, e.step_id, sum(e.total_tokens)::bigint AS tokens,"
            " sum(e.cost_nano_usd)::bigint AS nano_usd FROM llm_events e"
            " LEFT JOIN runs r ON r.tenant_id = e.tenant_id AND r.run_id = e.run_id"
            " WHERE e.run_id IS NOT NULL AND (r.ended_at IS NULL OR r.ended_at > now() - interval '1 day')"
            " GROUP BY 1, 2, 3"
        )
    )
    return [CommittedByStep(**row) for row in rows.mappings()]


async def committed_by_ancestor(tx: Transaction) -> list[CommittedByAncestor]:
    """What the runs below them were charged, of runs that are open or ended within a day."""
    rows = await tx.execute(
        text(
            "SELECT e.tenant_id, above.run_id, sum(e.total_tokens)::bigint AS tokens,"
            " sum(e.cost_nano_usd)::bigint AS nano_usd FROM llm_events e"
            " CROSS JOIN LATERAL unnest(e.ancestor_run_ids) AS above (run_id)"
            " LEFT JOIN runs r ON r.tenant_id = e.tenant_id AND r.run_id = above.run_id"
            " WHERE e.ancestor_run_ids <> '{}' AND (r.ended_at IS NULL OR r.ended_at > now() - interval '1 day')"
            " GROUP BY 1, 2"
        )
    )
    return [CommittedByAncestor(**row) for row in rows.mappings()]


async def committed_by_tenant(tx: Transaction) -> list[CommittedByTenant]:
    """All that was ever charged, by tenant."""
    rows = await tx.execute(
        text(
            "SELECT tenant_id, sum(total_tokens)::bigint AS tokens, sum(cost_nano_usd)::bigint AS nano_usd"
            " FROM llm_events GROUP BY 1"
        )
    )
    return [CommittedByTenant(**row) for row in rows.mappings()]


async def tenants_without_counters(tx: Transaction) -> frozenset[TenantId]:
    """Those that are deleted, or about to be: their ledger stays, and nothing else counts what they spent."""
    rows = await tx.execute(text("SELECT tenant_id FROM tenant_deletions WHERE status IN ('running', 'deleted')"))
    return frozenset(rows.scalars())


async def live_run_states(tx: Transaction) -> list[RunState]:
    """The runs whose run tokens may still be in use: open, or ended within a day."""
    rows = await tx.execute(
        text(
            "SELECT tenant_id, run_id, generation, ended_at IS NOT NULL AS ended FROM runs"
            " WHERE ended_at IS NULL OR ended_at > now() - interval '1 day'"
        )
    )
    return [RunState(**row) for row in rows.mappings()]


async def live_step_fences(tx: Transaction) -> list[StepFence]:
    """The highest fence of each step of those runs."""
    rows = await tx.execute(
        text(
            "SELECT s.tenant_id, s.run_id, s.step_id, s.fence FROM steps s"
            " JOIN runs r ON r.tenant_id = s.tenant_id AND r.run_id = s.run_id"
            " WHERE s.fence > 0 AND (r.ended_at IS NULL OR r.ended_at > now() - interval '1 day')"
        )
    )
    return [StepFence(**row) for row in rows.mappings()]


async def attempts_to_reconcile(tx: Transaction, *, provider: str, first: date, last: date) -> list[dict[str, Any]]:
    """Attempts of these days with their report line, where there is one, and the sum of what each was charged so far.

    Days are the tenants' own; a report's are the provider's, so callers widen the range by a day at both ends.
    """
    rows = await tx.execute(
        text(
            "SELECT e.tenant_id, e.event_day, e.event_id, e.user_id, e.api_key_id, e.run_id, e.step_id, e.generation,"
            " e.fence, e.ancestor_run_ids, e.call_key, e.request_id, e.attempt, e.reason, e.bound_kind, e.dialect,"
            " e.route, e.provider, e.model, e.price_version, e.usage_source,"
            " e.bound_tokens, e.bound_nano_usd, e.started_at, e.settled_at,"
            " e.input_tokens + coalesce(a.input_tokens, 0) AS input_tokens,"
            " e.cached_input_tokens + coalesce(a.cached_input_tokens, 0) AS cached_input_tokens,"
            " e.output_tokens + coalesce(a.output_tokens, 0) AS output_tokens,"
            " e.total_tokens + coalesce(a.total_tokens, 0) AS total_tokens,"
            " e.cost_nano_usd + coalesce(a.cost_nano_usd, 0) AS cost_nano_usd,"
            " u.provider_request_id, u.day AS billed_day, u.input_tokens AS billed_input,"
            " u.cached_input_tokens AS billed_cached,"
            " u.output_tokens AS billed_output, u.cost_nano_usd AS billed_nano_usd"
            " FROM llm_events e"
            " LEFT JOIN provider_usage u ON u.provider = e.provider AND u.client_request_id = e.event_id::text"
            " LEFT JOIN LATERAL (SELECT sum(x.input_tokens)::bigint AS input_tokens,"
            "   sum(x.cached_input_tokens)::bigint AS cached_input_tokens,"
            "   sum(x.output_tokens)::bigint AS output_tokens,"
            "   sum(x.total_tokens)::bigint AS total_tokens, sum(x.cost_nano_usd)::bigint AS cost_nano_usd"
            "   FROM llm_events x WHERE x.tenant_id = e.tenant_id AND x.adjusts_event_id = e.event_id) a ON true"
            " WHERE e.kind = 'attempt' AND e.provider = :provider AND e.event_day BETWEEN :first AND :last"
            " ORDER BY e.event_day, e.event_id"
        ),
        {"provider": provider, "first": first, "last": last},
    )
    return [dict(row) for row in rows.mappings()]
