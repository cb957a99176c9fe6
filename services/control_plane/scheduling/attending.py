"""The one handler of schedules: brings a schedule up to a moment, whichever clock calls it and however often.

All of it is one transaction that holds the schedule's row: the next firing moves on, each firing that is due gets its
row, and the runs are started. A process that dies in between leaves nothing, and whoever comes next does it all. Two at
once stand in line for the row, and the second finds nothing left to do.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from control_plane.scheduling import calendar, figures
from control_plane.scheduling.failures import Failures
from control_plane.scheduling.starting import StartRefusal, UnattendedStart, start_run
from foundation.contracts.moments import told
from foundation.domain.ids import ScheduleId, TenantId
from foundation.domain.starts.schedules import (
    CAUGHT_UP_WITHIN,
    LATE_SECONDS,
    MOST_QUEUED,
    FiringReason,
    FiringStatus,
    Missed,
    OverlapVerdict,
    jitter_of,
    judge_overlap,
    sort_out,
)
from foundation.storage.schedules import firings, schedules
from foundation.storage.schedules.firings import Firing, NewFiring
from foundation.storage.schedules.schedules import Schedule
from foundation.storage.session.database import Database, Transaction

_SKIPPED_BY = {
    OverlapVerdict.SKIP_OVERLAP: (
        FiringReason.OVERLAP,
        "a run of this schedule had not ended, and its overlap is `skip`",
    ),
    OverlapVerdict.SKIP_BUDGET: (
        FiringReason.BUDGET,
        "a run of this schedule is paused because a budget is spent; a further one would be paused as well",
    ),
    OverlapVerdict.SKIP_QUEUE_FULL: (FiringReason.QUEUE_FULL, f"{MOST_QUEUED} firings waited already"),
}


async def attend(
    database: Database, tenant_id: TenantId, schedule_id: ScheduleId, *, now: datetime, max_open_runs: int
) -> None:
    """Does what is due of a schedule at `now`; one that is not there is no error, since clocks may be late."""
    async with database.tenant(tenant_id) as tx:
        schedule = await schedules.get(tx, tenant_id, schedule_id, lock=True)
        if schedule is not None:
            await _Attendance(tx, tenant_id, schedule, now, max_open_runs).do()


@dataclass
class _Attendance:
    """One schedule, held by this transaction."""

    tx: Transaction
    tenant_id: TenantId
    schedule: Schedule
    now: datetime
    max_open_runs: int

    async def do(self) -> None:
        failures = Failures(self.schedule)
        for status in await firings.see_ended(self.tx, self.tenant_id, self.schedule.schedule_id):
            failures.run_ended(status)
        if self.schedule.next_at is not None and self.schedule.next_at <= self.now:
            await self._record_due(self.schedule.next_at)
        await self._decide(failures)
        await failures.store(self.tx, self.tenant_id, now=self.now)

    async def _record_due(self, since: datetime) -> None:
        """Gives each firing up to now its row, and moves the next one on."""
        timing, schedule_id = self.schedule.timing, self.schedule.schedule_id
        oldest = self.now - CAUGHT_UP_WITHIN
        due = calendar.due_between(timing, max(since, oldest), self.now)
        uncounted = Missed(since, oldest, None) if since < oldest else None
        sorted_out = sort_out(due, now=self.now, catch_up=self.schedule.catch_up, uncounted=uncounted)
        new = [NewFiring(missed.first, None, FiringReason.MISSED, _told_of(missed)) for missed in sorted_out.missed]
        for fires_at in sorted_out.to_wait:
            jitter = jitter_of(schedule_id, fires_at, most_seconds=self.schedule.jitter_seconds)
            new.append(NewFiring(fires_at, fires_at + jitter))
        await firings.insert(self.tx, self.tenant_id, schedule_id, new, now=self.now)
        figures.FIRINGS.labels(FiringReason.MISSED).inc(len(sorted_out.missed))
        next_at = calendar.next_after(timing, self.now)
        await schedules.advance(self.tx, self.tenant_id, schedule_id, next_at=next_at)

    async def _decide(self, failures: Failures) -> None:
        """Starts or skips the firings whose time has come, in their order."""
        schedule_id = self.schedule.schedule_id
        waiting = await firings.waiting(self.tx, self.tenant_id, schedule_id, now=self.now)
        if not waiting:
            return
        open_runs = await firings.open_runs(self.tx, self.tenant_id, schedule_id)
        before = 0
        for firing in waiting:
            if stopped := self._stopped():
                await self._skip(firing, *stopped)
                continue
            verdict = judge_overlap(self.schedule.overlap, open_runs, waiting_before=before)
            if verdict is OverlapVerdict.WAIT:
                before += 1
                if firing.starts_at is not None:
                    await firings.stand_in_queue(self.tx, self.tenant_id, schedule_id, firing.fires_at)
            elif verdict is OverlapVerdict.START:
                if await self._start(firing, failures):
                    open_runs = replace(open_runs, count=open_runs.count + 1)
            else:
                await self._skip(firing, *_SKIPPED_BY[verdict])

    def _stopped(self) -> tuple[FiringReason, str] | None:
        if self.schedule.deleted_at is not None:
            return FiringReason.DELETED, "the schedule was deleted before the firing could start its run"
        if self.schedule.paused:
            return FiringReason.PAUSED, "the schedule was paused before the firing could start its run"
        return None

    async def _start(self, firing: Firing, failures: Failures) -> bool:
        """Whether a run was started."""
        schedule = self.schedule
        start = UnattendedStart(
            actor=f"schedule:{schedule.schedule_id}",
            runs_as=schedule.runs_as,
            task_id=schedule.task_id,
            task_version=schedule.task_version,
            input=schedule.input,
        )
        started = await start_run(self.tx, self.tenant_id, start, max_open=self.max_open_runs)
        if isinstance(started, StartRefusal):
            await self._skip(firing, started.reason, started.detail)
            failures.firing_refused(started.reason, started.detail)
            return False
        await firings.started(
            self.tx, self.tenant_id, self.schedule.schedule_id, firing.fires_at, run_id=started, now=self.now
        )
        figures.FIRINGS.labels(FiringStatus.STARTED).inc()
        return True

    async def _skip(self, firing: Firing, reason: FiringReason, detail: str) -> None:
        await firings.skip(
            self.tx,
            self.tenant_id,
            self.schedule.schedule_id,
            firing.fires_at,
            reason=reason,
            detail=detail,
            now=self.now,
        )
        figures.FIRINGS.labels(reason).inc()


def _told_of(missed: Missed) -> str:
    late = f"nobody attended to it within {LATE_SECONDS} s"
    if missed.count == 1:
        return f"{late}, and the schedule's catch_up does not make up for it"
    counted = "all firings" if missed.count is None else f"{missed.count} firings"
    return f"{late}; this row stands for {counted} from here to {told(missed.last)}"
