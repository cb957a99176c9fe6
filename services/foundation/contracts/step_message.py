"""What EnqueueStep sends to a worker, and what the worker answers to Step Functions."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from foundation.contracts.message import Message
from foundation.domain.ids import RunId, StepId, TenantId


class StepMessage(Message):
    """One dispatch (tick) of one step; the body of a message on the steps queue."""

    v: Literal[1] = 1
    tenant_id: TenantId
    run_id: RunId
    generation: int = Field(ge=1)
    step_id: StepId
    tick: int = Field(ge=0)
    task_token: str = Field(min_length=1, max_length=2048)
    traceparent: str | None = None


class Next(StrEnum):
    """What the state machine does after a tick: enqueue another one of the step, or end the branch."""

    CONTINUE = "continue"
    DONE = "done"


class StepCallback(Message):
    """The output given to SendTaskSuccess: whether the branch goes on, and the next tick's number and time-out."""

    next: Next
    tick: int
    timeout_seconds: int = Field(ge=1)


class MapItem(Message):
    """One branch of the Map: the step, its first tick, and the seconds until its token may lapse."""

    step_id: StepId
    tick: int
    timeout_seconds: int = Field(ge=1)


class ExecutionInput(Message):
    """The input of an execution; it has only ids, as everything else is read from PostgreSQL."""

    tenant_id: TenantId
    run_id: RunId
    generation: int = Field(ge=1)
    traceparent: str | None = None
