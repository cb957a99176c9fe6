"""`/runs/{run_id}/retry` and `/runs/{run_id}/fork`."""

from fastapi import Response

from control_plane.dependencies import App, IfMatch, RunWriter, StartTurn, Tx
from control_plane.execution.reruns.fork import ForkRequest, fork
from control_plane.execution.reruns.retry import RetryRequest, retry
from control_plane.execution.reruns.schemas import ForkRun, RetryRun
from control_plane.execution.runs import read
from control_plane.execution.runs.routes import with_tag
from control_plane.execution.runs.schemas import RunView
from control_plane.requests.etags import expected_version
from control_plane.requests.keys.header import IdempotencyKey
from control_plane.requests.keys.once import KeyedRequest, once
from control_plane.rooms import RoomRouter
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals

_NOTHING_SAID = RetryRun()
"""A retry of all that has failed, which needs no body."""

router = RoomRouter(prefix="/runs/{run_id}", tags=["runs"])


@router.post(
    "/retry",
    summary="Retry a run that ended early: what succeeded stands, the rest runs again",
    operation_id="retry_run",
    responses=refusals(404, 409, 412, 413, 415, 422, 423, 429),
    dependencies=[StartTurn],
)
@once(secret=True)
async def retry_run(
    run_id: RunId,
    response: Response,
    caller: RunWriter,
    app: App,
    tx: Tx,
    if_match: IfMatch,
    keyed: KeyedRequest,
    body: RetryRun = _NOTHING_SAID,
) -> RunView:
    """A repeat is answered with the run as it is now, so that nothing of it is kept with the key."""
    if await keyed.first(tx) is not None:
        return with_tag(response, await read.get(tx, caller, run_id))
    request = RetryRequest(tuple(body.from_), body.budget)
    expected, most = expected_version(if_match), app.settings.max_open_runs
    run = with_tag(response, await retry(tx, caller, run_id, request, expected=expected, max_open=most))
    await keyed.keep(tx, run, status=200, headers=response.headers)
    return run


@router.post(
    "/fork",
    status_code=201,
    summary="Fork a run: a new one takes over what is finished, and begins from a step",
    responses={200: {"model": RunView, "description": "repeated"}, **refusals(404, 409, 410, 413, 415, 422, 423, 429)},
    operation_id="fork_run",
    dependencies=[StartTurn],
)
async def fork_run(
    run_id: RunId,
    body: ForkRun,
    response: Response,
    caller: RunWriter,
    app: App,
    tx: Tx,
    idempotency_key: IdempotencyKey = None,
) -> RunView:
    overrides = {name: one.model_dump(exclude_unset=True) for name, one in body.overrides.items()}
    request = ForkRequest(body.from_, body.turn, body.input, overrides, body.budget, body.start)
    most = app.settings.max_open_runs
    run, created = await fork(tx, caller, run_id, request, idempotency_key=idempotency_key, max_open=most)
    response.status_code = 201 if created else 200
    response.headers["Location"] = f"/api/v1/runs/{run.run_id}"
    return with_tag(response, run)
