"""Decisions about unknown outcomes as the API takes and shows them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from control_plane.execution.approvals.schemas import MAX_COMMENT
from foundation.domain.ids import JobId, RunId, StepId
from foundation.domain.states import StepStatus
from foundation.domain.tools import OutcomeDecision


class NewOutcome(BaseModel):
    """What somebody says of a tool that was started and of which nobody knows what it did.

    `retry` has it started once more, `accept` takes it to have succeeded with this `result`, `fail` fails its step.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"decision": "accept", "result": {"message": "4711"}, "comment": "it is in the outbox"}],
        },
    )

    decision: OutcomeDecision
    result: Any = Field(default=None, description="of `accept`: what the tool has given, as `result` of its output")
    comment: str | None = Field(default=None, min_length=1, max_length=MAX_COMMENT)


class OutcomeView(BaseModel):
    """The decision, and where the step is with it."""

    run_id: RunId
    step_id: StepId
    step: str
    status: StepStatus
    job_id: JobId
    decision: OutcomeDecision
