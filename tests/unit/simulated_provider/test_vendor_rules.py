"""The simulated provider refuses what the vendors refuse: a request that it takes would be taken by them."""

from typing import Any

import pytest

from fixtures.provider_in_process import Provider

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
    ("more", "says"),
    [
        ({"metadata": {"user_id": "a" * 257}}, "metadata.user_id"),
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
