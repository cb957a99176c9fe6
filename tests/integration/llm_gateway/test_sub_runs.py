"""Runs below runs: what a sub-run costs is held and charged in every run above it, and no cap of theirs is passed."""

import asyncio
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Signing, Step, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.counters import counters_of
from fixtures.money.ledger import recorded_events
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.contracts.gateway.run_token import Ancestor
from foundation.domain.ids import RunId, new_uuid
from foundation.domain.money import BudgetLimit

PATH = "/v1/chat/completions"
BODY: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}


async def post(client: httpx.AsyncClient, step: Step) -> httpx.Response:
    return await client.post(PATH, json=BODY, headers={"authorization": f"Bearer {step.token()}"})


async def a_call(client: httpx.AsyncClient, tenant: Tenant, signing: Signing) -> tuple[int, int]:
    """What one call uses, and its bound."""
    answer = await post(client, Step(tenant, signing))
    return answer.json()["usage"]["total_tokens"], int(answer.headers["x-lockstep-bound-tokens"])


async def post_when_rebuilt(client: httpx.AsyncClient, step: Step) -> httpx.Response:
    """The answer to the first call that finds the counters whole; those before it are told to come again."""
    answers: list[httpx.Response] = []

    async def decided() -> bool:
        answers.append(await post(client, step))
        return answers[-1].status_code != 503

    await eventually(decided)
    return answers[-1]


class Spent:
    def __init__(self, redis: RedisServer, tenant: Tenant) -> None:
        self._redis, self._tenant = redis, tenant

    def run(self, run_id: RunId) -> int:
        tokens, _, held, _ = counters_of(self._redis, self._tenant.tenant_id, ScopeKind.RUN, run_id)
        assert held == 0
        return tokens

    def step(self, step: Step) -> int:
        return counters_of(self._redis, self._tenant.tenant_id, ScopeKind.STEP, step.step_id)[0]


async def test_a_hundred_calls_at_once_stay_within_the_caps_of_step_run_and_every_run_above(
    client: httpx.AsyncClient,
    tenant: Tenant,
    signing: Signing,
    database: ScratchDatabase,
    gateway_redis: RedisServer,
) -> None:
    used, bound = await a_call(client, tenant, signing)
    root, parent = RunId(new_uuid()), RunId(new_uuid())
    above = (
        Ancestor(run_id=root, generation=1, caps=BudgetLimit(tokens=50 * bound)),
        Ancestor(run_id=parent, generation=1, caps=BudgetLimit(tokens=20 * bound)),
    )
    # a crew's agents share their step's token, and so its scopes
    crew = Step(
        tenant,
        signing,
        run_caps=BudgetLimit(tokens=15 * bound),
        step_caps=BudgetLimit(tokens=8 * bound),
        ancestors=above,
    )
    beside = Step(tenant, signing, run_id=crew.run_id, run_caps=BudgetLimit(tokens=15 * bound), ancestors=above)
    other = Step(tenant, signing, ancestors=above)
    answers = await asyncio.gather(*(post(client, step) for step in (crew, beside, other) for _ in range(100)))
    served = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} == {200, 402}

    spent = Spent(gateway_redis, tenant)
    assert spent.step(crew) <= 8 * bound
    assert spent.run(crew.run_id) <= 15 * bound
    # whoever fits is served: the tightest cap of all, the parent's, is used up to less than a bound
    assert 19 * bound < spent.run(parent) <= 20 * bound
    assert spent.step(crew) + spent.step(beside) == spent.run(crew.run_id)
    assert spent.run(crew.run_id) + spent.run(other.run_id) == spent.run(parent) == spent.run(root)
    assert spent.run(root) == used * len(served)
    least = min(int(answer.headers["x-lockstep-budget-run-remaining-tokens"]) for answer in served)
    assert 0 <= least < bound
    events = await recorded_events(database, tenant.tenant_id, count=1 + len(served))
    below = [event for event in events if event["run_id"] in {crew.run_id, other.run_id}]
    assert [event["ancestor_run_ids"] for event in below] == [[root, parent]] * len(served)


@pytest.mark.parametrize("which", [0, 1])
async def test_a_closed_run_refuses_the_calls_of_all_runs_below_it(
    client: httpx.AsyncClient, tenant: Tenant, signing: Signing, which: int
) -> None:
    above = tuple(Ancestor(run_id=RunId(new_uuid()), generation=2) for _ in range(2))
    step = Step(tenant, signing, ancestors=above)
    assert (await post(client, step)).status_code == 200
    await client.post(
        f"/internal/runs/{above[which].run_id}/close",
        json={"tenant_id": str(tenant.tenant_id), "generation": 2},
        headers={"authorization": f"Bearer {signing.service_token()}"},
    )
    refused = await post(client, step)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "run_closed")
    assert refused.headers["x-should-retry"] == "false"
    later = tuple(Ancestor(run_id=one.run_id, generation=3) for one in above)
    assert (await post(client, Step(tenant, signing, ancestors=later))).status_code == 200
    stale = await post(client, Step(tenant, signing, ancestors=(later[0], above[1])))
    assert stale.status_code in {403, 409}


async def test_what_sub_runs_spent_is_in_the_runs_above_after_redis_was_lost(
    gateway: GatewayProcess, client: httpx.AsyncClient, tenant: Tenant, signing: Signing, gateway_redis: RedisServer
) -> None:
    used, bound = await a_call(client, tenant, signing)
    parent = RunId(new_uuid())
    above = (Ancestor(run_id=parent, generation=1, caps=BudgetLimit(tokens=2 * used + bound - 1)),)
    for _ in range(2):
        assert (await post(client, Step(tenant, signing, ancestors=above))).status_code == 200
    redis = gateway_redis.client()
    redis.flushall()
    redis.close()
    refused = await post_when_rebuilt(client, Step(tenant, signing, ancestors=above))
    assert (refused.status_code, refused.json()["error"]["scope"]) == (402, "run")

    async def rebuilt() -> bool:
        return Spent(gateway_redis, tenant).run(parent) == 2 * used

    await eventually(rebuilt)
