"""Reads of the turns of a step."""

from control_plane.execution.runs import read
from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import NotFound
from foundation.domain.ids import RunId
from foundation.storage.execution.runs import Run
from foundation.storage.execution.told import turns
from foundation.storage.execution.told.turns import ToldTurn
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import PagePart, Portion


async def page(
    tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, part: PagePart
) -> tuple[Run, Portion[ToldTurn]]:
    """The run, and turns of the step; none where it asks no model, or it is not there yet. `NoSuchStep`."""
    run = await read.get(tx, caller, run_id)
    portion = await turns.page(tx, caller.tenant_id, run_id, name, part)
    if not portion.rows:
        await _require_step(tx, caller, run, name)
    return run, portion


async def get(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, turn: int) -> tuple[Run, ToldTurn]:
    run = await read.get(tx, caller, run_id)
    found = await turns.get(tx, caller.tenant_id, run_id, name, turn)
    if found is None:
        await _require_step(tx, caller, run, name)
        remedy = "GET /api/v1/runs/{id}/steps/{name}/turns lists those that it has"
        raise NotFound(f"step {name} has no turn {turn}", remedy=remedy)
    return run, found


async def _require_step(tx: Transaction, caller: ApiCaller, run: Run, name: str) -> None:
    if not await turns.has_step(tx, caller.tenant_id, run.run_id, name):
        await read.require_planned(tx, caller, run, name)
