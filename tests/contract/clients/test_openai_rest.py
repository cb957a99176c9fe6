"""OpenAI's own client at embeddings, models and refusals."""

from collections import Counter
from collections.abc import Callable

import pytest

from fixtures.clients import Play, Settled
from fixtures.gateway import GatewayProcess, Tenant
from fixtures.held_room import held_room
from fixtures.ledger import events_of, recorded_events
from fixtures.postgres import ScratchDatabase
from fixtures.simulated import SimulatedProvider

Answered = Callable[[], Counter[str]]
TEXTS = ["A penguin of the Palmer Archipelago.", "Another one."]


@pytest.mark.parametrize("encoding", ["float", "base64"])
async def test_texts_are_embedded(play: Play, settled: Settled, encoding: str) -> None:
    told = await play("openai_rest", "embeddings", model="embed-1", texts=TEXTS, encoding_format=encoding, dimensions=8)
    assert told["indices"] == [0, 1]
    if encoding == "float":
        assert [len(vector) for vector in told["vectors"]] == [8, 8]
        assert told["vectors"][0] != told["vectors"][1]
    [event] = await settled(1)
    assert (told["total_tokens"], event["output_tokens"]) == (event["total_tokens"], 0)


async def test_the_client_decodes_the_base64_that_it_asks_for_by_itself(play: Play, settled: Settled) -> None:
    plain = await play("openai_rest", "embeddings", model="embed-1", texts=TEXTS, encoding_format="float")
    packed = await play("openai_rest", "embeddings", model="embed-1", texts=TEXTS)
    assert packed["vectors"] == [pytest.approx(vector, abs=1e-6) for vector in plain["vectors"]]
    await settled(2)


async def test_the_aliases_are_listed_and_each_can_be_asked_about(play: Play) -> None:
    assert {"default", "guide", "chat-default"} <= set(await play("openai_rest", "models"))
    assert await play("openai_rest", "model", name="guide") == {"id": "guide", "object": "model"}


@pytest.mark.parametrize(
    ("model", "more", "raised", "status", "code"),
    [
        ("no-such-model", {}, "NotFoundError", 404, "model_not_found"),
        ("default", {"n": 0}, "BadRequestError", 400, "bad_request"),
        ("messages-default", {"n": 2}, "BadRequestError", 400, "untranslatable"),
        ("fault-status=400", {}, "BadRequestError", 400, "upstream_refused"),
    ],
)
async def test_what_can_never_go_well_is_asked_once_and_raises_its_own_error(
    play: Play, answered: Answered, model: str, more: dict[str, object], raised: str, status: int, code: str
) -> None:
    before = answered()
    told = await play("openai_rest", "refused", model=model, **more)
    assert (told["raised"], told["status_code"], told["code"]) == (raised, status, code)
    assert told["requests"] == 1
    assert answered() - before == Counter({str(status): 1})


async def test_a_wrong_key_raises_an_authentication_error(play: Play, tenant: Tenant) -> None:
    told = await play("openai_rest", "refused", model="default", key="lsk_unknown")
    assert (told["raised"], told["requests"]) == ("AuthenticationError", 1)


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
async def test_an_exhausted_budget_makes_one_request(
    play: Play, tenant: Tenant, database: ScratchDatabase, answered: Answered, *, streamed: bool
) -> None:
    tenant.limit(database, nano_usd=1)
    before = answered()
    told = await play("openai_rest", "refused", model="default", stream=streamed)
    assert (told["raised"], told["status_code"], told["code"]) == ("APIStatusError", 402, "budget_exceeded")
    assert (told["requests"], told["waits"]) == (1, [])
    assert answered() - before == Counter({"402": 1})
    assert events_of(database, tenant.tenant_id) == []


async def test_room_that_others_hold_is_waited_for_as_long_as_the_gateway_says(
    play: Play,
    gateway: GatewayProcess,
    tenant: Tenant,
    database: ScratchDatabase,
    simulated: SimulatedProvider,
    answered: Answered,
    settled: Settled,
) -> None:
    async with held_room(gateway, tenant, database, simulated) as room:
        before = answered()
        told = await play("openai_rest", "waited", model="default", max_tokens=room.max_tokens)
    assert told["raised"] == "RateLimitError"
    assert told["waits"] == [told["told_ms"] / 1000] * (told["requests"] - 1) != []
    # one who does not repeat, and each of the others but the last
    assert answered() - before == Counter({"429": told["requests"], "200": 2})
    await settled(2)


async def test_a_stream_that_breaks_off_raises_and_is_charged_at_its_bound(
    play: Play, tenant: Tenant, database: ScratchDatabase
) -> None:
    told = await play("openai_rest", "refused", model="fault-chunks=5+error-event=3", stream=True)
    assert (told["raised"], told["requests"]) == ("APIError", 1)
    [event] = await recorded_events(database, tenant.tenant_id, count=1)
    assert (event["status"], event["cost_nano_usd"]) == ("cut", event["bound_nano_usd"])
