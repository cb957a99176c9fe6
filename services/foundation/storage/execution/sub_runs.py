"""Runs below runs: which run a step has started, how many stand below one, and who is told of the run above."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation.domain.ids import RunId, StepId, TaskId, TenantId
from foundation.domain.states import RunStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class SubRun:
    """A run that a step has started, as it stands."""

    run_id: RunId
    task_id: TaskId
    status: RunStatus
    input: dict[str, Any]


async def latest_of_step(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> SubRun | None:
    """The run that the last of the step's attempts has started."""
    row = (
        await tx.execute(
            text(
                """SELECT run_id, task_id, status, input FROM runs
                   WHERE tenant_id = :tenant_id AND parent_step_id = :step_id ORDER BY parent_attempt DESC LIMIT 1"""
            ),
            {"tenant_id": tenant_id, "step_id": step_id},
        )
    ).first()
    return None if row is None else value_of(SubRun, row)


async def count_below(tx: Transaction, tenant_id: TenantId, root: RunId) -> int:
    """How many runs were ever started below a run that has none above."""
    row = await tx.execute(
        text(
            """SELECT count(*) FROM runs
               WHERE tenant_id = :tenant_id AND ancestor_run_ids[1] = :root AND parent_run_id IS NOT NULL"""
        ),
        {"tenant_id": tenant_id, "root": root},
    )
    return int(row.scalar_one())


async def tell_below_steps(tx: Transaction, tenant_id: TenantId, step_ids: Sequence[StepId]) -> None:
    """Has the open runs of ended steps follow: they are cancelled once this transaction has committed.

    The effects are of the run above. As rows of the runs below they would lock those, and locks are taken from below.
    """
    await tx.execute(
        text(
            """INSERT INTO outbox (tenant_id, run_id, kind, payload)
               SELECT tenant_id, parent_run_id, 'follow_parent', jsonb_build_object('run_id', run_id) FROM runs
               WHERE tenant_id = :tenant_id AND parent_step_id = ANY(:step_ids) AND ended_at IS NULL"""
        ),
        {"tenant_id": tenant_id, "step_ids": list(step_ids)},
    )


async def tell_below_run(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> None:
    """Has the open runs that steps of this one have started follow its pause, or the end of its pause."""
    await tx.execute(
        text(
            """INSERT INTO outbox (tenant_id, run_id, kind, payload)
               SELECT tenant_id, parent_run_id, 'follow_parent', jsonb_build_object('run_id', run_id) FROM runs
               WHERE tenant_id = :tenant_id AND parent_run_id = :run_id AND ended_at IS NULL"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )


@dataclass(frozen=True, slots=True)
class RunBelow:
    """A run at any depth below another, with the step that started it and what the ledger has of its own calls."""

    run_id: RunId
    parent_run_id: RunId
    parent_step: str
    status: RunStatus
    tokens: int
    cost_nano_usd: int


async def below(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> list[RunBelow]:
    """Every run below this one, in the order in which they were made; there are 1000 at most."""
    rows = await tx.execute(
        text(
            """SELECT d.run_id, d.parent_run_id, s.name AS parent_step, d.status,
                      COALESCE(u.tokens, 0)::bigint AS tokens, COALESCE(u.cost, 0)::bigint AS cost_nano_usd
               FROM runs r
               JOIN runs d ON d.tenant_id = r.tenant_id AND d.parent_run_id IS NOT NULL
                 AND r.run_id = ANY(d.ancestor_run_ids)
                 AND d.ancestor_run_ids[1] = COALESCE(r.ancestor_run_ids[1], r.run_id)
               JOIN steps s ON s.tenant_id = d.tenant_id AND s.step_id = d.parent_step_id
               LEFT JOIN LATERAL (
                   SELECT sum(e.total_tokens) AS tokens, sum(e.cost_nano_usd) AS cost FROM llm_events e
                   WHERE e.tenant_id = d.tenant_id AND e.run_id = d.run_id) u ON true
               WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id
               ORDER BY d.created_at, d.run_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return [value_of(RunBelow, row) for row in rows]
