"""`/tasks`."""

from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from control_plane.definitions.tasks import service
from control_plane.definitions.tasks.schemas import EXAMPLE, DefinedTask, TaskView
from control_plane.dependencies import App, IfMatch, Paging, TaskReader, TaskWriter, Tx
from control_plane.requests.documents import document_of
from control_plane.requests.etags import etag, required_version
from control_plane.requests.paging import Listing, Page, moment
from control_plane.requests.queries import IN_DIGITS
from foundation.contracts.definition import MAX_VERSION, TaskDefinition
from foundation.domain.ids import TaskId
from foundation.http.openapi import refusals
from foundation.storage import tasks
from foundation.storage.tasks import Task, TaskOrder

router = APIRouter(prefix="/tasks", tags=["tasks"])

_TASKS = {
    **{
        order: Listing[Task](name, lambda task: (task.created_at, task.task_id), kinds=(moment, UUID))
        for order, name in ((TaskOrder.NEWEST, "tasks"), (TaskOrder.OLDEST, "tasks, oldest first"))
    },
    **{
        order: Listing[Task](f"tasks by {order}", lambda task: (task.name,), kinds=(str,))
        for order in (TaskOrder.NAME, TaskOrder.NAME_DOWN)
    },
}
_SCHEMA = TaskDefinition.model_json_schema(ref_template="#/components/schemas/{model}")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _SCHEMA, "example": EXAMPLE},
            "application/yaml": {"schema": _SCHEMA},
        },
    }
}


V = TypeVar("V", bound=TaskView)


def _with_tag(response: Response, view: V) -> V:
    response.headers["ETag"] = etag(view.version)
    return view


@router.post(
    "",
    status_code=201,
    summary="Create a task from its definition (JSON or YAML)",
    openapi_extra=_BODY,
    operation_id="create_task",
    responses=refusals(409, 413, 415, 422),
)
async def create(request: Request, response: Response, caller: TaskWriter, app: App) -> DefinedTask:
    view = DefinedTask.defined(*await service.create(app, caller, await document_of(request)))
    response.headers["Location"] = f"/api/v1/tasks/{view.id}"
    return _with_tag(response, view)


@router.get("", summary="Live tasks, newest first unless `sort` says otherwise", operation_id="list_tasks")
async def list_tasks(
    caller: TaskReader,
    tx: Tx,
    paging: Paging,
    name: Annotated[str | None, Query(max_length=120)] = None,
    sort: Annotated[
        TaskOrder, Query(description="a cursor is good for the order in which it was made")
    ] = TaskOrder.NEWEST,
) -> Page[TaskView]:
    listing = _TASKS[sort]
    rows = await tasks.page(tx, caller.tenant_id, order=sort, limit=paging.rows, after=listing.after(paging), name=name)
    page, next_cursor = listing.cut(rows, paging)
    return Page(items=[TaskView.of(task) for task in page], next_cursor=next_cursor)


@router.get(
    "/{task_id}",
    summary="A task with its latest version, or with the one asked for",
    operation_id="get_task",
    responses=refusals(404),
)
async def get(
    task_id: TaskId,
    response: Response,
    caller: TaskReader,
    tx: Tx,
    version: Annotated[int | None, Query(ge=1, le=MAX_VERSION), IN_DIGITS] = None,
) -> TaskView:
    return _with_tag(response, TaskView.of(await service.get(tx, caller, task_id, version=version)))


@router.patch(
    "/{task_id}",
    summary="Add a version: a whole definition, under If-Match",
    openapi_extra=_BODY,
    operation_id="add_task_version",
    responses=refusals(404, 409, 412, 413, 415, 422),
)
async def add_version(
    task_id: TaskId, request: Request, response: Response, caller: TaskWriter, app: App, if_match: IfMatch = None
) -> DefinedTask:
    expected = required_version(if_match)
    defined = await service.add_version(app, caller, task_id, await document_of(request), expected=expected)
    return _with_tag(response, DefinedTask.defined(*defined))


@router.delete(
    "/{task_id}",
    status_code=204,
    summary="Take a task out of use; its runs and versions stay",
    operation_id="archive_task",
    responses=refusals(404),
)
async def archive(task_id: TaskId, caller: TaskWriter, tx: Tx) -> None:
    await service.archive(tx, caller, task_id)
