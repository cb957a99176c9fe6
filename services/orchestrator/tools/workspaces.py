"""The workspace of a call on its way into its job, and the workspace of an expression on its way into a call."""

from typing import Any

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.tool_job import JobReason, JobWorkspace, UploadSlot, WorkspaceLimits
from foundation.domain.failures import FailureCode
from foundation.domain.ids import TenantId
from foundation.storage.session.database import Database
from orchestrator.tools.files import addressed, stage
from orchestrator.tools.tool_call import WorkspaceUse
from orchestrator.work import TickFailed

INDEX = 999
"""The slot of a job's workspace, above those of its artifacts."""

_NOT_BEGUN = frozenset(
    {
        *(JobReason.INPUT_UNAVAILABLE, JobReason.INPUT_MISMATCH, JobReason.SECRET_UNAVAILABLE, JobReason.JOB_EXPIRED),
        *(JobReason.MODELS_UNAVAILABLE, JobReason.SANDBOX_UNAVAILABLE),
    }
)
"""How a job ends that has changed nothing in the workspace it was to begin with."""


async def job_workspace(
    objects: ObjectStore, use: WorkspaceUse | None, key: str, *, seconds: int
) -> JobWorkspace | None:
    """With addresses that are good for so many seconds; `key` is where what the job leaves is stored."""
    if use is None:
        return None
    limits = WorkspaceLimits()
    [form] = await objects.uploads([key], seconds=seconds, max_bytes=limits.archive)
    taken = None if use.taken is None else (await addressed(objects, [use.taken], seconds=seconds))[0]
    return JobWorkspace(taken=taken, upload=UploadSlot(index=INDEX, url=form.url, fields=form.fields), limits=limits)


async def staged_workspace(database: Database, objects: ObjectStore, tenant_id: TenantId, found: Any) -> WorkspaceUse:
    """What a step left, as its output names it. `TickFailed` where it left none."""
    if found is None:
        detail = "/workspace: the step left no workspace; `skipped` in its output has the reason where it was not kept"
        raise TickFailed(FailureCode.FILES_INVALID, detail)
    [taken] = await stage(database, objects, tenant_id, found, at="/workspace")
    return WorkspaceUse(taken)


def why_not_kept(document: dict[str, Any]) -> str | None:
    """Why there is nothing of what a call left below `/work`; None where it was kept, or the call changed nothing.

    `document` is that of a call that was made with a workspace.
    """
    if document.get("workspace") or document.get("reason") in _NOT_BEGUN:
        return None
    skipped = [str(one["reason"]) for one in document.get("skipped") or [] if one["path"] == "workspace"]
    # A job may leave a file of that name besides, which is not "kept" or "not kept".
    reasons = [reason for reason in skipped if reason.startswith("not kept: ")]
    return reasons[-1] if reasons else "not kept: the call ended before it was stored"
