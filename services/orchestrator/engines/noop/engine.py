"""Steps that do nothing: they measure the platform."""

from typing import Self

from foundation.domain.states import StepKind
from orchestrator.engines.base import EngineParts, RegisteredEngine
from orchestrator.work import StepFinished, TickOutcome, Work


class NoopEngine(RegisteredEngine):
    """Finishes a step at once, with the number of its attempt as output."""

    kind = StepKind.NOOP

    @classmethod
    def of(cls, parts: EngineParts) -> Self:  # noqa: ARG003 - it needs none
        return cls()

    async def run(self, work: Work) -> TickOutcome:
        return StepFinished(output={"attempt": work.claim.attempt})
