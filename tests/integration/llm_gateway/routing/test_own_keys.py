"""Callers' own Idempotency-Key: one charge, the same bytes again, and a clear word when it does not fit."""

import asyncio
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of, recorded_events
from fixtures.providers.simulated import SimulatedProvider

PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}


def body_for(dialect: str, model: str = "default", *, streamed: bool = False) -> dict[str, Any]:
    if dialect == "responses":
        return {"model": model, "input": "hello", "stream": streamed, "max_output_tokens": 50}
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], "stream": streamed, "max_tokens": 50}


async def post(
    client: httpx.AsyncClient, tenant: Tenant, dialect: str, body: dict[str, Any], key: str
) -> httpx.Response:
    headers = {"x-api-key": tenant.api_key, "anthropic-version": "2023-06-01", "idempotency-key": key}
    return await client.post(PATHS[dialect], json=body, headers=headers)


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("dialect", PATHS)
async def test_a_repeat_gets_the_same_bytes_and_costs_nothing(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, dialect: str, *, streamed: bool
) -> None:
    body = body_for(dialect, streamed=streamed)
    first = await post(client, tenant, dialect, body, "one")
    again = await post(client, tenant, dialect, body, "one")
    assert first.status_code == 200, first.text
    assert (again.content, again.headers["content-type"]) == (first.content, first.headers["content-type"])
    assert ("x-lockstep-replayed" in first.headers, again.headers["x-lockstep-replayed"]) == (False, "true")
    other = await post(client, tenant, dialect, body, "two")
    assert "x-lockstep-replayed" not in other.headers
    assert len(await recorded_events(database, tenant.tenant_id, count=2)) == 2


async def test_the_same_key_with_another_request_is_a_conflict(client: httpx.AsyncClient, tenant: Tenant) -> None:
    await post(client, tenant, "chat", body_for("chat"), "key")
    answer = await post(client, tenant, "chat", {**body_for("chat"), "max_tokens": 51}, "key")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "idempotency_key_reused")
    answer = await post(client, tenant, "messages", body_for("messages"), "key")
    assert answer.status_code == 422, "the same bytes mean something else in another dialect"


async def test_a_repeat_while_the_first_is_under_way_is_told_to_come_again(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, simulated: SimulatedProvider
) -> None:
    body, others = body_for("chat", "fault-slow=1"), await simulated.under_way()
    first = asyncio.create_task(post(client, tenant, "chat", body, "slow"))

    await simulated.until_it_works(beside=others)
    meanwhile = await post(client, tenant, "chat", body, "slow")
    assert (meanwhile.status_code, meanwhile.json()["error"]["code"]) == (409, "call_in_progress")
    assert int(meanwhile.headers["retry-after-ms"]) > 0
    assert (await first).status_code == 200
    again = await post(client, tenant, "chat", body, "slow")
    assert again.content == (await first).content
    assert len(events_of(database, tenant.tenant_id)) <= 1


async def test_keys_of_two_tenants_are_two_keys(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    neighbour = Tenant().create(database)
    await post(client, tenant, "chat", body_for("chat"), "shared")
    answer = await post(client, neighbour, "chat", body_for("chat"), "shared")
    assert "x-lockstep-replayed" not in answer.headers


@pytest.mark.parametrize("key", ["", "k" * 256, "tab\there"])
async def test_a_key_that_cannot_be_kept_is_refused(client: httpx.AsyncClient, tenant: Tenant, key: str) -> None:
    answer = await post(client, tenant, "chat", body_for("chat"), key)
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "headers.idempotency-key")


async def test_an_answer_expires_and_is_forgotten(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    await post(client, tenant, "chat", body_for("chat"), "old")
    with database.superuser() as connection:
        connection.execute("UPDATE llm_replays SET expires_at = now() WHERE tenant_id = %s", [tenant.tenant_id])

    async def forgotten() -> bool:
        with database.superuser() as connection:
            row = connection.execute("SELECT 1 FROM llm_replays WHERE tenant_id = %s", [tenant.tenant_id]).fetchone()
        return row is None

    await eventually(forgotten, seconds=60)


async def test_nobody_can_read_an_answer_once_its_tenants_salt_is_gone(
    client: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, impatient_gateway: GatewayProcess
) -> None:
    await post(client, tenant, "chat", body_for("chat"), "secret")
    with database.superuser() as connection:
        connection.execute(
            "UPDATE tenants SET replay_salt = uuid_send(gen_random_uuid()) WHERE tenant_id = %s", [tenant.tenant_id]
        )
    async with httpx.AsyncClient(base_url=impatient_gateway.url) as other:
        answer = await post(other, tenant, "chat", body_for("chat"), "secret")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "stored_answer_damaged")
