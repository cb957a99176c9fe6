"""The clock outside is told what has changed of a schedule, in the end, whatever was away meanwhile."""

from dataclasses import dataclass, field
from datetime import timedelta

from control_plane.scheduling.loops import ClockTelling
from fixtures.schedules.bench import ScheduleBench
from foundation.cloud.schedule_clock.base import ClockEntry, CronTimes, EverySeconds
from foundation.cloud.schedule_clock.fake import FakeScheduleClock
from foundation.domain.errors import DependencyUnavailable


@dataclass
class Counting(FakeScheduleClock):
    """Counts what it is told."""

    told: list[str] = field(default_factory=list)

    async def put(self, entry: ClockEntry) -> None:
        await super().put(entry)
        self.told.append(entry.name)


def telling(bench: ScheduleBench, clock: FakeScheduleClock) -> ClockTelling:
    return ClockTelling(bench.database, clock, now=lambda: bench.now)


async def rounds(teller: ClockTelling) -> None:
    while await teller.round():
        pass


async def test_an_entry_follows_its_schedule(bench: ScheduleBench) -> None:
    clock = Counting()
    teller = telling(bench, clock)
    schedule = await bench.schedule()
    await rounds(teller)
    assert isinstance(clock.entries[schedule["id"]].times, EverySeconds)
    await rounds(teller)
    assert clock.told == [schedule["id"]]
    await bench.change(schedule, cron="0 0 * * *", time_zone="Europe/Berlin")
    await rounds(teller)
    entry = clock.entries[schedule["id"]]
    assert (type(entry.times), entry.time_zone) == (CronTimes, "Europe/Berlin")
    await bench.change(schedule, paused=True)
    await rounds(teller)
    assert clock.entries == {}
    await bench.change(schedule, paused=False)
    await rounds(teller)
    assert list(clock.entries) == [schedule["id"]]
    async with bench.caller() as owner:
        await owner.delete(f"/schedules/{schedule['id']}")
    await rounds(teller)
    assert clock.entries == {}


async def test_an_entry_for_one_moment_goes_when_it_has_fired(bench: ScheduleBench) -> None:
    clock = FakeScheduleClock()
    teller = telling(bench, clock)
    schedule = await bench.schedule(at=(bench.now + timedelta(hours=1)).isoformat())
    await rounds(teller)
    assert list(clock.entries) == [schedule["id"]]
    await bench.fire(schedule)
    await rounds(teller)
    assert clock.entries == {}


async def test_a_clock_that_is_away_is_told_when_the_lease_has_ended(bench: ScheduleBench) -> None:
    clock = FakeScheduleClock(away=True)
    teller = telling(bench, clock)
    schedule = await bench.schedule()
    try:
        await teller.round()
    except DependencyUnavailable:
        clock.away = False
    await rounds(teller)
    assert clock.entries == {}, "another process may be telling it"
    bench.now += timedelta(seconds=61)
    await rounds(telling(bench, clock))
    assert list(clock.entries) == [schedule["id"]]
