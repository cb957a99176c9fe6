"""What the clock outside is told of a schedule, and what its messages say."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from control_plane.scheduling.calendar import clock_times
from foundation.cloud.schedule_clock.base import ClockEntry
from foundation.domain.ids import ScheduleId, TenantId
from foundation.storage.schedules.schedules import Schedule

_VERSION = 1
_SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
"""EventBridge Scheduler writes the moment of the firing in its place."""
_MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


@dataclass(frozen=True, slots=True)
class ClockMessage:
    """A schedule fires, or had fired at `at`."""

    tenant_id: TenantId
    schedule_id: ScheduleId
    at: datetime


def entry_of(tenant_id: TenantId, schedule: Schedule) -> ClockEntry | None:
    """None where the clock should have no entry: the schedule is paused, deleted, or fires no more."""
    if schedule.deleted_at is not None or schedule.next_at is None:
        return None
    message = {
        "v": _VERSION,
        "tenant_id": str(tenant_id),
        "schedule_id": str(schedule.schedule_id),
        "at": _SCHEDULED_TIME,
    }
    return ClockEntry(
        name=str(schedule.schedule_id),
        times=clock_times(schedule.timing),
        time_zone=schedule.time_zone,
        message=json.dumps(message),
    )


def read_message(body: str) -> ClockMessage | None:
    """None for what is no message of our clock."""
    try:
        document: Any = json.loads(body)
        if document["v"] != _VERSION:
            return None
        at = _MOMENT.validate_python(document["at"]).astimezone(UTC)
        return ClockMessage(TenantId(UUID(document["tenant_id"])), ScheduleId(UUID(document["schedule_id"])), at)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ValidationError):
        return None
