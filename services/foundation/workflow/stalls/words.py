"""Says in a sentence why a run hangs at a place, and what a person can do about it."""

from foundation.domain.ids import UserId
from foundation.domain.permissions import DECIDING_ROLES, Role, deciders
from foundation.workflow.stalls.causes import Stall, StallCause

_RETRY = "cancel the run, then retry it from here"
_SWEPT = "a worker repairs this within seconds; if none does, check that workers run"
_PLATFORM = "tell the operator of the platform"

_WORDS: dict[StallCause, tuple[str, str]] = {
    StallCause.NEED_FAILED: ("it needs {needs}, which failed, and it was not skipped", _SWEPT),
    StallCause.NEED_MISSING: ("it needs {needs}, which is no step of this run", _SWEPT),
    StallCause.CYCLE: ("these steps wait for each other: {cycle}", "correct the needs in a new version of the task"),
    StallCause.NEEDS_MISCOUNTED: ("all that it needs has ended, but it still waits", _SWEPT),
    StallCause.WAKE_LOST: ("all that it needs has ended, but it was not enqueued", _SWEPT),
    StallCause.LEASE_LAPSED: ("its worker is gone, and no other took the step", _SWEPT),
    StallCause.STEP_OVERDUE: ("its time is over, and no worker ended it", _SWEPT),
    StallCause.REQUEST_LOST: ("it waits for a decision, but nobody is asked for one", _SWEPT),
    StallCause.NOBODY_MAY_DECIDE: (
        "no member of the tenant may decide its request, which names {named}",
        "{whoever}, or cancel the run",
    ),
    StallCause.APPROVAL_OVERDUE: ("its request has expired, and the step was not ended", _SWEPT),
    StallCause.ITEMS_MISSING: ("some of its items were lost", _RETRY),
    StallCause.ITEMS_NOT_COLLECTED: ("all its items have ended, but they were not collected", _SWEPT),
    StallCause.SUB_RUN_LOST: ("it waits for a run that was never started", _SWEPT),
    StallCause.SUB_RUN_NOT_COLLECTED: ("the run that it waits for has ended, but the step was not ended", _SWEPT),
    StallCause.SLOT_NOT_GIVEN: ("it waits for a slot, although a worker was idle", _SWEPT),
    StallCause.MESSAGE_LOST: (
        "its message was lost: the queue is empty",
        "a worker begins a new generation of the run",
    ),
    StallCause.CALLBACK_LOST: (
        "Step Functions did not send its next turn",
        "a worker begins a new generation of the run",
    ),
    StallCause.NO_WORKER: ("steps wait in the queue, and no worker takes them", f"start a worker, or {_PLATFORM}"),
    StallCause.UNDELIVERED: ("{effect} cannot be delivered ({attempts} attempts)", _PLATFORM),
    StallCause.NOT_OPENED: ("Step Functions did not open the run", f"{_PLATFORM}: InitRun or its execution failed"),
    StallCause.NOT_CLOSED: ("all steps have ended, but Step Functions did not close the run", _SWEPT),
    StallCause.RUN_OVERDUE: ("the run's time is over, and no worker ended it", _SWEPT),
    StallCause.PARENT_NOT_FOLLOWED: (
        "the run above it has gone on or ended, but this run did not follow",
        "resume or cancel this run",
    ),
    StallCause.BUDGET_NEVER_RESETS: (
        "{budget}; that budget is never reset",
        "raise the budget and resume the run, or cancel it",
    ),
    StallCause.BUDGET_RETRY_OVERDUE: ("{budget}; the run should have been tried again by now", _SWEPT),
    StallCause.UNEXPLAINED: ("nothing is known to end this wait", _PLATFORM),
}


def detail_of(stall: Stall) -> str:
    """What is wrong at this place, without its end's full stop."""
    return _WORDS[stall.cause][0].format(**_words_of(stall))


def remedy_of(stall: Stall) -> str:
    """What ends it: what the platform does, or what a person can do."""
    return _WORDS[stall.cause][1].format(**_words_of(stall))


def _words_of(stall: Stall) -> dict[str, object]:
    """What is known of the place, as the sentences name it."""
    needs = stall.facts.get("needs", [])
    roles = [Role(role) for role in stall.facts.get("roles", [])]
    users = [UserId(user_id) for user_id in stall.facts.get("users", [])]
    whoever = []
    if roles or not users:
        whoever.append(f"give a member the role {' or '.join(roles or sorted(DECIDING_ROLES))}")
    if users:
        whoever.append("make one of the users whom it names a member again, with a role that may decide")
    return {
        "needs": " and ".join(needs),
        "cycle": " -> ".join(needs),
        "effect": str(stall.facts.get("effect", "")).replace("_", " "),
        "attempts": stall.facts.get("attempts", 0),
        "budget": stall.facts.get("budget", "a budget has no room"),
        "named": deciders(roles=roles, users=users),
        "whoever": ", or ".join(whoever),
    }
