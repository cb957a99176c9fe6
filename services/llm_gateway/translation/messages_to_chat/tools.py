"""Tools of messages, and the choice among them, in the words of chat completions."""

from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.wires.messages_request import MessagesCall, Tool, ToolChoice

_CHOICES = {"auto": "auto", "none": "none", "any": "required"}


def tools_of(tools: list[Tool], faults: list[Fault]) -> list[dict[str, Any]]:
    found = []
    for index, tool in enumerate(tools):
        if tool.type not in {None, "custom"}:
            faults.append(Fault(f"/tools/{index}/type", f"chat completions have no word for {tool.type!r}"))
            continue
        function: dict[str, Any] = {"name": tool.name, "parameters": tool.input_schema or {}}
        if tool.description is not None:
            function["description"] = tool.description
        if tool.strict:
            function["strict"] = True
        found.append({"type": "function", "function": function})
    return found


def choice_of(call: MessagesCall, faults: list[Fault]) -> dict[str, Any]:
    """The members `tool_choice` and `parallel_tool_calls`, where there is something to say."""
    found: dict[str, Any] = {}
    match call.tool_choice:
        case None:
            return found
        case ToolChoice(type=word) if word in _CHOICES:
            found["tool_choice"] = _CHOICES[word]
        case ToolChoice(type="tool", name=str(name)):
            found["tool_choice"] = {"type": "function", "function": {"name": name}}
        case _:
            faults.append(Fault("/tool_choice", "chat completions know auto, none, any and a tool's name"))
    if call.tool_choice.disable_parallel_tool_use and call.tools:
        found["parallel_tool_calls"] = False
    return found
