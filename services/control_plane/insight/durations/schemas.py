"""The times of steps as the API shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from control_plane.insight.durations.parts import Interval, Part
from foundation.domain.states import StepKind, StepStatus
from foundation.storage.execution.times.step_stamps import TimedStep


class TimeParts(BaseModel):
    """What a step's time went by, in milliseconds; together they are its `wall_ms`, to the millisecond."""

    needs: int = Field(description="steps that it needs had not ended")
    queue: int = Field(description="it could run, and no worker had it")
    wait: int = Field(
        description="for people, its items, the run that it started, its next attempt, or while its run was paused"
    )
    model: int = Field(description="a worker had it, and a model was asked, while no tool ran")
    tool: int = Field(description="a worker had it, and a tool ran or waited for its place")
    platform: int = Field(description="a worker had it, and neither")


class StepTimes(BaseModel):
    """A step's time from its creation to its end, or until now; null where a fork took the step over."""

    id: UUID
    name: str
    kind: StepKind
    status: StepStatus
    began_at: datetime
    ended_at: datetime | None
    wall_ms: int | None
    parts: TimeParts | None

    @classmethod
    def of(cls, step: TimedStep, intervals: Sequence[Interval]) -> Self:
        wall, parts = _whole_milliseconds(intervals)
        return cls(
            id=step.step_id,
            name=step.name,
            kind=step.kind,
            status=step.status,
            began_at=step.created_at,
            ended_at=step.ended_at,
            wall_ms=None if step.is_copied else wall,
            parts=None if step.is_copied else TimeParts(**{part.value: parts[part] for part in Part}),
        )


def _whole_milliseconds(intervals: Sequence[Interval]) -> tuple[int, dict[Part, int]]:
    """Rounds each edge and not each part, so that the parts add up."""
    parts = dict.fromkeys(Part, 0)
    if not intervals:
        return 0, parts
    origin = intervals[0].began_at

    def since(at: datetime) -> int:
        return round((at - origin).total_seconds() * 1000)

    for one in intervals:
        parts[one.part] += since(one.ended_at) - since(one.began_at)
    return since(intervals[-1].ended_at), parts
