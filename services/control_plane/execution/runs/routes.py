"""`/runs`."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from control_plane.dependencies import App, IfMatch, RunReader, RunWriter, StartTurn, Tx
from control_plane.execution.artifacts.schemas import ArtifactView
from control_plane.execution.artifacts.service import shown_to
from control_plane.execution.runs import control, read
from control_plane.execution.runs.schemas import RunMetrics, RunView, StartRun, StepView
from control_plane.execution.runs.submit import RunRequest, submit_run
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.keys.header import IdempotencyKey
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.requests.lists.ranges import AskedRange
from control_plane.rooms import RoomRouter
from foundation.contracts.steps.base import MAX_STEPS, StepName, StepOrItemName
from foundation.contracts.tool_job import WORKSPACE_TYPE
from foundation.domain.ids import RunId, TaskId
from foundation.domain.states import RunStatus
from foundation.http.openapi import refusals
from foundation.storage import artifacts
from foundation.storage.artifacts import Artifact
from foundation.storage.execution import runs, steps
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow

router = RoomRouter(prefix="/runs", tags=["runs"])


_LARGE = tuple(runs.PAGES.large)
_RUNS = ListOf[Run]("runs", RunView, runs.PAGES.orders, on_request=_LARGE, large=_LARGE)
_ARTIFACTS = ListOf[Artifact]("artifacts", ArtifactView, artifacts.PAGES.orders)

_STEPS = ListOf[StepRow](
    "steps",
    StepView,
    steps.OF_RUN.orders,
    key=("id", "name"),
    large=steps.OF_RUN.large,
    rows=(MAX_STEPS, MAX_STEPS),
)
"""A run has no more, so that who asks for no page has all of them where their outputs are not large."""
_ITEMS = ListOf[StepRow]("items", StepView, steps.ITEMS.orders, key=("id", "name"), large=steps.ITEMS.large)
StepOrItem = Annotated[
    StepOrItemName, Path(description="the name of a step; name[index] for an item of one with foreach")
]
ItemsOf = Annotated[StepName, Path(description="the name of a step with `foreach`")]


def with_tag(response: Response, run: Run) -> RunView:
    """The run as it is shown, its version in the answer's ETag."""
    response.headers["ETag"] = etag(run.version)
    return RunView.of(run)


@router.post(
    "",
    status_code=201,
    summary="Start a run",
    responses={200: {"model": RunView, "description": "repeated"}, **refusals(404, 409, 413, 415, 422, 423, 429)},
    operation_id="start_run",
    dependencies=[StartTurn],
)
async def start(
    body: StartRun, response: Response, caller: RunWriter, app: App, tx: Tx, idempotency_key: IdempotencyKey = None
) -> RunView:
    request = RunRequest(body.task_id, body.task_version, body.input, body.budget, body.priority)
    run, created = await submit_run(
        tx, caller, request, idempotency_key=idempotency_key, max_open=app.settings.max_open_runs
    )
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"/api/v1/runs/{run.run_id}"
    return with_tag(response, run)


@router.get(
    "",
    summary="Runs, newest first unless `sort` says otherwise; inputs and outputs where `fields` names them",
    operation_id="list_runs",
    response_model=_RUNS.page,
    responses=refusals(422),
)
async def list_runs(
    caller: RunReader,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_RUNS)],
    created: AskedRange,
    status: Annotated[RunStatus | None, Query()] = None,
    task_id: Annotated[TaskId | None, Query()] = None,
    forked_from: Annotated[RunId | None, Query(description="the run that they were forked from")] = None,
    parent_run_id: Annotated[RunId | None, Query(description="the run whose steps have started them")] = None,
    started_by: Annotated[
        str | None,
        Query(
            max_length=300,
            description="as the audit names its actors: `user:<id>`, `key:<id>`, `schedule:<id>`, `trigger:<id>`",
        ),
    ] = None,
    stuck: Annotated[
        bool | None,
        Query(description="true: open runs that hang, which `/runs/{id}/explain` explains; false: the others"),
    ] = None,
) -> Response:
    hanging = None if stuck is None else await read.hanging(tx, caller)
    rows = await runs.page(
        tx,
        caller.tenant_id,
        asked.part,
        status=status,
        task_id=task_id,
        forked_from=forked_from,
        parent=parent_run_id,
        started_by=started_by,
        since=created.first,
        until=created.end,
        among=hanging if stuck else None,
        but=None if stuck else hanging,
    )
    return _RUNS.answer(rows, asked, RunView.of)


@router.get("/{run_id}", summary="A run with its usage so far", operation_id="get_run", responses=refusals(404))
async def get(run_id: RunId, response: Response, caller: RunReader, tx: Tx) -> RunView:
    return with_tag(response, await read.get(tx, caller, run_id))


@router.delete(
    "/{run_id}",
    summary="Cancel a run, also what is in flight",
    operation_id="cancel_run",
    responses=refusals(404, 409, 412),
)
async def cancel(run_id: RunId, response: Response, caller: RunWriter, tx: Tx, if_match: IfMatch) -> RunView:
    return with_tag(response, await control.cancel(tx, caller, run_id, expected=expected_version(if_match)))


@router.post(
    "/{run_id}/pause",
    summary="Pause: what is claimed ends, nothing new begins",
    operation_id="pause_run",
    responses=refusals(404, 409, 412),
)
async def pause(run_id: RunId, response: Response, caller: RunWriter, tx: Tx, if_match: IfMatch) -> RunView:
    return with_tag(response, await control.pause(tx, caller, run_id, expected=expected_version(if_match)))


@router.post(
    "/{run_id}/resume", summary="Resume a paused run", operation_id="resume_run", responses=refusals(404, 409, 412, 423)
)
async def resume(run_id: RunId, response: Response, caller: RunWriter, tx: Tx, if_match: IfMatch) -> RunView:
    return with_tag(response, await control.resume(tx, caller, run_id, expected=expected_version(if_match)))


@router.get(
    "/{run_id}/steps",
    summary="The timeline: a row a step, in the order in which they need each other",
    operation_id="list_run_steps",
    responses=refusals(404, 422),
    response_model=_STEPS.page,
)
async def timeline(
    run_id: RunId, caller: RunReader, tx: Tx, asked: Annotated[ListRequest, Depends(_STEPS)]
) -> Response:
    run, rows = await read.timeline(tx, caller, run_id, asked.part)
    return _STEPS.answer(rows, asked, lambda step: StepView.of(step, run.expired()))


@router.get(
    "/{run_id}/steps/{name}",
    summary="One step of a run, or one item of a step with foreach",
    operation_id="get_run_step",
    responses=refusals(404, 409),
)
async def get_step(run_id: RunId, name: StepOrItem, caller: RunReader, tx: Tx) -> StepView:
    run, step = await read.step(tx, caller, run_id, name)
    return StepView.of(step, run.expired())


@router.get(
    "/{run_id}/steps/{name}/items",
    summary="The items of a step with foreach, in the list's order",
    operation_id="list_step_items",
    responses=refusals(404, 422),
    response_model=_ITEMS.page,
)
async def list_items(
    run_id: RunId, name: ItemsOf, caller: RunReader, tx: Tx, asked: Annotated[ListRequest, Depends(_ITEMS)]
) -> Response:
    run, rows = await read.items(tx, caller, run_id, name, asked.part)
    return _ITEMS.answer(rows, asked, lambda step: StepView.of(step, run.expired()))


@router.get(
    "/{run_id}/metrics",
    summary="Tokens, cost and durations, by step and by model",
    operation_id="get_run_metrics",
    responses=refusals(404),
)
async def metrics(run_id: RunId, caller: RunReader, tx: Tx) -> RunMetrics:
    return await read.metrics(tx, caller, run_id)


@router.get(
    "/{run_id}/artifacts",
    summary="What the run's tools produced, with presigned addresses",
    operation_id="list_run_artifacts",
    responses=refusals(404, 422),
    response_model=_ARTIFACTS.page,
)
async def list_artifacts(
    run_id: RunId,
    caller: RunReader,
    app: App,
    tx: Tx,
    asked: Annotated[ListRequest, Depends(_ARTIFACTS)],
    *,
    workspaces: Annotated[bool, Query(description="true: with the workspaces that steps have kept for others")] = False,
) -> Response:
    await read.get(tx, caller, run_id)
    but = () if workspaces else (WORKSPACE_TYPE,)
    rows = await artifacts.of_run(tx, caller.tenant_id, run_id, asked.part, but=but)
    page, next_cursor = _ARTIFACTS.cut(rows, asked)
    return _ARTIFACTS.shown([await shown_to(app, caller, artifact) for artifact in page], next_cursor, asked)
