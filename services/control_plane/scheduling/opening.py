"""Puts the loops together that start runs by the clock, and those that stop runs by a kill switch."""

from datetime import timedelta

from control_plane.execution.runs.parking import Parking
from control_plane.scheduling.loops import ClockTelling, ScheduleLoops, forget
from control_plane.settings import ControlPlaneSettings
from foundation.cloud.clients import Clients
from foundation.cloud.queue.sqs import SqsQueue
from foundation.cloud.schedule_clock.eventbridge import EventBridgeClock, Targets
from foundation.storage.session.database import Database
from foundation.telemetry.background import Loop

_GRACE = timedelta(seconds=120)
"""EventBridge Scheduler sends within a minute; what it has not sent after two is found without it."""


async def loops_unattended(
    settings: ControlPlaneSettings, database: Database, clients: Clients
) -> list[tuple[str, Loop]]:
    firing_days, call_days = settings.schedule_firing_days, settings.trigger_call_days
    forgetting: tuple[str, Loop] = (
        "old firings and calls",
        lambda: forget(database, firing_days=firing_days, call_days=call_days),
    )
    parking: tuple[str, Loop] = ("parking by kill switches", Parking(database).run)
    if settings.schedule_clock == "own":
        own = ScheduleLoops(database, settings.max_open_runs)
        return [("schedules", own.serve), parking, forgetting]
    loops = ScheduleLoops(database, settings.max_open_runs, grace=_GRACE)
    telling = ClockTelling(database, EventBridgeClock(await clients.scheduler(), targets_of(settings)))
    queue = SqsQueue(await clients.sqs(), str(settings.schedule_queue_url))
    return [
        ("schedules", loops.serve),
        ("messages of the clock", lambda: loops.hear(queue)),
        ("what the clock is told", telling.run),
        parking,
        forgetting,
    ]


def targets_of(settings: ControlPlaneSettings) -> Targets:
    """The settings say that all of these are there."""
    return Targets(
        group=str(settings.schedule_group),
        queue_arn=str(settings.schedule_queue_arn),
        role_arn=str(settings.schedule_role_arn),
        dead_queue_arn=str(settings.schedule_dead_queue_arn),
    )
