"""The simulated provider refuses what the vendors refuse: a request that it takes would be taken by them."""

from typing import Any

import pytest

from fixtures.providers.provider_in_process import Provider

TURN = {"role": "user", "content": "x"}
LONG = "a" * 65
OPEN = {"type": "object", "properties": {"n": {"type": "integer"}}}
CALLED = {
    "role": "assistant",
    "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}
USED = {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "f", "input": {}}]}
RESULT = {"type": "tool_result", "tool_use_id": "t", "content": "x"}
BLANK = [{"type": "text", "text": " "}]


def function(name: str = "f", **more: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": OPEN, **more}}


def tool(name: str = "f", **more: Any) -> dict[str, Any]:
    return {"name": name, "input_schema": OPEN, **more}


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"user": LONG}, "user"),
        ({"safety_identifier": "a" * 129}, "safety_identifier"),
        ({"metadata": {f"k{number}": "v" for number in range(17)}}, "metadata"),
        ({"metadata": {"k": "v" * 513}}, "metadata.k"),
        ({"stop": list("abcde")}, "stop"),
        ({"temperature": 2.1}, "temperature"),
        ({"top_p": 1.1}, "top_p"),
        ({"presence_penalty": -3}, "presence_penalty"),
        ({"stream_options": {"include_usage": True}}, "stream_options"),
        ({"tools": [function(LONG)]}, "tools[0].function.name"),
        ({"tools": [function("my.tool")]}, "tools[0].function.name"),
        ({"tools": [function(strict=True)]}, "tools[0].function"),
        ({"tools": [function(f"f{number}") for number in range(129)]}, "tools"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"stop": {}}, "stop"),
        ({"stop": ["a", 1]}, "stop"),
        ({"seed": 1.5}, "seed"),
        ({"seed": True}, "seed"),
        ({"messages": [{"content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": None, "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages[0].role"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "a b", "schema": OPEN}}},
            "response_format.json_schema.name",
        ),
        ({"messages": [{**TURN, "name": "a b"}]}, "messages[0].name"),
        ({"messages": [TURN, CALLED]}, "messages[2].role"),
        ({"messages": [TURN, CALLED, TURN]}, "messages[2].role"),
        ({"messages": [TURN, {"role": "tool", "tool_call_id": "c", "content": "x"}]}, "messages[1].role"),
    ],
)
async def test_openai_refuses_it_by_its_place(provider: Provider, more: dict[str, Any], param: str) -> None:
    answer = await provider.http.post("/v1/chat/completions", json={"model": "default", "messages": [TURN], **more})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param), answer.text


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"max_tool_calls": -1}, "max_tool_calls"),
        ({"instructions": {}}, "instructions"),
        ({"tools": [{"type": "namespace", "name": "n"}]}, "tools[0].tools"),
        ({"tools": [{"type": "namespace", "name": "n", "tools": []}]}, "tools[0].tools"),
        ({"input": [{"role": "wizard", "content": "x"}]}, "input[0].role"),
        ({"input": [TURN, {"type": "message", "role": "tool", "content": "x"}]}, "input[1].role"),
        ({"input": [{"type": "reasoning", "id": "rs_1", "encrypted_content": ""}]}, "input[0].encrypted_content"),
        ({"input": [{"type": "reasoning", "id": "rs_1", "content": ""}]}, "input[0].content"),
        ({"input": [{"type": "reasoning", "content": []}]}, "input[0].id"),
        ({"input": [{"type": "reasoning", "content": [{"type": "reasoning_text", "text": ""}]}]}, "input[0].id"),
    ],
)
async def test_openai_refuses_it_in_responses_by_its_place(
    provider: Provider, more: dict[str, Any], param: str
) -> None:
    answer = await provider.http.post("/v1/responses", json={"model": "default", "input": "x", **more})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, param), answer.text


@pytest.mark.parametrize("tokens", [[[{"a": 1}]], [[1, "a"]], [[]], [[1.5]], [{"a": 1}], [[[1]]], [["x"]]])
async def test_openai_refuses_inputs_of_embeddings_that_are_neither_texts_nor_tokens(
    provider: Provider, tokens: Any
) -> None:
    answer = await provider.http.post("/v1/embeddings", json={"model": "embed-1", "input": tokens})
    assert (answer.status_code, answer.json()["error"]["param"]) == (400, "input")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"metadata": {"user_id": "a" * 257}}, "metadata.user_id"),
        ({"metadata": {"user_id": {}}}, "metadata.user_id"),
        ({"top_k": -1}, "top_k"),
        ({"top_k": 1.5}, "top_k"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages.0.role"),
        ({"temperature": 1.1}, "temperature"),
        ({"stop_sequences": ["\n"]}, "stop_sequences"),
        ({"tools": [tool("a" * 129)]}, "tools.0.custom.name"),
        ({"tools": [tool("my.tool")]}, "tools.0.custom.name"),
        ({"tools": [tool(), tool()]}, "unique"),
        ({"tools": [{"name": "f", "input_schema": {}}]}, "input_schema.type"),
        ({"tool_choice": {"type": "any"}}, "tool_choice"),
        ({"messages": [{"role": "user", "content": ""}]}, "non-empty content"),
        ({"messages": [{"role": "user", "content": BLANK}]}, "non-whitespace"),
        ({"messages": [TURN, {"role": "assistant", "content": "x "}]}, "trailing whitespace"),
        ({"messages": [TURN, USED]}, "without `tool_result`"),
        ({"messages": [TURN, USED, TURN]}, "without `tool_result`"),
        ({"messages": [{"role": "user", "content": [RESULT]}]}, "unexpected `tool_use_id`"),
    ],
)
async def test_anthropic_refuses_it_by_its_place(provider: Provider, more: dict[str, Any], says: str) -> None:
    body = {"model": "default", "max_tokens": 9, "messages": [TURN], **more}
    answer = await provider.http.post("/v1/messages", json=body, headers={"anthropic-version": "2023-06-01"})
    assert answer.status_code == 400
    assert says in answer.json()["error"]["message"]
