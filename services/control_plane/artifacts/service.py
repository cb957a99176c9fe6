"""What can be done with artifacts."""

from uuid import UUID

from control_plane.artifacts.schemas import ArtifactView, NewUpload, UploadView
from control_plane.dependencies import Resources
from control_plane.identity.callers import Caller
from foundation.domain.errors import NotFound, PayloadTooLarge
from foundation.domain.ids import new_uuid
from foundation.storage import artifacts, audit
from foundation.storage.artifacts import Artifact, NewArtifact
from foundation.storage.database import Transaction

_SHOWN = frozenset({"image/png", "image/jpeg", "application/json", "text/plain", "text/csv"})
"""What a browser may show; everything else, HTML above all, is only saved."""


async def announce(tx: Transaction, held: Resources, caller: Caller, wanted: NewUpload) -> UploadView:
    """Makes room for one upload of exactly this size under one exact key."""
    if wanted.size > held.settings.upload_limit:
        raise PayloadTooLarge(f"an artifact has at most {held.settings.upload_limit} bytes")
    artifact_id = new_uuid()
    key = f"tenants/{caller.tenant_id}/uploads/{artifact_id}"
    upload = await held.objects.upload(
        key,
        seconds=held.settings.url_seconds,
        min_bytes=wanted.size,
        max_bytes=wanted.size,
        content_type=wanted.content_type,
    )
    artifact = NewArtifact(
        artifact_id=artifact_id,
        name=wanted.name,
        content_type=wanted.content_type,
        size=wanted.size,
        sha256=bytes.fromhex(wanted.sha256),
        object_key=key,
        ready=False,
        created_by=caller.user_id,
    )
    await artifacts.insert(tx, caller.tenant_id, artifact)
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="artifact.announce", target=str(artifact_id))
    return UploadView(id=artifact_id, url=upload.url, fields=upload.fields)


async def get(tx: Transaction, caller: Caller, artifact_id: UUID) -> Artifact:
    artifact = await artifacts.get(tx, caller.tenant_id, artifact_id)
    if artifact is None:
        raise NotFound("there is no such artifact")
    return artifact


async def presigned(held: Resources, artifact: Artifact) -> ArtifactView:
    """Signing is arithmetic, not a call: no transaction waits for the network here."""
    url = await held.objects.download_url(
        artifact.object_key,
        seconds=held.settings.url_seconds,
        file_name=artifact.name.rsplit("/", 1)[-1],
        content_type=artifact.content_type,
        inline=artifact.content_type in _SHOWN,
    )
    return ArtifactView(
        id=artifact.artifact_id,
        name=artifact.name,
        size=artifact.size,
        content_type=artifact.content_type,
        sha256=artifact.sha256.hex(),
        url=url,
    )
