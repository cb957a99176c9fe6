"""The loops of a process that serve schedules; several processes share the work, since a schedule's row is held."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from control_plane.scheduling import figures
from control_plane.scheduling.attending import attend
from control_plane.scheduling.clock_entries import entry_of, read_message
from foundation.cloud.queue.base import BATCH, Queue, Received
from foundation.cloud.schedule_clock.base import ScheduleClock
from foundation.domain.errors import LockstepError
from foundation.domain.ids import ScheduleId, TenantId
from foundation.storage import keyed_calls
from foundation.storage.schedules import schedules, work
from foundation.storage.session.database import Database
from foundation.storage.triggers import calls
from foundation.telemetry.background import every, going_on, tolerating, utc_now
from foundation.telemetry.logs import bind, logger

_PACE_SECONDS = 2.0
_BREATH_SECONDS = 0.05
_AT_ONCE = 100
_FORGET_EVERY_SECONDS = 3600.0
_FORGET_AGAIN_SECONDS = 1.0
_FORGET_AT_ONCE = 10_000
_LEASE = timedelta(seconds=60)
_AHEAD = timedelta(seconds=60)
"""How far ahead of ours the clock outside may be."""

_TOLERATED = (LockstepError, OSError)

_log = logger(__name__)


@dataclass
class ScheduleLoops:
    """Looks for what is due; where a clock outside wakes schedules, only for what it has not woken after `grace`."""

    database: Database
    max_open_runs: int
    grace: timedelta = timedelta()
    now: Callable[[], datetime] = utc_now

    async def serve(self) -> None:
        """Attends to what is due every two seconds, which is one question to the database."""
        await every(_PACE_SECONDS, self.round, tolerate=_TOLERATED, busy_seconds=_BREATH_SECONDS)()

    async def round(self) -> bool:
        """Whether there was more than one round may attend to."""
        now = self.now()
        async with self.database.across_tenants(reason="which schedules have something to be done") as tx:
            found = await work.with_work(tx, as_of=now, due_since=now - self.grace, most=_AT_ONCE)
        for tenant_id, schedule_id in found:
            await self.attend(tenant_id, schedule_id, now=self.now())
        return len(found) == _AT_ONCE

    async def attend(self, tenant_id: TenantId, schedule_id: ScheduleId, *, now: datetime) -> bool:
        """Whether it could be done; if not, it is logged, and the next round finds it again."""
        waiting = going_on("a schedule cannot be attended to now")
        with bind(tenant_id=tenant_id, schedule_id=schedule_id), waiting as attended:
            await attend(self.database, tenant_id, schedule_id, now=now, max_open_runs=self.max_open_runs)
        return not attended.failed

    async def hear(self, queue: Queue) -> None:
        """Takes the messages of the clock outside, until it is cancelled."""
        while True:
            if not await tolerating(_TOLERATED, lambda: self.hear_once(queue)):
                await asyncio.sleep(_BREATH_SECONDS)

    async def hear_once(self, queue: Queue, *, wait_seconds: int = 20) -> bool:
        """Whether there were messages. One that cannot be read is left, and goes to the dead letters in the end."""
        received = await queue.receive(BATCH, wait_seconds=wait_seconds)
        done = [one.receipt for one in received if await self._heard(one)]
        await queue.delete(done)
        return bool(received)

    async def _heard(self, received: Received) -> bool:
        message = read_message(received.body)
        if message is None:
            figures.UNREADABLE.inc()
            _log.warning("a message of the clock cannot be read", extra={"receive_count": received.receive_count})
            return False
        # The clock outside may be a little ahead of ours; what it says of a moment far ahead is not believed.
        now = self.now()
        as_of = message.at if now < message.at <= now + _AHEAD else now
        return await self.attend(message.tenant_id, message.schedule_id, now=as_of)


@dataclass
class ClockTelling:
    """Tells the clock outside what has changed; what could not be told is told when its lease has ended."""

    database: Database
    clock: ScheduleClock
    now: Callable[[], datetime] = utc_now

    async def run(self) -> None:
        await every(_PACE_SECONDS, self.round, tolerate=_TOLERATED, busy_seconds=_BREATH_SECONDS)()

    async def round(self) -> bool:
        """Whether something was told."""
        async with self.database.across_tenants(reason="of which schedules the clock does not know the latest") as tx:
            found = await work.to_tell(tx, as_of=self.now(), most=_AT_ONCE)
        for tenant_id, schedule_id in found:
            await self._tell(tenant_id, schedule_id)
        return bool(found)

    async def _tell(self, tenant_id: TenantId, schedule_id: ScheduleId) -> None:
        now = self.now()
        async with self.database.tenant(tenant_id) as tx:
            if not await work.lease(tx, tenant_id, schedule_id, as_of=now, until=now + _LEASE):
                return
            schedule = await schedules.get(tx, tenant_id, schedule_id)
        if schedule is None:
            return
        entry = entry_of(tenant_id, schedule)
        if entry is None:
            await self.clock.remove(str(schedule_id))
        else:
            await self.clock.put(entry)
        async with self.database.tenant(tenant_id) as tx:
            await work.told(tx, tenant_id, schedule_id, revision=schedule.clock_revision)


async def forget(database: Database, *, firing_days: int, call_days: int) -> None:
    """Removes old firings and calls of triggers, schedules that were deleted long ago, and what keys were answered."""

    async def once() -> bool:
        async with database.across_tenants(reason="old firings and calls are removed for all tenants at once") as tx:
            gone = (
                await work.forget_old(tx, days=firing_days, most=_FORGET_AT_ONCE),
                await calls.forget_old(tx, days=call_days, most=_FORGET_AT_ONCE),
                await keyed_calls.forget_old(tx, most=_FORGET_AT_ONCE),
            )
            return max(gone) >= _FORGET_AT_ONCE

    await every(_FORGET_EVERY_SECONDS, once, tolerate=_TOLERATED, busy_seconds=_FORGET_AGAIN_SECONDS)()
