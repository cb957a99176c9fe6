"""Files as expressions give them (`{artifact, name, size, sha256}`), looked up and made ready to be staged."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.accepted.file_names import names_in_each_others_way
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.tool_job import JobInput
from foundation.contracts.tools.calls.staged_files import read_files
from foundation.domain.failures import FailureCode
from foundation.domain.ids import ArtifactId, TenantId
from foundation.storage.artifacts import Artifact
from foundation.storage.session.database import Database
from foundation.workflow.artifacts import final_artifact
from orchestrator.work import TickFailed


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that is final, under the name that it is staged by. Its address is signed when the job is sent."""

    name: str
    object_key: str
    size: int
    sha256: str


async def stage(
    database: Database, objects: ObjectStore, tenant_id: TenantId, files: Any, *, at: str
) -> tuple[StagedFile, ...]:
    """The files of a job; `TickFailed` when one is no artifact of this tenant, or was never uploaded whole.

    `at` is the pointer of the files within their step.
    """
    references, faults = read_files(files)
    if faults:
        detail = first_of([f"{at}{fault.pointer}: {fault.detail}" for fault in faults], most=3)
        raise TickFailed(FailureCode.FILES_INVALID, detail)
    staged = []
    for reference in references:
        artifact = await _ready(database, objects, tenant_id, ArtifactId(UUID(reference.artifact)))
        name = reference.name or artifact.name
        staged.append(StagedFile(name, artifact.object_key, artifact.size, artifact.sha256.hex()))
    if clash := names_in_each_others_way(entry.name for entry in staged):
        raise TickFailed(
            FailureCode.FILES_INVALID,
            f"{at}: {clash[0]!r} and {clash[1]!r} cannot both be staged; give one another name",
        )
    return tuple(staged)


async def addressed(objects: ObjectStore, files: Iterable[StagedFile], *, seconds: int) -> tuple[JobInput, ...]:
    """The files as a job gets them, through addresses that are good for so many seconds."""
    return tuple(
        [
            JobInput(
                name=file.name,
                url=await objects.download_url(file.object_key, seconds=seconds),
                size=file.size,
                sha256=file.sha256,
            )
            for file in files
        ]
    )


async def _ready(database: Database, objects: ObjectStore, tenant_id: TenantId, wanted: ArtifactId) -> Artifact:
    artifact = await final_artifact(database, objects, tenant_id, wanted)
    if artifact is None:
        detail = f"there is no artifact {wanted}; give the id of one that was uploaded or that a step has left"
        raise TickFailed(FailureCode.ARTIFACT_MISSING, detail)
    if artifact.expired_at is not None:
        at = artifact.expired_at.isoformat(timespec="seconds")
        detail = f"artifact {wanted} expired at {at}, as the tenant's retention says; upload it anew"
        raise TickFailed(FailureCode.ARTIFACT_MISSING, detail)
    if not artifact.ready:
        raise TickFailed(FailureCode.ARTIFACT_MISSING, await _difference(objects, artifact))
    return artifact


async def _difference(objects: ObjectStore, artifact: Artifact) -> str:
    """What was uploaded in the artifact's place, against what was announced."""
    size = await objects.size(artifact.object_key)
    if size is None:
        uploaded = "nothing was uploaded"
    elif size != artifact.size:
        uploaded = f"{size} bytes were uploaded"
    else:
        uploaded = "what was uploaded has another digest"
    return (
        f"artifact {artifact.artifact_id} has {artifact.size} bytes of digest {artifact.sha256.hex()}, but {uploaded}"
    )
