"""`/tool-sources`."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from control_plane.definitions.tool_sources import service
from control_plane.definitions.tool_sources.schemas import NewToolSource, ToolSourceSummary, ToolSourceView
from control_plane.dependencies import IfMatch, PutConditions, ToolSourceReader, ToolSourceWriter, Tx
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.queries import IN_DIGITS
from control_plane.rooms import RoomRouter
from foundation.contracts.definition import MAX_VERSION
from foundation.contracts.tools.tenant.names import SourceName
from foundation.http.openapi import refusals
from foundation.storage import tool_sources
from foundation.storage.tool_sources import ToolSource

router = RoomRouter(prefix="/tool-sources", tags=["tools"])

Name = Annotated[
    SourceName, Path(description="the middle of its tools' names: `api.<name>.<operation>`, `mcp.<name>.<tool>`")
]


_SOURCES = ListOf[ToolSource]("tool_sources", ToolSourceSummary, tool_sources.PAGES.orders)


@router.get(
    "",
    summary="Where the tenant's own tools come from, by name",
    operation_id="list_tool_sources",
    response_model=_SOURCES.page,
    responses=refusals(422),
)
async def list_tool_sources(
    caller: ToolSourceReader, tx: Tx, asked: Annotated[ListRequest, Depends(_SOURCES)]
) -> Response:
    return _SOURCES.answer(await tool_sources.page(tx, caller.tenant_id, asked.part), asked, ToolSourceSummary.of)


@router.get(
    "/{source_name}",
    summary="One source with its tools, at its newest version or at the one asked for",
    operation_id="get_tool_source",
    responses=refusals(404),
)
async def get(
    source_name: Name,
    response: Response,
    caller: ToolSourceReader,
    tx: Tx,
    version: Annotated[int | None, Query(ge=1, le=MAX_VERSION), IN_DIGITS] = None,
) -> ToolSourceView:
    source = await service.get(tx, caller, source_name, version=version)
    response.headers["ETag"] = etag(source.version)
    return source


@router.put(
    "/{source_name}",
    summary="Make tools of an OpenAPI document or of an MCP server; each time the source has its next version",
    responses={201: {"model": ToolSourceView, "description": "created"}, **refusals(404, 409, 410, 412, 413, 415, 422)},
    operation_id="put_tool_source",
)
async def put(
    source_name: Name,
    body: NewToolSource,
    response: Response,
    caller: ToolSourceWriter,
    tx: Tx,
    conditions: PutConditions,
) -> ToolSourceView:
    source, is_made = await service.put(tx, caller, source_name, body, expected=expected_version(conditions))
    response.status_code = 201 if is_made else 200
    response.headers["ETag"] = etag(source.version)
    return source


@router.delete(
    "/{source_name}",
    status_code=204,
    summary="Take a source out of use; tasks that were made with its tools go on",
    operation_id="delete_tool_source",
    responses=refusals(404, 412),
)
async def delete(source_name: Name, caller: ToolSourceWriter, tx: Tx, if_match: IfMatch) -> None:
    await service.delete(tx, caller, source_name, expected=expected_version(if_match))
