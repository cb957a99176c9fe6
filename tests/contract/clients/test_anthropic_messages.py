"""Anthropic's own client at messages, by each provider's wire: it sees what the vendor would send."""

import pytest

from fixtures.vendors.clients import CALLS, GUIDED, PENGUIN, SAID, Play, Settled

by_each_wire = pytest.mark.parametrize("way", ["", "messages-", "chat-"], ids=["all", "messages", "chat"])
plain_or_stream = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "stream"])


@by_each_wire
async def test_a_plain_answer(play: Play, settled: Settled, way: str) -> None:
    told = await play("anthropic_messages", "plain", model=f"{way}default")
    assert (told["text"], told["stopped"], told["model"]) == (SAID, "end_turn", "simulated/default")
    [event] = await settled(1)
    assert told["total_tokens"] == event["total_tokens"]


@by_each_wire
async def test_a_stream_has_the_vendors_events(play: Play, settled: Settled, way: str) -> None:
    told = await play("anthropic_messages", "events", model=f"{way}default")
    assert told["text"] == SAID
    kinds = [kind for kind in told["kinds"] if kind != "ping"]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert set(kinds[2:-3]) == {"content_block_delta"}
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    await settled(1)


@by_each_wire
async def test_a_stream_that_the_client_adds_up(play: Play, settled: Settled, way: str) -> None:
    told = await play("anthropic_messages", "accumulated", model=f"{way}default")
    assert (told["deltas"], told["text"], told["stopped"]) == (SAID, SAID, "end_turn")
    [event] = await settled(1)
    assert told["total_tokens"] == event["total_tokens"]


@by_each_wire
@plain_or_stream
async def test_tools_are_called_side_by_side_and_their_results_answered(
    play: Play, settled: Settled, way: str, *, streamed: bool
) -> None:
    told = await play("anthropic_messages", "tools", model=f"{way}guide", streamed=streamed)
    assert told["calls"] == CALLS
    assert (told["ids"], told["called"], told["text"], told["stopped"]) == (2, "tool_use", GUIDED, "end_turn")
    await settled(2)


@by_each_wire
async def test_one_tool_is_called_when_it_is_named(play: Play, settled: Settled, way: str) -> None:
    assert await play("anthropic_messages", "one_call", model=f"{way}default") == ["tide"]
    await settled(1)


@by_each_wire
async def test_an_answer_is_parsed_into_the_class_that_was_asked_for(play: Play, settled: Settled, way: str) -> None:
    assert await play("anthropic_messages", "parse", model=f"{way}default") == PENGUIN
    await settled(1)


@plain_or_stream
async def test_what_a_cache_reads_and_writes_is_told_and_charged_apart(
    play: Play, settled: Settled, *, streamed: bool
) -> None:
    first, second = await play("anthropic_messages", "cached", model="cached-1", streamed=streamed)
    assert (first["cache_creation_input_tokens"], second["cache_read_input_tokens"]) == (1000, 1000)
    assert second["cache_creation"]["ephemeral_1h_input_tokens"] > 500
    written, read = await settled(2)
    assert (written["cache_write_tokens"], read["cached_input_tokens"]) == (1000, 1000)


async def test_betas_are_passed_on(play: Play, settled: Settled) -> None:
    told = await play("anthropic_messages", "beta", model="default", betas=["effort-2025-11-24"])
    assert told["text"] == SAID
    await settled(1)


async def test_a_raw_answer_has_the_gateways_headers(play: Play, settled: Settled) -> None:
    told = await play("anthropic_messages", "raw", model="default")
    assert told["text"] == SAID
    [event] = await settled(1)
    assert told["headers"]["x-lockstep-event-id"] == str(event["event_id"])
