from enum import StrEnum
from typing import Self


class RunEventType(StrEnum):
    RUN_BUDGET_EXCEEDED = "run.budget_exceeded"
    RUN_CANCELLED = "run.cancelled"
    RUN_COMPLETED = "run.completed"
    RUN_CREATED = "run.created"
    RUN_FAILED = "run.failed"
    RUN_FORKED = "run.forked"
    RUN_GENERATION_OPENED = "run.generation_opened"
    RUN_PAUSED = "run.paused"
    RUN_RETRIED = "run.retried"
    RUN_RUNNING = "run.running"
    RUN_STOPPING = "run.stopping"
    RUN_TIMED_OUT = "run.timed_out"
    STEP_CANCELLED = "step.cancelled"
    STEP_CHECKPOINT_REFUSED = "step.checkpoint_refused"
    STEP_DECIDED = "step.decided"
    STEP_EGRESS = "step.egress"
    STEP_EXPANDED = "step.expanded"
    STEP_FAILED = "step.failed"
    STEP_GIVEN_BACK = "step.given_back"
    STEP_OUTCOME_DECIDED = "step.outcome_decided"
    STEP_OUTCOME_UNKNOWN = "step.outcome_unknown"
    STEP_POSTPONED = "step.postponed"
    STEP_PROGRESS = "step.progress"
    STEP_RETRYING = "step.retrying"
    STEP_RUNNING = "step.running"
    STEP_SKIPPED = "step.skipped"
    STEP_SUCCESS = "step.success"
    STEP_TURN = "step.turn"
    STEP_WAITING = "step.waiting"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """Take a word of a newer server as it is: it equals no member, and reads as its text."""
        if not isinstance(value, str):
            return None
        word = str.__new__(cls, value)
        word._name_ = word._value_ = value
        return word

    def __str__(self) -> str:
        return str(self.value)
