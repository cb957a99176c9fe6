"""A call as the gateway's server hands it over: its body is read within bounds, and every failure is worded."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.endpoints.calls import CallEndpoint
from llm_gateway.endpoints.room import LARGE_BYTES, BodyRoom
from llm_gateway.exchange.failures import broken_off
from llm_gateway.stages.call import CallFailed, Client, PlainAnswer
from llm_gateway.stages.call_trace import CallTrace

MAX_BODY = LARGE_BYTES + 1000


class _Answers:
    """What stands behind the endpoint: keeps what it was given, and answers or fails."""

    def __init__(self, outcome: PlainAnswer | Exception | None = None) -> None:
        self.outcome = outcome or PlainAnswer(201, "text/plain", b"done", (("x-more", "1"),))
        self.bodies: list[bytes] = []
        self.trace_ids: list[str | None] = []
        self.free_room: list[bool] = []

    async def answer(
        self,
        dialect: Dialect,
        headers: Mapping[str, str],  # noqa: ARG002
        body: bytes,
        *,
        request_id: UUID,
        trace: CallTrace | None,
        client: Client,
    ) -> PlainAnswer:
        assert dialect is Dialect.CHAT
        assert request_id is not None
        assert client is not None
        self.bodies.append(body)
        self.trace_ids.append(trace.trace_id if trace else None)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


async def post(
    answers: _Answers, *parts: bytes, headers: dict[str, str] | None = None, leaves: bool = False, room: int = 10**9
) -> list[dict[str, Any]]:
    """The messages that the endpoint sends."""
    endpoint = CallEndpoint("/v1/x", answers, dialect=Dialect.CHAT, max_body=MAX_BODY, room=BodyRoom(most_bytes=room))
    incoming = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    if leaves:
        incoming.append({"type": "http.disconnect"})
    elif incoming:
        incoming[-1]["more_body"] = False
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return incoming.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    lines = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    await endpoint.handle({"type": "http", "method": "POST", "path": "/v1/x", "headers": lines}, receive, send)
    return sent


def error_of(sent: list[dict[str, Any]]) -> tuple[int, str]:
    return sent[0]["status"], json.loads(sent[1]["body"])["error"]["code"]


async def test_a_body_in_parts_is_answered_whole_with_the_requests_id() -> None:
    answers = _Answers()
    head, body = await post(answers, b'{"a":', b"1}")
    assert answers.bodies == [b'{"a":1}']
    headers = dict(head["headers"])
    assert (head["status"], body["body"], headers[b"x-more"]) == (201, b"done", b"1")
    assert UUID(headers[b"x-request-id"].decode())


async def test_the_trace_of_the_caller_goes_on() -> None:
    answers = _Answers()
    await post(answers, b"{}", headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    assert answers.trace_ids == ["a" * 32]


@pytest.mark.parametrize(
    ("headers", "parts"),
    [
        ({"content-length": str(MAX_BODY + 1)}, [b"{}"]),
        ({}, [b"x" * MAX_BODY, b"x"]),
        ({"content-length": "2"}, [b"{}", b"{}"]),
    ],
    ids=["declared", "undeclared", "longer than declared"],
)
async def test_a_body_above_its_bound_is_refused_before_it_is_answered(
    headers: dict[str, str], parts: list[bytes]
) -> None:
    answers = _Answers()
    assert error_of(await post(answers, *parts, headers=headers)) == (413, "payload_too_large")
    assert answers.bodies == []


async def test_a_large_body_needs_room_and_a_small_one_none() -> None:
    answers = _Answers()
    large = {"content-length": str(LARGE_BYTES + 1)}
    endpoint_room = BodyRoom(most_bytes=1)
    endpoint_room.take(1)
    full = CallEndpoint("/v1/x", answers, dialect=Dialect.CHAT, max_body=MAX_BODY, room=endpoint_room)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: Any) -> None:
        sent.append(message)

    lines = [(name.encode(), value.encode()) for name, value in large.items()]
    await full.handle({"type": "http", "method": "POST", "path": "/v1/x", "headers": lines}, receive, send)
    assert error_of(sent) == (503, "overloaded")
    sent.clear()
    await full.handle({"type": "http", "method": "POST", "path": "/v1/x", "headers": []}, receive, send)
    assert sent[0]["status"] == 201


async def test_a_client_that_leaves_before_its_request_is_whole_gets_nothing() -> None:
    answers = _Answers()
    assert await post(answers, b"{", leaves=True) == []
    assert answers.bodies == []


async def test_a_body_that_is_no_json_is_refused_unread() -> None:
    answers = _Answers()
    assert error_of(await post(answers, b"a=1", headers={"content-type": "text/plain"}))[0] == 415
    assert answers.bodies == []


async def test_a_failure_of_the_provider_is_worded_for_the_caller() -> None:
    assert error_of(await post(_Answers(broken_off("upstream_cut")), b"{}")) == (502, "upstream_cut")


async def test_a_call_that_failed_keeps_the_headers_on_its_budgets() -> None:
    failed = CallFailed(broken_off("upstream_cut"), (("x-budget", "9"),))
    head, _ = await post(_Answers(failed), b"{}")
    assert (b"x-budget", b"9") in head["headers"]


async def test_what_fails_unexpectedly_is_told_without_its_cause() -> None:
    sent = await post(_Answers(RuntimeError("a secret detail")), b"{}")
    assert error_of(sent) == (500, "internal")
    assert b"secret" not in sent[1]["body"]
