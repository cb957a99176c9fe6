"""The codes of failures that the platform itself finds in a step or a run.

A failure that a lower layer reported keeps that layer's code: an error's own (`errors.py`), a job's reason
(`contracts/tool_job.py`), or the code of the gateway's answer. So `Failure.code` is a text, and these are its
members that stand in no other list.
"""

from enum import StrEnum


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
    ARGUMENTS_INVALID = "arguments_invalid"
    JOB_INVALID = "job_invalid"
    JOB_LOST = "job_lost"
    TOOL_FAILED = "tool_failed"
    OUTCOME_UNKNOWN = "outcome_unknown"
    ARTIFACT_MISMATCH = "artifact_mismatch"

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
