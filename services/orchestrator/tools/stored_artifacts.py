"""The artifacts of a result: accepted only where they lie in storage as the job reported them."""

from typing import Any
from uuid import uuid5

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.tool_job import JobArtifact, ToolResult
from foundation.contracts.tools.calls.documents import document_of
from foundation.domain.failures import FailureCode
from foundation.domain.ids import ArtifactId, JobId
from foundation.storage.artifacts import NewArtifact
from foundation.storage.execution.dispatches import StepClaim
from orchestrator.tools import workspaces
from orchestrator.work import TickFailed


class StoredArtifacts:
    """Looks at what jobs have stored."""

    def __init__(self, objects: ObjectStore, *, artifacts_per_job: int) -> None:
        self._objects = objects
        self._artifacts_per_job = artifacts_per_job

    async def accept(self, claim: StepClaim, result: ToolResult) -> tuple[dict[str, Any], list[NewArtifact]]:
        """The document of a result, and its artifacts, which have to lie where the job was to put them, as reported."""
        new = [await self._checked(claim, result.job_id, artifact) for artifact in result.artifacts]
        files = [_named(artifact) for artifact in new]
        if result.workspace is None:
            return document_of(result, files=files), new
        kept = await self._checked(claim, result.job_id, result.workspace)
        return document_of(result, files=files, workspace=_named(kept)), [*new, kept]

    async def _checked(self, claim: StepClaim, job_id: JobId, artifact: JobArtifact) -> NewArtifact:
        key = object_key(claim, job_id, artifact.index)
        is_asked_for = artifact.index < self._artifacts_per_job or artifact.index == workspaces.INDEX
        stored = await self._objects.digest(key) if is_asked_for else None
        if stored != (artifact.size, bytes.fromhex(artifact.sha256)):
            detail = f"the artifact {artifact.name!r} is not in storage as the job reported it"
            raise TickFailed(FailureCode.ARTIFACT_MISMATCH, detail, retryable=True)
        return NewArtifact(
            artifact_id=ArtifactId(uuid5(job_id, str(artifact.index))),
            name=artifact.name,
            content_type=artifact.content_type,
            size=artifact.size,
            sha256=bytes.fromhex(artifact.sha256),
            object_key=key,
            ready=True,
            run_id=claim.dispatch.run_id,
            step_id=claim.dispatch.step_id,
            job_id=job_id,
            created_by=claim.run_created_by,
        )


def object_key(claim: StepClaim, job_id: JobId, index: int) -> str:
    return f"tenants/{claim.dispatch.tenant_id}/runs/{claim.dispatch.run_id}/jobs/{job_id}/{index}"


def _named(new: NewArtifact) -> dict[str, Any]:
    return {"artifact": str(new.artifact_id), "name": new.name, "size": new.size, "sha256": new.sha256.hex()}
