"""The hot path as a plain ASGI application: read the request, run the pipeline, send what it answers."""

import asyncio
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import LockstepError
from foundation.domain.ids import new_uuid
from foundation.http.request_limits import BodyLimit
from foundation.telemetry import metrics
from foundation.telemetry.logs import logger
from llm_gateway.endpoints.room import LARGE_BYTES, BodyRoom
from llm_gateway.endpoints.sending import (
    Headers,
    Receive,
    Scope,
    Send,
    headers_of,
    log_refusal,
    request_id_headers,
    send_error,
    send_whole,
    start,
)
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.exchange.protocol_errors import check_how_it_is_sent, declared_length
from llm_gateway.pipeline import StreamedAnswer
from llm_gateway.stages.call import CallFailed, Client, PlainAnswer
from llm_gateway.stages.call_trace import CallTrace
from llm_gateway.stages.ending.stream_finisher import CONTENT_TYPE
from llm_gateway.wires.errors import Unexpected

_SERVICE = "llm_gateway"

_log = logger(__name__)


class _ClientGone(Exception):
    """The client left before its request was whole."""


class _Connection:
    """The client's end, once its request is whole."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue


class Answerer(Protocol):
    """What answers the requests of an endpoint."""

    async def answer(
        self,
        dialect: Dialect,
        headers: Mapping[str, str],
        body: bytes,
        *,
        request_id: UUID,
        trace: CallTrace | None,
        client: Client,
    ) -> PlainAnswer | StreamedAnswer:
        """Raises a `LockstepError`, `UpstreamFailed` or `CallFailed`, which the endpoint words in the dialect."""
        ...


class CallEndpoint:
    """One path that is posted to, in one dialect."""

    def __init__(self, path: str, answerer: Answerer, *, dialect: Dialect, max_body: int, room: BodyRoom) -> None:
        self._path = path
        self._answerer = answerer
        self._dialect = dialect
        self._limit = BodyLimit(max_body, "send less in one call")
        self._room = room
        self._duration = metrics.HTTP_DURATION.labels(_SERVICE, path)
        self._answered = lru_cache(lambda status: metrics.HTTP_REQUESTS.labels(_SERVICE, "POST", str(status)))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        # What web servers log of a client that left before it was answered; nobody is sent it.
        status = 499
        headers = headers_of(scope)
        trace = CallTrace.below(headers.get("traceparent"))
        try:
            status = await self._respond(headers, receive, send, trace)
        except _ClientGone:
            _log.debug("the client left before its request was whole")
        finally:
            self._answered(status).inc()
            self._duration.observe(time.perf_counter() - started)
            if trace is not None:
                trace.answered(self._path, status)

    async def _respond(self, headers: Mapping[str, str], receive: Receive, send: Send, trace: CallTrace | None) -> int:
        request_id = new_uuid()
        taken = 0
        try:
            try:
                check_how_it_is_sent(headers)
                taken = self._take_room(headers)
                answer = await self._answered_by(headers, receive, request_id, trace)
            except CallFailed as failed:
                return await self._refuse(send, failed.error, request_id, trace, also=failed.headers)
            except (LockstepError, UpstreamFailed) as error:
                return await self._refuse(send, error, request_id, trace)
            except _ClientGone:
                raise  # no failure: `handle` counts it, and there is nobody to tell
            except Exception:  # noqa: BLE001  # the process's edge: log once, tell the caller nothing internal
                _log.exception("a call failed unexpectedly", extra={"request_id": str(request_id)})
                return await send_error(send, Unexpected(), dialect=self._dialect, request_id=request_id)
            about = request_id_headers(request_id, self._dialect)
            if isinstance(answer, StreamedAnswer):
                await _send_stream(receive, send, answer, about)
                return 200
            await send_whole(send, answer.status, answer.body, [*about, *answer.headers], kind=answer.content_type)
            return answer.status
        finally:
            if taken:
                self._room.give_back(taken)

    async def _refuse(
        self,
        send: Send,
        error: LockstepError | UpstreamFailed,
        request_id: UUID,
        trace: CallTrace | None,
        *,
        also: Headers = (),
    ) -> int:
        if trace is not None:
            trace.error_type = error.code
        log_refusal(error, {"request_id": str(request_id), "path": self._path})
        return await send_error(send, error, dialect=self._dialect, request_id=request_id, also=also)

    async def _answered_by(
        self, headers: Mapping[str, str], receive: Receive, request_id: UUID, trace: CallTrace | None
    ) -> PlainAnswer | StreamedAnswer:
        body = await self._body(headers, receive)
        return await self._answerer.answer(
            self._dialect, headers, body, request_id=request_id, trace=trace, client=_Connection(receive)
        )

    def _take_room(self, headers: Mapping[str, str]) -> int:
        """The bytes that are reserved for the body; without a declared length it is reckoned at the maximum."""
        size = declared_length(headers)
        if size > self._limit.most:
            raise self._limit.exceeded()
        if "transfer-encoding" in headers:
            size = self._limit.most
        if size <= LARGE_BYTES:
            return 0
        self._room.take(size)
        return size

    async def _body(self, headers: Mapping[str, str], receive: Receive) -> bytes:
        body = await self._limit.read(receive, declared=declared_length(headers) or None)
        if body is None:
            raise _ClientGone
        return body


async def _send_stream(receive: Receive, send: Send, answer: StreamedAnswer, about: Headers) -> None:
    await start(send, 200, [("content-type", CONTENT_TYPE), ("cache-control", "no-store"), *about, *answer.headers])
    leaving = asyncio.ensure_future(_Connection(receive).gone())
    leaving.add_done_callback(lambda task: None if task.cancelled() else answer.outlet.leave())
    try:
        async for chunk in answer.outlet.chunks():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    except OSError:
        answer.outlet.leave()
        return
    except asyncio.CancelledError:
        # the server ends and waits no longer for this client; the answer's charge must not wait for it either
        answer.outlet.leave()
        raise
    finally:
        leaving.cancel()
    await send({"type": "http.response.body", "body": b""})
