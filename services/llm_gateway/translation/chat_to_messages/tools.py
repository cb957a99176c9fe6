"""Tools of chat completions, and the choice among them, in the words of messages."""

from typing import Any

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.translation.lengths import MESSAGES_NAME, Names
from llm_gateway.wires.chat.request_body import ChatCall, NamedChoice, Tool
from llm_gateway.wires.decoding import decode_answer

_CHOICES = {"auto": "auto", "none": "none", "required": "any"}
_NO_PARAMETERS = {"type": "object", "properties": {}}
_objects = msgspec.json.Decoder(dict[str, Any])


def input_of(arguments: str) -> dict[str, Any]:
    """The input that a call's arguments are, nothing at all being none; ValueError when they are no object in JSON."""
    return decode_answer(_objects, arguments) if arguments.strip() else {}


def names_of(tools: list[Tool] | None) -> Names:
    functions = (tool.function for tool in tools or ())
    return Names((function.name for function in functions if function is not None), most=MESSAGES_NAME)


def tools_of(tools: list[Tool], names: Names, faults: list[Fault]) -> list[dict[str, Any]]:
    translated = []
    faults += names.faults(at="/tools")
    for index, tool in enumerate(tools):
        function = tool.function
        if tool.type != "function" or function is None:
            faults.append(Fault(f"/tools/{index}/type", f"messages have no word for {tool.type!r}"))
            continue
        definition: dict[str, Any] = {
            "name": names.there(function.name),
            "input_schema": {"type": "object", **(function.parameters or _NO_PARAMETERS)},
        }
        if function.description is not None:
            definition["description"] = function.description
        if function.strict:
            definition["strict"] = True
        translated.append(definition)
    return translated


def tool_choice_of(call: ChatCall, names: Names, faults: list[Fault]) -> dict[str, Any] | None:
    """None where both dialects have the same default."""
    choice = _choice(call, names, faults)
    if call.parallel_tool_calls is False and call.tools:
        choice = choice or {"type": "auto"}
        if choice["type"] != "none":
            choice["disable_parallel_tool_use"] = True
    return choice


def _choice(call: ChatCall, names: Names, faults: list[Fault]) -> dict[str, Any] | None:
    match call.tool_choice:
        case None:
            return None
        case str(word) if word in _CHOICES:
            return {"type": _CHOICES[word]}
        case NamedChoice(type="function", function=function) if function is not None:
            return {"type": "tool", "name": names.there(function.name)}
    faults.append(Fault("/tool_choice", "messages know auto, none, required and a function's name"))
    return None
