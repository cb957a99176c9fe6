"""What decides a bound is a list of what is known: everything else is refused with its place, in every dialect."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from foundation.domain.errors import BadRequest
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.exchange.usage import Usage
from llm_gateway.planning.provider_tools import decide_provider_tools
from llm_gateway.pricing.bounds import bound_of
from llm_gateway.pricing.prices import Price, SearchPrice, TokenMaximums, TokenPrices
from llm_gateway.wires.chat.request import read_chat_request
from llm_gateway.wires.fields import refuse_unlisted
from llm_gateway.wires.messages.request import read_messages_request
from llm_gateway.wires.responses.request import read_responses_request

RATES = (TokenPrices(0, 100, 50, 100, 400),)
PLAIN = Price("v", RATES)
SEES = Price("v", RATES, TokenMaximums(image=1500, document=1000, document_kib=300))
READS = Price("v", RATES, TokenMaximums(document=9000))
PDF = "JVBERi0xLjQgdGlueQ=="
PDF_URL = f"data:application/pdf;base64,{PDF}"
LARGE_PDF = "A" * 40_000


def chat(*parts: Any, **more: Any) -> ModelRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": list(parts)}], "max_tokens": 9, **more}
    return read_chat_request(json.dumps(body).encode())


def messages(*blocks: Any, **more: Any) -> ModelRequest:
    body = {"model": "m", "messages": [{"role": "user", "content": list(blocks)}], "max_tokens": 9, **more}
    return read_messages_request(json.dumps(body).encode(), {})


def result(*blocks: Any, **more: Any) -> ModelRequest:
    return messages({"type": "tool_result", "tool_use_id": "t", "content": list(blocks)}, **more)


def responses(*parts: Any, **more: Any) -> ModelRequest:
    return items({"role": "user", "content": list(parts)}, **more)


def output(*parts: Any, **more: Any) -> ModelRequest:
    return items({"type": "function_call_output", "call_id": "c", "output": list(parts)}, **more)


def items(*found: Any, **more: Any) -> ModelRequest:
    return read_responses_request(json.dumps({"model": "m", "input": list(found), **more}).encode())


Read = Callable[..., ModelRequest]


def place_of(read: Read, *parts: Any, **more: Any) -> str:
    with pytest.raises(BadRequest) as refused:
        bound_of(read(*parts, **more), prices=[SEES], default_output=9)
    assert all(fault.detail for fault in refused.value.faults)
    return refused.value.faults[0].pointer


@pytest.mark.parametrize(
    ("read", "part", "place"),
    [
        (chat, {"type": "file", "file": {"file_id": "file-abc"}}, "/messages/0/content/0/file/file_id"),
        (
            chat,
            {"type": "file", "file": {"file_data": "data:text/csv;base64,eA=="}},
            "/messages/0/content/0/file/file_data",
        ),
        (chat, {"type": "input_audio", "input_audio": {"data": "eA==", "format": "wav"}}, "/messages/0/content/0/type"),
        (chat, {"type": "video_url", "video_url": {"url": "https://x.org/a.mp4"}}, "/messages/0/content/0/type"),
        (chat, {"type": "a_new_one"}, "/messages/0/content/0/type"),
        (chat, {"type": "image_url", "image_url": {"url": PDF_URL}}, "/messages/0/content/0/image_url/url"),
        (chat, {"type": "image_url", "image_url": {"url": "file-abc"}}, "/messages/0/content/0/image_url/url"),
        (chat, {"type": "text", "text": "x", "file_id": "file-abc"}, "/messages/0/content/0/file_id"),
        (messages, {"type": "image", "source": {"type": "file", "file_id": "f"}}, "/messages/0/content/0/source"),
        (messages, {"type": "document", "source": {"type": "file", "file_id": "f"}}, "/messages/0/content/0/source"),
        (messages, {"type": "container_upload", "file_id": "f"}, "/messages/0/content/0/type"),
        (messages, {"type": "web_search_tool_result", "content": []}, "/messages/0/content/0/type"),
        (messages, {"type": "compaction", "content": "x"}, "/messages/0/content/0/type"),
        (messages, {"type": "text", "text": "x", "file_id": "f"}, "/messages/0/content/0/file_id"),
        (
            result,
            {"type": "document", "source": {"type": "file", "file_id": "f"}},
            "/messages/0/content/0/content/0/source",
        ),
        (result, {"type": "a_new_one"}, "/messages/0/content/0/content/0/type"),
        (responses, {"type": "input_file", "file_id": "f"}, "/input/0/content/0/file_id"),
        (responses, {"type": "input_image", "file_id": "f"}, "/input/0/content/0/file_id"),
        (responses, {"type": "input_audio", "data": "eA=="}, "/input/0/content/0/type"),
        (responses, {"type": "input_text", "text": "x", "file_id": "f"}, "/input/0/content/0/file_id"),
        (output, {"type": "input_file", "file_id": "f"}, "/input/0/output/0/file_id"),
        (output, {"type": "a_new_one"}, "/input/0/output/0/type"),
        (items, {"type": "file_search_call", "id": "fs_1", "queries": []}, "/input/0/type"),
        (items, {"type": "mcp_list_tools", "id": "m", "tools": []}, "/input/0/type"),
        (items, {"type": "compaction_trigger"}, "/input/0/type"),
        (items, {"type": "message", "role": "user", "content": "x", "file_ids": ["f"]}, "/input/0/file_ids"),
        (
            items,
            {"type": "tool_search_output", "call_id": "c", "tools": [{"type": "file_search"}]},
            "/input/0/tools/0/type",
        ),
        (
            items,
            {"type": "computer_call_output", "call_id": "c", "output": {"type": "computer_screenshot", "file_id": "f"}},
            "/input/0/output/file_id",
        ),
    ],
)
def test_what_no_bound_covers_is_refused_with_its_place(read: Read, part: Any, place: str) -> None:
    assert place_of(read, part) == place


@pytest.mark.parametrize(
    ("read", "more", "place"),
    [
        (chat, {"tools": [{"type": "web_search"}]}, "/tools/0/type"),
        (chat, {"tools": [{"type": "builtin_function", "function": {"name": "$web_search"}}]}, "/tools/0/type"),
        (chat, {"moderation": {"model": "m"}}, "/moderation"),
        (chat, {"modalities": ["text", "audio"]}, "/modalities"),
        (
            messages,
            {"system": [{"type": "image", "source": {"type": "url", "url": "https://x.org/a.png"}}]},
            "/system/0",
        ),
        (responses, {"tools": [{"type": "a_new_one"}]}, "/tools/0/type"),
        (
            responses,
            {"tools": [{"type": "namespace", "name": "n", "tools": [{"type": "mcp"}]}]},
            "/tools/0/tools/0/type",
        ),
        (responses, {"context_management": [{"type": "compaction"}]}, "/context_management"),
    ],
)
def test_a_field_that_costs_what_no_bound_covers_is_refused_with_its_place(read: Read, more: Any, place: str) -> None:
    kind = {chat: "text", messages: "text", responses: "input_text"}[read]
    assert place_of(read, {"type": kind, "text": "x"}, **more) == place


@pytest.mark.parametrize("read", [chat, messages, responses])
def test_a_field_that_nobody_knows_is_not_let_through_unless_it_asks_for_nothing(read: Read) -> None:
    request = read(documents=["x"], plugins=None)
    assert request.unlisted == ("documents",)
    assert refuse_unlisted(request.unlisted).faults[0].pointer == "/documents"


@pytest.mark.parametrize(
    ("read", "part"),
    [
        (chat, {"type": "file", "file": {"filename": "a.pdf", "file_data": PDF_URL}}),
        (messages, {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}),
        (result, {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}),
        (responses, {"type": "input_file", "filename": "a.pdf", "file_data": PDF_URL}),
        (output, {"type": "input_file", "filename": "a.pdf", "file_data": PDF_URL}),
    ],
)
def test_a_document_is_held_at_its_declared_maximum_and_refused_with_its_place_without_one(
    read: Read, part: Any
) -> None:
    request = read(part)
    large = read(json.loads(json.dumps(part).replace(PDF, LARGE_PDF)))
    assert request.text_tokens == large.text_tokens
    small, more = (bound_of(one, prices=[SEES], default_output=9) for one in (request, large))
    assert small.input_tokens == request.text_tokens + 1300
    assert more.input_tokens >= request.text_tokens + 1000 + 300 * 29
    assert bound_of(large, prices=[READS], default_output=9).input_tokens == request.text_tokens + 9000
    with pytest.raises(BadRequest) as refused:
        bound_of(request, prices=[SEES, PLAIN], default_output=9)
    assert refused.value.faults[0].pointer == request.media[0].place


@pytest.mark.parametrize(
    ("read", "part"),
    [
        (messages, {"type": "document", "source": {"type": "url", "url": "https://x.org/a.pdf"}}),
        (responses, {"type": "input_file", "file_url": "https://x.org/a.pdf"}),
    ],
)
def test_a_document_behind_a_link_needs_a_maximum_that_does_not_depend_on_its_size(read: Read, part: Any) -> None:
    assert bound_of(read(part), prices=[READS], default_output=9).input_tokens > 9000
    assert place_of(read, part).endswith("/content/0")


def test_a_tool_that_is_shown_again_counts_again() -> None:
    tools = [{"name": "large", "description": "x" * 5000, "input_schema": {}}]
    shown = [{"type": "tool_reference", "tool_name": "large"}] * 3
    more = result(*shown, tools=tools).text_tokens - result(tools=tools).text_tokens
    assert more > 15_000


@pytest.mark.parametrize(
    "item",
    [
        {"type": "item_reference", "id": "msg_1"},
        {"id": "msg_1"},
        {"type": None, "id": "msg_1"},
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": None},
    ],
)
def test_an_item_that_stands_elsewhere_is_seen_as_one_however_it_is_written(item: Any) -> None:
    assert [one.index for one in items({"role": "user", "content": "q"}, item).references] == [1]


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "namespace", "name": "n", "description": "d", "tools": [{"type": "function", "name": "weather"}]},
        {"type": "custom", "name": "apply_patch", "description": "d"},
        {"type": "apply_patch"},
        {"type": "local_shell"},
        {"type": "shell", "environment": {"type": "local"}},
        {"type": "tool_search", "execution": "client", "parameters": {"type": "object"}},
    ],
)
def test_a_tool_that_the_client_runs_passes_and_counts_by_its_bytes(tool: Any) -> None:
    without, with_it = responses(), responses(tools=[tool])
    assert with_it.text_tokens - without.text_tokens >= len(json.dumps(tool))


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "web_search", "external_web_access": False},
        {"type": "web_search_preview"},
        {"type": "file_search", "vector_store_ids": ["v"]},
        {"type": "code_interpreter", "container": {"type": "auto"}},
        {"type": "image_generation"},
        {"type": "mcp", "server_label": "m", "server_url": "https://x.org"},
        {"type": "tool_search"},
        {"type": "shell", "environment": {"type": "container_auto"}},
    ],
)
def test_a_tool_that_the_provider_runs_is_left_out_and_named(tool: Any) -> None:
    own = {"type": "function", "name": "weather", "parameters": {}}
    targets: Any = [SimpleNamespace(price=PLAIN, translation=None)]
    beside = decide_provider_tools(responses(tools=[own, tool], tool_choice="auto"), targets)
    assert beside.left_out == (tool["type"],)
    assert json.loads(bytes(beside.fields["tools"])) == [own]
    alone = decide_provider_tools(responses(tools=[tool], tool_choice="auto", parallel_tool_calls=True), targets)
    assert alone.left_out == (tool["type"],)
    assert not {"tools", "tool_choice", "parallel_tool_calls"} & alone.fields.keys()


@pytest.mark.parametrize("choice", [{"type": "web_search"}, "required"])
def test_who_insists_on_a_tool_of_the_provider_is_refused(choice: Any) -> None:
    request = responses(tools=[{"type": "web_search"}], tool_choice=choice)
    targets: Any = [SimpleNamespace(price=PLAIN, translation=None)]
    with pytest.raises(BadRequest) as refused:
        decide_provider_tools(request, targets)
    assert refused.value.faults[0].pointer == "/tool_choice"


@pytest.mark.parametrize(("asked", "most"), [(None, 3), (2, 2), (9, 3)])
def test_a_search_is_bounded_where_it_has_a_price(asked: int | None, most: int) -> None:
    searched = Price("v", RATES, search=SearchPrice(10_000_000, 400, 3))
    targets: Any = [SimpleNamespace(price=searched, translation=None)]
    more = {} if asked is None else {"max_tool_calls": asked}
    request = decide_provider_tools(responses(tools=[{"type": "web_search"}], tool_choice="required", **more), targets)
    assert (request.left_out, json.loads(bytes(request.fields["max_tool_calls"]))) == ((), most)
    bound = bound_of(request, prices=[searched], default_output=9)
    assert bound.input_tokens == (most + 1) * (request.text_tokens + most * 400)
    usage = Usage(input_tokens=bound.input_tokens, output_tokens=9, searches=most)
    assert searched.cost(usage) <= bound.nano_usd
    unpriced: Any = [*targets, SimpleNamespace(price=PLAIN, translation=None)]
    assert decide_provider_tools(responses(tools=[{"type": "web_search"}], **more), unpriced).left_out == (
        "web_search",
    )


def test_a_mark_for_a_cache_passes_and_is_bounded_at_its_dearest() -> None:
    kept = chat({"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "1h"}})
    assert (kept.cache_writes, chat({"type": "text", "text": "x"}).cache_writes) == (
        CacheWrites.HOUR,
        CacheWrites.FIVE_MINUTES,
    )
