"""Answers of the endpoints as ASGI messages: whole ones, errors, and the beginning of a stream."""

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any
from uuid import UUID

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import DatabaseRefused, LockstepError
from foundation.telemetry.logs import logger
from llm_gateway.exchange.failures import UpstreamFailed
from llm_gateway.wires.errors import describe_error
from llm_gateway.wires.registry import WIRES

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Iterable[tuple[str, str]]
JSON = "application/json"

_log = logger(__name__)
_OUR_FAULT = 500


def headers_of(scope: Scope) -> dict[str, str]:
    """By lower-case name; lines that repeat a name are joined as HTTP has it."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    return headers


def log_refusal(error: LockstepError | UpstreamFailed, about: Mapping[str, str]) -> None:
    """A fault of ours with its traceback, unless the database has it logged; what a caller got wrong for who looks."""
    status = describe_error(error).status
    extra = {"code": error.code, "status": status, **about}
    if status == _OUR_FAULT and not isinstance(error, DatabaseRefused):
        _log.error("a call failed by a fault of the platform", exc_info=error, extra=extra)
    else:
        _log.log(logging.INFO if status >= _OUR_FAULT else logging.DEBUG, "refused", extra=extra)


def request_id_headers(request_id: UUID, dialect: Dialect) -> list[tuple[str, str]]:
    """The request's id under the names by which the vendors' clients look for it; ledger and log have the same."""
    return [(name, str(request_id)) for name in WIRES[dialect].request_id_headers]


async def start(send: Send, status: int, headers: Headers) -> None:
    lines = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": status, "headers": lines})


async def send_whole(
    send: Send, status: int, body: bytes, headers: Headers, *, kind: str = JSON, bodiless: bool = False
) -> None:
    """`bodiless` leaves out what an answer to HEAD may not have."""
    await start(send, status, [("content-type", kind), ("content-length", str(len(body))), *headers])
    await send({"type": "http.response.body", "body": b"" if bodiless else body})


async def send_error(
    send: Send,
    error: LockstepError | UpstreamFailed,
    *,
    dialect: Dialect,
    request_id: UUID,
    bodiless: bool = False,
    also: Headers = (),
) -> int:
    answer = WIRES[dialect].error_answer(error, str(request_id))
    headers = [*request_id_headers(request_id, dialect), *answer.headers, *also]
    await send_whole(send, answer.status, answer.body, headers, bodiless=bodiless)
    return answer.status
