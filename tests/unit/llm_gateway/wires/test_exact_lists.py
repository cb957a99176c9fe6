"""A type is known by its whole name, and has the members of that type: nothing else is bounded as if it were one."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from foundation.domain.errors import BadRequest
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.planning.provider_tools import decide_provider_tools
from llm_gateway.pricing.prices import Price, TokenPrices
from llm_gateway.wires.chat.request import read_chat_request
from llm_gateway.wires.messages.request import read_messages_request
from llm_gateway.wires.responses.request import read_responses_request

LINK = "https://x.org/a.png"
PDF_LINK = "https://x.org/a.pdf"
PDF_URL = "data:application/pdf;base64,JVBERi0xLjQgdGlueQ=="
IN_BASE64 = {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQgdGlueQ=="}


def chat(part: Any) -> ModelRequest:
    return read_chat_request(json.dumps({"model": "m", "messages": [{"role": "user", "content": [part]}]}).encode())


def messages(block: Any, **more: Any) -> ModelRequest:
    body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": [block]}], **more}
    return read_messages_request(json.dumps(body).encode(), {})


def items(*found: Any, **more: Any) -> ModelRequest:
    return read_responses_request(json.dumps({"model": "m", "input": list(found), **more}).encode())


def responses(part: Any) -> ModelRequest:
    return items({"role": "user", "content": [part]})


def place_of(read: Any, *parts: Any, **more: Any) -> str:
    with pytest.raises(BadRequest) as refused:
        read(*parts, **more)
    assert all(fault.detail for fault in refused.value.faults)
    return refused.value.faults[0].pointer


@pytest.mark.parametrize(
    "kind",
    [
        *("custom_web_fetch", "bash_code_execution_20250825", "text_editor_code_execution_20250825"),
        *("memory_99999999", "bash_", "bash_20250125", "text_editor_2025", "computer_2", "computer_toolset_20260801"),
    ],
)
def test_a_tool_whose_name_only_begins_like_one_that_the_caller_runs_is_refused(kind: str) -> None:
    tools = [{"type": kind, "name": "t"}]
    assert place_of(messages, {"type": "text", "text": "x"}, tools=tools) == "/tools/0/type"


@pytest.mark.parametrize(
    "kind",
    [
        *("custom", "bash_20241022", "bash_20250124", "memory_20250818", "text_editor_20241022"),
        *("text_editor_20250124", "text_editor_20250429", "text_editor_20250728"),
        *("computer_20241022", "computer_20250124", "computer_20251124"),
    ],
)
def test_each_tool_that_the_vendor_lets_its_caller_run_passes(kind: str) -> None:
    assert messages({"type": "text", "text": "x"}, tools=[{"type": kind, "name": "t"}]).text_tokens > 0


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"allowed_callers": ["code_execution_20250825"]}, "/tools/0/allowed_callers/0"),
        ({"allowed_callers": ["direct", "code_execution_20260120"]}, "/tools/0/allowed_callers/1"),
        ({"mcp_server_name": "m"}, "/tools/0/mcp_server_name"),
    ],
)
def test_a_tool_that_programs_of_the_provider_may_call_is_refused(more: Any, place: str) -> None:
    tool = {"name": "t", "input_schema": {"type": "object"}}
    block = {"type": "text", "text": "x"}
    assert place_of(messages, block, tools=[tool | more]) == place
    assert messages(block, tools=[tool | {"allowed_callers": ["direct"]}]).text_tokens > 0
    used = {"type": "tool_use", "id": "c", "name": "t", "input": {}}
    caller = {"type": "code_execution_20250825", "tool_id": "srvtoolu_1"}
    assert place_of(messages, used | {"caller": caller}).startswith("/messages/0/content/0/caller")
    assert messages(used | {"caller": {"type": "direct"}}).text_tokens > 0


@pytest.mark.parametrize("edit", ["clear_tool_uses_20990101", "clear_thinking_"])
def test_an_edit_whose_name_only_begins_like_a_known_one_is_refused(edit: str) -> None:
    block = {"type": "text", "text": "x"}
    place = place_of(messages, block, context_management={"edits": [{"type": edit}]})
    assert place == "/context_management/edits/0/type"


@pytest.mark.parametrize("kind", ["web_search_2099", "mcp_toolset", "shell_2"])
def test_a_providers_tool_whose_name_only_begins_like_a_known_one_is_refused(kind: str) -> None:
    assert place_of(items, {"role": "user", "content": "q"}, tools=[{"type": kind}]) == "/tools/0/type"


@pytest.mark.parametrize(
    ("read", "part", "member"),
    [
        (messages, {"type": "document", "source": {"type": "text", "data": "x", "file_id": "f"}}, "source/file_id"),
        (messages, {"type": "document", "source": {"type": "text", "data": "x", "url": PDF_LINK}}, "source/url"),
        (messages, {"type": "document", "source": {"type": "content", "content": "x", "data": "y"}}, "source/data"),
        (messages, {"type": "document", "source": IN_BASE64 | {"url": PDF_LINK}}, "source/url"),
        (messages, {"type": "image", "source": {"type": "url", "url": LINK, "data": "eA=="}}, "source/data"),
        (messages, {"type": "image", "source": {"type": "url", "url": LINK, "file_id": "f"}}, "source/file_id"),
        (messages, {"type": "image", "source": {"type": "url", "url": LINK}, "content": "x"}, "content"),
        (messages, {"type": "text", "text": "x", "source": {"type": "url", "url": LINK}}, "source"),
        (messages, {"type": "tool_result", "tool_use_id": "c", "source": {"type": "url", "url": LINK}}, "source"),
        (messages, {"type": "thinking", "thinking": "x", "signature": "y", "content": []}, "content"),
        (chat, {"type": "image_url", "image_url": {"url": LINK}, "file": {"file_data": PDF_URL}}, "file"),
        (chat, {"type": "file", "file": {"file_data": PDF_URL}, "image_url": {"url": LINK}}, "image_url"),
        (chat, {"type": "text", "text": "x", "image_url": {"url": LINK}}, "image_url"),
        (responses, {"type": "input_file", "file_data": PDF_URL, "file_url": PDF_LINK}, "file_url"),
        (responses, {"type": "input_file", "file_data": PDF_URL, "image_url": LINK}, "image_url"),
        (responses, {"type": "input_image", "image_url": LINK, "file_data": PDF_URL}, "file_data"),
        (responses, {"type": "input_image", "image_url": LINK, "file_url": PDF_LINK}, "file_url"),
        (responses, {"type": "input_image", "image_url": LINK, "file_id": "f"}, "file_id"),
        (responses, {"type": "input_text", "text": "x", "image_url": LINK}, "image_url"),
        (responses, {"stdout": "x", "file_url": PDF_LINK}, "file_url"),
    ],
)
def test_a_part_has_one_source_and_the_members_of_its_type_only(read: Any, part: Any, member: str) -> None:
    place = "/input/0/content" if read is responses else "/messages/0/content"
    if read is responses:
        assert place_of(read, part) == f"{place}/0/{member}"
        output = {"type": "function_call_output", "call_id": "c", "output": [part]}
        assert place_of(items, output) == f"/input/0/output/0/{member}"
        return
    assert place_of(read, part) == f"{place}/0/{member}"


@pytest.mark.parametrize(
    "empty",
    [
        {"content": []},
        {"content": ""},
        {"encrypted_content": ""},
        {"encrypted_content": " "},
        {"content": [{"type": "reasoning_text", "text": ""}]},
        {"content": [{"type": "reasoning_text", "text": " "}], "encrypted_content": None},
        {"content": [{"type": "summary_text", "text": "x"}]},
    ],
)
def test_reasoning_without_thoughts_of_its_own_is_a_name_and_nothing_else(empty: Any) -> None:
    [named] = items({"type": "reasoning", "id": "rs_1", "summary": [], **empty}).references
    assert (named.id, named.is_whole) == ("rs_1", False)
    assert place_of(items, {"type": "reasoning", "summary": [], **empty}) == "/input/0"


@pytest.mark.parametrize("own", [{"encrypted_content": "x"}, {"content": [{"type": "reasoning_text", "text": "x"}]}])
def test_reasoning_with_thoughts_of_its_own_is_looked_up_only_for_its_name(own: Any) -> None:
    [named] = items({"type": "reasoning", "id": "rs_1", "summary": [], **own}).references
    assert named.is_whole
    assert items({"type": "reasoning", "summary": [], **own}).references == ()


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({"type": "reasoning", "id": "rs_1", "encrypted_content": {"a": 1}}, "/input/0/encrypted_content"),
        ({"type": "reasoning", "id": "rs_1", "content": "x"}, "/input/0/content"),
        ({"type": "message", "id": "msg_1", "role": "assistant"}, "/input/0/content"),
        ({"id": "msg_1", "role": "assistant"}, "/input/0/content"),
        ({"type": "function_call", "id": "fc_1", "call_id": "c", "name": "n"}, "/input/0/arguments"),
        ({"type": "function_call_output", "id": "fco_1", "call_id": "c"}, "/input/0/output"),
        ({"type": "computer_call", "id": "cu_1", "call_id": "c"}, "/input/0/action"),
    ],
)
def test_an_item_that_has_a_name_and_not_what_it_says_is_refused(item: Any, place: str) -> None:
    assert place_of(items, item) == place


FUNCTION = {"type": "function", "name": "weather", "parameters": {}}
MCP = {"type": "mcp", "server_label": "m", "server_url": "https://x.org"}


def allowing(mode: str, *allowed: Any) -> ModelRequest:
    choice = {"type": "allowed_tools", "mode": mode, "tools": list(allowed)}
    request = items({"role": "user", "content": "q"}, tools=[FUNCTION, MCP], tool_choice=choice)
    targets: Any = [SimpleNamespace(price=Price("v", (TokenPrices(0, 1, 1, 1, 1),)), translation=None)]
    return decide_provider_tools(request, targets)


def test_who_allows_only_tools_of_the_provider_and_insists_is_refused() -> None:
    named = {"type": "mcp", "server_label": "m"}
    assert place_of(allowing, "required", named) == "/tool_choice"
    assert json.loads(bytes(allowing("auto", named).fields["tool_choice"])) == "none"
    mixed = allowing("required", named, {"type": "function", "name": "weather"})
    assert json.loads(bytes(mixed.fields["tool_choice"]))["tools"] == [{"type": "function", "name": "weather"}]
