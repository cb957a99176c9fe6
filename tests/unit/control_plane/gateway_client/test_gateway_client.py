"""What the control plane makes of the gateway's answers."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from joserfc.jwk import OKPKey

from control_plane.gateway_client.client import GatewayClient
from foundation.contracts.gateway.operations import Breaker, BreakerCause, BreakerState
from foundation.domain.errors import DependencyUnavailable, NotFound
from foundation.domain.ids import RunId, TenantId
from foundation.http.service_tokens import ServiceTokenSigner

TENANT, RUN = UUID(int=1), UUID(int=2)
KEY = OKPKey.generate_key("Ed25519", parameters={"kid": "test"})
SIGNER = ServiceTokenSigner(KEY.as_dict(private=True), service="control_plane")
Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer, *, seconds: float = 5) -> GatewayClient:
    transport = httpx.MockTransport(answer)
    return GatewayClient(httpx.AsyncClient(transport=transport, base_url="http://gateway"), SIGNER, seconds=seconds)


async def test_closing_a_run_names_its_tenant_and_generation_as_a_service() -> None:
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(204)

    await client(answer).close_run(TenantId(TENANT), RunId(RUN), generation=3)
    [request] = requests
    assert (request.method, request.url.path) == ("POST", f"/internal/runs/{RUN}/close")
    assert request.headers["authorization"].startswith("Bearer ey")
    assert request.content == f'{{"tenant_id":"{TENANT}","generation":3}}'.encode()


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 502, 503])
async def test_a_run_that_was_not_closed_is_closed_later(status: int) -> None:
    with pytest.raises(DependencyUnavailable):
        await client(lambda _: httpx.Response(status)).close_run(TenantId(TENANT), RunId(RUN), generation=1)


async def test_a_breaker_that_the_gateway_does_not_have_is_not_found() -> None:
    about = {
        "state": BreakerState.OPEN,
        "why": BreakerCause.FAILURES,
        "retry_after_seconds": 1,
        "calls": 0,
        "failures": 0,
    }
    breaker = Breaker.model_validate({"provider": "a/b", "model": "m/1", **about})
    with pytest.raises(NotFound):
        await client(lambda _: httpx.Response(404)).reset(breaker)


@pytest.mark.parametrize("answer", [httpx.Response(200, text="no JSON"), httpx.Response(200, json={"other": 1})])
async def test_an_answer_that_cannot_be_read_is_asked_for_again(answer: httpx.Response) -> None:
    with pytest.raises(DependencyUnavailable) as unavailable:
        await client(lambda _: answer).run_money(TenantId(TENANT), RunId(RUN))
    assert unavailable.value.retryable
    assert unavailable.value.retry_after == 1


async def test_a_gateway_that_cannot_be_reached_is_a_dependency_that_is_away() -> None:
    def unreachable(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(DependencyUnavailable):
        await client(unreachable).breakers()


async def test_a_gateway_that_does_not_answer_in_time_is_a_dependency_that_is_away() -> None:
    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            await asyncio.Event().wait()
            raise AssertionError(request)

    silent = httpx.AsyncClient(transport=Silent(), base_url="http://gateway")
    with pytest.raises(DependencyUnavailable):
        await GatewayClient(silent, SIGNER, seconds=0.01).breakers()
