"""What the clock outside is told of a schedule, and what is taken for a message of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from control_plane.scheduling.clock_entries import ClockMessage, entry_of, read_message
from foundation.cloud.schedule_clock.base import EverySeconds
from foundation.domain.ids import ScheduleId, TaskId, TenantId, UserId, new_uuid
from foundation.domain.starts.schedules import CatchUp, Overlap
from foundation.storage.schedules.schedules import Schedule

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TENANT = TenantId(new_uuid())
SCHEDULE = Schedule(
    schedule_id=ScheduleId(new_uuid()),
    name="nightly",
    task_id=TaskId(new_uuid()),
    task_version=None,
    input={"secret": "of the tenant"},
    cron=None,
    every_seconds=60,
    at=None,
    anchor=NOON,
    time_zone="Europe/Berlin",
    overlap=Overlap.SKIP,
    catch_up=CatchUp.LATEST,
    jitter_seconds=0,
    paused=False,
    runs_as=UserId(new_uuid()),
    next_at=NOON,
    failures=0,
    failing_since=None,
    clock_revision=1,
    version=1,
    created_by=None,
    created_at=NOON,
    updated_at=NOON,
    deleted_at=None,
    by_key=None,
)


def test_an_entry_names_the_schedule_and_has_nothing_of_its_input() -> None:
    entry = entry_of(TENANT, SCHEDULE)
    assert entry is not None
    assert (entry.name, entry.times, entry.time_zone) == (
        str(SCHEDULE.schedule_id),
        EverySeconds(60, NOON),
        "Europe/Berlin",
    )
    assert json.loads(entry.message) == {
        "v": 1,
        "tenant_id": str(TENANT),
        "schedule_id": str(SCHEDULE.schedule_id),
        "at": "<aws.scheduler.scheduled-time>",
    }


def test_a_schedule_that_stands_still_has_no_entry() -> None:
    assert entry_of(TENANT, replace(SCHEDULE, paused=True, next_at=None)) is None
    assert entry_of(TENANT, replace(SCHEDULE, next_at=None)) is None
    assert entry_of(TENANT, replace(SCHEDULE, deleted_at=NOON)) is None


MESSAGE: dict[str, Any] = {
    "v": 1,
    "tenant_id": str(TENANT),
    "schedule_id": str(SCHEDULE.schedule_id),
    "at": "2026-06-01T12:00:00Z",
}


def test_a_message_is_read_as_it_was_told() -> None:
    assert read_message(json.dumps(MESSAGE)) == ClockMessage(TENANT, SCHEDULE.schedule_id, NOON)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        '"text"',
        "{",
        "[" * 100_000,
        json.dumps({**MESSAGE, "v": 2}),
        json.dumps({**MESSAGE, "tenant_id": "mine"}),
        json.dumps({**MESSAGE, "schedule_id": None}),
        json.dumps({**MESSAGE, "at": "<aws.scheduler.scheduled-time>"}),
        json.dumps({**MESSAGE, "at": "2026-06-01T12:00:00"}),
        json.dumps({name: value for name, value in MESSAGE.items() if name != "at"}),
    ],
)
def test_what_is_no_message_of_the_clock_is_not_taken_for_one(body: str) -> None:
    assert read_message(body) is None
