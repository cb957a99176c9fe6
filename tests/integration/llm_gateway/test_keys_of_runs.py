"""A run that a key has asked for: its calls are held and charged in the key's budgets, and none passes them."""

from typing import Any

import httpx

from fixtures.gateways.gateway import Signing, Step, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import counters_of
from fixtures.money.ledger import recorded_events
from foundation.contracts.gateway.ledger import ScopeKind

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


async def post(client: httpx.AsyncClient, credential: str) -> httpx.Response:
    return await client.post(PATH, json=BODY, headers={"authorization": f"Bearer {credential}"})


async def test_what_a_run_costs_is_charged_to_the_key_that_has_asked_for_it(
    client: httpx.AsyncClient,
    tenant: Tenant,
    signing: Signing,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
) -> None:
    step = Step(tenant, signing, api_key_id=tenant.api_key_id)
    answer = await post(client, step.token())
    assert answer.status_code == 200, answer.text
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["run_id"], event["api_key_id"]) == (step.run_id, tenant.api_key_id)
    for kind, scope in ((ScopeKind.KEY, tenant.api_key_id), (ScopeKind.RUN, step.run_id)):
        tokens, _, held, _ = counters_of(gateway_redis, tenant.tenant_id, kind, scope)
        assert (tokens, held) == (answer.json()["usage"]["total_tokens"], 0)


async def test_the_budget_of_a_key_stops_its_runs_as_it_stops_its_own_calls(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, database: ScratchDatabase
) -> None:
    tenant.limit_key(database, tokens=0)
    for credential in (tenant.api_key, Step(tenant, signing, api_key_id=tenant.api_key_id).token()):
        refused = await post(client, credential)
        assert (refused.status_code, refused.json()["error"]["scope"]) == (402, "key")
    of_somebody_else = await post(client, Step(tenant, signing).token())
    assert of_somebody_else.status_code == 200, of_somebody_else.text
