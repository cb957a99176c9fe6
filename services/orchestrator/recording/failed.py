"""Records a step that failed for good, and skips the steps that need it or stops the whole run."""

from foundation.domain.failures import Failure
from foundation.domain.states import RecoveryPolicy
from foundation.storage.execution.dead import dead_letters
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Transaction
from foundation.workflow import step_endings
from foundation.workflow.failures.placing import place
from foundation.workflow.step_endings import EndingStep
from orchestrator.recording.closing import close, end_failed
from orchestrator.work import TurnsTaken


async def record_failed(
    tx: Transaction,
    lease: LeaseFence,
    failure: Failure,
    *,
    taken: TurnsTaken | None = None,
    output: object = None,
    exhausted: bool = False,
    receive_count: int | None = None,
) -> None:
    """Ends the step as FAILED with the turns that its dispatch has taken.

    The rest of its run is treated by its `on_failure` or the task's `on_step_failure`. `exhausted`: another attempt
    might have helped, and there is none; the step is kept as a dead letter.
    """
    dispatch = lease.dispatch
    error = await place(tx, dispatch.tenant_id, dispatch.run_id, failure, step=lease.name)
    excused = lease.on_failure is RecoveryPolicy.CONTINUE
    told = await end_failed(tx, lease, error, taken=taken, output=output, excused=excused)
    if exhausted:
        await dead_letters.insert(
            tx,
            dispatch.tenant_id,
            run_id=dispatch.run_id,
            step_id=dispatch.step_id,
            error=error.as_json(),
            attempts=lease.attempt,
            receive_count=receive_count,
        )
    ending = EndingStep(dispatch.tenant_id, dispatch.run_id, dispatch.step_id, lease.name, waiting=dispatch)
    events = await step_endings.follow_failure(tx, ending, error, policy=lease.on_failure)
    await close(tx, lease, *told, *events)
