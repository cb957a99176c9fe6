"""Jobs that were started, are not to run twice, and have no result: which they are, and how the doubt ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.contracts.moments import told
from foundation.domain.ids import JobId, RunId, StepId, TenantId
from foundation.domain.run_events import RunEventType
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class DoubtfulJob:
    """Such a job; `doubted_at` is since when somebody is asked about it, None while nobody is."""

    job_id: JobId
    step_id: StepId
    step: str
    """The name of its step."""
    tool: str
    arguments_digest: bytes
    started_at: datetime
    doubted_at: datetime | None


_SELECT = """SELECT e.job_id, e.step_id, s.name AS step, e.tool, e.arguments_digest, e.last_started_at AS started_at,
                    e.doubted_at FROM tool_events e JOIN steps s USING (tenant_id, step_id)"""
_DOUBTFUL = "e.status = 'STARTED' AND e.effect = 'once' AND e.attempts >= e.starts_permitted"


async def get(tx: Transaction, tenant_id: TenantId, job_id: JobId) -> DoubtfulJob:
    """The job of this id, which must be there."""
    row = await tx.execute(
        text(
            f"""{_SELECT}
                WHERE e.tenant_id = :tenant_id AND e.job_id = :job_id"""
        ),
        {"tenant_id": tenant_id, "job_id": job_id},
    )
    return value_of(DoubtfulJob, row.one())


async def first_of_step(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> DoubtfulJob | None:
    """The step's doubtful job that was started first, asked about or not."""
    row = (
        await tx.execute(
            text(
                f"""{_SELECT}
                    WHERE e.tenant_id = :tenant_id AND e.step_id = :step_id AND {_DOUBTFUL}
                    ORDER BY e.last_started_at, e.job_id LIMIT 1"""
            ),
            {"tenant_id": tenant_id, "step_id": step_id},
        )
    ).first()
    return None if row is None else value_of(DoubtfulJob, row)


async def asked_of_step(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> DoubtfulJob | None:
    """The job that somebody is asked about; its row is locked."""
    row = (
        await tx.execute(
            text(
                f"""{_SELECT}
                    WHERE e.tenant_id = :tenant_id AND e.step_id = :step_id AND e.doubted_at IS NOT NULL
                    FOR UPDATE OF e"""
            ),
            {"tenant_id": tenant_id, "step_id": step_id},
        )
    ).first()
    return None if row is None else value_of(DoubtfulJob, row)


async def asked_of_run(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> list[DoubtfulJob]:
    """The jobs of the run that people are asked about, those that are asked about longest first."""
    rows = await tx.execute(
        text(
            f"""{_SELECT}
                WHERE e.tenant_id = :tenant_id AND e.run_id = :run_id AND e.doubted_at IS NOT NULL
                ORDER BY e.doubted_at, e.job_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return [value_of(DoubtfulJob, row) for row in rows]


async def ask_about(tx: Transaction, tenant_id: TenantId, job_id: JobId) -> None:
    await _change(tx, tenant_id, job_id, "doubted_at = now()")


async def permit_start(tx: Transaction, tenant_id: TenantId, job_id: JobId) -> None:
    """Lets the job be started once more: somebody wants that, or it is certain that the last start came to nothing."""
    await _change(tx, tenant_id, job_id, "starts_permitted = attempts + 1, doubted_at = NULL")


async def accept(tx: Transaction, tenant_id: TenantId, job_id: JobId, *, result: dict[str, Any]) -> dict[str, Any]:
    """Takes the job to have had this result; returns it as it is stored."""
    changes = "status = 'SUCCEEDED', result = CAST(:result AS jsonb), ended_at = now(), doubted_at = NULL"
    row = await _change(tx, tenant_id, job_id, changes, result=jsonb(result))
    return dict(row.result)


async def give_up(tx: Transaction, tenant_id: TenantId, job_id: JobId) -> None:
    """Leaves what the job did unknown for good."""
    await _change(tx, tenant_id, job_id, "status = 'OUTCOME_UNKNOWN', ended_at = now(), doubted_at = NULL")


async def _change(tx: Transaction, tenant_id: TenantId, job_id: JobId, changes: str, **values: Any) -> Any:
    changed = await tx.execute(
        text(
            f"""UPDATE tool_events SET {changes}
                WHERE tenant_id = :tenant_id AND job_id = :job_id AND status = 'STARTED'
                RETURNING result"""  # noqa: S608 - texts of this file
        ),
        {"tenant_id": tenant_id, "job_id": job_id, **values},
    )
    return changed.one()


async def last_decision(tx: Transaction, tenant_id: TenantId, run_id: RunId, step_id: StepId) -> dict[str, Any] | None:
    """What was last decided about a job of the step, by whom and when; None when nothing was."""
    row = (
        await tx.execute(
            text(
                """SELECT data ->> 'decision' AS decision, data ->> 'by' AS decided_by, at FROM run_events
                   WHERE tenant_id = :tenant_id AND run_id = :run_id AND step_id = :step_id AND type = :type
                   ORDER BY seq DESC LIMIT 1"""
            ),
            {
                "tenant_id": tenant_id,
                "run_id": run_id,
                "step_id": step_id,
                "type": RunEventType.STEP_OUTCOME_DECIDED.value,
            },
        )
    ).first()
    if row is None:
        return None
    return {"decision": row.decision, "decided_by": row.decided_by, "decided_at": told(row.at)}


async def hold(tx: Transaction, lease: LeaseFence) -> bool:
    """Keeps the step from another holder until this transaction ends; False when one has it already."""
    held = await tx.execute(
        text(
            """SELECT 1 FROM steps WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence
               AND status = 'RUNNING' FOR NO KEY UPDATE"""
        ),
        {"tenant_id": lease.dispatch.tenant_id, "step_id": lease.dispatch.step_id, "fence": lease.fence},
    )
    return held.first() is not None


async def hand_over(tx: Transaction, lease: LeaseFence) -> bool:
    """Lets a held step wait for a decision, with its token on its row and its clock stopped; False when fenced."""
    row = await tx.execute(
        text(
            """UPDATE steps SET status = 'OUTCOME_UNKNOWN', wait_reason = NULL, waiting_since = NULL, retry_at = NULL,
                                lease_expires_at = NULL, worker_id = NULL, deadline_at = NULL,
                                clock_left = COALESCE(EXTRACT(EPOCH FROM deadline_at - now()), clock_left)
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
               RETURNING 1"""
        ),
        {"tenant_id": lease.dispatch.tenant_id, "step_id": lease.dispatch.step_id, "fence": lease.fence},
    )
    return row.first() is not None
