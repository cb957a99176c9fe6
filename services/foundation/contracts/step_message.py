"""What EnqueueStep sends to a worker, and what the worker answers to Step Functions."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from foundation.contracts.message import Message
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import StepKind


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
    EXPAND = "expand"
    DONE = "done"


class MapItem(Message):
    """One branch of a Map: the step, its first tick, and the seconds until its token may lapse.

    `name` and `kind` are for whoever reads the execution in the console.
    """

    step_id: StepId
    name: str
    kind: StepKind
    tick: int
    timeout_seconds: int = Field(ge=1)


class StepCallback(Message):
    """The output given to SendTaskSuccess: whether the branch goes on, and the next tick's number and time-out.

    With `expand`, `items` are the branches of a Map of their own, after which the next tick follows.
    """

    next: Next
    tick: int
    timeout_seconds: int = Field(ge=1)
    items: list[MapItem] | None = None
    max_parallel: int | None = Field(default=None, ge=1)


class ExecutionInput(Message):
    """The input of an execution; it has only ids, as everything else is read from PostgreSQL."""

    tenant_id: TenantId
    run_id: RunId
    generation: int = Field(ge=1)
    traceparent: str | None = None
