"""What OpenAI refuses of a Responses request that has the right shape."""

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
    missing_parameter,
    refuse_too_long,
)

_ITEM_ROLES = frozenset({"user", "assistant", "system", "developer"})
"""easy_input_message_param.py."""
_LONGEST_CALL_ID = 64


def check_responses(body: dict[str, Any]) -> None:
    """`RequestRefused` with the first fault; that each output belongs to a call is checked where the input is read."""
    check_members(body)
    tools = [tool for tool in body.get("tools") or [] if tool.get("type") == "function"]
    check_functions(tools, "tools[{}]")
    form = (body.get("text") or {}).get("format") or {}
    if form.get("type") == "json_schema":
        check_name(form.get("name"), "text.format.name")
        check_schema(form, "schema", "text.format")
    check_integer(body.get("max_tool_calls"), "max_tool_calls", least=1)
    if not isinstance(body.get("instructions"), str | None):
        raise invalid_type("instructions", "a string")
    for index, tool in enumerate(body.get("tools") or []):
        if tool.get("type") == "namespace" and not (isinstance(tool.get("tools"), list) and tool["tools"]):
            raise missing_parameter(f"tools[{index}].tools")
    for index, item in enumerate(body["input"] if isinstance(body["input"], list) else []):
        if item.get("type", "message") == "message":
            check_role(item.get("role"), f"input[{index}]", _ITEM_ROLES)
        if item.get("type") == "reasoning":
            _check_reasoning(item, f"input[{index}]")
        if len(item.get("call_id") or "") > _LONGEST_CALL_ID:
            refuse_too_long(f"input[{index}].call_id", "a string", _LONGEST_CALL_ID)
        if item.get("type") == "function_call":
            check_name(item.get("name"), f"input[{index}].name")


def _check_reasoning(item: dict[str, Any], place: str) -> None:
    """Reasoning has an encrypted content, or a text, or else an id under which the vendor would have stored it."""
    encrypted, content = item.get("encrypted_content"), item.get("content")
    if encrypted is not None and not (isinstance(encrypted, str) and encrypted.strip()):
        problem = "The encrypted content could not be verified."
        raise RequestRefused(problem, param=f"{place}.encrypted_content", code="invalid_encrypted_content")
    if not isinstance(content, list | None):
        raise invalid_type(f"{place}.content", "an array of objects")
    written = any(part.get("type") == "reasoning_text" and part.get("text") for part in content or ())
    name = item.get("id")
    if encrypted is None and not written and not (isinstance(name, str) and name.startswith("rs_")):
        raise RequestRefused(f"Item with id {name!r} not found.", param=f"{place}.id", code="item_not_found")
