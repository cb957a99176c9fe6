"""What OpenAI refuses on each of its wires of a request that has the right shape.

Each rule is the vendor's, with its source: the types of the package `openai` (its docstrings are those of the vendor's
OpenAPI document) and, where these say nothing, the errors that the vendor is known to answer.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from simulated_provider.answers.request import RequestRefused

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""openai/types/shared_params/function_definition.py, response_format_json_schema.py: a maximum length of 64."""
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
    # the docstring of completion_create_params.py
    "safety_identifier": 128,
    "prompt_cache_key": 64,
}
_MOST_TOOLS = 128
"""The answer "array too long. Expected an array with maximum length 128"."""


def check_members(body: dict[str, Any]) -> None:
    for name, most in _LENGTHS.items():
        if len(body.get(name) or "") > most:
            refuse_too_long(name, "a string", most)
    for name, (least, most) in _RANGES.items():
        value = body.get(name)
        if value is not None and not least <= value <= most:
            raise RequestRefused(f"Invalid '{name}': expected a value between {least} and {most}.", param=name)
    _check_metadata(body.get("metadata") or {})
    tools = body.get("tools")
    if tools is not None and len(tools) > _MOST_TOOLS:
        refuse_too_long("tools", "an array", _MOST_TOOLS)
    if not tools and body.get("tool_choice") not in {None, "none", "auto"}:
        # the answer "'tool_choice' is only allowed when 'tools' are specified."
        raise RequestRefused("'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice")


def check_integer(value: Any, place: str, *, least: int | None = None) -> None:
    if value is None:
        return
    if not isinstance(value, int) or isinstance(value, bool):
        raise invalid_type(place, "an integer")
    if least is not None and value < least:
        problem = f"Invalid '{place}': integer below minimum value. Expected a value >= {least}."
        raise RequestRefused(problem, param=place, code="integer_below_min_value")


def check_role(role: Any, place: str, roles: frozenset[str]) -> None:
    """The answer "Invalid value: 'wizard'. Supported values are: 'system', 'assistant', 'user', …"."""
    if role is None:
        raise missing_parameter(f"{place}.role")
    if role not in roles:
        supported = ", ".join(repr(one) for one in sorted(roles))
        problem = f"Invalid value: {role!r}. Supported values are: {supported}."
        raise RequestRefused(problem, param=f"{place}.role", code="invalid_value")


def _check_metadata(metadata: dict[str, Any]) -> None:
    """completion_create_params.py: 16 pairs, keys of 64 characters, values of 512."""
    if len(metadata) > 16:  # noqa: PLR2004
        refuse_too_long("metadata", "an object", 16)
    for key, value in metadata.items():
        if len(key) > 64:  # noqa: PLR2004
            refuse_too_long(f"metadata.{key[:20]}…", "a key", 64)
        if not isinstance(value, str) or len(value) > 512:  # noqa: PLR2004
            refuse_too_long(f"metadata.{key}", "a string", 512)


def check_functions(functions: Iterable[dict[str, Any]], place: str) -> None:
    for index, function in enumerate(functions):
        at = place.format(index)
        check_name(function.get("name"), f"{at}.name")
        check_schema(function, "parameters", at)


def check_name(name: Any, place: str) -> None:
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        expected = "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$' with maximum length 64"
        raise RequestRefused(f"Invalid '{place}': {expected}.", param=place, code="invalid_value")


def check_schema(holder: dict[str, Any], member: str, place: str) -> None:
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


def missing_parameter(place: str) -> RequestRefused:
    return RequestRefused(f"Missing required parameter: '{place}'.", param=place, code="missing_required_parameter")


def invalid_type(place: str, expected: str) -> RequestRefused:
    return RequestRefused(f"Invalid type for '{place}': expected {expected}.", param=place, code="invalid_type")


def refuse_too_long(place: str, kind: str, most: int) -> None:
    raise RequestRefused(
        f"Invalid '{place}': too long. Expected {kind} with maximum length {most}.",
        param=place,
        code="string_above_max_length",
    )
