"""Providers fail in every way, plain and streamed: honest answers, an event each, and the ledger meets the invoice."""

import asyncio
from typing import Any

import httpx
import pytest

from fixtures.gateway import GatewayProcess, Tenant
from fixtures.ledger import charged, recorded_events
from fixtures.postgres import ScratchDatabase
from fixtures.reconciling import reconcile
from fixtures.simulated import SimulatedProvider

PATH = "/v1/chat/completions"


def asked(model: str, **more: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": "hello"}], "max_tokens": 200, **more}


async def post(client: httpx.AsyncClient, tenant: Tenant, body: dict[str, Any]) -> httpx.Response:
    return await client.post(PATH, json=body, headers={"authorization": f"Bearer {tenant.api_key}"})


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize(
    ("fault", "status", "code", "retryable", "attempts"),
    [
        ("status=500", 502, "upstream_error", "true", 3),
        ("status=503", 502, "upstream_error", "true", 3),
        ("status=429+retry-after=0.1", 429, "upstream_rate_limited", "true", 3),
        ("status=400", 400, "upstream_refused", "false", 1),
        ("status=401", 502, "upstream_refused", "false", 1),
        ("malformed=0", 502, "upstream_malformed", "true", 3),
    ],
)
async def test_what_fails_before_the_first_byte_is_a_clear_error_and_an_event_each(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    fault: str,
    status: int,
    code: str,
    retryable: str,
    attempts: int,
    *,
    streamed: bool,
) -> None:
    # a malformed plain answer is whole when it is read, so it is not asked for again
    attempts = 1 if code == "upstream_malformed" and not streamed else attempts
    answer = await post(faulty, tenant, asked(f"fault-{fault}+delay={0.002 if streamed else 0.001}", stream=streamed))
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers["x-should-retry"] == retryable
    events = await recorded_events(database, tenant.tenant_id, count=attempts)
    assert [event["attempt"] for event in events] == list(range(1, attempts + 1))
    assert {event["status"] for event in events} == {"failed"}
    billed = code == "upstream_malformed"
    assert {event["usage_source"] for event in events} == {"bound" if billed else "none"}
    assert (charged(database, tenant.tenant_id) > 0) is billed


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
async def test_what_passes_after_a_while_is_retried_to_success_and_charged_once(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    *,
    streamed: bool,
) -> None:
    answer = await post(faulty, tenant, asked("fault-status=503+flap=2", stream=streamed, user=str(tenant.user_id)))
    assert answer.status_code == 200
    assert answer.headers["x-lockstep-attempts"] == "3"
    events = await recorded_events(database, tenant.tenant_id, count=3)
    assert [event["status"] for event in events] == ["failed", "failed", "succeeded"]
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"]) for event in events})


@pytest.mark.parametrize("at", [1, 2, 5, 10])
@pytest.mark.parametrize("fault", ["cut", "malformed", "error-event", "stall"])
async def test_a_stream_that_breaks_ends_in_an_error_event_and_never_in_done(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    faulty_gateway: GatewayProcess,
    fault: str,
    at: int,
) -> None:
    answer = await post(faulty, tenant, asked(f"fault-{fault}={at}+delay=0.005", stream=True))
    assert answer.status_code == 200
    assert "[DONE]" not in answer.text
    last = answer.text.rstrip().rpartition("data: ")[2]
    assert '"finish_reason":"error"' in last
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("cut", "bound")
    billed = simulated.nano_usd({str(event["event_id"])})
    assert 0 < billed < event["cost_nano_usd"]
    reconcile(faulty_gateway, database)
    assert charged(database, tenant.tenant_id) == billed


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("fault", ["no-usage", "absurd-usage"])
async def test_usage_that_is_missing_or_absurd_is_charged_at_the_bound_until_the_report(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    faulty_gateway: GatewayProcess,
    fault: str,
    *,
    streamed: bool,
) -> None:
    answer = await post(faulty, tenant, asked(f"fault-{fault}", stream=streamed))
    assert answer.status_code == 200
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("succeeded", "bound")
    assert event["cost_nano_usd"] == event["bound_nano_usd"]
    reconcile(faulty_gateway, database)
    assert charged(database, tenant.tenant_id) == simulated.nano_usd({str(event["event_id"])})


@pytest.mark.parametrize("unbilled", ["", "+unbilled-abort"])
@pytest.mark.parametrize("leaves_after", [1, 4])
async def test_a_client_that_leaves_still_pays_for_what_was_generated(
    faulty: httpx.AsyncClient,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    leaves_after: int,
    unbilled: str,
) -> None:
    body = asked(f"fault-chunks=20+delay=0.02{unbilled}", stream=True)
    headers = {"authorization": f"Bearer {tenant.api_key}"}
    async with faulty.stream("POST", PATH, json=body, headers=headers) as answer:
        chunks = answer.aiter_bytes()
        for _ in range(leaves_after):
            await anext(chunks)
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["usage_source"]) == ("succeeded", "provider")
    assert event["cost_nano_usd"] == simulated.nano_usd({str(event["event_id"])}) > 0


async def test_a_slow_first_token_times_out_and_a_hung_plain_answer_does_too(
    faulty: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    answers = await asyncio.gather(
        post(faulty, tenant, asked("fault-slow=30", stream=True)), post(faulty, tenant, asked("fault-hang"))
    )
    for answer in answers:
        assert (answer.status_code, answer.json()["error"]["code"]) == (504, "upstream_timeout")
    events = await recorded_events(database, tenant.tenant_id, count=2)
    assert {event["usage_source"] for event in events} == {"bound"}


async def test_a_breaker_opens_after_failures_and_answers_503_without_an_event(
    faulty: httpx.AsyncClient, tenant: Tenant, database: ScratchDatabase
) -> None:
    body = asked("fault-status=500+delay=0.009")
    answers = [await post(faulty, tenant, body) for _ in range(4)]
    assert answers[-1].status_code == 503
    error = answers[-1].json()["error"]
    assert error["code"] == "circuit_open"
    assert int(answers[-1].headers["retry-after-ms"]) > 0
    events = await recorded_events(database, tenant.tenant_id, count=5)
    assert len(events) == 5  # as many failures as open it; what it refused was not attempted
