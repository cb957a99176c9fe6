"""The database's side of InitRun and Finalize: a run's pinned plan, its steps, its clock, and how its steps ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from foundation.contracts.definition import TaskDefinition
from foundation.domain.failures import ErrorDocument
from foundation.domain.ids import RunId, TenantId, new_uuid
from foundation.domain.plan import topological
from foundation.domain.states import RunStatus, StepStatus
from foundation.storage.execution.dispatches import OpenBranch
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class PinnedPlan:
    """The definition that a run is bound to."""

    definition: TaskDefinition
    stop_cause: RunStatus | None
    error: ErrorDocument | None
    """What stopped the run, where something did."""


async def pinned_plan(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> PinnedPlan:
    row = (
        await tx.execute(
            text(
                """SELECT v.definition, r.stop_cause, r.error FROM runs r
                   JOIN task_versions v
                     ON v.tenant_id = r.tenant_id AND v.task_id = r.task_id AND v.version = r.task_version
                   WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id},
        )
    ).one()
    cause = RunStatus(row.stop_cause) if row.stop_cause else None
    return PinnedPlan(TaskDefinition.model_validate(row.definition), cause, row.error)


async def insert_steps(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, definition: TaskDefinition, *, generation: int
) -> None:
    """Inserts the steps in topological order. Ids rise with positions, so that locks by id are taken in that order."""
    steps = {step.name: step for step in definition.steps}
    order = topological(definition.nodes())
    ids = {name: new_uuid() for name in order}
    ids = dict(zip(order, sorted(ids.values()), strict=True))
    rows = [
        {
            "step_id": str(ids[name]),
            "name": name,
            "kind": steps[name].kind,
            "position": position,
            "needs": list(steps[name].needs),
            "timeout": steps[name].clock_seconds,
            "resources": steps[name].resources or None,
        }
        for position, name in enumerate(order)
    ]
    await tx.execute(
        text(
            """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, needs, unmet_needs, generation,
                                  timeout_seconds, resources)
               SELECT :tenant_id, :run_id, s.step_id, s.name, s.kind, s.position, s.needs, cardinality(s.needs),
                      :generation, s.timeout, s.resources
               FROM jsonb_to_recordset(CAST(:rows AS jsonb))
                    AS s(step_id uuid, name text, kind text, position int, needs text[], timeout int,
                         resources jsonb)"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "generation": generation, "rows": jsonb(rows)},
    )
    await insert_needs(tx, tenant_id, [(ids[name], ids[need]) for name in order for need in steps[name].needs])


async def insert_needs(tx: Transaction, tenant_id: TenantId, edges: Sequence[tuple[UUID, UUID]]) -> None:
    """Inserts who needs whom: pairs of a step and one that it needs."""
    if not edges:
        return
    await tx.execute(
        text(
            """INSERT INTO step_needs (tenant_id, step_id, needs_id)
               SELECT :tenant_id, edge.step_id, edge.needs_id
               FROM unnest(CAST(:steps AS uuid[]), CAST(:needs AS uuid[])) AS edge(step_id, needs_id)"""
        ),
        {"tenant_id": tenant_id, "steps": [a for a, _ in edges], "needs": [b for _, b in edges]},
    )


async def has_steps(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> bool:
    row = await tx.execute(
        text("SELECT 1 FROM steps WHERE tenant_id = :tenant_id AND run_id = :run_id LIMIT 1"),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return row.first() is not None


async def start_clock(tx: Transaction, tenant_id: TenantId, run_id: RunId, definition: TaskDefinition) -> float:
    """Sets the run running and its clock with what is left of its time; returns the seconds to its hard deadline.

    The clock may stand while people are asked, so that the deadline, as which tokens live, has the time of all that its
    open steps may wait for as well, and is 30 days after the run was made at the latest.
    """
    waits = definition.waits()
    row = (
        await tx.execute(
            text(
                """UPDATE runs r
                   SET status = 'RUNNING', pause_reason = NULL, started_at = COALESCE(started_at, now()),
                       clock_since = now(),
                       hard_deadline = LEAST(
                           now() + (timeout_seconds + waits.seconds) * interval '1 second' - clock_used,
                           created_at + interval '30 days')
                   FROM (SELECT COALESCE(sum(w.seconds), 0) AS seconds
                         FROM unnest(CAST(:names AS text[]), CAST(:seconds AS bigint[])) AS w(name, seconds)
                         JOIN steps s ON s.tenant_id = :tenant_id AND s.run_id = :run_id
                           AND s.name = w.name AND s.ended_at IS NULL) waits
                   WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id
                   RETURNING EXTRACT(EPOCH FROM hard_deadline - now())::float AS seconds"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id, "names": list(waits), "seconds": list(waits.values())},
        )
    ).one()
    return float(row.seconds)


async def seconds_to_deadline(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> float:
    """The seconds until the run's hard deadline; 0 while its clock is stopped."""
    row = (
        await tx.execute(
            text(
                """SELECT COALESCE(EXTRACT(EPOCH FROM hard_deadline - now()), 0)::float AS seconds FROM runs
                   WHERE tenant_id = :tenant_id AND run_id = :run_id"""
            ),
            {"tenant_id": tenant_id, "run_id": run_id},
        )
    ).one()
    return float(row.seconds)


async def is_over(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> bool:
    """Whether the run's time is over: its clock's, which may stand, or that of its hard deadline."""
    row = await tx.execute(
        text(
            """SELECT COALESCE(run_deadline(r) < now(), false) FROM runs r
               WHERE tenant_id = :tenant_id AND run_id = :run_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return bool(row.scalar_one())


async def open_branches(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> Sequence[OpenBranch]:
    """Every step of the plan that has not ended, in topological order; a step's items are branches of its own Map."""
    rows = await tx.execute(
        text(
            """SELECT step_id, name, kind, tick FROM steps
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND ended_at IS NULL AND parent_id IS NULL
               ORDER BY position"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return [value_of(OpenBranch, row) for row in rows]


@dataclass(frozen=True, slots=True)
class EndedStep:
    """How one step ended, as the run's result is derived from it."""

    name: str
    status: StepStatus
    output: Any
    error: Mapping[str, Any] | None
    excused: bool
    """The run may complete although this step did not succeed."""
    is_sink: bool


async def ended_steps(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> list[EndedStep]:
    rows = await tx.execute(
        text(
            """SELECT s.name, s.status, s.output, s.error, s.excused,
                      NOT EXISTS (SELECT FROM step_needs n
                                  WHERE n.tenant_id = s.tenant_id AND n.needs_id = s.step_id) AS is_sink
               FROM steps s WHERE s.tenant_id = :tenant_id AND s.run_id = :run_id AND s.parent_id IS NULL
               ORDER BY s.position"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return [value_of(EndedStep, row) for row in rows]
