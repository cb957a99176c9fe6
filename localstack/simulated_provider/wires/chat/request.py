"""Reads a request of OpenAI's chat completions."""

from typing import Any

from simulated_provider.answers.request import (
    ModelRequest,
    RequestRefused,
    Tool,
    check_messages,
    chosen,
    positive,
    schema_of,
)
from simulated_provider.wires.openai.cache import cache_use


def read_chat(body: Any) -> ModelRequest:
    """The request in a body; ValueError if the body is no chat completions request."""
    _check(body)
    one_call = body.get("parallel_tool_calls") is False
    stop = body.get("stop") or ()
    return ModelRequest(
        body,
        original=body,
        streamed=bool(body.get("stream")),
        include_usage=bool((body.get("stream_options") or {}).get("include_usage")),
        limit=body.get("max_completion_tokens") or body.get("max_tokens"),
        choices=body.get("n") or 1,
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        must_call=_must_call(body, one_call=one_call),
        one_call=one_call,
        schema=schema_of(body.get("response_format")),
        thinks=body.get("reasoning_effort") != "none",
        cache=cache_use(body),
    )


def _must_call(body: dict[str, Any], *, one_call: bool) -> tuple[Tool, ...]:
    choice = body.get("tool_choice")
    if not choice or choice in ("none", "auto"):
        return ()
    tools = [
        Tool(tool["function"]["name"], tool["function"].get("parameters") or {})
        for tool in body.get("tools") or []
        if tool.get("type") == "function"
    ]
    if not isinstance(choice, dict):
        return chosen(tools, required=choice == "required", one_call=one_call)
    if choice.get("type") == "allowed_tools":
        allowed = choice["allowed_tools"]
        names = {tool.get("function", {}).get("name") for tool in allowed["tools"]}
        offered = [tool for tool in tools if tool.name in names]
        return chosen(offered, required=allowed["mode"] == "required", one_call=one_call)
    return chosen(tools, named=choice.get("function", {}).get("name", ""))


def _check(body: Any) -> None:
    if not isinstance(body, dict) or not isinstance(body.get("model"), str):
        raise RequestRefused("you must provide a model parameter", param="model")
    check_messages(body.get("messages"))
    positive(body, "max_tokens", "max_completion_tokens", "n")
