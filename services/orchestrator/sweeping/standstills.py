"""Decides what to do about a run that has made no progress for a while."""

from collections.abc import Collection
from enum import StrEnum

from foundation.cloud.executions.base import Described
from foundation.domain.states import PauseReason, RunStatus
from foundation.workflow.stalls import recovery
from foundation.workflow.stalls.causes import StallCause
from foundation.workflow.stalls.standstills import Standstill


class Remedy(StrEnum):
    """What the sweeper does about a run that stands still."""

    TIME_OUT = "time_out"
    TRY_BUDGET_AGAIN = "try_budget_again"
    ASK_ABOUT_EXECUTION = "ask_about_execution"
    LEAVE = "leave"


def remedy_of(run: Standstill, *, budget_pause_seconds: float) -> Remedy:
    """A paused run stands still on purpose; only a pause by a budget ends by itself, after so many seconds.

    The database counts the seconds, so that the run's explanation can name the moment whichever worker acts then.
    """
    if run.overdue:
        return Remedy.TIME_OUT
    if run.status is not RunStatus.PAUSED:
        return Remedy.ASK_ABOUT_EXECUTION
    if run.pause_reason is PauseReason.BUDGET and run.still_seconds >= budget_pause_seconds:
        return Remedy.TRY_BUDGET_AGAIN
    return Remedy.LEAVE


def reason_to_reopen(execution: Described | None) -> str | None:
    """Why an open run needs a new execution; None when its execution runs, or has ended in a way that ends the run."""
    if execution is None:
        return "Step Functions lost the execution"
    if execution.status == "SUCCEEDED":
        return "the execution ended without the run"
    return None


class Recovery(StrEnum):
    """What the sweeper does about a run that hangs although its execution runs."""

    COUNT_NEEDS_ANEW = "count_needs_anew"
    END_DEADLOCKED = "end_deadlocked"
    REOPEN = "reopen"
    LEAVE = "leave"


_REOPENED_AFTER_SECONDS = 120.0
_MOST_DOUBLED = 6


def recovery_of(causes: Collection[StallCause], *, still_seconds: float, generation: int) -> Recovery:
    """What is certain is put right at once. A loss is only concluded from silence, so that it is given time.

    That time doubles with each generation: where Step Functions is just slow, a new start would make it slower.
    """
    if recovery.MISCOUNTED.intersection(causes):
        return Recovery.COUNT_NEEDS_ANEW
    if recovery.DEADLOCKED.intersection(causes):
        return Recovery.END_DEADLOCKED
    patience = _REOPENED_AFTER_SECONDS * 2 ** min(generation - 1, _MOST_DOUBLED)
    if recovery.INTERRUPTED.intersection(causes) and still_seconds >= patience:
        return Recovery.REOPEN
    return Recovery.LEAVE
