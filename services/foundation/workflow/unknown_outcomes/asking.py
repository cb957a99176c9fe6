"""How a step comes to wait for the decision, and what its definition has decided before."""

from typing import Any

from foundation.contracts.run_events import StepOutcomeUnknown
from foundation.contracts.tool_job import ToolResult
from foundation.contracts.tools.calls.documents import document_of
from foundation.domain.errors import LeaseLost
from foundation.domain.ids import RunId, TenantId
from foundation.domain.tools import UnknownOutcomePolicy
from foundation.storage.execution import doubtful_jobs, run_events
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text


async def policy_of(tx: Transaction, tenant_id: TenantId, run_id: RunId, *, step: str) -> UnknownOutcomePolicy:
    """What the step's definition says, or else its task's; an item (`name[index]`) goes by its step."""
    row = await tx.execute(
        text(
            """SELECT COALESCE(
                          jsonb_path_query_first(v.definition, '$.steps[*] ? (@.name == $name)',
                                                 jsonb_build_object('name', split_part(:name, '[', 1)))
                              ->> 'on_unknown_outcome',
                          v.definition ->> 'on_unknown_outcome', 'ask')
               FROM runs r JOIN task_versions v
                 ON v.tenant_id = r.tenant_id AND v.task_id = r.task_id AND v.version = r.task_version
               WHERE r.tenant_id = :tenant_id AND r.run_id = :run_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "name": step},
    )
    return UnknownOutcomePolicy(row.scalar_one())


async def ask(tx: Transaction, lease: LeaseFence, job: DoubtfulJob) -> StepOutcomeUnknown:
    """Hands a held step over to whoever decides about the job; `LeaseLost` when the fence has been raised since."""
    if not await doubtful_jobs.hand_over(tx, lease):
        raise LeaseLost("another holder has this step now; nobody was asked about its tool")
    await doubtful_jobs.ask_about(tx, lease.dispatch.tenant_id, job.job_id)
    return _event(lease, job, UnknownOutcomePolicy.ASK)


async def settle(
    tx: Transaction, lease: LeaseFence, job: DoubtfulJob, policy: UnknownOutcomePolicy
) -> dict[str, Any] | None:
    """Does with the job what its definition says without a person; the document of a call that is accepted."""
    tenant_id, document = lease.dispatch.tenant_id, None
    match policy:
        case UnknownOutcomePolicy.RETRY:
            await doubtful_jobs.permit_start(tx, tenant_id, job.job_id)
        case UnknownOutcomePolicy.ACCEPT:
            accepted = accepted_document(job, result=None, detail="accepted by the task's definition")
            document = await doubtful_jobs.accept(tx, tenant_id, job.job_id, result=accepted)
        case UnknownOutcomePolicy.FAIL:
            await doubtful_jobs.give_up(tx, tenant_id, job.job_id)
        case UnknownOutcomePolicy.ASK:
            raise ValueError("a person is asked; nothing is settled without one")
    await run_events.append(tx, tenant_id, lease.dispatch.run_id, [_event(lease, job, policy)])
    return document


def accepted_document(job: DoubtfulJob, *, result: Any, detail: str) -> dict[str, Any]:
    """The document of a call that is taken to have succeeded with this result."""
    return document_of(ToolResult.accepted(job.job_id, result=result, detail=detail), files=[])


def _event(lease: LeaseFence, job: DoubtfulJob, policy: UnknownOutcomePolicy) -> StepOutcomeUnknown:
    return StepOutcomeUnknown(
        step_id=lease.dispatch.step_id,
        name=lease.name,
        job_id=job.job_id,
        tool=job.tool,
        arguments_digest=job.arguments_digest.hex(),
        started_at=job.started_at,
        policy=policy,
    )
