"""What OpenAI refuses of a request that has the right shape. Each rule is the vendor's, with its source.

The sources are the types of the package `openai` (its docstrings are those of the vendor's OpenAPI document) and, where
these say nothing, the errors that the vendor is known to answer.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from simulated_provider.answers.asked import RequestRefused

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""openai/types/shared_params/function_definition.py, response_format_json_schema.py: a maximum length of 64."""
_AUTHOR = re.compile(r"[^\s<|\\/>]{1,64}")
"""The answer "Invalid 'messages[0].name': string does not match pattern. Expected ... '^[^\\s<|\\\\/>]+$'"."""
_RANGES = {
    # completion_create_params.py: "between 0 and 2", "between -2.0 and 2.0", "between 0 and 20"
    "temperature": (0, 2),
    "top_p": (0, 1),
    "frequency_penalty": (-2, 2),
    "presence_penalty": (-2, 2),
    "top_logprobs": (0, 20),
}
_LENGTHS = {
    # "string too long. Expected a string with maximum length 64"
    "user": 64,
    # as its docstring says
    "safety_identifier": 128,
    "prompt_cache_key": 64,
}
_MOST_TOOLS = 128
"""The answer "array too long. Expected an array with maximum length 128"."""
_MOST_STOPS = 4
"""completion_create_params.py: "Up to 4 sequences"."""
_ITEM_ROLES = frozenset({"user", "assistant", "system", "developer"})
_MESSAGE_ROLES = _ITEM_ROLES | {"tool", "function"}
"""easy_input_message_param.py, chat_completion_role.py."""
_CALL_ID = {"chat": 40, "responses": 64}
"""The answer "Invalid 'messages[1].tool_calls[0].id': string too long. Expected a string with maximum length 40"."""


def check_chat(body: dict[str, Any]) -> None:
    """`RequestRefused` with the first thing that the vendor would refuse."""
    _check_both(body)
    _check_stop(body.get("stop"))
    _check_integer(body.get("seed"), "seed")
    if body.get("stream_options") is not None and not body.get("stream"):
        raise RequestRefused(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.", param="stream_options"
        )
    functions = [tool.get("function") or {} for tool in body.get("tools") or [] if tool.get("type") == "function"]
    _check_functions(functions, "tools[{}].function")
    form = body.get("response_format") or {}
    if form.get("type") == "json_schema":
        schema = form.get("json_schema") or {}
        _check_name(schema.get("name"), "response_format.json_schema.name")
        _check_schema(schema, "schema", "response_format.json_schema")
    _check_messages(body["messages"])


def check_responses(body: dict[str, Any]) -> None:
    """The same for Responses; the input's pairs of calls and outputs are looked at where it is read."""
    _check_both(body)
    tools = [tool for tool in body.get("tools") or [] if tool.get("type") == "function"]
    _check_functions(tools, "tools[{}]")
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema":
        _check_name(form.get("name"), "text.format.name")
        _check_schema(form, "schema", "text.format")
    _check_integer(body.get("max_tool_calls"), "max_tool_calls", least=1)
    if not isinstance(body.get("instructions"), str | None):
        raise _invalid_type("instructions", "a string")
    for index, tool in enumerate(body.get("tools") or []):
        if tool.get("type") == "namespace" and not (isinstance(tool.get("tools"), list) and tool["tools"]):
            raise _missing(f"tools[{index}].tools")
    for index, item in enumerate(body["input"] if isinstance(body["input"], list) else []):
        if item.get("type", "message") == "message":
            _check_role(item.get("role"), f"input[{index}]", _ITEM_ROLES)
        if item.get("type") == "reasoning":
            _check_reasoning(item, f"input[{index}]")
        if len(item.get("call_id") or "") > _CALL_ID["responses"]:
            _too_long(f"input[{index}].call_id", "a string", _CALL_ID["responses"])
        if item.get("type") == "function_call":
            _check_name(item.get("name"), f"input[{index}].name")


def _check_both(body: dict[str, Any]) -> None:
    for name, most in _LENGTHS.items():
        if len(body.get(name) or "") > most:
            _too_long(name, "a string", most)
    for name, (least, most) in _RANGES.items():
        value = body.get(name)
        if value is not None and not least <= value <= most:
            raise RequestRefused(f"Invalid '{name}': expected a value between {least} and {most}.", param=name)
    _check_metadata(body.get("metadata") or {})
    tools = body.get("tools")
    if tools is not None and len(tools) > _MOST_TOOLS:
        _too_long("tools", "an array", _MOST_TOOLS)
    if not tools and body.get("tool_choice") not in {None, "none", "auto"}:
        # the answer "'tool_choice' is only allowed when 'tools' are specified."
        raise RequestRefused("'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice")


def _check_stop(stop: Any) -> None:
    if isinstance(stop, list) and len(stop) > _MOST_STOPS:
        _too_long("stop", "an array", _MOST_STOPS)
    stops = stop if isinstance(stop, list) else [stop or ""]
    if (not isinstance(stop, str | list | None)) or not all(isinstance(one, str) for one in stops):
        raise _invalid_type("stop", "a string, or an array of strings")


def _check_integer(value: Any, place: str, *, least: int | None = None) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise _invalid_type(place, "an integer")
    if least is not None and value < least:
        problem = f"Invalid '{place}': integer below minimum value. Expected a value >= {least}."
        raise RequestRefused(problem, param=place, code="integer_below_min_value")


def _check_role(role: Any, place: str, roles: frozenset[str]) -> None:
    """The answer "Invalid value: 'wizard'. Supported values are: 'system', 'assistant', 'user', …"."""
    if role is None:
        raise _missing(f"{place}.role")
    if role not in roles:
        supported = ", ".join(repr(one) for one in sorted(roles))
        problem = f"Invalid value: {role!r}. Supported values are: {supported}."
        raise RequestRefused(problem, param=f"{place}.role", code="invalid_value")


def _check_reasoning(item: dict[str, Any], place: str) -> None:
    """Without thoughts of its own it is looked up by its name; encrypted ones are verified, and none are none."""
    encrypted, content = item.get("encrypted_content"), item.get("content")
    if encrypted is not None and not (isinstance(encrypted, str) and encrypted.strip()):
        problem = "The encrypted content could not be verified."
        raise RequestRefused(problem, param=f"{place}.encrypted_content", code="invalid_encrypted_content")
    if not isinstance(content, list | None):
        raise _invalid_type(f"{place}.content", "an array of objects")
    written = any(part.get("type") == "reasoning_text" and part.get("text") for part in content or ())
    name = item.get("id")
    if encrypted is None and not written and not (isinstance(name, str) and name.startswith("rs_")):
        raise RequestRefused(f"Item with id {name!r} not found.", param=f"{place}.id", code="item_not_found")


def _missing(place: str) -> RequestRefused:
    return RequestRefused(f"Missing required parameter: '{place}'.", param=place, code="missing_required_parameter")


def _invalid_type(place: str, expected: str) -> RequestRefused:
    return RequestRefused(f"Invalid type for '{place}': expected {expected}.", param=place, code="invalid_type")


def _check_metadata(metadata: dict[str, Any]) -> None:
    """completion_create_params.py: 16 pairs, keys of 64 characters, values of 512."""
    if len(metadata) > 16:  # noqa: PLR2004
        _too_long("metadata", "an object", 16)
    for key, value in metadata.items():
        if len(key) > 64:  # noqa: PLR2004
            _too_long(f"metadata.{key[:20]}…", "a key", 64)
        if not isinstance(value, str) or len(value) > 512:  # noqa: PLR2004
            _too_long(f"metadata.{key}", "a string", 512)


def _check_functions(functions: Iterable[dict[str, Any]], place: str) -> None:
    for index, function in enumerate(functions):
        at = place.format(index)
        _check_name(function.get("name"), f"{at}.name")
        _check_schema(function, "parameters", at)


def _check_name(name: Any, place: str) -> None:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        expected = "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$' with maximum length 64"
        raise RequestRefused(f"Invalid '{place}': {expected}.", param=place, code="invalid_value")


def _check_schema(holder: dict[str, Any], member: str, place: str) -> None:
    """The guide to structured outputs: with `strict` every object is closed, and all of its properties are required."""
    if not holder.get("strict"):
        return
    for one in _objects(holder.get(member) or {}):
        if one.get("additionalProperties") is not False:
            problem = "'additionalProperties' is required to be supplied and to be false"
        elif set(one.get("required") or ()) != set(one.get("properties") or ()):
            problem = "'required' is required to be supplied and to be an array including every key in properties"
        else:
            continue
        raise RequestRefused(f"Invalid schema for '{place}': {problem}.", param=place, code="invalid_json_schema")


def _objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, list):
        for one in schema:
            yield from _objects(one)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object":
        yield schema
    for name in ("properties", "$defs", "definitions"):
        yield from _objects(list((schema.get(name) or {}).values()))
    for name in ("items", "anyOf"):
        yield from _objects(schema.get(name))


def _check_messages(messages: list[dict[str, Any]]) -> None:
    """Each call is answered right after it, and nothing else is: the answer names both faults."""
    waiting: set[str] = set()
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        _check_role(message.get("role"), place, _MESSAGE_ROLES)
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
        if len(call.get("id") or "") > _CALL_ID["chat"]:
            _too_long(f"{at}.id", "a string", _CALL_ID["chat"])
        if "function" in call:
            _check_name(call["function"].get("name"), f"{at}.function.name")
        yield call.get("id") or ""


def _too_long(place: str, kind: str, most: int) -> None:
    raise RequestRefused(
        f"Invalid '{place}': too long. Expected {kind} with maximum length {most}.",
        param=place,
        code="string_above_max_length",
    )
