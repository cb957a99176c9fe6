"""Decides which of a tenant's waiting steps is next.

A line is of one task, priority and set of resources, and the line that was served longest ago comes first. A priority
moves that moment by a minute, so that whoever waits a minute longer stands where the next level stands. Within a line
the runs take turns.
"""

from collections.abc import Collection
from dataclasses import dataclass

from foundation.contracts.concurrency import ConcurrencyPolicy
from foundation.domain.ids import TenantId
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.workflow.lines.limits import StepNeeds, policy_of

# The lines are found one by one in the index, so that a line of thousands is not read through.
_FIRST_OF_EACH_LINE = text(
    """WITH RECURSIVE standing AS (
           (SELECT s.wait_line FROM steps s
            WHERE s.tenant_id = :tenant_id AND s.status = 'WAITING' AND s.wait_reason IN ('slot', 'resource')
            ORDER BY s.wait_line LIMIT 1)
           UNION ALL
           SELECT further.wait_line FROM standing l CROSS JOIN LATERAL (
               SELECT s.wait_line FROM steps s
               WHERE s.tenant_id = :tenant_id AND s.status = 'WAITING' AND s.wait_reason IN ('slot', 'resource')
                 AND s.wait_line > l.wait_line
               ORDER BY s.wait_line LIMIT 1) further)
       SELECT first.*, l.wait_line AS line,
              (SELECT t.settings -> 'concurrency' FROM tenants t WHERE t.tenant_id = :tenant_id) AS policy
       FROM standing l
       CROSS JOIN LATERAL (
           SELECT s.run_id, s.step_id, s.generation, s.tick, s.task_token, s.waiting_since, s.resources, s.wait_for,
                  r.priority, r.concurrency, r.task_id
           FROM steps s CROSS JOIN LATERAL (
               SELECT r.priority, r.concurrency, r.task_id FROM runs r
               WHERE r.tenant_id = :tenant_id AND r.run_id = s.run_id AND r.status = 'RUNNING' LIMIT 1) r
           WHERE s.tenant_id = :tenant_id AND s.status = 'WAITING' AND s.wait_reason IN ('slot', 'resource')
             AND s.wait_line = l.wait_line AND s.task_token IS NOT NULL
           ORDER BY s.wait_rank, s.waiting_since, s.step_id LIMIT 1) first
       LEFT JOIN lines v ON v.tenant_id = :tenant_id AND v.line = l.wait_line
       ORDER BY GREATEST(first.waiting_since, v.served_at)
                    + CASE first.priority WHEN 'high' THEN interval '-1 minute' WHEN 'low' THEN interval '1 minute'
                                          ELSE interval '0' END,
                first.waiting_since, first.step_id"""
)


@dataclass(frozen=True, slots=True)
class FirstInLine:
    """The first step of a line."""

    line: str
    dispatch: StepDispatch
    needs: StepNeeds
    lacks: str | None
    """What it was found to wait for last time, besides a slot."""


async def take_turns(tx: Transaction, tenant_id: TenantId) -> None:
    """Keeps all others from choosing among the tenant's waiting steps until this transaction ends.

    It comes before any row is locked, so that nobody waits for this while holding what this transaction needs.
    """
    await tx.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended('lines of ' || :tenant_id, 0))"),
        {"tenant_id": str(tenant_id)},
    )


async def first_of_each_line(tx: Transaction, tenant_id: TenantId) -> tuple[list[FirstInLine], ConcurrencyPolicy]:
    """The first steps of the tenant's lines, the next one first, and what the tenant limits.

    Lines of runs that do not run now are left out.
    """
    rows = (await tx.execute(_FIRST_OF_EACH_LINE, {"tenant_id": tenant_id})).all()
    firsts = [
        FirstInLine(
            row.line,
            StepDispatch(tenant_id, row.run_id, row.step_id, row.generation, row.tick, row.task_token),
            StepNeeds(row.task_id, row.concurrency, row.resources or {}),
            row.wait_for,
        )
        for row in rows
    ]
    return firsts, policy_of(rows[0].policy) if rows else ConcurrencyPolicy()


async def mark_served(tx: Transaction, tenant_id: TenantId, line: str) -> None:
    """Notes that a step of the line got a slot just now."""
    await tx.execute(
        text(
            """INSERT INTO lines (tenant_id, line) VALUES (:tenant_id, :line)
               ON CONFLICT (tenant_id, line) DO UPDATE SET served_at = now()"""
        ),
        {"tenant_id": tenant_id, "line": line},
    )


async def tenants_waiting(tx: Transaction, *, limit: int = 1000) -> Collection[TenantId]:
    """The tenants that have steps in line, across tenants."""
    rows = await tx.execute(
        text(
            """WITH RECURSIVE waiting AS (
                   (SELECT tenant_id FROM steps WHERE status = 'WAITING' AND wait_reason IN ('slot', 'resource')
                    ORDER BY tenant_id LIMIT 1)
                   UNION ALL
                   SELECT further.tenant_id FROM waiting w CROSS JOIN LATERAL (
                       SELECT s.tenant_id FROM steps s
                       WHERE s.status = 'WAITING' AND s.wait_reason IN ('slot', 'resource')
                         AND s.tenant_id > w.tenant_id
                       ORDER BY s.tenant_id LIMIT 1) further)
               SELECT tenant_id FROM waiting LIMIT :limit"""
        ),
        {"limit": limit},
    )
    return [TenantId(row.tenant_id) for row in rows]


async def count_in_line(tx: Transaction) -> int:
    """How many steps stand in line, across tenants."""
    rows = await tx.execute(
        text("SELECT count(*) FROM steps WHERE status = 'WAITING' AND wait_reason IN ('slot', 'resource')")
    )
    return int(rows.scalar_one())
