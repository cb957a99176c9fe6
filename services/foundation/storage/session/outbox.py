"""Side effects that wait to leave: written with the state that causes them, sent after commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


class OutboxKind(StrEnum):
    """What leaves: calls to Step Functions and to the gateway, and messages to the steps queue."""

    START_EXECUTION = "start_execution"
    STOP_EXECUTION = "stop_execution"
    CLOSE_RUN = "close_run"
    """Tells the gateway that the run takes no more calls."""
    CONFIRM_USAGE = "confirm_usage"
    """Asks whether the ledger has all that an ended run used."""
    STEP_MESSAGE = "step_message"
    STEP_CALLBACK = "step_callback"
    """The answer to a step's task token."""
    FOLLOW_PARENT = "follow_parent"
    """Has a sub-run do what the state of the run above asks for."""


@dataclass(frozen=True, slots=True)
class OutboxEffect:
    """What is to be sent once this transaction has committed; `delay_seconds` from now."""

    kind: OutboxKind
    run_id: RunId
    payload: dict[str, Any]
    step_id: StepId | None = None
    delay_seconds: float = 0


WRITE = """INSERT INTO outbox (tenant_id, run_id, step_id, kind, payload, not_before)
           SELECT :tenant_id, e.run_id, e.step_id, e.kind, e.payload, now() + e.delay * interval '1 second'
           FROM jsonb_to_recordset(CAST(:effects AS jsonb))
                AS e(run_id uuid, step_id uuid, kind text, payload jsonb, delay float)"""
"""Writes `rows_of` some effects as `effects`; also a part of the statement that appends the events of their cause."""


def rows_of(effects: Sequence[OutboxEffect]) -> str | None:
    """The effects as JSON, for `WRITE`."""
    return jsonb(
        [
            {
                "run_id": str(effect.run_id),
                "step_id": str(effect.step_id) if effect.step_id else None,
                "kind": effect.kind.value,
                "payload": effect.payload,
                "delay": effect.delay_seconds,
            }
            for effect in effects
        ]
    )


async def write(tx: Transaction, tenant_id: TenantId, effects: Sequence[OutboxEffect]) -> None:
    """Writes effects without an event. `run_events.append` takes those of an event with it."""
    if effects:
        await tx.execute(text(WRITE), {"tenant_id": tenant_id, "effects": rows_of(effects)})


async def is_waiting(tx: Transaction, tenant_id: TenantId, run_id: RunId, kind: OutboxKind) -> bool:
    """Whether such an effect of the run has not been delivered yet."""
    row = await tx.execute(
        text("SELECT 1 FROM outbox WHERE tenant_id = :tenant_id AND run_id = :run_id AND kind = :kind LIMIT 1"),
        {"tenant_id": tenant_id, "run_id": run_id, "kind": kind.value},
    )
    return row.first() is not None


@dataclass(frozen=True, slots=True)
class Due:
    """An effect leased for sending; `wait_seconds` is what is left until its time."""

    outbox_id: int
    tenant_id: TenantId
    run_id: RunId
    step_id: StepId | None
    kind: OutboxKind
    payload: dict[str, Any]
    attempts: int
    wait_seconds: float


# Materialized, because a plan may run a subquery once for each row, which then leases more than its LIMIT.
_LEASE = text(
    """WITH gone AS (DELETE FROM outbox WHERE outbox_id = ANY(CAST(:delivered AS bigint[]))),
       next AS MATERIALIZED (
           SELECT outbox_id FROM outbox
           WHERE kind = ANY(:kinds) AND (leased_until IS NULL OR leased_until < now())
             AND outbox_id <> ALL(CAST(:delivered AS bigint[]))
             AND not_before <= now() + CASE WHEN kind = ANY(:ahead_kinds) THEN :ahead * interval '1 second'
                                            ELSE interval '0' END
           ORDER BY outbox_id LIMIT :limit FOR UPDATE SKIP LOCKED)
       UPDATE outbox SET attempts = attempts + 1, leased_until = now() + :lease * interval '1 second'
       FROM next WHERE outbox.outbox_id = next.outbox_id
       RETURNING outbox.outbox_id, tenant_id, run_id, step_id, kind, payload, attempts,
                 GREATEST(EXTRACT(EPOCH FROM not_before - now()), 0)::float AS wait_seconds"""
)


async def lease_due(
    tx: Transaction,
    kinds: Sequence[OutboxKind],
    *,
    ahead_kinds: Sequence[OutboxKind],
    limit: int,
    lease_seconds: float,
    ahead_seconds: float,
    delivered: Sequence[int] = (),
) -> list[Due]:
    """Takes what is due for this relay alone, until the lease ends; `ahead_kinds` also `ahead_seconds` before time.

    `delivered` are those of the last time that were sent: they are deleted.
    """
    rows = await tx.execute(
        _LEASE,
        {
            "kinds": [kind.value for kind in kinds],
            "ahead_kinds": [kind.value for kind in ahead_kinds],
            "limit": limit,
            "lease": lease_seconds,
            "ahead": ahead_seconds,
            "delivered": list(delivered),
        },
    )
    due = [value_of(Due, row) for row in rows]
    return sorted(due, key=lambda effect: effect.outbox_id)


async def delete(tx: Transaction, outbox_ids: Sequence[int]) -> None:
    """Deletes effects that were sent."""
    await tx.execute(text("DELETE FROM outbox WHERE outbox_id = ANY(:ids)"), {"ids": list(outbox_ids)})


async def postpone(tx: Transaction, outbox_id: int, *, seconds: float, error: str) -> None:
    """Keeps an effect that could not be sent, for `seconds`, with what went wrong."""
    await tx.execute(
        text(
            """UPDATE outbox SET leased_until = now() + :seconds * interval '1 second', last_error = :error
               WHERE outbox_id = :id"""
        ),
        {"id": outbox_id, "seconds": seconds, "error": error[:500]},
    )
