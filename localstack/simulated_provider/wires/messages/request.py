"""Reads a request of Anthropic's messages."""

import json
from collections.abc import Iterator
from typing import Any

from simulated_provider.answers.request import ModelRequest, RequestRefused, Tool, chosen, schema_of
from simulated_provider.wires.messages.cache import cache_use

_ROLES = frozenset({"user", "assistant", "system"})
_LEAST_THINKING = 1024


def read_messages(body: Any, *, counting: bool = False) -> ModelRequest:
    """The request in a body; ValueError names first the place of a fault, then the fault, as the vendor does."""
    _check(body, counting=counting)
    messages = []
    if body.get("system"):
        messages.append({"role": "system", "content": body["system"]})
    for message in body["messages"]:
        messages += _as_chat(message)
    form = (body.get("output_config") or {}).get("format") or body.get("output_format")
    chat = {"model": body["model"], "messages": messages, "tools": body.get("tools"), "response_format": form}
    choice = body.get("tool_choice") or {}
    thinking = body.get("thinking") or {}
    return ModelRequest(
        chat,
        original=body,
        streamed=bool(body.get("stream")),
        limit=body.get("max_tokens"),
        stop=tuple(body.get("stop_sequences") or ()),
        must_call=_must_call(body, choice),
        one_call=bool(choice.get("disable_parallel_tool_use")),
        schema=schema_of(form),
        thinks=thinking.get("type") in {"enabled", "adaptive"},
        thinking_limit=thinking.get("budget_tokens"),
        cache=cache_use(body),
    )


def _check(body: Any, *, counting: bool) -> None:
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise RequestRefused("model: Field required")
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise RequestRefused("messages: at least one message is required")
    for index, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise RequestRefused(f"messages.{index}.role: Input should be 'user' or 'assistant'")
        content = message.get("content")
        if isinstance(content, list) and not all(isinstance(block, dict) for block in content):
            raise RequestRefused(f"messages.{index}.content: Input should be a valid list of blocks")
    limit = body.get("max_tokens")
    if not counting and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise RequestRefused("max_tokens: Field required")
    _check_thinking(body.get("thinking"), limit)


def _check_thinking(thinking: Any, limit: int | None) -> None:
    if not isinstance(thinking, dict) or thinking.get("type") != "enabled":
        return
    budget = thinking.get("budget_tokens")
    if not isinstance(budget, int) or budget < _LEAST_THINKING:
        raise RequestRefused(f"thinking.enabled.budget_tokens: Input should be greater than {_LEAST_THINKING - 1}")
    if limit is not None and budget >= limit:
        raise RequestRefused("max_tokens must be greater than thinking.budget_tokens")


def _must_call(body: dict[str, Any], choice: dict[str, Any]) -> tuple[Tool, ...]:
    tools = [
        Tool(tool["name"], tool.get("input_schema") or {})
        for tool in body.get("tools") or []
        if tool.get("type", "custom") == "custom"
    ]
    named = choice.get("name", "") if choice.get("type") == "tool" else None
    one_call = bool(choice.get("disable_parallel_tool_use"))
    return chosen(tools, required=choice.get("type") == "any", named=named, one_call=one_call)


def _as_chat(message: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A message in the form of chat completions: each tool result becomes a message, each tool use a tool call."""
    content = message.get("content")
    if not isinstance(content, list):
        yield {"role": message["role"], "content": content or ""}
        return
    for block in content:
        if block.get("type") == "tool_result":
            yield {"role": "tool", "content": block.get("content")}
    parts = [block for block in content if block.get("type") in {"text", "image", "document"}]
    calls = [
        {"function": {"name": block["name"], "arguments": json.dumps(block.get("input", {}), ensure_ascii=False)}}
        for block in content
        if block.get("type") == "tool_use"
    ]
    if calls or message["role"] == "assistant":
        yield {"role": message["role"], "content": parts, "tool_calls": calls}
    elif parts:
        yield {"role": message["role"], "content": parts}
