"""The clock of EventBridge Scheduler: one schedule of its group for each of ours, whose target is a queue."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from foundation.cloud.faults import code_of, unavailable
from foundation.cloud.schedule_clock.base import ClockEntry, EverySeconds
from foundation.cloud.schedule_clock.dialect import expression_of

if TYPE_CHECKING:
    from types_aiobotocore_scheduler import EventBridgeSchedulerClient

_GONE, _THERE = "ResourceNotFoundException", "ConflictException"
_MOST_AGE_SECONDS = 86_400
_MOST_RETRIES = 185


@dataclass(frozen=True, slots=True)
class Targets:
    """The group of the schedules, their queue, the role that lets them send, and where what fails is kept."""

    group: str
    queue_arn: str
    role_arn: str
    dead_queue_arn: str


class EventBridgeClock:
    """The port on one group of schedules."""

    def __init__(self, client: "EventBridgeSchedulerClient", targets: Targets) -> None:
        self._client = client
        self._targets = targets

    async def put(self, entry: ClockEntry) -> None:
        wanted = self._wanted(entry, now=datetime.now(UTC))
        with unavailable("EventBridge Scheduler"):
            if await self._updated(wanted):
                return
            try:
                await self._client.create_schedule(**wanted)
            except ClientError as error:
                if code_of(error) != _THERE:
                    raise
                # Another process has just created it.
                await self._client.update_schedule(**wanted)

    async def remove(self, name: str) -> None:
        with unavailable("EventBridge Scheduler"):
            try:
                await self._client.delete_schedule(Name=name, GroupName=self._targets.group)
            except ClientError as error:
                if code_of(error) != _GONE:
                    raise

    async def _updated(self, wanted: dict[str, Any]) -> bool:
        try:
            await self._client.update_schedule(**wanted)
        except ClientError as error:
            if code_of(error) != _GONE:
                raise
            return False
        return True

    def _wanted(self, entry: ClockEntry, *, now: datetime) -> dict[str, Any]:
        wanted: dict[str, Any] = {
            "Name": entry.name,
            "GroupName": self._targets.group,
            "ScheduleExpression": expression_of(entry.times),
            # Of the other kinds the expression is in UTC.
            "ScheduleExpressionTimezone": entry.time_zone if expression_of(entry.times).startswith("cron") else "UTC",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "State": "ENABLED",
            "ActionAfterCompletion": "NONE",
            "Target": {
                "Arn": self._targets.queue_arn,
                "RoleArn": self._targets.role_arn,
                "Input": entry.message,
                "RetryPolicy": {
                    "MaximumEventAgeInSeconds": _MOST_AGE_SECONDS,
                    "MaximumRetryAttempts": _MOST_RETRIES,
                },
                "DeadLetterConfig": {"Arn": self._targets.dead_queue_arn},
            },
        }
        if isinstance(entry.times, EverySeconds):
            wanted["StartDate"] = _next_of(entry.times, now)
        return wanted


def _next_of(every: EverySeconds, now: datetime) -> datetime:
    """A start in the past is refused; from this one on it fires in step with the anchor."""
    passed = max(0, int((now - every.anchor).total_seconds()) // every.seconds)
    return datetime.fromtimestamp(every.anchor.timestamp() + (passed + 1) * every.seconds, UTC)
