"""The states of runs, steps and requests for approval, and the transitions between them."""

from collections.abc import Iterable
from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run is; the last five are final, and a run that has one of them keeps it."""

    PENDING = "PENDING"
    """It was accepted; its execution has not begun."""
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    """No new work begins and its clock stands; `PauseReason` says what ends that."""
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    CANCELLED = "CANCELLED"
    TIMED_OUT = "TIMED_OUT"

    @property
    def is_terminal(self) -> bool:
        return self in RUN_TERMINAL


class StepStatus(StrEnum):
    """Where a step is."""

    QUEUED = "QUEUED"
    """Its message is in the steps queue, or will be when Step Functions asks for its next tick."""
    WAITING = "WAITING"
    """It is parked on its row: something that it needs is not there yet."""
    RUNNING = "RUNNING"
    """A worker has claimed it."""
    RETRYING = "RETRYING"
    """An attempt failed in a way that may pass; the next one waits for its time."""
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    CANCELLED = "CANCELLED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    """A tool was started that is not to run twice, and nobody knows what it did: a person decides what follows."""

    @property
    def is_terminal(self) -> bool:
        return self in STEP_TERMINAL


class StepKind(StrEnum):
    """The kinds that a definition may name; each has one engine."""

    NOOP = "noop"
    TOOL = "tool"
    LLM = "llm"
    AGENT = "agent"
    CREW = "crew"
    APPROVAL = "approval"
    RUN = "run"


KINDS_WITH_JOBS = frozenset({StepKind.TOOL, StepKind.AGENT, StepKind.CREW})
"""The kinds whose steps may call tools."""


class WaitReason(StrEnum):
    """The reasons for which a step or run waits; for each the platform has something that ends the wait."""

    WORKER = "worker"
    DEPENDENCY = "dependency"
    SLOT = "slot"
    RESOURCE = "resource"
    ITEMS = "items"
    RETRY = "retry"
    CALLBACK = "callback"
    BUDGET = "budget"
    PAUSE = "pause"
    DECISION = "decision"
    APPROVAL = "approval"
    RUN = "run"
    """A step waits for the end of the run that it has started."""


class Priority(StrEnum):
    """How the steps of a run stand in line while others wait too; every minute of waiting is worth a level."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class PauseReason(StrEnum):
    """Who paused a run; a pause by a budget ends by itself, one by the run above or by a kill switch with these."""

    USER = "user"
    BUDGET = "budget"
    PARENT = "parent"
    KILL_SWITCH = "kill_switch"


class RecoveryPolicy(StrEnum):
    """What a failed step does to the rest of its run.

    Its dependents are skipped, or the run is stopped, or (a step's own choice only) the run goes on as if it had ended
    without an output.
    """

    SKIP_DEPENDENTS = "skip_dependents"
    FAIL = "fail"
    CONTINUE = "continue"


class TimeoutPolicy(StrEnum):
    """Whether a run that ran out of time keeps what it has."""

    GRACEFUL = "graceful"
    ABORT = "abort"


class Decision(StrEnum):
    """What a person says to a request."""

    APPROVE = "approve"
    REJECT = "reject"


class ExpiryPolicy(StrEnum):
    """What becomes of a step whose request nobody has decided in time."""

    APPROVE = "approve"
    REJECT = "reject"
    FAIL = "fail"


class ApprovalStatus(StrEnum):
    """`expired` whatever the expiry meant; `cancelled` when the step ended in another way."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class DeadLetterStatus(StrEnum):
    """What became of a step that used up its attempts; a letter leaves `open` once."""

    OPEN = "open"
    REDRIVEN = "redriven"
    DISCARDED = "discarded"


class ConfigurationStatus(StrEnum):
    """Of what an operator has proposed for the gateway: one version at most is `active`, and served."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


ENDED_BY = {Decision.APPROVE: ApprovalStatus.APPROVED, Decision.REJECT: ApprovalStatus.REJECTED}


RUN_TERMINAL = frozenset(
    {RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.BUDGET_EXCEEDED, RunStatus.CANCELLED, RunStatus.TIMED_OUT}
)
STEP_TERMINAL = frozenset({StepStatus.SUCCESS, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.CANCELLED})

RUN_TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.PENDING: frozenset({RunStatus.RUNNING, RunStatus.PAUSED}) | (RUN_TERMINAL - {RunStatus.COMPLETED}),
    RunStatus.RUNNING: frozenset({RunStatus.PAUSED}) | RUN_TERMINAL,
    RunStatus.PAUSED: frozenset({RunStatus.PENDING, RunStatus.RUNNING}) | (RUN_TERMINAL - {RunStatus.COMPLETED}),
    **dict.fromkeys(RUN_TERMINAL - {RunStatus.COMPLETED}, frozenset({RunStatus.PENDING, RunStatus.RUNNING})),
    RunStatus.COMPLETED: frozenset(),
}
"""A run that ended early may be opened again, by a retry only; one that completed is forked instead."""

STEP_TRANSITIONS: dict[StepStatus, frozenset[StepStatus]] = {
    StepStatus.QUEUED: frozenset(
        {
            StepStatus.WAITING,
            StepStatus.RUNNING,
            StepStatus.SUCCESS,
            StepStatus.SKIPPED,
            StepStatus.CANCELLED,
            StepStatus.FAILED,
        }
    ),
    StepStatus.WAITING: frozenset(
        {
            StepStatus.QUEUED,
            StepStatus.RUNNING,
            StepStatus.SUCCESS,
            StepStatus.SKIPPED,
            StepStatus.CANCELLED,
            StepStatus.FAILED,
        }
    ),
    StepStatus.RUNNING: frozenset(
        {
            StepStatus.QUEUED,
            StepStatus.WAITING,
            StepStatus.RETRYING,
            StepStatus.SUCCESS,
            StepStatus.FAILED,
            StepStatus.SKIPPED,
            StepStatus.CANCELLED,
            StepStatus.OUTCOME_UNKNOWN,
        }
    ),
    StepStatus.RETRYING: frozenset({StepStatus.QUEUED, StepStatus.RUNNING, StepStatus.CANCELLED, StepStatus.FAILED}),
    StepStatus.OUTCOME_UNKNOWN: frozenset(
        {StepStatus.QUEUED, StepStatus.SUCCESS, StepStatus.FAILED, StepStatus.CANCELLED}
    ),
    **dict.fromkeys(STEP_TERMINAL, frozenset({StepStatus.QUEUED})),
}
"""A step that has ended is enqueued again by a retry of its run only."""

_PRECEDENCE = (
    RunStatus.CANCELLED,
    RunStatus.TIMED_OUT,
    RunStatus.BUDGET_EXCEEDED,
    RunStatus.FAILED,
    RunStatus.COMPLETED,
)


def terminal_status(causes: set[RunStatus]) -> RunStatus:
    """The state in which a run ends that was stopped for several causes: the most severe; COMPLETED without any.

    Across time the first cause wins: it is recorded once on the run and never replaced.
    """
    return min(causes, key=_PRECEDENCE.index, default=RunStatus.COMPLETED)


def outcome_of(statuses: Iterable[StepStatus], *, first_cause: RunStatus | None) -> RunStatus:
    """The state in which a run ended: its recorded first terminal cause, or else one derived from its steps.

    `statuses` leaves out the steps that are excused: those whose definition lets the run complete without them. A run
    with any other step that did not succeed has failed: partial results are kept, but not called a success.
    """
    if first_cause is not None:
        return first_cause
    failed = any(status is not StepStatus.SUCCESS for status in statuses)
    return terminal_status({RunStatus.FAILED} if failed else set())


class WebhookStatus(StrEnum):
    """Whether a webhook is told of events: `paused` by its owner, or `disabled` because it failed for too long."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class DeliveryStatus(StrEnum):
    """How far an event has come on its way to a webhook; `failed` is one whose attempts are all made."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
