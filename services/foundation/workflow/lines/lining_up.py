"""Puts steps that could run into their lines, with their tokens on their rows."""

from collections.abc import Sequence

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.storage.execution.dispatches import StepDispatch, asked_of
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text

# A step's place is where its run stands: behind the run's other waiting steps, and level with whoever is first in the
# line. So a run with a thousand steps and one with a single step take turns, whichever came first.
_LINE_UP = text(
    """WITH asked AS MATERIALIZED (
           SELECT * FROM jsonb_to_recordset(CAST(:asked AS jsonb))
                         AS a(step_id uuid, generation int, tick int, task_token text)),
       could AS MATERIALIZED (
           SELECT s.step_id, s.run_id, s.position, s.item_index, s.resources FROM steps s
           WHERE s.tenant_id = :tenant_id AND s.step_id = ANY(CAST(:ids AS uuid[])) AND s.unmet_needs = 0
             AND s.kind NOT IN ('approval', 'run') AND s.status IN ('QUEUED', 'WAITING', 'RETRYING')
           ORDER BY s.step_id FOR UPDATE),
       placed AS (
           SELECT c.step_id, r.line,
                  GREATEST(front.rank, behind.rank)
                      + row_number() OVER (PARTITION BY c.run_id ORDER BY c.position, c.item_index) - 1 AS rank
           FROM could c
           CROSS JOIN LATERAL (
               SELECT r.task_id || ' ' || r.priority || ' ' || COALESCE(c.resources::text, '') AS line FROM runs r
               WHERE r.tenant_id = :tenant_id AND r.run_id = c.run_id AND r.status = 'RUNNING' LIMIT 1) r
           CROSS JOIN LATERAL (
               SELECT COALESCE((SELECT w.wait_rank FROM steps w
                                WHERE w.tenant_id = :tenant_id AND w.wait_line = r.line
                                  AND w.status = 'WAITING' AND w.wait_reason IN ('slot', 'resource')
                                ORDER BY w.wait_rank LIMIT 1), 0) AS rank) front
           CROSS JOIN LATERAL (
               SELECT COALESCE((SELECT w.wait_rank + 1 FROM steps w
                                WHERE w.tenant_id = :tenant_id AND w.run_id = c.run_id
                                  AND w.status = 'WAITING' AND w.wait_reason IN ('slot', 'resource')
                                ORDER BY w.wait_rank DESC LIMIT 1), 0) AS rank) behind)
       UPDATE steps s
       SET status = 'WAITING', wait_reason = 'slot', waiting_since = COALESCE(s.waiting_since, now()),
           wait_line = p.line, wait_rank = p.rank, wait_for = NULL, task_token = a.task_token, retry_at = NULL,
           attempt = s.attempt + CASE WHEN s.status = 'RETRYING' THEN 1 ELSE 0 END,
           clock_left = COALESCE(EXTRACT(EPOCH FROM s.deadline_at - now()), s.clock_left), deadline_at = NULL
       FROM placed p JOIN asked a USING (step_id)
       WHERE s.tenant_id = :tenant_id AND s.step_id = p.step_id AND s.generation = a.generation AND s.tick = a.tick
       RETURNING s.run_id, s.step_id"""
)


async def line_up(tx: Transaction, tenant_id: TenantId, dispatches: Sequence[StepDispatch]) -> dict[StepId, RunId]:
    """Lets those of the steps wait for a slot that could run now; returns them, each with its run.

    Their own clocks stand meanwhile. A step that was to be tried again counts that attempt here, as its claim will not
    find it RETRYING any more. Asking somebody and starting a run wait for no slot, because a worker does nothing else.
    """
    rows = await tx.execute(
        _LINE_UP,
        {
            "tenant_id": tenant_id,
            "ids": [dispatch.step_id for dispatch in dispatches],
            "asked": jsonb(asked_of(dispatches)),
        },
    )
    placed = {StepId(row.step_id): RunId(row.run_id) for row in rows}
    if placed:
        # Another worker may have a slot for them.
        await tx.execute(text("SELECT pg_notify('lines', '')"))
    return placed


async def mark_lacking(tx: Transaction, tenant_id: TenantId, *, line: str, lacks: str) -> dict[StepId, RunId]:
    """Notes what all the steps of a line wait for; returns those of which that was not known, each with its run."""
    rows = await tx.execute(
        text(
            """WITH standing AS MATERIALIZED (
                   SELECT s.step_id FROM steps s
                   WHERE s.tenant_id = :tenant_id AND s.wait_line = :line
                     AND s.status = 'WAITING' AND s.wait_reason IN ('slot', 'resource')
                     AND s.wait_for IS DISTINCT FROM :lacks
                   ORDER BY s.step_id FOR UPDATE)
               UPDATE steps s SET wait_reason = 'resource', wait_for = :lacks
               FROM standing w WHERE s.tenant_id = :tenant_id AND s.step_id = w.step_id
               RETURNING s.run_id, s.step_id"""
        ),
        {"tenant_id": tenant_id, "line": line, "lacks": lacks},
    )
    return {StepId(row.step_id): RunId(row.run_id) for row in rows}
