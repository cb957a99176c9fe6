"""Makes an upload final: checks that it is what was announced, and moves it to a key that no upload form reaches."""

from dataclasses import replace

from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.objects.keys import final_key
from foundation.domain.ids import ArtifactId, TenantId
from foundation.storage import artifacts
from foundation.storage.artifacts import Artifact
from foundation.storage.session.database import Database


async def final_artifact(
    database: Database, objects: ObjectStore, tenant_id: TenantId, artifact_id: ArtifactId
) -> Artifact | None:
    """The artifact, made final if its upload has come since; None when the tenant has no such artifact.

    The artifact is not `ready` while nothing, or something other than was announced, has been uploaded, and once it has
    expired. No transaction
    stays open during the calls to the object store, which may be slow.
    """
    artifact = await _read(database, tenant_id, artifact_id)
    if artifact is None or artifact.ready or artifact.expired_at is not None:
        return artifact
    key = final_key(tenant_id, artifact_id)
    if not await objects.freeze(artifact.object_key, key, size=artifact.size, sha256=artifact.sha256):
        # Another caller may have made it final meanwhile, and deleted the upload from its first key.
        return await _read(database, tenant_id, artifact_id)
    async with database.tenant(tenant_id) as tx:
        await artifacts.mark_ready(tx, tenant_id, artifact_id, object_key=key)
    await objects.purge(artifact.object_key)
    return replace(artifact, ready=True, object_key=key)


async def _read(database: Database, tenant_id: TenantId, artifact_id: ArtifactId) -> Artifact | None:
    async with database.tenant(tenant_id) as tx:
        return await artifacts.get(tx, tenant_id, artifact_id)
