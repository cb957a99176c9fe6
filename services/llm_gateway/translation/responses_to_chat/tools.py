"""Tools of Responses, and the choice among them, in the words of chat completions."""

from typing import Any

from foundation.domain.errors import Fault
from llm_gateway.wires.responses.request_body import NamedChoice, ResponsesCall, Tool

_CHOICES = frozenset({"auto", "none", "required"})


def tools_of(tools: list[Tool], faults: list[Fault]) -> list[dict[str, Any]]:
    translated = []
    for index, tool in enumerate(tools):
        if tool.type != "function":
            faults.append(Fault(f"/tools/{index}/type", f"chat completions have no word for {tool.type!r}"))
            continue
        members = {
            "name": tool.name,
            "description": tool.description,
            "parameters": tool.parameters,
            "strict": tool.strict,
        }
        function = {name: value for name, value in members.items() if value is not None}
        translated.append({"type": "function", "function": function})
    return translated


def tool_choice_of(call: ResponsesCall, faults: list[Fault]) -> dict[str, Any]:
    """The member `tool_choice`, where there is one."""
    match call.tool_choice:
        case None:
            return {}
        case str(word) if word in _CHOICES:
            return {"tool_choice": word}
        case NamedChoice(type="function", name=str(name)):
            return {"tool_choice": {"type": "function", "function": {"name": name}}}
    faults.append(Fault("/tool_choice", "chat completions know auto, none, required and a function's name"))
    return {}
