"""`/artifacts`."""

from fastapi import Response

from control_plane.dependencies import App, ArtifactReader, ArtifactWriter, Tx
from control_plane.execution.artifacts import service
from control_plane.execution.artifacts.schemas import ArtifactView, NewUpload, UploadView
from control_plane.requests.keys.once import KeyedRequest, once, repeated
from control_plane.rooms import RoomRouter
from foundation.domain.ids import ArtifactId
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/artifacts", tags=["artifacts"])


@router.post(
    "",
    status_code=201,
    summary="Announce an upload; the answer says where to send the file",
    operation_id="announce_artifact",
    responses={**repeated(UploadView), **refusals(409, 413, 415, 422)},
)
@once(secret=True)
async def announce(
    body: NewUpload, response: Response, caller: ArtifactWriter, app: App, tx: Tx, keyed: KeyedRequest
) -> UploadView:
    if (first := await keyed.first(tx)) is not None:
        response.status_code = 200
        return await service.announced(tx, app, caller, first)
    upload = await service.announce(tx, app, caller, body)
    response.headers["Location"] = f"/api/v1/artifacts/{upload.id}"
    await keyed.keep(tx, upload, status=201, headers=response.headers)
    return upload


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
