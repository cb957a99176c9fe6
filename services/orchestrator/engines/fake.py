"""An engine in memory, whose ticks end as its caller prescribes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from orchestrator.work import StepFinished, TickOutcome, Work

Ending = Callable[[Work], Awaitable[TickOutcome]]
"""Gives a tick's outcome, or raises what an engine may raise."""


async def finish(work: Work) -> TickOutcome:  # noqa: ARG001 - every step ends the same
    """Ends every step well, with an empty output."""
    return StepFinished(output={})


@dataclass
class FakeEngine:
    """`end` ends each tick; `works` are those that it was given, in order."""

    end: Ending = finish
    works: list[Work] = field(default_factory=list)

    async def run(self, work: Work) -> TickOutcome:
        self.works.append(work)
        return await self.end(work)
