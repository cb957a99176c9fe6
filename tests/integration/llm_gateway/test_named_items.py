"""A request may name the items of an answer that the same tenant got before: what they cost is bounded and told."""

from typing import Any

import httpx
import pytest
import redis

from fixtures.gateways.gateway import Tenant
from fixtures.gateways.wires import headers_of
from fixtures.machine.postgres import ScratchDatabase
from fixtures.machine.redis_server import RedisServer
from fixtures.money.ledger import recorded_events
from fixtures.providers.simulated import SimulatedProvider

on_each_wire = pytest.mark.parametrize("model", ["default", "by-chat", "by-messages"])
plain_or_streamed = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


async def asked(http: httpx.AsyncClient, tenant: Tenant, model: str, items: list[Any], **more: Any) -> httpx.Response:
    body = {"model": model, "max_output_tokens": 400, "input": items, **more}
    return await http.post("/v1/responses", json=body, headers=headers_of(tenant))


async def first_answer(http: httpx.AsyncClient, tenant: Tenant, model: str, *, streamed: bool, **more: Any) -> str:
    """The id of the message that is answered."""
    question = [{"role": "user", "content": "q " * 500}]
    answer = await asked(http, tenant, model, question, stream=streamed, **more)
    assert answer.status_code == 200, answer.text
    text = answer.text.rpartition("data: ")[2] if streamed else answer.text
    document = httpx.Response(200, text=text).json()
    [item] = (document["response"] if streamed else document)["output"]
    return str(item["id"])


@on_each_wire
@plain_or_streamed
async def test_an_item_of_an_own_answer_stands_in_the_place_of_its_name_and_costs_what_it_is(
    routed: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    routed_simulated: SimulatedProvider,
    model: str,
    *,
    streamed: bool,
) -> None:
    named = {"type": "item_reference", "id": await first_answer(routed, tenant, model, streamed=streamed)}
    more = {"role": "user", "content": "go on"}
    once = await asked(routed, tenant, model, [named, more])
    often = await asked(routed, tenant, model, [*[named] * 20, more])
    assert (once.status_code, often.status_code) == (200, 200), once.text + often.text
    for event in await recorded_events(database, tenant.tenant_id, count=3):
        assert event["total_tokens"] <= event["bound_tokens"]
        assert event["cost_nano_usd"] == routed_simulated.nano_usd({str(event["event_id"])})
    inputs = [answer.json()["usage"]["input_tokens"] for answer in (once, often)]
    assert inputs[1] - inputs[0] >= 19 * 250
    assert int(often.headers["x-lockstep-bound-tokens"]) >= inputs[1]


async def test_an_item_of_another_tenants_answer_is_not_known(
    routed: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    named = {"type": "item_reference", "id": await first_answer(routed, tenant, "default", streamed=False)}
    question = {"role": "user", "content": "q"}
    refused = await asked(routed, Tenant().create(database), "default", [question, named])
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "input.1")


async def test_nothing_is_kept_of_an_answer_that_is_not_to_be_stored(routed: httpx.AsyncClient, tenant: Tenant) -> None:
    named = await first_answer(routed, tenant, "default", streamed=False, store=False)
    assert (await asked(routed, tenant, "default", [{"id": named}])).status_code == 400


async def test_what_is_kept_cannot_be_read_in_redis_and_goes_after_a_day(
    routed: httpx.AsyncClient, tenant: Tenant, gateway_redis: RedisServer
) -> None:
    await first_answer(routed, tenant, "default", streamed=False)
    with redis.Redis(port=gateway_redis.port) as raw:
        assert all(0 < raw.ttl(key) <= 86_400 for key in raw.scan_iter(f"*:items:{tenant.tenant_id}*"))
        items = list(raw.scan_iter("*:item:*"))
        assert items
        assert all(0 < raw.ttl(key) <= 86_400 for key in items)
        assert not any(b"simulated" in raw.get(key) for key in items)


async def test_thoughts_that_the_provider_keeps_count_as_much_as_their_answer_had(
    client: httpx.AsyncClient, tenant: Tenant
) -> None:
    question = {"role": "user", "content": "q"}
    answer = await asked(client, tenant, "reasoning-1", [question])
    thought, said = answer.json()["output"]
    assert thought["type"] == "reasoning"
    without = await asked(client, tenant, "reasoning-1", [question, said, question])
    with_it = await asked(client, tenant, "reasoning-1", [question, thought, said, question])
    bounds = [int(one.headers["x-lockstep-bound-tokens"]) for one in (without, with_it)]
    assert bounds[1] - bounds[0] >= answer.json()["usage"]["output_tokens"]
