"""`/runs/{run_id}/retry`."""

from fastapi import APIRouter, Response

from control_plane.dependencies import App, IfMatch, Runner, Tx
from control_plane.requests.etags import expected_version
from control_plane.reruns.retry import RetryRequest, retry
from control_plane.reruns.schemas import RetryRun
from control_plane.runs.routes import with_tag
from control_plane.runs.schemas import RunView
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals

router = APIRouter(prefix="/runs/{run_id}", tags=["runs"])


@router.post(
    "/retry",
    summary="Retry a run that ended early: what succeeded stands, the rest runs again",
    operation_id="retry_run",
    responses=refusals(404, 409, 412, 413, 415, 422, 429),
)
async def retry_run(
    run_id: RunId, body: RetryRun, response: Response, caller: Runner, app: App, tx: Tx, if_match: IfMatch = None
) -> RunView:
    request = RetryRequest(tuple(body.from_), body.budget)
    expected, most = expected_version(if_match), app.settings.max_open_runs
    return with_tag(response, await retry(tx, caller, run_id, request, expected=expected, max_open=most))
