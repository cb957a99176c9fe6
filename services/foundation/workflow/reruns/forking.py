"""Lays a fork's steps down: those that it takes over are finished already, the others wait to run."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.domain.ids import RunId, StepId, TenantId, new_uuid
from foundation.storage.execution.checkpoints import recording
from foundation.storage.execution.steps import StepRow
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.workflow import plans


@dataclass(frozen=True, slots=True)
class ForkPlan:
    """Of which run, from which step and turn a fork begins, and which steps it takes over as they ended."""

    origin: RunId
    start: str
    turn: int
    """The turns of an agent that the fork shares; 0 when `start` begins anew."""
    copied: frozenset[str]


async def hold_still(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> bool:
    """Keeps a run from being retried until this transaction ends; False when there is no such run."""
    row = await tx.execute(
        text("SELECT 1 FROM runs WHERE tenant_id = :tenant_id AND run_id = :run_id FOR SHARE"),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return row.first() is not None


async def insert_steps(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, origin: Sequence[StepRow], plan: ForkPlan
) -> None:
    """Inserts the new run's steps; `origin` are those of the run that is forked, in topological order.

    A step that is taken over has the output of its origin and has cost nothing. Ids rise with positions, so that locks
    by id are taken in that order.
    """
    ids = dict(zip((step.name for step in origin), sorted(new_uuid() for _ in origin), strict=True))
    rows = [
        {
            "origin_id": str(step.step_id),
            "step_id": str(ids[step.name]),
            "copied": step.name in plan.copied,
            "unmet": 0 if step.name in plan.copied else len(set(step.needs) - plan.copied),
        }
        for step in origin
    ]
    await tx.execute(
        text(
            """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, needs, unmet_needs, generation,
                                  timeout_seconds, resources, status, ended_at, output, error, skip_reason, excused,
                                  copied_from)
               SELECT s.tenant_id, :run_id, n.step_id, s.name, s.kind, s.position, s.needs, n.unmet, 1,
                      s.timeout_seconds, s.resources, CASE WHEN n.copied THEN s.status ELSE 'QUEUED' END,
                      CASE WHEN n.copied THEN now() END, CASE WHEN n.copied THEN s.output END,
                      CASE WHEN n.copied THEN s.error END, CASE WHEN n.copied THEN s.skip_reason END,
                      n.copied AND s.excused,
                      CASE WHEN n.copied THEN s.step_id END
               FROM jsonb_to_recordset(CAST(:rows AS jsonb))
                    AS n(origin_id uuid, step_id uuid, copied boolean, unmet int)
               JOIN steps s ON s.tenant_id = :tenant_id AND s.step_id = n.origin_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "rows": jsonb(rows)},
    )
    await plans.insert_needs(tx, tenant_id, [(ids[step.name], ids[need]) for step in origin for need in step.needs])
    if plan.turn:
        [start] = [step.step_id for step in origin if step.name == plan.start]
        await recording.share(tx, tenant_id, start, StepId(ids[plan.start]), turn=plan.turn)
