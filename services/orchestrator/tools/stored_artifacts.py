"""The artifacts of a result: accepted only as the job reported them, and from where no form can write again.

A runner holds its job's forms for as long as they are good, whatever has become of the job. So what it sent is checked
and copied to a key of its own before the result is recorded; what was sent goes once it is.
"""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid5

from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.objects.keys import final_job_key, job_folder, job_key
from foundation.contracts.tool_job import JobArtifact, ToolResult
from foundation.contracts.tools.calls.documents import document_of
from foundation.contracts.tools.calls.told_failures import ToldFailure
from foundation.domain.errors import LockstepError
from foundation.domain.failures import FailureCode
from foundation.domain.ids import ArtifactId, JobId
from foundation.domain.policy.quotas import StorageFull
from foundation.storage import artifacts
from foundation.storage.artifacts import NewArtifact
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.limits import quotas, stored_bytes
from foundation.storage.session.database import Transaction
from foundation.telemetry.logs import logger
from orchestrator.tools import workspaces
from orchestrator.work import TickFailed

_CHECKED_AT_ONCE = 8
_log = logger(__name__)


class StoredArtifacts:
    """Looks at what jobs have stored."""

    def __init__(self, objects: ObjectStore, *, artifacts_per_job: int) -> None:
        self._objects = objects
        self._artifacts_per_job = artifacts_per_job

    async def accept(
        self, claim: StepClaim, result: ToolResult, *, told: ToldFailure | None = None
    ) -> tuple[dict[str, Any], list[NewArtifact]]:
        """The document of a result, and its artifacts, which have to lie where the job was to put them, as reported.

        They are final when this returns. It may be called again for the same result, by whoever else has to record it.
        """
        reported = [*result.artifacts, *([] if result.workspace is None else [result.workspace])]
        if len({artifact.index for artifact in reported}) < len(reported):
            raise TickFailed(FailureCode.ARTIFACT_MISMATCH, "two artifacts have one place", retryable=True)
        new = await self._all_final(claim, result.job_id, reported)
        files = [_named(artifact) for artifact in new[: len(result.artifacts)]]
        if result.workspace is None:
            return document_of(result, files=files, told=told), new
        return document_of(result, files=files, workspace=_named(new[-1]), told=told), new

    @staticmethod
    async def keep(tx: Transaction, claim: StepClaim, new: Sequence[NewArtifact]) -> None:
        """Stores the rows of accepted artifacts; `TickFailed` when the tenant, or its user, has no room for them."""
        if not new:
            return
        tenant_id = claim.dispatch.tenant_id
        rules = await quotas.read_rules(tx, tenant_id)
        size = sum(artifact.size for artifact in new)
        try:
            await stored_bytes.require_room(tx, tenant_id, rules, size=size, user_id=claim.payer.user_id)
        except StorageFull as full:
            raise TickFailed(FailureCode.STORAGE_FULL, f"{full.detail}; {full.remedy}") from full
        for artifact in new:
            await artifacts.insert(tx, tenant_id, artifact)

    async def clear(self, claim: StepClaim, result: ToolResult) -> None:
        """Removes what the job sent, once its result is recorded; the sweeper does so where this cannot.

        Not to be called for a job that was begun more than once: another worker may have copied other bytes of it, and
        what is left here leads the sweeper to them.
        """
        if not result.artifacts and result.workspace is None:
            return
        try:
            await self._objects.erase(job_folder(claim.dispatch.tenant_id, result.job_id))
        except (LockstepError, OSError) as error:
            _log.warning("what a job sent is left to the sweeper", extra={"error": type(error).__name__})

    async def _all_final(self, claim: StepClaim, job_id: JobId, reported: Sequence[JobArtifact]) -> list[NewArtifact]:
        at_once = asyncio.Semaphore(_CHECKED_AT_ONCE)

        async def final(artifact: JobArtifact) -> NewArtifact:
            async with at_once:
                return await self._final(claim, job_id, artifact)

        # All of them end before the first failure is told, so that nothing is copied after a step has failed.
        ended = await asyncio.gather(*map(final, reported), return_exceptions=True)
        new = []
        for one in ended:
            if isinstance(one, BaseException):
                raise one
            new.append(one)
        return new

    async def _final(self, claim: StepClaim, job_id: JobId, artifact: JobArtifact) -> NewArtifact:
        tenant_id, sha256 = claim.dispatch.tenant_id, bytes.fromhex(artifact.sha256)
        artifact_id = _id_of(job_id, artifact)
        sent, final = job_key(tenant_id, job_id, artifact.index), final_job_key(tenant_id, job_id, artifact_id)
        is_asked_for = artifact.index < self._artifacts_per_job or artifact.index == workspaces.INDEX
        if not is_asked_for or not (
            await self._objects.freeze(sent, final, size=artifact.size, sha256=sha256)
            # A worker that ended before it had recorded the result has copied it, and other bytes were sent since.
            or await self._objects.digest(final) == (artifact.size, sha256)
        ):
            detail = f"the artifact {artifact.name!r} is not in storage as the job reported it"
            raise TickFailed(FailureCode.ARTIFACT_MISMATCH, detail, retryable=True)
        return NewArtifact(
            artifact_id=artifact_id,
            name=artifact.name,
            content_type=artifact.content_type,
            size=artifact.size,
            sha256=sha256,
            object_key=final,
            ready=True,
            run_id=claim.dispatch.run_id,
            step_id=claim.dispatch.step_id,
            job_id=job_id,
            created_by=claim.payer.user_id,
        )


def _id_of(job_id: JobId, artifact: JobArtifact) -> ArtifactId:
    """It names these bytes and this name: when a job runs again, other ones never become the artifact of the first."""
    return ArtifactId(uuid5(job_id, f"{artifact.index}:{artifact.sha256}:{artifact.size}:{artifact.name}"))


def _named(new: NewArtifact) -> dict[str, Any]:
    return {"artifact": str(new.artifact_id), "name": new.name, "size": new.size, "sha256": new.sha256.hex()}
