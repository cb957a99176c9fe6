"""Reads a request of OpenAI's Responses."""

import json
from typing import Any

from simulated_provider.answers.request import ModelRequest, RequestRefused, Tool, chosen, positive, schema_of
from simulated_provider.faults.clauses import imitated_model
from simulated_provider.wires.openai.cache import cache_use

_STATE = {
    "previous_response_id": "previous_response_not_found",
    "conversation": "conversation_not_found",
}
_CALLS = {
    "function_call": "arguments",
    "custom_tool_call": "input",
    "local_shell_call": "action",
    "shell_call": "action",
    "apply_patch_call": "operation",
    "tool_search_call": "arguments",
}
"""The types of items that call a tool of the caller, and the member in which each has its arguments."""
_OUTPUTS = {f"{kind}_output": "output" for kind in _CALLS} | {"tool_search_output": "tools"}
_ASSISTANT = frozenset({*_CALLS, "reasoning", "web_search_call"})
_CALLERS_TOOLS = frozenset({"function", "custom", "namespace", "apply_patch", "local_shell", "shell", "tool_search"})
_SEARCHING = "searching-"
_SEARCHES = 2


def read_response(body: Any) -> ModelRequest:
    """The request in a body; ValueError if it is no Responses request, or refers to something that was stored."""
    _check(body)
    one_call = body.get("parallel_tool_calls") is False
    form = (body.get("text") or {}).get("format")
    schema = schema_of(form)
    chat = {
        "model": body["model"],
        "messages": _messages(body),
        "tools": body.get("tools"),
        "response_format": None if schema is None else form,
    }
    return ModelRequest(
        chat,
        original=body,
        streamed=bool(body.get("stream")),
        limit=body.get("max_output_tokens"),
        must_call=_must_call(body, one_call=one_call),
        one_call=one_call,
        schema=schema,
        thinks=(body.get("reasoning") or {}).get("effort") != "none",
        cache=cache_use(chat),
        searches=_searches(body),
    )


def _check(body: Any) -> None:
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise RequestRefused("Missing required parameter: 'model'.", param="model")
    if not isinstance(body.get("input"), str | list) or not body["input"]:
        raise RequestRefused("Missing required parameter: 'input'.", param="input")
    for name, code in _STATE.items():
        if body.get(name) is not None:
            raise RequestRefused(f"{name} {body[name]!r} not found: nothing is stored.", param=name, code=code)
    if body.get("background"):
        raise RequestRefused("background responses are not stored, so they cannot be asked for", param="background")
    for index, tool in enumerate(body.get("tools") or []):
        if tool.get("type") not in _CALLERS_TOOLS | {"web_search"} or tool.get("execution") == "server":
            raise RequestRefused(f"tools of type {tool.get('type')!r} are not run here", param=f"tools[{index}].type")
    positive(body, "max_output_tokens")


def _messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The input as chat messages; items of one turn of the model (reasoning, text, calls) become one message."""
    messages: list[dict[str, Any]] = []
    if body.get("instructions"):
        messages.append({"role": "developer", "content": body["instructions"]})
    if isinstance(body["input"], str):
        return [*messages, {"role": "user", "content": body["input"]}]
    known: set[str] = set()
    speaking = False
    for index, item in enumerate(body["input"]):
        kind = item.get("type", "message")
        speaks = kind in _ASSISTANT or item.get("role") == "assistant"
        if speaks and not speaking:
            messages.append({"role": "assistant", "content": [], "tool_calls": []})
        speaking = speaks
        match kind:
            case "reasoning" | "web_search_call":
                pass
            case _ if kind in _CALLS:
                known.add(item.get("call_id") or item.get("id") or "")
                function = {"name": item.get("name") or kind, "arguments": _text(item.get(_CALLS[kind]))}
                messages[-1]["tool_calls"].append({"function": function})
            case _ if kind in _OUTPUTS:
                called = item.get("call_id") or item.get("id")
                if called not in known:
                    problem = f"No tool call found for function call output with call_id {called}."
                    raise RequestRefused(problem, param="input")
                messages.append({"role": "tool", "content": _output(item.get(_OUTPUTS[kind]))})
            case "message" if speaks:
                content = item["content"]
                messages[-1]["content"] += [{"text": content}] if isinstance(content, str) else content
            case "message":
                messages.append({"role": item["role"], "content": item["content"]})
            case _:
                raise RequestRefused(f"Invalid value: {kind!r}.", param=f"input[{index}]", code="invalid_value")
    return messages


def _searches(body: dict[str, Any]) -> int:
    """How often the model searches: twice, if it is offered the tool and `max_tool_calls` allows it."""
    offered = any(tool.get("type") == "web_search" for tool in body.get("tools") or [])
    if not offered or not imitated_model(body["model"]).startswith(_SEARCHING):
        return 0
    most = body.get("max_tool_calls")
    return _SEARCHES if most is None else min(_SEARCHES, most)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _output(value: Any) -> Any:
    """A tool's output: a text or typed parts as they are, anything else as JSON."""
    if isinstance(value, list) and all(isinstance(part, dict) and "type" in part for part in value):
        return value
    return _text(value)


def _must_call(body: dict[str, Any], *, one_call: bool) -> tuple[Tool, ...]:
    choice = body.get("tool_choice")
    if not choice or choice in ("none", "auto"):
        return ()
    tools = [
        Tool(tool["name"], tool.get("parameters") or {})
        for tool in body.get("tools") or []
        if tool["type"] == "function"
    ]
    if not isinstance(choice, dict):
        return chosen(tools, required=choice == "required", one_call=one_call)
    if choice.get("type") == "allowed_tools":
        names = {tool.get("name") for tool in choice["tools"]}
        offered = [tool for tool in tools if tool.name in names]
        return chosen(offered, required=choice["mode"] == "required", one_call=one_call)
    return chosen(tools, named=choice.get("name", ""))
