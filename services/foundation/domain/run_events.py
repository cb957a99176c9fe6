"""The kinds of events that a run's log has, and those that belong to no run."""

from enum import StrEnum


class RunEventType(StrEnum):
    """`run.*` are about the run itself, `step.*` about one of its steps."""

    RUN_CREATED = "run.created"
    RUN_FORKED = "run.forked"
    RUN_RUNNING = "run.running"
    RUN_PAUSED = "run.paused"
    RUN_GENERATION_OPENED = "run.generation_opened"
    RUN_RETRIED = "run.retried"
    RUN_STOPPING = "run.stopping"
    RUN_COMPLETED = "run.completed"
    RUN_FAILED = "run.failed"
    RUN_BUDGET_EXCEEDED = "run.budget_exceeded"
    RUN_CANCELLED = "run.cancelled"
    RUN_TIMED_OUT = "run.timed_out"
    STEP_WAITING = "step.waiting"
    STEP_RUNNING = "step.running"
    STEP_TURN = "step.turn"
    STEP_PROGRESS = "step.progress"
    STEP_EGRESS = "step.egress"
    STEP_CHECKPOINT_REFUSED = "step.checkpoint_refused"
    STEP_DECIDED = "step.decided"
    STEP_OUTCOME_UNKNOWN = "step.outcome_unknown"
    STEP_OUTCOME_DECIDED = "step.outcome_decided"
    STEP_EXPANDED = "step.expanded"
    STEP_RETRYING = "step.retrying"
    STEP_GIVEN_BACK = "step.given_back"
    STEP_POSTPONED = "step.postponed"
    STEP_SUCCESS = "step.success"
    STEP_FAILED = "step.failed"
    STEP_SKIPPED = "step.skipped"
    STEP_CANCELLED = "step.cancelled"


ENDINGS = frozenset(
    {
        RunEventType.RUN_COMPLETED,
        RunEventType.RUN_FAILED,
        RunEventType.RUN_BUDGET_EXCEEDED,
        RunEventType.RUN_CANCELLED,
        RunEventType.RUN_TIMED_OUT,
    }
)
"""The last events of runs that are not retried."""


class TenantEventType(StrEnum):
    """What belongs to no run: it stands in the tenant's stream, and webhooks are told of it."""

    SCHEDULE_FAILING = "schedule.failing"
    SCHEDULE_RECOVERED = "schedule.recovered"
    KILL_SWITCH_ENGAGED = "kill_switch.engaged"
    KILL_SWITCH_LIFTED = "kill_switch.lifted"
    BREAK_GLASS_OPENED = "break_glass.opened"
    BREAK_GLASS_ENDED = "break_glass.ended"
