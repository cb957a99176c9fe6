"""Files as expressions give them (`{artifact, name, size, sha256}`), looked up and made ready to be staged."""

from typing import Any
from uuid import UUID

from foundation.cloud.objects import ObjectStore
from foundation.contracts.tool_job import JobInput
from foundation.storage import artifacts
from foundation.storage.artifacts import Artifact
from foundation.storage.database import Database
from orchestrator.engines.base import StepFailed

_URL_SECONDS = 900


async def stage(database: Database, objects: ObjectStore, tenant_id: UUID, files: Any) -> tuple[JobInput, ...]:
    """The inputs of a job; `StepFailed` when a file is no artifact of this tenant, or was never uploaded whole."""
    staged = []
    for entry in _listed(files):
        artifact = await _ready(database, objects, tenant_id, entry["artifact"])
        url = await objects.download_url(artifact.object_key, seconds=_URL_SECONDS)
        name = str(entry.get("name") or artifact.name)
        staged.append(JobInput(name=name, url=url, size=artifact.size, sha256=artifact.sha256.hex()))
    return tuple(staged)


def _listed(files: Any) -> list[dict[str, Any]]:
    """One file or many, also as lists of lists, as projections over several outputs give them."""
    if files is None:
        return []
    if isinstance(files, dict):
        if not isinstance(files.get("artifact"), str):
            raise StepFailed("files_invalid", 'a file is {"artifact": <id>, "name": …}')
        return [files]
    if isinstance(files, list):
        return [file for item in files for file in _listed(item)]
    raise StepFailed("files_invalid", f"files must be a list of files, not {type(files).__name__}")


async def _ready(database: Database, objects: ObjectStore, tenant_id: UUID, artifact_id: str) -> Artifact:
    try:
        wanted = UUID(artifact_id)
    except ValueError as error:
        raise StepFailed("files_invalid", f"{artifact_id!r} is not an artifact's id") from error
    async with database.tenant(tenant_id) as tx:
        artifact = await artifacts.get(tx, tenant_id, wanted)
    if artifact is None:
        raise StepFailed("artifact_missing", f"there is no artifact {wanted}")
    if not artifact.ready:
        size = await objects.size(artifact.object_key)
        if size != artifact.size:
            found = "nothing was uploaded" if size is None else f"{size} bytes were uploaded"
            raise StepFailed("artifact_missing", f"artifact {wanted} has {artifact.size} bytes, but {found}")
        async with database.tenant(tenant_id) as tx:
            await artifacts.mark_ready(tx, tenant_id, wanted)
    return artifact
