"""Lets the steps go on that waited for an ended step and for nothing else."""

from collections.abc import Sequence

from foundation.contracts.run_events import RunEvent
from foundation.storage.execution.dispatches import LeaseFence, StepDispatch
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.workflow import callbacks, outcomes
from foundation.workflow.messages import step_message
from orchestrator.claiming.taking import Taker
from orchestrator.recording.closing import close
from orchestrator.work import Work


async def release(tx: Transaction, lease: LeaseFence, event: RunEvent, taker: Taker, free_slots: int) -> list[Work]:
    """Lets the dependents of an ended step go on, answers the step's token, and appends the event of its end."""
    dispatch = lease.dispatch
    released = await outcomes.release_dependents(tx, dispatch.tenant_id, dispatch.step_id)
    claimed = await _claim(tx, released[: max(free_slots, 0)], taker)
    messages = [step_message(step) for step in released[len(claimed) :]]
    await outbox.write(tx, dispatch.tenant_id, [callbacks.done(dispatch), *messages])
    await close(tx, lease, event)
    return claimed


async def _claim(tx: Transaction, released: Sequence[StepDispatch], taker: Taker) -> list[Work]:
    """Claims in the same transaction, without the queue; stops at the first step that may not run now."""
    claimed: list[Work] = []
    for step in released:
        work = await taker.claim(tx, step)
        if work is None:
            break
        claimed.append(work)
    return claimed
