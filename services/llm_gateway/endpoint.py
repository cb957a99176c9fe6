"""The hot path as a plain ASGI application: read the request, run the pipeline, send what it answers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Protocol

from foundation.domain.errors import BadRequest, LockstepError, PayloadTooLarge
from foundation.telemetry import metrics
from foundation.telemetry.logs import logger
from llm_gateway.call import Client, PlainAnswer
from llm_gateway.dialects.base import Dialect
from llm_gateway.dialects.errors import Unexpected
from llm_gateway.dialects.ingress import INGRESS
from llm_gateway.pipeline import StreamedAnswer
from llm_gateway.providers.base import UpstreamFailed
from llm_gateway.stages.finish_stream import CONTENT_TYPE

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[str, str]]

_SERVICE = "llm_gateway"
_JSON = "application/json"
_TRACEPARENT_PARTS = 4

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


class Answer(Protocol):
    """What stands behind an endpoint; raises a `LockstepError` or `UpstreamFailed` for the dialect to word."""

    async def __call__(
        self, headers: Mapping[str, str], body: bytes, *, trace_id: str | None, client: Client
    ) -> PlainAnswer | StreamedAnswer: ...


class CallEndpoint:
    """One path that is posted to, in one dialect."""

    def __init__(self, path: str, answer: Answer, *, dialect: Dialect, max_body: int) -> None:
        self._path = path
        self._answer = answer
        self._ingress = INGRESS[dialect]
        self._max_body = max_body
        self._duration = metrics.HTTP_DURATION.labels(_SERVICE, path)
        self._answered = lru_cache(lambda status: metrics.HTTP_REQUESTS.labels(_SERVICE, "POST", str(status)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        status = 499
        try:
            status = await self._respond(scope, receive, send)
        except _ClientGone:
            _log.debug("the client left before its request was whole")
        finally:
            self._answered(status).inc()
            self._duration.observe(time.perf_counter() - started)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> int:
        headers = _headers(scope)
        try:
            body = await self._body(headers, receive)
            trace_id = _trace_id(headers.get("traceparent"))
            answer = await self._answer(headers, body, trace_id=trace_id, client=_Connection(receive))
        except (LockstepError, UpstreamFailed) as error:
            _log.debug("refused", extra={"code": error.code})
            return await self._send_error(send, error)
        except Exception:  # noqa: BLE001  # the process's edge: log once, tell the caller nothing internal
            _log.exception("a call failed unexpectedly")
            return await self._send_error(send, Unexpected("the gateway failed"))
        if isinstance(answer, StreamedAnswer):
            await _send_stream(receive, send, answer)
            return 200
        await _send_plain(send, answer)
        return answer.status

    async def _send_error(self, send: Send, error: LockstepError | UpstreamFailed) -> int:
        answer = self._ingress.error_answer(error)
        size = str(len(answer.body))
        await _start(send, answer.status, [("content-type", _JSON), ("content-length", size), *answer.headers])
        await send({"type": "http.response.body", "body": answer.body})
        return answer.status

    async def _body(self, headers: dict[str, str], receive: Receive) -> bytes:
        declared = headers.get("content-length", "0")
        if not declared.isdigit():
            raise BadRequest("content-length is not a number")
        if int(declared) > self._max_body:
            raise PayloadTooLarge(f"the body is over {self._max_body} bytes")
        parts, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _ClientGone
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._max_body:
                raise PayloadTooLarge(f"the body is over {self._max_body} bytes")
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)


def _headers(scope: Scope) -> dict[str, str]:
    """By lower-case name; lines that repeat a name are joined as HTTP has it."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


async def _start(send: Send, status: int, headers: Headers) -> None:
    lines = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})


async def _send_plain(send: Send, answer: PlainAnswer) -> None:
    about = [("content-type", answer.content_type), ("content-length", str(len(answer.body)))]
    await _start(send, answer.status, [*about, *answer.headers])
    await send({"type": "http.response.body", "body": answer.body})


async def _send_stream(receive: Receive, send: Send, answer: StreamedAnswer) -> None:
    await _start(send, 200, [("content-type", CONTENT_TYPE), ("cache-control", "no-store"), *answer.headers])
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


def _trace_id(traceparent: str | None) -> str | None:
    parts = (traceparent or "").split("-")
    return parts[1] if len(parts) == _TRACEPARENT_PARTS and len(parts[1]) == 32 else None  # noqa: PLR2004
