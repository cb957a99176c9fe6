"""What an engine is: it runs one dispatch of a claimed step and says how it ended."""

from typing import Protocol

from orchestrator.work import TickOutcome, Work


class Engine(Protocol):
    async def run(self, work: Work) -> TickOutcome:
        """Runs one tick. Raises `TickFailed`, or a `LockstepError` (budget, lease, closed run, dependency)."""
        ...
