"""Starts a run that nobody asks for just now, with the rights that a member has at that moment."""

from dataclasses import dataclass
from typing import Any

from control_plane.execution.runs.submit import RunRequest, runnable_task, submit_run
from control_plane.identity.callers import ApiCaller
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import Conflict, KillSwitchEngaged, LockstepError, NotFound, QuotaExceeded
from foundation.domain.ids import RunId, TaskId, TenantId, UserId
from foundation.domain.permissions import Permission
from foundation.domain.policy.quotas import QuotaUsedUp
from foundation.domain.starts.schedules import FiringReason
from foundation.storage.people import tenancy, tenants
from foundation.storage.session.database import Transaction
from foundation.telemetry.logs import bind
from foundation.telemetry.spans.record import SpanAttribute
from foundation.telemetry.traces import annotate, span


@dataclass(frozen=True, slots=True)
class UnattendedStart:
    """What is started, by whom, and with whose rights."""

    actor: str
    """How the audit names who starts it: `schedule:<id>` or `trigger:<id>`."""
    runs_as: UserId
    task_id: TaskId
    task_version: int | None
    input: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StartRefusal:
    """Why no run is started."""

    reason: FiringReason
    detail: str
    retry_after: float | None = None
    """Seconds, where somebody knows when one could be started."""


async def start_run(
    tx: Transaction, tenant_id: TenantId, start: UnattendedStart, *, max_open: int
) -> RunId | StartRefusal:
    """The run, or why there is none; nothing has been written then."""
    # A trigger's call is known to be the tenant's by now; a schedule's firing begins a trace of its own.
    annotate({SpanAttribute.TENANT_ID: str(tenant_id)})
    with bind(tenant_id=tenant_id), span("start run"):
        return await _start(tx, tenant_id, start, max_open=max_open)


async def _start(
    tx: Transaction, tenant_id: TenantId, start: UnattendedStart, *, max_open: int
) -> RunId | StartRefusal:
    caller = await _caller(tx, tenant_id, start)
    if isinstance(caller, StartRefusal):
        return caller
    request = RunRequest(start.task_id, start.task_version, start.input, Budget())
    try:
        await runnable_task(tx, caller, request)
    except (NotFound, Conflict) as error:
        return StartRefusal(FiringReason.TASK_GONE, _sentence(error))
    try:
        run, _ = await submit_run(tx, caller, request, idempotency_key=None, max_open=max_open)
    except QuotaExceeded as error:
        reason = FiringReason.QUOTA if isinstance(error, QuotaUsedUp) else FiringReason.OPEN_RUNS
        return StartRefusal(reason, _sentence(error), error.retry_after)
    except KillSwitchEngaged as error:
        return StartRefusal(FiringReason.KILL_SWITCH, _sentence(error))
    except Conflict as error:
        return StartRefusal(FiringReason.TASK_REFUSED, _sentence(error))
    return run.run_id


async def _caller(tx: Transaction, tenant_id: TenantId, start: UnattendedStart) -> ApiCaller | StartRefusal:
    """Who starts it as a caller of its own, with what the member may do now as whom its runs start."""
    tenant = await tenants.get(tx, tenant_id)
    if tenant is None or tenant.suspended_at is not None:
        return StartRefusal(FiringReason.TENANT_SUSPENDED, "the tenant is suspended")
    member = await tenancy.member_by_id(tx, tenant_id, start.runs_as)
    if member is None:
        detail = f"its runs start as the member {start.runs_as}, who does not belong to the tenant any more"
        return StartRefusal(FiringReason.NOT_PERMITTED, detail)
    if Permission.RUNS_WRITE not in member.grant.permissions:
        detail = (
            f"its runs start as the member {start.runs_as}, whose role {member.grant.name} does not have the "
            f"permission {Permission.RUNS_WRITE}"
        )
        return StartRefusal(FiringReason.NOT_PERMITTED, detail)
    return ApiCaller(tenant_id, member.user_id, member.grant, start.actor)


def _sentence(error: LockstepError) -> str:
    return f"{error.detail}; {error.remedy}" if error.remedy else error.detail
