"""Steps that do nothing: they measure the platform."""

from orchestrator.work import StepFinished, TickOutcome, Work


class NoopEngine:
    async def run(self, work: Work) -> TickOutcome:
        return StepFinished(output={"attempt": work.claim.attempt})
