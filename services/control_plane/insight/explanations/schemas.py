"""Shapes of `/runs/{id}/explain`."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from foundation.domain.states import RunStatus, WaitReason
from foundation.domain.tools import ToolCallStatus
from foundation.workflow.stalls.causes import StallCause


class DoingNow(StrEnum):
    """What an agent or a crew waits for while a worker has it."""

    MODEL = "model"
    """The answer to its question."""
    TOOL = "tool"
    """The result of a call."""
    ITSELF = "itself"
    """Neither: its worker or its program prepares what comes next."""


class EndedBy(StrEnum):
    """With what a run has ended early."""

    FAILED = "failed"
    """A step that failed."""
    STOPPED = "stopped"
    """What stopped the run as a whole."""


class LastTool(BaseModel):
    """The tool that was called last, with the status of that call."""

    name: str
    status: ToolCallStatus = Field(description="`STARTED` while it runs")
    since: datetime = Field(description="when it was started, or when it ended")


class Doing(BaseModel):
    """What an agent or a crew does now."""

    turn: int = Field(description="the turn that it is in, counted from 1 since it began")
    max_turns: int | None
    task: str | None = Field(description="of a crew, the task that it works on")
    task_number: int | None = Field(description="its place among the crew's `tasks`, from 1")
    tasks: int | None = Field(description="how many tasks the crew has; null for an agent")
    agent: str | None = Field(description="of a crew, the agent that has asked last; null is its manager")
    last_tool: LastTool | None
    waits_for: DoingNow | None = Field(description="null while no worker has the step")
    since: datetime | None


class Wait(BaseModel):
    """What an open step (or the run itself, `step` null) waits for, since when, and what ends it at the latest."""

    step: str | None
    for_: WaitReason = Field(alias="for")
    since: datetime
    ends_by: datetime | None
    detail: str
    doing: Doing | None = Field(
        default=None, description="of an agent or a crew that has asked a model, what it does; null for other steps"
    )

    model_config = ConfigDict(populate_by_name=True)


class ResumePoint(BaseModel):
    """A step with which a retry of the run begins, and how many turns of it are kept, which are not paid again."""

    step: str
    turn: int
    must_be_named: bool = Field(
        description="whether a retry runs it again only if `from` names it: what its tool did is unknown, or no"
        " checkpoint of it is sound, so that it begins from its beginning"
    )


class RootCause(BaseModel):
    """One root cause for which a step, or the run itself, does not move: found where it is, not where it is felt."""

    cause: WaitReason | StallCause | EndedBy = Field(
        description="what a step waits for, as in `waits`; or what is wrong, such as `needs_miscounted`;"
        " or of a run that has ended, `failed` and `stopped`"
    )
    step: str | None = Field(description="the step at which the cause is; null for the run itself")
    since: datetime | None
    detail: str
    remedy: str | None = Field(description="what ends it, where somebody must act")
    error: dict[str, Any] | None = Field(description="of a step that failed, its error")


class BlockedStep(BaseModel):
    """A step that cannot move by itself (or the run, `step` null), and why."""

    step: str | None
    causes: list[RootCause]
    more: int = Field(description="how many causes there are beyond those listed")


class Explanation(BaseModel):
    """Why a run is where it is, in a few sentences and as data; a run that has ended waits for nothing."""

    status: RunStatus
    summary: str
    stuck: bool = Field(description="something that should have happened has not, or what it waits for cannot come")
    waits: list[Wait]
    blocked: list[BlockedStep]
    resume_from: list[ResumePoint] = Field(
        description="of a run that ended early, where `POST /runs/{id}/retry` goes on; what is below follows"
    )
