"""`/artifacts`."""

from control_plane.dependencies import App, ArtifactReader, ArtifactWriter, Tx
from control_plane.execution.artifacts import service
from control_plane.execution.artifacts.schemas import ArtifactView, NewUpload, UploadView
from control_plane.rooms import RoomRouter
from foundation.domain.ids import ArtifactId
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/artifacts", tags=["artifacts"])


@router.post(
    "",
    status_code=201,
    summary="Announce an upload; the answer says where to send the file",
    operation_id="announce_artifact",
    responses=refusals(409, 413, 415),
)
async def announce(body: NewUpload, caller: ArtifactWriter, app: App, tx: Tx) -> UploadView:
    return await service.announce(tx, app, caller, body)


@router.get(
    "/{artifact_id}",
    summary="An artifact with a presigned address",
    operation_id="get_artifact",
    responses=refusals(404),
)
async def get(artifact_id: ArtifactId, caller: ArtifactReader, app: App) -> ArtifactView:
    return await service.get(app, caller, artifact_id)


@router.delete(
    "/{artifact_id}",
    status_code=204,
    summary="Delete an artifact that nothing needs any more, or give an upload up; its name and digest stay",
    operation_id="delete_artifact",
    responses=refusals(404, 409),
)
async def delete(artifact_id: ArtifactId, caller: ArtifactWriter, tx: Tx) -> None:
    await service.delete(tx, caller, artifact_id)
