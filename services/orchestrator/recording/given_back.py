"""Records that a worker hands a step back, which counts as no attempt: it stops, or what the step needs is away."""

from typing import Any

from foundation.contracts.run_events import StepGivenBack, StepPostponed
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import outcomes
from foundation.workflow.messages import step_message
from orchestrator.recording.closing import close


async def record_given_back(tx: Transaction, lease: LeaseFence, *, partial: dict[str, Any] | None = None) -> None:
    """Returns the step as if it had not been taken; the attempt does not count. `partial` is what it has by now."""
    dispatch = lease.dispatch
    await outcomes.give_back(
        tx, dispatch.tenant_id, dispatch.step_id, fence=lease.fence, retry_seconds=None, partial=partial
    )
    event = StepGivenBack(step_id=dispatch.step_id, name=lease.name)
    await close(tx, lease, event, effects=[step_message(dispatch)])


async def record_postponed(tx: Transaction, lease: LeaseFence, *, breaker: str, delay_seconds: float) -> None:
    """Returns the step to be taken again after so many seconds, as what it needs has failed again and again."""
    dispatch = lease.dispatch
    await outcomes.give_back(tx, dispatch.tenant_id, dispatch.step_id, fence=lease.fence, retry_seconds=None)
    event = StepPostponed(step_id=dispatch.step_id, name=lease.name, breaker=breaker, delay_seconds=delay_seconds)
    await close(tx, lease, event, effects=[step_message(dispatch, delay_seconds=delay_seconds)])
