"""The parts that the transactions of all outcomes share: an engine's own writes, and the events that come last."""

from collections.abc import Sequence

from foundation.contracts.run_events import RunEvent
from foundation.domain.failures import PlacedFailure
from foundation.domain.states import RunStatus, StepStatus
from foundation.storage.execution import run_events
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.storage.session.database import Transaction
from foundation.storage.session.outbox import OutboxEffect
from foundation.workflow import callbacks, outcomes, run_control
from foundation.workflow.messages import step_message
from foundation.workflow.standing_clock import set_clock
from orchestrator.claiming.taking import Claimed, Taker
from orchestrator.work import Record, TurnsTaken, Work


async def write_records(tx: Transaction, records: Sequence[Record]) -> None:
    for record in records:
        await record(tx)


async def end_failed(
    tx: Transaction,
    lease: LeaseFence,
    error: PlacedFailure,
    *,
    taken: TurnsTaken | None = None,
    output: object = None,
    excused: bool = False,
) -> Sequence[RunEvent]:
    """Ends the held step as FAILED, with the turns that its dispatch has taken; returns the events of these.

    `output` is what it had by then; `excused`: the run may complete all the same.
    """
    kept = taken or TurnsTaken()
    await outcomes.end(
        tx,
        lease.dispatch.tenant_id,
        lease.dispatch.step_id,
        fence=lease.fence,
        status=StepStatus.FAILED,
        output=output,
        error=error,
        excused=excused,
        turn=kept.turn,
    )
    await write_records(tx, kept.records)
    return kept.events


async def close(tx: Transaction, lease: LeaseFence, *events: RunEvent, effects: Sequence[OutboxEffect] = ()) -> None:
    """Appends the events and what is to be sent, which locks the run's row, so that it comes last.

    The execution of a run that was paused while ticks ran is stopped here, with the last of those ticks. The clock of a
    run stands from here on if all that is left to run waits for approvals.
    """
    dispatch = lease.dispatch
    after = await run_events.append(tx, dispatch.tenant_id, dispatch.run_id, events, effects=effects)
    if after.awaits_approval:
        await set_clock(tx, dispatch.tenant_id, dispatch.run_id)
    if after.status == RunStatus.PAUSED and after.generation == dispatch.generation:
        run = await run_control.lock_run(tx, dispatch.tenant_id, dispatch.run_id)
        if run is not None:
            await run_control.stop_execution_if_idle(tx, run)


async def go_on(
    tx: Transaction,
    lease: LeaseFence,
    events: Sequence[RunEvent],
    released: Sequence[StepDispatch],
    *,
    taker: Taker,
    free_slots: int,
) -> list[Work]:
    """Lets released dependents of an ended step go on, answers the step's token, and appends the events of its end."""
    dispatch = lease.dispatch
    claimed = await _claim(tx, released[: max(free_slots, 0)], taker)
    messages = [step_message(step) for step in released[len(claimed) :]]
    effects = [callbacks.done(dispatch), *messages]
    await close(tx, lease, *events, *(one.event for one in claimed), effects=effects)
    return [one.work for one in claimed]


async def _claim(tx: Transaction, released: Sequence[StepDispatch], taker: Taker) -> list[Claimed]:
    """Claims in the same transaction, without the queue; stops at the first step that may not run now."""
    claimed: list[Claimed] = []
    for step in released:
        # Their needs had ended before they were released, which was an earlier statement.
        one = await taker.claim(tx, step, needs_ended=True)
        if one is None:
            break
        claimed.append(one)
    return claimed
