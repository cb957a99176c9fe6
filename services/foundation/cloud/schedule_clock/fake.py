"""A clock in memory that keeps entries and never fires; it refuses what EventBridge Scheduler could not say."""

from dataclasses import dataclass, field

from foundation.cloud.schedule_clock.base import ClockEntry
from foundation.cloud.schedule_clock.dialect import expression_of
from foundation.domain.errors import DependencyUnavailable


@dataclass
class FakeScheduleClock:
    """`away` makes every call fail as on a clock that cannot be reached."""

    away: bool = False
    entries: dict[str, ClockEntry] = field(default_factory=dict)

    async def put(self, entry: ClockEntry) -> None:
        self._answer()
        expression_of(entry.times)
        self.entries[entry.name] = entry

    async def remove(self, name: str) -> None:
        self._answer()
        self.entries.pop(name, None)

    def _answer(self) -> None:
        if self.away:
            raise DependencyUnavailable("this clock is away")
