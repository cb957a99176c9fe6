"""What happened in a run, numbered without gaps in the transaction that made it happen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb


@dataclass(frozen=True, slots=True)
class Event:
    type: str
    step_id: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunAfter:
    """The run's row as it is locked now: what the writer may go by until commit."""

    status: str
    generation: int


async def latest(tx: Transaction, tenant_id: UUID, run_id: UUID, type_: str) -> tuple[datetime, dict[str, Any]] | None:
    """When the last event of this type happened, and what it told."""
    row = (
        await tx.execute(
            text(
                """SELECT at, data FROM run_events
                   WHERE tenant_id = :tenant_id AND run_id = :run_id AND type = :type ORDER BY seq DESC LIMIT 1"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id, "type": type_},
        )
    ).first()
    return None if row is None else (row.at, row.data)


async def append(tx: Transaction, tenant_id: UUID, run_id: UUID, events: Sequence[Event]) -> RunAfter:
    """Appends events and marks progress; locks the run's row, so call it last."""
    row = (
        await tx.execute(
            text(
                """WITH run AS (
                       UPDATE runs SET last_seq = last_seq + :count, progressed_at = now()
                       WHERE tenant_id = :tenant_id AND run_id = :run_id
                       RETURNING last_seq, status, generation),
                   written AS (
                       INSERT INTO run_events (tenant_id, run_id, seq, type, step_id, data)
                       SELECT :tenant_id, :run_id, run.last_seq - :count + e.place, e.type, e.step_id, e.data
                       FROM run, ROWS FROM (
                           jsonb_to_recordset(CAST(:events AS jsonb)) AS (type text, step_id uuid, data jsonb)
                       ) WITH ORDINALITY AS e(type, step_id, data, place))
                   SELECT status, generation FROM run"""
            ),
            {
                "tenant_id": tenant_id,
                "run_id": run_id,
                "count": len(events),
                "events": jsonb(
                    [
                        {
                            "type": event.type,
                            "step_id": str(event.step_id) if event.step_id else None,
                            "data": event.data,
                        }
                        for event in events
                    ]
                ),
            },
        )
    ).one()
    return RunAfter(row.status, row.generation)
