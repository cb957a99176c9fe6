"""The ports to what steps need, each behind its breaker: what cannot be reached is not asked for a while."""

from typing import Any

from foundation.contracts.tool_job import JobState, ToolJob, ToolResult
from orchestrator.breakers.breaker import WorkerBreaker
from orchestrator.clients.launcher.base import Launcher, LauncherNotReached, OnLines, OnState
from orchestrator.clients.model_gateway.base import ModelGateway, OnText
from orchestrator.clients.not_reached import NotReached
from orchestrator.work import Work


class GuardedModelGateway:
    """A gateway that is not called while its breaker is open. What it answers, refusals too, shows that it lives."""

    def __init__(self, gateway: ModelGateway, breaker: WorkerBreaker) -> None:
        self._gateway = gateway
        self._breaker = breaker

    async def complete(
        self, work: Work, *, call_key: str, request: dict[str, Any], on_text: OnText | None = None
    ) -> dict[str, Any]:
        # A call has a key: if it began all the same, its answer is stored, and the next one gets it.
        with self._breaker.judged_by(NotReached, began_nothing=NotReached):
            return await self._gateway.complete(work, call_key=call_key, request=request, on_text=on_text)

    async def close(self) -> None:
        await self._gateway.close()


class GuardedLauncher:
    """A launcher that is given no job while its breaker is open; jobs that it has are ended all the same."""

    def __init__(self, launcher: Launcher, breaker: WorkerBreaker) -> None:
        self._launcher = launcher
        self._breaker = breaker

    async def run(self, job: ToolJob, *, on_state: OnState, on_lines: OnLines | None = None) -> ToolResult:
        with self._breaker.judged_by(NotReached, began_nothing=LauncherNotReached) as trial:

            async def on_state_of_one_that_answers(state: JobState) -> None:
                # A job may take an hour, and what waits for this trial is not to wait for its end.
                trial.succeeded()
                await on_state(state)

            return await self._launcher.run(job, on_state=on_state_of_one_that_answers, on_lines=on_lines)

    async def renew(self, job: ToolJob, run_token: str) -> bool:
        return await self._launcher.renew(job, run_token)

    async def cancel(self, job: ToolJob) -> ToolResult | None:
        return await self._launcher.cancel(job)
