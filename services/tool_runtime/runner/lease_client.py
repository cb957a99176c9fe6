"""The runner's side of the lease protocol."""

import asyncio

import httpx

from foundation.contracts.tool_job import ToolResult
from tool_runtime.protocol import POLL_SECONDS, RunnerLease

PAUSE_SECONDS = 0.5
RESULT_TRIES = 20


class LeaseLostError(Exception):
    """The launcher knows nothing of this runner, its token or its lease (any more)."""


class LeaseClient:
    """Talks to one launcher with one worker token."""

    def __init__(self, client: httpx.AsyncClient, *, launcher_url: str, token: str) -> None:
        self._client = client
        self._url = launcher_url.rstrip("/")
        self._token = token

    async def take(self) -> RunnerLease:
        """Wait until a job is given, however long; raises `LeaseLostError` when the token is not accepted."""
        while True:
            response = await self._ask("POST", "/leases", self._token)
            if response is not None and response.status_code == httpx.codes.OK:
                return RunnerLease.model_validate_json(response.content)

    async def cancelled(self, lease: RunnerLease) -> None:
        """Return when the job was cancelled or the lease is no longer known."""
        try:
            while True:
                response = await self._ask("GET", f"/leases/{lease.lease_id}/cancellation", lease.token)
                if response is not None and response.status_code == httpx.codes.OK:
                    return
        except LeaseLostError:
            return

    async def give(self, lease: RunnerLease, result: ToolResult) -> None:
        """Hand the result in, through a launcher's short absence."""
        path, body = f"/leases/{lease.lease_id}/result", result.model_dump_json().encode()
        for _ in range(RESULT_TRIES):
            if await self._ask("POST", path, lease.token, body) is not None:
                return
        raise LeaseLostError("the launcher does not answer")

    async def _ask(self, method: str, path: str, token: str, body: bytes | None = None) -> httpx.Response | None:
        """The answer, or None after a pause when there was none worth having."""
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            response = await self._client.request(
                method, self._url + path, content=body, headers=headers, timeout=POLL_SECONDS + 10
            )
        except httpx.TransportError:
            await asyncio.sleep(PAUSE_SECONDS)
            return None
        if response.is_client_error:
            raise LeaseLostError(f"{method} {path}: HTTP {response.status_code}")
        if response.is_server_error:
            await asyncio.sleep(PAUSE_SECONDS)
            return None
        return response
