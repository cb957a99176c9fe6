"""Steps as they are read: the timeline of a run, and the outputs that other steps refer to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.reruns import StandingStep
from foundation.domain.states import StepKind, StepStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row of the timeline; `tokens` and `cost_nano_usd` are the ledger's sums."""

    step_id: StepId
    name: str
    kind: StepKind
    status: StepStatus
    attempt: int
    tick: int
    turn: int
    needs: list[str]
    unmet_needs: int
    wait_reason: str | None
    waiting_since: datetime | None
    retry_at: datetime | None
    lease_expires_at: datetime | None
    deadline_at: datetime | None
    worker_id: str | None
    has_token: bool
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    output: Any
    error: dict[str, Any] | None
    copied_from: StepId | None
    """The step of another run whose end this is; its run was forked from that one."""
    skip_reason: dict[str, Any] | None
    excused: bool
    tokens: int
    cost_nano_usd: int

    def standing(self) -> StandingStep:
        return StandingStep(self.name, self.kind, self.status, tuple(self.needs), self.excused)


async def of_run(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> list[StepRow]:
    """Every step of the run in topological order."""
    rows = await tx.execute(
        text(
            """SELECT s.*, s.task_token IS NOT NULL AS has_token,
                      COALESCE(u.tokens, 0)::bigint AS tokens, COALESCE(u.cost, 0)::bigint AS cost_nano_usd
               FROM steps s
               LEFT JOIN (SELECT step_id, sum(total_tokens) AS tokens, sum(cost_nano_usd) AS cost FROM llm_events
                          WHERE tenant_id = :tenant_id AND run_id = :run_id GROUP BY step_id) u USING (step_id)
               WHERE s.tenant_id = :tenant_id AND s.run_id = :run_id ORDER BY s.position"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return [value_of(StepRow, row) for row in rows]


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the ended steps of a run left: their outputs by name, and the names of those that may have none."""

    by_name: dict[str, Any]
    absent: frozenset[str]


async def outputs_of(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> Outputs:
    """The outputs of the run's steps that succeeded, and the names of its excused steps."""
    rows = await tx.execute(
        text(
            """SELECT name, output, excused FROM steps
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND (status = 'SUCCESS' OR excused)"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    found = list(rows)
    return Outputs(
        {row.name: row.output for row in found if not row.excused},
        frozenset(row.name for row in found if row.excused),
    )
