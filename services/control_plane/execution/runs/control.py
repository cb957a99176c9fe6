"""Cancels, pauses and resumes a run; each is one transaction that locks steps before their run."""

from control_plane.execution.runs import read
from control_plane.identity.callers import ApiCaller
from control_plane.requests.etags import require_version
from control_plane.requests.kill_switch_guard import require_no_kill_switch
from foundation.contracts.run_events import RunPaused
from foundation.domain.errors import IllegalTransition
from foundation.domain.failures import Failure, FailureCode
from foundation.domain.ids import RunId
from foundation.domain.states import RUN_TRANSITIONS, PauseReason, RunStatus
from foundation.storage.execution.runs import Run
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected
from foundation.workflow import endings, run_control
from foundation.workflow.run_control import RunRow


async def cancel(tx: Transaction, caller: ApiCaller, run_id: RunId, *, expected: Expected) -> Run:
    """Ends the run as CANCELLED: fences work in flight, stops the execution, closes the money scope."""
    row = await _locked(tx, caller, run_id, expected=expected)
    if row.status is RunStatus.CANCELLED:
        return await read.get(tx, caller, run_id)
    _require_transition(row, RunStatus.CANCELLED)
    failure = Failure(FailureCode.CANCELLED, f"cancelled by {caller.actor}", retryable=False)
    await endings.cancel(tx, row, failure=failure)
    return await _audited(tx, caller, run_id, "run.cancel")


async def pause(tx: Transaction, caller: ApiCaller, run_id: RunId, *, expected: Expected) -> Run:
    """Lets claimed ticks end and be recorded, takes no new ones; a run that somebody has paused stays as it is.

    One that is paused for another reason is held by this one from now on, or it would go on when that one is gone.
    """
    row = await _locked(tx, caller, run_id, expected=expected)
    if row.pause_reason is PauseReason.USER:
        return await read.get(tx, caller, run_id)
    if row.status is RunStatus.PAUSED:
        await run_control.hold(tx, row, RunPaused(reason=PauseReason.USER))
        return await _audited(tx, caller, run_id, "run.pause")
    _require_transition(row, RunStatus.PAUSED)
    await run_control.pause(tx, row, RunPaused(reason=PauseReason.USER))
    return await _audited(tx, caller, run_id, "run.pause")


async def resume(tx: Transaction, caller: ApiCaller, run_id: RunId, *, expected: Expected) -> Run:
    """Goes on in a new generation, with what is finished finished; while the run above is paused, with that one."""
    row = await _locked(tx, caller, run_id, expected=expected)
    if row.status is not RunStatus.PAUSED:
        raise _refused(row, f"the run is {row.status}; only a PAUSED run can be resumed")
    if row.pause_reason is PauseReason.PARENT:
        detail = f"the run is paused with run {row.parent_run_id}, a step of which has started it"
        raise IllegalTransition(detail, remedy=f"resume run {row.parent_run_id}; this one follows")
    await require_no_kill_switch(tx, caller.tenant_id)
    await run_control.go_on(tx, row, reason=f"resumed by {caller.actor}")
    return await _audited(tx, caller, run_id, "run.resume")


async def _locked(tx: Transaction, caller: ApiCaller, run_id: RunId, *, expected: Expected) -> RunRow:
    row = await run_control.lock_run_and_unfinished_steps(tx, caller.tenant_id, run_id)
    if row is None:
        raise read.no_such_run()
    require_version("run", row.version, expected, to="repeat your call")
    return row


def _require_transition(row: RunRow, wanted: RunStatus) -> None:
    if wanted not in RUN_TRANSITIONS[row.status]:
        raise _refused(row, f"the run is {row.status} and cannot become {wanted}")


def _refused(row: RunRow, detail: str) -> IllegalTransition:
    return IllegalTransition(detail, remedy=_way_on(row.status))


def _way_on(status: RunStatus) -> str:
    if not status.is_terminal:
        return "read the run, and do what its status allows"
    if status is RunStatus.COMPLETED:
        return "start a new run"
    if status is RunStatus.BUDGET_EXCEEDED:
        return "retry it with a higher budget: POST /runs/{id}/retry"
    return "retry it (POST /runs/{id}/retry), or start a new run"


async def _audited(tx: Transaction, caller: ApiCaller, run_id: RunId, action: str) -> Run:
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action=action, target=str(run_id))
    return await read.get(tx, caller, run_id)
