"""The stamps of steps: when each began to exist, could run, was held, asked models and tools, and ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.run_events import RunEventType
from foundation.domain.states import StepKind, StepStatus, WaitReason
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class TimedStep:
    """A step of a plan; `needs_ended_at` is when its last need ended, None while one has not, or where it has none."""

    step_id: StepId
    name: str
    kind: StepKind
    status: StepStatus
    position: int
    has_needs: bool
    is_copied: bool
    created_at: datetime
    ended_at: datetime | None
    needs_ended_at: datetime | None
    read_at: datetime
    """The database's time when this was read."""


@dataclass(frozen=True, slots=True)
class StepMark:
    """An event of a step, with what it waits for from then on."""

    step_id: StepId
    at: datetime
    type: RunEventType
    waits_for: WaitReason | None


@dataclass(frozen=True, slots=True)
class Span:
    """A call of a step's model or tool; it is open where nothing was recorded of its end."""

    step_id: StepId
    began_at: datetime
    ended_at: datetime | None


async def page(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, *, limit: int, after: int | None
) -> list[TimedStep]:
    """The run's own steps in topological order, without their items."""
    rows = (
        await tx.execute(
            text(
                """SELECT clock_timestamp() AS read_at, s.step_id, s.name, s.kind, s.status, s.position,
                          s.needs <> '{}' AS has_needs, s.copied_from IS NOT NULL AS is_copied, s.created_at,
                          s.ended_at,
                          CASE WHEN s.unmet_needs = 0 OR s.ended_at IS NOT NULL THEN (
                              SELECT max(n.ended_at) FROM step_needs d
                              JOIN steps n ON n.tenant_id = d.tenant_id AND n.step_id = d.needs_id
                              WHERE d.tenant_id = s.tenant_id AND d.step_id = s.step_id) END AS needs_ended_at
                   FROM steps s
                   WHERE s.tenant_id = :tenant_id AND s.run_id = :run_id AND s.parent_id IS NULL
                     AND (CAST(:after AS int) IS NULL OR s.position > :after)
                   ORDER BY s.position LIMIT :limit"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id, "limit": limit, "after": after},
        )
    ).all()
    return [value_of(TimedStep, row) for row in rows]


async def marks(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, step_ids: Sequence[StepId]
) -> tuple[list[StepMark], list[tuple[datetime, RunEventType]]]:
    """The events of these steps, and those by which the run was paused and went on, each list in order."""
    rows = (
        await tx.execute(
            text(
                """SELECT step_id, at, type, data ->> 'for' AS waits_for FROM run_events
                   WHERE tenant_id = :tenant_id AND run_id = :run_id
                     AND (step_id = ANY(CAST(:step_ids AS uuid[]))
                          OR type IN ('run.paused', 'run.generation_opened', 'run.running'))
                   ORDER BY seq"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id, "step_ids": list(step_ids)},
        )
    ).all()
    of_steps = [
        StepMark(row.step_id, row.at, RunEventType(row.type), WaitReason(row.waits_for) if row.waits_for else None)
        for row in rows
        if row.step_id is not None
    ]
    return of_steps, [(row.at, RunEventType(row.type)) for row in rows if row.step_id is None]


async def model_calls(tx: Transaction, tenant_id: TenantId, step_ids: Sequence[StepId]) -> list[Span]:
    """From when each question was prepared until its answer was recorded."""
    rows = await tx.execute(
        text(
            """SELECT step_id, prepared_at AS began_at, recorded_at AS ended_at FROM turns
               WHERE tenant_id = :tenant_id AND step_id = ANY(CAST(:step_ids AS uuid[])) ORDER BY prepared_at"""
        ),
        {"tenant_id": tenant_id, "step_ids": list(step_ids)},
    )
    return [value_of(Span, row) for row in rows]


async def tool_jobs(tx: Transaction, tenant_id: TenantId, step_ids: Sequence[StepId]) -> list[Span]:
    """From when each job was last submitted until its result was recorded, the wait for a place included."""
    rows = await tx.execute(
        text(
            """SELECT step_id, last_started_at AS began_at, ended_at FROM tool_events
               WHERE tenant_id = :tenant_id AND step_id = ANY(CAST(:step_ids AS uuid[])) ORDER BY last_started_at"""
        ),
        {"tenant_id": tenant_id, "step_ids": list(step_ids)},
    )
    return [value_of(Span, row) for row in rows]
