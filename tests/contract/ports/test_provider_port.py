"""What every provider must do: one over HTTP, against a server of the test's own, and the one in memory."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from foundation.contracts.gateway.ledger import Dialect
from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.exchange.failures import Billing, UpstreamFailed, broken_off
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.providers.base import Provider
from llm_gateway.providers.fake import FakeAnswer, FakeProvider
from llm_gateway.providers.over_http import HttpProvider
from llm_gateway.wires.base import EventKind, Server
from llm_gateway.wires.registry import WIRES

KINDS = ["fake", "http"]
ANSWER = b'{"choices":[{"message":{"content":"hi"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}'
EVENTS = (
    b'data: {"choices":[{"delta":{"content":"hi"}}]}\n\n',
    b'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1}}\n\n',
    b"data: [DONE]\n\n",
)
Scenario = Callable[[web.Request], Awaitable[web.StreamResponse]]


def a_request(dialect: Dialect = Dialect.CHAT) -> ModelRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 5}
    return WIRES[dialect].read_request(json.dumps(body).encode(), {})


async def whole(_: web.Request) -> web.StreamResponse:
    return web.Response(body=ANSWER, headers={"x-request-id": "theirs"})


async def streamed(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"x-request-id": "theirs"})
    await response.prepare(request)
    for event in EVENTS:
        await response.write(event)
    return response


async def cut(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"x-request-id": "theirs", "content-length": "1000"})
    await response.prepare(request)
    await response.write(EVENTS[0])
    if request.transport is not None:
        request.transport.close()
    return response


async def overloaded(_: web.Request) -> web.StreamResponse:
    return web.Response(status=503)


async def limited(_: web.Request) -> web.StreamResponse:
    return web.Response(status=429, headers={"retry-after": "2"})


async def counted(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b'{"input_tokens":3}', headers={"x-request-id": "theirs"})


IN_MEMORY: dict[Scenario, Callable[[], FakeAnswer | UpstreamFailed]] = {
    whole: lambda: FakeAnswer(ANSWER, request_id="theirs"),
    streamed: lambda: FakeAnswer(*EVENTS, request_id="theirs"),
    cut: lambda: FakeAnswer(EVENTS[0], is_cut=True, request_id="theirs"),
    overloaded: lambda: UpstreamFailed(
        "upstream_error", billing=Billing.NONE, retryable=True, trips_breaker=True, status=503
    ),
    limited: lambda: UpstreamFailed(
        "upstream_rate_limited",
        billing=Billing.NONE,
        retryable=True,
        trips_breaker=False,
        status=429,
        retry_after=2.0,
    ),
    counted: lambda: FakeAnswer(b'{"input_tokens":3}', request_id="theirs"),
}


@asynccontextmanager
async def a_provider(kind: str, scenario: Scenario, dialect: Dialect = Dialect.CHAT) -> AsyncIterator[Provider]:
    wire = WIRES[dialect]
    if kind == "fake":
        yield FakeProvider(dialect, [IN_MEMORY[scenario]()])
        return
    app = web.Application()
    app.router.add_post(f"/{wire.provider_path}", scenario)
    if wire.counting is not None:
        app.router.add_post(f"/{wire.counting.provider_path}", scenario)
    async with TestServer(app) as server:
        url = str(server.make_url("")).rstrip("/")
        provider = HttpProvider(wire, "fake", url, key=None, timeouts=TimeoutsConfig(), server=Server())
        yield provider
        await provider.close()


def both(test: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    marked: Callable[..., Awaitable[None]] = pytest.mark.parametrize("kind", KINDS)(test)
    return marked


@both
async def test_an_answer_comes_whole_with_the_providers_id_and_its_usage(kind: str) -> None:
    async with a_provider(kind, whole) as provider:
        request = a_request()
        body = provider.body(request, model="served", max_output=5)
        answer = await provider.send(body, request=request, client_request_id="ours")
        assert await answer.whole() == ANSWER
        assert (answer.request_id, answer.closed) == ("theirs", False)
        usage = provider.usage_of(ANSWER)
        assert usage is not None
        assert (usage.input_tokens, usage.output_tokens) == (3, 1)


@both
async def test_a_stream_is_read_to_its_ending(kind: str) -> None:
    async with a_provider(kind, streamed) as provider:
        answer = await provider.send(b"{}", request=a_request(), client_request_id="ours")
        reader = provider.reader(wants_usage=False)
        events = [event async for chunk in answer.chunks() for event in reader.feed(chunk)]
        assert [event.kind for event in events] == [EventKind.CONTENT, EventKind.USAGE, EventKind.DONE]
        assert events[1].wire == b"", "the caller did not ask for the usage"


@both
async def test_an_answer_that_breaks_off_is_a_failure_of_unknown_cost(kind: str) -> None:
    async with a_provider(kind, cut) as provider:
        answer = await provider.send(b"{}", request=a_request(), client_request_id="ours")
        with pytest.raises(UpstreamFailed) as failed:
            await answer.whole()
        expected = broken_off("upstream_cut")
        assert (failed.value.code, failed.value.billing) == (expected.code, Billing.UNKNOWN)
        assert (failed.value.retryable, failed.value.trips_breaker) == (True, True)


@both
async def test_an_answer_that_we_close_breaks_off(kind: str) -> None:
    async with a_provider(kind, streamed) as provider:
        answer = await provider.send(b"{}", request=a_request(), client_request_id="ours")
        answer.close()
        assert answer.closed
        with pytest.raises(UpstreamFailed, match="upstream_cut"):
            await answer.whole()


@both
@pytest.mark.parametrize(
    ("scenario", "code", "trips"),
    [(overloaded, "upstream_error", True), (limited, "upstream_rate_limited", False)],
)
async def test_a_status_that_is_no_200_is_a_failure_that_costs_nothing(
    kind: str, scenario: Scenario, code: str, *, trips: bool
) -> None:
    async with a_provider(kind, scenario) as provider:
        with pytest.raises(UpstreamFailed) as failed:
            await provider.send(b"{}", request=a_request(), client_request_id="ours")
        failure = failed.value
        assert (failure.code, failure.billing, failure.retryable) == (code, Billing.NONE, True)
        assert failure.trips_breaker is trips
        assert failure.retry_after == (2.0 if scenario is limited else None)


@both
async def test_only_a_wire_with_a_counting_endpoint_counts_tokens(kind: str) -> None:
    async with a_provider(kind, counted, Dialect.MESSAGES) as provider:
        answer = await provider.count_tokens(a_request(Dialect.MESSAGES), model="m", client_request_id="ours")
        assert answer is not None
        assert await answer.whole() == b'{"input_tokens":3}'
    async with a_provider(kind, counted) as provider:
        assert await provider.count_tokens(a_request(), model="m", client_request_id="ours") is None


@both
async def test_a_wire_without_streams_has_no_reader(kind: str) -> None:
    async with a_provider(kind, whole, Dialect.EMBEDDINGS) as provider:
        with pytest.raises(TypeError, match="embeddings does not stream"):
            provider.reader(wants_usage=True)


@both
async def test_a_provider_that_is_closed_answers_nobody(kind: str) -> None:
    async with a_provider(kind, counted, Dialect.MESSAGES) as provider:
        request = a_request(Dialect.MESSAGES)
        await provider.close()
        await provider.close()
        with pytest.raises(RuntimeError, match="closed"):
            await provider.send(b"{}", request=request, client_request_id="ours")
        with pytest.raises(RuntimeError, match="closed"):
            await provider.count_tokens(request, model="m", client_request_id="ours")
