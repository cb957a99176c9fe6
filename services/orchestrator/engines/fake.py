"""An engine in memory: its ticks end as they were told to."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from orchestrator.work import StepFinished, TickOutcome, Work

Ending = Callable[[Work], Awaitable[TickOutcome]]
"""Gives a tick's outcome, or raises what an engine may raise."""


async def finish(work: Work) -> TickOutcome:  # noqa: ARG001 - every step ends the same
    """Ends every step with an output that says nothing."""
    return StepFinished(output={})


@dataclass
class FakeEngine:
    """`end` ends each tick; `works` are those that it was given, in order."""

    end: Ending = finish
    works: list[Work] = field(default_factory=list)

    async def run(self, work: Work) -> TickOutcome:
        self.works.append(work)
        return await self.end(work)
