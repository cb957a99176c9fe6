"""How both vendors' own clients take a refusal: as which exception, and after how many requests."""

from collections import Counter
from collections.abc import Callable

import pytest

from fixtures.gateways.gateway import GatewayProcess, Tenant
from fixtures.gateways.held_room import held_room
from fixtures.machine.postgres import ScratchDatabase
from fixtures.money.ledger import events_of, recorded_events
from fixtures.providers.simulated import SimulatedProvider
from fixtures.vendors.clients import Play, Settled

Answered = Callable[[], Counter[str]]
VENDORS = ("openai_rest", "anthropic_rest")

of_each_vendor = pytest.mark.parametrize("vendor", VENDORS)


@pytest.mark.parametrize(
    ("vendor", "model", "more", "raised", "status", "code"),
    [
        *((vendor, "no-such-model", {}, "NotFoundError", 404, "model_not_found") for vendor in VENDORS),
        *((vendor, "fault-status=400", {}, "BadRequestError", 400, "upstream_refused") for vendor in VENDORS),
        ("openai_rest", "default", {"n": 0}, "BadRequestError", 400, "bad_request"),
        ("openai_rest", "messages-default", {"n": 2}, "BadRequestError", 400, "untranslatable"),
        ("anthropic_rest", "default", {"max_tokens": 0}, "BadRequestError", 400, "bad_request"),
        ("anthropic_rest", "chat-default", {"extra_body": {"top_k": 3}}, "BadRequestError", 400, "untranslatable"),
    ],
)
async def test_what_can_never_go_well_is_asked_once_and_raises_its_own_error(
    play: Play,
    answered: Answered,
    vendor: str,
    model: str,
    more: dict[str, object],
    raised: str,
    status: int,
    code: str,
) -> None:
    before = answered()
    told = await play(vendor, "refused", model=model, **more)
    assert (told["raised"], told["status_code"], told["code"]) == (raised, status, code)
    assert told["requests"] == 1
    assert answered() - before == Counter({str(status): 1})


@of_each_vendor
async def test_a_wrong_key_raises_an_authentication_error(play: Play, vendor: str) -> None:
    told = await play(vendor, "refused", model="default", key="lsk_unknown")
    assert (told["raised"], told["requests"]) == ("AuthenticationError", 1)


@pytest.mark.parametrize(
    ("vendor", "raised", "kind"),
    [
        ("openai_rest", "APIStatusError", "insufficient_quota"),
        ("anthropic_rest", "PaymentRequiredError", "billing_error"),
    ],
)
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
async def test_an_exhausted_budget_makes_one_request(
    play: Play,
    tenant: Tenant,
    database: ScratchDatabase,
    answered: Answered,
    vendor: str,
    raised: str,
    kind: str,
    *,
    streamed: bool,
) -> None:
    tenant.limit(database, nano_usd=1)
    before = answered()
    told = await play(vendor, "refused", model="default", streamed=streamed)
    assert (told["raised"], told["status_code"], told["code"]) == (raised, 402, "budget_exceeded")
    assert told["type"] == kind
    assert (told["requests"], told["waits"]) == (1, [])
    assert answered() - before == Counter({"402": 1})
    assert events_of(database, tenant.tenant_id) == []


@of_each_vendor
async def test_room_that_others_hold_is_waited_for_as_long_as_the_gateway_says(
    play: Play,
    gateway: GatewayProcess,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    answered: Answered,
    settled: Settled,
    vendor: str,
) -> None:
    async with held_room(gateway, tenant, database, simulated) as room:
        before = answered()
        told = await play(vendor, "waited", model="default", max_tokens=room.max_tokens)
    assert told["raised"] == "RateLimitError"
    assert told["waits"] == [told["told_ms"] / 1000] * (told["requests"] - 1) != []
    # one who does not repeat, and each of the others but the last
    assert answered() - before == Counter({"429": told["requests"], "200": 2})
    await settled(2)


@pytest.mark.parametrize(("vendor", "raised"), [("openai_rest", "APIError"), ("anthropic_rest", "APIStatusError")])
async def test_a_stream_that_breaks_off_raises_and_is_charged_at_its_bound(
    play: Play, tenant: Tenant, database: ScratchDatabase, vendor: str, raised: str
) -> None:
    told = await play(vendor, "refused", model="fault-chunks=5+error-event=3", streamed=True)
    assert (told["raised"], told["requests"]) == (raised, 1)
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["cost_nano_usd"]) == ("cut", event["bound_nano_usd"])
