"""Tool jobs: one row a job, written before it is submitted; its recorded result is read, never executed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from foundation.domain.errors import LeaseLost
from foundation.domain.ids import JobId, RunId, StepId, TenantId
from foundation.domain.tools import ToolEffect
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its step knows it."""

    job_id: JobId
    turn: int
    tool_call_id: str
    tool: str
    effect: ToolEffect
    arguments_digest: bytes


@dataclass(frozen=True, slots=True)
class Recorded:
    """The stored state of a job: its status, whether it may be started now, and its result once it has one."""

    status: str
    may_start: bool
    """False for one with a result, and for one that was started as often as it may be and whose effect is `once`."""
    result: dict[str, Any] | None
    attempt: int | None = None
    """Which attempt was begun; None where none was."""

    @property
    def is_doubtful(self) -> bool:
        """It was started before, and nobody knows what it did."""
        return self.status == "STARTED" and not self.may_start


async def begin(tx: Transaction, claim: StepClaim, job: Job) -> Recorded:
    """Stores the job before it is submitted, or another attempt at it; a finished job is only read.

    So is one whose effect is `once` and that was started as often as it may be. `LeaseLost` when the claim's fence is
    no longer the step's, as another holder has it.
    """
    await _hold(tx, claim)
    begun = await _insert(tx, claim, job) or await _begin_again(tx, claim, job)
    if begun is not None:
        await _add_attempt(tx, claim, job, attempt=begun)
        return Recorded("STARTED", may_start=True, result=None, attempt=begun)
    row = (
        await tx.execute(
            text("SELECT status, result FROM tool_events WHERE tenant_id = :tenant_id AND job_id = :job_id"),
            {"tenant_id": claim.dispatch.tenant_id, "job_id": job.job_id},
        )
    ).one()
    return Recorded(row.status, may_start=False, result=row.result)


async def _insert(tx: Transaction, claim: StepClaim, job: Job) -> int | None:
    """The number of the first attempt; None when the job is there already.

    An earlier holder may store it at this moment. Whoever comes second waits here, and finds the first's row with the
    next statement; in one statement with it, it would take the job to be its own to start.
    """
    row = await tx.execute(
        text(
            """INSERT INTO tool_events (tenant_id, job_id, run_id, step_id, turn, tool_call_id, tool, effect,
                                        arguments_digest)
               VALUES (:tenant_id, :job_id, :run_id, :step_id, :turn, :tool_call_id, :tool, :effect, :digest)
               ON CONFLICT (tenant_id, job_id) DO NOTHING
               RETURNING attempts"""
        ),
        {
            "tenant_id": claim.dispatch.tenant_id,
            "job_id": job.job_id,
            "run_id": claim.dispatch.run_id,
            "step_id": claim.dispatch.step_id,
            "turn": job.turn,
            "tool_call_id": job.tool_call_id,
            "tool": job.tool,
            "effect": job.effect.value,
            "digest": job.arguments_digest,
        },
    )
    attempt: int | None = row.scalar_one_or_none()
    return attempt


async def _begin_again(tx: Transaction, claim: StepClaim, job: Job) -> int | None:
    """The number of another attempt; None when the job has ended, or may not be started again."""
    row = await tx.execute(
        text(
            """UPDATE tool_events SET attempts = attempts + 1, last_started_at = now()
               WHERE tenant_id = :tenant_id AND job_id = :job_id AND status = 'STARTED'
                 AND (effect <> 'once' OR attempts < starts_permitted)
               RETURNING attempts"""
        ),
        {"tenant_id": claim.dispatch.tenant_id, "job_id": job.job_id},
    )
    attempt: int | None = row.scalar_one_or_none()
    return attempt


async def _add_attempt(tx: Transaction, claim: StepClaim, job: Job, *, attempt: int) -> None:
    await tx.execute(
        text(
            """INSERT INTO tool_attempts (tenant_id, job_id, attempt, fence, worker_id)
               VALUES (:tenant_id, :job_id, :attempt, :fence, :worker_id)"""
        ),
        {
            "tenant_id": claim.dispatch.tenant_id,
            "job_id": job.job_id,
            "attempt": attempt,
            "fence": claim.fence,
            "worker_id": claim.worker_id,
        },
    )


async def _hold(tx: Transaction, claim: StepClaim) -> None:
    """Keeps the step from another holder until this transaction ends; `LeaseLost` when one has it already."""
    held = await tx.execute(
        text(
            """SELECT 1 FROM steps WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence
               AND status = 'RUNNING' FOR KEY SHARE"""
        ),
        {"tenant_id": claim.dispatch.tenant_id, "step_id": claim.dispatch.step_id, "fence": claim.fence},
    )
    if held.first() is None:
        raise LeaseLost("another holder has this step now; its tool was not started")


async def close_of_ended_steps(tx: Transaction, tenant_id: TenantId, step_ids: Sequence[StepId]) -> None:
    """Ends the jobs that ended steps left open, so that no audit row stays STARTED however its step ends.

    A tool whose effect may have happened unseen becomes OUTCOME_UNKNOWN; any other job ends as its step did. Where
    another start is permitted, it is certain that the last one has not happened, or somebody has decided about it.
    """
    await tx.execute(
        text(
            """UPDATE tool_events e
               SET ended_at = now(), doubted_at = NULL,
                   status = CASE WHEN e.effect = 'once' AND e.attempts >= e.starts_permitted THEN 'OUTCOME_UNKNOWN'
                                 WHEN s.error ->> 'code' = 'step_timed_out' THEN 'TIMED_OUT'
                                 WHEN s.status = 'FAILED' THEN 'FAILED'
                                 ELSE 'CANCELLED' END
               FROM steps s
               WHERE e.tenant_id = :tenant_id AND e.step_id = ANY(:step_ids) AND e.status = 'STARTED'
                 AND s.tenant_id = e.tenant_id AND s.step_id = e.step_id AND s.ended_at IS NOT NULL"""
        ),
        {"tenant_id": tenant_id, "step_ids": list(step_ids)},
    )


async def reopen(tx: Transaction, tenant_id: TenantId, step_ids: Sequence[StepId]) -> None:
    """Opens the jobs again that were closed or cancelled with these steps, which go on where they stopped.

    What a cancelled job had given by then is no answer to the call that it was made for.
    """
    await tx.execute(
        text(
            """UPDATE tool_events e SET status = 'STARTED', ended_at = NULL, result = NULL
               FROM steps s
               WHERE e.tenant_id = :tenant_id AND e.step_id = ANY(:step_ids)
                 AND (e.result IS NULL OR e.status = 'CANCELLED') AND e.status NOT IN ('STARTED', 'OUTCOME_UNKNOWN')
                 AND s.tenant_id = e.tenant_id AND s.step_id = e.step_id AND e.turn >= s.turn"""
        ),
        {"tenant_id": tenant_id, "step_ids": list(step_ids)},
    )


async def steps_with_unknown_outcome(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> set[str]:
    """The names of the run's steps that started a job in their last turn whose effect may have happened unseen.

    A step whose tools still wait for a decision is among them; an item goes by the name of its step.
    """
    rows = await tx.execute(
        text(
            """SELECT DISTINCT split_part(s.name, '[', 1) AS name
               FROM tool_events e JOIN steps s USING (tenant_id, step_id)
               WHERE e.tenant_id = :tenant_id AND e.run_id = :run_id AND e.turn >= s.turn
                 AND (e.status = 'OUTCOME_UNKNOWN' OR s.status = 'OUTCOME_UNKNOWN')"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return {row.name for row in rows}


async def keep_late_result(tx: Transaction, tenant_id: TenantId, job_id: JobId, *, result: dict[str, Any]) -> bool:
    """Adds a job's result to a row that was ended with its step; False when it has a result, or has not ended."""
    row = await tx.execute(
        text(
            """UPDATE tool_events SET result = CAST(:result AS jsonb)
               WHERE tenant_id = :tenant_id AND job_id = :job_id AND ended_at IS NOT NULL AND result IS NULL
               RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "job_id": job_id, "result": jsonb(result)},
    )
    return row.first() is not None


async def lock_owners(tx: Transaction, claim: StepClaim) -> None:
    """Locks the step and its run, which artifacts refer to and a late output changes, before the job's own row.

    Whoever ends or retries a step locks steps, then the run, then its jobs. A job's row that was locked first would
    wait for the step or the run that the other holds, while the other waits for the job's row.
    """
    values = {
        "tenant_id": claim.dispatch.tenant_id,
        "run_id": claim.dispatch.run_id,
        "step_id": claim.dispatch.step_id,
    }
    for statement in (
        "SELECT 1 FROM steps WHERE tenant_id = :tenant_id AND step_id = :step_id FOR NO KEY UPDATE",
        "SELECT 1 FROM runs WHERE tenant_id = :tenant_id AND run_id = :run_id FOR KEY SHARE",
    ):
        await tx.execute(text(statement), values)


async def end(
    tx: Transaction, claim: StepClaim, job_id: JobId, *, status: str, result: dict[str, Any]
) -> dict[str, Any] | None:
    """Records the job's result, once; None when it has one already, or when another holder has the step.

    Returns the result as it is stored, so that whoever gets it now and whoever reads it later have the same: the
    database orders the members of objects and writes numbers in its own way.
    """
    row = await tx.execute(
        text(
            """UPDATE tool_events SET status = :status, result = CAST(:result AS jsonb), ended_at = now()
               WHERE tenant_id = :tenant_id AND job_id = :job_id AND status = 'STARTED'
                 AND EXISTS (SELECT FROM steps s WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id
                             AND s.fence = :fence AND s.status = 'RUNNING')
               RETURNING result"""
        ),
        {
            "tenant_id": claim.dispatch.tenant_id,
            "step_id": claim.dispatch.step_id,
            "fence": claim.fence,
            "job_id": job_id,
            "status": status,
            "result": jsonb(result),
        },
    )
    stored: dict[str, Any] | None = row.scalar_one_or_none()
    return stored
