"""A provider answers with 200; any other status below 400 is a failure of the provider, never the caller's success."""

import asyncio

import pytest

from llm_gateway.configuration.file import TimeoutsConfig
from llm_gateway.exchange.failures import Billing, UpstreamFailed
from llm_gateway.providers.http import HttpTransport
from llm_gateway.wires.errors import describe_error

_BODY = b'{"error":{"message":"hello","param":"x"}}'


async def _failure(status: int, *, body: bytes) -> UpstreamFailed:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        length = "" if status == 204 else f"Content-Length: {len(body)}\r\n"
        head = f"HTTP/1.1 {status} Said\r\n{length}Location: http://127.0.0.1:1/\r\nRetry-After: 3\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        transport = HttpTransport(f"http://127.0.0.1:{port}/", credentials={}, timeouts=TimeoutsConfig())
        try:
            with pytest.raises(UpstreamFailed) as failed:
                await transport.post(b"{}", client_request_id="c")
        finally:
            await transport.close()
    return failed.value


@pytest.mark.parametrize("status", [201, 202, 203, 204, 206, 226, 299])
async def test_a_success_that_is_no_200_is_an_upstream_error_at_the_bound(status: int) -> None:
    failure = await _failure(status, body=b"" if status == 204 else _BODY)
    assert (failure.billing, failure.status) == (Billing.UNKNOWN, status)
    assert (describe_error(failure).status, describe_error(failure).retryable) == (502, True)


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308, 399])
async def test_a_redirect_is_an_upstream_error_that_costs_nothing(status: int) -> None:
    failure = await _failure(status, body=b"" if status == 304 else _BODY)
    assert (failure.billing, failure.status, failure.message) == (Billing.NONE, status, None)
    assert (describe_error(failure).status, describe_error(failure).retryable) == (502, True)


async def test_what_a_provider_refuses_keeps_its_own_status() -> None:
    failure = await _failure(422, body=_BODY)
    description = describe_error(failure)
    assert (description.status, description.retryable, description.message) == (422, False, "hello")
