"""A client whose calls wait for their answers."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx
import stamina

from lockstep_client.answers import Answer
from lockstep_client.events import EventReading, StreamedText
from lockstep_client.generated.api import Calls
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


class Client(Calls):
    """The API at `base_url`, as whoever the token stands for.

    `retry_seconds` bounds how long one call is tried again after 429, after 503, and where no answer came; 0 tries
    once. `timeout` is httpx's, in seconds. `transport` is for tests and proxies. What no request can be made
    of is refused with `ValueError`: a `base_url` without its scheme or host, with a name or password, or one that ends
    with `/api/v1`, and a token that no header can have.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        timeout: float = 30.0,
        retry_seconds: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        super().__init__(self)
        self._retry_seconds = retry_seconds
        self._http = httpx.Client(
            base_url=url_of_api(base_url), headers=headers_of(token), timeout=timeout, transport=transport
        )

    @property
    def http(self) -> httpx.Client:
        """For what this client has no words for: sends with the token, and tries nothing again."""
        return self._http

    def send(self, call: Call[T]) -> T:
        """What the call gives; `ApiError` when it is refused, `Unreachable` when no answer comes."""
        return self.answer(call).value

    def answer(self, call: Call[T]) -> Answer[T]:
        """As `send`, with the headers: `client.answer(get_task.call(task_id)).etag`."""
        request = request_of(call)
        repeatable = may_repeat(call.method, request["headers"])
        on = again_after(repeatable=repeatable, longest=self._retry_seconds)
        for attempt in stamina.retry_context(on=on, **patience(self._retry_seconds)):
            with attempt:
                response = self._response(request)
        return Answer(call.parse(response), response.status_code, response.headers)

    def fetch(self, call: Call[Any]) -> bytes:
        """The answer's bytes, of a call with other formats than JSON: a statement as PDF, usage as CSV."""
        unread: Call[bytes] = replace(call, parse=content_of)
        return self.send(unread)

    def _response(self, request: dict[str, object]) -> httpx.Response:
        try:
            response = self._http.request(**request)  # type: ignore[arg-type]  # as `request_of` made them
        except httpx.LocalProtocolError:
            raise unsendable(str(request["method"]), str(request["url"])) from None
        except httpx.TransportError as error:
            raise unreachable(error, str(request["method"]), str(request["url"])) from error
        if response.is_error:
            raise refusal(response)
        return response

    def wait_for_run(self, run_id: UUID, *, seconds: float = 600.0, final_bill: bool = False) -> RunView:
        """The run once it has ended, and with `final_bill` once nothing is added to its usage; else `RunNotEnded`."""
        waiting = Waiting(run_id, final_bill=final_bill, deadline=time.monotonic() + seconds)
        while True:
            run = self.runs.get_run(run_id)
            if waiting.is_over(run):
                return run
            time.sleep(waiting.pause(run, now=time.monotonic()))

    def follow_run(
        self, run_id: UUID, *, last_event_id: str | None = None, on_text: Callable[[StreamedText], None] | None = None
    ) -> Iterator[RunEventView]:
        """Each event of the run and of those below it, as it happens, until all have ended.

        A connection that breaks is made again after the last event that came; nothing is missed or told twice.
        `on_text` hears what models say while they say it.
        """
        return self._follow(f"/api/v1/runs/{run_id}/events", last_event_id, on_text)

    def follow_tenant(self, *, last_event_id: str | None = None) -> Iterator[RunEventView]:
        """Each event of the tenant from now on, or after `last_event_id`; it ends when you stop."""
        return self._follow("/api/v1/events", last_event_id, None)

    def _follow(
        self, path: str, last_event_id: str | None, on_text: Callable[[StreamedText], None] | None
    ) -> Iterator[RunEventView]:
        reading = EventReading(last_event_id, on_text=on_text, retry_seconds=self._retry_seconds)
        while True:
            try:
                headers, timeout = reading.headers(), reading.timeout
                with self._http.stream("GET", path, headers=headers, timeout=timeout) as response:
                    if response.is_error:
                        response.read()
                        raise refusal(response)
                    for line in response.iter_lines():
                        yield from reading.take(line)
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
            time.sleep(reading.pause)

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
