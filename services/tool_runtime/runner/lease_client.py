"""The runner's side of the lease protocol."""

import contextlib
from collections.abc import Callable

import httpx

from foundation.contracts.tool_job import ToolResult
from foundation.telemetry.retries import with_tries
from tool_runtime.egress.model_door import RunTokenUnavailable
from tool_runtime.protocol import POLL_SECONDS, RunnerLease, RunToken, ToldLines

PAUSE_SECONDS = 0.5
RESULT_TRIES = 20
TOKEN_TRIES = 4


class LeaseLostError(Exception):
    """The launcher knows nothing of this runner, its token or its lease (any more)."""


class _LauncherAway(Exception):
    """The launcher does not answer, or fails itself."""


class LeaseClient:
    """Talks to one launcher with one worker token; while the launcher is away it asks again twice a second."""

    def __init__(
        self, client: httpx.AsyncClient, *, launcher_url: str, token: str, pause_seconds: float = PAUSE_SECONDS
    ) -> None:
        self._client = client
        self._url = launcher_url.rstrip("/")
        self._token = token
        self._pause_seconds = pause_seconds

    async def take(self, *, gives_up: Callable[[], bool] = lambda: False) -> RunnerLease:
        """Wait until a job is given; raises `LeaseLostError` when the token is not accepted, or this side gives up.

        It gives up between two questions only: a job whose answer is under way is never let fall.
        """
        response = await self._poll("POST", "/leases", self._token, gives_up)
        return RunnerLease.model_validate_json(response.content)

    async def cancelled(self, lease: RunnerLease) -> None:
        """Return when the job was cancelled or the lease is no longer known."""
        with contextlib.suppress(LeaseLostError):
            await self._poll("GET", f"/leases/{lease.lease_id}/cancellation", lease.token)

    async def run_token(self, lease: RunnerLease) -> str:
        """The run token of the job's step as it is now. Raises `RunTokenUnavailable`."""
        try:
            answer = await self._ask("GET", f"/leases/{lease.lease_id}/run-token", lease.token, tries=TOKEN_TRIES)
        except (_LauncherAway, LeaseLostError) as error:
            raise RunTokenUnavailable("the launcher does not have the step's run token") from error
        return RunToken.model_validate_json(answer.content).token

    async def tell(self, lease: RunnerLease, told: ToldLines) -> None:
        """Pass on what the job has printed; what the launcher does not hear now is not told again."""
        with contextlib.suppress(_LauncherAway, LeaseLostError):
            body = told.model_dump_json().encode()
            await self._ask_once("POST", f"/leases/{lease.lease_id}/lines", lease.token, body)

    async def give(self, lease: RunnerLease, result: ToolResult) -> None:
        """Hand the result in, through a launcher's short absence."""
        path, body = f"/leases/{lease.lease_id}/result", result.model_dump_json().encode()
        try:
            await self._ask("POST", path, lease.token, body, tries=RESULT_TRIES)
        except _LauncherAway as error:
            raise LeaseLostError("the launcher does not answer") from error

    async def _poll(
        self, method: str, path: str, token: str, gives_up: Callable[[], bool] = lambda: False
    ) -> httpx.Response:
        """The first answer with something in it: the launcher answers 204 where there was nothing in its time."""
        while True:
            if gives_up():
                raise LeaseLostError("no job came, and the runner ends")
            response = await self._ask(method, path, token, tries=None)
            if response.status_code == httpx.codes.OK:
                return response

    async def _ask(
        self, method: str, path: str, token: str, body: bytes | None = None, *, tries: int | None
    ) -> httpx.Response:
        return await with_tries(
            lambda: self._ask_once(method, path, token, body),
            on=(_LauncherAway,),
            attempts=tries,
            pause_seconds=self._pause_seconds,
            growth=1,
        )

    async def _ask_once(self, method: str, path: str, token: str, body: bytes | None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            response = await self._client.request(
                method, self._url + path, content=body, headers=headers, timeout=POLL_SECONDS + 10
            )
        except httpx.TransportError as error:
            raise _LauncherAway(type(error).__name__) from error
        if response.is_client_error:
            raise LeaseLostError(f"{method} {path}: HTTP {response.status_code}")
        if response.is_server_error:
            raise _LauncherAway(f"HTTP {response.status_code}")
        return response
