"""The events of a run, numbered without gaps by the transaction that causes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from foundation.contracts.run_events import RunEvent, StepEvent
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.outbox import OutboxEffect
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class LockedRun:
    """The run's row, which the appending transaction has locked until it commits."""

    status: str
    generation: int
    awaits_approval: bool


E = TypeVar("E", bound=RunEvent)


@dataclass(frozen=True, slots=True)
class Dated(Generic[E]):
    """An event and when it happened."""

    at: datetime
    event: E


async def latest(tx: Transaction, tenant_id: TenantId, run_id: RunId, kind: type[E]) -> Dated[E] | None:
    """The run's last event of this kind."""
    row = (
        await tx.execute(
            text(
                """SELECT at, data FROM run_events
                   WHERE tenant_id = :tenant_id AND run_id = :run_id AND type = :type ORDER BY seq DESC LIMIT 1"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id, "type": kind.type},
        )
    ).first()
    return None if row is None else Dated(row.at, kind.model_validate(row.data))


S = TypeVar("S", bound=StepEvent)


async def latest_of_steps(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, kind: type[S], step_ids: Sequence[StepId]
) -> dict[StepId, S]:
    """The last event of this kind of each of the steps that has one."""
    if not step_ids:
        return {}
    rows = await tx.execute(
        text(
            """SELECT DISTINCT ON (step_id) step_id, data FROM run_events
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND type = :type AND step_id = ANY(:steps)
               ORDER BY step_id, seq DESC"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "type": kind.type, "steps": list(step_ids)},
    )
    return {row.step_id: kind.model_validate({**row.data, "step_id": row.step_id}) for row in rows}


_APPENDED = """run AS (
           UPDATE runs SET last_seq = last_seq + :count, progressed_at = now(),
                           last_xact = GREATEST(last_xact, pg_current_xact_id())
           WHERE tenant_id = :tenant_id AND run_id = :run_id
           RETURNING last_seq, last_xact, status, generation, awaits_approval),
       written AS (
           INSERT INTO run_events (tenant_id, run_id, seq, xact, type, step_id, data)
           SELECT :tenant_id, :run_id, run.last_seq - :count + e.place, run.last_xact, e.type, e.step_id, e.data
           FROM run, ROWS FROM (
               jsonb_to_recordset(CAST(:events AS jsonb)) AS (type text, step_id uuid, data jsonb)
           ) WITH ORDINALITY AS e(type, step_id, data, place))"""
_RUN = "SELECT status, generation, awaits_approval FROM run"
_APPEND = text("WITH", _APPENDED, _RUN)
_APPEND_AND_SEND = text("WITH", _APPENDED, ", sent AS (", outbox.WRITE, ")", _RUN)

OF_EACH_CHANGED = """run AS (
           UPDATE runs r SET last_seq = r.last_seq + c.steps, progressed_at = now(),
                             last_xact = GREATEST(r.last_xact, pg_current_xact_id())
           FROM (SELECT count(*) AS steps FROM changed) c
           WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id AND c.steps > 0
           RETURNING r.last_seq - c.steps AS seq_before, r.last_xact),
       told AS (
           INSERT INTO run_events (tenant_id, run_id, seq, xact, type, step_id, data)
           SELECT :tenant_id, :run_id, run.seq_before + row_number() OVER (ORDER BY c.position, c.step_id),
                  run.last_xact, :event_type, c.step_id, CAST(:event_data AS jsonb)
           FROM run, changed c)"""
"""Appends the same event for each step that the part before it, `changed` (step_id, position), returns."""


async def append(
    tx: Transaction,
    tenant_id: TenantId,
    run_id: RunId,
    events: Sequence[RunEvent],
    *,
    effects: Sequence[OutboxEffect] = (),
) -> LockedRun:
    """Appends events and marks progress. Call it last, because it locks the run's row, for which others then wait.

    `effects` are what is to be sent once this transaction has committed; they cost no round trip of their own.
    """
    values = {"tenant_id": tenant_id, "run_id": run_id, "count": len(events), "events": jsonb(_rows_of(events))}
    if effects:
        values["effects"] = outbox.rows_of(effects)
    row = (await tx.execute(_APPEND_AND_SEND if effects else _APPEND, values)).one()
    return LockedRun(row.status, row.generation, row.awaits_approval)


def _rows_of(events: Sequence[RunEvent]) -> list[dict[str, Any]]:
    return [
        {
            "type": event.event_type,
            "step_id": str(event.step_id) if isinstance(event, StepEvent) else None,
            "data": event.data(),
        }
        for event in events
    ]
