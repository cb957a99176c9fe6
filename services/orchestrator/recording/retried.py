"""Records a step that failed and is tried again: it keeps its token, and its message is sent again after a pause."""

from dataclasses import replace

from foundation.contracts.run_events import StepRetrying
from foundation.domain.failures import Failure
from foundation.domain.retry import delay_before
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import outcomes
from foundation.workflow.failures.placing import place
from foundation.workflow.messages import step_message
from orchestrator.recording.closing import close
from orchestrator.recording.failed import record_failed
from orchestrator.recording.handed_over import record_lost_in_doubt


def may_retry(lease: LeaseFence, failure: Failure) -> bool:
    """Whether the step is tried again after this failure."""
    return lease.retry.allows(names=failure.retried_as, transient=failure.retryable, attempt=lease.tries)


async def record_retried(tx: Transaction, lease: LeaseFence, failure: Failure, *, delay_seconds: float) -> None:
    """Hands the step back for another attempt after so many seconds; this attempt counts.

    Where the definition asks for the retry of a result that is recorded, the next attempt makes its calls anew.
    """
    dispatch = lease.dispatch
    told = replace(failure, retryable=True, retry_after=delay_seconds)
    error = await place(tx, dispatch.tenant_id, dispatch.run_id, told, step=lease.name)
    await outcomes.give_back(
        tx,
        dispatch.tenant_id,
        dispatch.step_id,
        fence=lease.fence,
        retry_seconds=delay_seconds,
        next_turn=lease.retry.asks_for(failure.retried_as),
    )
    event = StepRetrying(
        step_id=dispatch.step_id,
        name=lease.name,
        attempt=lease.attempt,
        error=error.as_json(),
        delay_seconds=delay_seconds,
    )
    await close(tx, lease, event, effects=[step_message(dispatch, delay_seconds=delay_seconds)])


async def record_lost(tx: Transaction, lease: LeaseFence, failure: Failure) -> None:
    """Has a step whose holder is gone tried again at once, or fails it when its attempts are used up.

    Where it may have begun what is not to be repeated, a person is asked in place of the failure.
    """
    if may_retry(lease, failure):
        await record_retried(tx, lease, failure, delay_seconds=0)
    elif not await record_lost_in_doubt(tx, lease):
        await record_failed(tx, lease, failure, exhausted=True)


def delay_of(lease: LeaseFence, *, retry_after: float | None) -> float:
    """Seconds until the next attempt: the backoff's, or `retry_after` where that is longer, or none where that is 0."""
    if retry_after == 0:
        return 0
    return max(delay_before(lease.tries + 1), retry_after or 0)
