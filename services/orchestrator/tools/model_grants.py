"""Run tokens for jobs that call models: one goes with the job, and new ones follow for as long as it is waited for."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from foundation.contracts.gateway.job_access import RENEW_SECONDS, ModelGrant
from foundation.contracts.tool_job import ToolJob
from foundation.telemetry.background import cancelled
from foundation.telemetry.logs import logger
from orchestrator.clients.launcher.base import Launcher
from orchestrator.work import Work

_log = logger(__name__)

RunTokenOf = Callable[[Work], str]
"""Signs the token that a step calls the gateway with."""


class ModelGrants:
    """Grants calls of models to those jobs alone whose tool makes some. A job whose worker is gone loses them soon."""

    def __init__(self, run_token: RunTokenOf, launcher: Launcher, *, every_seconds: float = RENEW_SECONDS) -> None:
        self._run_token = run_token
        self._launcher = launcher
        self._every_seconds = every_seconds

    def of(self, work: Work, tool: str, turn: int) -> ModelGrant | None:
        if not work.tools[tool].calls_models:
            return None
        return ModelGrant(run_token=self._run_token(work), turn=turn)

    @asynccontextmanager
    async def renewed(self, work: Work, job: ToolJob) -> AsyncIterator[None]:
        """Hands in new tokens while the block waits for the job."""
        if job.models is None:
            yield
            return
        renewing = asyncio.create_task(self._renew(work, job))
        try:
            yield
        finally:
            await cancelled([renewing])

    async def _renew(self, work: Work, job: ToolJob) -> None:
        while True:
            await asyncio.sleep(self._every_seconds)
            if not await self._launcher.renew(job, self._run_token(work)):
                # The next one comes before this one's successor lapses.
                _log.warning("a run token could not be handed in", extra={"job_id": str(job.job_id)})
