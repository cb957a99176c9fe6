"""Reads of runs: one run, its timeline and its figures; and which runs hang."""

from control_plane.execution.runs import missing_steps
from control_plane.execution.runs.figures import run_metrics
from control_plane.execution.runs.missing_steps import NoSuchStep
from control_plane.execution.runs.schemas import RunMetrics
from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import NotFound
from foundation.domain.ids import RunId
from foundation.storage.execution import runs, steps, sub_runs
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.storage.ledger import usage
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import PagePart, Portion
from foundation.workflow.stalls import faults


async def get(tx: Transaction, caller: ApiCaller, run_id: RunId) -> Run:
    run = await runs.get(tx, caller.tenant_id, run_id)
    if run is None:
        raise no_such_run()
    return run


def no_such_run() -> NotFound:
    return NotFound("there is no such run", remedy="GET /api/v1/runs lists the runs of your tenant")


async def timeline(tx: Transaction, caller: ApiCaller, run_id: RunId, part: PagePart) -> tuple[Run, Portion[StepRow]]:
    """The run, and a part of its steps in topological order."""
    run = await get(tx, caller, run_id)
    return run, await steps.page_of_run(tx, caller.tenant_id, run_id, part)


async def step(tx: Transaction, caller: ApiCaller, run_id: RunId, name: str) -> tuple[Run, StepRow]:
    """The run, and its step or an item of one; `NoSuchStep`, or `StepNotThereYet` for one that is still to come."""
    run = await get(tx, caller, run_id)
    row = await steps.named(tx, caller.tenant_id, run_id, name)
    if row is None:
        raise await missing_steps.missing(tx, caller, run, {name: None})
    return run, row


async def items(
    tx: Transaction, caller: ApiCaller, run_id: RunId, name: str, part: PagePart
) -> tuple[Run, Portion[StepRow]]:
    """The run, and items of the named step; none where it has no `foreach`, or its list or itself is not there yet."""
    run = await get(tx, caller, run_id)
    portion = await steps.page_of_items(tx, caller.tenant_id, run_id, name, part)
    if not portion.rows and name not in {step.name for step in await steps.of_run(tx, caller.tenant_id, run_id)}:
        await require_planned(tx, caller, run, name)
    return run, portion


async def require_planned(tx: Transaction, caller: ApiCaller, run: Run, name: str) -> None:
    """`NoSuchStep` for a name that no step of the run has or will have; a step that is not there has nothing yet."""
    reason = await missing_steps.missing(tx, caller, run, {name: None})
    if isinstance(reason, NoSuchStep):
        raise reason


async def metrics(tx: Transaction, caller: ApiCaller, run_id: RunId) -> RunMetrics:
    run = await get(tx, caller, run_id)
    rows = await steps.of_run(tx, caller.tenant_id, run_id)
    below = await sub_runs.below(tx, caller.tenant_id, run_id)
    models = await usage.of_runs_by_model(tx, caller.tenant_id, [run_id])
    of_below = await usage.of_runs_by_model(tx, caller.tenant_id, [one.run_id for one in below]) if below else []
    return run_metrics(run, rows, models, below=below, models_below=of_below)


async def hanging(tx: Transaction, caller: ApiCaller) -> list[RunId]:
    """The tenant's open runs that hang somewhere."""
    return sorted({stall.run_id for stall in await faults.find_with_unanswerable(tx, caller.tenant_id)})
