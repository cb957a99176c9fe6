"""A messages request is measured exactly: its bytes, an overhead each, what its tools take, and no byte of media."""

import json
from typing import Any

import pytest

from foundation.domain.errors import BadRequest
from llm_gateway.exchange.media import MediaKind
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.wires.messages.content import TOOLS_PROMPT, check_system, measure_tools
from llm_gateway.wires.messages.request import read_messages_request
from llm_gateway.wires.overheads import MESSAGE_OVERHEAD, REQUEST_OVERHEAD, TOOL_OVERHEAD

TEXT = {"type": "text", "text": "hello"}
LINK = {"type": "url", "url": "https://example.org/a"}
REFERENCE = {"type": "tool_reference", "tool_name": "now"}
OWN = {"name": "now", "input_schema": {"type": "object"}}


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def messages(*blocks: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(blocks)}]


def read(*blocks: Any, headers: dict[str, str] | None = None, **more: Any) -> ModelRequest:
    body = {"model": "m", "max_tokens": 9, "messages": messages(*blocks or (TEXT,)), **more}
    return read_messages_request(compact(body), headers or {})


def place_of(*blocks: Any, **more: Any) -> str:
    with pytest.raises(BadRequest) as refused:
        read(*blocks, **more)
    return refused.value.faults[0].pointer


def test_a_request_counts_its_messages_and_its_other_fields_by_their_bytes() -> None:
    least = REQUEST_OVERHEAD + MESSAGE_OVERHEAD + len(compact(messages(TEXT))) + len(b"9")
    assert read().text_tokens == least
    assert read(metadata={"user_id": "u"}).text_tokens == least
    assert read(system="Be kind.").text_tokens == least + len(b'"Be kind."')


def test_each_message_has_its_overhead() -> None:
    two = [*messages(TEXT), {"role": "assistant", "content": "yes"}]
    body = {"model": "m", "max_tokens": 9, "messages": two}
    expected = REQUEST_OVERHEAD + 2 * MESSAGE_OVERHEAD + len(compact(two)) + 1
    assert read_messages_request(compact(body), {}).text_tokens == expected


def test_tools_take_their_prompt_an_overhead_each_and_what_their_kind_takes() -> None:
    editor = {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"}
    assert measure_tools(b"[]") == measure_tools(b"") == measure_tools(b"null") == (0, 0)
    assert measure_tools(compact([OWN])) == (TOOLS_PROMPT + TOOL_OVERHEAD, len(compact(OWN)))
    both = measure_tools(compact([OWN, editor]))
    assert both == (TOOLS_PROMPT + 2 * TOOL_OVERHEAD + 1024, max(len(compact(OWN)), len(compact(editor))))


def test_a_reference_to_a_tool_shows_the_longest_of_them_once_more_at_any_depth() -> None:
    result = {"type": "tool_result", "tool_use_id": "t", "content": [REFERENCE, TEXT, REFERENCE]}
    blocks = (REFERENCE, result)
    request = read(*blocks, tools=[OWN])
    without = REQUEST_OVERHEAD + MESSAGE_OVERHEAD + len(compact(messages(*blocks))) + len(b"9")
    tools = TOOLS_PROMPT + TOOL_OVERHEAD + len(compact([OWN]))
    assert request.text_tokens == without + tools + 3 * len(compact(OWN))


@pytest.mark.parametrize(
    ("source", "kind", "size"),
    [
        ({"type": "base64", "media_type": "application/pdf", "data": "A" * 40}, MediaKind.DOCUMENT, 32),
        (LINK, MediaKind.DOCUMENT, None),
    ],
)
def test_a_document_counts_as_media(source: dict[str, str], kind: MediaKind, size: int | None) -> None:
    request = read({"type": "document", "source": source})
    [media] = request.media
    assert (media.kind, media.place, media.size) == (kind, "/messages/0/content/0", size)
    written = compact(source.get("data", LINK["url"]))
    assert media.written == len(written)
    all_bytes = len(compact(messages({"type": "document", "source": source})))
    assert request.text_tokens == REQUEST_OVERHEAD + MESSAGE_OVERHEAD + all_bytes - len(written) + 1


def test_a_document_of_text_is_text_and_one_of_blocks_is_looked_into() -> None:
    plain = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}}
    picture = {"type": "image", "source": LINK}
    nested = {"type": "document", "source": {"type": "content", "content": [TEXT, picture]}}
    assert read(plain).media == ()
    assert [media.place for media in read(plain, nested).media] == ["/messages/0/content/1/source/content/1"]


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ({"type": "image", "source": {"type": "base64", "media_type": "video/mp4", "data": "A"}}, "/source"),
        ({"type": "image", "source": {"type": "base64", "data": "A"}}, "/source"),
        ({"type": "image", "source": {"type": "url", "url": "ftp://example.org"}}, "/source"),
        ({"type": "image", "source": {"type": "text", "data": "A"}}, "/source"),
        ({"type": "image", "source": {"type": "file", "file_id": "f"}}, "/source"),
        ({"type": "document", "source": {"type": "file", "file_id": "f"}}, "/source"),
        ({"type": "document", "source": {"type": "base64", "media_type": "text/csv", "data": "A"}}, "/source"),
        ({"type": "document", "source": {"type": "url", "url": "file:///etc"}}, "/source"),
        ({"type": "tool_result", "tool_use_id": "t", "content": {"a": 1}}, "/content"),
        ({"type": "tool_result", "tool_use_id": "t", "content": [{"type": "oracle"}]}, "/content/0/type"),
    ],
)
def test_a_block_that_cannot_be_measured_is_refused_by_its_place(block: dict[str, Any], place: str) -> None:
    assert place_of(TEXT, block) == f"/messages/0/content/1{place}"


def test_a_search_result_is_looked_into() -> None:
    block = {"type": "search_result", "source": "s", "title": "t", "content": [{"type": "image", "source": LINK}]}
    assert [media.place for media in read(block).media] == ["/messages/0/content/0/content/0"]


def test_a_system_prompt_is_text() -> None:
    check_system(b"")
    check_system(b'"Be kind."')
    check_system(compact([TEXT]))
    assert place_of(system=[TEXT, {"type": "image", "source": LINK}]) == "/system/1"
    assert place_of(system=7) == "/system"


@pytest.mark.parametrize(
    ("more", "writes"),
    [
        ({}, CacheWrites.NONE),
        ({"cache_control": {"type": "ephemeral"}}, CacheWrites.FIVE_MINUTES),
        ({"cache_control": {"type": "ephemeral", "ttl": "1h"}}, CacheWrites.HOUR),
        ({"system": "1h"}, CacheWrites.NONE),
        ({"system": "\u00e9"}, CacheWrites.HOUR),
    ],
)
def test_what_may_be_written_to_a_cache_is_judged_by_the_bytes(more: dict[str, Any], writes: CacheWrites) -> None:
    assert read(**more).cache_writes is writes


def test_the_vendors_headers_go_on_and_no_others() -> None:
    headers = {"anthropic-version": "2023-06-01", "anthropic-beta": "b", "x-api-key": "secret"}
    assert read(headers=headers).forwarded == (("anthropic-version", "2023-06-01"), ("anthropic-beta", "b"))
    assert read().forwarded == ()


def test_a_limit_may_be_absent_where_none_is_needed_and_never_be_nothing() -> None:
    body = compact({"model": "m", "messages": messages(TEXT)})
    assert read_messages_request(body, {}, needs_limit=False).max_output is None
    assert place_of(max_tokens=0) == "/max_tokens"
    assert read(max_tokens=1).max_output == 1


@pytest.mark.parametrize("given", [[], None])
def test_there_is_at_least_one_message(given: object) -> None:
    assert place_of(messages=given) == "/messages"


def test_edits_that_leave_something_out_are_free_and_each_other_is_named() -> None:
    clear, compaction = {"type": "clear_tool_uses_20250919"}, {"type": "compact_20260112"}
    assert read(context_management={"edits": [clear]}).unlisted == ()
    assert read(context_management={"edits": None}).unlisted == ()
    assert read(context_management=None).unlisted == ()
    assert place_of(context_management={"edits": [clear, compaction]}) == "/context_management/edits/1/type"


def test_a_field_that_nobody_knows_is_listed_and_a_stream_is_one_when_it_says_so() -> None:
    assert read(surprise=1).unlisted == ("surprise",)
    assert (read(stream=True).streamed, read(stream=False).streamed, read().streamed) == (True, False, False)
    assert (read().choices, read().wants_usage) == (1, True)
