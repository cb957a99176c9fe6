"""What a worker does about a run that hangs: it counts needs anew, or ends what can never run."""

from collections.abc import Sequence

from foundation.contracts.run_events import RunEvent, StepSkipped
from foundation.domain.failures import Failure, FailureCode, PlacedFailure
from foundation.domain.ids import StepId, TenantId
from foundation.domain.states import RecoveryPolicy, RunStatus, StepStatus
from foundation.storage.execution import run_events
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.workflow import callbacks, outcomes, plans, run_control, step_endings, stops
from foundation.workflow.failures.placing import place
from foundation.workflow.messages import step_message
from foundation.workflow.run_control import RunRow
from foundation.workflow.stalls.causes import Stall, StallCause
from foundation.workflow.stalls.words import detail_of

MISCOUNTED = frozenset({StallCause.NEEDS_MISCOUNTED, StallCause.WAKE_LOST})
"""What counting the needs anew puts right."""
DEADLOCKED = frozenset({StallCause.NEED_FAILED, StallCause.NEED_MISSING, StallCause.CYCLE})
"""What nothing can put right: the steps concerned will never run."""
INTERRUPTED = frozenset(
    {
        StallCause.REQUEST_LOST,
        StallCause.ITEMS_NOT_COLLECTED,
        StallCause.SUB_RUN_LOST,
        StallCause.SUB_RUN_NOT_COLLECTED,
        StallCause.MESSAGE_LOST,
        StallCause.CALLBACK_LOST,
        StallCause.NOT_OPENED,
        StallCause.NOT_CLOSED,
    }
)
"""What a new generation puts right: it begins from the rows again."""


async def count_needs_anew(tx: Transaction, tenant_id: TenantId, stalls: Sequence[Stall]) -> None:
    """Counts the open needs of these steps from the rows, and enqueues those that can run and have a token.

    The run's unfinished steps must be locked.
    """
    rows = await tx.execute(
        text(
            """WITH counted AS (
                   SELECT s.step_id, count(*) FILTER (WHERE n.status <> 'SUCCESS' AND NOT n.excused) AS unmet
                   FROM steps s JOIN step_needs e ON e.tenant_id = s.tenant_id AND e.step_id = s.step_id
                   JOIN steps n ON n.tenant_id = e.tenant_id AND n.step_id = e.needs_id
                   WHERE s.tenant_id = :tenant_id AND s.step_id = ANY(CAST(:steps AS uuid[])) AND s.ended_at IS NULL
                   GROUP BY s.step_id)
               UPDATE steps s
               SET unmet_needs = c.unmet,
                   status = CASE WHEN c.unmet = 0 THEN 'QUEUED' ELSE s.status END,
                   wait_reason = CASE WHEN c.unmet = 0 THEN NULL ELSE s.wait_reason END,
                   waiting_since = CASE WHEN c.unmet = 0 THEN NULL ELSE s.waiting_since END
               FROM counted c
               WHERE s.tenant_id = :tenant_id AND s.step_id = c.step_id AND s.status IN ('QUEUED', 'WAITING')
               RETURNING s.run_id, s.step_id, s.generation, s.tick, s.task_token, s.unmet_needs, s.status"""
        ),
        {"tenant_id": tenant_id, "steps": [stall.step_id for stall in stalls]},
    )
    woken = outcomes.can_run(rows.all(), tenant_id)
    await outbox.write(tx, tenant_id, [step_message(dispatch) for dispatch in woken])


async def end_deadlocked(tx: Transaction, run: RunRow, stalls: Sequence[Stall]) -> None:
    """Ends the steps that can never run, by the task's policy: their branches are skipped, or the run is stopped.

    What other steps have achieved is kept. The run's unfinished steps and the run must be locked, in that order.
    """
    causes = tuple([await place(tx, run.tenant_id, run.run_id, _failure_of(one), step=one.step) for one in stalls])
    detail = "; ".join(f"step {cause.step}: {cause.detail}" if cause.step else cause.detail for cause in causes)
    plan = await plans.pinned_plan(tx, run.tenant_id, run.run_id)
    blocked = [stall.step_id for stall in stalls if stall.step_id is not None]
    if plan.definition.on_step_failure is RecoveryPolicy.FAIL or len(blocked) < len(stalls):
        deadlocked = Failure(FailureCode.DEADLOCKED, detail, retryable=False, causes=causes)
        error = await place(tx, run.tenant_id, run.run_id, deadlocked, step=causes[0].step)
        await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=RunStatus.FAILED, error=error)
        return
    events: list[RunEvent] = []
    # From the end of the plan, because skipping a step also skips what is below it.
    for step_id, cause in reversed(list(zip(blocked, causes, strict=True))):
        events += await _skip(tx, run, step_id, cause)
    await run_events.append(tx, run.tenant_id, run.run_id, events)


async def _skip(tx: Transaction, run: RunRow, step_id: StepId, cause: PlacedFailure) -> list[RunEvent]:
    """Skips a step, and everything below it that is still open."""
    below = step_endings.dependency_failure(cause, step=cause.step or "")
    own = await stops.end_unheld(tx, run.tenant_id, step_id, status=StepStatus.SKIPPED, error=cause)
    others = await stops.skip_dependents(tx, run.tenant_id, step_id, error=below)
    answered = [callbacks.done(one.waiting) for one in (own, *others) if one.waiting]
    await outbox.write(tx, run.tenant_id, answered)
    return [
        StepSkipped(step_id=own.step_id, name=own.name, error=cause.as_json()),
        *(StepSkipped(step_id=one.step_id, name=one.name, error=below.as_json()) for one in others),
    ]


def _failure_of(stall: Stall) -> Failure:
    return Failure(FailureCode.DEADLOCKED, detail_of(stall), retryable=False)
