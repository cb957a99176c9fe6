"""What OpenAI refuses of a chat completions request that has the right shape."""

import re
from collections.abc import Iterator
from typing import Any

from simulated_provider.answers.request import RequestRefused
from simulated_provider.wires.openai.rules import (
    check_functions,
    check_integer,
    check_members,
    check_name,
    check_role,
    check_schema,
    invalid_type,
    refuse_too_long,
)

_AUTHOR = re.compile(r"[^\s<|\\/>]{1,64}")
"""The answer "Invalid 'messages[0].name': string does not match pattern. Expected ... '^[^\\s<|\\\\/>]+$'"."""
_MOST_STOPS = 4
"""completion_create_params.py: "Up to 4 sequences"."""
_MESSAGE_ROLES = frozenset({"user", "assistant", "system", "developer", "tool", "function"})
"""chat_completion_role.py."""
_LONGEST_CALL_ID = 40
"""The answer "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40"."""


def check_chat(body: dict[str, Any]) -> None:
    """Raise `RequestRefused` for the first thing that the vendor would refuse."""
    check_members(body)
    _check_stop(body.get("stop"))
    check_integer(body.get("seed"), "seed")
    if body.get("stream_options") is not None and not body.get("stream"):
        raise RequestRefused(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    functions = [tool.get("function") or {} for tool in body.get("tools") or [] if tool.get("type") == "function"]
    check_functions(functions, "tools[{}].function")
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        schema = form.get("json_schema") or {}
        check_name(schema.get("name"), "response_format.json_schema.name")
        check_schema(schema, "schema", "response_format.json_schema")
    _check_messages(body["messages"])


def _check_stop(stop: Any) -> None:
    if isinstance(stop, list) and len(stop) > _MOST_STOPS:
        refuse_too_long("stop", "an array", _MOST_STOPS)
    stops = stop if isinstance(stop, list) else [stop or ""]
    if (not isinstance(stop, str | list | None)) or not all(isinstance(one, str) for one in stops):
        raise invalid_type("stop", "a string, or an array of strings")


def _check_messages(messages: list[dict[str, Any]]) -> None:
    """Every call needs an answer right after it, and every answer a call; OpenAI's errors name both faults."""
    waiting: set[str] = set()
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        check_role(message.get("role"), place, _MESSAGE_ROLES)
        name = message.get("name")
        if name is not None and message.get("role") != "tool" and _AUTHOR.fullmatch(name) is None:
            raise RequestRefused(f"Invalid '{place}.name': string does not match pattern.", param=f"{place}.name")
        if message.get("role") == "tool":
            if message.get("tool_call_id") not in waiting:
                problem = "messages with role 'tool' must be a response to a preceding message with 'tool_calls'"
                raise RequestRefused(f"Invalid parameter: {problem}.", param=f"{place}.role")
            waiting.discard(message["tool_call_id"])
            continue
        _check_answered(waiting, place)
        waiting = set(_calls(message, place))
    _check_answered(waiting, f"messages[{len(messages)}]")


def _check_answered(waiting: set[str], place: str) -> None:
    if waiting:
        problem = (
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'"
        )
        raise RequestRefused(f"{problem}: {', '.join(sorted(waiting))}.", param=f"{place}.role")


def _calls(message: dict[str, Any], place: str) -> Iterator[str]:
    for number, call in enumerate(message.get("tool_calls") or []):
        at = f"{place}.tool_calls[{number}]"
        if len(call.get("id") or "") > _LONGEST_CALL_ID:
            refuse_too_long(f"{at}.id", "a string", _LONGEST_CALL_ID)
        if "function" in call:
            check_name(call["function"].get("name"), f"{at}.function.name")
        yield call.get("id") or ""
