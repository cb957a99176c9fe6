"""`/artifacts`."""

from typing import Annotated

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, ArtifactReader, ArtifactWriter, Tx
from control_plane.execution.artifacts import service
from control_plane.execution.artifacts.schemas import (
    ArtifactStatus,
    ArtifactView,
    NewUpload,
    UploadView,
)
from control_plane.requests.keys.once import KeyedRequest, once, repeated
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.lists.ranges import AskedRange
from control_plane.rooms import RoomRouter
from foundation.contracts.tool_job import WORKSPACE_TYPE
from foundation.domain.ids import ArtifactId, RunId
from foundation.http.openapi import refusals
from foundation.storage import artifacts
from foundation.storage.artifacts import Artifact

router = RoomRouter(prefix="/artifacts", tags=["artifacts"])

_ARTIFACTS = ListOf[Artifact]("all artifacts", ArtifactView, artifacts.TENANT_PAGES.orders, on_request=("url",))


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
    "",
    summary="What runs have left and users have announced, newest first; addresses where `fields` names `url`",
    operation_id="list_artifacts",
    responses=refusals(422),
    response_model=_ARTIFACTS.page,
)
async def list_artifacts(
    caller: ArtifactReader,
    app: App,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_ARTIFACTS)],
    created: AskedRange,
    status: Annotated[ArtifactStatus | None, Query()] = None,
    run_id: Annotated[RunId | None, Query()] = None,
    *,
    workspaces: Annotated[bool, Query(description="true: with the workspaces that steps have kept for others")] = False,
) -> Response:
    rows = await artifacts.of_tenant(
        tx,
        caller.tenant_id,
        asked.part,
        status=status,
        run_id=run_id,
        since=created.first,
        until=created.end,
        but=() if workspaces else (WORKSPACE_TYPE,),
    )
    page, next_cursor = _ARTIFACTS.cut(rows, asked)
    signed = "url" in asked.fields
    views = [await service.shown_to(app, caller, artifact, signed=signed) for artifact in page]
    return _ARTIFACTS.shown(views, next_cursor, asked)


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
