"""Paths, methods and vendors: who is answered in whose words, and what is said of what is not served."""

import json
from typing import Any, cast
from uuid import UUID

import pytest

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.endpoints.calls import CallEndpoint
from llm_gateway.endpoints.front import Front, dialect_of, is_vendors
from llm_gateway.endpoints.models import Models
from llm_gateway.endpoints.sending import send_error
from llm_gateway.exchange.protocol_errors import UnknownPath

PATHS = ("/v1/chat/completions", "/v1/messages", "/v1/messages/count_tokens", "/v1/responses")
VERSION = [(b"anthropic-version", b"2023-06-01")]


class _Endpoint:
    """Counts what it was given."""

    def __init__(self) -> None:
        self.calls = 0

    async def handle(self, *_: object) -> None:
        self.calls += 1


class _BrokenModels:
    async def answer(self, *_: object, **__: object) -> int:
        raise RuntimeError("a secret detail")


def a_front(endpoints: dict[str, _Endpoint]) -> Front:
    return Front(cast("dict[str, CallEndpoint]", endpoints), cast("Models", _BrokenModels()))


def a_scope(path: str, method: str = "POST", headers: list[tuple[bytes, bytes]] | None = None) -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "headers": headers or []}


async def answer(path: str, method: str = "POST", headers: list[tuple[bytes, bytes]] | None = None) -> dict[str, Any]:
    """Status, headers and body of what the front itself answers."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        raise AssertionError("the front reads no body")

    async def send(message: Any) -> None:
        sent.append(message)

    front = a_front({path: _Endpoint() for path in PATHS})
    await front.handle(a_scope(path, method, headers), receive, send)
    body = sent[1]["body"]
    return {
        "status": sent[0]["status"],
        "headers": {name.decode(): value.decode() for name, value in sent[0]["headers"]},
        "error": json.loads(body)["error"] if body else None,
    }


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/models", "/v1/unknown"])
def test_everything_below_v1_is_the_vendors(path: str) -> None:
    assert is_vendors(path)


@pytest.mark.parametrize("path", ["/", "/v2/models", "/v10", "/internal/v1/x", "/healthz"])
def test_nothing_else_is(path: str) -> None:
    assert not is_vendors(path)


@pytest.mark.parametrize(
    ("path", "headers", "dialect"),
    [
        ("/v1/messages", [], Dialect.MESSAGES),
        ("/v1/messages/batches", [], Dialect.MESSAGES),
        ("/v1/messages-of-others", [], Dialect.CHAT),
        ("/v1/models", VERSION, Dialect.MESSAGES),
        ("/v1/models", [], Dialect.CHAT),
        ("/v1/responses/r1", [], Dialect.CHAT),
    ],
)
def test_a_vendors_client_is_known_by_its_path_or_its_header(
    path: str, headers: list[tuple[bytes, bytes]], dialect: Dialect
) -> None:
    assert dialect_of(a_scope(path, headers=headers)) is dialect


async def test_a_call_goes_to_its_endpoint() -> None:
    endpoints = {path: _Endpoint() for path in PATHS}

    async def nothing(*_: object) -> Any:
        return None

    await a_front(endpoints).handle(a_scope("/v1/responses"), nothing, nothing)
    assert [path for path, endpoint in endpoints.items() if endpoint.calls] == ["/v1/responses"]


async def test_a_path_that_is_not_served_is_answered_with_the_one_that_is_meant() -> None:
    answered = await answer("/chat/completions/")
    assert (answered["status"], answered["error"]["code"]) == (404, "unknown_url")
    assert "did you mean /v1/chat/completions?" in answered["error"]["message"]


async def test_a_path_that_means_nothing_is_answered_with_all_that_are_served() -> None:
    message = (await answer("/v1/audio"))["error"]["message"]
    assert all(path in message for path in PATHS)


@pytest.mark.parametrize(
    ("path", "method", "allowed"), [("/v1/responses", "GET", "POST"), ("/v1/models", "POST", "GET, HEAD")]
)
async def test_another_method_is_answered_with_those_that_are_served(path: str, method: str, allowed: str) -> None:
    answered = await answer(path, method)
    assert (answered["status"], answered["headers"]["allow"]) == (405, allowed)


async def test_a_web_socket_is_sent_back_to_http() -> None:
    answered = await answer("/v1/responses", "GET", [(b"upgrade", b"WebSocket")])
    assert (answered["status"], answered["headers"]["upgrade"]) == (426, "HTTP/1.1")


async def test_the_answer_to_head_has_no_body() -> None:
    answered = await answer("/v1/unknown", "HEAD")
    assert (answered["status"], answered["error"]) == (404, None)


async def test_what_fails_unexpectedly_tells_the_caller_nothing_of_it() -> None:
    answered = await answer("/v1/models", "GET", VERSION)
    message = "the gateway failed by a fault of its own; tell whoever operates the platform, whose log has the cause"
    assert (answered["status"], answered["error"]["message"]) == (500, message)
    assert answered["headers"]["request-id"] == answered["headers"]["x-request-id"]


async def test_whoever_sends_an_error_learns_its_status() -> None:
    async def send(message: Any) -> None:
        del message

    error = UnknownPath("/v1/other is not served here")
    assert await send_error(send, error, dialect=Dialect.CHAT, request_id=UUID(int=1)) == 404
