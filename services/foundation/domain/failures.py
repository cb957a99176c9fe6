"""Failures of steps and runs as data: what went wrong, and where.

A failure that a lower layer reported keeps that layer's code: an error's own (`errors.py`), a job's reason
(`contracts/tool_job.py`), or the code of the gateway's answer. So `Failure.code` is a text, and `FailureCode` has
the codes that stand in no other list: those of failures that the platform itself finds in a step or a run.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType, Self

ErrorDocument = NewType("ErrorDocument", dict[str, Any])
"""A `PlacedFailure` as JSON; nothing else makes one, so that no error lacks a member."""


class FailureCode(StrEnum):
    """`code` of a step's or run's error document."""

    # How a step came to its end.
    STEP_TIMED_OUT = "step_timed_out"
    WORKER_LOST = "worker_lost"
    DEAD_LETTER = "dead_letter"
    DEPENDENCY_FAILED = "dependency_failed"
    INTERNAL = "internal"
    OUTCOME_REFUSED = "outcome_refused"
    FAILURE_REFUSED = "failure_refused"

    ITEMS_FAILED = "items_failed"
    ITEMS_TOO_LARGE = "items_too_large"

    # Why a step that may be left out did not run.
    CONDITION_FALSE = "condition_false"
    INPUT_MISSING = "input_missing"

    # How people decided.
    APPROVAL_REJECTED = "approval_rejected"
    APPROVAL_EXPIRED = "approval_expired"

    # What became of the run that a step started, or was to start.
    SUB_RUN_FAILED = "sub_run_failed"
    SUB_RUN_REFUSED = "sub_run_refused"
    TASK_MISSING = "task_missing"

    # What its definition or its inputs led to.
    EXPRESSION_FAILED = "expression_failed"
    FILES_INVALID = "files_invalid"
    ARTIFACT_MISSING = "artifact_missing"
    TURNS_EXHAUSTED = "turns_exhausted"
    OUTPUT_INVALID = "output_invalid"

    # What a tool did.
    TOOL_MISSING = "tool_missing"
    SECRET_MISSING = "secret_missing"  # noqa: S105  (a code, no secret)
    ARGUMENTS_INVALID = "arguments_invalid"
    JOB_INVALID = "job_invalid"
    JOB_LOST = "job_lost"
    TOOL_FAILED = "tool_failed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    ARTIFACT_MISMATCH = "artifact_mismatch"
    STORAGE_FULL = "storage_full"

    # What a model did.
    MODEL_ANSWER_INVALID = "model_answer_invalid"
    MODEL_ANSWER_REFUSED = "model_answer_refused"

    # What a crew did.
    CREW_FAILED = "crew_failed"

    # How a run came to its end.
    CANCELLED = "cancelled"
    RUN_TIMED_OUT = "run_timed_out"
    STEPS_FAILED = "steps_failed"
    DEADLOCKED = "deadlocked"
    EXECUTION_ENDED = "execution_ended"
    EXECUTION_FAILED = "execution_failed"


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, as whoever finds it knows it. It cannot be stored or shown before it has its place."""

    code: str
    detail: str
    retryable: bool
    """Whether the same may succeed when it is tried again, with nothing changed."""
    retry_after: float | None = None
    """In how many seconds it may, where whoever failed has named them."""
    causes: tuple["PlacedFailure", ...] = field(default=())
    figures: Mapping[str, object] = field(default_factory=dict)
    """Further members of the error that this kind of failure has, such as what a budget had left."""
    cause: str | None = None
    """What a definition's `retry` calls it besides its code: a tool's own code is one way of `exit_code`."""

    @property
    def retried_as(self) -> frozenset[str]:
        """The names by which a definition's `retry` may ask for another attempt after it."""
        return frozenset({self.code, self.cause or self.code})

    def at_place(self, *, step: str | None, attempt: int | None, at: str, trace_id: str | None) -> "PlacedFailure":
        """The failure with where and when it happened; `foundation/workflow/failures/placing.py` knows both."""
        return PlacedFailure(
            code=self.code,
            detail=self.detail,
            step=step,
            attempt=attempt,
            at=at,
            trace_id=trace_id,
            retryable=self.retryable,
            retry_after=self.retry_after,
            causes=self.causes,
            figures=self.figures,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedFailure:
    """A failure with all that its readers are told: the `error` of a step or run, and a cause in those of others.

    None stands where there is nothing to tell, and is told too: a cancel of a run is of no step and no attempt.
    """

    code: str
    detail: str
    step: str | None
    """The step in which it happened."""
    attempt: int | None
    at: str
    """ISO 8601, in UTC."""
    trace_id: str | None
    """The trace of the run."""
    retryable: bool
    retry_after: float | None
    causes: tuple["PlacedFailure", ...] = field(default=())
    run_id: str | None = None
    """The run in which it happened, where that is another one than the run that tells of it."""
    figures: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Self:
        """From the stored shape; what an earlier release did not write is taken for unknown."""
        after = document.get("retry_after")
        return cls(
            code=str(document.get("code", "failed")),
            detail=str(document.get("detail", "it failed")),
            step=document.get("step"),
            attempt=document.get("attempt"),
            at=str(document.get("at", "")),
            trace_id=document.get("trace_id"),
            retryable=document.get("retryable") is True,
            retry_after=None if after is None else float(after),
            causes=tuple(cls.read(cause) for cause in document.get("causes") or ()),
            run_id=document.get("run_id"),
            figures={name: value for name, value in document.items() if name not in _MEMBERS},
        )

    def as_json(self) -> ErrorDocument:
        """The stored and published shape. Every member that all errors have is in it, null included."""
        document = {**self.figures, **{name: getattr(self, name) for name in _ALWAYS}}
        if self.run_id is not None:
            document["run_id"] = self.run_id
        if self.causes:
            document["causes"] = [cause.as_json() for cause in self.causes]
        return ErrorDocument(document)


_ALWAYS = ("code", "detail", "step", "attempt", "at", "trace_id", "retryable", "retry_after")
_MEMBERS = frozenset({*_ALWAYS, "run_id", "causes", "failures"})
