"""What every clock of schedules must do: EventBridge Scheduler as LocalStack stores it, and the one in memory."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest

from fixtures.cloud.closed_ports import clients_of_nothing
from foundation.cloud.clients import Clients
from foundation.cloud.schedule_clock.base import (
    ClockEntry,
    CronTimes,
    EverySeconds,
    NotTranslatable,
    Once,
    ScheduleClock,
)
from foundation.cloud.schedule_clock.dialect import expression_of
from foundation.cloud.schedule_clock.eventbridge import EventBridgeClock, Targets
from foundation.cloud.schedule_clock.fake import FakeScheduleClock
from foundation.domain.errors import DependencyUnavailable

KINDS = ["fake", pytest.param("eventbridge", marks=pytest.mark.stack)]
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
NIGHTLY = CronTimes(frozenset({30}), frozenset({2}), None, frozenset(range(1, 13)), None)
_ARN = "arn:aws:sqs:us-east-1:000000000000:lockstep-local-firings"
_ROLE = "arn:aws:iam::000000000000:role/sends"


@dataclass
class Opened:
    """A clock, and what it keeps: expressions by the names of entries."""

    clock: ScheduleClock
    kept: Callable[[], Awaitable[dict[str, str]]]


@asynccontextmanager
async def a_clock(kind: str) -> AsyncIterator[Opened]:
    if kind == "fake":
        fake = FakeScheduleClock()

        async def entries() -> dict[str, str]:
            return {name: expression_of(entry.times) for name, entry in fake.entries.items()}

        yield Opened(fake, entries)
        return
    group, scheduler = f"contract-{uuid4().hex[:12]}", boto3.client("scheduler")
    scheduler.create_schedule_group(Name=group)

    async def stored() -> dict[str, str]:
        names = [one["Name"] for one in scheduler.list_schedules(GroupName=group)["Schedules"]]
        return {name: scheduler.get_schedule(GroupName=group, Name=name)["ScheduleExpression"] for name in names}

    async with Clients() as clients:
        yield Opened(EventBridgeClock(await clients.scheduler(), Targets(group, _ARN, _ROLE, f"{_ARN}-dead")), stored)
    scheduler.delete_schedule_group(Name=group)


@pytest.fixture(params=KINDS)
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Opened]:
    async with a_clock(request.param) as made:
        yield made


def an_entry(name: str, times: CronTimes | EverySeconds | Once = NIGHTLY) -> ClockEntry:
    return ClockEntry(name, times, "Europe/Berlin", '{"v": 1}')


async def test_an_entry_is_kept_replaced_and_removed(opened: Opened) -> None:
    await opened.clock.put(an_entry("one"))
    assert await opened.kept() == {"one": "cron(30 2 * * ? *)"}
    await opened.clock.put(an_entry("one", EverySeconds(3600, NOON)))
    soon = datetime.now(UTC) + timedelta(days=1)
    await opened.clock.put(an_entry("two", Once(soon)))
    assert await opened.kept() == {"one": "rate(60 minutes)", "two": f"at({soon:%Y-%m-%dT%H:%M:%S})"}
    await opened.clock.remove("one")
    await opened.clock.remove("one")
    assert list(await opened.kept()) == ["two"]
    await opened.clock.remove("two")


async def test_what_cannot_be_said_is_refused_and_leaves_the_entry_as_it_was(opened: Opened) -> None:
    await opened.clock.put(an_entry("one"))
    with pytest.raises(NotTranslatable):
        await opened.clock.put(an_entry("one", EverySeconds(61, NOON)))
    assert await opened.kept() == {"one": "cron(30 2 * * ? *)"}
    await opened.clock.remove("one")


@pytest.mark.parametrize("kind", KINDS)
async def test_a_clock_that_is_away_is_unavailable(kind: str) -> None:
    async with clients_of_nothing() as clients:
        away: ScheduleClock = FakeScheduleClock(away=True)
        if kind == "eventbridge":
            away = EventBridgeClock(await clients.scheduler(), Targets("none", _ARN, _ROLE, _ARN))
        with pytest.raises(DependencyUnavailable):
            await away.remove("one")


@pytest.mark.stack
async def test_eventbridge_gets_the_target_the_zone_and_what_to_do_with_failures() -> None:
    async with a_clock("eventbridge") as opened:
        await opened.clock.put(an_entry("one"))
        scheduler = boto3.client("scheduler")
        [summary] = [one for one in scheduler.list_schedules()["Schedules"] if one["GroupName"].startswith("contract-")]
        stored: dict[str, Any] = scheduler.get_schedule(GroupName=summary["GroupName"], Name="one")
        target = stored["Target"]
        assert (stored["ScheduleExpressionTimezone"], stored["State"]) == ("Europe/Berlin", "ENABLED")
        assert stored["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert (target["Arn"], target["RoleArn"], target["Input"]) == (_ARN, _ROLE, '{"v": 1}')
        assert target["DeadLetterConfig"] == {"Arn": f"{_ARN}-dead"}
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
        await opened.clock.remove("one")
