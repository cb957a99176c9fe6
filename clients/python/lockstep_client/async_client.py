"""A client whose calls are awaited."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx
import stamina

from lockstep_client.answers import Answer
from lockstep_client.events import EventReading, StreamedText
from lockstep_client.generated.api import AsyncCalls
from lockstep_client.generated.client import Call
from lockstep_client.generated.models import RunEventView, RunView
from lockstep_client.problems import ApiError, refusal, unreachable
from lockstep_client.sending import (
    again_after,
    content_of,
    headers_of,
    may_repeat,
    patience,
    request_of,
    unsendable,
    url_of_api,
)
from lockstep_client.waiting import Waiting

T = TypeVar("T")


class AsyncClient(AsyncCalls):
    """As `Client`, for programs that await."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        timeout: float = 30.0,
        retry_seconds: float = 60.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(self)
        self._retry_seconds = retry_seconds
        self._http = httpx.AsyncClient(
            base_url=url_of_api(base_url), headers=headers_of(token), timeout=timeout, transport=transport
        )

    @property
    def http(self) -> httpx.AsyncClient:
        """As `Client.http`."""
        return self._http

    async def send(self, call: Call[T]) -> T:
        """As `Client.send`."""
        return (await self.answer(call)).value

    async def answer(self, call: Call[T]) -> Answer[T]:
        """As `Client.answer`."""
        request = request_of(call)
        repeatable = may_repeat(call.method, request["headers"])
        on = again_after(repeatable=repeatable, longest=self._retry_seconds)
        async for attempt in stamina.retry_context(on=on, **patience(self._retry_seconds)):
            with attempt:
                response = await self._response(request)
        return Answer(call.parse(response), response.status_code, response.headers)

    async def fetch(self, call: Call[Any]) -> bytes:
        """As `Client.fetch`."""
        unread: Call[bytes] = replace(call, parse=content_of)
        return await self.send(unread)

    async def _response(self, request: dict[str, object]) -> httpx.Response:
        try:
            response = await self._http.request(**request)  # type: ignore[arg-type]  # as `request_of` made them
        except httpx.LocalProtocolError:
            raise unsendable(str(request["method"]), str(request["url"])) from None
        except httpx.TransportError as error:
            raise unreachable(error, str(request["method"]), str(request["url"])) from error
        if response.is_error:
            raise refusal(response)
        return response

    async def wait_for_run(self, run_id: UUID, *, seconds: float = 600.0, final_bill: bool = False) -> RunView:
        """As `Client.wait_for_run`."""
        waiting = Waiting(run_id, final_bill=final_bill, deadline=time.monotonic() + seconds)
        while True:
            run = await self.runs.get_run(run_id)
            if waiting.is_over(run):
                return run
            await asyncio.sleep(waiting.pause(run, now=time.monotonic()))

    def follow_run(
        self, run_id: UUID, *, last_event_id: str | None = None, on_text: Callable[[StreamedText], None] | None = None
    ) -> AsyncIterator[RunEventView]:
        """As `Client.follow_run`."""
        return self._follow(f"/api/v1/runs/{run_id}/events", last_event_id, on_text)

    def follow_tenant(self, *, last_event_id: str | None = None) -> AsyncIterator[RunEventView]:
        """As `Client.follow_tenant`."""
        return self._follow("/api/v1/events", last_event_id, None)

    async def _follow(
        self, path: str, last_event_id: str | None, on_text: Callable[[StreamedText], None] | None
    ) -> AsyncIterator[RunEventView]:
        reading = EventReading(last_event_id, on_text=on_text, retry_seconds=self._retry_seconds)
        while True:
            try:
                async with self._http.stream(
                    "GET", path, headers=reading.headers(), timeout=reading.timeout
                ) as response:
                    if response.is_error:
                        await response.aread()
                        raise refusal(response)
                    async for line in response.aiter_lines():
                        for event in reading.take(line):
                            yield event
                        if reading.is_closed:
                            break
                    reading.ended(response.status_code)
            except httpx.LocalProtocolError:
                raise unsendable("GET", path) from None
            except httpx.TransportError as error:
                reading.broke(unreachable(error, "GET", path))
            except ApiError as error:
                reading.broke(error)
            if reading.is_over:
                return
            await asyncio.sleep(reading.pause)

    async def close(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
