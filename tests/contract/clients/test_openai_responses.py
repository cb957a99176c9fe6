"""OpenAI's own client at Responses, passed through or told in chat completions or messages."""

import json

import pytest

from fixtures.vendors.clients import CALLS, GUIDED, PENGUIN, SAID, Play, Settled

by_each_wire = pytest.mark.parametrize("way", ["", "chat-", "messages-"], ids=["all", "chat", "messages"])


@by_each_wire
async def test_a_plain_answer(play: Play, settled: Settled, way: str) -> None:
    told = await play("openai_responses", "plain", model=f"{way}default")
    assert (told["text"], told["status"], told["model"]) == (SAID, "completed", "simulated/default")
    [event] = await settled(1)
    assert told["total_tokens"] == event["total_tokens"]


@by_each_wire
async def test_a_stream_tells_its_events_in_order_and_ends_with_the_whole(
    play: Play, settled: Settled, way: str
) -> None:
    told = await play("openai_responses", "stream", model=f"{way}default")
    assert (told["deltas"], told["text"]) == (SAID, SAID)
    assert (told["ends"], told["in_order"]) == (["response.created", "response.completed"], True)
    [event] = await settled(1)
    assert told["total_tokens"] == event["total_tokens"]


@by_each_wire
async def test_a_stream_that_the_client_adds_up(play: Play, settled: Settled, way: str) -> None:
    told = await play("openai_responses", "accumulated", model=f"{way}default")
    assert (told["deltas"], told["text"], told["status"]) == (SAID, SAID, "completed")
    await settled(1)


@by_each_wire
@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])
async def test_tools_are_called_side_by_side_and_their_results_answered(
    play: Play, settled: Settled, way: str, *, streamed: bool
) -> None:
    told = await play("openai_responses", "tools", model=f"{way}guide", streamed=streamed)
    assert [[name, json.loads(arguments)] for name, arguments in told["calls"]] == CALLS
    assert (told["ids"], told["text"], told["status"]) == (2, GUIDED, "completed")
    await settled(2)


@by_each_wire
async def test_an_answer_is_parsed_into_the_class_that_was_asked_for(play: Play, settled: Settled, way: str) -> None:
    assert await play("openai_responses", "parse", model=f"{way}default") == PENGUIN
    await settled(1)
