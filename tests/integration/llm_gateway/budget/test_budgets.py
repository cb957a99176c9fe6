"""Budgets under load: never past a limit, honest refusals, and no room lost."""

import asyncio
from typing import Any

import httpx
import openai
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import counters_of
from fixtures.money.ledger import charged, recorded_events
from fixtures.providers.simulated import SimulatedProvider
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.money import BudgetLimit

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


async def post(client: httpx.AsyncClient, token: str, body: dict[str, Any]) -> httpx.Response:
    return await client.post(PATH, json=body, headers={"authorization": f"Bearer {token}"})


async def run_counters(redis: RedisServer, step: Step) -> tuple[int, ...]:
    """Tokens and nano-dollars that the step's run has committed, then those it holds."""
    return await asyncio.to_thread(counters_of, redis, step.tenant.tenant_id, ScopeKind.RUN, step.run_id)


class Watch:
    """Looks at a run's counters as often as it can while calls are under way."""

    def __init__(self, redis: RedisServer, step: Step) -> None:
        self._redis = redis
        self._step = step
        self.most = 0
        self.looks = 0
        self._stop = asyncio.Event()

    async def run(self) -> None:
        while not self._stop.is_set():
            tokens, _, held_tokens, _ = await run_counters(self._redis, self._step)
            self.most = max(self.most, tokens + held_tokens)
            self.looks += 1

    def stop(self) -> None:
        self._stop.set()


async def until_held(redis: RedisServer, step: Step) -> None:
    """Until the run has a hold."""

    async def held() -> bool:
        return (await run_counters(redis, step))[2] > 0

    await eventually(held)


async def test_200_calls_against_room_for_ten_never_pass_the_limit_and_leave_no_hold(
    client: httpx.AsyncClient,
    tenant: Tenant,
    signing: Signing,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    gateway_redis: RedisServer,
) -> None:
    free = Step(tenant, signing)
    first = await post(client, free.token(), BODY)
    bound = int(first.headers["x-lockstep-bound-tokens"])
    used = first.json()["usage"]["total_tokens"]
    limit = 10 * bound
    step = Step(tenant, signing, run_caps=BudgetLimit(tokens=limit))
    watch = Watch(gateway_redis, step)
    watching = asyncio.create_task(watch.run())
    answers = await asyncio.gather(*(post(client, step.token(), BODY) for _ in range(200)))
    watch.stop()
    await watching

    by_status = {status: [one for one in answers if one.status_code == status] for status in (200, 402)}
    assert sum(map(len, by_status.values())) == 200
    # whoever fits is served: calls go on until what is committed leaves no room for one more bound
    assert len(by_status[200]) == 1 + (limit - bound) // used
    for refused in by_status[402]:
        assert refused.headers["x-should-retry"] == "false"
        error = refused.json()["error"]
        assert (error["code"], error["scope"]) == ("budget_exceeded", "run")
        assert 0 <= error["remaining"]["tokens"] < bound
    assert watch.looks > 0
    assert watch.most <= limit
    tokens, _, held_tokens, held_nano = await run_counters(gateway_redis, step)
    assert (tokens, held_tokens, held_nano) == (used * len(by_status[200]), 0, 0)
    events = await recorded_events(database, tenant.tenant_id, count=1 + len(by_status[200]))
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"]) for event in events})


async def test_calls_whose_bounds_exceed_the_budget_together_all_succeed_when_their_costs_do_not(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing
) -> None:
    body = {**BODY, "max_tokens": 100_000}
    bound = int((await post(client, Step(tenant, signing).token(), body)).headers["x-lockstep-bound-tokens"])
    step = Step(tenant, signing, run_caps=BudgetLimit(tokens=bound + bound // 2))
    answers = await asyncio.gather(*(post(client, step.token(), body) for _ in range(60)))
    assert {answer.status_code for answer in answers} == {200}


async def test_room_held_too_long_is_a_429_that_says_when_to_retry(
    tenant: Tenant, signing: Signing, impatient_gateway: GatewayProcess, gateway_redis: RedisServer
) -> None:
    async with httpx.AsyncClient(base_url=impatient_gateway.url, timeout=60) as impatient:
        bound = int((await post(impatient, Step(tenant, signing).token(), BODY)).headers["x-lockstep-bound-tokens"])
        step = Step(tenant, signing, run_caps=BudgetLimit(tokens=bound + 40))
        slow = {**BODY, "model": "fault-slow=3"}
        holding = asyncio.create_task(post(impatient, step.token(), slow))
        await until_held(gateway_redis, step)
        refused = await post(impatient, step.token(), BODY)
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "budget_held")
        assert refused.headers["x-should-retry"] == "true"
        assert int(refused.headers["retry-after-ms"]) > 0
        assert (await holding).status_code == 200


@pytest.mark.parametrize("period", ["total", "day", "month"])
async def test_a_tenants_budget_holds_in_each_period(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, period: str
) -> None:
    tenant.limit(database, nano_usd=1000, period=period)
    refused = await post(client, tenant.api_key, BODY)
    assert refused.status_code == 402
    error = refused.json()["error"]
    assert (error["scope"], error["remaining"]["usd"]) == ("tenant", "0.000001")
    assert ("resets_at" in error["remaining"]) is (period != "total")


async def test_the_official_sdk_sends_one_request_on_a_budget_error(
    gateway: GatewayProcess, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.limit(database, tokens=1)
    async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=tenant.api_key) as sdk:
        before = await _requests(gateway)
        with pytest.raises(openai.APIStatusError) as refused:
            await sdk.chat.completions.create(**BODY)
        assert refused.value.status_code == 402
        assert await _requests(gateway) - before == 1


async def test_the_official_sdk_reads_plain_streamed_and_tool_answers(gateway: GatewayProcess, tenant: Tenant) -> None:
    async with openai.AsyncOpenAI(base_url=f"{gateway.url}/v1", api_key=tenant.api_key) as sdk:
        plain = await sdk.chat.completions.create(**BODY)
        assert plain.usage is not None
        assert plain.usage.total_tokens > 0
        text = ""
        async for chunk in await sdk.chat.completions.create(**BODY, stream=True):
            text += chunk.choices[0].delta.content or ""
        assert text == plain.choices[0].message.content
        async with sdk.chat.completions.stream(**BODY, stream_options={"include_usage": True}) as stream:
            final = await stream.get_final_completion()
        assert final.usage == plain.usage


async def _requests(gateway: GatewayProcess) -> float:
    async with httpx.AsyncClient() as client:
        lines = (await client.get(gateway.metrics_url)).text.splitlines()
    wanted = 'http_requests_total{method="POST",service="llm_gateway",status="402"}'
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(wanted))
