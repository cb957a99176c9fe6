"""Requests to the launcher of those that it has started or knows: with a token of theirs, through its short absence."""

from collections.abc import Callable

import httpx

from foundation.telemetry.retries import with_tries
from tool_runtime.protocol import POLL_SECONDS

PAUSE_SECONDS = 0.5


class LauncherRefusedError(Exception):
    """The launcher knows nothing of this token, or of what is asked about (any more)."""


class LauncherAwayError(Exception):
    """The launcher does not answer, or fails itself."""


class LauncherCalls:
    """Asks one launcher; while it is away it asks again twice a second."""

    def __init__(self, client: httpx.AsyncClient, *, launcher_url: str, pause_seconds: float = PAUSE_SECONDS) -> None:
        self._client = client
        self._url = launcher_url.rstrip("/")
        self._pause_seconds = pause_seconds

    async def poll(
        self, method: str, path: str, token: Callable[[], str], gives_up: Callable[[], bool] = lambda: False
    ) -> httpx.Response | None:
        """The first answer with something in it: the launcher answers 204 where there was nothing in its time.

        None when this side gives up, which it does between two questions only: an answer that is under way is never
        let fall. Raises `LauncherRefusedError`.
        """
        while not gives_up():
            response = await self.ask(method, path, token(), tries=None)
            if response.status_code == httpx.codes.OK:
                return response
        return None

    async def ask(
        self, method: str, path: str, token: str, body: bytes | None = None, *, tries: int | None
    ) -> httpx.Response:
        """Raises `LauncherRefusedError`, and `LauncherAwayError` after so many tries; None sets no end."""
        return await with_tries(
            lambda: self._ask_once(method, path, token, body),
            on=(LauncherAwayError,),
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
            raise LauncherAwayError(type(error).__name__) from error
        if response.is_client_error:
            raise LauncherRefusedError(f"{method} {path}: HTTP {response.status_code}")
        if response.is_server_error:
            raise LauncherAwayError(f"HTTP {response.status_code}")
        return response
