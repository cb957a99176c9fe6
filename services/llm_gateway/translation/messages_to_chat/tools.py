"""Tools of messages, and the choice among them, in the words of chat completions."""

from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.translation.lengths import CHAT_NAME, CHAT_TOOLS, Names
from llm_gateway.translation.schemas import is_strict
from llm_gateway.wires.messages.request_body import MessagesCall, Tool, ToolChoice

_CHOICES = {"auto": "auto", "none": "none", "any": "required"}


def names_of(tools: list[Tool] | None) -> Names:
    return Names((tool.name for tool in tools or ()), most=CHAT_NAME)


def tools_of(tools: list[Tool], names: Names, faults: list[Fault]) -> list[dict[str, Any]]:
    translated = []
    faults += names.faults(at="/tools")
    if len(tools) > CHAT_TOOLS:
        faults.append(Fault("/tools", f"chat completions take at most {CHAT_TOOLS} tools"))
    for index, tool in enumerate(tools):
        if tool.type not in {None, "custom"}:
            faults.append(Fault(f"/tools/{index}/type", f"chat completions have no word for {tool.type!r}"))
            continue
        function: dict[str, Any] = {"name": names.there(tool.name), "parameters": tool.input_schema or {}}
        if tool.description is not None:
            function["description"] = tool.description
        if tool.strict and is_strict(tool.input_schema):
            function["strict"] = True
        translated.append({"type": "function", "function": function})
    return translated


def choice_of(call: MessagesCall, names: Names, faults: list[Fault]) -> dict[str, Any]:
    """The members `tool_choice` and `parallel_tool_calls`, where there is something to say."""
    members: dict[str, Any] = {}
    match call.tool_choice:
        case None:
            return members
        case ToolChoice(type=word) if word in _CHOICES:
            members["tool_choice"] = _CHOICES[word]
        case ToolChoice(type="tool", name=str(name)):
            members["tool_choice"] = {"type": "function", "function": {"name": names.there(name)}}
        case _:
            faults.append(Fault("/tool_choice", "chat completions know auto, none, any and a tool's name"))
    if call.tool_choice.disable_parallel_tool_use and call.tools:
        members["parallel_tool_calls"] = False
    return members
