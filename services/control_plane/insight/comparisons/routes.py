"""`/runs/{run_id}/diff/{other_id}`."""

from control_plane.dependencies import RunReader, Tx
from control_plane.insight.comparisons.compare import compare
from control_plane.insight.comparisons.schemas import RunComparison
from control_plane.rooms import RoomRouter
from foundation.domain.ids import RunId
from foundation.http.openapi import refusals

router = RoomRouter(prefix="/runs/{run_id}/diff", tags=["runs"])


@router.get(
    "/{other_id}",
    summary="What differs between two runs: what they were asked, what came of it, what it took",
    operation_id="diff_runs",
    responses=refusals(404, 410),
)
async def diff_runs(run_id: RunId, other_id: RunId, caller: RunReader, tx: Tx) -> RunComparison:
    return await compare(tx, caller, run_id, other_id)
