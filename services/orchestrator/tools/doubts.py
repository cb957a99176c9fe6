"""Calls that are not made twice, and of which nobody knows what they did: what becomes of them."""

from typing import Any

from foundation.contracts.tool_job import JobReason, ToolResult
from foundation.contracts.tools.calls.documents import document_of, output_of
from foundation.domain.errors import DependencyUnavailable, LeaseLost
from foundation.domain.failures import FailureCode
from foundation.domain.ids import JobId
from foundation.domain.tools import UnknownOutcomePolicy
from foundation.storage.execution import doubtful_jobs
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.limits import sandbox_seconds
from foundation.storage.session.database import Database
from foundation.telemetry import metrics
from foundation.workflow.unknown_outcomes import asking
from orchestrator.breakers.breaker import BreakerOpen
from orchestrator.work import CallInDoubt, TickFailed

JOB_GIVEN_UP = "OUTCOME_UNKNOWN"
"""The status of a job of which it was decided that nobody will know what it did."""

NEVER_STARTED = frozenset({JobReason.JOB_EXPIRED, JobReason.INPUT_UNAVAILABLE})
"""The reasons with which a job ends whose program was not begun, and may be at the next attempt."""


class NotIsolated(TickFailed):
    """There is no sandbox; the tool was not started."""


def is_lost(result: ToolResult) -> bool:
    """Whether the program may have begun and nobody has seen its end."""
    return result.retryable or result.reason is JobReason.RUNNER_LOST


def is_asked_again(claim: StepClaim, error: DependencyUnavailable) -> bool:
    """Whether the launcher is asked once more what it knows of a job: after a pause, or in a next attempt."""
    lease = claim.lease_fence()
    again = lease.retry.allows(names=frozenset({error.code}), transient=True, attempt=lease.tries)
    return again or isinstance(error, BreakerOpen)


def lost(result: ToolResult) -> TickFailed:
    """The failure of a job that may be tried again."""
    detail = result.detail or f"the job ended {result.status}"
    output = output_of(document_of(result, files=[]), whole=False)
    return TickFailed(str(result.reason or FailureCode.JOB_LOST), detail, retryable=True, output=output)


def outcome_unknown(tool: str) -> TickFailed:
    detail = f"{tool} was started, its outcome is unknown, and it is not repeated; find out what it did"
    return TickFailed(FailureCode.OUTCOME_UNKNOWN, detail)


class Doubts:
    """Settles such calls by their task's definition, or finds that a person has to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def nothing_started(self, claim: StepClaim, job_id: JobId) -> None:
        """Notes that the last start of the job has certainly come to nothing, so that it may be started again."""
        async with self._database.tenant(claim.dispatch.tenant_id) as tx:
            if await doubtful_jobs.hold(tx, claim.lease_fence()):
                await doubtful_jobs.permit_start(tx, claim.dispatch.tenant_id, job_id)
                await sandbox_seconds.settle(tx, claim, job_id, seconds=0)

    async def settle(self, claim: StepClaim, job_id: JobId) -> dict[str, Any] | None:
        """The document of a call that is accepted; None when it may be made again.

        Raises `CallInDoubt` when a person has to decide, and `TickFailed` when the definition fails the step.
        """
        lease, tenant_id = claim.lease_fence(), claim.dispatch.tenant_id
        async with self._database.tenant(tenant_id) as tx:
            if not await doubtful_jobs.hold(tx, lease):
                raise LeaseLost("another holder has this step now, and decides about its tool")
            job = await doubtful_jobs.get(tx, tenant_id, job_id)
            policy = await asking.policy_of(tx, tenant_id, claim.dispatch.run_id, step=claim.name)
            if policy is UnknownOutcomePolicy.ASK:
                raise CallInDoubt(job)
            document = await asking.settle(tx, lease, job, policy)
        metrics.UNKNOWN_OUTCOMES.labels(job.tool, policy.value).inc()
        if policy is UnknownOutcomePolicy.FAIL:
            raise outcome_unknown(job.tool)
        return document
