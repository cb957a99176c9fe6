"""Rates over HTTP: what is refused, what it costs, and what the caller is told."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.gateways.ground import GatewayGround
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import recorded_events

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


async def post(client: httpx.AsyncClient, token: str, body: dict[str, Any] = BODY) -> httpx.Response:
    return await client.post(PATH, json=body, headers={"authorization": f"Bearer {token}"})


def is_refused(answer: httpx.Response) -> bool:
    return (answer.status_code, answer.headers["x-should-retry"]) == (429, "true") and (
        answer.json()["error"]["code"] == "rate_limited"
    )


async def hits(gateway: GatewayProcess, tenant: Tenant) -> float:
    wanted = f'llm_rate_limit_hits_total{{tenant_id="{tenant.tenant_id}"}} '
    async with httpx.AsyncClient() as client:
        lines = (await client.get(gateway.metrics_url)).text.splitlines()
    return sum(float(line.removeprefix(wanted)) for line in lines if line.startswith(wanted))


async def test_calls_at_once_above_a_users_rate_are_refused_and_cost_nothing(
    gateway: GatewayProcess, client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.rates(database, {"user": {"requests_a_minute": 5}})
    answers = await asyncio.gather(*(post(client, tenant.api_key) for _ in range(20)))
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == 15
    assert all(map(is_refused, refused))
    assert all(59_000 <= int(answer.headers["retry-after-ms"]) <= 60_000 for answer in refused)
    assert await hits(gateway, tenant) == 15
    assert len(await recorded_events(database, tenant.tenant_id, count=5)) == 5


async def test_a_run_counts_against_its_tenant_but_is_no_request_of_its_user(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, database: ScratchDatabase
) -> None:
    tenant.rates(database, {"tenant": {"requests_a_minute": 4}, "user": {"requests_a_minute": 1}})
    token = Step(tenant, signing).token()
    assert [(await post(client, token)).status_code for _ in range(3)] == [200] * 3
    last = await post(client, tenant.api_key)
    assert last.status_code == 200
    assert last.headers["x-ratelimit-remaining-requests"] == "0"
    assert is_refused(await post(client, token))


async def test_tokens_are_reserved_at_the_bound_and_corrected_by_what_was_used(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.rates(database, {"key": {"tokens_a_minute": 1000}})
    first = await post(client, tenant.api_key)
    bound, used = int(first.headers["x-lockstep-bound-tokens"]), first.json()["usage"]["total_tokens"]
    assert used < bound
    assert first.headers["x-ratelimit-limit-tokens"] == "1000"
    assert first.headers["x-ratelimit-reset-tokens"] == "1m0s"
    assert int(first.headers["x-ratelimit-remaining-tokens"]) == 1000 - bound
    second = await post(client, tenant.api_key)
    assert int(second.headers["x-ratelimit-remaining-tokens"]) == 1000 - used - bound


async def test_a_call_above_a_rate_by_itself_is_not_to_be_repeated(
    gateway: GatewayProcess, client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.rates(database, {"tenant": {"tokens_a_minute": 10}})
    async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=tenant.api_key) as sdk:
        with pytest.raises(openai.RateLimitError) as refused:
            await sdk.chat.completions.create(**BODY)
    assert refused.value.response.headers["x-should-retry"] == "false"
    assert "retry-after-ms" not in refused.value.response.headers
    assert await hits(gateway, tenant) == 1


async def test_as_many_calls_are_open_at_once_as_may_be(
    impatient_gateway: GatewayProcess, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.rates(database, {"tenant": {"at_once": 2}})
    slow = {**BODY, "model": "fault-slow=2"}
    async with httpx.AsyncClient(base_url=impatient_gateway.url, timeout=60) as impatient:
        answers = await asyncio.gather(*(post(impatient, tenant.api_key, slow) for _ in range(6)))
        assert sorted(answer.status_code for answer in answers) == [200] * 2 + [429] * 4
        assert all(is_refused(answer) for answer in answers if answer.status_code == 429)
        assert (await post(impatient, tenant.api_key)).status_code == 200


@pytest.mark.parametrize("limits", [{}, {"user": {"requests_a_minute": -1}}, {"users": {}}, "fast", [], {"user": None}])
async def test_the_shipped_limits_hold_where_a_tenant_has_none_or_none_that_mean_anything(
    shipped_gateway: GatewayProcess,
    tenant: Tenant,
    database: ScratchDatabase,
    limits: Any,
) -> None:
    tenant.rates(database, limits)
    async with httpx.AsyncClient(base_url=shipped_gateway.url, timeout=60) as client:
        answers = await asyncio.gather(*(post(client, tenant.api_key) for _ in range(24)))
    assert sorted(answer.status_code for answer in answers) == [200] * 20 + [429] * 4


async def test_a_tenant_may_lift_the_shipped_limits(
    shipped_gateway: GatewayProcess, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.rates(database, {"user": {"requests_a_minute": None}})
    async with httpx.AsyncClient(base_url=shipped_gateway.url, timeout=60) as client:
        answers = await asyncio.gather(*(post(client, tenant.api_key) for _ in range(104)))
    assert sorted(answer.status_code for answer in answers) == [200] * 100 + [429] * 4


@pytest.fixture(scope="module")
def shipped_gateway(ground: GatewayGround) -> Iterator[GatewayProcess]:
    """A gateway with the limits that it is shipped with."""
    yield from ground.running("gateway-shipped", more={"LOCKSTEP_GATEWAY_LIMITS": "{}"})
