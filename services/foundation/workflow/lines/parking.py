"""Parks steps whose needs have not ended: they wait with their tokens on their rows, and no worker waits with them."""

from collections.abc import Sequence

from foundation.contracts.run_events import StepWaiting
from foundation.domain.ids import RunId, StepId
from foundation.domain.states import WaitReason
from foundation.storage.execution import run_events
from foundation.storage.execution.dispatches import StepDispatch, asked_of
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text

_PARK = text(
    """WITH asked AS MATERIALIZED (
           SELECT * FROM jsonb_to_recordset(CAST(:asked AS jsonb))
                         AS a(step_id uuid, generation int, tick int, task_token text)),
       could AS (
           SELECT s.step_id FROM steps s
           WHERE s.tenant_id = :tenant_id AND s.step_id = ANY(CAST(:ids AS uuid[])) AND s.unmet_needs > 0
             AND s.status IN ('QUEUED', 'WAITING')
           ORDER BY s.step_id FOR UPDATE),
       changed AS (
           UPDATE steps s SET status = 'WAITING', wait_reason = 'dependency', task_token = a.task_token,
                              waiting_since = COALESCE(s.waiting_since, now())
           FROM could c JOIN asked a USING (step_id)
           WHERE s.tenant_id = :tenant_id AND s.step_id = c.step_id AND s.generation = a.generation AND s.tick = a.tick
           RETURNING s.step_id, s.position),""",
    run_events.OF_EACH_CHANGED,
    "SELECT step_id FROM changed",
)


async def park(tx: Transaction, run_id: RunId, dispatches: Sequence[StepDispatch]) -> frozenset[StepId]:
    """Lets those of a run's steps that have unmet needs wait for them, with their tokens on their rows; returns them.

    Their events are appended with it, which locks the run's row.
    """
    tenant_id = dispatches[0].tenant_id
    waits = StepWaiting(step_id=dispatches[0].step_id, waits_for=WaitReason.DEPENDENCY)
    rows = await tx.execute(
        _PARK,
        {
            "tenant_id": tenant_id,
            "run_id": run_id,
            "ids": [dispatch.step_id for dispatch in dispatches],
            "asked": jsonb(asked_of(dispatches)),
            "event_type": waits.event_type,
            "event_data": jsonb(waits.data()),
        },
    )
    return frozenset(StepId(row.step_id) for row in rows)
