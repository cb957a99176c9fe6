"""Schedules and their firings as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from control_plane.people.tenants.schemas import TimeZone
from control_plane.requests.answers.readable import Readable
from control_plane.requests.texts import Moment, Name
from control_plane.scheduling.calendar import MAX_CRON_LENGTH, check_cron
from foundation.contracts.definition import MAX_VERSION
from foundation.domain.ids import ApiKeyId, RunId, ScheduleId, TaskId, UserId
from foundation.domain.permissions import Permission
from foundation.domain.starts.schedules import CatchUp, FiringReason, FiringStatus, Overlap
from foundation.domain.states import RunStatus
from foundation.storage.schedules.firings import Firing
from foundation.storage.schedules.schedules import Schedule

MAX_EVERY_SECONDS = 31_536_000
MAX_JITTER_SECONDS = 3600
_EXAMPLE: dict[str, Any] = {
    "name": "nightly report",
    "task_id": "019a0000-0000-7000-8000-000000000000",
    "input": {"topic": "penguins"},
    "cron": "30 2 * * *",
    "time_zone": "Europe/Berlin",
}


def _cron(expression: str) -> str:
    expression = " ".join(expression.split())
    check_cron(expression)
    return expression


Cron = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_CRON_LENGTH,
        description="minute hour day-of-month month day-of-week, in `time_zone`",
    ),
    AfterValidator(_cron),
]
Every = Annotated[int, Field(strict=True, ge=60, le=MAX_EVERY_SECONDS, multiple_of=60, description="a multiple of 60")]
At = Annotated[Moment, Field(description="once, at this moment, which is still to come")]
Version = Annotated[int, Field(strict=True, ge=1, le=MAX_VERSION)]
Jitter = Annotated[
    int,
    Field(strict=True, ge=0, le=MAX_JITTER_SECONDS, description="how much later than its time a firing starts at most"),
]


class NewSchedule(BaseModel):
    """What is started, and when: exactly one of `cron`, `every_seconds` and `at`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: Name
    task_id: TaskId
    task_version: Version | None = Field(default=None, description="null for the newest at each firing")
    input: dict[str, Any] = Field(default_factory=dict)
    cron: Cron | None = None
    every_seconds: Every | None = None
    at: At | None = None
    time_zone: TimeZone | None = Field(default=None, description="null for the tenant's")
    overlap: Overlap = Overlap.SKIP
    catch_up: CatchUp = CatchUp.LATEST
    jitter_seconds: Jitter = 0
    paused: bool = Field(default=False, strict=True)


class ScheduleChange(BaseModel):
    """What is sent is changed, the rest stays. One of `cron`, `every_seconds` and `at` replaces the one before."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"paused": True}]})

    name: Name | None = None
    task_id: TaskId | None = None
    task_version: Version | None = None
    input: dict[str, Any] | None = None
    cron: Cron | None = None
    every_seconds: Every | None = None
    at: At | None = None
    time_zone: TimeZone | None = None
    overlap: Overlap | None = None
    catch_up: CatchUp | None = None
    jitter_seconds: Jitter | None = None
    paused: bool | None = Field(default=None, strict=True)


class FiringView(BaseModel):
    """One firing; `starts_at` is its time with its jitter, and null while it stands behind an open run."""

    fires_at: datetime
    status: FiringStatus
    reason: FiringReason | None = Field(description="why it has started no run")
    detail: str | None
    starts_at: datetime | None
    run_id: RunId | None
    run_status: RunStatus | None = Field(description="how its run has ended; null until that has been seen")
    decided_at: datetime | None

    @classmethod
    def of(cls, firing: Firing) -> Self:
        return cls.model_validate({name: getattr(firing, name) for name in cls.model_fields})


class ScheduleView(Readable):
    """A schedule as lists show it, its input where `fields` names it."""

    READ_BY: ClassVar = Permission.SCHEDULES_READ
    CONTENT: ClassVar = frozenset({"input"})

    id: ScheduleId
    name: str
    task_id: TaskId
    task_version: int | None
    input: dict[str, Any] | None = Field(description="null for who may not read schedules, as `last_firings` is")
    cron: str | None
    every_seconds: int | None
    at: datetime | None
    time_zone: str
    overlap: Overlap
    catch_up: CatchUp
    jitter_seconds: int
    paused: bool
    runs_as: UserId = Field(description="with whose rights, and at whose budget, its runs start: who changed it last")
    next_at: datetime | None = Field(description="when it fires next, without jitter; null while paused, or for good")
    failures: int = Field(description="in a row: runs that did not complete, firings that somebody has to mend")
    failing_since: datetime | None
    created_by: UserId | None
    by_key: ApiKeyId | None = Field(description="the key with which it was made, or last changed")
    created_at: datetime
    updated_at: datetime
    version: int

    @classmethod
    def of(cls, schedule: Schedule) -> Self:
        return cls.model_validate(_members(schedule))


class WholeScheduleView(ScheduleView):
    """A schedule with its next firings and its last ones."""

    CONTENT: ClassVar = ScheduleView.CONTENT | {"last_firings"}

    next_firings: list[datetime] = Field(description="the first few, without jitter")
    last_firings: list[FiringView] | None = Field(description="the last few; `/firings` lists all")

    @classmethod
    def whole(cls, schedule: Schedule, next_firings: list[datetime], last: list[Firing]) -> Self:
        more = {
            "next_firings": next_firings,
            "last_firings": [FiringView.of(firing) for firing in last],
        }
        return cls.model_validate({**_members(schedule), **more})


def _members(schedule: Schedule) -> dict[str, object]:
    names = set(ScheduleView.model_fields) - {"id"}
    return {"id": schedule.schedule_id, **{name: getattr(schedule, name) for name in names}}
