"""OpenAI's own client at chat completions, by each provider's wire: it sees what the vendor would send."""

import json

import pytest

from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.vendors.clients import CALLS, GUIDED, PENGUIN, SAID, Play, Settled

by_each_wire = pytest.mark.parametrize("way", ["", "chat-", "messages-"], ids=["all", "chat", "messages"])


@by_each_wire
async def test_a_plain_answer(play: Play, settled: Settled, way: str) -> None:
    told = await play("openai_chat", "plain", model=f"{way}default")
    assert (told["text"], told["finish"], told["model"]) == (SAID, "stop", "simulated/default")
    [event] = await settled(1)
    assert told["total_tokens"] == event["total_tokens"]


@by_each_wire
@pytest.mark.parametrize("asked", [None, False, True], ids=["unsaid", "not wanted", "wanted"])
async def test_a_stream_says_its_usage_once_to_who_asked_and_to_nobody_else(
    play: Play, settled: Settled, way: str, *, asked: bool | None
) -> None:
    more = {} if asked is None else {"stream_options": {"include_usage": asked}}
    told = await play("openai_chat", "stream", model=f"{way}default", **more)
    assert (told["text"], told["finish"]) == (SAID, ["stop"])
    [event] = await settled(1)
    assert [usage["total_tokens"] for usage in told["usages"]] == ([event["total_tokens"]] if asked else [])
    assert told["without_choices"] == (1 if asked else 0)
    assert bool(told["said_usage"]) is bool(asked)


@by_each_wire
async def test_a_stream_that_the_client_adds_up(play: Play, settled: Settled, way: str) -> None:
    told = await play("openai_chat", "accumulated", model=f"{way}default")
    assert (told["text"], told["finish"]) == (SAID, "stop")
    assert {"chunk", "content.delta", "content.done"} <= set(told["events"])
    [event] = await settled(1)
    assert told["total_tokens"] == event["total_tokens"]


@by_each_wire
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
async def test_tools_are_called_side_by_side_and_their_results_answered(
    play: Play, settled: Settled, way: str, *, streamed: bool
) -> None:
    told = await play("openai_chat", "tools", model=f"{way}guide", streamed=streamed)
    assert [[name, json.loads(arguments)] for name, arguments in told["calls"]] == CALLS
    assert (told["ids"], told["called"], told["text"], told["finish"]) == (2, "tool_calls", GUIDED, "stop")
    await settled(2)


@by_each_wire
async def test_one_tool_is_called_when_it_is_named(play: Play, settled: Settled, way: str) -> None:
    assert await play("openai_chat", "one_call", model=f"{way}default") == ["tide"]
    await settled(1)


@by_each_wire
async def test_an_answer_is_parsed_into_the_class_that_was_asked_for(play: Play, settled: Settled, way: str) -> None:
    assert await play("openai_chat", "parse", model=f"{way}default") == PENGUIN
    await settled(1)


async def test_a_raw_answer_has_the_gateways_headers(
    play: Play, settled: Settled, tenant: Tenant, database: ScratchDatabase
) -> None:
    tenant.limit(database, nano_usd=10**9)
    told = await play("openai_chat", "raw", model="default")
    assert told["text"] == SAID
    [event] = await settled(1)
    assert told["headers"]["x-lockstep-event-id"] == str(event["event_id"])
    assert told["headers"]["x-lockstep-attempts"] == "1"
    assert float(told["headers"]["x-lockstep-budget-tenant-remaining-usd"]) < 1
