"""A request of OpenAI's Responses, read into the form that answers are made from."""

from typing import Any

from simulated_provider.asked import Asked, RequestRefused, Tool, chosen, positive, schema_of
from simulated_provider.openai_chat_request import cache_use

_STATE = {
    "previous_response_id": "previous_response_not_found",
    "conversation": "conversation_not_found",
}
_ASSISTANT = frozenset({"function_call", "reasoning"})


def read_response(body: Any) -> Asked:
    """ValueError when a body is not a Responses request, or when it counts on something that was stored."""
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
    return Asked(
        chat,
        original=body,
        streamed=bool(body.get("stream")),
        limit=body.get("max_output_tokens"),
        must_call=_must_call(body, one_call=one_call),
        one_call=one_call,
        schema=schema,
        thinks=(body.get("reasoning") or {}).get("effort") != "none",
        cache=cache_use(chat),
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
        if tool.get("type") != "function":
            raise RequestRefused(f"tools of type {tool.get('type')!r} are not run here", param=f"tools[{index}].type")
    positive(body, "max_output_tokens")


def _messages(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The input as chat messages; what a model said at once (thoughts, text, calls) is one of them."""
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
            case "reasoning":
                pass
            case "function_call":
                known.add(item["call_id"])
                function = {"name": item["name"], "arguments": item["arguments"]}
                messages[-1]["tool_calls"].append({"function": function})
            case "function_call_output":
                if item["call_id"] not in known:
                    problem = f"No tool call found for function call output with call_id {item['call_id']}."
                    raise RequestRefused(problem, param="input")
                messages.append({"role": "tool", "content": item["output"]})
            case "message" if speaks:
                content = item["content"]
                messages[-1]["content"] += [{"text": content}] if isinstance(content, str) else content
            case "message":
                messages.append({"role": item["role"], "content": item["content"]})
            case _:
                raise RequestRefused(f"Invalid value: {kind!r}.", param=f"input[{index}]", code="invalid_value")
    return messages


def _must_call(body: dict[str, Any], *, one_call: bool) -> tuple[Tool, ...]:
    choice = body.get("tool_choice")
    if not choice or choice in ("none", "auto"):
        return ()
    tools = [Tool(tool["name"], tool.get("parameters") or {}) for tool in body.get("tools") or []]
    if not isinstance(choice, dict):
        return chosen(tools, required=choice == "required", one_call=one_call)
    if choice.get("type") == "allowed_tools":
        names = {tool.get("name") for tool in choice["tools"]}
        offered = [tool for tool in tools if tool.name in names]
        return chosen(offered, required=choice["mode"] == "required", one_call=one_call)
    return chosen(tools, named=choice.get("name", ""))
