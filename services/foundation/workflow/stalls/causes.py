"""The ways in which an open run can hang, and one place of a run where it does."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from foundation.domain.ids import RunId, StepId


class StallCause(StrEnum):
    """Why a step, or a run as a whole, will not move by itself, although the platform says that it waits for something.

    Each is something that should have happened by now and has not, or that can never happen.
    """

    NEED_FAILED = "need_failed"
    """A step that it needs has failed for good, and nobody skipped it."""
    NEED_MISSING = "need_missing"
    """A step that it needs is not among the steps of the run."""
    CYCLE = "cycle"
    """It waits, through other steps, for itself."""
    NEEDS_MISCOUNTED = "needs_miscounted"
    """All that it needs has ended, but it still counts some of it as open."""
    WAKE_LOST = "wake_lost"
    """All that it needs has ended, and it was left parked."""
    LEASE_LAPSED = "lease_lapsed"
    """Its holder stopped renewing the lease, and no worker took the step back."""
    STEP_OVERDUE = "step_overdue"
    """Its time is over, and no worker ended it: the holder may be alive and hang."""
    REQUEST_LOST = "request_lost"
    """It waits for a decision, but nobody is asked for one any more."""
    NOBODY_MAY_DECIDE = "nobody_may_decide"
    """No member of the tenant may decide the request that it waits for."""
    APPROVAL_OVERDUE = "approval_overdue"
    """Its request has expired, and what the expiry means was not done."""
    ITEMS_MISSING = "items_missing"
    """Some of the items that it waits for have no row."""
    ITEMS_NOT_COLLECTED = "items_not_collected"
    """All its items have ended, and it was not enqueued to collect them."""
    SUB_RUN_LOST = "sub_run_lost"
    """It waits for a run that it has not started."""
    SUB_RUN_NOT_COLLECTED = "sub_run_not_collected"
    """The run that it waits for has ended, and the step was not."""
    SLOT_NOT_GIVEN = "slot_not_given"
    """It waits for a slot, although a worker was idle."""
    MESSAGE_LOST = "message_lost"
    """Something should be in the queue for it, but the queue is empty."""
    CALLBACK_LOST = "callback_lost"
    """Its turn was recorded, but Step Functions did not send the next one."""
    NO_WORKER = "no_worker"
    """Steps wait in the queue, and no worker runs."""
    UNDELIVERED = "undelivered"
    """A message or call that must go out to Step Functions, SQS or the gateway cannot be delivered."""
    NOT_OPENED = "not_opened"
    """Its execution has not begun: InitRun did not come."""
    NOT_CLOSED = "not_closed"
    """All its steps have ended, and Finalize did not come."""
    RUN_OVERDUE = "run_overdue"
    """Its time is over, and no worker ended it."""
    PARENT_NOT_FOLLOWED = "parent_not_followed"
    """The step that started it has ended, or the run above was resumed, and it did not follow."""
    BUDGET_NEVER_RESETS = "budget_never_resets"
    """It was paused by a budget that has no room and is never reset."""
    BUDGET_RETRY_OVERDUE = "budget_retry_overdue"
    """It was paused by a budget, and was not tried again when it should have been."""
    UNEXPLAINED = "unexplained"
    """Its row is in a state in which nothing is known to end its wait."""


@dataclass(frozen=True, slots=True)
class Stall:
    """Where a run hangs: at a step, or (`step` None) as a whole."""

    run_id: RunId
    step_id: StepId | None
    step: str | None
    cause: StallCause
    since: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    """By cause: `needs` (names of steps), `effect`, `attempts` and `error` of what is not delivered, `budget`."""
