"""Steps that do nothing: they measure the platform."""

from orchestrator.work import Finished, Outcome, Work


class NoopEngine:
    async def run(self, work: Work) -> Outcome:
        return Finished(output={"attempt": work.claim.attempt})
