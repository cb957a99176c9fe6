"""What the vendors' own clients make of our refusals: they repeat what may be repeated, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import anthropic
import httpx
import openai
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import counters_of
from fixtures.money.ledger import recorded_events
from foundation.contracts.gateway.ledger import ScopeKind

MOST_TRIES = 30
SLOW = "fault-slow=2"
"""It takes longer than a busy machine needs to see that its call is under way."""
CLIENTS = ("openai", "openai-async", "anthropic", "anthropic-async")
Answers = Callable[..., Coroutine[Any, Any, str]]


@dataclass(slots=True)
class Heard:
    """The status of each answer that a client got."""

    statuses: list[int] = field(default_factory=list)

    def note(self, answer: httpx.Response) -> None:
        self.statuses.append(answer.status_code)

    async def note_later(self, answer: httpx.Response) -> None:
        self.note(answer)


def asked(model: str) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 60}


async def talking(kind: str, url: str, key: str, heard: Heard) -> AsyncIterator[Answers]:
    """One vendor's client with its own retries; what it returns is an answer's text."""
    openais: dict[str, Any] = {"base_url": f"{url}/v1", "api_key": key, "max_retries": MOST_TRIES}
    anthropics: dict[str, Any] = {"base_url": url, "api_key": key, "max_retries": MOST_TRIES}
    now, later = {"response": [heard.note]}, {"response": [heard.note_later]}
    if kind == "openai":
        with openai.OpenAI(**openais, http_client=openai.DefaultHttpxClient(event_hooks=now)) as one:

            async def answer(**more: Any) -> str:
                done = await asyncio.to_thread(lambda: one.chat.completions.create(**more))
                return str(done.choices[0].message.content)

            yield answer
    elif kind == "openai-async":
        http = openai.DefaultAsyncHttpxClient(event_hooks=later)
        async with openai.AsyncOpenAI(**openais, http_client=http) as two:

            async def answer(**more: Any) -> str:
                return str((await two.chat.completions.create(**more)).choices[0].message.content)

            yield answer
    elif kind == "anthropic":
        with anthropic.Anthropic(**anthropics, http_client=anthropic.DefaultHttpxClient(event_hooks=now)) as three:

            async def answer(**more: Any) -> str:
                done = await asyncio.to_thread(lambda: three.messages.create(**more))
                return str(done.content[0].text)

            yield answer
    else:
        http = anthropic.DefaultAsyncHttpxClient(event_hooks=later)
        async with anthropic.AsyncAnthropic(**anthropics, http_client=http) as four:

            async def answer(**more: Any) -> str:
                return str((await four.messages.create(**more)).content[0].text)

            yield answer


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=CLIENTS)
async def answer(
    request: pytest.FixtureRequest, impatient_gateway: GatewayProcess, tenant: Tenant, heard: Heard
) -> AsyncIterator[Answers]:
    async for one in talking(request.param, impatient_gateway.url, tenant.api_key, heard):
        yield one


async def until_held(redis: RedisServer, tenant: Tenant) -> None:
    """Until one of the tenant's calls is under way."""

    async def is_held() -> bool:
        found = await asyncio.to_thread(counters_of, redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
        return found[2] > 0

    await eventually(is_held)


async def test_a_budget_that_is_spent_is_asked_for_once(
    answer: Answers, tenant: Tenant, database: ScratchDatabase, heard: Heard
) -> None:
    tenant.limit(database, tokens=10)
    with pytest.raises((openai.APIStatusError, anthropic.APIStatusError)) as refused:
        await answer(**asked("default"))
    assert isinstance(refused.value, openai.APIStatusError | anthropic.APIStatusError)
    assert (refused.value.status_code, heard.statuses) == (402, [402])


async def test_room_that_others_hold_is_asked_for_again_until_it_is_there(
    answer: Answers, tenant: Tenant, database: ScratchDatabase, gateway_redis: RedisServer, heard: Heard
) -> None:
    tenant.limit(database, tokens=300)
    slow = asyncio.create_task(answer(**{**asked(SLOW), "max_tokens": 190}))

    await until_held(gateway_redis, tenant)
    assert await answer(**asked("default"))
    assert await slow
    assert heard.statuses.count(200) == 2
    assert set(heard.statuses) == {200, 429}
    assert len(await recorded_events(database, tenant.tenant_id, count=2)) == 2


async def test_a_call_in_progress_is_asked_for_again_and_then_replayed(
    answer: Answers, tenant: Tenant, database: ScratchDatabase, gateway_redis: RedisServer, heard: Heard
) -> None:
    tenant.limit(database, tokens=10_000)
    keyed = {**asked(SLOW), "extra_headers": {"Idempotency-Key": str(uuid4())}}
    first = asyncio.create_task(answer(**keyed))

    await until_held(gateway_redis, tenant)
    second = await answer(**keyed)
    assert second == await first
    assert heard.statuses.count(200) == 2
    assert set(heard.statuses) == {200, 409}
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert event["status"] == "succeeded"
