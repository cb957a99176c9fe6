"""Estimates, which a tenant may choose: a limit may be passed by what they were too low, once, for all to see."""

from typing import Any

import httpx
import pytest

from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import counters_of
from fixtures.money.ledger import recorded_events
from foundation.contracts.gateway.ledger import ScopeKind

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {
    "model": "fault-chunks=400",
    "messages": [{"role": "user", "content": "hello"}],
    "max_tokens": 200,
}
LOW = {"bounds": {"mode": "estimate", "margin": "1", "typical_output": 1}}


async def post(client: httpx.AsyncClient, tenant: Tenant, **more: Any) -> httpx.Response:
    return await client.post(PATH, json={**BODY, **more}, headers={"authorization": f"Bearer {tenant.api_key}"})


def bound_of(answer: httpx.Response) -> int:
    return int(answer.headers["x-lockstep-bound-tokens"])


async def test_an_estimate_lets_a_limit_be_passed_once_charges_truly_and_refuses_everything_after(
    client: httpx.AsyncClient, database: ScratchDatabase, gateway_redis: RedisServer
) -> None:
    first = Tenant().create(database)
    first.settings(database, LOW)
    answer = await post(client, first)
    used, bound = answer.json()["usage"]["total_tokens"], bound_of(answer)
    assert answer.headers["x-lockstep-bound-kind"] == "estimate"
    assert used > bound

    tenant = Tenant().create(database)
    tenant.settings(database, LOW)
    tenant.limit(database, tokens=bound)
    assert (await post(client, tenant)).status_code == 200
    tokens, _, held, _ = counters_of(gateway_redis, tenant.tenant_id, ScopeKind.TENANT, tenant.tenant_id)
    assert (tokens, held) == (used, 0)
    assert tokens > bound
    refused = await post(client, tenant, max_tokens=1)
    assert (refused.status_code, refused.json()["error"]["remaining"]["tokens"]) == (402, 0)
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["bound_kind"], event["usage_source"], event["total_tokens"]) == ("estimate", "provider", used)
    assert event["total_tokens"] > event["bound_tokens"]


@pytest.mark.parametrize("bounds", [None, {"mode": "guess"}, {"mode": "estimate", "margin": "0.5"}, "estimate"])
async def test_without_a_choice_that_can_be_read_bounds_are_strict_and_no_limit_is_passed(
    client: httpx.AsyncClient, database: ScratchDatabase, gateway_redis: RedisServer, bounds: object
) -> None:
    tenant = Tenant().create(database)
    tenant.settings(database, {"bounds": bounds})
    answer = await post(client, tenant)
    assert answer.headers["x-lockstep-bound-kind"] == "strict"
    limit = bound_of(answer) + 3 * answer.json()["usage"]["total_tokens"]
    limited = Tenant().create(database)
    limited.settings(database, {"bounds": bounds})
    limited.limit(database, tokens=limit)
    while (answer := await post(client, limited)).status_code == 200:
        assert bound_of(answer) >= answer.json()["usage"]["total_tokens"]
    assert answer.status_code == 402
    tokens, *_ = counters_of(gateway_redis, limited.tenant_id, ScopeKind.TENANT, limited.tenant_id)
    assert limit - bound_of(await post(client, tenant)) < tokens <= limit


async def test_an_estimate_whose_usage_was_lost_is_charged_as_it_stands(
    client: httpx.AsyncClient, database: ScratchDatabase
) -> None:
    tenant = Tenant().create(database)
    tenant.settings(database, LOW)
    for model in ("fault-no-usage", "fault-absurd-usage"):
        assert (await post(client, tenant, model=model)).status_code in {200, 502}
    for event in await recorded_events(database, tenant.tenant_id, count=2):
        assert (event["usage_source"], event["bound_kind"]) == ("bound", "estimate")
        assert event["total_tokens"] == event["bound_tokens"]
