"""The runner's side of the lease protocol."""

import contextlib
from collections.abc import Callable

import httpx

from foundation.contracts.tool_job import ToolResult
from tool_runtime.egress.model_door import RunTokenUnavailable
from tool_runtime.launcher_calls import PAUSE_SECONDS, LauncherAwayError, LauncherCalls, LauncherRefusedError
from tool_runtime.protocol import RunnerLease, RunToken, ToldLines

RESULT_TRIES = 20
TOKEN_TRIES = 4


class LeaseLostError(Exception):
    """The launcher knows nothing of this runner, its token or its lease (any more)."""


class LeaseClient:
    """Talks to one launcher with one worker token."""

    def __init__(
        self, client: httpx.AsyncClient, *, launcher_url: str, token: str, pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        self._calls = LauncherCalls(client, launcher_url=launcher_url, pause_seconds=pause_seconds)
        self._token = token

    async def take(self, *, gives_up: Callable[[], bool] = lambda: False) -> RunnerLease:
        """Wait until a job is given; raises `LeaseLostError` when the token is not accepted, or this side gives up."""
        try:
            response = await self._calls.poll("POST", "/leases", lambda: self._token, gives_up)
        except LauncherRefusedError as error:
            raise LeaseLostError(str(error)) from error
        if response is None:
            raise LeaseLostError("no job came, and the runner ends")
        return RunnerLease.model_validate_json(response.content)

    async def cancelled(self, lease: RunnerLease) -> None:
        """Return when the job was cancelled or the lease is no longer known."""
        with contextlib.suppress(LauncherRefusedError):
            await self._calls.poll("GET", f"/leases/{lease.lease_id}/cancellation", lambda: lease.token)

    async def run_token(self, lease: RunnerLease) -> str:
        """The run token of the job's step as it is now. Raises `RunTokenUnavailable`."""
        try:
            answer = await self._calls.ask("GET", f"/leases/{lease.lease_id}/run-token", lease.token, tries=TOKEN_TRIES)
        except (LauncherAwayError, LauncherRefusedError) as error:
            raise RunTokenUnavailable("the launcher does not have the step's run token") from error
        return RunToken.model_validate_json(answer.content).token

    async def tell(self, lease: RunnerLease, told: ToldLines) -> None:
        """Pass on what the job has printed; what the launcher does not hear now is not told again."""
        with contextlib.suppress(LauncherAwayError, LauncherRefusedError):
            body = told.model_dump_json().encode()
            await self._calls.ask("POST", f"/leases/{lease.lease_id}/lines", lease.token, body, tries=1)

    async def give(self, lease: RunnerLease, result: ToolResult) -> None:
        """Hand the result in, through a launcher's short absence."""
        path, body = f"/leases/{lease.lease_id}/result", result.model_dump_json().encode()
        try:
            await self._calls.ask("POST", path, lease.token, body, tries=RESULT_TRIES)
        except LauncherAwayError as error:
            raise LeaseLostError("the launcher does not answer") from error
        except LauncherRefusedError as error:
            raise LeaseLostError(str(error)) from error
