"""Streams over their whole life: kept alive while silent, broken off or read on without a client, many at once."""

import asyncio
from typing import Any

import httpx
import pytest

from fixtures.eventually import eventually
from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of, recorded_events
from fixtures.providers.simulated import SimulatedProvider

WIRES = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}


def body_for(wire: str, model: str) -> dict[str, Any]:
    if wire == "responses":
        return {"model": model, "input": "hello", "stream": True, "max_output_tokens": 200}
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], "stream": True, "max_tokens": 200}


def headers_of(tenant: Tenant) -> dict[str, str]:
    return {"x-api-key": tenant.api_key, "anthropic-version": "2023-06-01"}


@pytest.mark.parametrize("wire", WIRES)
async def test_comments_keep_a_stream_alive_before_a_slow_first_token(
    routed: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, wire: str
) -> None:
    answer = await routed.post(WIRES[wire], json=body_for(wire, "fault-slow=1.2"), headers=headers_of(tenant))
    assert answer.status_code == 200
    assert answer.text.startswith(": keep-alive\n\n")
    ending = {"chat": "data: [DONE]", "messages": "message_stop", "responses": "response.completed"}[wire]
    assert ending in answer.text.rstrip().rpartition("\n\n")[2]
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert event["status"] == "succeeded"


async def test_comments_keep_a_stream_alive_between_two_chunks(routed: httpx.AsyncClient, tenant: Tenant) -> None:
    body = body_for("chat", "fault-chunks=2+delay=1.2")
    answer = await routed.post(WIRES["chat"], json=body, headers=headers_of(tenant))
    first, _, rest = answer.text.partition(": keep-alive\n\n")
    assert first.startswith("data: ")
    assert rest.rstrip().endswith("[DONE]")


@pytest.mark.parametrize("wire", WIRES)
async def test_a_failure_after_the_first_comment_is_an_event_of_the_dialect(
    routed: httpx.AsyncClient, tenant: Tenant, wire: str
) -> None:
    body = body_for(wire, "fault-status=400+slow=0.8")
    answer = await routed.post(WIRES[wire], json=body, headers=headers_of(tenant))
    assert answer.status_code == 200
    last = answer.text.rstrip().rpartition("\n\n")[2]
    assert "upstream_refused" in last
    assert ("event: error" in last) is (wire != "chat")
    assert "[DONE]" not in answer.text
    assert "message_stop" not in answer.text


async def test_a_client_that_leaves_stops_the_bill_where_an_abort_does(
    routed: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, routed_simulated: SimulatedProvider
) -> None:
    body = body_for("chat", "aborts-1")
    async with routed.stream("POST", WIRES["chat"], json=body, headers=headers_of(tenant)) as answer:
        chunks = answer.aiter_bytes()
        for _ in range(3):
            await anext(chunks)
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["error_code"], event["usage_source"]) == ("cut", "client_gone", "bound")
    identity = {str(event["event_id"])}

    async def billed() -> int:
        return routed_simulated.nano_usd(identity)

    await eventually(billed)
    [line] = [line for line in routed_simulated.lines() if line.client_request_id in identity]
    assert line.output_tokens < 40, "far from the end"
    assert await billed() < event["cost_nano_usd"]


async def test_a_plain_call_that_nobody_waits_for_is_broken_off_where_that_stops_the_bill(
    routed: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase, routed_simulated: SimulatedProvider
) -> None:
    body = {**body_for("chat", "aborts-plain"), "stream": False}
    with pytest.raises(httpx.ReadTimeout):
        await routed.post(WIRES["chat"], json=body, headers=headers_of(tenant), timeout=0.5)
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["error_code"], event["usage_source"]) == ("failed", "client_gone", "bound")
    assert routed_simulated.nano_usd({str(event["event_id"])}) == 0


async def test_a_plain_call_that_nobody_waits_for_is_not_tried_again_unless_its_answer_is_kept(
    routed: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    fails_once = {**body_for("chat", "fault-status=503+flap=1+retry-after=1"), "stream": False}
    keys: list[dict[str, str]] = [{}, {"idempotency-key": "kept"}]
    for number, key in enumerate(keys):
        body, headers = {**fails_once, "user": f"{tenant.tenant_id}-{number}"}, {**headers_of(tenant), **key}
        with pytest.raises(httpx.ReadTimeout):
            await routed.post(WIRES["chat"], json=body, headers=headers, timeout=0.4)
    events = await recorded_events(database, tenant.tenant_id, count=3)
    # the last to end is the second attempt of the call with a key; the one without had ended long before
    assert sorted(event["status"] for event in events) == ["failed", "failed", "succeeded"]
    [answered] = [event for event in events if event["status"] == "succeeded"]
    assert (answered["attempt"], answered["call_key"] is not None) == (2, True)


async def test_no_more_answers_than_allowed_are_read_for_nobody(
    routed: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    async def leave() -> None:
        body = body_for("chat", "drains-one")
        async with routed.stream("POST", WIRES["chat"], json=body, headers=headers_of(tenant)) as answer:
            await anext(answer.aiter_bytes())

    await asyncio.gather(leave(), leave())
    events = await recorded_events(database, tenant.tenant_id, count=2)
    assert sorted((event["status"], event["usage_source"]) for event in events) == [
        ("cut", "bound"),
        ("succeeded", "provider"),
    ]


@pytest.mark.parametrize("count", [200, pytest.param(1000, marks=pytest.mark.full)])
async def test_many_open_streams_all_end_well(
    routed_gateway: GatewayProcess, tenant: Tenant, database: ScratchDatabase, count: int
) -> None:
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=routed_gateway.url, timeout=120, limits=limits) as client:
        body = body_for("chat", "fault-chunks=5+delay=0.5")

        async def one() -> bool:
            answer = await client.post(WIRES["chat"], json=body, headers=headers_of(tenant))
            assert answer.text.rstrip().endswith("[DONE]"), answer.text[-300:]
            return True

        assert all(await asyncio.gather(*(one() for _ in range(count))))
    events = await recorded_events(database, tenant.tenant_id, count=count)
    assert len(events) == len(events_of(database, tenant.tenant_id)) == count
    assert {(event["status"], event["usage_source"]) for event in events} == {("succeeded", "provider")}
