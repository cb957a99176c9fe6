"""What can be done with artifacts."""

from datetime import timedelta
from uuid import UUID

from control_plane.execution.artifacts.schemas import ArtifactView, NewUpload, UploadView
from control_plane.identity.callers import ApiCaller
from control_plane.requests.keys.once import AlreadyMade
from control_plane.resources import AppResources
from foundation.cloud.objects.keys import upload_key
from foundation.contracts.accepted.content_types import media_type
from foundation.domain.errors import Conflict, NotFound, PayloadTooLarge
from foundation.domain.ids import ArtifactId, new_uuid
from foundation.storage import artifacts
from foundation.storage.artifacts import Artifact, NewArtifact
from foundation.storage.keyed_calls import AnsweredCall
from foundation.storage.limits import quotas, stored_bytes
from foundation.storage.people import audit
from foundation.storage.retention import files, sweeps
from foundation.storage.session.database import Transaction
from foundation.telemetry.background import utc_now
from foundation.workflow.artifacts import final_artifact

_SHOWN = frozenset({"image/png", "image/jpeg", "application/json", "text/plain", "text/csv"})
"""What a browser may show; everything else, HTML above all, is only saved."""


async def announce(tx: Transaction, app: AppResources, caller: ApiCaller, wanted: NewUpload) -> UploadView:
    """Makes room for one upload of exactly these bytes under one exact key; `StorageFull` when there is none."""
    if wanted.size > app.settings.upload_limit:
        detail = f"an artifact has at most {app.settings.upload_limit} bytes"
        raise PayloadTooLarge(detail, remedy="upload it in parts, each an artifact of its own")
    rules = await quotas.read_rules(tx, caller.tenant_id)
    await stored_bytes.require_room(tx, caller.tenant_id, rules, size=wanted.size, user_id=caller.user_id)
    artifact_id = ArtifactId(new_uuid())
    artifact = NewArtifact(
        artifact_id=artifact_id,
        name=wanted.name,
        content_type=wanted.content_type,
        size=wanted.size,
        sha256=bytes.fromhex(wanted.sha256),
        object_key=upload_key(caller.tenant_id, artifact_id),
        ready=False,
        created_by=caller.user_id,
    )
    await artifacts.insert(tx, caller.tenant_id, artifact)
    lapses = utc_now() + timedelta(seconds=app.settings.url_seconds)
    await sweeps.hasten(tx, caller.tenant_id, due_at=lapses)
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="artifact.announce", target=str(artifact_id))
    return await _form(app, artifact, seconds=app.settings.url_seconds)


async def announced(tx: Transaction, app: AppResources, caller: ApiCaller, first: AnsweredCall) -> UploadView:
    """The upload that the call announced which had the key first, with a form that lapses when the first one does.

    That was kept nowhere, as it opens a place. `AlreadyMade` where nothing can be uploaded any more.
    """
    location = first.headers["location"]
    artifact_id = ArtifactId(UUID(location.rpartition("/")[2]))
    artifact = await artifacts.get(tx, caller.tenant_id, artifact_id)
    if artifact is None or artifact.ready or artifact.expired_at is not None:
        raise AlreadyMade(location)
    left = artifact.created_at + timedelta(seconds=app.settings.url_seconds) - utc_now()
    if (seconds := int(left.total_seconds())) < 1:
        raise AlreadyMade(location)
    return await _form(app, artifact, seconds=seconds)


async def _form(app: AppResources, artifact: Artifact | NewArtifact, *, seconds: int) -> UploadView:
    """By which exactly its bytes can be sent."""
    upload = await app.objects.upload(
        artifact.object_key,
        seconds=seconds,
        min_bytes=artifact.size,
        max_bytes=artifact.size,
        content_type=artifact.content_type,
        sha256=artifact.sha256,
    )
    return UploadView(id=artifact.artifact_id, url=upload.url, fields=upload.fields)


async def get(app: AppResources, caller: ApiCaller, artifact_id: ArtifactId) -> ArtifactView:
    """The artifact; one whose upload has come since becomes final here. No transaction waits for the network."""
    if caller.access is None:
        artifact = await final_artifact(app.database, app.objects, caller.tenant_id, artifact_id)
    else:
        async with app.database.tenant(caller.tenant_id, read_only=True) as tx:
            artifact = await artifacts.get(tx, caller.tenant_id, artifact_id)
    if artifact is None:
        raise _no_such_artifact()
    return await shown_to(app, caller, artifact)


async def delete(tx: Transaction, caller: ApiCaller, artifact_id: ArtifactId) -> None:
    """Its room is free at once; its bytes go within minutes. `Conflict` while something that may still run needs it."""
    artifact = await artifacts.get(tx, caller.tenant_id, artifact_id)
    if artifact is None:
        raise _no_such_artifact()
    if (need := await files.needed_by(tx, caller.tenant_id, artifact_id)) is not None:
        remedy = f"change the {need.noun}, have it end, or delete it; then delete the artifact"
        raise Conflict(f"the {need.noun} {need.which} needs the artifact", remedy=remedy)
    if not await files.delete(tx, caller.tenant_id, artifact_id):
        return
    await sweeps.hasten(tx, caller.tenant_id, due_at=utc_now())
    detail = {"name": artifact.name, "size": artifact.size, "sha256": artifact.sha256.hex()}
    target = str(artifact_id)
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="artifact.delete", target=target, detail=detail)


def _no_such_artifact() -> NotFound:
    return NotFound("there is no such artifact", remedy="GET /api/v1/artifacts lists those of your tenant")


async def shown_to(app: AppResources, caller: ApiCaller, artifact: Artifact, *, signed: bool = True) -> ArtifactView:
    """With an address that opens it where one is asked for; not for operators, whose reading no audit would tell."""
    url = None
    if signed and artifact.ready and caller.access is None:
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
        created_at=artifact.created_at,
        run_id=artifact.run_id,
        step_id=artifact.step_id,
    )
