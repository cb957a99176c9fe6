"""`/artifacts`."""

from fastapi import APIRouter

from control_plane.dependencies import App, ArtifactReader, ArtifactWriter, Tx
from control_plane.execution.artifacts import service
from control_plane.execution.artifacts.schemas import ArtifactView, NewUpload, UploadView
from foundation.domain.ids import ArtifactId
from foundation.http.openapi import refusals

router = APIRouter(prefix="/artifacts", tags=["artifacts"])


@router.post(
    "",
    status_code=201,
    summary="Announce an upload; the answer says where to send the file",
    operation_id="announce_artifact",
    responses=refusals(413, 415),
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
