"""`/tasks`."""

from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request, Response

from control_plane.definitions.tasks import service
from control_plane.definitions.tasks.reading import ReadDefinition
from control_plane.definitions.tasks.schemas import EXAMPLE, DefinedTask, TaskVersionView, TaskView
from control_plane.dependencies import App, IfMatch, TaskReader, TaskWriter, Tx
from control_plane.requests.answers.in_use import WhileUsed
from control_plane.requests.documents import document_of
from control_plane.requests.etags import etag, expected_version, required_version
from control_plane.requests.keys.once import KeyedRequest, once, repeated
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.queries import IN_DIGITS
from control_plane.rooms import RoomRouter
from foundation.contracts.definition import MAX_VERSION, TaskDefinition
from foundation.domain.ids import TaskId
from foundation.http.openapi import refusals
from foundation.storage import tasks
from foundation.storage.session.database import Transaction
from foundation.storage.tasks import Task, TaskVersion

router = RoomRouter(prefix="/tasks", tags=["tasks"])

_LARGE = tuple(tasks.PAGES.large)
_TASKS = ListOf[Task]("tasks", TaskView, tasks.PAGES.orders, on_request=_LARGE, large=_LARGE)
_VERSIONS = ListOf[TaskVersion](
    "versions of a task",
    TaskVersionView,
    tasks.VERSION_PAGES.orders,
    key=("version",),
    on_request=_LARGE,
    large=tasks.VERSION_PAGES.large,
)
_SCHEMA = TaskDefinition.model_json_schema(ref_template="#/components/schemas/{model}")
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": _SCHEMA, "example": EXAMPLE},
            "application/yaml": {"schema": _SCHEMA, "example": EXAMPLE},
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
    responses={**repeated(DefinedTask), **refusals(409, 413, 415, 422)},
)
@once()
async def create(
    request: Request, response: Response, caller: TaskWriter, app: App, keyed: KeyedRequest
) -> DefinedTask:
    document = await document_of(request)

    async def keep(tx: Transaction, task: Task, read: ReadDefinition) -> DefinedTask:
        view = _with_tag(response, DefinedTask.defined(task, read))
        response.headers["Location"] = f"/api/v1/tasks/{view.id}"
        await keyed.keep(tx, view, status=201, headers=response.headers)
        return view

    return await service.create(app, caller, document, claim=keyed.claim, keep=keep)


@router.get(
    "",
    summary="Live tasks, newest first unless `sort` says otherwise; definitions where `fields` names them",
    operation_id="list_tasks",
    response_model=_TASKS.page,
    responses=refusals(422),
)
async def list_tasks(
    caller: TaskReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_TASKS)],
    name: Annotated[str | None, Query(max_length=120)] = None,
) -> Response:
    rows = await tasks.page(tx, caller.tenant_id, asked.part, name=name)
    return _TASKS.answer(rows, asked, TaskView.of)


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


@router.get(
    "/{task_id}/versions",
    summary="All versions of a task, newest first unless `sort` says otherwise; definitions where `fields` names them",
    operation_id="list_task_versions",
    response_model=_VERSIONS.page,
    responses=refusals(404, 422),
)
async def list_versions(
    task_id: TaskId, caller: TaskReader, tx: Tx, asked: Annotated[ListRequest, Depends(_VERSIONS)]
) -> Response:
    await service.get(tx, caller, task_id)
    rows = await tasks.page_of_versions(tx, caller.tenant_id, task_id, asked.part)
    return _VERSIONS.answer(rows, asked, TaskVersionView.of)


@router.patch(
    "/{task_id}",
    summary="Add a version: a whole definition, under If-Match",
    openapi_extra=_BODY,
    operation_id="add_task_version",
    responses=refusals(404, 409, 412, 413, 415, 422, 428),
)
async def add_version(
    task_id: TaskId, request: Request, response: Response, caller: TaskWriter, app: App, if_match: IfMatch
) -> DefinedTask:
    expected = required_version(if_match)
    defined = await service.add_version(app, caller, task_id, await document_of(request), expected=expected)
    return _with_tag(response, DefinedTask.defined(*defined))


@router.delete(
    "/{task_id}",
    status_code=204,
    summary="Take a task out of use; its runs and versions stay",
    operation_id="archive_task",
    responses=refusals(404, 409, 412),
)
async def archive(
    task_id: TaskId, caller: TaskWriter, tx: Tx, if_match: IfMatch, *, while_used: WhileUsed = False
) -> None:
    await service.archive(tx, caller, task_id, expected=expected_version(if_match), while_used=while_used)
