"""What can be done with artifacts."""

from control_plane.execution.artifacts.schemas import ArtifactView, NewUpload, UploadView
from control_plane.identity.callers import ApiCaller
from control_plane.resources import AppResources
from foundation.contracts.accepted.content_types import media_type
from foundation.domain.errors import NotFound, PayloadTooLarge
from foundation.domain.ids import ArtifactId, new_uuid
from foundation.storage import artifacts
from foundation.storage.artifacts import Artifact, NewArtifact
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.workflow.artifacts import final_artifact

_SHOWN = frozenset({"image/png", "image/jpeg", "application/json", "text/plain", "text/csv"})
"""What a browser may show; everything else, HTML above all, is only saved."""


async def announce(tx: Transaction, app: AppResources, caller: ApiCaller, wanted: NewUpload) -> UploadView:
    """Makes room for one upload of exactly these bytes under one exact key."""
    if wanted.size > app.settings.upload_limit:
        detail = f"an artifact has at most {app.settings.upload_limit} bytes"
        raise PayloadTooLarge(detail, remedy="upload it in parts, each an artifact of its own")
    artifact_id = ArtifactId(new_uuid())
    key = f"tenants/{caller.tenant_id}/uploads/{artifact_id}"
    upload = await app.objects.upload(
        key,
        seconds=app.settings.url_seconds,
        min_bytes=wanted.size,
        max_bytes=wanted.size,
        content_type=wanted.content_type,
        sha256=bytes.fromhex(wanted.sha256),
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


async def get(app: AppResources, caller: ApiCaller, artifact_id: ArtifactId) -> ArtifactView:
    """The artifact; one whose upload has come since becomes final here. No transaction waits for the network."""
    artifact = await final_artifact(app.database, app.objects, caller.tenant_id, artifact_id)
    if artifact is None:
        remedy = "GET /api/v1/runs/{id}/artifacts lists what a run has left"
        raise NotFound("there is no such artifact", remedy=remedy)
    return await presigned(app, artifact)


async def presigned(app: AppResources, artifact: Artifact) -> ArtifactView:
    url = None
    if artifact.ready:
        url = await app.objects.download_url(
            artifact.object_key,
            seconds=app.settings.url_seconds,
            file_name=artifact.name.rsplit("/", 1)[-1],
            content_type=artifact.content_type,
            inline=media_type(artifact.content_type) in _SHOWN,
        )
    return ArtifactView(
        id=artifact.artifact_id,
        status="EXPIRED" if artifact.expired_at else "READY" if artifact.ready else "PENDING",
        name=artifact.name,
        size=artifact.size,
        content_type=artifact.content_type,
        sha256=artifact.sha256.hex(),
        url=url,
        expired_at=artifact.expired_at,
    )
