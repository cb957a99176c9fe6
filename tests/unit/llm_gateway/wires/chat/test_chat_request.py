"""A chat request is measured by its bytes, and refused by the place of what cannot be priced."""

import json
from typing import Any

import pytest

from foundation.domain.errors import BadRequest
from llm_gateway.exchange.media import MediaKind
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.wires.chat.answer_body import read_completion
from llm_gateway.wires.chat.request import read_chat_request
from llm_gateway.wires.overheads import MESSAGE_OVERHEAD, REQUEST_OVERHEAD, TOOL_OVERHEAD

MESSAGES = [{"role": "user", "content": "hello"}]
FUNCTION = {"type": "function", "function": {"name": "now"}}


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def read(messages: Any = MESSAGES, **more: Any) -> ModelRequest:
    return read_chat_request(compact({"model": "m", "messages": messages, **more}))


def places_of(messages: Any = MESSAGES, **more: Any) -> list[str]:
    with pytest.raises(BadRequest) as refused:
        read(messages, **more)
    return [fault.pointer for fault in refused.value.faults]


def test_each_message_counts_its_bytes_and_an_overhead() -> None:
    for messages in (MESSAGES, MESSAGES * 2):
        expected = REQUEST_OVERHEAD + MESSAGE_OVERHEAD * len(messages) + len(compact(messages))
        assert read(messages).text_tokens == expected


@pytest.mark.parametrize("name", ["tools", "functions"])
def test_tools_count_their_bytes_and_an_overhead_each(name: str) -> None:
    tools = [FUNCTION, FUNCTION]
    assert read(**{name: tools}).text_tokens == read().text_tokens + len(compact(tools)) + 2 * TOOL_OVERHEAD
    assert read(**{name: None}).text_tokens == read().text_tokens


def test_what_the_model_reads_beside_messages_counts_and_other_fields_do_not() -> None:
    assert read(guided_json={"a": 1}).text_tokens == read().text_tokens + len(b'{"a":1}')
    assert read(user="somebody", temperature=1).text_tokens == read().text_tokens


@pytest.mark.parametrize("name", ["n", "max_tokens", "max_completion_tokens"])
def test_a_number_is_at_least_one(name: str) -> None:
    assert places_of(**{name: 0}) == [f"/{name}"]
    assert read(**{name: 1}).unlisted == ()


def test_the_most_choices_are_taken_and_one_more_is_not() -> None:
    assert read(n=128).choices == 128
    assert places_of(n=129) == ["/n"]
    assert (read().choices, read(n=2).choices) == (1, 2)


def test_the_newer_name_of_the_limit_counts() -> None:
    assert read(max_tokens=3).max_output == 3
    assert read(max_tokens=3, max_completion_tokens=4).max_output == 4
    assert read().max_output is None


def test_only_the_default_tier_is_priced() -> None:
    assert places_of(service_tier="priority") == ["/service_tier"]
    assert read(service_tier="auto").unlisted == ()


@pytest.mark.parametrize("messages", [[], None])
def test_there_is_at_least_one_message(messages: Any) -> None:
    assert places_of(messages) == ["/messages"]


@pytest.mark.parametrize("content", [7, {"a": 1}, True])
def test_content_is_a_text_or_parts(content: Any) -> None:
    assert places_of([*MESSAGES, {"role": "user", "content": content}]) == ["/messages/1/content"]


@pytest.mark.parametrize("message", [{"role": "assistant", "content": None}, {"role": "assistant"}])
def test_a_message_may_have_no_content(message: Any) -> None:
    assert read([message]).media == ()


def test_a_tool_that_the_provider_runs_is_refused_by_its_place() -> None:
    assert places_of(tools=[FUNCTION, {"type": "web_search"}]) == ["/tools/1/type"]
    assert places_of(functions=[{"type": "web_search"}]) == ["/functions/0/type"]


def test_pictures_and_files_are_media_and_their_bytes_do_not_count() -> None:
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 99}}
    file = {"type": "file", "file": {"file_data": "data:application/pdf;base64," + "A" * 40}}
    messages = [{"role": "user", "content": [{"type": "text", "text": "see"}, picture, file]}]
    request = read(messages)
    assert [(media.kind, media.place) for media in request.media] == [
        (MediaKind.IMAGE, "/messages/0/content/1"),
        (MediaKind.DOCUMENT, "/messages/0/content/2"),
    ]
    written = sum(media.written for media in request.media)
    assert written > 139
    assert request.text_tokens == REQUEST_OVERHEAD + MESSAGE_OVERHEAD + len(compact(messages)) - written


@pytest.mark.parametrize("part", [{"type": "image_url"}, {"type": "file"}, {"type": "file", "file": {"file_id": "f"}}])
def test_a_part_without_its_bytes_is_refused_within_its_place(part: Any) -> None:
    [place] = places_of([{"role": "user", "content": [part]}])
    assert place.startswith("/messages/0/content/0/")


def test_a_usage_is_wanted_when_a_stream_asks_for_it() -> None:
    assert read(stream=True, stream_options={"include_usage": True}).wants_usage
    assert not read(stream=True).wants_usage
    for options in (None, {}, {"include_usage": False}):
        assert not read(stream=True, stream_options=options).wants_usage
    assert (read(stream=True).streamed, read().streamed) == (True, False)


@pytest.mark.parametrize(
    ("more", "writes"),
    [
        ({}, CacheWrites.FIVE_MINUTES),
        ({"prompt_cache_retention": "12h"}, CacheWrites.HOUR),
        ({"user": "\u00e9"}, CacheWrites.HOUR),
        ({"cache_control": {}}, CacheWrites.HOUR),
    ],
)
def test_what_is_kept_for_long_counts_as_the_dearest_write(more: dict[str, Any], writes: CacheWrites) -> None:
    assert read(**more).cache_writes is writes


def test_a_field_that_costs_is_refused_and_one_that_nobody_knows_is_listed() -> None:
    assert places_of(audio={}, modalities=["audio"]) == ["/audio", "/modalities"]
    assert read(modalities=["text"], audio=None, surprise=1).unlisted == ("surprise",)


def test_a_completion_has_a_first_choice_with_a_message() -> None:
    body = {"choices": [{"index": 1, "message": {"content": "b"}}, {"index": 0, "message": {"content": "a"}}]}
    assert read_completion(compact(body))[2].content == "a"
    for choices in ([], None, [{"index": 1, "message": {}}], [{"index": 0}]):
        with pytest.raises(ValueError, match="choice"):
            read_completion(compact({"choices": choices}))
