"""What differs between two runs, as the API shows it."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

from foundation.domain.ids import RunId, TaskId
from foundation.domain.states import RunStatus, StepStatus


class ChangeKind(StrEnum):
    """`added` is only on the right, `removed` only on the left."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Change(BaseModel):
    """One place; a value of more than 1000 bytes is null here, and its size is told instead."""

    pointer: str = Field(description="a JSON pointer; empty for the whole document")
    kind: ChangeKind
    left: Any
    right: Any
    left_bytes: int | None = Field(description="the size of a value that is too long to be shown")
    right_bytes: int | None = Field(description="the size of a value that is too long to be shown")


class Changes(BaseModel):
    """The first places in which two documents differ; empty when they are equal."""

    items: list[Change]
    more: int = Field(description="how many further places differ that are not listed")


class ComparedStatus(BaseModel):
    """The statuses of a step; null where a run does not have it."""

    left: StepStatus | None
    right: StepStatus | None


class ComparedRunStatus(BaseModel):
    """The statuses of both runs."""

    left: RunStatus
    right: RunStatus


class ComparedTasks(BaseModel):
    """The tasks of both runs."""

    left: TaskId
    right: TaskId


class ComparedNumbers(BaseModel):
    """A number of each; null where there is none, such as the duration of what has not ended."""

    left: int | None
    right: int | None


class ComparedMoney(BaseModel):
    """Decimal dollars of each; null where a run does not have the step."""

    left: str | None
    right: str | None


class ComparedStep(BaseModel):
    """A step of one name; `same` is whether status and output are equal, whatever they took and cost."""

    name: str
    same: bool
    status: ComparedStatus
    output: Changes
    turns: ComparedNumbers
    attempts: ComparedNumbers
    tokens: ComparedNumbers
    cost_usd: ComparedMoney
    duration_ms: ComparedNumbers


class RunComparison(BaseModel):
    """Two runs: what they were asked (task, definition, overrides, input), and what came of it, by step and in all."""

    left: RunId
    right: RunId
    task_id: ComparedTasks
    task_version: ComparedNumbers
    definition: Changes = Field(description="of the pinned versions, with the steps by their names")
    overrides: Changes
    input: Changes
    status: ComparedRunStatus
    output: Changes
    tokens: ComparedNumbers
    cost_usd: ComparedMoney
    duration_ms: ComparedNumbers
    steps: list[ComparedStep] = Field(description="in the order of the left run, then what only the right one has")
